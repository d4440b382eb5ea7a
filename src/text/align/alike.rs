//! Symbols that people take for each other, by eye or by ear.

use super::super::symbols;

/// Pairs in writing; `O` and `I` are no symbols of their own.
const PAIRS: [(char, char); 24] = [
    ('0', 'D'),
    ('0', 'Q'),
    ('0', 'C'),
    ('1', '7'),
    ('1', 'J'),
    ('1', 'T'),
    ('2', 'Z'),
    ('2', '7'),
    ('3', '8'),
    ('3', 'E'),
    ('4', 'A'),
    ('4', '9'),
    ('5', 'S'),
    ('6', 'G'),
    ('6', 'B'),
    ('8', 'B'),
    ('B', 'D'),
    ('C', 'G'),
    ('E', 'F'),
    ('M', 'N'),
    ('P', 'R'),
    ('K', 'X'),
    ('V', 'Y'),
    ('V', 'W'),
];

/// For each symbol, a bit for each that it may be taken for.
static ALIKE: std::sync::LazyLock<[u32; 32]> = std::sync::LazyLock::new(|| {
    let mut alike = [0; 32];
    for (first, second) in PAIRS {
        let values = symbols::value_of(first).zip(symbols::value_of(second));
        for (a, b) in values.into_iter().flat_map(|(a, b)| [(a, b), (b, a)]) {
            if let Some(bits) = alike.get_mut(usize::from(a)) {
                *bits |= 1 << b;
            }
        }
    }
    alike
});

/// Whether one symbol may be taken for the other.
pub(super) fn are(first: u8, second: u8) -> bool {
    ALIKE
        .get(usize::from(first))
        .is_some_and(|bits| second < 32 && bits >> second & 1 == 1)
}
