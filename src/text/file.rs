//! Bytes in, code out: a file as somebody saved it. Mails with all their parts, any common encoding (SPEC.md 2.9).

use std::borrow::Cow;

use super::error::ReadError;
use super::read::{read, read_each};
use super::reading::{Judgeable, Look, Part, Reading};
use super::views::mail::{self, Opened};
use super::views::mailbox;
use super::{Kind, LOOKED_AT, Thing, encoding, photo};

/// Bytes of a text that are decoded: more than are looked at, in any encoding.
const DECODED: usize = 4 * LOOKED_AT;
/// Lines of a text that are kept for whoever looks for names in them, and their longest, in bytes.
const MOST_LINES: usize = 1_000;
const LONGEST_LINE: usize = 200;

/// The mails of a mailbox, each by itself; what is none is one thing.
pub fn mails(bytes: &[u8]) -> Vec<&[u8]> {
    mailbox::one_by_one(bytes)
}

/// Finds the codes in a file, of which one is of a `wanted` kind: in a mail as its program saved it, or in text in UTF-8, UTF-16 or an eight-bit encoding.
///
/// What [`read`](super::read) says of the text holds here, too. In a mail every part is looked at; its sender is said, which proves nothing.
///
/// # Errors
/// As [`read`](super::read).
pub fn read_bytes(bytes: &[u8], wanted: &[Kind]) -> Result<Reading, ReadError> {
    read_bytes_judgeable(bytes, wanted).result
}

/// As [`read_judgeable`](super::read_judgeable), of a file.
pub fn read_bytes_judgeable(bytes: &[u8], wanted: &[Kind]) -> Judgeable {
    let raw = || Cow::Owned(encoding::decode(bytes.get(..DECODED).unwrap_or(bytes)));
    if let Some(thing) = Thing::of_bytes(bytes).filter(|thing| !thing.may_hold_text()) {
        return Judgeable {
            result: Err(ReadError::NotACode { thing }),
            slipped: Vec::new(),
        };
    }
    let Some(opened) = mail::open(bytes) else {
        let parts = std::iter::once_with(|| Part::new(raw(), Look::Source));
        let mut read = read_each(parts, wanted);
        if let Some(thing) = Thing::of_bytes(bytes)
            && read.result == Err(ReadError::NoCode)
        {
            read.result = Err(ReadError::NotACode { thing });
        }
        if let Ok(reading) = &mut read.result {
            reading.lines = lines(&raw());
        }
        return read;
    };
    let text = opened.texts.join("\n\n");
    let beside = opened.beside.join("\n\n");
    let hidden = opened.hidden.join("\n\n");
    // A mail program shows what it says is text alone as it stands, and not its source; of lines that somebody copied nobody knows what showed them.
    let (shown, source) = match opened.is_source {
        true => (Look::Shown, Look::Hidden),
        false => (Look::Source, Look::Source),
    };
    // The source behind its parts: where a mail is none, or is not whole, the code stands in it all the same.
    let source = std::iter::once_with(|| Part::new(raw(), source));
    let parts = [
        Part::new(Cow::Borrowed(text.as_str()), shown),
        Part::new(Cow::Borrowed(beside.as_str()), Look::Beside),
        Part::new(Cow::Borrowed(hidden.as_str()), Look::Hidden),
    ];
    let mut read = read_each(parts.into_iter().chain(source), wanted);
    if let Err(error) = &read.result
        && error.is_no_code()
    {
        // A photo of a code, and nothing written about it.
        let picture = Thing::Picture;
        let picture = (!opened.pictures.is_empty()).then_some(picture);
        read.result = match (pictured(&opened, wanted), opened.attached.or(picture)) {
            (Some(reading), _) => Ok(reading),
            (None, Some(thing)) if *error == ReadError::NoCode => {
                Err(ReadError::Attached { thing })
            }
            (None, _) => read.result,
        };
    }
    if let Ok(reading) = &mut read.result {
        reading.sender = opened.sender;
        reading.lines = lines(&text);
    }
    read
}

/// The first short lines of a text, without the marks of quoting before them.
fn lines(text: &str) -> Vec<String> {
    let mark = |c: char| c == '>' || c == '|' || c.is_whitespace();
    let lines = text.lines().take(MOST_LINES);
    let lines = lines.map(|line| line.trim_start_matches(mark).trim_end());
    let short = lines.filter(|line| !line.is_empty() && line.len() <= LONGEST_LINE);
    short.map(str::to_owned).collect()
}

/// The code that the pictures of a mail show, if this program can read them.
fn pictured(opened: &Opened, wanted: &[Kind]) -> Option<Reading> {
    let texts = opened
        .pictures
        .iter()
        .flat_map(|bytes| photo::texts(bytes).unwrap_or_default());
    let texts: Vec<String> = texts.collect();
    read(&texts.join("\n\n"), wanted).ok()
}
