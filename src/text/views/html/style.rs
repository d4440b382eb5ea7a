//! What styles say of whether an element is seen (CSS 2.1 and what mail programs take of CSS 3): of what is declared twice the last counts, before it what a
//! more specific rule says, and before that the important.

use super::values::{
    Word, boxed, clip, color, contain, content, display, extent, filter, fixed, floats, font,
    height, indent, least, moved, opacity, overflow, overflow_along, padded, padding, painted,
    painted_over, place, position, rotate, scale, shape, shift, size, spacing, visibility,
};

/// How many properties tell something.
const COUNT: usize = 36;

/// What an element is said to look like, each property by its place below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style([Word; COUNT]);

pub(super) const DISPLAY: usize = 0;
const VISIBILITY: usize = 1;
const OPACITY: usize = 2;
const SIZE: usize = 3;
pub(super) const OVERFLOW: usize = 4;
const POSITION: usize = 5;
const INDENT: usize = 6;
const CLIP: usize = 7;
const COLOR: usize = 8;
const SHAPE: usize = 9;
const MOVED: usize = 10;
const CONTENT: usize = 11;
/// No size in one direction, and no more of it shown.
pub(super) const HEIGHT: usize = 12;
pub(super) const WIDTH: usize = 14;
const TALL: std::ops::Range<usize> = HEIGHT..WIDTH;
const WIDE: std::ops::Range<usize> = WIDTH..16;
/// Moved out of the page, where the position lets it be moved.
const PLACES: std::ops::Range<usize> = 16..20;
const MARGINS: std::ops::Range<usize> = 20..22;
const FILTER: usize = 22;
const SCALE: usize = 23;
const TRANSLATE: usize = 24;
const ROTATE: usize = 25;
const SPACING: usize = 26;
/// The color of letters, before the other.
const FILL: usize = 27;
/// Something else than their color shows letters.
const PAINTED: usize = 28;
/// Whether it is a box, and no part of a line or of a table.
const BOXED: usize = 29;
const FLOATS: usize = 30;
const FIXED: usize = 31;
const CONTAIN: usize = 32;
/// It has some size for all that.
const LEAST_HEIGHT: usize = 33;
const PADDING: usize = 34;
const LEAST_WIDTH: usize = 35;

type Judge = fn(&str) -> Option<Word>;

/// The properties that are known; one that stands for several has each of them.
const PROPERTIES: [(&str, usize, Judge); 56] = [
    ("display", DISPLAY, display),
    ("display", BOXED, boxed),
    ("visibility", VISIBILITY, visibility),
    ("content-visibility", CONTENT, content),
    ("opacity", OPACITY, opacity),
    ("filter", FILTER, filter),
    ("-webkit-filter", FILTER, filter),
    ("font-size", SIZE, size),
    ("font", SIZE, font),
    ("letter-spacing", SPACING, spacing),
    ("overflow", OVERFLOW, overflow),
    ("overflow-x", OVERFLOW, overflow_along),
    ("overflow-y", OVERFLOW, overflow_along),
    ("contain", CONTAIN, contain),
    ("float", FLOATS, floats),
    ("position", POSITION, position),
    ("position", FIXED, fixed),
    ("text-indent", INDENT, indent),
    ("clip", CLIP, clip),
    ("color", COLOR, color),
    ("-webkit-text-fill-color", FILL, color),
    ("background-clip", PAINTED, painted),
    ("-webkit-background-clip", PAINTED, painted),
    ("background", PAINTED, painted),
    ("text-shadow", PAINTED, painted_over),
    ("-webkit-text-stroke", PAINTED, painted_over),
    ("clip-path", SHAPE, shape),
    ("-webkit-clip-path", SHAPE, shape),
    ("transform", MOVED, moved),
    ("-webkit-transform", MOVED, moved),
    ("scale", SCALE, scale),
    ("translate", TRANSLATE, place),
    ("rotate", ROTATE, rotate),
    ("height", HEIGHT, height),
    ("max-height", 13, height),
    ("width", WIDTH, extent),
    ("max-width", 15, extent),
    ("min-height", LEAST_HEIGHT, least),
    ("min-width", LEAST_WIDTH, padded),
    ("padding", PADDING, padding),
    ("padding-top", PADDING, padded),
    ("padding-bottom", PADDING, padded),
    ("left", 16, place),
    ("top", 17, place),
    ("right", 18, place),
    ("bottom", 19, place),
    ("inset", 16, place),
    ("inset", 17, place),
    ("inset", 18, place),
    ("inset", 19, place),
    ("margin", 20, shift),
    ("margin", 21, shift),
    ("margin-left", 20, shift),
    ("margin-top", 21, shift),
    ("block-size", HEIGHT, height),
    ("inline-size", WIDTH, extent),
];

