//! The rules by which a request is answered or refused. Pure: no store, no clock, no signature.

use std::num::{NonZeroU8, NonZeroU16};

use crate::issuer::ledger::{Activation, License, Terms};
use crate::machine::{UsbDevice, Verdict};
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::{ActivationId, product_tag};
use crate::protocol::grant::LicenseType;
use crate::protocol::product::Product;
use crate::protocol::requests::Activate;
use crate::protocol::trust::PublicKey;

/// How often a machine may replace its own activation in [`COUNTED_DAYS`] before the manager decides: without a limit, one licence walks
/// from machine to machine while each predecessor runs on.
pub const REPLACEMENTS: usize = 2;
/// Days for which a replacement counts.
pub const COUNTED_DAYS: i32 = 365;
/// A machine's clock may differ by this many seconds, 26 hours, before the clerk is told: UTC−12 to UTC+14 (SPEC.md 7).
pub const CLOCK_TOLERANCE: u32 = 26 * 3600;
/// Components below which a fingerprint binds weakly (SPEC.md 6.1).
const FEW_COMPONENTS: u32 = 3;

/// What the person at the desk decides for one answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Seats to grant instead of those the request asks for.
    pub seats: Option<NonZeroU16>,
    /// Days of grace instead of the licence's; 0: never.
    pub grace_days: Option<u16>,
    /// "Revalidate by" of this one grant, instead of a grace.
    pub until: Option<Day>,
    /// Why the manager sets the limit on replacements aside.
    pub override_reason: Option<String>,
}

/// All that a decision rests on.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The request.
    pub request: &'a Activate,
    /// The licence it names.
    pub license: &'a License,
    /// What was ordered.
    pub terms: &'a Terms,
    /// The product that was ordered.
    pub product: &'a Product,
    /// The licence's activations, oldest first.
    pub activations: &'a [Activation],
    /// The desk's options.
    pub options: &'a Options,
    /// Now.
    pub now: Seconds,
}

/// What is to be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// The activation that the machine replaces, its own; none: it is new.
    pub replaces: Option<&'a Activation>,
    /// Seats of the activation.
    pub seats: u16,
    /// Seats of the licence in use afterwards.
    pub taken: u32,
    /// Generation of the grant.
    pub generation: u16,
    /// The days of the replacements that still count, this one included.
    pub replaced: Vec<Day>,
    /// The day after which the machine must have been in contact again.
    pub revalidate_by: Option<Day>,
    /// Longest loan, where it may lend and asked to.
    pub max_loan: Option<NonZeroU8>,
    /// What the clerk should know.
    pub warnings: Vec<Warning>,
}

/// What the clerk should know of an answer that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The machine says little about itself: another one could pass for it.
    WeaklyBound,
    /// The machine's clock is off by this many seconds; positive where it is ahead.
    ClockOff(i64),
    /// The machine replaced its own activation for the n-th time of those that count.
    Replaced {
        /// n.
        nth: usize,
        /// How often it may.
        of: usize,
    },
    /// The machine asked to lend seats; the licence does not allow it.
    NoLending,
    /// A rule was set aside by the manager.
    Overridden,
}

impl Warning {
    /// The stable snake_case name for JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Warning::WeaklyBound => "weakly_bound",
            Warning::ClockOff(_) => "clock_off",
            Warning::Replaced { .. } => "replaced",
            Warning::NoLending => "no_lending",
            Warning::Overridden => "overridden",
        }
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Warning::WeaklyBound => {
                f.write_str("the machine says little about itself: the license is weakly bound")
            }
            Warning::ClockOff(seconds) => {
                let side = if *seconds > 0 { "ahead" } else { "behind" };
                let hours = seconds.unsigned_abs() / 3600;
                write!(f, "the machine's clock is {hours} hours {side}")
            }
            Warning::Replaced { nth, of } => write!(
                f,
                "the machine replaced its own activation ({nth} of {of} in {COUNTED_DAYS} days)"
            ),
            Warning::NoLending => {
                f.write_str("the machine asked to lend seats, which the license does not allow")
            }
            Warning::Overridden => f.write_str("a rule was set aside by the manager"),
        }
    }
}

/// Why a request is not answered. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The desk knows no such licence.
    #[error("no license with this key was sold by this desk")]
    UnknownKey,
    /// The licence is of another product than the program that asks.
    #[error("this license is for {0}, and another program asks for it")]
    OtherProduct(String),
    /// The licence is over.
    #[error("this license expired on {0}")]
    Expired(Day),
    /// The product is bound to these names, and the request has none.
    #[error("the request does not say its {}", .0.join(" and "))]
    NeedsBindings(Vec<String>),
    /// The product wants a fingerprint and the machine knows nothing of itself.
    #[error("the machine says nothing about itself that could be licensed")]
    WeakMachine,
    /// The licence is bound to a USB key, and the request names none or another.
    #[error("the license is bound to the usb key {0}, which the machine does not have")]
    OtherUsb(UsbDevice),
    /// All seats are taken, or fewer are free than wanted.
    #[error("{wanted} of {seats} seats wanted and {free} free")]
    NoSeatFree {
        /// Seats wanted; 1 where the request leaves it open.
        wanted: u16,
        /// Seats that are free.
        free: u16,
        /// Seats in all.
        seats: u16,
        /// Who holds the others: the first few.
        holders: Vec<ActivationId>,
    },
    /// The machine replaced its activation too often.
    #[error("the machine has replaced its own activation {0} times in {COUNTED_DAYS} days")]
    HeldForManager(usize),
    /// The key with which the site would sign loans is not fit for it.
    #[error("the lending key in the request is not fit for signatures")]
    UnfitLendingKey,
    /// The day that was asked for is over.
    #[error("{0} is over: a license cannot be granted until then")]
    UntilPast(Day),
}

