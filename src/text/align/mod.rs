//! Codes in which symbols, groups or rows were left out, written twice or swapped (SPEC.md 2.9): what separates is a hint and never needed.
//!
//! The text from a likely beginning on is cut into rows in every likely way (`lattice`); each row is read in every likely way (`edits`); the whole
//! readings are tried in the order of their costs (`paths`) against the 40 bits. First with one edit to a row; then with three in the few rows that stand
//! between others which are certain, for then it is known where they begin and end; then with two anywhere.
//! All of it is paid from one budget of work, counted and not timed: a text gets the same answer on every machine, and the library reads no clock.

mod alike;
mod edits;
mod evident;
mod hops;
mod lattice;
mod mended;
mod paths;
mod piece;
mod sums;
mod work;

use std::ops::Range;

use super::candidate::Candidate;
use super::find::Stream;
use super::rows::{self, Row};
use super::search::Search;
use super::shape;
use lattice::Lattice;
use mended::Effort;
use paths::{Path, Paths};
use piece::Piece;
pub(super) use work::Work;

/// What one sight of a text may cost: a tenth of a second.
pub(super) const WORK: u32 = 3_000_000;
/// Of it, what all beginnings may cost with one edit to a row, and what one of them may.
const WORK_WITH_ONE: u32 = 1_800_000;
const WORK_OF_ONE_START: u32 = 700_000;
/// Symbols that are copied for one unit of work.
const COPIED: u32 = 8;
/// What it costs to look for groups that were exchanged across the border of two rows: five ends of each row.
const BORDERS: u32 = 150 * work::WRITTEN_LOOK;
/// Beginnings that are tried with one edit to a row, and with more.
const MOST_STARTS: usize = 48;
const MOST_HARD_STARTS: usize = 4;
/// A row that costs no more than this is one: −ln of the odds in halves, as in [`Row::cost`].
const EVIDENCE: i32 = -6;
/// Readings of one beginning that are held against the 40 bits.
const READINGS_WITH_ONE: u32 = 512;
const READINGS_WITH_TWO: u32 = 2048;
const READINGS_WITH_THREE: u32 = 1536;

/// Finds codes that have to be aligned.
pub(super) fn find(search: &mut Search, wanted: &[super::Kind], work: &mut Work) {
    work.part(WORK, |work| find_within(search, wanted, work));
}

fn find_within(search: &mut Search, wanted: &[super::Kind], work: &mut Work) {
    let stream = search.stream();
    let mut promising = Vec::new();
    work.part(WORK_WITH_ONE, |work| {
        for start in starts(search, wanted) {
            if !stream.meter().is_spent()
                && search.is_free(&(start..start + 1))
                && align(search, start, Effort::One, work) == Fit::Promising
            {
                promising.push(start);
            }
        }
    });
    let is_wanted = |kind| wanted.is_empty() || wanted.contains(&kind);
    if !search
        .found()
        .iter()
        .any(|found| is_wanted(found.code.kind()))
    {
        promising.truncate(MOST_HARD_STARTS);
        for effort in [Effort::Three, Effort::Two] {
            for &start in &promising {
                if align(search, start, effort, work) == Fit::Found {
                    return;
                }
            }
        }
    }
}

