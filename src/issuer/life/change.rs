//! Changing what was ordered, and taking it back.

use std::fmt::Display;

use super::LifeError;
use crate::issuer::history::{
    self, Actor, Change, Hex, LICENSE_CHANGE, LICENSE_RESTORE, LICENSE_REVOKE, LicenseFacts,
    NewEvent, Recorder,
};
use crate::issuer::ledger::{Ledger, LedgerError, License, OrderTerms, Transaction};
use crate::issuer::policy::Refusal;
use crate::issuer::products::{self, CatalogueError};
use crate::license_key::LicenseKey;
use crate::protocol::contents::Contents;
use crate::protocol::date::Day;
use crate::protocol::grant::LicenseType;
use crate::protocol::product::Product;

/// Changes what was ordered for one license: `edit` makes the new terms from the old. Machines learn of it at their next SYNC.
///
/// # Errors
/// What `edit` says, `UnknownKey`, `Nothing`, `Order` where the terms do not fit the product, or what the ledger says.
pub fn change<E: From<LifeError> + From<LedgerError>>(
    ledger: &mut Ledger,
    key: LicenseKey,
    edit: impl FnOnce(&OrderTerms, &Product) -> Result<OrderTerms, E>,
    by: Actor<'_>,
) -> Result<Vec<Change>, E> {
    ledger.write(|tx| {
        let license = known(tx, key)?;
        let before = order(tx, &license)?;
        let product = product(tx, &before)?;
        let after = edit(&before, &product)?;
        products::fits(&after, &product).map_err(LifeError::from)?;
        let changes = differences(&before, &after, &product);
        if changes.is_empty() {
            return Err(LifeError::Nothing("the license is like that already").into());
        }
        let terms = tx.add_terms(&after)?;
        let facts = LicenseFacts {
            terms: Some(Hex(after.digest(&product.id))),
            changes: changes.clone(),
            ..LicenseFacts::of(&License {
                terms,
                ..license.clone()
            })
        };
        touch(
            tx,
            &License { terms, ..license },
            LICENSE_CHANGE,
            &facts,
            by,
        )?;
        Ok(changes)
    })
}

/// Revokes a license: nothing is granted any more. Machines that hold it go on until they have to be in contact again.
///
/// # Errors
/// `UnknownKey`, `Nothing` where it is revoked already, or what the ledger says.
pub fn revoke(
    ledger: &mut Ledger,
    key: LicenseKey,
    reason: &str,
    by: Actor<'_>,
) -> Result<(), LifeError> {
    set_revoked(ledger, key, true, reason, by)
}

/// Takes a revocation back.
///
/// # Errors
/// `UnknownKey`, `Nothing` where it is not revoked, or what the ledger says.
pub fn restore(
    ledger: &mut Ledger,
    key: LicenseKey,
    reason: &str,
    by: Actor<'_>,
) -> Result<(), LifeError> {
    set_revoked(ledger, key, false, reason, by)
}

fn set_revoked(
    ledger: &mut Ledger,
    key: LicenseKey,
    revoked: bool,
    reason: &str,
    by: Actor<'_>,
) -> Result<(), LifeError> {
    ledger.write(|tx| {
        let license = known(tx, key)?;
        if license.revoked == revoked {
            return Err(LifeError::Nothing(if revoked {
                "the license is revoked already"
            } else {
                "the license is not revoked"
            }));
        }
        let license = License { revoked, ..license };
        let facts = LicenseFacts {
            reason: Some(reason.to_owned()),
            ..LicenseFacts::of(&license)
        };
        let kind = if revoked {
            LICENSE_REVOKE
        } else {
            LICENSE_RESTORE
        };
        Ok(touch(tx, &license, kind, &facts, by)?)
    })
}

/// Writes a license that concerns no activation, and its event.
fn touch(
    tx: &mut dyn Transaction,
    license: &License,
    kind: &'static str,
    facts: &LicenseFacts,
    by: Actor<'_>,
) -> Result<(), LedgerError> {
    let mut recorder = Recorder::open(tx, by)?;
    tx.set_license(&License {
        event: recorder.next(),
        ..license.clone()
    })?;
    let event = NewEvent {
        kind,
        license: Some(license.id),
        activation: None,
        previous: Some(license.event),
        data: history::to_json(facts)?,
    };
    recorder.record(tx, event)?;
    Ok(())
}

fn known(tx: &mut dyn Transaction, key: LicenseKey) -> Result<License, LifeError> {
    Ok(tx.license_keyed(key)?.ok_or(Refusal::UnknownKey)?)
}

fn order(tx: &mut dyn Transaction, license: &License) -> Result<OrderTerms, LedgerError> {
    tx.terms(license.terms)?
        .ok_or_else(|| LedgerError::Damaged(format!("license {} has no order", license.key)))
}

fn product(tx: &mut dyn Transaction, terms: &OrderTerms) -> Result<Product, LifeError> {
    let row = tx
        .product(terms.product)?
        .ok_or(CatalogueError::Order("there is no such product"))?;
    Ok(products::definition(&row)?)
}

/// What differs between two orders.
pub fn differences(before: &OrderTerms, after: &OrderTerms, product: &Product) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut add = |what: &str, entry: Option<String>, before: String, after: String| {
        if before != after {
            changes.push(Change {
                what: what.to_owned(),
                entry,
                before,
                after,
            });
        }
    };
    let mut held = |what: &str, before, after| add(what, None, before, after);
    held("customer", before.customer.clone(), after.customer.clone());
    held(
        "contact",
        or(before.contact.as_ref(), "none"),
        or(after.contact.as_ref(), "none"),
    );
    held("seats", before.seats.to_string(), after.seats.to_string());
    let kind = |terms: &OrderTerms| LicenseType::name(terms.license_type).to_owned();
    held("type", kind(before), kind(after));
    let edition = |terms: &OrderTerms| or(product.edition_name(terms.edition), "none");
    held("edition", edition(before), edition(after));
    held("expires", day(before.expires), day(after.expires));
    held(
        "maintenance",
        day(before.maintenance),
        day(after.maintenance),
    );
    held(
        "grace_days",
        before.grace_days.to_string(),
        after.grace_days.to_string(),
    );
    held(
        "lend_days",
        or(before.lend_days, "none"),
        or(after.lend_days, "none"),
    );
    held("emergency", emergency(before), emergency(after));
    held(
        "usb",
        or(before.usb.as_ref(), "none"),
        or(after.usb.as_ref(), "none"),
    );
    let contents = |terms: &OrderTerms| Contents::of(&terms.entitlements, Some(product));
    let contents = contents(after).differences(&contents(before), ("on", "off"));
    for (name, before, after) in contents {
        add("entry", Some(name), before, after);
    }
    changes
}

fn or(value: Option<impl Display>, none: &str) -> String {
    value.map_or_else(|| none.to_owned(), |value| value.to_string())
}

fn day(day: Option<Day>) -> String {
    or(day, "never")
}

fn emergency(terms: &OrderTerms) -> String {
    let allowance = terms.emergency;
    allowance.map_or_else(
        || "none".to_owned(),
        |it| format!("{}x{}", it.steps, it.days),
    )
}
