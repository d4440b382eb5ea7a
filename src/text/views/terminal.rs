//! What a terminal shows: colours, titles and links are signs to it and no text.

const ESCAPE: char = '\u{1b}';
const BACKSPACE: char = '\u{8}';

/// The text without control sequences, also where a program wrote the escape as `^[`.
pub(super) fn view(text: &str) -> Option<String> {
    let overstruck = text.contains(BACKSPACE);
    if !overstruck && !text.contains(ESCAPE) && !text.contains("^[[") && !text.contains('\u{9b}') {
        return None;
    }
    let text = text.replace("^[[", "\u{1b}[").replace('\u{9b}', "\u{1b}[");
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == BACKSPACE {
            // A printer wrote the letter twice, or a line under it.
            out.pop();
            continue;
        }
        if character != ESCAPE {
            out.push(character);
            continue;
        }
        match characters.next() {
            // A sequence ends with a letter or one of a few signs.
            Some('[') => {
                for next in characters.by_ref() {
                    if matches!(next, '@'..='~') || next == '\n' {
                        break;
                    }
                }
            }
            // A title or a link ends with a bell or an escape and a backslash.
            Some(']') => {
                while let Some(next) = characters.next() {
                    if next == ESCAPE {
                        characters.next_if_eq(&'\\');
                        break;
                    }
                    if next == '\u{7}' || next == '\n' {
                        break;
                    }
                }
            }
            // A character set has one more letter.
            Some('(' | ')') => drop(characters.next()),
            _ => {}
        }
    }
    Some(out)
}