/// Where codes may begin that were not found yet: after prefixes, the wanted first, before whole rows, and where groups look like a code.
fn starts(search: &Search, wanted: &[super::Kind]) -> Vec<usize> {
    let stream = search.stream();
    let mut prefixes = stream.prefixes().to_vec();
    prefixes.sort_by_key(|&(_, kind)| !shape::is_wanted(kind, wanted));
    let anchored = shape::likely_start(search, wanted);
    // A row that is whole says how far before it the first begins, give or take what is damaged there.
    let before = search.anchors().iter().flat_map(|&(at, number)| {
        let away = rows::LONGEST * usize::from(number.saturating_sub(1));
        let near =
            (number > 1).then(|| away.saturating_sub(rows::GROUP + 1)..=away + rows::GROUP + 1);
        near.into_iter()
            .flatten()
            .filter_map(move |away| at.checked_sub(away))
            .filter(|&place| stream.begins_word(place))
    });
    let others = search.starts().iter().copied().take(512);
    let likely = others.filter(|&place| stream.begins_word(place));
    let mut starts: Vec<usize> = Vec::new();
    let mut regions: Vec<Range<usize>> = Vec::new();
    let certain = prefixes.into_iter().map(|(place, _)| place);
    let certain = certain.chain(before).chain(anchored);
    let all = certain.map(|place| (place, true));
    for (place, certain) in all.chain(likely.map(|place| (place, false))) {
        if starts.len() == MOST_STARTS || stream.meter().is_spent() {
            break;
        }
        // Asked in the order of what it costs: many places lie in a region that is taken already.
        let within = regions.iter().any(|region| region.contains(&place));
        if !within
            && search.is_free(&(place..place + 1))
            && (certain || shape::is_grouped(&stream, place))
        {
            regions.push(place..shape::end_of_code(&stream, place));
            starts.push(place);
        }
    }
    starts
}

/// What became of one beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Found,
    /// Enough of its rows fit their checks so well that chance hardly made them: worth more work.
    Promising,
    Hopeless,
}

/// Reads the code that begins at `start`: with groups exchanged across the border of two rows, where a row says so, and as it stands.
fn align(search: &mut Search, start: usize, effort: Effort, work: &mut Work) -> Fit {
    let stream = search.stream();
    let borders = if effort == Effort::One && work.pay(BORDERS) {
        exchanged(stream.symbols(), start)
    } else {
        Vec::new()
    };
    if effort == Effort::One
        && borders.is_empty()
        && !evident::is_any(&stream, stream.symbols(), start, work)
    {
        return Fit::Hopeless;
    }
    // The text is copied, however long it is.
    let copied = u32::try_from(stream.len()).unwrap_or(u32::MAX) / COPIED;
    if !borders.is_empty() && work.pay(copied) {
        stream.meter().count(stream.len());
        let mut symbols = stream.symbols().to_vec();
        for (before, at) in borders {
            exchange(&mut symbols, at);
            let outcome = follow(search, &symbols, start, Some(before), effort, work);
            if outcome == Fit::Found {
                return outcome;
            }
            // Twice is as it was.
            exchange(&mut symbols, at);
        }
    }
    follow(search, stream.symbols(), start, None, effort, work)
}

/// Exchanges the groups before and behind a place.
fn exchange(symbols: &mut [u8], at: usize) {
    let pair = symbols.get_mut(at - rows::GROUP..at + rows::GROUP);
    pair.into_iter().for_each(|it| it.rotate_left(rows::GROUP));
}

/// Reads the code that begins at `start` of these symbols.
fn follow(
    search: &mut Search,
    symbols: &[u8],
    start: usize,
    exchanged: Option<usize>,
    effort: Effort,
    work: &mut Work,
) -> Fit {
    let most = match effort {
        Effort::One => WORK_OF_ONE_START,
        Effort::Two | Effort::Three => WORK,
    };
    work.part(most, |work| {
        let stream = search.stream();
        let mut lattice = match effort {
            Effort::One | Effort::Two => Lattice::new(&stream, symbols, start, effort, work),
            Effort::Three => {
                let way = Lattice::new(&stream, symbols, start, Effort::One, work).along(work);
                let Some(lattice) = way else {
                    return Fit::Hopeless;
                };
                lattice
            }
        };
        lattice.exchanged = exchanged;
        if judge(search, &lattice, effort, work) {
            Fit::Found
        } else if lattice.is_promising() {
            Fit::Promising
        } else {
            Fit::Hopeless
        }
    })
}

/// Every first row of `length` symbols that may have been written where this stretch stands, and what speaks against each.
pub(super) fn rows_of(
    stream: &Stream,
    stretch: Range<usize>,
    length: usize,
    work: &mut Work,
) -> impl Iterator<Item = (i32, Row)> + use<> {
    let inner = (1..stretch.len().min(64)).filter(|at| stream.parts(stretch.start + at));
    let piece = Piece {
        separators: inner.fold(0, |bits, at| bits | 1 << at),
        symbols: stream.get(stretch).unwrap_or_default(),
        length,
        number: 1,
    };
    let rows = mended::rows(&piece, Effort::Two, work).into_iter();
    rows.map(|mended| (mended.cost, mended.row))
}

