//! The entries of a license by the names of its product (SPEC.md 4.5, 10).

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

    /// What differs from earlier contents: name, as it was, as it is. `words` are those for a feature that is contained and for one that is not.
    pub fn differences(
        &self,
        before: &Contents,
        words: (&str, &str),
    ) -> Vec<(String, String, String)> {
        let (was, is) = (before.in_words(words.0), self.in_words(words.0));
        let known = |name: &str| was.iter().any(|(known, _)| *known == name);
        let names = was.iter().chain(is.iter().filter(|(name, _)| !known(name)));
        let feature = |name: &str| {
            let mut features = self.features.iter().chain(&before.features);
            features.any(|known| known == name)
        };
        let said = |list: &[(&str, String)], name: &str| {
            let found = list.iter().find(|(known, _)| *known == name);
            let without = if feature(name) {
                words.1
            } else {
                messages::protocol::none()
            };
            found.map_or_else(|| without.to_owned(), |(_, words)| words.clone())
        };
        let pairs = names.map(|(name, _)| ((*name).to_owned(), said(&was, name), said(&is, name)));
        pairs.filter(|(_, was, is)| was != is).collect()
    }

    /// Each entry by name and in words: `yes`, `500`, `unlimited`, a text; with its last day.
    fn in_words(&self, yes: &str) -> Vec<(&str, String)> {
        let features = self.features.iter().map(|name| (name, yes.to_owned()));
        let numbers = self.limits.iter().chain(&self.pools);
        let numbers = numbers.map(|(name, value)| (name, number(*value)));
        let texts = self.texts.iter().map(|(name, text)| (name, text.clone()));
        let all = features.chain(numbers).chain(texts);
        all.map(|(name, words)| match self.last_day(name) {
            None => (name.as_str(), words),
            Some(day) => (
                name.as_str(),
                messages::protocol::until(&day, &words).to_string(),
            ),
        })
        .collect()
    }
}

/// The value of a limit or pool in words.
pub fn number(value: u32) -> String {
    match value {
        UNLIMITED => messages::protocol::unlimited().to_owned(),
        value => value.to_string(),
    }
}
