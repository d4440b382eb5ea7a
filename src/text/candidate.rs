//! Rows put together to one reading of a code (SPEC.md 2.3).

use std::ops::Range;

use super::place::Place;
use super::rows::{self, Row};

/// Rows that may make a code together; at most one is lost, and then there is a spare.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidate {
    /// In order; none for the row that is lost.
    pub(super) rows: Vec<Option<Row>>,
    /// Symbols of the message in the last row, which a lost row does not tell.
    pub(super) last: usize,
    pub(super) spare: Option<Row>,
    pub(super) stretches: Vec<Range<usize>>,
}

impl Candidate {
    /// The less, the likelier.
    pub(super) fn cost(&self) -> i32 {
        self.rows
            .iter()
            .flatten()
            .chain(&self.spare)
            .map(Row::cost)
            .sum()
    }

    /// The message, a lost row made of the spare and all others.
    pub(super) fn message(&self) -> Option<Vec<u8>> {
        let others = || self.rows.iter().flatten().map(Row::message);
        let lost = match &self.spare {
            Some(spare) => rows::xor(others().chain([spare.message()])),
            None if self.rows.iter().all(Option::is_some) => [0; rows::MESSAGE],
            None => return None,
        };
        let mut message = Vec::with_capacity(self.rows.len() * rows::MESSAGE);
        for row in &self.rows {
            message.extend_from_slice(row.as_ref().map_or(&lost, Row::message));
        }
        let before = self.rows.len().checked_sub(1)? * rows::MESSAGE;
        let dropped = message.get(before + self.last..)?;
        if dropped.iter().any(|&symbol| symbol != 0) {
            return None;
        }
        message.truncate(before + self.last);
        Some(message)
    }

    pub(super) fn corrections(&self) -> Vec<Place> {
        let rows = self.rows.iter().flatten();
        rows.flat_map(|row| {
            row.corrections()
                .map(|place| Place::new(row.number(), place))
        })
        .collect()
    }

    pub(super) fn lost(&self) -> Option<u8> {
        (1..)
            .zip(&self.rows)
            .find(|(_, row)| row.is_none())
            .map(|(number, _)| number)
    }
}
