//! What the reader makes of what people do to codes: the figures of SPEC.md 2.9 by simulation, through the whole reader.
//!
//! `cargo bench --bench carry -- --goals N` prints the table of what people hand over, with N trials of each slip and every file of `tests/text/people`.
//! `cargo bench --bench carry` prints the table of bare codes; `-- --trials N` sets the trials of each cell, `--bytes N` takes codes of one size only, and
//! `--show` prints what was not recovered. `-- --noise FROM..TO` reads that range of random and
//! near-miss inputs instead, each made from its number alone, so that a long run can be cut into parts, and counts wrong payloads. Times are of the processor, not of the clock on the wall.

// What cannot be measured stops the run.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::time::Duration;

use countersign::text::{Code, Kind, ReadError, RowState, read};

mod goals;
#[path = "../../tests/text/people.rs"]
mod people;
mod spoil;

use spoil::{Draw, EVENTS, Sheet};

const SIZES: [usize; 4] = [31, 42, 95, 190];

/// The processor time of this process so far: what others do on the machine does not count.
#[cfg(unix)]
fn clock() -> Duration {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;
    let spent = |time: TimeVal| {
        Duration::from_micros((time.tv_sec() * 1_000_000 + time.tv_usec()).unsigned_abs())
    };
    let usage = getrusage(UsageWho::RUSAGE_SELF).unwrap();
    spent(usage.user_time()) + spent(usage.system_time())
}

#[cfg(not(unix))]
fn clock() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGUN.elapsed()
}

#[derive(Default)]
struct Tally {
    trials: u64,
    recovered: u64,
    located: u64,
    wrong: u64,
    times: Vec<Duration>,
    show: bool,
}

impl Tally {
    fn take(&mut self, code: &Code, sheet: &Sheet, dashes: bool) {
        let text = sheet.text(dashes);
        let begun = clock();
        let got = read(&text, &[code.kind()]);
        self.times.push(clock() - begun);
        self.trials += 1;
        match got {
            Ok(reading) if reading.code == *code => self.recovered += 1,
            Ok(_) | Err(ReadError::OtherKind { .. }) => self.wrong += 1,
            Err(ReadError::Damaged { rows, .. }) => {
                let named: Vec<usize> = rows
                    .iter()
                    .filter(|row| row.state != RowState::Whole)
                    .map(|row| usize::from(row.row) - 1)
                    .collect();
                let located = located(code, sheet, dashes, &named);
                self.located += u64::from(located);
                if self.show {
                    println!(
                        "{rows:?}, located: {located}\n{text}\n{}\n",
                        code.to_text().unwrap()
                    );
                }
            }
            Err(ReadError::NoCode | ReadError::NotACode { .. } | ReadError::Attached { .. }) => {}
        }
    }

    fn print(&mut self, name: &str) {
        self.times.sort();
        let at = |of: usize| self.times[(self.times.len() - 1) * of / 100].as_secs_f64() * 1000.0;
        let percent = |count: u64| 100.0 * count as f64 / self.trials as f64;
        println!(
            "{name:44} {:>7} {:>8.2} {:>8.2} {:>6} {:>8.2} {:>8.2} {:>8.2}",
            self.trials,
            percent(self.recovered),
            percent(self.recovered + self.located),
            self.wrong,
            at(50),
            at(99),
            at(100)
        );
    }
}

/// Located: once the named rows are given anew, and only they, the code reads; not every row may be named.
fn located(code: &Code, sheet: &Sheet, dashes: bool, named: &[usize]) -> bool {
    let whole = Sheet::new(code, false);
    let mut mended = sheet.clone();
    let needed = named
        .iter()
        .all(|&row| sheet.touched.get(row) == Some(&true));
    for &row in named.iter().filter(|&&row| row < whole.rows.len()) {
        mended.rows[row] = whole.rows[row].clone();
    }
    let again = read(&mended.text(dashes), &[code.kind()]);
    needed && again.is_ok_and(|reading| reading.code == *code)
}

fn random_code(draw: &mut Draw, size: usize) -> Code {
    let kinds = [Kind::Activate, Kind::Grant, Kind::Sync, Kind::Loan];
    Code::new(kinds[draw.below(4)], draw.bytes(size))
}

