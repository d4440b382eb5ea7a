//! One row as somebody types it: judged by its own checks, before the rest of the code is there (SPEC.md 2.3).

use super::rows::{self, Row};
use super::symbols::{self, Glyph, ILLEGIBLE};
use super::{Kind, message};

/// What the checks of a row say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowEntry {
    /// It fits its checks as it was typed.
    Right(EnteredRow),
    /// It fits after one slip, which is sure enough to be announced (SPEC.md 2.3).
    Mended {
        /// The row as it must read.
        row: EnteredRow,
        /// What was wrong, one place for each group.
        slips: Vec<Slip>,
    },
    /// It fits only after more than that: the whole code has to say whether it is right.
    Doubtful {
        /// The row's likeliest reading.
        row: EnteredRow,
        /// Groups that look wrong, from 1.
        groups: Vec<u8>,
    },
    /// It does not fit its checks.
    Hopeless {
        /// How many characters there are.
        length: usize,
        /// Groups that look wrong, from 1, where that can be said.
        groups: Vec<u8>,
    },
    /// It is no row of a code: prose, a single word, nothing at all.
    NoRow,
}

/// A row that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnteredRow {
    /// Its number; 31 is the spare row.
    pub number: u8,
    /// The row in groups, as it is written on paper.
    pub text: String,
    /// Whether it is shorter than a full row, and so the last one.
    pub short: bool,
    /// What the code is, where this is its first row.
    pub kind: Option<Kind>,
}

/// A group that was typed wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The group, from 1.
    pub group: u8,
    /// As it was typed.
    pub typed: String,
    /// As it must read.
    pub meant: String,
}

/// Whether a row is the spare one.
pub fn is_spare(number: u8) -> bool {
    number == rows::SPARE
}

/// Judges a line that was typed where row `expected` is wanted; another row says its own number.
pub fn judge_row(line: &str, expected: u8) -> RowEntry {
    let typed = Typed::new(line);
    let paper = typed.symbols.as_slice();
    if paper.len() < rows::SHORTEST {
        return RowEntry::NoRow;
    }
    if let Some(row) = rows::clean(paper) {
        return RowEntry::Right(entered(&row, paper.len()));
    }
    if let Some(entry) = mended(&typed, expected) {
        return entry;
    }
    if !typed.looks_like_row() {
        return RowEntry::NoRow;
    }
    RowEntry::Hopeless {
        length: paper.len(),
        groups: typed.odd_groups(),
    }
}

/// The row in the likeliest way that its checks allow.
fn mended(typed: &Typed, expected: u8) -> Option<RowEntry> {
    let paper = typed.symbols.as_slice();
    // A wrong symbol and an unknown number together would let one hopeless row in forty pass.
    if let Some(row) = rows::decode(paper, expected).filter(|row| row.changes() <= 2) {
        return Some(typed.mended(&row, paper.len()));
    }
    if let Some((row, length)) = slipped(paper, expected) {
        return Some(typed.mended(&row, length));
    }
    // Two wrong symbols fit four of ten lines of anything, also where a group shows that a character is missing.
    let row = rows::decode(paper, expected)
        .filter(|_| typed.looks_like_row() && typed.has_whole_groups())?;
    Some(RowEntry::Doubtful {
        row: entered(&row, paper.len()),
        groups: groups_of(row.corrections()),
    })
}

