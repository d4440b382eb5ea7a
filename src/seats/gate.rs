//! One at a time decides about the seats of a license.

use std::io;
use std::time::Duration;

use super::error::SeatError;
use super::files;
use super::kernel;
use super::locks::Lock;
use super::place::{GATE, Place};
use crate::holder::{Doing, StorageError};

/// How long the gate is waited for before whoever keeps it is named.
const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });
/// The first sleep, for a gate that is hardly used.
const FIRST: Duration = Duration::from_micros(200);
/// Then all who wait try equally often, and more often once they have waited long: in a crowd nobody is overtaken for ever.
const NEXT: Duration = Duration::from_millis(4);
const LATER: Duration = Duration::from_millis(1);
const LONG: Duration = Duration::from_secs(2);

/// The right to decide, until it is dropped.
#[derive(Debug)]
pub(super) struct Gate {
    _lock: Lock,
}

impl Gate {
    /// Waits up to ten seconds.
    pub(super) fn wait(place: &Place) -> Result<Gate, SeatError> {
        Gate::within(place, PATIENCE)?.map_err(|by| SeatError::Busy { by })
    }

    /// Waits as long as nobody notices.
    pub(super) fn now(place: &Place) -> Result<Option<Gate>, SeatError> {
        Ok(Gate::within(place, NEXT * 5)?.ok())
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
        let mut slept = Duration::ZERO;
        loop {
            let file = files::open_lock(place, &path).map_err(failed)?;
            match Lock::alone(file).map_err(|error| place.no_lock(error))? {
                // One in a directory that was put aside meanwhile keeps nobody apart.
                Some(lock) if kernel::leads_to(&path, lock.file()) => {
                    return Ok(Ok(Gate { _lock: lock }));
                }
                Some(_) => {}
                None if slept >= patience => {
                    let kept = files::open_lock(place, &path).map_err(failed)?;
                    return Ok(Err(kernel::who_locks(&kept)));
                }
                None => {
                    // Counted in sleep: the library reads no clock.
                    let next = match slept {
                        Duration::ZERO => FIRST,
                        slept if slept < LONG => NEXT,
                        _ => LATER,
                    };
                    std::thread::sleep(next);
                    slept += next;
                }
            }
        }
    }
}
