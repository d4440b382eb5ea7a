//! Events of the history, as they are told to people and to other programs.

use std::collections::HashMap;

use crate::cli::json;
use crate::issuer::ledger::{ActivationRow, Event, EventId, LicenseId, SignerId, Transaction};
use crate::issuer::{self, history};

/// What licenses and activations are called, looked up once.
#[derive(Default)]
pub(super) struct Names {
    licenses: HashMap<LicenseId, String>,
    activations: HashMap<ActivationRow, String>,
    /// What the keys of those are called who signed; nothing yet.
    signers: Option<HashMap<SignerId, String>>,
}

impl Names {
    pub(super) fn license(
        &mut self,
        tx: &mut dyn Transaction,
        id: LicenseId,
    ) -> anyhow::Result<String> {
        if let Some(name) = self.licenses.get(&id) {
            return Ok(name.clone());
        }
        let found = tx.license(id)?;
        let name = found.map_or_else(|| "?".to_owned(), |license| license.key.to_string());
        self.licenses.insert(id, name.clone());
        Ok(name)
    }

    /// What the key is called that signed what was done, or the answer that was given.
    fn signer(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
    ) -> anyhow::Result<Option<String>> {
        let answered = match history::answers(event) {
            true => tx.answers(EventId(event.id.0 - 1), 1)?.pop(),
            false => None,
        };
        let answered = answered.filter(|it| it.event == event.id);
        let done = event.act.map(|act| act.signer);
        let Some(signer) = done.or(answered.map(|it| it.signer)) else {
            return Ok(None);
        };
        if self.signers.is_none() {
            self.signers = Some(issuer::keys::names(tx)?);
        }
        let known = self.signers.as_ref();
        let name = known.and_then(|known| known.get(&signer));
        Ok(Some(name.map_or("?", String::as_str).to_owned()))
    }

    fn activation(
        &mut self,
        tx: &mut dyn Transaction,
        id: ActivationRow,
    ) -> anyhow::Result<String> {
        if let Some(name) = self.activations.get(&id) {
            return Ok(name.clone());
        }
        let found = tx.activation(id)?;
        let name = found.map_or_else(|| "?".to_owned(), |it| it.standing.activation.to_string());
        self.activations.insert(id, name.clone());
        Ok(name)
    }

    /// An event with all names.
    pub(super) fn told(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
    ) -> anyhow::Result<json::HistoryEvent> {
        let license_key = event.license.map(|id| self.license(tx, id)).transpose()?;
        let activation = event
            .activation
            .map(|id| self.activation(tx, id))
            .transpose()?;
        Ok(json::HistoryEvent {
            event: Some(event.id.0),
            at: json::Shown(event.at),
            actor: event.actor.clone(),
            kind: event.kind.clone(),
            key: self.signer(tx, event)?,
            message: history::tell(event, activation.as_deref()),
            facts: serde_json::from_str(&event.data).unwrap_or_default(),
            license_key,
            activation,
        })
    }
}

/// The same on a line, for people.
pub(super) fn line(it: &json::HistoryEvent) -> String {
    let of = it.license_key.as_ref();
    let of = of.map_or_else(String::new, |key| format!("  {key}"));
    let with = it.key.as_ref();
    let with = with.map_or_else(String::new, |key| format!(" (key {key})"));
    let number = it.event.unwrap_or_default();
    format!(
        "{number:>5}  {}  {}{with}{of}  {}",
        it.at.0, it.actor, it.message
    )
}
