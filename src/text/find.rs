//! Text as a stream of symbols (SPEC.md 2.1): what separates is gone, what it told of words and lines is kept beside the symbols.

use std::borrow::Cow;
use std::ops::Range;

use super::meter::Meter;
use super::symbols::{self, Glyph};
use super::{Kind, rows};

/// How much of a text is looked at, in bytes: more than any mail in which a person would look for a code.
pub const LOOKED_AT: usize = 1 << 20;
/// The most places at which a code is thought to begin.
const MOST_STARTS: usize = 1 << 14;
/// A label before a colon at the beginning of a line, such as `row 3:`, is at most this long, in symbols.
const LONGEST_LABEL: usize = 16;
/// As many of the next symbols must be digits for words to be a code: chance makes a third of them digits, prose hardly any.
const FEWEST_DIGITS: usize = 3;
/// As many groups of five, or as many symbols in one piece, are a code even where chance gave it no digits.
const FEWEST_GROUPS: usize = 4;

/// What stands before a symbol, as bits of a mark.
const AFTER_DASH: u8 = 1;
const AFTER_GAP: u8 = 2;
const AFTER_LINE: u8 = 4;
/// The symbol was written as a digit.
const DIGIT: u8 = 8;
/// The line is one that a mail program quoted.
const QUOTED: u8 = 16;

/// The symbols of a text in order. A place is an index into it; its end is one, too.
#[derive(Debug)]
pub(super) struct Stream {
    values: Vec<u8>,
    marks: Vec<u8>,
    prefixes: Vec<(usize, Kind)>,
    pending: u8,
    /// Where lines begin that have symbols, and which lines of the text they are.
    lines: Vec<(usize, usize)>,
    meter: Meter,
}

/// With a line break before each prefix that stands directly behind something: files that end without one were put one behind another.
pub(super) fn apart(text: &str) -> Cow<'_, str> {
    let (mut apart, mut copied) = (String::new(), 0);
    for (colon, _) in text.match_indices(':') {
        let before = text.get(..colon).unwrap_or_default().as_bytes();
        let glued = |prefix: &&str| {
            let at = before.len().checked_sub(prefix.len() + 1);
            let (one, word) = at.and_then(|at| before.get(at..)?.split_first())?;
            (one.is_ascii_alphanumeric() && word.eq_ignore_ascii_case(prefix.as_bytes()))
                .then_some(())
        };
        let mut prefixes = Kind::ALL.iter().filter_map(|kind| kind.prefix());
        let Some(prefix) = prefixes.find(|prefix| glued(prefix).is_some()) else {
            continue;
        };
        let at = colon - prefix.len();
        apart.push_str(text.get(copied..at).unwrap_or_default());
        apart.push('\n');
        copied = at;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    apart.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(apart)
}

impl Stream {
    /// The symbols of `text`, without quote marks, list numbers, labels at the beginning of a line, and prefixes.
    pub(super) fn new(text: &str) -> Stream {
        Stream::at_line(text, 0, &Meter::new(usize::MAX))
    }

    /// The same of a text that begins in some line of another; looking at its symbols is paid from this meter.
    pub(super) fn at_line(text: &str, number: usize, meter: &Meter) -> Stream {
        let mut stream = Stream {
            values: Vec::new(),
            marks: Vec::new(),
            prefixes: Vec::new(),
            pending: AFTER_LINE | AFTER_GAP,
            lines: Vec::new(),
            meter: meter.clone(),
        };
        let mut line = Line {
            number,
            ..Line::default()
        };
        for character in head(text).chars() {
            match symbols::glyph(character) {
                Glyph::Symbol { value, digit } => stream.push(value, digit, &line),
                Glyph::Invisible => {}
                Glyph::Dash => {
                    stream.pending |= AFTER_DASH;
                    line.dashed |= stream.len() > line.start;
                }
                Glyph::Gap => {
                    stream.sign(character, &mut line);
                    stream.pending |= AFTER_GAP;
                }
                Glyph::Line => {
                    stream.pending |= AFTER_GAP | AFTER_LINE;
                    line = Line {
                        start: stream.len(),
                        number: line.number + 1,
                        ..Line::default()
                    };
                }
            }
        }
        stream
    }

