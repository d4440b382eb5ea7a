//! UTF-8 that was read as an eight-bit encoding: a dash becomes three letters, a hard blank two.

/// The characters of Windows-1252 at 0x80 to 0x9f.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// How the first two of a dash's three bytes look in other encodings: those of MS-DOS, of the Macintosh, and the Cyrillic ones of Windows, MS-DOS and Unix.
const OTHERS: [&str; 6] = ["ΓÇ", "ÔÇ", "‚Ä", "вЂ", "тА", "Б─"];

/// The text as it was before, if it shows a sign of it.
pub(super) fn view(text: &str) -> Option<String> {
    let windows = ["â", "Â", "Ã"].iter().any(|sign| text.contains(sign));
    let others = OTHERS.iter().any(|sign| text.contains(sign));
    if !windows && !others {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut run: Vec<u8> = Vec::new();
    let mut written = String::new();
    for character in text.chars().chain(['\n']) {
        if let Some(byte) = byte(character) {
            run.push(byte);
            written.push(character);
            continue;
        }
        match str::from_utf8(&run) {
            Ok(before) => out.push_str(before),
            Err(_) => out.push_str(&written),
        }
        run.clear();
        written.clear();
        out.push(character);
    }
    for sign in OTHERS {
        let mut parts = out.split(sign);
        let mut joined = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            joined.push('-');
            joined.extend(part.chars().skip(1));
        }
        out = joined;
    }
    (out.trim_end() != text.trim_end()).then_some(out)
}

/// Signs between two letters or figures that show what became of the dashes.
const FEWEST: usize = 4;

/// The text with dashes where an encoding that has none made question marks of them.
pub(super) fn lost(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let within = bytes.windows(3).filter(|it| {
        matches!(it, [before, b'?', after] if before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric())
    });
    (within.take(FEWEST).count() == FEWEST).then(|| text.replace('?', "-"))
}

/// The byte above 0x7f that a character was made of.
fn byte(character: char) -> Option<u8> {
    match u8::try_from(character) {
        Ok(byte @ 0x80..) => Some(byte),
        Ok(_) => None,
        Err(_) => {
            let at = WINDOWS.iter().position(|&it| it == character)?;
            u8::try_from(at).ok().map(|at| 0x80 + at)
        }
    }
}
