//! Orders, licenses, answers and events in SQL: those statements that have many columns or conditions.

use rusqlite::params;

use super::convert::{self, REFUSED, TERMS, most};
use super::transaction::SqliteTransaction;
use crate::issuer::ledger::{
    ActivationRow, DeskKey, Event, EventId, LedgerError, License, LicenseId, OrderTerms, Product,
    ProductId, Refused, SealedKey, SignerId, StoredAnswer, TermsId, Withdrawn,
};
use crate::license_key::LicenseKey;
use crate::machine::UsbDevice;
use crate::protocol::date::Day;
use crate::protocol::digest::Digest;

impl SqliteTransaction<'_> {
    /// Under this number, or under the next free one.
    pub(super) fn insert_terms(
        &self,
        id: Option<TermsId>,
        terms: &OrderTerms,
        event: EventId,
    ) -> Result<TermsId, LedgerError> {
        let steps = terms.emergency.map_or(0, |allowance| allowance.steps.get());
        let days = terms.emergency.map_or(0, |allowance| allowance.days.get());
        self.run(
            "INSERT INTO terms (id, product, customer, contact, seats, type, edition, expires, maintenance, grace_days, \
             lend_days, emergency_steps, emergency_days, entitlements, usb, reference, note, event) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                id.map(|id| id.0),
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
                terms.order,
                terms.note,
                event.0,
            ],
        )?;
        Ok(TermsId(self.connection.last_insert_rowid()))
    }

    /// Adds licenses by the numbers of their keys, and gives back those that are there already.
    pub(super) fn insert_licenses(
        &self,
        keys: impl Iterator<Item = (LicenseKey, i64)>,
        terms: TermsId,
        event: EventId,
    ) -> Result<Vec<LicenseKey>, LedgerError> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO license (key, terms, event) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING",
        )?;
        let mut known = Vec::new();
        for (key, number) in keys {
            if insert.execute(params![number, terms.0, event.0])? == 0 {
                known.push(key);
            }
        }
        Ok(known)
    }

    /// The order of a name, which is the first: those after it are its changes.
    pub(super) fn order_of(
        &self,
        reference: &str,
    ) -> Result<Option<(EventId, OrderTerms)>, LedgerError> {
        let found = self.first(
            &format!("{TERMS} WHERE reference = ? ORDER BY id LIMIT 1"),
            [reference],
            convert::terms,
        )?;
        Ok(found.map(|(_, event, terms)| (event, terms)))
    }

    pub(super) fn holders_between(
        &self,
        after: LicenseId,
        last: LicenseId,
    ) -> Result<Vec<(LicenseId, u32, Option<Day>)>, LedgerError> {
        self.all(
            "SELECT license, count(*), min(CASE WHEN due > 0 THEN due END) FROM activation \
             WHERE license > ? AND license <= ? AND seats > 0 GROUP BY license ORDER BY license",
            [after.0, last.0],
            |row| {
                let due = row.get::<_, Option<u16>>(2)?.and_then(Day::new);
                Ok((LicenseId(row.get(0)?), row.get(1)?, due))
            },
        )
    }

    pub(super) fn refused_between(
        &self,
        after: LicenseId,
        last: LicenseId,
    ) -> Result<Vec<(LicenseId, EventId)>, LedgerError> {
        self.all(
            "SELECT a.license, r.event FROM activation AS a JOIN refused AS r ON r.activation = a.id \
             WHERE a.license > ? AND a.license <= ? AND r.event > a.event ORDER BY a.license, r.event",
            [after.0, last.0],
            |row| Ok((LicenseId(row.get(0)?), EventId(row.get(1)?))),
        )
    }

    pub(super) fn count_beyond(&self, subject: &str, day: Day) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO beyond (subject, day, many) VALUES (?, ?, 1) ON CONFLICT (subject, day) DO UPDATE SET many = many + 1",
            params![subject, day.number()],
        )?;
        Ok(())
    }

    pub(super) fn counted_beyond(
        &self,
        prefix: &str,
        day: Option<Day>,
    ) -> Result<Vec<(String, u32)>, LedgerError> {
        self.all(
            "SELECT subject, sum(many) FROM beyond WHERE substr(subject, 1, length(?1)) = ?1 AND (?2 IS NULL OR day = ?2) \
             GROUP BY subject ORDER BY subject",
            params![prefix, day.map(Day::number)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    pub(super) fn refused_from(
        &self,
        activation: ActivationRow,
        day: Day,
    ) -> Result<u64, LedgerError> {
        let count = self.first(
            "SELECT count(*) FROM refused WHERE activation = ? AND day >= ?",
            params![activation.0, day.number()],
            |row| Ok(row.get::<_, u32>(0)?),
        )?;
        Ok(count.map_or(0, u64::from))
    }

    pub(super) fn refused_page(
        &self,
        after: Option<Digest>,
        rows: usize,
    ) -> Result<Vec<Refused>, LedgerError> {
        match after {
            None => self.all(
                &format!("{REFUSED} ORDER BY request LIMIT ?"),
                [most(rows)],
                convert::refused,
            ),
            Some(after) => self.all(
                &format!("{REFUSED} WHERE request > ? ORDER BY request LIMIT ?"),
                params![after, most(rows)],
                convert::refused,
            ),
        }
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
            "INSERT INTO answer (event, activation, generation, parent, commitment, request, stood, grant_, signer) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
            ],
        )?;
        Ok(())
    }

    /// Under this number, or under the next free one.
    pub(super) fn insert_product(
        &self,
        id: Option<ProductId>,
        product: &Product,
    ) -> Result<ProductId, LedgerError> {
        self.run(
            "INSERT INTO product (id, name, version, definition, weak, event) VALUES (?, ?, ?, ?, ?, ?)",
            params![
                id.map(|id| id.0),
                product.name,
                product.version,
                product.definition,
                product.weak.name(),
                product.event.0
            ],
        )?;
        Ok(ProductId(self.connection.last_insert_rowid()))
    }

    pub(super) fn update_product(&self, product: &Product) -> Result<(), LedgerError> {
        self.run(
            "UPDATE product SET version = ?2, definition = ?3, event = ?4, weak = ?5 WHERE id = ?1",
            params![
                product.id.0,
                product.version,
                product.definition,
                product.event.0,
                product.weak.name()
            ],
        )?;
        Ok(())
    }

    pub(super) fn keep_desk_key(&self, key: &DeskKey) -> Result<(), LedgerError> {
        self.run(
            "INSERT OR REPLACE INTO desk_key (id, name, certificate, product, removed, event) VALUES (?, ?, ?, ?, ?, ?)",
            params![
                key.id.0,
                key.name,
                key.certificate,
                key.product,
                key.removed.map_or(0, |at| at.0),
                key.event.0,
            ],
        )?;
        Ok(())
    }

    pub(super) fn keep_sealed_key(&self, it: &SealedKey) -> Result<(), LedgerError> {
        self.run(
            "INSERT OR REPLACE INTO sealed_key (key, holder, sealing, sealed, event) VALUES (?, ?, ?, ?, ?)",
            params![it.key.0, it.holder, it.sealing, it.sealed, it.event.0],
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
            "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                event.id.0,
                event.at.0,
                event.actor,
                event.kind,
                event.license.map(|id| id.0),
                event.activation.map(|id| id.0),
                event.previous.map(|id| id.0),
                event.data,
                event.act.map(|act| act.signer.0),
                event.act.map(|act| act.signature),
                event.hash,
            ],
        )?;
        Ok(())
    }
}
