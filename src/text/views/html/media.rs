//! Whether the condition of a rule holds where a mail is read: on a screen of some size that nobody knows.

/// Widths that a screen may have, in pixels.
const NARROWEST: f64 = 240.0;
const WIDEST: f64 = 2600.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Always,
    /// On some screens, or in some programs.
    Here,
    Never,
}

/// Whether what stands in a block that begins like this is for a screen.
pub(super) fn condition(begin: &str) -> Holds {
    if let Some(media) = begin.strip_prefix("@media") {
        return list(media);
    }
    let known = [
        "@supports",
        "@layer",
        "@container",
        "@scope",
        "@-moz-document",
    ];
    match known.iter().any(|it| begin.starts_with(it)) {
        true => Holds::Here,
        false => Holds::Never,
    }
}

/// Whether one of several conditions holds.
pub(super) fn list(queries: &str) -> Holds {
    let mut all = queries.split(',').map(|it| query(it.trim()));
    let mut holds = Holds::Never;
    all.by_ref().for_each(|it| match (it, holds) {
        (Holds::Always, _) => holds = Holds::Always,
        (Holds::Here, Holds::Never) => holds = Holds::Here,
        _ => {}
    });
    holds
}

fn query(query: &str) -> Holds {
    let query = query.strip_prefix("only ").unwrap_or(query).trim();
    let mut parts = query.split(" and ").map(str::trim);
    let mut known = true;
    let (mut narrowest, mut widest) = (0.0, f64::INFINITY);
    let first = parts.clone().next().unwrap_or_default();
    match first {
        "" | "all" | "screen" => drop(parts.next()),
        "not all" | "not screen" if query == first => return Holds::Never,
        _ if first.starts_with('(') => {}
        _ if first.starts_with("not ") => return Holds::Here,
        _ => return Holds::Never,
    }
    for part in parts {
        let inner = part.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
        let (name, value) = inner
            .and_then(|it| it.split_once(':'))
            .unwrap_or((part, ""));
        match (name.trim(), super::values::pixels(value.trim())) {
            ("min-width" | "min-device-width", Some(width)) => narrowest = width.max(narrowest),
            ("max-width" | "max-device-width", Some(width)) => widest = width.min(widest),
            _ => known = false,
        }
    }
    if narrowest > widest || narrowest > WIDEST || widest < NARROWEST {
        return Holds::Never;
    }
    match known && narrowest <= NARROWEST && widest >= WIDEST {
        true => Holds::Always,
        false => Holds::Here,
    }
}
