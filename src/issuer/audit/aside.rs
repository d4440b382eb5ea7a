//! Rules that were set aside: by whoever is a manager, and nobody else (SPEC.md 9.15).

use super::{Replay, Wrong, facts};
use crate::issuer::history::{AnswerFacts, of_license};
use crate::issuer::leaving::lost_before;
use crate::issuer::ledger::{Event, EventId, LedgerError, SignerId, Transaction};
use crate::issuer::policy::RELEASES;
use crate::protocol::desk_certificate::MANAGER;

impl Replay {
    /// Holds an event that sets a rule aside against whose key did it.
    pub(super) fn set_aside(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
    ) -> Result<(), LedgerError> {
        let by = match event.kind.as_str() {
            facts::RELEASE => {
                let by = event.act.map(|act| act.signer);
                let previous = event.previous.filter(|_| !self.manages(by));
                let Some(previous) = previous else {
                    return Ok(());
                };
                let events = of_license(tx, previous)?;
                if lost_before(&events, event.at.day()) < RELEASES {
                    return Ok(());
                }
                by
            }
            facts::ACTIVATE | facts::REPLACE | facts::SYNC if event.data.contains("overridden") => {
                let said: Option<AnswerFacts> = serde_json::from_str(&event.data).ok();
                if !said.is_some_and(|it| it.overridden) {
                    return Ok(());
                }
                let answer = tx.answers(EventId(event.id.0 - 1), 1)?.pop();
                answer.filter(|it| it.event == event.id).map(|it| it.signer)
            }
            _ => return Ok(()),
        };
        if !self.manages(by) {
            let says = "sets a rule aside, and is no manager's";
            self.report.event(Wrong::NotSigned, event.id, says);
        }
        Ok(())
    }

    /// Whether a signer is a root, or a manager's key; one that is not there is named elsewhere.
    fn manages(&self, signer: Option<SignerId>) -> bool {
        let signing = signer.and_then(|id| self.signers.get(&id));
        let desk = signing.and_then(|it| it.desk.as_ref());
        desk.is_none_or(|it| it.kinds & MANAGER != 0)
    }
}
