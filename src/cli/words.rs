//! Prose helpers: counts, lists, dates as people read them.

use std::borrow::Cow;

use crate::messages;
use crate::protocol::contents::{self, Contents};
use crate::protocol::date::{Day, Seconds};
use crate::text::show;

use super::wrap;

/// "1 seat", "2 seats", in what a desk says.
#[cfg(feature = "desk")]
pub(crate) fn count(number: impl Into<u64>, noun: &str) -> String {
    let number = number.into();
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

pub(crate) use crate::messages::listed as list;

/// An argument as it is typed in a shell: quoted where a shell would take a character of it for its own.
pub(crate) fn typed(argument: &str) -> Cow<'_, str> {
    typed_on(argument, cfg!(windows))
}

fn typed_on(argument: &str, windows: bool) -> Cow<'_, str> {
    let own = |it: char| windows && it == '\\';
    let plain = |it: char| it.is_alphanumeric() || "-_.,:+@/=".contains(it) || own(it);
    if argument.chars().all(plain) && !argument.is_empty() {
        return Cow::Borrowed(argument);
    }
    if !windows {
        return Cow::Owned(format!("'{}'", argument.replace('\'', r"'\''")));
    }
    // Before a quote a backslash stands for what comes after it, which is the quote that is meant to end it.
    let ends = argument.len() - argument.trim_end_matches('\\').len();
    let quoted = argument.replace('"', r#"\""#);
    Cow::Owned(format!("\"{quoted}{}\"", r"\".repeat(ends)))
}

/// "2026-12-01 08:12", which is UTC.
pub(crate) fn minute(moment: Seconds) -> String {
    let text = moment.to_string();
    text.get(..16).unwrap_or(&text).replace('T', " ")
}

/// A date, or the word for none.
pub(crate) fn day_or(day: Option<Day>, none: &str) -> String {
    day.map_or_else(|| none.to_owned(), |day| day.to_string())
}

/// What there is, or `none`.
#[cfg(feature = "desk")]
pub(crate) fn or_none(value: Option<impl std::fmt::Display>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

/// What a license contains, for people: features, limits, pools and texts where there are such, with the last days of what has one of its own.
pub(crate) fn contents(contents: &Contents, today: Option<Day>) -> Vec<(&'static str, String)> {
    let with_day = |name: &str, words: String| match contents.last_day(name) {
        None => words,
        Some(day) if today.is_some_and(|today| today > day) => {
            messages::terms::entry_ended(&day, &words).to_string()
        }
        Some(day) => messages::terms::entry_until(&day, &words).to_string(),
    };
    let numbers = |values: &[(String, u32)]| {
        let words = |(name, value): &(String, u32)| {
            with_day(name, format!("{name}={}", contents::number(*value)))
        };
        values.iter().map(words).collect::<Vec<_>>()
    };
    let features = contents.features.iter();
    let texts = contents.texts.iter();
    let rows = [
        (
            messages::label::features(),
            features.map(|name| with_day(name, name.clone())).collect(),
        ),
        (messages::label::limits(), numbers(&contents.limits)),
        (messages::label::pools(), numbers(&contents.pools)),
        (
            messages::label::texts(),
            texts
                .map(|(name, text)| format!("{name}={text:?}"))
                .collect(),
        ),
    ];
    let rows = rows
        .into_iter()
        .filter(|(_, words): &(_, Vec<String>)| !words.is_empty());
    rows.map(|(label, words)| (label, list(words))).collect()
}

/// Lines of "name   value", the values standing below each other; on a terminal of so many columns broken between words.
pub(crate) fn table(rows: &[(&str, String)], columns: Option<usize>) -> String {
    let names = rows.iter().map(|(name, _)| name.chars().count());
    let width = names.max().unwrap_or(0);
    // Beside long names in a narrow terminal there is no room for sentences.
    let indent = match columns {
        Some(columns) if width + 2 > columns / 2 => 4,
        _ => width + 2,
    };
    let line = |(name, value): &(&str, String)| {
        let line = format!("{name:width$}  {}", show::line(value));
        wrap::wrapped(&line, columns, indent)
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Rows whose cells stand below each other, as wide as the widest; those of some columns end below each other.
pub(crate) fn columns(rows: &[Vec<String>], to_the_right: impl Fn(usize) -> bool) -> Vec<String> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate();
        let cells = cells.map(|(at, (cell, width))| match to_the_right(at) {
            true => format!("{cell:>width$}"),
            false => format!("{cell:<width$}"),
        });
        let line: Vec<String> = cells.collect();
        line.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(all(test, feature = "desk"))]
mod tests {
    use super::*;

    #[test]
    fn counts_read_well() {
        assert_eq!(count(1u32, "seat"), "1 seat");
        assert_eq!(count(0u32, "seat"), "0 seats");
    }

    #[test]
    fn an_argument_is_quoted_as_its_shell_has_it() {
        for (argument, elsewhere, on_windows) in [
            ("a-b.c", "a-b.c", "a-b.c"),
            ("", "''", "\"\""),
            ("anna maria", "'anna maria'", "\"anna maria\""),
            ("d'Or", r"'d'\''Or'", "\"d'Or\""),
            (r"C:\try", r"'C:\try'", r"C:\try"),
            (r"C:\my desk\", r"'C:\my desk\'", r#""C:\my desk\\""#),
            (r#"5" disk"#, r#"'5" disk'"#, r#""5\" disk""#),
        ] {
            assert_eq!(typed_on(argument, false), elsewhere);
            assert_eq!(typed_on(argument, true), on_windows);
        }
    }
}
