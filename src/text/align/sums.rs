//! What the checks say of a row once edits are undone, without undoing them: the checks are linear, so that a stretch of symbols adds what it adds
//! wherever it is moved to. Worked out once for every stretch and every move, an edit costs a few additions.

use super::super::rows::{self, Places};
use super::super::symbols::ILLEGIBLE;
use super::edits::{Edit, What};
use super::piece::Piece;

/// Symbols may be moved by as much, to either side: two edits, of which one is of a group.
const FARTHEST: usize = rows::GROUP + 6;
const MOVES: usize = 2 * FARTHEST + 1;
/// The longest piece, and one more.
const PLACES: usize = rows::LONGEST + 8;

/// The shares of the beginnings of a piece in the syndromes, for each move.
pub(super) struct Sums<'a> {
    piece: &'a Piece<'a>,
    nothing: u32,
    beginnings: [[u32; PLACES]; MOVES],
}

impl<'a> Sums<'a> {
    /// None where a symbol is illegible: then the checks have more to do than to judge.
    pub(super) fn new(piece: &'a Piece<'a>) -> Option<Sums<'a>> {
        if piece.symbols.contains(&ILLEGIBLE) || piece.symbols.len() >= PLACES {
            return None;
        }
        let mut beginnings = [[0; PLACES]; MOVES];
        for (moved, line) in beginnings.iter_mut().enumerate() {
            let mut sum = 0;
            for (place, &symbol) in piece.symbols.iter().enumerate() {
                let to = (place + FARTHEST).checked_sub(moved);
                sum ^= to.map_or(0, |to| rows::share(piece.length, to, symbol));
                *line.get_mut(place + 1)? = sum;
            }
        }
        Some(Sums {
            piece,
            nothing: rows::empty(piece.length, piece.number),
            beginnings,
        })
    }

    /// What the symbols of a stretch add, moved to the left by `shift`.
    fn stretch(&self, shift: isize, from: usize, to: usize) -> u32 {
        let line = shift
            .checked_add_unsigned(FARTHEST)
            .and_then(|line| self.beginnings.get(usize::try_from(line).ok()?));
        let at = |place: usize| line.and_then(|line| line.get(place)).copied();
        at(from).zip(at(to)).map_or(0, |(from, to)| from ^ to)
    }

    /// The syndromes of the row that these edits make of the piece, and the places of the symbols that it lacks; none where it lacks too many.
    pub(super) fn of(&self, edits: &[Edit]) -> Option<(u32, Places)> {
        let (mut sum, mut shift, mut from) = (self.nothing, 0_isize, 0);
        let mut gaps = Places::default();
        for edit in edits {
            sum ^= self.stretch(shift, from, edit.at);
            let place = edit.at.checked_add_signed(-shift)?;
            match edit.what {
                What::Extra(_) => {}
                What::Gap(count) => {
                    for place in place..place + count {
                        gaps.push(self.piece.length.checked_sub(place + 1)?)?;
                    }
                }
                What::Exchange(first, second) => {
                    let middle = edit.at + first;
                    sum ^= self.stretch(shift + first.cast_signed(), middle, middle + second)
                        ^ self.stretch(shift - second.cast_signed(), edit.at, middle);
                }
                What::Guess(value) => sum ^= rows::share(self.piece.length, place, value),
            }
            shift += edit.surplus();
            from = edit.end();
        }
        Some((
            sum ^ self.stretch(shift, from, self.piece.symbols.len()),
            gaps,
        ))
    }

    /// The same of the row that this gap leaves, its first symbol guessed to be nothing.
    pub(super) fn of_filled(&self, gap: &Edit) -> Option<(u32, Places)> {
        let shift = gap.surplus();
        let mut gaps = Places::default();
        for place in gap.at + 1..gap.at.checked_add_signed(-shift)? {
            gaps.push(self.piece.length.checked_sub(place + 1)?)?;
        }
        let moved = self.stretch(shift, gap.at, self.piece.symbols.len());
        Some((self.nothing ^ self.stretch(0, 0, gap.at) ^ moved, gaps))
    }
}

#[cfg(test)]
mod tests {
    use super::super::mended::{self, Effort};
    use super::super::work::Work;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What one edit spoilt is among the readings, with no correction besides.
        #[test]
        fn an_edit_is_undone(message in prop::collection::vec(0_u8..32, 26), number in 1_u8..31, at in 0_usize..30, symbol in 0_u8..32, edit in 0..5) {
            let row = rows::encode(number, &message);
            let mut symbols = row.clone();
            match edit {
                0 => drop(symbols.remove(at)),
                1 => symbols.insert(at, symbol),
                2 => symbols.swap(at, (at + 1) % 30),
                3 => drop(symbols.drain(at / 5 * 5..at / 5 * 5 + 5)),
                _ => symbols[(at / 5 * 5) % 25..][..10].rotate_left(5),
            }
            // The last and the first are no neighbours.
            prop_assume!(edit != 2 || at < 29);
            let piece = Piece { symbols: &symbols, separators: 0, length: 30, number };
            let mut work = Work::new(u32::MAX);
            let read = mended::rows(&piece, Effort::One, &mut work);
            prop_assert!(read.iter().any(|mended| mended.row.paper() == row), "{:?}", read.len());
        }

        /// Rows are made from the sums alone: were those wrong, the rows would not fit their checks.
        #[test]
        fn every_reading_fits_its_checks(symbols in prop::collection::vec(0_u8..32, 25..36), number in 1_u8..31, edits in 1..=2_u8) {
            let effort = if edits == 1 { Effort::One } else { Effort::Two };
            let piece = Piece { symbols: &symbols, separators: 0, length: 30, number };
            let mut work = Work::new(u32::MAX);
            for mended in mended::rows(&piece, effort, &mut work) {
                let read = rows::clean(mended.row.paper());
                prop_assert_eq!(read.map(|row| row.number()), Some(number));
            }
        }
    }
}
