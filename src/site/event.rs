//! What stands in the book of loans, a line each.

use serde::{Deserialize, Serialize};

use crate::holder::json;
use crate::holder::{Array, Bytes};
use crate::protocol::date::Seconds;
use crate::seats::Picked;
use crate::text::Kind;

/// Whether and how a site lends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lending {
    /// Whether new loans are given.
    pub on: bool,
    /// The longest, in days from the day on which it is lent.
    pub days: u8,
    /// So many seats are never lent.
    pub keep: u16,
}

/// Short, for a loan cannot be called back.
impl Default for Lending {
    fn default() -> Lending {
        Lending {
            on: true,
            days: 7,
            keep: 0,
        }
    }
}

/// What the administrator says of how it lends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LendingWish {
    /// Whether new loans are given.
    pub on: bool,
    /// The longest, in days; none: as it was.
    pub days: Option<u8>,
    /// So many seats are never lent; none: as it was.
    pub keep: Option<u16>,
}

/// A line of the book.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    #[serde(with = "json::moment")]
    pub(super) at: Seconds,
    pub(super) event: Event,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) enum Event {
    /// An anchor knows that nothing was lent yet: a copy of the book on another computer is seen to be one.
    Begun,
    /// A seat was lent.
    Lent(Box<Lent>),
    /// A loan was given back before its end.
    Returned(Returned),
    /// A seat that stayed reserved although its loan was given back is free: the vendor has answered since.
    Freed { loan: u32 },
    /// The administrator changed how it is lent.
    Lending(Lending),
    /// What the administrator noted of a loan.
    Note { loan: u32, text: String },
    /// A certificate under which was lent.
    Card { certificate: Bytes },
    /// The book lacks loans that were known.
    Paused(Paused),
    /// The vendor has answered a book that lacked loans.
    Repaired(Repaired),
}

/// A loan as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lent {
    pub(super) loan: u32,
    /// Payload of the BORROW.
    pub(super) request: Bytes,
    #[serde(with = "json::kind")]
    pub(super) kind: Kind,
    /// Payload of the LOAN.
    pub(super) answer: Bytes,
    /// Payload of the site certificate that goes with it as a code of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) card: Option<Bytes>,
    pub(super) takes: Picked,
    /// The loan in whose place it is, which may run until its own end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) extends: Option<u32>,
    /// Whether an anchor has it, too.
    pub(super) remembered: bool,
    /// The chain with this loan.
    pub(super) head: Array<32>,
}

/// A return code that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Returned {
    pub(super) loan: u32,
    /// The request whose answer the site held then.
    pub(super) under: Array<12>,
    /// Its seat stays reserved: many were given back before their ends since that answer.
    pub(super) kept: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Paused {
    /// The last loan that was known; none: how many there were is not known.
    pub(super) known: Option<Known>,
    /// The last number that the vendor was told of, or that was written of the seats.
    pub(super) told: u32,
    /// The longest loan that was sold then, in days.
    pub(super) days: u8,
    /// Requests to the vendor that were made before: no answer to them lifts the pause.
    pub(super) before: Vec<Array<12>>,
}

/// The last loan, as somebody remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Known {
    pub(super) loan: u32,
    pub(super) head: Array<32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Repaired {
    /// The chain goes on from here.
    pub(super) last: Known,
    /// Whether an anchor knows of it.
    pub(super) remembered: bool,
    /// So many loans may be out of which nothing is known; none: as many as there are seats.
    pub(super) lost: Option<u16>,
    #[serde(with = "json::moment")]
    pub(super) until: Seconds,
}
