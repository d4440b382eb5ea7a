//! Another passphrase for the files of a desk's keys.

use std::fs;
use std::path::{Path, PathBuf};

use super::files::{at, directory_of, part_of, sync_directory, write_private};
use super::{DeskError, read_key_file};
use crate::patience;
use crate::signing::keys::{Entropy, KeyError, Passphrase, SigningKey};

/// Writes key files anew under another passphrase, or under none. A file that has the new one already, because the program was killed in between, stays. Each
/// is opened before any is written, and takes the place of the old one whole.
///
/// # Errors
/// What a key file says, with its path: `WrongPassphrase` where neither opens it; and whatever the disk says.
pub fn change_passphrase(
    files: &[PathBuf],
    (old, new): (Option<&Passphrase>, Option<&Passphrase>),
    entropy: &mut Entropy<'_>,
) -> Result<(), (PathBuf, DeskError)> {
    let mut written = Vec::new();
    for file in files {
        let named = |error: DeskError| (file.clone(), error);
        let pem = anew(file, old, new, entropy).map_err(named)?;
        written.extend(pem.map(|pem| (file, pem)));
    }
    for (file, pem) in written {
        replace(file, pem.as_bytes()).map_err(|error| (file.clone(), error))?;
    }
    Ok(())
}

/// Nothing where it has the new one already.
fn anew(
    file: &Path,
    old: Option<&Passphrase>,
    new: Option<&Passphrase>,
    entropy: &mut Entropy<'_>,
) -> Result<Option<zeroize::Zeroizing<String>>, DeskError> {
    let text = read_key_file(file)?;
    let key = match SigningKey::from_pem(&text, old) {
        Err(KeyError::WrongPassphrase | KeyError::PassphraseNeeded)
            if SigningKey::from_pem(&text, new).is_ok() =>
        {
            return Ok(None);
        }
        key => key?,
    };
    Ok(Some(match new {
        Some(new) => key.to_encrypted_pem(new, entropy)?,
        None => key.to_pem()?,
    }))
}

fn replace(file: &Path, bytes: &[u8]) -> Result<(), DeskError> {
    // Where a link stands, the file that it leads to is the key.
    let file = &fs::canonicalize(file).map_err(at(file))?;
    let part = part_of(file);
    let written = write_private(&part, bytes)
        .and_then(|()| patience::moving(|| fs::rename(&part, file)).map_err(at(file)));
    if written.is_err() {
        // The key itself stands where it stood: no second copy of it is left.
        let _ = fs::remove_file(&part);
    }
    written?;
    sync_directory(directory_of(file))
}
