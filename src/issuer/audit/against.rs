//! The history against what was kept of it in another place.

use super::{Place, Replay, Wrong};
use crate::issuer::ledger::EventId;
use crate::protocol::checkpoint::Checkpoint;

/// Checkpoints that are still to be met, and how far the history is as those have it that were met.
#[derive(Default)]
pub(super) struct Against {
    /// The one with the fewest events last.
    waiting: Vec<Checkpoint>,
    agreed: u64,
}

impl Against {
    pub(super) fn new(checkpoints: &[Checkpoint]) -> Against {
        let mut waiting = checkpoints.to_vec();
        waiting.sort_by_key(|it| (std::cmp::Reverse(it.events), it.made));
        Against { waiting, agreed: 0 }
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
            self.against.waiting.clear();
            let rows = rows(self.against.agreed + 1, next.events);
            let says = format!("are not all as the checkpoint of {} has them", next.made);
            self.report
                .found(Place::History, Wrong::Rewritten, rows, says);
        }
    }

    /// The history is gone through: what checkpoints have beyond its end was there once.
    pub(super) fn miss_what_checkpoints_have(&mut self, last: EventId) {
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
