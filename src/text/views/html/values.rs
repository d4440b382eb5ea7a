//! What the value of a property says of whether its element is seen; nothing where it is none that a browser takes, and so is passed over.

/// What a declaration says of its element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Word {
    Hides,
    Shows,
    /// As it is around it.
    #[default]
    Keeps,
}

/// Sizes below which nobody reads a text, and extents that show none; in pixels.
const SMALLEST: f64 = 2.0;
/// A share of the color below which nobody sees it.
const FAINTEST: f64 = 0.1;
/// Where no page reaches, in pixels, and as a share of what is around in hundredths: before its beginning, and beyond its end.
const OUTSIDE: (f64, f64) = (-400.0, 5000.0);
const OUTSIDE_SHARE: (f64, f64) = (-99.0, 150.0);
/// Letters that are closer to each other stand on one heap, in pixels.
const CLOSEST: f64 = -6.0;
/// What lets a text out of a box that has no size itself, in pixels.
const ROOM: f64 = 8.0;

/// A number and its unit.
fn number(value: &str) -> Option<(f64, &str)> {
    let inner = value.strip_prefix("calc(").map(str::trim);
    let value = inner.map_or(value, |it| it.strip_suffix(')').unwrap_or(it).trim());
    let is_figure = |it: char| it.is_ascii_digit() || matches!(it, '.' | '+' | '-');
    let end = value.find(|it| !is_figure(it)).unwrap_or(value.len());
    let (figures, unit) = value.split_at_checked(end)?;
    Some((figures.parse().ok()?, unit))
}

