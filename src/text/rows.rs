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
        for power in errors.places.iter() {
            let value = value_at(errors.syndromes, errors.places, power);
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

/// The codeword as a polynomial at α⁰ to α³: all zero where nothing is wrong.
type Syndromes = [u8; CHECKS];

/// The syndromes of `paper`, illegible symbols taken as 0; none where its length is no row's.
///
/// The search for dropped and doubled symbols asks this a million times: each symbol's share is looked up, not worked out.
fn syndromes(paper: &[u8], number: u8) -> Option<Syndromes> {
    if !(SHORTEST..=LONGEST).contains(&paper.len()) {
        return None;
    }
    let (start, masks) = (ORDER - 1).checked_sub(paper.len()).map(|at| (at, MASKS))?;
    let numbered = std::iter::once(&number).chain(paper);
    let sum = SHARES
        .get(start..)?
        .iter()
        .zip(numbered)
        .fold(masks, |sum, (shares, &symbol)| {
            sum ^ shares.get(usize::from(symbol)).copied().unwrap_or_default()
        });
    Some(sum.to_le_bytes())
}

/// What each symbol adds to the syndromes where it stands, four of them in a word; the first line is for the highest power of x.
static SHARES: [[u32; 32]; ORDER] = shares();

#[expect(
    clippy::indexing_slicing,
    reason = "worked out by the compiler, which refuses a place that is not there"
)]
const fn shares() -> [[u32; 32]; ORDER] {
    let mut all = [[0; 32]; ORDER];
    let mut line = 0;
    while line < ORDER {
        let mut symbol = 0;
        while symbol < 32 {
            let power = ORDER - 1 - line;
            all[line][symbol] = share_at(symbol as u8, power);
            symbol += 1;
        }
        line += 1;
    }
    all
}

/// A symbol times α^(power·j) for j from 0 to 3.
const fn share_at(symbol: u8, power: usize) -> u32 {
    let mut sums = [symbol; CHECKS];
    let mut left = power;
    while left > 0 {
        sums = step(sums, 0);
        left -= 1;
    }
    u32::from_le_bytes(sums)
}

/// The syndromes of a row of `length` without any symbols, packed as by [`share`].
pub(super) fn empty(length: usize, number: u8) -> u32 {
    MASKS ^ line(length, 0).map_or(0, |shares| of(shares, number))
}

/// What a symbol adds to the syndromes at a place of a row of `length`, packed.
pub(super) fn share(length: usize, place: usize, symbol: u8) -> u32 {
    line(length, place + 1).map_or(0, |shares| of(shares, symbol))
}

/// The shares at a place of a row of `length`, the number before it being place 0.
fn line(length: usize, place: usize) -> Option<&'static [u32; 32]> {
    SHARES.get((ORDER - 1).checked_sub(length)? + place)
}

fn of(shares: &[u32; 32], symbol: u8) -> u32 {
    shares.get(usize::from(symbol)).copied().unwrap_or_default()
}

/// What the masks of the checks add.
const MASKS: u32 =
    share_at(CSGN[0], 3) ^ share_at(CSGN[1], 2) ^ share_at(CSGN[2], 1) ^ share_at(CSGN[3], 0);

/// One step of Horner's rule at α⁰, α¹, α² and α³.
const fn step([a, b, c, d]: Syndromes, symbol: u8) -> Syndromes {
    [
        a ^ symbol,
        double(b) ^ symbol,
        double(double(c)) ^ symbol,
        double(double(double(d))) ^ symbol,
    ]
}

/// The product with α.
const fn double(element: u8) -> u8 {
    let shifted = element << 1;
    shifted ^ ((shifted >> 5) * 0x25)
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
    // Only the number stands above the symbols on paper, and it is wrong only where it was not known.
    let number = number.or_else(|| errors.at(length))?;
    Row::mended(paper, number, errors).filter(|row| row.number != 0)
}

/// What is wrong in a row with these syndromes, at most `most` symbols besides those that are missing at `known` places.
pub(super) fn errors(syndromes: u32, length: usize, known: Places, most: usize) -> Option<Errors> {
    let errors = Errors::locate(syndromes.to_le_bytes(), known)?;
    let within = errors.places.iter().all(|power| power < length);
    (within && errors.places.count <= known.count + most).then_some(errors)
}

/// The places of a codeword that are wrong or were unknown, and what has to be added to the symbols there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Errors {
    places: Places,
    syndromes: Syndromes,
}

impl Errors {
    fn locate(syndromes: Syndromes, known: Places) -> Option<Errors> {
        let places = if known.count == 0 && syndromes == [0; CHECKS] {
            known
        } else {
            locate(syndromes, known)?
        };
        Some(Errors { places, syndromes })
    }

    /// What has to be added at a place; none where nothing is wrong.
    fn at(&self, power: usize) -> Option<u8> {
        let wrong = self.places.iter().any(|wrong| wrong == power);
        wrong.then(|| value_at(self.syndromes, self.places, power))
    }
}

/// Up to four places of a codeword, as powers of x.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places {
    powers: [usize; CHECKS],
    count: usize,
}

impl Places {
    /// One more place; none where four are taken.
    pub(super) fn push(&mut self, power: usize) -> Option<()> {
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
    // X = pY makes it Y² + Y = q/p², of which either no root is in the field or Y and Y + 1 are.
    if p == 0 || q == 0 {
        return None;
    }
    let y = field::half_trace(field::over(q, field::times(p, p)))?;
    let (first, second) = (field::times(p, y), field::times(p, y ^ 1));
    (first != 0 && second != 0).then(|| (field::exponent(first), field::exponent(second)))
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
