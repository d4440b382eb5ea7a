//! What the value of a property says of whether its element is seen; nothing where it is none that a browser takes, and so is passed over.

/// What a declaration says of its element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Hides,
    Shows,
    /// As it is around it.
    Keeps,
}

/// Sizes below which nobody reads a text, and extents that show none; in pixels.
const SMALLEST: f64 = 2.0;
/// A share of the color below which nobody sees it.
const FAINTEST: f64 = 0.1;
/// Where no page reaches, in pixels: before its beginning, and beyond its end.
const OUTSIDE: (f64, f64) = (-400.0, 5000.0);

/// A number and its unit.
fn number(value: &str) -> Option<(f64, &str)> {
    let is_figure = |it: char| it.is_ascii_digit() || matches!(it, '.' | '+' | '-');
    let end = value.find(|it| !is_figure(it)).unwrap_or(value.len());
    let (figures, unit) = value.split_at_checked(end)?;
    Some((figures.parse().ok()?, unit))
}

/// A length in pixels; a share of something else as so many hundredths.
fn pixels(value: &str) -> Option<f64> {
    let (number, unit) = number(value)?;
    let each = match unit {
        "px" | "" | "%" => 1.0,
        "pt" => 4.0 / 3.0,
        "pc" | "em" | "rem" => 16.0,
        "ex" | "ch" | "vw" | "vh" | "vmin" | "vmax" => 8.0,
        "in" => 96.0,
        "cm" => 38.0,
        "mm" => 3.8,
        _ => return None,
    };
    Some(number * each)
}

/// Words that any property takes.
fn is_of_all(value: &str) -> bool {
    matches!(value, "inherit" | "initial" | "unset" | "revert")
}

fn hides_if(hides: bool) -> Option<Word> {
    Some(if hides { Word::Hides } else { Word::Shows })
}

pub(super) fn display(value: &str) -> Option<Word> {
    const KNOWN: [&str; 8] = [
        "block",
        "inline",
        "flex",
        "grid",
        "table",
        "list-item",
        "contents",
        "ruby",
    ];
    let known = KNOWN.iter().any(|it| value.starts_with(it)) || value == "flow-root";
    match value {
        "none" => Some(Word::Hides),
        _ => (known || is_of_all(value)).then_some(Word::Shows),
    }
}

pub(super) fn visibility(value: &str) -> Option<Word> {
    match value {
        "hidden" | "collapse" => Some(Word::Hides),
        "visible" | "initial" => Some(Word::Shows),
        _ => is_of_all(value).then_some(Word::Keeps),
    }
}

pub(super) fn content(value: &str) -> Option<Word> {
    match value {
        "hidden" => Some(Word::Hides),
        _ => matches!(value, "visible" | "auto").then_some(Word::Shows),
    }
}

pub(super) fn opacity(value: &str) -> Option<Word> {
    if is_of_all(value) {
        return Some(Word::Shows);
    }
    let (number, unit) = number(value)?;
    hides_if(number / if unit == "%" { 100.0 } else { 1.0 } < FAINTEST)
}

pub(super) fn size(value: &str) -> Option<Word> {
    let of_what_is_around = ["em", "ex", "ch", "%"];
    let relative = of_what_is_around.iter().any(|it| value.ends_with(it));
    match (number(value), pixels(value)) {
        (Some((number, _)), _) if relative && !value.ends_with("rem") => {
            let nothing = number < FAINTEST;
            Some(if nothing { Word::Hides } else { Word::Keeps })
        }
        (_, Some(pixels)) => hides_if(pixels < SMALLEST),
        _ if matches!(value, "smaller" | "larger") => Some(Word::Keeps),
        _ if is_of_all(value) && value != "initial" => Some(Word::Keeps),
        _ => value
            .starts_with(|it: char| it.is_ascii_alphabetic())
            .then_some(Word::Shows),
    }
}

