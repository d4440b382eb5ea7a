//! Bytes as text: UTF-16 by its mark or its zeros, else UTF-8, and what is not UTF-8 as Windows writes it.

/// The text of some bytes.
pub(super) fn decode(bytes: &[u8]) -> String {
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
pub(super) fn is_wide(bytes: &[u8]) -> bool {
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

fn eight_bit(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|&byte| of_windows(byte)));
    }
    text
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
