//! Rows that do not follow each other: swapped, doubled, lost. Each says its number (SPEC.md 2.3); here they are put in order.

use std::ops::Range;

use super::candidate::Candidate;
use super::find::Stream;
use super::rows::{self, Row};
use super::search::Search;

/// Rows that stand farther apart, in symbols, are not of one code.
const FARTHEST: usize = 4 * rows::LONGEST;
/// The most rows that are looked at as pieces of one text.
const MOST_PIECES: usize = 1024;
/// The most lines that are looked at as rows.
const MOST_LINES: usize = 4096;
/// Rows with the same number that are tried for each other.
const MOST_DOUBLES: usize = 3;

/// A row that said its number, and where it stands.
#[derive(Clone, Debug)]
struct Piece {
    row: Row,
    stretch: Range<usize>,
}

/// Readings made of the rows that stand about and say their numbers.
pub(super) fn candidates(search: &mut Search, candidates: &mut Vec<Candidate>) {
    let stream = search.stream();
    let lines = stream
        .lines()
        .filter(|line| (rows::SHORTEST..=rows::LONGEST).contains(&line.len()));
    let lines: Vec<Range<usize>> = lines.take(MOST_LINES).collect();
    let pieces = pieces(search, &lines);
    for cluster in clusters(&stream, &pieces) {
        Puzzle::new(cluster, &lines).solve(search, candidates);
    }
}

