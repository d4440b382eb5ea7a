//! A seat that is held.

use std::io;
use std::sync::Arc;

use super::error::SeatError;
use super::event::Event;
use super::gate::Gate;
use super::place::Place;
use super::process::Process;
use super::record::Record;
use super::ring::One;
use super::slots::Slots;
use super::taken_back::TakenBack;
use super::who::Moment;

/// A seat, held until this is dropped or the process ends, however it ends. A child that is forked from the process has a copy, whose end frees nothing; what
/// the process runs has none, unless it is [handed down](Seat::hand_down).
#[derive(Debug)]
#[must_use = "the seat is given back when this is dropped"]
pub struct Seat {
    pub(super) place: Place,
    /// The seat of the license, then those of modules.
    pub(super) ones: Vec<One>,
    pub(super) own: Option<Arc<Slots>>,
    pub(super) record: Record,
    /// Whether other processes may share it.
    pub(super) shared: bool,
    /// When it was taken, and by which process.
    pub(super) taken: Moment,
    pub(super) taken_by: u32,
}

/// What became of a seat that was left to whatever has inherited it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// It is free.
    Free,
    /// What the program started still runs, and holds it.
    InUse,
}

impl Seat {
    /// Its number, from 1.
    pub fn number(&self) -> u16 {
        self.ones.first().map_or(0, |one| one.number)
    }

    /// Lets every program that is started from now on hold the seat as well, until the last of them ends. On Windows locks are not inherited: there it is this
    /// process alone that holds it.
    ///
    /// # Errors
    /// What the system says.
    pub fn hand_down(&self) -> Result<(), SeatError> {
        let failed = |error: io::Error| self.place.no_lock(error);
        let mut ones = self.ones.iter();
        ones.try_for_each(|one| one.lock.hand_down().map_err(failed))
    }

    /// Names another process as the one that holds it, such as the program that was started.
    pub fn is_held_by(&mut self, process: Process) {
        self.record.by(process);
        if let Some(own) = &self.own {
            // For people: that it cannot be written takes nothing from anybody.
            let _ = own.write(self.number(), Some(&self.record));
        }
    }

    /// Why the administrator took it back, where he did.
    pub fn taken_back(&self) -> Option<String> {
        let (id, began) = (self.record.process, self.record.began);
        let told = TakenBack::read(&self.place);
        told.reason(self.number(), Process { id, began }, &self.taken)
    }

    /// Gives it back, and notes when that was. Where it is dropped instead nobody knows.
    pub fn give_back(self, now: &Moment) {
        // In a child that was forked nothing ends.
        if self.ones.iter().all(|one| one.lock.is_ours()) {
            self.place.note(now.wall, self.end(now));
        }
    }

    fn end(&self, now: &Moment) -> Event {
        let held = now.since(&self.taken).map(|held| held.as_secs());
        Event::GivenBack {
            seat: self.number(),
            process: self.taken_by,
            since: self.taken.wall,
            held: held.map(|held| u32::try_from(held).unwrap_or(u32::MAX)),
        }
    }

    /// Lets go of it, and looks whether what was started still holds it.
    pub fn leave(mut self, now: &Moment) -> Left {
        // Without the gate it may be somebody else who has it a moment later.
        let gate = Gate::wait(&self.place);
        let mut left = Left::Free;
        let end = self.end(now);
        for one in std::mem::take(&mut self.ones) {
            one.lock.leave();
            match one.ring.lock(&self.place, one.number) {
                Ok(Some(_)) => {
                    one.ring.mark(&self.place, one.number, true);
                    if one.ring.module.is_none() {
                        clear(self.own.as_deref(), one.number);
                    }
                }
                _ if self.shared && one.ring.module.is_none() => {
                    leave_to_others(self.own.as_deref(), one.number, &self.record);
                }
                _ if gate.is_ok() && !self.shared => left = Left::InUse,
                _ => {}
            }
        }
        drop(gate);
        if left == Left::Free {
            self.place.note(now.wall, end);
        }
        left
    }
}

fn clear(own: Option<&Slots>, number: u16) {
    if let Some(own) = own {
        let _ = own.write::<Record>(number, None);
    }
}

/// Notes that who wrote this shares the seat no more; what another process of the same user wrote since stands.
fn leave_to_others(own: Option<&Slots>, number: u16, record: &Record) {
    let own = own.filter(|own| own.read::<Record>(number).as_ref() == Some(record));
    if let Some(own) = own {
        let record = Record {
            left: true,
            ..record.clone()
        };
        let _ = own.write(number, Some(&record));
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        for one in &self.ones {
            // A child that was forked frees nothing.
            if !one.lock.is_ours() {
                return;
            }
            if self.shared && !one.lock.is_last() {
                if one.ring.module.is_none() {
                    leave_to_others(self.own.as_deref(), one.number, &self.record);
                }
                continue;
            }
            if one.ring.module.is_none() {
                clear(self.own.as_deref(), one.number);
            }
            one.ring.mark(&self.place, one.number, true);
        }
    }
}
