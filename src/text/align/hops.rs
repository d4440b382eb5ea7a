//! The rows that may begin at a place, with what speaks against each: the steps of the lattice.

use super::super::message;
use super::super::rows::{self, Row};
use super::lattice::{Hop, Lattice, SPARES};
use super::mended::{self, Effort, Mended};
use super::piece::Piece;
use super::work::Work;

/// Readings kept of one row at one place.
const MOST_READINGS: usize = 400;
/// A row of the text has at most this many symbols more or fewer than were written.
const DRIFT: usize = 6;
/// −ln of the odds in halves: a row that cannot be read, one that is not there, a symbol more or less in such a row.
const UNREADABLE: i32 = 50;
const MISSING: i32 = 64;
const DRIFTED: i32 = 4;
/// A row begins where the text has no separator, though it has them elsewhere; or a separator, but no new line.
const UNPARTED: i32 = 8;
const UNLINED: i32 = 3;
/// The code ends, and what looks like more of it follows.
const CUT_OFF: i32 = 10;
const MOST_CUT_OFF: i32 = 80;

impl Lattice<'_> {
    /// Every row that may begin here, the cheapest first.
    pub(super) fn hops(&self, at: usize, number: u8, work: &mut Work) -> Vec<Hop> {
        let mut hops = Vec::new();
        let full = |row: &Row| row.number() == number;
        match self
            .symbols
            .get(at..at + rows::LONGEST)
            .and_then(rows::clean)
            .filter(full)
        {
            // Chance makes one in a million rows that fit unchanged, but one in thirty thousand when groups were swapped: hardly more need be tried.
            Some(row) => {
                let cost = row.cost();
                let both =
                    std::iter::once(Mended { row, cost }).chain(mended::with_groups_swapped(&row));
                hops.extend(both.map(|Mended { row, cost }| Hop {
                    to: at + rows::LONGEST,
                    last: false,
                    cost,
                    row: Some(row),
                }));
            }
            None => {
                for length in rows::LONGEST - DRIFT..=rows::LONGEST + DRIFT {
                    self.read(at, length, rows::LONGEST, number, work, &mut hops);
                    hops.extend(self.give_up(at, length));
                }
            }
        }
        hops.push(Hop {
            to: at,
            last: false,
            cost: MISSING,
            row: None,
        });
        if !self.goes_on(at, number) {
            self.finals(at, number, work, &mut hops);
        }
        hops.retain(|hop| number > 1 || hop.row.is_none_or(|row| has_kind(&row)));
        hops.sort_by_key(|hop| hop.cost);
        hops
    }

    /// Whether this row and the next stand here unchanged, which chance does not make: then the code does not end here.
    fn goes_on(&self, at: usize, number: u8) -> bool {
        self.is_whole(at, number) && self.is_whole(at + rows::LONGEST, number + 1)
    }

    /// The ways to read a stretch as a full row.
    pub(super) fn ways(&self, at: usize, to: usize, number: u8, work: &mut Work) -> Vec<Hop> {
        let mut hops = Vec::new();
        self.read(
            at,
            to.saturating_sub(at),
            rows::LONGEST,
            number,
            work,
            &mut hops,
        );
        hops
    }

    /// The ways to read a stretch as a row of a certain length.
    fn read(
        &self,
        at: usize,
        there: usize,
        length: usize,
        number: u8,
        work: &mut Work,
        hops: &mut Vec<Hop>,
    ) {
        let end = at + there;
        let Some(symbols) = self.symbols.get(at..end) else {
            return;
        };
        let piece = Piece {
            symbols,
            separators: self.separators(at, end),
            length,
            number,
        };
        let mended = mended::rows(&piece, self.effort, work);
        let last = length < rows::LONGEST;
        let border = if last {
            self.cut_off(end)
        } else {
            self.border(end)
        };
        hops.extend(mended.into_iter().take(MOST_READINGS).map(|mended| Hop {
            to: end,
            last,
            cost: mended.cost + border,
            row: Some(mended.row),
        }));
    }

    /// A row that cannot be read.
    fn give_up(&self, at: usize, length: usize) -> Option<Hop> {
        let to = at + length;
        let drift = i32::try_from(length.abs_diff(rows::LONGEST)).unwrap_or(i32::MAX);
        (to <= self.symbols.len()).then(|| Hop {
            to,
            last: false,
            cost: UNREADABLE + DRIFTED * drift + 2 * self.border(to),
            row: None,
        })
    }

    /// The ways in which a last row begins here: it ends where a word does, and leaves a message that there can be.
    fn finals(&self, at: usize, number: u8, work: &mut Work, hops: &mut Vec<Hop>) {
        let before = usize::from(number - 1) * rows::MESSAGE;
        let farthest = self.symbols.len().min(at + rows::LONGEST + DRIFT);
        for end in at..=farthest {
            let ends = self.ends(end) || self.before_spare(end);
            if !ends || (end == at && number == 1) {
                continue;
            }
            let there = end - at;
            for length in lengths(there, self.effort) {
                if message::is_length(before + length - rows::CHECKS) {
                    let first = hops.len();
                    self.read(at, there, length, number, work, hops);
                    for hop in hops.iter_mut().skip(first).filter(|hop| !hop.last) {
                        hop.last = true;
                        hop.cost += self.cut_off(end) - self.border(end);
                    }
                    let mut nth = 0;
                    hops.retain(|hop| {
                        nth += 1;
                        let row = hop.row.as_ref().map(Row::message);
                        nth <= first
                            || row.is_none_or(|row| message::may_end(before + row.len(), row))
                    });
                }
            }
            if there == 0 || there >= rows::SHORTEST {
                let cost = if there == 0 { MISSING } else { UNREADABLE } + self.cut_off(end);
                hops.push(Hop {
                    to: end,
                    last: true,
                    cost,
                    row: None,
                });
            }
        }
    }

    /// Whether a code may end here.
    pub(super) fn ends(&self, place: usize) -> bool {
        self.stream.begins_word(place) || self.spare == Some(place)
    }

    /// Whether what is left may be a spare row with nothing between.
    fn before_spare(&self, end: usize) -> bool {
        match self.spare {
            Some(spare) => end == spare,
            None => SPARES.contains(&self.end.saturating_sub(end)),
        }
    }

    /// What speaks against a row that ends here and another that begins.
    fn border(&self, end: usize) -> i32 {
        if self.grouped && !self.stream.parts(end) {
            UNPARTED
        } else if self.grouped && self.lined && !self.stream.begins_line(end) {
            UNLINED
        } else {
            0
        }
    }

    /// What speaks against a code that ends here.
    fn cut_off(&self, end: usize) -> i32 {
        match self.end.checked_sub(end) {
            None | Some(0) => 0,
            Some(_) if self.spare == Some(end) => 0,
            Some(_) if self.before_spare(end) => CUT_OFF,
            Some(left) => {
                CUT_OFF + MOST_CUT_OFF.min(i32::try_from(2 * left).unwrap_or(MOST_CUT_OFF))
            }
        }
    }

    /// The separators within a stretch, as bits; none where they say nothing.
    fn separators(&self, start: usize, end: usize) -> u64 {
        if !self.grouped {
            return 0;
        }
        let parts = |&place: &usize| self.stream.parts(start + place);
        (1..end - start)
            .filter(parts)
            .fold(0, |bits, place| bits | 1 << place)
    }
}

/// The lengths that a last row may have had of which so many symbols are there.
fn lengths(there: usize, effort: Effort) -> impl Iterator<Item = usize> {
    let near = if effort == Effort::Two { 2 } else { 1 };
    let lost = move |length: usize| {
        length == there + rows::GROUP
            || (there.is_multiple_of(rows::GROUP) && length < there + rows::GROUP)
    };
    (rows::SHORTEST..=rows::LONGEST).filter(move |&length| {
        length.abs_diff(there) <= near
            || length + rows::GROUP == there
            || length + length % rows::GROUP == there
            || (length > there && lost(length))
    })
}

/// Whether a first row begins with a kind.
fn has_kind(row: &Row) -> bool {
    row.message()
        .first()
        .is_some_and(|&symbol| message::kind(symbol).is_some())
}
