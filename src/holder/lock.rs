//! The right to write in a directory: one process at a time, and nobody who may only read there.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use super::audience::Audience;
use super::directory::{Directory, For};
use super::error::{Doing, HolderError, StorageError};
use crate::messages;

/// How long a command waits for another one that is at work in the same directory.
pub(crate) const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 3 } else { 10 });
pub(crate) const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// The exclusive right to write in a directory, until it is dropped or the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

/// Closing the file is not enough: a program that another thread is starting just now has it open too, until it runs.
impl Drop for Lock {
    fn drop(&mut self) {
        // What cannot be unlocked is when the last who has it open closes it.
        let _ = self.file.unlock();
    }
}

impl Lock {
    /// Waits up to ten seconds.
    pub(crate) fn wait(directory: &Path, audience: Audience) -> Result<Lock, HolderError> {
        // Counted in tries: the library reads no clock.
        let tries = PATIENCE.as_millis() / BETWEEN_TRIES.as_millis();
        for _ in 0..tries {
            if let Some(lock) = Lock::try_now(directory, audience)? {
                return Ok(lock);
            }
            std::thread::sleep(BETWEEN_TRIES);
        }
        Err(HolderError::Busy {
            directory: directory.to_owned(),
        })
    }

    /// Nothing where another process holds it.
    pub(crate) fn try_now(
        directory: &Path,
        audience: Audience,
    ) -> Result<Option<Lock>, HolderError> {
        let path = directory.join(NAME);
        let failed = |source| match fs::symlink_metadata(&path) {
            Ok(found) if !found.is_file() => HolderError::NoLock { path: path.clone() },
            _ => StorageError::new(Doing::Write, &path, source).into(),
        };
        let file = open_lock(&Directory::make(directory, audience)?).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

const NAME: &str = "lock";

/// Whoever can open the file can lock it and keep everybody else out: it is its owner's alone, whatever the umask and who may read the rest.
fn open_lock(directory: &Directory) -> io::Result<File> {
    let file = directory.file(NAME.as_ref(), For::Locking)?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(io::Error::other(messages::holder::not_a_file()));
    }
    #[cfg(unix)]
    keep_to_owner(&file, &found)?;
    directory.hand_on(&file)?;
    Ok(file)
}

/// A lock of this user's that others may open is closed to them.
#[cfg(unix)]
pub(crate) fn keep_to_owner(file: &File, found: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let own = found.uid() == nix::unistd::geteuid().as_raw() && found.nlink() == 1;
    if own && found.mode() & 0o077 != 0 {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_lock_is_its_owners_alone_and_no_link_is_followed() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        drop(Lock::try_now(dir.path(), Audience::Everyone).unwrap());
        assert_eq!(mode(&path), 0o600);
        // One that an older program, or a wide umask, left for everybody.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        drop(Lock::try_now(dir.path(), Audience::Everyone).unwrap());
        assert_eq!(mode(&path), 0o600);
        let other = dir.path().join("other");
        fs::write(&other, "").unwrap();
        fs::set_permissions(&other, fs::Permissions::from_mode(0o644)).unwrap();
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        assert!(Lock::try_now(dir.path(), Audience::Owner).is_err());
        assert_eq!(mode(&other), 0o644);
        // Two names: it may be a file of somebody else's.
        fs::remove_file(&path).unwrap();
        fs::hard_link(&other, &path).unwrap();
        drop(Lock::try_now(dir.path(), Audience::Owner).unwrap());
        assert_eq!(mode(&other), 0o644);
    }

    /// As between fork and exec: the child has what its parent had open.
    #[test]
    fn what_is_dropped_is_free_though_a_copy_of_the_file_is_open() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::try_now(dir.path(), Audience::Owner).unwrap().unwrap();
        let copy = lock.file.try_clone().unwrap();
        drop(lock);
        let again = Lock::try_now(dir.path(), Audience::Owner).unwrap();
        assert!(again.is_some());
        drop(copy);
    }

    #[test]
    fn one_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::try_now(dir.path(), Audience::Owner).unwrap();
        assert!(lock.is_some());
        assert!(
            Lock::try_now(dir.path(), Audience::Owner)
                .unwrap()
                .is_none()
        );
        drop(lock);
        assert!(
            Lock::try_now(dir.path(), Audience::Owner)
                .unwrap()
                .is_some()
        );
    }
}
