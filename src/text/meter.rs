//! What it may cost to read a text, counted in the places that are looked at and not timed: the same text gets the same answer on every machine.

use std::cell::Cell;
use std::rc::Rc;

/// The places that may still be looked at in all sights of a text together: each draws from the same.
#[derive(Clone, Debug)]
pub(super) struct Meter(Rc<Cell<usize>>);

impl Meter {
    pub(super) fn new(places: usize) -> Meter {
        Meter(Rc::new(Cell::new(places)))
    }

    /// Allows as many places for what is begun now, whatever was left.
    pub(super) fn begin(&self, places: usize) {
        self.0.set(places);
    }

    /// Allows as many places more.
    pub(super) fn allow(&self, places: usize) {
        self.0.set(self.0.get().saturating_add(places));
    }

    /// Takes note that as many were looked at.
    pub(super) fn count(&self, places: usize) {
        #[cfg(test)]
        work::count(places);
        self.0.set(self.0.get().saturating_sub(places));
    }

    /// Whether the text has cost enough: then nothing more is begun.
    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

/// What the tests count instead of time: places that were looked at.
#[cfg(test)]
pub(super) mod work {
    use std::cell::Cell;

    thread_local! {
        static LOOKED_AT: Cell<u64> = const { Cell::new(0) };
    }

    pub(in crate::text) fn count(places: usize) {
        LOOKED_AT.set(LOOKED_AT.get() + places as u64);
    }

    /// The places that were looked at by this thread meanwhile.
    pub(in crate::text) fn of(what: impl FnOnce()) -> u64 {
        let before = LOOKED_AT.get();
        what();
        LOOKED_AT.get() - before
    }
}
