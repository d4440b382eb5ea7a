//! A key's file that was not there before.

use std::fs;
use std::path::Path;

use super::DeskError;
use super::files::{
    at, create_directory, directory_of, part_of, place_anew, sync_directory, write_private,
};

/// Writes the PEM of a key into a new file that its owner alone may read, durably and whole; nothing is overwritten.
///
/// # Errors
/// Whatever the disk says; no file has that name then, but one that had it before.
pub fn write_new_key(path: &Path, pem: &str) -> Result<(), DeskError> {
    let directory = directory_of(path);
    create_directory(directory)?;
    let part = part_of(path);
    // One that a process of this number began and was killed.
    let _ = fs::remove_file(&part);
    let written = write_private(&part, pem.as_bytes())
        .and_then(|()| place_anew(&part, path).map_err(at(path)));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written.and_then(|()| sync_directory(directory))
}
