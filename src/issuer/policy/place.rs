//! Places (SPEC.md 9.6): who holds the seats of those that took them from one another by an ACTIVATE that fits, and what the others may still want.

use super::fork::Fork;
use crate::issuer::ledger::{
    Activation, COUNTED_DAYS, Days, Ended, EventId, Lending, LoansTold, Until,
};
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
    /// How many of them were on loan when a site told of it last that was released as lost: one that gives up has none out.
    pub on_loan: u16,
    /// For whom they are kept until then or for a part of it, the latest of several.
    pub kept_for: Option<ActivationId>,
}

/// What an activation gave back and is not free today.
pub fn rest(from: &Activation, activations: &[Activation], today: Day) -> Option<Rest> {
    let resting = from.resting?;
    let ahead = |day: Option<Day>| day.filter(|day| *day >= today);
    let lent = ahead(lent(from, activations));
    let kept = waiting(from, activations, today).map(|it| (at_work(it), Why::Kept));
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
        on_loan: lent.map_or(0, |_| on_loan(from, activations)),
        kept_for: kept_for.map(|it| it.standing.activation),
    })
}

/// The last day on which seats may be out that were lent by whoever had the place of `from` and has ended, or by that one.
fn lent(from: &Activation, activations: &[Activation]) -> Option<Day> {
    let ended = |it: &&Activation| it.place == from.place && it.id != from.id && it.ended.is_some();
    let theirs = activations.iter().filter(ended);
    let days = theirs.map(|it| it.lending.until);
    days.chain([from.lending.until]).max().flatten()
}

/// Seats that were on loan when those of the place of `from` told of it last that were released as lost.
fn on_loan(from: &Activation, activations: &[Activation]) -> u16 {
    let lost = |it: &&Activation| it.place == from.place && it.ended == Some(Ended::Lost);
    let own = [from].into_iter();
    let others = activations.iter().filter(|it| it.id != from.id);
    let told = own.chain(others).filter(lost).filter_map(|it| it.told);
    let last = told.max_by_key(|it| it.generation);
    last.map_or(0, |it| it.out)
}

/// The last day on which seats may be out that `own` lent until today, or until it ran no more.
fn out(own: &Activation, today: Day) -> Option<Day> {
    match own.ended {
        Some(_) => own.lending.until,
        None => lent_while(own, own.runs, today),
    }
}

/// The same of one that ran so long, whether it has ended or not.
fn lent_while(own: &Activation, runs: Until, today: Day) -> Option<Day> {
    own.lending
        .at(runs.day().map_or(today, |day| day.min(today)))
}

/// The last day on which seats may be out that anybody lent who has or had a place; nothing where that is over.
pub(super) fn may_be_lent(place: EventId, activations: &[Activation], today: Day) -> Option<Day> {
    let same = activations.iter().filter(|it| it.place == place);
    let day = same.filter_map(|it| out(it, today)).max();
    day.filter(|day| *day >= today)
}

/// Who may have lent seats that are out today, of all activations of a license, and how long that is at least: the one of which it is the longest.
pub fn lends(activations: &[Activation], today: Day) -> Option<(&Activation, Day)> {
    let days = activations
        .iter()
        .filter_map(|it| out(it, today).map(|day| (it, day)));
    days.filter(|(_, day)| *day >= today)
        .max_by_key(|(it, day)| (*day, it.id))
}

/// An activation as it is once it is given up or released; what of its own seats rests is still to be said, but seats that were free again rest no more. It
/// may have lent until today, or as long as it `ran` by its grants, and what was lent by those of its place that go on is nobody's to wait for once it is released as
/// lost: so it waits for that, too.
pub fn ended(
    own: &Activation,
    (how, ran): (Ended, Until),
    activations: &[Activation],
    today: Day,
) -> Activation {
    let lost = how == Ended::Lost;
    let waits = |it: &&Activation| {
        lost && own.seats > 0 && it.place == own.place && it.id != own.id && it.ended.is_none()
    };
    let theirs = activations.iter().filter(waits).map(|it| out(it, today));
    let own_until = lent_while(own, ran, today);
    Activation {
        seats: 0,
        ended: Some(how),
        runs: if lost { Until::OVER } else { own.runs },
        resting: own
            .resting
            .filter(|_| rest(own, activations, today).is_some()),
        lending: Lending {
            until: theirs.chain([own_until]).max().flatten(),
            ..own.lending
        },
        ..own.clone()
    }
}

/// Those for whom seats are kept that were given back: nobody, where a clerk released them with a machine that is lost, be that returned later or not.
fn waiting<'a>(
    from: &Activation,
    activations: &'a [Activation],
    today: Day,
) -> impl Iterator<Item = &'a Activation> {
    let keeps = from.runs != Until::OVER;
    let waits = move |it: &&Activation| keeps && at_work(it).reaches(today);
    gone_on(from, activations).filter(waits)
}

/// How long one is at work whose place another took, or seats may be out that it lent.
fn at_work(own: &Activation) -> Until {
    let lent = own.lending;
    let loans = lent
        .longest
        .map(|it| own.runs.plus(u16::from(it.get()) + 2));
    let before = lent.until.map(Until::Day);
    own.runs
        .max(loans.unwrap_or(Until::OVER))
        .max(before.unwrap_or(Until::OVER))
}

/// Those that had the place of `own` before, and which nobody gave up, oldest first.
fn gone_on<'a>(
    own: &Activation,
    activations: &'a [Activation],
) -> impl Iterator<Item = &'a Activation> {
    let (own, place) = (own.id, own.place);
    activations
        .iter()
        .filter(move |it| it.place == place && it.id != own && it.ended.is_none() && it.seats == 0)
}

/// Those that had the place of `own` before, which nobody gave up and which may be at work still, oldest first.
pub fn rivals<'a>(
    own: &Activation,
    activations: &'a [Activation],
    today: Day,
) -> impl Iterator<Item = &'a Activation> {
    gone_on(own, activations).filter(move |it| it.runs.reaches(today))
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

/// What a site of the place told of its loans that signs with this key, of all that any told the most; where none did, what others told.
pub(super) fn told(
    own: &Activation,
    key: [u8; 32],
    activations: &[Activation],
) -> Option<LoansTold> {
    let same = activations.iter().filter(|it| it.place == own.place);
    same.filter_map(|it| it.told)
        .max_by_key(|it| (it.key == key, it.serial, it.generation))
}

/// When clerks superseded a generation in a place, whoever has it now (SPEC.md 9.6).
pub(super) fn superseded(place: EventId, activations: &[Activation], today: Day) -> Days {
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
