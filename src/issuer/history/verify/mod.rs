//! Whether the tables say what the history says: the chain is recomputed and its events are replayed against every row.

mod cursor;
mod holdings;
mod lifecycle;
mod report;

use std::collections::BTreeMap;

use cursor::Cursor;
pub use report::{Finding, Report};
use serde::Deserialize;

use super::chain;
use super::facts::{self, AnswerFacts, DeskFacts, Hex, OrderFacts, ProductFacts};
use crate::issuer::ledger::{
    Activation, EarlyReturn, Event, EventId, Ledger, LedgerError, License, LicenseFilter,
    LicenseId, PAGE, StoredAnswer, TermsId, Transaction,
};

/// Verifies one consistent state of a ledger. `progress` is told now and then how many events of how many are done.
///
/// # Errors
/// What the ledger says where it cannot be read at all; rows that can be read and are wrong stand in the report.
pub fn verify(
    ledger: &mut Ledger,
    mut progress: impl FnMut(u64, u64),
) -> Result<Report, LedgerError> {
    ledger.read(|tx| {
        let mut replay = Replay::default();
        replay.history(tx, &mut progress)?;
        replay.licenses(tx)?;
        replay.activations(tx)?;
        replay.desk(tx)?;
        Ok(replay.report)
    })
}

/// A licence as an event left it.
#[derive(PartialEq, Eq)]
struct Left {
    order: i64,
    taken: Option<u32>,
    counts: Option<Hex>,
    revoked: bool,
}

impl Left {
    fn by_answer(it: &AnswerFacts) -> Left {
        Left {
            order: it.order,
            taken: Some(it.taken),
            counts: it.counts,
            revoked: false,
        }
    }
}

#[derive(Default)]
struct Replay {
    report: Report,
    answers: Cursor<StoredAnswer>,
    made: Cursor<License>,
    early: Cursor<EarlyReturn>,
    /// Refused requests that the history names.
    refused: u64,
    /// Licences and activations whose last event was found and says what they say.
    touched: u64,
    holders: u64,
    meta: Option<Hex>,
    products: BTreeMap<String, (EventId, u32, Hex, String)>,
}

impl Replay {
    fn history(
        &mut self,
        tx: &mut dyn Transaction,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), LedgerError> {
        let total = tx
            .last_event()?
            .map_or(0, |event| event.id.0.cast_unsigned());
        let mut last = EventId(0);
        loop {
            let page = tx.events(last, PAGE)?;
            if page.is_empty() {
                break;
            }
            for event in page {
                if event.id.0 != last.0 + 1 {
                    self.report.event(EventId(last.0 + 1), "is missing");
                }
                if chain(&self.report.head, &event) != event.hash {
                    self.report
                        .event(event.id, "was altered, or the row before it was");
                }
                // Going on from what is written, one altered row is not a thousand findings.
                (last, self.report.head) = (event.id, event.hash);
                self.report.events += 1;
                self.replay(tx, &event)?;
            }
            progress(self.report.events, total);
        }
        self.stray_answers(tx, EventId(i64::MAX))?;
        self.stray_early_returns(tx, EventId(i64::MAX))?;
        self.stray_refusals(tx)?;
        while let Some(license) = self.next_made(tx)? {
            self.report.found(
                format!("license {}", license.key),
                "was never ordered, as far as the history goes",
            );
        }
        Ok(())
    }

    fn replay(&mut self, tx: &mut dyn Transaction, event: &Event) -> Result<(), LedgerError> {
        match event.kind.as_str() {
            facts::ACTIVATE | facts::REPLACE | facts::SYNC => self.answer(tx, event),
            facts::RETURN | facts::RELEASE | facts::FREED => self.end(tx, event),
            facts::EARLY_RETURN => self.early_return(tx, event),
            facts::LICENSE_CHANGE
            | facts::LICENSE_REVOKE
            | facts::LICENSE_RESTORE
            | facts::EMERGENCY => self.license_changed(tx, event),
            facts::REFUSED => self.refused(tx, event),
            facts::LICENSE_NEW => self.order(tx, event),
            facts::PRODUCT_ADD | facts::PRODUCT_CHANGE => {
                if let Some(it) = self.facts::<ProductFacts>(event) {
                    self.products
                        .insert(it.product, (event.id, it.version, it.definition, it.weak));
                }
                Ok(())
            }
            facts::DESK_INIT => {
                self.meta = self.facts::<DeskFacts>(event).map(|it| it.meta);
                Ok(())
            }
            _ => {
                self.report
                    .event(event.id, "is of a kind this program does not know");
                Ok(())
            }
        }
    }

    fn facts<'e, T: Deserialize<'e>>(&mut self, event: &'e Event) -> Option<T> {
        let facts = serde_json::from_str(&event.data).ok();
        if facts.is_none() {
            self.report.event(event.id, "has facts that cannot be read");
        }
        facts
    }

