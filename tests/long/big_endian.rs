//! What the library promises of bytes, by every vector: a program of its own, without the features that need C code, so that `tests/long/big-endian` can
//! build it for a system whose numbers lie the other way round.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "../license_key/mod.rs"]
mod license_key;
#[path = "../protocol/mod.rs"]
mod protocol;
#[path = "../text/mod.rs"]
mod text;
