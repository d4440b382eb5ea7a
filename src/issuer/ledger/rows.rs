//! The rows of a ledger, in the words of the rules: no engine's types, no SQL.

mod mails;
mod sold;
mod told;

use std::num::NonZeroU8;

use serde::{Deserialize, Serialize};

use super::canon::Canon;
use super::kept::{Counts, Days, Lending, LoansTold, Reference, Withdrawn};
use super::spelled::hex;
use super::stood::Stood;
use super::until::Until;
use crate::license_key::LicenseKey;
use crate::machine::Fingerprint;
use crate::protocol::commitment::{Commitment, SyncProof};
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::{ActivationId, Digest, MachineBinding};

pub use mails::{Decided, Mail, MailState};
pub use sold::{EmergencyAllowance, OrderTerms};
pub use told::{Act, Declined, DeskKey, EarlyReturn, Event, Refused, Said, SealedKey};

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        pub struct $name(pub i64);
    };
}

row_id! {
    /// The number of a product's row.
    ProductId
}
row_id! {
    /// The number of an order's row.
    TermsId
}
row_id! {
    /// The number of a license's row: rises by one with each license made.
    LicenseId
}
row_id! {
    /// The number of an activation's row. Not the activation id of SPEC.md 5.1, which changes when a machine activates anew.
    ActivationRow
}
row_id! {
    /// The number of a signer's row.
    SignerId
}
row_id! {
    /// The number of a certified key's row: the serial of its certificate.
    DeskKeyId
}
row_id! {
    /// The number of the row of a mail that the desk read by itself: rises by one from 1.
    MailId
}
row_id! {
    /// The number of a seed key: rises by one from 1.
    SeedKeyId
}
row_id! {
    /// The number of a history row: rises by one from 1.
    EventId
}

/// What the desk does with a machine that is bound so weakly that a copied file or image passes for it (SPEC.md 9.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WeakRule {
    /// Answers, and says what it means.
    #[default]
    Warn,
    /// Wants a clerk once.
    Hold,
    /// Refuses.
    Refuse,
}

impl WeakRule {
    /// All of them.
    pub const ALL: [WeakRule; 3] = [WeakRule::Warn, WeakRule::Hold, WeakRule::Refuse];

    /// The word for it, on the command line, in JSON, in the history and in the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            WeakRule::Warn => "warn",
            WeakRule::Hold => "hold",
            WeakRule::Refuse => "refuse",
        }
    }

    /// The rule with this word.
    pub fn named(name: &str) -> Option<WeakRule> {
        WeakRule::ALL.into_iter().find(|rule| rule.name() == name)
    }
}

/// A product as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct Product {
    /// Its row.
    pub id: ProductId,
    /// The product id of SPEC.md 10, which people type.
    pub name: String,
    /// Rises with every change of the definition.
    pub version: u32,
    /// The product file's text, unsigned (SPEC.md 10).
    pub definition: String,
    /// What is done with machines that are weakly bound: the desk's affair, and not in the product file.
    pub weak: WeakRule,
    /// The event that last changed it.
    pub event: EventId,
}

impl Product {
    /// What the history says of a product: a digest over every field but the event, which names the history row itself.
    pub fn digest(&self) -> [u8; 32] {
        Canon::new("countersign v1 ledger product")
            .number(self.id.0)
            .bytes(self.name.as_bytes())
            .number(self.version)
            .bytes(self.definition.as_bytes())
            .bytes(self.weak.name().as_bytes())
            .finish()
    }
}

/// A license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct License {
    /// Its row.
    pub id: LicenseId,
    /// The 13 digits.
    pub key: LicenseKey,
    /// Its order as it now stands.
    pub terms: TermsId,
    /// Seats its activations hold together; none: never activated.
    pub taken: Option<u32>,
    /// Whether it was revoked or is void: nothing is granted any more.
    pub withdrawn: Option<Withdrawn>,
    /// Moves, exchanges and RETURNs of its activations that still count.
    pub counts: Counts,
    /// The event that last changed it.
    pub event: EventId,
}

/// Seats of an activation that was given up which do not come free at once (SPEC.md 9.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "KeptResting"))]
pub struct Resting {
    /// How many.
    pub seats: u16,
    /// The last day on which they are not free because the license had as many RETURNs as it has. Where there is none, they may be lent
    /// (SPEC.md 9.10), or are kept for those whose place it had taken.
    pub until: Option<Day>,
}

/// How an activation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Its machine gave it up.
    Returned,
    /// It was released as lost.
    Lost,
}

impl Ended {
    /// The stable snake_case name for JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Ended::Returned => "returned",
            Ended::Lost => "lost",
        }
    }

    /// How it ended, for people.
    pub const fn words(self) -> &'static str {
        match self {
            Ended::Returned => "given up by its machine",
            Ended::Lost => "released as lost",
        }
    }

    /// As a number, 0 being for one that has not ended.
    pub(crate) const fn number(ended: Option<Ended>) -> u8 {
        match ended {
            None => 0,
            Some(Ended::Returned) => 1,
            Some(Ended::Lost) => 2,
        }
    }
}

