//! Of what stands between a program and a seat.

use super::Advice;
use crate::failure::FailureKind;
use crate::seats::SeatError;

/// What whoever got no seat can do.
pub(crate) const NO_SEAT: &str =
    "wait for one with --wait 10m, or ask somebody who holds one; who does: countersign seat list";

impl Advice for SeatError {
    fn advice(&self) -> String {
        let advice = match self {
            SeatError::NoSeat { .. } => NO_SEAT,
            SeatError::Busy { .. } => {
                "do the same again; if it stays so, have its owner or root end that process"
            }
            SeatError::NotMade { .. } => {
                "have the owner of this home look once, which makes them: sudo countersign seat list, with the same --home"
            }
            SeatError::NoLocks { .. } => {
                "keep the home on a disk of this host, and let other hosts take their seats here: ssh HOST countersign seat hold"
            }
            SeatError::UnknownToken => {
                "take a seat again with countersign seat take: this one was given back, or its time is over, or it is another user's"
            }
            SeatError::Storage(error) if error.kind() == FailureKind::NoPermission => {
                "ask the owner of this home to let you in; who has a seat keeps it"
            }
            SeatError::Storage(error) => return error.advice(),
            SeatError::Holder(error) => return error.advice(),
        };
        advice.to_owned()
    }
}
