//! In which state a check finds a license.

use std::fmt;

use crate::messages;

/// The state of a license at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// In force.
    Licensed,
    /// In force, and something needs doing soon.
    Warning,
    /// No license; the demo runs.
    Demo,
    /// No license that is trusted, and no demo.
    Unlicensed,
    /// Past its last day.
    Expired,
    /// Past the day by which it was to be re-validated.
    Overdue,
    /// Bound to another machine, server or database.
    WrongMachine,
    /// The computer's clock has been behind for too long.
    ClockBehind,
    /// Given up by this machine.
    Returned,
    /// In force for others: it is for people by name.
    NotNamed,
}

impl State {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            State::Licensed => "licensed",
            State::Warning => "warning",
            State::Demo => "demo",
            State::Unlicensed => "unlicensed",
            State::Expired => "expired",
            State::Overdue => "overdue",
            State::WrongMachine => "wrong_machine",
            State::ClockBehind => "clock_behind",
            State::Returned => "returned",
            State::NotNamed => "not_named",
        }
    }
}

/// In words, for people.
impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Licensed => messages::check::state_licensed(),
            State::Warning => messages::check::state_warning(),
            State::Demo => messages::check::state_demo(),
            State::Unlicensed => messages::check::state_unlicensed(),
            State::Expired => messages::check::state_expired(),
            State::Overdue => messages::check::state_overdue(),
            State::WrongMachine => messages::check::state_wrong_machine(),
            State::ClockBehind => messages::check::state_clock_behind(),
            State::Returned => messages::check::state_returned(),
            State::NotNamed => messages::check::state_not_named(),
        })
    }
}
