//! How bytes travel through people (SPEC.md 2): symbols, rows with checks, codes found in pasted text. Knows nothing of licences.

mod code;
mod kind;

pub use code::Code;
pub use kind::Kind;
pub(crate) fn fold_width(c: char) -> char {
    c
}
pub(crate) fn is_blank(c: char) -> bool {
    c == ' '
}
pub(crate) fn is_dash(c: char) -> bool {
    c == '-'
}
