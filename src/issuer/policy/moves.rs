//! The rule of moves (SPEC.md 9.3): what is a repair of a licensed machine, what is another machine, and how much of both a license has in a year.
//!
//! Pure, and callable without a ledger: what the ledger keeps is a [`Reference`] and the [`MachineBinding`] of an activation and the [`Counts`] of its
//! license; [`judge`] takes them with what was asked and gives back what is to be kept.

use crate::issuer::ledger::{Activation, COUNTED_DAYS, Counts, Had, Reference};
use crate::machine::{Assessment, Component, Components, Fingerprint};
use crate::protocol::date::Day;
use crate::protocol::digest::MachineBinding;

/// Counted moves and exchanges that a seat has in [`COUNTED_DAYS`]; what goes beyond that the manager decides.
pub const MOVES_PER_SEAT: u32 = 2;
/// How often a machine is set up anew, or asks twice, for each seat in [`COUNTED_DAYS`] without anybody being asked; what goes beyond that a clerk decides.
pub const ANEW_PER_SEAT: u32 = 4;
/// RETURNs of a seat in [`COUNTED_DAYS`] that free it at once.
pub const RETURNS_PER_SEAT: u32 = 6;
/// How a machine asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contact {
    /// By an ACTIVATE that replaces its own activation.
    Activate,
    /// By a SYNC.
    Sync,
}

/// What is asked for, as far as the rule looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// How.
    pub contact: Contact,
    /// What stands if it is answered.
    pub stands: &'a MachineBinding,
    /// Seats that the activation holds: how much a move or an exchange of it counts.
    pub seats: u16,
    /// Whether the license names its USB key: then the vendor says which one it is, and the rule says nothing of it.
    pub key_named: bool,
    /// Seats of the license: how much there may be.
    pub of: u16,
    /// Today.
    pub today: Day,
}

/// Why a request counts as a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// A machine that fits activated anew, with other hardware or otherwise as another machine would.
    Activated,
    /// It does not match the reference.
    Mismatch,
    /// The reference knows parts that hardware bears, and none of them is equal.
    NoPartLeft,
    /// More parts were exchanged than a license has exchanges.
    Exchanges,
    /// It hides every part that each user can read, and one was known.
    Hidden,
    /// Without a fingerprint, or with a weak one, the bindings say who is who.
    Bindings,
    /// The USB key that stood is gone, and no part that each user can read says that it is the same machine.
    UsbKey,
}

/// What becomes of a request by the rule of moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Why it counts as a move; not at all where there is nothing.
    pub counted: Option<Move>,
    /// Parts that were exchanged, where it does not count as a move.
    pub exchanged: Components,
    /// Whether the USB key was exchanged or given up, where it does not count as a move.
    pub key_exchanged: bool,
    /// Whether there are more moves with it than the license has: then the manager decides. Where it counts as none, whether it was set up anew too
    /// often: then a clerk does.
    pub beyond: bool,
    /// The reference, if it is answered.
    pub reference: Reference,
    /// What the license used up, if it is answered.
    pub counts: Counts,
}

/// Judges a request of an activation that stands as in `before`. Judged is by the reference as it is, and only then that is renewed.
pub fn judge(
    reference: &Reference,
    before: &MachineBinding,
    counts: &Counts,
    asked: &Asked<'_>,
) -> Judged {
    let Asked {
        stands,
        today,
        seats,
        ..
    } = *asked;
    let (most, weight) = (allowed(asked.of), u32::from(seats));
    let exchanged = stands
        .fingerprint
        .as_ref()
        .map_or_else(Components::default, |now| exchanged(&reference.had, now));
    let key_exchanged = !asked.key_named && before.usb.is_some() && before.usb != stands.usb;
    let parts = exchanged.len().saturating_add(u32::from(key_exchanged));
    let exchanges = parts.saturating_mul(weight);
    let other = other_machine(reference, before, stands, key_exchanged);
    let counted = match asked.contact {
        // What the same hardware says when it is set up anew it could have said in a SYNC.
        Contact::Activate => (exchanges > 0 || other.is_some()).then_some(Move::Activated),
        Contact::Sync => {
            let too_many =
                exchanges > 0 && counts.exchanges.count(today).saturating_add(exchanges) > most;
            other.or_else(|| too_many.then_some(Move::Exchanges))
        }
    };
    if counted.is_some() {
        let moves = counts.moves.with(today, weight);
        return Judged {
            counted,
            exchanged: Components::default(),
            key_exchanged: false,
            beyond: moves.count(today) > most,
            reference: Reference::of(stands.fingerprint, today),
            counts: Counts {
                moves,
                ..counts.clone()
            },
        };
    }
    let again = match asked.contact {
        Contact::Activate => weight,
        Contact::Sync => 0,
    };
    let anew = counts.anew.with(today, again);
    Judged {
        counted: None,
        exchanged,
        key_exchanged,
        beyond: again > 0 && anew.count(today) > anew_allowed(asked.of),
        reference: heard_of(reference, stands.fingerprint.as_ref(), today),
        counts: Counts {
            exchanges: counts.exchanges.with(today, exchanges),
            anew,
            ..counts.clone()
        },
    }
}

