//! Something a computer says about itself, read when it is first asked for.

use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that is handed in, or read from this computer when it is first asked for; `None` where it is unknown. A license is held against what it knew
/// of its machine and no more (SPEC.md 6.1), and some of that comes from the hardware itself, which takes its time.
///
/// In JSON the text or `null`, or `{"denied": true}` where it is there and this user [may not read it](Self::is_denied).
#[derive(Clone)]
pub struct Fact {
    known: OnceLock<Reading>,
    read: fn() -> Reading,
    /// What the rule for such facts says of it: a check asks for it many times.
    told: OnceLock<Option<String>>,
}

/// What came of reading a fact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// Nothing where it is not there, says nothing, or may not be read.
    pub(super) text: Option<String>,
    /// It is there, and another user of this computer can read it.
    pub(super) denied: bool,
}

impl From<Option<String>> for Reading {
    fn from(text: Option<String>) -> Reading {
        let denied = false;
        Reading { text, denied }
    }
}

impl Fact {
    /// To be read by `read`, once, when it is asked for. Windows answers all at once, from its registry.
    #[cfg(any(target_os = "linux", target_os = "macos", test))]
    pub(super) const fn ask(read: fn() -> Reading) -> Fact {
        Fact {
            known: OnceLock::new(),
            read,
            told: OnceLock::new(),
        }
    }

    /// One that fails the test that reads it.
    #[cfg(test)]
    pub(crate) const fn never_read() -> Fact {
        Fact::ask(|| panic!("a part was read that need not be"))
    }

    /// The text, read now where it was not yet; nothing where it is unknown.
    pub fn text(&self) -> Option<&str> {
        self.reading().text.as_deref()
    }

    /// The text as `rule` has it, the one rule for what this fact says; it is asked once.
    pub(super) fn by(&self, rule: fn(&str) -> Option<String>) -> Option<&str> {
        let told = || self.text().and_then(rule);
        self.told.get_or_init(told).as_deref()
    }

    fn reading(&self) -> &Reading {
        self.known.get_or_init(self.read)
    }

    /// Whether it is unknown only because the system does not let this user read it (SPEC.md 6.1): another user of the same computer can.
    pub fn is_denied(&self) -> bool {
        self.reading().denied
    }
}

impl From<Reading> for Fact {
    fn from(reading: Reading) -> Fact {
        Fact {
            known: OnceLock::from(reading),
            read: Reading::default,
            told: OnceLock::new(),
        }
    }
}

impl From<Option<String>> for Fact {
    fn from(value: Option<String>) -> Fact {
        Reading::from(value).into()
    }
}

impl From<String> for Fact {
    fn from(value: String) -> Fact {
        Some(value).into()
    }
}

impl From<&str> for Fact {
    fn from(value: &str) -> Fact {
        value.to_owned().into()
    }
}

impl Default for Fact {
    /// Unknown.
    fn default() -> Fact {
        None.into()
    }
}

/// Two facts are equal of which the same is known; nothing is read for it.
impl PartialEq for Fact {
    fn eq(&self, other: &Fact) -> bool {
        self.known.get() == other.known.get()
    }
}

impl Eq for Fact {}

impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known.get() {
            Some(reading) => reading.fmt(f),
            None => f.write_str("not read yet"),
        }
    }
}

/// A fact as JSON has it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Text(Option<String>),
    Refused(Refused),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    denied: bool,
}

impl Serialize for Fact {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Reading { text, denied } = self.reading().clone();
        match denied {
            true => Stored::Refused(Refused { denied }),
            false => Stored::Text(text),
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for Fact {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Fact, D::Error> {
        Ok(match Stored::deserialize(from)? {
            Stored::Text(text) => text.into(),
            Stored::Refused(Refused { denied }) => {
                let text = None;
                Reading { text, denied }.into()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn the_rule_for_a_fact_is_asked_once() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let rule = |text: &str| {
            ASKED.fetch_add(1, Ordering::Relaxed);
            Some(text.to_lowercase())
        };
        let fact = Fact::from("S5GXNX0T");
        assert_eq!(
            (fact.by(rule), fact.by(rule)),
            (Some("s5gxnx0t"), Some("s5gxnx0t"))
        );
        assert_eq!(ASKED.load(Ordering::Relaxed), 1);
        assert_eq!(Fact::default().by(rule), None);
    }
}
