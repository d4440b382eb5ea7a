//! A seat that is held.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::ask::Ask;
use super::counted::Seats;
use super::error::SeatError;
use super::event::Event;
use super::gate::Gate;
use super::kept::{Keeping, Kept, clear, leave_to_others};
use super::place::Place;
use super::process::Process;
use super::renewal::{Again, Renewal};
use super::taken_back::TakenBack;
use super::who::Moment;

/// A seat, held until this is dropped or the process ends, however it ends. A child that is forked from the process has a copy, whose end frees nothing; what
/// the process runs has none, unless it is [handed down](Seat::hand_down).
///
/// Where several computers share the seats a thread says each 100 seconds that this one is still there (SPEC.md 9.13). Where it could not for five minutes,
/// because the computer slept or was cut off, somebody else may have the seat: another one is taken then, and [`Seat::fate`] tells.
#[derive(Debug)]
#[must_use = "the seat is given back when this is dropped"]
pub struct Seat {
    pub(super) place: Place,
    kept: Arc<Mutex<Keeping>>,
    /// The process that has taken it, as it is noted, and as the system numbers it here.
    taken_by: u32,
    process: u32,
    /// What renews it; none where it is a lock alone.
    renewal: Option<Renewal>,
}

/// What became of a seat while it was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is held as it was taken.
    Held,
    /// Its computer slept or was cut off for longer than five minutes, and the first one is somebody else's; another one is held now.
    Another {
        /// The number of the first one.
        first: u16,
    },
    /// The same, and no other one was free. It is asked for one again and again.
    Lost {
        /// The number of the first one.
        first: u16,
    },
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
    pub(super) fn new(seats: &Seats, kept: Kept, ask: &Ask<'_>) -> Seat {
        let keeping = Keeping {
            kept: Some(kept),
            lost: None,
            handed_down: false,
            process: None,
            over: false,
        };
        let kept = Arc::new(Mutex::new(keeping));
        let is_common = seats.place.is_common();
        let renewal = is_common.then(|| Renewal::begin(Again::of(seats, ask), Arc::clone(&kept)));
        Seat {
            place: seats.place.clone(),
            kept,
            taken_by: ask.who.process.id,
            process: std::process::id(),
            renewal: renewal.flatten(),
        }
    }

    fn keeping(&self) -> MutexGuard<'_, Keeping> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its number, from 1; of one that was lost the number that it had.
    pub fn number(&self) -> u16 {
        let keeping = self.keeping();
        let number = keeping.kept.as_ref().map(Kept::number);
        number.or(keeping.lost).unwrap_or(0)
    }

    /// What became of it while it was held.
    pub fn fate(&self) -> Fate {
        let keeping = self.keeping();
        match (keeping.lost, &keeping.kept) {
            (None, _) => Fate::Held,
            (Some(first), Some(_)) => Fate::Another { first },
            (Some(first), None) => Fate::Lost { first },
        }
    }

    /// Lets every program that is started from now on hold the seat as well, until the last of them ends. On Windows what was handed down is free only then, even
    /// where it is [given back](Seat::give_back) before.
    ///
    /// # Errors
    /// What the system says.
    pub fn hand_down(&self) -> Result<(), SeatError> {
        let mut keeping = self.keeping();
        keeping.handed_down = true;
        let kept = keeping.kept.as_mut();
        let handed = kept.map_or(Ok(()), |kept| kept.hand_down(&self.place));
        handed.map_err(|error| self.place.no_lock(error))
    }

    /// Names another process as the one that holds it, such as the program that was started.
    pub fn is_held_by(&mut self, process: Process) {
        let mut keeping = self.keeping();
        keeping.process = Some(process);
        if let Some(kept) = &mut keeping.kept {
            kept.by(process);
        }
    }

    /// Why the administrator took it back, where he did.
    pub fn taken_back(&self) -> Option<String> {
        let keeping = self.keeping();
        let kept = keeping.kept.as_ref()?;
        let (id, began) = (kept.record.process, kept.record.began);
        let told = TakenBack::read(&self.place);
        told.reason(kept.number(), Process { id, began }, &kept.taken)
    }

    /// Gives it back, and notes when that was. Where it is dropped instead nobody knows.
    pub fn give_back(self, now: &Moment) {
        // In a child that was forked nothing ends.
        if self.is_ours() {
            let now = self.place.moment(now);
            let end = self.keeping().kept.as_ref().map(|it| self.end(it, &now));
            if let Some(end) = end {
                self.place.note(now.wall, end);
            }
        }
    }

    /// Whether whoever asks has taken it, and is no child that was forked.
    fn is_ours(&self) -> bool {
        self.process == std::process::id()
    }

    fn end(&self, kept: &Kept, now: &Moment) -> Event {
        let held = now.since(&kept.taken).map(|held| held.as_secs());
        Event::GivenBack {
            seat: kept.number(),
            process: self.taken_by,
            since: kept.taken.wall,
            held: held.map(|held| u32::try_from(held).unwrap_or(u32::MAX)),
        }
    }

    /// From here on nobody renews it.
    fn over(&mut self) {
        self.keeping().over = true;
        self.renewal = None;
    }

    /// Lets go of it, and looks whether what was started still holds it.
    pub fn leave(mut self, now: &Moment) -> Left {
        self.over();
        // Without the gate it may be somebody else who has it a moment later.
        let gate = Gate::wait(&self.place);
        let now = &self.place.moment(now);
        let mut left = Left::Free;
        let Some(kept) = self.keeping().kept.take() else {
            return left;
        };
        let end = self.end(&kept, now);
        let (own, mark) = (kept.own.as_deref(), kept.record.mark.as_ref());
        for one in kept.ones {
            one.lock.leave();
            let is_own = one.ring.module.is_none();
            let unmark = || {
                if let Some(mark) = mark.filter(|_| gate.is_ok()) {
                    one.ring.unmark(&self.place, one.number, mark);
                }
            };
            match one.ring.lock(&self.place, one.number) {
                Ok(Some(_)) => {
                    unmark();
                    one.ring.mark(&self.place, one.number, true);
                    if is_own {
                        clear(own, one.number);
                    }
                }
                _ if kept.shared => {
                    unmark();
                    if is_own {
                        leave_to_others(own, one.number, &kept.record);
                    }
                }
                _ if gate.is_ok() => left = Left::InUse,
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

impl Drop for Seat {
    fn drop(&mut self) {
        // A child that was forked frees nothing.
        if !self.is_ours() {
            return;
        }
        self.over();
        let Some(kept) = self.keeping().kept.take() else {
            return;
        };
        kept.release(&self.place);
    }
}
