//! Figures of other scripts, and letters of others that look like a symbol or are one with something added.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// The zeros of the scripts that have figures of their own, each followed by its nine others.
const ZEROS: [u32; 20] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x17e0, 0x1810, 0xff10,
];
const CHINESE: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// Letters of the Cyrillic and the Greek alphabet that look like one of ours.
const LETTERS: [(&str, &str); 4] = [
    ("АВЕКМНОРСТУХЅЈІЗҮҺԚԜ", "ABEKMHOPCTYXSJI3YHQW"),
    ("авекмнорстухѕјізүһԛԝԁ", "abekmhopctyxsji3yhqwd"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ", "ABEZHIKMNOPTYXC"),
    ("αεικνορτυχγωϲ", "aeikvoptuxywc"),
];

/// The text in our letters and figures, where it has others.
pub(super) fn view(text: &str) -> Option<String> {
    let other = |c: char| !c.is_ascii() && c.is_alphanumeric();
    text.contains(other).then(|| {
        let mut known: HashMap<char, char> = HashMap::new();
        let mut plain = |c: char| *known.entry(c).or_insert_with(|| ours(c).unwrap_or(c));
        text.chars()
            .map(|c| if other(c) { plain(c) } else { c })
            .collect()
    })
}

fn ours(character: char) -> Option<char> {
    let number = u32::from(character);
    let figure = ZEROS
        .iter()
        .find_map(|&zero| number.checked_sub(zero).filter(|&figure| figure < 10));
    if let Some(figure) = figure {
        return char::from_digit(figure, 10);
    }
    if let Some(figure) = CHINESE.iter().position(|&it| it == character) {
        return char::from_digit(u32::try_from(figure).ok()?, 10);
    }
    let alike = LETTERS.iter().find_map(|(theirs, ours)| {
        let mut pairs = theirs.chars().zip(ours.chars());
        pairs.find(|(it, _)| *it == character).map(|(_, ours)| ours)
    });
    alike.or_else(|| {
        let first = std::iter::once(character).nfkd().next();
        first.filter(char::is_ascii_alphanumeric)
    })
}
