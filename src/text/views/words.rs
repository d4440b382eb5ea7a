//! Codes that were spelled: words of a spelling alphabet, figures in words, and letters and figures between them (SPEC.md 2.7).

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::super::{spell, symbols};

/// As many symbols make a text a spelled one, of which as many are words: the shortest code has more.
const FEWEST: usize = 20;
const FEWEST_WORDS: usize = 5;
/// A label such as `row 3:` has at most as many characters before its colon.
const LONGEST_LABEL: usize = 16;
/// Figures of a number that somebody wrote where each was said by itself.
const MOST_FIGURES: usize = 5;
/// Characters of a word that has a dash in it, such as `dobbelt-w`.
const LONGEST_WITH_DASH: usize = 12;
/// Symbols of a group.
const LONGEST_GROUP: usize = 5;

/// Spelling alphabets of Germany, before 2022 and since, of France, Spain and Norway, by letter; and what else is said for a letter.
const ALPHABETS: [(char, &str); 26] = [
    ('A', "anton aachen anatole antonio anna adam apfel"),
    ('B', "berta berlin berthe barcelona bernhard burgos"),
    ('C', "caesar casar chemnitz cottbus celestin carmen cesar"),
    (
        'D',
        "dora dusseldorf duesseldorf desire dolores david domingo",
    ),
    ('E', "emil essen eugene enrique espana edith"),
    (
        'F',
        "friedrich frankfurt francois francia francisco fredrik felipe",
    ),
    ('G', "gustav goslar gaston gerona granada georgia"),
    ('H', "heinrich hamburg henri historia huelva harald"),
    ('I', "ida ingelheim iserlohn irma ines italia ivar isaak"),
    ('J', "julius jena joseph jose jaen johan jakob jot juan"),
    ('K', "kaufmann konrad koln koeln kleber kiev karin kurfurst"),
    ('L', "ludwig leipzig louis lorenzo lerida leon ludvig"),
    ('M', "martha munchen muenchen marcel madrid maria martin"),
    (
        'N',
        "nordpol nathan nurnberg nuernberg nicolas navarra navidad nils",
    ),
    ('O', "otto offenbach oviedo olivia"),
    ('P', "paula potsdam pierre paris pamplona petter"),
    (
        'Q',
        "quelle quickborn quintal querido quito qvintus quintus kuh",
    ),
    ('R', "richard rostock raoul ramon roma rikard"),
    (
        'S',
        "samuel siegfried salzwedel suzanne sabado sevilla sigrid",
    ),
    (
        'T',
        "theodor tubingen tuebingen therese tarragona toledo teodor",
    ),
    ('U', "ulrich unna ursule ulises ulrik"),
    (
        'V',
        "viktor vogel volklingen voelklingen valencia enkelt-v enkel-v",
    ),
    (
        'W',
        "wilhelm wuppertal william washington dobbelt-w dobbelt-v dobbel-v dobbel-w",
    ),
    ('X', "xanthippe xanten xavier xiquena xilofono xerxes x-ray"),
    ('Y', "ypsilon yvonne yegua yolanda yngling"),
    (
        'Z',
        "zacharias zeppelin zurich zuerich zwickau zoe zaragoza zamora zakarias",
    ),
];
/// Figures in German, French, Spanish and Norwegian.
const FIGURES: [(char, &str); 10] = [
    ('0', "null cero nul nulla oh"),
    ('1', "eins ein un une uno en ett ei won wun"),
    ('2', "zwei zwo deux dos to too"),
    ('3', "drei trois tres tre"),
    ('4', "vier quatre cuatro fire for"),
    ('5', "funf fuenf cinq cinco fem"),
    ('6', "sechs seis seks"),
    ('7', "sieben sept siete sju syv"),
    ('8', "acht huit ocho atte ate ait"),
    ('9', "neun neuf nueve ni"),
];
/// What is said between symbols.
const SIGNS: &str = "dash hyphen minus strich bindestrich tiret trait guion strek bindestrek space over stop next in";
/// What is said between a letter and its word: the letter is said twice then.
const LINKS: &str = "as wie comme som de como";
/// What is said before a symbol that stands twice.
const DOUBLES: &str = "double doppel doppelt doble dobbel dobbelt";
/// What is said before the number of a row or a group.
const LABELS: &str = "row line group zeile reihe gruppe ligne rang groupe fila grupo rad linje";

/// The symbols in a text that was spelled, a line for each of its rows.
pub(super) fn view(text: &str) -> Option<String> {
    let (mut out, mut symbols, mut words) = (String::new(), 0, 0);
    for line in text.lines() {
        match spelled(line) {
            Some(line) => {
                if !out.is_empty() && !out.ends_with('\n') {
                    out.push('-');
                }
                symbols += line.symbols.len();
                words += line.words;
                out.push_str(&line.symbols);
            }
            None if out.is_empty() || out.ends_with('\n') => {}
            None => out.push('\n'),
        }
    }
    (symbols >= FEWEST && words >= FEWEST_WORDS).then_some(out)
}

struct Line {
    symbols: String,
    words: usize,
}

/// The symbols that a line spells; a group, a label or a number may stand beside its words, of which prose has few.
fn spelled(line: &str) -> Option<Line> {
    let line = match line.split_once(':') {
        Some((label, rest)) if label.len() <= LONGEST_LABEL => rest,
        _ => line,
    };
    let tokens: Vec<&str> = line
        .split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '?'))
        .flat_map(in_parts)
        .collect();
    let (first, behind) = tokens.split_first()?;
    // The group itself may stand before its words, as we write it: it is not said twice.
    if first.len() <= LONGEST_GROUP && (1..=LONGEST_GROUP).contains(&behind.len()) {
        let of_words = said(behind);
        if of_words
            .as_ref()
            .is_some_and(|it| is_same(first, &it.symbols))
        {
            return of_words;
        }
    }
    said(&tokens)
}

