//! One rule, and whom it is about.

use std::fmt::{self, Write as _};

use unicode_normalization::UnicodeNormalization as _;

use super::error::Misread;

/// Longest name in bytes: as many of a name are kept of whoever holds a seat.
const LONGEST_NAME: usize = 64;

/// A rule of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The number of its line, from 1.
    pub line: u16,
    /// What it does.
    pub verb: Verb,
    /// About whom, any of them; nobody: about everybody.
    whom: Vec<Whom>,
    /// Only where this feature is used.
    pub feature: Option<String>,
}

/// What a rule does with those whom it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Keeps so many seats for them.
    Reserve(u16),
    /// Lets them have no more than so many, all together.
    Max(u16),
    /// Lets them have none.
    Deny,
    /// Believes these accounts for whom they ask.
    Trust,
}

/// Somebody who is named.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Whom {
    User(String),
    Host(String),
}

/// Somebody as the rules know him; what is none is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Person<'a> {
    /// The user's name.
    pub user: Option<&'a str>,
    /// The workstation's.
    pub host: Option<&'a str>,
}

impl Rule {
    /// Whether it is about somebody who uses these features.
    pub fn is_of<F: AsRef<str>>(&self, person: Person<'_>, features: &[F]) -> bool {
        let named = |it: &Whom| match it {
            Whom::User(pattern) => person.user.is_some_and(|it| is_user(pattern, it)),
            Whom::Host(pattern) => person.host.is_some_and(|it| is_host(pattern, it)),
        };
        let used = |feature: &String| features.iter().any(|it| it.as_ref() == feature);
        (self.whom.is_empty() || self.whom.iter().any(named))
            && self.feature.as_ref().is_none_or(used)
    }

    /// Whether it trusts an account.
    pub fn trusts(&self, account: &str) -> bool {
        let person = Person {
            user: Some(account),
            host: None,
        };
        self.verb == Verb::Trust && self.is_of::<&str>(person, &[])
    }

    /// So many seats are kept by it; 0 where it keeps none.
    pub fn reserves(&self) -> u16 {
        match self.verb {
            Verb::Reserve(seats) => seats,
            _ => 0,
        }
    }
}

/// In its one form, without a comment.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, seats) = match self.verb {
            Verb::Reserve(seats) => ("reserve", Some(seats)),
            Verb::Max(seats) => ("max", Some(seats)),
            Verb::Deny => ("deny", None),
            Verb::Trust => ("trust", None),
        };
        f.write_str(word)?;
        seats.map_or(Ok(()), |seats| write!(f, " {seats}"))?;
        let whom = self.whom.iter().map(|it| match it {
            Whom::User(name) => ("user", name),
            Whom::Host(name) => ("host", name),
        });
        let feature = self.feature.iter().map(|name| ("feature", name));
        let mut named = whom.chain(feature);
        named.try_for_each(|(kind, name)| write!(f, " {kind}:{}", Quoted(name)))
    }
}

/// A name with blanks, or what could be taken for a comment, stands in quotation marks.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.contains([' ', '#']) {
            true => write!(f, "\"{}\"", self.0),
            false => f.write_str(self.0),
        }
    }
}

/// Users are compared letter by letter, as the system has them.
fn is_user(pattern: &str, name: &str) -> bool {
    fits(pattern, &name.nfc().collect::<String>())
}

/// Hosts without capitals; a name without a dot is that of a host in any domain.
fn is_host(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.to_lowercase());
    let name: String = name.nfc().collect();
    let first = name.split('.').next().unwrap_or_default();
    fits(&pattern, &name) || !pattern.contains('.') && fits(&pattern, first)
}

/// `*` stands for anything, nothing among it.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut name) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match name.split_once(part) {
            Some((_, after)) => name = after,
            None => return false,
        }
    }
    name.ends_with(last)
}

/// A line in its one form, and its rule if it has one.
pub(super) fn read(text: &str, line: u16) -> Result<(String, Option<Rule>), Misread> {
    let (words, comment) = words(text)?;
    let rule = rule(&words, line)?;
    let mut kept = rule.as_ref().map(Rule::to_string).unwrap_or_default();
    if let Some(comment) = comment {
        let between = if kept.is_empty() { "" } else { " " };
        // Writing to a string cannot fail.
        let _ = write!(kept, "{between}#{}", comment.trim_end());
    }
    Ok((kept, rule))
}

/// The words of a line, each with its quotation marks taken away, and what stands behind `#`.
fn words(text: &str) -> Result<(Vec<String>, Option<&str>), Misread> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.extend(Some(std::mem::take(&mut word))),
            '#' if !quoted && word.is_empty() => {
                words.retain(|word| !word.is_empty());
                return Ok((words, text.get(at + 1..)));
            }
            letter => word.push(letter),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    match quoted {
        true => Err(Misread::Quoted),
        false => Ok((words, None)),
    }
}

fn rule(words: &[String], line: u16) -> Result<Option<Rule>, Misread> {
    let Some((first, mut rest)) = words.split_first() else {
        return Ok(None);
    };
    let mut seats = |word: &'static str| {
        let (number, after) = rest.split_first().ok_or(Misread::Number(word))?;
        let digits = number.bytes().all(|it| it.is_ascii_digit());
        let number: Option<u16> = number.parse().ok().filter(|it| digits && *it > 0);
        rest = after;
        number.ok_or(Misread::Number(word))
    };
    let (verb, word) = match first.to_ascii_lowercase().as_str() {
        "reserve" => (Verb::Reserve(seats("reserve")?), "reserve"),
        "max" => (Verb::Max(seats("max")?), "max"),
        "deny" => (Verb::Deny, "deny"),
        "trust" => (Verb::Trust, "trust"),
        _ => return Err(Misread::Word(first.clone())),
    };
    let mut rule = Rule {
        line,
        verb,
        whom: Vec::new(),
        feature: None,
    };
    for word in rest {
        let (kind, name) = word
            .split_once(':')
            .ok_or_else(|| Misread::Whom(word.clone()))?;
        let name = self::name(name)?;
        match kind.to_ascii_lowercase().as_str() {
            "user" => rule.whom.push(Whom::User(name)),
            "host" | "feature" if verb == Verb::Trust => return Err(Misread::Trust),
            "host" => rule.whom.push(Whom::Host(name)),
            "feature" if rule.feature.is_some() => return Err(Misread::Features),
            "feature" => rule.feature = Some(name),
            _ => return Err(Misread::Whom(word.clone())),
        }
    }
    match rule.whom.is_empty() && rule.feature.is_none() {
        true => Err(Misread::Nobody(word)),
        false => Ok(Some(rule)),
    }
}

fn name(text: &str) -> Result<String, Misread> {
    let name: String = text.trim().nfc().collect();
    match (1..=LONGEST_NAME).contains(&name.len()) {
        true => Ok(name),
        false => Err(Misread::Name(name)),
    }
}
