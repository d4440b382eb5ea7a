//! Places (SPEC.md 9.6): who holds the seats of those that took them from one another by an ACTIVATE that fits, and what the others may still want.

use super::fork::Fork;
use crate::issuer::ledger::{Activation, COUNTED_DAYS, Days, Ended, EventId, Resting, Told, Until};
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
        |it: &&Activation| it.resting.is_some() && waiting(it, activations, today).next().is_some();
    same.find(kept).map_or(Place::Empty, Place::Kept)
}

/// Why seats that were given back are not free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The license had as many RETURNs as it has.
    Returns,
    /// A site may have lent them, and they are not back (SPEC.md 9.10).
    Lent,
    /// They are kept for whoever had the place before.
    Kept,
}

impl Why {
    /// The stable snake_case name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Why::Returns => "returns",
            Why::Lent => "lent",
            Why::Kept => "kept",
        }
    }
}

/// Seats that were given back and are neither in use nor free (SPEC.md 9.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rest {
    /// Whose they were.
    pub of: ActivationId,
    /// How many.
    pub seats: u16,
    /// How long.
    pub until: Until,
    /// Why so long.
    pub why: Why,
    /// The last day on which they may be lent, where that is not over.
    pub lent: Option<Day>,
    /// For whom they are kept until then or for a part of it, the latest of several.
    pub kept_for: Option<ActivationId>,
}

/// What an activation gave back and is not free today.
pub fn rest(from: &Activation, activations: &[Activation], today: Day) -> Option<Rest> {
    let resting = from.resting?;
    let ahead = |day: Option<Day>| day.filter(|day| *day >= today);
    let lent = ahead(resting.lent);
    let kept = waiting(from, activations, today).map(|it| (it.runs, Why::Kept));
    let loans = lent.map(|day| (Until::Day(day), Why::Lent));
    let returns = ahead(resting.until).map(|day| (Until::Day(day), Why::Returns));
    let (until, why) = kept.chain(loans).chain(returns).max()?;
    let kept_for = waiting(from, activations, today).last();
    Some(Rest {
        of: from.standing.activation,
        seats: resting.seats,
        until,
        why,
        lent,
        kept_for: kept_for.map(|it| it.standing.activation),
    })
}

/// What becomes of the seats of a place when one leaves it that has none of them: it was given up by its machine, or released as lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left<'a> {
    /// It has its seats, or nobody has its place any more: nothing.
    Nothing,
    /// Another has its place, and goes on.
    Held(&'a Activation),
    /// Those that were kept for it, of this one, are free.
    Free(&'a Activation),
    /// They rest on where they are.
    Rests(Rest),
    /// They rest with it from now on, and longer than with this one: it may have lent some later.
    Passes(&'a Activation, Resting),
}

/// What becomes of the seats of a place when `own` leaves it; `lent` is how long seats that it lent may be out.
pub fn leave<'a>(
    own: &Activation,
    how: Ended,
    lent: Option<Day>,
    activations: &'a [Activation],
    today: Day,
) -> Left<'a> {
    let from = match place(own, activations, today) {
        Place::Taken(other) => return Left::Held(other),
        Place::Holds | Place::Empty => return Left::Nothing,
        Place::Kept(from) => from,
    };
    let mut after = activations.to_vec();
    let gone = after.iter_mut().filter(|it| it.id == own.id);
    gone.for_each(|it| it.ended = Some(how));
    // With one that was released as lost they would be kept for nobody.
    let passes = how == Ended::Returned || rivals(from, &after, today).next().is_none();
    if let Some(resting) = from.resting.filter(|it| passes && it.lent < lent) {
        return Left::Passes(from, Resting { lent, ..resting });
    }
    rest(from, &after, today).map_or(Left::Free(from), Left::Rests)
}

/// Those for whom seats are kept that were given back: nobody, where a clerk released them with a machine that is lost.
fn waiting<'a>(
    from: &Activation,
    activations: &'a [Activation],
    today: Day,
) -> impl Iterator<Item = &'a Activation> {
    let keeps = from.ended != Some(Ended::Lost);
    rivals(from, activations, today).filter(move |_| keeps)
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
        it.place == place && it.id < own && it.seats == 0 && comes_back(it).reaches(today)
    })
}

/// How long one may come back whose place another took: a year longer than it can be at work.
pub(super) fn comes_back(own: &Activation) -> Until {
    own.runs.plus(COUNTED_DAYS as u16)
}

/// The key with which a site of the place signs, or the last that did.
pub(super) fn site_key(own: &Activation, activations: &[Activation]) -> Option<[u8; 32]> {
    let same = activations.iter().filter(|it| it.place == own.place);
    own.site_key
        .or_else(|| same.filter_map(|it| it.site_key).next_back())
}

/// What a site of the place told of its loans, of all that any told the most.
pub(super) fn told(own: &Activation, activations: &[Activation]) -> Option<Told> {
    let same = activations.iter().filter(|it| it.place == own.place);
    same.filter_map(|it| it.told)
        .max_by_key(|it| (it.serial, it.generation))
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
