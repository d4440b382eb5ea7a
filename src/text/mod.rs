//! How bytes travel through people (SPEC.md 2): symbols, rows with checks, codes found in pasted text. Knows nothing of licenses.

mod align;
mod blocks;
mod candidate;
mod code;
mod emergency;
mod encoding;
#[cfg(feature = "desk")]
mod envelope;
mod error;
mod field;
#[cfg(feature = "cli")]
mod file;
mod find;
#[cfg(all(fuzzing, feature = "cli"))]
pub mod fuzzed;
#[cfg(all(test, feature = "cli"))]
mod hostile;
mod kind;
mod loose;
mod message;
mod meter;
#[cfg(all(test, feature = "cli"))]
mod mutated;
#[cfg(feature = "cli")]
pub mod photo;
mod phrase;
mod place;
#[cfg(feature = "cli")]
pub mod qr;
mod read;
mod reader;
mod reading;
mod row_entry;
mod rows;
mod search;
mod shape;
pub mod show;
pub mod spell;
mod standing;
mod symbols;
mod thing;
mod verdict;
mod views;

pub use code::{Code, WithSpare};
#[cfg(feature = "cli")]
pub(crate) use encoding::decode;
#[cfg(feature = "cli")]
pub(crate) use encoding::is_wide;
#[cfg(feature = "desk")]
pub use envelope::{Automatic, Envelope, envelope};
pub use error::ReadError;
#[cfg(feature = "cli")]
pub use file::{mails, read_bytes, read_bytes_judgeable};
pub use find::LOOKED_AT;
pub use kind::Kind;
pub use message::{LONGEST_PAYLOAD, WriteError};
pub use phrase::{phrase, row_word};
pub use place::Place;
pub use read::{read, read_judgeable};
pub use reading::{Carried, Judgeable, Reading};
pub use row_entry::{EnteredRow, RowEntry, Slip, is_spare, judge_row};
pub use standing::Standing;
pub(crate) use symbols::{fold_width, is_blank, is_dash, pack, unpack, value_of, write};
pub use thing::Thing;
pub use verdict::{Damage, RowState, RowVerdict};
