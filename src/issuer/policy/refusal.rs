//! Why a request is not answered, and what to do about it.

use super::place::{self, Rest};
use super::{COUNTED_DAYS, Colour, Fork};
use crate::failure::FailureKind;
use crate::issuer::ledger::{Activation, ActivationRow, License, Until, Withdrawn};
use crate::machine::UsbDevice;
use crate::protocol::date::Day;
use crate::protocol::digest::ActivationId;

/// Why a request is not answered. Nothing was changed, but for the history, which tells of what speaks for or against a machine and of secrets that were
/// given away (SPEC.md 9.8).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The desk knows no such license.
    #[error("no license with this key was sold by this desk")]
    UnknownKey,
    /// The license is of another product than the program that asks.
    #[error("this license is for {0}, and another program asks for it")]
    OtherProduct(String),
    /// The license is over.
    #[error("this license expired on {0}")]
    Expired(Day),
    /// The product is bound to these names, and the request has none.
    #[error("the request does not say its {}", .0.join(" and "))]
    NeedsBindings(Vec<String>),
    /// The product wants a fingerprint and the request has none.
    #[error("the machine says nothing about itself that could be licensed")]
    Unbound,
    /// The request binds itself by what the product does not ask for.
    #[error("the request has {0}, which the product does not ask for")]
    NotAskedFor(&'static str),
    /// The machine is weakly bound, and the product has such machines held for a clerk or refused.
    #[error(
        "the machine says neither network card nor disk: a copy of its disk or image would pass for it"
    )]
    WeakMachine {
        /// Whether a clerk may accept it; otherwise the manager.
        held: bool,
    },
    /// The license is bound to a USB key, and the request names none or another.
    #[error("the license is bound to the usb key {0}, which the machine does not have")]
    OtherUsb(UsbDevice),
    /// All seats are taken, or fewer are free than wanted.
    #[error("{}", no_seat_free(*.wanted, *.free, *.seats, .resting.is_some()))]
    NoSeatFree {
        /// Seats wanted; 1 where the request leaves it open.
        wanted: u16,
        /// Seats that are free.
        free: u16,
        /// Seats in all.
        seats: u16,
        /// Who holds the others: the first few.
        holders: Vec<ActivationId>,
        /// Seats that were given back and are not free yet, where there are such: those that are free first.
        resting: Option<Rest>,
    },
    /// Machines of the license were replaced or moved as often as they may.
    #[error(
        "the license has been replaced or moved {moves} times in {COUNTED_DAYS} days, and its seats allow {of}"
    )]
    HeldForManager {
        /// Moves that count, without this one.
        moves: u32,
        /// How many there may be.
        of: u32,
        /// Which activation.
        holder: ActivationRow,
    },
    /// No generation is left.
    #[error("{0} has used up all its generations")]
    LastGeneration(ActivationId),
    /// Another activation of the license has this number.
    #[error("another activation of this license is called {0}")]
    SameName(ActivationId),
    /// More RETURNs before their ACTIVATE than are kept.
    #[error("too many return codes came before their request")]
    TooManyEarly,
    /// YELLOW: the machine does not hold the latest answer.
    #[error("yellow: {0}")]
    NeedsSupersede(Fork),
    /// YELLOW, and clerks superseded generations of its place as often as they may.
    #[error("yellow: {fork}; clerks superseded it {times} times in {COUNTED_DAYS} days already")]
    SupersededBefore {
        /// What the ledger says.
        fork: Fork,
        /// How often.
        times: u32,
    },
    /// The machine holds a later answer than this ledger knows, which was put back: no number that it gives next would be newer.
    #[error(
        "the machine says that it holds generation {claimed}, and this desk has granted {latest}: its ledger was put back, or anybody wrote the request"
    )]
    LedgerBehind {
        /// What the request claims.
        claimed: u16,
        /// The latest that is known here.
        latest: u16,
    },
    /// RED: a copy or an old snapshot asks; or the request opens nothing.
    #[error("{}", judged(.0))]
    HeldFork(Fork),
    /// Old mail: the machine made another request later, which was answered.
    #[error(
        "this is old mail, as far as clocks tell: the machine asked later and was answered on {0}"
    )]
    Overtaken(Day),
    /// The activation took the place of another by an ACTIVATE, which whoever read one request can write: so nothing is moved elsewhere by it alone.
    #[error(
        "{activation} was activated in the place of {before}, and is to be the same machine as that one{}; it is another by now", up_to(*.until)
    )]
    InPlaceOf {
        /// The activation that asks, or that the machine fits which asks.
        activation: ActivationId,
        /// Its row.
        holder: ActivationRow,
        /// The one that it replaced.
        before: ActivationId,
        /// How long it is to be.
        until: Until,
    },
    /// YELLOW: machines were set up anew, or asked twice, as often as they may without anybody being asked.
    #[error(
        "yellow: machines of the license were activated anew {times} times in {COUNTED_DAYS} days, with the hardware that they had, and its seats allow {of}: several machines or accounts may use it"
    )]
    AnewTooOften {
        /// How often, without this time.
        times: u32,
        /// How often it may be.
        of: u32,
        /// Which activation the machine fits.
        holder: ActivationRow,
    },
    /// The license names users or lends, and no key stands with which the site would sign that.
    #[error("a license that names users or lends wants the key of its site")]
    NeedsSiteKey,
    /// The site would sign with a key that nobody has accepted.
    #[error("the site would sign with a new key")]
    NewSiteKey,
    /// The license was revoked.
    #[error("this license was revoked")]
    Revoked,
    /// The license was made by mistake.
    #[error("this license was made by mistake and is void: nothing is granted of it")]
    Void,
    /// The machine gave the activation up, or it was released as lost.
    #[error(
        "{0} was given up by its machine or released as lost: it holds no seat any more, and another machine may have that seat by now"
    )]
    GivenUp(ActivationId),
    /// The desk knows no such activation.
    #[error("this desk knows no activation {0}")]
    UnknownActivation(ActivationId),
    /// A grant has no emergency steps.
    #[error("the license of {0} has no emergency codes in generation {1}")]
    NoEmergency(ActivationId, u16),
    /// The steps of a grant do not reach that far.
    #[error("the emergency codes of {activation} reach to {last}")]
    EmergencyUsedUp {
        /// Which.
        activation: ActivationId,
        /// The day that the last step reaches.
        last: Day,
    },
    /// No grant of this generation.
    #[error("{0} has no generation {1}")]
    UnknownGeneration(ActivationId, u16),
    /// Too many activations of the license were released as lost.
    #[error("{0} activations of this license were released as lost in {COUNTED_DAYS} days")]
    TooManyLost(usize),
    /// The key with which the site would sign is not fit for it.
    #[error("the site key in the request is not fit for signatures")]
    UnfitSiteKey,
    /// The day that was asked for is over.
    #[error("{0} is over: a license cannot be granted until then")]
    UntilPast(Day),
}

