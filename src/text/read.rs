//! Text in, code out: a text that a person pasted, typed or scanned, and what was read in it (SPEC.md 2).

use std::borrow::Cow;

use super::error::ReadError;
use super::place::Place;
use super::reader::Reader;
use super::verdict::Damage;
use super::{Code, Kind};

/// Where a code stands in what was handed over: the better is the less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Where everybody sees it.
    Plain,
    /// In lines that a mail program quoted: somebody wrote it before.
    Quoted,
    /// In a part that no mail program and no browser shows: a comment, a header, what a style hides, the text behind a link.
    Hidden,
}

/// A code that was read, and what was done to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The code; its integrity symbols hold (SPEC.md 2.2), but for an emergency code (SPEC.md 2.4).
    pub code: Code,
    /// Where a character was corrected, one place for each.
    pub corrections: Vec<Place>,
    /// The row that was lost, and that the spare row gave back (SPEC.md 2.3).
    pub restored: Option<u8>,
    /// Where it stands.
    pub standing: Standing,
}

/// All that a text holds, the first code of a kind that is wanted before everything else: of several what is seen before what is hidden, what was written
/// before what was quoted, then as they stand in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The code; its integrity symbols hold (SPEC.md 2.2), but for an emergency code (SPEC.md 2.4).
    pub code: Code,
    /// Where a character was corrected, one place for each.
    pub corrections: Vec<Place>,
    /// The row that was lost, and that the spare row gave back (SPEC.md 2.3).
    pub restored: Option<u8>,
    /// Where it stands.
    pub standing: Standing,
    /// The other codes in the text, each once.
    pub others: Vec<Carried>,
    /// What in the text is a code and cannot be read.
    pub damaged: Vec<Damage>,
    /// Who sent the mail that the code was in, as its header says: it proves nothing.
    pub sender: Option<String>,
}

impl Reading {
    /// The same with another of its codes in front, the first for which `fits` holds; itself where there is none.
    pub fn choosing(mut self, fits: impl Fn(&Code) -> bool) -> Reading {
        if fits(&self.code) {
            return self;
        }
        if let Some(other) = self.others.iter_mut().find(|other| fits(&other.code)) {
            std::mem::swap(&mut self.code, &mut other.code);
            std::mem::swap(&mut self.corrections, &mut other.corrections);
            std::mem::swap(&mut self.restored, &mut other.restored);
            std::mem::swap(&mut self.standing, &mut other.standing);
        }
        self
    }

    /// All codes, the one in front first.
    pub fn codes(&self) -> impl Iterator<Item = &Code> {
        std::iter::once(&self.code).chain(self.others.iter().map(|other| &other.code))
    }
}

impl From<Carried> for Reading {
    fn from(carried: Carried) -> Reading {
        Reading {
            code: carried.code,
            corrections: carried.corrections,
            restored: carried.restored,
            standing: carried.standing,
            others: Vec::new(),
            damaged: Vec::new(),
            sender: None,
        }
    }
}

/// What a text gave to somebody who can tell right emergency codes from wrong ones.
#[derive(Clone, Debug)]
pub struct Judgeable {
    /// As [`read`] has it.
    pub result: Result<Reading, ReadError>,
    /// Emergency codes that may be meant by what stands in the text, the likeliest first, a few thousand at most. No check says which of them is one: only
    /// the chain of the license can (SPEC.md 8).
    pub slipped: Vec<Carried>,
}

/// Finds the codes in `text`, whatever stands around them and in whatever shape they arrived (SPEC.md 2), of which one is of a `wanted` kind; none wanted
/// means any.
///
/// The work is bounded: a text that holds no code costs little, whatever its size.
///
/// # Errors
/// Where there is no code, none of a wanted kind, or one that cannot be read.
pub fn read(text: &str, wanted: &[Kind]) -> Result<Reading, ReadError> {
    read_each(once(text), wanted).result
}

/// As [`read`], for whoever holds the chains of licenses: with the emergency codes that may be meant where one is not written as it was read out.
pub fn read_judgeable(text: &str, wanted: &[Kind]) -> Judgeable {
    read_each(once(text), wanted)
}

fn once(text: &str) -> impl Iterator<Item = Part<'_>> {
    std::iter::once(Part::seen(Cow::Borrowed(text)))
}

/// One text of a thing that has several: those of a mail, and its source.
pub(super) struct Part<'t> {
    pub(super) text: Cow<'t, str>,
    /// Whether nobody sees it who looks at the whole in its own program.
    pub(super) hidden: bool,
}

impl<'t> Part<'t> {
    pub(super) fn seen(text: Cow<'t, str>) -> Part<'t> {
        Part {
            text,
            hidden: false,
        }
    }

    pub(super) fn hidden(text: Cow<'t, str>) -> Part<'t> {
        Part { text, hidden: true }
    }
}

/// As [`read`], for one thing that has several texts. A later one is only asked for where those before were not all that there is.
pub(super) fn read_each<'t>(parts: impl Iterator<Item = Part<'t>>, wanted: &[Kind]) -> Judgeable {
    let mut reader = Reader::new(wanted);
    reader.look_at(parts);
    reader.mend();
    let slipped = reader.slipped();
    Judgeable {
        result: reader.finish(),
        slipped,
    }
}
