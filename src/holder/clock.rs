//! What time it is, as far as a license may believe the computer's clock (SPEC.md 7). Pure: what is known is handed in, what is to be kept
//! is handed back.
//!
//! Everything counts in UTC: time zones and daylight saving change nothing, and 26 hours of tolerance span a clock that was set to local time.

mod starts;

use serde::{Deserialize, Serialize};

use super::json::{self, Array};
use super::remembered::Remembered;
use crate::protocol::commitment::Commitment;
pub(super) use crate::protocol::date::CLOCK_TOLERANCE as TOLERANCE;
use crate::protocol::date::{Day, Seconds};

use starts::Reached;
pub use starts::{Boot, Doubted, Look, Start};

const HOUR: u32 = 3600;
pub(super) const DAY: u32 = 24 * HOUR;
/// How long a clock may be behind before the license waits for it.
pub(super) const BEHIND_BUDGET: u32 = 7 * DAY;
/// A clock further ahead than this is not believed at once; nor is one that was set by more than [`TOLERANCE`] while the computer ran: set right
/// again, it would be behind.
const JUMP: u32 = 48 * HOUR;
/// After so long a second look at a clock that jumped ahead counts.
const SECOND_LOOK: u32 = 20 * HOUR;
/// What a start of the computer counts at least, in seconds, while its clock is behind: a clock that begins in 1970 at every start would
/// otherwise never use the week up.
const LEAST_PER_START: u32 = 4 * HOUR;
/// A mark is kept again when it has advanced by this much.
const KEPT_EACH: u32 = HOUR;
/// So many requests are remembered with the mark under which they were made.
const ASKED: usize = 16;
/// The same at the looks of a guard: at its end little is lost, and a short program writes nothing.
const KEPT_BY_GUARD: u32 = 60;

/// A clock that is behind: how much of the week is used up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behind {
    /// Seconds used when it was last kept.
    pub used: u32,
    /// What was seen then.
    pub seen: Look,
}

/// The latest moment that is known to have passed, and what is not settled yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The moment.
    #[serde(with = "json::moment")]
    pub at: Seconds,
    /// The generation held when it was kept: an earlier one than is held now no longer counts, so that a grant puts a wrong mark right.
    pub generation: u16,
    /// Starts of computers since, the latest last: what each says has passed is true of all, so that two hosts which look in turn neither
    /// stop time nor count it twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub starts: Vec<Start>,
    /// A clock that jumped ahead and waits for a second look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<Look>,
    /// A clock that is behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<Behind>,
    /// Requests that were made here since a grant was last applied, the latest last: only their answers put a wrong mark right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<AskedAt>,
}

/// A request, and the mark when it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedAt {
    /// Its commitment (SPEC.md 5.1).
    pub commitment: Array<12>,
    /// The mark.
    #[serde(with = "json::moment")]
    pub at: Seconds,
}

impl Mark {
    /// The mark when a grant of the vendor is applied where `before` stands: its `issued`, backwards too where it answers a request that was made under
    /// a mark that was wrong, and by no more than it was wrong then (SPEC.md 7). What has passed since the request has passed.
    pub fn after(
        before: Option<&Mark>,
        request: Commitment,
        (issued, generation): (Seconds, u16),
        look: &Look,
    ) -> Mark {
        let Some(before) = before else {
            return Mark::of_grant(issued, generation, look);
        };
        let (reached, now) = (before.reached(look), before.passed(look));
        let mut asked = before.asked.iter().rev();
        let stands = match asked.find(|it| it.commitment.0 == request.0) {
            Some(then) => now.min(issued.plus(now.0.saturating_sub(then.at.0))),
            None => now,
        };
        let at = issued.max(stands);
        // Where the mark was wrong, so is what other starts rest on.
        let known = if at < now { &[][..] } else { &before.starts };
        let doubted = reached.and_then(|it| it.doubted).filter(|_| at >= now);
        Mark {
            starts: starts::begun(known, look, at, doubted),
            generation: before.generation.max(generation),
            ..Mark::of_grant(at, generation, look)
        }
    }

    /// The mark with a request that is made under it now.
    pub(crate) fn with_request(mut self, request: Commitment, look: &Look) -> Mark {
        let commitment = Array(request.0);
        self.asked.retain(|it| it.commitment != commitment);
        let too_many = (self.asked.len() + 1).saturating_sub(ASKED);
        self.asked.drain(..too_many);
        let at = self.passed(look);
        self.asked.push(AskedAt { commitment, at });
        self
    }