impl Refusal {
    /// Whether a license is not to be granted, or changed, any more.
    ///
    /// # Errors
    /// `Revoked` or `Void`.
    pub(crate) fn of_withdrawn(license: &License) -> Result<(), Refusal> {
        match license.withdrawn {
            None => Ok(()),
            Some(Withdrawn::Revoked) => Err(Refusal::Revoked),
            Some(Withdrawn::Void) => Err(Refusal::Void),
        }
    }

    /// The fork rule's verdict, where that is why.
    pub fn fork(&self) -> Option<Fork> {
        match self {
            Refusal::NeedsSupersede(fork)
            | Refusal::SupersededBefore { fork, .. }
            | Refusal::HeldFork(fork) => Some(*fork),
            _ => None,
        }
    }

    /// What the history keeps of it, a verdict and what that rests on, whether or not the request gives a secret away: where somebody has to find out
    /// what happened at the machine.
    pub fn evidence(&self) -> Option<(&'static str, String)> {
        match self {
            Refusal::HeldForManager { .. } => Some(("held_for_manager", self.to_string())),
            Refusal::GivenUp(_) => Some(("given_up", self.to_string())),
            Refusal::LedgerBehind { .. } => Some((Colour::Unproven.name(), self.to_string())),
            Refusal::InPlaceOf { .. } | Refusal::AnewTooOften { .. } => {
                Some((Colour::Yellow.name(), self.to_string()))
            }
            _ => self
                .fork()
                .map(|fork| (fork.colour().name(), fork.to_string())),
        }
    }

    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            Refusal::UnknownKey => FailureKind::UnknownKey,
            Refusal::OtherProduct(_) => FailureKind::OtherProduct,
            Refusal::Expired(_) => FailureKind::OrderExpired,
            Refusal::NeedsBindings(_) => FailureKind::NeedsBindings,
            Refusal::NeedsSiteKey => FailureKind::NeedsSiteKey,
            Refusal::NewSiteKey => FailureKind::NewSiteKey,
            Refusal::Unbound => FailureKind::Unbound,
            Refusal::NotAskedFor(_) => FailureKind::NotAskedFor,
            Refusal::WeakMachine { .. } => FailureKind::WeakMachine,
            Refusal::LastGeneration(_) => FailureKind::LastGeneration,
            Refusal::SameName(_) => FailureKind::SameName,
            Refusal::TooManyEarly => FailureKind::TooManyEarly,
            Refusal::OtherUsb(_) => FailureKind::OtherUsb,
            Refusal::NoSeatFree { .. } => FailureKind::NoSeatFree,
            Refusal::HeldForManager { .. }
            | Refusal::SupersededBefore { .. }
            | Refusal::HeldFork(_)
            | Refusal::LedgerBehind { .. }
            | Refusal::TooManyLost(_) => FailureKind::HeldForManager,
            Refusal::NeedsSupersede(_)
            | Refusal::InPlaceOf { .. }
            | Refusal::AnewTooOften { .. } => FailureKind::NeedsSupersede,
            Refusal::Overtaken(_) => FailureKind::Overtaken,
            Refusal::Revoked => FailureKind::Revoked,
            Refusal::Void => FailureKind::Void,
            Refusal::GivenUp(_) => FailureKind::GivenUp,
            Refusal::UnknownActivation(_) => FailureKind::UnknownActivation,
            Refusal::NoEmergency(..) => FailureKind::NoEmergency,
            Refusal::EmergencyUsedUp { .. } => FailureKind::EmergencyUsedUp,
            Refusal::UnknownGeneration(..) => FailureKind::UnknownGeneration,
            Refusal::UnfitSiteKey => FailureKind::UnfitSiteKey,
            Refusal::UntilPast(_) => FailureKind::UntilPast,
        }
    }
}

/// The refusal of what asks by an activation that took the place of another, and is not the machine of that one.
pub(super) fn in_place_of(own: &Activation, before: &Activation) -> Refusal {
    Refusal::InPlaceOf {
        activation: own.standing.activation,
        holder: own.id,
        before: before.standing.activation,
        until: place::comes_back(before),
    }
}

/// "no seat is free: 2 of 2 are taken", "3 seats are wanted and 1 of 5 is free".
fn no_seat_free(wanted: u16, free: u16, seats: u16, resting: bool) -> String {
    let are = |number: u16| if number == 1 { "is" } else { "are" };
    let how = if resting {
        "taken or held back"
    } else {
        "taken"
    };
    match (wanted, free) {
        (_, 0) => format!("no seat is free: {seats} of {seats} {} {how}", are(seats)),
        _ => format!(
            "{wanted} seats are wanted and {free} of {seats} {} free",
            are(free)
        ),
    }
}

/// " until 2026-12-31", and nothing where there is no end.
fn up_to(until: Until) -> String {
    let day = until.day();
    day.map_or_else(String::new, |day| format!(" until {day}"))
}

/// "red: the machine holds generation 2, but …".
fn judged(fork: &Fork) -> String {
    format!("{}: {fork}", fork.colour().name())
}
