//! The lines of an export: what they say, and whether a file is made of them.

use std::io::{self, BufRead, Read};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Reached;
use crate::issuer::history::Hex;
use crate::issuer::ledger::{LedgerError, Row, Transaction};

/// Rises with each change of what a row holds or how it is spelled.
pub(super) const VERSION: u32 = 1;
/// Bytes of the longest line: longer than any row.
pub(super) const LONGEST: usize = 1 << 24;
/// How the last line begins.
const END: &[u8] = br#"{"table":"end","#;
/// What some editors put before a text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The first line.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Begin {
    /// `export`.
    table: String,
    /// Of this form.
    version: u32,
    /// Events of the history.
    events: u64,
    /// The end of their chain.
    head: Hex,
}

impl Begin {
    const TABLE: &'static str = "export";

    pub(super) fn of(reached: &Reached) -> Begin {
        Begin {
            table: Begin::TABLE.to_owned(),
            version: VERSION,
            events: reached.events,
            head: Hex(reached.head),
        }
    }
}

/// The last line.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct End {
    /// `end`.
    table: String,
    /// Lines between the first and this one.
    rows: u64,
    /// Over all lines before this one.
    digest: Hex,
}

impl End {
    pub(super) fn of(rows: u64, digest: [u8; 32]) -> End {
        End {
            table: "end".to_owned(),
            rows,
            digest: Hex(digest),
        }
    }
}

/// A line, for the schema.
#[cfg(test)]
pub(crate) fn line_described(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "anyOf": [
        generator.subschema_for::<Begin>(),
        generator.subschema_for::<Row>(),
        generator.subschema_for::<End>(),
    ] })
}

/// Why a file is no export, or not as one was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLine {
    /// Its first line is not that of an export.
    #[error("is not the first line of an export of a ledger")]
    NotOne,
    /// Longer than any.
    #[error("is longer than any line of an export")]
    TooLong,
    /// Not as a row is written.
    #[error("is not as an export has its lines")]
    Unreadable,
    /// After one that it comes before, or there twice.
    #[error("is in another place than an export has it, or there twice")]
    Misplaced,
    /// What it says cannot be beside what stands before it.
    #[error("contradicts a line before it")]
    Contradicts,
    /// The file ends without its last line.
    #[error("is the last, so the end of the file is missing")]
    CutOff,
    /// Something comes after the last line.
    #[error("stands after the end")]
    AfterEnd,
    /// The lines are not those that were written.
    #[error("does not fit the lines before it: something was changed, added or left out")]
    Altered,
}

/// What ends the reading of an export.
pub(super) enum Unread {
    /// The line, from 1.
    Line(u64, BadLine),
    /// It was written by a later version of this program.
    Newer(u32),
    /// The disk's word on the file.
    Disk(io::Error),
    /// The word of the ledger that is made.
    Ledger(LedgerError),
}

impl From<LedgerError> for Unread {
    fn from(error: LedgerError) -> Unread {
        Unread::Ledger(error)
    }
}

/// The digest of lines.
pub(super) struct Sum(blake3::Hasher);

impl Default for Sum {
    fn default() -> Sum {
        Sum(blake3::Hasher::new_derive_key(
            "countersign v1 ledger export",
        ))
    }
}

impl Sum {
    pub(super) fn add(&mut self, line: &[u8]) {
        self.0.update(line).update(b"\n");
    }

    pub(super) fn digest(&self) -> [u8; 32] {
        *self.0.finalize().as_bytes()
    }
}

/// The one spelling of a line.
pub(super) fn written(line: &impl Serialize) -> Result<String, LedgerError> {
    serde_json::to_string(line).map_err(|error| LedgerError::Io(error.to_string()))
}

/// Takes a line in its one spelling: no other says the same.
fn taken<T: DeserializeOwned + Serialize>(line: &[u8]) -> Option<T> {
    let read: T = serde_json::from_slice(line).ok()?;
    let again = written(&read).ok()?;
    (again.as_bytes() == line).then_some(read)
}

/// The lines of a file.
struct Lines<R> {
    from: R,
    /// How many were read.
    number: u64,
    bytes: u64,
    /// Whether the last of them had its end.
    ended: bool,
}

