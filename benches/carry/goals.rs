//! The table of what people hand over: how much of it the reader reads, each row with its goal. Slips and noise are made here; the files are those of
//! `tests/text/people`, judged as its table says.

use std::collections::BTreeMap;

use countersign::text::{Code, Kind, read, read_judgeable};

use super::clock;
use super::people;
use super::spoil::{Draw, EVENTS, Sheet};

/// What stands around a code in the mails of the program.
const MAIL: (&str, &str) = (
    "Please answer this license request with a response code.\n\nproduct     Acme Survey (survey)\nlicense     610-286-146-9529\n\
     activation  A-556068893\nbound to    vessel borealis\nhost        vm\nmade on     2026-11-25\n\nThe code:\n\n",
    "\n\nRead-back phrase, the same on both ends: cedar lemon onion\n",
);
const SIGNATURE: &str = "\n-- \nKari Nordmann, IT\nNordic Survey AS, Strandgaten 12, 5013 Bergen\nTel. +47 55 30 18 70 · Mobile 0047 911 22 333\n";

struct Row {
    name: String,
    goal: f64,
    good: usize,
    of: usize,
    wrong: usize,
}

impl Row {
    fn new(name: impl Into<String>, goal: f64) -> Row {
        Row {
            name: name.into(),
            goal,
            good: 0,
            of: 0,
            wrong: 0,
        }
    }

    fn take(&mut self, text: &str, code: &Code) {
        self.of += 1;
        match read(text, &[code.kind()]) {
            Ok(reading) if reading.code == *code => self.good += 1,
            Ok(_) => self.wrong += 1,
            Err(_) => {}
        }
    }

    fn print(&self) {
        let percent = 100.0 * self.good as f64 / self.of.max(1) as f64;
        let held = if percent >= self.goal && self.wrong == 0 {
            "yes"
        } else {
            "no"
        };
        println!(
            "| {} | {} of {} | {percent:.1} % | {} | ≥ {} % | {held} |",
            self.name, self.good, self.of, self.wrong, self.goal
        );
    }
}

pub(crate) fn table(trials: usize) {
    println!(
        "| what people hand over | read | share | wrong | goal | held |\n|---|---|---|---|---|---|"
    );
    let mut draw = Draw(12);
    let around = |sheet: &Sheet, code: &Code, signature: &str| {
        let prefix = code.kind().prefix().unwrap_or_default();
        format!(
            "{}{prefix}: {}{}{signature}",
            MAIL.0,
            sheet.text(true),
            MAIL.1
        )
    };
    let kinds = [Kind::Activate, Kind::Grant, Kind::Sync, Kind::Return];
    for (name, signature) in [("", ""), (", a signature under it", SIGNATURE)] {
        let mut row = Row::new(
            format!("one slip inside a mail of the program{name}"),
            100.0,
        );
        for event in EVENTS {
            for nth in 0..trials {
                let code = Code::new(kinds[nth % 4], draw.bytes([54, 95, 54, 16][nth % 4]));
                let mut sheet = Sheet::new(&code, false);
                let places = sheet.places();
                sheet.spoil(
                    &mut draw,
                    event,
                    places[draw_below(nth * 7919, places.len())],
                );
                row.take(&around(&sheet, &code, signature), &code);
            }
        }
        row.print();
    }
    for (rate, goal) in [(0.01, 99.0), (0.02, 95.0)] {
        let name = format!(
            "{} % errors a character in a mail with a signature, 95 bytes",
            rate * 100.0
        );
        let mut row = Row::new(name, goal);
        for _ in 0..10 * trials {
            let code = Code::new(Kind::Grant, draw.bytes(95));
            let mut sheet = Sheet::new(&code, false);
            sheet.spoil_at_rate(&mut draw, rate);
            row.take(&around(&sheet, &code, SIGNATURE), &code);
        }
        row.print();
    }
    emergency(trials, &mut draw);
    files();
    bombs();
}

