//! Files of a desk: its owner's alone, whole, and durably in their place.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::DeskError;
use crate::{patience, rights};

pub(in crate::issuer) fn at(path: &Path) -> impl FnOnce(io::Error) -> DeskError {
    let path = path.to_owned();
    |error| DeskError::Io { path, error }
}

/// A file's name with an ending behind it.
pub(in crate::issuer) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// What a file is called until it is whole: for each process otherwise, for two may make one of a name at once.
pub(in crate::issuer) fn part_of(path: &Path) -> PathBuf {
    beside(path, &format!(".{}.part", std::process::id()))
}

/// Makes a directory that only its owner may enter; one that is there stays as it is, and is not somebody else's.
pub(in crate::issuer) fn create_directory(path: &Path) -> Result<(), DeskError> {
    if rights::is_foreign(path) {
        return Err(DeskError::Foreign(path.to_owned()));
    }
    rights::make_private(path).map_err(at(path))
}

/// Makes a new file that its owner alone may read.
pub(in crate::issuer) fn new_private(path: &Path) -> Result<File, DeskError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(at(path))?;
    #[cfg(windows)]
    rights::make_file_private(path);
    Ok(file)
}

/// Writes a new file that its owner alone may read, durably.
pub(in crate::issuer) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), DeskError> {
    let mut file = new_private(path)?;
    file.write_all(bytes).map_err(at(path))?;
    file.sync_all().map_err(at(path))
}

/// Moves what is whole to its place. Fails where the target appeared meanwhile: a directory that is not empty is never replaced.
pub(in crate::issuer) fn rename(from: &Path, to: &Path) -> Result<(), DeskError> {
    patience::moving(|| fs::rename(from, to)).map_err(|error| match error.kind() {
        io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists => {
            DeskError::Exists(to.to_owned())
        }
        _ => DeskError::Io {
            path: to.to_owned(),
            error,
        },
    })
}

/// Makes the names in a directory durable; Windows does so by itself and cannot be asked.
pub(in crate::issuer) fn sync_directory(path: &Path) -> Result<(), DeskError> {
    if cfg!(unix) {
        File::open(path)
            .and_then(|directory| directory.sync_all())
            .map_err(at(path))?;
    }
    Ok(())
}

/// Where a file lies.
pub(in crate::issuer) fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Gives a whole file its name, which no other has: somebody may have made one of that name meanwhile.
pub(in crate::issuer) fn place_anew(part: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(part, to) {
        Ok(()) => fs::remove_file(part),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Not every disk has links. There two who make one name in the same moment are not told apart.
        Err(_) if fs::symlink_metadata(to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => patience::moving(|| fs::rename(part, to)),
    }
}
