//! What can go wrong between the rules and the disk.

use std::path::PathBuf;

use crate::failure::FailureKind;
use crate::protocol::date::Day;
use crate::signing::signer::SignerError;

/// Why the ledger could not be opened, read or written. Nothing was changed where one of these comes back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// There is no such file.
    #[error("there is no ledger at {}", .0.display())]
    Missing(PathBuf),
    /// There is a file already where one was to be made.
    #[error("there is a ledger already at {}", .0.display())]
    Exists(PathBuf),
    /// Another process wrote for longer than the wait.
    #[error("the ledger is in use")]
    InUse,
    /// A file, but no ledger of this program.
    #[error("{} is no ledger of this program", .0.display())]
    Foreign(PathBuf),
    /// Written by a later version of this program.
    #[error("the ledger has format {found}, and this program knows formats up to {known}")]
    Newer {
        /// The format found.
        found: u32,
        /// The newest format known here.
        known: u32,
    },
    /// By the clock that was handed in it is before what the ledger knows happened.
    #[error(
        "this computer's clock says {now}, but the ledger's last entry is of {last}: nothing was signed or changed"
    )]
    ClockBehind {
        /// The day that the clock says, UTC.
        now: Day,
        /// The day of the last event, UTC.
        last: Day,
    },
    /// The file or its directory may not be written.
    #[error("the ledger may not be written: {0}")]
    ReadOnly(String),
    /// No room.
    #[error("the disk that holds the ledger is full")]
    DiskFull,
    /// The tables are not as this program makes them: what was found first.
    #[error("the ledger's tables are not as this program makes them: {0}")]
    Schema(String),
    /// What stands in the ledger cannot be: named.
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
    /// A row is not as the history has it by which something was to be signed or recorded: which, and what is wrong with it.
    #[error("the ledger is not as its history has it: {0}")]
    Edited(String),
    /// What was to be recorded is signed by whoever does it, and was not.
    #[error(transparent)]
    Unsigned(#[from] SignerError),
    /// Anything else the disk or the engine said.
    #[error("the ledger cannot be used: {0}")]
    Io(String),
}

impl LedgerError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            LedgerError::Missing(_) => FailureKind::LedgerMissing,
            LedgerError::Exists(_) => FailureKind::LedgerExists,
            LedgerError::InUse => FailureKind::LedgerInUse,
            LedgerError::Foreign(_) => FailureKind::LedgerForeign,
            LedgerError::Newer { .. } => FailureKind::LedgerNewer,
            LedgerError::ClockBehind { .. } => FailureKind::DeskClock,
            LedgerError::ReadOnly(_) => FailureKind::ReadOnly,
            LedgerError::DiskFull => FailureKind::DiskFull,
            LedgerError::Schema(_) => FailureKind::LedgerSchema,
            LedgerError::Damaged(_) => FailureKind::LedgerDamaged,
            LedgerError::Edited(_) => FailureKind::LedgerEdited,
            LedgerError::Unsigned(error) => error.kind(),
            LedgerError::Io(_) => FailureKind::LedgerIo,
        }
    }
}
