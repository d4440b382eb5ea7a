//! Where the seats of a license lie, and how that is made.

use std::io;
use std::path::{Path, PathBuf};

use super::error::SeatError;
use super::here::Here;
use super::hold;
use super::kernel;
#[cfg(unix)]
use crate::holder::FOR_ANYBODYS_FILES;
use crate::holder::{Audience, Doing, Home, StorageError};
use crate::license_key::LicenseKey;
use crate::machine::Facts;
use crate::messages::seats as messages;

/// The directory of a license's seats in a home.
#[derive(Clone, Debug)]
pub struct Place {
    pub(super) directory: PathBuf,
    /// The home that it belongs to.
    pub(super) machine: PathBuf,
    pub(super) audience: Audience,
    /// Whether several computers share it, and what this one is there.
    pub(super) here: Here,
}

/// What only its user writes, and all read.
pub(super) const RECORDS: &str = "records";
pub(super) const LEASES: &str = "leases";
pub(super) const TICKETS: &str = "tickets";
pub(super) const LOG: &str = "log";
pub(super) const GATE: &str = "gate";

impl Place {
    /// That of a license in a home.
    pub fn of(home: &Home, key: LicenseKey) -> Place {
        let machine = home.directory().to_owned();
        Place {
            directory: machine.join("seats").join(key.digits()),
            machine,
            audience: home.audience(),
            here: Here::default(),
        }
    }

    /// The same, as this computer has it.
    #[must_use]
    pub fn on(self, facts: &Facts) -> Place {
        Place {
            here: Here::on(facts),
            ..self
        }
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The site's book of the loans of this license.
    pub(super) fn book(&self) -> PathBuf {
        let name = self.directory.file_name().unwrap_or_default();
        let book = self.machine.join("site").join(name);
        book.with_extension("jsonl")
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Whether everybody takes seats here, as the directories were made: that others may read the home alone gives them none.
    pub(super) fn is_shared(&self) -> bool {
        hold::is_shared(&self.directory, || self.looks_shared())
    }

    fn looks_shared(&self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let found = std::fs::symlink_metadata(self.path(RECORDS));
            found.is_ok_and(|it| it.permissions().mode() & FOR_ANYBODYS_FILES == FOR_ANYBODYS_FILES)
        }
        #[cfg(not(unix))]
        return self.audience == Audience::Everyone;
    }

    /// Who owns the records, leases and tickets that this user writes: in a home of one user's own root writes for that user.
    pub(super) fn user(&self) -> Option<u32> {
        let us = kernel::us();
        if us != Some(0) || self.is_shared() {
            return us;
        }
        let owner = kernel::owner_of(&self.directory);
        owner.filter(|_| owner != kernel::NOBODY).or(us)
    }

    /// Whether others read what this user writes here: all who take seats, or the owner of a home, for whom root cannot write where he is nobody in particular.
    #[cfg(unix)]
    pub(super) fn has_other_readers(&self) -> bool {
        let us = kernel::us();
        self.is_shared() || self.user() == us && kernel::owner_of(&self.directory) != us
    }

    /// Whether the owner of the home could not read what this user writes for him alone.
    #[cfg(unix)]
    pub(super) fn is_read_by_another(&self) -> bool {
        let owner = kernel::owner_of(&self.directory);
        owner != Some(0) && owner != self.user()
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
            by_mount: false,
        }
    }
}
