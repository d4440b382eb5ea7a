//! The secrets of requests, apart from the state and for nobody else to read: whoever has one can give the license up (SPEC.md 5.1).

use std::collections::BTreeMap;
use std::path::PathBuf;

use zeroize::Zeroize;

use super::audience::Audience;
use super::durable;
use super::error::{HolderError, StorageError};
use super::home::{Home, read_json, write_json};
use super::json::{Array, Bytes};
use crate::license_key::LicenseKey;
use crate::protocol::commitment::{Commitment, RequestSecret};

/// Refuses where the home is this user's, and not the one that holds the license: whoever may read a home for all can copy it, and gets none of its secrets.
/// Its owner alone has them.
///
/// # Errors
/// `secret_lost`; what the disk says.
pub(crate) fn prove(home: &Home, key: LicenseKey) -> Result<(), HolderError> {
    if durable::is_anothers(home.directory()) {
        return Ok(());
    }
    let Some(held) = home.license(key)?.and_then(|license| license.held) else {
        return Err(HolderError::NotHeld { key });
    };
    let secret = Secrets::load(home, key)?.get(key, held.request.commitment()?);
    secret.map(drop).ok_or(HolderError::SecretLost { key })
}

/// r of each request by its C, both in hexadecimal.
pub(crate) struct Secrets {
    path: PathBuf,
    by_commitment: BTreeMap<String, Array<12>>,
}

impl Secrets {
    pub(crate) fn load(home: &Home, key: LicenseKey) -> Result<Secrets, HolderError> {
        let path = home.secrets_path(key);
        let by_commitment = read_json(&path)?.unwrap_or_default();
        Ok(Secrets {
            path,
            by_commitment,
        })
    }

    /// The secret of the request with this commitment; one that does not open it is none.
    pub(crate) fn get(&self, key: LicenseKey, commitment: Commitment) -> Option<RequestSecret> {
        let bytes = self.by_commitment.get(&name(commitment))?;
        Some(RequestSecret::new(bytes.0)).filter(|secret| secret.commitment(key) == commitment)
    }

    pub(crate) fn insert(&mut self, key: LicenseKey, secret: &RequestSecret) {
        self.by_commitment
            .insert(name(secret.commitment(key)), Array(*secret.reveal()));
    }

    /// Forgets the secrets of requests that are neither open nor answered.
    pub(crate) fn retain(&mut self, wanted: &[Commitment]) {
        let names: Vec<String> = wanted.iter().copied().map(name).collect();
        self.by_commitment
            .retain(|commitment, _| names.contains(commitment));
    }

    pub(crate) fn keep(&self) -> Result<(), StorageError> {
        write_json(&self.path, &self.by_commitment, Audience::Owner)
    }
}

impl Drop for Secrets {
    fn drop(&mut self) {
        self.by_commitment
            .values_mut()
            .for_each(|secret| secret.0.zeroize());
    }
}

fn name(commitment: Commitment) -> String {
    Bytes(commitment.0.to_vec()).to_string()
}
