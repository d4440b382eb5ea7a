//! What is asked of whoever gives out seats.

use std::time::Duration;

use super::record::Holding;
use super::who::{Moment, Who};

/// Who wants a seat, what for, and how long he waits.
pub struct Ask<'a> {
    /// Who.
    pub who: &'a Who,
    /// The features and modules to be used: of a module with seats of its own one is taken, too.
    pub features: &'a [String],
    /// How it is to be held.
    pub holding: Holding,
    /// How long is waited for a seat, in the order of those who came; 0: not at all.
    pub patience: Duration,
    /// The moment at which it is asked.
    pub now: &'a dyn Fn() -> Moment,
}
