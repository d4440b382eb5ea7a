//! What is written when an activation ends, or gives its seats away: rows and events, the same for a RETURN, a release and a clerk's word.

use crate::issuer::history::{self, EndFacts, FREED, NewEvent, RELEASE, RETURN, Recorder, YIELDED};
use crate::issuer::ledger::{
    Activation, Ended, EventId, LedgerError, License, Resting, Transaction,
};
use crate::issuer::policy::{self, Leaving, Rest};
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
pub(crate) struct Written {
    kind: &'static str,
    /// As it is afterwards.
    pub(crate) holder: Activation,
    pub(crate) changed: Changed,
    /// Seats that it frees.
    pub(crate) freed: u16,
    facts: EndFacts,
}

impl Written {
    fn of(kind: &'static str, holder: Activation, changed: Changed) -> Written {
        let facts = EndFacts::of(&changed.license, &holder);
        Written {
            kind,
            holder,
            changed,
            freed: 0,
            facts,
        }
    }

    /// Seats that another has from now on, or that are kept of it no more.
    fn emptied(
        kind: &'static str,
        from: &Activation,
        license: &License,
        event: EventId,
    ) -> Written {
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
        Written::of(kind, holder, changed)
    }

    /// Its place, or the seats that were kept of it, are another's.
    pub(crate) fn yielded(
        from: &Activation,
        license: &License,
        to: ActivationId,
        event: EventId,
    ) -> Written {
        let mut written = Written::emptied(YIELDED, from, license, event);
        written.facts.to = Some(to.to_string());
        written
    }

    /// The seats that were kept of it are free.
    pub(crate) fn freed(
        from: &Activation,
        license: &License,
        reason: Option<&str>,
        event: EventId,
    ) -> Written {
        let mut written = Written::emptied(FREED, from, license, event);
        written.freed = from.resting.map_or(0, |it| it.seats);
        written.facts.freed = written.freed;
        written.facts.reason = reason.map(str::to_owned);
        written
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
        recorder: &mut Recorder,
    ) -> Result<(), LedgerError> {
        self.write(tx)?;
        recorder.record(tx, self.event()?)?;
        Ok(())
    }
}

/// How an activation ends.
pub(crate) struct Ending<'a> {
    pub(crate) how: Ended,
    /// The generation whose secret a RETURN revealed.
    pub(crate) generation: Option<u16>,
    /// The last day on which its own seats are not free because the license had as many RETURNs as it has.
    pub(crate) rests: Option<Day>,
    pub(crate) reason: Option<&'a str>,
    /// Why the manager frees what would rest of its own.
    pub(crate) at_once: Option<&'a str>,
}

/// What comes of it.
pub(crate) struct Gone {
    /// What is still to be written, in this order, with numbers that follow one another; the end itself is the last.
    pub(crate) written: Vec<Written>,
    /// Seats that are free now.
    pub(crate) freed: u16,
    /// Seats of its place that are not free yet.
    pub(crate) rest: Option<Rest>,
    /// Who has its place, where another took that.
    pub(crate) held_by: Option<ActivationId>,
    /// Whether seats are free that would have rested.
    pub(crate) at_once: bool,
}

/// Ends an activation. Its own seats are free, unless they rest (SPEC.md 9.5, 9.10). Where another took its place nothing is free while that one has the
/// seats; where that one was given up, they were kept for this one, and are free when they are kept for no third and nobody may have them on loan. One that
/// was released as lost and is given up now frees nothing again. `license` is as it is afterwards, but for its seats and event; `first` is the next number of
/// the history.
pub(crate) fn leave(
    (holder, license): (&Activation, &License),
    activations: &[Activation],
    ending: &Ending<'_>,
    first: EventId,
    now: Seconds,
) -> Gone {
    let today = now.day();
    let ends = policy::ended(holder, ending.how, activations, today);
    let leaving = match (holder.ended, holder.seats) {
        (None, 0) => policy::leave(&ends, activations, today),
        _ => Leaving::Nothing,
    };
    let freed = match leaving {
        Leaving::Free(from) => Some(Written::freed(from, license, ending.reason, first)),
        Leaving::Nothing | Leaving::Held(_) | Leaving::Rests(_) => None,
    };
    let previous = freed
        .as_ref()
        .map_or(license.event, |it| it.changed.license.event);
    let event = EventId(first.0 + i64::from(freed.is_some()));
    let mut next = Activation { event, ..ends };
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
    let at_once = holder.seats > 0 && own.is_some() && ending.at_once.is_some();
    let own = own.filter(|_| !at_once);
    let reason = ending.reason.or(ending.at_once.filter(|_| at_once));
    if holder.seats > 0 && own.is_none() {
        next.resting = None;
    }
    let taken = license
        .taken
        .unwrap_or(0)
        .saturating_sub(u32::from(holder.seats));
    let changed = Changed {
        previous,
        license: License {
            taken: Some(taken),
            event,
            ..license.clone()
        },
    };
    let kind = match ending.how {
        Ended::Returned => RETURN,
        Ended::Lost => RELEASE,
    };
    let mut last = Written::of(kind, next, changed);
    last.freed = if own.is_some() { 0 } else { holder.seats };
    last.facts = EndFacts {
        freed: last.freed,
        generation: ending.generation,
        reason: reason.map(str::to_owned),
        ..last.facts.resting(
            own.and_then(|it| it.until.day()),
            own.and_then(|it| it.kept_for),
        )
    };
    let (rest, held_by) = match leaving {
        Leaving::Held(other) => (None, Some(other.standing.activation)),
        Leaving::Rests(rest) => (Some(rest), None),
        Leaving::Nothing | Leaving::Free(_) => (own, None),
    };
    let written: Vec<Written> = freed.into_iter().chain([last]).collect();
    Gone {
        freed: written.iter().map(|it| it.freed).sum(),
        written,
        rest,
        held_by,
        at_once,
    }
}
