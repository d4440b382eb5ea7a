//! Counting what was used: sessions, hours, how many seats at once at most and for how long, and who got none.

use std::collections::BTreeMap;

use super::session::{End, Party, Refusal, Session};
use crate::messages::seats as messages;
use crate::protocol::date::{Day, Seconds};

/// What the rows of a report are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Users.
    User,
    /// Workstations.
    Host,
    /// Features: a session that asked for several stands in the row of each.
    Feature,
    /// Programs.
    Program,
    /// Days in UTC: a session stands in each that it touches.
    Day,
}

/// What was used in a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// By names: days in their order, all else by hours.
    pub rows: Vec<Row>,
    /// All of it.
    pub total: Row,
}

/// How much was used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Of whom or what; empty: nothing was said, and of features all.
    pub name: String,
    /// Uses of seats.
    pub sessions: usize,
    /// Of these, so many that nobody gave back.
    pub not_given_back: usize,
    /// For how long seats were used: a seat that several share at a moment is one.
    pub seconds: u64,
    /// So many seats at once at most.
    pub peak: usize,
    /// When these were used at once for the first time.
    pub peak_at: Option<Seconds>,
    /// For how long, in all.
    pub peak_seconds: u64,
    /// Refusals by users.
    pub refused: BTreeMap<String, usize>,
}

impl Row {
    /// Refusals.
    pub fn refusals(&self) -> usize {
        self.refused.values().sum()
    }
}

impl Party {
    /// The user, and the account that says so where it is another: "anna (www-data)".
    pub fn user(&self) -> String {
        match &self.account {
            Some(account) if *account != self.user => {
                messages::for_account(account, &self.user).to_string()
            }
            _ => self.user.clone(),
        }
    }

    /// In which rows it stands; by days it depends on the time.
    fn names(&self, by: By) -> Vec<String> {
        match by {
            By::User => vec![self.user()],
            By::Host => vec![self.host.clone()],
            By::Program => vec![self.program.clone()],
            By::Feature => self.features.split(',').map(str::to_owned).collect(),
            By::Day => Vec::new(),
        }
    }
}

impl Session {
    /// Who it was; a loan has no name but its number.
    pub fn user(&self) -> String {
        match self.loan {
            Some(loan) => messages::loan_alone(loan).to_string(),
            None => self.by.user(),
        }
    }

    fn names(&self, by: By) -> Vec<String> {
        match by {
            By::User => vec![self.user()],
            _ => self.by.names(by),
        }
    }
}

/// What was used from a moment until before another.
pub(super) fn usage(
    sessions: &[Session],
    refusals: &[Refusal],
    by: By,
    (from, to): (Seconds, Seconds),
) -> Usage {
    let (mut all, mut days) = (Group::default(), Days::default());
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for session in sessions {
        // However short, it was one.
        let end = session.to.max(session.from.plus(1));
        let time = (session.from.max(from), end.min(to));
        if time.0 >= time.1 {
            continue;
        }
        all.add(session, time);
        if by == By::Day {
            days.add(session, time);
        }
        for name in session.names(by) {
            groups.entry(name).or_default().add(session, time);
        }
    }
    for refusal in refusals.iter().filter(|it| (from..to).contains(&it.at)) {
        all.refuse(refusal);
        if by == By::Day {
            days.refuse(refusal);
        }
        for name in refusal.by.names(by) {
            groups.entry(name).or_default().refuse(refusal);
        }
    }
    let (total, spans) = all.counted(String::new());
    if by == By::Day {
        let rows = days.counted(&spans);
        return Usage { rows, total };
    }
    let rows = groups.into_iter();
    let mut rows: Vec<Row> = rows.map(|(name, group)| group.counted(name).0).collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.seconds, row.sessions, row.refusals())));
    Usage { rows, total }
}

/// A time in which so many seats were used at once.
type Span = (Seconds, Seconds, usize);

impl Row {
    fn add(&mut self, (from, to, seats): Span) {
        let length = u64::from(to.0.saturating_sub(from.0));
        self.seconds += length * seats as u64;
        if seats > self.peak {
            (self.peak, self.peak_at, self.peak_seconds) = (seats, Some(from), 0);
        }
        if seats == self.peak {
            self.peak_seconds += length;
        }
    }
}

/// Rows of days. What was used is merged before it is split: however long sessions are, there is no more of it than days and times of the whole.
#[derive(Default)]
struct Days {
    rows: BTreeMap<Day, Row>,
    /// On this day so many sessions more go on than on the one before, and so many that nobody gave back.
    more: BTreeMap<Day, (isize, isize)>,
}