    /// Whether a request of the activation is on its way: no grant was applied since.
    pub(crate) fn waits(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Whether the answer to a request that was made before would put right a clock that is behind: one that was made before the mark came to
    /// where it is would not.
    pub(crate) fn is_healed_by(&self, request: Commitment, wall: Seconds) -> bool {
        let behind = wall < self.at.minus(TOLERANCE);
        let mut asked = self.asked.iter();
        !behind || asked.any(|it| it.commitment.0 == request.0 && it.at >= self.at.minus(TOLERANCE))
    }

    /// The mark of the first grant: its `issued`.
    pub fn of_grant(issued: Seconds, generation: u16, look: &Look) -> Mark {
        Mark {
            at: issued,
            generation,
            starts: starts::after(&[], look, issued, look.wall),
            ahead: None,
            behind: None,
            asked: Vec::new(),
        }
    }

    /// The moment that is known to have passed: what has passed since the mark was kept, in this start, has passed.
    fn passed(&self, look: &Look) -> Seconds {
        let reached = self.reached(look);
        reached.map_or(self.at, |reached| self.at.max(reached.certain))
    }

    fn start(&self, look: &Look) -> Option<&Start> {
        let id = &look.boot.as_ref()?.id;
        self.starts.iter().find(|start| start.id == *id)
    }

    fn reached(&self, look: &Look) -> Option<Reached> {
        self.start(look)?.reached(look.boot.as_ref()?, look.wall)
    }
}

impl Remembered for Mark {
    /// The one of the higher generation, then the later, then the one that has waited longer for a clock that is behind.
    fn stricter(self, other: Mark) -> Mark {
        let rank = |mark: &Mark| {
            let used = mark.behind.as_ref().map(|behind| behind.used);
            (mark.generation, mark.at, used)
        };
        if rank(&other) > rank(&self) {
            other
        } else {
            self
        }
    }
}

/// What a license hands in about the time.
#[derive(Clone, Copy, Debug)]
pub struct LicenseTimes {
    /// `issued` of the grant held.
    pub issued: Seconds,
    /// Its generation.
    pub generation: u16,
    /// Build date of the program.
    pub built: Seconds,
    /// The first day that ends the license as a whole: once it has passed nothing is kept, so that a clock set too far heals.
    pub deadline: Option<Day>,
    /// Something ends with a day, be it the license, a module or maintenance. Nothing does: the clock does not matter.
    pub dated: bool,
    /// The application runs already: a look of its guard, who keeps what has passed by uptime whatever the clock says.
    pub running: bool,
}

/// Whether the clock can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockReading {
    /// It can, or nothing depends on it.
    Fine,
    /// It is behind; so many whole days are left until the license waits for it.
    Behind {
        /// Whole days left, 0 to 7.
        days_left: u32,
    },
    /// It has been behind for seven days.
    TooLongBehind,
}

/// What to go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The time to go by.
    pub now: Seconds,
    /// What has passed for certain: a clock that jumped ahead does not count before a second look.
    pub certain: Seconds,
    /// Whether the clock can be believed.
    pub verdict: ClockReading,
    /// Whether it stands before the program was built: not set, or its battery is empty.
    pub not_set: bool,
    /// The mark to keep, where one is due: when it has advanced by an hour, at the first look of a start, and when something begins or ends
    /// to wait.
    pub keep: Option<Mark>,
}

