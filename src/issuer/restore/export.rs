//! A ledger as lines of JSON: each row of each table, in one order and one spelling (SPEC.md 9.14).

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::files::place_new;
use super::lines::{Begin, End, LONGEST, Sum, written};
use super::{Reached, reached};
use crate::issuer::desk::{Desk, DeskError, at, new_private};
use crate::issuer::ledger::{Ledger, LedgerError, Row, Table};

/// Rows read at a time: a row may hold a whole product's definition.
const PAGE: usize = 256;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// How far its history goes.
    pub reached: Reached,
    /// Rows of all tables.
    pub rows: u64,
}

/// Writes one consistent state of a desk's ledger as lines into a new file that only its owner may read; others may write meanwhile. Memory does not grow
/// with the ledger. `progress` is told now and then how many rows are written.
///
/// # Errors
/// `Exists` where a file has that name, and what the disk or the ledger says; no file is left then.
pub fn export(desk: &Desk, to: &Path, progress: impl FnMut(u64)) -> Result<Exported, DeskError> {
    let mut ledger = desk.ledger()?;
    place_new(to, |part| {
        let mut file = BufWriter::new(new_private(part)?);
        let exported = write(&mut ledger, &mut file, part, progress)?;
        let file = file.into_inner().map_err(|error| at(part)(error.into()))?;
        file.sync_all().map_err(at(part))?;
        Ok(exported)
    })
}

/// Writes all lines.
fn write(
    ledger: &mut Ledger,
    file: &mut BufWriter<File>,
    part: &Path,
    mut progress: impl FnMut(u64),
) -> Result<Exported, DeskError> {
    let mut sum = Sum::default();
    let mut rows = 0;
    let mut put = |line: String| -> Result<(), DeskError> {
        if line.len() > LONGEST {
            let what = "a row is longer than all that a ledger has";
            return Err(LedgerError::Damaged(what.to_owned()).into());
        }
        sum.add(line.as_bytes());
        file.write_all(line.as_bytes())
            .and_then(|()| file.write_all(b"\n"))
            .map_err(at(part))
    };
    let reached = ledger.read(|tx| -> Result<Reached, DeskError> {
        let reached = reached(tx.last_event()?);
        put(written(&Begin::of(&reached))?)?;
        for table in Table::ALL {
            let mut last: Option<Row> = None;
            loop {
                let page = tx.rows(*table, last.as_ref(), PAGE)?;
                for row in &page {
                    put(written(row)?)?;
                    rows += 1;
                }
                progress(rows);
                match page.into_iter().next_back() {
                    Some(row) => last = Some(row),
                    None => break,
                }
            }
        }
        Ok(reached)
    })?;
    let end = written(&End::of(rows, sum.digest()))?;
    file.write_all(end.as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .map_err(at(part))?;
    Ok(Exported { reached, rows })
}
