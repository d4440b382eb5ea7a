//! What the rules ask of a store, in SQL.

use super::audit;
use super::convert::{
    self, ANSWER, DESK_KEY, EARLY, EVENT, LICENSE, PRODUCT, REFUSED, SEALED_KEY, SIGNER, TERMS,
    most,
};
use super::transaction::SqliteTransaction;
use crate::issuer::ledger::{
    Activation, ActivationRow, Chained, Declined, DeskKey, EarlyReturn, Event, EventId, Flaw,
    LedgerError, License, LicenseId, OrderTerms, Product, ProductId, Refused, Row, Said, SealedKey,
    SignerId, StoredAnswer, StoredSigner, Table, TermsId, Transaction,
};
use crate::license_key::LicenseKey;
use crate::protocol::commitment::Commitment;
use crate::protocol::date::Day;
use crate::protocol::digest::{ActivationId, Digest};

/// A key as the integer SQLite keeps: eleven digits always fit.
pub(super) fn number(key: LicenseKey) -> i64 {
    key.number().cast_signed()
}

impl Transaction for SqliteTransaction<'_> {
    fn commit(self: Box<Self>) -> Result<(), LedgerError> {
        self.end()
    }

    fn meta(&mut self, name: &str) -> Result<Option<String>, LedgerError> {
        self.first("SELECT value FROM meta WHERE name = ?", [name], |row| {
            Ok(row.get(0)?)
        })
    }

    fn all_meta(&mut self) -> Result<Vec<(String, String)>, LedgerError> {
        self.all("SELECT name, value FROM meta ORDER BY name", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    fn set_meta(&mut self, name: &str, value: &str) -> Result<(), LedgerError> {
        self.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", [name, value])?;
        Ok(())
    }

    fn product_named(&mut self, name: &str) -> Result<Option<Product>, LedgerError> {
        self.first(
            &format!("{PRODUCT} WHERE name = ?"),
            [name],
            convert::product,
        )
    }

    fn product(&mut self, id: ProductId) -> Result<Option<Product>, LedgerError> {
        self.first(&format!("{PRODUCT} WHERE id = ?"), [id.0], convert::product)
    }

    fn products(&mut self) -> Result<Vec<Product>, LedgerError> {
        self.all(&format!("{PRODUCT} ORDER BY id"), [], convert::product)
    }

    fn add_product(&mut self, product: &Product) -> Result<ProductId, LedgerError> {
        self.insert_product(None, product)
    }

    fn set_product(&mut self, product: &Product) -> Result<(), LedgerError> {
        self.update_product(product)
    }

    fn add_terms(&mut self, terms: &OrderTerms, event: EventId) -> Result<TermsId, LedgerError> {
        self.insert_terms(None, terms, event)
    }

    fn order_called(
        &mut self,
        reference: &str,
    ) -> Result<Option<(EventId, OrderTerms)>, LedgerError> {
        self.order_of(reference)
    }

    fn terms(&mut self, id: TermsId) -> Result<Option<OrderTerms>, LedgerError> {
        let found = self.first(&format!("{TERMS} WHERE id = ?"), [id.0], convert::terms)?;
        Ok(found.map(|(.., terms)| terms))
    }

    fn all_terms(
        &mut self,
        after: TermsId,
        rows: usize,
    ) -> Result<Vec<(TermsId, EventId, OrderTerms)>, LedgerError> {
        self.all(
            &format!("{TERMS} WHERE id > ? ORDER BY id LIMIT ?"),
            [after.0, most(rows)],
            convert::terms,
        )
    }

    fn add_licenses(
        &mut self,
        keys: &[LicenseKey],
        terms: TermsId,
        event: EventId,
    ) -> Result<Vec<LicenseKey>, LedgerError> {
        let numbers = keys.iter().map(|key| (*key, number(*key)));
        self.insert_licenses(numbers, terms, event)
    }

    fn next_license(&mut self) -> Result<LicenseId, LedgerError> {
        Ok(LicenseId(self.next("license")?))
    }

    fn license_keyed(&mut self, key: LicenseKey) -> Result<Option<License>, LedgerError> {
        self.first(
            &format!("{LICENSE} WHERE key = ?"),
            [number(key)],
            convert::license,
        )
    }

    fn license(&mut self, id: LicenseId) -> Result<Option<License>, LedgerError> {
        self.first(&format!("{LICENSE} WHERE id = ?"), [id.0], convert::license)
    }

    fn licenses(&mut self, after: LicenseId, rows: usize) -> Result<Vec<License>, LedgerError> {
        self.all(
            &format!("{LICENSE} WHERE id > ? ORDER BY id LIMIT ?"),
            [after.0, most(rows)],
            convert::license,
        )
    }

    fn holders(
        &mut self,
        after: LicenseId,
        last: LicenseId,
    ) -> Result<Vec<(LicenseId, u32, Option<Day>)>, LedgerError> {
        self.holders_between(after, last)
    }

    fn open_refusals(
        &mut self,
        after: LicenseId,
        last: LicenseId,
    ) -> Result<Vec<(LicenseId, EventId)>, LedgerError> {
        self.refused_between(after, last)
    }

    fn set_license(&mut self, license: &License) -> Result<(), LedgerError> {
        self.update_license(license)
    }

    fn activations_of(&mut self, license: LicenseId) -> Result<Vec<Activation>, LedgerError> {
        self.activations_where("license = ? ORDER BY id", [license.0])
    }

    fn activation(&mut self, id: ActivationRow) -> Result<Option<Activation>, LedgerError> {
        let found = self.activations_where("id = ?", [id.0])?;
        Ok(found.into_iter().next())
    }

    fn activations(
        &mut self,
        after: ActivationRow,
        rows: usize,
    ) -> Result<Vec<Activation>, LedgerError> {
        self.activations_where("id > ? ORDER BY id LIMIT ?", [after.0, most(rows)])
    }

    fn next_activation(&mut self) -> Result<ActivationRow, LedgerError> {
        Ok(ActivationRow(self.next("activation")?))
    }

    fn add_activation(&mut self, it: &Activation) -> Result<(), LedgerError> {
        self.insert_activation(it)
    }

    fn set_activation(&mut self, it: &Activation) -> Result<(), LedgerError> {
        self.update_activation(it)
    }

    fn seats_held(
        &mut self,
        after: LicenseId,
        rows: usize,
    ) -> Result<Vec<(LicenseId, u64, u32)>, LedgerError> {
        self.all(
            "SELECT license, count(*), sum(seats) FROM activation WHERE license > ? GROUP BY license ORDER BY license LIMIT ?",
            [after.0, most(rows)],
            |row| Ok((LicenseId(row.get(0)?), u64::from(row.get::<_, u32>(1)?), row.get(2)?)),
        )
    }

    fn answer_to(&mut self, commitment: &Commitment) -> Result<Option<StoredAnswer>, LedgerError> {
        self.first(
            &format!("{ANSWER} WHERE commitment = ?"),
            [&commitment.0],
            convert::answer,
        )
    }

    fn activations_called(&mut self, id: ActivationId) -> Result<Vec<ActivationRow>, LedgerError> {
        self.answered_as(id)
    }

    fn add_answer(&mut self, answer: &StoredAnswer) -> Result<(), LedgerError> {
        self.insert_answer(answer)
    }

    fn answers(&mut self, after: EventId, rows: usize) -> Result<Vec<StoredAnswer>, LedgerError> {
        self.all(
            &format!("{ANSWER} WHERE event > ? ORDER BY event LIMIT ?"),
            [after.0, most(rows)],
            convert::answer,
        )
    }

    fn early_returns(&mut self, id: ActivationId) -> Result<Vec<EarlyReturn>, LedgerError> {
        self.all(
            &format!("{EARLY} WHERE aid = ? ORDER BY event"),
            [&id.0],
            convert::early,
        )
    }

    fn count_early_returns(&mut self) -> Result<u64, LedgerError> {
        Ok(self
            .number("SELECT count(*) FROM early_return")?
            .cast_unsigned())
    }

    fn all_early_returns(
        &mut self,
        after: EventId,
        rows: usize,
    ) -> Result<Vec<EarlyReturn>, LedgerError> {
        self.all(
            &format!("{EARLY} WHERE event > ? ORDER BY event LIMIT ?"),
            [after.0, most(rows)],
            convert::early,
        )
    }

    fn add_early_return(&mut self, early: &EarlyReturn) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO early_return (event, aid, proof) VALUES (?, ?, ?)",
            (early.event.0, early.activation.0, early.proof.0),
        )?;
        Ok(())
    }

    fn signer(
        &mut self,
        public: &[u8; 32],
        certificate: Option<&[u8]>,
    ) -> Result<SignerId, LedgerError> {
        self.signer_kept(public, certificate)
    }

    fn signers(&mut self) -> Result<Vec<StoredSigner>, LedgerError> {
        self.all(&format!("{SIGNER} ORDER BY id"), [], convert::signer)
    }

    fn desk_keys(&mut self) -> Result<Vec<DeskKey>, LedgerError> {
        self.all(&format!("{DESK_KEY} ORDER BY id"), [], convert::desk_key)
    }

    fn put_desk_key(&mut self, key: &DeskKey) -> Result<(), LedgerError> {
        self.keep_desk_key(key)
    }

    fn sealed_keys(&mut self) -> Result<Vec<SealedKey>, LedgerError> {
        let sql = format!("{SEALED_KEY} ORDER BY key, holder");
        self.all(&sql, [], convert::sealed_key)
    }

    fn put_sealed_key(&mut self, key: &SealedKey) -> Result<(), LedgerError> {
        self.keep_sealed_key(key)
    }

    fn refused(&mut self, request: &Digest) -> Result<Option<Refused>, LedgerError> {
        self.first(
            &format!("{REFUSED} WHERE request = ?"),
            [request],
            convert::refused,
        )
    }

    fn add_refused(&mut self, refused: &Refused) -> Result<(), LedgerError> {
        self.insert_refused(refused)
    }

    fn refused_since(&mut self, activation: ActivationRow, day: Day) -> Result<u64, LedgerError> {
        self.refused_from(activation, day)
    }

    fn add_beyond(&mut self, subject: &str, day: Day) -> Result<(), LedgerError> {
        self.count_beyond(subject, day)
    }

    fn beyond(
        &mut self,
        prefix: &str,
        day: Option<Day>,
    ) -> Result<Vec<(String, u32)>, LedgerError> {
        self.counted_beyond(prefix, day)
    }

    fn count_refused(&mut self) -> Result<u64, LedgerError> {
        Ok(self.number("SELECT count(*) FROM refused")?.cast_unsigned())
    }

    fn all_refused(
        &mut self,
        after: Option<Digest>,
        rows: usize,
    ) -> Result<Vec<Refused>, LedgerError> {
        self.refused_page(after, rows)
    }

    fn add_declined(&mut self, declined: &Declined) -> Result<bool, LedgerError> {
        self.insert_declined(declined)
    }

    fn forget_declined(&mut self, license: LicenseId, rows: usize) -> Result<usize, LedgerError> {
        self.trim_declined(license, rows)
    }

    fn declined(
        &mut self,
        after: LicenseId,
        last: LicenseId,
    ) -> Result<Vec<(Declined, bool)>, LedgerError> {
        self.declined_between(after, last)
    }

    fn set_said(&mut self, said: &Said) -> Result<(), LedgerError> {
        self.replace_said(said)
    }

    fn said(&mut self, after: LicenseId, last: LicenseId) -> Result<Vec<Said>, LedgerError> {
        self.said_between(after, last)
    }

    fn flaws(&mut self) -> Result<Vec<Flaw>, LedgerError> {
        audit::flaws(self.connection)
    }

    fn last_event(&mut self) -> Result<Option<Event>, LedgerError> {
        self.first(
            &format!("{EVENT} ORDER BY id DESC LIMIT 1"),
            [],
            convert::event,
        )
    }

    fn event(&mut self, id: EventId) -> Result<Option<Event>, LedgerError> {
        self.first(&format!("{EVENT} WHERE id = ?"), [id.0], convert::event)
    }

    fn events(&mut self, after: EventId, rows: usize) -> Result<Vec<Event>, LedgerError> {
        let page = format!("{EVENT} WHERE id > ? ORDER BY id LIMIT ?");
        self.all(&page, [after.0, most(rows)], convert::event)
    }

    fn events_of_activations(&mut self, license: LicenseId) -> Result<Vec<Chained>, LedgerError> {
        self.events_named_by(license)
    }

    fn goes_on(&mut self, from: EventId, license: LicenseId) -> Result<bool, LedgerError> {
        let next = "SELECT 1 FROM history WHERE previous = ? AND license = ?";
        Ok(self.first(next, [from.0, license.0], |_| Ok(()))?.is_some())
    }

    fn events_of(&mut self, kind: &str) -> Result<Vec<Event>, LedgerError> {
        let of_kind = format!("{EVENT} WHERE kind = ? ORDER BY id");
        self.all(&of_kind, [kind], convert::event)
    }

    fn add_event(&mut self, event: &Event) -> Result<(), LedgerError> {
        self.insert_event(event)
    }

    fn rows(
        &mut self,
        table: Table,
        after: Option<&Row>,
        rows: usize,
    ) -> Result<Vec<Row>, LedgerError> {
        self.rows_of(table, after, rows)
    }

    fn put(&mut self, row: &Row) -> Result<(), LedgerError> {
        self.put_row(row)
    }
}