/// Whether a group and the symbols that were spelled are the same, look-alikes and all.
fn is_same(group: &str, spelled: &str) -> bool {
    let values = |text: &str| text.chars().map(symbols::value_of).collect::<Vec<_>>();
    values(group) == values(spelled)
}

/// The symbols that these tokens spell.
fn said(tokens: &[&str]) -> Option<Line> {
    let mut found = Line {
        symbols: String::new(),
        words: 0,
    };
    let (mut all, mut other) = (0, 0);
    // Whether the last symbol was said by itself, and how often the next one stands there.
    let (mut letter, mut times) = (false, 1);
    let mut tokens = tokens.iter().copied().peekable();
    while let Some(token) = tokens.next() {
        all += 1;
        let word = folded(token);
        let after_letter = std::mem::take(&mut letter);
        let copies = std::mem::replace(&mut times, 1);
        let ray = |it: &&str| word == "x" && it.eq_ignore_ascii_case("ray");
        if tokens.next_if(ray).is_some() {
            found.symbols.push('X');
            found.words += 1;
        } else if after_letter && is_one_of(LINKS, &word) {
            found.symbols.pop();
            all -= 2;
            tokens.next_if(|it| it.eq_ignore_ascii_case("i"));
        } else if is_symbol(&word) {
            let symbol = word.to_ascii_uppercase();
            found.symbols.push_str(&symbol.repeat(copies));
            letter = true;
        } else if let Some(symbol) = symbol_of(&word) {
            found.symbols.extend(std::iter::repeat_n(symbol, copies));
            found.words += 1;
        } else if word.bytes().any(|byte| byte.is_ascii_digit()) {
            // A group, or a number: no word that is said between symbols.
            if word.len() <= MOST_FIGURES && is_number(&word) {
                found.symbols.push_str(&word);
            } else {
                other += 1;
            }
        } else if is_one_of(SIGNS, &word) {
            found.words += 1;
            all -= 1;
        } else if is_one_of(DOUBLES, &word) {
            times = 2;
            all -= 1;
        } else if is_one_of(LABELS, &word) {
            tokens.next_if(|it| is_number(it));
            all -= 1;
        } else {
            other += 1;
        }
    }
    let spelled = found.words > 0 && 4 * other <= all;
    spelled.then_some(found)
}

fn is_symbol(word: &str) -> bool {
    word.len() == 1
        && word
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'?')
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// A token with a dash in it is one word where it is known as one, else its parts.
fn in_parts(token: &str) -> impl Iterator<Item = &str> {
    let short = token.len() <= LONGEST_WITH_DASH && token.contains('-');
    let whole = short && symbol_of(&folded(token)).is_some();
    let parts = if whole { None } else { Some(token.split('-')) };
    let parts = parts.into_iter().flatten().chain(whole.then_some(token));
    parts.filter(|part| !part.is_empty())
}

/// A word in lower case without the marks on its letters.
fn folded(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(word.len());
    for character in word.nfd().flat_map(char::to_lowercase) {
        match character {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'ø' => out.push('o'),
            mark if unicode_normalization::char::is_combining_mark(mark) => {}
            other => out.push(other),
        }
    }
    out
}

fn is_one_of(list: &str, word: &str) -> bool {
    list.split(' ').any(|it| it == word)
}

/// Every word and what it stands for, in the alphabet of radio first.
static WORDS: LazyLock<HashMap<String, char>> = LazyLock::new(|| {
    let others = ALPHABETS.iter().chain(&FIGURES);
    let others =
        others.flat_map(|(symbol, words)| words.split(' ').map(|it| (it.to_owned(), *symbol)));
    let radio = spell::words().map(|(symbol, word)| (word.to_ascii_lowercase(), symbol));
    others.chain(radio).collect()
});

/// The symbol that a word in small letters stands for.
fn symbol_of(word: &str) -> Option<char> {
    WORDS.get(word).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Code, Kind, WithSpare, read};

    #[test]
    fn what_is_spelled_is_read() {
        for spare in [WithSpare::No, WithSpare::Yes] {
            let code = Code::new(Kind::Grant, (0..95).collect());
            let spelled = spell::spell(&code, spare).unwrap();
            assert!(spelled.lines().all(|line| line.len() <= 80), "{spelled}");
            let written = view(&spelled).unwrap();
            let reading = read(&written, &[Kind::Grant]).unwrap();
            assert_eq!((reading.code, reading.corrections), (code, vec![]));
        }
    }

    #[test]
    fn what_is_said_to_stand_twice_does() {
        let said = "Alfa double eight Kilo, double Victor seven doppel A dobbel null Golf Oscar\nPapa Quebec Romeo Sierra Tango Yankee Zulu\n";
        assert_eq!(view(said).as_deref(), Some("A88KVV7AA00GO-PQRSTYZ"));
    }

    #[test]
    fn prose_and_codes_are_not_spelled() {
        let code = Code::new(Kind::Grant, (0..95).collect());
        assert_eq!(view(&code.to_text().unwrap()), None);
        let prose = "one two three, said Mike to Victor in the hotel in November";
        assert_eq!(view(prose), None);
    }

    /// No word stands for two symbols, in whatever language.
    #[test]
    fn each_word_is_one_symbol() {
        let mut seen = std::collections::HashMap::new();
        for (symbol, words) in ALPHABETS.iter().chain(&FIGURES) {
            for word in words.split(' ') {
                assert_eq!(symbol_of(word), Some(*symbol), "{word}");
                let before = seen.insert(word, symbol);
                assert!(before.is_none_or(|before| before == symbol), "{word}");
            }
        }
    }
}
