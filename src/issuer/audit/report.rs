//! What a verification tells.

use std::fmt;

use crate::issuer::ledger::EventId;

/// Findings beyond this many are counted, not listed: a chain cut at its start would name every row.
const LISTED: usize = 100;

/// Where in the ledger something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Its tables, indices and triggers.
    Schema,
    /// The file beneath the rows.
    File,
    /// The history.
    History,
    /// What the desk says about itself.
    Meta,
    /// Products.
    Product,
    /// Orders.
    OrderTerms,
    /// Licenses.
    License,
    /// Activations.
    Activation,
    /// Answers.
    Answer,
    /// Who signed them.
    Signer,
    /// Keys that a root certified.
    DeskKey,
    /// Seed keys, as they are sealed.
    SealedKey,
    /// RETURNs that came before their ACTIVATE.
    EarlyReturn,
    /// Requests that were refused.
    Refused,
}

impl Place {
    /// All of them.
    pub(super) const ALL: [Place; 14] = [
        Place::Schema,
        Place::File,
        Place::History,
        Place::Meta,
        Place::Product,
        Place::OrderTerms,
        Place::License,
        Place::Activation,
        Place::Answer,
        Place::Signer,
        Place::DeskKey,
        Place::SealedKey,
        Place::EarlyReturn,
        Place::Refused,
    ];

    /// The stable snake_case name for JSON: that of the table, where it is one.
    pub const fn name(self) -> &'static str {
        match self {
            Place::Schema => "schema",
            Place::File => "file",
            Place::History => "history",
            Place::Meta => "meta",
            Place::Product => "product",
            Place::OrderTerms => "terms",
            Place::License => "license",
            Place::Activation => "activation",
            Place::Answer => "answer",
            Place::Signer => "signer",
            Place::DeskKey => "desk_key",
            Place::SealedKey => "sealed_key",
            Place::EarlyReturn => "early_return",
            Place::Refused => "refused",
        }
    }

    /// The word for it, for people.
    pub const fn words(self) -> &'static str {
        match self {
            Place::Meta => "desk",
            Place::OrderTerms => "order",
            Place::EarlyReturn => "early return",
            Place::DeskKey => "key",
            Place::SealedKey => "seed key",
            Place::Refused => "refusal",
            other => other.name(),
        }
    }
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wrong {
    /// It is not as the history, or this program, has it.
    Altered,
    /// It is gone.
    Missing,
    /// It is there and nothing speaks of it.
    Added,
    /// The history is another than a checkpoint has.
    Rewritten,
    /// A checkpoint has what was given up when the ledger was put back from a backup.
    GivenUp,
    /// A checkpoint has more of the history.
    CutOff,
    /// A license counts other seats than its activations hold.
    Seats,
    /// More seats of a license are in use than it has.
    TooManySeats,
    /// An answer is not signed by its signer for its product, license and machine.
    NotSigned,
    /// Another should have approved it, by the policy of its time.
    NotApproved,
    /// An answer does not say what its request, its order or its event say.
    Disagrees,
    /// It cannot be read, so what depends on it was not looked at.
    Unreadable,
    /// The file contradicts itself.
    Damaged,
}

impl Wrong {
    /// The stable snake_case name for JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Wrong::Altered => "altered",
            Wrong::Missing => "missing",
            Wrong::Added => "added",
            Wrong::Rewritten => "rewritten",
            Wrong::GivenUp => "given_up",
            Wrong::CutOff => "cut_off",
            Wrong::Seats => "seats_differ",
            Wrong::TooManySeats => "too_many_seats",
            Wrong::NotSigned => "not_signed",
            Wrong::NotApproved => "not_approved",
            Wrong::Disagrees => "disagrees",
            Wrong::Unreadable => "unreadable",
            Wrong::Damaged => "damaged",
        }
    }
}

/// A row that is not as the history has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What is wrong, for scripts.
    pub wrong: Wrong,
    /// Which row, for people: `history row 12`, `license 123-456-789-0123`.
    pub row: String,
    /// What is wrong with it, for people.
    pub says: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.row, self.says)
    }
}

/// What a verification went through, and what it found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Events in the history.
    pub events: u64,
    /// Answers held against them.
    pub answers: u64,
    /// Licenses.
    pub licenses: u64,
    /// Activations.
    pub activations: u64,
    /// The end of the chain: what to compare with a copy kept elsewhere.
    pub head: [u8; 32],
    /// What is wrong, at most 100.
    pub findings: Vec<Finding>,
    /// How much is wrong in all.
    pub wrong: u64,
}

impl Report {
    pub(super) fn found(
        &mut self,
        place: Place,
        wrong: Wrong,
        row: impl Into<String>,
        says: impl Into<String>,
    ) {
        self.wrong += 1;
        if self.findings.len() < LISTED {
            self.findings.push(Finding {
                place,
                wrong,
                row: row.into(),
                says: says.into(),
            });
        }
    }

    pub(super) fn event(&mut self, wrong: Wrong, id: EventId, says: &str) {
        self.found(Place::History, wrong, format!("history row {}", id.0), says);
    }
}
