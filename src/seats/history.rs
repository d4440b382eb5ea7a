//! What the log of the seats comes to: who used which seat from when until when, and who got none.

use std::collections::BTreeMap;

use super::event::{Asked, Event, Line};
use super::session::{End, Party, Refusal, Session};
use super::uses::{Open, Sights, Uses};
use crate::protocol::date::Seconds;

/// Use that nobody gave back and of which nobody saw the end counts for so long at most, twelve hours: nobody knows for how long it was.
pub(super) const LONGEST_UNSEEN: u32 = 12 * 3_600;

/// The same again within so many seconds is one refusal: a program that tries again and again wants one seat.
const AGAIN: u32 = 60;

/// What one account wrote.
pub(super) struct AccountLog {
    pub(super) owner: Option<u32>,
    /// Whether it is the owner of the home, or root: he is believed what he saw of others.
    pub(super) is_trusted: bool,
    pub(super) lines: Vec<Line>,
}

/// A seat that is in use now.
#[derive(Clone, Debug)]
pub(super) struct InUse {
    pub(super) owner: Option<u32>,
    pub(super) seat: u16,
    pub(super) since: Seconds,
}

/// All uses and refusals, account by account. What an account wrote makes and ends its own alone, but for those who are believed.
pub(super) struct History<P> {
    now: Seconds,
    /// Makes the name of an account.
    party: P,
    sights: Sights,
    /// Since when at the earliest an account has a seat.
    in_use: BTreeMap<(u16, Option<u32>), Seconds>,
    sessions: Vec<Session>,
    refusals: Vec<Refusal>,
}

impl<P: Fn(Option<u32>, &Asked) -> Party> History<P> {
    pub(super) fn new(in_use: &[InUse], now: Seconds, party: P) -> History<P> {
        let mut history = History {
            now,
            party,
            sights: Sights::default(),
            in_use: BTreeMap::new(),
            sessions: Vec::new(),
            refusals: Vec::new(),
        };
        for InUse { owner, seat, since } in in_use {
            let earliest = history.in_use.entry((*seat, *owner)).or_insert(*since);
            *earliest = (*earliest).min(*since);
        }
        history
    }

    /// Believes what somebody saw of others: all who are believed come before anything is added.
    pub(super) fn believe(&mut self, written: &AccountLog) {
        let lines = written.lines.iter().filter(|_| written.is_trusted);
        lines.for_each(|line| self.sights.add(line));
    }

    /// Adds what an account wrote.
    pub(super) fn add(&mut self, written: &AccountLog) {
        let (owner, now) = (written.owner, self.now);
        let mut open = Uses::default();
        // A clock that was set back may have written an end before its beginning.
        let ends = written.lines.iter().filter_map(|line| end(line, owner));
        let ends: BTreeMap<_, _> = ends.collect();
        let mut loans = BTreeMap::new();
        for Line { at, event } in &written.lines {
            match event {
                Event::Taken {
                    seat,
                    process,
                    fresh,
                    who,
                } => {
                    if *fresh {
                        let over = open.take_all(*seat).into_iter();
                        let over: Vec<_> = over.map(|it| self.over(it, owner, *at)).collect();
                        self.sessions.extend(over);
                    }
                    let session = Session {
                        seat: *seat,
                        by: (self.party)(owner, who),
                        from: *at,
                        to: *at,
                        end: End::NotYet,
                        loan: None,
                    };
                    let process = *process;
                    let taken = Open { process, session };
                    match ends.get(&(*seat, process, *at)) {
                        Some((to, end)) => self.sessions.push(taken.ended(*to, *end)),
                        None => open.add(taken),
                    }
                }
                // Of a lease, whose tokens may be several; all else was known beforehand.
                Event::GivenBack { seat, .. } => self.give_back(&mut open, *seat, *at),
                Event::Over { account, seat, .. } if *account == owner => {
                    self.give_back(&mut open, *seat, *at);
                }
                Event::Refused { kind, lacks, who } => self.refusals.push(Refusal {
                    at: *at,
                    by: (self.party)(owner, who),
                    kind: kind.clone(),
                    lacks: Some(lacks.clone()).filter(|it| !it.is_empty()),
                }),
                Event::Lent { seat, loan, until } if written.is_trusted => {
                    loans.insert(*loan, (*seat, *at, *until, false));
                }
                Event::Returned { loan } if written.is_trusted => {
                    if let Some((.., until, returned)) = loans.get_mut(loan) {
                        (*until, *returned) = ((*at).min(*until), true);
                    }
                }
                Event::Over { .. }
                | Event::Lent { .. }
                | Event::Returned { .. }
                | Event::Disconnected { .. } => {}
            }
        }
        for it in open.left() {
            let last = self.at_last(it, owner);
            self.sessions.push(last);
        }
        let loans = loans.into_iter();
        self.sessions
            .extend(loans.map(|(loan, lent)| of_loan(loan, lent, now)));
    }

