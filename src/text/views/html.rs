//! The text of HTML, as far as codes need it: lines stay lines, cells stay apart, and a tag within a word leaves the word whole.

/// Elements whose content nobody sees.
const UNSEEN: [&str; 5] = ["head", "style", "script", "title", "template"];
/// Elements within a line.
const INLINE: [&str; 22] = [
    "a", "abbr", "b", "bdi", "bdo", "code", "em", "font", "i", "ins", "kbd", "mark", "o:p", "s",
    "samp", "small", "span", "strong", "sub", "sup", "tt", "u",
];

/// What a browser would show, if the text has tags.
pub(super) fn view(text: &str) -> Option<String> {
    has_tags(text).then(|| to_text(text))
}

/// Elements that begin a line, and those that hold them.
const BLOCKS: [&str; 16] = [
    "html",
    "body",
    "br",
    "div",
    "p",
    "table",
    "tr",
    "td",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "span",
    "font",
    "b",
];
/// Characters of a tag in which its name is looked for, and signs that may begin one.
const MOST_NAME: usize = 16;
const MOST_TAGS: usize = 4096;

/// Whether a text has a tag that mail programs write, somewhere.
fn has_tags(text: &str) -> bool {
    let known = |tag: &str| {
        let end = tag.char_indices().nth(MOST_NAME);
        let name = name(
            tag.get(..end.map_or(tag.len(), |it| it.0))
                .unwrap_or_default(),
        );
        !name.is_empty() && (UNSEEN.contains(&name.as_str()) || BLOCKS.contains(&name.as_str()))
    };
    text.match_indices('<')
        .take(MOST_TAGS)
        .any(|(at, _)| known(text.get(at..).unwrap_or_default()))
}

/// Whether a text is HTML as a whole: it begins with a tag, or has one of those that every mail program writes.
pub(in crate::text) fn is_html(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(2000).collect();
    let start = start.to_ascii_lowercase();
    start.starts_with("<!doctype html")
        || [
            "<html", "<body", "<br", "<div", "<p>", "<p ", "<table", "<pre",
        ]
        .iter()
        .any(|tag| start.contains(tag))
}

/// What a browser would show.
pub(in crate::text) fn to_text(html: &str) -> String {
    shown(html, &mut Ends::default())
}

fn shown(html: &str, ends: &mut Ends) -> String {
    let mut shown = Shown {
        text: String::with_capacity(html.len()),
        unseen: None,
        quotes: 0,
    };
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        shown.push(before);
        let Some(end) = ends.of_tag(tag) else {
            // No tag: a sign in the text, such as an arrow somebody typed.
            shown.push(" ");
            rest = tag.get(1..).unwrap_or_default();
            continue;
        };
        let (tag, after) = tag.split_at(end);
        rest = after;
        shown.tag(tag);
    }
    shown.push(rest);
    shown.text
}

/// What is shown so far.
struct Shown {
    text: String,
    /// The element that nobody sees, and how many of its name are open. One that never ends hides the rest, as a browser has it.
    unseen: Option<(String, usize)>,
    /// How many quotations are open.
    quotes: usize,
}

impl Shown {
    fn push(&mut self, source: &str) {
        if self.unseen.is_some() {
            return;
        }
        if self.quotes == 0 {
            return push(&mut self.text, source);
        }
        for (nth, line) in source.split('\n').enumerate() {
            if nth > 0 {
                self.text.push_str(QUOTED_LINE);
            }
            push(&mut self.text, line);
        }
    }

