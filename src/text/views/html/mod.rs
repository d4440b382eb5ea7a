//! The text of HTML, as far as codes need it: lines stay lines, cells stay apart, and a tag within a word leaves the word whole.

mod media;
mod open;
mod selector;
mod sheet;
mod style;
mod tags;
mod values;

use open::Open;
use sheet::Sheet;
use tags::{Name, Piece, Tag, pieces};

/// Elements whose content nobody sees, but where a program does not know them.
const UNSEEN: [&str; 14] = [
    "audio", "canvas", "datalist", "iframe", "metadata", "noembed", "noframes", "rp", "script",
    "style", "template", "title", "video", "desc",
];
/// The same of what stands for a drawing, a measure or a formula.
const DRAWN: [&str; 10] = [
    "annotation",
    "annotation-xml",
    "clippath",
    "defs",
    "marker",
    "mask",
    "meter",
    "pattern",
    "progress",
    "symbol",
];
/// Elements within a line, besides those that give letters a look.
const INLINE: [&str; 25] = [
    "abbr", "acronym", "bdi", "bdo", "cite", "data", "del", "dfn", "ins", "kbd", "label", "mark",
    "o:p", "output", "q", "ruby", "rb", "rt", "samp", "slot", "span", "sub", "sup", "time", "var",
];

/// What a browser would show, if the text has tags.
pub(super) fn view(text: &str) -> Option<String> {
    has_tags(text).then(|| to_text(text))
}

/// Elements that begin a line, and those that hold them.
const BLOCKS: [&str; 16] = [
    "html",
    "body",
    "br",
    "div",
    "p",
    "table",
    "tr",
    "td",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "span",
    "font",
    "b",
];
/// Characters of a tag in which its name is looked for, and signs that may begin one.
const MOST_NAME: usize = 16;
const MOST_TAGS: usize = 4096;

/// Whether a text has a tag that mail programs write, somewhere.
fn has_tags(text: &str) -> bool {
    text.match_indices('<').take(MOST_TAGS).any(|(at, _)| {
        let tag = text.get(at..).unwrap_or_default();
        tags::begins(tag, MOST_NAME, &BLOCKS) || tags::begins(tag, MOST_NAME, &UNSEEN)
    })
}

/// Whether a text is HTML as a whole: it begins with a tag, or has one of those that every mail program writes.
pub(in crate::text) fn is_html(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(2000).collect();
    let start = start.to_ascii_lowercase();
    start.starts_with("<!doctype html")
        || [
            "<html", "<body", "<br", "<div", "<p>", "<p ", "<table", "<pre",
        ]
        .iter()
        .any(|tag| start.contains(tag))
}

/// What a browser would show.
pub(in crate::text) fn to_text(html: &str) -> String {
    let mut shown = Shown {
        text: String::with_capacity(html.len()),
        open: Open::default(),
        sheet: Sheet::of(html),
    };
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => shown.push(text),
            Piece::Sign => shown.push(" "),
            Piece::Open(tag) => shown.open(&tag),
            Piece::Close(name) => shown.close(&name),
        }
    }
    shown.text
}

/// What is shown so far.
struct Shown {
    text: String,
    open: Open,
    sheet: Sheet,
}

