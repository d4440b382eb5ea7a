//! Rows that do not follow each other: swapped, doubled, lost. Each says its number (SPEC.md 2.3); here they are put in order.

use std::ops::Range;

use super::find::Stream;
use super::rows::{self, Row};
use super::search::{Candidate, Search};

/// Rows that stand farther apart, in symbols, are not of one code.
const FARTHEST: usize = 4 * rows::LONGEST;
/// The most rows that are looked at as pieces of one text.
const MOST_PIECES: usize = 1024;
/// Rows with the same number that are tried for each other.
const MOST_DOUBLES: usize = 3;

/// A row that said its number, and where it stands.
#[derive(Clone, Debug)]
struct Piece {
    row: Row,
    stretch: Range<usize>,
}

impl Piece {
    fn changes(&self) -> u32 {
        2 * self.row.wrong() + self.row.illegible()
    }
}

/// Readings made of the rows that stand about and say their numbers.
pub(super) fn candidates(search: &mut Search<'_>, candidates: &mut Vec<Candidate>) {
    let pieces = pieces(search);
    for cluster in clusters(search.stream(), &pieces) {
        Puzzle::new(cluster).solve(search, candidates);
    }
}

/// Every row outside of codes already found that says its number: unchanged anywhere, with one change where a line or the last one ends.
fn pieces(search: &mut Search<'_>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let anchors: Vec<_> = search
        .anchors()
        .iter()
        .map(|&(at, _)| at..at + rows::LONGEST)
        .collect();
    for stretch in anchors {
        pieces.extend(
            search
                .clean_row(stretch.clone())
                .map(|row| Piece { row, stretch }),
        );
    }
    let lines: Vec<_> = search
        .stream()
        .lines()
        .filter(|line| (rows::SHORTEST..=rows::LONGEST).contains(&line.len()))
        .take(4 * MOST_PIECES)
        .collect();
    for stretch in lines {
        if search.is_free(&stretch) && search.stream().looks_like_code(stretch.start) {
            pieces.extend(
                search
                    .any_row(stretch.clone())
                    .map(|row| Piece { row, stretch }),
            );
        }
    }
    let mut next = 0;
    while let Some(piece) = pieces.get(next)
        && pieces.len() < MOST_PIECES
    {
        let at = piece.stretch.end;
        pieces.extend(follower(search, at));
        next += 1;
    }
    pieces.sort_by_key(|piece| (piece.stretch.start, piece.changes()));
    pieces.dedup_by_key(|piece| piece.stretch.clone());
    pieces
}

/// The row that begins where another ended: a full one, or a last one that stands in the middle.
fn follower(search: &mut Search<'_>, at: usize) -> Option<Piece> {
    if search.anchors().iter().any(|&(anchor, _)| anchor == at) || !search.is_free(&(at..at + 1)) {
        return None;
    }
    let ends: Vec<usize> = search.ends(at).collect();
    let clean = ends.into_iter().find_map(|end| {
        search.clean_row(at..end).map(|row| Piece {
            row,
            stretch: at..end,
        })
    });
    let full = at..at + rows::LONGEST;
    clean.or_else(|| {
        search
            .any_row(full.clone())
            .map(|row| Piece { row, stretch: full })
    })
}

/// Pieces near each other; a prefix begins another code.
fn clusters<'p>(stream: &Stream, pieces: &'p [Piece]) -> impl Iterator<Item = &'p [Piece]> {
    let prefixes: Vec<usize> = stream.prefixes().iter().map(|&(place, _)| place).collect();
    pieces.chunk_by(move |before, after| {
        let prefix = prefixes
            .iter()
            .any(|&place| before.stretch.start < place && place <= after.stretch.start);
        !prefix && after.stretch.start < before.stretch.end + FARTHEST
    })
}

/// Pieces by their number, the least changed first.
struct Puzzle<'p> {
    area: Range<usize>,
    rows: Vec<Vec<&'p Piece>>,
    spare: Option<&'p Piece>,
}

