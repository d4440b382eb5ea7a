//! What was sold: orders and their licenses, as their events made them.

use super::rows::{key, license_name};
use super::{Place, Replay, Wrong, facts};
use crate::issuer::history::{Hex, OrderFacts, speaks_of};
use crate::issuer::ledger::{
    Event, EventId, LedgerError, License, LicenseId, OrderTerms, PAGE, TermsId, Transaction,
};

impl Replay {
    /// An order with its licenses. Row numbers of orders and licenses rise with the events that made them.
    pub(super) fn sold(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
    ) -> Result<(), LedgerError> {
        let Some(it) = self.facts::<OrderFacts>(event) else {
            return Ok(());
        };
        if let Some(terms) = self.made_terms(tx, event, TermsId(it.order), it.terms)? {
            self.within_limits(tx, event, None, &terms)?;
        }
        let mut keys = facts::keys_hasher();
        for number in 0..it.licenses {
            let Some(license) = self.next_license(tx)? else {
                break;
            };
            if number == 0 && event.license != Some(license.id) {
                let says = "names another license than its order begins with";
                self.report.event(Wrong::Altered, event.id, says);
            }
            keys.update(&license.key.to_bytes());
            if license.event == event.id {
                self.vouched.licenses += 1;
                if (
                    license.terms,
                    license.taken,
                    license.counts.digest(),
                    license.withdrawn,
                ) != (TermsId(it.order), None, None, None)
                {
                    let says = "is not as its order made it";
                    self.license_found(Wrong::Altered, &license, says);
                }
            } else if license.event < event.id {
                let says = "names an event from before it was sold";
                self.license_found(Wrong::Altered, &license, says);
            }
        }
        if Hex(*keys.finalize().as_bytes()) != it.keys {
            let says =
                "made other licenses than now stand there: one was added, removed or altered";
            self.report.event(Wrong::Altered, event.id, says);
        }
        Ok(())
    }

    fn license_found(&mut self, wrong: Wrong, license: &License, says: &str) {
        self.report
            .found(Place::License, wrong, license_name(license), says);
    }

    /// The license that was made next, held against its activations.
    fn next_license(&mut self, tx: &mut dyn Transaction) -> Result<Option<License>, LedgerError> {
        let fetch = |after| tx.licenses(LicenseId(after), PAGE);
        self.licenses.peek(fetch, |license| license.id.0)?;
        let Some(license) = self.licenses.peeked.take() else {
            return Ok(None);
        };
        self.report.licenses += 1;
        let seats = self.seats_held(tx, license.id)?;
        let taken = license.taken.unwrap_or(0);
        if taken != seats {
            let says = "counts other seats than its activations hold";
            self.license_found(Wrong::Seats, &license, says);
        }
        Ok(Some(license))
    }

    /// Seats that the activations of a license hold; licenses are asked for in the order of their rows.
    fn seats_held(
        &mut self,
        tx: &mut dyn Transaction,
        license: LicenseId,
    ) -> Result<u32, LedgerError> {
        loop {
            let fetch = |after| tx.seats_held(LicenseId(after), PAGE);
            let next = self.held.peek(fetch, |(id, ..)| id.0)?.copied();
            match next {
                Some((id, count, seats)) if id <= license => {
                    self.held.peeked = None;
                    self.report.activations += count;
                    if id == license {
                        return Ok(seats);
                    }
                }
                _ => return Ok(0),
            }
        }
    }

    /// Licenses that no order made, and those whose last event does not speak of them.
    pub(super) fn stray_licenses(&mut self, tx: &mut dyn Transaction) -> Result<(), LedgerError> {
        while let Some(license) = self.next_license(tx)? {
            let says = "was never ordered, as far as the history goes";
            self.license_found(Wrong::Added, &license, says);
        }
        // Activations of licenses beyond the last one are counted too, to be missed in the history.
        self.seats_held(tx, LicenseId(i64::MAX))?;
        if self.vouched.licenses == self.report.licenses {
            return Ok(());
        }
        let mut after = LicenseId(0);
        loop {
            let page = tx.licenses(after, PAGE)?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = last.id;
            for license in &page {
                let event = tx.event(license.event)?;
                if !event.is_some_and(|event| speaks_of(&event, license.id)) {
                    let says = "names an event that does not speak of it";
                    self.license_found(Wrong::Altered, license, says);
                }
            }
        }
    }

    /// An order that an event made, where it is as that made it.
    pub(super) fn made_terms(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
        id: TermsId,
        digest: Hex,
    ) -> Result<Option<OrderTerms>, LedgerError> {
        self.stray_terms(tx, id)?;
        let fetch = |after| tx.all_terms(TermsId(after), PAGE);
        let next = self.terms.peek(fetch, |(id, ..)| id.0)?;
        let (wrong, says) = match next {
            Some((found, ..)) if *found == id => {
                let kept = self.terms.peeked.take();
                let same = |(_, made, terms): &(TermsId, EventId, OrderTerms)| {
                    *made == event.id && Hex(terms.digest(self.product_name(terms))) == digest
                };
                if let Some((.., terms)) = kept.filter(same) {
                    return Ok(Some(terms));
                }
                (
                    Wrong::Altered,
                    "is not as it was when it was made, or is for another product",
                )
            }
            _ => (Wrong::Missing, "is gone"),
        };
        let row = format!("order {} (license {})", id.0, key(tx, event.license)?);
        self.report.found(Place::OrderTerms, wrong, row, says);
        Ok(None)
    }

    /// Orders before this one that no event made.
    pub(super) fn stray_terms(
        &mut self,
        tx: &mut dyn Transaction,
        before: TermsId,
    ) -> Result<(), LedgerError> {
        loop {
            let fetch = |after| tx.all_terms(TermsId(after), PAGE);
            let peeked = self.terms.peek(fetch, |(id, ..)| id.0)?;
            let Some(stray) = peeked.map(|(id, ..)| *id).filter(|id| *id < before) else {
                return Ok(());
            };
            self.terms.peeked = None;
            let row = format!("order {}", stray.0);
            let says = "is not in the history";
            self.report
                .found(Place::OrderTerms, Wrong::Added, row, says);
        }
    }

    /// An order as it stands.
    pub(super) fn terms_of(
        &mut self,
        tx: &mut dyn Transaction,
        id: TermsId,
    ) -> Result<Option<&OrderTerms>, LedgerError> {
        if self.order.as_ref().is_none_or(|(known, _)| *known != id) {
            self.order = tx.terms(id)?.map(|terms| (id, terms));
        }
        Ok(self.order.as_ref().map(|(_, terms)| terms))
    }
}
