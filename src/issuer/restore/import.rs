//! A ledger made of the lines of an export.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::files::{Room, lies_at};
use super::lines::{BadLine, Unread, VERSION, read_into};
use super::{Reached, RestoreError, holds, note, put_in_place, reached};
use crate::issuer::desk::Desk;
use crate::issuer::history::Hand;
use crate::issuer::ledger::{Ledger, LedgerError};

/// What an import is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Reading: so many bytes of so many.
    Reads,
    /// Verifying: so many events of so many.
    Verifies,
}

/// Makes a desk's ledger of an export, where none stands: each row as it was, in one transaction, all of it verified before it is put in place in one
/// step. With a reason the history says that the ledger was put back, as [`restore`](super::restore) has it. Whoever does it has the key of a root.
/// `progress` is told how far it is.
///
/// # Errors
/// Each of [`RestoreError`] but `Newer`; `Exists` where a ledger stands, or something lies in its place. Nothing is left then.
pub fn import(
    desk: &Desk,
    file: &Path,
    reason: Option<&str>,
    hand: Hand<'_>,
    mut progress: impl FnMut(Doing, u64, u64),
) -> Result<Reached, RestoreError> {
    let room = Room::of(desk)?;
    let place = desk.ledger_path();
    if lies_at(&place) {
        return Err(LedgerError::Exists(place).into());
    }
    let unread = |error| RestoreError::Unread(file.to_owned(), error);
    let from = File::open(file).map_err(unread)?;
    let bytes = from.metadata().map_err(unread)?.len();
    let mut found = Ledger::create(&room.path.join("ledger.db"))?;
    let says = found.write(|tx| {
        let mut read = |done| progress(Doing::Reads, done, bytes);
        read_into(tx, BufReader::new(from), &mut read)
    });
    let says = says.map_err(|wrong| match wrong {
        Unread::Line(line, wrong) => RestoreError::Export { line, wrong },
        Unread::Newer(found) => LedgerError::Newer {
            found,
            known: VERSION,
        }
        .into(),
        Unread::Disk(error) => unread(error),
        Unread::Ledger(error) => error.into(),
    })?;
    let verifies = |done, all| progress(Doing::Verifies, done, all);
    holds(&mut found, Some(&hand.signer.public()), verifies)?;
    let last =
        |found: &mut Ledger| found.read(|tx| Ok::<_, LedgerError>(reached(tx.last_event()?)));
    let had = last(&mut found)?;
    if says != (had.events, had.head) {
        let wrong = BadLine::Altered;
        return Err(RestoreError::Export { line: 1, wrong });
    }
    if let Some(reason) = reason {
        note(&mut found, None, reason, hand)?;
    }
    put_in_place(desk, &room, found, None, hand.by.now)?;
    Ok(had)
}
