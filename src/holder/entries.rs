//! What stands in the files of memories, beside clock marks and first sights.

use serde::{Deserialize, Serialize};

use super::answers::Answers;
use super::clock::Mark;
use super::json::{self, Array};
use super::remembered::{Remembered, stricter};
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::ActivationId;

/// What an anchor keeps of one activation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Anchored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mark: Option<Mark>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) returned: Option<Tombstone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) answers: Option<Answers>,
    /// Of a site, the last of its loans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) loans: Option<LoansSeen>,
}

/// The last loan of a license's site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoansSeen {
    /// Its number.
    pub(crate) last: u32,
    /// The chain with it.
    pub(crate) head: Array<32>,
}

impl Remembered for LoansSeen {
    fn stricter(self, other: LoansSeen) -> LoansSeen {
        if other.last > self.last { other } else { self }
    }
}

/// That an activation was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tombstone {
    /// When.
    #[serde(with = "json::moment")]
    pub at: Seconds,
    /// It was not given up itself: another home of this computer gave up this one, which had taken its place.
    #[serde(
        with = "json::text_if_any",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub with: Option<ActivationId>,
}

impl Remembered for Anchored {
    fn stricter(self, other: Anchored) -> Anchored {
        Anchored {
            mark: stricter(self.mark, other.mark),
            returned: Tombstone::first(self.returned, other.returned),
            answers: stricter(self.answers, other.answers),
            loans: stricter(self.loans, other.loans),
        }
    }

    /// Whoever shows an activation's secret gives it up for every machine.
    fn for_all(&self) -> Option<Anchored> {
        let returned = Some(self.returned.clone()?);
        Some(Anchored {
            returned,
            ..Anchored::default()
        })
    }
}

impl Tombstone {
    /// Of two that may be there the earlier.
    pub(super) fn first(one: Option<Tombstone>, other: Option<Tombstone>) -> Option<Tombstone> {
        let both = one.into_iter().chain(other);
        both.min_by_key(|it| (it.at, it.with.is_some()))
    }
}

/// A first day so many days after today was written under a clock of another year.
pub(super) const OF_ANOTHER_YEAR: u16 = 366;

/// A demo that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// Its first day.
    #[serde(with = "json::text")]
    pub began: Day,
    /// The latest moment that is known to have passed in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

impl Remembered for Demo {
    /// The first beginning and the later moment; but of what began years apart the first alone: the other's clock was ahead.
    fn stricter(self, other: Demo) -> Demo {
        let later = |one: &Demo, other: &Demo| {
            one.began.days_since(other.began) > i32::from(OF_ANOTHER_YEAR)
        };
        if later(&self, &other) {
            return other;
        }
        if later(&other, &self) {
            return self;
        }
        Demo {
            began: self.began.min(other.began),
            mark: stricter(self.mark, other.mark),
        }
    }
}
