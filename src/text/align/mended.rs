//! Every row that may have been written where a piece of text stands: edits undone, what the checks correct corrected.

use super::super::rows::{self, Row};
use super::super::symbols::ILLEGIBLE;
use super::alike;
use super::edits::{self, ALIKE_BONUS, Edit, What};
use super::piece::Piece;
use super::sums::Sums;
use super::work::{self, Work};

/// A separator that stands elsewhere than between groups: −ln of the odds in halves, as in [`Row::cost`].
const MISPLACED: i32 = 8;
/// Readings of a row that cost more are not worth holding against the integrity.
const DEAREST: i32 = 34;
const DEAREST_FILLED: i32 = 25;

/// How hard to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effort {
    /// One edit to a row, besides what its checks correct.
    One,
    /// Two edits, or one guessed symbol.
    Two,
    /// Three edits, where it is known from where to where the row reaches.
    Three,
}

/// A way in which a row may have been written, and what speaks against it.
#[derive(Clone, Debug)]
pub(super) struct Mended {
    pub(super) row: Row,
    pub(super) cost: i32,
}

/// Every row that may have been written where this piece stands, the likeliest first, and how many were looked at.
pub(super) fn rows(piece: &Piece<'_>, effort: Effort, work: &mut Work) -> Vec<Mended> {
    if !work.pay(work::PIECE) {
        return Vec::new();
    }
    let mut table = Table {
        piece,
        sums: Sums::new(piece),
        work,
        mended: Vec::new(),
    };
    let surplus = piece.symbols.len().cast_signed() - piece.length.cast_signed();
    if surplus == 0 {
        table.look(&[]);
    }
    let single = edits::singles(piece);
    for edit in single.iter().filter(|edit| edit.surplus() == surplus) {
        if edit.is_gap_of_a_group() {
            table.look_filled(edit);
        } else {
            table.look(std::slice::from_ref(edit));
        }
    }
    if effort >= Effort::Two {
        let guesses = edits::guesses(piece);
        if surplus == 0 {
            for guess in &guesses {
                table.look(std::slice::from_ref(guess));
            }
        }
        for gap in single
            .iter()
            .filter(|edit| edit.surplus() == surplus && edit.what == What::Gap(1))
        {
            table.look_filled(gap);
        }
        edits::pairs(&single, surplus, |pair| table.look(pair));
    }
    if effort == Effort::Three {
        edits::triples(&single, surplus, |three| table.look(three));
    }
    let mut mended = table.mended;
    mended.sort_by(|one, other| {
        let paper = || one.row.paper().cmp(other.row.paper());
        one.cost.cmp(&other.cost).then_with(paper)
    });
    mended.dedup_by(|later, first| later.row.paper() == first.row.paper());
    mended
}

/// Whether a full row stands here that chance hardly made: as it was written but for one symbol, or with one edit and nothing wrong besides.
pub(super) fn is_evident(piece: &Piece<'_>, work: &mut Work) -> bool {
    let Some(sums) = Sums::new(piece) else {
        let read = rows(piece, Effort::One, work);
        return read.first().is_some_and(|it| it.cost <= super::EVIDENCE);
    };
    let fits = |edits: &[Edit], most: usize| {
        let summed = sums.of(edits);
        summed.is_some_and(|(sum, gaps)| rows::errors(sum, piece.length, gaps, most).is_some())
    };
    let surplus = piece.symbols.len().cast_signed() - piece.length.cast_signed();
    if surplus == 0 && fits(&[], 1) {
        return true;
    }
    let single = edits::singles(piece);
    let mut own = single.iter().filter(|edit| edit.surplus() == surplus);
    let count = u32::try_from(single.len()).unwrap_or(u32::MAX);
    work.pay(count.saturating_mul(work::LOOK))
        && own.any(|edit| fits(std::slice::from_ref(edit), 0))
}

/// The rows that fit their checks as `row` does, but with two neighbouring groups in each other's place.
pub(super) fn with_groups_swapped(row: &Row) -> impl Iterator<Item = Mended> {
    (0..row.paper().len())
        .step_by(rows::GROUP)
        .filter_map(|at| {
            let mut paper = row.paper().to_vec();
            paper
                .get_mut(at..at + 2 * rows::GROUP)?
                .rotate_left(rows::GROUP);
            let swapped = rows::clean(&paper).filter(|swapped| swapped.number() == row.number())?;
            Some(Mended {
                row: swapped.touched(1 << at | 1 << (at + rows::GROUP)),
                cost: swapped.cost() + edits::SWAPPED,
            })
        })
}

/// What was looked at, and what came of it.
struct Table<'a, 'w> {
    piece: &'a Piece<'a>,
    sums: Option<Sums<'a>>,
    work: &'w mut Work,
    mended: Vec<Mended>,
}

impl Table<'_, '_> {
    /// Undoes these edits and asks the checks.
    fn look(&mut self, edits: &[Edit]) {
        let price = if self.sums.is_some() {
            work::LOOK
        } else {
            work::WRITTEN_LOOK
        };
        if !self.work.pay(price) {
            return;
        }
        if let Some(sums) = &self.sums {
            // Two edits and two wrong symbols are dearer than what is kept.
            let most = if edits.len() > 1 { 1 } else { 2 };
            if let Some((sum, gaps)) = sums.of(edits)
                && let Some(errors) = rows::errors(sum, self.piece.length, gaps, most)
                && let Some((paper, touched)) = undo(self.piece, edits)
            {
                self.keep(&paper, touched, edits, |paper| {
                    Row::mended(paper, self.piece.number, errors)
                });
            }
        } else if let Some((paper, touched)) = undo(self.piece, edits) {
            self.keep(&paper, touched, edits, |paper| {
                rows::decode(paper, self.piece.number)
            });
        }
    }

