//! Places (SPEC.md 9.6): who holds the seats of those that took them from one another by an ACTIVATE that fits, and what the others may still want.

use super::Refusal;
use super::fork::Fork;
use crate::issuer::ledger::{Activation, COUNTED_DAYS, Days, EventId, Until};
use crate::protocol::date::Day;
use crate::protocol::digest::ActivationId;

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
    let kept =
        |it: &&Activation| it.resting.is_some() && rivals(it, activations, today).next().is_some();
    same.find(kept).map_or(Place::Empty, Place::Kept)
}

/// Seats that were given back and are neither in use nor free (SPEC.md 9.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rest {
    /// Whose they were.
    pub of: ActivationId,
    /// How many.
    pub seats: u16,
    /// How long: as long as one for whom they are kept may be at work, or until the license has RETURNs again.
    pub until: Until,
    /// For whom they are kept, the latest of several; nobody where the license had as many RETURNs as it has.
    pub kept_for: Option<ActivationId>,
}

/// What an activation gave back and is not free today.
pub fn rest(from: &Activation, activations: &[Activation], today: Day) -> Option<Rest> {
    let resting = from.resting?;
    let own = resting.until.filter(|day| *day >= today).map(Until::Day);
    let kept_for = rivals(from, activations, today).last();
    let runs = rivals(from, activations, today).map(|it| it.runs);
    Some(Rest {
        of: from.standing.activation,
        seats: resting.seats,
        until: runs.chain(own).max()?,
        kept_for: kept_for.map(|it| it.standing.activation),
    })
}

/// Those that had the place of `own` before, which nobody gave up and which may be at work still, oldest first.
pub fn rivals<'a>(
    own: &Activation,
    activations: &'a [Activation],
    today: Day,
) -> impl Iterator<Item = &'a Activation> {
    let (own, place) = (own.id, own.place);
    activations.iter().filter(move |it| {
        let gone = it.ended.is_some() || it.seats > 0;
        it.place == place && it.id != own && !gone && it.runs.reaches(today)
    })
}

/// Those that had the place before `own` began, also where they were given up by their machines since: what asks in their place has to be their machine, or
/// else whoever read one of their mails would have it. They are silent for good a year after they can last have been at work.
pub(super) fn predecessors<'a>(
    own: &Activation,
    activations: &'a [Activation],
    today: Day,
) -> impl DoubleEndedIterator<Item = &'a Activation> {
    let (own, place) = (own.id, own.place);
    activations.iter().filter(move |it| {
        let silent = it.runs.plus(COUNTED_DAYS as u16);
        it.place == place && it.id < own && it.seats == 0 && silent.reaches(today)
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
pub(super) fn replaced(fork: Fork, holder: &Activation) -> Fork {
    match fork {
        Fork::Latest(_) | Fork::Behind { .. } | Fork::Crossed { .. } => Fork::Replaced {
            by: holder.standing.activation,
            since: holder.last.day(),
        },
        Fork::Replaced { .. } | Fork::Diverged { .. } | Fork::Unknown => fork,
    }
}

/// The refusal of what asks by an activation that took the place of another, and is not the machine of that one.
pub(super) fn in_place_of(own: &Activation, before: &Activation) -> Refusal {
    Refusal::InPlaceOf {
        activation: own.standing.activation,
        holder: own.id,
        before: before.standing.activation,
        until: before.runs.plus(COUNTED_DAYS as u16),
    }
}
