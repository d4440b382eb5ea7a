//! The site's key: made once, encrypted under the administrator's password, its public part certified by the vendor.

use std::path::PathBuf;

use super::{SiteError, directory};
use crate::holder::durable;
use crate::holder::{Audience, Directory, Doing, Home, StorageError};
use crate::signing::keys::{Entropy, Passphrase, SigningKey};

/// What stands before the public part, in the first line of the file; then comes the key as PEM, which is read by whatever reads PEM.
const PUBLIC: &str = "site key, public part: ";

/// Others find what they know the name of, and list nothing.
const PASSED_THROUGH: u32 = 0o711;

fn path(home: &Home) -> PathBuf {
    directory(home).join("key.pem")
}

/// The public part; none where this home is no site.
///
/// # Errors
/// A file that cannot be read, or is not what this program writes.
pub fn public(home: &Home) -> Result<Option<[u8; 32]>, SiteError> {
    Ok(read(home)?.map(|(public, _)| public))
}

fn read(home: &Home) -> Result<Option<([u8; 32], String)>, SiteError> {
    let Some(bytes) = durable::read(&path(home))? else {
        return Ok(None);
    };
    let text = String::from_utf8(bytes).map_err(|_| SiteError::DamagedKey)?;
    let split = text
        .split_once('\n')
        .and_then(|(first, pem)| {
            let public = crate::holder::json::unhex(first.strip_prefix(PUBLIC)?)?;
            Some((public.try_into().ok()?, pem.to_owned()))
        })
        .ok_or(SiteError::DamagedKey)?;
    Ok(Some(split))
}

/// Makes the key of this home; `anew` in the place of one that is there, whose password may be forgotten. Returns its public part.
///
/// # Errors
/// `site_exists`; what the disk says.
pub fn create(
    home: &Home,
    password: &Passphrase,
    anew: bool,
    entropy: &mut Entropy<'_>,
) -> Result<[u8; 32], SiteError> {
    let _lock = home.lock()?;
    if !anew && path(home).exists() {
        return Err(SiteError::Exists);
    }
    let key = SigningKey::generate(entropy);
    write(home, &key, password, entropy)?;
    Ok(key.public())
}

/// Opens the key with its password.
///
/// # Errors
/// `site_missing`; `wrong_passphrase`; a file that is damaged.
pub fn unlock(home: &Home, password: &Passphrase) -> Result<SigningKey, SiteError> {
    let (public, pem) = read(home)?.ok_or(SiteError::Missing)?;
    let key = SigningKey::from_pem(&pem, Some(password))?;
    match key.public() == public {
        true => Ok(key),
        false => Err(SiteError::DamagedKey),
    }
}

/// Encrypts the key under another password.
///
/// # Errors
/// As [`unlock`]; what the disk says.
pub fn change_password(
    home: &Home,
    old: &Passphrase,
    new: &Passphrase,
    entropy: &mut Entropy<'_>,
) -> Result<(), SiteError> {
    let _lock = home.lock()?;
    let key = unlock(home, old)?;
    write(home, &key, new, entropy)
}

fn write(
    home: &Home,
    key: &SigningKey,
    password: &Passphrase,
    entropy: &mut Entropy<'_>,
) -> Result<(), SiteError> {
    let pem = key.to_encrypted_pem(password, entropy)?;
    let public = crate::holder::Bytes(key.public().to_vec());
    let text = format!("{PUBLIC}{public}\n{}", *pem);
    durable::write(&path(home), text.as_bytes(), Audience::Owner)?;
    if home.audience() == Audience::Everyone {
        // Whoever takes a seat sees whether there is a book of loans beside it, and reads neither.
        let directory = directory(home);
        let failed = |error| StorageError::new(Doing::Write, &directory, error);
        let opened = Directory::open(&directory).map_err(failed)?;
        opened.allow(PASSED_THROUGH).map_err(failed)?;
    }
    Ok(())
}
