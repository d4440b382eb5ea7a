//! Rich text, as WordPad, Outlook and the clipboard have it.

use super::super::encoding;

/// Groups whose content nobody sees.
const UNSEEN: [&str; 14] = [
    "annotation",
    "comment",
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "themedata",
    "datastore",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
];

/// Whether a text is a document of this kind.
pub(super) fn is_rtf(text: &str) -> bool {
    text.trim_start_matches(['\u{feff}', ' ', '\r', '\n'])
        .starts_with("{\\rtf")
}

/// What a reader of the document would see.
pub(super) fn view(text: &str) -> Option<String> {
    let start = text.find("{\\rtf")?;
    let mut reader = Rtf::default();
    let mut rest = text.get(start..)?;
    while let Some(next) = rest.chars().next() {
        rest = rest.get(next.len_utf8()..).unwrap_or_default();
        match next {
            '{' => reader.open(),
            '}' => {
                if reader.close() {
                    break;
                }
            }
            '\\' => rest = reader.control(rest),
            '\r' | '\n' => {}
            other => reader.push(other),
        }
    }
    Some(reader.out)
}

#[derive(Clone, Copy, Default)]
struct Group {
    /// It holds something else than text.
    unseen: bool,
    /// Its letters are not shown, or were taken out: a look that ends with the group, or before.
    hidden: bool,
    deleted: bool,
    /// Characters that stand for a character by its number, for programs that do not know it.
    replaced: usize,
}

#[derive(Default)]
struct Rtf {
    out: String,
    outer: Vec<Group>,
    group: Group,
    skip: usize,
}

impl Rtf {
    fn open(&mut self) {
        self.outer.push(self.group);
    }

    /// Whether the document ends.
    fn close(&mut self) -> bool {
        self.skip = 0;
        self.group = self.outer.pop().unwrap_or_default();
        self.outer.is_empty()
    }

    fn push(&mut self, character: char) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if !(self.group.unseen || self.group.hidden || self.group.deleted) {
            self.out.push(character);
        }
    }

    /// Reads a control word or sign; what follows it.
    fn control<'t>(&mut self, rest: &'t str) -> &'t str {
        let letters = rest
            .bytes()
            .take(32)
            .take_while(u8::is_ascii_alphabetic)
            .count();
        let (word, after) = rest.split_at_checked(letters).unwrap_or((rest, ""));
        if word.is_empty() {
            return self.sign(rest);
        }
        let negative = after.starts_with('-');
        let figures = after.get(usize::from(negative)..).unwrap_or_default();
        let length = figures
            .bytes()
            .take(10)
            .take_while(u8::is_ascii_digit)
            .count();
        let (figures, after) = if length == 0 {
            ("", after)
        } else {
            figures.split_at_checked(length).unwrap_or((figures, ""))
        };
        let number: Option<i64> = figures.parse().ok();
        let number = number.map(|it| if negative { -it } else { it });
        self.word(word, number);
        after.strip_prefix(' ').unwrap_or(after)
    }

    fn word(&mut self, word: &str, number: Option<i64>) {
        match word {
            "par" | "line" | "row" | "sect" | "page" => self.push('\n'),
            "tab" | "cell" | "emspace" | "enspace" => self.push(' '),
            "endash" | "emdash" => self.push('-'),
            "v" => self.group.hidden = number != Some(0),
            "deleted" => self.group.deleted = number != Some(0),
            "plain" => (self.group.hidden, self.group.deleted) = (false, false),
            "uc" => self.group.replaced = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(8),
            "rtf" => self.group.replaced = 1,
            "u" => {
                let unit = number.and_then(|it| u16::try_from(it & 0xffff).ok());
                self.push(unit.and_then(|it| char::from_u32(it.into())).unwrap_or('?'));
                self.skip = self.group.replaced;
            }
            "bin" => self.skip = usize::try_from(number.unwrap_or(0)).unwrap_or(0),
            _ if UNSEEN.contains(&word) => self.group.unseen = true,
            _ => {}
        }
    }

    fn sign<'t>(&mut self, rest: &'t str) -> &'t str {
        let Some(sign) = rest.chars().next() else {
            return rest;
        };
        let mut after = rest.get(sign.len_utf8()..).unwrap_or_default();
        match sign {
            '*' => self.group.unseen = true,
            '~' => self.push(' '),
            '_' => self.push('-'),
            '-' | ':' | '|' => {}
            '\'' => {
                let value = after.as_bytes();
                if let Some(value) = super::hex_pair(value) {
                    self.push(encoding::of_windows(value));
                    after = after.get(2..).unwrap_or_default();
                }
            }
            '\r' | '\n' => self.push('\n'),
            other => self.push(other),
        }
        after
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_hidden_ends_where_its_look_ends() {
        for (source, seen) in [
            (r"{\rtf1 {\v 1}2\v 3\v0 4}", "24"),
            (r"{\rtf1 \v 1\plain 2}", "2"),
            (r"{\rtf1 \deleted 1\deleted0 2{\deleted 3}4}", "24"),
            (r"{\rtf1 {\*\comment 1\v0 2\plain 3}4}", "4"),
            (r"{\rtf1\v {1\v0 2}3\par}", "2"),
        ] {
            assert_eq!(super::view(source).unwrap_or_default(), seen, "{source}");
        }
    }
}
