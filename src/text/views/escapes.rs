//! Strings of JSON and of programs: `\n` for a line break, `\u002d` for a dash.

/// The text with escapes undone, if there is one.
pub(super) fn view(text: &str) -> Option<String> {
    let sign = |text: &str, it: &(usize, &str)| {
        let next = text.as_bytes().get(it.0 + 1);
        next.is_some_and(|next| matches!(next, b'n' | b'r' | b't' | b'u' | b'x'))
    };
    // Excel writes a carriage return within a cell like this.
    let of_excel = text.contains("_x000D_");
    if !of_excel && !text.contains('\\') {
        return None;
    }
    let text = &*text.replace("_x000D_", "\\n");
    text.match_indices('\\').find(|it| sign(text, it))?;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut characters = after.chars();
        let (value, length) = match characters.next() {
            Some('n' | 'r') => (Some('\n'), 1),
            Some('t') => (Some('\t'), 1),
            Some('u') => (figures(after.get(1..5)), 5),
            Some('x') => (figures(after.get(1..3)), 3),
            Some(other) => (Some(other), other.len_utf8()),
            None => (None, 0),
        };
        match value {
            Some(value) => {
                out.push(value);
                rest = after.get(length..).unwrap_or_default();
            }
            None => {
                out.push(' ');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Some(out)
}

/// A character by its number in hexadecimal.
fn figures(figures: Option<&str>) -> Option<char> {
    char::from_u32(u32::from_str_radix(figures?, 16).ok()?)
}
