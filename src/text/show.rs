//! Text of others on its way to people. Characters that nobody sees can turn a line around, write over another or hide a word: they are shown for what they
//! are, and not kept where somebody hands them over to be kept.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character is no part of plain text of one line (SPEC.md 4.5): controls, directions, joiners, marks that have no width.
pub fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The first character of a text that is no part of plain text; none where all of it may be kept.
///
/// A joiner or non-joiner behind a letter of a script that is written with them (Arabic to Sinhala, Burmese, Khmer, Mongolian) is part of the word: Persian
/// and Indian names have them.
pub fn hidden_in(text: &str) -> Option<char> {
    hidden(text).map(|(_, character)| character).next()
}

/// A text as one line on which all of it is seen: `<U+202E>` stands for what would not be.
pub fn line(text: &str) -> Cow<'_, str> {
    spelled(text, |_| true)
}

/// As [`line()`], and line feeds stay: for what was put on several lines here.
pub fn lines(text: &str) -> Cow<'_, str> {
    spelled(text, |character| character != '\n')
}

fn spelled(text: &str, is_spelled: impl Fn(char) -> bool) -> Cow<'_, str> {
    let mut hidden = hidden(text).filter(|&(_, character)| is_spelled(character));
    let Some(first) = hidden.next() else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len() + 8);
    let mut from = 0;
    for (at, character) in std::iter::once(first).chain(hidden) {
        out.push_str(text.get(from..at).unwrap_or_default());
        // Writing to a string cannot fail.
        let _ = write!(out, "<U+{:04X}>", u32::from(character));
        from = at + character.len_utf8();
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// The hidden characters of a text and where they stand.
fn hidden(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut before = None;
    text.char_indices().filter(move |&(_, character)| {
        let joins = matches!(character, '\u{200c}' | '\u{200d}')
            && before.is_some_and(is_written_with_joiners);
        before = Some(character);
        is_hidden(character) && !joins
    })
}

fn is_written_with_joiners(letter: char) -> bool {
    let of_such_a_script = matches!(
        letter,
        '\u{600}'..='\u{dff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{18af}'
            | '\u{fb50}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}'
    );
    of_such_a_script && !is_hidden(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_reaches_from_end_to_end() {
        let ranges = [
            (0, 0x1f),
            (0x7f, 0x9f),
            (0x61c, 0x61c),
            (0x200b, 0x200f),
            (0x2028, 0x202e),
            (0x2060, 0x206f),
            (0xfeff, 0xfeff),
            (0xfff9, 0xfffb),
            (0xe0000, 0xe007f),
        ];
        for character in (0..=0x10_ffff).filter_map(char::from_u32) {
            let number = u32::from(character);
            let listed = ranges.iter().any(|&(a, b)| a <= number && number <= b);
            assert_eq!(is_hidden(character), listed, "U+{number:04X}");
        }
    }

    #[test]
    fn what_is_hidden_is_spelled() {
        for (text, shown) in [
            ("Aurora\u{1b}[2K", "Aurora<U+001B>[2K"),
            ("a\nb", "a<U+000A>b"),
            ("\u{202e}txt.exe\u{202c}", "<U+202E>txt.exe<U+202C>"),
            ("tag\u{e0041}", "tag<U+E0041>"),
            ("a\u{200b}b\u{feff}", "a<U+200B>b<U+FEFF>"),
            ("pay\u{200d}pal \u{200c}", "pay<U+200D>pal <U+200C>"),
            ("سلا\u{200c}\u{200c}م", "سلا\u{200c}<U+200C>م"),
            ("\u{61c}\u{200d}", "<U+061C><U+200D>"),
        ] {
            assert_eq!(line(text), shown);
            assert!(hidden_in(text).is_some(), "{shown}");
            assert_eq!(line(shown), shown);
        }
        assert_eq!(lines("a\nb\rc"), "a\nb<U+000D>c");
    }

    #[test]
    fn honest_names_stay() {
        for name in [
            "Bjørn & Søn",
            "علی\u{200c}رضا",
            "ශ්\u{200d}රී ලංකා",
            "രമേശന്\u{200d}",
            "株式会社",
            "שלום",
            "a\u{ad}b",
            "👍🏽",
        ] {
            assert_eq!(hidden_in(name), None, "{name}");
            assert!(matches!(line(name), Cow::Borrowed(_)));
        }
    }
}
