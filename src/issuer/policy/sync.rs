//! A SYNC: a licensed machine asks for its licence as it now is.

use super::activate::fit_site_key;
use super::{
    Colour, Decision, Fork, Options, REPLACEMENTS, Refusal, SUPERSEDE_DAYS, Warning, clock,
    counted, free, no_seat_free, revalidate_by, weakness,
};
use crate::issuer::ledger::{Activation, License, Terms};
use crate::machine::Verdict;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::Standing;
use crate::protocol::grant::LicenseType;
use crate::protocol::product::Product;
use crate::protocol::requests::Sync;

/// All that a decision on a SYNC rests on.
#[derive(Clone, Copy, Debug)]
pub struct SyncCase<'a> {
    /// The request.
    pub request: &'a Sync,
    /// The licence of the activation.
    pub license: &'a License,
    /// What was ordered, as it now is.
    pub terms: &'a Terms,
    /// The product that was ordered.
    pub product: &'a Product,
    /// The licence's activations, oldest first.
    pub activations: &'a [Activation],
    /// The one that asks.
    pub own: &'a Activation,
    /// What stood with the generation that the machine holds: its SYNC says only what differs from that.
    pub standing: &'a Standing,
    /// The fork rule's verdict.
    pub fork: Fork,
    /// What the machine's clock said in the request that was answered last, where that was made apart from this one.
    pub latest_asked: Option<Seconds>,
    /// The desk's options.
    pub options: &'a Options,
    /// Now.
    pub now: Seconds,
}

/// What is to be granted on a SYNC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncDecision<'a> {
    /// As for an activation.
    pub decision: Decision<'a>,
    /// What stands from now on.
    pub standing: Standing,
    /// The day on which a clerk last superseded a generation.
    pub superseded: Option<Day>,
}

/// Decides a SYNC.
///
/// # Errors
/// The first [`Refusal`] that applies.
pub fn decide_sync<'a>(case: &SyncCase<'a>) -> Result<SyncDecision<'a>, Refusal> {
    let SyncCase {
        own,
        terms,
        now,
        options,
        ..
    } = *case;
    admissible(case)?;
    let mut warnings = Vec::new();
    let superseded = fork(case, &mut warnings)?;
    let standing = standing(case);
    if let Some(usb) = &terms.usb
        && standing.usb != Some(usb.digest(&case.license.key.to_bytes()))
    {
        return Err(Refusal::OtherUsb(usb.clone()));
    }
    let replaced = moves(case, &standing, &mut warnings)?;
    let (seats, taken) = seats(case)?;
    if seats < own.seats {
        warnings.push(Warning::Shrunk {
            from: own.seats,
            to: seats,
        });
    }
    warnings.extend(weakness(standing.fingerprint.as_ref()));
    warnings.extend(clock(case.request.clock, now));
    Ok(SyncDecision {
        decision: Decision {
            replaces: Some(own),
            seats,
            taken,
            generation: own.generation.saturating_add(1),
            replaced,
            revalidate_by: revalidate_by(terms, options, now)?,
            warnings,
        },
        standing,
        superseded,
    })
}

fn admissible(case: &SyncCase<'_>) -> Result<(), Refusal> {
    if case.license.revoked {
        return Err(Refusal::Revoked);
    }
    if case.own.ended.is_some() {
        return Err(Refusal::GivenUp(case.request.activation));
    }
    if let Some(day) = case.terms.expires.filter(|day| *day < case.now.day()) {
        return Err(Refusal::Expired(day));
    }
    if !case.product.bind.is_empty() && standing(case).bindings.is_none() {
        return Err(Refusal::NeedsBindings(case.product.bind.clone()));
    }
    if case.own.generation == u16::MAX {
        return Err(held(case, case.own.replaced.len()));
    }
    fit_site_key(case.request.site_key)
}

fn held(case: &SyncCase<'_>, times: usize) -> Refusal {
    Refusal::HeldForManager {
        times,
        holder: case.own.id,
    }
}

