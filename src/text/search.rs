//! Readings of a stream: rows put together in every way that is likely, the cheapest tried first against the 40 bits (SPEC.md 2.2, 2.3).

use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

use super::Code;
use super::candidate::Candidate;
use super::find::Stream;
use super::message::Unverified;
use super::place::Place;
use super::rows::{self, Row};

/// The most readings of one text that are held against the 40 bits: so few that noise passes once in 2²⁸ texts.
pub(super) const MOST_READINGS: u32 = 4096;
/// The most rows of one sight that are looked at in each of the three stages (whole codes, mended ones, loose rows): the bound on time, whatever the text.
const MOST_ROWS_READ: u32 = 40_000;
/// The most readings that are kept for trying.
const MOST_KEPT: usize = 4 * MOST_READINGS as usize;
/// The most unchanged rows outside of codes, and the most codes, that are taken note of in one text.
const MOST_ANCHORS: usize = 1024;
const MOST_FOUND: usize = 512;

/// A code that was found, and where.
pub(super) struct Found {
    pub(super) code: Code,
    pub(super) corrections: Vec<Place>,
    pub(super) restored: Option<u8>,
    pub(super) stretches: Vec<Range<usize>>,
}

/// What is known of a stream, and what it may still cost.
pub(super) struct Search {
    stream: Rc<Stream>,
    starts: Vec<usize>,
    /// Where spare rows begin that stand there unchanged, in order.
    spares: Rc<[usize]>,
    /// Full rows that stand there unchanged: place and number.
    anchors: Vec<(usize, u8)>,
    readings: u32,
    rows: u32,
    found: Vec<Found>,
    /// What belongs to codes that were found, in order, no two of them touching.
    taken: Vec<Range<usize>>,
}

impl Search {
    pub(super) fn new(stream: Stream) -> Search {
        stream.meter().count(stream.len());
        let rows = rows::clean_rows(stream.symbols());
        let spares =
            rows.filter(|&(at, number)| number == rows::SPARE && stream.parts(at + rows::LONGEST));
        Search {
            spares: spares.map(|(at, _)| at).collect(),
            starts: stream.starts(),
            stream: Rc::new(stream),
            anchors: Vec::new(),
            readings: MOST_READINGS,
            rows: MOST_ROWS_READ,
            found: Vec::new(),
            taken: Vec::new(),
        }
    }

    pub(super) fn stream(&self) -> Rc<Stream> {
        Rc::clone(&self.stream)
    }

    pub(super) fn anchors(&self) -> &[(usize, u8)] {
        &self.anchors
    }

    pub(super) fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// Allows as many readings to be held against the 40 bits; before that, as many as a whole text may have.
    pub(super) fn allow(&mut self, readings: u32) {
        self.readings = readings;
    }

    /// How many readings may still be held against the 40 bits.
    pub(super) fn readings(&self) -> u32 {
        self.readings
    }

    pub(super) fn found(&self) -> &[Found] {
        &self.found
    }

    /// How many symbols belong to codes.
    pub(super) fn taken(&self) -> usize {
        self.taken.iter().map(Range::len).sum()
    }

    /// Whether no code was found in any part of a stretch.
    pub(super) fn is_free(&self, stretch: &Range<usize>) -> bool {
        let first = self
            .taken
            .partition_point(|taken| taken.end <= stretch.start);
        self.taken
            .get(first)
            .is_none_or(|taken| taken.start >= stretch.end)
    }

    /// The row `number` in a stretch, mended; `None` too when the text has cost enough.
    pub(super) fn row(&mut self, stretch: Range<usize>, number: u8) -> Option<Row> {
        rows::decode(self.pay(stretch)?, number)
    }

    /// The row in a stretch with at most one symbol mended, its number found out.
    pub(super) fn any_row(&mut self, stretch: Range<usize>) -> Option<Row> {
        rows::identify(self.pay(stretch)?)
    }

    /// The row in a stretch with nothing mended.
    pub(super) fn clean_row(&mut self, stretch: Range<usize>) -> Option<Row> {
        rows::clean(self.pay(stretch)?)
    }

