//! Where the seats of a license lie, and how that is made.

use std::io;
use std::path::{Path, PathBuf};

use super::error::SeatError;
use crate::holder::{Audience, Doing, Home, StorageError};
use crate::license_key::LicenseKey;
use crate::messages::seats as messages;

/// The directory of a license's seats in a home.
#[derive(Clone, Debug)]
pub struct Place {
    pub(super) directory: PathBuf,
    /// The home that it belongs to.
    pub(super) machine: PathBuf,
    pub(super) audience: Audience,
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
}
