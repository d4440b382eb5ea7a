//! The entries of a license by the names of its product (SPEC.md 4.5, 10).

use std::fmt::Display;

use serde::{Deserialize, Serialize};

use super::catalogue::Entry;
use super::date::Day;
use super::entitlements::{Content, Entitlements, UNLIMITED};
use super::product::Product;
use crate::messages;

/// What a license contains, by name, each list in the order of the product's catalogue. Entries that a newer product file would name stand as
/// `#index`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Features.
    pub features: Vec<String>,
    /// Limits and their values.
    pub limits: Vec<(String, u32)>,
    /// Modules with seats of their own, and how many.
    pub pools: Vec<(String, u32)>,
    /// Texts.
    pub texts: Vec<(String, String)>,
    /// The last days of those that have one of their own.
    pub ends: Vec<(String, Day)>,
}

impl Contents {
    /// By the names of a product, where one is known.
    pub fn of(list: &Entitlements, product: Option<&Product>) -> Contents {
        let mut contents = Contents::default();
        for entry in list.iter() {
            let known = product.and_then(|product| product.entry(entry.index));
            let pool = known.is_some_and(|(line, _)| line == Entry::Pool);
            let name =
                known.map_or_else(|| format!("#{}", entry.index), |(_, name)| name.to_owned());
            if let Some(day) = entry.content.ends() {
                contents.ends.push((name.clone(), day));
            }
            match &entry.content {
                Content::Feature { .. } => contents.features.push(name),
                Content::Number { value, .. } if pool => contents.pools.push((name, *value)),
                Content::Number { value, .. } => contents.limits.push((name, *value)),
                Content::Text(text) => contents.texts.push((name, text.to_string())),
            }
        }
        contents
    }

    /// Without what ended before this day: that is as if it were not there.
    pub fn on(&self, today: Day) -> Contents {
        let there = |name: &String| self.ended(name, today).is_none();
        let numbers = |list: &[(String, u32)]| {
            let left = list.iter().filter(|(name, _)| there(name));
            left.cloned().collect()
        };
        let features = self.features.iter().filter(|name| there(name));
        Contents {
            features: features.cloned().collect(),
            limits: numbers(&self.limits),
            pools: numbers(&self.pools),
            ..self.clone()
        }
    }

    /// The last day of an entry of this name, where it is over.
    pub fn ended(&self, name: &str, today: Day) -> Option<Day> {
        self.last_day(name).filter(|last| today > *last)
    }

    /// The last day of an entry of this name, where it has one of its own.
    pub fn last_day(&self, name: &str) -> Option<Day> {
        let (_, day) = self.ends.iter().find(|(known, _)| known == name)?;
        Some(*day)
    }

    /// What differs from earlier contents, in the order of the earlier ones; what was not there before follows.
    pub fn differences(&self, before: &Contents) -> Vec<Difference> {
        let (was, is) = (before.granted(), self.granted());
        let known = |name: &str| was.iter().any(|(known, _)| *known == name);
        let names = was.iter().chain(is.iter().filter(|(name, _)| !known(name)));
        let find = |list: &[(&str, Granted)], name: &str| {
            let found = list.iter().find(|(known, _)| *known == name);
            found.map(|(_, granted)| granted.clone())
        };
        let all = names.map(|(name, _)| Difference {
            name: (*name).to_owned(),
            before: find(&was, name),
            after: find(&is, name),
        });
        all.filter(|it| it.before != it.after).collect()
    }

    /// Each entry by name.
    fn granted(&self) -> Vec<(&str, Granted)> {
        let features = self.features.iter().map(|name| (name, Value::Contained));
        let numbers = self.limits.iter().chain(&self.pools);
        let numbers = numbers.map(|(name, value)| (name, Value::Number(*value)));
        let texts = self.texts.iter();
        let texts = texts.map(|(name, text)| (name, Value::Text(text.clone())));
        let all = features.chain(numbers).chain(texts);
        let granted = all.map(|(name, value)| {
            let until = self.last_day(name);
            (name.as_str(), Granted { value, until })
        });
        granted.collect()
    }
}

/// What a license grants of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// What it grants.
    pub value: Value,
    /// The last day, where it has one of its own.
    pub until: Option<Day>,
}

/// The value of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A feature, which is contained.
    Contained,
    /// A limit or pool; 4294967295 is unlimited.
    Number(u32),
    /// A text.
    Text(String),
}

impl Value {
    /// In words, with the last day where it has one of its own.
    pub fn words(&self, until: Option<impl Display>) -> String {
        let words = match self {
            Value::Contained => messages::change::on().to_owned(),
            Value::Number(value) => number(*value),
            Value::Text(text) => text.clone(),
        };
        match until {
            None => words,
            Some(day) => messages::change::until(day, words).to_string(),
        }
    }

    /// What a license has instead that is without the entry, in words.
    pub fn without(&self) -> &'static str {
        match self {
            Value::Contained => messages::change::off(),
            Value::Number(_) | Value::Text(_) => messages::change::none(),
        }
    }
}

/// An entry that is otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name.
    pub name: String,
    /// As it was; none where it was not there.
    pub before: Option<Granted>,
    /// As it is; none where it is there no longer.
    pub after: Option<Granted>,
}

impl Difference {
    /// As it was and as it is, in words.
    pub fn words(&self) -> (String, String) {
        let words = |one: &Option<Granted>, other: &Option<Granted>| match (one, other) {
            (Some(it), _) => it.value.words(it.until),
            (None, Some(other)) => other.value.without().to_owned(),
            (None, None) => messages::change::none().to_owned(),
        };
        (
            words(&self.before, &self.after),
            words(&self.after, &self.before),
        )
    }
}

/// The value of a limit or pool in words.
pub fn number(value: u32) -> String {
    match value {
        UNLIMITED => messages::protocol::unlimited().to_owned(),
        value => value.to_string(),
    }
}