    /// Undoes a gap with every guess for its first symbol: the checks fill in the others and correct what they still can.
    fn look_filled(&mut self, gap: &Edit) {
        if !self.work.pay(u32::from(ILLEGIBLE) * work::LOOK) {
            return;
        }
        let (at, edits) = (gap.at, [gap.filled()]);
        let Some((mut paper, touched)) = undo(self.piece, &edits) else {
            return;
        };
        let Piece { length, number, .. } = *self.piece;
        let summed = self.sums.as_ref().map(|sums| sums.of_filled(gap));
        for value in 0..ILLEGIBLE {
            if let Some(first) = paper.get_mut(at) {
                *first = value;
            }
            let touched = touched | 1 << at;
            match summed {
                Some(Some((sum, gaps))) => {
                    let sum = sum ^ rows::share(length, at, value);
                    if let Some(errors) = rows::errors(sum, length, gaps, 2) {
                        self.keep(&paper, touched, &edits, |paper| {
                            Row::mended(paper, number, errors)
                        });
                    }
                }
                Some(None) => {}
                None => self.keep(&paper, touched, &edits, |paper| rows::decode(paper, number)),
            }
        }
    }

    /// Keeps the row that this becomes, unless it is too unlikely.
    fn keep(
        &mut self,
        paper: &[u8; rows::LONGEST],
        touched: u32,
        edits: &[Edit],
        row: impl FnOnce(&[u8]) -> Option<Row>,
    ) {
        let Some(paper) = paper.get(..self.piece.length) else {
            return;
        };
        let Some(row) = row(paper).filter(|_| self.work.pay(work::FIT)) else {
            return;
        };
        let alike = row
            .paper()
            .iter()
            .zip(paper)
            .filter(|(right, wrong)| right != wrong && alike::are(**right, **wrong));
        let edited: i32 = edits.iter().map(|edit| edit.cost).sum();
        let cost = row.cost() + edited - ALIKE_BONUS * i32::try_from(alike.count()).unwrap_or(0);
        // Of rows with a dropped symbol guessed and two corrected there are many: of them those with a look-alike.
        let filled = matches!(edits, [edit] if edit.is_filled());
        if cost > if filled { DEAREST_FILLED } else { DEAREST } {
            return;
        }
        let cost = cost + MISPLACED * self.misplaced(edits);
        self.mended.push(Mended {
            row: row.touched(touched),
            cost,
        });
    }

    /// How many separators stand within what would be a group.
    fn misplaced(&self, edits: &[Edit]) -> i32 {
        let group = rows::GROUP.cast_signed();
        let mut count = 0;
        let mut left = self.piece.separators;
        while left != 0 {
            let place = left.trailing_zeros() as usize;
            left &= left - 1;
            let shift = |counts: fn(&Edit, usize) -> bool| {
                let edits = edits.iter().filter(|edit| counts(edit, place));
                place.cast_signed() - edits.map(Edit::surplus).sum::<isize>()
            };
            // A gap beside a separator may be on either side of it.
            let before = shift(|edit, place| edit.end().max(edit.at + 1) <= place);
            let after = shift(|edit, place| edit.end() <= place);
            if before % group != 0 && after % group != 0 {
                count += 1;
            }
        }
        count
    }
}

/// The row on paper before these edits, and which of its places they touched.
fn undo(piece: &Piece<'_>, edits: &[Edit]) -> Option<([u8; rows::LONGEST], u32)> {
    let mut out = Paper {
        symbols: [0; rows::LONGEST],
        length: 0,
    };
    let mut touched = 0_u32;
    let mut from = 0;
    for edit in edits {
        out.extend(piece.symbols.get(from..edit.at)?)?;
        let here = 1_u32.checked_shl(u32::try_from(out.length.min(piece.length - 1)).ok()?)?;
        match edit.what {
            What::Extra(_) => touched |= here,
            What::Gap(count) => {
                if count >= rows::GROUP {
                    touched |= here;
                }
                for _ in 0..count {
                    out.extend(&[ILLEGIBLE])?;
                }
            }
            What::Exchange(first, second) => {
                let middle = edit.at + first;
                out.extend(piece.symbols.get(middle..middle + second)?)?;
                out.extend(piece.symbols.get(edit.at..middle)?)?;
                touched |= here;
            }
            What::Guess(value) => {
                out.extend(&[value])?;
                touched |= here;
            }
        }
        from = edit.end();
    }
    out.extend(piece.symbols.get(from..)?)?;
    (out.length == piece.length).then_some((out.symbols, touched))
}

/// A row as it is put together.
struct Paper {
    symbols: [u8; rows::LONGEST],
    length: usize,
}

impl Paper {
    fn extend(&mut self, more: &[u8]) -> Option<()> {
        let end = self.length + more.len();
        self.symbols
            .get_mut(self.length..end)?
            .copy_from_slice(more);
        self.length = end;
        Some(())
    }
}

#[cfg(test)]
mod tests;