/// What comes before what: whether it is important, how specific its rule is, which comes last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weight {
    important: bool,
    specific: u8,
    nth: u32,
}

impl Weight {
    /// Of what an element says of itself.
    pub(super) const OWN: Weight = Weight {
        important: false,
        specific: u8::MAX,
        nth: 0,
    };
}

/// What rules declare.
#[derive(Clone, Debug, Default)]
pub(super) struct Declared(Vec<(usize, Word, Weight)>);

impl Declared {
    /// Takes these declarations, which are clean. Of those of a rule that holds at times only what shows an element counts.
    pub(super) fn read(&mut self, declarations: &str, weight: Weight, always: bool) {
        for declaration in split(declarations, ';') {
            let Some((name, value)) = declaration.split_once(':') else {
                continue;
            };
            let (name, value) = (name.trim(), value.trim());
            let unmarked = value.strip_suffix("important").map(str::trim_end);
            let unmarked = unmarked.and_then(|it| it.strip_suffix('!'));
            let weight = Weight {
                important: unmarked.is_some(),
                ..weight
            };
            let value = unmarked.unwrap_or(value).trim_end();
            if name == "all" && matches!(value, "initial" | "unset" | "revert") {
                (0..COUNT).for_each(|at| self.say(at, Word::Keeps, weight));
            }
            let named = PROPERTIES.iter().filter(|it| it.0 == name);
            for &(_, at, judge) in named {
                if let Some(word) = judge(value).filter(|&word| always || word != Word::Hides) {
                    self.say(at, word, weight);
                }
            }
        }
    }

    fn say(&mut self, at: usize, word: Word, weight: Weight) {
        match self.0.iter_mut().find(|it| it.0 == at) {
            Some(known) if known.2 <= weight => *known = (at, word, weight),
            Some(_) => {}
            None => self.0.push((at, word, weight)),
        }
    }

    /// With what another says besides.
    pub(super) fn add(&mut self, other: &Declared) {
        for &(at, word, weight) in &other.0 {
            self.say(at, word, weight);
        }
    }

    /// The same as rules of this weight declare it.
    pub(super) fn weighing(&self, specific: u8, nth: u32) -> Declared {
        let weigh = |&(at, word, weight): &(usize, Word, Weight)| {
            let weight = Weight {
                specific,
                nth,
                ..weight
            };
            (at, word, weight)
        };
        Declared(self.0.iter().map(weigh).collect())
    }