impl<R: BufRead> Lines<R> {
    /// Reads the next line, without its end; whether there is one.
    fn next(&mut self, line: &mut Vec<u8>) -> Result<bool, Unread> {
        line.clear();
        // Two more for its end, and three for a mark before the first.
        let most = LONGEST as u64 + 5;
        let read = (&mut self.from).take(most).read_until(b'\n', line);
        let read = read.map_err(Unread::Disk)?;
        if read == 0 {
            return Ok(false);
        }
        self.number += 1;
        self.bytes += read as u64;
        if self.number == 1 && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        self.ended = line.pop_if(|last| *last == b'\n').is_some();
        if self.ended {
            line.pop_if(|last| *last == b'\r');
        }
        match line.len() > LONGEST {
            true => Err(self.bad(BadLine::TooLong)),
            false => Ok(true),
        }
    }

    fn bad(&self, what: BadLine) -> Unread {
        Unread::Line(self.number.max(1), what)
    }

    /// What is wrong with a line that is not read: where it has no end the file is cut off there.
    fn unreadable(&self) -> Unread {
        self.bad(match self.ended {
            true => BadLine::Unreadable,
            false => BadLine::CutOff,
        })
    }
}

/// Reads the first line.
fn begins(line: &[u8]) -> Result<Begin, Unread> {
    #[derive(Deserialize)]
    struct Any {
        table: String,
        version: u32,
    }
    let any: Option<Any> = serde_json::from_slice(line).ok();
    let any = any.filter(|it| it.table == Begin::TABLE);
    match any {
        None => Err(Unread::Line(1, BadLine::NotOne)),
        Some(any) if any.version > VERSION => Err(Unread::Newer(any.version)),
        Some(_) => taken(line)
            .filter(|it: &Begin| it.version == VERSION)
            .ok_or(Unread::Line(1, BadLine::Unreadable)),
    }
}

/// Puts all rows of an export into a ledger that has none; how many events it says that there are, and the end of their chain. `progress` is told now
/// and then how many bytes are read.
pub(super) fn read_into(
    tx: &mut dyn Transaction,
    from: impl BufRead,
    progress: &mut dyn FnMut(u64),
) -> Result<(u64, [u8; 32]), Unread> {
    let mut lines = Lines {
        from,
        number: 0,
        bytes: 0,
        ended: false,
    };
    let (mut line, mut sum) = (Vec::new(), Sum::default());
    if !lines.next(&mut line)? {
        return Err(lines.bad(BadLine::NotOne));
    }
    let begin = begins(&line)?;
    sum.add(&line);
    let (mut rows, mut last): (u64, Option<Row>) = (0, None);
    loop {
        if !lines.next(&mut line)? {
            return Err(lines.bad(BadLine::CutOff));
        }
        if line.starts_with(END) {
            break;
        }
        let row: Row = taken(&line).ok_or_else(|| lines.unreadable())?;
        if last.is_some_and(|last| last.place() >= row.place()) {
            return Err(lines.bad(BadLine::Misplaced));
        }
        tx.put(&row).map_err(|error| match error {
            LedgerError::Damaged(_) => lines.bad(BadLine::Contradicts),
            other => Unread::Ledger(other),
        })?;
        sum.add(&line);
        rows += 1;
        if rows % 4096 == 0 {
            progress(lines.bytes);
        }
        last = Some(row);
    }
    let end: End = taken(&line).ok_or_else(|| lines.unreadable())?;
    if end != End::of(rows, sum.digest()) {
        return Err(lines.bad(BadLine::Altered));
    }
    while lines.next(&mut line)? {
        // Some editors leave an empty one.
        if !line.is_empty() {
            return Err(lines.bad(BadLine::AfterEnd));
        }
    }
    Ok((begin.events, begin.head.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Leaves of a schema what it allows.
    fn without_words(schema: &mut serde_json::Value) {
        match schema {
            serde_json::Value::Object(all) => {
                // A field of this name would be no text.
                all.retain(|name, it| name != "description" || !it.is_string());
                all.values_mut().for_each(without_words);
            }
            serde_json::Value::Array(all) => all.iter_mut().for_each(without_words),
            _ => {}
        }
    }

    /// What an export of another form is refused by.
    #[test]
    fn the_version_rises_with_the_lines() {
        let mut generator = schemars::SchemaGenerator::default();
        let line = line_described(&mut generator);
        let mut said = serde_json::to_value((line, generator.definitions())).unwrap();
        without_words(&mut said);
        let said = said.to_string();
        let said = blake3::hash(said.as_bytes()).to_hex();
        assert_eq!(
            (VERSION, &said.as_str()[..16]),
            (1, "5689203171d62431"),
            "raise VERSION, and write both here"
        );
    }
}
