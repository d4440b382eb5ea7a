//! The rules of a page's own style sheets, as far as they are simple: for a name, classes and an id of the element itself. Of what stands behind a condition,
//! or depends on what is around, only what shows an element counts, so that nothing is taken for hidden that may be seen.

use std::collections::HashMap;

use super::media::{Holds, condition, list};
use super::selector::{self, Selector};
use super::style::{self, DISPLAY, Declared, HEIGHT, OVERFLOW, Style, WIDTH, Weight};
use super::tags::{Name, Piece, Tag, pieces};
use super::values::{Word, extent};

/// Rules of which one name, class or id is the most telling part.
const MOST_RULES: usize = 64;
/// Classes of an element that are looked at.
const MOST_CLASSES: usize = 32;
/// Conditions within conditions.
const DEEPEST: u8 = 4;

struct Rule {
    selector: Selector,
    declared: Declared,
}

/// What rules say of elements, by the most telling part of each.
#[derive(Default)]
pub(super) struct Sheet {
    rules: HashMap<String, Vec<Rule>>,
    /// How many rules there were so far.
    count: u32,
}

impl Sheet {
    /// The rules of all style sheets in a page.
    pub(super) fn of(html: &str) -> Sheet {
        let mut sheet = Sheet::default();
        let mut within = Holds::Never;
        for piece in pieces(html) {
            match piece {
                Piece::Open(tag) if tag.name.is_of(&["style"]) => {
                    let mut media = tag
                        .attributes
                        .filter(|it| it.0.eq_ignore_ascii_case("media"));
                    let media = media.next().map(|it| super::resolved(it.1).to_lowercase());
                    within = media.map_or(Holds::Always, |it| list(&it));
                }
                Piece::Text(text) if within != Holds::Never => {
                    sheet.read(&style::clean(text), within == Holds::Always, 0);
                }
                _ => within = Holds::Never,
            }
        }
        sheet
    }

    fn read(&mut self, css: &str, always: bool, depth: u8) {
        let mut rest = css;
        while let Some((before, behind)) = rest.split_once('{') {
            // What ended before: another rule, or a word to the whole sheet.
            let selectors = before.rsplit(['}', ';']).next().unwrap_or_default().trim();
            let selectors = selectors.trim_start_matches("<!--").trim();
            if selectors.starts_with('@') {
                let (inner, next) = block(behind);
                let holds = condition(selectors);
                if holds != Holds::Never && depth < DEEPEST {
                    self.read(inner, always && holds == Holds::Always, depth + 1);
                }
                rest = next;
            } else {
                let (declarations, next) = behind.split_once('}').unwrap_or((behind, ""));
                self.add(selectors, declarations, always);
                rest = next;
            }
        }
    }

    fn add(&mut self, selectors: &str, declarations: &str, always: bool) {
        self.count = self.count.saturating_add(1);
        // What shows and what does not is read once for all selectors, whatever their weight.
        let read = |always: bool| {
            let mut declared = Declared::default();
            declared.read(declarations, Weight::default(), always);
            declared
        };
        let (whole, shown) = (read(always), read(false));
        if whole.is_empty() {
            return;
        }
        for text in selector::each(selectors) {
            let Some((selector, simple, specific)) = selector::parse(text) else {
                continue;
            };
            let declared = if simple { &whole } else { &shown };
            let declared = declared.weighing(specific, self.count);
            if declared.is_empty() {
                continue;
            }
            let rules = self.rules.entry(selector.key()).or_default();
            let room = rules.len() < MOST_RULES;
            match rules.iter_mut().find(|it| it.selector == selector) {
                Some(known) => known.declared.add(&declared),
                None if room => rules.push(Rule { selector, declared }),
                None => {}
            }
        }
    }

    /// What an element looks like that has these attributes.
    pub(super) fn style_of(&self, tag: &Tag<'_>) -> Style {
        let (mut classes, mut id, mut own, mut hidden) = ("", "", None, false);
        let (mut open, mut size) = (false, [None; 2]);
        // Of an attribute that stands twice the first counts.
        let mut known = [false; 5];
        let mut first = |nth: usize| {
            let known = known.get_mut(nth);
            known.is_some_and(|known| !std::mem::replace(known, true))
        };
        for (name, value) in tag.attributes.clone() {
            match Name::of(name).as_str() {
                "class" if first(0) => classes = value,
                "id" if first(1) => id = value,
                "style" if first(2) => own = Some(value),
                "height" if first(3) => size[0] = Some(value),
                "width" if first(4) => size[1] = Some(value),
                "hidden" | "popover" => hidden = true,
                "open" => open = true,
                _ => {}
            }
        }
        let mut said = self.ruled(&tag.name, classes, id);
        if let Some(own) = own {
            said.read(&style::clean(&super::resolved(own)), Weight::OWN, true);
        }
        if hidden || (tag.name.is_of(&["dialog"]) && !open) {
            said.unless_said(DISPLAY, Word::Hides);
        }
        if tag.name.is_of(&["svg"]) {
            said.unless_said(OVERFLOW, Word::Hides);
            for (at, value) in [HEIGHT, WIDTH].into_iter().zip(size) {
                let word = value.and_then(|it| extent(it.trim()));
                word.into_iter().for_each(|word| said.unless_said(at, word));
            }
        }
        Style::from(&said)
    }

    fn ruled(&self, name: &Name, classes: &str, id: &str) -> Declared {
        let mut said = Declared::default();
        if self.rules.is_empty() {
            return said;
        }
        let name = name.as_str();
        let classes = super::resolved(classes).to_lowercase();
        let classes: Vec<&str> = classes.split_whitespace().take(MOST_CLASSES).collect();
        let id = super::resolved(id).to_lowercase();
        let mut take = |key: &str| {
            for rule in self.rules.get(key).into_iter().flatten() {
                #[cfg(test)]
                super::super::super::meter::work::count(1);
                if rule.selector.fits(name, &classes, &id) {
                    said.add(&rule.declared);
                }
            }
        };
        take("*");
        take(name);
        for (nth, class) in classes.iter().enumerate() {
            if classes.get(..nth).is_some_and(|it| !it.contains(class)) {
                take(&format!(".{class}"));
            }
        }
        if !id.is_empty() {
            take(&format!("#{id}"));
        }
        said
    }
}

/// A block within which others are, and what follows it.
fn block(css: &str) -> (&str, &str) {
    let mut open = 1_usize;
    let end = css.find(|next| {
        match next {
            '{' => open += 1,
            '}' => open = open.saturating_sub(1),
            _ => {}
        }
        open == 0
    });
    let Some(end) = end else { return (css, "") };
    let (inner, behind) = css.split_at_checked(end).unwrap_or((css, ""));
    (inner, behind.strip_prefix('}').unwrap_or(behind))
}