fn draw_below(number: usize, limit: usize) -> usize {
    Draw(number as u64).below(limit)
}

/// One slip or two wrong symbols in an emergency code: the code is among those that the chain judges.
fn emergency(trials: usize, draw: &mut Draw) {
    let mut row = Row::new(
        "an emergency code with one slip or two wrong, for the chain to judge",
        100.0,
    );
    for event in EVENTS {
        for nth in 0..trials {
            let mut payload = vec![1 + (nth % 4) as u8];
            payload.extend(draw.bytes(10));
            let code = Code::new(Kind::Emergency, payload);
            let mut sheet = Sheet::new(&code, false);
            let places = sheet.places();
            let at = places[draw.below(places.len())];
            sheet.spoil(draw, event, at);
            if event == EVENTS[0] {
                let at = places[draw.below(places.len())];
                sheet.spoil(draw, event, at);
            }
            row.of += 1;
            let read = read_judgeable(&sheet.text(nth % 2 == 0), &[Kind::Emergency]);
            let whole = read.result.is_ok_and(|reading| reading.code == code);
            row.good += usize::from(whole || read.slipped.iter().any(|it| it.code == code));
        }
    }
    row.print();
}

/// The files, kind by kind.
fn files() {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for (file, wrong) in people::judged() {
        let kind = file.split('/').next().unwrap_or_default().to_owned();
        let goal = match kind.as_str() {
            "19-ocr" => 88.8,
            "21-digits-of-other-scripts" | "22-look-alike-letters" | "23-keyboards" => 99.0,
            _ => 100.0,
        };
        let name = format!(
            "files: {}",
            kind.split_once('-').map_or("", |it| it.1).replace('-', " ")
        );
        let row = rows.entry(kind).or_insert_with(|| Row::new(name, goal));
        row.of += 1;
        row.good += usize::from(wrong.is_none());
        if let Some(wrong) = wrong {
            eprintln!("{wrong}");
        }
    }
    rows.values().for_each(Row::print);
}

/// The slowest text of 1 MiB.
fn bombs() {
    const LENGTH: usize = 1 << 20;
    let row = "A0758-84R3K-C7XCT-6JNC4-G8YM7-Y02TF";
    let damaged = |draw: &mut Draw| {
        let mut row: Vec<u8> = row.bytes().collect();
        for _ in 0..3 {
            let at = draw.below(row.len());
            if row[at] != b'-' {
                row[at] = draw.symbol();
            }
        }
        String::from_utf8(row).unwrap()
    };
    let mut draw = Draw(3);
    let mut slowest = (0.0, "");
    for (name, start, before, behind) in [
        ("rows", "", "", "\n"),
        ("rich text of rows", "{\\rtf1 ", "", "\\par "),
        ("links with rows", "", "mailto:a@b?body=", "%0A "),
        ("a table of rows", "<html><table>", "<tr><td>", "</td></tr>"),
        ("objects with rows", "", "{\"code\":\"", "\"},"),
        ("rows after a prefix", "", "REQ1: ", "\n"),
        ("quoted rows", "", ">>> ", "\n"),
    ] {
        let mut text = start.to_owned();
        while text.len() < LENGTH {
            text += before;
            text += &damaged(&mut draw);
            text += behind;
        }
        let begun = clock();
        let _ = read_judgeable(
            &text,
            &[Kind::Grant, Kind::DeskCertificate, Kind::Emergency],
        );
        let took = (clock() - begun).as_secs_f64();
        eprintln!("1 MiB of {name}: {took:.2} s");
        if took > slowest.0 {
            slowest = (took, name);
        }
    }
    let held = if slowest.0 <= 0.5 { "yes" } else { "no" };
    println!(
        "| 1 MiB of damaged rows, the slowest of seven shapes: {} | | {:.2} s | | ≤ 0.5 s | {held} |",
        slowest.1, slowest.0
    );
}
