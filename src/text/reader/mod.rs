//! How a text is read: it is looked at as it stands, by the blocks of rows in it (`blocks`) and in each way of `views` that shows a sign of its own; each
//! is a *sight*.
//!
//! Whole codes are looked for in all of them before anything is mended in one, what is seen comes before what is hidden, and what is likely is tried before
//! what is dear. All sights together have the 4,096 readings of SPEC.md 2.2 and one budget of work, counted and not timed: the same text gets the same
//! answer on every machine.

mod outcome;
mod queue;
mod sight;

use std::cmp::Reverse;

use super::align::{self, Work};
use super::find::{self, Stream};
use super::meter::Meter;
use super::reading::{Carried, Look, Part};
use super::search::{self, Search};
use super::{Code, Kind, LOOKED_AT, Thing, blocks, emergency, loose, rows, shape};
use queue::Queue;
use sight::Sight;

/// Work that all sights may cost together.
const MOST_WORK: u32 = align::WORK + align::WORK / 2;
/// Rows that are looked at in all sights together: for whole codes, and to mend one.
const MOST_ROWS: u32 = 120_000;
/// Work that it may cost to say which emergency codes may be meant.
const SLIPS: u32 = align::WORK / 2;
/// Places that may be looked at for whole codes, and for each byte of what is handed over; to mend; to tell which emergency codes may be meant; to say what
/// is damaged.
const LOOKING: usize = 4_000_000;
const LOOKING_FOR_EACH: usize = 100;
const MENDING: usize = 12_000_000;
const SLIPPING: usize = 2_000_000;
const SAYING: usize = 2_000_000;
/// Blocks are not looked at beyond as many sights; whole texts are.
const MOST_SIGHTS: usize = 256;
/// A damaged code beside a whole one is mended only so far, for it is not what is wanted.
const LEFT_WORK: u32 = align::WORK / 4;

pub(in crate::text) struct Reader<'w> {
    wanted: &'w [Kind],
    /// Readings that may still be held against the 40 bits.
    readings: u32,
    work: Work,
    /// Places that may still be looked at.
    meter: Meter,
    /// Rows that may still be looked at, for whole codes and to mend one.
    clean_rows: u32,
    rows: u32,
    sights: Vec<Sight>,
    /// The text in which everybody sees a wanted code that is whole: no other is mended then.
    settled: Option<usize>,
    thing: Option<Thing>,
}

