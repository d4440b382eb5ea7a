//! The checks of a row as sums (SPEC.md 2.3): what each symbol adds where it stands, looked up.

use super::super::field::ORDER;
use super::{CHECKS, CSGN, LONGEST, SHORTEST};

/// The codeword as a polynomial at α⁰ to α³: all zero where nothing is wrong.
pub(super) type Syndromes = [u8; CHECKS];

/// The syndromes of `paper`, illegible symbols taken as 0; none where its length is no row's.
///
/// The search for dropped and doubled symbols asks this a million times: each symbol's share is looked up, not worked out.
pub(super) fn syndromes(paper: &[u8], number: u8) -> Option<Syndromes> {
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
pub(in crate::text) fn empty(length: usize, number: u8) -> u32 {
    MASKS ^ line(length, 0).map_or(0, |shares| of(shares, number))
}

/// What a symbol adds to the syndromes at a place of a row of `length`, packed.
pub(in crate::text) fn share(length: usize, place: usize, symbol: u8) -> u32 {
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
pub(super) const fn step([a, b, c, d]: Syndromes, symbol: u8) -> Syndromes {
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
