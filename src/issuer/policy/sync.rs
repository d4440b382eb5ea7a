//! A SYNC: a licensed machine asks for its license as it now is.

mod loans;
mod seating;

use super::activate::fit_site_key;
use super::moves::{self, Asked, Contact, Judged, Move};
use super::place::{self, Place};
use super::refusal;
use super::{
    Colour, Decision, Fork, HeldAnswer, Options, Proof, Refusal, SUPERSEDES, Seats, Warning,
    asked_for, capped, clock, free, needs_site_key, revalidate_by, set_aside, site_key,
    weakly_bound, yields,
};
use crate::issuer::ledger::{Activation, Days, EventId, License, LoansTold, OrderTerms, WeakRule};
use crate::machine::Fingerprint;
use crate::protocol::date::{CLOCK_TOLERANCE, Seconds};
use crate::protocol::digest::MachineBinding;
use crate::protocol::grant::LicenseType;
use crate::protocol::product::Product;
use crate::protocol::requests::Sync;

use loans::Loans;
use seating::{seating, seats_of};

/// All that a decision on a SYNC rests on.
#[derive(Clone, Copy, Debug)]
pub struct SyncCase<'a> {
    /// The request.
    pub request: &'a Sync,
    /// The license of the activation.
    pub license: &'a License,
    /// What was ordered, as it now is.
    pub terms: &'a OrderTerms,
    /// The product that was ordered.
    pub product: &'a Product,
    /// What is done with a machine that is weakly bound.
    pub weak: WeakRule,
    /// The license's activations, oldest first.
    pub activations: &'a [Activation],
    /// The one that asks.
    pub own: &'a Activation,
    /// What stood with the generation that the machine holds: its SYNC says only what differs from that.
    pub standing: &'a MachineBinding,
    /// The site key that stood with that generation.
    pub site_key: Option<[u8; 32]>,
    /// The fork rule's verdict within the chain of the activation.
    pub fork: Fork,
    /// What the machine's clock said in the request of the activation that was answered last, capped when that came.
    pub asked: Option<Seconds>,
    /// The same of whoever has its place.
    pub holder_asked: Option<Seconds>,
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
    pub standing: MachineBinding,
    /// The verdict.
    pub fork: Fork,
    /// The key with which the site signs from now on.
    pub site_key: Option<[u8; 32]>,
    /// What the site told of its loans, with this request.
    pub told: Option<LoansTold>,
}

impl SyncDecision<'_> {
    /// The activation as it stands once this is answered at `now`; `held` is the generation that the SYNC opens, where it opens one, which is proven
    /// from then on. The event is still the one before.
    pub fn holder(&self, own: &Activation, held: Option<HeldAnswer>, now: Seconds) -> Activation {
        Activation {
            standing: self.standing.clone(),
            generation: self.decision.generation,
            site_key: self.site_key,
            place: self.decision.place.unwrap_or(own.place),
            seats: self.decision.seats,
            last: now,
            reference: self.decision.reference.clone(),
            weak_accepted: self.decision.weak_accepted,
            proven: held.map_or(own.proven, |held| held.generation),
            superseded: self.decision.superseded.clone(),
            told: self.told,
            ..own.clone()
        }
    }
}

