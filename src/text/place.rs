//! Where on paper something stands.

use std::fmt;

use super::rows;
use crate::messages;

/// A group of five symbols, counted as on paper (SPEC.md 2.1): "row 3 group 2".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The row, from 1.
    pub row: u8,
    /// The group in the row, from 1.
    pub group: u8,
}

impl Place {
    /// The group of the symbol at `place` of a row, counted from 0.
    pub(super) fn new(row: u8, place: usize) -> Place {
        Place {
            row,
            group: u8::try_from(place / rows::GROUP + 1).unwrap_or(u8::MAX),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", messages::text::place(&self.group, &self.row))
    }
}