    /// Whether another row may be looked at.
    fn has_room(&self) -> bool {
        self.rows > 0 && !self.stream.meter().is_spent()
    }

    fn pay(&mut self, stretch: Range<usize>) -> Option<&[u8]> {
        if !self.has_room() {
            return None;
        }
        self.rows -= 1;
        self.stream.get(stretch)
    }

    /// The ends of a last row that begins at `at`: after five to thirty symbols, where something parts them from what follows, or the spare row follows.
    pub(super) fn ends(&self, at: usize) -> impl Iterator<Item = usize> + use<> {
        let stream = self.stream();
        let longest = stream.len().min(at + rows::LONGEST);
        let spares = Rc::clone(&self.spares);
        (at + rows::SHORTEST..=longest)
            .rev()
            .filter(move |end| stream.parts(*end) || spares.binary_search(end).is_ok())
    }

    /// Finds every code that is whole as it stands. `budget` has the rows that may be looked at, here and in what comes after.
    pub(super) fn find_clean(&mut self, budget: &mut u32) {
        self.rows = MOST_ROWS_READ.min(*budget);
        *budget -= self.rows;
        self.find_whole();
        *budget += self.rows;
        self.rows = MOST_ROWS_READ;
    }

    fn find_whole(&mut self) {
        for start in self.starts.clone() {
            // Once the text has cost enough, no row is read any more.
            if self.has_room() {
                self.find_clean_at(start);
            }
        }
        if self.taken() + rows::LONGEST > self.stream.len() {
            return;
        }
        let mut known: HashSet<usize> = self.starts.iter().copied().collect();
        let free = |&(at, _): &(usize, u8)| self.is_free(&(at..at + rows::LONGEST));
        let stream = self.stream();
        stream.meter().count(stream.len());
        let anchors: Vec<_> = rows::clean_rows(stream.symbols())
            .filter(free)
            .take(MOST_ANCHORS)
            .collect();
        for (at, number) in anchors {
            if !self.has_room() || !self.is_free(&(at..at + rows::LONGEST)) {
                continue;
            }
            self.anchors.push((at, number));
            let before = rows::LONGEST * usize::from(number - 1);
            let Some(start) = at
                .checked_sub(before)
                .filter(|&start| number != rows::SPARE && known.insert(start))
            else {
                continue;
            };
            self.starts.push(start);
            self.find_clean_at(start);
        }
        let found = std::mem::take(&mut self.anchors);
        self.anchors = found
            .into_iter()
            .filter(|&(at, _)| self.is_free(&(at..at + rows::LONGEST)))
            .collect();
    }

    /// Follows unchanged rows from `start` as far as they go.
    fn find_clean_at(&mut self, start: usize) {
        if !self.is_free(&(start..start + 1)) {
            return;
        }
        let mut candidate = Candidate::default();
        let mut at = start;
        for number in 1..=rows::MOST_ROWS {
            match self
                .clean_row(at..at + rows::LONGEST)
                .filter(|row| row.number() == number)
            {
                Some(row) => candidate.rows.push(Some(row)),
                None => break,
            }
            at += rows::LONGEST;
        }
        let number = u8::try_from(candidate.rows.len() + 1).unwrap_or(rows::SPARE);
        if number > 1 && self.ends(at - rows::LONGEST).next() == Some(at) {
            candidate.last = rows::MESSAGE;
            candidate.stretches.push(start..at);
            if self.judge(&candidate) {
                return;
            }
            candidate.stretches.clear();
        }
        for end in self.ends(at) {
            let Some(row) = self
                .clean_row(at..end)
                .filter(|row| row.number() == number && number != rows::SPARE)
            else {
                continue;
            };
            let mut candidate = candidate.clone();
            candidate.last = row.message().len();
            candidate.rows.push(Some(row));
            candidate.stretches.push(start..end);
            if self.judge(&candidate) {
                return;
            }
        }
    }

