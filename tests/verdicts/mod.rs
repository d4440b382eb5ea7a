//! A check is as safe from the library as from the program: both are held against one written table.
//!
//! Each line of `table.txt` is played by the program, on a machine of its own. Then the home and the second places are copied, the program checks the
//! original, and an application with the product file compiled in checks the copy: the verdict of both is the one of the table. In a line:
//!
//! - *product*: `plain`, `demo` (30 days), `server` (bound to a server, and to no machine), `both`;
//! - *sold with*: options of `license new`; `+N` is the day so many days from the beginning, `--usb` asks for a USB key;
//! - *what happened*: see [`Play::step`];
//! - *asked for*: options of `check`; `--license own` is the license that was sold, `--license another` is known nowhere;
//! - *verdict*: `licensed`, `demo`, `warning KIND` and `demo KIND` with the kind of the first warning, or exit code and kind of a refusal.

mod play;

use countersign::machine::UsbDevice;

use crate::world::World;
use play::{Play, USB};

const TABLE: &str = include_str!("table.txt");

struct Line<'a> {
    whole: &'a str,
    product: &'a str,
    sold: &'a str,
    happened: &'a str,
    asked: &'a str,
    verdict: &'a str,
}

fn lines() -> Vec<Line<'static>> {
    let lines = TABLE.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|whole| {
            let cells: Vec<&str> = whole.split('|').map(str::trim).collect();
            let [product, sold, happened, asked, verdict] = cells[..] else {
                panic!("five cells: {whole}");
            };
            Line {
                whole,
                product,
                sold,
                happened,
                asked,
                verdict,
            }
        })
        .collect()
}

/// All lines, in two halves that run beside each other.
fn play(half: usize) {
    let mut wrong = Vec::new();
    for line in lines().iter().skip(half).step_by(2) {
        let played = std::panic::catch_unwind(|| {
            let world = World::new();
            Play::new(line, &world).verdicts()
        });
        let Ok((by_program, by_application)) = played else {
            wrong.push(format!("{}\n    cannot be played", line.whole));
            continue;
        };
        if by_program != line.verdict || by_application != line.verdict {
            wrong.push(format!(
                "{}\n    program: {by_program}; application: {by_application}",
                line.whole
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn program_and_application_say_what_the_table_says() {
    assert!(lines().len() >= 100);
    play(0);
}

#[test]
fn program_and_application_say_what_the_other_half_says() {
    play(1);
}

#[test]
fn the_usb_key_of_the_table_is_one() {
    let device: Result<UsbDevice, _> = USB.parse();
    assert!(device.is_ok());
}
