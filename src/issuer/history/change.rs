//! One thing that a change of a license changed. What is kept has no words, for those are of a language: they come from the catalogue when it is told.

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};

use crate::messages;
use crate::protocol::contents::{Granted, Value};
use crate::protocol::grant::LicenseType;

/// What of an order changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Who ordered.
    Customer,
    /// Their mail address.
    Contact,
    /// Seats.
    Seats,
    /// How they are used.
    Type,
    /// The edition.
    Edition,
    /// The last day of the license.
    Expires,
    /// The last day of maintenance.
    Maintenance,
    /// Days that a machine goes on without contact.
    GraceDays,
    /// The longest loan in days.
    LendDays,
    /// Emergency codes: steps and days.
    Emergency,
    /// The USB key that has to be plugged in.
    Usb,
    /// A feature, limit, pool or text.
    Entry,
}

impl What {
    /// Stable snake_case name for scripts.
    pub const fn name(self) -> &'static str {
        match self {
            What::Customer => "customer",
            What::Contact => "contact",
            What::Seats => "seats",
            What::Type => "type",
            What::Edition => "edition",
            What::Expires => "expires",
            What::Maintenance => "maintenance",
            What::GraceDays => "grace_days",
            What::LendDays => "lend_days",
            What::Emergency => "emergency",
            What::Usb => "usb",
            What::Entry => "entry",
        }
    }
}

/// A value of an order, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ValueOfOrder"))]
pub struct Kept {
    /// A number, or a text: a day as YYYY-MM-DD, a type by its stable name, emergency codes as STEPSxDAYS.
    pub value: Value,
    /// The last day of a feature, limit, pool or text that has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl Kept {
    /// A number.
    pub fn number(value: impl Into<u32>) -> Kept {
        Kept {
            value: Value::Number(value.into()),
            until: None,
        }
    }

    /// Whatever is written as it is, whoever reads it.
    pub fn text(value: impl Display) -> Kept {
        Kept {
            value: Value::Text(value.to_string()),
            until: None,
        }
    }
}

impl From<Granted> for Kept {
    fn from(it: Granted) -> Kept {
        Kept {
            value: it.value,
            until: it.until.map(|day| day.to_string()),
        }
    }
}

/// One thing that a change of a license changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ChangeOfTerms"))]
pub struct Change {
    /// What.
    pub what: What,
    /// Which feature, limit, pool or text, by its name; none for a term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// As it was; null: without it.
    pub before: Option<Kept>,
    /// As it is; null: without it.
    pub after: Option<Kept>,
}

impl Change {
    /// As it was, in words.
    pub fn was(&self) -> String {
        self.words(self.before.as_ref(), self.after.as_ref())
    }

    /// As it is, in words.
    pub fn is(&self) -> String {
        self.words(self.after.as_ref(), self.before.as_ref())
    }

    fn words(&self, one: Option<&Kept>, other: Option<&Kept>) -> String {
        let Some(kept) = one else {
            let without = match self.what {
                What::Expires | What::Maintenance => messages::change::never(),
                _ => other.map_or_else(messages::change::none, |it| it.value.without()),
            };
            return without.to_owned();
        };
        match (self.what, &kept.value) {
            (What::Type, Value::Text(name)) => LicenseType::named(name)
                .map_or_else(|| name.clone(), |known| known.words().to_owned()),
            (_, value) => value.words(kept.until.as_ref()),
        }
    }
}

/// In a row, for people: `seats 5 → 8`.
impl Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match (self.what, &self.entry) {
            (What::Entry, Some(name)) => name,
            (What::Entry, None) => What::Entry.name(),
            (What::Customer, _) => messages::order::term_customer(),
            (What::Contact, _) => messages::order::term_contact(),
            (What::Seats, _) => messages::change::term_seats(),
            (What::Type, _) => messages::change::term_type(),
            (What::Edition, _) => messages::change::term_edition(),
            (What::Expires, _) => messages::change::term_expires(),
            (What::Maintenance, _) => messages::change::term_maintenance(),
            (What::GraceDays, _) => messages::order::term_grace_days(),
            (What::LendDays, _) => messages::change::term_longest_loan(),
            (What::Emergency, _) => messages::order::term_emergency(),
            (What::Usb, _) => messages::order::term_usb(),
        };
        messages::change::of(self.is(), self.was(), what).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Option<Kept> {
        Some(Kept::text(value))
    }

    #[test]
    fn what_is_kept_has_no_words_and_what_is_told_has() {
        let until = Some("2027-06-30".to_owned());
        let value = Value::Contained;
        let on = Some(Kept { value, until });
        for (what, entry, before, after, kept, told) in [
            (
                What::Maintenance,
                None,
                None,
                text("2027-06-30"),
                r#"{"what":"maintenance","before":null,"after":{"value":{"text":"2027-06-30"}}}"#,
                "maintenance never → 2027-06-30",
            ),
            (
                What::Type,
                None,
                text("standalone"),
                text("named"),
                r#"{"what":"type","before":{"value":{"text":"standalone"}},"after":{"value":{"text":"named"}}}"#,
                "type standalone → named users",
            ),
            (
                What::GraceDays,
                None,
                Some(Kept::number(30_u16)),
                Some(Kept::number(0_u16)),
                r#"{"what":"grace_days","before":{"value":{"number":30}},"after":{"value":{"number":0}}}"#,
                "grace days 30 → 0",
            ),
            (
                What::Entry,
                Some("sonar".to_owned()),
                on,
                None,
                r#"{"what":"entry","entry":"sonar","before":{"value":"contained","until":"2027-06-30"},"after":null}"#,
                "sonar on until 2027-06-30 → off",
            ),
            (
                What::Entry,
                Some("users".to_owned()),
                None,
                Some(Kept::number(u32::MAX)),
                r#"{"what":"entry","entry":"users","before":null,"after":{"value":{"number":4294967295}}}"#,
                "users none → unlimited",
            ),
        ] {
            let change = Change {
                what,
                entry,
                before,
                after,
            };
            assert_eq!(serde_json::to_string(&change).unwrap(), kept);
            assert_eq!(serde_json::from_str::<Change>(kept).unwrap(), change);
            assert_eq!(change.to_string(), told);
        }
    }
}
