//! Where a code begins and ends (SPEC.md 2.9): rows are told by their shape from what stands beside, before and after them.
//!
//! A token of dash-joined groups of five is a row, whatever else its line holds: the time and the name of a chat, the stamp of a log, initials, a
//! second column. What follows in a place where no row would stand, a read-back phrase or a telephone number, is none. What is found is written as
//! rows alone; it is one more sight of the text and never the only one.

use super::Kind;
use super::symbols::{self, Glyph};

/// What a mail program puts before a line that it quotes.
const QUOTE: &str = "> ";
/// The most blocks of one text that are looked at.
const MOST_BLOCKS: usize = 128;
/// Rows of one code have at most as many lines of something else between them.
const FARTHEST: usize = 24;
/// Symbols of a token that is a row in one piece, without dashes.
const LONG: usize = 20;
/// Symbols of the longest group that is still one: two with the dash between them left out, and a symbol too many.
const LONGEST_GROUP: usize = 12;
const GROUP: usize = 5;
/// Short words beside a row that may belong to it, and groups that are taken together.
const MOST_GROUPS: usize = 12;
/// Symbols of a short last row on paper, one of which may be left out.
const SHORTEST_LAST: usize = 4;
/// Characters of what stands between `<` and `>`, such as the number that a telephone made of a group.
const LONGEST_LINK: usize = 200;
/// A link that a program adds to a word: it separates nothing.
const LINKS: [&str; 6] = ["tel:", "callto:", "sip:", "mailto:", "http:", "https:"];

/// The texts made of rows alone, each with the line that it begins in, the likeliest first: each block by itself, blocks of which another may be the end
/// together, and those with the short words beside their rows. What was quoted stays so.
pub(super) fn of(text: &str) -> Vec<(usize, String)> {
    let mut finder = Finder::default();
    for (number, line) in text.split(is_line_end).enumerate() {
        finder.number = number;
        finder.quoted = line.trim_start().starts_with('>');
        finder.line(line);
    }
    finder.finish()
}

fn is_line_end(character: char) -> bool {
    symbols::glyph(character) == Glyph::Line
}

/// Rows that follow each other with nothing between but blank lines.
#[derive(Debug, Default)]
struct Block {
    kind: Option<Kind>,
    /// Lines since the block before.
    after: usize,
    /// The line that it begins in, from 0.
    line: usize,
    rows: Vec<String>,
    /// The same with the short words beside them.
    wide: Vec<String>,
}

impl Block {
    fn text(&self, rows: &[String]) -> (usize, String) {
        let rows = rows.join("\n");
        let text = match (self.kind.and_then(Kind::prefix), rows.strip_prefix(QUOTE)) {
            (None, _) => rows,
            (Some(prefix), Some(quoted)) => format!("{QUOTE}{prefix}: {quoted}"),
            (Some(prefix), None) => format!("{prefix}: {rows}"),
        };
        (self.line, text)
    }
}

#[derive(Default)]
struct Finder {
    blocks: Vec<Block>,
    open: Option<Block>,
    /// A prefix without a row so far, and how many lines ago it stood.
    pending: Option<(Kind, usize)>,
    /// Lines that hold no row since the last one that does.
    since: usize,
    /// How many tokens stood before the row on the last line that had one.
    leading: usize,
    /// The line that is read, from 0, and whether it is quoted.
    number: usize,
    quoted: bool,
}