    fn push(&mut self, value: u8, digit: bool, line: &Line) {
        if self.pending & AFTER_LINE != 0 {
            self.lines.push((self.len(), line.number));
        }
        self.values.push(value);
        let digit = if digit { DIGIT } else { 0 };
        let quoted = if line.quoted { QUOTED } else { 0 };
        self.marks.push(self.pending | digit | quoted);
        self.pending = 0;
    }

    /// Drops what a sign shows to be no part of a code: a prefix or a label before a colon, a list number.
    fn sign(&mut self, character: char, line: &mut Line) {
        let word = self.word_before(self.len()).max(line.start);
        let label = self.len() - line.start;
        line.quoted |= character == '>' && label == 0 && !line.labelled;
        match symbols::fold_width(character) {
            ':' if self.kind_of(word..self.len()).is_some() => {
                let kind = self.kind_of(word..self.len());
                self.truncate(word, line);
                if self.prefixes.len() < MOST_STARTS {
                    self.prefixes.extend(kind.map(|kind| (word, kind)));
                }
            }
            ':' if !line.labelled && !line.dashed && label <= LONGEST_LABEL => {
                self.truncate(line.start, line);
                line.labelled = true;
            }
            ')' | '.' | ']'
                if !line.labelled
                    && !line.dashed
                    && label <= 2
                    && self.digits(line.start..self.len()) == label =>
            {
                self.truncate(line.start, line);
                line.labelled = true;
            }
            _ => {}
        }
    }

    fn truncate(&mut self, to: usize, line: &Line) {
        self.values.truncate(to);
        self.marks.truncate(to);
        while self.lines.last().is_some_and(|&(place, _)| place >= to) {
            self.lines.pop();
        }
        // A prefix before a label stands before what follows the label; so they stay in order.
        let behind = self.prefixes.iter_mut().rev();
        for (place, _) in behind.take_while(|(place, _)| *place > to) {
            *place = to;
        }
        self.pending |= AFTER_GAP | if to <= line.start { AFTER_LINE } else { 0 };
    }

    /// What may still be looked at.
    pub(super) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// How many symbols there are: the place after the last.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether another has the same symbols, parted in the same places.
    pub(super) fn is_same(&self, other: &Stream) -> bool {
        self.values == other.values && self.marks == other.marks
    }

    /// All symbols; whoever goes through them counts it.
    pub(super) fn symbols(&self) -> &[u8] {
        &self.values
    }

    /// The symbols of a stretch; none where it reaches beyond the end.
    pub(super) fn get(&self, stretch: Range<usize>) -> Option<&[u8]> {
        self.meter.count(stretch.len());
        self.values.get(stretch)
    }

    fn marked(&self, place: usize, bits: u8) -> bool {
        self.meter.count(1);
        self.marks.get(place).is_none_or(|mark| mark & bits != 0)
    }

    /// Whether something separates what stands before a place from what stands after it.
    pub(super) fn parts(&self, place: usize) -> bool {
        self.marked(place, AFTER_DASH | AFTER_GAP | AFTER_LINE)
    }

    /// Whether a word begins here: something other than a dash stands before.
    pub(super) fn begins_word(&self, place: usize) -> bool {
        self.marked(place, AFTER_GAP | AFTER_LINE)
    }

    /// Whether a line begins here.
    pub(super) fn begins_line(&self, place: usize) -> bool {
        self.marked(place, AFTER_LINE)
    }

    /// Whether a mail program quoted the line that a place is on.
    pub(super) fn is_quoted(&self, place: usize) -> bool {
        let mark = self.marks.get(place);
        mark.is_some_and(|mark| mark & QUOTED != 0)
    }

    /// Which line of the text a place is on, from 0.
    pub(super) fn line_of(&self, place: usize) -> usize {
        let behind = self.lines.partition_point(|&(start, _)| start <= place);
        let line = behind.checked_sub(1).and_then(|at| self.lines.get(at));
        line.map_or(0, |&(_, number)| number)
    }

    /// How many symbols of a stretch were written as digits.
    pub(super) fn digits(&self, stretch: Range<usize>) -> usize {
        self.meter.count(stretch.len());
        self.marks.get(stretch).map_or(0, |marks| {
            marks.iter().filter(|&mark| mark & DIGIT != 0).count()
        })
    }

