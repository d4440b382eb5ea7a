//! What is kept of a seat by whoever holds it, and by what renews it.

use std::io;
use std::sync::Arc;

use super::gate::Gate;
use super::place::Place;
use super::process::Process;
use super::record::Record;
use super::ring::One;
use super::slots::Slots;
use super::who::Moment;

/// What is kept of a seat, by whoever renews it, too.
#[derive(Debug)]
pub(super) struct Keeping {
    /// None where somebody else has it by now.
    pub(super) kept: Option<Kept>,
    /// The number of the first one, where that was lost.
    pub(super) lost: Option<u16>,
    /// Whether programs that are started hold it, too.
    pub(super) handed_down: bool,
    /// What holds it where that is another process, such as the program that was started.
    pub(super) process: Option<Process>,
    /// Whether it is given back, or about to be.
    pub(super) over: bool,
}

/// What was taken.
#[derive(Debug)]
pub(super) struct Kept {
    /// The seat of the license, then those of modules.
    pub(super) ones: Vec<One>,
    pub(super) own: Option<Arc<Slots>>,
    pub(super) record: Record,
    /// Whether other processes may share it.
    pub(super) shared: bool,
    /// When it was taken.
    pub(super) taken: Moment,
}

impl Kept {
    pub(super) fn number(&self) -> u16 {
        self.ones.first().map_or(0, |one| one.number)
    }

    pub(super) fn hand_down(&mut self, place: &Place) -> io::Result<()> {
        let mut ones = self.ones.iter_mut();
        ones.try_for_each(|one| {
            let beside = place.path(&one.ring.handed_name(one.number));
            one.lock.hand_down(&beside)
        })
    }

    /// Names a process as the one that holds it.
    pub(super) fn by(&mut self, process: Process) {
        self.record.by(process);
        if let Some(own) = &self.own {
            // For people: that it cannot be written takes nothing from anybody.
            let _ = own.write(self.number(), Some(&self.record));
        }
    }

    /// Is no more: somebody else may have the seat, and whoever shares it has it still.
    pub(super) fn forget(self) {
        if let Some(own) = &self.own {
            let number = self.number();
            if own.read::<Record>(number).as_ref() == Some(&self.record) {
                clear(Some(own), number);
            }
        }
    }

    /// Gives it back.
    pub(super) fn release(self, place: &Place) {
        // What is written of a seat that several computers share is written under the gate. Where that is not to be had it comes back by itself.
        let gate = place.is_common().then(|| Gate::wait(place));
        let has_gate = gate.as_ref().is_some_and(Result::is_ok);
        let own = self.own.as_deref();
        for one in &self.ones {
            if let Some(mark) = self.record.mark.as_ref().filter(|_| has_gate) {
                one.ring.unmark(place, one.number, mark);
            }
            let is_own = one.ring.module.is_none();
            if self.shared && !one.lock.is_last() {
                if is_own {
                    leave_to_others(own, one.number, &self.record);
                }
                continue;
            }
            if is_own {
                clear(own, one.number);
            }
            one.ring.mark(place, one.number, true);
        }
        drop(self);
        drop(gate);
    }
}

/// Nothing is written of it any more.
pub(super) fn clear(own: Option<&Slots>, number: u16) {
    if let Some(own) = own {
        let _ = own.write::<Record>(number, None);
    }
}

/// Notes that who wrote this shares the seat no more; what another process of the same user wrote since stands.
pub(super) fn leave_to_others(own: Option<&Slots>, number: u16, record: &Record) {
    let own = own.filter(|own| own.read::<Record>(number).as_ref() == Some(record));
    if let Some(own) = own {
        let record = Record {
            left: true,
            ..record.clone()
        };
        let _ = own.write(number, Some(&record));
    }
}
