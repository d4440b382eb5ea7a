//! Days and seconds since 2020-01-01 UTC (SPEC.md 1).

use std::fmt;
use std::str::FromStr;

use crate::messages;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};

/// 2020-01-01T00:00:00Z in Unix seconds.
const EPOCH_UNIX: i64 = 1_577_836_800;
/// 2020-01-01 in chrono's day count (day 1 is 0001-01-01).
const EPOCH_DAYS_CE: i32 = 737_425;
const SECONDS_PER_DAY: u32 = 86_400;

/// So many seconds, 26 hours, two clocks are apart at most, whatever mistake was made about time zones, UTC−12 to UTC+14: one of those that are further apart
/// is wrong (SPEC.md 7).
pub const CLOCK_TOLERANCE: u32 = 26 * 3600;

/// A day in UTC, counted from 2020-01-01, inclusive; never 0, which means "never" on the wire: `Option<Day>` says that. Up to 2199-06-06.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u16);

/// What is wrong with a date that was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Not of the form YYYY-MM-DD, or no such day.
    #[error("{}", messages::protocol::no_date(.0))]
    NotADate(String),
    /// A day that two bytes since 2020-01-01 cannot hold.
    #[error("{}", messages::protocol::date_out_of_range(.0))]
    OutOfRange(String),
}

impl Day {
    /// The first there is, 2020-01-02.
    pub const FIRST: Day = Day(1);

    /// The day with this number, unless it is 0.
    pub const fn new(number: u16) -> Option<Day> {
        if number == 0 { None } else { Some(Day(number)) }
    }

    /// Days since 2020-01-01, 1 to 65,535.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The two bytes of an optional day: 0 for never.
    pub fn wire(day: Option<Day>) -> u16 {
        day.map_or(0, Day::number)
    }

    /// This many days later, at the most the last day there is.
    pub const fn plus(self, days: u16) -> Day {
        Day(self.0.saturating_add(days))
    }

    /// Days from `earlier` to this day; negative where this one is the earlier.
    pub fn days_since(self, earlier: Day) -> i32 {
        i32::from(self.0) - i32::from(earlier.0)
    }

    /// The first second of the day after this one.
    pub fn end(self) -> Seconds {
        Seconds((u32::from(self.0) + 1).saturating_mul(SECONDS_PER_DAY))
    }

    /// The first second of this day.
    pub fn start(self) -> Seconds {
        Seconds(u32::from(self.0).saturating_mul(SECONDS_PER_DAY))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NaiveDate::from_num_days_from_ce_opt(EPOCH_DAYS_CE + i32::from(self.0)) {
            Some(date) => write!(f, "{date}"),
            None => write!(f, "day {}", self.0),
        }
    }
}

impl FromStr for Day {
    type Err = DateError;

    /// Takes YYYY-MM-DD.
    fn from_str(text: &str) -> Result<Day, DateError> {
        let date = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d")
            .map_err(|_| DateError::NotADate(text.to_owned()))?;
        u16::try_from(date.num_days_from_ce() - EPOCH_DAYS_CE)
            .ok()
            .and_then(Day::new)
            .ok_or_else(|| DateError::OutOfRange(text.to_owned()))
    }
}

/// A moment in whole seconds since 2020-01-01T00:00:00Z, up to 2156.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(pub u32);

impl Seconds {
    /// The last moment there is; it stands for every later one.
    pub const LAST: Seconds = Seconds(u32::MAX);

    /// Whether that day has passed. At the last moment there is each day has, also one that ends beyond it: else it never would.
    pub fn is_past(self, day: Day) -> bool {
        self.day() > day || self == Seconds::LAST
    }

    /// From Unix seconds; before 2020 becomes 0, after 2156 the last moment there is.
    pub fn from_unix(unix: i64) -> Seconds {
        Seconds(u32::try_from((unix - EPOCH_UNIX).max(0)).unwrap_or(u32::MAX))
    }

    /// As Unix seconds.
    pub fn unix(self) -> i64 {
        i64::from(self.0) + EPOCH_UNIX
    }

    /// The day it falls on; 2020-01-01 itself, which has no number of its own, counts as the day after.
    pub fn day(self) -> Day {
        Day(u16::try_from(self.0 / SECONDS_PER_DAY)
            .unwrap_or(u16::MAX)
            .max(1))
    }

    /// This many seconds later, at the most the last moment there is.
    pub const fn plus(self, seconds: u32) -> Seconds {
        Seconds(self.0.saturating_add(seconds))
    }

    /// This many seconds earlier, at the least 2020-01-01.
    pub const fn minus(self, seconds: u32) -> Seconds {
        Seconds(self.0.saturating_sub(seconds))
    }
}

impl fmt::Display for Seconds {
    /// ISO 8601 in UTC, as 2026-11-22T13:17:00Z.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_timestamp(self.unix(), 0) {
            Some(moment) => write!(f, "{}T{}Z", moment.date_naive(), moment.time()),
            None => write!(f, "second {}", self.0),
        }
    }
}

impl FromStr for Seconds {
    type Err = DateError;

    /// Takes what [`Seconds`] shows, YYYY-MM-DDTHH:MM:SSZ.
    fn from_str(text: &str) -> Result<Seconds, DateError> {
        let moment = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%SZ")
            .map_err(|_| DateError::NotADate(text.to_owned()))?;
        Ok(Seconds::from_unix(moment.and_utc().timestamp()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_it_is_shown() {
        for at in [0, 217_516_620, u32::MAX].map(Seconds) {
            assert_eq!(at.to_string().parse(), Ok(at));
        }
        for text in ["2026-11-22", "2026-11-22 13:17:00Z", "2026-11-22T13:17Z"] {
            assert!(text.parse::<Seconds>().is_err());
        }
    }

    #[test]
    fn days_are_counted_from_2020() {
        assert_eq!("2020-01-02".parse(), Ok(Day(1)));
        assert_eq!("2026-11-22".parse::<Day>().unwrap().number(), 2517);
        assert_eq!(Day(2517).to_string(), "2026-11-22");
        assert_eq!(Day(u16::MAX).to_string(), "2199-06-06");
        assert!(matches!(
            "2020-01-01".parse::<Day>(),
            Err(DateError::OutOfRange(_))
        ));
        assert!(matches!(
            "2199-06-07".parse::<Day>(),
            Err(DateError::OutOfRange(_))
        ));
        assert!(matches!(
            "2026-02-30".parse::<Day>(),
            Err(DateError::NotADate(_))
        ));
    }

    #[test]
    fn a_day_is_inclusive() {
        let day: Day = "2026-11-22".parse().unwrap();
        assert_eq!(day.start().to_string(), "2026-11-22T00:00:00Z");
        assert_eq!(day.end().to_string(), "2026-11-23T00:00:00Z");
        assert_eq!(day.end().minus(1).day(), day);
    }

    #[test]
    fn clocks_outside_the_range_are_held_at_its_ends() {
        assert_eq!(Seconds::from_unix(0), Seconds(0));
        assert_eq!(Seconds::from_unix(i64::MAX / 2), Seconds(u32::MAX));
        assert_eq!(Seconds(0).day().number(), 1);
    }
}
