//! What to say of a code that cannot be read: which rows are whole, and where the others look wrong (SPEC.md 2.3).

use std::ops::Range;

use super::align::{self, Work};
use super::find::Stream;
use super::rows::{self, Row};
use super::search::Search;
use super::standing::Standing;
use super::symbols::ILLEGIBLE;
use super::{Kind, message, shape};
use crate::messages;

/// A row of a code that could not be read as a whole (SPEC.md 2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowVerdict {
    /// The row, from 1.
    pub row: u8,
    /// What is known of it.
    pub state: RowState,
}

/// A code that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// What it seems to be.
    pub kind: Option<Kind>,
    /// What is known of each of its rows.
    pub rows: Vec<RowVerdict>,
    /// Where it stands.
    pub standing: Standing,
}

impl Damage {
    /// How many of its rows stand there unchanged.
    pub(super) fn whole_rows(&self) -> usize {
        let whole = self.rows.iter().filter(|row| row.state == RowState::Whole);
        whole.count()
    }
}

/// What is known of one row, by its own checks alone (SPEC.md 2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowState {
    /// It stands there unchanged.
    Whole,
    /// It fits its checks after corrections in these groups, which may be wrong ones.
    Corrected {
        /// From 1.
        groups: Vec<u8>,
    },
    /// It does not fit its checks.
    Unreadable {
        /// The groups that look wrong: an illegible symbol, too many or too few of them.
        groups: Vec<u8>,
        /// How many characters it has too many, or below zero too few; zero too where that is not known, as of a last row.
        surplus: i8,
    },
    /// It is not there.
    Missing {
        /// How many rows the code has, where that is known.
        of: Option<u8>,
    },
}

/// The sentence for a damaged code.
pub(super) fn sentence(kind: Option<Kind>, rows: &[RowVerdict]) -> String {
    let noun = kind.map_or("code", Kind::noun);
    let wrong: Vec<String> = rows.iter().filter_map(RowVerdict::complaint).collect();
    let doubtful = || {
        rows.iter()
            .filter_map(RowVerdict::doubt)
            .collect::<Vec<_>>()
    };
    let parts = if wrong.is_empty() { doubtful() } else { wrong };
    if parts.is_empty() {
        return messages::text::rows_apart(&noun).to_string();
    }
    messages::text::damaged(&noun, parts.join("; ")).to_string()
}

impl RowVerdict {
    fn complaint(&self) -> Option<String> {
        let row = self.row;
        match &self.state {
            RowState::Unreadable { groups, surplus } => {
                let what = match surplus {
                    0 => messages::text::row_unreadable(row).to_string(),
                    ..0 => messages::text::row_too_few(surplus.unsigned_abs(), row).to_string(),
                    _ => messages::text::row_too_many(surplus.unsigned_abs(), row).to_string(),
                };
                Some(match groups.as_slice() {
                    [] => what,
                    groups => format!("{what}; {}", look_wrong(groups)),
                })
            }
            RowState::Missing { of: Some(of) } => {
                Some(messages::text::row_missing_of(&of, &row).to_string())
            }
            RowState::Missing { of: None } => Some(messages::text::row_missing(&row).to_string()),
            RowState::Whole | RowState::Corrected { .. } => None,
        }
    }

    fn doubt(&self) -> Option<String> {
        match &self.state {
            RowState::Corrected { groups } => {
                Some(messages::text::row_in_doubt(look_wrong(groups), &self.row).to_string())
            }
            _ => None,
        }
    }
}

/// "groups 2 and 5 look wrong".
fn look_wrong(groups: &[u8]) -> String {
    match groups {
        [] => messages::text::it_looks_wrong().to_owned(),
        [group] => messages::text::group_looks_wrong(&group).to_string(),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(u8::to_string).collect();
            messages::text::groups_look_wrong(first.join(", "), &last).to_string()
        }
    }
}

/// What seems to be a code in the part of the text where none was found; the wanted kind first. Without `work` the rows are told by lines alone.
pub(super) fn diagnose(search: &Search, wanted: &[Kind], work: &mut Work) -> Option<Damage> {
    let (start, prefix) = shape::damaged_start(search, wanted)?;
    let stream = search.stream();
    let pieces = lines(&stream, start..shape::end_of_code(&stream, start))
        .or_else(|| align::cut(search, start, work))
        .unwrap_or_else(|| even(start..shape::end_of_code(&stream, start)));
    let rows = judge(&stream, &pieces);
    let first = pieces
        .first()
        .and_then(|piece| rows::decode(stream.get(piece.clone())?, 1));
    let kind = prefix.or_else(|| first.and_then(|row| message::kind(*row.message().first()?)));
    let standing = match stream.is_quoted(start) {
        true => Standing::Quoted,
        false => Standing::Plain,
    };
    Some(Damage {
        kind,
        rows,
        standing,
    })
}