/// A length in pixels; a share of something else as so many hundredths.
pub(super) fn pixels(value: &str) -> Option<f64> {
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

/// A height; a share of one that nobody chose is as much as the text needs.
pub(super) fn height(value: &str) -> Option<Word> {
    extent(value)
        .filter(|_| !value.ends_with('%'))
        .or(Some(Word::Shows))
}

pub(super) fn extent(value: &str) -> Option<Word> {
    match pixels(value) {
        Some(pixels) => hides_if(pixels < SMALLEST),
        None => Some(Word::Shows),
    }
}

fn is_outside(value: &str) -> bool {
    let (least, most) = if value.ends_with('%') {
        OUTSIDE_SHARE
    } else {
        OUTSIDE
    };
    pixels(value).is_some_and(|it| it < least || it > most)
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

/// As [`place`], but for shares: a column that is as wide as the page is moved by as much.
pub(super) fn shift(value: &str) -> Option<Word> {
    let mut all = value.split_whitespace();
    hides_if(all.any(|it| !it.ends_with('%') && is_outside(it)))
}

/// The functions of a value, such as `rect(0, 0, 0, 0)`, and their arguments.
fn functions(value: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    value.split(')').filter_map(|it| {
        let (name, inner) = it.split_once('(')?;
        let parts = inner.split(|it: char| it.is_whitespace() || it == ',');
        Some((name.trim(), parts.filter(|it| !it.is_empty()).collect()))
    })
}

/// A number or a share that is next to none.
fn is_nothing(value: &str) -> bool {
    number(value).is_some_and(|(number, unit)| {
        let whole = if unit == "%" { 100.0 } else { 1.0 };
        (number / whole).abs() < FAINTEST
    })
}

pub(super) fn filter(value: &str) -> Option<Word> {
    let nothing = |it: &&str| is_nothing(it);
    hides_if(
        functions(value)
            .any(|(name, arguments)| name == "opacity" && arguments.first().is_some_and(nothing)),
    )
}

pub(super) fn clip(value: &str) -> Option<Word> {
    let small = |it: &&str| pixels(it).is_some_and(|it| it < SMALLEST);
    hides_if(functions(value).any(|(name, all)| name == "rect" && all.iter().all(small)))
}

pub(super) fn shape(value: &str) -> Option<Word> {
    let half = |it: &&str| it.ends_with('%') && pixels(it).is_some_and(|it| it >= 50.0);
    let small = |it: &&str| pixels(it).is_some_and(|it| it < SMALLEST);
    hides_if(functions(value).any(|(name, arguments)| match name {
        "inset" => arguments.first().is_some_and(half),
        "circle" | "ellipse" => arguments.first().is_some_and(small),
        "polygon" => arguments.iter().all(small),
        _ => false,
    }))
}

/// Whether what is turned by this angle is seen from its edge.
fn is_edgewise(angle: &str) -> bool {
    number(angle).is_some_and(|(number, unit)| {
        let degrees = match unit {
            "turn" => 360.0,
            "grad" => 0.9,
            "rad" => return number.cos().abs() < FAINTEST,
            _ => 1.0,
        };
        (number * degrees).to_radians().cos().abs() < FAINTEST
    })
}

/// Whether it is turned out of its plane around this axis, and by this angle, until nothing is seen of it.
fn is_turned(axis: &[&str], angle: &str) -> bool {
    let flat = match axis {
        ["x" | "y"] => false,
        [x, y, z] => !is_nothing(z) || (is_nothing(x) && is_nothing(y)),
        _ => true,
    };
    !flat && is_edgewise(angle)
}

pub(super) fn rotate(value: &str) -> Option<Word> {
    let parts: Vec<&str> = value.split_whitespace().collect();
    hides_if(match parts.as_slice() {
        [angle, axis @ ("x" | "y")] => is_turned(&[axis], angle),
        [axis @ .., angle] => is_turned(axis, angle),
        [] => false,
    })
}

pub(super) fn scale(value: &str) -> Option<Word> {
    hides_if(value.split_whitespace().take(2).any(is_nothing))
}

pub(super) fn moved(value: &str) -> Option<Word> {
    hides_if(functions(value).any(|(name, arguments)| {
        let mut plane = arguments.iter().take(2);
        match name {
            "scale" | "scalex" | "scaley" | "scale3d" => plane.any(|it| is_nothing(it)),
            "translate" | "translatex" | "translatey" | "translate3d" => {
                plane.any(|it| is_outside(it))
            }
            "rotatex" | "rotatey" => plane.next().is_some_and(|it| is_edgewise(it)),
            "rotate3d" => arguments
                .split_last()
                .is_some_and(|(angle, axis)| is_turned(axis, angle)),
            "matrix" => {
                let parts: Vec<f64> = arguments.iter().filter_map(|it| it.parse().ok()).collect();
                match parts.as_slice() {
                    [a, b, c, d, ..] => (a * d - b * c).abs() < FAINTEST * FAINTEST,
                    _ => false,
                }
            }
            _ => false,
        }
    }))
}

pub(super) fn spacing(value: &str) -> Option<Word> {
    match pixels(value) {
        Some(pixels) => hides_if(pixels < CLOSEST),
        None if matches!(value, "inherit" | "unset") => Some(Word::Keeps),
        None => Some(Word::Shows),
    }
}

/// Whether it is a box; a part of a line, or of a table, is as large as what it holds.
pub(super) fn boxed(value: &str) -> Option<Word> {
    match value {
        "inline" | "contents" => Some(Word::Shows),
        _ if value.starts_with("table") || value.starts_with("ruby") => Some(Word::Shows),
        _ if value.starts_with("inline-table") => Some(Word::Shows),
        _ => display(value).map(|_| Word::Hides),
    }
}

pub(super) fn floats(value: &str) -> Option<Word> {
    let known = ["left", "right", "inline-start", "inline-end"].contains(&value);
    hides_if(known)
}

pub(super) fn fixed(value: &str) -> Option<Word> {
    hides_if(matches!(value, "absolute" | "fixed"))
}

pub(super) fn contain(value: &str) -> Option<Word> {
    let mut words = value.split_whitespace();
    hides_if(words.any(|it| matches!(it, "strict" | "content" | "paint")))
}

/// A height that it has at least; of a share nobody knows of what it is one.
pub(super) fn least(value: &str) -> Option<Word> {
    padded(value)
        .filter(|_| !value.ends_with('%'))
        .or(Some(Word::Keeps))
}

pub(super) fn padded(value: &str) -> Option<Word> {
    let room = pixels(value).is_some_and(|it| it >= ROOM);
    Some(if room { Word::Shows } else { Word::Keeps })
}

/// What is above, or else below.
pub(super) fn padding(value: &str) -> Option<Word> {
    let above_and_below = value.split_whitespace().step_by(2);
    let mut all = above_and_below.filter_map(padded);
    Some(all.find(|&it| it == Word::Shows).unwrap_or_default())
}

/// What is behind the letters is seen through them.
pub(super) fn painted(value: &str) -> Option<Word> {
    let mut words = value.split_whitespace();
    words.any(|it| it == "text").then_some(Word::Shows)
}

pub(super) fn painted_over(value: &str) -> Option<Word> {
    let none = matches!(value, "none" | "0" | "0px") || is_of_all(value);
    (!none).then_some(Word::Shows)
}

pub(super) fn color(value: &str) -> Option<Word> {
    let faint = functions(value).any(|(name, arguments)| {
        let alpha = arguments
            .get(3..)
            .and_then(|it| it.iter().rfind(|it| **it != "/"));
        matches!(name, "rgb" | "rgba" | "hsl" | "hsla") && alpha.is_some_and(|it| is_nothing(it))
    });
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
