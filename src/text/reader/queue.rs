//! The texts that are looked at: those that are seen before those that are not, each once, and only so many.

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::reading::Part;
use super::super::{LOOKED_AT, find, views};

/// The most texts that are made of one: of those that are seen, and of those that are not.
const MOST_TEXTS: [usize; 2] = [40, 24];
/// The bytes that are looked at in all of them together. What is beyond is not looked at, and nothing is made of it.
const MOST_BYTES: [usize; 2] = [LOOKED_AT + LOOKED_AT / 4, LOOKED_AT / 2];
/// Bytes that are looked at for other codes once there is one that is wanted.
const MOST_BESIDE: usize = LOOKED_AT / 8;
/// How often a text is looked at in some way that another way made.
const DEEPEST: u8 = 3;

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

    /// The next text that was not looked at yet, as far as it may still be, and how deep it lies.
    fn next(&mut self) -> Option<(Part<'t>, u8)> {
        loop {
            let seen = self.seen.pop_front().map(|it| (it, false));
            let hidden = || self.hidden.pop_front().map(|it| (it, true));
            let ((text, depth), hidden) = seen.or_else(hidden)?;
            let side = usize::from(hidden);
            let texts = self.texts.get(side).copied().unwrap_or_default();
            let room = self.room(hidden);
            if texts == 0 || room == 0 {
                continue;
            }
            // What a browser shows of a text that is a source comes in its place; nobody sees the source itself.
            if !hidden
                && depth < DEEPEST
                && let Some(shown) = views::shown(find::head_of(&text, room))
            {
                self.seen.push_front((Cow::Owned(shown), depth + 1));
                self.hidden.push_back((text, depth));
                continue;
            }
            let text = match find::head_of(&text, room) {
                whole if whole.len() == text.len() => text,
                part => Cow::Owned(part.to_owned()),
            };
            if !self.known.insert(fingerprint(&text)) {
                continue;
            }
            if let (Some(texts), Some(bytes)) = (self.texts.get_mut(side), self.bytes.get_mut(side))
            {
                *texts -= 1;
                *bytes -= text.len();
            }
            return Some((Part { text, hidden }, depth));
        }
    }

    /// Bytes that may still be looked at.
    fn room(&self, hidden: bool) -> usize {
        let bytes = self.bytes.get(usize::from(hidden));
        bytes.copied().unwrap_or_default().min(LOOKED_AT)
    }

    /// Looks on in what the views make of a text, as far as there is room for it.
    pub(super) fn unfold(&mut self, part: &Part<'_>, depth: u8) {
        let room = self.room(part.hidden);
        if depth == DEEPEST || room == 0 {
            return;
        }
        for text in views::of(find::head_of(&part.text, room)) {
            let text = Cow::Owned(text);
            let hidden = part.hidden;
            self.push(Part { text, hidden }, depth + 1);
        }
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
