//! Numbers in use.

use crate::messages;
use crate::protocol::date::Day;

/// A number in use, held against its limit.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (app, _home) = include!("../app/doctest.in");
/// use countersign::{Needs, Refused};
///
/// if let Err(Refused::TooMany { over, .. }) = app.check_for(&Needs::default().at_most("users", 5)) {
///     assert_eq!((over[0].most, over[0].over_by()), (2, 3));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

/// What is above its limit, in words.
pub(super) fn over_words(over: &[Count]) -> String {
    let words = |it: &Count| {
        let (limit, count, over_by, most) = (&it.limit, it.count, it.over_by(), it.most);
        match it.ended {
            None => messages::check::over_limit(count, limit, most, over_by).to_string(),
            Some(day) => {
                messages::check::over_limit_since(count, day, limit, most, over_by).to_string()
            }
        }
    };
    over.iter().map(words).collect::<Vec<_>>().join("; ")
}
