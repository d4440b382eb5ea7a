//! Who signs: one trait that can fail, for a key may lie in a token that is pulled out or behind an agent that is locked; and what every signature goes
//! through before it leaves (SPEC.md 5.3).

use std::fmt;

use zeroize::Zeroizing;

use crate::failure::FailureKind;
use crate::protocol::trust::PublicKey;
#[cfg(feature = "desk")]
use crate::signing::absent::Absent;

/// What a signer has to sign twice before anything is asked of it: no transcript and no product file begins so.
const TRIAL: &[u8] = b"countersign v1 trial of a signing key";

/// An Ed25519 key that signs, wherever it lies. Only [`TriedSigner`] asks it.
pub trait Signer: fmt::Debug + Send + Sync {
    /// The public key, 32 bytes.
    fn public(&self) -> [u8; 32];

    /// The signature of RFC 8032 over `message`: the same for the same bytes.
    ///
    /// # Errors
    /// `Failed` with what the key's place said.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError>;

    /// Whether it signs the same in one way because this program computes it, from a key in its own memory; else it has to show that.
    fn is_computed_here(&self) -> bool {
        false
    }
}

/// Why there is no signature. What was to be signed is not recorded.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignerError {
    /// The key gave none.
    #[error("the signing key gave no signature: {0}")]
    Failed(String),
    /// What it gave is no signature of its public key.
    #[error("the signing key gave a signature that does not hold")]
    Wrong,
    /// It signed the same bytes in two ways.
    #[error("the signing key signs the same in two ways")]
    Unsteady,
    /// It lies in an agent or a token, and does not sign there.
    #[cfg(feature = "desk")]
    #[error(transparent)]
    Absent(#[from] Absent),
}

impl SignerError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            SignerError::Failed(_) => FailureKind::SignerFailed,
            SignerError::Wrong | SignerError::Unsteady => FailureKind::SignerWrong,
            #[cfg(feature = "desk")]
            SignerError::Absent(absent) => absent.kind(),
        }
    }
}

/// A signer that has shown, or of which is known, that it signs, and signs the same in one way. Each signature is verified before it is given out: one that does not hold would
/// stand in the ledger as the answer for ever, and one of an Ed25519 key that a fault made gives the key away.
#[derive(Debug)]
pub struct TriedSigner {
    signer: Box<dyn Signer>,
    public: PublicKey,
}

impl TriedSigner {
    /// Tries it.
    ///
    /// # Errors
    /// Each of [`SignerError`]; `Wrong` also where the public key is not fit for signatures.
    pub fn new(signer: impl Signer + 'static) -> Result<TriedSigner, SignerError> {
        let public = PublicKey::from_bytes(&signer.public()).map_err(|_| SignerError::Wrong)?;
        let tried = TriedSigner {
            signer: Box::new(signer),
            public,
        };
        if tried.signer.is_computed_here() || tried.sign(TRIAL)? == tried.sign(TRIAL)? {
            Ok(tried)
        } else {
            Err(SignerError::Unsteady)
        }
    }

    /// The public key, 32 bytes, as it was when the signer was tried.
    pub fn public(&self) -> [u8; 32] {
        self.public.to_bytes()
    }

    /// The signature over a transcript's bytes (SPEC.md 5.3) or a product file's text (SPEC.md 10). It holds.
    ///
    /// # Errors
    /// `Failed`, or `Wrong`.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        let signature = self.signer.sign(message)?;
        if self.public.verifies(message, &signature) {
            Ok(signature)
        } else {
            Err(SignerError::Wrong)
        }
    }

    /// The signature as a secret, from which others are made: it leaves this program never, and is wiped. It is not verified: whoever makes a key of it
    /// compares that with what he made of it before.
    ///
    /// # Errors
    /// `Failed`.
    pub fn secret(&self, message: &[u8]) -> Result<Zeroizing<[u8; 64]>, SignerError> {
        self.signer.sign(message).map(Zeroizing::new)
    }
}
