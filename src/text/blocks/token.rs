//! The words of a line, and which of them are rows or may be a part of one.

use super::super::Kind;
use super::super::symbols::{self, Glyph};

/// Characters of what stands between `<` and `>`, such as the number that a telephone made of a group.
const LONGEST_LINK: usize = 200;
/// A link that a program adds to a word: it separates nothing.
const LINKS: [&str; 6] = ["tel:", "callto:", "sip:", "mailto:", "http:", "https:"];
/// Symbols of a token that is a row in one piece, without dashes.
pub(super) const LONG: usize = 20;
/// Symbols of the longest group that is still one: two with the dash between them left out, and a symbol too many.
pub(super) const LONGEST_GROUP: usize = 12;
const GROUP: usize = 5;

/// A word, its dashes included.
#[derive(Debug, Default)]
pub(super) struct Token {
    /// With plain dashes and without what takes no place.
    pub(super) text: String,
    /// Something besides blanks stands before it.
    pub(super) apart: bool,
    /// A colon stands behind it.
    pub(super) colon: bool,
    pub(super) symbols: usize,
    pub(super) digits: usize,
    groups: usize,
    fives: usize,
    /// Symbols of the longest group, and of the last.
    longest: usize,
    last: usize,
    pub(super) lower: bool,
    upper: bool,
    /// A letter that hexadecimal figures do not have.
    beyond_hex: bool,
}

/// How somebody writes rows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hand {
    /// In small letters.
    pub(super) lower: bool,
    /// In one piece, without dashes.
    pub(super) whole: bool,
}

impl Token {
    fn push(&mut self, character: char, glyph: Glyph) {
        match glyph {
            Glyph::Dash => {
                self.end_group();
                self.text.push('-');
            }
            Glyph::Symbol { digit, .. } => {
                self.text.push(character);
                self.symbols += 1;
                self.last += 1;
                self.digits += usize::from(digit);
                self.lower |= character.is_lowercase();
                self.upper |= character.is_uppercase();
                self.beyond_hex |= !character.is_ascii_hexdigit();
            }
            Glyph::Gap | Glyph::Line | Glyph::Invisible => {}
        }
    }

    fn end_group(&mut self) {
        if self.last > 0 {
            self.groups += 1;
            self.fives += usize::from(self.last == GROUP);
            self.longest = self.longest.max(self.last);
        }
        self.last = 0;
    }

    fn is_one_case(&self) -> bool {
        !(self.lower && self.upper)
    }

    /// Whether this alone is a row or a good part of one: groups of five with dashes, or so many symbols in one piece that no word has them.
    pub(super) fn is_row(&self) -> bool {
        let dashed = self.groups >= 2
            && 2 * self.fives >= self.groups
            && self.longest <= LONGEST_GROUP
            && (self.digits > 0 || self.groups >= 4);
        let whole = self.symbols >= LONG && self.digits > 0 && self.beyond_hex;
        self.is_one_case() && (dashed || (whole && self.groups <= 6))
    }

    pub(super) fn is_five(&self) -> bool {
        self.groups == 1 && self.longest == GROUP && self.is_one_case()
    }

    /// Whether this may be a part of a row, those around it being written in this `hand`.
    pub(super) fn is_short(&self, hand: Hand) -> bool {
        let longest = if hand.whole { LONG - 1 } else { LONGEST_GROUP };
        let case = !self.lower || (hand.lower && !self.upper);
        case && self.longest <= longest && self.symbols > 0
    }

    /// How this is written, which is a row.
    pub(super) fn hand(&self) -> Hand {
        Hand {
            lower: self.lower,
            whole: self.longest >= LONG,
        }
    }

    pub(super) fn prefix(&self) -> Option<Kind> {
        let named = |kind: &Kind| {
            kind.prefix().is_some_and(|prefix| {
                let same = prefix.chars().zip(self.text.chars()).all(|(a, b)| {
                    symbols::value_of(a).is_some_and(|value| symbols::value_of(b) == Some(value))
                });
                same && prefix.len() == self.text.chars().count()
            })
        };
        Kind::ALL.into_iter().find(named)
    }
}

/// The words of a line.
pub(super) fn tokens(line: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut open = Token::default();
    let mut rest = line;
    let mut apart = false;
    while let Some(character) = rest.chars().next() {
        let after = rest.get(character.len_utf8()..).unwrap_or_default();
        if let Some(behind) = behind_link(rest) {
            rest = behind;
            continue;
        }
        rest = after;
        let glyph = symbols::glyph(character);
        match glyph {
            Glyph::Symbol { .. } | Glyph::Dash => {
                if open.text.is_empty() {
                    open.apart = std::mem::take(&mut apart);
                }
                open.push(symbols::fold_width(character), glyph);
            }
            Glyph::Invisible => {}
            Glyph::Gap | Glyph::Line => {
                let colon = symbols::fold_width(character) == ':';
                close(&mut open, &mut tokens, colon);
                apart |= !character.is_whitespace();
            }
        }
    }
    close(&mut open, &mut tokens, false);
    tokens
}

fn close(open: &mut Token, tokens: &mut Vec<Token>, colon: bool) {
    let mut token = std::mem::take(open);
    token.end_group();
    token.colon = colon;
    if token.symbols > 0 {
        tokens.push(token);
    } else if colon
        && let Some(last) = tokens.last_mut()
        && token.text.is_empty()
        && last.prefix().is_some()
    {
        // A blank before the colon, as French has it.
        last.colon = true;
    }
}

/// What follows a link that some program put behind a word, if one begins here.
fn behind_link(rest: &str) -> Option<&str> {
    let inner = rest.strip_prefix('<')?;
    let is_link = |link: &&str| {
        let start = inner.get(..link.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(link))
    };
    LINKS.iter().find(|link| is_link(link))?;
    let end = inner
        .bytes()
        .take(LONGEST_LINK)
        .position(|byte| byte == b'>')?;
    inner.get(end + 1..)
}
