//! The prompt's words: whole sentences, no colour, no line wider than the narrowest terminal.

use std::io::{self, Write};

use crate::cli::{words, wrap};
use crate::messages;
use crate::text::{self, EnteredRow, Slip, show};

/// Says what was wrong in a row: in words, and the corrected groups in brackets.
pub(super) fn tell_slips(row: &EnteredRow, slips: &[Slip]) {
    let name = name(row.number);
    tell(messages::prompt::row_corrected(&name));
    for Slip {
        group,
        typed,
        meant,
    } in slips
    {
        let typed = if typed.is_empty() {
            messages::prompt::nothing_typed()
        } else {
            typed
        };
        tell(format_args!(
            "  {}",
            messages::prompt::slip(&group, &meant, &typed)
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
    tell(format_args!(
        "  {}",
        messages::prompt::row_now(marked.join("-"))
    ));
    tell(format_args!(
        "  {}",
        messages::text::check_word(check_word(row))
    ));
}

pub(super) fn tell_hopeless(number: u8, length: usize, groups: &[u8]) {
    let mut why = Vec::new();
    if !groups.is_empty() {
        why.push(messages::prompt::looks_wrong(groups_of(groups)).to_string());
    }
    if length != 30 {
        why.push(messages::prompt::row_length(&length).to_string());
    }
    if why.is_empty() {
        tell(messages::prompt::row_unreadable(number));
    } else {
        tell(messages::prompt::row_unreadable_why(number, why.join("; ")));
    }
}

pub(super) fn check_word(row: &EnteredRow) -> &'static str {
    text::row_word(row.number, &row.text)
}

/// "Row 3", "the spare row".
pub(super) fn name(number: u8) -> String {
    if text::is_spare(number) {
        messages::prompt::the_spare_row().to_owned()
    } else {
        messages::prompt::the_row(&number).to_string()
    }
}

pub(super) fn groups_of(groups: &[u8]) -> String {
    match groups {
        [group] => messages::prompt::group(&group).to_string(),
        _ => messages::prompt::one_of_groups(words::list(groups)).to_string(),
    }
}

/// Talk of the prompt: also with `-q` and `--json`, for somebody is being asked.
pub(super) fn tell(text: impl std::fmt::Display) {
    // Whoever closed stderr does not want to hear it.
    let text = show::line(&text.to_string()).into_owned();
    let indent = text.len() - text.trim_start().len();
    let _ = writeln!(
        io::stderr(),
        "{}",
        wrap::wrapped(&text, wrap::columns(io::stderr()), indent)
    );
}
