//! What is named, sold and noted at a desk, as clerks type it.

use crate::issuer::life::Named;
use crate::protocol::date::{DateError, Day};
use crate::protocol::digest::NotAnActivation;
use crate::protocol::entitlements::{EntitledText, UNLIMITED};
use crate::text::show;

use super::failure::Failure;

/// An activation as `A-1042`, with the key of its license after it where that is not enough, or that key alone.
pub(crate) fn activation(words: &[String]) -> anyhow::Result<Named> {
    let text = words.join(" ");
    let text = text.trim();
    let digits = text
        .strip_prefix(['A', 'a'])
        .map(|rest| rest.strip_prefix('-').unwrap_or(rest));
    if digits.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit())) {
        let (id, key) = match text.split_once(char::is_whitespace) {
            Some((id, key)) => (id, Some(key.parse()?)),
            None => (text, None),
        };
        let id = id.parse().map_err(|error: NotAnActivation| {
            Failure::usage(error.to_string()).hint("countersign license show KEY lists them")
        })?;
        return Ok(Named::Activation(id, key));
    }
    Ok(Named::License(text.parse()?))
}

/// A feature that is sold: `NAME`, or `NAME:DATE` with its last day.
pub(crate) fn feature(text: &str) -> Result<(String, Option<Day>), String> {
    let (name, day) = until(text)?;
    Ok((name.to_owned(), day))
}

/// A limit that is sold: `NAME=N` or `NAME=unlimited`, and `NAME=N:DATE` with its last day.
pub(crate) fn limit(text: &str) -> Result<(String, u32, Option<Day>), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("a limit is written NAME=NUMBER, such as employees=250")?;
    let (value, day) = until(value)?;
    let number = match value {
        "unlimited" => Some(UNLIMITED),
        value => value.parse().ok().filter(|number| *number != UNLIMITED),
    };
    let number = number.ok_or(
        "a limit is written NAME=NUMBER, such as employees=250, with a number below 4294967295 or the word unlimited",
    )?;
    Ok((name.trim().to_owned(), number, day))
}

/// A module with seats of its own that is sold: `NAME=N`, and `NAME=N:DATE` with its last day.
pub(crate) fn pool(text: &str) -> Result<(String, u32, Option<Day>), String> {
    let wrong =
        "a module with seats is written NAME=NUMBER, such as design=3, with at least one seat";
    let (name, number, day) = limit(text).map_err(|_| wrong)?;
    match number {
        0 | UNLIMITED => Err(wrong.to_owned()),
        number => Ok((name, number, day)),
    }
}

/// A number of days: `60d`, or `60`.
pub(crate) fn days(text: &str) -> Result<u16, String> {
    let number = text.trim();
    let number = number.strip_suffix(['d', 'D']).unwrap_or(number);
    number
        .parse()
        .map_err(|_| "a number of days is written 60d".to_owned())
}

/// A text that is sold: `NAME=VALUE`.
pub(crate) fn text(text: &str) -> Result<(String, EntitledText), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("a text is written NAME=VALUE, such as licensee=\"Aurora Shipping\"")?;
    let value = EntitledText::new(value.trim()).map_err(|error| error.to_string())?;
    Ok((name.trim().to_owned(), value))
}

/// What stands before the last day, and that day.
fn until(text: &str) -> Result<(&str, Option<Day>), String> {
    let Some((what, day)) = text.split_once(':') else {
        return Ok((text.trim(), None));
    };
    let day: Day = day
        .trim()
        .parse()
        .map_err(|error: DateError| error.to_string())?;
    Ok((what.trim(), Some(day)))
}

/// Text that is to be kept and shown to others later: nothing in it may be hidden. `what` says whose it is, such as "the reason".
pub(crate) fn plain(what: &str, text: &str) -> Result<(), Failure> {
    match show::hidden_in(text) {
        None => Ok(()),
        Some(character) => Err(Failure::usage(format!(
            "{what} has a character in it that nobody sees: U+{:04X}",
            u32::from(character)
        ))
        .hint("type it anew instead of pasting it")),
    }
}
