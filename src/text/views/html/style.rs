//! What styles say of whether an element is seen (CSS 2.1 and what mail programs take of CSS 3): of what is declared twice the last counts, and the important
//! before it.

use super::values::{
    Word, clip, color, content, display, extent, font, indent, moved, opacity, overflow,
    overflow_along, place, position, shape, size, visibility,
};

/// What is declared, each property by its place below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style([Option<(Word, bool)>; 22]);

const DISPLAY: usize = 0;
const VISIBILITY: usize = 1;
const OPACITY: usize = 2;
const SIZE: usize = 3;
const OVERFLOW: usize = 4;
const POSITION: usize = 5;
const INDENT: usize = 6;
const CLIP: usize = 7;
const COLOR: usize = 8;
const SHAPE: usize = 9;
const MOVED: usize = 10;
const CONTENT: usize = 11;
/// No size in one direction, and no more of it shown.
const EXTENTS: std::ops::Range<usize> = 12..16;
/// Moved out of the page, where the position lets it be moved.
const PLACES: std::ops::Range<usize> = 16..20;
const MARGINS: std::ops::Range<usize> = 20..22;

type Judge = fn(&str) -> Option<Word>;

/// The properties that are known; one that stands for several has each of them.
const PROPERTIES: [(&str, usize, Judge); 32] = [
    ("display", DISPLAY, display),
    ("visibility", VISIBILITY, visibility),
    ("content-visibility", CONTENT, content),
    ("opacity", OPACITY, opacity),
    ("font-size", SIZE, size),
    ("font", SIZE, font),
    ("overflow", OVERFLOW, overflow),
    ("overflow-x", OVERFLOW, overflow_along),
    ("overflow-y", OVERFLOW, overflow_along),
    ("position", POSITION, position),
    ("text-indent", INDENT, indent),
    ("clip", CLIP, clip),
    ("color", COLOR, color),
    ("clip-path", SHAPE, shape),
    ("transform", MOVED, moved),
    ("-webkit-transform", MOVED, moved),
    ("height", 12, extent),
    ("max-height", 13, extent),
    ("width", 14, extent),
    ("max-width", 15, extent),
    ("left", 16, place),
    ("top", 17, place),
    ("right", 18, place),
    ("bottom", 19, place),
    ("inset", 16, place),
    ("inset", 17, place),
    ("inset", 18, place),
    ("inset", 19, place),
    ("margin", 20, place),
    ("margin", 21, place),
    ("margin-left", 20, place),
    ("margin-top", 21, place),
];

impl Style {
    /// What these declarations say, their entities resolved.
    pub(super) fn of(declarations: &str) -> Style {
        let mut style = Style::default();
        let clean = clean(declarations);
        for declaration in split(&clean, ';') {
            let Some((name, value)) = declaration.split_once(':') else {
                continue;
            };
            let value = value.trim();
            let unmarked = value.strip_suffix("important").map(str::trim_end);
            let unmarked = unmarked.and_then(|it| it.strip_suffix('!'));
            let said = (unmarked.unwrap_or(value).trim_end(), unmarked.is_some());
            let named = PROPERTIES.iter().filter(|it| it.0 == name.trim());
            for &(_, at, judge) in named {
                let word = judge(said.0);
                word.into_iter()
                    .for_each(|word| style.say(at, (word, said.1)));
            }
        }
        style
    }

    fn say(&mut self, at: usize, said: (Word, bool)) {
        if let Some(before) = self.0.get_mut(at)
            && before.is_none_or(|before| said.1 || !before.1)
        {
            *before = Some(said);
        }
    }

    /// The same with what another says besides, which comes behind it.
    pub(super) fn then(mut self, other: &Style) -> Style {
        for (at, said) in other.0.iter().enumerate() {
            said.iter().for_each(|&said| self.say(at, said));
        }
        self
    }

    /// An attribute says that the element is not shown, unless a style shows it.
    pub(super) fn unless_shown_hidden(mut self) -> Style {
        let display = self.0.first_mut();
        display.into_iter().for_each(|it| {
            it.get_or_insert((Word::Hides, false));
        });
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Style::default()
    }

    fn word(&self, at: usize) -> Word {
        let said = self.0.get(at).copied().flatten();
        said.map_or(Word::Keeps, |it| it.0)
    }

