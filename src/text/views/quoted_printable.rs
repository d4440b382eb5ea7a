//! Quoted-printable that nothing declares: the source of a mail without its headers, or with others (RFC 2045, 6.7).

use super::super::encoding;

/// The text with it undone, if it has a sign of it.
pub(super) fn view(text: &str) -> Option<String> {
    if !text.contains('=') {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let mut undone = false;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'=' {
            out.push(byte);
            continue;
        }
        if let Some(value) = super::hex_pair(after) {
            out.push(value);
            undone = true;
            rest = after.get(2..).unwrap_or_default();
            continue;
        }
        // At the end of a line it joins this one to the next; blanks may have come between.
        let blanks = after.iter().take(MOST_BLANKS);
        let blanks = blanks.take_while(|&&byte| byte == b' ' || byte == b'\t');
        let behind = after.get(blanks.count()..).unwrap_or_default();
        let joined = behind
            .strip_prefix(b"\r\n")
            .or_else(|| behind.strip_prefix(b"\n"))
            .or_else(|| behind.strip_prefix(b"\r"));
        match joined {
            Some(behind) => {
                rest = behind;
                undone = true;
            }
            None => out.push(b'='),
        }
    }
    undone.then(|| encoding::decode(&out))
}

/// Blanks that a program may leave at the end of a line.
const MOST_BLANKS: usize = 16;
