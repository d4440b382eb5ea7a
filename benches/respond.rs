//! One answer, a whole process, on disk before it is printed.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use countersign::signing::keys::{Passphrase, SigningKey};
use std::time::Instant;
use zeroize::Zeroizing;

use crate::support::desk::{self, Desk};
use crate::support::pairs::{Pairs, median};
use crate::support::table::{self, Table, Target};
use crate::support::{baselines, process};

const PAIRS: usize = 15;
const RUNS: usize = 15;

pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let desk = Desk::new()?;
    let requests = desk::requests(&desk.sell(1000)?)?;
    let mut next = requests.iter();
    let mut answer = || {
        process::seconds(&mut desk.command(&["respond", next.next().context("too few requests")?]))
    };
    match baselines::installed("sqlite3") {
        None => {
            table.missing("respond: one answer", "sqlite3 is not installed");
            table.figure("respond: one answer", answer()?, table::time, None);
        }
        Some(sqlite3) => {
            let database = desk.file("one.db");
            let insert = |sql: &str| {
                let mut command: Command = process::command(&sqlite3, desk.path());
                command.arg("-batch").arg(&database).arg(sql);
                command
            };
            process::output(&mut insert(
                "PRAGMA journal_mode = wal; CREATE TABLE answer (id INTEGER PRIMARY KEY, request BLOB, answer BLOB)",
            ))?;
            let sql = "PRAGMA synchronous = full; INSERT INTO answer (request, answer) VALUES (randomblob(48), randomblob(96))";
            let pairs = Pairs::measure(PAIRS, RUNS, &mut answer, || {
                process::seconds(&mut insert(sql))
            })?;
            table.ratio(
                "respond: one answer, durable",
                "`sqlite3`, one durable insert",
                &pairs,
                table::time,
                Some(Target::AtMost(1.0)),
            );
        }
    }
    table.figure(
        "respond: opening a signing key by its passphrase, to be added",
        passphrase()?,
        table::time,
        None,
    );
    Ok(())
}

/// What a passphrase costs: as much as it does to whoever guesses.
fn passphrase() -> Result<f64> {
    let passphrase =
        Passphrase::new(Zeroizing::new("correct horse".to_owned())).context("empty")?;
    let key = SigningKey::from_seed(&[7; 32]);
    let pem = key.to_encrypted_pem(&passphrase, &mut |bytes| bytes.fill(1))?;
    let mut took = Vec::new();
    for _ in 0..5 {
        let began = Instant::now();
        let opened = SigningKey::from_pem(&pem, Some(&passphrase))?;
        took.push(began.elapsed().as_secs_f64());
        ensure!(opened.public() == key.public(), "another key was opened");
    }
    Ok(median(took))
}
