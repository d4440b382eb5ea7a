//! The texts that are looked at: those that are seen before those that are not, each once, and only so many.

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::meter::Meter;
use super::super::reading::{Look, Part};
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
    seen: VecDeque<(Part<'t>, u8)>,
    hidden: VecDeque<(Part<'t>, u8)>,
    /// Texts and bytes that may still be looked at, of either.
    texts: [usize; 2],
    bytes: [usize; 2],
    /// What was looked at.
    known: HashSet<u64>,
    /// What it may cost.
    meter: Meter,
}

impl<'t> Queue<'t> {
    pub(super) fn new(meter: &Meter) -> Queue<'t> {
        Queue {
            meter: meter.clone(),
            seen: VecDeque::new(),
            hidden: VecDeque::new(),
            texts: MOST_TEXTS,
            bytes: MOST_BYTES,
            known: HashSet::new(),
        }
    }

    pub(super) fn push(&mut self, part: Part<'t>, depth: u8) {
        let queue = match part.is_hidden() {
            true => &mut self.hidden,
            false => &mut self.seen,
        };
        queue.push_back((part, depth));
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
            let next = self.seen.pop_front();
            let (mut part, depth) = next.or_else(|| self.hidden.pop_front())?;
            let side = usize::from(part.is_hidden());
            let texts = self.texts.get(side).copied().unwrap_or_default();
            let room = self.room(&part);
            if texts == 0 || room == 0 {
                continue;
            }
            // What a browser shows of a text that is a source comes in its place; nobody sees the source itself.
            if part.look == Look::Source && depth < DEEPEST {
                let head = find::head_of(&part.text, room);
                self.meter.count(2 * head.len());
                if let Some(shown) = views::shown(head) {
                    let shown = Part::new(Cow::Owned(shown), Look::Shown);
                    self.seen.push_front((shown, depth + 1));
                    part.look = Look::Hidden;
                    self.push(part, depth);
                    continue;
                }
                // The lines of a string in JSON are lines: as it is written, rows run together, and trying to part them costs what mending them needs.
                if let Some(unescaped) = views::unescaped(head) {
                    let unescaped = Part::new(Cow::Owned(unescaped), Look::Source);
                    part.look = Look::Shown;
                    self.seen.push_front((part, depth));
                    self.seen.push_front((unescaped, depth + 1));
                    continue;
                }
            }
            let head = find::head_of(&part.text, room);
            if head.len() < part.text.len() {
                part.text = Cow::Owned(head.to_owned());
            }
            if !self.known.insert(fingerprint(&part.text)) {
                continue;
            }
            if let (Some(texts), Some(bytes)) = (self.texts.get_mut(side), self.bytes.get_mut(side))
            {
                *texts -= 1;
                *bytes -= part.text.len();
            }
            return Some((part, depth));
        }
    }

    /// Bytes that may still be looked at.
    fn room(&self, part: &Part<'_>) -> usize {
        let bytes = self.bytes.get(usize::from(part.is_hidden()));
        bytes.copied().unwrap_or_default().min(LOOKED_AT)
    }

    /// Looks on in what the views make of a text, as far as there is room for it.
    pub(super) fn unfold(&mut self, part: &Part<'_>, depth: u8) {
        let room = self.room(part);
        if depth == DEEPEST || room == 0 {
            return;
        }
        let meter = self.meter.clone();
        for text in views::of(find::head_of(&part.text, room), &meter) {
            let look = match part.look {
                Look::Beside | Look::Hidden => part.look,
                Look::Shown | Look::Source => Look::Source,
            };
            self.push(Part::new(Cow::Owned(text), look), depth + 1);
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
