//! What is written when an activation ends, or gives its seats away: rows and events, the same for a RETURN, a release and a clerk's word.

use crate::issuer::history::{self, EndFacts, FREED, NewEvent, RELEASE, RETURN, Recorder, YIELDED};
use crate::issuer::ledger::{
    Activation, COUNTED_DAYS, Ended, Event, EventId, LedgerError, Lending, License, Resting,
    Transaction, Until,
};
use crate::issuer::policy::{self, Place, Rest};
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::ActivationId;

/// A license that an event changes.
pub(crate) struct Changed {
    /// The event before.
    pub(crate) previous: EventId,
    /// As it is afterwards.
    pub(crate) license: License,
}

/// An activation that has no seats any more, with its event: still to be written.
pub(crate) struct Emptied {
    kind: &'static str,
    /// As it is afterwards.
    pub(crate) holder: Activation,
    pub(crate) changed: Changed,
    /// Seats that it frees.
    pub(crate) freed: u16,
    facts: EndFacts,
}

impl Emptied {
    fn of(kind: &'static str, holder: Activation, changed: Changed) -> Emptied {
        let facts = EndFacts::of(&changed.license, &holder);
        Emptied {
            kind,
            holder,
            changed,
            freed: 0,
            facts,
        }
    }

    /// Seats that another has from now on, or that are kept of it no more.
    fn without_seats(
        kind: &'static str,
        from: &Activation,
        license: &License,
        event: EventId,
    ) -> Emptied {
        let holder = Activation {
            seats: 0,
            resting: None,
            event,
            ..from.clone()
        };
        let changed = Changed {
            previous: license.event,
            license: License {
                event,
                ..license.clone()
            },
        };
        Emptied::of(kind, holder, changed)
    }

    /// Its place, or the seats that were kept of it, are another's.
    pub(crate) fn yielded(
        from: &Activation,
        license: &License,
        to: ActivationId,
        event: EventId,
    ) -> Emptied {
        let mut written = Emptied::without_seats(YIELDED, from, license, event);
        written.facts.to = Some(to.to_string());
        written
    }

    /// The seats that were kept of it are free.
    pub(crate) fn freed(
        from: &Activation,
        license: &License,
        reason: Option<&str>,
        event: EventId,
    ) -> Emptied {
        let mut written = Emptied::without_seats(FREED, from, license, event);
        written.facts.reason = reason.map(str::to_owned);
        written.of_seats(from.resting.map_or(0, |it| it.seats))
    }

    /// The same, freeing so many seats.
    fn of_seats(mut self, freed: u16) -> Emptied {
        self.freed = freed;
        self.facts.freed = freed;
        self
    }

    /// Writes the rows.
    pub(crate) fn write(&self, tx: &mut dyn Transaction) -> Result<(), LedgerError> {
        tx.set_activation(&self.holder)?;
        tx.set_license(&self.changed.license)
    }

    /// What the history says of it.
    pub(crate) fn event(&self) -> Result<NewEvent, LedgerError> {
        Ok(NewEvent {
            kind: self.kind,
            license: Some(self.changed.license.id),
            activation: Some(self.holder.id),
            previous: Some(self.changed.previous),
            data: history::to_json(&self.facts)?,
        })
    }

    /// Writes the rows and the event, which has the next number.
    pub(crate) fn record(
        &self,
        tx: &mut dyn Transaction,
        recorder: &mut Recorder<'_>,
    ) -> Result<(), LedgerError> {
        self.write(tx)?;
        recorder.record(tx, self.event()?)?;
        Ok(())
    }
}

/// How an activation ends.
pub(crate) struct Ending<'a> {
    pub(crate) how: Ended,
    /// How long its machine went on by what was granted to it, also where it was released as lost before.
    pub(crate) ran: Until,
    /// The generation whose secret a RETURN revealed.
    pub(crate) generation: Option<u16>,
    /// The last day on which its own seats are not free because the license had as many RETURNs as it has.
    pub(crate) rests: Option<Day>,
    pub(crate) reason: Option<&'a str>,
    /// Why the manager frees what would rest, and waits for no loan of its place.
    pub(crate) at_once: Option<&'a str>,
}

/// What comes of it.
pub(crate) struct Gone {
    /// What is still to be written, in this order, with numbers that follow one another; the end itself is the last.
    pub(crate) written: Vec<Emptied>,
    /// Seats that are free now.
    pub(crate) freed: u16,
    /// Seats of its place that are not free yet.
    pub(crate) rest: Option<Rest>,
    /// Who has its place, where another took that.
    pub(crate) held_by: Option<ActivationId>,
    /// Whether the manager set aside that seats rest, or that a loan is waited for.
    pub(crate) at_once: bool,
}

