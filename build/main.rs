//! Hands the program the day it was built, for no clock before it is right (SPEC.md 7), and the sentences of `messages/` as functions.

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

mod messages;

fn main() -> Result<(), Box<dyn Error>> {
    let places = [
        std::env::var("CARGO_MANIFEST_DIR")?,
        std::env::var("OUT_DIR")?,
    ];
    let [sources, out] = places.map(std::path::PathBuf::from);
    println!("cargo::rerun-if-changed=messages");
    std::fs::write(
        out.join("messages.rs"),
        messages::functions(&sources.join("messages"))?,
    )?;

    // Reproducible builds say the moment themselves (reproducible-builds.org, SOURCE_DATE_EPOCH).
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    println!("cargo::rerun-if-changed=Cargo.lock");
    let now = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
    };
    let named = std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|text| text.parse::<u64>().ok());
    let built = named.unwrap_or_else(now);
    // The whole day: a build must not depend on the second.
    println!(
        "cargo::rustc-env=COUNTERSIGN_BUILT={}",
        built / 86_400 * 86_400
    );
    Ok(())
}
