//! Directories of systems other than Unix: by their paths.

use std::path::PathBuf;

use super::*;
use crate::patience;
use crate::rights::{self, Others};

/// Elsewhere directories cannot be synced by themselves.
#[derive(Debug)]
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn open(path: &Path) -> io::Result<Directory> {
        Ok(Directory(path.to_owned()))
    }

    pub(crate) fn make(path: &Path, audience: Audience) -> Result<Directory, StorageError> {
        let others = match audience {
            Audience::Owner => Others::Nobody,
            Audience::Everyone => Others::Read,
        };
        match rights::make(path, others) {
            Ok(()) => Ok(Directory(path.to_owned())),
            Err(source) => Err(StorageError::new(Doing::Write, path, source)),
        }
    }

    pub(crate) fn within(&self, name: &OsStr) -> io::Result<Directory> {
        Directory::open(&self.0.join(name))
    }

    pub(crate) fn file(&self, name: &OsStr, how: For) -> io::Result<File> {
        let mut options = fs::OpenOptions::new();
        match how {
            For::New => options.read(true).write(true).create_new(true),
            For::Appending => options.read(true).append(true).create(true),
            For::Locking => options.write(true).create(true).truncate(false),
            For::Reading => options.read(true),
            For::Changing => options.read(true).write(true),
        };
        patience::opening(|| options.open(self.0.join(name)))
    }

    pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        let to = self.0.join(to);
        patience::moving(|| fs::rename(self.0.join(from), &to))?;
        // There is no directory to be synced: what the disk has of the file brings its name along.
        patience::opening(|| fs::OpenOptions::new().write(true).open(&to))?.sync_all()
    }

    pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
        patience::moving(|| fs::remove_file(self.0.join(name)))
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn allow(&self, mode: u32) -> io::Result<()> {
        if mode == FOR_ANYBODYS_FILES {
            rights::set(&self.0, Others::Write);
        }
        Ok(())
    }

    pub(crate) fn hand_on(&self, _: &File) -> io::Result<()> {
        Ok(())
    }
}
