//! A machine that changed more than a fingerprint bears: for a while it goes on, so that a repair on a Friday stops nobody (SPEC.md 6.4).

use serde::{Deserialize, Serialize};

use super::clock::{self, Look, Mark};
use super::json;
use super::remembered::{Remembered, stricter};
use crate::protocol::date::Seconds;

/// How long a machine that changed may go on.
pub(crate) const ALLOWED: u32 = 72 * 3600;

/// The first sight of a changed machine by a license, whatever was granted or lent since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// When.
    #[serde(with = "json::moment")]
    pub since: Seconds,
    /// The latest moment that is known to have passed since: a clock that is set back gives no hour again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

/// That a changed machine may go on.
pub(crate) struct GoesOn {
    /// The first moment at which it is refused.
    pub(crate) until: Seconds,
    /// What is to be kept, where anything is.
    pub(crate) keep: Option<Drift>,
    /// This is the first sight: it may go on only where that is kept.
    pub(crate) first: bool,
}

impl Remembered for Drift {
    /// The earlier sight and the later moment.
    fn stricter(self, other: Drift) -> Drift {
        Drift {
            since: self.since.min(other.since),
            mark: stricter(self.mark, other.mark),
        }
    }
}

/// Whether a machine that does not match goes on: `seen` is the first sight, where there was one, `now` what the license goes by, `built` when the
/// program was, and whether the application runs already.
pub(crate) fn goes_on(
    seen: Option<&Drift>,
    now: Seconds,
    look: &Look,
    (built, running): (Seconds, bool),
) -> Option<GoesOn> {
    let since = seen.map_or(now, |drift| drift.since);
    let until = since.plus(ALLOWED);
    let terms = clock::LicenseTimes {
        issued: since,
        generation: 0,
        built,
        deadline: Some(until.day()),
        dated: true,
        running,
    };
    let judged = clock::judge(seen.and_then(|drift| drift.mark.as_ref()), &terms, look);
    let first = seen.is_none();
    let over = now.max(judged.now) >= until;
    if over || judged.verdict == clock::ClockReading::TooLongBehind {
        return None;
    }
    let kept = judged.keep.map(|mark| Drift {
        since,
        mark: Some(mark),
    });
    Some(GoesOn {
        until,
        keep: kept.or_else(|| first.then_some(Drift { since, mark: None })),
        first,
    })
}