/// Ends an activation. Its own seats are free, unless they rest (SPEC.md 9.5, 9.10). Where another took its place nothing is free while that one has the
/// seats; where that one was given up, they were kept for this one, and are free when they are kept for no third and nobody may have them on loan. One that
/// was released as lost and is given up now frees nothing again, and seats of its place that were free again stay so. `license` is as it is afterwards, but
/// for its seats and event; `first` is the next number of the history.
pub(crate) fn leave(
    (holder, license): (&Activation, &License),
    activations: &[Activation],
    ending: &Ending<'_>,
    first: EventId,
    now: Seconds,
) -> Gone {
    let today = now.day();
    let mut next = policy::ended(holder, (ending.how, ending.ran), activations, today);
    if ending.how == Ended::Returned {
        next.last = now;
    }
    if holder.seats > 0 {
        next.resting = Some(Resting {
            seats: holder.seats,
            until: ending.rests,
        });
    }
    let own = policy::rest(&next, activations, today);
    let others = Others::of(holder, &next, activations, today);
    let at_once = ending.at_once.filter(|_| {
        let waits = next.lending.until.is_some_and(|day| day >= today);
        waits || own.is_some() || others.rest.is_some()
    });
    let reason = ending.reason.or(at_once);
    let mut license = license.clone();
    let mut event = first;
    let mut written = Vec::new();
    for other in others.settled(at_once.is_some(), today) {
        let freed = Emptied::freed(&other.row, &license, reason, event).of_seats(other.freed);
        license = freed.changed.license.clone();
        event = EventId(event.0 + 1);
        written.push(freed);
    }
    // Whoever frees them says that none of them is on loan.
    if at_once.is_some() {
        next.lending = Lending::default();
    }
    let had = own.filter(|_| at_once.is_some()).map(|it| it.seats);
    let own = own.filter(|_| at_once.is_none());
    next.resting = next.resting.filter(|_| own.is_some());
    let taken = license
        .taken
        .unwrap_or(0)
        .saturating_sub(u32::from(holder.seats));
    let changed = Changed {
        previous: license.event,
        license: License {
            taken: Some(taken),
            event,
            ..license
        },
    };
    let kind = match ending.how {
        Ended::Returned => RETURN,
        Ended::Lost => RELEASE,
    };
    let freed = match own {
        Some(_) => 0,
        None => had.unwrap_or(holder.seats),
    };
    let mut last = Emptied::of(kind, Activation { event, ..next }, changed).of_seats(freed);
    last.facts = EndFacts {
        generation: ending.generation,
        reason: reason.map(str::to_owned),
        ..last.facts.resting(
            own.and_then(|it| it.until.day()),
            own.and_then(|it| it.kept_for),
        )
    };
    written.push(last);
    let held_by = match policy::place(holder, activations, today) {
        Place::Taken(other) if holder.ended.is_none() => Some(other.standing.activation),
        _ => None,
    };
    Gone {
        freed: written.iter().map(|it| it.freed).sum(),
        written,
        rest: own.or(others.rest.filter(|_| at_once.is_none())),
        held_by,
        at_once: at_once.is_some(),
    }
}

/// The others of a place that one leaves.
struct Others<'a> {
    /// Each with its seats that rested before, and those that would afterwards.
    all: Vec<(&'a Activation, Option<Rest>, Option<Rest>)>,
    /// What rests on of them.
    rest: Option<Rest>,
}

/// One of which nothing is kept any more.
struct Settled {
    row: Activation,
    /// Its seats that are free by that, and were not before.
    freed: u16,
}

impl<'a> Others<'a> {
    fn of(
        own: &Activation,
        next: &Activation,
        activations: &'a [Activation],
        today: Day,
    ) -> Others<'a> {
        let mut after = activations.to_vec();
        let gone = after.iter_mut().filter(|it| it.id == own.id);
        gone.for_each(|it| *it = next.clone());
        let others = activations
            .iter()
            .filter(|it| it.place == own.place && it.id != own.id);
        let all: Vec<_> = others
            .map(|it| {
                let before = policy::rest(it, activations, today);
                (it, before, policy::rest(it, &after, today))
            })
            .collect();
        let rest = all.iter().find_map(|(_, before, rest)| before.and(*rest));
        Others { all, rest }
    }

    /// Those whose seats are free with this; those whose seats were free again, and would rest once more; and, where the manager says that no loan is out,
    /// all of the place that have ended.
    fn settled(&self, nothing_out: bool, today: Day) -> impl Iterator<Item = Settled> {
        self.all.iter().filter_map(move |(it, before, after)| {
            let lent = it.ended.is_some() && it.lending.until.is_some_and(|day| day >= today);
            let by_manager = nothing_out && (lent || before.is_some());
            let row = match nothing_out {
                true => Activation {
                    lending: Lending::default(),
                    ..(*it).clone()
                },
                false => (*it).clone(),
            };
            (before.is_some() != after.is_some() || by_manager).then_some(Settled {
                row,
                freed: before.map_or(0, |it| it.seats),
            })
        })
    }
}

/// How many of these events are releases that count on a day.
pub(crate) fn lost_before(events: &[Event], today: Day) -> usize {
    let recent =
        |event: &&Event| event.kind == RELEASE && today.days_since(event.at.day()) < COUNTED_DAYS;
    events.iter().filter(recent).count()
}
