//! A request for activation: a new machine, or one that replaces its own activation.

use super::{
    Case, Decision, REPLACEMENTS, Refusal, Warning, clock, counted, free, no_seat_free,
    revalidate_by, weakness,
};
use crate::issuer::ledger::Activation;
use crate::machine::Verdict;
use crate::protocol::digest::product_tag;
use crate::protocol::grant::LicenseType;
use crate::protocol::requests::Activate;
use crate::protocol::trust::PublicKey;
use std::num::NonZeroU16;

/// Decides a request for activation.
///
/// # Errors
/// The first [`Refusal`] that applies.
pub fn decide<'a>(case: &Case<'a>) -> Result<Decision<'a>, Refusal> {
    let Case {
        request,
        terms,
        options,
        now,
        ..
    } = *case;
    admissible(case)?;
    let replaces = own_activation(case);
    let mut replaced = replaces.map_or_else(Vec::new, |own| counted(own, now));
    let mut warnings = Vec::new();
    if let Some(own) = replaces {
        if replaced.len() >= REPLACEMENTS || own.generation == u16::MAX {
            if options.override_reason.is_none() || own.generation == u16::MAX {
                return Err(Refusal::HeldForManager {
                    times: replaced.len(),
                    holder: own.id,
                });
            }
            warnings.push(Warning::Overridden);
        }
        replaced.push(now.day());
        warnings.push(Warning::Replaced {
            nth: replaced.len(),
            of: REPLACEMENTS,
        });
    }
    let (seats, taken) = seats(case, replaces)?;
    warnings.extend(weakness(request.fingerprint.as_ref()));
    warnings.extend(clock(request.clock, now));
    if request.site_key.is_some() && terms.license_type == LicenseType::Standalone {
        warnings.push(Warning::NoSite);
    }
    Ok(Decision {
        replaces,
        seats,
        taken,
        generation: replaces.map_or(1, |own| own.generation.saturating_add(1)),
        replaced,
        revalidate_by: revalidate_by(terms, options, now)?,
        warnings,
    })
}

/// What the request must be, whoever holds what.
fn admissible(case: &Case<'_>) -> Result<(), Refusal> {
    let Case {
        request,
        license,
        terms,
        product,
        now,
        ..
    } = *case;
    if license.revoked {
        return Err(Refusal::Revoked);
    }
    if request.product_tag != product_tag(&product.id) {
        return Err(Refusal::OtherProduct(product.name.clone()));
    }
    if let Some(day) = terms.expires.filter(|day| *day < now.day()) {
        return Err(Refusal::Expired(day));
    }
    if !product.bind.is_empty() && request.bindings.is_none() {
        return Err(Refusal::NeedsBindings(product.bind.clone()));
    }
    if product.fingerprint && request.fingerprint.is_none() && request.bindings.is_none() {
        return Err(Refusal::WeakMachine);
    }
    if let Some(usb) = &terms.usb
        && request.usb != Some(usb.digest(&license.key.to_bytes()))
    {
        return Err(Refusal::OtherUsb(usb.clone()));
    }
    fit_site_key(request.site_key)
}

/// A key that is not fit for signatures signs nothing that anybody takes.
pub(super) fn fit_site_key(key: Option<[u8; 32]>) -> Result<(), Refusal> {
    match key.map(|key| PublicKey::from_bytes(&key)) {
        Some(Err(_)) => Err(Refusal::UnfitSiteKey),
        _ => Ok(()),
    }
}

/// The activation of the machine that asks: a match to the letter before one that merely fits, then the one heard of last.
fn own_activation<'a>(case: &Case<'a>) -> Option<&'a Activation> {
    let request = case.request;
    case.activations
        .iter()
        .filter(|held| held.seats > 0 && same_machine(request, held))
        .max_by_key(|held| {
            (
                held.standing.fingerprint == request.fingerprint,
                held.last,
                held.id,
            )
        })
}

fn same_machine(request: &Activate, held: &Activation) -> bool {
    let standing = &held.standing;
    if request.bindings != standing.bindings || request.usb != standing.usb {
        return false;
    }
    match (&request.fingerprint, &standing.fingerprint) {
        (Some(now), Some(then)) => now.compare(then).verdict() != Verdict::Mismatch,
        // Without fingerprints the bindings alone say who is who.
        (None, None) => request.bindings.is_some(),
        _ => false,
    }
}

/// Seats of the activation, and of the licence together.
fn seats(case: &Case<'_>, replaces: Option<&Activation>) -> Result<(u16, u32), Refusal> {
    let own = replaces.map_or(0, |own| own.seats);
    let (others, free) = free(case.license, case.terms, own);
    let asked = case
        .options
        .seats
        .or(case.request.seats)
        .map(NonZeroU16::get);
    let wanted = match (case.terms.license_type, asked) {
        // Node-locked: one machine, one seat, whatever it asks for.
        (LicenseType::Standalone, _) => 1,
        (_, Some(seats)) => seats,
        (_, None) if own > 0 => own,
        (_, None) => free.max(1),
    };
    if wanted > free {
        return Err(no_seat_free(wanted, free, case.terms, case.activations));
    }
    Ok((wanted, others + u32::from(wanted)))
}
