//! A machine that changed more than a fingerprint bears: for a while it goes on, so that a repair on a Friday stops nobody (SPEC.md 6.4).

use serde::{Deserialize, Serialize};

use super::json;
use crate::machine::Comparison;
use crate::protocol::date::Seconds;

/// How long a machine that changed may go on.
pub(crate) const ALLOWED: u32 = 72 * 3600;

/// The first sight of a changed machine under the grant held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// When.
    #[serde(with = "json::moment")]
    pub since: Seconds,
    /// Generation of the grant held then: the next one begins anew.
    pub generation: u16,
}

impl Drift {
    /// Of two that are kept in two places, the one that counts: of the later grant, and there the earlier sight.
    pub(crate) fn stricter(self, other: Drift) -> Drift {
        let rank = |drift: &Drift| (std::cmp::Reverse(drift.generation), drift.since);
        if rank(&other) < rank(&self) {
            other
        } else {
            self
        }
    }

    /// The first moment at which the changed machine is refused.
    pub(crate) fn ends(&self) -> Seconds {
        self.since.plus(ALLOWED)
    }
}

/// Since when a machine that does not match any more has been seen so, and whether that is kept already; nothing where it may not go on: it
/// was seen too long ago, or nothing of the machine is the same.
pub(crate) fn allowed(
    compared: Comparison,
    seen: Option<&Drift>,
    generation: u16,
    now: Seconds,
) -> Option<(Drift, bool)> {
    if compared.equal.is_empty() {
        return None;
    }
    let seen = seen.filter(|drift| drift.generation == generation);
    let known = seen.is_some();
    let drift = seen.cloned().unwrap_or(Drift {
        since: now,
        generation,
    });
    (now < drift.ends()).then_some((drift, known))
}
