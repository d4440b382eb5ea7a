//! How bytes travel through people (SPEC.md 2): symbols, rows with checks, codes found in pasted text. Knows nothing of licenses.

mod align;
mod code;
mod emergency;
mod field;
mod find;
#[cfg(all(test, feature = "cli"))]
mod hostile;
#[cfg(feature = "cli")]
mod html;
mod kind;
mod loose;
#[cfg(feature = "cli")]
mod mail_in;
mod message;
#[cfg(feature = "cli")]
pub mod photo;
mod phrase;
mod place;
#[cfg(feature = "cli")]
pub mod qr;
mod read;
mod row_entry;
mod rows;
mod search;
mod shape;
pub mod show;
pub mod spell;
mod symbols;
mod verdict;

pub use code::{Code, WithSpare};
pub use find::LOOKED_AT;
pub use kind::Kind;
#[cfg(feature = "cli")]
pub use mail_in::read_bytes;
pub use message::WriteError;
pub use phrase::{phrase, row_word};
pub use place::Place;
pub use read::{ReadError, Reading, read};
pub use row_entry::{EnteredRow, RowEntry, Slip, is_spare, judge_row};
pub(crate) use symbols::{fold_width, is_blank, is_dash, pack, unpack, value_of, write};
pub use verdict::{RowState, RowVerdict};