    /// Finds codes that have to be mended or put together: all likely readings, the cheapest first; `beyond` adds those whose rows do not follow each
    /// other. `budget` has the rows that may be looked at, here and in what comes after.
    pub(super) fn find_mended(
        &mut self,
        budget: &mut u32,
        beyond: impl FnOnce(&mut Search, &mut Vec<Candidate>),
    ) {
        let mut candidates = Vec::new();
        self.rows = MOST_ROWS_READ.min(*budget);
        *budget -= self.rows;
        for start in self.starts.clone() {
            if self.has_room() && candidates.len() < MOST_KEPT && self.is_free(&(start..start + 1))
            {
                self.follow(start, &mut candidates);
            }
        }
        *budget += self.rows;
        self.rows = MOST_ROWS_READ.min(*budget);
        *budget -= self.rows;
        beyond(self, &mut candidates);
        *budget += self.rows;
        self.rows = MOST_ROWS_READ;
        candidates.sort_by_cached_key(Candidate::cost);
        for candidate in &candidates {
            if candidate
                .stretches
                .iter()
                .all(|stretch| self.is_free(stretch))
            {
                self.judge(candidate);
            }
        }
    }

    /// Every reading that begins at `start` and has its rows in order; one may be past mending where a spare row follows.
    fn follow(&mut self, start: usize, candidates: &mut Vec<Candidate>) {
        let mut so_far = Candidate::default();
        let mut at = start;
        for number in 1..=rows::MOST_ROWS {
            for end in self.ends(at) {
                let row = self.row(at..end, number);
                let lost = so_far.lost().is_some() || row.is_none();
                if row.is_none() && so_far.lost().is_some() {
                    continue;
                }
                let spare = if lost {
                    self.row(end..end + rows::LONGEST, rows::SPARE)
                } else {
                    None
                };
                if lost && spare.is_none() {
                    continue;
                }
                let mut candidate = so_far.clone();
                candidate.rows.push(row);
                candidate.last = end - at - rows::CHECKS;
                candidate.spare = spare;
                candidate
                    .stretches
                    .push(start..if lost { end + rows::LONGEST } else { end });
                candidates.push(candidate);
            }
            if at + rows::LONGEST > self.stream.len() {
                return;
            }
            let row = self.row(at..at + rows::LONGEST, number);
            if row.is_none() && so_far.lost().is_some() {
                return;
            }
            so_far.rows.push(row);
            at += rows::LONGEST;
        }
    }

    /// Holds a reading against its 40 bits; what is found is kept, with a spare row that follows it.
    pub(super) fn judge(&mut self, candidate: &Candidate) -> bool {
        if self.found.len() >= MOST_FOUND {
            return false;
        }
        let Some(draft) = candidate.message().as_deref().and_then(Unverified::new) else {
            return false;
        };
        let Some(left) = self.readings.checked_sub(1) else {
            return false;
        };
        self.readings = left;
        let Some((kind, payload)) = draft.verify() else {
            return false;
        };
        let mut stretches = candidate.stretches.clone();
        if let Some(last) = stretches.last_mut()
            && self
                .row(last.end..last.end + rows::LONGEST, rows::SPARE)
                .is_some()
            && candidate.spare.is_none()
        {
            last.end += rows::LONGEST;
        }
        self.keep(Found {
            code: Code::new(kind, payload),
            corrections: candidate.corrections(),
            restored: candidate.lost(),
            stretches,
        });
        true
    }

    /// Takes note that a stretch belongs to a code.
    fn take(&mut self, stretch: &Range<usize>) {
        let first = self.taken.partition_point(|it| it.end < stretch.start);
        let behind = self.taken.partition_point(|it| it.start <= stretch.end);
        let touched = self.taken.get(first..behind).unwrap_or_default();
        let start = touched
            .first()
            .map_or(stretch.start, |it| it.start.min(stretch.start));
        let end = touched
            .last()
            .map_or(stretch.end, |it| it.end.max(stretch.end));
        self.taken
            .splice(first..behind, std::iter::once(start..end));
    }

    /// Keeps a code that was found by other means.
    pub(super) fn keep(&mut self, found: Found) {
        if self.found.len() < MOST_FOUND {
            for stretch in &found.stretches {
                self.take(stretch);
            }
            self.found.push(found);
        }
    }
}

#[cfg(test)]
mod tests;
