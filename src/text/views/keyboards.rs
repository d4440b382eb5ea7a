//! Keyboards that were set to another language than their caps say: each key gave another sign, and one map undoes it.

/// Signs of which as many show that a keyboard was another.
const FEWEST: usize = 6;
/// The longest text in which it is asked whether Y and Z are exchanged: those are letters of any text.
const LONGEST: usize = 1 << 16;

/// Keys of ours, and what they give where Russian is set.
const RUSSIAN: [(&str, &str); 2] = [
    (
        "йцукенгшщзхъфывапролджэячсмитьбю",
        "qwertyuiop[]asdfghjkl;'zxcvbnm,.",
    ),
    (
        "ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ",
        "QWERTYUIOP[]ASDFGHJKL:'ZXCVBNM,.",
    ),
];

/// Keys of ours, and what they give where French is set: figures need the shift key there.
const FRENCH: (&str, &str) = (
    "aqzwAQZWmM,?&é\"'(-è_çà)°“”’",
    "qawzQAWZ;:mM1234567890--334",
);
/// Keys of a French keyboard, and what they give where English is set.
const FRENCH_KEYS: (&str, &str) = ("aqzwAQZW;:.!@#$%^&*()6", "qawzQAWZmM:1234567890-");
/// A French keyboard whose figures were typed without the shift key. The dash is on the key of the 6: which was meant, its place in the group says.
const FRENCH_FIGURES: (&str, &str) = ("&é\"'(è_çà", "123457890");
/// Symbols of a group.
const GROUP: usize = 5;
/// Letters alone, where the figures were typed beside them.
const FRENCH_LETTERS: (&str, &str) = ("aqzwAQZW,;?", "qawzQAWZMMM");
/// Keys of ours, and what they give where Greek is set, and where Dvorak is.
const GREEK: (&str, &str) = (
    "ςερτυθιοπασδφγηξκλζχψωβνμΕΡΤΥΘΙΟΠΑΣΔΦΓΗΞΚΛΖΧΨΩΒΝΜ¨",
    "wertyuiopasdfghjklzxcvbnmERTYUIOPASDFGHJKLZXCVBNM:",
);
const DVORAK: (&str, &str) = (
    "',.pyfgcrl/=aoeuidhtns-;qjkxbmwvz\"<>PYFGCRL?+AOEUIDHTNS_:QJKXBMWVZ[{",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,./QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?-_",
);
/// Y and Z of a German keyboard, and the dash and the colon beside them, either way.
const GERMAN: (&str, &str) = ("yzYZßöÖ/", "zyZY-;:-");

fn mapped(text: &str, map: &[(&str, &str)]) -> String {
    let pairs = || {
        map.iter()
            .flat_map(|(from, to)| from.chars().zip(to.chars()))
    };
    // A table for the letters there are, so that a character costs the same whatever the map.
    let mut table: Vec<char> = ('\0'..'\u{500}').collect();
    for (from, to) in pairs() {
        // The first of two counts.
        let place = table.get_mut(from as usize).filter(|it| **it == from);
        place.into_iter().for_each(|it| *it = to);
    }
    let beyond = |character: char| {
        let mut pairs = pairs();
        let found = pairs.find(|(from, _)| *from == character);
        found.map_or(character, |(_, to)| to)
    };
    text.chars()
        .map(|it| {
            table
                .get(it as usize)
                .copied()
                .unwrap_or_else(|| beyond(it))
        })
        .collect()
}

/// Whether a text has so many of these signs.
fn has(text: &str, signs: &str) -> bool {
    // One sign alone is looked for much faster, and most texts have none.
    if !signs.chars().any(|sign| text.contains(sign)) {
        return false;
    }
    let found = text.chars().filter(|&c| signs.contains(c));
    found.take(FEWEST).count() == FEWEST
}

/// ЙЦУКЕН.
pub(super) fn jcuken(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let is_cyrillic = |c: &char| ('а'..='я').contains(c) || ('А'..='Я').contains(c);
    let cyrillic = text.chars().filter(is_cyrillic);
    (cyrillic.take(FEWEST).count() == FEWEST).then(|| mapped(text, &RUSSIAN))
}

/// Our keys where French is set.
pub(super) fn azerty(text: &str) -> Option<String> {
    has(text, "éèçà&").then(|| mapped(text, &[FRENCH]))
}

/// A French keyboard, the figures typed without the shift key.
pub(super) fn azerty_figures(text: &str) -> Option<String> {
    has(text, "éèçà&").then(|| {
        let mut before = 0;
        let figures = mapped(text, &[FRENCH_FIGURES]);
        let sign = |character: char| match character {
            '-' if before < GROUP => {
                before += 1;
                '6'
            }
            other => {
                before = if other.is_alphanumeric() {
                    before + 1
                } else {
                    0
                };
                other
            }
        };
        figures.chars().map(sign).collect()
    })
}

/// French keys where English is set.
pub(super) fn azerty_keys(text: &str) -> Option<String> {
    has(text, "!@#$%^*").then(|| mapped(text, &[FRENCH_KEYS]))
}

/// Our keys where French is set, the figures typed elsewhere.
pub(super) fn azerty_letters(text: &str) -> Option<String> {
    (text.len() <= LONGEST).then(|| mapped(text, &[FRENCH_LETTERS]))
}

/// Our keys where Greek is set.
pub(super) fn greek(text: &str) -> Option<String> {
    has(text, "σδφγηξλψωΣΔΦΓΞΛΨΩ").then(|| mapped(text, &[GREEK]))
}

/// Our keys where Dvorak is set, which has a bracket where our dash is.
pub(super) fn dvorak(text: &str) -> Option<String> {
    has(text, "[").then(|| mapped(text, &[DVORAK]))
}

/// German keys where English is set, and our keys where German is.
pub(super) fn qwertz(text: &str) -> Option<String> {
    let known = text.len() <= LONGEST && text.contains(['y', 'z', 'Y', 'Z', 'ß']);
    known.then(|| mapped(text, &[GERMAN]))
}
