//! Opening files among which others put theirs, and parts of files. Root is led by the links of others only to what is theirs ([`Directory`]).

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::hold::directory;
use super::kernel::{self, Identity};
use super::opened::Opened;
use super::place::Place;
use crate::holder::{Directory, For};

impl Place {
    /// A file that stays open for the next time ([`Opened`](super::opened::Opened)).
    pub(super) fn opened(
        &self,
        what: &str,
        whom: &str,
        open: impl FnOnce() -> io::Result<File>,
    ) -> io::Result<(Arc<File>, Metadata)> {
        match self.here.opened.lock() {
            Ok(mut opened) => opened.file(what, whom, open),
            Err(_) => Opened::default().file(what, whom, open),
        }
    }

    /// Which gate is kept: what lies beside another one is opened anew.
    pub(super) fn has_gate(&self, gate: Identity) {
        if let Ok(mut opened) = self.here.opened.lock() {
            opened.is_beside(gate);
        }
    }
}

/// Opens a file to read and write it. No link is followed and no pipe waited for.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let (directory, name) = within(path)?;
    Ok(checked(directory.file(name, For::Changing)?)?.0)
}

/// The same to lock it: in a home of one user's own nobody else may.
pub(super) fn open_lock(place: &Place, path: &Path) -> io::Result<File> {
    let (directory, name) = within(path)?;
    let (file, found) = checked(directory.file(name, For::Changing)?)?;
    #[cfg(unix)]
    if !place.is_shared() {
        crate::holder::keep_to_owner(&file, &found)?;
    }
    #[cfg(not(unix))]
    let _ = (place, found);
    Ok(file)
}

/// Opens a file to read it.
pub(super) fn open_to_read(path: &Path) -> io::Result<File> {
    let (directory, name) = within(path)?;
    Ok(checked(directory.file(name, For::Reading)?)?.0)
}

/// Opens a file of this user, or of whom root writes for, which is made where it is missing, with the mode that its readers need.
pub(super) fn open_own(place: &Place, path: &Path) -> io::Result<File> {
    let (directory, name) = within(path)?;
    let opened = match directory.file(name, For::Changing) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        opened => Some(checked(opened?)?.0),
    };
    let file = match opened {
        Some(file) => file,
        None => match directory.file(name, For::New) {
            // Another process of this user was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => open(path)?,
            made => {
                let made = made?;
                if place.user() != kernel::us() {
                    directory.hand_on(&made)?;
                }
                made
            }
        },
    };
    #[cfg(unix)]
    if place.has_other_readers() {
        let_read(&file)?;
    }
    Ok(file)
}

/// Opens a log of this user, or of whom root writes for, to add to it, which is made where it is missing. When colleagues worked is for the owner of the home
/// to know: he reads it, and root, and nobody else where that can be.
pub(super) fn open_log(place: &Place, path: &Path) -> io::Result<File> {
    let (directory, name) = within(path)?;
    let (file, found) = checked(directory.file(name, For::Appending)?)?;
    if place.user() != kernel::us() {
        directory.hand_on(&file)?;
    }
    #[cfg(unix)]
    {
        // Another name of it may be another file's.
        if std::os::unix::fs::MetadataExt::nlink(&found) != 1 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        if place.is_read_by_another() {
            let_read(&file)?;
        }
    }
    #[cfg(not(unix))]
    let _ = found;
    Ok(file)
}

/// Each time: where it was left otherwise others count what they cannot read for ever.
#[cfg(unix)]
fn let_read(file: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let found = file.metadata()?;
    let own = Some(found.uid()) == kernel::us() && found.nlink() == 1;
    if own && found.mode() & 0o777 != 0o644 {
        file.set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    Ok(())
}

/// Takes a file away.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let (directory, name) = within(path)?;
    directory.remove(name)
}

fn within(path: &Path) -> io::Result<(Rc<Directory>, &OsStr)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let directory = directory(path.parent().unwrap_or(Path::new("")))?;
    Ok((directory, name))
}

/// A file, and what is known of it.
fn checked(file: File) -> io::Result<(File, Metadata)> {
    let found = file.metadata()?;
    match found.is_file() {
        true => Ok((file, found)),
        false => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            crate::messages::holder::not_a_file(),
        )),
    }
}

/// Reads into `buffer` from a place in a file; fewer bytes where it ends. Made again where a signal interrupts it.
pub(super) fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    loop {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, buffer, at);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, buffer, at);
        match read {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// Writes at a place in a file, beyond its end too.
pub(super) fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::write_all_at(file, bytes, at);
    #[cfg(windows)]
    {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
        match written == bytes.len() {
            true => Ok(()),
            false => Err(io::ErrorKind::WriteZero.into()),
        }
    }
}