/// The fork rule, and who may set it aside. The day of the last supersede, afterwards.
fn fork(case: &SyncCase<'_>, warnings: &mut Vec<Warning>) -> Result<Option<Day>, Refusal> {
    let SyncCase {
        own,
        options,
        fork,
        now,
        ..
    } = *case;
    let colour = fork.colour();
    if colour == Colour::Green {
        return Ok(own.superseded);
    }
    if options.override_reason.is_some() {
        warnings.push(Warning::Overridden);
        return Ok(own.superseded);
    }
    let elsewhere = own.standing.activation != case.request.activation;
    let late = case
        .latest_asked
        .is_some_and(|asked| case.request.clock <= asked);
    if late && (colour == Colour::Red || elsewhere) {
        return Err(Refusal::Overtaken(own.last.day()));
    }
    if colour == Colour::Red {
        return Err(Refusal::HeldFork(fork));
    }
    let recent = |day: &Day| now.day().days_since(*day) < SUPERSEDE_DAYS;
    match own.superseded.filter(recent) {
        _ if options.supersede_reason.is_none() => Err(Refusal::NeedsSupersede(fork)),
        Some(before) => Err(Refusal::SupersededBefore { fork, before }),
        None => Ok(Some(now.day())),
    }
}

/// What stands from now on: what stood, and what the machine says is different.
fn standing(case: &SyncCase<'_>) -> Standing {
    let SyncCase {
        request, standing, ..
    } = *case;
    Standing {
        activation: request.activation,
        fingerprint: request.fingerprint.or(standing.fingerprint),
        bindings: request.bindings.or(standing.bindings),
        usb: request.usb_after(standing.usb),
    }
}

/// The days of the moves that count, this one included if it is one.
fn moves(
    case: &SyncCase<'_>,
    now_stands: &Standing,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Day>, Refusal> {
    let mut days = counted(case.own, case.now);
    // Against what the ledger saw last, not what the machine held: moving to and fro must not look like standing still.
    let before = &case.own.standing;
    let rebound = before.bindings.is_some() && before.bindings != now_stands.bindings;
    let moved = match (&before.fingerprint, &now_stands.fingerprint) {
        (Some(then), Some(now)) => {
            let comparison = then.compare(now);
            let moved = comparison.verdict() == Verdict::Mismatch;
            if !moved && !comparison.different.is_empty() {
                warnings.push(Warning::HardwareChanged(comparison.different));
            }
            moved
        }
        // Without fingerprints the bindings alone say who is who.
        _ => rebound,
    };
    if moved {
        if days.len() >= REPLACEMENTS {
            if case.options.override_reason.is_none() {
                return Err(held(case, days.len()));
            }
            if !warnings.contains(&Warning::Overridden) {
                warnings.push(Warning::Overridden);
            }
        }
        days.push(case.now.day());
        warnings.push(Warning::Moved {
            nth: days.len(),
            of: REPLACEMENTS,
        });
    } else if rebound {
        warnings.push(Warning::Rebound);
    }
    Ok(days)
}

/// Seats of the activation, and of the licence together (SPEC.md 9.4).
fn seats(case: &SyncCase<'_>) -> Result<(u16, u32), Refusal> {
    let own = case.own.seats;
    let (others, free) = free(case.license, case.terms, own);
    let standalone = case.terms.license_type == LicenseType::Standalone;
    let seats = match case.options.seats {
        Some(wanted) if !standalone => {
            if wanted.get() > free {
                return Err(no_seat_free(
                    wanted.get(),
                    free,
                    case.terms,
                    case.activations,
                ));
            }
            wanted.get()
        }
        _ if !standalone && others == 0 => case.terms.seats.get(),
        _ => {
            let share = if standalone { own.min(1) } else { own };
            share.saturating_sub(to_give(case, share, others))
        }
    };
    if seats == 0 {
        return Err(no_seat_free(1, 0, case.terms, case.activations));
    }
    Ok((seats, others + u32::from(seats)))
}

/// How many seats this activation has to give because the licence shrank: what is left when all that are newer have given theirs.
fn to_give(case: &SyncCase<'_>, share: u16, others: u32) -> u16 {
    let held = others + u32::from(share);
    let excess = held.saturating_sub(u32::from(case.terms.seats.get()));
    let newer = case.activations.iter().filter(|it| it.id > case.own.id);
    let theirs: u32 = newer.map(|it| u32::from(it.seats)).sum();
    u16::try_from(excess.saturating_sub(theirs)).unwrap_or(u16::MAX)
}
