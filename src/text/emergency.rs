//! The emergency code in a text (SPEC.md 2.4): one row without integrity, so that only its shape and its checks speak for it.

use std::ops::Range;

use std::collections::HashSet;

use super::align::{self, Work};
use super::find::Stream;
use super::place::Place;
use super::reading::Carried;
use super::rows::{self, Row};
use super::search::{Found, Search};
use super::standing::Standing;
use super::{Code, Kind, message, shape};

/// Symbols of the whole code on paper.
const LENGTH: usize = 22;
/// The most places of all texts together at which a slipped code is looked for.
const MOST_PLACES: usize = 96;
/// The most codes that are handed over to be judged by a chain, whose ends have 80 bits: so many change nothing.
const MOST_SLIPPED: usize = 4096;
/// So many symbols of a slipped code are figures at least; chance gives a third of them.
const FEWEST_DIGITS: usize = 2;

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
        if stream.meter().is_spent() {
            return;
        }
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

/// Codes that may be meant by what is written otherwise: a symbol or a group lost, doubled, inserted or swapped, up to three wrong.
///
/// Twenty bits of checks say nothing where so much is tried. Each is to be held against the chain of a license (SPEC.md 8).
pub(super) struct Slips {
    work: Work,
    known: HashSet<Vec<u8>>,
    found: Vec<(i32, Carried)>,
}

impl Slips {
    pub(super) fn new(work: u32) -> Slips {
        Slips {
            work: Work::new(work),
            known: HashSet::new(),
            found: Vec::new(),
        }
    }

    /// Looks at every stretch of a text that may have been written for a code: words of about its length.
    pub(super) fn look(&mut self, search: &Search, hidden: bool) {
        let stream = &*search.stream();
        // What belongs to another code is none.
        let others = search.found().iter();
        let others = others.filter(|it| it.code.kind() != Kind::Emergency);
        let taken: Vec<&Range<usize>> = others.flat_map(|it| &it.stretches).take(64).collect();
        let free = |it: &Range<usize>| {
            let mut taken = taken.iter();
            taken.all(|taken| taken.end <= it.start || it.end <= taken.start)
        };
        let shortest = LENGTH - rows::GROUP - 1;
        let longest = LENGTH + rows::GROUP + 1;
        let words = (0..stream.len()).filter(|&start| stream.begins_word(start));
        let mut stretches: Vec<Range<usize>> = words
            .take_while(|_| !stream.meter().is_spent())
            .flat_map(|start| (start + shortest..=start + longest).map(move |end| start..end))
            .filter(|it| it.end <= stream.len() && stream.begins_word(it.end))
            .filter(|it| stream.digits(it.clone()) >= FEWEST_DIGITS && is_like_one(stream, it))
            .filter(free)
            .take(MOST_PLACES)
            .collect();
        stretches.sort_by_key(|it| it.len().abs_diff(LENGTH));
        for stretch in stretches {
            let symbols = stream.get(stretch.clone()).unwrap_or_default();
            if self.known.len() >= MOST_PLACES || !self.known.insert(symbols.to_vec()) {
                continue;
            }
            let standing = if hidden {
                Standing::Hidden
            } else if stream.is_quoted(stretch.start) {
                Standing::Quoted
            } else {
                Standing::Plain
            };
            let rows = align::rows_of(stream, stretch, LENGTH, &mut self.work);
            self.found.extend(rows.filter_map(|(cost, row)| {
                let places = row.corrections().map(|place| Place::new(1, place));
                let carried = Carried {
                    code: Code::new(Kind::Emergency, message::open_emergency(row.message())?),
                    corrections: places.collect(),
                    restored: None,
                    standing,
                };
                Some((cost, carried))
            }));
        }
    }

    /// All that were found, each once, the likeliest first.
    pub(super) fn finish(mut self) -> Vec<Carried> {
        self.found.sort_by_key(|(cost, it)| (it.standing, *cost));
        let mut known = HashSet::new();
        self.found.retain(|(_, it)| known.insert(it.code.clone()));
        let found = self.found.into_iter().map(|(_, it)| it);
        found.take(MOST_SLIPPED).collect()
    }
}

/// Whether a stretch is written as a code is: in one piece, or in groups of which most have five symbols.
fn is_like_one(stream: &Stream, stretch: &Range<usize>) -> bool {
    let groups = shape::groups(stream, stretch);
    let fives = groups.iter().filter(|group| group.len() == rows::GROUP);
    groups.len() <= 2 || 2 * fives.count() >= groups.len()
}
