//! Readings of a stream: rows put together in every way that is likely, the cheapest tried first against the 40 bits (SPEC.md 2.2, 2.3).

use std::ops::Range;

use super::Code;
use super::find::Stream;
use super::message::Unverified;
use super::place::Place;
use super::rows::{self, Row};

/// The most readings of one text that are held against the 40 bits: so few that noise passes once in 2²⁸ texts.
const MOST_READINGS: u32 = 4096;
/// The most rows that are looked at in each of the three stages (whole codes, mended ones, loose rows): the bound on time, whatever the text.
const MOST_ROWS_READ: u32 = 40_000;
/// The most readings that are kept for trying.
const MOST_KEPT: usize = 4 * MOST_READINGS as usize;
/// The most unchanged rows outside of codes, and the most codes, that are taken note of in one text.
const MOST_ANCHORS: usize = 1024;
const MOST_FOUND: usize = 64;

/// A code that was found, and where.
pub(super) struct Found {
    pub(super) code: Code,
    pub(super) corrections: Vec<Place>,
    pub(super) restored: Option<u8>,
    pub(super) stretches: Vec<Range<usize>>,
}

/// Rows that may make a code together; at most one is lost, and then there is a spare.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidate {
    /// In order; none for the row that is lost.
    pub(super) rows: Vec<Option<Row>>,
    /// Symbols of the message in the last row, which a lost row does not tell.
    pub(super) last: usize,
    pub(super) spare: Option<Row>,
    pub(super) stretches: Vec<Range<usize>>,
}

impl Candidate {
    /// The less, the likelier.
    pub(super) fn cost(&self) -> i32 {
        self.rows
            .iter()
            .flatten()
            .chain(&self.spare)
            .map(Row::cost)
            .sum()
    }

    /// The message, a lost row made of the spare and all others.
    fn message(&self) -> Option<Vec<u8>> {
        let others = || self.rows.iter().flatten().map(Row::message);
        let lost = match &self.spare {
            Some(spare) => rows::xor(others().chain([spare.message()])),
            None if self.rows.iter().all(Option::is_some) => [0; rows::MESSAGE],
            None => return None,
        };
        let mut message = Vec::with_capacity(self.rows.len() * rows::MESSAGE);
        for row in &self.rows {
            message.extend_from_slice(row.as_ref().map_or(&lost, Row::message));
        }
        let before = self.rows.len().checked_sub(1)? * rows::MESSAGE;
        let dropped = message.get(before + self.last..)?;
        if dropped.iter().any(|&symbol| symbol != 0) {
            return None;
        }
        message.truncate(before + self.last);
        Some(message)
    }

    fn corrections(&self) -> Vec<Place> {
        let rows = self.rows.iter().flatten();
        rows.flat_map(|row| {
            row.corrections()
                .map(|place| Place::new(row.number(), place))
        })
        .collect()
    }

    fn lost(&self) -> Option<u8> {
        (1..)
            .zip(&self.rows)
            .find(|(_, row)| row.is_none())
            .map(|(number, _)| number)
    }
}

/// What is known of a stream, and what it may still cost.
pub(super) struct Search<'a> {
    stream: &'a Stream,
    starts: Vec<usize>,
    /// Full rows that stand there unchanged: place and number.
    anchors: Vec<(usize, u8)>,
    readings: u32,
    rows: u32,
    found: Vec<Found>,
}

impl<'a> Search<'a> {
    pub(super) fn new(stream: &'a Stream) -> Search<'a> {
        Search {
            stream,
            starts: stream.starts(),
            anchors: Vec::new(),
            readings: MOST_READINGS,
            rows: MOST_ROWS_READ,
            found: Vec::new(),
        }
    }

    pub(super) fn stream(&self) -> &'a Stream {
        self.stream
    }

    pub(super) fn anchors(&self) -> &[(usize, u8)] {
        &self.anchors
    }

    pub(super) fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// How many readings may still be held against the 40 bits.
    pub(super) fn readings(&self) -> u32 {
        self.readings
    }

    pub(super) fn found(&self) -> &[Found] {
        &self.found
    }

    /// Whether no code was found in any part of a stretch.
    pub(super) fn is_free(&self, stretch: &Range<usize>) -> bool {
        !self
            .found
            .iter()
            .flat_map(|found| &found.stretches)
            .any(|taken| taken.start < stretch.end && stretch.start < taken.end)
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

    fn pay(&mut self, stretch: Range<usize>) -> Option<&'a [u8]> {
        self.rows = self.rows.checked_sub(1)?;
        self.stream.get(stretch)
    }

    /// The ends of a last row that begins at `at`: after five to thirty symbols, where something parts them from what follows, or the spare row follows.
    pub(super) fn ends(&self, at: usize) -> impl Iterator<Item = usize> + use<'a> {
        let stream = self.stream;
        let longest = stream.len().min(at + rows::LONGEST);
        let spare = move |end: usize| {
            let after = end + rows::LONGEST;
            let row = || rows::clean(stream.get(end..after)?);
            after <= stream.len()
                && stream.parts(after)
                && row().is_some_and(|row| row.number() == rows::SPARE)
        };
        (at + rows::SHORTEST..=longest)
            .rev()
            .filter(move |&end| stream.parts(end) || spare(end))
    }

    /// Finds every code that is whole as it stands.
    pub(super) fn find_clean(&mut self) {
        for start in self.starts.clone() {
            // Once the text has cost enough, no row is read any more.
            if self.rows > 0 {
                self.find_clean_at(start);
            }
        }
        if self
            .found
            .iter()
            .flat_map(|found| &found.stretches)
            .map(Range::len)
            .sum::<usize>()
            + rows::LONGEST
            > self.stream.len()
        {
            return;
        }
        let free = |&(at, _): &(usize, u8)| self.is_free(&(at..at + rows::LONGEST));
        let anchors: Vec<_> = rows::clean_rows(self.stream.symbols())
            .filter(free)
            .take(MOST_ANCHORS)
            .collect();
        for (at, number) in anchors {
            if !self.is_free(&(at..at + rows::LONGEST)) {
                continue;
            }
            self.anchors.push((at, number));
            let before = rows::LONGEST * usize::from(number - 1);
            let Some(start) = at
                .checked_sub(before)
                .filter(|start| number != rows::SPARE && !self.starts.contains(start))
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
    /// other.
    pub(super) fn find_mended(
        &mut self,
        beyond: impl FnOnce(&mut Search<'a>, &mut Vec<Candidate>),
    ) {
        let mut candidates = Vec::new();
        self.rows = MOST_ROWS_READ;
        for start in self.starts.clone() {
            if self.rows > 0 && candidates.len() < MOST_KEPT && self.is_free(&(start..start + 1)) {
                self.follow(start, &mut candidates);
            }
        }
        self.rows = MOST_ROWS_READ;
        beyond(self, &mut candidates);
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
        self.found.push(Found {
            code: Code::new(kind, payload),
            corrections: candidate.corrections(),
            restored: candidate.lost(),
            stretches,
        });
        true
    }

    /// Keeps a code that was found by other means.
    pub(super) fn keep(&mut self, found: Found) {
        if self.found.len() < MOST_FOUND {
            self.found.push(found);
        }
    }
}

#[cfg(test)]
mod tests;
