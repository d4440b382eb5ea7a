//! Activations in SQL: they have the most columns.

use std::num::NonZeroU8;

use rusqlite::{Params, params};

use super::convert::{self, ACTIVATION};
use super::transaction::SqliteTransaction;
use crate::issuer::ledger::{
    Activation, ActivationRow, Chained, Ended, LedgerError, LicenseId, LoansTold,
};
use crate::machine::Fingerprint;
use crate::protocol::date::Day;
use crate::protocol::digest::ActivationId;

impl SqliteTransaction<'_> {
    /// Those of which a condition holds.
    pub(super) fn activations_where(
        &self,
        condition: &str,
        values: impl Params,
    ) -> Result<Vec<Activation>, LedgerError> {
        let sql = format!("{ACTIVATION} WHERE {condition}");
        self.all(&sql, values, convert::activation)
    }

    /// Those that were answered for an ACTIVATE of which C begins so.
    pub(super) fn answered_as(&self, id: ActivationId) -> Result<Vec<ActivationRow>, LedgerError> {
        let (mut first, mut last) = ([0; 12], [0xff; 12]);
        for bytes in [&mut first, &mut last] {
            bytes.iter_mut().zip(id.0).for_each(|(to, from)| *to = from);
        }
        self.all(
            "SELECT DISTINCT activation FROM answer \
             WHERE commitment BETWEEN ? AND ? AND substr(request, 1, 1) = x'41' ORDER BY activation",
            [&first, &last],
            |row| Ok(ActivationRow(row.get(0)?)),
        )
    }

    /// Events that those of a license name, with the chain before each.
    pub(super) fn events_named_by(&self, license: LicenseId) -> Result<Vec<Chained>, LedgerError> {
        self.all(
            "SELECT id, at, actor, kind, license, activation, previous, data, signer, signature, hash, \
             (SELECT before.hash FROM history AS before WHERE before.id = history.id - 1) \
             FROM history WHERE id IN (SELECT event FROM activation WHERE license = ?) ORDER BY id",
            [license.0],
            |row| Ok((convert::event(row)?, row.get(11)?)),
        )
    }

    pub(super) fn insert_activation(&self, it: &Activation) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO activation (id, license, aid, generation, fingerprint, bindings, usb, site_key, seats, first, last, \
             event, proven, superseded, ended, reference, reference_since, had, weak_accepted, resting, resting_until, \
             place, runs, longest_loan, lent_until, told, due) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                it.id.0,
                it.license.0,
                it.standing.activation.0,
                it.generation,
                it.standing.fingerprint.as_ref().map(Fingerprint::to_bytes),
                it.standing.bindings,
                it.standing.usb,
                it.site_key,
                it.seats,
                it.first.0,
                it.last.0,
                it.event.0,
                it.proven,
                it.superseded.to_bytes(),
                Ended::number(it.ended),
                it.reference.fingerprint.as_ref().map(Fingerprint::to_bytes),
                it.reference.since.number(),
                it.reference.had.to_bytes(),
                it.weak_accepted,
                it.resting.map_or(0, |it| it.seats),
                Day::wire(it.resting.and_then(|it| it.until)),
                it.place.0,
                it.runs.number(),
                it.lending.longest.map_or(0, NonZeroU8::get),
                Day::wire(it.lending.until),
                it.told.map(LoansTold::to_bytes),
                Day::wire(it.due),
            ],
        )?;
        Ok(())
    }

    pub(super) fn update_activation(&self, it: &Activation) -> Result<(), LedgerError> {
        self.run(
            "UPDATE activation SET aid = ?2, generation = ?3, fingerprint = ?4, bindings = ?5, usb = ?6, \
             site_key = ?7, seats = ?8, last = ?9, event = ?10, proven = ?11, superseded = ?12, ended = ?13, \
             reference = ?14, reference_since = ?15, had = ?16, weak_accepted = ?17, resting = ?18, resting_until = ?19, \
             place = ?20, runs = ?21, longest_loan = ?22, lent_until = ?23, told = ?24, due = ?25 \
             WHERE id = ?1",
            params![
                it.id.0,
                it.standing.activation.0,
                it.generation,
                it.standing.fingerprint.as_ref().map(Fingerprint::to_bytes),
                it.standing.bindings,
                it.standing.usb,
                it.site_key,
                it.seats,
                it.last.0,
                it.event.0,
                it.proven,
                it.superseded.to_bytes(),
                Ended::number(it.ended),
                it.reference.fingerprint.as_ref().map(Fingerprint::to_bytes),
                it.reference.since.number(),
                it.reference.had.to_bytes(),
                it.weak_accepted,
                it.resting.map_or(0, |it| it.seats),
                Day::wire(it.resting.and_then(|it| it.until)),
                it.place.0,
                it.runs.number(),
                it.lending.longest.map_or(0, NonZeroU8::get),
                Day::wire(it.lending.until),
                it.told.map(LoansTold::to_bytes),
                Day::wire(it.due),
            ],
        )?;
        Ok(())
    }
}
