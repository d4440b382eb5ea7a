//! How long something goes on.

use serde::{Deserialize, Serialize};

use crate::protocol::date::Day;

/// How long something goes on: a last day, or no end; what has none is the later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Option<Day>", into = "Option<Day>")]
pub enum Until {
    /// Its last day.
    Day(Day),
    /// It has no end.
    Ever,
}

impl From<Option<Day>> for Until {
    fn from(day: Option<Day>) -> Until {
        day.map_or(Until::Ever, Until::Day)
    }
}

impl From<Until> for Option<Day> {
    fn from(until: Until) -> Option<Day> {
        until.day()
    }
}

impl Until {
    /// Over since ever: of what was released as lost nothing is reckoned with any more.
    pub const OVER: Until = Until::Day(Day::FIRST);

    /// Whether it goes on today.
    pub fn reaches(self, today: Day) -> bool {
        self >= Until::Day(today)
    }

    /// The last day, where there is one.
    pub fn day(self) -> Option<Day> {
        match self {
            Until::Day(day) => Some(day),
            Until::Ever => None,
        }
    }

    /// This many days longer.
    #[must_use]
    pub fn plus(self, days: u16) -> Until {
        match self {
            Until::Day(day) => Until::Day(day.plus(days)),
            Until::Ever => Until::Ever,
        }
    }

    /// As a number: that of the day, 0 for no end.
    pub(crate) fn number(self) -> u16 {
        Day::wire(self.day())
    }

    /// What [`number`](Self::number) writes.
    pub(crate) fn from_number(number: u16) -> Until {
        Day::new(number).into()
    }
}
