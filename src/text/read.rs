//! Text in, code out: what a person pasted, typed or scanned (SPEC.md 2).

use super::find::Stream;
use super::place::Place;
use super::search::{Found, Search};
use super::verdict::{self, RowVerdict};
use super::{Code, Kind, align, emergency, find, loose, shape, spell};
use crate::failure::FailureKind;
use crate::messages;

/// A code that was read, and what was done to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The code; its integrity symbols hold (SPEC.md 2.2), but for an emergency code (SPEC.md 2.4).
    pub code: Code,
    /// Where a character was corrected, one place for each.
    pub corrections: Vec<Place>,
    /// The row that was lost, and that the spare row gave back (SPEC.md 2.3).
    pub restored: Option<u8>,
    /// The kinds of the other codes in the text.
    pub others: Vec<Kind>,
    /// Who sent the mail that the code was in, as its header says: it proves nothing.
    pub sender: Option<String>,
}

/// Why a text gave no code of the kind that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Nothing in the text looks like a code.
    #[error("{}", messages::text::no_code())]
    NoCode,
    /// There is a whole code, but not of a kind that is wanted.
    #[error("{}", messages::text::wrong_kind(code.kind().noun()))]
    OtherKind {
        /// The code there is.
        code: Code,
    },
    /// There is a code that cannot be read.
    #[error("{}", verdict::sentence(*kind, rows))]
    Damaged {
        /// What it seems to be.
        kind: Option<Kind>,
        /// What is known of each of its rows.
        rows: Vec<RowVerdict>,
    },
}

impl ReadError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            ReadError::NoCode => FailureKind::NoCode,
            ReadError::OtherKind { .. } => FailureKind::WrongKind,
            ReadError::Damaged { .. } => FailureKind::Damaged,
        }
    }

    /// What to do about it, for the line under the error.
    pub fn hint(&self) -> &'static str {
        match self {
            ReadError::NoCode => messages::text::no_code_hint(),
            ReadError::OtherKind { .. } => messages::text::wrong_kind_hint(),
            ReadError::Damaged { .. } => messages::text::damaged_hint(),
        }
    }
}

/// Finds the code of a `wanted` kind in `text`, whatever stands around it and in whatever shape it arrived (SPEC.md 2); none wanted means any.
///
/// The work is bounded: a text that holds no code costs little, whatever its size.
///
/// # Errors
/// Where there is no code, none of a wanted kind, or one that cannot be read.
pub fn read(text: &str, wanted: &[Kind]) -> Result<Reading, ReadError> {
    read_as(text, wanted, Spelled::Perhaps)
}

/// Whether a text may spell a code in words: what was spelled is not looked at as words again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelled {
    Perhaps,
    Undone,
}

fn read_as(text: &str, wanted: &[Kind], spelling: Spelled) -> Result<Reading, ReadError> {
    let stream = Stream::new(text);
    let mut search = Search::new(&stream);
    search.find_clean();
    emergency::find_clean(&mut search);
    if chosen(search.found(), wanted).is_none() {
        search.find_mended(loose::candidates);
        emergency::find_mended(&mut search, wanted);
    }
    if chosen(search.found(), wanted).is_none() {
        let spelled = match spelling {
            Spelled::Perhaps => spelled(text, wanted),
            Spelled::Undone => None,
        };
        if let Some(result) = spelled {
            return result;
        }
        align::find(&mut search, wanted);
    }
    if let Some(found) = chosen(search.found(), wanted) {
        return Ok(Reading {
            code: found.code.clone(),
            corrections: found.corrections.clone(),
            restored: found.restored,
            others: others(search.found(), &found.code),
            sender: None,
        });
    }
    Err(refusal(&search, wanted))
}

/// What a text says that spells a code in words.
fn spelled(text: &str, wanted: &[Kind]) -> Option<Result<Reading, ReadError>> {
    let result = read_as(&spell::unspell(find::head(text))?, wanted, Spelled::Undone);
    (!matches!(result, Err(ReadError::NoCode))).then_some(result)
}

/// The first code in the text that is wanted.
fn chosen<'f>(found: &'f [Found], wanted: &[Kind]) -> Option<&'f Found> {
    let fits = found
        .iter()
        .filter(|found| wanted.is_empty() || wanted.contains(&found.code.kind()));
    fits.min_by_key(|found| found.stretches.iter().map(|stretch| stretch.start).min())
}

/// The kinds of the codes that are not `taken`; one that stands there twice counts once.
fn others(found: &[Found], taken: &Code) -> Vec<Kind> {
    let mut codes: Vec<&Code> = Vec::new();
    for found in found {
        if found.code != *taken && !codes.contains(&&found.code) {
            codes.push(&found.code);
        }
    }
    codes.into_iter().map(Code::kind).collect()
}

/// A damaged code of a wanted kind is worth more words than a whole one that nobody asked for.
fn refusal(search: &Search<'_>, wanted: &[Kind]) -> ReadError {
    let damaged = verdict::diagnose(search, wanted);
    let other = search.found().first().map(|found| ReadError::OtherKind {
        code: found.code.clone(),
    });
    match (damaged, other) {
        (Some((kind, rows)), None) => ReadError::Damaged { kind, rows },
        (Some((Some(kind), rows)), Some(_)) if shape::is_wanted(kind, wanted) => {
            ReadError::Damaged {
                kind: Some(kind),
                rows,
            }
        }
        (_, Some(other)) => other,
        (None, None) => ReadError::NoCode,
    }
}
