//! Random edits of every table of a ledger, for as long as one likes: `EDITS=100000 SEED=7 cargo test --locked --test long_edits`.

// The lints keep panics out of the library; in a test a panic is how it fails, in its helpers too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "../edits/mod.rs"]
mod edits;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect(name))
}

#[test]
fn no_edit_that_changes_anything_goes_unseen() {
    edits::random::none_unseen(number("SEED", 1), number("EDITS", 20_000));
}