impl SyncCase<'_> {
    /// The site key that stands if it is answered.
    fn site_key_after(&self) -> Option<[u8; 32]> {
        self.request.site_key.or(self.site_key)
    }
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
    let standing = standing(case);
    admissible(case, &standing)?;
    let generation = place::generation(own, case.activations)
        .ok_or(Refusal::LastGeneration(case.request.activation))?;
    let mut warnings = Vec::new();
    let place = place::place(own, case.activations, now.day());
    let verdict = verdict(case, place);
    let (superseded, superseding) = fork(case, verdict, place, &mut warnings)?;
    if let Some(usb) = &terms.usb
        && standing.usb != Some(usb.digest(&case.license.key.to_bytes()))
    {
        return Err(Refusal::OtherUsb(usb.clone()));
    }
    let stands = [case.site_key, place::site_key(own, case.activations)];
    site_key(case.request.site_key, stands, options, &mut warnings)?;
    let seating = seating(case, verdict, place);
    let weight = seating.as_ref().map_or(1, |it| it.seats);
    let weight = if own.seats > 0 { own.seats } else { weight };
    let judged = moves(case, &standing, weight, &mut warnings)?;
    // What a clerk accepted was the machine that it was.
    let accepted = own.weak_accepted && judged.counted.is_none();
    let weak_accepted = weakly_bound(
        case.weak,
        options,
        (&standing, Some(&own.standing)),
        accepted,
        &mut warnings,
    )?;
    let seating = seating?;
    if seating.seats < own.seats {
        warnings.push(Warning::Shrunk {
            from: own.seats,
            to: seating.seats,
        });
    }
    let leaving = in_place_of(case, &standing, &judged, &mut warnings)?;
    if let (Place::Taken(other), None) = (place, seating.from) {
        warnings.push(Warning::Beside(other.standing.activation));
    }
    let loans = Loans::of(case, seating.place, generation);
    warnings.extend(loans.forgotten);
    warnings.extend(clock(case.request.clock, now));
    Ok(SyncDecision {
        decision: Decision {
            from: seating.from,
            place: seating.place,
            seats: seating.seats,
            taken: seating.taken,
            generation,
            reference: judged.reference,
            counts: judged.counts,
            weak_accepted,
            superseded,
            explained: superseding || leaving,
            revalidate_by: revalidate_by(terms, options, now)?,
            warnings,
        },
        standing,
        fork: verdict,
        site_key: case.site_key_after(),
        told: loans.told,
    })
}

fn admissible(case: &SyncCase<'_>, stands: &MachineBinding) -> Result<(), Refusal> {
    Refusal::of_withdrawn(case.license)?;
    if case.own.ended.is_some() {
        return Err(Refusal::GivenUp(case.request.activation));
    }
    if let Some(day) = case.terms.expires.filter(|day| *day < case.now.day()) {
        return Err(Refusal::Expired(day));
    }
    asked_for(case.product, stands)?;
    fit_site_key(case.request.site_key)?;
    needs_site_key(case.terms, case.site_key_after())
}

/// The fork rule's verdict; where another has its place, that of both (SPEC.md 9.2). What may be older than the request of that one gets no seat unasked.
fn verdict(case: &SyncCase<'_>, place: Place<'_>) -> Fork {
    match place {
        Place::Taken(holder)
            if late(case.request, case.holder_asked, case.now)
                || free(&seats_of(case), None).1 == 0 =>
        {
            place::replaced(case.fork, holder)
        }
        _ => case.fork,
    }
}