    /// Whether what begins here has what a code has and prose has not: digits, groups of five, or no separators at all.
    pub(super) fn looks_like_code(&self, place: usize) -> bool {
        let end = self.len().min(place + rows::LONGEST);
        let parted =
            || (1..=FEWEST_GROUPS * rows::GROUP).map(|length| (length, self.parts(place + length)));
        let grouped =
            || parted().all(|(length, parts)| parts == length.is_multiple_of(rows::GROUP));
        let unbroken =
            || parted().all(|(length, parts)| !parts || length == FEWEST_GROUPS * rows::GROUP);
        end >= place + rows::SHORTEST
            && (self.digits(place..end) >= FEWEST_DIGITS || grouped() || unbroken())
    }

    /// Where the word begins that ends before a place.
    fn word_before(&self, place: usize) -> usize {
        // No prefix is longer than five symbols: a longer word need not be followed to its beginning.
        (place.saturating_sub(6)..place)
            .rev()
            .find(|&place| self.parts(place))
            .unwrap_or(place)
    }

    /// The kind whose prefix stands in a stretch; of LOAN1 the kind is not known, and one stands for both.
    fn kind_of(&self, stretch: Range<usize>) -> Option<Kind> {
        let written = self.get(stretch)?;
        Kind::ALL.into_iter().find(|kind| {
            kind.prefix().is_some_and(|prefix| {
                prefix
                    .chars()
                    .map(symbols::value_of)
                    .eq(written.iter().copied().map(Some))
            })
        })
    }

    /// Whether a prefix stands before what begins within `places`.
    pub(super) fn has_prefix(&self, places: Range<usize>) -> bool {
        self.meter.count(1);
        let first = self
            .prefixes
            .partition_point(|&(place, _)| place < places.start);
        self.prefixes
            .get(first)
            .is_some_and(|&(place, _)| place < places.end)
    }

    /// Where a prefix says that a code begins, and of which kind, in the order of the text.
    pub(super) fn prefixes(&self) -> &[(usize, Kind)] {
        self.meter.count(self.prefixes.len());
        &self.prefixes
    }

    /// The places at which a code may begin, likeliest first: after a prefix, at the beginning of a line, of a word.
    pub(super) fn starts(&self) -> Vec<usize> {
        let mut starts: Vec<usize> = self.prefixes.iter().map(|&(place, _)| place).collect();
        let words = (0..self.len())
            .filter(|&place| self.begins_word(place) && self.looks_like_code(place))
            .take(MOST_STARTS);
        let (lines, words): (Vec<usize>, Vec<usize>) =
            words.partition(|&place| self.begins_line(place));
        let glued: Vec<usize> = lines
            .iter()
            .chain(&words)
            .filter_map(|&place| self.after_glued_prefix(place))
            .collect();
        starts.extend(glued.into_iter().chain(lines).chain(words));
        let mut seen = std::collections::HashSet::new();
        starts.retain(|&place| seen.insert(place));
        starts.truncate(MOST_STARTS);
        starts
    }

    /// Where a code begins whose prefix has lost its colon, or has even run into the code.
    fn after_glued_prefix(&self, place: usize) -> Option<usize> {
        [4, 5]
            .into_iter()
            .map(|length| place + length)
            .find(|&end| end < self.len() && self.kind_of(place..end).is_some())
    }

    /// The stretches between line breaks.
    pub(super) fn lines(&self) -> impl Iterator<Item = Range<usize>> {
        let mut start = 0;
        (1..=self.len())
            .filter(|&place| self.begins_line(place))
            .map(move |end| {
                let line = start..end;
                start = end;
                line
            })
    }
}

/// What is known of the line that is being read.
#[derive(Default)]
struct Line {
    start: usize,
    number: usize,
    dashed: bool,
    labelled: bool,
    quoted: bool,
}

/// As much of a text as is looked at, cut at a character.
pub(super) fn head(text: &str) -> &str {
    head_of(text, LOOKED_AT)
}

/// As much of a text as so many bytes hold, cut at a character.
pub(super) fn head_of(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len()))
        .rev()
        .find(|&end| text.is_char_boundary(end))
        .unwrap_or_default();
    text.get(..end).unwrap_or_default()
}