    fn order(&mut self, tx: &mut dyn Transaction, event: &Event) -> Result<(), LedgerError> {
        let Some(it) = self.facts::<OrderFacts>(event) else {
            return Ok(());
        };
        let terms = tx.terms(TermsId(it.order))?;
        if terms.is_none_or(|terms| Hex(terms.digest()) != it.terms) {
            self.report.found(
                format!("order {}", it.order),
                "is not as it was when it was made",
            );
        }
        let mut keys = facts::keys_hasher();
        for number in 0..it.licenses {
            let Some(license) = self.next_made(tx)? else {
                break;
            };
            if number == 0 && event.license != Some(license.id) {
                self.report
                    .event(event.id, "names another license than its order begins with");
            }
            keys.update(&license.key.to_bytes());
        }
        if Hex(*keys.finalize().as_bytes()) != it.keys {
            self.report.event(
                event.id,
                "made other licenses than now stand there: one was added, removed or altered",
            );
        }
        Ok(())
    }

    fn next_made(&mut self, tx: &mut dyn Transaction) -> Result<Option<License>, LedgerError> {
        let fetch = |after| tx.licenses(&LicenseFilter::default(), LicenseId(after), PAGE);
        self.made.peek(fetch, |license| license.id.0)?;
        Ok(self.made.peeked.take())
    }

    fn answer(&mut self, tx: &mut dyn Transaction, event: &Event) -> Result<(), LedgerError> {
        self.stray_answers(tx, event.id)?;
        let fetch = |after| tx.answers(EventId(after), PAGE);
        let peeked = self.answers.peek(fetch, |answer| answer.event.0)?;
        if peeked.is_none_or(|answer| answer.event != event.id) {
            self.report.event(event.id, "has lost its answer");
            return Ok(());
        }
        let (Some(answer), Some(it)) =
            (self.answers.peeked.take(), self.facts::<AnswerFacts>(event))
        else {
            return Ok(());
        };
        self.report.answers += 1;
        if Hex(answer.digest()) != it.answer || Some(answer.activation) != event.activation {
            self.report.found(
                format!("the answer of history row {}", event.id.0),
                "was altered",
            );
        }
        self.license_of(tx, event, &Left::by_answer(&it))?;
        self.holder_of(tx, event, it.holder, it.seats)
    }

    /// Answers whose event the history passed by without naming them.
    fn stray_answers(
        &mut self,
        tx: &mut dyn Transaction,
        before: EventId,
    ) -> Result<(), LedgerError> {
        loop {
            let fetch = |after| tx.answers(EventId(after), PAGE);
            let peeked = self.answers.peek(fetch, |answer| answer.event.0)?;
            let Some(stray) = peeked.map(|answer| answer.event).filter(|id| *id < before) else {
                return Ok(());
            };
            self.answers.peeked = None;
            self.report.found(
                format!("the answer of history row {}", stray.0),
                "is not in the history",
            );
        }
    }

    fn license_of(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
        it: &Left,
    ) -> Result<(), LedgerError> {
        let license = event
            .license
            .map(|id| tx.license(id))
            .transpose()?
            .flatten();
        let Some(license) = license else {
            self.report
                .event(event.id, "concerns a license that is gone");
            return Ok(());
        };
        if license.event > event.id {
            return Ok(());
        }
        if license.event == event.id && license.taken.is_some() {
            self.touched += 1;
        }
        let stands = Left {
            order: license.terms.0,
            taken: license.taken,
            counts: license.counts.digest().map(Hex),
            revoked: license.revoked,
        };
        if license.event < event.id || stands != *it {
            self.report.found(
                format!("license {}", license.key),
                "is not as its last event left it",
            );
        }
        Ok(())
    }

    fn holder_of(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
        digest: Hex,
        seats: u16,
    ) -> Result<(), LedgerError> {
        let holder = event
            .activation
            .map(|id| tx.activation(id))
            .transpose()?
            .flatten();
        let Some(holder) = holder else {
            self.report
                .event(event.id, "concerns an activation that is gone");
            return Ok(());
        };
        if holder.event > event.id {
            return Ok(());
        }
        if holder.event == event.id {
            self.holders += 1;
        }
        let same = Hex(holder.digest()) == digest && holder.seats == seats;
        if holder.event < event.id || !same || Some(holder.license) != event.license {
            self.report
                .found(activation_name(&holder), "is not as its last event left it");
        }
        Ok(())
    }

    fn desk(&mut self, tx: &mut dyn Transaction) -> Result<(), LedgerError> {
        // A ledger whose history begins with something else says nothing about a desk.
        let told = self.meta.unwrap_or_else(|| facts::meta_digest(&[]));
        if facts::meta_digest(&tx.all_meta()?) != told {
            self.report.found(
                "what the desk says about itself".to_owned(),
                "is not as the history has it",
            );
        }
        for product in tx.products()? {
            let known = self.products.remove(&product.name);
            let now = (
                product.event,
                product.version,
                facts::text_digest(&product.definition),
                product.weak.name().to_owned(),
            );
            if known != Some(now) {
                self.report.found(
                    format!("product {}", product.name),
                    "is not as its last event left it",
                );
            }
        }
        for name in std::mem::take(&mut self.products).into_keys() {
            self.report.found(format!("product {name}"), "is gone");
        }
        Ok(())
    }
}

fn activation_name(holder: &Activation) -> String {
    format!("activation {}", holder.standing.activation)
}