/// The rules of SPEC.md 7.
pub fn judge(mark: Option<&Mark>, terms: &LicenseTimes, look: &Look) -> Judgement {
    let mark = mark.filter(|mark| mark.generation >= terms.generation);
    let known = terms.issued.max(terms.built);
    let kept = mark.map_or(known, |mark| mark.at);
    let reached = mark.and_then(|mark| mark.reached(look));
    let settled = reached.map_or(kept, |reached| kept.max(reached.certain));
    // What has passed for certain, and what is gone by.
    let floor = known.max(settled);
    let least = reached.map_or(floor, |reached| floor.max(reached.claimed));
    let now = look.wall.max(least);
    let clock_behind = look.wall < least.minus(TOLERANCE);
    if !terms.dated {
        return Judgement {
            now,
            certain: floor,
            verdict: ClockReading::Fine,
            not_set: false,
            keep: None,
        };
    }
    let past = terms.deadline.is_some_and(|day| now.is_past(day));
    let waits = mark.and_then(|mark| mark.ahead.as_ref());
    let jumped =
        look.wall > most(reached, settled) || waits.is_some_and(|first| look.wall >= first.wall);
    let (at, ahead) = if past {
        (floor, waits.cloned())
    } else if jumped {
        second_look(mark, look, floor)
    } else {
        (look.wall.max(floor), None)
    };
    let behind = clock_behind.then(|| Behind {
        used: used(mark, look),
        seen: look.clone(),
    });
    let verdict = match &behind {
        None => ClockReading::Fine,
        Some(behind) if behind.used >= BEHIND_BUDGET => ClockReading::TooLongBehind,
        Some(behind) => ClockReading::Behind {
            days_left: (BEHIND_BUDGET - behind.used).div_ceil(DAY),
        },
    };
    // A clock that waits for a second look is measured against what it was before.
    let wall = if jumped && (past || ahead.is_some()) {
        reached.map_or(at, |reached| reached.wall)
    } else {
        look.wall
    };
    let next = Mark {
        at,
        // An older grant may be looked at in a copy: what a later one has put right stays so.
        generation: mark.map_or(terms.generation, |mark| mark.generation),
        starts: starts::after(mark.map_or(&[], |mark| &mark.starts), look, at, wall),
        ahead,
        behind,
        asked: mark.map_or_else(Vec::new, |mark| mark.asked.clone()),
    };
    // Past a deadline nothing is kept: a clock that was set too far heals as soon as it is right again. Only while the application runs its
    // uptime still counts: else whoever sets the clock to 2099 meanwhile would stop time.
    let may = !past || terms.running && terms.deadline.is_some_and(|day| !floor.is_past(day));
    Judgement {
        now,
        certain: at,
        verdict,
        not_set: clock_behind && look.wall < terms.built.minus(TOLERANCE),
        keep: Some(next).filter(|next| may && due(mark, terms, look, next)),
    }
}

/// The latest that a wall clock may say to be believed at once.
fn most(reached: Option<Reached>, settled: Seconds) -> Seconds {
    match reached {
        None => settled.plus(JUMP),
        Some(reached) if reached.wall < settled.minus(TOLERANCE) => settled.plus(TOLERANCE),
        Some(reached) => reached.wall.plus(TOLERANCE),
    }
}

fn due(mark: Option<&Mark>, terms: &LicenseTimes, look: &Look, next: &Mark) -> bool {
    let Some(mark) = mark else { return true };
    let each = if terms.running {
        KEPT_BY_GUARD
    } else {
        KEPT_EACH
    };
    let days = |mark: &Mark| mark.behind.as_ref().map(|behind| behind.used / DAY);
    let doubted = |mark: &Mark| Some(mark.start(look)?.doubted);
    let seen = |mark: &Mark| mark.start(look).and_then(|start| start.seen).unwrap_or(0);
    // The first look of a start is among them, and each hour of a host whose home another one keeps going.
    next.at >= mark.at.plus(each)
        || doubted(next) != doubted(mark)
        || seen(next) >= seen(mark).saturating_add(KEPT_EACH)
        || next.ahead != mark.ahead
        || days(next) != days(mark)
}

/// A clock that jumped ahead is gone by, and becomes the mark when a later look agrees. Returns the mark, and what waits.
fn second_look(mark: Option<&Mark>, look: &Look, floor: Seconds) -> (Seconds, Option<Look>) {
    let first = mark
        .and_then(|mark| mark.ahead.as_ref())
        .filter(|first| look.wall >= first.wall);
    let Some(first) = first else {
        return (floor, Some(look.clone()));
    };
    let passed = look.since(first.boot.as_ref());
    if look.wall < first.wall.plus(SECOND_LOOK) || passed.is_some_and(|passed| passed < SECOND_LOOK)
    {
        return (floor, Some(first.clone()));
    }
    let expected = first.wall.plus(passed.unwrap_or(0));
    if look.wall > expected.plus(TOLERANCE) {
        // The first look is confirmed, this one has jumped again.
        (floor.max(expected), Some(look.clone()))
    } else {
        (look.wall.max(floor), None)
    }
}

/// Seconds of the week that are used up, this look included: by whatever still runs while the clock does not.
fn used(mark: Option<&Mark>, look: &Look) -> u32 {
    let Some((mark, before)) = mark.and_then(|mark| Some((mark, mark.behind.as_ref()?))) else {
        return 0;
    };
    let by_wall = look.wall.0.saturating_sub(before.seen.wall.0);
    let passed = match (&look.boot, mark.start(look)) {
        (Some(boot), Some(start)) => start.unseen(boot).unwrap_or(by_wall),
        // Whatever the system says of its uptime, or does not.
        (Some(boot), None) => by_wall.max(boot.uptime.unwrap_or(0)).max(LEAST_PER_START),
        (None, _) => by_wall,
    };
    before.used.saturating_add(passed)
}
