//! A request for activation: a new machine, or one that fits another activation and takes its place.

use super::moves::{self, Asked, Contact};
use super::place::{self, Place};
use super::refusal;
use super::{
    Case, Decision, Refusal, SUPERSEDES, Seats, Warning, asked_for, clock, free, needs_site_key,
    revalidate_by, set_aside, site_key, weakly_bound, yields,
};
use crate::issuer::ledger::{Activation, Counts, Days, Ended, Reference};
use crate::machine::Assessment;
use crate::protocol::digest::{ActivationId, MachineBinding, product_tag};
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
    let stands = request.standing();
    admissible(case, &stands)?;
    // Whatever has the same image fits as well where little is known, and what leaves behind whoever had the place before is another machine: while a seat
    // is free.
    let other = |it: &Fit<'_>| moves::weak(&stands) || it.leaves.is_some();
    let fits = whom_it_fits(case, &stands).filter(|it| !other(it) || seats(case, None).is_err());
    let mut warnings = Vec::new();
    let taken = match &fits {
        None => Taken {
            reference: Reference::of(stands.fingerprint, now.day()),
            counts: case.license.counts.clone(),
            superseded: Days::default(),
            explained: false,
        },
        Some(fit) => take_place(case, &stands, fit, &mut warnings)?,
    };
    let accepted = fits.as_ref().is_some_and(|it| it.own.weak_accepted);
    let weak_accepted = weakly_bound(case.weak, options, (&stands, None), accepted, &mut warnings)?;
    warnings.extend(was_lost(case, &stands).map(Warning::WasLost));
    let (seats, all) = seats(case, fits.as_ref().map(|it| it.from))?;
    let generation = match &fits {
        None => 1,
        Some(Fit { own, .. }) => place::generation(own, case.activations)
            .ok_or(Refusal::LastGeneration(own.standing.activation))?,
    };
    warnings.extend(clock(request.clock, now));
    if request.site_key.is_some() && terms.license_type == LicenseType::Standalone {
        warnings.push(Warning::NoSite);
    }
    Ok(Decision {
        from: fits.as_ref().map(|it| it.from),
        place: fits.map(|it| it.own.place),
        seats,
        taken: all,
        generation,
        reference: taken.reference,
        counts: taken.counts,
        weak_accepted,
        superseded: taken.superseded,
        explained: taken.explained,
        revalidate_by: revalidate_by(terms, options, now)?,
        warnings,
    })
}

/// The activation of this very machine that was released as lost, the latest of several.
fn was_lost(case: &Case<'_>, stands: &MachineBinding) -> Option<ActivationId> {
    let stands = stands.fingerprint?;
    let lost = case.activations.iter().rev();
    let mut lost = lost.filter(|it| it.ended == Some(Ended::Lost));
    let same = |it: &&Activation| {
        let was = it.standing.fingerprint;
        was.is_some_and(|was| was.compare(&stands).verdict() == Assessment::Match)
    };
    lost.find(same).map(|it| it.standing.activation)
}

/// What becomes of the rule of moves, and of what clerks decided.
struct Taken {
    reference: Reference,
    counts: Counts,
    superseded: Days,
    explained: bool,
}

