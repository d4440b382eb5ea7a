//! What a license contains: features, limits, pools and texts by their index in the product's catalogue (SPEC.md 4.5).

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use super::catalogue::Entry;
use super::date::Day;
use super::wire::{Reader, WireError, push_varint};
use crate::messages;
use crate::text::show;

/// The value of a limit or pool that means: as many as you like.
pub const UNLIMITED: u32 = u32::MAX;
/// Indices are below this: header and index are one varint of 32 bits.
const INDICES: u32 = 1 << 29;
/// Longest text in bytes.
pub const LONGEST_TEXT: usize = 64;

const FEATURE: u32 = 0;
const NUMBER: u32 = 1;
const FEATURE_THAT_ENDS: u32 = 2;
const NUMBER_THAT_ENDS: u32 = 3;
const TEXT: u32 = 4;

/// One entry of a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entitlement {
    /// Index into the product's catalogue, from 0; below 2²⁹.
    pub index: u32,
    /// What the license says of it.
    pub content: Content,
}

impl Entitlement {
    /// A feature, as long as the license.
    pub fn feature(index: u32) -> Entitlement {
        let content = Content::Feature { ends: None };
        Entitlement { index, content }
    }

    /// A limit or a pool of this value, as long as the license.
    pub fn number(index: u32, value: u32) -> Entitlement {
        let content = Content::Number { value, ends: None };
        Entitlement { index, content }
    }

    /// A text.
    pub fn text(index: u32, text: EntitledText) -> Entitlement {
        let content = Content::Text(text);
        Entitlement { index, content }
    }

    /// The same until a last day of its own; a text has none.
    pub fn until(mut self, day: Option<Day>) -> Entitlement {
        if let Content::Feature { ends } | Content::Number { ends, .. } = &mut self.content {
            *ends = day;
        }
        self
    }
}

/// What a license says of one entry of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A feature is contained.
    Feature {
        /// Its last day; none: as long as the license.
        ends: Option<Day>,
    },
    /// A limit or a pool, and its value; [`UNLIMITED`]: no limit.
    Number {
        /// The value.
        value: u32,
        /// Its last day; none: as long as the license.
        ends: Option<Day>,
    },
    /// A text.
    Text(EntitledText),
}

impl Content {
    /// The last day of an entry that has one of its own.
    pub fn ends(&self) -> Option<Day> {
        match self {
            Content::Feature { ends } | Content::Number { ends, .. } => *ends,
            Content::Text(_) => None,
        }
    }

    /// The low three bits of the entry's header.
    fn header(&self) -> u32 {
        match self {
            Content::Feature { ends: None } => FEATURE,
            Content::Number { ends: None, .. } => NUMBER,
            Content::Feature { ends: Some(_) } => FEATURE_THAT_ENDS,
            Content::Number { ends: Some(_), .. } => NUMBER_THAT_ENDS,
            Content::Text(_) => TEXT,
        }
    }

    fn push(&self, out: &mut Vec<u8>) {
        if let Content::Number { value, .. } = self {
            push_varint(out, *value);
        }
        if let Some(day) = self.ends() {
            out.extend_from_slice(&day.number().to_be_bytes());
        }
        if let Content::Text(text) = self {
            // At most 64 bytes.
            out.push(text.0.len() as u8);
            out.extend_from_slice(text.0.as_bytes());
        }
    }

    fn read(header: u32, reader: &mut Reader<'_>) -> Result<Content, WireError> {
        let ends = |reader: &mut Reader<'_>| {
            let day = Day::new(reader.u16()?).ok_or(WireError::Value(
                messages::protocol::field_last_day_of_part(),
            ))?;
            Ok(Some(day))
        };
        Ok(match header {
            FEATURE => Content::Feature { ends: None },
            FEATURE_THAT_ENDS => Content::Feature {
                ends: ends(reader)?,
            },
            NUMBER => Content::Number {
                value: reader.varint()?,
                ends: None,
            },
            NUMBER_THAT_ENDS => Content::Number {
                value: reader.varint()?,
                ends: ends(reader)?,
            },
            TEXT => {
                let length = usize::from(reader.u8()?);
                let text = std::str::from_utf8(reader.take(length)?).ok();
                let text = text.and_then(|text| EntitledText::check(text).ok());
                Content::Text(text.ok_or(WireError::Value(messages::protocol::field_text()))?)
            }
            _ => return Err(WireError::Value(messages::protocol::field_kind_of_part())),
        })
    }

    /// Whether a loan may say this where the site's own grant says `above` (SPEC.md 5.4). A seat that is lent takes one of a pool.
    fn within(&self, above: &Content, line: Option<Entry>) -> bool {
        match (self, above) {
            (
                Content::Number { value, ends },
                Content::Number {
                    value: most,
                    ends: last,
                },
            ) => {
                let fits = match line {
                    Some(Entry::Pool) => *value == 1,
                    _ => value <= most,
                };
                fits && ends == last
            }
            _ => self == above,
        }
    }
}

/// A text of a license: 1 to 64 bytes of UTF-8 without controls and what is not seen (SPEC.md 4.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntitledText(String);

