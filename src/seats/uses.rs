//! What is known of uses of seats whose end their account did not write: which they are, and who saw that they are over.

use std::collections::BTreeMap;

use super::event::{Event, Line};
use super::session::{End, Session};
use crate::protocol::date::Seconds;

/// A use of which the end is not known yet.
pub(super) struct Open {
    /// 0: a lease.
    pub(super) process: u32,
    pub(super) session: Session,
}

impl Open {
    pub(super) fn ended(mut self, at: Seconds, end: End) -> Session {
        self.session.to = at.max(self.session.from);
        self.session.end = end;
        self.session
    }
}

/// Uses whose end is not known yet, by their seats and whether they are leases.
#[derive(Default)]
pub(super) struct Uses(BTreeMap<(u16, bool), Vec<Open>>);

impl Uses {
    pub(super) fn add(&mut self, open: Open) {
        let (seat, is_lease) = (open.session.seat, open.process == 0);
        self.0.entry((seat, is_lease)).or_default().push(open);
    }

    pub(super) fn take_leases(&mut self, seat: u16) -> Vec<Open> {
        let taken = self.0.remove(&(seat, true)).unwrap_or_default();
        #[cfg(test)]
        work::count(taken.len());
        taken
    }

    pub(super) fn take_all(&mut self, seat: u16) -> Vec<Open> {
        let mut taken = self.0.remove(&(seat, false)).unwrap_or_default();
        #[cfg(test)]
        work::count(taken.len());
        taken.extend(self.take_leases(seat));
        taken
    }

    /// All that are left.
    pub(super) fn left(self) -> impl Iterator<Item = Open> {
        self.0.into_values().flatten()
    }
}

/// The use that was seen to be over, by its account and its beginning; none: whatever use it was.
type Of = Option<(Option<u32>, Seconds)>;

/// What was seen of seats by whoever is believed: from then on none was used by those who had it before.
#[derive(Default)]
pub(super) struct Sights(BTreeMap<(u16, Of, Seconds), End>);

impl Sights {
    pub(super) fn add(&mut self, line: &Line) {
        let (seat, of, end) = match &line.event {
            Event::Taken {
                seat, fresh: true, ..
            } => (*seat, None, End::ByItself),
            Event::Over {
                account,
                seat,
                since,
                ..
            } => (*seat, Some((*account, *since)), End::ByItself),
            Event::Disconnected { seat, .. } => (*seat, None, End::TakenBack),
            _ => return,
        };
        let known = self.0.entry((seat, of, line.at)).or_insert(end);
        if end == End::TakenBack {
            *known = end;
        }
    }

    /// When it was seen for the first time that a use was over which began then, and how it had ended.
    pub(super) fn first(
        &self,
        account: Option<u32>,
        seat: u16,
        from: Seconds,
    ) -> Option<(Seconds, End)> {
        let first = |of: Of| {
            let ((known, known_of, at), end) = self.0.range((seat, of, from.plus(1))..).next()?;
            #[cfg(test)]
            work::count(1);
            (*known == seat && *known_of == of && *at > from).then_some((*at, *end))
        };
        let firsts = [None, Some((account, from))].map(first);
        firsts.into_iter().flatten().min_by_key(|(at, _)| *at)
    }
}

/// What the tests count instead of time: uses and sights that were looked at.
#[cfg(test)]
pub(super) mod work {
    use std::cell::Cell;

    thread_local! {
        static LOOKED_AT: Cell<usize> = const { Cell::new(0) };
    }

    pub(in crate::seats) fn count(looked_at: usize) {
        LOOKED_AT.set(LOOKED_AT.get() + looked_at);
    }

    /// What was looked at by this thread meanwhile.
    pub(in crate::seats) fn of(what: impl FnOnce()) -> usize {
        let before = LOOKED_AT.get();
        what();
        LOOKED_AT.get() - before
    }
}
