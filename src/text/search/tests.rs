//! Choosing among readings.

use super::*;
use crate::text::Kind;

/// A reading of a code, and one that fails its 40 bits.
fn readings(code: &Code) -> [Candidate; 2] {
    let text = code.to_rows().unwrap().join("");
    let stream = Stream::new(&text);
    let symbols = stream.symbols();
    let row = |symbols: &[u8]| rows::clean(symbols).unwrap();
    let whole = 0..symbols.len();
    let right = Candidate {
        rows: Vec::from_iter([Some(row(symbols))]),
        last: symbols.len() - rows::CHECKS,
        spare: None,
        stretches: Vec::from_iter([whole]),
    };
    let mut message = right.message().unwrap();
    message[3] ^= 1;
    let wrong = Candidate {
        rows: Vec::from_iter([Some(row(&rows::encode(1, &message)))]),
        ..right.clone()
    };
    [right, wrong]
}

/// Noise passes once in 2²⁸ texts: it gets 4,096 tries of 2⁴⁰ and not one more.
#[test]
fn a_text_gets_4096_readings() {
    let [right, wrong] = readings(&Code::new(Kind::Return, vec![7; 4]));
    for (before, found) in [(4095, true), (4096, false), (5000, false)] {
        let mut search = Search::new(Stream::new(""));
        for _ in 0..before {
            assert!(!search.judge(&wrong));
        }
        assert_eq!(search.judge(&right), found, "after {before}");
    }
}

#[test]
fn a_text_gets_40000_rows() {
    let row = "00000-00000-00000-00000-00000-00000";
    let whole = 0..rows::LONGEST;
    for (before, read) in [(39_999, true), (40_000, false), (50_000, false)] {
        let mut search = Search::new(Stream::new(row));
        for _ in 0..before {
            search.pay(whole.clone());
        }
        assert_eq!(search.pay(whole.clone()).is_some(), read, "after {before}");
    }
}
