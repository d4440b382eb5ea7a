//! Requests that were refused and of which the history does not tell: shown where somebody looks for them.

use crate::cli::json::{self, Shown};
use crate::cli::words;
use crate::issuer::ledger::{Declined, LedgerError, LicenseId, Transaction};
use crate::issuer::respond;
use crate::license_key::LicenseKey;

/// Refusals shown of a license; `--json` has all that are remembered.
const LATEST: usize = 5;

/// Those of one license.
pub(super) struct Refusals {
    key: LicenseKey,
    /// Oldest first, each with whether the machine was answered since.
    pub(super) all: Vec<(Declined, bool)>,
    /// Older ones, which are counted.
    pub(super) forgotten: u32,
}

impl Refusals {
    pub(super) fn of(
        tx: &mut dyn Transaction,
        id: LicenseId,
        key: LicenseKey,
    ) -> Result<Refusals, LedgerError> {
        Ok(Refusals {
            key,
            all: tx.declined(LicenseId(id.0 - 1), id)?,
            forgotten: respond::forgotten(tx, id)?,
        })
    }

    /// For people: the last ones, the latest first.
    pub(super) fn lines(&self) -> Vec<String> {
        if self.all.is_empty() {
            return Vec::new();
        }
        let all = self.all.len() as u64 + u64::from(self.forgotten);
        let requests = words::count(all, "request");
        let mut lines = vec![format!("not answered: {requests}, the latest first")];
        let last = self.all.iter().rev().take(LATEST);
        lines.extend(
            last.map(|(it, answered)| format!("  {}  {}", it.at.day(), said(it, *answered))),
        );
        lines
    }

    /// For scripts.
    pub(super) fn objects(&self) -> Vec<json::RefusedRequest> {
        let all = self.all.iter();
        all.map(|(it, answered)| object(self.key, it, *answered))
            .collect()
    }
}

/// "A-1042, request otter falcon lemon, from kari@example.no: no seat is free: 1 of 1 is taken; answered since".
pub(super) fn said(it: &Declined, answered: bool) -> String {
    let from = it.sender.as_ref();
    let from = from.map_or_else(String::new, |sender| format!(", from {sender}"));
    let since = match (answered, it.waits) {
        (true, _) => "; the machine was answered since",
        (false, true) => "; it waits for the clerk or the manager",
        (false, false) => "",
    };
    format!(
        "{} (phrase {}){from}: {}{since}",
        it.activation, it.phrase, it.said
    )
}

/// For scripts.
pub(super) fn object(key: LicenseKey, it: &Declined, answered: bool) -> json::RefusedRequest {
    json::RefusedRequest {
        at: Shown(it.at),
        license_key: Shown(key),
        activation: Shown(it.activation),
        phrase: it.phrase.clone(),
        kind: it.kind.clone(),
        message: it.said.clone(),
        sender: it.sender.clone(),
        held: it.waits && !answered,
        answered,
    }
}