    /// With what is so where nothing is said of it.
    pub(super) fn unless_said(&mut self, at: usize, word: Word) {
        if self.0.iter().all(|it| it.0 != at) {
            self.say(at, word, Weight::default());
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&Declared> for Style {
    fn from(declared: &Declared) -> Style {
        let mut style = Style::default();
        for &(at, word, _) in &declared.0 {
            style.0.get_mut(at).into_iter().for_each(|it| *it = word);
        }
        style
    }
}

impl Default for Style {
    fn default() -> Style {
        Style([Word::Keeps; COUNT])
    }
}

impl Style {
    pub(super) fn is_empty(&self) -> bool {
        *self == Style::default()
    }

    fn word(&self, at: usize) -> Word {
        self.0.get(at).copied().unwrap_or_default()
    }

    fn hides(&self, at: usize) -> bool {
        self.word(at) == Word::Hides
    }

    fn shows(&self, at: usize) -> bool {
        self.word(at) == Word::Shows
    }

    /// Whether it is a box whose size and place can be chosen, which it is of itself or is not.
    fn is_boxed(&self, itself: bool) -> bool {
        let boxed = match self.word(BOXED) {
            Word::Hides => true,
            Word::Shows => false,
            Word::Keeps => itself,
        };
        boxed || self.hides(FLOATS) || self.hides(FIXED)
    }
}

/// What is seen of the text in an element.
#[derive(Clone, Copy, Default)]
pub(super) struct Sight {
    /// Nothing, whatever is said of what it holds.
    gone: bool,
    /// Nothing, unless what it holds says otherwise.
    invisible: bool,
    tiny: bool,
    outside: bool,
    heaped: bool,
    clear: bool,
    filled: Word,
    painted: bool,
}

impl Sight {
    pub(super) const NOTHING: Sight = Sight {
        gone: true,
        invisible: true,
        tiny: true,
        outside: true,
        heaped: true,
        clear: true,
        filled: Word::Keeps,
        painted: false,
    };

    pub(super) fn is_seen(self) -> bool {
        let clear = match self.filled {
            Word::Hides => true,
            Word::Shows => false,
            Word::Keeps => self.clear,
        };
        let clear = clear && !self.painted;
        !(self.gone || self.invisible || self.tiny || self.outside || self.heaped || clear)
    }

    /// What is seen within an element with this style, which is a box of itself or is none.
    pub(super) fn within(self, style: &Style, boxed: bool) -> Sight {
        let or = |outer: bool, at: usize| match style.word(at) {
            Word::Hides => true,
            Word::Shows => false,
            Word::Keeps => outer,
        };
        let any = |mut places: std::ops::Range<usize>| places.any(|at| style.hides(at));
        let mut gone = [DISPLAY, OPACITY, FILTER, SHAPE].into_iter();
        let gone = gone.any(|at| style.hides(at)) || any(MARGINS);
        let flat = any(TALL) && !style.shows(LEAST_HEIGHT) && !style.shows(PADDING);
        let thin = any(WIDE) && !style.shows(LEAST_WIDTH);
        let cut = (style.hides(OVERFLOW) || style.hides(CONTAIN)) && (flat || thin);
        let mut turned = [CONTENT, MOVED, SCALE, TRANSLATE, ROTATE].into_iter();
        let turned = turned.any(|at| style.hides(at));
        let away = style.hides(POSITION) && (any(PLACES) || style.hides(CLIP));
        Sight {
            gone: self.gone || gone || away || ((cut || turned) && style.is_boxed(boxed)),
            invisible: or(self.invisible, VISIBILITY),
            tiny: or(self.tiny, SIZE),
            outside: or(self.outside, INDENT),
            heaped: or(self.heaped, SPACING),
            clear: or(self.clear, COLOR),
            filled: match style.word(FILL) {
                Word::Keeps => self.filled,
                word => word,
            },
            painted: self.painted || style.shows(PAINTED),
        }
    }
}

/// Declarations in lower case, without comments, escapes resolved.
pub(super) fn clean(css: &str) -> String {
    let mut clean = String::with_capacity(css.len());
    let mut quote = None;
    let mut rest = css;
    while let Some(next) = rest.chars().next() {
        rest = rest.get(next.len_utf8()..).unwrap_or_default();
        match (next, quote) {
            ('\\', _) => {
                let digits = rest.bytes().take(6).take_while(u8::is_ascii_hexdigit);
                let digits = digits.count();
                let (number, behind) = rest.split_at_checked(digits).unwrap_or_default();
                let number = u32::from_str_radix(number, 16).ok();
                if let Some(character) = number.and_then(char::from_u32) {
                    clean.push(character.to_ascii_lowercase());
                    rest = behind.strip_prefix(char::is_whitespace).unwrap_or(behind);
                }
            }
            ('/', None) if rest.starts_with('*') => {
                let behind = rest.get(1..).and_then(|it| it.split_once("*/"));
                rest = behind.map_or("", |it| it.1);
                clean.push(' ');
            }
            ('"' | '\'', None) => {
                quote = Some(next);
                clean.push(next);
            }
            _ => {
                quote = quote.filter(|&open| open != next);
                clean.push(next.to_ascii_lowercase());
            }
        }
    }
    clean
}

/// The parts between such signs, but for those within quotes and brackets.
fn split(css: &str, sign: char) -> impl Iterator<Item = &str> {
    let mut quote = None;
    let mut open = 0_usize;
    css.split(move |next: char| {
        match (next, quote) {
            ('"' | '\'', None) => quote = Some(next),
            (_, Some(end)) if end == next => quote = None,
            ('(', None) => open += 1,
            (')', None) => open = open.saturating_sub(1),
            _ => {}
        }
        next == sign && quote.is_none() && open == 0
    })
}

#[cfg(test)]
mod tests;
