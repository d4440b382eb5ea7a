//! Which elements a rule of a style sheet is for.

/// The name, the classes and the id that an element must have.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Selector {
    name: String,
    classes: Vec<String>,
    id: String,
}

/// What asks for more than a name, a class or an id, and holds without anybody's doing.
const STANDING: [&str; 9] = [
    "first-child",
    "first-of-type",
    "last-child",
    "last-of-type",
    "not",
    "nth-",
    "only-",
    "root",
    "is",
];

impl Selector {
    /// The most telling part.
    pub(super) fn key(&self) -> String {
        match (self.id.as_str(), self.classes.first()) {
            ("", None) if self.name.is_empty() => "*".to_owned(),
            ("", None) => self.name.clone(),
            ("", Some(class)) => format!(".{class}"),
            (id, _) => format!("#{id}"),
        }
    }

    pub(super) fn fits(&self, name: &str, classes: &[&str], id: &str) -> bool {
        (self.name.is_empty() || self.name == name)
            && (self.id.is_empty() || self.id == id)
            && self.classes.iter().all(|it| classes.contains(&it.as_str()))
    }
}

/// The selectors between commas.
pub(super) fn each(selectors: &str) -> impl Iterator<Item = &str> {
    apart(selectors, |it| it == ',').map(str::trim)
}

/// The parts between such signs that are within no brackets.
fn apart(text: &str, sign: impl Fn(char) -> bool) -> impl Iterator<Item = &str> {
    let mut open = 0_usize;
    text.split(move |next: char| {
        match next {
            '(' | '[' => open += 1,
            ')' | ']' => open = open.saturating_sub(1),
            _ => {}
        }
        open == 0 && sign(next)
    })
}

fn is_name(it: char) -> bool {
    it.is_alphanumeric() || matches!(it, '-' | '_')
}

/// What the element must be that a selector is for, whether that is all that it asks, and how specific it is; nothing where it is for none, or for none but
/// while somebody points at it.
pub(super) fn parse(text: &str) -> Option<(Selector, bool, u8)> {
    let count = |sign: char| text.matches(sign).count();
    let last = apart(text, |it| {
        it.is_whitespace() || matches!(it, '>' | '+' | '~')
    })
    .last()?;
    let mut simple = last.len() == text.len();
    let mut selector = Selector::default();
    let mut rest = last;
    while let Some(first) = rest.chars().next() {
        let behind = rest.get(first.len_utf8()..).unwrap_or_default();
        let end = behind.find(|it| !is_name(it)).unwrap_or(behind.len());
        let (word, after) = behind.split_at_checked(end)?;
        rest = after;
        match first {
            '*' if word.is_empty() => {}
            '.' if !word.is_empty() => selector.classes.push(word.to_owned()),
            '#' if !word.is_empty() => word.clone_into(&mut selector.id),
            '[' => {
                let (value, after) = after.split_once(']')?;
                let value = value
                    .trim_start_matches(['=', '~'])
                    .trim_matches(['"', '\'']);
                if word == "class" && !value.is_empty() && value.chars().all(is_name) {
                    selector.classes.push(value.to_owned());
                }
                simple = false;
                rest = after;
            }
            ':' => {
                STANDING.iter().find(|it| word.starts_with(*it))?;
                if let Some(inner) = after.strip_prefix('(') {
                    rest = inner.split_once(')')?.1;
                }
                simple = false;
            }
            _ if is_name(first)
                && last.starts_with(first)
                && rest.len() + 1 + end <= last.len() =>
            {
                selector.name = format!("{first}{word}");
            }
            _ => return None,
        }
    }
    selector.classes.sort_unstable();
    if !simple && selector == Selector::default() {
        return None;
    }
    let classes = count('.') + count('[') + count(':');
    let named = usize::from(!selector.name.is_empty());
    let specific = 64 * count('#').min(2) + 2 * classes.min(30) + named;
    Some((selector, simple, u8::try_from(specific).unwrap_or(u8::MAX)))
}