    fn tag(&mut self, tag: &str) {
        let name = name(tag);
        let ends = tag.starts_with("</");
        if let Some((element, open)) = &mut self.unseen {
            if ends && name == *element {
                *open -= 1;
            } else if *element == name && !RAW.contains(&name.as_str()) {
                *open += 1;
            }
            let closed = *open == 0;
            // A head ends where the body begins, whether somebody wrote its end or not.
            let begun = matches!(element.as_str(), "head" | "title")
                && BLOCKS.contains(&name.as_str())
                && !ends;
            if closed || begun {
                self.unseen = None;
            }
            if !begun {
                return;
            }
        }
        if name == "blockquote" {
            self.quotes = if ends {
                self.quotes.saturating_sub(1)
            } else {
                self.quotes + 1
            };
        }
        let alone = ends || tag.ends_with("/>") || VOID.contains(&name.as_str());
        match between(&name) {
            "\n" if self.quotes > 0 => self.text.push_str(QUOTED_LINE),
            other => self.text.push_str(other),
        }
        if !alone && (UNSEEN.contains(&name.as_str()) || hides(tag)) {
            self.unseen = Some((name, 1));
        }
    }
}

/// What stands before each line of a quotation, as in a mail that is text alone.
const QUOTED_LINE: &str = "\n> ";
/// Elements in which no other begins.
const RAW: [&str; 3] = ["script", "style", "title"];
/// Elements that have no content.
const VOID: [&str; 12] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
];
/// Styles that leave nothing to be seen, without blanks; of a number nothing but zeros.
const HIDING: [&str; 7] = [
    "display:none",
    "visibility:hidden",
    "visibility:collapse",
    "mso-hide:all",
    "opacity:0",
    "font-size:0",
    "max-height:0",
];

/// Whether an element says of itself that it is not shown.
fn hides(tag: &str) -> bool {
    let mut attributes = String::new();
    let mut quote = None;
    for character in tag.chars() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, _) => attributes.push(character.to_ascii_lowercase()),
        }
    }
    let mut attributes = attributes.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
    if attributes.any(|it| it == "hidden" || it.starts_with("hidden=")) {
        return true;
    }
    let style = tag.to_ascii_lowercase().replace(char::is_whitespace, "");
    let Some((_, style)) = style.split_once("style=") else {
        return false;
    };
    HIDING.iter().any(|hiding| {
        style.match_indices(hiding).any(|(at, _)| {
            let behind = style.get(at + hiding.len()..).unwrap_or_default();
            !hiding.ends_with('0')
                || !behind.starts_with(['.', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
        })
    })
}

/// What a tag leaves in the text.
fn between(name: &str) -> &'static str {
    match name {
        "" | "wbr" => "",
        "td" | "th" | "img" => " ",
        _ if INLINE.contains(&name) => "",
        _ => "\n",
    }
}

/// Where tags and comments end, remembered: a thousand that begin before the same end, or before none, are looked through once.
#[derive(Default)]
struct Ends {
    tag: End,
    comment: End,
}

impl Ends {
    /// The length of the tag or comment that begins here; `tag` reaches to the end of the text.
    fn of_tag(&mut self, tag: &str) -> Option<usize> {
        if tag.starts_with("<!--") {
            return self.comment.after(tag, "-->");
        }
        let begins = tag
            .chars()
            .nth(1)
            .is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'));
        if begins {
            self.tag.after(tag, ">")
        } else {
            None
        }
    }
}

/// One end that was found, as the distance from the end of the text, which stays when the beginning is cut off.
#[derive(Default)]
struct End {
    /// None before anything was looked for; zero where there is none up to the end of the text.
    left: Option<usize>,
    /// Bytes looked through.
    #[cfg(test)]
    work: usize,
}

impl End {
    /// How far it is to behind the first `mark`.
    fn after(&mut self, rest: &str, mark: &str) -> Option<usize> {
        let left = match self.left {
            // Still before us, or known to be nowhere.
            Some(left) if left == 0 || left + mark.len() < rest.len() => left,
            _ => {
                let found = rest.find(mark);
                #[cfg(test)]
                {
                    self.work += found.unwrap_or(rest.len());
                }
                found.map_or(0, |at| rest.len() - at)
            }
        };
        self.left = Some(left);
        (left > 0).then(|| rest.len() - left + mark.len())
    }
}

/// The name of a tag, in lower case; none of a comment.
fn name(tag: &str) -> String {
    let name = tag.trim_start_matches(['<', '/']);
    let end = name
        .find(|character: char| !(character.is_ascii_alphanumeric() || character == ':'))
        .unwrap_or(name.len());
    name.get(..end).unwrap_or_default().to_ascii_lowercase()
}

