//! Why a code was not answered.

use crate::failure::FailureKind;
use crate::issuer::approvals::ApprovalError;
use crate::issuer::keys::KeysError;
use crate::issuer::ledger::LedgerError;
use crate::issuer::policy::Refusal;
use crate::issuer::seeds::SeedError;
use crate::protocol::desk_certificate::Limit;
use crate::protocol::wire::WireError;
use crate::signing::signer::SignerError;
use crate::text::Kind;

/// Why a code was not answered. Nothing was changed, but for the history, which tells of what speaks for or against a machine and of secrets that were
/// given away (SPEC.md 9.8).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RespondError {
    /// The ledger's word.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The signing key's word: it gave no signature, or none that holds.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// A rule's word.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A good code that asks nothing this desk answers.
    #[error("this is {}; the desk answers request codes", .0.a_noun())]
    WrongKind(Kind),
    /// The bytes are no request, although every check held: another version made it.
    #[error(transparent)]
    Malformed(#[from] WireError),
    /// Another request with this commitment was answered: one of the two was altered.
    #[error("another request was answered that begins as this one does")]
    CommitmentUsed,
    /// The signing key is neither a root of the product nor certified by one.
    #[error("this desk's key may not sign for {0}")]
    ForeignKey(String),
    /// The desk's certificate does not allow it.
    #[error("this desk's key may not grant that: {0}")]
    DeskLimit(Limit),
    /// An answer that is to be taken back is no later than another that was given in its place since.
    #[error("this desk has answered another request since, with generation {0}")]
    GoneOn(u16),
    /// The key does not stand in the ledger, or may not set a rule aside.
    #[error(transparent)]
    Key(KeysError),
    /// Another has to approve it, or it is not what another proposed.
    #[error(transparent)]
    Approval(ApprovalError),
    /// The license has emergency codes, and the key from which their seeds are made does not open.
    #[error(transparent)]
    Seeds(SeedError),
}

impl RespondError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            RespondError::Ledger(error) => error.kind(),
            RespondError::Signer(error) => error.kind(),
            RespondError::Refused(refusal) => refusal.kind(),
            RespondError::WrongKind(_) => FailureKind::WrongKind,
            RespondError::Malformed(_) => FailureKind::Malformed,
            RespondError::CommitmentUsed => FailureKind::CommitmentUsed,
            RespondError::ForeignKey(_) => FailureKind::ForeignKey,
            RespondError::DeskLimit(_) => FailureKind::DeskLimit,
            RespondError::GoneOn(_) => FailureKind::Overtaken,
            RespondError::Key(error) => error.kind(),
            RespondError::Approval(error) => error.kind(),
            RespondError::Seeds(error) => error.kind(),
        }
    }
}

impl From<KeysError> for RespondError {
    fn from(error: KeysError) -> RespondError {
        match error {
            KeysError::Ledger(error) => RespondError::Ledger(error),
            KeysError::Signer(error) => RespondError::Signer(error),
            error => RespondError::Key(error),
        }
    }
}

impl From<ApprovalError> for RespondError {
    fn from(error: ApprovalError) -> RespondError {
        match error {
            ApprovalError::Ledger(error) => RespondError::Ledger(error),
            ApprovalError::NeedsManager => RespondError::Key(KeysError::NeedsManager),
            error => RespondError::Approval(error),
        }
    }
}

impl From<SeedError> for RespondError {
    fn from(error: SeedError) -> RespondError {
        match error {
            SeedError::Ledger(error) => RespondError::Ledger(error),
            SeedError::Signer(error) => RespondError::Signer(error),
            error => RespondError::Seeds(error),
        }
    }
}

/// What ends a transaction: nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The ledger's word.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The signing key's word.
    #[error(transparent)]
    Signer(#[from] SignerError),
}

impl Stopped {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            Stopped::Ledger(error) => error.kind(),
            Stopped::Signer(error) => error.kind(),
        }
    }
}

impl From<Stopped> for RespondError {
    fn from(stopped: Stopped) -> RespondError {
        match stopped {
            Stopped::Ledger(error) => RespondError::Ledger(error),
            Stopped::Signer(error) => RespondError::Signer(error),
        }
    }
}

impl RespondError {
    /// Tells what one request is refused for from what ends the transaction.
    pub(super) fn of_one_request(self) -> Result<RespondError, Stopped> {
        match self {
            RespondError::Ledger(error) => Err(error.into()),
            RespondError::Signer(error) => Err(error.into()),
            refused => Ok(refused),
        }
    }
}
