//! Events of a license's life after its first answer: changes, returns, releases, emergency codes, refusals.

use super::rows::Left;
use super::{Place, Replay, Wrong, facts};
use crate::issuer::history::{EarlyFacts, EndFacts, Hex, LicenseFacts};
use crate::issuer::ledger::{
    Event, EventId, LedgerError, PAGE, Refused, TermsId, Transaction, Withdrawn,
};

impl Replay {
    /// A RETURN, a release, or a place that was given to another: the activation holds nothing any more.
    pub(super) fn end(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
    ) -> Result<(), LedgerError> {
        let Some(it) = self.facts::<EndFacts>(event) else {
            return Ok(());
        };
        let left = Left {
            order: it.order,
            taken: Some(it.taken),
            counts: it.counts,
            withdrawn: it.revoked.then_some(Withdrawn::Revoked),
        };
        self.license_of(tx, event, &left)?;
        self.holder_of(tx, event, it.holder, 0)
    }

    /// A change of the order, of what it is worth, or of nothing but the history.
    pub(super) fn license_changed(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
    ) -> Result<(), LedgerError> {
        let Some(it) = self.facts::<LicenseFacts>(event) else {
            return Ok(());
        };
        if let Some(digest) = it.terms {
            self.made_terms(tx, event, TermsId(it.order), digest)?;
        }
        let left = Left {
            order: it.order,
            taken: it.taken,
            counts: it.counts,
            withdrawn: match (it.revoked, it.void) {
                (true, _) => Some(Withdrawn::Revoked),
                (false, true) => Some(Withdrawn::Void),
                (false, false) => None,
            },
        };
        self.license_of(tx, event, &left)?;
        Ok(())
    }

    /// A request that was refused: known by its digest, so that it is told once.
    pub(super) fn refused(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
    ) -> Result<(), LedgerError> {
        let Some(request) = self.facts::<LicenseFacts>(event).and_then(|it| it.request) else {
            return Ok(());
        };
        let kept = tx.refused(&request.0)?;
        if kept.as_ref().is_some_and(|it| told(it, event)) {
            self.vouched.refused += 1;
        } else {
            let row = format!("the refusal of history row {}", event.id.0);
            let says = "is gone, or is not as it was told";
            self.report.found(Place::Refused, Wrong::Missing, row, says);
        }
        self.license_changed(tx, event)
    }

    /// Refusals that no event speaks of: they would keep a later event from being written.
    pub(super) fn stray_refusals(&mut self, tx: &mut dyn Transaction) -> Result<(), LedgerError> {
        if tx.count_refused()? == self.vouched.refused {
            return Ok(());
        }
        let mut after = None;
        loop {
            let page = tx.all_refused(after, PAGE)?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(last.request);
            for refused in page {
                let event = tx.event(refused.event)?;
                if !event.is_some_and(|event| tells(&event, &refused)) {
                    let row = format!("a refusal said of history row {}", refused.event.0);
                    let says = "is not in the history";
                    self.report.found(Place::Refused, Wrong::Added, row, says);
                }
            }
        }
    }

    pub(super) fn early_return(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
    ) -> Result<(), LedgerError> {
        self.stray_early_returns(tx, event.id)?;
        let fetch = |after| tx.all_early_returns(EventId(after), PAGE);
        let peeked = self.early.peek(fetch, |early| early.event.0)?;
        let row = format!("the early return of history row {}", event.id.0);
        if peeked.is_none_or(|early| early.event != event.id) {
            self.report
                .found(Place::EarlyReturn, Wrong::Missing, row, "is gone");
            return Ok(());
        }
        let (Some(early), Some(it)) = (self.early.peeked.take(), self.facts::<EarlyFacts>(event))
        else {
            return Ok(());
        };
        if Hex(early.digest()) != it.early {
            self.report
                .found(Place::EarlyReturn, Wrong::Altered, row, "was altered");
        }
        Ok(())
    }

    /// Early returns whose event the history passed by without naming them.
    pub(super) fn stray_early_returns(
        &mut self,
        tx: &mut dyn Transaction,
        before: EventId,
    ) -> Result<(), LedgerError> {
        loop {
            let fetch = |after| tx.all_early_returns(EventId(after), PAGE);
            let peeked = self.early.peek(fetch, |early| early.event.0)?;
            let Some(stray) = peeked.map(|early| early.event).filter(|id| *id < before) else {
                return Ok(());
            };
            self.early.peeked = None;
            let row = format!("the early return of history row {}", stray.0);
            let says = "is not in the history";
            self.report
                .found(Place::EarlyReturn, Wrong::Added, row, says);
        }
    }
}

/// Whether what is kept of a refusal is what its event says, but for the request.
fn told(kept: &Refused, event: &Event) -> bool {
    (kept.event, Some(kept.activation), kept.day) == (event.id, event.activation, event.at.day())
}

/// Whether an event tells of this refusal.
fn tells(event: &Event, kept: &Refused) -> bool {
    let facts = serde_json::from_str::<LicenseFacts>(&event.data);
    let request = facts.ok().and_then(|facts| facts.request);
    event.kind == facts::REFUSED && request == Some(Hex(kept.request)) && told(kept, event)
}
