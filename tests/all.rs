//! Every integration test in one program: one link, one runner.

// The lints keep panics out of the library; in a test a panic is how it fails, in its helpers too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod carry;
mod cli;
mod clocks;
mod documented;
mod edits;
mod failures;
mod forgotten;
mod house;
mod journeys;
mod lending;
mod license_key;
mod pages;
mod protocol;
mod release;
mod sentences;
mod text;
mod verdicts;
mod world;
