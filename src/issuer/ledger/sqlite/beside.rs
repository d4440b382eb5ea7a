//! Refusals, in the history and beside it, and what is said of machines, in SQL.

use rusqlite::params;

use super::convert::{self, most};
use super::transaction::SqliteTransaction;
use crate::issuer::ledger::{Declined, LedgerError, LicenseId, Refused, Said};
use crate::machine::Fingerprint;

/// Whether the machine was answered since: its activation has a later event, or another one of the same facts has.
const ANSWERED: &str = "EXISTS (SELECT 1 FROM activation AS a WHERE a.license = d.license AND a.event > d.event \
    AND (a.aid = d.aid OR a.fingerprint = d.fingerprint))";

impl SqliteTransaction<'_> {
    pub(super) fn insert_refused(&self, it: &Refused) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO refused (request, event, activation, day) VALUES (?, ?, ?, ?)",
            params![it.request, it.event.0, it.activation.0, it.day.number()],
        )?;
        Ok(())
    }

    pub(super) fn insert_declined(&self, it: &Declined) -> Result<bool, LedgerError> {
        let added = self.run(
            "INSERT INTO declined (request, license, aid, fingerprint, at, event, kind, said, waits, phrase, sender) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (request) DO NOTHING",
            params![
                it.request,
                it.license.0,
                it.activation.0,
                it.fingerprint.as_ref().map(Fingerprint::to_bytes),
                it.at.0,
                it.event.0,
                it.kind,
                it.said,
                it.waits,
                it.phrase,
                it.sender,
            ],
        )?;
        Ok(added > 0)
    }

    pub(super) fn trim_declined(
        &self,
        license: LicenseId,
        rows: usize,
    ) -> Result<usize, LedgerError> {
        self.run(
            "DELETE FROM declined WHERE request IN (SELECT request FROM declined WHERE license = ?1 \
             ORDER BY waits DESC, at DESC, request LIMIT -1 OFFSET ?2)",
            params![license.0, most(rows)],
        )
    }

    pub(super) fn declined_between(
        &self,
        after: LicenseId,
        last: LicenseId,
    ) -> Result<Vec<(Declined, bool)>, LedgerError> {
        self.all(
            &format!(
                "SELECT request, license, aid, fingerprint, at, event, kind, said, waits, phrase, sender, {ANSWERED} \
                 FROM declined AS d WHERE license > ? AND license <= ? ORDER BY license, at, request"
            ),
            [after.0, last.0],
            |row| Ok((convert::declined(row)?, row.get(11)?)),
        )
    }

    pub(super) fn replace_said(&self, it: &Said) -> Result<(), LedgerError> {
        let bound: Vec<String> = it
            .bound
            .iter()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        self.run(
            "INSERT OR REPLACE INTO said (activation, license, host, bound, day) VALUES (?, ?, ?, ?, ?)",
            params![
                it.activation.0,
                it.license.0,
                it.host,
                bound.join("\n"),
                it.day.number()
            ],
        )?;
        Ok(())
    }

    pub(super) fn said_between(
        &self,
        after: LicenseId,
        last: LicenseId,
    ) -> Result<Vec<Said>, LedgerError> {
        self.all(
            "SELECT activation, license, host, bound, day FROM said WHERE license > ? AND license <= ? \
             ORDER BY license, activation",
            [after.0, last.0],
            convert::said,
        )
    }
}
