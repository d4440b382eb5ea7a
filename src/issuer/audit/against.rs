//! The history against what was kept of it in another place.

use super::{Place, Replay, Wrong};
use crate::issuer::history::{LEDGER_RESTORE, RestoreFacts};
use crate::issuer::ledger::{Event, EventId};
use crate::protocol::checkpoint::Checkpoint;
use crate::protocol::date::Seconds;

/// Checkpoints that are still to be met, and how far the history is as those have it that were met.
#[derive(Default)]
pub(super) struct Against {
    /// The one with the fewest events last.
    waiting: Vec<Checkpoint>,
    agreed: u64,
    /// Where a root put a backup in the place of a ledger that had gone on, and when.
    put_back: Vec<(u64, Seconds)>,
}

impl Against {
    pub(super) fn new(checkpoints: &[Checkpoint]) -> Against {
        let mut waiting = checkpoints.to_vec();
        waiting.sort_by_key(|it| (std::cmp::Reverse(it.events), it.made));
        Against {
            waiting,
            ..Against::default()
        }
    }

    /// Remembers an event by which something was given up; whether a root signed it is held against it as an act.
    pub(super) fn was_put_back(&mut self, event: &Event) {
        let lost = || serde_json::from_str::<RestoreFacts>(&event.data).map(|it| it.lost);
        if event.kind == LEDGER_RESTORE && !matches!(lost(), Ok(Some(0))) {
            self.put_back.push((event.id.0.cast_unsigned(), event.at));
        }
    }

    /// The event by which the ledger gave up what this checkpoint has, which was made of it before.
    fn given_up_by(&self, checkpoint: &Checkpoint) -> Option<u64> {
        let mut by = self.put_back.iter().rev();
        by.find(|(row, at)| {
            *row > self.agreed && *row <= checkpoint.events && *at >= checkpoint.made
        })
        .map(|(row, _)| *row)
    }
}

impl Replay {
    /// The history is gone through up to this event. Where it is another than a checkpoint has, so is all that follows: that is said once.
    pub(super) fn meet_checkpoints(&mut self, event: EventId) {
        let reached = event.0.cast_unsigned();
        while let Some(next) = self.against.waiting.pop_if(|it| it.events <= reached) {
            if next.events == reached && next.head == self.report.head {
                self.against.agreed = reached;
                continue;
            }
            if let Some(by) = self.against.given_up_by(&next) {
                self.given_up(&next, by);
                continue;
            }
            self.against.waiting.clear();
            let rows = rows(self.against.agreed + 1, next.events);
            let says = format!("are not all as the checkpoint of {} has them", next.made);
            self.report
                .found(Place::History, Wrong::Rewritten, rows, says);
        }
    }

    fn given_up(&mut self, checkpoint: &Checkpoint, by: u64) {
        let rows = rows(by, checkpoint.events);
        let says = format!(
            "of the checkpoint of {} were given up when the ledger was put back from a backup (history row {by})",
            checkpoint.made
        );
        self.report
            .found(Place::History, Wrong::GivenUp, rows, says);
    }

    /// The history is gone through: what checkpoints have beyond its end was there once.
    pub(super) fn miss_what_checkpoints_have(&mut self, last: EventId) {
        while let Some(next) = self.against.waiting.last().cloned() {
            let Some(by) = self.against.given_up_by(&next) else {
                break;
            };
            self.given_up(&next, by);
            self.against.waiting.pop();
        }
        let Some(most) = self.against.waiting.first() else {
            return;
        };
        let rows = rows(last.0.cast_unsigned() + 1, most.events);
        let says = format!("are missing: the checkpoint of {} has them", most.made);
        self.report.found(Place::History, Wrong::CutOff, rows, says);
    }
}

fn rows(from: u64, to: u64) -> String {
    match from >= to {
        true => format!("history row {to}"),
        false => format!("history rows {from} to {to}"),
    }
}
