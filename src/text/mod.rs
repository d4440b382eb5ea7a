//! How bytes travel through people (SPEC.md 2): symbols, rows with checks, codes found in pasted text. Knows nothing of licences.

mod code;
mod emergency;
mod field;
mod find;
mod kind;
mod loose;
mod message;
mod read;
mod rows;
mod search;
mod symbols;
mod verdict;

pub use code::Code;
pub use kind::Kind;
pub use message::WriteError;
pub use read::{Place, ReadError, Reading, read};
pub(crate) use symbols::{fold_width, is_blank, is_dash};
pub use verdict::{RowState, RowVerdict};
