//! Why a key was not certified, not removed, or may not sign.

use super::RequestError;
use crate::failure::FailureKind;
use crate::issuer::ledger::LedgerError;
use crate::issuer::seeds::SeedError;
use crate::signing::signer::SignerError;

/// Why a key was not certified, not removed, or may not sign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The ledger's word.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The root key's word: it gave no signature, or none that holds.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// A seed key was not sealed.
    #[error(transparent)]
    Seeds(SeedError),
    /// What was to be certified is no request of a clerk.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// It is not a root of this desk that was to certify, or to remove.
    #[error("that takes a root key of this desk, and another key was given")]
    NeedsRoot,
    /// It was a root of this desk until it was dropped.
    #[error("that key was a root of this desk, and was dropped")]
    FormerRoot,
    /// The name has another key, or the key another name.
    #[error("{0}")]
    Named(String),
    /// Nobody looks on, and the key is a root's or a manager's.
    #[error(
        "what is signed where nobody looks on takes a clerk's key, and a root's or a manager's was given"
    )]
    NeedsClerk,
    /// It takes a manager, and a clerk's key was given.
    #[error("that takes a manager's key, and a clerk's was given")]
    NeedsManager,
    /// The certificate was given by another desk.
    #[error("this desk knows nothing of the certificate of that key")]
    NotOfThisDesk,
    /// There is no key of this name.
    #[error("no key of this desk has the name {0}")]
    Unknown(String),
    /// A key of this name lies at the desk, and nobody certified it.
    #[error("the key of {0} is not certified yet")]
    NotCertified(String),
    /// The key of this name was removed.
    #[error("the key of {0} was removed: it signs nothing more here")]
    Removed(String),
    /// Another certificate took the place of the one under which it was to sign.
    #[error("the certificate of {0} was replaced by a later one")]
    Replaced(String),
    /// It is not within what can be certified.
    #[error("{0}")]
    Limits(&'static str),
    /// There is no product of this id.
    #[error("there is no product {0}")]
    UnknownProduct(String),
}

impl KeysError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            KeysError::Ledger(error) => error.kind(),
            KeysError::Signer(error) => error.kind(),
            KeysError::Seeds(error) => error.kind(),
            KeysError::Request(_) => FailureKind::NotAKeyRequest,
            KeysError::NeedsRoot | KeysError::FormerRoot => FailureKind::NeedsRoot,
            KeysError::NeedsClerk => FailureKind::NeedsClerk,
            KeysError::NeedsManager => FailureKind::NeedsManager,
            KeysError::NotOfThisDesk => FailureKind::ForeignKey,
            KeysError::Named(_) => FailureKind::KeyNamed,
            KeysError::Unknown(_) | KeysError::NotCertified(_) => FailureKind::UnknownDeskKey,
            KeysError::Removed(_) | KeysError::Replaced(_) => FailureKind::KeyRemoved,
            KeysError::Limits(_) => FailureKind::Usage,
            KeysError::UnknownProduct(_) => FailureKind::UnknownProduct,
        }
    }
}

impl From<SeedError> for KeysError {
    fn from(error: SeedError) -> KeysError {
        match error {
            SeedError::Ledger(error) => KeysError::Ledger(error),
            SeedError::Signer(error) => KeysError::Signer(error),
            error => KeysError::Seeds(error),
        }
    }
}
