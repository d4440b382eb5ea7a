//! Of what stands between a program and a seat.

use super::Advice;
use crate::failure::FailureKind;
use crate::messages;
use crate::seats::{NoRules, RuledBy, SeatError};

impl Advice for NoRules {
    fn advice(&self) -> String {
        let advice = match self.kind {
            FailureKind::NotTrusted => messages::advice::rules_not_trusted(),
            kind => super::machine::of_io(kind),
        };
        advice.to_owned()
    }
}

/// The same for whoever has waited in vain; none where waiting has nothing to do with it.
pub(crate) fn when_waited(error: &SeatError) -> Option<&'static str> {
    match error {
        SeatError::NoSeat { .. } => Some(messages::advice::no_seat_waited()),
        SeatError::Rule(rule) => match rule.by {
            RuledBy::Denied => None,
            RuledBy::Most(_) => Some(messages::advice::ruled_most_waited()),
            RuledBy::Reserved => Some(messages::advice::ruled_reserved_waited()),
        },
        _ => None,
    }
}

impl Advice for SeatError {
    fn advice(&self) -> String {
        let advice = match self {
            SeatError::NoSeat { .. } => messages::advice::no_seat(),
            SeatError::Rule(rule) => match rule.by {
                RuledBy::Denied => messages::advice::ruled_denied(),
                RuledBy::Most(_) => messages::advice::ruled_most(),
                _ => messages::advice::ruled_reserved(),
            },
            SeatError::NoRules { none, .. } => return none.advice(),
            SeatError::Busy { .. } => messages::advice::gate_kept(),
            SeatError::Changed => messages::advice::ask_again(),
            SeatError::NotMade { .. } => messages::advice::no_seat_files(),
            SeatError::NoLocks { by_mount: true, .. } => messages::advice::seats_mounted(),
            SeatError::NoLocks { .. } => messages::advice::seats_elsewhere(),
            SeatError::NotShared { .. } => messages::advice::share_seats(),
            SeatError::InUse { .. } => messages::advice::seats_in_use(),
            SeatError::NotLent => messages::advice::shared_not_lent(),
            SeatError::UnknownToken => messages::advice::seat_not_held(),
            SeatError::Storage(error) if error.kind() == FailureKind::NoPermission => {
                messages::advice::seats_closed()
            }
            SeatError::Storage(error) => return error.advice(),
            SeatError::Holder(error) => return error.advice(),
        };
        advice.to_owned()
    }
}
