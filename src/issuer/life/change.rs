//! Changing what was ordered, and taking it back.

use super::LifeError;
use crate::issuer::approvals::{self, Extent};
use crate::issuer::audit::Vouched;
use crate::issuer::history::{
    self, Actor, Change, Deed, Hand, Hex, LICENSE_CHANGE, LICENSE_RESTORE, LICENSE_REVOKE,
    LICENSE_VOID, LicenseFacts, NewEvent, Recorder, differences,
};
use crate::issuer::ledger::{Ledger, LedgerError, License, OrderTerms, Transaction, Withdrawn};
use crate::issuer::policy::{self, Refusal};
use crate::issuer::products::{self, CatalogueError};
use crate::license_key::LicenseKey;
use crate::protocol::grant::LicenseType;
use crate::protocol::product::Product;

/// Changes what was ordered for one license: `edit` makes the new terms from the old. Machines learn of it at their next SYNC. With a reason the manager
/// makes it standalone although seats may be on loan.
///
/// # Errors
/// What `edit` says, `UnknownKey`, `Void`, `Nothing`, `MayBeLent`, `Order` where the terms do not fit the product, or what the ledger says.
pub fn change<E: From<LifeError> + From<LedgerError>>(
    ledger: &mut Ledger,
    key: LicenseKey,
    edit: impl FnOnce(&OrderTerms, &Product) -> Result<OrderTerms, E>,
    override_reason: Option<&str>,
    hand: Hand<'_>,
) -> Result<Vec<Change>, E> {
    ledger.write(|tx| {
        let license = known(tx, key)?;
        if license.withdrawn == Some(Withdrawn::Void) {
            return Err(LifeError::from(Refusal::Void).into());
        }
        let before = order(tx, &license)?;
        let product = product(tx, &before)?;
        let after = edit(&before, &product)?;
        products::fits(&after, &product).map_err(LifeError::from)?;
        let changes = differences(&before, &after, &product);
        if changes.is_empty() {
            return Err(LifeError::Nothing("the license is like that already").into());
        }
        let overridden = match too_few_for_loans(tx, &license, &before, &after, hand.by)? {
            None => None,
            Some(refused) => Some(override_reason.ok_or(refused)?),
        };
        let deed = Deed {
            before: Some(license.terms.0),
            terms: Some(Hex(after.digest(&product.id))),
            overrides: overridden.is_some(),
            reason: overridden.map(str::to_owned),
            ..deed(LICENSE_CHANGE, &product, &license)
        };
        let extent = Extent {
            before: Some(&before),
            after: Some(&after),
            licenses: 1,
            overrides: overridden.is_some(),
            ..Extent::of(LICENSE_CHANGE, hand.by.now.day())
        };
        approvals::pass(tx, hand, &deed, &extent).map_err(LifeError::from)?;
        let mut recorder = Recorder::by_hand(tx, hand)?;
        let terms = tx.add_terms(&after, recorder.next())?;
        let facts = LicenseFacts {
            terms: Some(Hex(after.digest(&product.id))),
            changes: changes.clone(),
            reason: overridden.map(str::to_owned),
            ..LicenseFacts::of(&License {
                terms,
                ..license.clone()
            })
        };
        let changed = License { terms, ..license };
        touch(tx, &mut recorder, &changed, LICENSE_CHANGE, &facts)?;
        Ok(changes)
    })
}

/// A standalone license has one seat for each machine: the others would be free for more machines while they are on loan (SPEC.md 9.10).
fn too_few_for_loans(
    tx: &mut dyn Transaction,
    license: &License,
    before: &OrderTerms,
    after: &OrderTerms,
    by: Actor<'_>,
) -> Result<Option<LifeError>, LedgerError> {
    let alone = |terms: &OrderTerms| terms.license_type == LicenseType::Standalone;
    if alone(before) || !alone(after) {
        return Ok(None);
    }
    let all = tx.activations_of(license.id)?;
    let today = by.now.day();
    Ok(policy::lends(&all, today).map(|(lender, day)| {
        let runs = lender.ended.is_none() && lender.runs.reaches(today);
        let goes_on = runs && lender.lending.longest.is_some();
        let until = Some(day).filter(|_| !goes_on);
        LifeError::MayBeLent(lender.standing.activation, until)
    }))
}

/// Revokes a license: nothing is granted any more. Machines that hold it go on until they have to be in contact again.
///
/// # Errors
/// `UnknownKey`, `Nothing` where it is revoked already, `Void`, or what the ledger says.
pub fn revoke(
    ledger: &mut Ledger,
    key: LicenseKey,
    reason: &str,
    hand: Hand<'_>,
) -> Result<(), LifeError> {
    withdraw(ledger, key, Some(Withdrawn::Revoked), reason, hand)
}

