//! A code for a voice: the radio alphabet, row by row, a check word at the end of each row that both sides compare (SPEC.md 2.7).

use std::fmt::Write as _;

use super::code::WithSpare;
use super::{Code, WriteError, phrase};
use crate::messages;

/// The word for each letter and digit that can stand in a code, and for the look-alikes that people say instead.
const SPOKEN: [(char, &str); 36] = [
    ('0', "Zero"),
    ('1', "One"),
    ('2', "Two"),
    ('3', "Three"),
    ('4', "Four"),
    ('5', "Five"),
    ('6', "Six"),
    ('7', "Seven"),
    ('8', "Eight"),
    ('9', "Nine"),
    ('A', "Alfa"),
    ('B', "Bravo"),
    ('C', "Charlie"),
    ('D', "Delta"),
    ('E', "Echo"),
    ('F', "Foxtrot"),
    ('G', "Golf"),
    ('H', "Hotel"),
    ('I', "India"),
    ('J', "Juliett"),
    ('K', "Kilo"),
    ('L', "Lima"),
    ('M', "Mike"),
    ('N', "November"),
    ('O', "Oscar"),
    ('P', "Papa"),
    ('Q', "Quebec"),
    ('R', "Romeo"),
    ('S', "Sierra"),
    ('T', "Tango"),
    ('U', "Uniform"),
    ('V', "Victor"),
    ('W', "Whiskey"),
    ('X', "Xray"),
    ('Y', "Yankee"),
    ('Z', "Zulu"),
];

/// Other spellings and pronunciations of the same words.
const VARIANTS: [(char, &str); 9] = [
    ('A', "alpha"),
    ('J', "juliet"),
    ('W', "whisky"),
    ('X', "ray"),
    ('3', "tree"),
    ('4', "fower"),
    ('5', "fife"),
    ('9', "niner"),
    ('0', "nought"),
];

/// The code spelled: for each row its number, a line for each group, and its check word; no line feed at the end.
///
/// # Errors
/// As [`Code::to_rows`].
pub fn spell(code: &Code, spare: WithSpare) -> Result<String, WriteError> {
    let mut out = String::new();
    for (number, name, row) in code.numbered_rows(spare)? {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{name}");
        for group in row.split('-') {
            let words: Vec<&str> = group.chars().filter_map(spoken).collect();
            let _ = writeln!(out, "  {group:<5}  {}", words.join(" "));
        }
        let word = messages::text::check_word(phrase::row_word(number, &row));
        let _ = writeln!(out, "  {word}\n");
    }
    let _ = write!(
        out,
        "{}",
        messages::text::read_back_phrase(phrase::phrase(code))
    );
    Ok(out)
}

/// Every word of the alphabet, its variants too, and the letter or digit that it stands for.
pub(super) fn words() -> impl Iterator<Item = (char, &'static str)> {
    SPOKEN.iter().chain(&VARIANTS).copied()
}

fn spoken(symbol: char) -> Option<&'static str> {
    let (_, word) = SPOKEN.iter().find(|(spoken, _)| *spoken == symbol)?;
    Some(word)
}
