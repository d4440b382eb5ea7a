//! The prompt's words: whole sentences, no colour, no line wider than the narrowest terminal.

use std::io::{self, Write};

use crate::cli::words;
use crate::text::{self, EnteredRow, Slip, show};

/// Columns of the narrowest terminal but its last, after which some break the line by themselves.
const COLUMNS: usize = 79;

/// Says what was wrong in a row: in words, and the corrected groups in brackets.
pub(super) fn tell_slips(row: &EnteredRow, slips: &[Slip]) {
    let name = name(row.number);
    tell(format_args!("{name} is taken with a correction:"));
    for Slip {
        group,
        typed,
        meant,
    } in slips
    {
        let typed = if typed.is_empty() { "nothing" } else { typed };
        tell(format_args!(
            "  group {group}: you typed {typed}, it must be {meant}"
        ));
    }
    let marked: Vec<String> = (1_u8..)
        .zip(row.text.split('-'))
        .map(|(number, group)| {
            if slips.iter().any(|slip| slip.group == number) {
                format!("[{group}]")
            } else {
                group.to_owned()
            }
        })
        .collect();
    tell(format_args!("  now: {}", marked.join("-")));
    tell(format_args!("  check word: {}", check_word(row)));
}

pub(super) fn tell_hopeless(number: u8, length: usize, groups: &[u8]) {
    let mut why = Vec::new();
    if !groups.is_empty() {
        why.push(format!("{} looks wrong", groups_of(groups)));
    }
    if length != 30 {
        why.push(format!("it has {length} characters, a full row has 30"));
    }
    let why = if why.is_empty() {
        String::new()
    } else {
        format!(": {}", why.join("; "))
    };
    tell(format_args!(
        "Row {number} cannot be read{why}. Please type row {number} again."
    ));
}

pub(super) fn check_word(row: &EnteredRow) -> &'static str {
    text::row_word(row.number, &row.text)
}

/// "Row 3", "the spare row".
pub(super) fn name(number: u8) -> String {
    if text::is_spare(number) {
        "The spare row".to_owned()
    } else {
        format!("Row {number}")
    }
}

pub(super) fn groups_of(groups: &[u8]) -> String {
    match groups {
        [group] => format!("group {group}"),
        _ => format!("one of the groups {}", words::list(groups)),
    }
}

/// Talk of the prompt: also with `-q` and `--json`, for somebody is being asked.
pub(super) fn tell(text: std::fmt::Arguments<'_>) {
    // Whoever closed stderr does not want to hear it.
    let _ = writeln!(io::stderr(), "{}", wrapped(&show::line(&text.to_string())));
}

/// A sentence in lines of the narrowest terminal, broken between words.
fn wrapped(text: &str) -> String {
    let indent = text.len() - text.trim_start().len();
    let mut lines = vec![" ".repeat(indent)];
    for word in text.split_whitespace() {
        let line = lines.last_mut().filter(|line| {
            line.trim().is_empty() || line.chars().count() + word.chars().count() < COLUMNS
        });
        match line {
            Some(line) if line.trim().is_empty() => line.push_str(word),
            Some(line) => line.extend([" ", word]),
            None => lines.push(format!("{}{word}", " ".repeat(indent))),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_broken_between_words() {
        let text = format!("  {}", "word ".repeat(40));
        let lines = wrapped(&text);
        assert!(lines.lines().all(|line| line.len() <= COLUMNS
            && line.starts_with("  word")
            && line.ends_with("word")));
        assert_eq!(lines.split_whitespace().count(), 40);
        assert_eq!(wrapped(""), "");
        let exact = format!("{} {}", "a".repeat(39), "b".repeat(39));
        assert_eq!(wrapped(&exact), exact);
        assert_eq!(wrapped(&format!("{exact}b")).lines().count(), 2);
    }
}
