//! Many answers by one process on all processors, into the ledger.

use std::convert::Infallible;
use std::fs::{self, File};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use countersign::issuer;
use countersign::issuer::desk::{Root, read_key_file};
use countersign::issuer::history::Actor;
use countersign::issuer::parallel::in_parallel;
use countersign::issuer::policy::Options;
use countersign::issuer::respond::{Batch, Issuer, Stopped};
use countersign::protocol::date::Seconds;
use countersign::signing::keys::SigningKey;
use countersign::signing::signer::TriedSigner;
use countersign::text::{self, Kind};

use crate::support::desk::{self, Desk};
use crate::support::pairs::Pairs;
use crate::support::table::{self, Table, Target};
use crate::support::{baselines, process, size};

const PAIRS: usize = 5;
/// Bytes of the transcript of such a GRANT (SPEC.md 5.3).
const TRANSCRIPT: usize = 216;

pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let answers = size("BENCH_ANSWERS", 50_000)?;
    let per_second = |seconds: f64| f64::from(answers) / seconds;
    // Another desk for each run: no answer is given twice. One run more than is counted warms up.
    let desks = || {
        (0..=PAIRS)
            .map(|_| prepare(answers))
            .collect::<Result<Vec<_>>>()
    };

    let fresh = desks()?;
    let mut next = fresh.iter();
    let pairs = Pairs::measure(
        PAIRS,
        1,
        || Ok(per_second(decide_sign_and_keep(next.next())?)),
        || Ok(per_second(sign(answers))),
    )?;
    table.ratio(
        "batch: the library, requests decided, signed and kept",
        "ed25519-dalek, signing only, in as many threads",
        &pairs,
        table::rate,
        Some(Target::AtLeast(0.8)),
    );

    let fresh = desks()?;
    let mut next = fresh.iter();
    let pairs = Pairs::measure(
        PAIRS,
        1,
        || Ok(per_second(respond(next.next())?)),
        || Ok(per_second(sign(answers))),
    )?;
    table.ratio(
        "batch: `respond --batch`, codes read, answers kept and written",
        "ed25519-dalek, signing only, in as many threads",
        &pairs,
        table::rate,
        Some(Target::AtLeast(0.8)),
    );

    let python = match baselines::python() {
        Ok(python) => python,
        Err(why) => {
            table.missing("batch: `respond --batch`", &format!("{why:#}"));
            return Ok(());
        }
    };
    let fresh = desks()?;
    let (mut ours, mut theirs) = (fresh.iter(), fresh.iter());
    let pairs = Pairs::measure(
        PAIRS,
        1,
        || Ok(per_second(respond(ours.next())?)),
        || Ok(per_second(script(&python, theirs.next())?)),
    )?;
    table.ratio(
        "batch: `respond --batch`",
        "a Python script, `cryptography` and `sqlite3`, signatures only",
        &pairs,
        table::rate,
        Some(Target::AtLeast(3.0)),
    );
    Ok(())
}

/// A desk with requests in a file.
fn prepare(answers: u32) -> Result<Desk> {
    let desk = Desk::new()?;
    let requests = desk::requests(&desk.sell(answers)?)?;
    fs::write(desk.file("requests"), requests.join("\n"))?;
    Ok(desk)
}

/// Seconds for all requests of a desk; that each was answered is looked at.
fn respond(desk: Option<&Desk>) -> Result<f64> {
    let desk = desk.context("too few desks")?;
    let mut batch = desk.command(&[
        "respond",
        "--batch",
        &desk.file("requests").display().to_string(),
    ]);
    batch
        .stdout(File::create(desk.file("answers"))?)
        .stderr(Stdio::null());
    let seconds = process::seconds(&mut batch)?;
    let lines =
        |name: &str| Ok::<_, anyhow::Error>(fs::read_to_string(desk.file(name))?.lines().count());
    ensure!(
        lines("answers")? == lines("requests")?,
        "not every request was answered"
    );
    Ok(seconds)
}

/// Seconds for all requests of a desk in this process, their codes having been read before.
fn decide_sign_and_keep(desk: Option<&Desk>) -> Result<f64> {
    let desk = desk.context("too few desks")?;
    let text = fs::read_to_string(desk.file("requests"))?;
    let codes = text
        .lines()
        .map(|line| Ok(text::read(line, &[Kind::Activate])?.code))
        .collect::<Result<Vec<_>>>()?;
    let place = issuer::desk::Desk::at(&desk.file("home"));
    let issuer = Issuer::root(TriedSigner::new(SigningKey::from_pem(
        &read_key_file(&place.key_path(Root::Live))?,
        None,
    )?)?);
    let batch = Batch {
        issuer: &issuer,
        options: &Options::default(),
        by: Actor {
            name: "bench",
            now: Seconds::from_unix(1_800_000_000),
        },
        workers: workers(),
    };
    let mut ledger = place.ledger()?;
    let mut unanswered = 0;
    let began = Instant::now();
    batch.respond(
        &mut ledger,
        &codes,
        |code| Ok::<_, Infallible>((*code).clone()),
        |results| {
            unanswered += results.iter().filter(|(_, result)| result.is_err()).count();
            Ok::<_, Stopped>(())
        },
    )?;
    let took = began.elapsed().as_secs_f64();
    ensure!(unanswered == 0, "{unanswered} requests were not answered");
    Ok(took)
}

/// Seconds of the Python script for the requests of a desk.
fn script(python: &Path, desk: Option<&Desk>) -> Result<f64> {
    let desk = desk.context("too few desks")?;
    let mut script = process::command(python, desk.path());
    script
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/benches/baselines/batch.py"
        ))
        .arg(desk.file("python.db"))
        .stdin(File::open(desk.file("requests"))?)
        .stdout(File::create(desk.file("signatures"))?);
    process::seconds(&mut script)
}

fn workers() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Seconds for as many signatures, by as many threads as a batch has.
fn sign(answers: u32) -> f64 {
    let Ok(key) = TriedSigner::new(SigningKey::from_seed(&[7; 32])) else {
        return f64::NAN;
    };
    let messages: Vec<[u8; TRANSCRIPT]> = (0..answers)
        .map(|number| {
            let mut message = [1; TRANSCRIPT];
            message
                .iter_mut()
                .zip(number.to_be_bytes())
                .for_each(|(to, from)| *to = from);
            message
        })
        .collect();
    let began = Instant::now();
    let signed = in_parallel(workers(), messages, |message| key.sign(&message));
    let took = began.elapsed().as_secs_f64();
    std::hint::black_box(signed);
    took
}
