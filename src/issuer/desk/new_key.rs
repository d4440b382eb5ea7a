//! A key's file that was not there before.

use std::path::Path;
use std::{fs, io};

use super::{DeskError, at, create_directory, part_of, sync_directory, write_private};

/// Writes the PEM of a key into a new file that its owner alone may read, durably and whole; nothing is overwritten.
///
/// # Errors
/// Whatever the disk says; no file has that name then, but one that had it before.
pub fn write_new_key(path: &Path, pem: &str) -> Result<(), DeskError> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    create_directory(directory)?;
    let part = part_of(path);
    // One that a process of this number began and was killed.
    let _ = fs::remove_file(&part);
    let written = write_private(&part, pem.as_bytes()).and_then(|()| {
        match fs::hard_link(&part, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                // Not every disk has links.
                fs::rename(&part, path)
            }
            placed => placed,
        }
        .map_err(at(path))
    });
    let _ = fs::remove_file(&part);
    written.and_then(|()| sync_directory(directory))
}
