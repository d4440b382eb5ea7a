//! What is noted of seats that are taken, given back, lent and refused.

use std::collections::BTreeSet;

use super::counted::Seats;
use super::error::SeatError;
use super::event::{Asked, Event, process_of};
use super::leases::Lease;
use super::lent::LentOut;
use super::record::Record;
use super::ring::One;
use super::seen::{Look, Shown};
use super::who::{Moment, Who};
use crate::protocol::date::Seconds;

impl Seats {
    /// Of a seat that is shared from now on (not `fresh`) the record says since when it is in use.
    pub(super) fn note_taking(&self, at: Seconds, seat: u16, record: &Record, fresh: bool) {
        let event = Event::Taken {
            seat,
            process: process_of(record),
            fresh,
            who: Asked::of(record),
        };
        self.place.note(at, event);
    }

    pub(super) fn note_giving_back(&self, moment: &Moment, seat: u16, record: &Record) {
        let event = Event::GivenBack {
            seat,
            process: process_of(record),
            since: record.since(),
            held: None,
        };
        self.later.note(&self.place, moment.wall, event);
    }

    /// That a lease had run out, which is seen when the next one takes its place.
    pub(super) fn note_end_of_lease(&self, one: &One, lease: &Lease) {
        if one.ring.module.is_some() {
            return;
        }
        let event = Event::Over {
            account: self.place.user(),
            seat: one.number,
            process: process_of(&lease.record),
            since: lease.record.since(),
        };
        self.later.note(&self.place, lease.until(), event);
    }

    /// Where the seats are out of reach nobody was refused one.
    pub(super) fn note_refusal(
        &self,
        at: Seconds,
        who: &Who,
        features: &[String],
        error: &SeatError,
    ) {
        let lacks = match error {
            SeatError::Storage(_)
            | SeatError::Holder(_)
            | SeatError::NotMade { .. }
            | SeatError::NoLocks { .. }
            | SeatError::NotShared { .. }
            | SeatError::UnknownToken => return,
            SeatError::NoSeat { lacks, .. } => lacks.clone().unwrap_or_default(),
            _ => String::new(),
        };
        let event = Event::Refused {
            kind: error.kind().name().to_owned(),
            lacks,
            who: Asked::new(who, features),
        };
        self.place.note(at, event);
    }

    /// The seats that came back by themselves, each once: for the owner of the home alone, who is believed it. Of a seat that somebody has now nobody knows whether
    /// it came back: it may be his whose record says the least.
    pub(super) fn note_back(&self, look: &Look, at: Seconds) {
        let free = look.back.iter().filter(|it| !look.holds(it.number));
        let back: Vec<&Shown> = free.collect();
        let Some(first) = back.iter().map(|it| it.record.since()).min() else {
            return;
        };
        if self.owned().is_err() {
            return;
        }
        // Nobody saw that it was over before it began: what was noted in earlier months is of others.
        let lines = self.place.own_lines((first, at)).into_iter();
        let known = lines.filter_map(|line| match line.event {
            Event::Over {
                account,
                seat,
                since,
                ..
            } => Some((account, seat, since)),
            _ => None,
        });
        let known: BTreeSet<_> = known.collect();
        for back in back {
            let (seat, since) = (back.number, back.record.since());
            if !known.contains(&(back.owner, seat, since)) {
                let event = Event::Over {
                    account: back.owner,
                    seat,
                    process: process_of(&back.record),
                    since,
                };
                self.place.note(at, event);
            }
        }
    }

    /// The loans that were given, and those that came back.
    pub(super) fn note_lending(&self, at: Seconds, before: &LentOut, after: &LentOut) {
        let is_in = |lent: &LentOut, loan: u32| lent.loans.iter().any(|it| it.loan == loan);
        for lent in after.loans.iter().filter(|it| !is_in(before, it.loan)) {
            let event = Event::Lent {
                seat: lent.takes.seat,
                loan: lent.loan,
                until: lent.free_at,
            };
            self.later.note(&self.place, at, event);
        }
        for back in before.loans.iter().filter(|it| !is_in(after, it.loan)) {
            self.later
                .note(&self.place, at, Event::Returned { loan: back.loan });
        }
    }
}
