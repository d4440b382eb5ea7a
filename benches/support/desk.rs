//! A desk made by the program itself, and machines that ask it, made up by the library.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use countersign::license_key::LicenseKey;
use countersign::machine::Fingerprint;
use countersign::protocol::commitment::RequestSecret;
use countersign::protocol::date::Seconds;
use countersign::protocol::digest::product_tag;
use countersign::protocol::requests::Activate;
use countersign::text::{Code, Kind};
use tempfile::TempDir;

use super::{COUNTERSIGN, process};

/// The product of every bench.
pub(crate) const PRODUCT: &str = "survey";

/// A directory with a desk and, once it is asked for, a machine.
pub(crate) struct Desk(TempDir);

impl Desk {
    /// A desk with one product; its key has a passphrase where there is one.
    pub(crate) fn new() -> Result<Desk> {
        let desk = Desk(tempfile::tempdir()?);
        desk.run(&[
            "desk",
            "init",
            "--vendor",
            "Nordic Survey AS",
            "--no-passphrase",
        ])?;
        desk.run(&[
            "product",
            "add",
            PRODUCT,
            "--name",
            "Survey",
            "--edition",
            "pro",
            "--feature",
            "maps",
            "--feature",
            "export",
            "--limit",
            "points",
        ])?;
        Ok(desk)
    }

    /// The directory.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// A file in the directory.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The program at work in this desk.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.command_in("home", args)
    }

    /// The program at work in another home of this directory.
    pub(crate) fn command_in(&self, home: &str, args: &[&str]) -> Command {
        let mut command = process::command(COUNTERSIGN, self.path());
        command.arg("--home").arg(self.file(home)).args(args);
        command
    }

    /// Runs the program; what it prints.
    pub(crate) fn run(&self, args: &[&str]) -> Result<String> {
        Ok(String::from_utf8(process::output(
            &mut self.command(args),
        )?)?)
    }

    /// Sells so many licenses of one order.
    pub(crate) fn sell(&self, count: u32) -> Result<Vec<LicenseKey>> {
        let printed = self.run(&[
            "license",
            "new",
            "--product",
            PRODUCT,
            "--customer",
            "Harbour Office",
            "--count",
            &count.to_string(),
            "--edition",
            "pro",
            "--feature",
            "maps",
            "--limit",
            "points=5000",
            "--expires",
            "2099-12-31",
        ])?;
        printed
            .lines()
            .map(|line| {
                line.parse()
                    .with_context(|| format!("no license key: {line}"))
            })
            .collect()
    }
}

/// The request of a made-up machine, unlike every other by its number.
pub(crate) fn request(key: LicenseKey, machine: u32) -> Result<Code> {
    let random = |context: &str| {
        blake3::derive_key(
            context,
            &[&machine.to_be_bytes()[..], &key.number().to_be_bytes()].concat(),
        )
    };
    let mut secret = [0; 12];
    secret.copy_from_slice(random("bench secret").split_at(12).0);
    let mut parts = [0; 11];
    parts.copy_from_slice(random("bench machine").split_at(11).0);
    // All five components are known.
    if let Some(presence) = parts.first_mut() {
        *presence = 31;
    }
    let request = Activate {
        product_tag: product_tag(PRODUCT),
        key,
        commitment: RequestSecret::new(secret).commitment(key),
        clock: Seconds::from_unix(1_800_000_000),
        fingerprint: Some(Fingerprint::from_bytes(&parts)?),
        bindings: None,
        seats: None,
        usb: None,
        site_key: None,
    };
    Ok(Code::new(Kind::Activate, request.encode()))
}

/// Requests of as many machines as there are keys, one text each.
pub(crate) fn requests(keys: &[LicenseKey]) -> Result<Vec<String>> {
    let codes = (0..)
        .zip(keys)
        .map(|(machine, key)| Ok(request(*key, machine)?.to_text()?.replace('\n', " ")));
    codes.collect()
}
