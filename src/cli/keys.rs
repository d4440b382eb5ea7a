//! License keys, and what they are bound to, as people type them.

use std::num::{NonZeroU8, NonZeroU16};
use std::time::Duration;

use crate::license_key::LicenseKey;
use crate::messages;
use crate::seats::{LONGEST_LEASE, SHORTEST_LEASE};

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
        .ok_or_else(|| messages::usage::binding().to_owned())
}

/// `L=N`.
pub(crate) fn limit(text: &str) -> Result<(String, u32), String> {
    let parsed = text
        .split_once('=')
        .and_then(|(name, value)| Some((name.trim().to_owned(), value.trim().parse().ok()?)));
    parsed.ok_or_else(|| messages::usage::limit().to_owned())
}

/// A number of seats.
pub(crate) fn seats(text: &str) -> Result<NonZeroU16, String> {
    let parsed = text.trim().parse();
    parsed.map_err(|_| messages::usage::seats().to_owned())
}

/// A span of time: `90s`, `10m`, `2h`, `1d`.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let parse = || {
        let text = text.trim();
        let unit = text.chars().next_back()?;
        let number: u32 = text.strip_suffix(unit)?.trim().parse().ok()?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return None,
        };
        // A year is more than anybody waits.
        let most = 366 * 86_400;
        let span = number.checked_mul(seconds).filter(|span| *span <= most)?;
        Some(Duration::from_secs(u64::from(span)))
    };
    parse().ok_or_else(|| messages::usage::span().to_owned())
}

/// For how long a seat is leased.
pub(crate) fn lease(text: &str) -> Result<Duration, String> {
    match span(text)? {
        long if long > LONGEST_LEASE => Err(messages::usage::lease().to_owned()),
        short if short < SHORTEST_LEASE => Err(messages::usage::lease_short().to_owned()),
        fits => Ok(fits),
    }
}

/// What somebody is told, who has a seat taken from him.
pub(crate) fn reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err(messages::usage::reason().to_owned()),
        said => Ok(said.to_owned()),
    }
}

/// For how many days a loan is asked.
pub(crate) fn days(text: &str) -> Result<NonZeroU8, String> {
    let days = text.trim().parse().ok();
    days.ok_or_else(|| messages::usage::loan_days().to_owned())
}
