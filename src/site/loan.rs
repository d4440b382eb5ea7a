//! A loan as its site knows it.

use super::event::{Lent, Returned};
use crate::holder::state::loan_is_over;
use crate::messages::site as messages;
use crate::protocol::date::Seconds;
use crate::protocol::loan::Loan as Said;
use crate::protocol::requests::Borrow;
use crate::text::{Code, Kind};

/// A loan, and what became of it.
#[derive(Clone, Debug)]
pub struct Loan {
    pub(super) lent: Lent,
    /// How it was given back.
    pub(super) given_back: Option<Returned>,
    /// What was asked.
    pub request: Borrow,
    /// What was answered.
    pub said: Said,
    /// When it was given back.
    pub returned: Option<Seconds>,
    /// The loan that was given in its place, the last of several.
    pub extended_by: Option<u32>,
    /// What the administrator noted.
    pub note: String,
}

/// How a loan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is out.
    Out,
    /// Its last day is over, and its seat is free in a day.
    Ending,
    /// It is over.
    Over,
    /// It was given back.
    Returned,
    /// It was given back, and its seat stays reserved.
    Kept,
    /// Another loan was given in its place.
    Extended,
}

impl Standing {
    /// Stable snake_case name for scripts.
    pub const fn name(self) -> &'static str {
        match self {
            Standing::Out => "out",
            Standing::Ending => "ending",
            Standing::Over => "over",
            Standing::Returned => "returned",
            Standing::Kept => "kept",
            Standing::Extended => "extended",
        }
    }

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Standing::Out => messages::out(),
            Standing::Ending => messages::ending(),
            Standing::Over => messages::over(),
            Standing::Returned => messages::returned(),
            Standing::Kept => messages::kept(),
            Standing::Extended => messages::extended(),
        }
    }
}

impl Loan {
    /// Its number.
    pub fn number(&self) -> u32 {
        self.lent.loan
    }

    /// Its seat, from 1.
    pub fn seat(&self) -> u16 {
        self.lent.takes.seat
    }

    /// The loan in whose place it was given.
    pub fn extends(&self) -> Option<u32> {
        self.lent.extends
    }

    /// The code that was given, and the site's certificate, where it went beside it.
    pub fn codes(&self) -> (Code, Option<Code>) {
        let card = self.lent.card.as_ref();
        let code = Code::new(self.lent.kind, self.lent.answer.to_vec());
        (code, card.map(|it| Code::new(Kind::SiteCard, it.to_vec())))
    }

    /// From when on nobody counts on it any more.
    pub fn free_at(&self) -> Seconds {
        loan_is_over(self.said.until)
    }

    /// Whether its seat is reserved until its end: whatever a clock says, for that may be put right.
    pub(super) fn has_seat(&self) -> bool {
        self.given_back.is_none_or(|it| it.kept)
    }

    /// Whether its seat is reserved.
    pub fn is_reserved(&self, now: Seconds) -> bool {
        self.has_seat() && now < self.free_at()
    }

    /// How it stands.
    pub fn standing(&self, now: Seconds) -> Standing {
        match () {
            () if self.returned.is_some() && self.is_reserved(now) => Standing::Kept,
            () if self.returned.is_some() => Standing::Returned,
            () if now >= self.free_at() => Standing::Over,
            () if self.extended_by.is_some() => Standing::Extended,
            () if now.day() > self.said.until => Standing::Ending,
            () => Standing::Out,
        }
    }
}
