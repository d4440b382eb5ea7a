//! Why nothing was approved, or done.

use super::wanted::Wanted;
use crate::failure::FailureKind;
use crate::issuer::ledger::LedgerError;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApprovalError {
    /// The ledger's word.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// It falls under the policy of its product.
    #[error("{0}")]
    Needed(Box<Wanted>),
    /// No proposal has this number.
    #[error("there is no proposal {0}")]
    Unknown(i64),
    /// It was approved or declined before.
    #[error("proposal {0} was {1} before")]
    Decided(i64, &'static str),
    /// As many wait already as may.
    #[error("{0} proposals wait already")]
    TooMany(usize),
    /// Whoever proposed it would approve it.
    #[error("proposal {0} is your own: {1}")]
    Own(i64, &'static str),
    /// What it would do now is something else.
    #[error(
        "proposal {0} does not fit what the ledger says now: the license or the product was changed since"
    )]
    Differs(i64),
    /// It was done since, by another way.
    #[error("what proposal {0} says is done already, by another way")]
    Done(i64),
    /// It was made by another program, for something that nobody proposes.
    #[error("proposal {0} is of something that nobody proposes: nothing of it was done")]
    Strange(i64),
    /// The key of whoever proposed it was removed since.
    #[error("proposal {0} was made with a key that was removed since")]
    KeyRemoved(i64),
    /// It sets a rule aside, and is the manager's.
    #[error("only a manager may set a rule aside")]
    NeedsManager,
    /// Only a root says what needs approval.
    #[error("only the root says what needs another's approval")]
    NeedsRoot,
    /// There is no such product.
    #[error("no product {0} is known")]
    UnknownProduct(String),
    /// It is so already.
    #[error("the policy is that already")]
    Nothing,
}

impl ApprovalError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            ApprovalError::Ledger(error) => error.kind(),
            ApprovalError::Needed(_) => FailureKind::NeedsApproval,
            ApprovalError::Unknown(_) => FailureKind::UnknownProposal,
            ApprovalError::Decided(..) => FailureKind::ProposalDecided,
            ApprovalError::TooMany(_) => FailureKind::TooManyProposals,
            ApprovalError::Own(..) => FailureKind::OwnProposal,
            ApprovalError::Differs(_) | ApprovalError::Done(_) | ApprovalError::Strange(_) => {
                FailureKind::ProposalDiffers
            }
            ApprovalError::KeyRemoved(_) => FailureKind::KeyRemoved,
            ApprovalError::NeedsManager => FailureKind::NeedsManager,
            ApprovalError::NeedsRoot => FailureKind::NeedsRoot,
            ApprovalError::UnknownProduct(_) => FailureKind::UnknownProduct,
            ApprovalError::Nothing => FailureKind::NothingToChange,
        }
    }
}