impl Reader<'_> {
    pub(in crate::text) fn new(wanted: &[Kind]) -> Reader<'_> {
        Reader {
            wanted,
            readings: search::MOST_READINGS,
            work: Work::new(MOST_WORK),
            meter: Meter::new(LOOKING),
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

    /// Looks for whole codes in these texts and in what the views make of them; where one is wanted, and seen, for others only as far as that costs little.
    pub(in crate::text) fn look_at<'t>(&mut self, parts: impl Iterator<Item = Part<'t>>) {
        let meter = self.meter.clone();
        let mut parts = parts.inspect(|part| {
            meter.allow(LOOKING_FOR_EACH * part.text.len().min(LOOKED_AT));
        });
        let mut queue = Queue::new(&meter);
        for nth in 0.. {
            let Some((part, depth)) = queue.next_with(&mut parts) else {
                return;
            };
            if self.look(&part, nth) {
                return;
            }
            if self.settled.is_none() && !part.is_hidden() && self.has_wanted(nth) {
                self.settled = Some(nth);
                queue.look_beside();
            }
            self.thing = self.thing.or_else(|| Thing::of_text(&part.text));
            queue.unfold(&part, depth);
        }
    }

    /// Looks for whole codes in a text and in its blocks; whether a code that is wanted is all that there is.
    fn look(&mut self, part: &Part<'_>, nth: usize) -> bool {
        let sight = |block: bool| (nth, block, part.look);
        let text = find::apart(&part.text);
        let whole = self.sight(Stream::at_line(&text, 0, &self.meter), sight(false));
        let is_all = whole.is_some_and(|left| left < rows::SHORTEST);
        if is_all && !part.is_hidden() && self.has_wanted(nth) {
            self.settled = self.settled.or(Some(nth));
            return true;
        }
        for (line, block) in blocks::of(&text) {
            if self.meter.is_spent() {
                break;
            }
            let stream = Stream::at_line(&block, line, &self.meter);
            let same = |it: &&mut Sight| it.text == nth && it.search.stream().is_same(&stream);
            let room = self.sights.len() < MOST_SIGHTS;
            match self.sights.iter_mut().find(same) {
                // A text that is nothing else is its block.
                Some(known) => known.block = true,
                None if room => {
                    self.sight(stream, sight(true));
                }
                None => {}
            }
        }
        false
    }

    /// Adds a sight and looks for whole codes in it; how many symbols belong to none, and nothing where there are no symbols at all.
    fn sight(&mut self, stream: Stream, (text, block, look): (usize, bool, Look)) -> Option<usize> {
        let length = stream.len();
        if length < rows::SHORTEST {
            return None;
        }
        let mut search = Search::new(stream);
        let most = self.readings / 2;
        search.allow(most);
        search.find_clean(&mut self.clean_rows);
        // These have no integrity of their own: beside a code that is wanted, chance is not asked for one in every way to look.
        if self.settled.is_none_or(|settled| settled == text) {
            emergency::find_clean(&mut search);
        }
        self.readings -= most - search.readings();
        let taken = search.taken();
        self.sights.push(Sight {
            search,
            text,
            block,
            hidden: matches!(look, Look::Beside | Look::Hidden),
            beside: look == Look::Beside,
        });
        Some(length.saturating_sub(taken))
    }

    fn has_wanted(&self, text: usize) -> bool {
        self.any(|sight, code| sight.text == text && self.is_wanted(code))
    }

    fn any(&self, fits: impl Fn(&Sight, &Code) -> bool) -> bool {
        let mut all = self.sights.iter();
        all.any(|sight| {
            let mut found = sight.search.found().iter();
            found.any(|found| fits(sight, &found.code))
        })
    }

    /// Mends: what is seen before what is hidden, blocks before whole texts, what is likely before what is dear; beside a code that is there only what is
    /// damaged without a doubt.
    pub(in crate::text) fn mend(&mut self) {
        self.meter.begin(MENDING);
        for hidden in [false, true] {
            if self.settled.is_none() {
                self.mend_sights(hidden);
            }
            let seen = |sight: &&Sight| {
                let mut found = sight.search.found().iter();
                (!sight.hidden || (sight.beside && hidden))
                    && found.any(|it| self.is_wanted(&it.code))
            };
            let settled = self.sights.iter().find(seen).map(|sight| sight.text);
            if let Some(text) = settled {
                return self.mend_beside(text);
            }
            if self.any(|_, code| self.is_wanted(code)) {
                return;
            }
        }
    }

    /// Mends what stands beside a code that is wanted.
    fn mend_beside(&mut self, text: usize) {
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
    }

    fn mend_sights(&mut self, hidden: bool) {
        let asked = |it: &Sight| {
            let stream = it.search.stream();
            let mut prefixes = stream.prefixes().iter();
            prefixes.any(|&(place, kind)| {
                it.search.is_free(&(place..place + 1)) && shape::is_wanted(kind, self.wanted)
            })
        };
        // Where the text has a whole code, though none that is wanted, or none that is seen, words are not turned over for another one.
        let one_is_there = self.any(|_, _| true);
        let worth = |it: &Sight| {
            !one_is_there
                || asked(it)
                || (it.search.found().is_empty() && shape::is_surely_one(&it.search))
        };
        let sights = self.sights.iter().enumerate();
        // Of the blocks the one that has most rows as they were written: of a page that was scanned, the one without the blanks in its groups.
        let whole = |it: &Sight| {
            if it.block {
                it.search.anchors().len()
            } else {
                0
            }
        };
        let mut order: Vec<(bool, bool, Reverse<usize>, usize)> = sights
            .filter(|(_, it)| it.hidden == hidden && worth(it))
            .map(|(nth, it)| (!asked(it), !it.block, Reverse(whole(it)), nth))
            .collect();
        order.sort_unstable();
        for &(.., nth) in &order {
            self.mend_one(nth);
        }
        let has_one = |reader: &Self| {
            reader.any(|sight, code| sight.hidden == hidden && reader.is_wanted(code))
        };
        if has_one(self) {
            return;
        }
        let more = self.sights.iter().any(|it| it.hidden && !hidden);
        let last = order.last().map(|&(.., nth)| nth).filter(|_| !more);
        for (.., nth) in order {
            let share = if Some(nth) == last { 1 } else { 2 };
            self.align_one(nth, align::WORK, share);
            if has_one(self) {
                return;
            }
        }
    }

    /// Whether a sight is a code that was not read, though it is one without a doubt, or groups that look like one.
    fn is_left(&self, nth: usize) -> bool {
        self.sights.get(nth).is_some_and(|sight| {
            let search = &sight.search;
            sight.block
                && search.found().is_empty()
                && (shape::is_surely_one(search) || shape::is_grouped(&search.stream(), 0))
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

    /// The emergency codes that may be meant, the likeliest first, whatever codes can be read for certain beside them: a desk answers below its earlier answer.
    pub(in crate::text) fn slipped(&self) -> Vec<Carried> {
        if !self.wanted.is_empty() && !self.wanted.contains(&Kind::Emergency) {
            return Vec::new();
        }
        self.meter.begin(SLIPPING);
        let mut slips = emergency::Slips::new(SLIPS);
        let seen_beside = !self.shows_code() && self.seen_damage().next().is_none();
        for sight in &self.sights {
            let unseen = sight.hidden && !(sight.beside && seen_beside);
            slips.look(&sight.search, unseen);
        }
        slips.finish()
    }
}
