//! Events of a license's life after its first answer: changes, returns, releases, emergency codes, refusals.

use super::{Place, Replay, Wrong, facts};
use crate::issuer::history::{EarlyFacts, EndFacts, Hex, LicenseFacts, answers};
use crate::issuer::ledger::{
    Event, EventId, LedgerError, PAGE, Refused, StoredAnswer, TermsId, Transaction,
};
use crate::protocol::grant::SignedGrant;

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
        self.license_of(tx, event, Some(0))?;
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
        let order = TermsId(it.order);
        if let Some(digest) = it.terms
            && let Some(after) = self.made_terms(tx, event, order, digest)?
        {
            self.terms_changed(tx, event, &it, &after)?;
        }
        if it.terms.is_none() && event.kind == facts::LICENSE_CHANGE {
            let says = "changed the order otherwise than it says";
            self.of_license(tx, Wrong::Disagrees, event, says)?;
        }
        self.license_of(tx, event, None)?;
        if event.kind == facts::EMERGENCY {
            self.read_out(tx, event, &it)?;
        }
        Ok(())
    }

    /// Holds an emergency code that was read out against the answer that it is of, and against who read it out.
    fn read_out(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
        it: &LicenseFacts,
    ) -> Result<(), LedgerError> {
        let signing = event.act.and_then(|act| self.signers.get(&act.signer));
        let desk = signing.and_then(|signing| signing.desk.as_deref());
        let most = desk.map_or(0, |desk| desk.max_emergency);
        let mut next = event.previous;
        while let Some(before) = next.map(|id| tx.event(id)).transpose()?.flatten() {
            next = before.previous.filter(|id| *id < before.id);
            if before.activation != event.activation || !answers(&before) {
                continue;
            }
            let answer = tx.answers(EventId(before.id.0.saturating_sub(1)), 1)?.pop();
            let answer = answer.filter(|it| it.event == before.id);
            let days = answer.and_then(|answer| step_days(&answer, it));
            match days {
                Some(days) if most == 0 || days <= u16::from(most) => return Ok(()),
                Some(_) => {
                    let says = "reads out more days than the key that signed it may";
                    return self.of_license(tx, Wrong::NotSigned, event, says);
                }
                None => {}
            }
        }
        let says = "reads out what no answer of that machine has";
        self.of_license(tx, Wrong::Disagrees, event, says)
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

/// How many days the step of an emergency code adds to an answer, where it is of its generation and moves its day to the one that was said.
fn step_days(answer: &StoredAnswer, said: &LicenseFacts) -> Option<u16> {
    let grant = SignedGrant::decode(&answer.grant).ok()?.grant;
    let (terms, step) = (grant.emergency?, said.step?);
    let within = said.generation == Some(grant.generation) && (1..=terms.steps).contains(&step);
    let days = u16::from(step) * u16::from(terms.days.get());
    let until = grant.revalidate_by?.plus(days);
    let until = grant.expires.map_or(until, |last| until.min(last));
    (within && said.until == Some(until.to_string())).then_some(days)
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