/// The size among the other words, if there is one.
pub(super) fn font(value: &str) -> Option<Word> {
    if is_of_all(value) && value != "initial" {
        return Some(Word::Keeps);
    }
    let sizes = value.split_whitespace().map(|it| it.split('/').next());
    let mut sizes = sizes.flatten().filter(|it| {
        // A number alone is how heavy it is.
        pixels(it).is_some() && (it.starts_with('0') || !it.ends_with(|c: char| c.is_ascii_digit()))
    });
    sizes.next().map_or(Some(Word::Shows), size)
}

pub(super) fn overflow(value: &str) -> Option<Word> {
    hides_if(!value.contains("visible") && !is_of_all(value))
}

/// What is hidden in one direction is not let out in the other.
pub(super) fn overflow_along(value: &str) -> Option<Word> {
    overflow(value).filter(|&it| it == Word::Hides)
}

pub(super) fn position(value: &str) -> Option<Word> {
    match value {
        "absolute" | "fixed" | "relative" | "sticky" => Some(Word::Hides),
        _ => (value == "static" || is_of_all(value)).then_some(Word::Shows),
    }
}

pub(super) fn extent(value: &str) -> Option<Word> {
    match pixels(value) {
        Some(pixels) => hides_if(pixels < SMALLEST),
        None => Some(Word::Shows),
    }
}

fn is_outside(value: &str) -> bool {
    let least = if value.ends_with('%') {
        -99.0
    } else {
        OUTSIDE.0
    };
    pixels(value).is_some_and(|it| it < least || it > OUTSIDE.1)
}

pub(super) fn place(value: &str) -> Option<Word> {
    hides_if(value.split_whitespace().any(is_outside))
}

pub(super) fn indent(value: &str) -> Option<Word> {
    match value {
        "inherit" | "unset" => Some(Word::Keeps),
        _ => place(value),
    }
}

/// The arguments of a function such as `rect(0, 0, 0, 0)`.
fn arguments<'v>(value: &'v str, function: &str) -> Option<impl Iterator<Item = &'v str>> {
    let (_, behind) = value.split_once(function)?;
    let (inner, _) = behind.split_once('(')?.1.split_once(')')?;
    let parts = inner.split(|it: char| it.is_whitespace() || it == ',');
    Some(parts.filter(|it| !it.is_empty()))
}

pub(super) fn clip(value: &str) -> Option<Word> {
    let small = |it: &str| pixels(it).is_some_and(|it| it < SMALLEST);
    hides_if(arguments(value, "rect").is_some_and(|mut it| it.all(small)))
}

pub(super) fn shape(value: &str) -> Option<Word> {
    let half = |it: &str| it.ends_with('%') && pixels(it).is_some_and(|it| it >= 50.0);
    let inset = arguments(value, "inset").and_then(|mut it| it.next());
    let circle = arguments(value, "circle").and_then(|mut it| it.next());
    let none = circle.and_then(pixels).is_some_and(|it| it < SMALLEST);
    hides_if(inset.is_some_and(half) || none)
}

pub(super) fn moved(value: &str) -> Option<Word> {
    let none = |it: &str| number(it).is_some_and(|it| it.0.abs() < FAINTEST);
    let scaled = arguments(value, "scale").is_some_and(|mut it| it.any(none));
    let away = arguments(value, "translate").is_some_and(|mut it| it.any(is_outside));
    hides_if(scaled || away)
}

pub(super) fn color(value: &str) -> Option<Word> {
    let alpha = arguments(value, "rgba").and_then(|it| it.last());
    let faint = alpha.and_then(number).is_some_and(|it| it.0 < FAINTEST);
    let hexadecimal = value.strip_prefix('#').unwrap_or_default();
    let clear = match hexadecimal.len() {
        8 => hexadecimal.ends_with("00"),
        4 => hexadecimal.ends_with('0'),
        _ => value == "transparent",
    };
    match value {
        "inherit" | "unset" | "currentcolor" => Some(Word::Keeps),
        _ => hides_if(faint || clear),
    }
}
