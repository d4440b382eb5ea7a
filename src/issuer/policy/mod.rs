//! The rules by which a request is answered or refused. Pure: no store, no clock, no signature.

mod activate;
mod fork;
mod refusal;
mod sync;

use std::num::NonZeroU16;

use crate::issuer::ledger::{Activation, License, Terms};
use crate::machine::{Components, Fingerprint};
use crate::protocol::date::{Day, Seconds};
use crate::protocol::product::Product;
use crate::protocol::requests::Activate;

pub use activate::decide;
pub use fork::{Colour, Fork, Held, judge};
pub use refusal::Refusal;
pub use sync::{SyncCase, SyncDecision, decide_sync};

/// How often an activation may be replaced by its own machine, or move to another, in [`COUNTED_DAYS`] before the manager decides: without a
/// limit, one licence walks from machine to machine while each predecessor runs on.
pub const REPLACEMENTS: usize = 2;
/// How often an activation of one licence may be released as lost in [`COUNTED_DAYS`] before the manager decides.
pub const RELEASES: usize = 2;
/// Days for which a replacement or a release counts.
pub const COUNTED_DAYS: i32 = 365;
/// Days in which a clerk may supersede a generation of one activation once.
pub const SUPERSEDE_DAYS: i32 = 90;
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
    /// Why a clerk answers although the machine does not hold the latest answer (the fork rule's YELLOW).
    pub supersede_reason: Option<String>,
    /// Why the manager sets a rule aside: the limit on replacements, or the fork rule's RED.
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
    /// The machine asked to be a site; a standalone licence has none.
    NoSite,
    /// A rule was set aside by the manager.
    Overridden,
    /// A SYNC came from another machine, or one that changed too much, for the n-th time of those that count.
    Moved {
        /// n.
        nth: usize,
        /// How often it may.
        of: usize,
    },
    /// It is the same machine, and parts of it were exchanged.
    HardwareChanged(Components),
    /// What the licence is bound to beside the machine changed.
    Rebound,
    /// The licence shrank, and this machine has fewer seats than before.
    Shrunk {
        /// Seats it had.
        from: u16,
        /// Seats it has now.
        to: u16,
    },
}

impl Warning {
    /// The stable snake_case name for JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Warning::WeaklyBound => "weakly_bound",
            Warning::ClockOff(_) => "clock_off",
            Warning::Replaced { .. } => "replaced",
            Warning::NoSite => "no_site",
            Warning::Overridden => "overridden",
            Warning::Moved { .. } => "moved",
            Warning::HardwareChanged(_) => "hardware_changed",
            Warning::Rebound => "rebound",
            Warning::Shrunk { .. } => "shrunk",
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
            Warning::NoSite => f.write_str(
                "the machine asked to be a site, which a standalone license has no use for",
            ),
            Warning::Overridden => f.write_str("a rule was set aside by the manager"),
            Warning::Moved { nth, of } => write!(
                f,
                "the license moved to another machine ({nth} of {of} in {COUNTED_DAYS} days)"
            ),
            Warning::HardwareChanged(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| part.to_string()).collect();
                write!(
                    f,
                    "it is the same machine with another {}",
                    parts.join(" and ")
                )
            }
            Warning::Rebound => {
                f.write_str("what the license is bound to beside the machine was renamed")
            }
            Warning::Shrunk { from, to } => {
                write!(
                    f,
                    "the license has fewer seats than before: this machine goes from {from} to {to}"
                )
            }
        }
    }
}

/// The days of moves and replacements that still count.
fn counted(own: &Activation, now: Seconds) -> Vec<Day> {
    let counts = |day: &&Day| now.day().days_since(**day) < COUNTED_DAYS;
    own.replaced.iter().filter(counts).copied().collect()
}

/// "Revalidate by" of a grant: what was decided for this one, or the licence's own grace.
fn revalidate_by(terms: &Terms, options: &Options, now: Seconds) -> Result<Option<Day>, Refusal> {
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

/// Seats that others than `own` leave free.
fn free(license: &License, terms: &Terms, own: u16) -> (u32, u16) {
    let others = license.taken.unwrap_or(0).saturating_sub(u32::from(own));
    let free = u32::from(terms.seats.get()).saturating_sub(others);
    (others, u16::try_from(free).unwrap_or(u16::MAX))
}

fn no_seat_free(wanted: u16, free: u16, terms: &Terms, activations: &[Activation]) -> Refusal {
    let holders = activations.iter().filter(|held| held.seats > 0);
    Refusal::NoSeatFree {
        wanted,
        free,
        seats: terms.seats.get(),
        holders: holders
            .take(5)
            .map(|held| held.standing.activation)
            .collect(),
    }
}

fn weakness(fingerprint: Option<&Fingerprint>) -> Option<Warning> {
    let known = fingerprint.map(|it| it.known().len());
    known
        .filter(|known| *known < FEW_COMPONENTS)
        .map(|_| Warning::WeaklyBound)
}

fn clock(machine: Seconds, now: Seconds) -> Option<Warning> {
    let off = machine.unix() - now.unix();
    (off.unsigned_abs() > u64::from(CLOCK_TOLERANCE)).then_some(Warning::ClockOff(off))
}
