//! Bytes in, code out: a file as somebody saved it. Mails with all their parts, any common encoding (SPEC.md 2.9).

use std::borrow::Cow;

use super::error::ReadError;
use super::read::{Reading, read, read_each};
use super::views::mail::{self, Opened};
use super::{Kind, LOOKED_AT, Thing, encoding, photo};

/// Bytes of a text that are decoded: more than are looked at, in any encoding.
const DECODED: usize = 4 * LOOKED_AT;

/// Finds the codes in a file, of which one is of a `wanted` kind: in a mail as its program saved it, or in text in UTF-8, UTF-16 or an eight-bit encoding.
///
/// What [`read`](super::read) says of the text holds here, too. In a mail every part is looked at; its sender is said, which proves nothing.
///
/// # Errors
/// As [`read`](super::read).
pub fn read_bytes(bytes: &[u8], wanted: &[Kind]) -> Result<Reading, ReadError> {
    let raw = || Cow::Owned(encoding::decode(bytes.get(..DECODED).unwrap_or(bytes)));
    if let Some(thing) = Thing::of_bytes(bytes).filter(|thing| !thing.may_hold_text()) {
        return Err(ReadError::NotACode { thing });
    }
    let Some(opened) = mail::open(bytes) else {
        return read_each(std::iter::once_with(raw), wanted).map_err(
            |error| match Thing::of_bytes(bytes) {
                Some(thing) if error == ReadError::NoCode => ReadError::NotACode { thing },
                _ => error,
            },
        );
    };
    let text = opened.texts.join("\n\n");
    // The source behind its parts: where a mail is none, or is not whole, the code stands in it all the same.
    let texts = std::iter::once(Cow::Borrowed(text.as_str())).chain(std::iter::once_with(raw));
    let reading = match read_each(texts, wanted) {
        // A photo of a code, and nothing written about it.
        Err(error) if error.is_no_code() => pictured(&opened, wanted).ok_or_else(|| {
            let attached = |thing| ReadError::Attached { thing };
            match opened.attached {
                Some(thing) if error == ReadError::NoCode => attached(thing),
                _ => error,
            }
        })?,
        other => other?,
    };
    Ok(Reading {
        sender: opened.sender,
        ..reading
    })
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
