//! `ledger history`.

use super::events::{Names, line};
use super::{Context, Exit, Run, refusals};
use crate::cli::{desk, json, sold};
use crate::issuer::history;
use crate::issuer::ledger::{Declined, Event, EventId, LicenseId, Transaction};
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
                // Of a page alone: a ledger may have more licenses than there is memory for their names.
                names = Names::default();
                for event in &page {
                    print(context, tx, &mut names, event)?;
                }
            }
        })?;
        Ok(Exit::DONE)
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
    let object = names.told(tx, event)?;
    match context.out.json {
        true => LedgerHistory::print(context, &object),
        false => context.out.line(line(&object)),
    }
}
