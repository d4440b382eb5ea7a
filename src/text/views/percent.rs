//! Addresses: `mailto:` links, forms and queries write line breaks and blanks as percent signs with two figures (RFC 3986, RFC 6068).

/// The text with these undone, if there is one.
pub(super) fn view(text: &str) -> Option<String> {
    if !text.contains('%') {
        return None;
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    let mut undone = false;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, super::hex_pair(after)) {
            (b'%', Some(value)) => {
                out.push(value);
                undone = true;
                rest = after.get(2..).unwrap_or_default();
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(byte),
        }
    }
    undone.then(|| String::from_utf8_lossy(&out).into_owned())
}