/// The place of an activation that it fits: whether it may have that, and who has to say so.
fn take_place(
    case: &Case<'_>,
    stands: &MachineBinding,
    fit: &Fit<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Taken, Refusal> {
    let (own, options, today) = (fit.own, case.options, case.now.day());
    // Where no site was, none can have lent.
    let key = place::site_key(own, case.activations);
    if key.is_some() {
        site_key(case.request.site_key, [None, key], options, warnings)?;
    }
    let asked = Asked {
        contact: Contact::Activate,
        stands,
        key_named: case.terms.usb.is_some(),
        seats: yields(fit.from),
        of: case.terms.seats.get(),
        today,
    };
    let before = &case.license.counts;
    let judged = moves::judge(&own.reference, &own.standing, before, &asked);
    let (clerk, manager) = (
        options.supersede_reason.is_some(),
        options.override_reason.is_some(),
    );
    let mut superseded = place::superseded(own.place, case.activations, today);
    let mut explained = false;
    if let Some(before) = fit.leaves {
        if !clerk && !manager {
            return Err(refusal::in_place_of(own, before));
        }
        explained = clerk;
    }
    let is_move = judged.counted.is_some();
    let (used, after, of) = if is_move {
        let of = moves::allowed(asked.of);
        (&before.moves, &judged.counts.moves, of)
    } else {
        let of = moves::anew_allowed(asked.of);
        (&before.anew, &judged.counts.anew, of)
    };
    if judged.beyond && !manager {
        let times = used.count(today);
        if is_move || (clerk && superseded.count(today) >= SUPERSEDES) {
            return Err(Refusal::HeldForManager {
                moves: times,
                of,
                holder: own.id,
            });
        }
        if !clerk {
            return Err(Refusal::AnewTooOften {
                times,
                of,
                holder: own.id,
            });
        }
        superseded = superseded.with(today, 1);
        explained = true;
    }
    if manager && (judged.beyond || fit.leaves.is_some()) {
        set_aside(warnings);
    }
    warnings.push(Warning::Replaced {
        before: own.standing.activation,
        nth: after.count(today),
        of,
    });
    Ok(Taken {
        reference: judged.reference,
        counts: judged.counts,
        superseded,
        explained,
    })
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
    Refusal::of_withdrawn(license)?;
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

/// An activation whose place the machine that asks may take.
struct Fit<'a> {
    own: &'a Activation,
    /// Whose seats it gets then.
    from: &'a Activation,
    /// One that had the place before, and whose machine it is not.
    leaves: Option<&'a Activation>,
}

/// The activation that the machine fits which asks: one whose place it can have unasked first, then one whose fingerprint is equal, then the one heard of last.
fn whom_it_fits<'a>(case: &Case<'a>, stands: &MachineBinding) -> Option<Fit<'a>> {
    let (all, today) = (case.activations, case.now.day());
    let own = |held: &&Activation| {
        held.ended.is_none() && moves::own(&held.reference, &held.standing, stands)
    };
    let fit = |own: &'a Activation| {
        let from = match place::place(own, all, today) {
            Place::Holds => own,
            Place::Kept(from) => from,
            Place::Taken(_) | Place::Empty => return None,
        };
        // Else three parts of five would change with each that asks, until none is left of theirs.
        let leaves = |it: &&Activation| moves::leaves(it, &own.standing, stands);
        Some(Fit {
            own,
            from,
            leaves: place::predecessors(own, all, today).rfind(leaves),
        })
    };
    all.iter().filter(own).filter_map(fit).max_by_key(|it| {
        (
            it.leaves.is_none(),
            it.own.standing.fingerprint == stands.fingerprint,
            it.own.last,
            it.own.id,
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
    // What is left of them where the license shrank.
    let has = own.min(free);
    let asked = case
        .options
        .seats
        .or(case.request.seats)
        .map(NonZeroU16::get);
    let lent = from.and_then(|it| place::may_be_lent(it.place, case.activations, case.now.day()));
    let wanted = match (case.terms.license_type, asked) {
        // Node-locked: one machine, one seat, whatever it asks for.
        (LicenseType::Standalone, _) => 1,
        // Others would have the seats that it may have lent, unless a clerk knows better.
        (_, Some(seats)) if lent.is_some() && case.options.seats.is_none() => seats.max(has),
        (_, Some(seats)) => seats,
        (_, None) if own > 0 => has.max(1),
        (_, None) => free.max(1),
    };
    if wanted > free {
        return Err(seats.none_free(wanted, free));
    }
    Ok((wanted, others + u32::from(wanted)))
}
