//! What scripts read: stable snake_case names, ISO dates, keys as strings.

use serde_json::{Map, Value, json};

#[cfg(feature = "desk")]
use crate::issuer::ledger::Terms;
#[cfg(feature = "desk")]
use crate::license_key::LicenseKey;
use crate::protocol::contents::Contents;
use crate::protocol::date::Day;
use crate::protocol::product::{Entry, NAMED_REST, Product, RootFingerprint, WARN_DAYS};

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
        "pools": names(Entry::Pool),
        "texts": names(Entry::Text),
        "maintained": product.maintained,
        "bind": product.bind,
        "fingerprint": product.fingerprint,
        "seat": product.seat.unwrap_or_default().name(),
        "named_rest": product.named_rest.unwrap_or(NAMED_REST),
        "warn_days": product.warn_days.unwrap_or(WARN_DAYS),
        "demo_days": product.demo_days,
        "demo_features": product.demo_features,
        "demo_limits": product.demo_limits.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<Map<_, _>>(),
    })
}

/// What a license contains, for scripts: features by name, limits, pools and texts with their values, and the last days of what has one of its own.
pub(crate) fn contents(contents: &Contents) -> Map<String, Value> {
    let object = |pairs: Vec<(&String, Value)>| {
        let pairs = pairs.into_iter();
        Value::Object(pairs.map(|(name, value)| (name.clone(), value)).collect())
    };
    let numbers = |list: &[(String, u32)]| {
        let values = list
            .iter()
            .map(|(name, value)| (name.clone(), json!(value)));
        Value::Object(values.collect())
    };
    let texts = contents.texts.iter();
    let ends = contents.ends.iter();
    [
        ("features", json!(contents.features)),
        ("limits", numbers(&contents.limits)),
        ("pools", numbers(&contents.pools)),
        (
            "texts",
            object(texts.map(|(name, text)| (name, json!(text))).collect()),
        ),
        (
            "ends",
            object(
                ends.map(|(name, day)| (name, json!(day.to_string())))
                    .collect(),
            ),
        ),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// A license as `license list` and `license show` print it.
#[cfg(feature = "desk")]
pub(crate) fn license(key: LicenseKey, product: &Product, terms: &Terms) -> Value {
    let mut object = json!({
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
    });
    if let Some(map) = object.as_object_mut() {
        map.extend(contents(&Contents::of(&terms.entitlements, Some(product))));
    }
    object
}
