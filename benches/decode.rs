//! Reading and writing codes, in one process and on one processor.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use countersign::text::{Code, Kind, read};

use crate::support::desk::{Desk, request};
use crate::support::pairs::median;
use crate::support::table::{self, Table, Target};

/// Bytes of a usual GRANT.
const GRANT: usize = 90;
const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let desk = Desk::new()?;
    let asked = request(*desk.sell(1)?.first().context("no license")?, 1)?;
    let granted = Code::new(Kind::Grant, noise(GRANT, 1).collect());
    for (name, code) in [("a request code", &asked), ("a response code", &granted)] {
        let text = code.to_text()?;
        ensure!(
            read(&text, &[code.kind()])?.code == *code,
            "a code was not read as it was written"
        );
        let clean = usual(500, || read(black_box(&text), &[code.kind()]).is_ok());
        table.figure(
            &format!("decode: {name}, clean"),
            clean,
            table::time,
            Some(Target::AtMost(50e-6)),
        );
    }
    let written = usual(500, || black_box(&granted).to_text().is_ok());
    table.figure("encode: a response code", written, table::time, None);

    let text = granted.to_text()?;
    let torn: String = text
        .chars()
        .enumerate()
        .map(|(at, c)| if at % 5 == 3 { '7' } else { c })
        .collect();
    ensure!(
        read(&torn, &[Kind::Grant]).is_err(),
        "a hopeless code was read"
    );
    table.figure(
        "decode: a response code with every fifth character wrong",
        usual(5, || read(&torn, &[Kind::Grant]).is_ok()),
        table::time,
        Some(Target::AtMost(0.2)),
    );
    let slowest = hostile(&text)
        .iter()
        .map(|text| usual(3, || read(text, &[Kind::Grant]).is_ok()))
        .fold(0.0, f64::max);
    table.figure(
        "decode: the slowest of the hostile texts, 64 KiB each",
        slowest,
        table::time,
        Some(Target::AtMost(0.2)),
    );
    Ok(())
}

/// Texts that are made to cost: 64 KiB, the longest line of a batch.
fn hostile(good: &str) -> Vec<String> {
    const LENGTH: usize = 64 << 10;
    let symbols = |seed| {
        noise(LENGTH, seed).map(|byte| {
            char::from(
                ALPHABET
                    .get(usize::from(byte) % 32)
                    .copied()
                    .unwrap_or(b'0'),
            )
        })
    };
    let grouped = |letters: Vec<char>, group: usize, row: usize| {
        let mut text = String::new();
        for (at, letter) in letters.into_iter().enumerate() {
            match at {
                0 => {}
                at if at % (group * row) == 0 => text.push('\n'),
                at if at % group == 0 => text.push('-'),
                _ => {}
            }
            text.push(letter);
        }
        text
    };
    let rows: Vec<&str> = good
        .split_once(": ")
        .map_or(good, |(_, rows)| rows)
        .lines()
        .collect();
    let many = |separator: &str, take: fn(usize, usize) -> usize| {
        let lines = (0..LENGTH / 36).filter_map(|at| rows.get(take(at, rows.len())).copied());
        lines.collect::<Vec<_>>().join(separator)
    };
    vec![
        symbols(2).collect(),
        grouped(symbols(3).collect(), 5, 6),
        grouped(symbols(4).collect(), 5, 1),
        grouped(symbols(5).collect(), 1, 1),
        "RSP1: ".repeat(LENGTH / 6),
        "?".repeat(LENGTH),
        "0".repeat(LENGTH),
        grouped(vec!['0'; LENGTH], 5, 6),
        // Good rows in no good order.
        many("\n", |at, of| of - 1 - at % of),
        many("\n", |at, of| at % (of - 1)),
        many("\nRSP1: ", |at, of| (at * 7 + at / 3) % of),
    ]
}

/// Bytes that repeat themselves from run to run.
fn noise(length: usize, seed: u8) -> impl Iterator<Item = u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new()
        .update(&[seed])
        .finalize_xof()
        .fill(&mut bytes);
    bytes.into_iter()
}

/// The median time of one run, in seconds.
fn usual(runs: usize, mut run: impl FnMut() -> bool) -> f64 {
    run();
    let took = (0..runs).map(|_| {
        let began = Instant::now();
        black_box(run());
        began.elapsed().as_secs_f64()
    });
    median(took.collect())
}
