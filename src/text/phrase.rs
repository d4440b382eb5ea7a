//! Words that people say to each other to see that both hold the same (SPEC.md 2.6): three for a code, one for a row.

use super::{Code, symbols};

/// Short words that do not sound alike, one for each byte: no two differ in one letter only or begin with the same four.
#[rustfmt::skip]
const WORDS: [&str; 256] = [
    "acorn", "actor", "album", "almond", "amber", "anchor", "animal", "apple", "arrow", "artist",
    "aspen", "autumn", "badger", "bagel", "bakery", "bamboo", "banjo", "barrel", "basket", "beaver",
    "bench", "berry", "biscuit", "bishop", "blanket", "bonfire", "bottle", "bridge", "bronze",
    "bucket", "butter", "cabin", "cactus", "camel", "candle", "canyon", "carpet", "castle", "cedar",
    "cherry", "chimney", "circus", "citrus", "clover", "cobalt", "coffee", "comet", "copper",
    "coral", "cotton", "cradle", "crystal", "curtain", "dancer", "dentist", "desert", "diamond",
    "dinner", "doctor", "dolphin", "donkey", "dragon", "drummer", "eagle", "easel", "elbow",
    "elephant", "engine", "envelope", "evening", "fabric", "falcon", "farmer", "feather", "fiddle",
    "finger", "flame", "flower", "forest", "fossil", "friday", "frost", "funnel", "galaxy",
    "garden", "garlic", "gazelle", "gentle", "giant", "glacier", "goblet", "granite", "guitar",
    "gypsum", "hammer", "harbor", "harvest", "hazel", "helmet", "herring", "hockey", "honey",
    "horizon", "hunter", "iceberg", "igloo", "insect", "iron", "island", "ivory", "jacket",
    "jasmine", "jelly", "jewel", "journal", "jungle", "kayak", "kernel", "kettle", "kitchen",
    "kitten", "knight", "ladder", "lagoon", "lantern", "laundry", "lemon", "leopard", "lettuce",
    "library", "lobster", "lumber", "lunar", "magnet", "mango", "maple", "marble", "market",
    "meadow", "melon", "mentor", "mirror", "morning", "mountain", "museum", "mustard", "napkin",
    "nectar", "needle", "nephew", "nickel", "noodle", "north", "nugget", "nutmeg", "oasis", "ocean",
    "octopus", "olive", "onion", "orange", "orchid", "otter", "oyster", "paddle", "palace",
    "panther", "parrot", "peacock", "pebble", "pelican", "pencil", "penguin", "pepper", "piano",
    "picnic", "pigeon", "pilot", "planet", "poet", "poplar", "potato", "prairie", "pumpkin",
    "puzzle", "quartz", "quiver", "rabbit", "radar", "raven", "ribbon", "river", "robin", "rocket",
    "rooster", "rubber", "ruby", "salmon", "sandal", "satin", "scarf", "school", "shadow",
    "shelter", "silver", "slipper", "spider", "spruce", "squid", "statue", "summer", "sunset",
    "syrup", "tablet", "teapot", "temple", "thimble", "thunder", "ticket", "tiger", "tomato",
    "topaz", "tornado", "tractor", "trumpet", "tulip", "turtle", "twilight", "umbrella", "uncle",
    "unicorn", "urban", "valley", "vanilla", "velvet", "village", "vinegar", "violin", "volcano",
    "voyage", "waffle", "wagon", "walnut", "walrus", "water", "whale", "whistle", "willow",
    "window", "winter", "wizard", "wolf", "yellow", "yogurt", "zebra", "zipper",
];

/// The read-back phrase of a code: three words, the same on both ends (SPEC.md 2.6).
pub fn phrase(code: &Code) -> String {
    let kind = [code.kind().letter()];
    let [a, b, c] = digest("countersign v1 phrase", &[&kind, code.payload()]);
    [a, b, c].map(word).join(" ")
}

/// The check word of a row as it stands on paper, separators or not; its number is that of SPEC.md 2.3.
pub fn row_word(number: u8, row: &str) -> &'static str {
    let paper: String = row
        .chars()
        .filter_map(symbols::value_of)
        .map(symbols::letter)
        .collect();
    let [byte] = digest("countersign v1 row word", &[&[number], paper.as_bytes()]);
    word(byte)
}

fn word(byte: u8) -> &'static str {
    WORDS.get(usize::from(byte)).copied().unwrap_or_default()
}

fn digest<const N: usize>(context: &'static str, parts: &[&[u8]]) -> [u8; N] {
    let mut hasher = blake3::Hasher::new_derive_key(context);
    for part in parts {
        hasher.update(part);
    }
    let mut out = [0; N];
    hasher.finalize_xof().fill(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Kind;
    use crate::text::spell;

    /// How many letters have to be changed, added or taken away.
    fn distance(one: &str, other: &str) -> usize {
        let other: Vec<char> = other.chars().collect();
        let mut row: Vec<usize> = (0..=other.len()).collect();
        for (i, letter) in one.chars().enumerate() {
            let mut diagonal = std::mem::replace(&mut row[0], i + 1);
            for (j, &beside) in other.iter().enumerate() {
                let cost = diagonal + usize::from(letter != beside);
                diagonal = row[j + 1];
                row[j + 1] = cost.min(diagonal + 1).min(row[j] + 1);
            }
        }
        row[other.len()]
    }

    #[test]
    fn the_words_are_told_apart() {
        for (n, word) in WORDS.iter().enumerate() {
            assert!(
                (4..=8).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase()),
                "{word}"
            );
            let spells = |(_, spoken): (char, &str)| spoken.eq_ignore_ascii_case(word);
            assert!(!spell::words().any(spells), "{word} spells a symbol");
            for other in &WORDS[..n] {
                assert!(other < word && distance(word, other) > 1, "{word} {other}");
                assert_ne!(word[..4], other[..4]);
            }
        }
    }

    #[test]
    fn a_phrase_says_kind_and_payload() {
        let code = Code::new(Kind::Return, vec![1, 2, 3]);
        assert_eq!(phrase(&code), phrase(&code.clone()));
        assert_eq!(phrase(&code).split(' ').count(), 3);
        assert_ne!(
            phrase(&code),
            phrase(&Code::new(Kind::Return, vec![1, 2, 4]))
        );
        assert_ne!(
            phrase(&code),
            phrase(&Code::new(Kind::LoanReturn, vec![1, 2, 3]))
        );
    }

    #[test]
    fn a_row_has_its_word_however_it_is_written() {
        assert_eq!(row_word(1, "7KQ2M-9XTRB"), row_word(1, "7kq2m 9xtrb"));
        assert_ne!(row_word(1, "7KQ2M-9XTRB"), row_word(2, "7KQ2M-9XTRB"));
    }
}
