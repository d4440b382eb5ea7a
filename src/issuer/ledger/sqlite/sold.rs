//! Orders, licenses, answers and events in SQL: those statements that have many columns or conditions.

use rusqlite::params;

use super::convert::{self, LICENSE, most};
use super::transaction::SqliteTransaction;
use crate::issuer::ledger::{
    Event, LedgerError, License, LicenseFilter, LicenseId, OrderTerms, SignerId, StoredAnswer,
    TermsId, Withdrawn,
};
use crate::machine::UsbDevice;
use crate::protocol::date::Day;

impl SqliteTransaction<'_> {
    pub(super) fn insert_terms(&self, terms: &OrderTerms) -> Result<TermsId, LedgerError> {
        let steps = terms.emergency.map_or(0, |allowance| allowance.steps.get());
        let days = terms.emergency.map_or(0, |allowance| allowance.days.get());
        self.run(
            "INSERT INTO terms (product, customer, contact, seats, type, edition, expires, maintenance, grace_days, \
             lend_days, emergency_steps, emergency_days, entitlements, usb) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                terms.product.0,
                terms.customer,
                terms.contact,
                terms.seats.get(),
                terms.license_type.bits(),
                terms.edition,
                Day::wire(terms.expires),
                Day::wire(terms.maintenance),
                terms.grace_days,
                terms.lend_days.map_or(0, |days| days.get()),
                steps,
                days,
                terms.entitlements.encode(),
                terms.usb.as_ref().map(UsbDevice::to_string),
            ],
        )?;
        Ok(TermsId(self.connection.last_insert_rowid()))
    }

    pub(super) fn licenses_of(
        &self,
        filter: &LicenseFilter,
        after: LicenseId,
        rows: usize,
    ) -> Result<Vec<License>, LedgerError> {
        if filter.customer.is_none() && filter.product.is_none() {
            return self.all(
                &format!("{LICENSE} WHERE id > ? ORDER BY id LIMIT ?"),
                [after.0, most(rows)],
                convert::license,
            );
        }
        self.all(
            &format!(
                "{LICENSE} WHERE id > ?1 AND terms IN (SELECT id FROM terms \
                 WHERE (?2 IS NULL OR instr(lower(customer), lower(?2))) AND (?3 IS NULL OR product = ?3)) \
                 ORDER BY id LIMIT ?4"
            ),
            params![after.0, filter.customer, filter.product.map(|id| id.0), most(rows)],
            convert::license,
        )
    }

    pub(super) fn update_license(&self, license: &License) -> Result<(), LedgerError> {
        self.run(
            "UPDATE license SET terms = ?2, taken = ?3, event = ?4, withdrawn = ?5, moves = ?6, exchanges = ?7, returns = ?8, anew = ?9 \
             WHERE id = ?1",
            params![
                license.id.0,
                license.terms.0,
                license.taken,
                license.event.0,
                Withdrawn::number(license.withdrawn),
                license.counts.moves.to_bytes(),
                license.counts.exchanges.to_bytes(),
                license.counts.returns.to_bytes(),
                license.counts.anew.to_bytes(),
            ],
        )?;
        Ok(())
    }

    pub(super) fn insert_answer(&self, answer: &StoredAnswer) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO answer (event, activation, generation, parent, commitment, request, stood, grant_, signer, emergency) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                answer.event.0,
                answer.activation.0,
                answer.generation,
                answer.parent,
                answer.commitment.0,
                answer.request,
                answer.stood.encode(),
                answer.grant,
                answer.signer.0,
                answer.emergency,
            ],
        )?;
        Ok(())
    }

    pub(super) fn signer_kept(
        &self,
        public: &[u8; 32],
        certificate: Option<&[u8]>,
    ) -> Result<SignerId, LedgerError> {
        let certificate = certificate.unwrap_or_default();
        let known = self.first(
            "SELECT id FROM signer WHERE public = ? AND certificate = ?",
            params![public, certificate],
            |row| Ok(SignerId(row.get(0)?)),
        )?;
        if let Some(id) = known {
            return Ok(id);
        }
        self.run(
            "INSERT INTO signer (public, certificate) VALUES (?, ?)",
            params![public, certificate],
        )?;
        Ok(SignerId(self.connection.last_insert_rowid()))
    }

    pub(super) fn insert_event(&self, event: &Event) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                event.id.0,
                event.at.0,
                event.actor,
                event.kind,
                event.license.map(|id| id.0),
                event.activation.map(|id| id.0),
                event.previous.map(|id| id.0),
                event.data,
                event.hash,
            ],
        )?;
        Ok(())
    }
}
