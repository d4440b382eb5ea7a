//! Codes in text (SPEC.md 2).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[cfg(feature = "cli")]
mod mail;
#[cfg(feature = "cli")]
mod people;
mod properties;
mod vectors;
