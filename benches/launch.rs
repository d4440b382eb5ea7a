//! What an application waits for at each launch: `check`, a whole process, this computer's facts and two signatures included.

use std::fs;

use anyhow::{Context, Result};
use countersign::signing::keys::SigningKey;
use countersign::signing::signer::Signer as _;

use crate::support::desk::{Desk, PRODUCT};
use crate::support::pairs::Pairs;
use crate::support::table::{self, Table, Target};
use crate::support::{COUNTERSIGN, baselines, process};

const PAIRS: usize = 21;
const RUNS: usize = 25;

pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let desk = Desk::new()?;
    license_this_machine(&desk)?;
    let check = || desk.command_in("machine", &["check"]);

    let (key, license) = (desk.file("floor.key"), desk.file("floor.license"));
    let signer = SigningKey::from_seed(&[7; 32]);
    let text = fs::read(desk.file("product"))?;
    fs::write(&key, signer.public())?;
    fs::write(&license, [signer.sign(&text)?.as_slice(), &text].concat())?;
    let floor = baselines::floor()?;
    let pairs = Pairs::measure(
        PAIRS,
        RUNS,
        || process::seconds(&mut check()),
        || {
            process::seconds(
                process::command(&floor, desk.path())
                    .arg(&key)
                    .arg(&license),
            )
        },
    )?;
    table.ratio(
        "launch: `check`",
        "the least Rust program that verifies a file",
        &pairs,
        table::time,
        Some(Target::AtMost(1.3)),
    );

    match baselines::installed("minisign") {
        None => table.missing("launch: `check`", "minisign is not installed"),
        Some(minisign) => {
            let (public, secret, signed) = (
                desk.file("minisign.pub"),
                desk.file("minisign.key"),
                desk.file("signed"),
            );
            fs::write(&signed, &text)?;
            process::output(
                process::command(&minisign, desk.path())
                    .args(["-G", "-W", "-p"])
                    .arg(&public)
                    .arg("-s")
                    .arg(&secret),
            )?;
            process::output(
                process::command(&minisign, desk.path())
                    .arg("-S")
                    .arg("-s")
                    .arg(&secret)
                    .arg("-m")
                    .arg(&signed),
            )?;
            let pairs = Pairs::measure(
                PAIRS,
                RUNS,
                || process::seconds(&mut check()),
                || {
                    process::seconds(
                        process::command(&minisign, desk.path())
                            .arg("-V")
                            .arg("-p")
                            .arg(&public)
                            .arg("-m")
                            .arg(&signed),
                    )
                },
            )?;
            table.ratio(
                "launch: `check`",
                "`minisign -V`",
                &pairs,
                table::time,
                Some(Target::AtMost(1.0)),
            );
        }
    }
    table.figure(
        "launch: peak memory of `check`",
        process::peak(&check())?,
        table::size,
        Some(Target::AtMost(8e6)),
    );
    let size = fs::metadata(COUNTERSIGN)?.len() as f64;
    table.figure(
        "launch: the program, stripped",
        size,
        table::size,
        Some(Target::AtMost(6e6)),
    );
    Ok(())
}

/// Asks and answers by the commands that people use.
fn license_this_machine(desk: &Desk) -> Result<()> {
    let key = desk.sell(1)?.first().context("no license")?.to_string();
    let product = desk.run(&["product", "export", PRODUCT])?;
    fs::write(desk.file("product"), product)?;
    let on_the_machine = |args: &[&str]| {
        process::output(&mut desk.command_in("machine", args))
            .and_then(|text| Ok(String::from_utf8(text)?))
    };
    on_the_machine(&[
        "product",
        "install",
        &desk.file("product").display().to_string(),
    ])?;
    let request = on_the_machine(&["request", "activate", &key])?;
    let answer = desk.run(&["respond", &request])?;
    on_the_machine(&["apply", &answer])?;
    Ok(())
}
