//! The rules by which a request is answered or refused. Pure: no store, no clock, no signature.

mod activate;
mod fork;
pub mod moves;
mod place;
mod refusal;
mod sync;
mod warning;

use std::num::NonZeroU16;

use crate::issuer::ledger::{
    Activation, Counts, Days, EventId, License, OrderTerms, Reference, WeakRule,
};
use crate::machine::Fingerprint;
use crate::protocol::date::{CLOCK_TOLERANCE, Day, Seconds};
use crate::protocol::digest::MachineBinding;
use crate::protocol::product::Product;
use crate::protocol::requests::Activate;

pub use crate::issuer::ledger::COUNTED_DAYS;
pub use activate::decide;
pub use fork::{Colour, Fork, HeldAnswer, Proof, judge};
pub use place::{Place, Rest, Why, ended, lends, place, rest, rivals};
pub use refusal::Refusal;
pub(crate) use sync::old_mail;
pub use sync::{SyncCase, SyncDecision, decide_sync};
pub use warning::Warning;

/// How often an activation of one license may be released as lost in [`COUNTED_DAYS`] before the manager decides.
pub const RELEASES: usize = 2;
/// How often a clerk may supersede a generation of one place in [`COUNTED_DAYS`]; what goes beyond that the manager decides.
pub const SUPERSEDES: u32 = 4;
/// Components below which a fingerprint binds weakly (SPEC.md 6.1).
const FEW_COMPONENTS: u32 = 3;

/// What the person at the desk decides for one answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Seats to grant instead of those the request asks for.
    pub seats: Option<NonZeroU16>,
    /// Days of grace instead of the license's; 0: never.
    pub grace_days: Option<u16>,
    /// "Revalidate by" of this one grant, instead of a grace.
    pub until: Option<Day>,
    /// Why a clerk answers although the machine does not hold the latest answer (the fork rule's YELLOW).
    pub supersede_reason: Option<String>,
    /// Why a clerk accepts a machine that is weakly bound.
    pub accept_weak_reason: Option<String>,
    /// Why a clerk accepts that a site signs with a new key.
    pub accept_site_key_reason: Option<String>,
    /// Why the manager sets a rule aside: the limit on moves, weak machines, or the fork rule's RED.
    pub override_reason: Option<String>,
}

/// All that a decision rests on.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The request.
    pub request: &'a Activate,
    /// The license it names.
    pub license: &'a License,
    /// What was ordered.
    pub terms: &'a OrderTerms,
    /// The product that was ordered.
    pub product: &'a Product,
    /// What is done with a machine that is weakly bound.
    pub weak: WeakRule,
    /// The license's activations, oldest first.
    pub activations: &'a [Activation],
    /// The desk's options.
    pub options: &'a Options,
    /// Now.
    pub now: Seconds,
}

/// What is to be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// The activation whose seats, or those that are kept of it, it gets, where it is not its own; none: it has them, or they were free.
    pub from: Option<&'a Activation>,
    /// The place that it has from now on; none: it begins one.
    pub place: Option<EventId>,
    /// Seats of the activation.
    pub seats: u16,
    /// Seats of the license in use afterwards.
    pub taken: u32,
    /// Generation of the grant.
    pub generation: u16,
    /// What the rule of moves holds the next request against.
    pub reference: Reference,
    /// What the license used up, with this one.
    pub counts: Counts,
    /// Whether a clerk accepted, now or before, that the machine is weakly bound.
    pub weak_accepted: bool,
    /// When clerks superseded in its place.
    pub superseded: Days,
    /// Whether it is answered because a clerk asked there.
    pub explained: bool,
    /// The day after which the machine must have been in contact again.
    pub revalidate_by: Option<Day>,
    /// What the clerk should know.
    pub warnings: Vec<Warning>,
}

/// "Revalidate by" of a grant: what was decided for this one, or the license's own grace.
pub(crate) fn revalidate_by(
    terms: &OrderTerms,
    options: &Options,
    now: Seconds,
) -> Result<Option<Day>, Refusal> {
    let today = now.day();
    match options.until {
        Some(day) if day < today => Err(Refusal::UntilPast(day)),
        Some(day) => Ok(Some(day)),
        None => {
            let grace = options.grace_days.unwrap_or(terms.grace_days);
            Ok((grace > 0).then(|| today.plus(grace)))
        }
    }
}

/// Seats that are in use, and those that are free, to whoever gets what `from` has or what is kept of it: what was given back and rests is neither.
fn free(case: &Seats<'_>, from: Option<&Activation>) -> (u32, u16) {
    let others = case
        .license
        .taken
        .unwrap_or(0)
        .saturating_sub(from.map_or(0, |it| u32::from(it.seats)));
    let other = |it: &&Activation| from.is_none_or(|from| from.id != it.id);
    let resting = case.activations.iter().filter(other);
    let resting = resting.filter_map(|it| rest(it, case.activations, case.today));
    let resting: u32 = resting.map(|it| u32::from(it.seats)).sum();
    let free = u32::from(case.terms.seats.get()).saturating_sub(others.saturating_add(resting));
    (others, u16::try_from(free).unwrap_or(u16::MAX))
}

