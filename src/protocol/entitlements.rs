//! What a licence contains: features and limits by their index in the product's catalogue (SPEC.md 4.5).

use super::wire::{Reader, WireError, push_varint};

/// One entry: a feature (no value) or a limit with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entitlement {
    /// Index into the product's catalogue, from 0; below 2³¹.
    pub index: u32,
    /// The limit's value; a feature has none.
    pub value: Option<u32>,
}

/// A list in strictly rising order of the index, at most 255 bytes on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Entitlements(Vec<Entitlement>);

/// The list cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntitlementsError {
    /// An index stands twice.
    #[error("an entitlement is named twice")]
    Twice,
    /// More than 255 bytes, or an index of 2³¹ or above.
    #[error("too many entitlements for one license")]
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
        if list.0.iter().any(|entry| entry.index >= 1 << 31) || list.entries_bytes().len() > 255 {
            return Err(EntitlementsError::TooMany);
        }
        Ok(list)
    }

    /// The entries in rising order.
    pub fn iter(&self) -> impl Iterator<Item = Entitlement> + '_ {
        self.0.iter().copied()
    }

    /// The entry with this index.
    pub fn get(&self, index: u32) -> Option<Entitlement> {
        let at = self
            .0
            .binary_search_by_key(&index, |entry| entry.index)
            .ok()?;
        self.0.get(at).copied()
    }

    /// Whether each entry stands in `parent` too, no limit being above the parent's (SPEC.md 5.4).
    pub fn within(&self, parent: &Entitlements) -> bool {
        self.0.iter().all(|entry| {
            parent
                .get(entry.index)
                .is_some_and(|above| match (entry.value, above.value) {
                    (None, None) => true,
                    (Some(value), Some(most)) => value <= most,
                    _ => false,
                })
        })
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
            push_varint(
                &mut out,
                entry.index << 1 | u32::from(entry.value.is_some()),
            );
            if let Some(value) = entry.value {
                push_varint(&mut out, value);
            }
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
            let value = list.optional(head & 1 == 1, Reader::varint)?;
            let entry = Entitlement {
                index: head >> 1,
                value,
            };
            if entries.last().is_some_and(|last| last.index >= entry.index) {
                return Err(WireError::NotCanonical);
            }
            entries.push(entry);
        }
        Ok(Entitlements(entries))
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
mod tests {
    use super::*;

    fn list(entries: &[(u32, Option<u32>)]) -> Entitlements {
        Entitlements::new(
            entries
                .iter()
                .map(|&(index, value)| Entitlement { index, value })
                .collect(),
        )
        .unwrap()
    }

    #[test]
    fn four_entitlements_take_eight_bytes() {
        let four = list(&[(0, None), (1, None), (2, Some(500)), (3, Some(12))]);
        assert_eq!(four.encode(), [7, 0, 2, 5, 0xf4, 3, 7, 12]);
        assert_eq!(Entitlements::decode(&four.encode()), Ok(four));
    }

    #[test]
    fn other_spellings_are_refused() {
        assert_eq!(
            Entitlements::decode(&[2, 2, 0]),
            Err(WireError::NotCanonical),
            "falling order"
        );
        assert_eq!(
            Entitlements::decode(&[2, 0, 0]),
            Err(WireError::NotCanonical),
            "twice"
        );
        assert_eq!(
            Entitlements::decode(&[2, 0x80, 0]),
            Err(WireError::NotCanonical),
            "long varint"
        );
        assert_eq!(
            Entitlements::decode(&[1, 1]),
            Err(WireError::Short),
            "limit without value"
        );
        assert_eq!(
            Entitlements::decode(&[6, 1, 0xff, 0xff, 0xff, 0xff, 0x10]),
            Err(WireError::Value("an entitlement"))
        );
        assert_eq!(Entitlements::decode(&[0, 0]), Err(WireError::Long));
    }

    #[test]
    fn a_child_lies_within_its_parent() {
        let parent = list(&[(0, None), (2, Some(5))]);
        assert!(list(&[(2, Some(5))]).within(&parent));
        assert!(!list(&[(2, Some(6))]).within(&parent));
        assert!(!list(&[(2, None)]).within(&parent));
        assert!(!list(&[(1, None)]).within(&parent));
    }
}
