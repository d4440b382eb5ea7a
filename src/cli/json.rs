//! What scripts read: stable snake_case names, ISO dates, keys as strings.

use serde_json::{Map, Value, json};

use crate::issuer::ledger::Terms;
use crate::license_key::LicenseKey;
use crate::protocol::date::Day;
use crate::protocol::entitlements::Entitlements;
use crate::protocol::product::{Entry, Product, RootFingerprint};

/// A day, or null.
pub(crate) fn day(day: Option<Day>) -> Value {
    day.map_or(Value::Null, |day| json!(day.to_string()))
}

/// A product as `product list` and `product show` print it.
pub(crate) fn product(product: &Product) -> Value {
    let names = |kind| product.names(kind).collect::<Vec<_>>();
    json!({
        "product": product.id,
        "version": product.version,
        "name": product.name,
        "vendor": product.vendor,
        "mail": product.mail,
        "root_fingerprints": product.roots.iter().map(|root| RootFingerprint::of(root).to_string()).collect::<Vec<_>>(),
        "editions": product.editions,
        "features": names(Entry::Feature),
        "limits": names(Entry::Limit),
        "maintained": product.maintained,
        "bind": product.bind,
        "fingerprint": product.fingerprint,
        "demo_days": product.demo_days,
        "demo_features": product.demo_features,
        "demo_limits": product.demo_limits.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<Map<_, _>>(),
    })
}

/// The features of a license, by name.
pub(crate) fn features<'a>(product: &'a Product, entitlements: &Entitlements) -> Vec<&'a str> {
    let named = entitlements.iter().filter(|entry| entry.value.is_none());
    named
        .filter_map(|entry| product.entry(entry.index))
        .map(|(_, name)| name)
        .collect()
}

/// The limits of a license, by name.
pub(crate) fn limits<'a>(product: &'a Product, entitlements: &Entitlements) -> Vec<(&'a str, u32)> {
    let named = entitlements
        .iter()
        .filter_map(|entry| Some((product.entry(entry.index)?.1, entry.value?)));
    named.collect()
}

/// A license as `license list` and `license show` print it.
pub(crate) fn license(key: LicenseKey, product: &Product, terms: &Terms) -> Value {
    let limits = limits(product, &terms.entitlements);
    json!({
        "license_key": key.to_string(),
        "product": product.id,
        "customer": terms.customer,
        "contact": terms.contact,
        "seats": terms.seats,
        "type": terms.license_type.name(),
        "edition": product.edition_name(terms.edition),
        "expires": day(terms.expires),
        "maintenance": day(terms.maintenance),
        "grace": terms.grace_days,
        "lend": terms.lend_days,
        "usb": terms.usb.as_ref().map(ToString::to_string),
        "emergency": terms.emergency.map(|allowance| format!("{}x{}", allowance.steps, allowance.days)),
        "features": features(product, &terms.entitlements),
        "limits": limits.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect::<Map<_, _>>(),
    })
}
