//! What was applied to a license and when, a line each: beside what a check reads, so that a long life costs no launch anything.

use super::durable;
use super::error::{HolderError, StorageError};
use super::home::Home;
use super::json::Array;
use super::state::{Held, HistoryEntry, LicenseState, grant_digest};
use crate::license_key::LicenseKey;

impl Home {
    /// What was applied to a license, oldest first. A line that a crash tore, or that was edited, is passed over: it is no evidence.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn history(&self, key: LicenseKey) -> Result<Vec<HistoryEntry>, HolderError> {
        let lines = durable::lines(&self.history_path(key))?;
        let events = lines.iter().map(|line| serde_json::from_str(line).ok());
        Ok(events.flatten().collect())
    }
}

/// Whether bytes with this digest were applied to a license here before.
pub(crate) fn contains(
    home: &Home,
    key: LicenseKey,
    digest: Array<32>,
) -> Result<bool, HolderError> {
    let events = home.history(key)?;
    Ok(events.iter().any(|event| event.grant == digest))
}

/// Adds what has just been applied. The caller holds the lock, and has kept the state: the other way round a crash would leave bytes that count as
/// applied and are not.
pub(crate) fn add(home: &Home, key: LicenseKey, event: &HistoryEntry) -> Result<(), StorageError> {
    let path = home.history_path(key);
    let line = serde_json::to_string(event).map_err(|error| {
        let error = std::io::Error::other(error);
        StorageError::new(super::error::Doing::Write, &path, error)
    })?;
    durable::append(&path, &line, home.audience())
}

/// Adds the grant that is about to be replaced, where a crash or a full disk kept its line out.
pub(crate) fn catch_up(home: &Home, license: &LicenseState) -> Result<(), HolderError> {
    let Some(held) = &license.held else {
        return Ok(());
    };
    let digest = grant_digest(&held.grant);
    match event_of(held, digest) {
        Some(event) if !contains(home, license.license_key, digest)? => {
            Ok(add(home, license.license_key, &event)?)
        }
        _ => Ok(()),
    }
}

fn event_of(held: &Held, grant: Array<32>) -> Option<HistoryEntry> {
    Some(HistoryEntry {
        at: held.applied_at,
        activation: held.standing.activation,
        generation: held.generation()?,
        grant,
        emergency: None,
    })
}
