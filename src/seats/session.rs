//! A use of a seat, and one that there was not: what the log of the seats comes to.

use crate::protocol::date::Seconds;

/// One use of a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The seat.
    pub seat: u16,
    /// Who used it, and for what.
    pub by: Party,
    /// When it began.
    pub from: Seconds,
    /// When it ended, or now where it goes on.
    pub to: Seconds,
    /// How it ended.
    pub end: End,
    /// The loan, where the seat was lent elsewhere.
    pub loan: Option<u32>,
}

/// How the use of a seat ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It goes on.
    NotYet,
    /// It was given back, or was taken for a time that is over.
    GivenBack,
    /// Nobody has given it back: its end is when that was seen.
    ByItself,
    /// The owner of the home took it back.
    TakenBack,
}

/// Who got no seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// When.
    pub at: Seconds,
    /// Who, and for what.
    pub by: Party,
    /// The kind of the failure.
    pub kind: String,
    /// The module of which none was free.
    pub lacks: Option<String>,
}

/// Somebody who asked for a seat: names are what he said, the account is the owner of the file in which it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Party {
    /// The account; none where the system has none, or it says nothing of the user.
    pub account: Option<String>,
    /// The user's name.
    pub user: String,
    /// The workstation.
    pub host: String,
    /// The program.
    pub program: String,
    /// The features that were asked for, with commas between; empty: all.
    pub features: String,
}
