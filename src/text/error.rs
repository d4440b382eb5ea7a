//! Why a text gave no code.

use super::verdict::{self, RowVerdict};
use super::{Code, Kind, Thing};
use crate::failure::FailureKind;
use crate::messages;

/// Why a text gave no code of the kind that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Nothing in the text looks like a code.
    #[error("{}", messages::text::no_code())]
    NoCode,
    /// It is something else, which is known by its form.
    #[error("{}", messages::text::not_a_code(thing.noun()))]
    NotACode {
        /// What it is.
        thing: Thing,
    },
    /// A message without a code, to which something is attached that cannot be read here.
    #[error("{}", messages::text::attached(thing.noun()))]
    Attached {
        /// What is attached.
        thing: Thing,
    },
    /// There is a whole code, but not of a kind that is wanted.
    #[error("{}", messages::text::wrong_kind(code.kind().a_noun()))]
    OtherKind {
        /// The code there is.
        code: Code,
    },
    /// There is a code that cannot be read.
    #[error("{}", verdict::sentence(*kind, rows))]
    Damaged {
        /// What it seems to be.
        kind: Option<Kind>,
        /// What is known of each of its rows.
        rows: Vec<RowVerdict>,
    },
}

impl ReadError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            ReadError::NoCode | ReadError::NotACode { .. } | ReadError::Attached { .. } => {
                FailureKind::NoCode
            }
            ReadError::OtherKind { .. } => FailureKind::WrongKind,
            ReadError::Damaged { .. } => FailureKind::Damaged,
        }
    }

    /// What to do about it, for the line under the error.
    pub fn hint(&self) -> &'static str {
        match self {
            ReadError::NoCode => messages::text::no_code_hint(),
            ReadError::NotACode { thing } | ReadError::Attached { thing } => thing.hint(),
            ReadError::OtherKind { .. } => messages::text::wrong_kind_hint(),
            ReadError::Damaged { .. } => messages::text::damaged_hint(),
        }
    }

    /// Whether nothing was found that is a code or was one.
    pub fn is_no_code(&self) -> bool {
        self.kind() == FailureKind::NoCode
    }
}
