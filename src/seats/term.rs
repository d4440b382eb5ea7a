//! A time that something is held for, by the time since the start of the system, which nobody sets.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::who::Moment;
use crate::protocol::date::Seconds;

/// From a moment on for so long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Term {
    /// Seconds.
    span: u32,
    /// By the wall clock.
    until: u32,
    /// The start of the system in which it began, and its last second since then.
    boot: Option<(String, u64)>,
}

impl Term {
    pub(super) fn new(span: Duration, moment: &Moment) -> Term {
        let span = u32::try_from(span.as_secs()).unwrap_or(u32::MAX);
        let boot = moment.boot.as_ref();
        Term {
            span,
            until: moment.wall.plus(span).0,
            boot: boot.map(|(id, up)| (id.clone(), up.as_secs() + u64::from(span))),
        }
    }

    /// Whether it is not over. In a later start of the system it has its full span again: nobody knows how long the system was off.
    pub(super) fn holds(&self, moment: &Moment) -> bool {
        match (&self.boot, &moment.boot) {
            (Some((then, last)), Some((now, up))) if then == now => up.as_secs() < *last,
            (Some(_), Some((_, up))) => up.as_secs() < u64::from(self.span),
            _ => moment.wall.0 < self.until,
        }
    }

    pub(super) fn until(&self) -> Seconds {
        Seconds(self.until)
    }

    pub(super) fn span(&self) -> Duration {
        Duration::from_secs(u64::from(self.span))
    }
}
