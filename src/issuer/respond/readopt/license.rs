//! The license of an answer that is taken back: as the answer grants it, and no more.

use std::num::{NonZeroU8, NonZeroU16};

use super::shown::Proven;
use super::{OfLicense, ReadoptError};
use crate::issuer::audit::Vouched;
use crate::issuer::history::{
    self, Hand, Hex, LICENSE_CHANGE, LICENSE_NEW, LicenseFacts, NewEvent, OrderFacts, Recorder,
    differences, keys_hasher, to_json,
};
use crate::issuer::ledger::{
    EmergencyAllowance, LedgerError, License, OrderTerms, TermsId, Transaction,
};

use crate::issuer::products::{self, CatalogueError};
use crate::protocol::date::Seconds;

/// Whom it was sold to, until somebody says so.
const NOBODY: &str = "unknown";
/// What stands in its notes.
const NOTE: &str = "taken back from an answer, as that grants it, after the ledger was put back";

/// Makes the license as its latest answer grants it, where it is not known, or was changed in what was lost.
pub(super) fn as_granted(
    tx: &mut dyn Transaction,
    latest: &Proven,
    all: &[&Proven],
    hand: Hand<'_>,
) -> Result<OfLicense, ReadoptError> {
    let most = all.iter().map(|it| it.grant.grant.seats).max();
    let most = most.and_then(NonZeroU16::new).unwrap_or(NonZeroU16::MIN);
    match tx.license_keyed(latest.key)? {
        None => {
            let terms = granted(latest, most, None);
            add(tx, latest, &terms, hand)?;
            Ok(OfLicense::New)
        }
        Some(license) => change(tx, license, latest, most, hand),
    }
}

/// What an answer grants, in place of what was ordered before, where that is known.
fn granted(it: &Proven, most: NonZeroU16, before: Option<&OrderTerms>) -> OrderTerms {
    let grant = &it.grant.grant;
    let grace = grant.revalidate_by;
    let grace = grace.map_or(0, |day| day.days_since(grant.issued.day()));
    let emergency = grant.emergency.as_ref();
    let emergency = emergency.and_then(|it| {
        Some(EmergencyAllowance {
            steps: NonZeroU8::new(it.steps)?,
            days: it.days,
        })
    });
    let of_order = match before {
        Some(before) => before.clone(),
        None => OrderTerms {
            product: it.product.id,
            customer: it.sender.clone().unwrap_or_else(|| NOBODY.to_owned()),
            contact: it.sender.clone(),
            seats: most,
            license_type: grant.license_type,
            edition: grant.edition,
            expires: grant.expires,
            maintenance: grant.maintenance,
            grace_days: u16::try_from(grace).unwrap_or(0),
            lend_days: None,
            emergency,
            entitlements: grant.entitlements.clone(),
            usb: None,
            order: None,
            note: Some(NOTE.to_owned()),
        },
    };
    OrderTerms {
        seats: of_order.seats.max(most),
        license_type: grant.license_type,
        edition: grant.edition,
        expires: grant.expires,
        maintenance: grant.maintenance,
        lend_days: grant.max_loan.or(of_order.lend_days),
        entitlements: grant.entitlements.clone(),
        ..of_order
    }
}

/// A license that was sold in what was lost.
fn add(
    tx: &mut dyn Transaction,
    it: &Proven,
    terms: &OrderTerms,
    hand: Hand<'_>,
) -> Result<(), ReadoptError> {
    products::fits(terms, &products::definition(&it.product)?)?;
    let mut recorder = Recorder::by_hand(tx, hand)?;
    let order = tx.add_terms(terms, recorder.next())?;
    let first = tx.next_license()?;
    if !tx
        .add_licenses(&[it.key], order, recorder.next())?
        .is_empty()
    {
        return Err(CatalogueError::KeysUsedUp.into());
    }
    let mut keys = keys_hasher();
    keys.update(&it.key.to_bytes());
    let facts = OrderFacts {
        order: order.0,
        terms: Hex(terms.digest(&it.product.name)),
        licenses: 1,
        keys: Hex(*keys.finalize().as_bytes()),
    };
    let event = NewEvent {
        kind: LICENSE_NEW,
        license: Some(first),
        activation: None,
        previous: None,
        data: to_json(&facts)?,
    };
    recorder.record(tx, event)?;
    Ok(())
}

/// One that is known: it is as the answer has it, unless it became what it is later than the answer was given.
fn change(
    tx: &mut dyn Transaction,
    license: License,
    it: &Proven,
    most: NonZeroU16,
    hand: Hand<'_>,
) -> Result<OfLicense, ReadoptError> {
    Vouched::default().license(tx, &license)?;
    let gone = || LedgerError::Damaged(format!("license {} has no order", license.key));
    let before = tx.terms(license.terms)?.ok_or_else(gone)?;
    if before.product != it.product.id || ordered(tx, &license)? > it.grant.grant.issued {
        return Ok(OfLicense::Known);
    }
    let after = granted(it, most, Some(&before));
    let product = products::definition(&it.product)?;
    let changes = differences(&before, &after, &product);
    if changes.is_empty() {
        return Ok(OfLicense::Known);
    }
    products::fits(&after, &product)?;
    let mut recorder = Recorder::by_hand(tx, hand)?;
    let event = recorder.next();
    let terms: TermsId = tx.add_terms(&after, event)?;
    let changed = License {
        terms,
        event,
        ..license.clone()
    };
    let facts = LicenseFacts {
        terms: Some(Hex(after.digest(&it.product.name))),
        changes: changes.clone(),
        reason: Some(NOTE.to_owned()),
        ..LicenseFacts::of(&changed)
    };
    tx.set_license(&changed)?;
    let event = NewEvent {
        kind: LICENSE_CHANGE,
        license: Some(license.id),
        activation: None,
        previous: Some(license.event),
        data: to_json(&facts)?,
    };
    recorder.record(tx, event)?;
    Ok(OfLicense::Changed(changes))
}

/// When the license became what it is.
fn ordered(tx: &mut dyn Transaction, license: &License) -> Result<Seconds, LedgerError> {
    let events = history::of_license(tx, license.event)?;
    let made = |kind: &str| kind == LICENSE_NEW || kind == LICENSE_CHANGE;
    let last = events.iter().rfind(|it| made(&it.kind));
    Ok(last.map_or(Seconds(0), |it| it.at))
}
