//! Where the seats of a license lie, and how that is made.

use std::io;
use std::path::{Path, PathBuf};

use super::error::SeatError;
use super::kernel;
use super::ring::Ring;
use crate::holder::{
    Audience, Directory, Doing, FOR_ANYBODYS_FILES, For, Home, StorageError, is_anothers,
};
use crate::license_key::LicenseKey;
use crate::messages::seats as messages;

/// The directory of a license's seats in a home.
#[derive(Clone, Debug)]
pub struct Place {
    directory: PathBuf,
    machine: PathBuf,
    audience: Audience,
}

/// What only its user writes, and all read.
pub(super) const RECORDS: &str = "records";
pub(super) const LEASES: &str = "leases";
pub(super) const TICKETS: &str = "tickets";
pub(super) const GATE: &str = "gate";

impl Place {
    /// That of a license in a home.
    pub fn of(home: &Home, key: LicenseKey) -> Place {
        let machine = home.directory().to_owned();
        Place {
            directory: machine.join("seats").join(key.digits()),
            machine,
            audience: home.audience(),
        }
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    pub(super) fn for_everyone(&self) -> bool {
        self.audience == Audience::Everyone
    }

    /// What a lock that failed says: the file system has none.
    pub(super) fn no_lock(&self, error: io::Error) -> SeatError {
        #[cfg(unix)]
        let none_left = error.raw_os_error() == Some(nix::errno::Errno::ENOLCK as i32);
        #[cfg(not(unix))]
        let none_left = false;
        if none_left || error.kind() == io::ErrorKind::Unsupported {
            return self.without_locks(messages::none_to_give());
        }
        StorageError::new(Doing::Write, &self.directory, error).into()
    }

    pub(super) fn without_locks(&self, file_system: &str) -> SeatError {
        SeatError::NoLocks {
            file_system: file_system.to_owned(),
            directory: self.directory.clone(),
        }
    }

    /// Makes what is missing, where this user may; else refuses where something is.
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
        match kernel::shared_file_system(&self.directory) {
            None => Ok(()),
            Some(name) => Err(self.without_locks(name)),
        }
    }

    /// In the order in which [`Place::ready`] looks: the gate and the last seat of each ring come last.
    fn make(&self, rings: &[Ring]) -> Result<(), StorageError> {
        let failed = |source| StorageError::new(Doing::Write, &self.directory, source);
        for name in [RECORDS, LEASES, TICKETS] {
            let made = Directory::make(&self.path(name), self.audience)?;
            if self.for_everyone() {
                made.allow(FOR_ANYBODYS_FILES).map_err(failed)?;
            }
        }
        let directory = Directory::make(&self.directory, self.audience)?;
        for ring in rings {
            let seats = (1..=ring.seats).map(|number| ring.name(number));
            for name in std::iter::once(ring.free_name()).chain(seats) {
                self.make_lock(&directory, &name).map_err(failed)?;
            }
        }
        self.make_lock(&directory, GATE).map_err(failed)?;
        directory.sync().map_err(failed)
    }

    fn make_lock(&self, directory: &Directory, name: &str) -> io::Result<()> {
        let file = directory.file(name.as_ref(), For::Locking)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other(crate::messages::holder::not_a_file()));
        }
        #[cfg(unix)]
        if self.for_everyone() {
            use std::os::unix::fs::{MetadataExt, PermissionsExt};
            if file.metadata()?.nlink() == 1 {
                file.set_permissions(std::fs::Permissions::from_mode(0o666))?;
            }
        }
        directory.hand_on(&file)
    }
}
