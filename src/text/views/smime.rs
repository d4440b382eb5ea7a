//! S/MIME that is signed and opaque: the mail stands within the signature (RFC 5652, 5; RFC 8551, 3.5.2). No signature is checked: a code has its own.

use base64ct::{Base64, Encoding};

use super::super::encoding;

/// How such a file begins and ends where it stands in a text (RFC 7468, 8 and 9).
const LABELS: [&str; 2] = ["CMS", "PKCS7"];

/// What such a file carries.
pub(super) enum Content {
    Signed(Vec<u8>),
    Encrypted,
}

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 2;
const OCTETS: u8 = 4;
const OCTETS_IN_PARTS: u8 = 0x24;
const IDENTIFIER: u8 = 6;
const CONTENT: u8 = 0xa0;
/// 1.2.840.113549.1.7.2, .3 and .9.16.1.23.
const SIGNED: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
const ENVELOPED: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 3];
const AUTHENTICATED: [u8; 11] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1, 23];

/// What is in these bytes, if they are a signed or encrypted message.
pub(super) fn view(bytes: &[u8]) -> Option<Content> {
    let outer = element(bytes, SEQUENCE)?;
    let identifier = element(outer.inner, IDENTIFIER)?;
    if identifier.inner == ENVELOPED || identifier.inner == AUTHENTICATED {
        return Some(Content::Encrypted);
    }
    if identifier.inner != SIGNED {
        return None;
    }
    let content = element(identifier.behind, CONTENT)?;
    let signed = element(content.inner, SEQUENCE)?;
    let version = element(signed.inner, INTEGER)?;
    let digests = element(version.behind, SET)?;
    let encapsulated = element(digests.behind, SEQUENCE)?;
    let kind = element(encapsulated.inner, IDENTIFIER)?;
    let content = element(kind.behind, CONTENT)?;
    if let Some(octets) = element(content.inner, OCTETS) {
        return Some(Content::Signed(octets.inner.to_vec()));
    }
    let parts = element(content.inner, OCTETS_IN_PARTS)?;
    let mut whole = Vec::new();
    let mut rest = parts.inner;
    while let Some(part) = element(rest, OCTETS) {
        whole.extend_from_slice(part.inner);
        rest = part.behind;
    }
    Some(Content::Signed(whole))
}

/// What stands within a signed message that stands in a text.
pub(super) fn armored(text: &str) -> Option<String> {
    let inner = LABELS.iter().find_map(|label| {
        let (_, behind) = text.split_once(&format!("-----BEGIN {label}-----"))?;
        let (inner, _) = behind.split_once("-----END")?;
        Some(inner)
    })?;
    let lines: String = inner
        .split(|c: char| c.is_whitespace() || c == '>')
        .collect();
    match view(&Base64::decode_vec(&lines).ok()?)? {
        Content::Signed(content) => Some(encoding::decode(&content)),
        Content::Encrypted => None,
    }
}

/// One element of BER.
struct Element<'b> {
    inner: &'b [u8],
    behind: &'b [u8],
}

/// The element with this tag, if one begins here. Where its length is not said it reaches, for us, to the end: what we look for is in front.
fn element(bytes: &[u8], tag: u8) -> Option<Element<'_>> {
    let (&found, rest) = bytes.split_first()?;
    let (&length, rest) = rest.split_first()?;
    if found != tag {
        return None;
    }
    let (length, rest) = match length {
        0x80 => (rest.len(), rest),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            let fold = |sum: usize, &byte: &u8| sum << 8 | usize::from(byte);
            (length.iter().fold(0, fold), rest)
        }
        0..=0x7f => (usize::from(length), rest),
        _ => return None,
    };
    // A file that was cut has the beginning of its content all the same.
    let (inner, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
    Some(Element { inner, behind })
}
