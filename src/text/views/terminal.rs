//! What a terminal shows: colours, titles and links are signs to it and no text.

const ESCAPE: char = '\u{1b}';
const BACKSPACE: char = '\u{8}';

/// How a colour ends, where what copied the text took the escape for nothing.
const RESET: &str = "[0m";

/// The text without control sequences, also where a program wrote the escape as `^[`.
pub(super) fn view(text: &str) -> Option<String> {
    let overstruck = text.contains(BACKSPACE);
    if !overstruck && !text.contains(ESCAPE) && !text.contains("^[[") && !text.contains('\u{9b}') {
        return text.contains(RESET).then(|| without_colours(text));
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

/// The text without colours of which the escape was lost: numbers in brackets that nothing closes.
fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('[') {
        out.push_str(before);
        let inner = behind.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        rest = inner.strip_prefix('m').unwrap_or_else(|| {
            out.push('[');
            behind
        });
    }
    out + rest
}

#[cfg(test)]
mod tests {
    #[test]
    fn colours_without_their_escape_are_gone() {
        let text = "[1;92mREQ1: A[0] [0m\n[m[32;1H";
        assert_eq!(super::view(text).as_deref(), Some("REQ1: A[0] \n[32;1H"));
        assert_eq!(super::view("A[0] = [1m"), None);
    }
}
