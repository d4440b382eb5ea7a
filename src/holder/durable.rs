//! Files that are whole or not there: lock, temporary, sync, rename, sync of the directory. Every write of the holder goes through here.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::{Doing, HolderError, StorageError};

/// Who may read what is written. Nobody but the owner ever writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every user of the computer: files 0644, directories 0755.
    Everyone,
    /// The user who wrote it: files 0600, directories 0700.
    Owner,
}

impl Audience {
    #[cfg(unix)]
    fn file_mode(self) -> u32 {
        match self {
            Audience::Everyone => 0o644,
            Audience::Owner => 0o600,
        }
    }

    #[cfg(unix)]
    fn directory_mode(self) -> u32 {
        match self {
            Audience::Everyone => 0o755,
            Audience::Owner => 0o700,
        }
    }
}

/// How long a command waits for another one that is at work in the same directory.
const PATIENCE: Duration = Duration::from_secs(10);
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// The exclusive right to write in a directory, until it is dropped or the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
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
        make_directory(directory, audience)?;
        let path = directory.join("lock");
        let failed = |source| StorageError::new(Doing::Write, &path, source);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(failed(source).into()),
        }
    }
}

/// Puts `bytes` in the place of the file at `path`: after a crash at any moment the old or the new content stands there, whole.
///
/// The caller holds the [`Lock`] of the directory tree, so that the name of the temporary is nobody else's.
pub(crate) fn write(path: &Path, bytes: &[u8], audience: Audience) -> Result<(), StorageError> {
    let failed = |source| StorageError::new(Doing::Write, path, source);
    let directory = path
        .parent()
        .ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
    make_directory(directory, audience)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let temporary = directory.join(name);
    let written = fill(&temporary, bytes, audience).and_then(|()| fs::rename(&temporary, path));
    if let Err(source) = written {
        // What could not be finished is worth nothing; that it cannot be removed either says nothing new.
        let _ = fs::remove_file(&temporary);
        return Err(failed(source));
    }
    sync_directory(directory).map_err(failed)
}

/// The file's content; nothing where there is no file.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, StorageError> {
    let content = fs::metadata(path).and_then(|it| {
        // A pipe in the file's place would be waited for, for ever.
        if it.is_file() || it.is_dir() {
            fs::read(path)
        } else {
            Err(io::Error::other("it is not a file"))
        }
    });
    match content {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StorageError::new(Doing::Read, path, source)),
    }
}

/// The files in a directory whose names end in `.extension`, sorted; none where there is no directory.
pub(crate) fn list(directory: &Path, extension: &str) -> Result<Vec<PathBuf>, StorageError> {
    let failed = |source| StorageError::new(Doing::Read, directory, source);
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(failed(source)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|ending| ending == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Creates what is missing of a directory's path, durably.
fn make_directory(directory: &Path, audience: Audience) -> Result<(), StorageError> {
    if directory.is_dir() {
        return Ok(());
    }
    let parent = directory
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        make_directory(parent, audience)?;
    }
    let made = match fs::create_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        Err(error) => Err(error),
        Ok(()) => allow_directory(directory, audience)
            .and_then(|()| sync_directory(parent.unwrap_or(Path::new(".")))),
    };
    made.map_err(|source| StorageError::new(Doing::Write, directory, source))
}

fn fill(temporary: &Path, bytes: &[u8], audience: Audience) -> io::Result<()> {
    // A rest of an interrupted write may lie there. Creating anew never follows a link.
    match fs::remove_file(temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(temporary)?;
    file.write_all(bytes)?;
    allow_file(&file, audience)?;
    file.sync_all()
}

/// Sets the mode itself: a strict umask of root would keep every user from reading a machine-wide licence.
#[cfg(unix)]
fn allow_file(file: &File, audience: Audience) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(
        audience.file_mode(),
    ))
}

#[cfg(unix)]
fn allow_directory(directory: &Path, audience: Audience) -> io::Result<()> {
    fs::set_permissions(
        directory,
        std::os::unix::fs::PermissionsExt::from_mode(audience.directory_mode()),
    )
}

#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

// Elsewhere directories pass on the rights of their parents and cannot be synced by themselves.
#[cfg(not(unix))]
fn allow_file(_: &File, _: Audience) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn allow_directory(_: &Path, _: Audience) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_replaces_whole_and_leaves_nothing_beside() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b/state.json");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path.with_file_name("state.json.new"), "torn").unwrap();
        write(&path, b"one", Audience::Owner).unwrap();
        write(&path, b"two", Audience::Owner).unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some(b"two".as_slice()));
        assert_eq!(list(path.parent().unwrap(), "new").unwrap().len(), 0);
        assert_eq!(read(&dir.path().join("none")).unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.json");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let error = read(&path).unwrap_err();
        assert!(
            error.to_string().contains("state.json"),
            "{error}: {path:?}"
        );
        assert_eq!(read(&dir.path().join("nothing")).unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn modes_follow_the_audience() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        for (audience, file, directory) in [
            (Audience::Everyone, 0o644, 0o755),
            (Audience::Owner, 0o600, 0o700),
        ] {
            let path = dir.path().join(format!("{audience:?}/x"));
            write(&path, b"x", audience).unwrap();
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(
                (mode(&path), mode(path.parent().unwrap())),
                (file, directory)
            );
        }
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

    #[test]
    fn a_place_that_cannot_be_written_says_where() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let error = write(&file.join("below/x"), b"x", Audience::Owner).unwrap_err();
        assert_eq!(error.kind(), "io");
        assert!(error.to_string().contains("file"), "{error}");
    }
}
