//! Prose helpers: counts, lists, dates as people read them.

use std::fmt::Display;

use crate::protocol::contents::{self, Contents};
use crate::protocol::date::Day;
use crate::text::show;

/// "1 seat", "2 seats".
pub(crate) fn count(number: impl Into<u64>, noun: &str) -> String {
    let number = number.into();
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

/// "a", "a and b", "a, b and c".
pub(crate) fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let mut items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.pop() {
        None => "nothing".to_owned(),
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} and {last}", items.join(", ")),
    }
}

/// A date, or the word for none.
pub(crate) fn day_or(day: Option<Day>, none: &str) -> String {
    day.map_or_else(|| none.to_owned(), |day| day.to_string())
}

/// What there is, or `none`.
#[cfg(feature = "desk")]
pub(crate) fn or_none(value: Option<impl Display>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

/// What a license contains, for people: "features", "limits", "pools" and "texts" where there are such, with the last days of what has one of its own.
pub(crate) fn contents(contents: &Contents, today: Option<Day>) -> Vec<(&'static str, String)> {
    let with_day = |name: &str, words: String| match contents.last_day(name) {
        None => words,
        Some(day) if today.is_some_and(|today| today > day) => format!("{words} (ended on {day})"),
        Some(day) => format!("{words} (until {day})"),
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
            "features",
            features.map(|name| with_day(name, name.clone())).collect(),
        ),
        ("limits", numbers(&contents.limits)),
        ("pools", numbers(&contents.pools)),
        (
            "texts",
            texts
                .map(|(name, text)| format!("{name}={text:?}"))
                .collect(),
        ),
    ];
    let rows = rows
        .into_iter()
        .filter(|(_, words): &(_, Vec<String>)| !words.is_empty());
    rows.map(|(name, words)| (name, list(words))).collect()
}

/// Lines of "name   value", the values standing below each other.
pub(crate) fn table(rows: &[(&str, String)]) -> String {
    let width = rows
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    let lines: Vec<String> = rows
        .iter()
        .map(|(name, value)| format!("{name:width$}  {}", show::line(value)))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_lists_read_well() {
        assert_eq!(count(1u32, "seat"), "1 seat");
        assert_eq!(count(0u32, "seat"), "0 seats");
        assert_eq!(list(["a"]), "a");
        assert_eq!(list(["a", "b", "c"]), "a, b and c");
        assert_eq!(list(Vec::<String>::new()), "nothing");
    }
}
