//! What a verification tells.

use std::fmt;

use crate::issuer::ledger::EventId;

/// Findings beyond this many are counted, not listed: a chain cut at its start would name every row.
const LISTED: usize = 100;

/// A row that is not as the history has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which row, for people: `history row 12`, `license 123-456-789-0123`.
    pub row: String,
    /// What is wrong with it.
    pub wrong: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.row, self.wrong)
    }
}

/// What a verification went through, and what it found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Events in the history.
    pub events: u64,
    /// Answers held against them.
    pub answers: u64,
    /// Licences.
    pub licenses: u64,
    /// Activations.
    pub activations: u64,
    /// The end of the chain: what to compare with a copy kept elsewhere.
    pub head: [u8; 32],
    /// The first rows that are wrong, at most 100.
    pub findings: Vec<Finding>,
    /// How many are wrong in all.
    pub wrong: u64,
}

impl Report {
    pub(super) fn found(&mut self, row: String, wrong: &'static str) {
        self.wrong += 1;
        if self.findings.len() < LISTED {
            self.findings.push(Finding { row, wrong });
        }
    }

    pub(super) fn event(&mut self, id: EventId, wrong: &'static str) {
        self.found(format!("history row {}", id.0), wrong);
    }
}