/// Text with its entities resolved; a line break in the source is no more than a blank, but does no harm as one.
pub(super) fn push(text: &mut String, mut source: &str) {
    while let Some(at) = source.find('&') {
        let (before, entity) = source.split_at(at);
        text.push_str(before);
        let end = entity.bytes().take(12).position(|byte| byte == b';');
        let resolved = end.and_then(|end| Some((resolve(entity.get(1..end)?)?, end + 1)));
        let (character, length) = resolved.unwrap_or((' ', 1));
        text.push(character);
        source = entity.get(length..).unwrap_or_default();
    }
    text.push_str(source);
}

/// The character of an entity: by number, or one of those that stand around codes; another is a sign between words.
fn resolve(entity: &str) -> Option<char> {
    if let Some(number) = entity.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(number);
    }
    Some(match entity {
        "shy" | "zwnj" | "zwj" => '\u{ad}',
        "ndash" | "mdash" | "minus" | "hyphen" | "dash" => '-',
        "gt" => '>',
        "lt" => '<',
        "amp" => '&',
        "colon" => ':',
        "NewLine" => '\n',
        _ if entity.bytes().all(|byte| byte.is_ascii_alphanumeric()) => ' ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Ends, shown, to_text};

    /// What never ends, or ends far behind, is looked through once and not from each beginning.
    #[test]
    fn no_shape_costs_more_than_its_length() {
        const TIMES: usize = 5000;
        for shape in [
            "<!--", "<!-- >", "<a", "<a <!--", "<1", "<", "</", "<!", "&", "&#", "&amp", "<p &",
        ] {
            for end in ["", ">", "-->", " --> >"] {
                let html = shape.repeat(TIMES) + end;
                let mut ends = Ends::default();
                let text = shown(&html, &mut ends);
                let work = ends.tag.work + ends.comment.work;
                assert!(work <= 2 * html.len(), "{shape} {end}: {work}");
                assert!(text.len() <= html.len(), "{shape} {end}");
            }
        }
    }

    #[test]
    fn ends_are_found_behind_what_was_passed_over() {
        for (html, text) in [
            ("<!--><b>x</b>-->y", "x-->y"),
            ("a<!-- never <b>x</b> <i>y", "a !-- never x y"),
            ("<b>1</b><!-- 2 --><i>3</i><!-- 4 -->5", "135"),
            ("<b><b>>", ">"),
        ] {
            assert_eq!(to_text(html), text, "{html}");
        }
    }

    #[test]
    fn what_nobody_sees_is_not_there_and_quotations_are_marked() {
        for (html, text) in [
            ("<div style='display: none'>1<div>2</div>3</div>4", "\n4"),
            ("<p hidden>1</p>2", "\n2"),
            ("<p title=\"hidden\" aria-hidden=true>1</p>2", "\n1\n2"),
            ("<span style=\"font-size:0\">1</span>2", "2"),
            ("<span style=\"font-size:0.9em\">1</span>2", "12"),
            ("<template><b>1</b></template><style>2", "\n\n"),
            (
                "1<blockquote>2<br>3\n4</blockquote>5",
                "1\n> 2\n> 3\n> 4\n5",
            ),
        ] {
            assert_eq!(to_text(html), text, "{html}");
        }
    }

    #[test]
    fn what_is_seen_stays() {
        for (html, text) in [
            (
                "<p>7KQ<b>2M</b>&#8209;9XT&shy;RB<br/>0C4WF</p>",
                "\n7KQ2M\u{2011}9XT\u{ad}RB\n0C4WF\n",
            ),
            ("<style>p { a: 1 }</style>A&nbsp;B &amp C", "\nA B  amp C"),
            ("<td>1</td><td>2</td> 1 < 2 <!-- <b>3 -->", " 1  2  1   2 "),
            ("&", " "),
            ("<", " "),
            ("<head><title>x<body>y", "\ny"),
        ] {
            assert_eq!(to_text(html).replace("\n\n", "\n"), text, "{html}");
        }
    }
}