/// The stretches of the text that the rows of a code which begins at `start` seem to be, an empty one for a row that is not there; none where no row fits its checks.
pub(super) fn cut(search: &Search, start: usize, work: &mut Work) -> Option<Vec<Range<usize>>> {
    let stream = search.stream();
    work.part(WORK_OF_ONE_START, |work| {
        if !evident::is_any(&stream, stream.symbols(), start, work) {
            return None;
        }
        let lattice = Lattice::new(&stream, stream.symbols(), start, Effort::One, work);
        lattice.has_evidence().then(|| lattice.way())
    })
}

/// Where a row ends, and which, that fits its checks once its last group is exchanged with the next row's first.
fn exchanged(symbols: &[u8], start: usize) -> Vec<(usize, usize)> {
    let mut borders = Vec::new();
    for number in 1..rows::MOST_ROWS {
        let end = start + usize::from(number) * rows::LONGEST;
        for end in end - 2..=end + 2 {
            let from = end.checked_sub(rows::LONGEST).filter(|&from| from >= start);
            let Some(pair) = from.and_then(|from| symbols.get(from..end + rows::GROUP)) else {
                continue;
            };
            let mut paper = pair.to_vec();
            paper.drain(rows::MESSAGE - 1..rows::LONGEST);
            if rows::decode(&paper, number).is_some_and(|row| row.changes() <= 2) {
                borders.push((usize::from(number), end));
            }
        }
    }
    borders
}

/// Holds the readings of a lattice against the 40 bits.
fn judge(search: &mut Search, lattice: &Lattice<'_>, effort: Effort, work: &mut Work) -> bool {
    let hops = lattice
        .layers()
        .iter()
        .flat_map(|cells| cells.values().map(|cell| cell.hops.len()));
    let hops = u32::try_from(hops.sum::<usize>()).unwrap_or(u32::MAX);
    if !work.pay(hops.saturating_mul(work::STEP)) {
        return false;
    }
    let stream = search.stream();
    let spares = |at: usize| {
        let piece = |length: usize| {
            stream
                .get(at..at + length)
                .map(|symbols| (symbols, at + length))
        };
        let near = (rows::LONGEST - 1..=rows::LONGEST + 1).filter_map(piece);
        let read = near.flat_map(|(symbols, end)| {
            let piece = Piece {
                symbols,
                separators: 0,
                length: rows::LONGEST,
                number: rows::SPARE,
            };
            let mended = mended::rows(&piece, Effort::One, work);
            mended
                .into_iter()
                .take(16)
                .map(move |mended| (mended.cost, mended.row, end))
        });
        read.collect()
    };
    let mut readings = match effort {
        Effort::One => READINGS_WITH_ONE,
        Effort::Two => READINGS_WITH_TWO,
        Effort::Three => READINGS_WITH_THREE,
    };
    for path in Paths::new(lattice, spares) {
        let before = search.readings();
        if search.judge(&candidate(lattice, path)) {
            return true;
        }
        readings = readings.saturating_sub(before - search.readings());
        if readings == 0 || search.readings() == 0 || !work.pay(work::READING) {
            return false;
        }
    }
    false
}

fn candidate(lattice: &Lattice<'_>, mut path: Path) -> Candidate {
    let last = path.rows.last().copied().flatten();
    let whole = lattice.start()..path.end;
    // Of groups exchanged across a border, one is the last of its row, the other the first.
    let places = lattice
        .exchanged
        .map(|row| [(row - 1, 1 << (rows::LONGEST - 1)), (row, 1)]);
    for (nth, touched) in places.into_iter().flatten() {
        if let Some(Some(row)) = path.rows.get_mut(nth) {
            *row = row.touched(touched);
        }
    }
    Candidate {
        last: last.map_or(0, |row| row.message().len()),
        rows: path.rows,
        spare: path.spare,
        stretches: Vec::from_iter([whole]),
    }
}
