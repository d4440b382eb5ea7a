//! Making what the seats of a license need on disk.

use std::io;

use super::error::SeatError;
use super::mounts::{Reach, reach};
use super::place::{GATE, LEASES, LOG, Place, RECORDS, TICKETS};
use super::ring::Ring;
use crate::holder::{
    Audience, Directory, Doing, FOR_ANYBODYS_FILES, For, StorageError, is_anothers,
};

impl Place {
    /// Makes what is missing, where this user may; else refuses where something is. What is made where a file server has the locks is for all computers from
    /// the beginning; what a single one used there becomes so by its owner's word, who knows that no seat is in use.
    pub(super) fn ready(&self, rings: &[Ring]) -> Result<(), SeatError> {
        let is_whole = self.path(GATE).exists()
            && rings
                .iter()
                .all(|ring| self.path(&ring.name(ring.seats)).exists());
        if !is_whole {
            if is_anothers(&self.machine) || !self.machine.exists() {
                return Err(SeatError::NotMade {
                    directory: self.directory.clone(),
                });
            }
            self.make(rings)?;
        }
        Ok(())
    }

    /// In the order in which [`Place::ready`] looks: the gate and the last seat of each ring come last.
    fn make(&self, rings: &[Ring]) -> Result<(), StorageError> {
        let failed = |source| StorageError::new(Doing::Write, &self.directory, source);
        for name in [RECORDS, LEASES, TICKETS, LOG] {
            let made = Directory::make(&self.path(name), self.audience)?;
            // Whether all take seats here is said once: by these directories ([`Place::is_shared`]).
            if self.audience == Audience::Everyone {
                made.allow(FOR_ANYBODYS_FILES).map_err(failed)?;
            }
        }
        let directory = Directory::make(&self.directory, self.audience)?;
        if !self.path(GATE).exists() && reach(&self.directory) == Reach::Server {
            self.set_common(true)?;
        }
        for ring in rings {
            // What a program has inherited is not opened to write it.
            #[cfg(windows)]
            for name in (1..=ring.seats).map(|number| ring.handed_name(number)) {
                if !self.path(&name).exists() {
                    self.make_lock(&directory, &name).map_err(failed)?;
                }
            }
            let seats = (1..=ring.seats).map(|number| ring.name(number));
            for name in std::iter::once(ring.free_name()).chain(seats) {
                self.make_lock(&directory, &name).map_err(failed)?;
            }
        }
        self.make_lock(&directory, GATE).map_err(failed)?;
        #[cfg(not(unix))]
        if self.is_shared() {
            let prefixes = rings.iter().map(|ring| ring.prefix.as_str());
            for begins in prefixes.chain([GATE]) {
                crate::rights::let_all_open(&self.path(&format!("{begins}*")));
            }
        }
        directory.sync().map_err(failed)
    }

    fn make_lock(&self, directory: &Directory, name: &str) -> io::Result<()> {
        let file = directory.file(name.as_ref(), For::Locking)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other(crate::messages::holder::not_a_file()));
        }
        #[cfg(unix)]
        if self.is_shared() {
            use std::os::unix::fs::{MetadataExt, PermissionsExt};
            if file.metadata()?.nlink() == 1 {
                file.set_permissions(std::fs::Permissions::from_mode(0o666))?;
            }
        }
        directory.hand_on(&file)
    }
}
