//! How bytes travel through people (SPEC.md 2): symbols, rows with checks, codes found in pasted text. Knows nothing of licences.

mod code;
mod kind;

pub use code::Code;
pub use kind::Kind;
