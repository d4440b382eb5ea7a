//! `ledger history`.

use std::collections::HashMap;

use super::{Context, Exit, Run, refusals};
use crate::cli::{desk, json, sold};
use crate::issuer::ledger::{
    ActivationRow, Declined, Event, EventId, LicenseId, SignerId, Transaction,
};
use crate::issuer::life::{self, Named};
use crate::issuer::policy::Refusal;
use crate::issuer::respond::RespondError;
use crate::issuer::{self, history};

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
                    let unknown = || RespondError::Refused(Refusal::UnknownKey);
                    Some(license.ok_or_else(unknown)?)
                }
                Some(name) => Some(life::only_named(tx, name)?.1),
            };
            let license = license.map(|it| (it.id, it.event));
            let only = match name {
                Some(name @ Named::Activation(..)) => Some(life::only_named(tx, name)?.0.id),
                _ => None,
            };
            if let Some((id, last)) = license {
                let mut events = history::of_license(tx, last)?;
                events.retain(|event| only.is_none() || event.activation == only);
                let mut refused = beside(tx, id, name)?.into_iter().peekable();
                for event in events {
                    while let Some(it) = refused.next_if(|it| it.event < event.id) {
                        print_refused(context, tx, &mut names, &it)?;
                    }
                    print(context, tx, &mut names, &event)?;
                }
                for it in refused {
                    print_refused(context, tx, &mut names, &it)?;
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
    /// What the keys of those are called who signed; nothing yet.
    signers: Option<HashMap<SignerId, String>>,
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
}

/// Requests that were refused and that the history does not have: of a license, or of one machine of it; in the order of the events that they came after.
fn beside(
    tx: &mut dyn Transaction,
    license: LicenseId,
    name: Option<Named>,
) -> anyhow::Result<Vec<Declined>> {
    let all = tx.declined(LicenseId(license.0 - 1), license)?.into_iter();
    let own = |it: &Declined| match name {
        Some(Named::Activation(activation, _)) => it.activation == activation,
        _ => true,
    };
    let mut own: Vec<Declined> = all.map(|(it, _)| it).filter(own).collect();
    own.sort_by_key(|it| (it.event, it.at));
    Ok(own)
}

/// One of them, without a number.
fn print_refused(
    context: &mut Context,
    tx: &mut dyn Transaction,
    names: &mut Names,
    it: &Declined,
) -> anyhow::Result<()> {
    let key = names.license(tx, it.license)?;
    let words = format!("not answered: {}", refusals::said(it, false));
    if !context.out.json {
        return context
            .out
            .line(format_args!("    –  {}  –  {key}  {words}", it.at));
    }
    let object = json::HistoryEvent {
        event: None,
        at: json::Shown(it.at),
        actor: it.sender.clone().unwrap_or_default(),
        kind: "declined".to_owned(),
        license_key: Some(key),
        activation: Some(it.activation.to_string()),
        key: None,
        message: words,
        facts: serde_json::Value::Null,
    };
    LedgerHistory::print(context, &object)
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
    let signer = names.signer(tx, event)?;
    if context.out.json {
        let object = json::HistoryEvent {
            event: Some(event.id.0),
            at: json::Shown(event.at),
            actor: event.actor.clone(),
            kind: event.kind.clone(),
            license_key: license,
            activation,
            key: signer,
            message: words,
            facts: serde_json::from_str(&event.data).unwrap_or_default(),
        };
        return LedgerHistory::print(context, &object);
    }
    let of = license.map_or_else(String::new, |key| format!("  {key}"));
    let with = signer.map_or_else(String::new, |key| format!(" (key {key})"));
    context.out.line(format_args!(
        "{:>5}  {}  {}{with}{of}  {words}",
        event.id.0, event.at, event.actor
    ))
}