/// The text cannot stand in a license.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing, or more than 64 bytes.
    #[error("{}", messages::protocol::text_length(.0))]
    Length(usize),
    /// A character that is not seen or changes how others are shown.
    #[error("{}", messages::protocol::text_character(format_args!("{:04X}", .0)))]
    Character(u32),
}

impl EntitledText {
    /// As it is sold: in Unicode's composed form (NFC).
    ///
    /// # Errors
    /// What SPEC.md 4.5 refuses.
    pub fn new(text: &str) -> Result<EntitledText, TextError> {
        EntitledText::check(&text.nfc().collect::<String>())
    }

    /// As it came: whoever wrote it chose its form.
    fn check(text: &str) -> Result<EntitledText, TextError> {
        if text.is_empty() || text.len() > LONGEST_TEXT {
            return Err(TextError::Length(text.len()));
        }
        match text.chars().find(|c| show::is_hidden(*c)) {
            Some(c) => Err(TextError::Character(u32::from(c))),
            None => Ok(EntitledText(text.to_owned())),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntitledText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A list in strictly rising order of the index, at most 255 bytes on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Entitlements(Vec<Entitlement>);

/// The list cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntitlementsError {
    /// An index stands twice.
    #[error("{}", messages::protocol::entitled_twice())]
    Twice,
    /// More than 255 bytes, or an index of 2²⁹ or above.
    #[error("{}", messages::protocol::entitled_too_many())]
    TooMany,
}

impl Entitlements {
    /// Sorts the entries by index.
    pub fn new(mut entries: Vec<Entitlement>) -> Result<Entitlements, EntitlementsError> {
        entries.sort_by_key(|entry| entry.index);
        if entries
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a.index == b.index))
        {
            return Err(EntitlementsError::Twice);
        }
        let list = Entitlements(entries);
        let too_far = list.0.iter().any(|entry| entry.index >= INDICES);
        if too_far || list.entries_bytes().len() > 255 {
            return Err(EntitlementsError::TooMany);
        }
        Ok(list)
    }

    /// The entries in rising order.
    pub fn iter(&self) -> impl Iterator<Item = &Entitlement> {
        self.0.iter()
    }

    /// What is said of the entry with this index.
    pub fn get(&self, index: u32) -> Option<&Content> {
        let at = self
            .0
            .binary_search_by_key(&index, |entry| entry.index)
            .ok()?;
        self.0.get(at).map(|entry| &entry.content)
    }

    /// Whether each entry may be lent by whom `parent` was granted (SPEC.md 5.4): it stands there too, with the same header, last day and text,
    /// no limit being above the parent's; of a pool of the catalogue one is lent.
    pub fn within(&self, parent: &Entitlements, catalogue: &[Entry]) -> bool {
        self.0.iter().all(|entry| {
            let line = usize::try_from(entry.index).ok();
            let line = line.and_then(|at| catalogue.get(at)).copied();
            parent
                .get(entry.index)
                .is_some_and(|above| entry.content.within(above, line))
        })
    }

    /// What a loan of all of it contains: of a pool of the catalogue one seat.
    pub fn as_lent(&self, catalogue: &[Entry]) -> Entitlements {
        let entries = self.0.iter().map(|entry| {
            let line = usize::try_from(entry.index).ok();
            let pool = line.and_then(|at| catalogue.get(at)) == Some(&Entry::Pool);
            match entry.content {
                Content::Number { ends, .. } if pool => {
                    Entitlement::number(entry.index, 1).until(ends)
                }
                _ => entry.clone(),
            }
        });
        Entitlements(entries.collect())
    }

    /// Length byte and entries.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![0];
        out.append(&mut self.entries_bytes());
        let length = out.len() - 1;
        if let Some(first) = out.first_mut() {
            *first = length as u8;
        }
        out
    }

    fn entries_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for entry in &self.0 {
            push_varint(&mut out, entry.index << 3 | entry.content.header());
            entry.content.push(&mut out);
        }
        out
    }

    /// Takes length byte and entries off a reader.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Entitlements, WireError> {
        let length = usize::from(reader.u8()?);
        let mut list = Reader::new(reader.take(length)?);
        let mut entries: Vec<Entitlement> = Vec::new();
        while !list.is_empty() {
            let head = list.varint()?;
            let entry = Entitlement {
                index: head >> 3,
                content: Content::read(head & 7, &mut list)?,
            };
            if entries.last().is_some_and(|last| last.index >= entry.index) {
                return Err(WireError::NotCanonical);
            }
            entries.push(entry);
        }
        Ok(Entitlements(entries))
    }

    /// Takes a list of features that are wanted: no values, no last days, no texts (SPEC.md 4.6).
    pub(crate) fn read_wanted(reader: &mut Reader<'_>) -> Result<Entitlements, WireError> {
        let list = Entitlements::read(reader)?;
        let plain = |entry: &Entitlement| entry.content.header() == FEATURE;
        if list.0.iter().all(plain) {
            Ok(list)
        } else {
            Err(WireError::Value(messages::protocol::field_features()))
        }
    }

    /// Reads what [`Entitlements::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Entitlements, WireError> {
        let mut reader = Reader::new(bytes);
        let list = Entitlements::read(&mut reader)?;
        reader.end()?;
        Ok(list)
    }
}

#[cfg(test)]
mod tests;