/// What began with one ACTIVATE: a machine that holds seats of a license, or held them, as it was last heard of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct Activation {
    /// Its row.
    pub id: ActivationRow,
    /// The license it holds.
    pub license: LicenseId,
    /// What it stands for now: the activation id of its last ACTIVATE, its fingerprint, bindings and USB key (SPEC.md 5.2).
    pub standing: MachineBinding,
    /// The generation of its last grant, from 1.
    pub generation: u16,
    /// The key with which it signs, where it is a site.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub site_key: Option<[u8; 32]>,
    /// Its place, by the event that began that: it is shared by all that took it from one another, of which one at a time has the seats (SPEC.md 9.6).
    pub place: EventId,
    /// Seats it holds; 0: none any more, or another took its place.
    pub seats: u16,
    /// How long a machine goes on by what was granted to it, without contact; [`Until::OVER`] where it was released as lost.
    #[cfg_attr(test, schemars(with = "Option<Day>"))]
    pub runs: Until,
    /// The last day without contact by its last grant; none: contact is never needed. Emergency codes that were read out since are not reckoned in.
    pub due: Option<Day>,
    /// First contact.
    pub first: Seconds,
    /// Last contact.
    pub last: Seconds,
    /// What the rule of moves holds its requests against.
    pub reference: Reference,
    /// Whether a clerk accepted that it is weakly bound.
    pub weak_accepted: bool,
    /// The last generation that a SYNC proved to be held; 0: none yet.
    pub proven: u16,
    /// When clerks superseded a generation of its place.
    pub superseded: Days,
    /// How it ended, where it did.
    pub ended: Option<Ended>,
    /// Seats that it gave back and that are not free yet.
    pub resting: Option<Resting>,
    /// How long what it lent may be out.
    pub lending: Lending,
    /// What it said of its loans, where it is a site.
    pub told: Option<LoansTold>,
    /// The event that last changed it.
    pub event: EventId,
}

impl Activation {
    /// What the history says of an activation: a digest over every field but the event, which names the history row itself.
    pub fn digest(&self) -> [u8; 32] {
        let reference = self
            .reference
            .fingerprint
            .as_ref()
            .map(Fingerprint::to_bytes);
        let resting = self.resting.as_ref();
        Canon::new("countersign v1 ledger activation")
            .number(self.id.0)
            .number(self.license.0)
            // The activation id, fingerprint, bindings and USB key in one.
            .bytes(&self.standing.machine_digest())
            .number(self.generation)
            .optional(self.site_key.as_ref().map(|it| it.as_slice()))
            .number(self.place.0)
            .number(self.seats)
            .number(self.runs.number())
            .number(self.first.0)
            .number(self.last.0)
            .optional(reference.as_ref().map(|it| it.as_slice()))
            .number(self.reference.since.number())
            .bytes(&self.reference.had.to_bytes())
            .number(u8::from(self.weak_accepted))
            .number(self.proven)
            .bytes(&self.superseded.to_bytes())
            .number(Ended::number(self.ended))
            .number(resting.map_or(0, |it| it.seats))
            .number(Day::wire(resting.and_then(|it| it.until)))
            .number(self.lending.longest.map_or(0, NonZeroU8::get))
            .number(Day::wire(self.lending.until))
            .optional(self.told.map(LoansTold::to_bytes).as_deref())
            .number(Day::wire(self.due))
            .finish()
    }
}

/// An answer that was given: one generation of an activation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct StoredAnswer {
    /// The activation it is of.
    pub activation: ActivationRow,
    /// Its generation, from 1.
    pub generation: u16,
    /// Its parent: the generation whose secret the SYNC revealed; 0 with an ACTIVATE (SPEC.md 9.2).
    pub parent: u16,
    /// The C of the request: unique in the ledger, so a request is known by it, and a later SYNC or RETURN is held against it.
    pub commitment: Commitment,
    /// Kind letter ‖ payload of the request as it came.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub request: Vec<u8>,
    /// What stood with it.
    pub stood: Stood,
    /// The payload of the GRANT: body ‖ signature.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub grant: Vec<u8>,
    /// Who signed.
    pub signer: SignerId,
    /// The event that gave it.
    pub event: EventId,
}

impl StoredAnswer {
    /// What the history says of an answer: a digest over every field but the event, which names the history row itself.
    pub fn digest(&self) -> [u8; 32] {
        Canon::new("countersign v1 ledger answer")
            .number(self.activation.0)
            .number(self.generation)
            .number(self.parent)
            .bytes(&self.commitment.0)
            .bytes(&self.request)
            .bytes(&self.stood.encode())
            .bytes(&self.grant)
            .number(self.signer.0)
            .finish()
    }
}

/// Somebody who signed answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct StoredSigner {
    /// The row.
    pub id: SignerId,
    /// The public key.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub public: [u8; 32],
    /// The payload of the DESK certificate under which it signed; empty for a root.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub certificate: Vec<u8>,
}
