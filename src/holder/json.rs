//! How bytes, keys and moments stand in the files of a home: readable, and in one spelling only.

use std::fmt::{self, Write as _};
use std::ops::Deref;

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes, in lower-case hexadecimal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

/// So many bytes, in lower-case hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Array<const N: usize>(pub [u8; N]);

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl<const N: usize> fmt::Display for Array<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

fn write_hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    for nibble in bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
        f.write_char(DIGITS.get(usize::from(nibble)).copied().unwrap_or('0'))?;
    }
    Ok(())
}

/// Pairs of lower-case hexadecimal digits; anything else is `None`.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().chunks(2).map(|pair| match *pair {
        [a, b] => Some(digit(a)? << 4 | digit(b)?),
        _ => None,
    });
    pairs.collect()
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let wrong = || D::Error::invalid_value(Unexpected::Str(&text), &"hexadecimal digits");
        unhex(&text).map(Bytes).ok_or_else(wrong)
    }
}

impl<const N: usize> Serialize for Array<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Array<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Array<N>, D::Error> {
        let bytes = Bytes::deserialize(deserializer)?.0;
        let length = bytes.len();
        <[u8; N]>::try_from(bytes)
            .map(Array)
            .map_err(|_| D::Error::invalid_length(length, &"another number of bytes"))
    }
}

/// The same for what may not be there: `#[serde(with = "json::text_if_any", default)]`.
pub(crate) mod text_if_any {
    use super::{Deserializer, Serialize as _, Serializer, fmt, text};
    use std::str::FromStr;

    pub(crate) fn serialize<T: fmt::Display, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value
            .as_ref()
            .map(ToString::to_string)
            .serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
    where
        T: FromStr<Err: fmt::Display>,
        D: Deserializer<'de>,
    {
        text::deserialize(deserializer).map(Some)
    }
}

/// Types that are written as their `Display` and read by their `FromStr`: `#[serde(with = "json::text")]`.
pub(crate) mod text {
    use super::{Deserialize, Deserializer, Serializer, fmt};
    use serde::de::Error as _;
    use std::str::FromStr;

    pub(crate) fn serialize<T: fmt::Display, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(crate) fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: fmt::Display>,
        D: Deserializer<'de>,
    {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Moments as ISO 8601 in UTC: `#[serde(with = "json::moment")]`.
pub(crate) mod moment {
    use super::{Deserialize, Deserializer, Serializer};
    use crate::protocol::date::Seconds;
    use serde::de::Error as _;

    pub(crate) fn serialize<S: Serializer>(
        value: &Seconds,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Seconds, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let moment = chrono::DateTime::parse_from_rfc3339(&text).map_err(D::Error::custom)?;
        Ok(Seconds::from_unix(moment.timestamp()))
    }
}

/// A moment that may be none: `#[serde(with = "json::moment_if_any")]`.
pub(crate) mod moment_if_any {
    use super::{Deserializer, Serializer, moment};
    use crate::protocol::date::Seconds;

    pub(crate) fn serialize<S: Serializer>(
        value: &Option<Seconds>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => moment::serialize(value, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Seconds>, D::Error> {
        moment::deserialize(deserializer).map(Some)
    }
}

/// A kind of code by its stable name: `#[serde(with = "json::kind")]`.
pub(crate) mod kind {
    use super::{Deserialize, Deserializer, Serializer};
    use crate::text::Kind;
    use serde::de::{Error as _, Unexpected};

    pub(crate) fn serialize<S: Serializer>(value: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(value.name())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Kind, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Kind::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &"a kind of code"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_has_one_spelling() {
        assert_eq!(Bytes(vec![0, 0xab, 0xff]).to_string(), "00abff");
        assert_eq!(unhex("00abff"), Some(vec![0, 0xab, 0xff]));
        for other in ["0", "0g", "AB", " ab"] {
            assert_eq!(unhex(other), None, "{other}");
        }
        assert!(serde_json::from_str::<Array<2>>("\"abcd\"").is_ok());
        assert!(serde_json::from_str::<Array<2>>("\"abcdef\"").is_err());
    }
}
