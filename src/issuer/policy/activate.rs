//! A request for activation: a new machine, or one that fits another activation and takes its place.

use super::moves::{self, Asked, Contact};
use super::place::{self, Place};
use super::{
    Case, Decision, Refusal, Seats, Warning, asked_for, clock, free, needs_site_key, revalidate_by,
    set_aside, weakly_bound, yields,
};
use crate::issuer::ledger::{Activation, Reference};
use crate::protocol::digest::{MachineBinding, product_tag};
use crate::protocol::grant::LicenseType;
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
    let stands = case.standing();
    admissible(case, &stands)?;
    // Whatever has the same image fits as well where little is known: while a seat is free, that is another machine.
    let fits =
        whom_it_fits(case, &stands).filter(|_| !moves::weak(&stands) || seats(case, None).is_err());
    let mut warnings = Vec::new();
    let today = now.day();
    let (reference, counts) = match fits {
        None => (
            Reference::of(stands.fingerprint, today),
            case.license.counts.clone(),
        ),
        Some((own, from)) => {
            let asked = Asked {
                contact: Contact::Activate,
                stands: &stands,
                key_named: terms.usb.is_some(),
                seats: yields(from),
                of: terms.seats.get(),
                today,
            };
            let judged = moves::judge(&own.reference, &own.standing, &case.license.counts, &asked);
            let (nth, of) = (judged.counts.moves.count(today), moves::allowed(asked.of));
            if judged.beyond && options.override_reason.is_none() {
                return Err(Refusal::HeldForManager {
                    moves: case.license.counts.moves.count(today),
                    of,
                    holder: own.id,
                });
            }
            if judged.beyond {
                set_aside(&mut warnings);
            }
            warnings.push(Warning::Replaced {
                before: own.standing.activation,
                nth,
                of,
            });
            (judged.reference, judged.counts)
        }
    };
    let accepted = fits.is_some_and(|(own, _)| own.weak_accepted);
    let weak_accepted = weakly_bound(case.weak, options, &stands, accepted, &mut warnings)?;
    let (seats, taken) = seats(case, fits.map(|(_, from)| from))?;
    let generation = match fits {
        None => 1,
        Some((own, _)) => place::generation(own, case.activations)
            .ok_or(Refusal::LastGeneration(own.standing.activation))?,
    };
    warnings.extend(clock(request.clock, now));
    if request.site_key.is_some() && terms.license_type == LicenseType::Standalone {
        warnings.push(Warning::NoSite);
    }
    Ok(Decision {
        from: fits.map(|(_, from)| from),
        place: fits.map(|(own, _)| own.place),
        seats,
        taken,
        generation,
        reference,
        counts,
        weak_accepted,
        revalidate_by: revalidate_by(terms, options, now)?,
        warnings,
    })
}

impl Case<'_> {
    /// What stands if it is answered.
    pub(crate) fn standing(&self) -> MachineBinding {
        let request = self.request;
        MachineBinding {
            activation: request.commitment.activation_id(),
            fingerprint: request.fingerprint,
            bindings: request.bindings,
            usb: request.usb,
        }
    }
}

/// What the request must be, whoever holds what.
fn admissible(case: &Case<'_>, stands: &MachineBinding) -> Result<(), Refusal> {
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
    asked_for(product, stands)?;
    if let Some(usb) = &terms.usb
        && request.usb != Some(usb.digest(&license.key.to_bytes()))
    {
        return Err(Refusal::OtherUsb(usb.clone()));
    }
    fit_site_key(request.site_key)?;
    needs_site_key(terms, request.site_key)
}

/// A key that is not fit for signatures signs nothing that anybody takes.
pub(super) fn fit_site_key(key: Option<[u8; 32]>) -> Result<(), Refusal> {
    match key.map(|key| PublicKey::from_bytes(&key)) {
        Some(Err(_)) => Err(Refusal::UnfitSiteKey),
        _ => Ok(()),
    }
}

/// The activation whose place the machine that asks may take, and whose seats it gets then: a match to the letter before one that merely fits, then the
/// one heard of last.
fn whom_it_fits<'a>(
    case: &Case<'a>,
    stands: &MachineBinding,
) -> Option<(&'a Activation, &'a Activation)> {
    let today = case.now.day();
    // Also those whose place that one took and whose machine it is: else three parts of five would change with each that asks, until none is left of theirs.
    let fits = |held: &&Activation| {
        held.ended.is_none()
            && moves::own(&held.reference, &held.standing, stands)
            && place::predecessors(held, case.activations, today)
                .all(|it| !moves::leaves(it, &held.standing, stands))
    };
    let seated = |held: &'a Activation| match place::place(held, case.activations, today) {
        Place::Holds => Some((held, held)),
        Place::Kept(from) => Some((held, from)),
        Place::Taken(_) | Place::Empty => None,
    };
    let all = case.activations.iter().filter(fits).filter_map(seated);
    all.max_by_key(|(held, _)| {
        (
            held.standing.fingerprint == stands.fingerprint,
            held.last,
            held.id,
        )
    })
}

/// Seats of the activation, and of the license together.
fn seats(case: &Case<'_>, from: Option<&Activation>) -> Result<(u16, u32), Refusal> {
    let own = from.map_or(0, yields);
    let seats = Seats {
        license: case.license,
        terms: case.terms,
        activations: case.activations,
        today: case.now.day(),
    };
    let (others, free) = free(&seats, from);
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
        return Err(seats.none_free(wanted, free));
    }
    Ok((wanted, others + u32::from(wanted)))
}
