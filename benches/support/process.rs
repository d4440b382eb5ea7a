//! Whole processes: their time from start to end, and their peak memory.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

/// The argument with which this program starts itself to learn another one's peak memory.
pub(crate) const PEAK: &str = "--peak-of";

/// A process that sees `home` as its user's home, and nothing of the environment that could change what it does.
pub(crate) fn command(program: impl AsRef<OsStr>, home: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("HOME", home)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Seconds from the start of a process to its end. That it succeeds is looked at.
pub(crate) fn seconds(command: &mut Command) -> Result<f64> {
    let began = Instant::now();
    let status = command.status();
    let took = began.elapsed();
    let status = status.with_context(|| format!("{command:?} cannot be started"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(took.as_secs_f64())
}

/// What a process prints, once it has succeeded.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>> {
    let output = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .with_context(|| format!("{command:?} cannot be started"))?;
    if !output.status.success() {
        bail!(
            "{command:?} ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(output.stdout)
}

/// The peak memory of a process in bytes. It is started by a process of its own, since the system tells that of all children together.
pub(crate) fn peak(command: &Command) -> Result<f64> {
    let mut asker = Command::new(std::env::current_exe()?);
    asker
        .arg(PEAK)
        .arg(command.get_program())
        .args(command.get_args());
    asker.env_clear();
    for (name, value) in command.get_envs() {
        asker.env(name, value.unwrap_or_default());
    }
    let printed = String::from_utf8(output(&mut asker)?)?;
    printed
        .trim()
        .parse()
        .with_context(|| format!("no number: {printed:?}"))
}

/// The other half of [`peak`].
#[cfg(unix)]
pub(crate) fn print_peak(program: &str, args: &[String]) -> Result<()> {
    use nix::sys::resource::{UsageWho, getrusage};
    seconds(
        Command::new(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    )?;
    let most = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    // Linux counts in KiB, macOS in bytes.
    println!(
        "{}",
        if cfg!(target_os = "macos") {
            most
        } else {
            most * 1024
        }
    );
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn print_peak(_: &str, _: &[String]) -> Result<()> {
    bail!("this system does not tell the peak memory of a process")
}
