//! The parts of a machine as they come and go: whether it is still the one that a license is bound to (SPEC.md 6.4), and what it says of itself in a
//! SYNC (SPEC.md 4.2): a part that cannot be read for a while is not yet one that is gone.
//!
//! Pure: what was read, and by whom, is handed in. So the simulation of honest lives plays by the rules themselves.

use serde::{Deserialize, Serialize};

use super::remembered::Remembered;
use crate::machine::{Assessment, Comparison, Component, Components, Fingerprint};
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
    pub fn lately(&self, now: Seconds) -> Components {
        self.younger_than(CARRIED, now)
    }

    /// With `read` read at `now`; nothing where that is hardly news.
    pub fn after(&self, read: Components, now: Seconds) -> Option<Parts> {
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

/// A machine held against the fingerprint that a license is bound to (SPEC.md 6.1, 6.4).
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// Of what both know, what is equal and what is not.
    pub compared: Comparison,
    /// Hiding is no cure: of the hardware that every user of this system can read and that is bound, one part at least is there and the same. Where none
    /// is: those that cannot be read.
    pub unread: Components,
    hidden: bool,
}

impl Seen {
    /// What is `found` against what is `bound`; `shown` are the parts of hardware that every user of this kind of system can read
    /// ([`Components::readable_by_all`]).
    pub fn of(bound: &Fingerprint, found: &Fingerprint, shown: Components) -> Seen {
        let compared = bound.compare(found);
        let shown = bound.known().and(shown);
        let hidden = !shown.is_empty() && shown.and(compared.equal).is_empty();
        let unread = match hidden {
            true => shown.without(found.known()),
            false => Components::default(),
        };
        Seen {
            compared,
            unread,
            hidden,
        }
    }

    /// Whether it is that machine.
    pub fn matches(&self) -> bool {
        self.compared.verdict() != Assessment::Mismatch && !self.hidden
    }
}

/// What can be read of a machine when it makes a SYNC, and what is known of the rest.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    /// What is read.
    pub read: Fingerprint,
    /// Parts that this user may not read although another user of this computer can: root and user read different parts of one machine.
    pub denied: Components,
    /// Parts that were read of late ([`Parts::lately`]): a dock that is left at home for a day is no change.
    pub lately: Components,
    /// Parts of hardware that every user of this kind of system can read ([`Components::readable_by_all`]).
    pub shown: Components,
}

impl Sight {
    /// What a SYNC says of the machine (SPEC.md 4.2, *carrying*): what is read, and what is carried over from `stood`, the fingerprint of the generation
    /// held; where a request of `asked`, oldest first, says the same, or more that may be carried over, what that says.
    pub fn says(
        &self,
        stood: Option<&Fingerprint>,
        asked: impl Iterator<Item = Fingerprint>,
    ) -> Fingerprint {
        let fresh = stood.map_or(self.read, |stood| self.carry(stood));
        let covers = |said: &Fingerprint| {
            let all = fresh.known().without(said.known()).is_empty();
            all && said.compare(&fresh).different.is_empty() && self.carry(said) == *said
        };
        asked.filter(covers).last().unwrap_or(fresh)
    }

    /// What is read, with the parts of what was said that may not, or not for now, be read.
    fn carry(&self, said: &Fingerprint) -> Fingerprint {
        let unread = said.known().without(self.read.known());
        let mut carried: Components = unread
            .iter()
            .filter(|part| self.denied.contains(*part) || self.lately.contains(*part))
            .collect();
        // Parts that are carried must not be what the machine is missed by: the answer could then not heal it.
        if self.read.known().and(self.shown).is_empty() {
            carried = carried.without(self.shown);
        }
        self.read.with(said, carried)
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
