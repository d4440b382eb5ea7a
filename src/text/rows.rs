//! Rows: 26 symbols of the message with 4 checks that find and mend what people get wrong (SPEC.md 2.3).

mod errors;
mod syndromes;

use super::field;
use super::symbols::ILLEGIBLE;
use syndromes::{Syndromes, step, syndromes};

pub(super) use errors::{Errors, Places, errors};
pub(super) use syndromes::{empty, share};

/// Symbols of the message in a full row.
pub(super) const MESSAGE: usize = 26;
/// Checks at the end of each row.
pub(super) const CHECKS: usize = 4;
/// Symbols of a full row on paper.
pub(super) const LONGEST: usize = MESSAGE + CHECKS;
/// Symbols of the shortest row on paper.
pub(super) const SHORTEST: usize = 1 + CHECKS;
/// Rows that a code can have.
pub(super) const MOST_ROWS: u8 = 30;
/// The number of the spare row.
pub(super) const SPARE: u8 = 31;
/// Symbols of a group on paper.
pub(super) const GROUP: usize = 5;

/// XORed into the checks: the code is cyclic otherwise, and a window off by one could pass for another row.
const CSGN: [u8; CHECKS] = [12, 25, 16, 21];
/// (x−α⁰)(x−α¹)(x−α²)(x−α³) without its leading 1, highest power first.
const GENERATOR: [u8; CHECKS] = [15, 19, 23, 10];

/// −ln of the odds, in halves: of twenty bits of checks that fit, of a symbol that was written wrong, of one that could not be read.
const CHANCE: i32 = -28;
const WRONG_COST: i32 = 19;
const ILLEGIBLE_COST: i32 = 4;

/// A row that was read: a codeword, and what had to be changed to make it one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    symbols: [u8; LONGEST],
    length: usize,
    number: u8,
    wrong: u32,
    illegible: u32,
    /// Where something was undone before the checks were asked: symbols swapped, written twice, guessed.
    touched: u32,
}

impl Row {
    /// The row as it stands on paper, illegible symbols taken as 0.
    fn unchanged(paper: &[u8], number: u8) -> Row {
        let mut symbols = [0; LONGEST];
        for (symbol, &read) in symbols.iter_mut().zip(paper) {
            *symbol = read % ILLEGIBLE;
        }
        Row {
            symbols,
            length: paper.len(),
            number,
            wrong: 0,
            illegible: 0,
            touched: 0,
        }
    }

    /// The row that `paper` becomes once these errors are mended; none where one of them is not on paper, unless it is the number, which is taken as mended.
    pub(super) fn mended(paper: &[u8], number: u8, errors: Errors) -> Option<Row> {
        let mut row = Row::unchanged(paper, number);
        for (power, value) in errors.iter() {
            match paper.len().checked_sub(power + 1) {
                Some(place) => {
                    *row.symbols.get_mut(place)? ^= value;
                    let illegible = paper.get(place) == Some(&ILLEGIBLE);
                    *(if illegible {
                        &mut row.illegible
                    } else {
                        &mut row.wrong
                    }) |= 1 << place;
                }
                None if power == paper.len() && value == number => {}
                None => return None,
            }
        }
        Some(row)
    }

    /// The row's number, which is not on paper.
    pub(super) fn number(&self) -> u8 {
        self.number
    }

    /// The symbols of the message, without the checks.
    pub(super) fn message(&self) -> &[u8] {
        self.symbols
            .get(..self.length.saturating_sub(CHECKS))
            .unwrap_or_default()
    }

    /// The same row, with a note of the places where something was undone to make it one.
    pub(super) fn touched(self, touched: u32) -> Row {
        Row {
            touched: self.touched | touched,
            ..self
        }
    }

    /// All symbols as they should stand on paper.
    pub(super) fn paper(&self) -> &[u8] {
        self.symbols.get(..self.length).unwrap_or_default()
    }

    /// Where on paper a symbol was changed or filled in, counted from 0.
    pub(super) fn corrections(&self) -> impl Iterator<Item = usize> {
        let changed = self.wrong | self.illegible | self.touched;
        (0..LONGEST).filter(move |place| changed >> place & 1 == 1)
    }

    /// How many symbols were read for others.
    pub(super) fn wrong(&self) -> u32 {
        self.wrong.count_ones()
    }

    /// How many symbols could not be read.
    pub(super) fn illegible(&self) -> u32 {
        self.illegible.count_ones()
    }

    /// How much of what the checks can bear was needed: 2·wrong + illegible, at most 4.
    pub(super) fn changes(&self) -> u32 {
        2 * self.wrong() + self.illegible()
    }

    /// What speaks against the row having been written like this: the less, the likelier, and less than 0 where chance hardly makes such a row.
    pub(super) fn cost(&self) -> i32 {
        CHANCE
            + WRONG_COST * self.wrong().cast_signed()
            + ILLEGIBLE_COST * self.illegible().cast_signed()
    }
}

