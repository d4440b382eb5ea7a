//! When each part of the machine was last read: one that cannot be read for a while is not yet one that is gone (SPEC.md 4.2).

use serde::{Deserialize, Serialize};

use super::remembered::Remembered;
use crate::machine::{Component, Components};
use crate::protocol::date::Seconds;

/// A part that has been unread for less than this is carried over.
const CARRIED: u32 = 72 * 3600;
/// So often it is kept that a part was read.
const KEPT_EVERY: u32 = 12 * 3600;

/// When each part was last read, in seconds of SPEC.md 1, by its bit of the presence byte; nothing where it never was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Parts([Option<u32>; 5]);

impl Remembered for Parts {
    /// Of each part the earlier reading.
    fn stricter(mut self, other: Parts) -> Parts {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = [*mine, theirs].into_iter().flatten().min();
        }
        self
    }
}

impl Parts {
    /// The parts that were read less than 72 hours before `now`.
    pub(crate) fn lately(&self, now: Seconds) -> Components {
        self.younger_than(CARRIED, now)
    }

    /// With `read` read at `now`; nothing where that is hardly news.
    pub(crate) fn after(&self, read: Components, now: Seconds) -> Option<Parts> {
        if read.without(self.younger_than(KEPT_EVERY, now)).is_empty() {
            return None;
        }
        let mut after = self.clone();
        for (part, at) in Component::ALL.into_iter().zip(&mut after.0) {
            if read.contains(part) {
                *at = Some(now.0);
            }
        }
        Some(after)
    }

    fn younger_than(&self, age: u32, now: Seconds) -> Components {
        let parts = Component::ALL.into_iter().zip(self.0);
        parts
            .filter(|(_, at)| at.is_some_and(|at| now.0.abs_diff(at) < age))
            .map(|(part, _)| part)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_carried_for_72_hours() {
        let card: Components = [Component::NetworkCard].into_iter().collect();
        let read = Parts::default().after(card, Seconds(1_000_000)).unwrap();
        assert_eq!(read.after(card, Seconds(1_000_000 + KEPT_EVERY - 1)), None);
        assert!(read.after(card, Seconds(1_000_000 + KEPT_EVERY)).is_some());
        assert_eq!(read.lately(Seconds(1_000_000 + CARRIED - 1)), card);
        assert!(read.lately(Seconds(1_000_000 + CARRIED)).is_empty());
        // A clock that was far ahead when it was kept makes nothing last.
        assert!(read.lately(Seconds(0)).is_empty());
    }
}
