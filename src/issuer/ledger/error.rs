//! What can go wrong between the rules and the disk.

use std::path::PathBuf;

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
    #[error("{} is not a countersign ledger", .0.display())]
    Foreign(PathBuf),
    /// Written by a later version of this program.
    #[error("the ledger has format {found}, and this program knows formats up to {known}")]
    Newer {
        /// The format found.
        found: u32,
        /// The newest format known here.
        known: u32,
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
    /// Anything else the disk or the engine said.
    #[error("the ledger cannot be used: {0}")]
    Io(String),
}

impl LedgerError {
    /// The stable snake_case name for JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            LedgerError::Missing(_) => "ledger_missing",
            LedgerError::Exists(_) => "ledger_exists",
            LedgerError::InUse => "ledger_in_use",
            LedgerError::Foreign(_) => "ledger_foreign",
            LedgerError::Newer { .. } => "ledger_newer",
            LedgerError::ReadOnly(_) => "read_only",
            LedgerError::DiskFull => "disk_full",
            LedgerError::Schema(_) => "ledger_schema",
            LedgerError::Damaged(_) => "ledger_damaged",
            LedgerError::Io(_) => "ledger_io",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            LedgerError::Missing(_) => {
                "make one with `countersign desk init`, or name another place with --home"
            }
            LedgerError::Exists(_) => "a desk is made once: name another place with --home",
            LedgerError::InUse => "another process is writing to it: try again when that has ended",
            LedgerError::Foreign(_) => "check --home; a ledger can be taken from a backup",
            LedgerError::Newer { .. } => "use the program that wrote it, or a newer one",
            LedgerError::ReadOnly(_) => {
                "the file and its directory must be writable for the person who answers (SQLite keeps a -wal file beside the ledger)"
            }
            LedgerError::DiskFull => "make room and do the same again: nothing is lost",
            LedgerError::Schema(_) => {
                "nothing was signed or changed; run `countersign ledger verify`, then drop what was added or restore a backup"
            }
            LedgerError::Damaged(_) => {
                "take the ledger from a backup; `countersign ledger verify` names what is wrong, where it can be read at all"
            }
            LedgerError::Io(_) => {
                "look at the disk and the directory's permissions, then do the same again"
            }
        }
    }
}