/// Parts of which a value is known and which take one here that they never had.
fn exchanged(had: &Had, now: &Fingerprint) -> Components {
    let is_new = |part: &Component| {
        let value = now.part(*part);
        value.is_some_and(|value| had.knows(*part) && !had.contains(*part, value))
    };
    Components::HARDWARE.iter().filter(is_new).collect()
}

/// The reference of a machine that is the same and was heard of again: parts that it did not know are added, and after [`COUNTED_DAYS`] each part that
/// the machine says takes the place of the one that was.
fn heard_of(reference: &Reference, now: Option<&Fingerprint>, today: Day) -> Reference {
    let (Some(then), Some(now)) = (&reference.fingerprint, now) else {
        return reference.clone();
    };
    let renewed = today.days_since(reference.since) >= COUNTED_DAYS;
    Reference {
        fingerprint: Some(if renewed {
            now.filled_from(then)
        } else {
            then.filled_from(now)
        }),
        since: if renewed { today } else { reference.since },
        had: reference.had.clone().with(now),
    }
}

/// How many moves, and how many exchanges, a license with so many seats has in [`COUNTED_DAYS`].
pub fn allowed(seats: u16) -> u32 {
    u32::from(seats) * MOVES_PER_SEAT
}

/// How often machines of a license with so many seats are set up anew in [`COUNTED_DAYS`] without anybody being asked.
pub fn anew_allowed(seats: u16) -> u32 {
    u32::from(seats) * ANEW_PER_SEAT
}

/// How many RETURNs of its seats a license has in [`COUNTED_DAYS`] that free them at once.
pub fn returns_allowed(seats: u16) -> u32 {
    u32::from(seats) * RETURNS_PER_SEAT
}

/// What a license used up once `seats` more are returned, if they may come free at once; nothing where it had as many RETURNs as it has.
pub fn returned(counts: &Counts, seats: u16, of: u16, today: Day) -> Option<Counts> {
    let returns = counts.returns.with(today, u32::from(seats));
    (returns.count(today) <= returns_allowed(of)).then(|| Counts {
        returns,
        ..counts.clone()
    })
}

/// Parts that every user of every system can read: an issuer is not told the system, and on Linux the board is root's.
fn readable() -> Components {
    [Component::NetworkCard, Component::SystemDisk]
        .into_iter()
        .collect()
}

/// Whether what stands is another machine than the reference, for what it is and not for how often.
fn other_machine(
    reference: &Reference,
    before: &MachineBinding,
    stands: &MachineBinding,
    key_exchanged: bool,
) -> Option<Move> {
    let rebound = before.bindings != stands.bindings;
    let (Some(then), Some(now)) = (&reference.fingerprint, &stands.fingerprint) else {
        return rebound.then_some(Move::Bindings);
    };
    let compared = then.compare(now);
    if compared.verdict() == Assessment::Mismatch {
        return Some(Move::Mismatch);
    }
    if then.knows_any(Components::HARDWARE) && compared.equal.and(Components::HARDWARE).is_empty() {
        return Some(Move::NoPartLeft);
    }
    // Whatever stood since the reference was set is known to it: nothing is lost by looking there.
    if then.knows_any(readable()) && !now.knows_any(readable()) {
        return Some(Move::Hidden);
    }
    if rebound && weak(before) {
        return Some(Move::Bindings);
    }
    // A key can be bought for every copy of an image: without a part that is the same it was all that said who is who.
    let same = !compared.equal.and(readable()).is_empty();
    (key_exchanged && !same).then_some(Move::UsbKey)
}

/// Whether an ACTIVATE is that of a machine which holds an activation: it matches what stands or the reference, under the same bindings and USB key.
/// Without fingerprints the bindings alone say who is who.
pub fn own(reference: &Reference, before: &MachineBinding, asks: &MachineBinding) -> bool {
    if (asks.bindings, asks.usb) != (before.bindings, before.usb) {
        return false;
    }
    if asks.fingerprint.is_none() {
        return before.fingerprint.is_none() && asks.bindings.is_some();
    }
    same_parts(reference, before, asks)
}

/// Whether a machine that had the parts of whoever was in its place before has them no longer.
pub(super) fn leaves(before: &Activation, stood: &MachineBinding, stands: &MachineBinding) -> bool {
    let same = |now| same_parts(&before.reference, &before.standing, now);
    same(stood) && !same(stands)
}

/// Whether the parts of a machine are those of another, as far as both are known: of none that is known nothing speaks against it.
fn same_parts(reference: &Reference, before: &MachineBinding, now: &MachineBinding) -> bool {
    let Some(now) = &now.fingerprint else {
        return true;
    };
    let mut known = [&before.fingerprint, &reference.fingerprint]
        .into_iter()
        .flatten();
    known.any(|then| now.compare(then).verdict() != Assessment::Mismatch)
}

/// Whether a copied file or image passes for the machine: its fingerprint has neither network card nor disk, and no USB key stands for it. What has
/// no fingerprint is bound by its bindings and not weak.
pub fn weak(standing: &MachineBinding) -> bool {
    let fingerprint = standing.fingerprint.as_ref();
    standing.usb.is_none() && fingerprint.is_some_and(|it| !it.knows_any(readable()))
}
