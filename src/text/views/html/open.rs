//! The elements that are open at a place of a page, closed as browsers close them: whoever wrote it left out ends, or wrote them in another order.

use super::style::{Sight, Style};
use super::tags::Name;

/// As many open elements are looked through for the one that an end belongs to, and no more: a page that needs more was made for nobody to read.
const FARTHEST: usize = 64;
/// Elements of looks that are opened anew behind the one that ended around them.
const MOST_ANEW: usize = 16;

/// Elements that give letters a look and do not care what ends around them.
pub(super) const LOOKS: [&str; 14] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
/// Elements before which a paragraph ends.
const ENDS_PARAGRAPH: [&str; 36] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "listing",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "ul",
];
/// What no end outside of it, and none inside of it, reaches across.
const WALLS: [&str; 8] = [
    "applet", "caption", "html", "marquee", "object", "table", "td", "th",
];
/// Elements that another closes, and what it does not reach across.
const CLOSED: [(&[&str], &[&str], &[&str]); 7] = [
    (
        &["li"],
        &["li"],
        &["ul", "ol", "menu", "dir", "table", "td", "th", "blockquote"],
    ),
    (
        &["dd", "dt"],
        &["dd", "dt"],
        &["dl", "table", "td", "th", "blockquote"],
    ),
    (&["td", "th"], &["td", "th", "caption"], &["table"]),
    (&["tr"], &["tr", "caption"], &["table"]),
    (
        &["tbody", "thead", "tfoot"],
        &["tbody", "thead", "tfoot", "caption"],
        &["table"],
    ),
    (
        &["option", "optgroup"],
        &["option"],
        &["select", "table", "td", "th"],
    ),
    (&["button"], &["button"], &WALLS),
];
/// Parts of a table, which end with one of another kind around them alone.
const OF_TABLES: [&str; 9] = [
    "caption", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
];
const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];
/// Elements that are open to the end of the page, wherever theirs is written.
const WHOLE: [&str; 3] = ["body", "head", "html"];

fn is_special(name: &Name) -> bool {
    [
        &ENDS_PARAGRAPH[..],
        &WALLS,
        &OF_TABLES,
        &["body", "button", "select", "template"],
    ]
    .iter()
    .any(|names| name.is_of(names))
}

struct Element {
    name: Name,
    style: Style,
    /// Nobody sees what such an element holds.
    unseen: bool,
    /// What it holds is shown from its end to its beginning.
    turned: bool,
    sight: Sight,
}

impl Element {
    fn within(&self, around: Sight) -> Sight {
        if self.unseen {
            Sight::NOTHING
        } else {
            let boxed = !super::is_inline(&self.name) && !self.name.is_of(&OF_TABLES);
            around.within(&self.style, boxed)
        }
    }
}

#[derive(Default)]
pub(super) struct Open {
    elements: Vec<Element>,
    /// How many quotations are open.
    quotes: usize,
    /// How many are open that turn around what they hold.
    turned: usize,
    body: bool,
}

impl Open {
    /// What is seen of the text at this place.
    pub(super) fn sight(&self) -> Sight {
        self.elements.last().map_or(Sight::default(), |it| it.sight)
    }

    pub(super) fn is_quoted(&self) -> bool {
        self.quotes > 0
    }

    pub(super) fn is_turned(&self) -> bool {
        self.turned > 0
    }

    /// Closes what ends where such an element begins.
    pub(super) fn make_room(&mut self, name: &Name) {
        if name.is_of(&ENDS_PARAGRAPH)
            && let Some(at) = self.find(|it| it.is_of(&["p"]), |it| it.is_of(&WALLS))
        {
            self.close_at(at);
        }
        for (opens, closes, walls) in CLOSED {
            if name.is_of(opens)
                && let Some(at) = self.find(|it| it.is_of(closes), |it| it.is_of(walls))
            {
                self.close_at(at);
            }
        }
        if name.is_of(&["a", "nobr"])
            && let Some(at) = self.find(|it| it == name, |it| it.is_of(&WALLS))
        {
            self.take_out(at);
        }
        let heading = self
            .elements
            .last()
            .is_some_and(|it| it.name.is_of(&HEADINGS));
        if heading && name.is_of(&HEADINGS) {
            self.pop();
        }
    }

    /// Opens an element; of the whole page only the first has a say.
    pub(super) fn open(&mut self, name: Name, style: Style, unseen: bool, turned: bool) {
        let again = name.is_of(&["body"]) && std::mem::replace(&mut self.body, true);
        if again || name.is_of(&["head"]) {
            return;
        }
        let mut element = Element {
            name,
            style,
            unseen,
            turned,
            sight: Sight::default(),
        };
        element.sight = element.within(self.sight());
        self.quotes += usize::from(name.is_of(&["blockquote"]));
        self.turned += usize::from(turned);
        self.elements.push(element);
    }

    /// Closes the element that an end belongs to, if there is one.
    pub(super) fn close(&mut self, name: &Name) {
        if name.is_of(&WHOLE) {
            return;
        }
        let heading = name.is_of(&HEADINGS);
        let same = |it: &Name| it == name || (heading && it.is_of(&HEADINGS));
        let looks = name.is_of(&LOOKS);
        let walls: &[&str] = match name.as_str() {
            _ if name.is_of(&OF_TABLES) => &["table"],
            "li" => &["ul", "ol", "table", "td", "th"],
            _ => &WALLS,
        };
        // What stands within a line does not end around what begins one.
        let ordinary = !looks && !is_special(name);
        let wall = |it: &Name| it.is_of(walls) || (ordinary && is_special(it));
        match self.find(same, wall) {
            Some(at) if looks => self.take_out(at),
            Some(at) => self.close_at(at),
            None => {}
        }
    }

    /// The innermost element that fits, unless there is a wall before it.
    fn find(&self, fits: impl Fn(&Name) -> bool, wall: impl Fn(&Name) -> bool) -> Option<usize> {
        let inner = self.elements.iter().enumerate().rev().take(FARTHEST);
        for (at, element) in inner {
            #[cfg(test)]
            super::super::super::meter::work::count(1);
            if fits(&element.name) {
                return Some(at);
            }
            if wall(&element.name) {
                return None;
            }
        }
        None
    }

    /// Closes an element and all in it. A look that was not ended goes on behind it, but for one in a cell.
    fn close_at(&mut self, at: usize) {
        let mut anew = Vec::new();
        while self.elements.len() > at {
            let Some(element) = self.pop() else { break };
            if element.name.is_of(&WALLS) {
                anew.clear();
            } else if element.name.is_of(&LOOKS)
                && self.elements.len() > at
                && !element.style.is_empty()
            {
                anew.push((element.name, element.style));
            }
        }
        for (name, style) in anew.into_iter().take(MOST_ANEW).rev() {
            self.open(name, style, false, false);
        }
    }

    /// Ends a look in the midst of what it holds.
    fn take_out(&mut self, at: usize) {
        let mut sight = at
            .checked_sub(1)
            .and_then(|at| self.elements.get(at))
            .map_or(Sight::default(), |it| it.sight);
        self.elements.remove(at);
        for element in self.elements.iter_mut().skip(at) {
            sight = element.within(sight);
            element.sight = sight;
        }
    }

    fn pop(&mut self) -> Option<Element> {
        let element = self.elements.pop()?;
        self.quotes -= usize::from(element.name.is_of(&["blockquote"]));
        self.turned -= usize::from(element.turned);
        Some(element)
    }
}
