//! The table of expected verdicts by itself: a program for systems on which the other tests are not at home, built by tests/scripts/on-windows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]
// Of the world the table needs a part.
#![allow(dead_code, unused_imports)]

#[path = "../verdicts/mod.rs"]
mod verdicts;
#[path = "../world/mod.rs"]
mod world;
