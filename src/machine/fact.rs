//! Something a computer says about itself, read when it is first asked for.

use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that is handed in, or read from this computer when it is first asked for; `None` where it is unknown. A licence is held against what it knew
/// of its machine and no more (SPEC.md 6.1), and some of that comes from the hardware itself, which takes its time. In JSON the text or `null`.
#[derive(Clone)]
pub struct Fact {
    known: OnceLock<Option<String>>,
    read: fn() -> Option<String>,
}

impl Fact {
    /// To be read by `read`, once, when it is asked for.
    pub(super) const fn ask(read: fn() -> Option<String>) -> Fact {
        let known = OnceLock::new();
        Fact { known, read }
    }
}

impl Deref for Fact {
    type Target = Option<String>;

    fn deref(&self) -> &Option<String> {
        self.known.get_or_init(self.read)
    }
}

impl From<Option<String>> for Fact {
    fn from(value: Option<String>) -> Fact {
        let known = OnceLock::from(value);
        Fact {
            known,
            read: || None,
        }
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

/// Two facts are equal that say the same.
impl PartialEq for Fact {
    fn eq(&self, other: &Fact) -> bool {
        **self == **other
    }
}

impl Eq for Fact {}

impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl Serialize for Fact {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Fact {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Fact, D::Error> {
        Option::deserialize(from).map(Fact::from)
    }
}
