//! What time it is, as far as a licence may believe the computer's clock (SPEC.md 7). Pure: what is known is handed in, what is to be kept
//! is handed back.
//!
//! Everything counts in UTC: time zones and daylight saving change nothing, and 26 hours of tolerance span a clock that was set to local time.

use serde::{Deserialize, Serialize};

use super::json;
use crate::machine::Facts;
use crate::protocol::date::{Day, Seconds};

const HOUR: u32 = 3600;
const DAY: u32 = 24 * HOUR;
/// A clock is behind only where it is further back than any mistake about the time zone can put it.
const TOLERANCE: u32 = 26 * HOUR;
/// How long a clock may be behind before the licence waits for it.
const BEHIND_BUDGET: u32 = 7 * DAY;
/// A clock further ahead than this is not believed at once.
const JUMP: u32 = 48 * HOUR;
/// After so long a second look at a clock that jumped ahead counts.
const SECOND_LOOK: u32 = 20 * HOUR;
/// What a start of the computer counts at least, in seconds, while its clock is behind: a clock that begins in 1970 at every start would
/// otherwise never use the week up.
const LEAST_PER_START: u32 = 4 * HOUR;

/// A start of the computer and the time since: passes whatever the clock says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boot {
    /// Differs after each start.
    pub id: String,
    /// Seconds since the start.
    pub uptime: u32,
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
        let boot = facts
            .boot_id
            .as_ref()
            .zip(facts.uptime)
            .map(|(id, uptime)| Boot {
                id: id.clone(),
                uptime: u32::try_from(uptime.as_secs()).unwrap_or(u32::MAX),
            });
        Look { wall, boot }
    }

    /// Seconds that have passed since an earlier look, where the computer has not been started again.
    fn since(&self, earlier: Option<&Boot>) -> Option<u32> {
        let (now, then) = (self.boot.as_ref()?, earlier?);
        (now.id == then.id)
            .then(|| now.uptime.checked_sub(then.uptime))
            .flatten()
    }
}

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
    /// The start of the computer at that moment, where known.
    pub boot: Option<Boot>,
    /// A clock that jumped ahead and waits for a second look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<Look>,
    /// A clock that is behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<Behind>,
}

impl Mark {
    /// The mark when a grant of the vendor is applied: its `issued`, backwards too (SPEC.md 7).
    pub fn of_grant(issued: Seconds, generation: u16, look: &Look) -> Mark {
        Mark {
            at: issued,
            generation,
            boot: look.boot.clone(),
            ahead: None,
            behind: None,
        }
    }

    /// Of two marks that are kept in two places, the one that counts.
    pub(crate) fn later(self, other: Mark) -> Mark {
        if (other.generation, other.at) > (self.generation, self.at) {
            other
        } else {
            self
        }
    }

    /// The moment that must have passed by now.
    fn reached(&self, look: &Look) -> Seconds {
        self.at.plus(look.since(self.boot.as_ref()).unwrap_or(0))
    }
}

/// What a licence hands in about the time.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// `issued` of the grant held.
    pub issued: Seconds,
    /// Its generation.
    pub generation: u16,
    /// Build date of the program.
    pub built: Seconds,
    /// The first day of the licence that ends something; none: the clock does not matter.
    pub deadline: Option<Day>,
}

/// Whether the clock can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It can, or nothing depends on it.
    Fine,
    /// It is behind; so many whole days are left until the licence waits for it.
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
    /// Whether the clock can be believed.
    pub verdict: Verdict,
    /// Whether it stands before the program was built: not set, or its battery is empty.
    pub not_set: bool,
    /// The mark to keep, where one is due: at most once a day, but for a change of verdict and each start of a computer whose clock is behind.
    pub keep: Option<Mark>,
}

