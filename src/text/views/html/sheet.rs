//! The rules of a page's own style sheets, as far as they are simple: for a name, a class or an id. What stands behind a condition or within something else
//! is passed over, so that nothing is taken for hidden that may be seen.

use std::collections::HashMap;

use super::style::{self, Style};
use super::tags::{Name, Piece, Tag, pieces};

/// Conditions that hold wherever a mail is read.
const ALWAYS: [&str; 3] = ["@media all", "@media screen", "@media only screen"];

/// What each name, class and id is said to look like.
#[derive(Default)]
pub(super) struct Sheet {
    rules: HashMap<String, Style>,
}

impl Sheet {
    /// The rules of all style sheets in a page.
    pub(super) fn of(html: &str) -> Sheet {
        let mut sheet = Sheet::default();
        let mut within = false;
        for piece in pieces(html) {
            match piece {
                Piece::Open(tag) => within = tag.name.is_of(&["style"]),
                Piece::Text(text) if within => sheet.read(&style::clean(text)),
                _ => within = false,
            }
        }
        sheet
    }

    fn read(&mut self, css: &str) {
        let mut rest = css;
        while let Some((before, behind)) = rest.split_once('{') {
            // What ended before: another rule, or a word to the whole sheet.
            let selectors = before.rsplit(['}', ';']).next().unwrap_or_default().trim();
            if ALWAYS.contains(&selectors) {
                rest = behind;
            } else if selectors.starts_with('@') {
                rest = behind_block(behind);
            } else {
                let (declarations, next) = behind.split_once('}').unwrap_or((behind, ""));
                self.add(selectors, declarations);
                rest = next;
            }
        }
    }

    fn add(&mut self, selectors: &str, declarations: &str) {
        let style = Style::of(declarations);
        if style.is_empty() {
            return;
        }
        for selector in selectors.split(',') {
            let selector = selector.trim().trim_start_matches("<!--").trim();
            let simple = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_' | '.' | '#');
            let parts = selector.matches(['.', '#']).count();
            if !selector.is_empty() && parts <= 1 && selector.chars().all(simple) {
                let known = self.rules.entry(selector.to_owned()).or_default();
                *known = known.then(&style);
            }
        }
    }

    /// What an element looks like that has these attributes.
    pub(super) fn style_of(&self, tag: &Tag<'_>) -> Style {
        let (mut classes, mut id, mut own, mut hidden) = ("", "", None, false);
        let mut open = false;
        // Of an attribute that stands twice the first counts.
        let mut known = [false; 3];
        let mut first = |nth: usize| {
            let known = known.get_mut(nth);
            known.is_some_and(|known| !std::mem::replace(known, true))
        };
        for (name, value) in tag.attributes.clone() {
            match Name::of(name).as_str() {
                "class" if first(0) => classes = value,
                "id" if first(1) => id = value,
                "style" if first(2) => own = Some(value),
                "hidden" => hidden = true,
                "open" => open = true,
                _ => {}
            }
        }
        let mut style = self.ruled(&tag.name, classes, id);
        if let Some(own) = own {
            style = style.then(&Style::of(&super::resolved(own)));
        }
        if hidden || (tag.name.is_of(&["dialog"]) && !open) {
            style = style.unless_shown_hidden();
        }
        style
    }

    fn ruled(&self, name: &Name, classes: &str, id: &str) -> Style {
        let mut style = Style::default();
        if self.rules.is_empty() {
            return style;
        }
        let mut take = |selector: &str| {
            if let Some(rule) = self.rules.get(selector) {
                style = style.then(rule);
            }
        };
        let name = name.as_str();
        take(name);
        let classes = super::resolved(classes).to_lowercase();
        for class in classes.split_whitespace() {
            take(&format!(".{class}"));
            take(&format!("{name}.{class}"));
        }
        let id = super::resolved(id).to_lowercase();
        take(&format!("#{id}"));
        take(&format!("{name}#{id}"));
        style
    }
}

/// What follows a block within which others are.
fn behind_block(css: &str) -> &str {
    let mut open = 1_usize;
    let end = css.find(|next| {
        match next {
            '{' => open += 1,
            '}' => open = open.saturating_sub(1),
            _ => {}
        }
        open == 0
    });
    end.and_then(|end| css.get(end + 1..)).unwrap_or_default()
}
