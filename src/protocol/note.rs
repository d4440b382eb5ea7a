//! Signed notes: a text with a signature line, in the form of C2SP signed-note (SPEC.md 10).

use std::fmt;

use base64ct::{Base64, Encoding};
use sha2::{Digest as _, Sha256};

use super::trust::{PublicKey, TrustError};
use crate::messages;

/// Why a text is not a signed note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// No text, empty line and signature line in this order.
    #[error("{}", messages::protocol::note_form())]
    Form,
    /// The signature is of none of the keys.
    #[error("{}", messages::protocol::note_signature())]
    Signature,
}

/// The signature line begins with an em dash and a space.
const MARK: &str = "\u{2014} ";

fn key_hash(name: &str, key: &[u8; 32]) -> [u8; 4] {
    let mut hasher = Sha256::new();
    hasher.update(name.as_bytes());
    hasher.update(b"\n\x01");
    hasher.update(key);
    let [a, b, c, d, ..] = <[u8; 32]>::from(hasher.finalize());
    [a, b, c, d]
}

/// The note of `text`, which ends with a newline: signs it by `sign`, whose public key is `key`.
///
/// # Errors
/// What `sign` says.
pub fn sign<E>(
    text: &str,
    name: &str,
    key: &[u8; 32],
    sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
) -> Result<String, E> {
    let mut signature = key_hash(name, key).to_vec();
    signature.extend_from_slice(&sign(text.as_bytes())?);
    Ok(format!(
        "{text}\n{MARK}{name} {}\n",
        Base64::encode_string(&signature)
    ))
}

/// A note taken apart: nothing of it is trusted yet.
pub(crate) struct Note<'a> {
    /// The text with its final newline.
    pub(crate) text: &'a str,
    name: &'a str,
    hash: [u8; 4],
    signature: [u8; 64],
}

impl<'a> Note<'a> {
    pub(crate) fn parse(note: &'a str) -> Result<Note<'a>, NoteError> {
        let at = note.rfind("\n\n").ok_or(NoteError::Form)?;
        let (text, rest) = note.split_at_checked(at + 1).ok_or(NoteError::Form)?;
        let line = rest
            .strip_prefix('\n')
            .and_then(|line| line.strip_suffix('\n'))
            .ok_or(NoteError::Form)?;
        let (name, base64) = line
            .strip_prefix(MARK)
            .and_then(|line| line.split_once(' '))
            .ok_or(NoteError::Form)?;
        let bytes = Base64::decode_vec(base64).map_err(|_| NoteError::Form)?;
        let (hash, signature) = bytes.split_first_chunk::<4>().ok_or(NoteError::Form)?;
        let signature = <[u8; 64]>::try_from(signature).map_err(|_| NoteError::Form)?;
        Ok(Note {
            text,
            name,
            hash: *hash,
            signature,
        })
    }

    /// The key among `keys` that signed the note under `name`.
    pub(crate) fn verify(&self, name: &str, keys: &[PublicKey]) -> Result<PublicKey, NoteError> {
        let signed_by = |key: &&PublicKey| {
            self.name == name
                && self.hash == key_hash(name, &key.to_bytes())
                && key.verifies(self.text.as_bytes(), &self.signature)
        };
        keys.iter()
            .find(signed_by)
            .copied()
            .ok_or(NoteError::Signature)
    }
}

impl From<TrustError> for NoteError {
    fn from(_: TrustError) -> NoteError {
        NoteError::Signature
    }
}

/// Bytes as hexadecimal digits in lower case.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What [`Hex`] wrote; nothing where it is anything else.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| (b as char).to_digit(16).filter(|_| !b.is_ascii_uppercase());
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            if let &[a, b] = pair {
                Some((digit(a)? << 4 | digit(b)?) as u8)
            } else {
                None
            }
        })
        .collect()
}
