//! Text in, code out: what a person pasted, typed or scanned (SPEC.md 2).
//!
//! A text is looked at as it stands, by the blocks of rows in it (`blocks`) and in each way of `views` that shows a sign of its own; each is a *sight*.
//! Whole codes are looked for in all of them before anything is mended in one, and what is likely is tried before what is dear. All sights together have
//! the 4,096 readings of SPEC.md 2.2 and one budget of work, counted and not timed: the same text gets the same answer on every machine.

use std::borrow::Cow;
use std::collections::HashSet;
use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::align::{self, Work};
use super::error::ReadError;
use super::find::{self, Stream};
use super::place::Place;
use super::search::{self, Search};
use super::verdict::{self, Damage};
use super::{Code, Kind, LOOKED_AT, Thing, blocks, emergency, loose, rows, shape, views};

/// A code that was read, and what was done to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The code; its integrity symbols hold (SPEC.md 2.2), but for an emergency code (SPEC.md 2.4).
    pub code: Code,
    /// Where a character was corrected, one place for each.
    pub corrections: Vec<Place>,
    /// The row that was lost, and that the spare row gave back (SPEC.md 2.3).
    pub restored: Option<u8>,
}

/// All that a text holds, the first code of a kind that is wanted before everything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The code; its integrity symbols hold (SPEC.md 2.2), but for an emergency code (SPEC.md 2.4).
    pub code: Code,
    /// Where a character was corrected, one place for each.
    pub corrections: Vec<Place>,
    /// The row that was lost, and that the spare row gave back (SPEC.md 2.3).
    pub restored: Option<u8>,
    /// The other codes in the text, each once.
    pub others: Vec<Carried>,
    /// What in the text is a code and cannot be read.
    pub damaged: Vec<Damage>,
    /// Who sent the mail that the code was in, as its header says: it proves nothing.
    pub sender: Option<String>,
}

impl Reading {
    /// The same with another of its codes in front, the first for which `fits` holds; itself where there is none.
    pub fn choosing(mut self, fits: impl Fn(&Code) -> bool) -> Reading {
        if fits(&self.code) {
            return self;
        }
        if let Some(other) = self.others.iter_mut().find(|other| fits(&other.code)) {
            std::mem::swap(&mut self.code, &mut other.code);
            std::mem::swap(&mut self.corrections, &mut other.corrections);
            std::mem::swap(&mut self.restored, &mut other.restored);
        }
        self
    }

    /// All codes, the one in front first.
    pub fn codes(&self) -> impl Iterator<Item = &Code> {
        std::iter::once(&self.code).chain(self.others.iter().map(|other| &other.code))
    }
}

/// Finds the codes in `text`, whatever stands around them and in whatever shape they arrived (SPEC.md 2), of which one is of a `wanted` kind; none wanted
/// means any.
///
/// The work is bounded: a text that holds no code costs little, whatever its size.
///
/// # Errors
/// Where there is no code, none of a wanted kind, or one that cannot be read.
pub fn read(text: &str, wanted: &[Kind]) -> Result<Reading, ReadError> {
    read_each(std::iter::once(Cow::Borrowed(text)), wanted)
}

/// As [`read`], for one thing that has several texts: those of a mail, and its source. A later one is only asked for where those before gave nothing.
pub(super) fn read_each<'t>(
    texts: impl Iterator<Item = Cow<'t, str>>,
    wanted: &[Kind],
) -> Result<Reading, ReadError> {
    let mut reader = Reader::new(wanted);
    reader.look_at(texts);
    reader.mend();
    reader.finish()
}

/// The most texts that are made of one, with their bytes together.
const MOST_TEXTS: usize = 40;
const MOST_BYTES: usize = 2 * LOOKED_AT + LOOKED_AT / 2;
/// How often a text is looked at in some way that another way made.
const DEEPEST: u8 = 3;
/// Work that all sights may cost together.
const MOST_WORK: u32 = align::WORK + align::WORK / 2;
/// Rows that are looked at in all sights together: for whole codes, and to mend one.
const MOST_ROWS: u32 = 120_000;
/// Work that it may cost to say of all sights together which rows are damaged.
const VERDICTS: u32 = align::WORK / 2;
/// Blocks are not looked at beyond as many sights; whole texts are.
const MOST_SIGHTS: usize = 256;
/// A damaged code beside a whole one is mended only so far, for it is not what is wanted.
const LEFT_WORK: u32 = align::WORK / 4;

/// Symbols by which a part of a text is told to belong to a code.
const RUN: usize = 2 * rows::GROUP;
/// A sight of which one in so many runs is known is of a code that is known: two requests of one license have their beginnings alone in common.
const KNOWN: usize = 4;