/// The seats that an activation has, or that are kept of it.
fn yields(from: &Activation) -> u16 {
    from.seats.max(from.resting.map_or(0, |it| it.seats))
}

/// What the seats of a license are reckoned from.
struct Seats<'a> {
    license: &'a License,
    terms: &'a OrderTerms,
    activations: &'a [Activation],
    today: Day,
}

impl Seats<'_> {
    fn none_free(&self, wanted: u16, free: u16) -> Refusal {
        let holders = self.activations.iter().filter(|held| held.seats > 0);
        let resting = self.activations.iter();
        let resting = resting.filter_map(|it| rest(it, self.activations, self.today));
        Refusal::NoSeatFree {
            wanted,
            free,
            seats: self.terms.seats.get(),
            holders: holders
                .take(5)
                .map(|held| held.standing.activation)
                .collect(),
            // The one that comes free first.
            resting: resting.min_by_key(|it| it.until),
        }
    }
}

/// Who names users or lends needs a key to sign that with.
fn needs_site_key(terms: &OrderTerms, site_key: Option<[u8; 32]>) -> Result<(), Refusal> {
    if terms.signs() && site_key.is_none() {
        return Err(Refusal::NeedsSiteKey);
    }
    Ok(())
}

/// A new key of a site is held for a clerk: loans that the one before signed go on. One that `stands` already, with the generation that is revealed or in
/// the place, is not new (SPEC.md 9.4).
fn site_key(
    new: Option<[u8; 32]>,
    stands: [Option<[u8; 32]>; 2],
    options: &Options,
    warnings: &mut Vec<Warning>,
) -> Result<(), Refusal> {
    if new.is_none() || stands.contains(&new) {
        return Ok(());
    }
    if options.accept_site_key_reason.is_some() {
        warnings.push(Warning::NewSiteKey);
    } else if options.override_reason.is_some() {
        set_aside(warnings);
    } else {
        return Err(Refusal::NewSiteKey);
    }
    Ok(())
}

/// What binds a machine that the product does not ask for is not taken: it would bind the license to nobody.
fn asked_for(product: &Product, stands: &MachineBinding) -> Result<(), Refusal> {
    if product.bind.is_empty() && stands.bindings.is_some() {
        return Err(Refusal::NotAskedFor("bindings"));
    }
    if !product.fingerprint && stands.fingerprint.is_some() {
        return Err(Refusal::NotAskedFor("a fingerprint"));
    }
    if !product.bind.is_empty() && stands.bindings.is_none() {
        return Err(Refusal::NeedsBindings(product.bind.clone()));
    }
    if product.fingerprint && stands.fingerprint.is_none() {
        return Err(Refusal::Unbound);
    }
    Ok(())
}

/// What becomes of a machine that is weakly bound: whether it is accepted from now on. It is said with its first answer, and again only where it was bound
/// otherwise `before`: what is said each time is read no more.
fn weakly_bound(
    rule: WeakRule,
    options: &Options,
    (stands, before): (&MachineBinding, Option<&MachineBinding>),
    accepted: bool,
    warnings: &mut Vec<Warning>,
) -> Result<bool, Refusal> {
    if says_little(stands) && !before.is_some_and(says_little) {
        warnings.push(Warning::WeaklyBound);
    }
    if !moves::weak(stands) {
        return Ok(accepted);
    }
    if accepted {
        return Ok(true);
    }
    let accepts = options.accept_weak_reason.is_some() && rule != WeakRule::Refuse;
    let overrides = options.override_reason.is_some() && rule != WeakRule::Warn;
    match rule {
        _ if accepts => warnings.push(Warning::WeakAccepted),
        _ if overrides => set_aside(warnings),
        WeakRule::Warn => return Ok(false),
        WeakRule::Hold => return Err(Refusal::WeakMachine { held: true }),
        WeakRule::Refuse => return Err(Refusal::WeakMachine { held: false }),
    }
    Ok(true)
}

/// The manager set a rule aside: said once.
pub(crate) fn set_aside(warnings: &mut Vec<Warning>) {
    if !warnings.contains(&Warning::Overridden) {
        warnings.push(Warning::Overridden);
    }
}

fn says_little(stands: &MachineBinding) -> bool {
    let known = stands.fingerprint.as_ref().map(Fingerprint::known);
    let few = known.is_some_and(|known| known.len() < FEW_COMPONENTS);
    moves::weak(stands) || (few && stands.usb.is_none())
}

/// What a machine's clock says, as it is kept and compared: no later than it can be anywhere on earth.
pub(crate) fn capped(machine: Seconds, now: Seconds) -> Seconds {
    machine.min(now.plus(CLOCK_TOLERANCE))
}

fn clock(machine: Seconds, now: Seconds) -> Option<Warning> {
    let off = machine.unix() - now.unix();
    (off.unsigned_abs() > u64::from(CLOCK_TOLERANCE)).then_some(Warning::ClockOff(off))
}
