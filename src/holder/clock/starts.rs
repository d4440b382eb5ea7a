//! Starts of a computer, and how much time must have passed since something was seen in one of them.

use serde::{Deserialize, Serialize};

use super::{JUMP, SECOND_LOOK};
use crate::holder::json;
use crate::machine::Facts;
use crate::protocol::date::Seconds;

/// Of two clocks that differ by no more than one part in so many, and [`SLACK`], both are good.
const AGREE: i64 = 50;
/// Seconds by which a clock may be put right at once without being doubted: rounding, and the small steps of NTP.
const SLACK: i64 = 60;
/// So many starts are kept: hosts that share a home look in turn, and each goes on where it was.
const KEPT: usize = 16;

/// A start of the computer and the time since: passes whatever the clock says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boot {
    /// Differs after each start.
    pub id: String,
    /// Seconds since the start, sleep included, where the system says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uptime: Option<u32>,
}

/// What the computer says about the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// Its clock.
    #[serde(with = "json::moment")]
    pub wall: Seconds,
    /// Its start, where known.
    pub boot: Option<Boot>,
}

impl Look {
    /// From a clock and the facts of a computer.
    pub fn new(wall: Seconds, facts: &Facts) -> Look {
        let seconds = |time: std::time::Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        let boot = facts.boot_id.text().map(|id| Boot {
            id: id.to_owned(),
            uptime: facts.uptime.map(seconds),
        });
        Look { wall, boot }
    }

    /// Seconds that have passed since an earlier look, where the computer has not been started again.
    pub(super) fn since(&self, earlier: Option<&Boot>) -> Option<u32> {
        let (now, then) = (self.boot.as_ref()?, earlier?);
        let same = now.id == then.id;
        now.uptime?.checked_sub(then.uptime?).filter(|_| same)
    }
}

/// A start that was looked at: the moment from which its time is counted, as the three clocks showed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// Which one.
    pub id: String,
    /// The moment that time stood at.
    #[serde(with = "json::moment")]
    pub at: Seconds,
    /// What the wall clock said.
    #[serde(with = "json::moment")]
    pub wall: Seconds,
    /// Seconds since the start then, where the system says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u32>,
    /// Seconds since the start when it was last kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<u32>,
    /// Time that uptime alone says went by unseen, where that is more than two days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubted: Option<Doubted>,
}

/// Time that is gone by but does not count yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Doubted {
    /// The moment to which it comes.
    #[serde(with = "json::moment")]
    pub to: Seconds,
    /// Seconds since the start when that was first seen.
    pub since: u32,
}

/// How far time must have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reached {
    /// What counts.
    pub(super) certain: Seconds,
    /// What is gone by: the same, and what is doubted.
    pub(super) claimed: Seconds,
    /// What is doubted from here on.
    pub(super) doubted: Option<Doubted>,
    /// What the wall clock should say, if it was not set since.
    pub(super) wall: Seconds,
    /// From here on time is counted anew: the wall clock was set, or a doubt is settled.
    anew: bool,
}

impl Start {
    fn new(boot: &Boot, at: Seconds, wall: Seconds, doubted: Option<Doubted>) -> Start {
        Start {
            id: boot.id.clone(),
            at,
            wall,
            from: boot.uptime,
            seen: boot.uptime,
            doubted,
        }
    }

    /// Seconds since it was last kept; nothing where the system does not say it.
    pub(super) fn unseen(&self, boot: &Boot) -> Option<u32> {
        boot.uptime?.checked_sub(self.seen?)
    }

    /// What a look in the same start says; nothing where its uptime is not known or has fallen, as in a container that has an uptime of its own.
    pub(super) fn reached(&self, boot: &Boot, wall: Seconds) -> Option<Reached> {
        let unseen = self.unseen(boot)?;
        let uptime = boot.uptime?;
        let up = uptime.checked_sub(self.from?)?;
        let by_wall = i64::from(wall.0) - i64::from(self.wall.0);
        let most = by_wall.max(i64::from(up));
        let agreed = (by_wall - i64::from(up)).abs() <= most / AGREE + SLACK;
        let passed = if agreed {
            // A clock that runs a little fast leads nobody astray, whichever of the two it is.
            u32::try_from(by_wall).unwrap_or(0).min(up)
        } else {
            up
        };
        let path = self.at.plus(passed);
        // What was doubted goes on from where it was first seen.
        let earlier = self.doubted.map(|doubted| {
            let waited = uptime.saturating_sub(doubted.since);
            (doubted.to.plus(waited), waited)
        });
        // Two clocks that agree are believed at once; uptime alone is not where it jumped.
        let (certain, doubted, anew) = if !agreed && unseen > JUMP {
            let to = earlier.map_or(path, |(to, _)| path.max(to));
            let since = uptime;
            (self.at.plus(up - unseen), Some(Doubted { to, since }), true)
        } else {
            match earlier {
                Some((to, waited)) if waited >= SECOND_LOOK => (path.max(to), None, true),
                _ => (path, self.doubted, !agreed),
            }
        };
        let claimed = match (&doubted, earlier) {
            (None, _) => certain,
            (Some(new), None) => certain.max(new.to),
            (Some(new), Some((to, _))) => certain.max(new.to).max(to),
        };
        Some(Reached {
            certain,
            claimed,
            doubted,
            wall: self.wall.plus(up),
            anew,
        })
    }
}

/// The starts to keep where this one counts anew from `at`, what others say being as true as before.
pub(super) fn begun(
    starts: &[Start],
    look: &Look,
    at: Seconds,
    doubted: Option<Doubted>,
) -> Vec<Start> {
    let Some(boot) = &look.boot else {
        return starts.to_vec();
    };
    let others = starts.iter().filter(|start| start.id != boot.id);
    let mut starts: Vec<Start> = others.cloned().collect();
    starts.push(Start::new(boot, at, look.wall, doubted));
    starts.drain(..starts.len().saturating_sub(KEPT));
    starts
}

/// The starts to keep after a look that brought time to `at`; `wall` is the wall clock as far as it is believed.
pub(super) fn after(starts: &[Start], look: &Look, at: Seconds, wall: Seconds) -> Vec<Start> {
    let mut starts = starts.to_vec();
    let Some(boot) = &look.boot else {
        return starts;
    };
    let place = starts.iter().position(|start| start.id == boot.id);
    let seen = match place.map(|place| starts.remove(place)) {
        None => Start::new(boot, at, wall, None),
        // Since now the system says how long it runs.
        Some(start) if start.seen.is_none() => Start::new(boot, at, wall, None),
        Some(start) => match start.reached(boot, look.wall) {
            Some(reached) if reached.anew => Start::new(boot, at, wall, reached.doubted),
            Some(_) => Start {
                seen: boot.uptime,
                ..start
            },
            // What was doubted is no longer said.
            None => Start {
                doubted: None,
                ..start
            },
        },
    };
    starts.push(seen);
    starts.drain(..starts.len().saturating_sub(KEPT));
    starts
}
