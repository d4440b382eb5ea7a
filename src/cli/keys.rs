//! License keys, and what they are bound to, as people type them.

use std::num::NonZeroU16;

use crate::license_key::LicenseKey;

/// A license key given in any number of words.
pub(crate) fn parse(words: &[String]) -> anyhow::Result<LicenseKey> {
    Ok(words.join(" ").parse::<LicenseKey>()?)
}

/// `NAME=VALUE`.
pub(crate) fn binding(text: &str) -> Result<(String, String), String> {
    let parsed = text
        .split_once('=')
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
    parsed
        .filter(|(name, value)| !name.is_empty() && !value.is_empty())
        .ok_or_else(|| "a binding is written NAME=VALUE, such as server=db1".to_owned())
}

/// `L=N`.
pub(crate) fn limit(text: &str) -> Result<(String, u32), String> {
    let parsed = text
        .split_once('=')
        .and_then(|(name, value)| Some((name.trim().to_owned(), value.trim().parse().ok()?)));
    parsed.ok_or_else(|| "a limit is written NAME=NUMBER, such as employees=250".to_owned())
}

/// A number of seats.
pub(crate) fn seats(text: &str) -> Result<NonZeroU16, String> {
    let parsed = text.trim().parse();
    parsed.map_err(|_| "seats are a number from 1 to 65535".to_owned())
}
