//! Which entries of a license fit the lines of its product's catalogue (SPEC.md 4.5).

use super::catalogue::Entry;
use super::entitlements::{Content, Entitlements};

impl Entry {
    /// Whether a license may say this of such an entry. A pool of 0 is none.
    pub fn holds(self, content: &Content) -> bool {
        match (self, content) {
            (Entry::Feature, Content::Feature { .. })
            | (Entry::Limit, Content::Number { .. })
            | (Entry::Text, Content::Text(_)) => true,
            (Entry::Pool, Content::Number { value, .. }) => *value > 0,
            _ => false,
        }
    }
}

/// Whether each entry of a license is what its line says; those beyond the catalogue are of a newer product file and fit.
pub fn fits(catalogue: &[Entry], list: &Entitlements) -> bool {
    list.iter().all(|entry| {
        usize::try_from(entry.index)
            .ok()
            .and_then(|at| catalogue.get(at))
            .is_none_or(|line| line.holds(&entry.content))
    })
}
