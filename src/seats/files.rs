//! Opening files among which others put theirs, and parts of files.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a file to read, write and lock it. No link is followed and no pipe waited for.
pub(super) fn open(path: &Path) -> io::Result<File> {
    checked(options().read(true).write(true).open(path)?)
}

/// Opens a file to read it.
pub(super) fn open_to_read(path: &Path) -> io::Result<File> {
    checked(options().read(true).open(path)?)
}

/// Opens a file of this user, which is made where it is missing, with the mode that its readers need.
pub(super) fn open_own(path: &Path, for_everyone: bool) -> io::Result<File> {
    let mut options = options();
    options.read(true).write(true);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        opened => return checked(opened?),
    }
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = match options.create_new(true).open(path) {
        // Another process of this user was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return open(path),
        made => made?,
    };
    #[cfg(unix)]
    if for_everyone {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    #[cfg(not(unix))]
    let _ = for_everyone;
    Ok(file)
}

fn options() -> OpenOptions {
    #[allow(unused_mut, reason = "Unix alone sets more of them")]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use nix::fcntl::OFlag;
        let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits());
    }
    options
}

fn checked(file: File) -> io::Result<File> {
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            crate::messages::holder::not_a_file(),
        )),
    }
}

/// Reads into `buffer` from a place in a file; fewer bytes where it ends.
pub(super) fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_at(file, buffer, at);
    #[cfg(windows)]
    return std::os::windows::fs::FileExt::seek_read(file, buffer, at);
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
