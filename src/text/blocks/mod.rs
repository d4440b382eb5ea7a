//! Where a code begins and ends (SPEC.md 2.9): rows are told by their shape from what stands beside, before and after them.
//!
//! A token of dash-joined groups of five is a row, whatever else its line holds: the time and the name of a chat, the stamp of a log, initials, a
//! second column. What follows in a place where no row would stand, a read-back phrase or a telephone number, is none. What is found is written as
//! rows alone; it is one more sight of the text and never the only one.

mod token;

use super::Kind;
use super::symbols;
use token::{Hand, LONG, LONGEST_GROUP, Token, tokens};

/// What a mail program puts before a line that it quotes.
const QUOTE: &str = "> ";
/// The most blocks of one text that are looked at.
const MOST_BLOCKS: usize = 128;
/// Rows of one code have at most as many lines of something else between them.
const FARTHEST: usize = 24;
/// Short words beside a row that may belong to it, and groups that are taken together.
const MOST_GROUPS: usize = 12;
/// Symbols of a short last row on paper, one of which may be left out.
const SHORTEST_LAST: usize = 4;

/// The texts made of rows alone, each with the line that it begins in, the likeliest first: each block by itself, blocks of which another may be the end
/// together, and those with the short words beside their rows. What was quoted stays so.
pub(super) fn of(text: &str) -> Vec<(usize, String)> {
    let mut finder = Finder::default();
    for (number, line) in text.split(symbols::is_line_end).enumerate() {
        finder.number = number;
        finder.quoted = line.trim_start().starts_with('>');
        finder.line(line);
    }
    finder.finish()
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
    /// The most lines from one row to the next.
    apart: usize,
    /// How its rows are written.
    hand: Hand,
    /// What may be a short last row, though nothing tells that it stands no farther from the others than they from each other.
    last: Option<String>,
}

impl Block {
    fn with_last(&self) -> impl Iterator<Item = &String> {
        self.rows.iter().chain(&self.last)
    }

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
                self.add(token.text.clone(), wide(&tokens, at), token.hand());
                found = true;
            } else if !found {
                let run = plain_groups(&tokens, at);
                if run > 0 {
                    let words = tokens.get(at..at + run).unwrap_or_default();
                    let text = joined(words);
                    let lower = words.iter().any(|it| it.lower);
                    let hand = Hand {
                        lower,
                        whole: false,
                    };
                    self.add(text.clone(), text, hand);
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
        if let Some(open) = &self.open {
            // A short last row stands where the rows before it stood, and alone.
            let rest = tokens.get(self.leading..).unwrap_or_default();
            let symbols: usize = rest.iter().map(|token| token.symbols).sum();
            let hand = open.hand;
            let short = rest.iter().all(|it| it.is_short(hand));
            if short && (SHORTEST_LAST..LONG + LONGEST_GROUP).contains(&symbols) {
                let text = joined(rest);
                // Small letters without a figure are a word as well as the end of a code.
                let word = hand.lower && rest.iter().all(|it| it.digits == 0);
                // Between lines that are paragraphs each, mail programs put empty ones.
                if self.since <= open.apart.max(1) && !word {
                    return self.add(text.clone(), text, hand);
                }
                if self.since <= FARTHEST {
                    self.add_apart(text);
                }
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

    fn add(&mut self, row: String, wide: String, hand: Hand) {
        let kind = self.pending.take().map(|(kind, _)| kind);
        let since = std::mem::take(&mut self.since);
        let block = self.open.get_or_insert_with(|| Block {
            kind,
            after: since,
            line: self.number,
            ..Block::default()
        });
        if !block.rows.is_empty() {
            block.apart = block.apart.max(since);
        }
        block.hand = hand;
        let quote = if self.quoted { QUOTE } else { "" };
        block.rows.push(format!("{quote}{row}"));
        block.wide.push(format!("{quote}{wide}"));
    }

    fn add_apart(&mut self, row: String) {
        let quote = if self.quoted { QUOTE } else { "" };
        if let Some(open) = &mut self.open {
            open.last = Some(format!("{quote}{row}"));
        }
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
        for block in self.blocks.iter().filter(|it| it.last.is_some()) {
            let rows: Vec<String> = block.with_last().cloned().collect();
            texts.push(block.text(&rows));
        }
        let apart = |_: &Block, next: &Block| next.kind.is_none() && next.after <= FARTHEST;
        for together in self.blocks.chunk_by(apart).filter(|it| it.len() > 1) {
            let rows: Vec<String> = together
                .iter()
                .flat_map(Block::with_last)
                .cloned()
                .collect();
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
        .take_while(|(this, before)| !this.apart && before.is_short(Hand::default()));
    let start = at - reach.count();
    let after = tokens.get(at + 1..).unwrap_or_default();
    let more = after
        .iter()
        .take(MOST_GROUPS)
        .take_while(|it| !it.apart && it.is_short(Hand::default()));
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
    let (fives, digits, lower) = fives.fold((0, 0, false), |(count, digits, lower), (_, it)| {
        (count + 1, digits + it.digits, lower | it.lower)
    });
    // Small letters alone are words.
    if fives < 3 || digits < if lower { fives } else { 1 } {
        return 0;
    }
    let hand = Hand {
        lower,
        whole: false,
    };
    let more = rest.iter().skip(fives).take(MOST_GROUPS);
    fives + more.take_while(|it| !it.apart && it.is_short(hand)).count()
}
