//! Products.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Shown;
use crate::protocol::product::{self, Entry, NAMED_REST, RootFingerprint, WARN_DAYS};

/// A product, of `product list` and `product show`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Product {
    /// Its id.
    pub(crate) product: String,
    pub(crate) version: u32,
    pub(crate) name: String,
    pub(crate) vendor: String,
    /// Where requests go.
    pub(crate) mail: Option<String>,
    pub(crate) root_fingerprints: Vec<Shown<RootFingerprint>>,
    pub(crate) editions: Vec<String>,
    pub(crate) features: Vec<String>,
    pub(crate) limits: Vec<String>,
    pub(crate) pools: Vec<String>,
    pub(crate) texts: Vec<String>,
    /// Features that need maintenance.
    pub(crate) maintained: Vec<String>,
    /// What licenses are bound to, beside the machine.
    pub(crate) bind: Vec<String>,
    /// Whether they are bound to the machine.
    pub(crate) fingerprint: bool,
    /// What takes a seat.
    pub(crate) seat: &'static str,
    /// Hours that a named user's seat rests.
    pub(crate) named_rest: u16,
    /// Days before the end of the grace from which on it is warned.
    pub(crate) warn_days: u16,
    /// 0: no demo.
    pub(crate) demo_days: u16,
    pub(crate) demo_features: Vec<String>,
    pub(crate) demo_limits: BTreeMap<String, u32>,
    /// What the desk does with machines that are weakly bound: `warn`, `hold` or `refuse`; only at the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) weak: Option<&'static str>,
}

impl Product {
    /// `weak`: what the desk does with machines that are weakly bound, where this is the desk.
    pub(crate) fn of(it: &product::Product, weak: Option<&'static str>) -> Product {
        let names = |kind| it.names(kind).map(str::to_owned).collect();
        let roots = it.roots.iter();
        Product {
            product: it.id.clone(),
            version: it.version,
            name: it.name.clone(),
            vendor: it.vendor.clone(),
            mail: it.mail.clone(),
            root_fingerprints: roots.map(|root| Shown(RootFingerprint::of(root))).collect(),
            editions: it.editions.clone(),
            features: names(Entry::Feature),
            limits: names(Entry::Limit),
            pools: names(Entry::Pool),
            texts: names(Entry::Text),
            maintained: it.maintained.clone(),
            bind: it.bind.clone(),
            fingerprint: it.fingerprint,
            seat: it.seat.unwrap_or_default().name(),
            named_rest: it.named_rest.unwrap_or(NAMED_REST),
            warn_days: it.warn_days.unwrap_or(WARN_DAYS),
            demo_days: it.demo_days,
            demo_features: it.demo_features.clone(),
            demo_limits: it.demo_limits.iter().cloned().collect(),
            weak,
        }
    }
}

/// What `product install` did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Installed {
    /// Its id.
    pub(crate) product: String,
    /// The version that was to be installed.
    pub(crate) version: u32,
    pub(crate) outcome: &'static str,
    pub(crate) root_fingerprint: Shown<RootFingerprint>,
}
