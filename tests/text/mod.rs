//! Codes in text (SPEC.md 2).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod properties;
mod vectors;