/// Every row outside of codes already found that says its number: unchanged anywhere, with one change where a line or the last one ends.
fn pieces(search: &mut Search, lines: &[Range<usize>]) -> Vec<Piece> {
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
    for stretch in lines.iter().cloned() {
        if search.is_free(&stretch) {
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
    without_overlaps(pieces)
}

/// The likeliest of the pieces of which no two share a symbol: chance makes rows across the borders of others.
fn without_overlaps(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.sort_by_key(|piece| (piece.stretch.end, piece.stretch.start));
    // For the first n pieces: what the best choice among them is worth, and whether the n-th is in it and how many stand before it.
    let mut best: Vec<(i32, Option<usize>)> = vec![(0, None)];
    for (nth, piece) in pieces.iter().enumerate() {
        let before = pieces.partition_point(|other| other.stretch.end <= piece.stretch.start);
        let (without, with) = (worth(&best, nth), worth(&best, before) - piece.row.cost());
        best.push(if with > without {
            (with, Some(before))
        } else {
            (without, None)
        });
    }
    let mut chosen = Vec::new();
    let mut left = pieces.len();
    while left > 0 {
        let before = best.get(left).and_then(|&(_, before)| before);
        chosen.extend(before.and_then(|_| pieces.get(left - 1)).cloned());
        left = before.unwrap_or(left - 1);
    }
    chosen.reverse();
    chosen
}

fn worth(best: &[(i32, Option<usize>)], count: usize) -> i32 {
    best.get(count).map_or(0, |&(worth, _)| worth)
}

/// The row that begins where another ended: a full one, or a last one that stands in the middle.
fn follower(search: &mut Search, at: usize) -> Option<Piece> {
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
fn clusters<'p>(stream: &'p Stream, pieces: &'p [Piece]) -> impl Iterator<Item = &'p [Piece]> {
    pieces.chunk_by(|before, after| {
        let prefix = stream.has_prefix(before.stretch.start + 1..after.stretch.start + 1);
        !prefix && after.stretch.start < before.stretch.end + FARTHEST
    })
}

/// Pieces by their number, the least changed first.
struct Puzzle<'p> {
    /// Lines near the pieces that none of them is made of.
    lines: Vec<&'p Range<usize>>,
    rows: Vec<Vec<&'p Piece>>,
    spares: Vec<&'p Piece>,
}

impl<'p> Puzzle<'p> {
    fn new(cluster: &'p [Piece], lines: &'p [Range<usize>]) -> Puzzle<'p> {
        let mut rows = vec![Vec::new(); usize::from(rows::SPARE) + 1];
        for piece in cluster {
            if let Some(same) = rows.get_mut(usize::from(piece.row.number())) {
                same.push(piece);
            }
        }
        for same in &mut rows {
            same.sort_by_key(|piece| piece.row.changes());
            same.dedup_by_key(|piece| piece.row.message());
            same.truncate(MOST_DOUBLES);
        }
        let mut spares = rows.pop().unwrap_or_default();
        spares.retain(|piece| piece.stretch.len() == rows::LONGEST);
        let start = cluster
            .first()
            .map_or(0, |piece| piece.stretch.start)
            .saturating_sub(2 * rows::LONGEST);
        let end = cluster.last().map_or(0, |piece| piece.stretch.end) + 2 * rows::LONGEST;
        let near = lines
            .iter()
            .skip(lines.partition_point(|line| line.start < start))
            .take_while(|line| line.end <= end);
        let unused = |line: &&Range<usize>| {
            !cluster
                .iter()
                .any(|piece| piece.stretch.start < line.end && line.start < piece.stretch.end)
        };
        Puzzle {
            lines: near.filter(unused).collect(),
            rows,
            spares,
        }
    }

    /// The readings for every row that may be the last.
    fn solve(&self, search: &mut Search, candidates: &mut Vec<Candidate>) {
        for (last, _) in (1..)
            .zip(self.rows.iter().skip(1))
            .filter(|(_, same)| !same.is_empty())
        {
            self.solve_for(search, last, candidates);
        }
        let unbroken = self
            .rows
            .iter()
            .skip(1)
            .take_while(|same| !same.is_empty())
            .count();
        for before in 1..=unbroken {
            // Where the next row is there unchanged, nothing is lost behind this one.
            let next = self.rows.get(before + 1).and_then(|same| same.first());
            if next.is_none_or(|next| next.row.changes() > 0) {
                self.solve_without_last(before, candidates);
            }
        }
    }

    /// The readings with `last` rows: all there, or one lost and the spare there.
    fn solve_for(&self, search: &mut Search, last: usize, candidates: &mut Vec<Candidate>) {
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
        self.put_together(&chosen, candidates);
        // Chance makes rows, too: one at a time is replaced by another of its number, or given up for the spare row.
        for (place, same) in self.rows.iter().skip(1).take(last).enumerate() {
            let others = same
                .iter()
                .skip(1)
                .filter(|other| place + 1 == last || other.stretch.len() == rows::LONGEST);
            let given_up = (place + 1 < last).then_some(None);
            for other in others.map(|other| Some(*other)).chain(given_up) {
                let mut chosen = chosen.clone();
                if let Some(piece) = chosen.get_mut(place) {
                    *piece = other;
                }
                self.put_together(&chosen, candidates);
            }
        }
    }

    /// For the missing rows, in order, the lines that did not say their number: with two changes a row can be read once its number is known.
    fn fill(&self, search: &mut Search, chosen: &[Option<&Piece>]) -> Vec<Option<Piece>> {
        let mut lines = self.lines.iter().copied().cloned();
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

    /// The readings made of these pieces: one if all are there, one for each spare row if one of them is lost.
    fn put_together(&self, chosen: &[Option<&Piece>], candidates: &mut Vec<Candidate>) {
        let Some(last) = chosen.last().copied().flatten() else {
            return;
        };
        let last = last.row.message().len();
        match chosen.iter().filter(|piece| piece.is_none()).count() {
            0 => candidates.push(candidate(chosen, last, None)),
            1 => candidates.extend(
                self.spares
                    .iter()
                    .map(|&spare| candidate(chosen, last, Some(spare))),
            ),
            _ => {}
        }
    }

    /// The readings whose last row is lost: nothing tells its length, so each is tried.
    fn solve_without_last(&self, before: usize, candidates: &mut Vec<Candidate>) {
        let chosen: Vec<Option<&Piece>> = (1..=before)
            .map(|number| self.rows.get(number).and_then(|same| same.first()).copied())
            .collect();
        let chosen: Vec<Option<&Piece>> = chosen.into_iter().chain([None]).collect();
        for &spare in &self.spares {
            candidates
                .extend((1..=rows::MESSAGE).map(|last| candidate(&chosen, last, Some(spare))));
        }
    }
}

/// The reading made of these pieces and the spare row, with `last` symbols of the message in its last row.
fn candidate(chosen: &[Option<&Piece>], last: usize, spare: Option<&Piece>) -> Candidate {
    let read = chosen.iter().flatten().copied().chain(spare);
    Candidate {
        rows: chosen
            .iter()
            .map(|piece| piece.map(|piece| piece.row))
            .collect(),
        last,
        spare: spare.map(|piece| piece.row),
        stretches: read.map(|piece| piece.stretch.clone()).collect(),
    }
}
