//! A user's name, as a named license knows people (SPEC.md 9.11).

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization as _;

use crate::messages;
use crate::text::show;

/// Longest name in bytes.
const LONGEST: usize = 128;

/// A login name in its one spelling: NFC, without blanks around it and without anything that is not seen. Two names are one where they are equal letter by
/// letter, capitals too, as the system has them.
///
/// ```
/// use countersign::protocol::user_name::UserName;
///
/// let name: UserName = " anna ".parse()?;
/// assert_eq!(name.as_str(), "anna");
/// assert!("an\u{202e}na".parse::<UserName>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserName(String);

/// A text that is nobody's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", messages::protocol::no_user_name(LONGEST, &show::line(.0)))]
pub struct NotAName(String);

impl UserName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether another name differs in nothing but capitals.
    pub fn differs_in_case(&self, other: &UserName) -> bool {
        self != other && self.0.to_lowercase() == other.0.to_lowercase()
    }
}

impl FromStr for UserName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<UserName, NotAName> {
        let name: String = text.trim().nfc().collect();
        let fits = (1..=LONGEST).contains(&name.len()) && !name.chars().any(show::is_hidden);
        match fits && name.trim().len() == name.len() {
            true => Ok(UserName(name)),
            false => Err(NotAName(text.chars().take(LONGEST).collect())),
        }
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_spelling() {
        let name = |text: &str| text.parse::<UserName>();
        assert_eq!(name("bjo\u{308}rn"), name("\t bj\u{f6}rn\n"));
        assert_eq!(
            name(r"NORTH\anna meier").unwrap().as_str(),
            r"NORTH\anna meier"
        );
        for bad in [
            "",
            "  ",
            "an\nna",
            "\u{202e}anna",
            "an\u{200b}na",
            "\u{feff}anna",
            "a\u{1b}[2J",
        ] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
        assert!(name(&"n".repeat(128)).is_ok());
        assert!(name(&"n".repeat(129)).is_err());
        assert!(
            name("Anna")
                .unwrap()
                .differs_in_case(&name("anna").unwrap())
        );
        assert!(
            !name("anna")
                .unwrap()
                .differs_in_case(&name("anna").unwrap())
        );
    }
}
