//! The fingerprint of a vendor's root key, as people compare it (SPEC.md 10).

use std::fmt::{self, Write as _};

use super::digest::kdf;
use crate::messages;
use crate::text;

/// The fingerprint of a root key, for people to compare: 15 bytes, written as six groups of four symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RootFingerprint([u8; 15]);

impl RootFingerprint {
    /// Of a public key.
    pub fn of(key: &[u8; 32]) -> RootFingerprint {
        RootFingerprint(kdf("countersign v1 root", &[key]))
    }
}

impl fmt::Display for RootFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbols = text::write(&text::pack(&self.0));
        for (number, symbol) in symbols.chars().enumerate() {
            if number > 0 && number % 4 == 0 {
                f.write_str("-")?;
            }
            f.write_char(symbol)?;
        }
        Ok(())
    }
}

impl std::str::FromStr for RootFingerprint {
    type Err = NotAFingerprint;

    /// Takes any case and grouping.
    fn from_str(written: &str) -> Result<RootFingerprint, NotAFingerprint> {
        let symbols = written
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(text::value_of);
        symbols
            .collect::<Option<Vec<u8>>>()
            .and_then(|symbols| text::unpack(&symbols)?.try_into().ok())
            .map(RootFingerprint)
            .ok_or_else(|| NotAFingerprint(written.to_owned()))
    }
}

/// The text is no root fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", messages::protocol::no_root_fingerprint(.0))]
pub struct NotAFingerprint(pub String);
