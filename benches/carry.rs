//! What the reader makes of what people do to codes: the figures of SPEC.md 2.6 by simulation, through the whole reader.
//!
//! `cargo bench --bench carry` prints the table; `-- --trials N` sets the trials of each cell, `--bytes N` takes codes of one size only, and
//! `--show` prints what was not recovered. `-- --noise FROM..TO` reads that range of random and
//! near-miss inputs instead, each made from its number alone, so that a long run can be cut into parts, and counts wrong payloads.

// What cannot be measured stops the run.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::{Duration, Instant};

use countersign::text::{Code, Kind, ReadError, RowState, read};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SIZES: [usize; 4] = [31, 42, 95, 190];
/// What is taken for what, by eye or ear: the substitutions of which half are drawn.
const ALIKE: [&[u8; 2]; 18] = [
    b"0D", b"0Q", b"17", b"1J", b"2Z", b"38", b"4A", b"5S", b"6G", b"8B", b"CG", b"EF", b"MN",
    b"PR", b"KX", b"VY", b"VW", b"BD",
];

/// Numbers that look random and are the same in every run (splitmix64).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn chance(&mut self, of: f64) -> bool {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64 * 1.0 < of
    }

    fn symbol(&mut self) -> u8 {
        ALPHABET[self.below(32)]
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Substitution,
    LookAlike,
    Transposition,
    Drop,
    Double,
    Insert,
    GroupSwapped,
    GroupLost,
    GroupDoubled,
}

const EVENTS: [Event; 9] = [
    Event::Substitution,
    Event::LookAlike,
    Event::Transposition,
    Event::Drop,
    Event::Double,
    Event::Insert,
    Event::GroupSwapped,
    Event::GroupLost,
    Event::GroupDoubled,
];

/// A code on paper: rows of groups of symbols, and whether a row was touched.
#[derive(Clone)]
struct Sheet {
    rows: Vec<Vec<Vec<u8>>>,
    touched: Vec<bool>,
}

impl Sheet {
    fn new(code: &Code, spare: bool) -> Sheet {
        let mut rows = code.to_rows().unwrap();
        rows.extend(spare.then(|| code.to_spare_row().unwrap()));
        let split = |row: &String| {
            row.split('-')
                .map(|group| group.as_bytes().to_vec())
                .collect()
        };
        Sheet {
            touched: vec![false; rows.len()],
            rows: rows.iter().map(split).collect(),
        }
    }

    fn text(&self, dashes: bool) -> String {
        let rows = self
            .rows
            .iter()
            .map(|row| row.join(if dashes { &b"-"[..] } else { b"" }));
        let rows: Vec<Vec<u8>> = rows.filter(|row| !row.is_empty()).collect();
        String::from_utf8(rows.join(if dashes { &b"\n"[..] } else { b"" })).unwrap()
    }

    /// One event at a symbol, or at the group that it is in.
    fn spoil(&mut self, draw: &mut Draw, event: Event, (row, group, place): (usize, usize, usize)) {
        self.touched[row] = true;
        let groups = &mut self.rows[row];
        if groups[group].len() <= place {
            return;
        }
        let symbol = groups[group][place];
        match event {
            Event::Substitution => {
                while groups[group][place] == symbol {
                    groups[group][place] = draw.symbol();
                }
            }
            Event::LookAlike => {
                let alike: Vec<u8> = ALIKE
                    .iter()
                    .filter(|pair| pair.contains(&symbol))
                    .map(|pair| pair[usize::from(pair[0] == symbol)])
                    .collect();
                groups[group][place] = if alike.is_empty() {
                    draw.symbol()
                } else {
                    alike[draw.below(alike.len())]
                };
            }
            Event::Transposition => match groups[group].get(place + 1).copied() {
                Some(next) => (groups[group][place], groups[group][place + 1]) = (next, symbol),
                None if groups.get(group + 1).is_some_and(|next| !next.is_empty()) => {
                    let next = std::mem::replace(&mut groups[group + 1][0], symbol);
                    groups[group][place] = next;
                }
                None => {}
            },
            Event::Drop => drop(groups[group].remove(place)),
            Event::Double => groups[group].insert(place, symbol),
            Event::Insert => groups[group].insert(place, draw.symbol()),
            Event::GroupSwapped if group + 1 < groups.len() => groups.swap(group, group + 1),
            Event::GroupSwapped => {
                if let [first, second, ..] = &mut self.rows[row..] {
                    self.touched[row + 1] = true;
                    std::mem::swap(first.last_mut().unwrap(), &mut second[0]);
                }
            }
            Event::GroupLost => groups[group].clear(),
            Event::GroupDoubled => {
                let again = groups[group].clone();
                groups.insert(group, again);
            }
        }
        self.rows[row].retain(|group| !group.is_empty());
    }

    fn places(&self) -> Vec<(usize, usize, usize)> {
        let mut places = Vec::new();
        for (row, groups) in self.rows.iter().enumerate() {
            for (group, symbols) in groups.iter().enumerate() {
                places.extend((0..symbols.len()).map(|place| (row, group, place)));
            }
        }
        places
    }

    /// Events at this rate for each symbol: half of them substitutions; and at a fifth of the rate for each group.
    fn spoil_at_rate(&mut self, draw: &mut Draw, rate: f64) {
        for at in self.places().into_iter().rev() {
            if draw.chance(rate) {
                let event = match draw.below(20) {
                    0..5 => Event::Substitution,
                    5..10 => Event::LookAlike,
                    10..13 => Event::Transposition,
                    13..16 => Event::Drop,
                    16..18 => Event::Double,
                    _ => Event::Insert,
                };
                self.spoil(draw, event, at);
            }
            if at.2 == 0 && draw.chance(rate / 5.0) {
                let event =
                    [Event::GroupSwapped, Event::GroupLost, Event::GroupDoubled][draw.below(3)];
                if self.rows[at.0].len() > at.1 {
                    self.spoil(draw, event, at);
                }
            }
        }
    }
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
        let begun = Instant::now();
        let got = read(&text, &[code.kind()]);
        self.times.push(begun.elapsed());
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
            Err(ReadError::NoCode) => {}
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
    let begun = Instant::now();
    for nth in from..to {
        let (text, code) = noise(nth);
        let start = Instant::now();
        let got = read(
            &text,
            &[Kind::Activate, Kind::Grant, Kind::Sync, Kind::Loan],
        );
        slowest = slowest.max(start.elapsed());
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
        begun.elapsed().as_secs_f64()
    );
}

fn clean() {
    let code = Code::new(Kind::Grant, (0..95).collect());
    let text = code.to_text().unwrap();
    let begun = Instant::now();
    for _ in 0..1000 {
        assert!(read(std::hint::black_box(&text), &[Kind::Grant]).is_ok());
    }
    println!(
        "a clean code of 95 bytes: {:.1} µs",
        begun.elapsed().as_secs_f64() * 1000.0
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
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
    let trials = value("--trials").map_or(500, |trials| trials.parse().unwrap());
    let size = value("--bytes").map(|bytes| bytes.parse().unwrap());
    let show = arguments.iter().any(|argument| argument == "--show");
    table(
        trials,
        size.as_ref().map_or(&SIZES, std::slice::from_ref),
        show,
    );
}