    fn give_back(&mut self, open: &mut Uses, seat: u16, at: Seconds) {
        let over = open.take_leases(seat).into_iter();
        self.sessions
            .extend(over.map(|it| it.ended(at, End::GivenBack)));
    }

    /// One whose end its account did not write: it goes on, or somebody who is believed saw that it does not.
    fn at_last(&self, it: Open, owner: Option<u32>) -> Session {
        let (seat, from) = (it.session.seat, it.session.from);
        let in_use = self.in_use.get(&(seat, owner));
        if in_use.is_some_and(|since| *since <= from) {
            return it.ended(self.now, End::NotYet);
        }
        self.over(it, owner, self.now)
    }

    /// One that was over by a moment, as its account knows; somebody who is believed may have seen it before.
    fn over(&self, it: Open, owner: Option<u32>, by: Seconds) -> Session {
        let (seat, from) = (it.session.seat, it.session.from);
        let seen = self.sights.first(owner, seat, from);
        let seen = seen.filter(|(at, _)| *at <= by);
        cut(it, seen.unwrap_or((by, End::ByItself)), self.now)
    }

    /// All that was added.
    pub(super) fn whole(mut self) -> (Vec<Session>, Vec<Refusal>) {
        for session in &mut self.sessions {
            session.to = session.to.min(self.now).max(session.from);
        }
        (self.sessions, once(self.refusals))
    }
}

/// A use of which somebody saw that it is over by then.
fn cut(it: Open, (seen, end): (Seconds, End), now: Seconds) -> Session {
    let longest = it.session.from.plus(LONGEST_UNSEEN);
    let at = if seen < it.session.from { now } else { seen };
    it.ended(at.min(longest), end)
}

/// A use by its seat, its process and its beginning.
type Use = (u16, u32, Seconds);

/// Of which use of its account a line says the end, and what.
fn end(line: &Line, owner: Option<u32>) -> Option<(Use, (Seconds, End))> {
    match &line.event {
        Event::GivenBack {
            seat,
            process,
            since,
            held,
        } => {
            let by_boot = held.map(|held| since.plus(held));
            let to = by_boot.unwrap_or(line.at);
            Some(((*seat, *process, *since), (to, End::GivenBack)))
        }
        Event::Over {
            account,
            seat,
            process,
            since,
        } if *account == owner => {
            // That a lease runs out is in order.
            let end = match *process {
                0 => End::GivenBack,
                _ => End::ByItself,
            };
            Some(((*seat, *process, *since), (line.at, end)))
        }
        _ => None,
    }
}

fn of_loan(
    loan: u32,
    (seat, from, until, returned): (u16, Seconds, Seconds, bool),
    now: Seconds,
) -> Session {
    let end = match (returned, until > now) {
        (true, _) => End::GivenBack,
        (false, true) => End::NotYet,
        (false, false) => End::ByItself,
    };
    Session {
        seat,
        by: Party::default(),
        from,
        to: until.min(now).max(from),
        end,
        loan: Some(loan),
    }
}

/// Without those that only say the same again.
fn once(mut refusals: Vec<Refusal>) -> Vec<Refusal> {
    refusals.sort_by(|one, other| {
        (&one.by, &one.kind, one.at).cmp(&(&other.by, &other.kind, other.at))
    });
    let mut kept: Vec<Refusal> = Vec::new();
    let mut last: Option<Refusal> = None;
    for refusal in refusals {
        let again = last.as_ref().is_some_and(|last| {
            let same =
                (&last.by, &last.kind, &last.lacks) == (&refusal.by, &refusal.kind, &refusal.lacks);
            same && refusal.at.0 - last.at.0 <= AGAIN
        });
        if !again {
            kept.push(refusal.clone());
        }
        last = Some(refusal);
    }
    kept
}
