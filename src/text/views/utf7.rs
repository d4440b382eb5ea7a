//! UTF-7: mail that was made for seven bits writes a dash as `+AC0-` (RFC 2152).

use base64ct::{Base64Unpadded, Encoding};

/// Characters of base64 in one piece, at most.
const LONGEST: usize = 64;

/// The text with it undone, if it shows a sign of it.
pub(super) fn view(text: &str) -> Option<String> {
    if !text.contains("+A") {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut undone = false;
    while let Some((before, after)) = rest.split_once('+') {
        out.push_str(before);
        let inner = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'/';
        let length = after
            .bytes()
            .take(LONGEST)
            .take_while(|it| inner(it))
            .count();
        let (piece, behind) = after.split_at_checked(length).unwrap_or(("", after));
        match units(piece) {
            Some(said) => {
                out.push_str(&said);
                rest = behind.strip_prefix('-').unwrap_or(behind);
                undone = true;
            }
            None => {
                out.push('+');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    undone.then_some(out)
}

/// UTF-16 in base64.
fn units(piece: &str) -> Option<String> {
    let bytes = Base64Unpadded::decode_vec(piece).ok()?;
    let (pairs, left) = bytes.as_chunks::<2>();
    if pairs.is_empty() || !left.is_empty() {
        return None;
    }
    String::from_utf16(
        &pairs
            .iter()
            .map(|pair| u16::from_be_bytes(*pair))
            .collect::<Vec<_>>(),
    )
    .ok()
}
