//! What differs between two orders.

use super::change::{Change, Kept, What};
use crate::issuer::ledger::OrderTerms;
use crate::protocol::contents::Contents;
use crate::protocol::product::Product;

/// What differs between two orders.
pub fn differences(before: &OrderTerms, after: &OrderTerms, product: &Product) -> Vec<Change> {
    let pairs = terms(before, product)
        .into_iter()
        .zip(terms(after, product));
    let terms = pairs.map(|((what, before), (_, after))| Change {
        what,
        entry: None,
        before,
        after,
    });
    let contents = |terms: &OrderTerms| Contents::of(&terms.entitlements, Some(product));
    let entries = contents(after).differences(&contents(before));
    let entries = entries.into_iter().map(|it| Change {
        what: What::Entry,
        entry: Some(it.name),
        before: it.before.map(Kept::from),
        after: it.after.map(Kept::from),
    });
    terms
        .filter(|it| it.before != it.after)
        .chain(entries)
        .collect()
}

/// What was ordered but for its entries, in the order in which it is told.
fn terms(of: &OrderTerms, product: &Product) -> [(What, Option<Kept>); 11] {
    let emergency = of.emergency.as_ref();
    let emergency = emergency.map(|it| format!("{}x{}", it.steps, it.days));
    let license_type = of.license_type.name();
    [
        (What::Customer, Some(Kept::text(&of.customer))),
        (What::Contact, of.contact.as_ref().map(Kept::text)),
        (What::Seats, Some(Kept::number(of.seats.get()))),
        (What::Type, Some(Kept::text(license_type))),
        (
            What::Edition,
            product.edition_name(of.edition).map(Kept::text),
        ),
        (What::Expires, of.expires.map(Kept::text)),
        (What::Maintenance, of.maintenance.map(Kept::text)),
        (What::GraceDays, Some(Kept::number(of.grace_days))),
        (
            What::LendDays,
            of.lend_days.map(|days| Kept::number(days.get())),
        ),
        (What::Emergency, emergency.map(Kept::text)),
        (What::Usb, of.usb.as_ref().map(Kept::text)),
    ]
}
