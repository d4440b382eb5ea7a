//! What is measured against: built here, or found on the system, or said to be missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::process;

/// Builds the floor of a launch check with the profile that the program was built with.
pub(crate) fn floor() -> Result<PathBuf> {
    let target = super::target()?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "build",
            "--quiet",
            "--release",
            "--locked",
            "--example",
            "floor",
            "--target-dir",
        ])
        .arg(&target);
    process::output(&mut build).context("the floor cannot be built")?;
    Ok(target
        .join("release/examples")
        .join(format!("floor{}", std::env::consts::EXE_SUFFIX)))
}

/// A program of the system.
pub(crate) fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|program| program.is_file())
}

/// A Python with the package `cryptography`, in an environment of its own under the target directory; made at the first use, which needs the network.
pub(crate) fn python() -> Result<PathBuf> {
    let system = installed("python3").context("python3 is not installed")?;
    let place = super::target()?.join("bench-venv");
    let python = place.join("bin/python");
    if !imports(&python) {
        process::output(Command::new(system).args(["-m", "venv"]).arg(&place))
            .context("no virtual environment can be made")?;
        let mut install = Command::new(&python);
        install.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "cryptography",
        ]);
        process::output(&mut install).context("the package cryptography cannot be installed")?;
    }
    Ok(python)
}

fn imports(python: &Path) -> bool {
    let mut command = Command::new(python);
    command.args(["-c", "import cryptography"]);
    python.is_file() && process::output(&mut command).is_ok()
}
