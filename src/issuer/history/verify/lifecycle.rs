//! Events of a licence's life after its first answer: changes, returns, releases, emergency codes.

use serde::Deserialize;

use super::{Left, Replay};
use crate::issuer::history::facts::{self, EarlyFacts, EndFacts, Hex, LicenseFacts};
use crate::issuer::history::of_license;
use crate::issuer::ledger::{
    Event, EventId, LedgerError, License, PAGE, Refused, TermsId, Transaction,
};

impl Replay {
    /// A RETURN or a release: the activation holds nothing any more.
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
            revoked: it.revoked,
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
            let terms = tx.terms(TermsId(it.order))?;
            if terms.is_none_or(|terms| Hex(terms.digest()) != digest) {
                self.report.found(
                    format!("order {}", it.order),
                    "is not as it was when it was made",
                );
            }
        }
        let left = Left {
            order: it.order,
            taken: it.taken,
            counts: it.counts,
            revoked: it.revoked,
        };
        self.license_of(tx, event, &left)
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
        self.refused += 1;
        let kept = tx.refused(&request.0)?;
        let told = |it: &Refused| {
            (it.event, Some(it.activation), it.day) == (event.id, event.activation, event.at.day())
        };
        if !kept.as_ref().is_some_and(told) {
            self.report.event(event.id, "has lost what it refused");
        }
        self.license_changed(tx, event)
    }

    /// Refusals that no event speaks of: they would keep a later event from being written.
    pub(super) fn stray_refusals(&mut self, tx: &mut dyn Transaction) -> Result<(), LedgerError> {
        if tx.count_refused()? != self.refused {
            self.report.found(
                "what was refused".to_owned(),
                "is not as the history has it",
            );
        }
        Ok(())
    }

    pub(super) fn early_return(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
    ) -> Result<(), LedgerError> {
        self.stray_early_returns(tx, event.id)?;
        let fetch = |after| tx.all_early_returns(EventId(after), PAGE);
        let peeked = self.early.peek(fetch, |early| early.event.0)?;
        if peeked.is_none_or(|early| early.event != event.id) {
            self.report.event(event.id, "has lost its early return");
            return Ok(());
        }
        let (Some(early), Some(it)) = (self.early.peeked.take(), self.facts::<EarlyFacts>(event))
        else {
            return Ok(());
        };
        if Hex(early.digest()) != it.early {
            self.report.found(
                format!("the early return of history row {}", event.id.0),
                "was altered",
            );
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
            self.report.found(
                format!("the early return of history row {}", stray.0),
                "is not in the history",
            );
        }
    }
}

/// Whether an event is about one licence and none of its activations: the replay held the licence against it.
pub(super) fn of_one_license(event: &Event) -> bool {
    matches!(
        event.kind.as_str(),
        facts::LICENSE_CHANGE | facts::LICENSE_REVOKE | facts::LICENSE_RESTORE
    )
}

/// Whether a licence that was never activated was changed by this event, which the replay held it against.
pub(super) fn changed_by(event: Option<&Event>, license: &License) -> bool {
    event.is_some_and(|event| {
        event.id == license.event && event.license == Some(license.id) && of_one_license(event)
    })
}

/// What each event of a licence says of it.
#[derive(Deserialize)]
struct Then {
    order: i64,
    taken: Option<u32>,
}

/// Whether more seats are in use than there are because there were more once: since then nobody got another.
pub(super) fn shrank(tx: &mut dyn Transaction, license: &License) -> Result<bool, LedgerError> {
    let mut before = 0;
    for event in of_license(tx, license.event)? {
        // The order itself says nothing of seats taken: none are.
        let Ok(it) = serde_json::from_str::<Then>(&event.data) else {
            continue;
        };
        let taken = it.taken.unwrap_or(0);
        let terms = tx.terms(TermsId(it.order))?;
        let most = terms.map_or(0, |terms| u32::from(terms.seats.get()));
        if taken > most && taken > before {
            return Ok(false);
        }
        before = taken;
    }
    Ok(true)
}
