//! Seats that the administrator took back: what is said to whoever had one, and for whom it is kept.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::event::field;
use super::loan::Picked;
use super::place::Place;
use super::process::Process;
use super::ring::Ring;
use super::term::Term;
use super::who::{Moment, plain};
use crate::holder::{HolderError, StorageError, json, read_json, write_json};
use crate::protocol::date::Seconds;

/// What the owner of the home writes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TakenBack {
    ended: Vec<Ended>,
    kept: Vec<Kept>,
}

/// Whose seat was taken back, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ended {
    seat: u16,
    process: u32,
    began: Option<u64>,
    reason: String,
    #[serde(with = "json::moment")]
    at: Seconds,
    /// The start of the system, and the seconds since then.
    start: Option<(String, u64)>,
}

impl Ended {
    /// Whether it is of a seat that was taken at a moment, and not of an earlier one: numbers of processes are given again.
    fn concerns(&self, taken: &Moment) -> bool {
        match (&self.start, &taken.boot) {
            (Some((start, up)), Some((same, then))) => start == same && *up >= then.as_secs(),
            _ => self.at >= taken.wall,
        }
    }
}

/// A seat that is kept for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    pub(super) takes: Picked,
    pub(super) user: String,
    pub(super) term: Term,
}

/// So many processes are told why: the file is short, and each is told within moments.
const TOLD: usize = 64;

impl TakenBack {
    fn path(place: &Place) -> PathBuf {
        place.path("taken_back.json")
    }

    /// What is written. What cannot be read keeps nobody from a seat.
    pub(super) fn read(place: &Place) -> TakenBack {
        let read = read_json(&TakenBack::path(place));
        read.ok().flatten().unwrap_or_default()
    }

    /// The same for whoever changes it: what the disk does not say is not taken for nothing.
    pub(super) fn read_to_change(place: &Place) -> Result<TakenBack, StorageError> {
        match read_json(&TakenBack::path(place)) {
            Err(HolderError::Storage(error)) => Err(error),
            read => Ok(read.ok().flatten().unwrap_or_default()),
        }
    }

    /// With what is said to these processes, and a seat that is kept for a user; what was kept of it before is not.
    pub(super) fn with(
        mut self,
        takes: &Picked,
        processes: &[Process],
        reason: &str,
        keep: Option<(&str, Duration)>,
        moment: &Moment,
    ) -> TakenBack {
        self.ended.extend(processes.iter().map(|process| {
            Ended {
                seat: takes.seat,
                process: process.id,
                began: process.began,
                reason: field(reason),
                at: moment.wall,
                start: moment
                    .boot
                    .as_ref()
                    .map(|(id, up)| (id.clone(), up.as_secs())),
            }
        }));
        let first = self.ended.len().saturating_sub(TOLD);
        self.ended.drain(..first);
        self.kept
            .retain(|it| it.term.holds(moment) && it.takes.seat != takes.seat);
        self.kept.extend(keep.map(|(user, span)| Kept {
            takes: takes.clone(),
            user: plain(user),
            term: Term::new(span, moment),
        }));
        self
    }

    /// # Errors
    /// What the disk says.
    pub(super) fn write(&self, place: &Place) -> Result<(), StorageError> {
        write_json(&TakenBack::path(place), self, place.audience)
    }

    /// Why a seat that a process took at a moment was taken back from it; none where it was not.
    pub(super) fn reason(self, seat: u16, process: Process, taken: &Moment) -> Option<String> {
        let mut ended = self.ended.into_iter();
        let is =
            |it: &Ended| it.seat == seat && (it.process, it.began) == (process.id, process.began);
        ended
            .rfind(|it| is(it) && it.concerns(taken))
            .map(|it| it.reason)
    }

    /// Whether a seat was taken back from a process that had it since a moment.
    pub(super) fn is_from(&self, seat: u16, process: Process, since: Seconds) -> bool {
        let mut ended = self.ended.iter();
        ended.any(|it| {
            (it.seat, it.process, it.began) == (seat, process.id, process.began) && it.at >= since
        })
    }

    /// The seats that are kept now.
    pub(super) fn kept(self, moment: &Moment) -> Vec<Kept> {
        let kept = self.kept.into_iter();
        kept.filter(|it| it.term.holds(moment)).collect()
    }
}

/// Whether a seat is kept for whomever.
pub(super) fn keeps(kept: &[Kept], ring: &Ring, number: u16) -> bool {
    kept.iter().any(|it| it.takes.of(ring) == Some(number))
}
