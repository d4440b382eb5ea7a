//! A check's report in words and in JSON.

use serde_json::{Map, Value, json};

use crate::holder::{CheckReport, Count, Refusal, State, Terms};
use crate::machine::Components;
use crate::protocol::contents::Contents;
use crate::protocol::date::Day;
use crate::protocol::grant::LicenseType;

use super::advice::Advice as _;
use super::failure::Failure;
use super::{Context, json as names, words};

/// Why the application may not run, as a failure.
pub(crate) fn failure(refusal: &Refusal) -> Failure {
    Failure::new(refusal.kind(), refusal.to_string()).hint(refusal.advice())
}

/// Says what a license warns of, and what to do where it may be used all the same.
pub(crate) fn warn(context: &mut Context, report: &CheckReport) {
    for warning in &report.warnings {
        context.out.warn(warning);
        if report.allowed() {
            context.out.advise(&warning.advice());
        }
    }
}

/// Whether so many may use it at once as it has seats.
pub(crate) fn floats(report: &CheckReport) -> bool {
    let terms = report.terms.as_ref();
    report.state != State::Demo && terms.is_some_and(|it| it.license_type == LicenseType::Floating)
}

/// The object of `check` and `status`.
pub(crate) fn object(report: &CheckReport) -> Value {
    let warnings: Vec<Value> = report
        .warnings
        .iter()
        .map(|warning| json!({ "kind": warning.kind(), "message": warning.to_string(), "hint": warning.advice() }))
        .collect();
    let mut object = json!({
        "state": report.state.name(),
        "product": report.product,
        "license_key": report.license_key.map(|key| key.to_string()),
        "activation": report.activation.map(|activation| activation.to_string()),
        // The grant does not carry the customer's name: every byte of it is typed by somebody.
        "customer": Value::Null,
        "type": Value::Null,
        "edition": Value::Null,
        "seats": Value::Null,
        "expires": Value::Null,
        "maintenance": Value::Null,
        "revalidate_by": Value::Null,
        "days_left": report.days_left,
        "needs_seat": floats(report),
        "weakly_bound": report.weakly_bound,
        "usb_plugged_in": report.usb,
        "warnings": warnings,
    });
    if let Some(map) = object.as_object_mut() {
        if let Some(held) = &report.terms {
            map.extend(terms(held));
        }
        // What may be used now: the license's or the demo's.
        let now = Contents {
            features: report.features.clone(),
            limits: report.limits.clone(),
            pools: report.pools.clone(),
            texts: report.texts.clone(),
            ends: report
                .terms
                .as_ref()
                .map(|terms| terms.contents.ends.clone())
                .unwrap_or_default(),
        };
        map.extend(names::contents(&now));
        let ended = report.ended.iter();
        map.insert(
            "ended".to_owned(),
            ended
                .map(|(name, day)| (name.clone(), json!(day.to_string())))
                .collect::<Map<_, _>>()
                .into(),
        );
        map.insert(
            "counts".to_owned(),
            report.counts.iter().map(count).collect(),
        );
        map.insert(
            "bindings".to_owned(),
            report
                .bindings
                .iter()
                .map(|(name, value)| (name.clone(), json!(value)))
                .collect::<Map<_, _>>()
                .into(),
        );
        if let Some(refusal) = &report.refusal {
            map.insert("error".to_owned(), refused(refusal));
        }
    }
    object
}

/// A refusal with what an application needs to act on it: by how much a count is over its limit, which feature is missing.
fn refused(refusal: &Refusal) -> Value {
    let details = match refusal {
        // The first by itself too, for an application that counts one thing only.
        Refusal::OverLimit(over) => over.first().map_or(Value::Null, |first| {
            let mut object = count(first);
            if let Some(map) = object.as_object_mut() {
                map.remove("remaining");
                map.insert("over".to_owned(), over.iter().map(count).collect());
            }
            object
        }),
        Refusal::FeatureMissing(feature) | Refusal::FeatureUnknown { feature, .. } => {
            json!({ "feature": feature })
        }
        Refusal::FeatureEnded { feature, ended } | Refusal::MaintenanceOver { feature, ended } => {
            json!({ "feature": feature, "ended": ended.to_string() })
        }
        Refusal::Expired { on, today } => {
            json!({ "ended": on.to_string(), "today": today.to_string() })
        }
        Refusal::Overdue { by, today } => {
            json!({ "ended": by.to_string(), "today": today.to_string() })
        }
        Refusal::DemoOver { last, .. } => json!({ "ended": last.to_string() }),
        Refusal::Returned { at, .. } => json!({ "returned": at.to_string() }),
        Refusal::ClockBehind { wall, floor } => {
            json!({ "clock": wall.to_string(), "at_least": floor.to_string() })
        }
        Refusal::WrongBinding { name, bound, found } => {
            json!({ "binding": name, "bound": bound, "found": found })
        }
        Refusal::WrongMachine { different, unread }
        | Refusal::ChangeNotKept {
            different, unread, ..
        } => {
            let names = |parts: &Components| -> Vec<String> {
                parts.iter().map(|part| part.to_string()).collect()
            };
            json!({ "different": names(different), "unread": names(unread) })
        }
        _ => Value::Null,
    };
    failure(refusal).with(details).object()
}

/// A number in use, held against its limit, for scripts.
fn count(it: &Count) -> Value {
    let mut object = json!({
        "limit": it.limit,
        "count": it.count,
        "most": it.most,
        "remaining": it.remaining(),
        "over_by": it.over_by(),
    });
    if let Some((map, day)) = object.as_object_mut().zip(it.ended) {
        map.insert("ended".to_owned(), json!(day.to_string()));
    }
    object
}

/// The terms of a license, for scripts.
pub(crate) fn terms(terms: &Terms) -> Map<String, Value> {
    let object = json!({
        "type": terms.license_type.name(),
        "edition": terms.edition,
        "generation": terms.generation,
        "issued": terms.issued.to_string(),
        "seats": terms.seats,
        "expires": names::day(terms.expires),
        "maintenance": names::day(terms.maintenance),
        "revalidate_by": names::day(terms.revalidate_by),
        "max_loan": terms.max_loan,
        "emergency": terms.emergency.map(|steps| json!({ "used": steps.used, "of": steps.of, "days": steps.days })),
    });
    let mut map = names::contents(&terms.contents);
    if let Value::Object(terms) = object {
        map.extend(terms);
    }
    map
}

/// The terms of a license, for people.
pub(crate) fn terms_rows(terms: &Terms, today: Day) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    rows.extend(
        terms
            .edition
            .iter()
            .map(|edition| ("edition", edition.clone())),
    );
    rows.push(("type", terms.license_type.name().to_owned()));
    rows.push(("seats", terms.seats.to_string()));
    rows.push(("expires", words::day_or(terms.expires, "never")));
    rows.extend(
        terms
            .maintenance
            .map(|day| ("maintenance", maintenance(day, today))),
    );
    rows.push((
        "re-validate by",
        words::day_or(terms.revalidate_by, "never needed"),
    ));
    rows.extend(terms.emergency.map(|steps| {
        let each = words::count(steps.days, "day");
        ("emergency", format!("{steps} steps of {each} used"))
    }));
    rows.extend(words::contents(&terms.contents, Some(today)));
    rows
}

/// The license itself goes on when its maintenance has ended.
fn maintenance(last: Day, today: Day) -> String {
    if today > last {
        format!("ended on {last}")
    } else {
        format!("until {last}")
    }
}
