//! How an event left its license, by its own facts.

use serde::Deserialize;

use super::facts::{Hex, LICENSE_NEW, OrderFacts};
use crate::issuer::ledger::{Event, License, LicenseId, Withdrawn};

/// A license as an event left it, or as its row has it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Left {
    /// The row of its terms.
    pub(crate) order: i64,
    /// Seats taken; none: never activated.
    pub(crate) taken: Option<u32>,
    /// Digest of what it used up.
    pub(crate) counts: Option<Hex>,
    pub(crate) withdrawn: Option<Withdrawn>,
}

/// What events of every kind that speak of a license say of it, each under the same name.
#[derive(Deserialize)]
struct Said {
    order: i64,
    #[serde(default)]
    taken: Option<u32>,
    #[serde(default)]
    counts: Option<Hex>,
    #[serde(default)]
    revoked: bool,
    #[serde(default)]
    void: bool,
}

impl Left {
    /// By the facts of an event; nothing where they say nothing of a license, or cannot be read.
    pub(crate) fn by(event: &Event) -> Option<Left> {
        let it: Said = serde_json::from_str(&event.data).ok()?;
        Some(Left {
            order: it.order,
            taken: it.taken,
            counts: it.counts,
            withdrawn: match (it.revoked, it.void) {
                (true, _) => Some(Withdrawn::Revoked),
                (false, true) => Some(Withdrawn::Void),
                (false, false) => None,
            },
        })
    }

    /// By the row.
    pub(crate) fn of(license: &License) -> Left {
        Left {
            order: license.terms.0,
            taken: license.taken,
            counts: license.counts.digest().map(Hex),
            withdrawn: license.withdrawn,
        }
    }
}

/// Whether an event speaks of a license: one of those that its order made, or the one that it names.
pub(crate) fn speaks_of(event: &Event, license: LicenseId) -> bool {
    if event.kind != LICENSE_NEW {
        return event.license == Some(license);
    }
    let it: Option<OrderFacts> = serde_json::from_str(&event.data).ok();
    let (Some(it), Some(first)) = (it, event.license) else {
        return false;
    };
    (first.0..first.0.saturating_add(it.licenses)).contains(&license.0)
}
