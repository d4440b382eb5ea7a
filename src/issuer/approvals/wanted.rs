//! What another is to approve.

use std::fmt;

use super::rule::Rule;
use crate::issuer::history::Deed;

/// What somebody is about to do and another is to approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub(super) deed: Deed,
    pub(super) rules: Vec<Rule>,
}

impl Wanted {
    /// The product whose policy it is.
    pub fn product(&self) -> &str {
        &self.deed.product
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules: Vec<String> = self.rules.iter().map(Rule::to_string).collect();
        write!(
            f,
            "by the policy of {} another approves this first: {}",
            self.deed.product,
            rules.join(", ")
        )
    }
}
