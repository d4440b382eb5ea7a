//! What a ledger has that is to give way to a backup.

use std::collections::BTreeMap;

use super::{RestoreError, reached};
use crate::issuer::desk;
use crate::issuer::ledger::{EventId, Ledger, LedgerError, Transaction};
use crate::protocol::date::Seconds;

/// What a ledger has and a backup has not.
pub(super) struct Lost {
    /// How many events.
    pub(super) events: u64,
    /// When the last was made, UTC.
    pub(super) last: Seconds,
    /// Whether the backup is of before a root was replaced.
    pub(super) root_returns: bool,
    /// Products of which the ledger has a later version, and which.
    pub(super) behind: Vec<(String, u32)>,
}

/// Holds both against each other.
pub(super) fn lost(
    ledger: &mut Ledger,
    backup: &mut Ledger,
    key: Option<&[u8; 32]>,
) -> Result<Lost, RestoreError> {
    let theirs = backup.read(desk::vendor)?.roots;
    let vendor = ledger.audit(desk::vendor)?;
    // By a backup of before it was dropped it would be a root again.
    if key.is_some_and(|key| vendor.former.contains(key)) {
        return Err(RestoreError::FormerRoot);
    }
    let ours = vendor.roots;
    // One of them may have been replaced since.
    if !ours.iter().any(|it| theirs.contains(it)) {
        return Err(RestoreError::OtherDesk);
    }
    let root_returns = !theirs.iter().all(|it| ours.contains(it));
    let (shipped, known) = (ledger.audit(versions)?, backup.read(versions)?);
    let behind = shipped
        .into_iter()
        .filter(|(id, version)| known.get(id).is_some_and(|it| it < version))
        .collect();
    let last = ledger.audit(|tx| tx.last_event())?;
    let ours = reached(last);
    // Where both have the same event, so they have all before it: the hash of each stands on those.
    let (mut same, mut beyond) = (0, ours.events + 1);
    while beyond - same > 1 {
        let middle = same + (beyond - same) / 2;
        let id = EventId(i64::try_from(middle).unwrap_or(i64::MAX));
        let here = ledger.audit(|tx| tx.event(id))?;
        let there = backup.read(|tx| tx.event(id))?;
        match here.is_some() && here.map(|it| it.hash) == there.map(|it| it.hash) {
            true => same = middle,
            false => beyond = middle,
        }
    }
    Ok(Lost {
        events: ours.events - same,
        last: ours.last,
        root_returns,
        behind,
    })
}

/// The versions of all products.
fn versions(tx: &mut dyn Transaction) -> Result<BTreeMap<String, u32>, LedgerError> {
    let products = tx.products()?;
    Ok(products
        .into_iter()
        .map(|it| (it.name, it.version))
        .collect())
}