/// The row on paper: `message` and its checks (SPEC.md 2.3).
pub(super) fn encode(number: u8, message: &[u8]) -> Vec<u8> {
    let mut rest = [0; CHECKS];
    for &symbol in std::iter::once(&number).chain(message) {
        let [first, second, third, fourth] = rest;
        let lead = first ^ symbol;
        rest = [second, third, fourth, 0];
        for (check, factor) in rest.iter_mut().zip(GENERATOR) {
            *check ^= field::times(lead, factor);
        }
    }
    let checks = rest.iter().zip(CSGN).map(|(check, mask)| check ^ mask);
    message.iter().copied().chain(checks).collect()
}

/// The spare row on paper for these rows' messages (SPEC.md 2.3).
pub(super) fn encode_spare<'a>(messages: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    encode(SPARE, &xor(messages))
}

/// The symbol-wise XOR of messages, each filled up with zeros to a full row.
pub(super) fn xor<'a>(messages: impl Iterator<Item = &'a [u8]>) -> [u8; MESSAGE] {
    messages.fold([0; MESSAGE], |mut sum, message| {
        for (sum, symbol) in sum.iter_mut().zip(message) {
            *sum ^= symbol;
        }
        sum
    })
}

/// Reads `paper` as the row `number`, mending it where 2·wrong + illegible ≤ 4 (SPEC.md 2.3).
pub(super) fn decode(paper: &[u8], number: u8) -> Option<Row> {
    mend(paper, Some(number))
}

/// Reads `paper` as a row whose number is to be found out. The number counts as one more illegible symbol: 2·wrong + illegible ≤ 3.
pub(super) fn identify(paper: &[u8]) -> Option<Row> {
    mend(paper, None)
}

/// Reads `paper` as the row that it is without any change, which says its own number (SPEC.md 2.3).
pub(super) fn clean(paper: &[u8]) -> Option<Row> {
    let number = number_of(syndromes(paper, 0)?, paper.len())?;
    (!paper.contains(&ILLEGIBLE)).then(|| Row::unchanged(paper, number))
}

/// What is left of a row of `length` when everything but its number cancels out: s₀ is the number itself.
fn number_of(syndromes: Syndromes, length: usize) -> Option<u8> {
    let [number, ..] = syndromes;
    let same = syndromes
        .iter()
        .zip(0..)
        .all(|(&syndrome, j)| syndrome == field::times(number, field::power(length * j)));
    (number != 0 && same).then_some(number)
}

/// Finds the nearest codeword, the number being known or one of the unknowns.
fn mend(paper: &[u8], number: Option<u8>) -> Option<Row> {
    let length = paper.len();
    let found = syndromes(paper, number.unwrap_or_default())?;
    let mut known = Places::default();
    if number.is_none() {
        known.push(length)?;
    }
    for (place, _) in paper
        .iter()
        .enumerate()
        .filter(|&(_, &symbol)| symbol == ILLEGIBLE)
    {
        known.push(length - 1 - place)?;
    }
    let errors = Errors::locate(found, known)?;
    // Only the number stands above the symbols on paper. Where it is known it is right: a correction there would take the codeword of row 0 for this
    // row, and count nothing.
    let number = match (number, errors.at(length)) {
        (Some(number), None) | (None, Some(number)) => number,
        (Some(_), Some(_)) | (None, None) => return None,
    };
    Row::mended(paper, number, errors).filter(|row| row.number != 0)
}

/// Every full row that stands in `symbols` without any change, wherever it begins: its place and its number.
///
/// One step a symbol, whatever the text: the window's syndromes are carried along.
pub(super) fn clean_rows(symbols: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    let mut sums = [0; CHECKS];
    let mut legible = 0;
    let mask = CSGN
        .iter()
        .fold([0; CHECKS], |sums, &mask| step(sums, mask));
    let away = [0, 1, 2, 3].map(|j| field::power(LONGEST * j));
    symbols
        .iter()
        .enumerate()
        .filter_map(move |(end, &symbol)| {
            legible = if symbol == ILLEGIBLE { 0 } else { legible + 1 };
            sums = step(sums, symbol % ILLEGIBLE);
            let gone = end
                .checked_sub(LONGEST)
                .and_then(|start| symbols.get(start))
                .map_or(0, |&gone| gone % ILLEGIBLE);
            for ((sum, away), _) in sums.iter_mut().zip(away).zip(0..CHECKS) {
                *sum ^= field::times(gone, away);
            }
            if legible < LONGEST {
                return None;
            }
            let mut masked = sums;
            for (sum, mask) in masked.iter_mut().zip(mask) {
                *sum ^= mask;
            }
            number_of(masked, LONGEST).map(|number| (end + 1 - LONGEST, number))
        })
}

#[cfg(test)]
mod tests;