fn table(trials: u64, sizes: &[usize], show: bool) {
    println!(
        "{:44} {:>7} {:>8} {:>8} {:>6} {:>8} {:>8} {:>8}",
        "", "trials", "recov. %", "+ loc. %", "wrong", "p50 ms", "p99 ms", "max ms"
    );
    for &size in sizes {
        for dashes in [true, false] {
            let form = if dashes { "dashes" } else { "run together" };
            let mut draw = Draw(size as u64);
            for event in EVENTS {
                let mut tally = Tally {
                    show,
                    ..Tally::default()
                };
                for _ in 0..trials.div_ceil(5) {
                    let code = random_code(&mut draw, size);
                    let mut sheet = Sheet::new(&code, false);
                    let places = sheet.places();
                    let at = places[draw.below(places.len())];
                    sheet.spoil(&mut draw, event, at);
                    tally.take(&code, &sheet, dashes);
                }
                tally.print(&format!("{size} bytes, {form}, one {event:?}"));
            }
            for (rate, spare) in [(0.01, false), (0.01, true), (0.02, false), (0.02, true)] {
                let mut tally = Tally {
                    show,
                    ..Tally::default()
                };
                for _ in 0..trials {
                    let code = random_code(&mut draw, size);
                    let mut sheet = Sheet::new(&code, spare);
                    sheet.spoil_at_rate(&mut draw, rate);
                    tally.take(&code, &sheet, dashes);
                }
                let spare = if spare { ", spare row" } else { "" };
                tally.print(&format!(
                    "{size} bytes, {form}, {} % a character{spare}",
                    rate * 100.0
                ));
            }
        }
    }
}

/// An input that carries no code: noise of several sorts, or a code with one symbol of every row changed beyond what can be told from another code.
fn noise(nth: u64) -> (String, Option<Code>) {
    let mut draw = Draw(nth.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let size = 1 + draw.below(100);
    let code = random_code(&mut draw, size);
    let length = 20 + draw.below(220);
    let text = match nth % 4 {
        0 => (0..length).map(|_| char::from(draw.symbol())).collect(),
        1 => {
            let group = |draw: &mut Draw| {
                (0..5)
                    .map(|_| char::from(draw.symbol()))
                    .collect::<String>()
            };
            let row = |draw: &mut Draw| (0..6).map(|_| group(draw)).collect::<Vec<_>>().join("-");
            let rows: Vec<String> = (0..1 + draw.below(7)).map(|_| row(&mut draw)).collect();
            format!("RSP1: {}", rows.join("\n"))
        }
        kind => {
            let mut sheet = Sheet::new(&code, false);
            sheet.spoil_at_rate(&mut draw, if kind == 2 { 0.08 } else { 0.2 });
            return (sheet.text(nth % 8 < 4), Some(code));
        }
    };
    (text, None)
}

fn noises(from: u64, to: u64) {
    let (mut wrong, mut read_well, mut slowest) = (0, 0, Duration::ZERO);
    let begun = clock();
    for nth in from..to {
        let (text, code) = noise(nth);
        let start = clock();
        let got = read(
            &text,
            &[Kind::Activate, Kind::Grant, Kind::Sync, Kind::Loan],
        );
        slowest = slowest.max(clock() - start);
        match (got, code) {
            (Ok(reading), Some(code)) if reading.code == code => read_well += 1,
            (Ok(_) | Err(ReadError::OtherKind { .. }), _) => {
                wrong += 1;
                println!("WRONG: input {nth}");
            }
            (Err(_), _) => {}
        }
    }
    println!(
        "inputs {from}..{to}: {read_well} read rightly, {wrong} wrong payloads, slowest {:.1} ms, {:.0} s in all",
        slowest.as_secs_f64() * 1000.0,
        (clock() - begun).as_secs_f64()
    );
}

fn clean() {
    let code = Code::new(Kind::Grant, (0..95).collect());
    let text = code.to_text().unwrap();
    let begun = clock();
    for _ in 0..1000 {
        assert!(read(std::hint::black_box(&text), &[Kind::Grant]).is_ok());
    }
    println!(
        "a clean code of 95 bytes: {:.1} µs",
        (clock() - begun).as_secs_f64() * 1000.0
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let mut names = arguments.iter().skip(1);
    let mut others = false;
    while let Some(argument) = names.next() {
        match argument.as_str() {
            "--trials" | "--bytes" | "--noise" | "--goals" => drop(names.next()),
            option if option.starts_with("--") => {}
            name => others |= name != "carry",
        }
    }
    if others {
        // Named are parts of the other bench program, which cargo gives the same arguments.
        return;
    }
    let value = |name: &str| {
        arguments
            .iter()
            .position(|argument| argument == name)
            .and_then(|at| arguments.get(at + 1))
    };
    if let Some((from, to)) = value("--noise").and_then(|range| range.split_once("..")) {
        return noises(from.parse().unwrap(), to.parse().unwrap());
    }
    clean();
    let goals = value("--goals").map(|trials| trials.parse().unwrap());
    if let Some(trials) = goals {
        return goals::table(trials);
    }
    let trials = value("--trials").map_or(500, |trials| trials.parse().unwrap());
    let size = value("--bytes").map(|bytes| bytes.parse().unwrap());
    let show = arguments.iter().any(|argument| argument == "--show");
    table(
        trials,
        size.as_ref().map_or(&SIZES, std::slice::from_ref),
        show,
    );
}