/// The fork rule, and who may set it aside. When clerks superseded a generation of the place, afterwards, and whether one does here.
fn fork(
    case: &SyncCase<'_>,
    fork: Fork,
    place: Place<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<(Days, bool), Refusal> {
    let SyncCase {
        own, options, now, ..
    } = *case;
    let superseded = match (place, fork) {
        (Place::Taken(_), Fork::Replaced { .. })
        | (Place::Holds | Place::Kept(_) | Place::Empty, _) => {
            place::superseded(own.place, case.activations, now.day())
        }
        // It gets a place of its own.
        (Place::Taken(_), _) => own.superseded.clone(),
    };
    let colour = fork.colour();
    if colour == Colour::Green {
        return Ok((superseded, false));
    }
    let (claimed, latest) = (case.request.generation, own.generation);
    if fork == Fork::Unknown && claimed > latest {
        return Err(Refusal::LedgerBehind { claimed, latest });
    }
    if options.override_reason.is_some() {
        set_aside(warnings);
        return Ok((superseded, false));
    }
    if old_mail(case.request, fork, case.asked, now) {
        return Err(Refusal::Overtaken(own.last.day()));
    }
    if matches!(colour, Colour::Red | Colour::Unproven) {
        return Err(Refusal::HeldFork(fork));
    }
    let times = superseded.count(now.day());
    match options.supersede_reason {
        None => Err(Refusal::NeedsSupersede(fork)),
        Some(_) if times >= SUPERSEDES => Err(Refusal::SupersededBefore { fork, times }),
        Some(_) => Ok((superseded.with(now.day(), 1), true)),
    }
}

/// Whether a request was made no later than another was that was answered, as far as clocks tell.
fn late(request: &Sync, answered: Option<Seconds>, now: Seconds) -> bool {
    answered.is_some_and(|answered| capped(request.clock, now) <= answered)
}

/// Whether a request that would be RED may have been made no later than the one of the same activation that was answered last, for clocks may be wrong
/// (SPEC.md 9.2): its mail took long, and it says nothing of the machine. Whose secret was never revealed before is none, whatever the clocks say: they can be
/// written as anybody likes.
pub(crate) fn old_mail(request: &Sync, fork: Fork, asked: Option<Seconds>, now: Seconds) -> bool {
    let known = match fork {
        Fork::Diverged { proof, .. } => proof != Proof::Held,
        _ => false,
    };
    let may_be_ahead = asked.map(|asked| asked.plus(CLOCK_TOLERANCE));
    let is_wrong = request.clock > now.plus(CLOCK_TOLERANCE);
    known && (is_wrong || late(request, may_be_ahead, now))
}

/// What stands from now on: what stood, and what the machine says is different.
fn standing(case: &SyncCase<'_>) -> MachineBinding {
    let SyncCase {
        request, standing, ..
    } = *case;
    MachineBinding {
        activation: request.activation,
        fingerprint: request.fingerprint.or(standing.fingerprint),
        bindings: request.bindings.or(standing.bindings),
        usb: request.usb_after(standing.usb),
    }
}

/// The rule of moves, and what the clerk is told of it.
fn moves(
    case: &SyncCase<'_>,
    stands: &MachineBinding,
    seats: u16,
    warnings: &mut Vec<Warning>,
) -> Result<Judged, Refusal> {
    let (own, today) = (case.own, case.now.day());
    let asked = Asked {
        contact: Contact::Sync,
        stands,
        key_named: case.terms.usb.is_some(),
        seats,
        of: case.terms.seats.get(),
        today,
    };
    // Against what the ledger saw last, not what the machine held: moving to and fro must not look like standing still.
    let judged = moves::judge(&own.reference, &own.standing, &case.license.counts, &asked);
    let of = moves::allowed(asked.of);
    if let Some(why) = judged.counted {
        let nth = judged.counts.moves.count(today);
        if judged.beyond {
            if case.options.override_reason.is_none() {
                return Err(Refusal::HeldForManager {
                    moves: case.license.counts.moves.count(today),
                    of,
                    holder: own.id,
                });
            }
            set_aside(warnings);
        }
        warnings.push(Warning::Moved { why, nth, of });
        return Ok(judged);
    }
    if judged.exchanged.is_empty() && !judged.key_exchanged {
        let parts = |it: &MachineBinding| it.fingerprint;
        let changed = parts(&own.standing).zip(parts(stands));
        let changed = changed.map(|(then, now): (Fingerprint, _)| then.compare(&now).different);
        warnings.extend(
            changed
                .filter(|it| !it.is_empty())
                .map(Warning::HardwareChanged),
        );
    } else {
        warnings.push(Warning::Exchanged {
            parts: judged.exchanged,
            key: judged.key_exchanged,
            nth: judged.counts.exchanges.count(today),
            of,
        });
    }
    if own.standing.bindings != stands.bindings {
        warnings.push(Warning::Rebound);
    }
    Ok(judged)
}

/// Nothing moves elsewhere by an activation that took the place of another, as long as that one may come back (SPEC.md 9.5), nor by parts that become other
/// ones little by little: unless a clerk knows better. Whether one has to.
fn in_place_of(
    case: &SyncCase<'_>,
    stands: &MachineBinding,
    judged: &Judged,
    warnings: &mut Vec<Warning>,
) -> Result<bool, Refusal> {
    let (own, all, today) = (case.own, case.activations, case.now.day());
    // Parts that are exchanged one by one are a repair, as often as the license has it.
    let moved = judged.counted.is_some_and(|why| why != Move::Exchanges);
    let rival = || {
        let waits = place::predecessors(own, all, today).filter(|it| it.ended.is_none());
        waits.chain(place::rivals(own, all, today)).last()
    };
    let left = || {
        let leaves = |it: &&Activation| moves::leaves(it, &own.standing, stands);
        place::predecessors(own, all, today).rfind(leaves)
    };
    let before = if moved { rival() } else { None };
    let Some(before) = before.or_else(left) else {
        return Ok(false);
    };
    if case.options.supersede_reason.is_some() {
        return Ok(true);
    }
    if case.options.override_reason.is_none() {
        return Err(refusal::in_place_of(own, before));
    }
    set_aside(warnings);
    Ok(false)
}
