//! What a reader says in the end: the codes in their order, what is damaged beside them, or why there is none.

use std::collections::{HashMap, HashSet};

use super::super::align::{self, Work};
use super::super::error::ReadError;
use super::super::find::Stream;
use super::super::reading::{Carried, Reading};
use super::super::search::Found;
use super::super::standing::Standing;
use super::super::verdict::{self, Damage};
use super::super::{Code, Kind, rows, shape};
use super::sight::Sight;
use super::{Reader, SAYING};

/// Work that it may cost to say of all sights together which rows are damaged.
const VERDICTS: u32 = align::WORK / 2;
/// Symbols by which a part of a text is told to belong to a code.
const RUN: usize = 2 * rows::GROUP;
/// A sight of which one in so many runs is known is of a code that is known: two requests of one license have their beginnings alone in common.
const KNOWN: usize = 4;
/// Codes of which it is known that a run is of them.
const MOST_OWNERS: usize = 4;
/// Sights of which is said what is damaged in them.
const MOST_DIAGNOSED: usize = 32;

impl Reader<'_> {
    pub(in crate::text) fn finish(self) -> Result<Reading, ReadError> {
        self.meter.begin(SAYING);
        let mut found: Vec<(&Sight, &Found)> = Vec::new();
        for sight in &self.sights {
            found.extend(sight.search.found().iter().map(|found| (sight, found)));
        }
        let meant = self.meant_beside();
        let standing = |sight: &Sight, it: &Found| {
            let meant = sight.beside && meant.contains(&it.code);
            sight.standing(it, sight.hidden && !meant)
        };
        found.sort_by_key(|(sight, it)| {
            let wanted = self.is_wanted(&it.code);
            (
                !wanted,
                is_doubtful(it),
                standing(sight, it),
                sight.order(it),
            )
        });
        let mut known = HashSet::new();
        found.retain(|(_, it)| known.insert(&it.code));
        let mut codes = found.iter().map(|(sight, it)| Carried {
            code: it.code.clone(),
            corrections: it.corrections.clone(),
            restored: it.restored,
            standing: standing(sight, it),
        });
        let first = codes.next();
        let Some(first) = first.filter(|it| self.is_wanted(&it.code)) else {
            return Err(self.refusal(found.first().map(|(_, it)| it.code.clone())));
        };
        let others: Vec<Carried> = codes.collect();
        let sight = found.first().map(|(sight, _)| *sight);
        let damaged = self.damaged_beside(
            sight,
            !meant.is_empty(),
            found.iter().map(|(_, it)| &it.code),
        );
        Ok(Reading {
            others,
            damaged,
            ..Reading::from(first)
        })
    }

    /// Whether a whole code is seen.
    pub(super) fn shows_code(&self) -> bool {
        let seen = self.sights.iter().filter(|sight| !sight.hidden);
        let mut found = seen.flat_map(|sight| sight.search.found());
        found.any(|it| !is_doubtful(it))
    }

    /// What is seen and is a code without a doubt, though it cannot be read: in the first text that has such, for the others are ways to look at it.
    pub(super) fn seen_damage(&self) -> impl Iterator<Item = &Sight> {
        let seen = |sight: &&Sight| !sight.hidden && shape::is_surely_one(&sight.search);
        let mut damage = self.left().filter(seen).peekable();
        let text = damage.peek().map(|it| it.text);
        damage.take_while(move |it| Some(it.text) == text)
    }

    fn left(&self) -> impl Iterator<Item = &Sight> {
        let left = (0..self.sights.len()).filter(|&nth| self.is_left(nth));
        left.filter_map(|nth| self.sights.get(nth))
    }

    /// The codes of the text that stands in for another one that are meant as it has them: where the other shows no code, or ruins of them and of no others.
    fn meant_beside(&self) -> HashSet<Code> {
        let mut meant = HashSet::new();
        let beside = self.sights.iter().filter(|sight| sight.beside);
        let found = beside.flat_map(|sight| sight.search.found());
        let codes: HashSet<Code> = found.map(|it| it.code.clone()).collect();
        if codes.is_empty() || self.shows_code() {
            return meant;
        }
        let codes: Vec<Code> = codes.into_iter().collect();
        let mut damage = self.seen_damage().peekable();
        if damage.peek().is_none() {
            return codes.into_iter().collect();
        }
        let mut owners: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for (nth, code) in codes.iter().enumerate() {
            for run in runs_of(code) {
                let owners = owners.entry(run).or_default();
                if owners.len() < MOST_OWNERS {
                    owners.push(nth);
                }
            }
        }
        for sight in damage {
            let (mut same, mut all) = (vec![0; codes.len()], 0);
            for run in runs(&sight.search.stream()) {
                all += 1;
                for &owner in owners.get(&run).into_iter().flatten() {
                    same.get_mut(owner).into_iter().for_each(|it| *it += 1);
                }
            }
            let same = codes.iter().zip(same).filter(|(_, it)| KNOWN * it > all);
            let same: Vec<Code> = same.map(|(code, _)| code.clone()).collect();
            if same.is_empty() {
                return HashSet::new();
            }
            meant.extend(same);
        }
        meant
    }

    /// What is damaged and seen, or stands in the text that the wanted code was found in, and is none of these codes: one is seen in several ways, and in some
    /// of them it is not whole. What is beside another text is `meant`, or not seen.
    fn damaged_beside<'c>(
        &self,
        first: Option<&Sight>,
        meant: bool,
        codes: impl Iterator<Item = &'c Code>,
    ) -> Vec<Damage> {
        let mut told: HashSet<Vec<u8>> = codes.flat_map(runs_of).collect();
        let mut work = Work::new(VERDICTS);
        let mut damaged = Vec::new();
        let surely = |sight: &&Sight| shape::is_surely_one(&sight.search);
        let seen = self.seen_damage().next().map(|it| it.text);
        for sight in self.left().filter(surely) {
            let stream = sight.search.stream();
            let asked = first.is_some_and(|first| {
                // What is seen and cannot be read may be what was meant instead of what is not seen.
                sight.text == first.text || (first.hidden && Some(sight.text) == seen)
            });
            if !asked || self.meter.is_spent() || is_known(&stream, &told) {
                continue;
            }
            told.extend(runs(&stream));
            let damage = verdict::diagnose(&sight.search, &[], &mut work);
            damaged.extend(damage.map(|damage| Damage {
                standing: if sight.hidden && !(sight.beside && meant) {
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
        let all = self.sights.iter().take_while(|_| !self.meter.is_spent());
        let mut work = Work::new(VERDICTS);
        let damaged = all.filter_map(|it| verdict::diagnose(&it.search, self.wanted, &mut work));
        let damaged = damaged.take(MOST_DIAGNOSED);
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

/// Whether no check and nothing else tells that this is a code and no other: of emergency codes that were corrected.
fn is_doubtful(found: &Found) -> bool {
    found.code.kind() == Kind::Emergency && !found.corrections.is_empty()
}

/// Whether what is damaged has enough of what is known to be a part of it.
fn is_known(stream: &Stream, known: &HashSet<Vec<u8>>) -> bool {
    let (same, all) = runs(stream).fold((0, 0), |(same, all), run| {
        (same + usize::from(known.contains(&run)), all + 1)
    });
    KNOWN * same > all
}

fn runs_of(code: &Code) -> HashSet<Vec<u8>> {
    let text = code.to_text().unwrap_or_default();
    runs(&Stream::new(&text)).collect()
}

fn runs(stream: &Stream) -> impl Iterator<Item = Vec<u8>> {
    stream.meter().count(stream.len());
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
