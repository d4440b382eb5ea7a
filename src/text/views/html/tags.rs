//! HTML cut into texts and tags where browsers cut it: no sign within quotes ends a tag, and what never ends takes all behind it along. Each byte is looked
//! at once, and those of a tag once more for its attributes.

/// Elements in which no tag begins but their own end.
const RAW: [&str; 8] = [
    "iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp",
];

/// A part of a page.
pub(super) enum Piece<'h> {
    /// What stands between tags; within some elements it is no text.
    Text(&'h str),
    /// A sign in the text, such as an arrow somebody typed.
    Sign,
    Open(Tag<'h>),
    Close(Name),
}

/// The beginning of an element.
pub(super) struct Tag<'h> {
    pub(super) name: Name,
    pub(super) attributes: Attributes<'h>,
}

/// The name of a tag in lower case, as far as one is known by it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    letters: [u8; Name::LONGEST],
    length: usize,
}

impl Name {
    const LONGEST: usize = 16;

    pub(super) fn of(name: &str) -> Name {
        let mut letters = [0; Name::LONGEST];
        for (letter, byte) in letters.iter_mut().zip(name.bytes()) {
            *letter = byte.to_ascii_lowercase();
        }
        let length = name.len().min(Name::LONGEST);
        Name { letters, length }
    }

    pub(super) fn as_str(&self) -> &str {
        let letters = self.letters.get(..self.length).unwrap_or_default();
        str::from_utf8(letters).unwrap_or_default()
    }

    pub(super) fn is_of(&self, names: &[&str]) -> bool {
        names.contains(&self.as_str())
    }
}

/// The attributes of a tag: names as they are written, values with their entities.
#[derive(Clone)]
pub(super) struct Attributes<'h> {
    rest: &'h str,
}

impl<'h> Attributes<'h> {
    /// What follows the tag; nothing where it never ends.
    fn behind(mut self) -> Option<&'h str> {
        self.by_ref().for_each(drop);
        self.rest.strip_prefix('>')
    }
}

impl<'h> Iterator for Attributes<'h> {
    type Item = (&'h str, &'h str);

    fn next(&mut self) -> Option<Self::Item> {
        let blank = |it: char| it.is_ascii_whitespace();
        let rest = self.rest.trim_start_matches(|it| blank(it) || it == '/');
        self.rest = rest;
        if rest.is_empty() || rest.starts_with('>') {
            return None;
        }
        // A name may begin with the sign that ends it elsewhere.
        let begin = usize::from(rest.starts_with('='));
        let (name, behind) = cut(rest, begin, |it| blank(it) || matches!(it, '/' | '>' | '='));
        let Some(value) = behind.trim_start_matches(blank).strip_prefix('=') else {
            self.rest = behind;
            return Some((name, ""));
        };
        let value = value.trim_start_matches(blank);
        let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''));
        let (value, behind) = match quote {
            Some(quote) => {
                let inner = value.get(1..).unwrap_or_default();
                inner.split_once(quote).unwrap_or_default()
            }
            None => cut(value, 0, |it| blank(it) || it == '>'),
        };
        self.rest = behind;
        Some((name, value))
    }
}

/// What stands before the first such sign from some place on, and the rest.
fn cut(text: &str, from: usize, ends: impl Fn(char) -> bool) -> (&str, &str) {
    let rest = text.get(from..).unwrap_or_default();
    let end = rest.find(ends).map_or(text.len(), |at| from + at);
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// The parts of a page in their order.
pub(super) fn pieces(html: &str) -> Pieces<'_> {
    Pieces {
        rest: html,
        raw: None,
    }
}

pub(super) struct Pieces<'h> {
    rest: &'h str,
    /// The element that was opened last, where no tag begins in it.
    raw: Option<Name>,
}

impl<'h> Iterator for Pieces<'h> {
    type Item = Piece<'h>;

    fn next(&mut self) -> Option<Piece<'h>> {
        loop {
            let rest = self.rest;
            let end = match self.raw.take() {
                Some(name) => end_of(rest, &name),
                None => rest.find('<').unwrap_or(rest.len()),
            };
            let (text, tag) = rest.split_at_checked(end).unwrap_or((rest, ""));
            self.rest = tag;
            if !text.is_empty() {
                return Some(Piece::Text(text));
            }
            let inner = tag.strip_prefix('<')?;
            match inner.strip_prefix('/').unwrap_or(inner).chars().next() {
                Some(first) if first.is_ascii_alphabetic() => return self.tag(inner),
                Some(_) if inner.starts_with(['/', '!', '?']) => {
                    self.rest = behind_comment(inner).unwrap_or_default();
                }
                _ => {
                    self.rest = inner;
                    return Some(Piece::Sign);
                }
            }
        }
    }
}

impl<'h> Pieces<'h> {
    /// The tag that begins here; nothing where it never ends, and nothing behind it either.
    fn tag(&mut self, inner: &'h str) -> Option<Piece<'h>> {
        let ends = inner.starts_with('/');
        let (name, rest) = cut(inner, usize::from(ends), |it| {
            it.is_ascii_whitespace() || matches!(it, '/' | '>')
        });
        let name = Name::of(name.strip_prefix('/').unwrap_or(name));
        let attributes = Attributes { rest };
        self.rest = "";
        self.rest = attributes.clone().behind()?;
        if ends {
            return Some(Piece::Close(name));
        }
        self.raw = Some(name).filter(|it| it.is_of(&RAW));
        Some(Piece::Open(Tag { name, attributes }))
    }
}

/// Where the element ends that holds no other.
fn end_of(text: &str, name: &Name) -> usize {
    let is_end = |at: &usize| {
        let inner = text.get(at + 2..).unwrap_or_default();
        let (found, _) = cut(inner, 0, |it| {
            it.is_ascii_whitespace() || matches!(it, '/' | '>' | '<')
        });
        Name::of(found) == *name
    };
    let mut ends = text.match_indices("</").map(|it| it.0);
    ends.find(is_end).unwrap_or(text.len())
}

/// What follows a comment, or something else that begins with such a sign.
fn behind_comment(inner: &str) -> Option<&str> {
    let Some(comment) = inner.strip_prefix('!').filter(|it| it.starts_with("--")) else {
        return inner.split_once('>').map(|it| it.1);
    };
    // An empty one may end with the dashes that it begins with.
    let mut ends = comment.match_indices('>').filter(|&(at, _)| {
        let before = comment.get(..at).unwrap_or_default();
        before.ends_with("--") || (at > 4 && before.ends_with("--!"))
    });
    let (at, _) = ends.next()?;
    comment.get(at + 1..)
}

/// Whether a tag of one of these names, or the end of one, begins here.
pub(super) fn begins(tag: &str, longest: usize, names: &[&str]) -> bool {
    let inner = tag.strip_prefix('<').unwrap_or(tag);
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let end = inner.char_indices().nth(longest).map(|it| it.0);
    let head = inner.get(..end.unwrap_or(inner.len())).unwrap_or_default();
    let is_name = |it: char| it.is_ascii_alphanumeric() || it == ':';
    let (name, _) = cut(head, 0, |it| !is_name(it));
    Name::of(name).is_of(names)
}
