//! What a scanner made of a printed page: signs that look like a figure or a letter, such as `@` for a zero with a dot in it, and specks.

use super::super::symbols;

/// Signs, and the symbols that they look like.
const ALIKE: (&str, &str) = ("@°$§£€¥¢©®&|!()[]", "00SSEEYCCR811CJCJ");
/// Specks on the paper, or on the glass.
const SPECKS: &str = ".,'\u{60}´‘’\"“”*^";
/// What people put around a word.
const AROUND: &str = "()[].,!|'\"";
/// Letters and figures beside a sign in what may be a group.
const FEWEST: usize = 4;
const BLANKS: [char; 2] = [' ', '\t'];

/// The text with these as symbols within its groups, and without blanks beside its dashes, where there are such.
pub(super) fn view(text: &str) -> Option<String> {
    let without_blanks = joined(text);
    let text = without_blanks.as_deref().unwrap_or(text);
    let mut out = String::with_capacity(text.len());
    let mut found = without_blanks.is_some();
    for word in text.split_inclusive(char::is_whitespace) {
        match in_symbols(word) {
            Some(word) => {
                found = true;
                out.push_str(&word);
            }
            None => out.push_str(word),
        }
    }
    found.then_some(out)
}

/// The text without the blanks between a dash and the groups on both sides of it.
fn joined(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut found = false;
    for line in text.split_inclusive(symbols::is_line_end) {
        let mut parts = line.split(symbols::is_dash);
        out.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let before = out.trim_end_matches(BLANKS);
            let behind = part.trim_start_matches(BLANKS);
            let between = before.ends_with(is_part) && behind.starts_with(is_part);
            if between {
                found |= before.len() < out.len() || behind.len() < part.len();
                out.truncate(before.len());
            }
            out.push('-');
            out.push_str(if between { behind } else { part });
        }
    }
    found.then_some(out)
}

/// Whether a character may stand in a group, as a scanner has it.
fn is_part(character: char) -> bool {
    character.is_ascii_uppercase() || character.is_ascii_digit() || ALIKE.0.contains(character)
}

/// A word of capital letters, figures and dashes, with the signs among them as symbols.
fn in_symbols(word: &str) -> Option<String> {
    let start = word.trim_start_matches(|c| AROUND.contains(c));
    let inner = start.trim_end_matches(|c: char| AROUND.contains(c) || c.is_whitespace());
    let (before, _) = word.split_at_checked(word.len() - start.len())?;
    let (_, behind) = start.split_at_checked(inner.len())?;
    let (mut symbols, mut signs) = (0, 0);
    let mut out = String::with_capacity(word.len());
    out.push_str(before);
    for character in inner.chars() {
        let mut alike = ALIKE.0.chars().zip(ALIKE.1.chars());
        if character.is_ascii_uppercase() || character.is_ascii_digit() {
            symbols += 1;
            out.push(character);
        } else if let Some((_, symbol)) = alike.find(|(sign, _)| *sign == character) {
            signs += 1;
            out.push(symbol);
        } else if SPECKS.contains(character) {
            signs += 1;
        } else if symbols::is_dash(character) {
            out.push(character);
        } else {
            return None;
        }
    }
    out.push_str(behind);
    (signs > 0 && symbols >= FEWEST).then_some(out)
}

#[cfg(test)]
mod tests {
    #[test]
    fn signs_within_groups_are_symbols() {
        for (word, seen) in [
            ("T@O11-KXCN9", Some("T0O11-KXCN9")),
            ("@6KCRN-", Some("06KCRN-")),
            ("QEY6)-RNQZY\n", Some("QEY6J-RNQZY\n")),
            ("$106C-T2YDS", Some("S106C-T2YDS")),
            ("E.J3KT,", Some("EJ3KT,")),
            ("(A0B58-83H|J)", Some("(A0B58-83H1J)")),
            ("(A0B58-83HNJ)", None),
            ("desk@example.com", None),
            ("A@B", None),
            ("WHO? (NOBODY)", None),
            (
                "00G02 -7PGYA- 6040W - 1N7VB\n",
                Some("00G02-7PGYA-6040W-1N7VB\n"),
            ),
            ("- 00G02\n-- \nTel. - 12", None),
        ] {
            assert_eq!(super::view(word).as_deref(), seen, "{word}");
        }
    }
}
