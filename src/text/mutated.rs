//! Texts by chance: what people handed over, cut, joined and changed, through every view and the whole reader. Nothing panics, gives a code that nobody wrote, or
//! costs more than its length and the budgets.
//!
//! A few are read each time. `MUTATED_SECONDS=600 cargo test --release --lib text::mutated -- --nocapture` goes on for as long; `MUTATED_SEED` is the number
//! to begin with, `MUTATED_INPUTS` a directory with more texts. An input that fails is kept in `target/tmp`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::{HashMap, HashSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::hostile::{BUDGETS, FOR_EACH};
use super::meter::{Meter, work};
use super::{Code, Kind, read_bytes, read_bytes_judgeable, views};

/// Texts that are read where nobody says for how long.
const FEW: u64 = 12;
/// Bytes of the longest text.
const LONGEST: usize = 1 << 16;
/// Characters of what a view makes of one, such as a line for a tag, within a quotation.
const WIDEST: usize = 8;

/// What programs put around texts, and what a reader looks out for.
const WORDS: &[&str] = &[
    "<p hidden>",
    "</p>",
    "<div style=\"display:none\">",
    "<style>.a{display:none}</style>",
    "<b class=a>",
    "<table><tr><td>",
    "</td></tr>",
    "<blockquote>",
    "<!--",
    "-->",
    "<br>",
    "<a href=\"",
    "\">",
    "&#58;",
    "&#x37;",
    "&shy;",
    "&lt;p&gt;",
    "{\\rtf1 ",
    "\\par ",
    "\\v ",
    "\\'41",
    "\\u8209?",
    "}",
    "{\\*\\x ",
    "%0D%0A",
    "%41",
    "%",
    "=\r\n",
    "=41",
    "=",
    "+AC0-",
    "REQ1: ",
    "RSP1:",
    "LOAN1: ",
    "E",
    "row 3: ",
    "> ",
    ">>> ",
    "\r\n",
    "\r",
    "\n\n",
    "\t",
    "-",
    "\u{2011}",
    "\u{ad}",
    "\u{202e}",
    "\u{feff}",
    "\0",
    "\x1b[31m",
    "mailto:a@b.c?body=",
    "From: a@b.c\r\n",
    "MIME-Version: 1.0\r\n",
    "Content-Type: multipart/alternative; boundary=b\r\n\r\n",
    "Content-Type: text/html\r\n\r\n",
    "Content-Transfer-Encoding: base64\r\n\r\n",
    "--b\r\n",
    "--b--\r\n",
    "Content-Type: message/rfc822\r\n\r\n",
    "Alfa Bravo Seven ",
    "null zwei drei ",
    "?????-",
    "00000-",
    "Read-back phrase",
    "{\"code\":\"",
];

struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }

    /// A stretch of a text, mostly a short one.
    fn stretch(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.below(length + 1);
        let most = [4, 40, 400, length][self.below(4)];
        from..length.min(from + self.below(most + 1))
    }
}

fn directory(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn collect(path: &Path, texts: &mut Vec<Vec<u8>>) {
    let mut paths: Vec<PathBuf> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, texts);
        } else {
            let mut bytes = fs::read(path).unwrap();
            bytes.truncate(LONGEST);
            texts.push(bytes);
        }
    }
}

/// One text from those that are there, and which of them it is made of.
fn mutated(draw: &mut Draw, texts: &[Vec<u8>]) -> (Vec<u8>, Vec<usize>) {
    let mut of = vec![draw.below(texts.len())];
    let mut text = texts[of[0]].clone();
    for _ in 0..1 + draw.below(6) {
        let stretch = draw.stretch(text.len());
        match draw.below(9) {
            0 => drop(text.drain(stretch)),
            1 => {
                let copy = text[stretch.clone()].to_vec();
                let at = draw.below(text.len() + 1);
                drop(text.splice(at..at, copy));
            }
            2 => {
                of.push(draw.below(texts.len()));
                let other = &texts[of[of.len() - 1]];
                let part = other[draw.stretch(other.len())].to_vec();
                drop(text.splice(stretch, part));
            }
            3 => {
                for _ in 0..1 + draw.below(4) {
                    let at = draw.below(text.len());
                    let byte = u8::try_from(draw.below(256)).unwrap();
                    text.get_mut(at).into_iter().for_each(|it| *it = byte);
                }
            }
            4 => {
                let part = text[stretch.clone()].repeat(1 + draw.below(40));
                drop(text.splice(stretch, part));
            }
            5 => {
                let written: String = text[stretch.clone()]
                    .iter()
                    .map(|byte| match draw.0 % 4 {
                        0 => format!("%{byte:02X}"),
                        1 => format!("={byte:02X}"),
                        2 => format!("&#{byte};"),
                        _ => format!("\\'{byte:02x}"),
                    })
                    .collect();
                drop(text.splice(stretch, written.into_bytes()));
            }
            6 => {
                let part = &text[stretch.clone()];
                let swapped: Vec<u8> = part.iter().rev().copied().collect();
                drop(text.splice(stretch, swapped));
            }
            _ => {
                let word = WORDS[draw.below(WORDS.len())].as_bytes();
                let at = stretch.start;
                drop(text.splice(at..at, word.iter().copied()));
            }
        }
        text.truncate(LONGEST);
    }
    (text, of)
}

