//! Bytes as text: UTF-16 by its mark or its zeros, else UTF-8, and what is not UTF-8 as Windows writes it, or as the encodings of East Asia write wide
//! letters and figures.

/// The text of some bytes.
pub(crate) fn decode(bytes: &[u8]) -> String {
    match (bytes, wide(bytes)) {
        ([0xff, 0xfe, rest @ ..], Some(unit)) | ([0xfe, 0xff, rest @ ..], Some(unit)) => {
            utf16(rest, unit)
        }
        (_, Some(unit)) => utf16(bytes, unit),
        (_, None) => eight_bit(bytes),
    }
}

/// Whether these bytes are a text of which each character has two.
#[cfg(feature = "cli")]
pub(crate) fn is_wide(bytes: &[u8]) -> bool {
    wide(bytes).is_some()
}

/// How the two bytes of a character stand, if it has two.
fn wide(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    let zeros = |odd: usize| {
        let sample = bytes.iter().take(2000).skip(odd).step_by(2);
        sample.filter(|&&byte| byte == 0).count()
    };
    let sampled = bytes.len().min(2000) / 2;
    let mostly = |count: usize| sampled > 8 && 10 * count > 9 * sampled;
    match bytes {
        [0xff, 0xfe, ..] => Some(u16::from_le_bytes),
        [0xfe, 0xff, ..] => Some(u16::from_be_bytes),
        _ if mostly(zeros(1)) && !mostly(zeros(0)) => Some(u16::from_le_bytes),
        _ if mostly(zeros(0)) && !mostly(zeros(1)) => Some(u16::from_be_bytes),
        _ => None,
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    char::decode_utf16(units)
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Pairs of bytes for wide letters and figures that show such an encoding.
const FEWEST_PAIRS: usize = 8;

fn eight_bit(bytes: &[u8]) -> String {
    if str::from_utf8(bytes).is_err()
        && let Some(wide) = wide_letters(bytes)
    {
        return in_pairs(bytes, wide);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|&byte| of_windows(byte)));
    }
    text
}

/// How wide letters and figures are written, where there are many.
fn wide_letters(bytes: &[u8]) -> Option<fn(u8, u8) -> Option<char>> {
    let ways: [fn(u8, u8) -> Option<char>; 2] = [of_shift_jis, of_extended_unix];
    ways.into_iter().find(|wide| {
        let is_pair = |pair: &&[u8]| matches!(pair, [lead, trail] if wide(*lead, *trail).is_some_and(char::is_alphanumeric));
        let pairs = bytes.windows(2).filter(is_pair);
        pairs.take(FEWEST_PAIRS).count() == FEWEST_PAIRS
    })
}

/// A text in which pairs of bytes stand for wide characters.
fn in_pairs(bytes: &[u8], wide: fn(u8, u8) -> Option<char>) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&lead, behind)) = rest.split_first() {
        let pair = behind.first().and_then(|&trail| wide(lead, trail));
        text.push(pair.unwrap_or_else(|| of_windows(lead)));
        rest = behind
            .get(usize::from(pair.is_some())..)
            .unwrap_or_default();
    }
    text
}

/// What a pair stands for in Shift_JIS, as far as codes need it: its wide letters and figures, and what is written for a dash.
fn of_shift_jis(lead: u8, trail: u8) -> Option<char> {
    match (lead, trail) {
        (0x82, 0x4f..=0x58) => Some(char::from(trail - 0x4f + b'0')),
        (0x82, 0x60..=0x79) => Some(char::from(trail - 0x60 + b'A')),
        (0x82, 0x81..=0x9a) => Some(char::from(trail - 0x81 + b'a')),
        (0x81, 0x5b..=0x5d | 0x7c) => Some('-'),
        (0x81, 0x46) => Some(':'),
        (0x81, 0x40) => Some(' '),
        _ => None,
    }
}

/// The same in EUC-JP, EUC-KR and GB 18030, which have the letters and figures in the same places.
fn of_extended_unix(lead: u8, trail: u8) -> Option<char> {
    match (lead, trail) {
        (0xa3, 0xad | 0xba | 0xb0..=0xb9 | 0xc1..=0xda | 0xe1..=0xfa) => {
            Some(char::from(trail & 0x7f))
        }
        (0xa1, 0xaa | 0xbc..=0xbe | 0xdd) => Some('-'),
        (0xa1, 0xa1) => Some(' '),
        _ => None,
    }
}

/// A character of Windows-1252, as far as codes need it: its dashes, and what is neither letter nor figure as a blank.
pub(super) fn of_windows(byte: u8) -> char {
    match byte {
        0x96 | 0x97 => '-',
        0x80..=0x9f => ' ',
        byte => char::from(byte),
    }
}

/// Whether the first characters of a text are those of one.
pub(super) fn is_text(text: &str, sample: usize) -> bool {
    let strange = |c: char| (c.is_control() && !c.is_whitespace()) || c == '\u{fffd}';
    let mut characters = text.chars().take(sample).peekable();
    characters.peek().is_some() && !characters.any(strange)
}

#[cfg(test)]
mod tests {
    #[test]
    fn wide_letters_and_figures_of_east_asia() {
        let shift_jis =
            b"\x82\xa8 \x82\x60\x82\x4f\x82\x56\x82\x54\x82\x57\x81\x7c\x82\x57\x82\x53\x82\x71 K5";
        assert_eq!(super::decode(shift_jis), " \u{a8} A0758-84R K5");
        let gb =
            b"\xc4\xfa \xa3\xc1\xa3\xb0\xa3\xb7\xa3\xb5\xa3\xb8\xa3\xad\xa3\xb8\xa3\xb4\xa3\xd2";
        assert_eq!(super::decode(gb), "\u{c4}\u{fa} A0758-84R");
        // A price in pounds is none of them.
        assert_eq!(super::decode(b"\xa3\xb0 5"), "\u{a3}\u{b0} 5");
    }
}
