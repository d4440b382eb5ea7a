//! A ledger that is edited or long, for as long as one likes: `EDITS=100000 SEED=7 LICENSES=1000000 cargo test --locked --test long_edits`.

// The lints keep panics out of the library; in a test a panic is how it fails, in its helpers too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod answered;
#[path = "../edits/mod.rs"]
mod edits;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use countersign::protocol::grant::LicenseType;

use edits::work::{Work, activate, terms};

/// What verification may take of the address space, in KiB: SQLite's cache of 64 MiB, a page of rows of each table, the program and its threads.
const MEMORY: u32 = 384 * 1024;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect(name))
}

#[test]
fn no_edit_that_changes_anything_goes_unseen() {
    edits::random::none_unseen(number("SEED", 1), number("EDITS", 20_000));
}

/// A desk with so many licenses, each activated on a machine of its own, and what its verification takes of the processors.
fn verified(home: &Path, licenses: u32) -> Duration {
    let (_, mut work) = Work::begin(home);
    let keys = work.sell(&terms(1, "Aurora", 1, LicenseType::Standalone), licenses);
    answered::license_each(&mut work, keys.into_iter());
    drop(work);
    let program = env!("CARGO_BIN_EXE_countersign");
    // What it took of the processors: the clock on the wall counts what else the computer does.
    let limited = format!(
        "ulimit -v {MEMORY}; \"$0\" --home \"$1\" --json ledger verify; said=$?; times >&2; exit $said"
    );
    let said = Command::new("sh")
        .args(["-c", &limited, program])
        .arg(home)
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(
        said.status.success(),
        "{words}{}",
        String::from_utf8_lossy(&said.stderr)
    );
    assert!(
        words.contains(&format!("\"answers\":{licenses}")),
        "{words}"
    );
    // "0m5.32s 0m0.41s": user and system, of what the shell ran.
    let times = String::from_utf8_lossy(&said.stderr).into_owned();
    let seconds = |word: &str| {
        let (minutes, seconds) = word.trim_end_matches('s').split_once('m').unwrap();
        60.0 * minutes.parse::<f64>().unwrap() + seconds.parse::<f64>().unwrap()
    };
    let last = times.trim_end().lines().last().unwrap();
    Duration::from_secs_f64(last.split_whitespace().map(seconds).sum())
}

/// Ten times the licenses take no more than ten times as long and some, and no more memory.
#[cfg(target_os = "linux")]
#[test]
fn a_long_ledger_is_verified_in_its_time() {
    let many = u32::try_from(number("LICENSES", 50_000)).unwrap();
    let home = tempfile::tempdir().unwrap();
    let few = verified(&home.path().join("few"), many / 10);
    let took = verified(&home.path().join("many"), many);
    println!("{} licenses: {few:?}, {many}: {took:?}", many / 10);
    assert!(
        took < few * 15,
        "{few:?}, and for ten times as many {took:?}"
    );
}
