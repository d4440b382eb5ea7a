//! What is read of a text, and what it is read from: the parts of a thing, the codes in it and where they stand.

use std::borrow::Cow;

use super::Code;
use super::error::ReadError;
use super::place::Place;
use super::standing::Standing;
use super::verdict::Damage;

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
    /// The first short lines of the file that it was in, without what mail programs put before them: for whoever looks for names that it says.
    pub lines: Vec<String>,
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

    /// The same with a code in front that was not read by itself.
    pub fn led_by(self, first: Carried) -> Reading {
        let second = Carried {
            code: self.code,
            corrections: self.corrections,
            restored: self.restored,
            standing: self.standing,
        };
        let mut others = self.others;
        others.insert(0, second);
        others.retain(|other| other.code != first.code);
        Reading {
            others,
            damaged: self.damaged,
            sender: self.sender,
            lines: self.lines,
            ..Reading::from(first)
        }
    }

    /// The code in front, by itself.
    pub fn first(&self) -> Carried {
        Carried {
            code: self.code.clone(),
            corrections: self.corrections.clone(),
            restored: self.restored,
            standing: self.standing,
        }
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
            lines: Vec::new(),
        }
    }
}

/// What a text gave to somebody who can tell right emergency codes from wrong ones.
#[derive(Clone, Debug)]
pub struct Judgeable {
    /// As [`crate::text::read`] has it.
    pub result: Result<Reading, ReadError>,
    /// Emergency codes that may be meant by what stands in the text, the likeliest first, a few thousand at most. No check says which of them is one: only
    /// the chain of the license can (SPEC.md 8).
    pub slipped: Vec<Carried>,
}

/// One text of a thing that has several: those of a mail, and its source.
pub(super) struct Part<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) look: Look,
}

/// What somebody sees of a text who looks at the whole in its own program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// These letters.
    Shown,
    /// What its program makes of it, where it is the source of something.
    Source,
    /// Nothing, where its program can show what it stands in for: the text beside the HTML of a mail.
    Beside,
    /// Nothing.
    Hidden,
}

impl<'t> Part<'t> {
    pub(super) fn new(text: Cow<'t, str>, look: Look) -> Part<'t> {
        Part { text, look }
    }

    /// Whether nobody sees it, so far as nothing else is known.
    pub(super) fn is_hidden(&self) -> bool {
        matches!(self.look, Look::Beside | Look::Hidden)
    }
}
