//! The 13-digit license key (SPEC.md 2.5): what a person types into a program, and never authority.

use std::fmt;
use std::str::FromStr;

use crate::failure::FailureKind;
use crate::messages;

const DIGITS: usize = 13;
/// What a program for tables puts behind a number that it takes for one.
const DECIMALS: [&str; 2] = [".0", ",0"];
const SMALLEST: u64 = 10_000_000_000;
const LARGEST: u64 = 99_999_999_999;

/// A license key: 11 digits of a number and two check digits after ISO 7064 MOD 97-10 (SPEC.md 2.5).
///
/// ```
/// use countersign::license_key::LicenseKey;
///
/// let key: LicenseKey = "828 150 156 1139".parse()?;
/// assert_eq!(key.to_string(), "828-150-156-1139");
/// # Ok::<(), countersign::license_key::LicenseKeyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LicenseKey(u64);

/// Why something is not a license key (SPEC.md 2.5).
///
/// ```
/// use countersign::license_key::LicenseKey;
///
/// let mistyped = "828-150-156-1193".parse::<LicenseKey>().unwrap_err();
/// println!("{mistyped}: {}", mistyped.hint());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LicenseKeyError {
    /// Digits were left out or added.
    #[error("{}", messages::license_key::count(.found))]
    Count {
        /// How many digits there are.
        found: usize,
    },
    /// A character that no digit looks like.
    #[error("{}", messages::license_key::foreign(.character))]
    Foreign {
        /// The first such character.
        character: char,
    },
    /// The check digits say no.
    #[error("{}", messages::license_key::mistyped())]
    Mistyped,
    /// More than one key stands there.
    #[error("{}", messages::license_key::several(.found))]
    Several {
        /// How many keys there are.
        found: usize,
    },
    /// The eleven digits, as a number, begin with 0 or are more than eleven.
    #[error("{}", messages::license_key::range())]
    Range,
}

impl LicenseKeyError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        FailureKind::MistypedKey
    }

    /// What to do about it, for the line under the error.
    pub fn hint(&self) -> &'static str {
        match self {
            LicenseKeyError::Count { .. } => messages::license_key::count_hint(),
            LicenseKeyError::Foreign { .. } => messages::license_key::foreign_hint(),
            LicenseKeyError::Mistyped => messages::license_key::mistyped_hint(),
            LicenseKeyError::Several { .. } => messages::license_key::several_hint(),
            LicenseKeyError::Range => messages::license_key::range_hint(),
        }
    }
}

impl LicenseKey {
    /// The key with these first 11 digits.
    ///
    /// # Errors
    /// [`LicenseKeyError::Range`] where the number has not 11 digits (SPEC.md 2.5: the first is not 0).
    pub fn from_number(number: u64) -> Result<LicenseKey, LicenseKeyError> {
        match number {
            SMALLEST..=LARGEST => Ok(LicenseKey(number)),
            _ => Err(LicenseKeyError::Range),
        }
    }

    /// A key drawn from `fill`, which fills a buffer from a source of randomness that is fit for secrets (SPEC.md 2.5).
    ///
    /// 128 bits are folded into the 9·10¹⁰ keys, so that none is likelier than another by more than one part in 2⁹¹, and a source that
    /// is stuck cannot hold the program up.
    ///
    /// # Errors
    /// What `fill` says.
    pub fn from_entropy<E>(fill: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<LicenseKey, E> {
        let mut bytes = [0; 16];
        fill(&mut bytes)?;
        let keys = u128::from(LARGEST - SMALLEST + 1);
        let drawn = u64::try_from(u128::from_be_bytes(bytes) % keys).unwrap_or_default();
        Ok(LicenseKey(SMALLEST + drawn))
    }

    /// The first 11 digits as a number: what is stored and sent (SPEC.md 2.5).
    pub fn number(self) -> u64 {
        self.0
    }

    /// The number as it stands in payloads (SPEC.md 2.5, 4.1).
    pub fn to_bytes(self) -> [u8; 5] {
        let [_, _, _, bytes @ ..] = self.0.to_be_bytes();
        bytes
    }

    /// The key of these bytes of a payload (SPEC.md 4.1).
    ///
    /// # Errors
    /// [`LicenseKeyError::Range`] where they are no number of 11 digits.
    pub fn from_bytes(bytes: [u8; 5]) -> Result<LicenseKey, LicenseKeyError> {
        let [a, b, c, d, e] = bytes;
        LicenseKey::from_number(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
    }

    /// All 13 digits without separators: the form that is hashed (SPEC.md 5.1).
    pub fn digits(self) -> String {
        format!("{:013}", self.whole())
    }

    /// The 13 digits as a number: the check digits make it leave 1 when divided by 97.
    fn whole(self) -> u64 {
        let shifted = self.0 * 100;
        shifted + 98 - shifted % 97
    }
}

impl fmt::Display for LicenseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.whole();
        let group = |power: u32, size: u64| whole / 10_u64.pow(power) % size;
        write!(
            f,
            "{:03}-{:03}-{:03}-{:04}",
            group(10, 1000),
            group(7, 1000),
            group(4, 1000),
            group(0, 10_000)
        )
    }
}

