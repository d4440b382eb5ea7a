//! Rows: 26 symbols of the message with 4 checks that find and mend what people get wrong (SPEC.md 2.3).

use super::field::{self, ORDER};
use super::symbols::ILLEGIBLE;

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
        }
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

    /// Where on paper a symbol was changed or filled in, counted from 0.
    pub(super) fn corrections(&self) -> impl Iterator<Item = usize> {
        let changed = self.wrong | self.illegible;
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

/// The codeword as a polynomial at α⁰ to α³: all zero where nothing is wrong.
type Syndromes = [u8; CHECKS];

/// The syndromes of `paper`, illegible symbols taken as 0; none where its length is no row's.
fn syndromes(paper: &[u8], number: u8) -> Option<Syndromes> {
    if !(SHORTEST..=LONGEST).contains(&paper.len()) {
        return None;
    }
    let (message, checks) = paper.split_last_chunk::<CHECKS>()?;
    let sums = message.iter().fold([number; CHECKS], |sums, &symbol| {
        step(sums, symbol % ILLEGIBLE)
    });
    Some(checks.iter().zip(CSGN).fold(sums, |sums, (&check, mask)| {
        step(sums, (check % ILLEGIBLE) ^ mask)
    }))
}

/// One step of Horner's rule at α⁰, α¹, α² and α³.
fn step([a, b, c, d]: Syndromes, symbol: u8) -> Syndromes {
    [
        a ^ symbol,
        double(b) ^ symbol,
        double(double(c)) ^ symbol,
        double(double(double(d))) ^ symbol,
    ]
}

/// The product with α.
fn double(element: u8) -> u8 {
    let shifted = element << 1;
    shifted ^ ((shifted >> 5) * 0x25)
}

/// Finds the nearest codeword, the number being known or one of the unknowns.
fn mend(paper: &[u8], number: Option<u8>) -> Option<Row> {
    let length = paper.len();
    let found = syndromes(paper, number.unwrap_or_default())?;
    let mut row = Row::unchanged(paper, number.unwrap_or_default());
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
        row.illegible |= 1 << place;
    }
    if known.count == 0 && found == [0; CHECKS] {
        return Some(row);
    }
    let all = locate(found, known)?;
    for power in all.iter() {
        let value = value_at(found, all, power);
        match length.checked_sub(power + 1) {
            Some(place) => {
                *row.symbols.get_mut(place)? ^= value;
                if row.illegible >> place & 1 == 0 {
                    row.wrong |= 1 << place;
                }
            }
            // Only the number stands above the symbols on paper, and it is wrong only where it was not known.
            None if power == length && number.is_none() => row.number = value,
            None => return None,
        }
    }
    (row.number != 0).then_some(row)
}

/// Up to four places of a codeword, as powers of x.
#[derive(Clone, Copy, Debug, Default)]
struct Places {
    powers: [usize; CHECKS],
    count: usize,
}

impl Places {
    /// One more place; none where four are taken.
    fn push(&mut self, power: usize) -> Option<()> {
        *self.powers.get_mut(self.count)? = power;
        self.count += 1;
        Some(())
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.powers.into_iter().take(self.count)
    }
}

/// Takes what a place contributes out of the syndromes: one fewer is left, each other place's share multiplied by (X + its X).
fn strip(sums: &mut Syndromes, count: usize, power: usize) {
    let x = field::power(power);
    let [_, next @ ..] = *sums;
    for (sum, next) in sums.iter_mut().zip(next).take(count.saturating_sub(1)) {
        *sum = next ^ field::times(*sum, x);
    }
}

/// The places of all errors: the known ones and those that explain what the known ones leave over.
fn locate(found: Syndromes, known: Places) -> Option<Places> {
    let mut sums = found;
    for (taken, power) in known.iter().enumerate() {
        strip(&mut sums, CHECKS - taken, power);
    }
    let left = sums.get(..CHECKS - known.count)?;
    if left.iter().all(|&sum| sum == 0) {
        return Some(known);
    }
    let mut all = known;
    if let Some(power) = one_error(left) {
        all.push(power)?;
    } else {
        let (first, second) = two_errors(left)?;
        all.push(first)?;
        all.push(second)?;
    }
    let fresh = all
        .iter()
        .skip(known.count)
        .all(|power| known.iter().all(|taken| taken != power));
    fresh.then_some(all)
}

/// The place of the one error that these syndromes show: each is the one before times X.
fn one_error(sums: &[u8]) -> Option<usize> {
    let (&first, &second) = (sums.first()?, sums.get(1)?);
    if first == 0 || second == 0 {
        return None;
    }
    let x = field::over(second, first);
    let fits = sums
        .iter()
        .zip(sums.iter().skip(1))
        .all(|(&sum, &next)| next == field::times(sum, x));
    fits.then(|| field::exponent(x))
}

/// The places of two errors, all four syndromes being free: the roots of X² + pX + q.
fn two_errors(sums: &[u8]) -> Option<(usize, usize)> {
    let &[a, b, c, d] = sums else { return None };
    let determinant = field::times(b, b) ^ field::times(a, c);
    if determinant == 0 {
        return None;
    }
    let p = field::over(field::times(b, c) ^ field::times(a, d), determinant);
    let q = field::over(field::times(b, d) ^ field::times(c, c), determinant);
    let mut roots = (0..ORDER).filter(|&power| {
        let x = field::power(power);
        field::times(x, x ^ p) == q
    });
    Some((roots.next()?, roots.next()?))
}

/// What has to be added at `power`, once all places are known: the others taken out, its own share is left, times what they multiplied it by.
fn value_at(found: Syndromes, all: Places, power: usize) -> u8 {
    let x = field::power(power);
    let mut sums = found;
    let mut factor = 1;
    for (taken, other) in all.iter().filter(|&other| other != power).enumerate() {
        strip(&mut sums, CHECKS - taken, other);
        factor = field::times(factor, x ^ field::power(other));
    }
    let [own, ..] = sums;
    field::over(own, factor)
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
