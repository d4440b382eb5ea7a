//! The alphabet (SPEC.md 2.1): what a character that somebody typed, pasted or scanned stands for.

use base32::Alphabet;

/// Crockford's base32 alphabet in the order of the symbols' values.
const ALPHABET: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The value of a symbol that is there but cannot be read.
pub(super) const ILLEGIBLE: u8 = 32;

/// What a character is to a reader of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Glyph {
    /// A symbol, or [`ILLEGIBLE`]; whether it was written as a digit, which prose seldom is.
    Symbol { value: u8, digit: bool },
    /// Stands between groups of a row.
    Dash,
    /// Stands between words: a blank, or any sign that is neither letter nor dash.
    Gap,
    /// Begins a line.
    Line,
    /// Takes no place at all.
    Invisible,
}

/// The symbol with this value (SPEC.md 2.1).
pub(super) fn letter(value: u8) -> char {
    ALPHABET
        .get(usize::from(value))
        .map_or('?', |&letter| char::from(letter))
}

/// Symbols in writing.
pub(crate) fn write(symbols: &[u8]) -> String {
    symbols.iter().map(|&value| letter(value)).collect()
}

/// Bytes as symbols, five bits to each, the last filled up with zeros (SPEC.md 2.2).
pub(crate) fn pack(bytes: &[u8]) -> Vec<u8> {
    base32::encode(Alphabet::Crockford, bytes)
        .chars()
        .filter_map(value_of)
        .collect()
}

/// The bytes of symbols; nothing where one is illegible, or where their number or an unused bit is none that [`pack`] makes: the decoder of the crate
/// takes those, hence the way back.
pub(crate) fn unpack(symbols: &[u8]) -> Option<Vec<u8>> {
    let bytes = base32::decode(Alphabet::Crockford, &write(symbols))?;
    (pack(&bytes) == symbols).then_some(bytes)
}

/// What `character` is to a reader (SPEC.md 2.1).
pub(super) fn glyph(character: char) -> Glyph {
    let character = fold_width(character);
    if let Ok(byte) = u8::try_from(character)
        && let Some(value) = value(byte)
    {
        return Glyph::Symbol {
            value,
            digit: byte.is_ascii_digit(),
        };
    }
    match character {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Glyph::Line,
        _ if is_invisible(character) => Glyph::Invisible,
        _ if is_dash(character) => Glyph::Dash,
        // Somebody's keyboard or scanner made a letter that no symbol looks like: its place is taken, its value is not known.
        _ if !character.is_ascii() && character.is_alphanumeric() => Glyph::Symbol {
            value: ILLEGIBLE,
            digit: false,
        },
        _ => Glyph::Gap,
    }
}

/// The value of the symbol that a character stands for.
pub(crate) fn value_of(character: char) -> Option<u8> {
    match glyph(character) {
        Glyph::Symbol { value, .. } => Some(value),
        _ => None,
    }
}

/// The value of an ASCII character as a symbol, `U` and `?` being illegible.
fn value(byte: u8) -> Option<u8> {
    let upper = match byte.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        b'U' | b'?' => return Some(ILLEGIBLE),
        other => other,
    };
    match upper {
        b'0'..=b'9' => Some(upper - b'0'),
        b'A'..=b'H' => Some(upper - b'A' + 10),
        b'J' | b'K' => Some(upper - b'J' + 18),
        b'M' | b'N' => Some(upper - b'M' + 20),
        b'P'..=b'T' => Some(upper - b'P' + 22),
        b'V'..=b'Z' => Some(upper - b'V' + 27),
        _ => None,
    }
}

/// A full-width character as its ordinary self.
pub(crate) fn fold_width(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
        }
        _ => character,
    }
}

/// Whether a character is a dash of any script, or what scanners make of one.
pub(crate) fn is_dash(character: char) -> bool {
    matches!(
        character,
        '-' | '_' | '~' | '\u{b7}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2022}'
                | '\u{2043}'
                | '\u{2053}'
                | '\u{207b}'
                | '\u{208b}'
                | '\u{2212}'
                | '\u{2500}'
                | '\u{2501}'
                | '\u{301c}'
                | '\u{30fb}'
                | '\u{30fc}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff70}'
    )
}

/// Whether a character begins a line.
pub(super) fn is_line_end(character: char) -> bool {
    glyph(character) == Glyph::Line
}

/// Whether a character shows nothing: white space of any width, or none.
pub(crate) fn is_blank(character: char) -> bool {
    character.is_whitespace() || is_invisible(character)
}

/// Whether a character takes no place on paper: it may stand within a group and separates nothing.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_is_its_own_symbol_in_either_case() {
        for (value, byte) in (0..).zip(ALPHABET) {
            let symbol = Glyph::Symbol {
                value,
                digit: byte.is_ascii_digit(),
            };
            assert_eq!(glyph(char::from(byte)), symbol);
            assert_eq!(glyph(char::from(byte.to_ascii_lowercase())), symbol);
            assert_eq!(letter(value), char::from(byte));
        }
    }

    #[test]
    fn look_alikes_and_illegible_ones() {
        for (character, expected) in [
            ('o', 0),
            ('O', 0),
            ('I', 1),
            ('i', 1),
            ('l', 1),
            ('L', 1),
            ('u', ILLEGIBLE),
            ('?', ILLEGIBLE),
            ('ß', ILLEGIBLE),
        ] {
            assert_eq!(
                glyph(character),
                Glyph::Symbol {
                    value: expected,
                    digit: false
                },
                "{character}"
            );
        }
        assert_eq!(
            glyph('\u{ff21}'),
            Glyph::Symbol {
                value: 10,
                digit: false
            }
        );
        assert_eq!(
            glyph('\u{ff17}'),
            Glyph::Symbol {
                value: 7,
                digit: true
            }
        );
    }

    #[test]
    fn what_separates_and_what_is_not_there() {
        for dash in [
            '-', '\u{2010}', '\u{2014}', '\u{2212}', '\u{ff0d}', '\u{fe63}',
        ] {
            assert_eq!(glyph(dash), Glyph::Dash, "{dash:?}");
        }
        for gap in [' ', '\t', '\u{a0}', '\u{202f}', ',', '>', '|', '*', ':'] {
            assert_eq!(glyph(gap), Glyph::Gap, "{gap:?}");
        }
        for nothing in ['\u{ad}', '\u{200b}', '\u{feff}', '\u{2060}'] {
            assert_eq!(glyph(nothing), Glyph::Invisible, "{nothing:?}");
        }
        for line in ['\n', '\r', '\u{2028}'] {
            assert_eq!(glyph(line), Glyph::Line, "{line:?}");
        }
    }
}
