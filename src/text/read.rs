//! Text in, code out: a text that a person pasted, typed or scanned (SPEC.md 2).

use std::borrow::Cow;

use super::Kind;
use super::error::ReadError;
use super::reader::Reader;
use super::reading::{Judgeable, Look, Part, Reading};

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
    std::iter::once(Part::new(Cow::Borrowed(text), Look::Source))
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
