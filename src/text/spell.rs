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

/// As many words of the alphabet make a text a spelled one: the shortest code has more.
const FEWEST: usize = 20;

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

/// The code in a text that was spelled out in words, or nothing where it is not: the groups as they are written, a line for each row.
pub(super) fn unspell(text: &str) -> Option<String> {
    let (mut out, mut spelled) = (String::new(), 0);
    for line in text.lines() {
        let words: Vec<&str> = line
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let symbols: String = words
            .iter()
            .filter(|word| !word.eq_ignore_ascii_case("x"))
            .filter_map(|word| symbol_of(word))
            .collect();
        // A group, a label or a number may stand beside its words; prose has few of them.
        if symbols.is_empty() || symbols.len() * 2 < words.len() {
            if !out.ends_with('\n') && !out.is_empty() {
                out.push('\n');
            }
            continue;
        }
        spelled += symbols.len();
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('-');
        }
        out.push_str(&symbols);
    }
    (spelled >= FEWEST).then_some(out)
}

/// The letter or digit that a word of the alphabet stands for.
pub(super) fn symbol_of(word: &str) -> Option<char> {
    let all = SPOKEN.iter().chain(&VARIANTS);
    all.clone()
        .find(|(_, spoken)| spoken.eq_ignore_ascii_case(word))
        .map(|(symbol, _)| *symbol)
}

fn spoken(symbol: char) -> Option<&'static str> {
    let (_, word) = SPOKEN.iter().find(|(spoken, _)| *spoken == symbol)?;
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Kind, read};

    #[test]
    fn what_is_spelled_is_read() {
        for spare in [WithSpare::No, WithSpare::Yes] {
            let code = Code::new(Kind::Grant, (0..95).collect());
            let spelled = spell(&code, spare).unwrap();
            assert!(spelled.lines().all(|line| line.len() <= 80), "{spelled}");
            let written = unspell(&spelled).unwrap();
            let reading = read(&written, &[Kind::Grant]).unwrap();
            assert_eq!((reading.code, reading.corrections), (code, vec![]));
        }
    }

    #[test]
    fn what_a_listener_writes_down_is_read() {
        let code = Code::new(Kind::Return, vec![7; 16]);
        let mut heard = String::from("Row one of the code:\n");
        for row in code.to_rows().unwrap() {
            let words: Vec<&str> = row.chars().filter_map(spoken).collect();
            heard.push_str(&words.join(", ").to_lowercase().replace("xray", "x-ray"));
            heard.push_str("\nover\n");
        }
        assert_eq!(read(&unspell(&heard).unwrap(), &[]).unwrap().code, code);
    }

    #[test]
    fn prose_and_codes_are_not_spelled() {
        let code = Code::new(Kind::Grant, (0..95).collect());
        assert_eq!(unspell(&code.to_text().unwrap()), None);
        assert_eq!(
            unspell("one two three, said Mike to Victor in the hotel in November"),
            None
        );
    }
}
