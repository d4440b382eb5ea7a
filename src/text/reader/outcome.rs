//! What a reader says in the end: the codes in their order, what is damaged beside them, or why there is none.

use std::collections::HashSet;

use super::super::align::{self, Work};
use super::super::error::ReadError;
use super::super::find::Stream;
use super::super::reading::{Carried, Reading};
use super::super::search::Found;
use super::super::standing::Standing;
use super::super::verdict::{self, Damage};
use super::super::{Code, Kind, rows, shape};
use super::Reader;
use super::sight::Sight;

/// Work that it may cost to say of all sights together which rows are damaged.
const VERDICTS: u32 = align::WORK / 2;
/// Symbols by which a part of a text is told to belong to a code.
const RUN: usize = 2 * rows::GROUP;
/// A sight of which one in so many runs is known is of a code that is known: two requests of one license have their beginnings alone in common.
const KNOWN: usize = 4;

impl Reader<'_> {
    pub(in crate::text) fn finish(self) -> Result<Reading, ReadError> {
        let mut found: Vec<(&Sight, &Found)> = Vec::new();
        for sight in &self.sights {
            found.extend(sight.search.found().iter().map(|found| (sight, found)));
        }
        let doubtful = |it: &Found| it.code.kind() == Kind::Emergency && !it.corrections.is_empty();
        found.sort_by_key(|(sight, it)| (!self.is_wanted(&it.code), doubtful(it), sight.order(it)));
        let mut known = HashSet::new();
        found.retain(|(_, it)| known.insert(&it.code));
        let mut codes = found.iter().map(|(sight, it)| Carried {
            code: it.code.clone(),
            corrections: it.corrections.clone(),
            restored: it.restored,
            standing: sight.standing(it),
        });
        let first = codes.next();
        let Some(first) = first.filter(|it| self.is_wanted(&it.code)) else {
            return Err(self.refusal(found.first().map(|(_, it)| it.code.clone())));
        };
        let others: Vec<Carried> = codes.collect();
        let text = found.first().map(|(sight, _)| sight.text);
        let damaged = self.damaged_beside(text, found.iter().map(|(_, it)| &it.code));
        Ok(Reading {
            others,
            damaged,
            ..Reading::from(first)
        })
    }

    /// What is damaged in the text that the wanted code was found in, and is none of these codes: one is seen in several ways, and in some of them it is
    /// not whole.
    fn damaged_beside<'c>(
        &self,
        text: Option<usize>,
        codes: impl Iterator<Item = &'c Code>,
    ) -> Vec<Damage> {
        let mut told: HashSet<Vec<u8>> = HashSet::new();
        for text in codes.filter_map(|code| code.to_text().ok()) {
            told.extend(runs(&Stream::new(&text)));
        }
        let mut work = Work::new(VERDICTS);
        let mut damaged = Vec::new();
        let left = (0..self.sights.len()).filter(|&nth| self.is_left(nth));
        let surely = |sight: &&Sight| shape::is_surely_one(&sight.search);
        for sight in left.filter_map(|nth| self.sights.get(nth)).filter(surely) {
            let stream = sight.search.stream();
            let (known, all) = runs(&stream).fold((0, 0), |(known, all), run| {
                (known + usize::from(told.contains(&run)), all + 1)
            });
            if Some(sight.text) != text || KNOWN * known > all {
                continue;
            }
            told.extend(runs(&stream));
            let damage = verdict::diagnose(&sight.search, &[], &mut work);
            damaged.extend(damage.map(|damage| Damage {
                standing: if sight.hidden {
                    Standing::Hidden
                } else {
                    damage.standing
                },
                ..damage
            }));
        }
        damaged
    }

    /// A damaged code of a wanted kind is worth more words than a whole one that nobody asked for.
    fn refusal(&self, other: Option<Code>) -> ReadError {
        let wanted = |damage: &Damage| {
            damage
                .kind
                .is_some_and(|kind| shape::is_wanted(kind, self.wanted))
        };
        let all = self.sights.iter();
        let mut work = Work::new(VERDICTS);
        let damaged = all.filter_map(|it| verdict::diagnose(&it.search, self.wanted, &mut work));
        // The one of which most can be said; the first of those.
        let worst = damaged.reduce(|best, next| {
            let worth = |it: &Damage| (wanted(it), it.whole_rows());
            if worth(&next) > worth(&best) {
                next
            } else {
                best
            }
        });
        match (worst, other, self.thing) {
            (Some(damage), Some(_), _) if wanted(&damage) => damage.into(),
            (_, Some(code), _) => ReadError::OtherKind { code },
            (Some(damage), None, _) => damage.into(),
            (None, None, Some(thing)) => ReadError::NotACode { thing },
            (None, None, None) => ReadError::NoCode,
        }
    }
}

fn runs(stream: &Stream) -> impl Iterator<Item = Vec<u8>> {
    stream.symbols().windows(RUN).map(<[u8]>::to_vec)
}

impl From<Damage> for ReadError {
    fn from(damage: Damage) -> ReadError {
        ReadError::Damaged {
            kind: damage.kind,
            rows: damage.rows,
        }
    }
}
