//! Saying again and again that a seat which several computers share is in use, and looking whether it is still one's own (SPEC.md 9.13).

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::ask::Ask;
use super::counted::Seats;
use super::error::SeatError;
use super::kept::Keeping;
use super::locks::{Lock, OnceMore};
use super::marks::{Mark, Marks};
use super::others::Sharers;
use super::place::RECORDS;
use super::record::{Holding, Record};
use super::ring::Ring;
use super::slots::Slots;
use super::who::{Moment, Who};
use crate::holder::{Doing, StorageError};
use crate::protocol::date::Seconds;

/// How a seat is asked for that takes the place of one that was lost.
#[derive(Debug)]
pub(super) struct Again {
    seats: Seats,
    who: Who,
    features: Vec<String>,
    holding: Holding,
}

/// What renews a seat, until it is dropped. It keeps no process alive, and nobody waits for it: a file server may be out of reach.
#[derive(Debug)]
pub(super) struct Renewal {
    _end: Sender<()>,
}

impl Again {
    pub(super) fn of(seats: &Seats, ask: &Ask<'_>) -> Again {
        Again {
            seats: seats.again(),
            who: ask.who.clone(),
            features: ask.features.to_vec(),
            holding: ask.holding,
        }
    }
}

impl Renewal {
    /// None where the system has no thread to give.
    pub(super) fn begin(again: Again, kept: Arc<Mutex<Keeping>>) -> Option<Renewal> {
        let (end, ended) = mpsc::channel();
        let each = again.seats.renewed;
        let renew = move || {
            while ended.recv_timeout(each) == Err(RecvTimeoutError::Timeout) {
                again.renew(&kept);
            }
        };
        let thread = thread::Builder::new().name("countersign".to_owned());
        thread.spawn(renew).ok().map(|_| Renewal { _end: end })
    }
}

/// How one of the locks of a seat was found.
enum Found {
    /// It is one's own.
    Ours,
    /// The file server has lost it, and nobody else had it since: it was taken anew.
    Anew(Lock),
    /// Somebody else has the seat.
    Others,
}

impl Again {
    /// What cannot be done now is done the next time: whoever runs goes on while the files are out of reach.
    fn renew(&self, kept: &Mutex<Keeping>) {
        if matches!(self.look(kept), Ok(false)) {
            self.take(kept);
        }
    }

    /// Whether the seat is held still, as of now, or is over; else it is forgotten.
    fn look(&self, kept: &Mutex<Keeping>) -> Result<bool, SeatError> {
        let _gate = self.seats.gate()?;
        let (ones, mark, shared) = {
            let keeping = locked(kept);
            if keeping.over {
                return Ok(true);
            }
            let Some(kept) = &keeping.kept else {
                return Ok(false);
            };
            let mut ones = Vec::new();
            for one in &kept.ones {
                let lock = one.lock.once_more();
                let lock = lock.map_err(|error| self.seats.place.no_lock(error))?;
                ones.push((one.ring.clone(), one.number, lock));
            }
            (ones, kept.record.mark.clone(), kept.shared)
        };
        let Some(mark) = mark else {
            return Ok(true);
        };
        // Nobody asks for the number meanwhile in vain: a file server may take its time.
        let mut found = Vec::new();
        for (ring, number, lock) in &ones {
            found.push(self.found((ring, *number), lock, &mark, shared)?);
        }
        let mut keeping = locked(kept);
        let handed_down = keeping.handed_down;
        if found.iter().any(|it| matches!(it, Found::Others)) {
            for (ring, number, _) in &ones {
                ring.unmark(&self.seats.place, *number, &mark);
            }
            if let Some(kept) = keeping.kept.take() {
                keeping.lost = keeping.lost.or(Some(kept.number()));
                kept.forget();
            }
            return Ok(false);
        }
        if let Some(kept) = &mut keeping.kept {
            for (one, found) in kept.ones.iter_mut().zip(found) {
                if let Found::Anew(lock) = found {
                    one.lock = lock;
                }
            }
            if handed_down {
                // What runs already has what it inherited; whatever else it is, this process has the seat.
                let _ = kept.hand_down(&self.seats.place);
            }
        }
        Ok(true)
    }

    fn found(
        &self,
        (ring, number): (&Ring, u16),
        own: &OnceMore,
        mark: &Mark,
        shared: bool,
    ) -> Result<Found, SeatError> {
        let place = &self.seats.place;
        let path = place.path(&ring.name(number));
        let failed = |error| StorageError::new(Doing::Write, &path, error);
        let no_lock = |error| place.no_lock(error);
        let Some(file) = ring.open(place, number)? else {
            return Ok(Found::Others);
        };
        let kind = place.lock_kind();
        let mut marks = Marks::read(&file).map_err(failed)?;
        let mut found = Found::Ours;
        // What can be had alone nobody has: whose mark it bears is his who was there last.
        if let Some(lock) = Lock::alone(file, kind).map_err(no_lock)? {
            if !marks.has(mark) && !marks.leave_it(place, lock.file()).map_err(failed)? {
                return Ok(Found::Others);
            }
            let lock = match shared {
                true => lock.share().map_err(no_lock)?,
                false => Some(lock),
            };
            found = lock.map_or(Found::Others, Found::Anew);
            if !marks.has(mark) {
                marks = Marks::alone(mark.clone());
            }
        } else if !marks.has(mark) {
            // Everybody may write into the file, and nobody has a lock that is had.
            let is_had = own.is_had(shared).map_err(no_lock)?;
            if !is_had || shared && self.are_others(&marks)? {
                return Ok(Found::Others);
            }
            match shared {
                true => marks.add(mark.clone()),
                false => marks = Marks::alone(mark.clone()),
            }
        }
        let file = ring.open(place, number)?;
        if let Some(file) = file {
            marks.write(&file).map_err(failed)?;
        }
        Ok(found)
    }

    /// Whether somebody who does not share a seat has made one of these marks, as he has written of himself: he took it while it was not had.
    fn are_others(&self, marks: &Marks) -> Result<bool, SeatError> {
        let place = &self.seats.place;
        let (unit, who) = (self.seats.counted.unit, &self.who);
        let sharers = Sharers::of(place, unit, &who.user, &who.host);
        let last = self
            .seats
            .last(&Ring::of_license(self.seats.counted.seats))?;
        let all = Slots::all(place, RECORDS, "");
        Ok(all.iter().any(|slots| {
            let records = slots.read_all::<Record>(last).into_iter();
            let mut written =
                records.filter(|(_, it)| it.mark.as_ref().is_some_and(|it| marks.has(it)));
            written.any(|(_, it)| {
                !sharers
                    .as_ref()
                    .is_some_and(|sharers| sharers.have(&it, slots.owner))
            })
        }))
    }

    /// Takes another one, where one is free.
    fn take(&self, kept: &Mutex<Keeping>) {
        // The file server says what time it is.
        let now = || Moment {
            wall: Seconds(0),
            boot: None,
        };
        let ask = Ask {
            who: &self.who,
            features: &self.features,
            holding: self.holding,
            patience: Duration::ZERO,
            now: &now,
        };
        let Ok(mut taken) = self.seats.kept(&ask) else {
            return;
        };
        let mut keeping = locked(kept);
        if keeping.over {
            drop(keeping);
            taken.release(&self.seats.place);
            return;
        }
        if keeping.handed_down {
            let _ = taken.hand_down(&self.seats.place);
        }
        if let Some(process) = keeping.process {
            taken.by(process);
        }
        keeping.kept = Some(taken);
    }
}

fn locked(kept: &Mutex<Keeping>) -> MutexGuard<'_, Keeping> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
