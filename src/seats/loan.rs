//! A loan, as whoever takes a seat meets it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::holder::json;
use crate::messages::seats as messages;
use crate::protocol::date::{Day, Seconds};

/// A seat that is lent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lent {
    /// The loan's number at the site.
    pub loan: u32,
    /// The seats that it takes.
    pub takes: Picked,
    /// What may be used of it, by name; none: all.
    pub features: Vec<String>,
    /// Whose it is, as the site's administrator noted.
    pub who: String,
    /// When it was lent.
    #[serde(with = "json::moment")]
    pub issued: Seconds,
    /// Its last day.
    #[serde(with = "json::text")]
    pub until: Day,
    /// From when on nobody counts on it any more.
    #[serde(with = "json::moment")]
    pub free_at: Seconds,
}

/// Seats that are chosen for a loan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picked {
    /// The license's, from 1.
    pub seat: u16,
    /// Those of modules, by the names of their rings.
    pub pools: BTreeMap<String, u16>,
}

impl Lent {
    /// Whether it uses a seat of a module.
    pub(super) fn uses(&self, module: &str) -> bool {
        self.features.is_empty() || self.features.iter().any(|name| name == module)
    }

    /// Who has it, in a few words: "loan 3 (chen), until 2026-12-20".
    pub fn holder(&self) -> String {
        match self.who.as_str() {
            "" => messages::loan(self.loan, self.until).to_string(),
            who => messages::loan_of(self.loan, self.until, who).to_string(),
        }
    }
}
