//! A whole SQLite file as another: by SQLite's own online backup, which others may write beside, and which a crash leaves undone.

use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::connect;
use crate::issuer::ledger::LedgerError;

/// Copies into an empty file, which stands by itself then: it is not written ahead before it is opened anew.
pub(super) fn whole(from: &Connection, to: &Path) -> Result<(), LedgerError> {
    let mut copy = connect(to, OpenFlags::SQLITE_OPEN_READ_WRITE, |_| Ok(()))?;
    all(from, &mut copy)?;
    copy.close().map_err(|(_, error)| error.into())
}

/// Copies a file over what is open.
pub(super) fn over(from: &Path, to: &mut Connection) -> Result<(), LedgerError> {
    let from = connect(from, OpenFlags::SQLITE_OPEN_READ_WRITE, |_| Ok(()))?;
    all(&from, to)
}

fn all(from: &Connection, to: &mut Connection) -> Result<(), LedgerError> {
    // All pages in one step: one state of what is read, and one transaction of what is written.
    match Backup::new(from, to)?.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(LedgerError::InUse),
    }
}
