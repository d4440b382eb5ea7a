//! Who takes a seat, and when.

use std::time::Duration;

use super::process::Process;
use crate::machine::Facts;
use crate::protocol::date::Seconds;
use crate::protocol::product::SeatUnit;

/// Who takes a seat. Names are for people, and for what one seat counts where that is a user or a host; whoever calls for others says theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The user's name.
    pub user: String,
    /// The name of the workstation.
    pub host: String,
    /// The name of the program.
    pub program: String,
    /// The process that holds the seat.
    pub process: Process,
}

/// A moment, as the host's clocks have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What the wall clock says: for people.
    pub wall: Seconds,
    /// The start of the system and the time since then, by which leases end; where it is unknown, they end by the wall clock.
    pub boot: Option<(String, Duration)>,
}

impl Moment {
    /// What the clocks of a computer say now.
    pub fn of(wall: Seconds, facts: &Facts) -> Moment {
        let start = facts.boot_id.text().map(str::to_owned);
        Moment {
            wall,
            boot: start.zip(facts.uptime),
        }
    }
}

impl Moment {
    /// How long after another moment of the same start it is.
    pub(super) fn since(&self, other: &Moment) -> Option<Duration> {
        let ((start, now), (same, then)) = (self.boot.as_ref()?, other.boot.as_ref()?);
        (start == same).then(|| now.saturating_sub(*then))
    }
}

/// Longest name in bytes, so that a record fits its slot.
const LONGEST: usize = 64;

impl Who {
    /// With names that fit a record and hide nothing.
    pub(super) fn plain(&self) -> Who {
        Who {
            user: plain(&self.user),
            host: plain(&self.host),
            program: plain(&self.program),
            process: self.process,
        }
    }
}

/// What the processes of a user at a host share one seat by; none: each takes its own.
pub(super) fn key<'a>(
    unit: SeatUnit,
    user: &'a str,
    host: &'a str,
) -> Option<(Option<&'a str>, Option<&'a str>)> {
    match unit {
        SeatUnit::Process => None,
        SeatUnit::Session => Some((Some(user), Some(host))),
        SeatUnit::User => Some((Some(user), None)),
        SeatUnit::Host => Some((None, Some(host))),
    }
}

pub(super) fn plain(text: &str) -> String {
    let shown = |c: &char| !crate::text::show::is_hidden(*c) && *c != '"';
    let mut plain: String = text.trim().chars().filter(shown).collect();
    while plain.len() > LONGEST {
        plain.pop();
    }
    plain
}
