//! Files that are written where the user says: whole or not at all.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use super::failure::Failure;

/// Writes a file by way of a temporary one beside it, so that a full disk leaves the old file as it was.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.part", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = File::create(&temporary)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // What is left of it is of no use.
        let _ = fs::remove_file(&temporary);
        Failure::failed("io", format!("{} cannot be written", path.display()))
            .because(error)
            .hint("look at the disk and the directory")
    })
}
