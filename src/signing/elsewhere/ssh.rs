//! Ed25519 keys as OpenSSH writes them: a line of text, and the strings of RFC 4251 within it and in what an agent says.

use base64ct::{Base64, Encoding};

use crate::signing::absent::Absent;

/// The name of the algorithm (RFC 8709).
const ED25519: &str = "ssh-ed25519";

/// Puts a string there, its length before it (RFC 4251, 5).
pub(super) fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    // What is signed and what names a key are far shorter.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
}

/// Takes a number of four bytes.
pub(super) fn number(bytes: &mut &[u8]) -> Option<usize> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    usize::try_from(u32::from_be_bytes(*head)).ok()
}

/// Takes a string.
pub(super) fn string<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = number(bytes)?;
    let (head, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(head)
}

/// What an algorithm's name and bytes of its kind are together: a public key, or a signature.
pub(super) fn blob(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 19);
    put(&mut out, ED25519.as_bytes());
    put(&mut out, bytes);
    out
}

/// The same, taken apart: nothing where it is of another algorithm or another length.
pub(super) fn of_blob<const N: usize>(mut blob: &[u8]) -> Option<[u8; N]> {
    let name = string(&mut blob)?;
    let bytes = string(&mut blob)?;
    let whole = name == ED25519.as_bytes() && blob.is_empty();
    bytes.try_into().ok().filter(|_| whole)
}

/// A public key as one line, without a comment.
pub(super) fn line(public: &[u8; 32]) -> String {
    format!("{ED25519} {}", Base64::encode_string(&blob(public)))
}

/// The public key of a line as `ssh-keygen` and `ssh-add -L` write it; a comment behind it is not looked at.
///
/// # Errors
/// `OtherAlgorithm`, and `Unreadable`.
pub fn public_key(text: &str) -> Result<[u8; 32], Absent> {
    let unreadable = || Absent::Unreadable("it is no public key of OpenSSH".to_owned());
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut words = text.lines().next().unwrap_or_default().split_whitespace();
    let (name, key) = words.next().zip(words.next()).ok_or_else(unreadable)?;
    let blob = Base64::decode_vec(key).map_err(|_| unreadable())?;
    if string(&mut blob.as_slice()) != Some(name.as_bytes()) {
        return Err(unreadable());
    }
    if name != ED25519 {
        return Err(Absent::OtherAlgorithm(name.to_owned()));
    }
    of_blob(&blob).ok_or_else(unreadable)
}
