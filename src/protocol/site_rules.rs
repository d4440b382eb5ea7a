//! The rules of a site: one small text in which its license administrator says who gets the seats of a floating license (SPEC.md 9.12).

mod error;
mod line;

use std::fmt;
use std::str::FromStr;

pub use error::{Misread, NotRules};
pub use line::{Person, Rule, Verb};

use crate::text::show;

/// So many lines at most, comments among them.
const MOST_LINES: usize = 500;
/// So many bytes of a line at most.
const LONGEST_LINE: usize = 500;

/// The rules of a site as its administrator wrote them, comments among them.
///
/// ```
/// use countersign::protocol::site_rules::Rules;
///
/// let rules: Rules = "# the design office\nreserve 2 user:anna user:bob\ndeny host:lobby-*\n".parse()?;
/// assert_eq!(rules.iter().count(), 2);
/// assert!("reserve two user:anna".parse::<Rules>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// In their one form.
    lines: Vec<String>,
    rules: Vec<Rule>,
}

impl Rules {
    /// The rules in the order in which they stand.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// Whether nothing is ruled, whatever the comments say.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// All lines in their one form, comments among them.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Of lines that are in their one form already.
    ///
    /// # Errors
    /// As [`Rules::from_str`].
    pub(crate) fn of_lines<'a>(
        lines: impl IntoIterator<Item = &'a str>,
    ) -> Result<Rules, NotRules> {
        let mut all = Rules::default();
        for (text, number) in lines.into_iter().zip(1..) {
            let failed = |why| NotRules { line: number, why };
            if usize::from(number) > MOST_LINES {
                return Err(failed(Misread::TooMany(MOST_LINES)));
            }
            // U+FFFD stands for bytes that are no text.
            let unfit = |it: &char| show::is_hidden(*it) || *it == char::REPLACEMENT_CHARACTER;
            if let Some(unfit) = text.chars().find(unfit) {
                return Err(failed(Misread::Unfit(u32::from(unfit))));
            }
            let (line, rule) = line::read(text, number).map_err(failed)?;
            if line.len() > LONGEST_LINE {
                return Err(failed(Misread::TooLong(LONGEST_LINE)));
            }
            all.lines.push(line);
            all.rules.extend(rule);
        }
        while all.lines.last().is_some_and(String::is_empty) {
            all.lines.pop();
        }
        Ok(all)
    }
}

/// With or without a byte order mark, and with any ends of lines; blanks, tabs and the case of the first word make no difference.
impl FromStr for Rules {
    type Err = NotRules;

    fn from_str(text: &str) -> Result<Rules, NotRules> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        Rules::of_lines(text.replace('\t', " ").lines())
    }
}

/// As it is kept: a line each, in its one form.
impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.lines.iter();
        lines.try_for_each(|line| writeln!(f, "{line}"))
    }
}

#[cfg(test)]
mod tests;