impl<'p> Puzzle<'p> {
    fn new(cluster: &'p [Piece]) -> Puzzle<'p> {
        let mut rows = vec![Vec::new(); usize::from(rows::SPARE) + 1];
        for piece in cluster {
            if let Some(same) = rows.get_mut(usize::from(piece.row.number())) {
                same.push(piece);
            }
        }
        for same in &mut rows {
            same.sort_by_key(|piece| piece.changes());
            same.dedup_by_key(|piece| piece.row.message());
            same.truncate(MOST_DOUBLES);
        }
        let spare = rows.pop().and_then(|spares| {
            spares
                .into_iter()
                .find(|piece| piece.stretch.len() == rows::LONGEST)
        });
        let start = cluster
            .iter()
            .map(|piece| piece.stretch.start)
            .min()
            .unwrap_or_default();
        let end = cluster
            .iter()
            .map(|piece| piece.stretch.end)
            .max()
            .unwrap_or_default();
        Puzzle {
            area: start..end,
            rows,
            spare,
        }
    }

    /// The readings for every row that may be the last.
    fn solve(&self, search: &mut Search<'_>, candidates: &mut Vec<Candidate>) {
        let Some(highest) = self.rows.iter().rposition(|same| !same.is_empty()) else {
            return;
        };
        let short = self
            .rows
            .iter()
            .flatten()
            .filter(|piece| piece.stretch.len() < rows::LONGEST);
        let mut lasts: Vec<usize> = short
            .map(|piece| usize::from(piece.row.number()))
            .chain([highest])
            .collect();
        lasts.sort_unstable();
        lasts.dedup();
        for last in lasts {
            self.solve_for(search, last, candidates);
        }
        if self.spare.is_some() && highest < usize::from(rows::MOST_ROWS) {
            self.solve_without_last(highest, candidates);
        }
    }

    /// The readings with `last` rows: all there, or one lost and the spare there.
    fn solve_for(&self, search: &mut Search<'_>, last: usize, candidates: &mut Vec<Candidate>) {
        let mut chosen: Vec<Option<&Piece>> = Vec::new();
        for number in 1..=last {
            let fits = |piece: &&&Piece| number == last || piece.stretch.len() == rows::LONGEST;
            chosen.push(
                self.rows
                    .get(number)
                    .and_then(|same| same.iter().find(fits))
                    .copied(),
            );
        }
        let filled = self.fill(search, &chosen);
        let chosen: Vec<Option<&Piece>> = chosen
            .iter()
            .zip(&filled)
            .map(|(piece, filled)| piece.or(filled.as_ref()))
            .collect();
        candidates.extend(self.candidate(&chosen));
        // One doubled row at a time is taken instead: two codes in one heap are not told apart further than that.
        for (number, place) in (1..=last).zip(0..) {
            for other in self.rows.get(number).into_iter().flatten().skip(1) {
                let mut chosen = chosen.clone();
                if let Some(piece) = chosen.get_mut(place)
                    && (number == last || other.stretch.len() == rows::LONGEST)
                {
                    *piece = Some(other);
                    candidates.extend(self.candidate(&chosen));
                }
            }
        }
    }

    /// For the missing rows, in order, the lines that did not say their number: with two changes a row can be read once its number is known.
    fn fill(&self, search: &mut Search<'_>, chosen: &[Option<&Piece>]) -> Vec<Option<Piece>> {
        let area =
            self.area.start.saturating_sub(2 * rows::LONGEST)..self.area.end + 2 * rows::LONGEST;
        let used = |line: &Range<usize>| {
            self.rows
                .iter()
                .flatten()
                .chain(&self.spare)
                .any(|piece| piece.stretch.start < line.end && line.start < piece.stretch.end)
        };
        let near = search
            .stream()
            .lines()
            .filter(|line| area.start <= line.start && line.end <= area.end && !used(line));
        let mut lines = near
            .filter(|line| (rows::SHORTEST..=rows::LONGEST).contains(&line.len()))
            .collect::<Vec<_>>()
            .into_iter();
        let mut filled = Vec::new();
        for (number, piece) in (1..=rows::MOST_ROWS).zip(chosen) {
            filled.push(match piece {
                Some(_) => None,
                None => lines.find_map(|stretch| {
                    let fits =
                        stretch.len() == rows::LONGEST || usize::from(number) == chosen.len();
                    let row = if fits {
                        search.row(stretch.clone(), number)?
                    } else {
                        return None;
                    };
                    Some(Piece { row, stretch })
                }),
            });
        }
        filled
    }

    /// The reading made of these pieces, if no more of them are lost than the spare row gives back.
    fn candidate(&self, chosen: &[Option<&Piece>]) -> Option<Candidate> {
        let lost = chosen.iter().filter(|piece| piece.is_none()).count();
        let spare = if lost == 0 { None } else { self.spare };
        if lost > 1 || (lost == 1 && spare.is_none()) {
            return None;
        }
        let last = chosen.last().copied().flatten()?;
        let read = chosen.iter().flatten().copied().chain(spare);
        Some(Candidate {
            rows: chosen
                .iter()
                .map(|piece| piece.map(|piece| piece.row))
                .collect(),
            last: last.row.message().len(),
            spare: spare.map(|piece| piece.row),
            stretches: read.map(|piece| piece.stretch.clone()).collect(),
        })
    }

    /// The readings whose last row is lost: nothing tells its length, so each is tried.
    fn solve_without_last(&self, highest: usize, candidates: &mut Vec<Candidate>) {
        let chosen: Vec<Option<&Piece>> = (1..=highest)
            .map(|number| self.rows.get(number).and_then(|same| same.first()).copied())
            .collect();
        if chosen.iter().any(Option::is_none) {
            return;
        }
        let read = || chosen.iter().flatten().copied().chain(self.spare);
        for last in 1..=rows::MESSAGE {
            candidates.push(Candidate {
                rows: chosen
                    .iter()
                    .map(|piece| piece.map(|piece| piece.row))
                    .chain([None])
                    .collect(),
                last,
                spare: self.spare.map(|piece| piece.row),
                stretches: read().map(|piece| piece.stretch.clone()).collect(),
            });
        }
    }
}