    fn hides(&self, at: usize) -> bool {
        self.word(at) == Word::Hides
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
    clear: bool,
}

impl Sight {
    pub(super) const NOTHING: Sight = Sight {
        gone: true,
        invisible: true,
        tiny: true,
        outside: true,
        clear: true,
    };

    pub(super) fn is_seen(self) -> bool {
        !(self.gone || self.invisible || self.tiny || self.outside || self.clear)
    }

    /// What is seen within an element with this style.
    pub(super) fn within(self, style: &Style) -> Sight {
        let or = |outer: bool, at: usize| match style.word(at) {
            Word::Hides => true,
            Word::Shows => false,
            Word::Keeps => outer,
        };
        let gone = [DISPLAY, CONTENT, OPACITY, SHAPE, MOVED];
        let mut gone = gone.into_iter().chain(MARGINS);
        let cut = style.hides(OVERFLOW) && EXTENTS.into_iter().any(|at| style.hides(at));
        let mut places = PLACES.chain([CLIP]);
        let away = style.hides(POSITION) && places.any(|at| style.hides(at));
        Sight {
            gone: self.gone || cut || away || gone.any(|at| style.hides(at)),
            invisible: or(self.invisible, VISIBILITY),
            tiny: or(self.tiny, SIZE),
            outside: or(self.outside, INDENT),
            clear: or(self.clear, COLOR),
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
mod tests {
    use super::{Sight, Style};

    fn is_seen(styles: &[&str]) -> bool {
        let around = Sight::default();
        let within = |sight: Sight, style: &&str| sight.within(&Style::of(style));
        styles.iter().fold(around, within).is_seen()
    }

    #[test]
    fn what_a_browser_hides_is_not_seen() {
        for styles in [
            &["display:none"][..],
            &["DISPLAY : none ! important", "display:block"],
            &["display:none!important;display:block"],
            &["display:block;display:/* x */none"],
            &["d\\69splay:none"],
            &["display:none;display:nonsense"],
            &["opacity:0.0"],
            &["opacity:.0"],
            &["opacity:0%"],
            &["height:0;overflow:hidden"],
            &["overflow:hidden", "max-height:0px;overflow:hidden;"],
            &["position:absolute;left:-9999px"],
            &["position: absolute; top: -100em", "position:static"],
            &["text-indent:-9999px"],
            &["font-size:0", "font-size:1em"],
            &["font:0/0 a"],
            &["color:transparent"],
            &["color:rgba(0,0,0,0)"],
            &["position:absolute;clip:rect(0 0 0 0)"],
            &["transform:scale(0)"],
            &["overflow:hidden;max-height:0;overflow-y:visible"],
            &["margin-left:-9999px;margin-top:0"],
            &["position:fixed;inset:-9999px"],
            &["content-visibility:hidden;opacity:1"],
            &["visibility:hidden", "color:red"],
            &["background:url(a;b);visibility:hidden"],
            &["font-family:';';visibility:hidden"],
        ] {
            assert!(!is_seen(styles), "{styles:?}");
        }
    }

    #[test]
    fn what_a_browser_shows_is_seen() {
        for styles in [
            &[""][..],
            &["font-size:0", "font-size:13px"],
            &["font-size:0px", "font:13px/1 Arial"],
            &["visibility:hidden", "visibility:visible"],
            &["mso-font-size:0"],
            &["line-opacity:0"],
            &["mso-hide:all"],
            &["max-height:0"],
            &["max-height:none;overflow:hidden"],
            &["display:none;display:block"],
            &["display:none;display:table-cell!important"],
            &["opacity:0;opacity:1"],
            &["opacity:0.75"],
            &["font-size:0.9em"],
            &["font-size:9pt"],
            &["left:-9999px"],
            &["position:relative;left:-9px"],
            &["text-indent:-.25in;margin:0 -5px"],
            &["font-family:';display:none'"],
            &["background:url(a;display:none)"],
            &["font:bold 700 12pt serif"],
            &["color:#000"],
            &["text-indent:-9999px", "text-indent:0"],
        ] {
            assert!(is_seen(styles), "{styles:?}");
        }
    }
}
