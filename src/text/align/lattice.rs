//! Every likely way to cut a stretch of text into rows: a lattice of (row number, place in the text), with what each row costs between two places.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::find::Stream;
use super::super::rows::{self, Row};
use super::super::{message, verdict};
use super::EVIDENCE;
use super::mended::{self, Effort, Mended, Piece};

/// Places at which a row with a certain number is thought to begin.
const WIDTH: usize = 12;
const WIDTH_WITH_TWO: usize = 5;
/// What begins dearer by this than the best place is not followed.
const MARGIN: i32 = 60;
/// Readings kept of one row at one place.
const MOST_READINGS: usize = 400;
/// A row of the text has at most this many symbols more or fewer than were written.
const DRIFT: usize = 6;
/// A spare row may have as many symbols, the likeliest first.
const SPARES: [usize; 3] = [rows::LONGEST, rows::LONGEST - 1, rows::LONGEST + 1];
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

/// A step from the beginning of a row to its end.
#[derive(Clone, Debug)]
pub(super) struct Hop {
    /// Where the row ends.
    pub(super) to: usize,
    /// Whether it is the code's last.
    pub(super) last: bool,
    /// What speaks against it.
    pub(super) cost: i32,
    /// The row; none where it cannot be read or is not there.
    pub(super) row: Option<Row>,
}

/// A place at which a row begins.
#[derive(Debug, Default)]
pub(super) struct Cell {
    /// The cheapest first.
    pub(super) hops: Vec<Hop>,
    /// The cost of the cheapest way here, and the place and hop it comes from.
    best: i32,
    from: Option<(usize, usize)>,
    /// Where the row begins once rows that stand here a second time are left out.
    pub(super) skipped: usize,
}

pub(super) struct Lattice<'a> {
    stream: &'a Stream,
    symbols: &'a [u8],
    start: usize,
    end: usize,
    grouped: bool,
    lined: bool,
    /// Where the spare row begins, if the code ends with one that can be read.
    spare: Option<usize>,
    effort: Effort,
    /// The row whose last group was exchanged with the first of the next.
    pub(super) exchanged: Option<usize>,
    /// Cells by place, for each row number from 1.
    layers: Vec<BTreeMap<usize, Cell>>,
    /// The cheapest way to an end: cost, and layer, place and hop it ends with.
    finish: Option<(i32, usize, usize, usize)>,
}

