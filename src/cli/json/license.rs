//! What a license contains, as it was sold and as it is held.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Named, Shown, shown};
use crate::holder;
use crate::protocol::contents;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::grant::LicenseType;

/// What a license contains, by the names of its product.
#[derive(Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Contents {
    pub(crate) features: Vec<String>,
    /// Numbers by name; 4294967295 is unlimited.
    pub(crate) limits: BTreeMap<String, u32>,
    /// Modules with seats of their own, and how many.
    pub(crate) pools: BTreeMap<String, u32>,
    pub(crate) texts: BTreeMap<String, String>,
    /// The last days of what has one of its own.
    pub(crate) ends: BTreeMap<String, Shown<Day>>,
}

impl From<contents::Contents> for Contents {
    fn from(it: contents::Contents) -> Contents {
        Contents {
            features: it.features,
            limits: it.limits.into_iter().collect(),
            pools: it.pools.into_iter().collect(),
            texts: it.texts.into_iter().collect(),
            ends: days(it.ends),
        }
    }
}

/// Days by name.
pub(crate) fn days(of: impl IntoIterator<Item = (String, Day)>) -> BTreeMap<String, Shown<Day>> {
    of.into_iter()
        .map(|(name, day)| (name, Shown(day)))
        .collect()
}

/// The terms of a license that is held.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Terms {
    pub(crate) r#type: Named<LicenseType>,
    pub(crate) edition: Option<String>,
    /// Counts the grants of an activation, from 1.
    pub(crate) generation: u16,
    pub(crate) issued: Shown<Seconds>,
    /// Seats of this activation.
    pub(crate) seats: u16,
    /// The last day; null: perpetual.
    pub(crate) expires: Option<Shown<Day>>,
    /// The last day of maintenance; null: forever.
    pub(crate) maintenance: Option<Shown<Day>>,
    /// The last day without another contact; null: never needed.
    pub(crate) revalidate_by: Option<Shown<Day>>,
    /// The longest loan in days, where it may be lent.
    pub(crate) max_loan: Option<u8>,
    /// The number of the loan, where a site lent it; it ends with `expires`.
    pub(crate) loan: Option<u32>,
    pub(crate) emergency: Option<Steps>,
}

impl From<&holder::Terms> for Terms {
    fn from(it: &holder::Terms) -> Terms {
        Terms {
            r#type: Named(it.license_type),
            edition: it.edition.clone(),
            generation: it.generation,
            issued: Shown(it.issued),
            seats: it.seats,
            expires: shown(it.expires),
            maintenance: shown(it.maintenance),
            revalidate_by: shown(it.revalidate_by),
            max_loan: it.max_loan,
            loan: it.loan,
            emergency: it.emergency.map(|steps| Steps {
                used: steps.used,
                of: steps.of,
                days: steps.days,
            }),
        }
    }
}

/// Emergency codes of a license (SPEC.md 8).
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Steps {
    /// The highest step entered; 0: none.
    pub(crate) used: u8,
    pub(crate) of: u8,
    /// Days by which each moves the day of re-validation.
    pub(crate) days: u8,
}