/// The lines of a damaged code, where they are about a row long: then they are its rows.
fn lines(stream: &Stream, code: Range<usize>) -> Option<Vec<Range<usize>>> {
    let mut lines = Vec::new();
    let mut start = code.start;
    for place in code.start + 1..=code.end {
        if place == code.end || stream.begins_line(place) {
            lines.push(start..place);
            start = place;
        }
    }
    let before_last = lines.len().saturating_sub(1);
    // A short last row may stand before another: before a spare row, or out of its order.
    let short = lines
        .iter()
        .take(before_last)
        .filter(|line| line.len() + rows::GROUP < rows::LONGEST)
        .count();
    let none_is_long = lines
        .iter()
        .all(|line| line.len() <= rows::LONGEST + rows::GROUP);
    let rows = none_is_long && (short == 0 || (short == 1 && before_last > 2));
    rows.then_some(lines)
}

/// A damaged code in pieces of a row's length, where nothing tells more.
fn even(code: Range<usize>) -> Vec<Range<usize>> {
    let starts = code.clone().step_by(rows::LONGEST);
    starts
        .map(|start| start..code.end.min(start + rows::LONGEST))
        .collect()
}

/// A verdict on each row from the first to the last that there is, or must be.
fn judge(stream: &Stream, pieces: &[Range<usize>]) -> Vec<RowVerdict> {
    let whole: Vec<Option<Row>> = pieces
        .iter()
        .map(|piece| rows::clean(stream.get(piece.clone())?))
        .collect();
    let numbered = |number: u8| whole.iter().flatten().any(|row| row.number() == number);
    let mut verdicts: Vec<RowVerdict> = Vec::new();
    let mut before = 0;
    let mut last = None;
    for (nth, (piece, whole)) in (1..).zip(pieces.iter().zip(&whole)) {
        let number = whole.map_or_else(
            || {
                (before + 1..rows::SPARE)
                    .find(|&number| !numbered(number))
                    .unwrap_or(rows::SPARE)
            },
            |row| row.number(),
        );
        if number == rows::SPARE {
            continue;
        }
        let state = if whole.is_some() {
            RowState::Whole
        } else if piece.is_empty() {
            RowState::Missing { of: None }
        } else {
            state(stream, piece, number, nth == pieces.len())
        };
        if piece.len() < rows::LONGEST && !matches!(state, RowState::Unreadable { .. }) {
            last = Some(number);
        }
        before = number;
        verdicts.push(RowVerdict { row: number, state });
    }
    verdicts.sort_by_key(|verdict| verdict.row);
    verdicts.dedup_by_key(|verdict| verdict.row);
    add_missing(&mut verdicts, last);
    verdicts
}

/// Rows that must have been there: those between others, and a last one where the others are all whole.
fn add_missing(verdicts: &mut Vec<RowVerdict>, last: Option<u8>) {
    let highest = verdicts.last().map_or(0, |verdict| verdict.row);
    let missing: Vec<u8> = (1..highest)
        .filter(|number| verdicts.iter().all(|verdict| verdict.row != *number))
        .collect();
    let torn = missing.is_empty()
        && last.is_none()
        && highest < rows::MOST_ROWS
        && verdicts
            .iter()
            .all(|verdict| verdict.state == RowState::Whole);
    let torn = torn.then_some(highest + 1);
    verdicts.extend(missing.into_iter().chain(torn).map(|row| RowVerdict {
        row,
        state: RowState::Missing { of: last },
    }));
    verdicts.sort_by_key(|verdict| verdict.row);
}

/// What the checks say of one row. Only the last may be short: another one fits its checks by luck, if it does.
fn state(stream: &Stream, piece: &Range<usize>, number: u8, is_last: bool) -> RowState {
    let fits = piece.len() == rows::LONGEST || is_last;
    let paper = stream.get(piece.clone()).unwrap_or_default();
    if let Some(row) = rows::decode(paper, number).filter(|_| fits) {
        let mut groups: Vec<u8> = row.corrections().map(group_of).collect();
        groups.dedup();
        return RowState::Corrected { groups };
    }
    let written = shape::groups(stream, piece);
    let last = written.len().saturating_sub(1);
    let dashed = written
        .iter()
        .filter(|group| group.len() == rows::GROUP)
        .count()
        * 2
        > written.len();
    let odd = (0..).zip(&written).filter(|(nth, group)| {
        dashed && group.len() != rows::GROUP && (*nth < last || group.len() > rows::GROUP)
    });
    let mut groups: Vec<u8> = odd
        .filter_map(|(nth, _)| u8::try_from(nth + 1).ok())
        .collect();
    let illegible = paper
        .iter()
        .enumerate()
        .filter(|&(_, &symbol)| symbol == ILLEGIBLE);
    groups.extend(illegible.map(|(place, _)| group_of(place)));
    groups.sort_unstable();
    groups.dedup();
    let surplus = piece.len().cast_signed() - rows::LONGEST.cast_signed();
    let known = !is_last || surplus > 0;
    RowState::Unreadable {
        groups,
        surplus: i8::try_from(surplus).ok().filter(|_| known).unwrap_or(0),
    }
}

/// The group of a symbol, from 1.
fn group_of(place: usize) -> u8 {
    u8::try_from(place / rows::GROUP + 1).unwrap_or(u8::MAX)
}