impl Days {
    fn add(&mut self, session: &Session, (from, to): (Seconds, Seconds)) {
        let by_itself = isize::from(is_not_given_back(session));
        let first = self.more.entry(from.day()).or_default();
        *first = (first.0 + 1, first.1 + by_itself);
        if let Some(after) = to.minus(1).day().number().checked_add(1).and_then(Day::new) {
            let after = self.more.entry(after).or_default();
            *after = (after.0 - 1, after.1 - by_itself);
        }
    }

    fn refuse(&mut self, refusal: &Refusal) {
        let row = self.rows.entry(refusal.at.day()).or_default();
        *row.refused.entry(refusal.by.user()).or_default() += 1;
    }

    fn counted(mut self, spans: &[Span]) -> Vec<Row> {
        for (from, to, seats) in spans {
            let mut at = *from;
            while at < *to {
                let until = at.day().end().min(*to);
                #[cfg(test)]
                super::uses::work::count(1);
                let row = self.rows.entry(at.day()).or_default();
                row.add((at, until, *seats));
                at = until;
            }
        }
        let (mut sessions, mut not_given_back) = (0, 0);
        let mut more = self.more.into_iter().peekable();
        let rows = self.rows.into_iter().map(|(day, row)| {
            while let Some((_, (all, by_itself))) = more.next_if(|(it, _)| *it <= day) {
                (sessions, not_given_back) = (sessions + all, not_given_back + by_itself);
            }
            let count = |many: isize| usize::try_from(many).unwrap_or(0);
            Row {
                name: day.to_string(),
                sessions: count(sessions),
                not_given_back: count(not_given_back),
                ..row
            }
        });
        rows.collect()
    }
}

/// Whoever borrows a seat gives it back when it is over.
fn is_not_given_back(session: &Session) -> bool {
    session.end == End::ByItself && session.loan.is_none()
}

#[derive(Default)]
struct Group {
    sessions: usize,
    not_given_back: usize,
    /// Seat, from, until before.
    times: Vec<(u16, Seconds, Seconds)>,
    refused: BTreeMap<String, usize>,
}

impl Group {
    fn add(&mut self, session: &Session, (from, to): (Seconds, Seconds)) {
        self.sessions += 1;
        self.not_given_back += usize::from(is_not_given_back(session));
        self.times.push((session.seat, from, to));
    }

    fn refuse(&mut self, refusal: &Refusal) {
        *self.refused.entry(refusal.by.user()).or_default() += 1;
    }

    fn counted(self, name: String) -> (Row, Vec<Span>) {
        let spans = spans(merged(self.times));
        let mut row = Row {
            name,
            sessions: self.sessions,
            not_given_back: self.not_given_back,
            refused: self.refused,
            ..Row::default()
        };
        spans.iter().for_each(|span| row.add(*span));
        (row, spans)
    }
}

/// How many seats are used at once, from change to change, of times of one seat that are apart from each other.
fn spans(times: Vec<(u16, Seconds, Seconds)>) -> Vec<Span> {
    // Whoever ends when another begins was not there with him.
    let starts = times.iter().map(|(_, from, _)| (*from, 1));
    let ends = times.iter().map(|(_, _, to)| (*to, -1));
    let mut steps: Vec<(Seconds, i32)> = starts.chain(ends).collect();
    steps.sort_unstable();
    let (mut at_once, mut spans) = (0, Vec::new());
    let mut steps = steps.into_iter().peekable();
    while let Some((at, step)) = steps.next() {
        at_once += step;
        let next = steps.peek().filter(|(next, _)| *next > at);
        let seats = usize::try_from(at_once).unwrap_or(0);
        if let Some((next, _)) = next.filter(|_| seats > 0) {
            spans.push((at, *next, seats));
        }
    }
    spans
}

/// Times in which each seat is used, those of one seat apart from each other.
fn merged(mut times: Vec<(u16, Seconds, Seconds)>) -> Vec<(u16, Seconds, Seconds)> {
    times.sort_unstable();
    let mut merged: Vec<(u16, Seconds, Seconds)> = Vec::new();
    for (seat, from, to) in times {
        match merged.last_mut() {
            Some((last, _, until)) if *last == seat && from <= *until => *until = to.max(*until),
            _ => merged.push((seat, from, to)),
        }
    }
    merged
}
