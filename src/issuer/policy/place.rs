//! Places (SPEC.md 9.6): who holds the seats of those that took them from one another by an ACTIVATE that fits, and what the others may still want.

use super::fork::{Fork, Proof};
use crate::issuer::ledger::{Activation, Days, Ended, EventId};
use crate::protocol::date::Day;

/// Where an activation stands that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// It has its seats.
    Holds,
    /// Whoever took its place gave it up, and the seats are kept for it.
    Kept(&'a Activation),
    /// Another has its place.
    Taken(&'a Activation),
    /// Nobody has its place any more.
    Empty,
}

/// Where `own` stands among the activations of its license.
pub fn place<'a>(own: &Activation, activations: &'a [Activation], today: Day) -> Place<'a> {
    if own.seats > 0 {
        return Place::Holds;
    }
    let mut same = activations.iter().filter(|it| it.place == own.place);
    if let Some(holder) = same.clone().find(|it| it.seats > 0) {
        return Place::Taken(holder);
    }
    let kept = |it: &&Activation| {
        it.resting
            .is_some_and(|rest| rest.kept && rest.until >= today)
    };
    same.find(kept).map_or(Place::Empty, Place::Kept)
}

/// Those that had the place of `own` before, which nobody gave up and which may be at work still, oldest first.
pub fn rivals<'a>(
    own: &Activation,
    activations: &'a [Activation],
    today: Day,
) -> impl Iterator<Item = &'a Activation> {
    let (own, place) = (own.id, own.place);
    activations.iter().filter(move |it| {
        it.place == place && it.id != own && it.ended.is_none() && it.seats == 0 && it.runs >= today
    })
}

/// Those that had the place before `own` began and may be at work still, or were given up by their machines since: what asks in their place has to be their
/// machine, or else whoever read one of their mails would have it.
pub(super) fn predecessors<'a>(
    own: &Activation,
    activations: &'a [Activation],
    today: Day,
) -> impl DoubleEndedIterator<Item = &'a Activation> {
    let (own, place) = (own.id, own.place);
    activations.iter().filter(move |it| {
        let lost = it.ended == Some(Ended::Lost);
        it.place == place && it.id < own && !lost && it.seats == 0 && it.runs >= today
    })
}

/// When clerks superseded a generation in a place, whoever has it now (SPEC.md 9.6).
pub fn superseded(place: EventId, activations: &[Activation], today: Day) -> Days {
    let same = activations.iter().filter(|it| it.place == place);
    let most = same.max_by_key(|it| it.superseded.count(today));
    most.map(|it| it.superseded.clone()).unwrap_or_default()
}

/// The generation of a grant: one more than any in its place, so that a machine that holds two of them knows which is later. Nothing where none is left.
pub(super) fn generation(own: &Activation, activations: &[Activation]) -> Option<u16> {
    let same = activations.iter().filter(|it| it.place == own.place);
    let latest = same.map(|it| it.generation).chain([own.generation]).max();
    latest.unwrap_or(0).checked_add(1)
}

/// The verdict on an activation whose place another took and for which no seat is free. Within its own chain the fork rule holds as before.
pub(super) fn replaced(fork: Fork, holder: &Activation, proof: Proof) -> Fork {
    let held = match fork {
        Fork::Latest(held) | Fork::Behind { held, .. } | Fork::Crossed { held, .. } => held,
        Fork::Replaced { .. } | Fork::Diverged { .. } | Fork::Unknown => return fork,
    };
    Fork::Replaced {
        held,
        by: holder.standing.activation,
        since: holder.last.day(),
        proof,
    }
}
