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
            By::Feature if self.features.is_empty() => vec![String::new()],
            By::Feature => self.features.clone(),
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
            By::Day => days(self.from, self.to),
            _ => self.by.names(by),
        }
    }
}

/// The days that a time touches.
fn days(from: Seconds, to: Seconds) -> Vec<String> {
    let (first, last) = (from.day().number(), to.minus(1).max(from).day().number());
    (first..=last)
        .filter_map(Day::new)
        .map(|day| day.to_string())
        .collect()
}

/// What was used from a moment until before another.
pub(super) fn usage(
    sessions: &[Session],
    refusals: &[Refusal],
    by: By,
    (from, to): (Seconds, Seconds),
) -> Usage {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    let mut all = Group::default();
    for session in sessions {
        // However short, it was one.
        let end = session.to.max(session.from.plus(1));
        let clipped = Session {
            from: session.from.max(from),
            to: end.min(to),
            ..session.clone()
        };
        if clipped.from >= clipped.to {
            continue;
        }
        all.add(&clipped, (from, to));
        for name in clipped.names(by) {
            let within = match by {
                By::Day => of_day(&name),
                _ => (from, to),
            };
            groups.entry(name).or_default().add(&clipped, within);
        }
    }
    for refusal in refusals.iter().filter(|it| (from..to).contains(&it.at)) {
        all.refuse(refusal);
        let names = match by {
            By::Day => days(refusal.at, refusal.at),
            _ => refusal.by.names(by),
        };
        for name in names {
            groups.entry(name).or_default().refuse(refusal);
        }
    }
    let rows = groups.into_iter();
    let mut rows: Vec<Row> = rows.map(|(name, group)| group.counted(name)).collect();
    if by != By::Day {
        rows.sort_by_key(|row| std::cmp::Reverse((row.seconds, row.sessions, row.refusals())));
    }
    let total = all.counted(String::new());
    Usage { rows, total }
}

fn of_day(name: &str) -> (Seconds, Seconds) {
    let day = name.parse().unwrap_or(Day::FIRST);
    // The first day has no number of its own: it counts as the second.
    let start = if day == Day::FIRST {
        Seconds(0)
    } else {
        day.start()
    };
    (start, day.end())
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
        // Whoever borrows a seat gives it back when it is over.
        let by_itself = session.end == End::ByItself && session.loan.is_none();
        self.not_given_back += usize::from(by_itself);
        let time = (session.seat, session.from.max(from), session.to.min(to));
        self.times.push(time);
    }

    fn refuse(&mut self, refusal: &Refusal) {
        *self.refused.entry(refusal.by.user()).or_default() += 1;
    }

    fn counted(self, name: String) -> Row {
        let times = merged(self.times);
        let length = |from: Seconds, to: Seconds| u64::from(to.0.saturating_sub(from.0));
        let seconds = times.iter().map(|(_, from, to)| length(*from, *to)).sum();
        let mut row = Row {
            name,
            sessions: self.sessions,
            not_given_back: self.not_given_back,
            seconds,
            refused: self.refused,
            ..Row::default()
        };
        // Whoever ends when another begins was not there with him.
        let starts = times.iter().map(|(_, from, _)| (*from, 1));
        let ends = times.iter().map(|(_, _, to)| (*to, -1));
        let mut steps: Vec<(Seconds, i32)> = starts.chain(ends).collect();
        steps.sort_unstable();
        let (mut at_once, mut steps) = (0, steps.into_iter().peekable());
        while let Some((at, step)) = steps.next() {
            at_once += step;
            let Some((next, _)) = steps.peek().filter(|(next, _)| *next > at) else {
                continue;
            };
            let used = usize::try_from(at_once).unwrap_or(0);
            if used > row.peak {
                (row.peak, row.peak_at, row.peak_seconds) = (used, Some(at), 0);
            }
            if used == row.peak && used > 0 {
                row.peak_seconds += length(at, *next);
            }
        }
        row
    }
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
