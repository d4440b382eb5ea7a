//! Links that programs put into a text where they take a group for a number to call.

const SCHEMES: [&str; 3] = ["tel:", "callto:", "sip:"];
/// Characters of a link, at most.
const LONGEST: usize = 200;

/// The text without them, if it has some: `HYPERLINK "tel:A0011" A0011`, `[A0758](tel:A0758)`, `A0011<tel:A0011>`, `<tel:A0011|A0011>`, `A0011 tel:A0011`.
pub(super) fn view(text: &str) -> Option<String> {
    if !SCHEMES.iter().any(|scheme| text.contains(scheme)) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        match shown(rest).or_else(|| Some(("", behind(rest)?))) {
            Some((shown, behind)) => {
                out.push_str(shown);
                rest = behind;
            }
            None => {
                out.push(next);
                rest = rest.get(next.len_utf8()..).unwrap_or_default();
            }
        }
    }
    Some(out)
}

/// What is shown of a link that has both within it, and what follows it, if one begins here.
fn shown(rest: &str) -> Option<(&str, &str)> {
    let inner = rest.strip_prefix('<')?;
    SCHEMES.iter().find(|scheme| inner.starts_with(**scheme))?;
    let end = inner.bytes().take(LONGEST).position(|byte| byte == b'>')?;
    let (inner, behind) = inner.split_at_checked(end)?;
    let (_, shown) = inner.split_once('|')?;
    Some((shown, behind.strip_prefix('>')?))
}

/// What follows a link, if one begins here.
fn behind(rest: &str) -> Option<&str> {
    let until = |from: &'_ str, end: u8| {
        from.bytes()
            .take(LONGEST)
            .position(|byte| byte == end)
            .map(|at| at + 1)
    };
    if let Some(field) = rest.strip_prefix("HYPERLINK \"") {
        let behind = field.get(until(field, b'"')?..)?;
        return Some(behind.strip_prefix(' ').unwrap_or(behind));
    }
    if let Some(label) = rest.strip_prefix('[') {
        // What is shown stays; only its bracket goes.
        let end = until(label, b']')?;
        return label.get(end..)?.starts_with('(').then_some(label);
    }
    if let Some(address) = rest.strip_prefix("](") {
        return address.get(until(address, b')')?..);
    }
    if let Some(inner) = rest.strip_prefix('<') {
        let link = SCHEMES.iter().any(|scheme| inner.starts_with(scheme));
        let end = until(inner, b'>').filter(|_| link)?;
        return inner.get(end..);
    }
    let bare = rest.strip_prefix(' ').unwrap_or(rest);
    let number = SCHEMES.iter().find_map(|it| bare.strip_prefix(it))?;
    Some(number.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '+'))
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_shown_of_a_link_stays() {
        for (text, shown) in [
            ("A-<tel:02000|02000>-B", "A-02000-B"),
            ("A-02000<tel:02000>-B", "A-02000-B"),
            ("A-[02000](tel:02000)-B", "A-02000-B"),
            ("A-<tel:02000|-B", "A-<|-B"),
        ] {
            assert_eq!(super::view(text).as_deref(), Some(shown), "{text}");
        }
    }
}