impl FromStr for LicenseKey {
    type Err = LicenseKeyError;

    fn from_str(text: &str) -> Result<LicenseKey, LicenseKeyError> {
        let number = text.trim_end();
        let number = DECIMALS.iter().find_map(|it| number.strip_suffix(it));
        match (one(text), number.map(one)) {
            (Ok(key), _) | (Err(_), Some(Ok(key))) => Ok(key),
            (Err(error), _) => Err(several(text).unwrap_or(error)),
        }
    }
}

/// The key that all characters of a text are.
fn one(text: &str) -> Result<LicenseKey, LicenseKeyError> {
    let mut found = 0;
    let mut whole: u64 = 0;
    for character in text.chars() {
        match read(character) {
            Glyph::Nothing => {}
            Glyph::Digit(digit) => {
                found += 1;
                whole = whole.saturating_mul(10).saturating_add(u64::from(digit));
            }
            Glyph::Foreign => return Err(LicenseKeyError::Foreign { character }),
        }
    }
    if found != DIGITS {
        return Err(LicenseKeyError::Count { found });
    }
    let key = LicenseKey::from_number(whole / 100)?;
    // Compared whole: the remainder alone would let 99 pass for 02, 00 for 97 and 01 for 98.
    if key.whole() == whole {
        Ok(key)
    } else {
        Err(LicenseKeyError::Mistyped)
    }
}

/// Whether a text is nothing but keys, whatever parts them.
fn several(text: &str) -> Option<LicenseKeyError> {
    let digits = text.chars().filter_map(|it| match read(it) {
        Glyph::Digit(digit) => Some(char::from(b'0' + digit)),
        Glyph::Nothing | Glyph::Foreign => None,
    });
    let digits: Vec<char> = digits.collect();
    let keys = digits.chunks(DIGITS);
    let found = keys.len();
    let mut keys = keys.map(|key| one(&key.iter().collect::<String>()));
    (found > 1 && keys.all(|key| key.is_ok())).then_some(LicenseKeyError::Several { found })
}

enum Glyph {
    Digit(u8),
    Nothing,
    Foreign,
}

/// A character as a person may have meant it: letters that are read for digits, and whatever may stand between them.
fn read(character: char) -> Glyph {
    match crate::text::fold_width(character) {
        digit @ '0'..='9' => Glyph::Digit(
            digit
                .to_digit(10)
                .and_then(|digit| u8::try_from(digit).ok())
                .unwrap_or_default(),
        ),
        'O' | 'o' | 'Q' | 'D' => Glyph::Digit(0),
        'I' | 'i' | 'L' | 'l' | '|' => Glyph::Digit(1),
        'Z' | 'z' => Glyph::Digit(2),
        'S' | 's' => Glyph::Digit(5),
        'G' => Glyph::Digit(6),
        'B' => Glyph::Digit(8),
        '.' => Glyph::Nothing,
        other if crate::text::is_blank(other) || crate::text::is_dash(other) => Glyph::Nothing,
        _ => Glyph::Foreign,
    }
}
