//! Codes in text (SPEC.md 2).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod mail;
mod people;
mod properties;
mod vectors;
