//! A code as bytes, known to be whole, and the way it is written.

use super::message::{self, WriteError};
use super::{Kind, rows, symbols};
use crate::messages;

/// A code: freshly made, or found, corrected and held against its integrity symbols (SPEC.md 2.2). Its payload says nothing trusted yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code {
    kind: Kind,
    payload: Vec<u8>,
}

impl Code {
    /// A code of `kind` that carries `payload` (bytes of SPEC.md 4).
    pub fn new(kind: Kind, payload: Vec<u8>) -> Code {
        Code { kind, payload }
    }

    /// What the code is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The payload's bytes.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The rows as they are written: six groups of five, the last row shorter (SPEC.md 2.1, 2.3).
    ///
    /// # Errors
    /// Where the payload is longer than thirty rows carry, or is no emergency code's (SPEC.md 2.4).
    pub fn to_rows(&self) -> Result<Vec<String>, WriteError> {
        Ok(self.paper()?.iter().map(|row| groups(row)).collect())
    }

    /// The spare row, which stands in for any one lost row (SPEC.md 2.3): for fax and radio, after the last row.
    ///
    /// # Errors
    /// As [`Code::to_rows`].
    pub fn to_spare_row(&self) -> Result<String, WriteError> {
        let message = message::seal(self.kind, &self.payload)?;
        Ok(groups(&rows::encode_spare(message.chunks(rows::MESSAGE))))
    }

    /// The rows with their numbers and what a person calls them: "row 1 of 3", "spare row".
    ///
    /// # Errors
    /// As [`Code::to_rows`].
    pub fn numbered_rows(&self, spare: WithSpare) -> Result<Vec<(u8, String, String)>, WriteError> {
        let rows = self.to_rows()?;
        let of = rows.len();
        let mut numbered: Vec<_> = (1..)
            .zip(rows)
            .map(|(number, row)| {
                (
                    number,
                    messages::text::row_of(&number, &of).to_string(),
                    row,
                )
            })
            .collect();
        if spare == WithSpare::Yes {
            let row = self.to_spare_row()?;
            numbered.push((rows::SPARE, messages::text::spare_row().to_owned(), row));
        }
        Ok(numbered)
    }

    /// The whole code as it is written: prefix, then the rows, one a line, no line feed at the end (SPEC.md 2.1).
    ///
    /// # Errors
    /// As [`Code::to_rows`].
    pub fn to_text(&self) -> Result<String, WriteError> {
        let rows = self.to_rows()?.join("\n");
        Ok(match self.kind.prefix() {
            Some(prefix) => format!("{prefix}: {rows}"),
            None => rows,
        })
    }

    /// The symbols of all rows with nothing between them: what a picture carries.
    ///
    /// # Errors
    /// As [`Code::to_rows`].
    pub fn symbols(&self) -> Result<String, WriteError> {
        Ok(self
            .paper()?
            .iter()
            .map(|row| symbols::write(row))
            .collect())
    }

    /// The rows in symbols, each with its checks.
    fn paper(&self) -> Result<Vec<Vec<u8>>, WriteError> {
        let message = message::seal(self.kind, &self.payload)?;
        Ok((1..)
            .zip(message.chunks(rows::MESSAGE))
            .map(|(number, row)| rows::encode(number, row))
            .collect())
    }
}

/// Whether the spare row goes with the code (SPEC.md 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithSpare {
    /// It does.
    Yes,
    /// It does not.
    No,
}

/// A row as dashed groups.
fn groups(row: &[u8]) -> String {
    row.chunks(rows::GROUP)
        .map(symbols::write)
        .collect::<Vec<_>>()
        .join("-")
}
