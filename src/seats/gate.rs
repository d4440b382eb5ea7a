//! One at a time decides about the seats of a license.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::error::SeatError;
use super::event::{Event, Line};
use super::files;
use super::hold::Hold;
use super::kernel;
use super::lockers::who_locks;
use super::locks::Lock;
use super::place::{GATE, Place};
use crate::holder::{Doing, StorageError};
use crate::protocol::date::Seconds;

/// How long the gate is waited for before whoever keeps it is named.
const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });
/// The first sleep, for a gate that is hardly used.
const FIRST: Duration = Duration::from_micros(200);
/// Each is twice as long as the one before, up to this: two hundred who wait must leave the processor to the one who decides.
const LONGEST: Duration = Duration::from_millis(32);
/// Whoever has waited for so long tries more often: in a crowd nobody is overtaken for ever.
const LONG: Duration = Duration::from_secs(5);
const LATER: Duration = Duration::from_millis(4);
/// How long nobody notices that it is waited.
const UNNOTICED: Duration = Duration::from_millis(20);

/// The right to decide, until it is dropped.
#[derive(Debug)]
pub(super) struct Gate {
    lock: Option<Lock>,
    after: Option<After>,
    /// Its directory, in which is decided.
    _hold: Hold,
}

/// What is noted in the log once the gate is let go: while it is kept nobody waits for a log.
#[derive(Clone, Debug, Default)]
pub(super) struct Later(Arc<Mutex<Option<Vec<Line>>>>);

#[derive(Debug)]
struct After {
    place: Place,
    later: Later,
}

impl Later {
    /// Notes it, or does so later where the gate is kept.
    pub(super) fn note(&self, place: &Place, at: Seconds, event: Event) {
        let mut kept = self.0.lock().ok();
        match kept.as_mut().and_then(|it| it.as_mut()) {
            Some(lines) => lines.push(Line { at, event }),
            None => {
                drop(kept);
                place.note(at, event);
            }
        }
    }

    fn begin(&self) {
        if let Ok(mut kept) = self.0.lock() {
            *kept = Some(Vec::new());
        }
    }

    fn end(&self) -> Vec<Line> {
        let lines = self.0.lock().ok().and_then(|mut kept| kept.take());
        lines.unwrap_or_default()
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        drop(self.lock.take());
        #[cfg(test)]
        kept::count(-1);
        let Some(After { place, later }) = self.after.take() else {
            return;
        };
        for Line { at, event } in later.end() {
            place.note(at, event);
        }
    }
}

impl Gate {
    fn of(lock: Lock, hold: Hold) -> Gate {
        #[cfg(test)]
        kept::count(1);
        Gate {
            lock: Some(lock),
            after: None,
            _hold: hold,
        }
    }

    /// What is to be noted while it is kept is noted when it is let go.
    pub(super) fn noting(mut self, place: &Place, later: &Later) -> Gate {
        later.begin();
        self.after = Some(After {
            place: place.clone(),
            later: later.clone(),
        });
        self
    }

    /// Waits up to ten seconds.
    pub(super) fn wait(place: &Place) -> Result<Gate, SeatError> {
        Gate::within(place, PATIENCE)?.map_err(|by| SeatError::Busy { by })
    }

    /// Waits as long as nobody notices.
    pub(super) fn now(place: &Place) -> Result<Option<Gate>, SeatError> {
        Ok(Gate::within(place, UNNOTICED)?.ok())
    }

    /// The gate, or who keeps it.
    fn within(
        place: &Place,
        patience: Duration,
    ) -> Result<Result<Gate, Option<String>>, SeatError> {
        let path = place.path(GATE);
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => SeatError::NotMade {
                directory: place.directory().to_owned(),
            },
            _ => StorageError::new(Doing::Read, &path, error).into(),
        };
        let (mut slept, mut next) = (Duration::ZERO, FIRST);
        loop {
            #[cfg(test)]
            kept::tried();
            let kind = place.look_how_to_lock();
            let hold = Hold::open(place.directory()).map_err(failed)?;
            let file = files::open_lock(place, &path).map_err(failed)?;
            match Lock::alone(file, kind).map_err(|error| place.no_lock(error))? {
                Some(lock) => {
                    let there = kernel::leads_to(&path, lock.file());
                    // One in a directory that was put aside meanwhile, or that is shared otherwise by now, keeps nobody apart.
                    let there = there.filter(|_| place.look_how_to_lock() == kind);
                    if let Some(gate) = there {
                        place.has_gate(gate);
                        if place.is_common() {
                            place.ask_the_time(lock.file()).map_err(failed)?;
                        }
                        return Ok(Ok(Gate::of(lock, hold)));
                    }
                }
                None if slept >= patience => {
                    let kept = files::open_lock(place, &path).map_err(failed)?;
                    return Ok(Err(who_locks(&kept)));
                }
                None => {
                    drop(hold);
                    // Counted in sleep: the library reads no clock.
                    std::thread::sleep(next);
                    slept += next;
                    next = match slept < LONG {
                        true => LONGEST.min(next * 2),
                        false => LATER,
                    };
                }
            }
        }
    }
}

/// What the tests count: events that were noted by this thread while it kept the gate, and how often it tried to have it.
#[cfg(test)]
pub(super) mod kept {
    use std::cell::Cell;

    thread_local! {
        static GATES: Cell<i32> = const { Cell::new(0) };
        static NOTED: Cell<usize> = const { Cell::new(0) };
        static TRIED: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn count(more: i32) {
        GATES.set(GATES.get() + more);
    }

    pub(in crate::seats) fn noted() {
        NOTED.set(NOTED.get() + usize::from(GATES.get() > 0));
    }

    pub(in crate::seats) fn noted_under_it() -> usize {
        NOTED.get()
    }

    pub(super) fn tried() {
        TRIED.set(TRIED.get() + 1);
    }

    pub(in crate::seats) fn tries() -> usize {
        TRIED.get()
    }
}
