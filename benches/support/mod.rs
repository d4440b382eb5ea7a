//! What the benches share.

pub(crate) mod baselines;
pub(crate) mod desk;
pub(crate) mod pairs;
pub(crate) mod process;
pub(crate) mod table;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The program that is measured.
pub(crate) const COUNTERSIGN: &str = env!("CARGO_BIN_EXE_countersign");

/// Where cargo puts what it builds.
pub(crate) fn target() -> Result<PathBuf> {
    let target = Path::new(COUNTERSIGN).parent().and_then(Path::parent);
    Ok(target
        .context("the program lies in no target directory")?
        .to_owned())
}

/// A number that says how much is measured, from a variable; the larger the slower.
pub(crate) fn size(variable: &str, usual: u32) -> Result<u32> {
    match std::env::var(variable) {
        Ok(text) => text
            .replace('_', "")
            .parse()
            .with_context(|| format!("{variable} is no number: {text:?}")),
        Err(_) => Ok(usual),
    }
}
