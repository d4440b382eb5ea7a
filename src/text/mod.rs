//! How bytes travel through people (SPEC.md 2): symbols, rows with checks, codes found in pasted text. Knows nothing of licences.

mod code;
mod emergency;
mod field;
mod find;
mod kind;
mod loose;
mod message;
pub mod photo;
mod phrase;
pub mod qr;
mod read;
mod row_entry;
mod rows;
mod search;
pub mod spell;
mod symbols;
mod verdict;

pub use code::{Code, WithSpare};
pub use kind::Kind;
pub use message::WriteError;
pub use phrase::{phrase, row_word};
pub use read::{Place, ReadError, Reading, read};
pub use row_entry::{EnteredRow, RowEntry, Slip, is_spare, judge_row};
pub(crate) use symbols::{fold_width, is_blank, is_dash};
pub use verdict::{RowState, RowVerdict};
