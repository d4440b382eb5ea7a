//! Licences and activations against the events that speak of them.

use std::ops::Range;

use super::cursor::Cursor;
use super::{Replay, activation_name, lifecycle};
use crate::issuer::history::facts::OrderFacts;
use crate::issuer::ledger::{
    ActivationRow, Event, EventId, LedgerError, License, LicenseFilter, LicenseId, PAGE, Terms,
    TermsId, Transaction,
};

/// What an order's event says of its licences.
struct Made {
    by: EventId,
    rows: Range<i64>,
    order: TermsId,
}

impl Made {
    fn of(event: &Event) -> Option<Made> {
        let it: OrderFacts = serde_json::from_str(&event.data).ok()?;
        let first = event.license?.0;
        Some(Made {
            by: event.id,
            rows: first..first.saturating_add(it.licenses),
            order: TermsId(it.order),
        })
    }
}

impl Replay {
    /// Every licence: what was never activated is as it was ordered, and nobody holds more than there is.
    pub(super) fn licenses(&mut self, tx: &mut dyn Transaction) -> Result<(), LedgerError> {
        let mut cursor = Cursor::<License>::default();
        let mut held = Cursor::<(LicenseId, u64, u32)>::default();
        let mut made: Option<Made> = None;
        let mut terms: Option<(TermsId, Terms)> = None;
        let mut activated = 0;
        loop {
            let fetch = |after| tx.licenses(&LicenseFilter::default(), LicenseId(after), PAGE);
            if cursor.peek(fetch, |license| license.id.0)?.is_none() {
                break;
            }
            let Some(license) = cursor.peeked.take() else {
                break;
            };
            self.report.licenses += 1;
            activated += u64::from(license.taken.is_some());
            if license.taken.is_none() {
                self.untouched(tx, &license, &mut made)?;
            }
            let seats = self.held(tx, license.id, &mut held)?;
            if terms.as_ref().is_none_or(|(id, _)| *id != license.terms) {
                terms = tx.terms(license.terms)?.map(|it| (license.terms, it));
            }
            let most = terms
                .as_ref()
                .map_or(0, |(_, it)| u32::from(it.seats.get()));
            let wrong = match license.taken.unwrap_or(0) {
                taken if taken != seats => "counts other seats than its activations hold",
                taken if taken > most && !lifecycle::shrank(tx, &license)? => {
                    "has more seats in use than it has"
                }
                _ => continue,
            };
            self.report.found(format!("license {}", license.key), wrong);
        }
        // Those of licences beyond the last one are counted too, to be missed in the history.
        self.held(tx, LicenseId(i64::MAX), &mut held)?;
        if activated != self.touched {
            self.name_licenses(tx)?;
        }
        Ok(())
    }

    fn untouched(
        &mut self,
        tx: &mut dyn Transaction,
        license: &License,
        made: &mut Option<Made>,
    ) -> Result<(), LedgerError> {
        if made.as_ref().is_none_or(|made| made.by != license.event) {
            let event = tx.event(license.event)?;
            if lifecycle::changed_by(event.as_ref(), license) {
                return Ok(());
            }
            *made = event.and_then(|event| Made::of(&event));
        }
        let as_made = made
            .as_ref()
            .is_some_and(|made| made.rows.contains(&license.id.0) && made.order == license.terms)
            && license.counts.digest().is_none()
            && !license.revoked;
        if !as_made {
            self.report.found(
                format!("license {}", license.key),
                "is not as its order made it",
            );
        }
        Ok(())
    }

    fn held(
        &mut self,
        tx: &mut dyn Transaction,
        license: LicenseId,
        held: &mut Cursor<(LicenseId, u64, u32)>,
    ) -> Result<u32, LedgerError> {
        loop {
            let fetch = |after| tx.seats_held(LicenseId(after), PAGE);
            let next = held.peek(fetch, |(id, ..)| id.0)?.copied();
            match next {
                Some((id, count, seats)) if id <= license => {
                    held.peeked = None;
                    self.report.activations += count;
                    if id == license {
                        return Ok(seats);
                    }
                }
                _ => return Ok(0),
            }
        }
    }

    /// Only where the counts differ: finds which activated licences no event speaks for.
    fn name_licenses(&mut self, tx: &mut dyn Transaction) -> Result<(), LedgerError> {
        let mut after = LicenseId(0);
        loop {
            let page = tx.licenses(&LicenseFilter::default(), after, PAGE)?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = last.id;
            for license in page.iter().filter(|license| license.taken.is_some()) {
                let event = tx.event(license.event)?;
                if event.is_none_or(|event| {
                    event.license != Some(license.id)
                        || event.activation.is_none() && !lifecycle::of_one_license(&event)
                }) {
                    self.report.found(
                        format!("license {}", license.key),
                        "is activated without an event that says so",
                    );
                }
            }
        }
    }

    /// Every activation is the work of an event.
    pub(super) fn activations(&mut self, tx: &mut dyn Transaction) -> Result<(), LedgerError> {
        if self.report.activations == self.holders {
            return Ok(());
        }
        let mut after = ActivationRow(0);
        loop {
            let page = tx.activations(after, PAGE)?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = last.id;
            for holder in &page {
                let event = tx.event(holder.event)?;
                if event.is_none_or(|event| event.activation != Some(holder.id)) {
                    self.report
                        .found(activation_name(holder), "is not in the history");
                }
            }
        }
    }
}