/// Takes a revocation back.
///
/// # Errors
/// `UnknownKey`, `Nothing` where it is not revoked, `Void`, or what the ledger says.
pub fn restore(
    ledger: &mut Ledger,
    key: LicenseKey,
    reason: &str,
    hand: Hand<'_>,
) -> Result<(), LifeError> {
    withdraw(ledger, key, None, reason, hand)
}

/// Makes a license void that was made by mistake. Only one of which nothing was ever granted: a machine that has a grant goes on by it.
///
/// # Errors
/// `UnknownKey`, `Answered`, `Revoked`, `Nothing` where it is void already, or what the ledger says.
pub fn void(
    ledger: &mut Ledger,
    key: LicenseKey,
    reason: &str,
    hand: Hand<'_>,
) -> Result<(), LifeError> {
    ledger.write(|tx| {
        let license = known(tx, key)?;
        match license.withdrawn {
            Some(Withdrawn::Void) => {
                return Err(LifeError::Nothing("the license is void already"));
            }
            _ if license.taken.is_some() => return Err(LifeError::Answered(key)),
            Some(Withdrawn::Revoked) => return Err(Refusal::Revoked.into()),
            None => {}
        }
        set_withdrawn(tx, license, Some(Withdrawn::Void), reason, hand)
    })
}

/// Takes back that a license is void.
///
/// # Errors
/// `UnknownKey`, `Nothing` where it is not void, or what the ledger says.
pub fn unvoid(
    ledger: &mut Ledger,
    key: LicenseKey,
    reason: &str,
    hand: Hand<'_>,
) -> Result<(), LifeError> {
    ledger.write(|tx| {
        let license = known(tx, key)?;
        if license.withdrawn != Some(Withdrawn::Void) {
            return Err(LifeError::Nothing("the license is not void"));
        }
        set_withdrawn(tx, license, None, reason, hand)
    })
}

fn withdraw(
    ledger: &mut Ledger,
    key: LicenseKey,
    withdrawn: Option<Withdrawn>,
    reason: &str,
    hand: Hand<'_>,
) -> Result<(), LifeError> {
    ledger.write(|tx| {
        let license = known(tx, key)?;
        if license.withdrawn == Some(Withdrawn::Void) {
            return Err(Refusal::Void.into());
        }
        if license.withdrawn == withdrawn {
            return Err(LifeError::Nothing(match withdrawn {
                None => "the license is not revoked",
                Some(_) => "the license is revoked already",
            }));
        }
        set_withdrawn(tx, license, withdrawn, reason, hand)
    })
}

fn set_withdrawn(
    tx: &mut dyn Transaction,
    license: License,
    withdrawn: Option<Withdrawn>,
    reason: &str,
    hand: Hand<'_>,
) -> Result<(), LifeError> {
    let kind = match withdrawn {
        None => LICENSE_RESTORE,
        Some(Withdrawn::Revoked) => LICENSE_REVOKE,
        Some(Withdrawn::Void) => LICENSE_VOID,
    };
    let terms = order(tx, &license)?;
    let deed = Deed {
        reason: Some(reason.to_owned()),
        ..deed(kind, &product(tx, &terms)?, &license)
    };
    let extent = Extent::of(kind, hand.by.now.day());
    approvals::pass(tx, hand, &deed, &extent)?;
    let license = License {
        withdrawn,
        ..license
    };
    let facts = LicenseFacts {
        reason: Some(reason.to_owned()),
        ..LicenseFacts::of(&license)
    };
    let mut recorder = Recorder::by_hand(tx, hand)?;
    Ok(touch(tx, &mut recorder, &license, kind, &facts)?)
}

/// Writes a license that concerns no activation, and its event.
fn touch(
    tx: &mut dyn Transaction,
    recorder: &mut Recorder<'_>,
    license: &License,
    kind: &'static str,
    facts: &LicenseFacts,
) -> Result<(), LedgerError> {
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

/// What is about to be done with a license.
fn deed(kind: &str, product: &Product, license: &License) -> Deed {
    Deed {
        kind: kind.to_owned(),
        product: product.id.clone(),
        license: Some(license.id.0),
        ..Deed::default()
    }
}

/// A license as the events have it that vouch for it.
fn known(tx: &mut dyn Transaction, key: LicenseKey) -> Result<License, LifeError> {
    let license = tx.license_keyed(key)?.ok_or(Refusal::UnknownKey)?;
    Vouched::default().license(tx, &license)?;
    Ok(license)
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
