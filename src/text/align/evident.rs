//! Whether a code is worth putting together from here on: whether a row of it fits its checks so well that chance hardly made it.
//!
//! It is asked of each row near the place where it would stand, with no more than one edit. Text that holds no code gets its answer for a fraction of what
//! it costs to try every way to cut it into rows.

use std::ops::Range;

use super::super::find::Stream;
use super::super::{message, rows, shape};
use super::mended;
use super::piece::Piece;
use super::work::{self, Work};

/// How far from its place a row is looked for: the rows before it may have lost a symbol or a group, or have one too many.
const DRIFTS: [isize; 13] = [0, -1, 1, -2, 2, -5, 5, -3, 3, -6, 6, -4, 4];
/// The second row has but one before it.
const DRIFTS_OF_SECOND: usize = 7;
/// A row with a symbol or a group too many, or a symbol too few.
const LENGTHS: [usize; 4] = [
    rows::LONGEST,
    rows::LONGEST - 1,
    rows::LONGEST + 1,
    rows::LONGEST + rows::GROUP,
];

/// Whether one of the rows of the code that begins at `start` is evident; true too of what is no longer than one row, for which no other can speak.
pub(super) fn is_any(stream: &Stream, symbols: &[u8], start: usize, work: &mut Work) -> bool {
    let end = shape::end_of_code(stream, start);
    if end <= start + rows::LONGEST + rows::GROUP + 1 {
        return true;
    }
    for number in 1..=rows::MOST_ROWS {
        let at = start + usize::from(number - 1) * rows::LONGEST;
        if at >= end {
            break;
        }
        let drifts = match number {
            1 => 1,
            2 => DRIFTS_OF_SECOND,
            _ => DRIFTS.len(),
        };
        for &drift in DRIFTS.iter().take(drifts) {
            let at = at.saturating_add_signed(drift).max(start);
            // What cannot be paid for is left to whoever asks.
            if !work.pay(work::PIECE) || is_here(stream, symbols, at..end, number, work) {
                return true;
            }
        }
    }
    false
}

/// Whether the row `number` begins here, or the code's last one does and stands there as it was written, but for one symbol.
fn is_here(
    stream: &Stream,
    symbols: &[u8],
    place: Range<usize>,
    number: u8,
    work: &mut Work,
) -> bool {
    let full = LENGTHS.iter().any(|there| {
        let symbols = symbols.get(place.start..place.start + there);
        symbols.is_some_and(|symbols| {
            let piece = Piece {
                symbols,
                separators: 0,
                length: rows::LONGEST,
                number,
            };
            mended::is_evident(&piece, work)
        })
    });
    let before = usize::from(number - 1) * rows::MESSAGE;
    let farthest = place.end.min(place.start + rows::LONGEST);
    let is_last = |end: usize| {
        let length = end - place.start;
        (end == place.end || stream.parts(end))
            && message::is_length(before + length - rows::CHECKS)
            && symbols
                .get(place.start..end)
                .and_then(|paper| rows::decode(paper, number))
                .is_some_and(|row| row.changes() <= 2)
    };
    full || (place.start + rows::SHORTEST..=farthest).any(is_last)
}
