//! The emergency code in a text (SPEC.md 2.4): one row without integrity, so that only its shape and its checks speak for it.

use std::ops::Range;

use super::find::Stream;
use super::place::Place;
use super::rows::{self, Row};
use super::search::{Found, Search};
use super::{Code, Kind, message};

/// Symbols of the whole code on paper.
const LENGTH: usize = 22;

/// Finds emergency codes that stand there unchanged: as words of their own, whatever else is on the line.
pub(super) fn find_clean(search: &mut Search) {
    let first = |symbols: &[u8]| symbols.first().and_then(|&symbol| message::kind(symbol));
    find(search, |search, stretch| {
        let stream = search.stream();
        let symbols = stream.get(stretch)?;
        if first(symbols) == Some(Kind::Emergency) {
            rows::clean(symbols)
        } else {
            None
        }
    });
}

/// Finds emergency codes that have to be mended; these must look like a code.
///
/// The hash chain refuses a wrong one later (SPEC.md 8), but it costs somebody a call: where other codes may be meant, at most one wrong symbol or
/// two illegible ones are believed.
pub(super) fn find_mended(search: &mut Search, wanted: &[Kind]) {
    let believed = match wanted {
        [Kind::Emergency] => 4,
        _ if wanted.is_empty() || wanted.contains(&Kind::Emergency) => 2,
        _ => return,
    };
    find(search, |search, stretch| {
        let shaped = has_shape(&search.stream(), &stretch);
        if shaped {
            search
                .row(stretch, 1)
                .filter(|row| row.changes() <= believed)
        } else {
            None
        }
    });
}

fn find(search: &mut Search, mut read: impl FnMut(&mut Search, Range<usize>) -> Option<Row>) {
    let stream = search.stream();
    let words = (0..stream.len())
        .filter(|&start| stream.begins_word(start) && stream.begins_word(start + LENGTH));
    for stretch in words.map(|start| start..start + LENGTH) {
        if !search.is_free(&stretch) {
            continue;
        }
        let Some(row) = read(search, stretch.clone()).filter(|row| row.number() == 1) else {
            continue;
        };
        let Some(payload) = message::open_emergency(row.message()) else {
            continue;
        };
        let corrections = row
            .corrections()
            .map(|place| Place::new(1, place))
            .collect();
        search.keep(Found {
            code: Code::new(Kind::Emergency, payload),
            corrections,
            restored: None,
            stretches: Vec::from_iter([stretch]),
        });
    }
}

/// Whether a stretch is written as a code is: with digits, in groups of five, in one piece, or alone on its line.
fn has_shape(stream: &Stream, stretch: &Range<usize>) -> bool {
    let groups = stretch
        .clone()
        .skip(1)
        .all(|place| stream.parts(place) == (place - stretch.start).is_multiple_of(rows::GROUP));
    let whole = stretch.clone().skip(1).all(|place| !stream.parts(place));
    let alone = stream.begins_line(stretch.start) && stream.begins_line(stretch.end);
    stream.looks_like_code(stretch.start) && (groups || whole || alone)
}