fn codes(text: &[u8]) -> HashSet<Code> {
    let reading = read_bytes(text, &[]);
    reading.iter().flat_map(|it| it.codes().cloned()).collect()
}

/// What is wrong with what becomes of a text, if something is; `found` counts those in which a code was.
fn judge(text: &[u8], known: &HashSet<Code>, found: &mut u64) -> Option<String> {
    let length = text.len();
    let mut unknown = None;
    let cost = work::of(|| {
        let judgeable = read_bytes_judgeable(text, &[]);
        if let Ok(reading) = judgeable.result {
            *found += 1;
            let mut codes = reading
                .codes()
                .filter(|code| code.kind() != Kind::Emergency);
            unknown = codes.find(|code| !known.contains(code)).cloned();
        }
    });
    if let Some(code) = unknown {
        return Some(format!("an unknown code: {code:?}"));
    }
    let most = BUDGETS + FOR_EACH * length as u64;
    if cost > most {
        return Some(format!("a cost of {cost} for {length} bytes"));
    }
    let text = String::from_utf8_lossy(text);
    let meter = Meter::new(usize::MAX);
    let widest = views::of(&text, &meter)
        .chain(views::shown(&text))
        .map(|it| it.len())
        .max();
    let most = WIDEST * text.len() + 64;
    widest
        .filter(|&it| it > most)
        .map(|it| format!("{it} bytes made of {}", text.len()))
}

#[test]
fn texts_by_chance_give_no_other_code_and_cost_no_more() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|it| it.parse::<u64>().ok())
    };
    let mut texts = Vec::new();
    collect(&directory("tests/text/people"), &mut texts);
    collect(&directory("tests/vectors/mail"), &mut texts);
    if let Some(more) = std::env::var_os("MUTATED_INPUTS") {
        collect(Path::new(&more), &mut texts);
    }
    let seconds = number("MUTATED_SECONDS");
    let first = number("MUTATED_SEED").unwrap_or(1);
    let end = seconds.map(|it| Instant::now() + Duration::from_secs(it));
    // What stands in a text may be shown by a change alone; each of these codes stands in one by itself, too.
    let mut bare = Vec::new();
    collect(&directory("tests/text/people/base"), &mut bare);
    let bare: HashSet<Code> = bare.iter().flat_map(|it| codes(it)).collect();
    let mut known: HashMap<usize, HashSet<Code>> = HashMap::new();
    let (mut failed, mut slowest, mut seed) = (Vec::new(), (Duration::ZERO, 0), first);
    let mut found = 0;
    while end.map_or(seed < first + FEW, |end| Instant::now() < end) {
        let (text, of) = mutated(&mut Draw(seed), &texts);
        let mut all = bare.clone();
        for nth in of {
            let known = known.entry(nth).or_insert_with(|| codes(&texts[nth]));
            all.extend(known.iter().cloned());
        }
        let begun = Instant::now();
        let wrong = catch_unwind(AssertUnwindSafe(|| judge(&text, &all, &mut found)));
        slowest = slowest.max((begun.elapsed(), seed));
        let wrong = wrong.unwrap_or_else(|_| Some("a panic".to_owned()));
        if let Some(wrong) = wrong {
            let path = directory("target/tmp").join(format!("mutated-{seed}"));
            fs::create_dir_all(directory("target/tmp")).unwrap();
            fs::write(&path, &text).unwrap();
            println!("{}: {wrong}", path.display());
            failed.push(seed);
        }
        seed += 1;
    }
    println!(
        "{} texts, codes in {found}, the slowest, {}, took {:.2} s",
        seed - first,
        slowest.1,
        slowest.0.as_secs_f64()
    );
    assert!(failed.is_empty(), "{failed:?}");
    assert!(found > 0, "no code in any of them");
}