/// A character swapped with its neighbour, left out or doubled: the one reading that then fits, if there is just one.
fn slipped(paper: &[u8], expected: u8) -> Option<(Row, usize)> {
    let mut found: Vec<(Row, usize)> = Vec::new();
    let mut keep = |row: Option<Row>, length: usize| {
        let row = row.filter(|row| row.number() == expected && row.wrong() == 0);
        if let Some(row) = row
            && found
                .iter()
                .all(|(known, _)| known.message() != row.message())
        {
            found.push((row, length));
        }
    };
    for place in 1..paper.len() {
        let mut swapped = paper.to_vec();
        swapped.swap(place - 1, place);
        keep(rows::clean(&swapped), paper.len());
    }
    for place in 0..paper.len() {
        let mut shorter = paper.to_vec();
        shorter.remove(place);
        keep(rows::clean(&shorter), shorter.len());
    }
    // With a symbol left out of a short row too many readings fit: a full row is known to be one.
    if paper.len() + 1 == rows::LONGEST {
        for place in 0..=paper.len() {
            let mut longer = paper.to_vec();
            longer.insert(place, ILLEGIBLE);
            keep(rows::decode(&longer, expected), longer.len());
        }
    }
    match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

fn entered(row: &Row, length: usize) -> EnteredRow {
    let first = row.message().first().filter(|_| row.number() == 1);
    EnteredRow {
        number: row.number(),
        text: grouped(&rows::encode(row.number(), row.message())),
        short: length < rows::LONGEST,
        kind: first.and_then(|&symbol| message::kind(symbol)),
    }
}

fn grouped(symbols: &[u8]) -> String {
    let groups: Vec<String> = symbols.chunks(rows::GROUP).map(symbols::write).collect();
    groups.join("-")
}

fn groups_of(places: impl Iterator<Item = usize>) -> Vec<u8> {
    let mut groups: Vec<u8> = places
        .filter_map(|place| u8::try_from(place / rows::GROUP + 1).ok())
        .collect();
    groups.dedup();
    groups
}

/// The symbols of a line, and where its groups begin.
struct Typed {
    symbols: Vec<u8>,
    /// How many were written as digits.
    digits: usize,
    /// Lengths of what stood between separators.
    groups: Vec<usize>,
}

impl Typed {
    fn new(line: &str) -> Typed {
        let mut typed = Typed {
            symbols: Vec::new(),
            digits: 0,
            groups: vec![0],
        };
        for character in without_label(line).chars() {
            match symbols::glyph(character) {
                Glyph::Symbol { value, digit } => {
                    typed.symbols.push(value);
                    typed.digits += usize::from(digit);
                    if let Some(group) = typed.groups.last_mut() {
                        *group += 1;
                    }
                }
                Glyph::Invisible => {}
                Glyph::Dash | Glyph::Gap | Glyph::Line => typed.groups.push(0),
            }
        }
        typed.groups.retain(|length| *length > 0);
        typed
    }

    /// Groups of five, or digits as chance makes them: prose has neither.
    fn looks_like_row(&self) -> bool {
        let fives = self
            .groups
            .iter()
            .filter(|length| **length == rows::GROUP)
            .count();
        let grouped = fives >= 2 && fives * 2 >= self.groups.len();
        let long = self.groups.iter().any(|length| *length >= 4 * rows::GROUP);
        grouped || long || (self.digits >= 3 && self.digits * 8 >= self.symbols.len())
    }

    /// Whether each group has five characters, but for the last, which may have fewer; or there are no groups at all.
    fn has_whole_groups(&self) -> bool {
        let last = self.groups.len().saturating_sub(1);
        let fits = |(number, &length): (usize, &usize)| {
            length == rows::GROUP || (number == last && length < rows::GROUP)
        };
        last == 0 || self.groups.iter().enumerate().all(fits)
    }

    /// Groups with too few or too many characters, or with one that cannot be read.
    fn odd_groups(&self) -> Vec<u8> {
        let last = self.groups.len().saturating_sub(1);
        let (mut odd, mut start) = (Vec::new(), 0);
        for (number, &length) in self.groups.iter().enumerate() {
            let illegible = self
                .symbols
                .get(start..start + length)
                .is_some_and(|group| group.contains(&ILLEGIBLE));
            let misfit =
                last > 0 && length != rows::GROUP && (number < last || length > rows::GROUP);
            if illegible || misfit {
                odd.extend(u8::try_from(number + 1));
            }
            start += length;
        }
        odd
    }

    /// The verdict on a row that reads otherwise than it was typed.
    fn mended(&self, row: &Row, length: usize) -> RowEntry {
        let meant = rows::encode(row.number(), row.message());
        let groups = |symbols: &[u8]| -> Vec<String> {
            symbols.chunks(rows::GROUP).map(symbols::write).collect()
        };
        // With a character more or less the groups as they were typed say more than a count of five does.
        let typed = if length == self.symbols.len() {
            groups(&self.symbols)
        } else {
            self.as_typed()
        };
        let slips = (1_u8..)
            .zip(groups(&meant))
            .zip(typed.into_iter().chain(std::iter::repeat(String::new())))
            .filter(|((_, meant), typed)| meant != typed)
            .map(|((group, meant), typed)| Slip {
                group,
                typed,
                meant,
            });
        RowEntry::Mended {
            row: entered(row, length),
            slips: slips.collect(),
        }
    }

    fn as_typed(&self) -> Vec<String> {
        let mut start = 0;
        let group = |&length: &usize| {
            let group = self.symbols.get(start..start + length).unwrap_or_default();
            start += length;
            symbols::write(group)
        };
        self.groups.iter().map(group).collect()
    }
}

/// A line without quote marks, a list number, `row 3:` or a prefix before the row.
fn without_label(line: &str) -> &str {
    let line =
        line.trim_start_matches(|c: char| symbols::is_blank(c) || c == '>' || c == '|' || c == '*');
    if let Some((label, rest)) = line.split_once(':')
        && label.chars().count() <= 16
    {
        return rest;
    }
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = line.len() - number.len();
    match number.strip_prefix([')', '.', ']']) {
        Some(rest) if (1..=2).contains(&digits) => rest,
        _ => line,
    }
}

#[cfg(test)]
mod tests;
