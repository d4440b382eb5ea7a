//! A number of seats of one sort: the license's own, or those of a module.

use std::fs::File;
use std::io;
use std::sync::Arc;

use super::error::SeatError;
use super::files;
use super::locks::Lock;
use super::marks::{Mark, Marks};
use super::place::Place;
use crate::holder::{Doing, StorageError};

/// A module with seats of its own (SPEC.md 10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Its place in the product's catalogue.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// How many of the license's seats may use it at once.
    pub seats: u16,
}

/// Seats of one sort.
#[derive(Clone, Debug)]
pub(super) struct Ring {
    /// What the names of its files begin with.
    pub(super) prefix: String,
    /// The module; none: the license's own seats.
    pub(super) module: Option<String>,
    pub(super) seats: u16,
}

/// The lock of one seat of a ring.
#[derive(Debug)]
pub(super) struct One {
    pub(super) ring: Ring,
    pub(super) number: u16,
    pub(super) lock: Lock,
}

impl Ring {
    pub(super) fn of_license(seats: u16) -> Ring {
        Ring {
            prefix: "seat".to_owned(),
            module: None,
            seats,
        }
    }

    /// A module has at most as many seats as its license: each use is one of the license's, too.
    pub(super) fn of_pool(pool: &Pool, seats: u16) -> Ring {
        Ring {
            prefix: format!("pool-{}", pool.index),
            module: Some(pool.name.clone()),
            seats: pool.seats.min(seats),
        }
    }

    /// That of a module as a record names it, for the license may not have it any more; none where it is no such name: whoever writes a record may write
    /// anything.
    pub(super) fn as_named(prefix: &str) -> Option<Ring> {
        let index: u32 = prefix.strip_prefix("pool-")?.parse().ok()?;
        Some(Ring {
            prefix: format!("pool-{index}"),
            module: Some(prefix.to_owned()),
            seats: 0,
        })
    }

    /// The name of a seat's file.
    pub(super) fn name(&self, number: u16) -> String {
        format!("{}-{number:05}", self.prefix)
    }

    /// The name of the file that programs inherit of it where they inherit no lock.
    pub(super) fn handed_name(&self, number: u16) -> String {
        format!("{}.handed", self.name(number))
    }

    /// Whether a program that was started has a seat whose lock nobody has. Where locks are inherited there is no such.
    pub(super) fn is_handed_down(&self, place: &Place, number: u16) -> Result<bool, SeatError> {
        #[cfg(windows)]
        {
            let path = place.path(&self.handed_name(number));
            let failed = |error| StorageError::new(Doing::Read, &path, error);
            Ok(super::handed::is_had(&path).map_err(failed)?)
        }
        #[cfg(not(windows))]
        {
            let _ = (place, number);
            Ok(false)
        }
    }

    /// The name of the file that says where the search begins.
    pub(super) fn free_name(&self) -> String {
        format!("{}.free", self.prefix)
    }

    /// The name of a user's leases.
    pub(super) fn leases_of(&self, user: &str) -> String {
        format!("{user}.{}", self.prefix)
    }

    /// Locks a seat alone; nothing where it is in use, or may be on another computer. `None` too where there is no such file: an earlier license had more seats, or none.
    pub(super) fn lock(&self, place: &Place, number: u16) -> Result<Option<Lock>, SeatError> {
        match self.open(place, number)? {
            None => Ok(None),
            Some(file) => {
                let lock = Lock::alone(file, place.lock_kind());
                let lock = lock.map_err(|error| place.no_lock(error))?;
                let Some(lock) = lock else {
                    return Ok(None);
                };
                if self.is_handed_down(place, number)? {
                    return Ok(None);
                }
                if !place.is_common() {
                    return Ok(Some(lock));
                }
                let path = place.path(&self.name(number));
                let failed = |error| StorageError::new(Doing::Read, &path, error);
                let marks = Marks::read(lock.file()).map_err(failed)?;
                let left = marks.leave_it(place, lock.file()).map_err(failed)?;
                Ok(left.then_some(lock))
            }
        }
    }

    /// Takes a mark out of those who have a seat. That it cannot be done lets it come back later. Under the gate.
    pub(super) fn unmark(&self, place: &Place, number: u16, mark: &Mark) {
        let Ok(Some(file)) = self.open(place, number) else {
            return;
        };
        let marks = Marks::read(&file).ok().filter(|it| it.has(mark));
        if let Some(mut marks) = marks {
            marks.remove(mark);
            let _ = marks.write(&file);
        }
    }

    /// Those who have a seat that several computers share.
    pub(super) fn marks(&self, place: &Place, number: u16) -> Result<Option<Marks>, SeatError> {
        let path = place.path(&self.name(number));
        let failed = |error| StorageError::new(Doing::Read, &path, error);
        let file = self.open(place, number)?;
        let marks = file.map(|file| Marks::read(&file)).transpose();
        Ok(marks.map_err(failed)?)
    }

    /// The file of a seat; none where there is none.
    pub(super) fn open(&self, place: &Place, number: u16) -> Result<Option<File>, SeatError> {
        let path = place.path(&self.name(number));
        match files::open_lock(place, &path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StorageError::new(Doing::Read, &path, error).into()),
        }
    }

    /// All seats in the order in which they are tried: first those that are likely free.
    pub(super) fn search(&self, place: &Place) -> Vec<u16> {
        let mut marks = vec![1; usize::from(self.seats)];
        if let Ok(file) = self.free(place) {
            // What it says is a hint: anybody may write it.
            let _ = files::read_at(&file, &mut marks, 0);
        }
        let (mut likely, mut unlikely) = (Vec::new(), Vec::new());
        for (number, mark) in (1..=self.seats).zip(marks) {
            match mark {
                0 => unlikely.push(number),
                _ => likely.push(number),
            }
        }
        likely.append(&mut unlikely);
        likely
    }

    fn free(&self, place: &Place) -> io::Result<Arc<File>> {
        let name = self.free_name();
        let opened = place.opened(&name, "", || files::open(&place.path(&name)));
        Ok(opened?.0)
    }

    /// Notes whether a seat is likely free. That it cannot be noted makes the next search longer, and no more.
    pub(super) fn mark(&self, place: &Place, number: u16, free: bool) {
        if let Ok(file) = self.free(place) {
            let place = u64::from(number.saturating_sub(1));
            let _ = files::write_at(&file, &[u8::from(free)], place);
        }
    }
}