impl Shown {
    fn push(&mut self, source: &str) {
        if !self.open.sight().is_seen() {
            return;
        }
        let turned: String;
        let source = if self.open.is_turned() {
            turned = resolved(source).chars().rev().collect();
            &turned
        } else {
            source
        };
        if !self.open.is_quoted() {
            return push(&mut self.text, source);
        }
        for (nth, line) in source.split('\n').enumerate() {
            if nth > 0 {
                self.text.push_str(QUOTED_LINE);
            }
            push(&mut self.text, line);
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        self.open.make_room(&tag.name);
        if tag.name.is_of(&["blockquote"]) {
            // The quotation begins with a line of its own.
            self.open
                .open(tag.name, self.sheet.style_of(tag), false, false);
            return self.mark(&tag.name);
        }
        self.mark(&tag.name);
        if !tag.name.is_of(&VOID) {
            let unseen =
                tag.name.is_of(&UNSEEN) || tag.name.is_of(&DRAWN) || stands_for_another(tag);
            self.open.open(
                tag.name,
                self.sheet.style_of(tag),
                unseen,
                turns_around(tag),
            );
        }
    }

    fn close(&mut self, name: &Name) {
        if name.is_of(&["blockquote"]) {
            self.open.close(name);
            return self.mark(name);
        }
        self.mark(name);
        self.open.close(name);
    }

    /// What a tag leaves in the text where it is seen.
    fn mark(&mut self, name: &Name) {
        if !self.open.sight().is_seen() {
            return;
        }
        match between(name) {
            "\n" if self.open.is_quoted() => self.text.push_str(QUOTED_LINE),
            other => self.text.push_str(other),
        }
    }
}

/// Whether an element shows something else, and what it holds where it cannot.
fn stands_for_another(tag: &Tag<'_>) -> bool {
    let mut data = tag.attributes.clone();
    tag.name.is_of(&["object"])
        && data.any(|(name, value)| name.eq_ignore_ascii_case("data") && !value.is_empty())
}

/// Whether an element shows each line that it holds from its end to its beginning.
fn turns_around(tag: &Tag<'_>) -> bool {
    let mut all = tag.attributes.clone();
    tag.name.is_of(&["bdo"])
        && all.any(|(name, value)| {
            name.eq_ignore_ascii_case("dir") && value.eq_ignore_ascii_case("rtl")
        })
}

/// Whether an element is a part of a line.
fn is_inline(name: &Name) -> bool {
    name.is_of(&INLINE) || name.is_of(&open::LOOKS)
}

/// What stands before each line of a quotation, as in a mail that is text alone.
const QUOTED_LINE: &str = "\n> ";
/// Elements that have no content.
const VOID: [&str; 14] = [
    "area", "base", "basefont", "br", "col", "embed", "hr", "img", "input", "link", "meta",
    "param", "source", "wbr",
];

/// What a tag leaves in the text.
fn between(name: &Name) -> &'static str {
    match name.as_str() {
        "" | "wbr" => "",
        "td" | "th" | "img" => " ",
        _ if is_inline(name) => "",
        _ => "\n",
    }
}

/// Text with its entities resolved; a line break in the source is no more than a blank, but does no harm as one.
pub(super) fn push(text: &mut String, mut source: &str) {
    while let Some(at) = source.find('&') {
        let (before, rest) = source.split_at(at);
        text.push_str(before);
        let (character, length) = entity(rest).unwrap_or((' ', 1));
        text.push(character);
        source = rest.get(length..).unwrap_or_default();
    }
    text.push_str(source);
}

/// The value of an attribute.
fn resolved(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    push(&mut text, value);
    text
}

/// The character that an entity stands for, and its length. A number needs no end.
fn entity(source: &str) -> Option<(char, usize)> {
    if let Some(number) = source.strip_prefix("&#") {
        let hexadecimal = number.starts_with(['x', 'X']);
        let digits = number.get(usize::from(hexadecimal)..)?;
        let radix = if hexadecimal { 16 } else { 10 };
        let is_digit = |byte: &u8| char::from(*byte).is_digit(radix);
        let count = digits
            .bytes()
            .take(MOST_DIGITS)
            .take_while(is_digit)
            .count();
        let value = u32::from_str_radix(digits.get(..count)?, radix).ok()?;
        let length = 2 + usize::from(hexadecimal) + count;
        let ended = source.get(length..)?.starts_with(';');
        return Some((char::from_u32(value)?, length + usize::from(ended)));
    }
    let end = source.bytes().take(12).position(|byte| byte == b';')?;
    Some((resolve(source.get(1..end)?)?, end + 1))
}

/// Digits of the number of a character, zeros before it included.
const MOST_DIGITS: usize = 10;

/// The character of an entity that has a name: one of those that stand around codes and in styles; another is a sign between words.
fn resolve(entity: &str) -> Option<char> {
    Some(match entity {
        "shy" | "zwnj" | "zwj" => '\u{ad}',
        "ndash" | "mdash" | "minus" | "hyphen" | "dash" => '-',
        "gt" => '>',
        "lt" => '<',
        "amp" => '&',
        "colon" => ':',
        "semi" => ';',
        "period" => '.',
        "lpar" => '(',
        "rpar" => ')',
        "sol" => '/',
        "excl" => '!',
        "NewLine" => '\n',
        _ if entity.bytes().all(|byte| byte.is_ascii_alphanumeric()) => ' ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
