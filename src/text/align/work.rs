//! What the search may still cost. It is counted and not timed: a text gets the same answer on every machine, and the library reads no clock.

/// Units of work left, one for the cheapest look at a row: some twenty nanoseconds.
#[derive(Debug)]
pub(in crate::text) struct Work(u32);

/// A stretch of the text taken for a row, before anything is tried with it.
pub(super) const PIECE: u32 = 100;
/// A look at a row whose checks are summed up already, and at one that has to be written out.
pub(super) const LOOK: u32 = 1;
pub(super) const WRITTEN_LOOK: u32 = 12;
/// A row that fits its checks.
pub(super) const FIT: u32 = 10;
/// A way to read a row, as a step among others.
pub(super) const STEP: u32 = 5;
/// A reading of the whole code.
pub(super) const READING: u32 = 100;

impl Work {
    pub(in crate::text) fn new(units: u32) -> Work {
        Work(units)
    }

    /// Whether there was as much left, which is spent now.
    pub(super) fn pay(&mut self, price: u32) -> bool {
        let left = self.0.checked_sub(price);
        self.0 = left.unwrap_or_default();
        left.is_some()
    }

    /// Spends at most `units` of it.
    pub(in crate::text) fn part<T>(&mut self, units: u32, spend: impl FnOnce(&mut Work) -> T) -> T {
        let own = units.min(self.0);
        self.0 -= own;
        let mut part = Work(own);
        let result = spend(&mut part);
        self.0 += part.0;
        result
    }
}