impl Finder {
    fn line(&mut self, line: &str) {
        let tokens = tokens(line);
        if tokens.is_empty() {
            return self.pass(false);
        }
        let mut leading = 0;
        let mut found = false;
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            if let Some(kind) = token.prefix() {
                let follows = tokens.get(at + 1).is_some_and(|next| next.is_row());
                if token.colon || follows {
                    self.close();
                    self.pending = Some((kind, 0));
                    at += 1;
                    continue;
                }
            }
            if token.is_row() {
                self.add(token.text.clone(), wide(&tokens, at));
                found = true;
            } else if !found {
                let run = plain_groups(&tokens, at);
                if run > 0 {
                    let words = tokens.get(at..at + run).unwrap_or_default();
                    let text = joined(words);
                    self.add(text.clone(), text);
                    found = true;
                    at += run;
                    continue;
                }
                leading += 1;
            }
            at += 1;
        }
        if found {
            self.leading = leading;
            return;
        }
        if self.open.is_some() && self.since <= 1 {
            // A short last row stands where the rows before it stood, and alone.
            let rest = tokens.get(self.leading..).unwrap_or_default();
            let symbols: usize = rest.iter().map(|token| token.symbols).sum();
            let short = rest.iter().all(Token::is_short);
            if short && (SHORTEST_LAST..LONG + LONGEST_GROUP).contains(&symbols) {
                let text = joined(rest);
                return self.add(text.clone(), text);
            }
        }
        self.pass(true);
    }

    /// A line without a row; only one with words on it ends a block.
    fn pass(&mut self, words: bool) {
        if words {
            self.close();
            if let Some((_, ago)) = &mut self.pending {
                *ago += 1;
            }
            self.pending = self.pending.filter(|(_, ago)| *ago <= 2);
        }
        self.since += 1;
    }

    fn add(&mut self, row: String, wide: String) {
        let kind = self.pending.take().map(|(kind, _)| kind);
        let since = std::mem::take(&mut self.since);
        let block = self.open.get_or_insert_with(|| Block {
            kind,
            after: since,
            line: self.number,
            ..Block::default()
        });
        let quote = if self.quoted { QUOTE } else { "" };
        block.rows.push(format!("{quote}{row}"));
        block.wide.push(format!("{quote}{wide}"));
    }

    fn close(&mut self) {
        if let Some(block) = self.open.take()
            && self.blocks.len() < MOST_BLOCKS
        {
            self.blocks.push(block);
        }
    }

    fn finish(mut self) -> Vec<(usize, String)> {
        self.close();
        let mut texts: Vec<(usize, String)> = Vec::new();
        for block in &self.blocks {
            texts.push(block.text(&block.rows));
        }
        let apart = |_: &Block, next: &Block| next.kind.is_none() && next.after <= FARTHEST;
        for together in self.blocks.chunk_by(apart).filter(|it| it.len() > 1) {
            let rows: Vec<String> = together.iter().flat_map(|it| it.rows.clone()).collect();
            texts.extend(together.first().map(|first| first.text(&rows)));
        }
        for block in self.blocks.iter().filter(|it| it.wide != it.rows) {
            texts.push(block.text(&block.wide));
        }
        texts
    }
}

/// A row with the short words beside it: a blank in the middle of a group makes such of its halves.
fn wide(tokens: &[Token], at: usize) -> String {
    let before = tokens.get(..=at).unwrap_or_default();
    let reach = before
        .iter()
        .rev()
        .zip(before.iter().rev().skip(1))
        .take(MOST_GROUPS)
        .take_while(|(this, before)| !this.apart && before.is_short());
    let start = at - reach.count();
    let after = tokens.get(at + 1..).unwrap_or_default();
    let more = after
        .iter()
        .take(MOST_GROUPS)
        .take_while(|it| !it.apart && it.is_short());
    joined(tokens.get(start..=at + more.count()).unwrap_or_default())
}

fn joined(tokens: &[Token]) -> String {
    let texts: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    texts.join(" ")
}

/// How many groups of five with blanks between them, and at least one figure, begin here: a row that was written without dashes.
fn plain_groups(tokens: &[Token], at: usize) -> usize {
    let rest = tokens.get(at..).unwrap_or_default();
    let fives = rest
        .iter()
        .enumerate()
        .take_while(|(nth, it)| it.is_five() && (*nth == 0 || !it.apart))
        .take(MOST_GROUPS);
    let (fives, digits) = fives.fold((0, 0), |(count, digits), (_, it)| {
        (count + 1, digits + it.digits)
    });
    if fives < 3 || digits == 0 {
        return 0;
    }
    let more = rest.iter().skip(fives).take(MOST_GROUPS);
    fives + more.take_while(|it| !it.apart && it.is_short()).count()
}

/// A word, its dashes included.
#[derive(Debug, Default)]
struct Token {
    /// With plain dashes and without what takes no place.
    text: String,
    /// Something besides blanks stands before it.
    apart: bool,
    /// A colon stands behind it.
    colon: bool,
    symbols: usize,
    digits: usize,
    groups: usize,
    fives: usize,
    /// Symbols of the longest group, and of the last.
    longest: usize,
    last: usize,
    lower: bool,
    upper: bool,
    /// A letter that hexadecimal figures do not have.
    beyond_hex: bool,
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
    fn is_row(&self) -> bool {
        let dashed = self.groups >= 2
            && 2 * self.fives >= self.groups
            && self.longest <= LONGEST_GROUP
            && (self.digits > 0 || self.groups >= 4);
        let whole = self.symbols >= LONG && self.digits > 0 && self.beyond_hex;
        self.is_one_case() && (dashed || (whole && self.groups <= 6))
    }

    fn is_five(&self) -> bool {
        self.groups == 1 && self.longest == GROUP && !self.lower
    }

    /// Whether this may be a part of a row: figures and capital letters.
    fn is_short(&self) -> bool {
        !self.lower && self.longest <= LONGEST_GROUP && self.symbols > 0
    }

    fn prefix(&self) -> Option<Kind> {
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
fn tokens(line: &str) -> Vec<Token> {
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