impl Refusal {
    /// The stable snake_case name for JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Refusal::UnknownKey => "unknown_key",
            Refusal::OtherProduct(_) => "other_product",
            Refusal::Expired(_) => "expired",
            Refusal::NeedsBindings(_) => "needs_bindings",
            Refusal::WeakMachine => "weak_machine",
            Refusal::OtherUsb(_) => "other_usb",
            Refusal::NoSeatFree { .. } => "no_seat_free",
            Refusal::HeldForManager(_) => "held_for_manager",
            Refusal::UnfitLendingKey => "unfit_lending_key",
            Refusal::UntilPast(_) => "until_past",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Refusal::UnknownKey => "compare the key with the order; `license list` shows what was sold".to_owned(),
            Refusal::OtherProduct(_) => "ask for a request made with the key of that program".to_owned(),
            Refusal::Expired(_) => "sell a renewal, then answer the same request".to_owned(),
            Refusal::NeedsBindings(names) => {
                let options: Vec<String> = names.iter().map(|name| format!("--bind {name}=…")).collect();
                format!("the machine makes another request with: request activate KEY {}", options.join(" "))
            }
            Refusal::WeakMachine => "the machine makes another request with --bind NAME=VALUE, or a container with /etc/machine-id mounted".to_owned(),
            Refusal::OtherUsb(_) => "plug the usb key in and make another request".to_owned(),
            Refusal::NoSeatFree { holders, .. } if holders.is_empty() => "sell more seats, or grant fewer with --seats".to_owned(),
            Refusal::NoSeatFree { holders, .. } => {
                let names: Vec<String> = holders.iter().map(ToString::to_string).collect();
                format!("sell more seats, or have one given back; held by {}", names.join(", "))
            }
            Refusal::HeldForManager(_) => "the manager decides: respond --override --reason TEXT".to_owned(),
            Refusal::UnfitLendingKey => "the site makes another request with a fresh lending key".to_owned(),
            Refusal::UntilPast(_) => "give a later date".to_owned(),
        }
    }
}

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
    let counted = |day: &&Day| now.day().days_since(**day) < COUNTED_DAYS;
    let mut replaced: Vec<Day> = replaces.map_or_else(Vec::new, |own| {
        own.replaced.iter().filter(counted).copied().collect()
    });
    let mut warnings = Vec::new();
    if let Some(own) = replaces {
        if replaced.len() >= REPLACEMENTS || own.generation == u16::MAX {
            if options.override_reason.is_none() || own.generation == u16::MAX {
                return Err(Refusal::HeldForManager(replaced.len()));
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
    warnings.extend(weakness(request));
    warnings.extend(clock(request.clock, now));
    if request.lending_key.is_some() && terms.lend_days.is_none() {
        warnings.push(Warning::NoLending);
    }
    Ok(Decision {
        replaces,
        seats,
        taken,
        generation: replaces.map_or(1, |own| own.generation.saturating_add(1)),
        replaced,
        revalidate_by: revalidate_by(case)?,
        max_loan: terms.lend_days.filter(|_| request.lending_key.is_some()),
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
    match request.lending_key.map(|key| PublicKey::from_bytes(&key)) {
        Some(Err(_)) => Err(Refusal::UnfitLendingKey),
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
    let all = case.terms.seats.get();
    let own = replaces.map_or(0, |own| own.seats);
    let taken = case
        .license
        .taken
        .unwrap_or(0)
        .saturating_sub(u32::from(own));
    let free = u32::from(all).saturating_sub(taken);
    let free = u16::try_from(free).unwrap_or(u16::MAX);
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
        let holders = case.activations.iter().filter(|held| held.seats > 0);
        return Err(Refusal::NoSeatFree {
            wanted,
            free,
            seats: all,
            holders: holders
                .take(5)
                .map(|held| held.standing.activation)
                .collect(),
        });
    }
    Ok((wanted, taken + u32::from(wanted)))
}

fn revalidate_by(case: &Case<'_>) -> Result<Option<Day>, Refusal> {
    let today = case.now.day();
    match case.options.until {
        Some(day) if day < today => Err(Refusal::UntilPast(day)),
        Some(day) => Ok(Some(day)),
        None => {
            let grace = case.options.grace_days.unwrap_or(case.terms.grace_days);
            Ok((grace > 0).then(|| today.plus(grace)))
        }
    }
}

fn weakness(request: &Activate) -> Option<Warning> {
    let known = request.fingerprint.as_ref().map(|it| it.known().len());
    known
        .filter(|known| *known < FEW_COMPONENTS)
        .map(|_| Warning::WeaklyBound)
}

fn clock(machine: Seconds, now: Seconds) -> Option<Warning> {
    let off = machine.unix() - now.unix();
    (off.unsigned_abs() > u64::from(CLOCK_TOLERANCE)).then_some(Warning::ClockOff(off))
}
