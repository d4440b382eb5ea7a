//! The root keys that a desk begins with.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::signing::elsewhere::Elsewhere;
use crate::signing::keys::{Entropy, KeyError, Passphrase, SigningKey};
use crate::signing::signer::{SignerError, TriedSigner};

/// A root key that a desk begins with.
#[derive(Debug)]
pub enum RootKey {
    /// It rests in the desk's file.
    Here(SigningKey),
    /// It lies elsewhere, and is open; the desk's file says where.
    Elsewhere(Elsewhere, Arc<TriedSigner>),
}

impl RootKey {
    /// The public key, 32 bytes.
    pub fn public(&self) -> [u8; 32] {
        match self {
            RootKey::Here(key) => key.public(),
            RootKey::Elsewhere(key, _) => key.public,
        }
    }

    /// It as a signer that was tried.
    pub(super) fn tried(self) -> Result<Arc<TriedSigner>, SignerError> {
        match self {
            RootKey::Here(key) => Ok(Arc::new(TriedSigner::new(key)?)),
            RootKey::Elsewhere(_, signer) => Ok(signer),
        }
    }

    /// The text of its file.
    pub(super) fn to_text(
        &self,
        passphrase: Option<&Passphrase>,
        entropy: &mut Entropy<'_>,
    ) -> Result<Zeroizing<String>, KeyError> {
        match (self, passphrase) {
            (RootKey::Here(key), Some(passphrase)) => key.to_encrypted_pem(passphrase, entropy),
            (RootKey::Here(key), None) => key.to_pem(),
            (RootKey::Elsewhere(key, _), _) => Ok(Zeroizing::new(key.to_text())),
        }
    }
}
