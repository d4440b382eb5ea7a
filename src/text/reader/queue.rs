//! The texts that are looked at: those that are seen before those that are not, each once, and only so many.

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::reading::Part;
use super::super::{LOOKED_AT, find, views};

/// The most texts that are made of one, with their bytes together: of those that are seen, and of those that are not.
const MOST_TEXTS: [usize; 2] = [40, 24];
const MOST_BYTES: [usize; 2] = [2 * LOOKED_AT, LOOKED_AT];
/// Bytes that are looked at for other codes once there is one that is wanted.
const MOST_BESIDE: usize = LOOKED_AT / 8;

/// Texts that wait to be looked at, and how deep they lie: those that are seen before those that are not.
pub(super) struct Queue<'t> {
    seen: VecDeque<(Cow<'t, str>, u8)>,
    hidden: VecDeque<(Cow<'t, str>, u8)>,
    /// Texts and bytes that may still be looked at, of either.
    texts: [usize; 2],
    bytes: [usize; 2],
    /// What was looked at.
    known: HashSet<u64>,
}

impl<'t> Queue<'t> {
    pub(super) fn new() -> Queue<'t> {
        Queue {
            seen: VecDeque::new(),
            hidden: VecDeque::new(),
            texts: MOST_TEXTS,
            bytes: MOST_BYTES,
            known: HashSet::new(),
        }
    }

    pub(super) fn push(&mut self, part: Part<'t>, depth: u8) {
        let queue = if part.hidden {
            &mut self.hidden
        } else {
            &mut self.seen
        };
        queue.push_back((part.text, depth));
    }

    /// The next text, one more of these parts beside those that wait; and how deep it lies.
    pub(super) fn next_with(
        &mut self,
        parts: &mut impl Iterator<Item = Part<'t>>,
    ) -> Option<(Part<'t>, u8)> {
        loop {
            let part = parts.next();
            let more = part.is_some();
            if let Some(part) = part {
                self.push(part, 0);
            }
            let next = self.next();
            if next.is_some() || !more {
                return next;
            }
        }
    }

    /// The next text that was not looked at yet, and how deep it lies.
    fn next(&mut self) -> Option<(Part<'t>, u8)> {
        loop {
            let seen = self.seen.pop_front().map(|it| (it, false));
            let hidden = || self.hidden.pop_front().map(|it| (it, true));
            let ((text, depth), hidden) = seen.or_else(hidden)?;
            let length = find::head(&text).len();
            let side = usize::from(hidden);
            let (Some(texts), Some(bytes)) = (self.texts.get_mut(side), self.bytes.get_mut(side))
            else {
                return None;
            };
            let fits = texts.checked_sub(1).zip(bytes.checked_sub(length));
            let Some((fewer, less)) = fits else { continue };
            if !self.known.insert(fingerprint(find::head(&text))) {
                continue;
            }
            (*texts, *bytes) = (fewer, less);
            return Some((Part { text, hidden }, depth));
        }
    }

    /// What a browser shows of a text that is a source comes in its place; nobody sees the source itself.
    pub(super) fn unfold(&mut self, part: Part<'t>, depth: u8) -> Option<Part<'t>> {
        let shown = if part.hidden {
            None
        } else {
            views::shown(find::head(&part.text))
        };
        let Some(shown) = shown else {
            return Some(part);
        };
        self.known.remove(&fingerprint(find::head(&part.text)));
        self.seen.push_front((Cow::Owned(shown), depth + 1));
        self.hidden.push_back((part.text, depth));
        None
    }

    /// From here on only other codes are looked for, and only where that costs little.
    pub(super) fn look_beside(&mut self) {
        self.bytes = self.bytes.map(|left| left.min(MOST_BESIDE));
    }
}

/// The same for the same text on every machine.
fn fingerprint(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
