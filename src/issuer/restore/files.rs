//! The files of a ledger: copied, kept aside, removed, with all that SQLite keeps beside them.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::RestoreError;
use crate::issuer::desk::{
    Desk, DeskError, at, beside, create_directory, directory_of, part_of, place_anew,
    sync_directory,
};
use crate::issuer::ledger::LedgerError;

/// Where in the desk's directory a backup is looked at.
const ROOM: &str = ".restoring";
/// What SQLite keeps beside a ledger, or one that is being made.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// A directory in which one process at a time looks at a backup; it goes with all that lies in it.
pub(super) struct Room {
    pub(super) path: PathBuf,
    /// Nobody else has such a room as long as this is open.
    _alone: File,
}

impl Room {
    pub(super) fn of(desk: &Desk) -> Result<Room, DeskError> {
        let home = desk.directory();
        if !home.is_dir() {
            return Err(DeskError::Missing(home.to_owned()));
        }
        let alone = File::open(home).map_err(at(home))?;
        match alone.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(LedgerError::InUse.into()),
            Err(TryLockError::Error(error)) => return Err(at(home)(error)),
            Ok(()) => {}
        }
        let path = home.join(ROOM);
        // One that was begun and killed.
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&path)(error)),
            _ => {}
        }
        create_directory(&path)?;
        Ok(Room {
            path,
            _alone: alone,
        })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // What cannot be removed is in nobody's way.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Makes a new file under a name that no other has, whole or not at all.
pub(super) fn place_new<T>(
    to: &Path,
    make: impl FnOnce(&Path) -> Result<T, DeskError>,
) -> Result<T, DeskError> {
    if to.symlink_metadata().is_ok() {
        return Err(LedgerError::Exists(to.to_owned()).into());
    }
    let part = part_of(to);
    // One that a process of this number began and was killed.
    remove(&part)?;
    let placed = make(&part).and_then(|made| match place_anew(&part, to) {
        Ok(()) => Ok(made),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(LedgerError::Exists(to.to_owned()).into())
        }
        Err(error) => Err(at(to)(error)),
    });
    // A ledger that was looked at may have got company; and what was not placed is of no use.
    let _ = match placed {
        Ok(_) => remove_beside(&part),
        Err(_) => remove(&part),
    };
    let made = placed?;
    sync_directory(directory_of(to))?;
    Ok(made)
}

/// Whether something lies in a ledger's place, or beside it where SQLite would take it for a part of one.
pub(super) fn lies_at(place: &Path) -> bool {
    let beside = BESIDE.into_iter().map(|ending| beside(place, ending));
    std::iter::once(place.to_owned())
        .chain(beside)
        .any(|it| it.symlink_metadata().is_ok())
}

/// Removes a file and all that SQLite keeps beside it.
fn remove(file: &Path) -> Result<(), DeskError> {
    remove_beside(file)?;
    remove_one(file)
}

fn remove_beside(file: &Path) -> Result<(), DeskError> {
    let mut beside = BESIDE.into_iter().map(|ending| beside(file, ending));
    beside.try_for_each(|it| remove_one(&it))
}

fn remove_one(file: &Path) -> Result<(), DeskError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(file)(error)),
        _ => Ok(()),
    }
}

/// Copies a file with all that SQLite keeps beside it, and leaves the file alone: with the others another one in its place would be read. Where the file is
/// gone, the others are kept aside alike.
pub(super) fn keep_aside(from: &Path, to: &Path) -> Result<(), RestoreError> {
    if from.symlink_metadata().is_ok() {
        copy_private(from, to)?;
    }
    for ending in BESIDE {
        let beside_it = beside(from, ending);
        if beside_it.symlink_metadata().is_ok() {
            copy_private(&beside_it, &beside(to, ending))?;
            fs::remove_file(&beside_it).map_err(at(&beside_it))?;
        }
    }
    Ok(())
}

/// Copies into a new file that only its owner may read.
pub(super) fn copy_private(from: &Path, to: &Path) -> Result<(), RestoreError> {
    let unread = |error| RestoreError::Unread(from.to_owned(), error);
    if from.is_dir() {
        return Err(unread(io::ErrorKind::IsADirectory.into()));
    }
    // As bytes that are read and written: a copy within the system is not made again where it is interrupted.
    let bytes: &mut dyn Read = &mut File::open(from).map_err(unread)?;
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(to).map_err(at(to))?;
    io::copy(bytes, &mut file).map_err(at(to))?;
    Ok(file.sync_all().map_err(at(to))?)
}