/// A way in which a text was looked at.
struct Sight {
    search: Search,
    /// Of which text, counted from 0.
    text: usize,
    /// Whether it is rows alone.
    block: bool,
}

struct Reader<'w> {
    wanted: &'w [Kind],
    /// Readings that may still be held against the 40 bits.
    readings: u32,
    work: Work,
    /// Rows that may still be looked at, for whole codes and to mend one.
    clean_rows: u32,
    rows: u32,
    sights: Vec<Sight>,
    /// The text in which a wanted code was found: no other is mended then.
    settled: Option<usize>,
    thing: Option<Thing>,
}

impl Reader<'_> {
    fn new(wanted: &[Kind]) -> Reader<'_> {
        Reader {
            wanted,
            readings: search::MOST_READINGS,
            work: Work::new(MOST_WORK),
            clean_rows: MOST_ROWS,
            rows: MOST_ROWS,
            sights: Vec::new(),
            settled: None,
            thing: None,
        }
    }

    fn is_wanted(&self, code: &Code) -> bool {
        self.wanted.is_empty() || self.wanted.contains(&code.kind())
    }

    /// Looks for whole codes in these texts and in what the views make of them, until there is one that is wanted.
    fn look_at<'t>(&mut self, mut texts: impl Iterator<Item = Cow<'t, str>>) {
        let mut queue: VecDeque<(Cow<'t, str>, u8)> = VecDeque::new();
        let mut seen = HashSet::new();
        let mut left = MOST_BYTES;
        for nth in 0..MOST_TEXTS {
            let next = texts.next().map(|text| (text, 0));
            let Some((text, depth)) = next.or_else(|| queue.pop_front()) else {
                return;
            };
            let head = find::head(&text);
            left = left.saturating_sub(head.len());
            if left == 0 || !seen.insert(fingerprint(head)) {
                continue;
            }
            if self.look(head, nth) {
                self.settled = Some(nth);
                return;
            }
            self.thing = self.thing.or_else(|| Thing::of_text(head));
            if depth < DEEPEST {
                let more = views::of(head).map(|text| (Cow::Owned(text), depth + 1));
                queue.extend(more);
            }
        }
    }

    /// Looks for whole codes in a text and in its blocks; whether one is wanted.
    fn look(&mut self, text: &str, nth: usize) -> bool {
        let whole = self.sight(Stream::new(text), nth, false);
        let found = self.has_wanted(nth);
        if found && whole.is_some_and(|left| left < rows::SHORTEST) {
            return true;
        }
        for block in blocks::of(text) {
            let stream = Stream::new(&block);
            let same = |it: &Sight| it.text == nth && it.search.stream().is_same(&stream);
            if self.sights.len() < MOST_SIGHTS && !self.sights.iter().any(same) {
                self.sight(stream, nth, true);
            }
        }
        self.has_wanted(nth)
    }

    /// Adds a sight and looks for whole codes in it; how many symbols belong to none, and nothing where there are no symbols at all.
    fn sight(&mut self, stream: Stream, text: usize, block: bool) -> Option<usize> {
        let length = stream.len();
        if length < rows::SHORTEST {
            return None;
        }
        let mut search = Search::new(stream);
        let most = self.readings / 2;
        search.allow(most);
        search.find_clean(&mut self.clean_rows);
        emergency::find_clean(&mut search);
        self.readings -= most - search.readings();
        let taken = search.taken();
        self.sights.push(Sight {
            search,
            text,
            block,
        });
        Some(length.saturating_sub(taken))
    }

    fn has_wanted(&self, text: usize) -> bool {
        let here = self.sights.iter().filter(|sight| sight.text == text);
        here.flat_map(|sight| sight.search.found())
            .any(|found| self.is_wanted(&found.code))
    }

    fn any_wanted(&self) -> bool {
        let all = self.sights.iter().flat_map(|sight| sight.search.found());
        all.into_iter().any(|found| self.is_wanted(&found.code))
    }

    /// Mends: blocks before whole texts, what is likely before what is dear; beside a code that is wanted only what is damaged without a doubt.
    fn mend(&mut self) {
        if let Some(text) = self.settled {
            let beside: Vec<usize> = (0..self.sights.len())
                .filter(|&nth| self.sights.get(nth).is_some_and(|it| it.text == text))
                .filter(|&nth| self.is_left(nth))
                .collect();
            for &nth in &beside {
                self.mend_one(nth);
            }
            for nth in beside {
                if self.is_left(nth) {
                    self.align_one(nth, LEFT_WORK, 2);
                }
            }
            return;
        }
        let mut order: Vec<usize> = (0..self.sights.len()).collect();
        let asked = |it: &Sight| {
            let stream = it.search.stream();
            let mut prefixes = stream.prefixes().iter();
            prefixes.any(|&(_, kind)| shape::is_wanted(kind, self.wanted))
        };
        order.sort_by_key(|&nth| self.sights.get(nth).map(|it| (!asked(it), !it.block)));
        for &nth in &order {
            self.mend_one(nth);
        }
        if self.any_wanted() {
            return;
        }
        let last = order.last().copied();
        for nth in order {
            let share = if Some(nth) == last { 1 } else { 2 };
            self.align_one(nth, align::WORK, share);
            if self.any_wanted() {
                return;
            }
        }
    }

    /// Whether a sight is a code that was not read, though it has a prefix or rows that are whole.
    fn is_left(&self, nth: usize) -> bool {
        self.sights.get(nth).is_some_and(|sight| {
            sight.block && sight.search.found().is_empty() && shape::is_surely_one(&sight.search)
        })
    }

    fn mend_one(&mut self, nth: usize) {
        let wanted = self.wanted;
        let most = self.readings / 2;
        if let Some(Sight { search, .. }) = self.sights.get_mut(nth) {
            search.allow(most);
            search.find_mended(&mut self.rows, loose::candidates);
            emergency::find_mended(search, wanted);
            self.readings -= most - search.readings();
        }
    }

    /// Aligns with a part of the readings that are left: all but one in `share`, or all.
    fn align_one(&mut self, nth: usize, work: u32, share: u32) {
        let wanted = self.wanted;
        let kept = if share > 1 { self.readings / 4 } else { 0 };
        let most = self.readings - kept;
        if let Some(Sight { search, .. }) = self.sights.get_mut(nth) {
            search.allow(most);
            let own = &mut self.work;
            own.part(work, |work| align::find(search, wanted, work));
            self.readings -= most - search.readings();
        }
    }

    fn finish(self) -> Result<Reading, ReadError> {
        let mut codes: Vec<Carried> = Vec::new();
        let settled = |sight: &&Sight| self.settled.is_none_or(|text| text == sight.text);
        for sight in self.sights.iter().filter(settled) {
            let mut found: Vec<_> = sight.search.found().iter().collect();
            found.sort_by_key(|found| found.stretches.iter().map(|it| it.start).min());
            for found in found {
                if codes.iter().all(|known| known.code != found.code) {
                    codes.push(Carried {
                        code: found.code.clone(),
                        corrections: found.corrections.clone(),
                        restored: found.restored,
                    });
                }
            }
        }
        let first = codes.iter().position(|it| self.is_wanted(&it.code));
        let Some(first) = first else {
            return Err(self.refusal(codes.into_iter().next()));
        };
        let Carried {
            code,
            corrections,
            restored,
        } = codes.remove(first);
        let damaged =
            self.damaged_beside(std::iter::once(&code).chain(codes.iter().map(|it| &it.code)));
        Ok(Reading {
            code,
            corrections,
            restored,
            others: codes,
            damaged,
            sender: None,
        })
    }

    /// What is damaged in the text that the wanted code was found in, and is none of these codes: one is seen in several ways, and in some of them it is
    /// not whole.
    fn damaged_beside<'c>(&self, codes: impl Iterator<Item = &'c Code>) -> Vec<Damage> {
        let has_wanted = |sight: &&Sight| {
            let mut found = sight.search.found().iter();
            found.any(|it| self.is_wanted(&it.code))
        };
        let text = self.sights.iter().find(has_wanted).map(|it| it.text);
        let mut told: HashSet<Vec<u8>> = HashSet::new();
        for text in codes.filter_map(|code| code.to_text().ok()) {
            told.extend(runs(&Stream::new(&text)));
        }
        let mut work = Work::new(VERDICTS);
        let mut damaged = Vec::new();
        let left = (0..self.sights.len()).filter(|&nth| self.is_left(nth));
        for sight in left.filter_map(|nth| self.sights.get(nth)) {
            let stream = sight.search.stream();
            let (known, all) = runs(&stream).fold((0, 0), |(known, all), run| {
                (known + usize::from(told.contains(&run)), all + 1)
            });
            if Some(sight.text) != text || KNOWN * known > all {
                continue;
            }
            told.extend(runs(&stream));
            damaged.extend(verdict::diagnose(&sight.search, &[], &mut work));
        }
        damaged
    }

    /// A damaged code of a wanted kind is worth more words than a whole one that nobody asked for.
    fn refusal(&self, other: Option<Carried>) -> ReadError {
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
            (_, Some(other), _) => ReadError::OtherKind { code: other.code },
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

/// The same for the same text on every machine.
fn fingerprint(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
