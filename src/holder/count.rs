//! Numbers in use.

use crate::protocol::date::Day;

/// A number in use, held against its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The limit's name.
    pub limit: String,
    /// What was handed in.
    pub count: u32,
    /// What is allowed; 0 where the limit is not contained, or ended.
    pub most: u32,
    /// The last day of a limit that ended.
    pub ended: Option<Day>,
}

impl Count {
    /// By how much it is above the limit; 0 where it is not.
    pub fn over_by(&self) -> u32 {
        self.count.saturating_sub(self.most)
    }

    /// What is left below the limit.
    pub fn remaining(&self) -> u32 {
        self.most.saturating_sub(self.count)
    }
}
