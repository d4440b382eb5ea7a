//! `ledger history`.

use std::collections::HashMap;

use super::{Context, Exit, Run};
use crate::cli::{desk, json, sold};
use crate::issuer::history;
use crate::issuer::ledger::{ActivationRow, Event, EventId, LicenseId, Transaction};
use crate::issuer::life::{self, Named};
use crate::issuer::policy::Refusal;
use crate::issuer::respond::RespondError;

/// Events read at a time.
const PAGE: usize = 1024;

/// Show what happened, oldest first: to one license, to one activation of it, or to the whole ledger
#[derive(clap::Args)]
pub(crate) struct LedgerHistory {
    /// The license key; or an activation, such as A-1042, with the key after it where that is not enough
    #[arg(value_name = "KEY|ACTIVATION")]
    name: Vec<String>,
}

impl Run for LedgerHistory {
    const NAME: &'static str = "history";
    const ABOUT: &'static str = "Show what happened to a license, or to all";

    type Object = json::HistoryEvent;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let name = match self.name.as_slice() {
            [] => None,
            words => Some(sold::activation(words)?),
        };
        let mut desk = desk::open(context)?;
        desk.ledger().read(|tx| -> anyhow::Result<()> {
            let mut names = Names::default();
            let license = match name {
                None => None,
                Some(Named::License(key)) => {
                    let license = tx.license_keyed(key)?;
                    Some(
                        license
                            .ok_or(RespondError::Refused(Refusal::UnknownKey))?
                            .event,
                    )
                }
                Some(name) => Some(life::only_named(tx, name)?.1.event),
            };
            let only = match name {
                Some(name @ Named::Activation(..)) => Some(life::only_named(tx, name)?.0.id),
                _ => None,
            };
            if let Some(last) = license {
                let mut events = history::of_license(tx, last)?;
                events.retain(|event| only.is_none() || event.activation == only);
                for event in events {
                    print(context, tx, &mut names, &event)?;
                }
                return Ok(());
            }
            let mut after = EventId(0);
            loop {
                let page = tx.events(after, PAGE)?;
                let Some(last) = page.last() else {
                    return Ok(());
                };
                after = last.id;
                for event in &page {
                    print(context, tx, &mut names, event)?;
                }
            }
        })?;
        Ok(Exit::DONE)
    }
}

/// What licenses and activations are called, looked up once.
#[derive(Default)]
struct Names {
    licenses: HashMap<LicenseId, String>,
    activations: HashMap<ActivationRow, String>,
}

impl Names {
    fn license(&mut self, tx: &mut dyn Transaction, id: LicenseId) -> anyhow::Result<String> {
        if let Some(name) = self.licenses.get(&id) {
            return Ok(name.clone());
        }
        let found = tx.license(id)?;
        let name = found.map_or_else(|| "?".to_owned(), |license| license.key.to_string());
        self.licenses.insert(id, name.clone());
        Ok(name)
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
}

fn print(
    context: &mut Context,
    tx: &mut dyn Transaction,
    names: &mut Names,
    event: &Event,
) -> anyhow::Result<()> {
    let license = event.license.map(|id| names.license(tx, id)).transpose()?;
    let activation = event
        .activation
        .map(|id| names.activation(tx, id))
        .transpose()?;
    let words = history::tell(event, activation.as_deref());
    if context.out.json {
        let object = json::HistoryEvent {
            event: event.id.0,
            at: json::Shown(event.at),
            actor: event.actor.clone(),
            kind: event.kind.clone(),
            license_key: license,
            activation,
            message: words,
            facts: serde_json::from_str(&event.data).unwrap_or_default(),
        };
        return LedgerHistory::print(context, &object);
    }
    let of = license.map_or_else(String::new, |key| format!("  {key}"));
    context.out.line(format_args!(
        "{:>5}  {}  {}{of}  {words}",
        event.id.0, event.at, event.actor
    ))
}
