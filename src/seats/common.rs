//! A directory in which several computers take seats: that it is one, and what time it is there (SPEC.md 9.13).
//!
//! The file `shared` says it, in a directory where nobody but the owner of the home makes files. The clocks of the computers may say what they like, and none of
//! them is asked: it is the file server that dates what is written, and by its clock seats, leases and tickets end.

use std::fs::File;
use std::io;
use std::sync::atomic::Ordering;

use super::error::SeatError;
use super::files;
use super::locks::Kind;
use super::mounts::{Reach, reach};
use super::place::{GATE, Place};
use super::who::Moment;
use crate::holder::{Directory, Doing, For, StorageError};
use crate::messages::seats as messages;
use crate::protocol::date::Seconds;

/// The name of the file that says it.
const SHARED: &str = "shared";

impl Place {
    /// Whether several computers take seats here, as it was seen last: it becomes otherwise only while no seat is in use.
    pub fn is_common(&self) -> bool {
        self.here.is.load(Ordering::Relaxed)
    }

    /// Looks whether they do, and how locks are to be taken then.
    pub(super) fn look_how_to_lock(&self) -> Kind {
        let found = std::fs::symlink_metadata(self.path(SHARED));
        let is = found.is_ok_and(|it| it.is_file());
        self.here.is.store(is, Ordering::Relaxed);
        self.lock_kind()
    }

    /// How locks are taken here.
    pub(super) fn lock_kind(&self) -> Kind {
        match self.is_common() {
            true => Kind::OfComputers,
            false => Kind::OfHost,
        }
    }

    /// Refuses a place whose locks do not keep apart whoever takes seats here.
    pub(super) fn has_locks(&self) -> Result<(), SeatError> {
        self.look_how_to_lock();
        self.fits(reach(&self.directory))
    }

    fn fits(&self, reach: Reach) -> Result<(), SeatError> {
        let is_common = self.is_common();
        match reach {
            Reach::Host if is_common && !cfg!(target_os = "linux") => {
                Err(self.without_locks(messages::not_of_computers()))
            }
            Reach::Server if !is_common => Err(SeatError::NotShared {
                directory: self.directory.clone(),
            }),
            Reach::Host | Reach::Server => Ok(()),
            Reach::Nobody {
                file_system,
                option,
            } => Err(SeatError::NoLocks {
                file_system: match &option {
                    Some(option) => messages::mounted_with(&file_system, option).to_string(),
                    None => file_system,
                },
                directory: self.directory.clone(),
                by_mount: option.is_some(),
            }),
        }
    }

    /// Says that several computers share it from now on, or that none but this one uses it.
    pub(super) fn set_common(&self, is: bool) -> Result<(), StorageError> {
        let failed = |error| StorageError::new(Doing::Write, &self.path(SHARED), error);
        let directory = Directory::open(&self.directory).map_err(failed)?;
        let name = SHARED.as_ref();
        match is {
            true => {
                let made = directory.file(name, For::Locking).and_then(|file| {
                    let_read_by_all(&file)?;
                    directory.hand_on(&file)
                });
                if let Err(error) = made {
                    // Half of it says the whole.
                    let _ = directory.remove(name);
                    return Err(failed(error));
                }
            }
            false => match directory.remove(name) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
                _ => {}
            },
        }
        let settled = directory.sync();
        self.look_how_to_lock();
        settled.map_err(|error| StorageError::new(Doing::Settle, &self.path(SHARED), error))?;
        Ok(())
    }

    /// What time it is, by what is written for it. Under the gate.
    pub(super) fn ask_the_time(&self, gate: &File) -> io::Result<()> {
        files::write_at(gate, b"\n", 0)?;
        let now = written_at(gate)?;
        self.here.now.store(now.0, Ordering::Relaxed);
        Ok(())
    }

    /// What the file server's clock said last.
    pub(super) fn server_time(&self) -> Seconds {
        Seconds(self.here.now.load(Ordering::Relaxed))
    }

    /// This moment, as it counts here. What cannot be asked for is as it was, or as this computer has it.
    pub(super) fn moment(&self, moment: &Moment) -> Moment {
        if !self.is_common() {
            return moment.clone();
        }
        if self.server_time() == Seconds(0) {
            let gate = files::open(&self.path(GATE));
            let _ = gate.and_then(|gate| self.ask_the_time(&gate));
        }
        let wall = match self.server_time() {
            Seconds(0) => moment.wall,
            now => now,
        };
        Moment { wall, boot: None }
    }

    /// What this computer is called where others share the place.
    pub(super) fn computer(&self) -> Option<String> {
        let host = self.here.host.clone();
        host.filter(|_| self.is_common())
    }

    /// What a file's name has beside its user's number, so that no two computers write in one: what they keep of it in their memories would be mixed.
    pub(super) fn of_this_computer(&self, user: &str) -> String {
        let Some(host) = self.computer() else {
            return user.to_owned();
        };
        let fit = |c: char| match c.is_ascii_alphanumeric() || c == '-' {
            true => c,
            false => '_',
        };
        let host: String = host.chars().map(fit).collect();
        format!("{user}@{host}")
    }

    /// So many files of one user are read in a directory of everybody's, where on one computer there are `most`.
    pub(super) fn files_of_each(&self, most: usize) -> usize {
        match self.is_common() {
            // A user has some on each computer.
            true => most * 128,
            false => most,
        }
    }
}

/// Whether somebody may use it is told by its directory.
fn let_read_by_all(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(0o644))
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        Ok(())
    }
}

/// When a file server says that a file was written, which is what it was made to be now.
pub(super) fn written_at(file: &File) -> io::Result<Seconds> {
    // What is only in this computer's memory, this computer has dated.
    file.sync_all()?;
    stamp(file)
}

/// When a file was written last, by the clock of its server.
pub(super) fn stamp(file: &File) -> io::Result<Seconds> {
    let written = file.metadata()?.modified()?;
    let since = written.duration_since(std::time::UNIX_EPOCH);
    let unix = since.map_or(0, |it| i64::try_from(it.as_secs()).unwrap_or(i64::MAX));
    Ok(Seconds::from_unix(unix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::holder::{Audience, Home};
    use crate::license_key::LicenseKey;

    #[test]
    fn what_a_file_server_has_is_said_to_be_shared_before_a_seat_is_taken() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path(), Audience::Owner);
        let place = Place::of(&home, LicenseKey::from_number(12_345_678_901).unwrap());
        std::fs::create_dir_all(place.directory()).unwrap();
        let kind = |reach: Reach| place.fits(reach).map_err(|error| error.kind().name());
        let nobody = |option: Option<&str>| Reach::Nobody {
            file_system: "NFS".to_owned(),
            option: option.map(str::to_owned),
        };
        assert_eq!(kind(Reach::Host), Ok(()));
        assert_eq!(kind(Reach::Server), Err("seats_not_shared"));
        place.set_common(true).unwrap();
        assert_eq!(kind(Reach::Server), Ok(()));
        // Elsewhere what a single computer has cannot keep apart those of others.
        let alone = match cfg!(target_os = "linux") {
            true => Ok(()),
            false => Err("no_locks"),
        };
        assert_eq!(kind(Reach::Host), alone);
        // Whatever was said, locks that keep nobody apart are none.
        for option in [None, Some("nolock")] {
            assert_eq!(kind(nobody(option)), Err("no_locks"));
        }
        let said = place.fits(nobody(Some("nolock"))).unwrap_err().to_string();
        assert!(said.contains("(NFS, mounted with nolock)"), "{said}");
        place.set_common(false).unwrap();
        assert!(!place.is_common());
    }
}