impl<'a> Lattice<'a> {
    /// The lattice of the code that begins at `start`; `symbols` are the stream's, or a likely change of them.
    pub(super) fn new(
        stream: &'a Stream,
        symbols: &'a [u8],
        start: usize,
        effort: Effort,
        work: &mut u32,
    ) -> Lattice<'a> {
        let end = verdict::end_of_code(stream, start);
        let groups = verdict::groups(stream, &(start..end));
        let fives = groups
            .iter()
            .filter(|group| group.len() == rows::GROUP)
            .count();
        let lines = (start + 1..end)
            .filter(|&place| stream.begins_line(place))
            .count();
        let mut lattice = Lattice {
            stream,
            symbols,
            start,
            end,
            grouped: 3 * fives > 2 * groups.len() && groups.len() > 3,
            lined: 36 * lines + 36 > end - start && 24 * lines < end - start,
            spare: spare_before(symbols, start, end, work),
            effort,
            exchanged: None,
            layers: Vec::new(),
            finish: None,
        };
        let mut layer = BTreeMap::from([(start, Cell::default())]);
        for number in 1..=rows::MOST_ROWS {
            layer = lattice.expand(number, layer, work);
            if layer.is_empty() {
                break;
            }
        }
        lattice
    }

    pub(super) fn start(&self) -> usize {
        self.start
    }

    pub(super) fn layers(&self) -> &[BTreeMap<usize, Cell>] {
        &self.layers
    }

    /// Works out what may begin at the places of a layer; the next layer.
    fn expand(
        &mut self,
        number: u8,
        mut layer: BTreeMap<usize, Cell>,
        work: &mut u32,
    ) -> BTreeMap<usize, Cell> {
        narrow(
            &mut layer,
            if self.effort == Effort::One {
                WIDTH
            } else {
                WIDTH_WITH_TWO
            },
        );
        let mut next: BTreeMap<usize, Cell> = BTreeMap::new();
        for (&at, cell) in &mut layer {
            cell.skipped = self.skip(at, number);
            cell.hops = self.hops(cell.skipped, number, work);
            for (nth, hop) in cell.hops.iter().enumerate() {
                let cost = cell.best + hop.cost;
                if hop.last {
                    if self.finish.is_none_or(|(best, ..)| cost < best) {
                        self.finish = Some((cost, self.layers.len(), at, nth));
                    }
                } else {
                    let reached = || Cell {
                        best: i32::MAX,
                        ..Cell::default()
                    };
                    let cell = next.entry(hop.to).or_insert_with(reached);
                    if cost < cell.best {
                        (cell.best, cell.from) = (cost, Some((at, nth)));
                    }
                }
            }
        }
        self.layers.push(layer);
        next
    }

    /// The place after rows that already stood before this one.
    fn skip(&self, at: usize, number: u8) -> usize {
        let again = |at: usize| {
            self.symbols
                .get(at..at + rows::LONGEST)
                .and_then(rows::clean)
                .is_some_and(|row| row.number() < number)
        };
        (0..rows::MOST_ROWS.into())
            .map(|nth: usize| at + nth * rows::LONGEST)
            .find(|&at| !again(at))
            .unwrap_or(at)
    }

    /// Every row that may begin here, the cheapest first.
    fn hops(&self, at: usize, number: u8, work: &mut u32) -> Vec<Hop> {
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
        self.finals(at, number, work, &mut hops);
        hops.retain(|hop| number > 1 || hop.row.is_none_or(|row| has_kind(&row)));
        hops.sort_by_key(|hop| hop.cost);
        hops
    }

    /// The ways to read a stretch as a row of a certain length.
    fn read(
        &self,
        at: usize,
        there: usize,
        length: usize,
        number: u8,
        work: &mut u32,
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
    fn finals(&self, at: usize, number: u8, work: &mut u32, hops: &mut Vec<Hop>) {
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

    /// The cheapest way through the whole: where each row begins, and how it is read.
    fn steps(&self) -> Option<Vec<(usize, &Hop)>> {
        let (_, mut layer, mut at, mut nth) = self.finish?;
        let mut rows = Vec::new();
        loop {
            let cell = self.layers.get(layer)?.get(&at)?;
            rows.push((cell.skipped, cell.hops.get(nth)?));
            let Some(from) = cell.from else { break };
            (at, nth) = from;
            layer = layer.checked_sub(1)?;
        }
        rows.reverse();
        Some(rows)
    }

    /// The rows on the cheapest way.
    pub(super) fn way(&self) -> Vec<Range<usize>> {
        let steps = self.steps().unwrap_or_default();
        steps.into_iter().map(|(at, hop)| at..hop.to).collect()
    }

    /// Whether some row on the cheapest way fits its checks so well that chance hardly made it.
    pub(super) fn has_evidence(&self) -> bool {
        let fits = |hop: &Hop| hop.row.is_some() && hop.cost <= EVIDENCE;
        self.steps()
            .is_some_and(|steps| steps.into_iter().any(|(_, hop)| fits(hop)))
    }
}

/// Where the spare row begins with which a code ends: it may have a symbol too few or too many.
fn spare_before(symbols: &[u8], start: usize, end: usize, work: &mut u32) -> Option<usize> {
    SPARES.into_iter().find_map(|there| {
        let at = end.checked_sub(there).filter(|&at| at > start)?;
        let piece = Piece {
            symbols: symbols.get(at..end)?,
            separators: 0,
            length: rows::LONGEST,
            number: rows::SPARE,
        };
        let read = mended::rows(&piece, Effort::One, work);
        (read.first()?.cost <= EVIDENCE).then_some(at)
    })
}

/// Keeps the likeliest places of a layer.
fn narrow(layer: &mut BTreeMap<usize, Cell>, width: usize) {
    let mut costs: Vec<i32> = layer.values().map(|cell| cell.best).collect();
    costs.sort_unstable();
    let best = costs.first().copied().unwrap_or_default();
    let limit = costs
        .get(width)
        .copied()
        .unwrap_or(i32::MAX)
        .min(best.saturating_add(MARGIN));
    layer.retain(|_, cell| cell.best < limit || cell.best == best);
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