/// The rules of SPEC.md 7.
pub fn judge(mark: Option<&Mark>, terms: &Terms, look: &Look) -> Judgement {
    let mark = mark.filter(|mark| mark.generation >= terms.generation);
    let known = terms.issued.max(terms.built);
    let reached = mark.map_or(known, |mark| mark.reached(look));
    let floor = known.max(reached);
    let Some(deadline) = terms.deadline else {
        return Judgement {
            now: look.wall.max(floor),
            verdict: Verdict::Fine,
            not_set: false,
            keep: None,
        };
    };
    let judged = if look.wall < floor.minus(TOLERANCE) {
        behind(mark, terms, look, floor)
    } else if look.wall > reached.plus(JUMP) {
        ahead(mark, terms, look, floor)
    } else {
        fine(mark, terms, look, floor)
    };
    // Past a deadline nothing is kept: a clock that was set too far heals as soon as it is right again.
    if judged.now.day() > deadline {
        Judgement {
            keep: None,
            ..judged
        }
    } else {
        judged
    }
}

fn fine(mark: Option<&Mark>, terms: &Terms, look: &Look, floor: Seconds) -> Judgement {
    let now = look.wall.max(floor);
    let due = mark.is_none_or(|mark| {
        mark.ahead.is_some() || mark.behind.is_some() || now.day() > mark.at.day()
    });
    Judgement {
        now,
        verdict: Verdict::Fine,
        not_set: false,
        keep: due.then(|| Mark::of_grant(now, terms.generation, look)),
    }
}

/// The clock jumped ahead: it is gone by, and becomes the mark when a later look agrees.
fn ahead(mark: Option<&Mark>, terms: &Terms, look: &Look, floor: Seconds) -> Judgement {
    let first = mark
        .and_then(|mark| mark.ahead.as_ref())
        .filter(|first| look.wall >= first.wall);
    let at_mark = |at, ahead| Mark {
        ahead,
        ..Mark::of_grant(at, terms.generation, look)
    };
    let keep = match first {
        None => Some(at_mark(floor, Some(look.clone()))),
        Some(first) => {
            let passed = look.since(first.boot.as_ref());
            let agrees = look.wall >= first.wall.plus(SECOND_LOOK)
                && passed.is_none_or(|passed| passed >= SECOND_LOOK);
            let expected = first.wall.plus(passed.unwrap_or(0));
            match (agrees, look.wall > expected.plus(JUMP)) {
                (false, _) => None,
                (true, false) => Some(at_mark(look.wall, None)),
                // The first look is confirmed, this one has jumped again.
                (true, true) => Some(at_mark(expected.max(floor), Some(look.clone()))),
            }
        }
    };
    Judgement {
        now: look.wall,
        verdict: Verdict::Fine,
        not_set: false,
        keep,
    }
}

/// The clock is behind: time stands at the floor, and a week is counted by whatever still runs.
fn behind(mark: Option<&Mark>, terms: &Terms, look: &Look, floor: Seconds) -> Judgement {
    let before = mark.and_then(|mark| mark.behind.as_ref());
    let used = before.map_or(0, |before| {
        before
            .used
            .saturating_add(passed_behind(&before.seen, look))
    });
    let another_start = |seen: &Look| {
        look.boot.as_ref().map(|boot| &boot.id) != seen.boot.as_ref().map(|boot| &boot.id)
    };
    let due =
        before.is_none_or(|before| used / DAY > before.used / DAY || another_start(&before.seen));
    let keep = due.then(|| Mark {
        behind: Some(Behind {
            used,
            seen: look.clone(),
        }),
        ..Mark::of_grant(floor, terms.generation, look)
    });
    Judgement {
        now: floor,
        verdict: if used >= BEHIND_BUDGET {
            Verdict::TooLongBehind
        } else {
            Verdict::Behind {
                days_left: (BEHIND_BUDGET - used).div_ceil(DAY),
            }
        },
        not_set: look.wall < terms.built.minus(TOLERANCE),
        keep,
    }
}

/// Seconds that count against the week between two looks at a clock that is behind.
fn passed_behind(earlier: &Look, look: &Look) -> u32 {
    let by_wall = look.wall.0.saturating_sub(earlier.wall.0);
    match (look.since(earlier.boot.as_ref()), &look.boot) {
        (Some(by_uptime), _) => by_uptime,
        (None, Some(boot)) => by_wall.max(boot.uptime).max(LEAST_PER_START),
        (None, None) => by_wall,
    }
}
