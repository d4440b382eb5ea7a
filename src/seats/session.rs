//! What the log of the seats comes to: who used which seat from when until when, and who got none.

use std::collections::BTreeMap;

use super::event::{Asked, Event, Line};
use crate::protocol::date::Seconds;

/// One use of a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The seat.
    pub seat: u16,
    /// Who used it, and for what.
    pub by: Party,
    /// When it began.
    pub from: Seconds,
    /// When it ended, or now where it goes on.
    pub to: Seconds,
    /// How it ended.
    pub end: End,
    /// The loan, where the seat was lent elsewhere.
    pub loan: Option<u32>,
}

/// How the use of a seat ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It goes on.
    NotYet,
    /// It was given back, or was taken for a time that is over.
    GivenBack,
    /// Nobody has given it back: its end is when that was seen.
    ByItself,
}

/// Who got no seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// When.
    pub at: Seconds,
    /// Who, and for what.
    pub by: Party,
    /// The kind of the failure.
    pub kind: String,
    /// The module of which none was free.
    pub lacks: Option<String>,
}

/// Somebody who asked for a seat: names are what he said, the account is the owner of the file in which it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Party {
    /// The account; none where the system has none, or it says nothing of the user.
    pub account: Option<String>,
    /// The user's name.
    pub user: String,
    /// The workstation.
    pub host: String,
    /// The program.
    pub program: String,
    /// The features that were asked for; none: all.
    pub features: Vec<String>,
}

/// Use that nobody gave back and of which nobody saw the end counts for so long at most, twelve hours: nobody knows for how long it was.
pub(super) const LONGEST_UNSEEN: u32 = 12 * 3_600;

/// The same again within so many seconds is one refusal: a program that tries again and again wants one seat.
const AGAIN: u32 = 60;

/// What one account wrote.
pub(super) struct Written {
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

/// What was seen of a seat by whoever is believed: from then on it was not used by those who had it before.
#[derive(Clone, Copy)]
struct Sight {
    seat: u16,
    /// The beginning of the use; none: whatever use it was.
    of: Option<Seconds>,
    at: Seconds,
}

struct Open {
    process: u32,
    session: Session,
}

impl Open {
    fn ended(mut self, at: Seconds, end: End) -> Session {
        self.session.to = at.max(self.session.from);
        self.session.end = end;
        self.session
    }
}

/// All uses and refusals. What an account wrote makes and ends its own alone, but for those who are believed; `party` makes the name of it.
pub(super) fn history(
    all: &[Written],
    in_use: &[InUse],
    now: Seconds,
    party: impl Fn(Option<u32>, &Asked) -> Party,
) -> (Vec<Session>, Vec<Refusal>) {
    let (mut sessions, mut refusals) = (Vec::new(), Vec::new());
    let trusted = all.iter().filter(|it| it.is_trusted);
    let sights: Vec<Sight> = trusted
        .flat_map(|it| it.lines.iter().filter_map(sight))
        .collect();
    for written in all {
        let mut open: Vec<Open> = Vec::new();
        // A clock that was set back may have written an end before its beginning.
        let ends: BTreeMap<_, _> = written.lines.iter().filter_map(end).collect();
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
                        let over = |it: &Open| it.session.seat == *seat;
                        let over = take_out(&mut open, over).into_iter();
                        sessions.extend(over.map(|it| cut(it, *at, now)));
                    }
                    let by = party(written.owner, who);
                    let session = Session {
                        seat: *seat,
                        by,
                        from: *at,
                        to: *at,
                        end: End::NotYet,
                        loan: None,
                    };
                    let process = *process;
                    let taken = Open { process, session };
                    match ends.get(&(*seat, process, *at)) {
                        Some((to, end)) => sessions.push(taken.ended(*to, *end)),
                        None => open.push(taken),
                    }
                }
                // Of a lease, whose tokens may be several; all else was known beforehand.
                Event::GivenBack { seat, .. } | Event::Over { seat, .. } => {
                    let is_over = |it: &Open| it.session.seat == *seat && it.process == 0;
                    let over = take_out(&mut open, is_over).into_iter();
                    sessions.extend(over.map(|it| it.ended(*at, End::GivenBack)));
                }
                Event::Refused { kind, lacks, who } => refusals.push(Refusal {
                    at: *at,
                    by: party(written.owner, who),
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
                Event::Lent { .. } | Event::Returned { .. } | Event::Disconnected { .. } => {}
            }
        }
        sessions.extend(
            open.into_iter()
                .map(|it| at_last(it, written, &sights, in_use, now)),
        );
        sessions.extend(
            loans
                .into_iter()
                .map(|(loan, lent)| of_loan(loan, lent, now)),
        );
    }
    for session in &mut sessions {
        session.to = session.to.min(now).max(session.from);
    }
    (sessions, once(refusals))
}

/// A use of which somebody saw that it is over by then.
fn cut(it: Open, seen: Seconds, now: Seconds) -> Session {
    let longest = it.session.from.plus(LONGEST_UNSEEN);
    let at = if seen < it.session.from { now } else { seen };
    it.ended(at.min(longest), End::ByItself)
}

/// One whose end its account did not write: it goes on, or somebody who is believed saw that it does not.
fn at_last(it: Open, of: &Written, sights: &[Sight], in_use: &[InUse], now: Seconds) -> Session {
    let (seat, from) = (it.session.seat, it.session.from);
    let goes_on =
        |other: &InUse| other.seat == seat && other.owner == of.owner && other.since <= from;
    if in_use.iter().any(goes_on) {
        return it.ended(now, End::NotYet);
    }
    let mut seen = now;
    for sight in sights.iter().filter(|it| it.seat == seat && it.at > from) {
        if sight.of.is_none_or(|since| since == from) {
            seen = seen.min(sight.at);
        }
    }
    cut(it, seen, now)
}

/// A use by its seat, its process and its beginning.
type Use = (u16, u32, Seconds);

/// Of which use a line says the end, and what.
fn end(line: &Line) -> Option<(Use, (Seconds, End))> {
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
            seat,
            process,
            since,
        } => {
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

fn sight(line: &Line) -> Option<Sight> {
    let (seat, of) = match &line.event {
        Event::Taken {
            seat, fresh: true, ..
        } => (*seat, None),
        Event::Over { seat, since, .. } => (*seat, Some(*since)),
        Event::Disconnected { seat, .. } => (*seat, None),
        _ => return None,
    };
    Some(Sight {
        seat,
        of,
        at: line.at,
    })
}

fn take_out(open: &mut Vec<Open>, over: impl Fn(&Open) -> bool) -> Vec<Open> {
    let (over, left) = std::mem::take(open).into_iter().partition(over);
    *open = left;
    over
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
