//! `desk inbox`: what waits for another's approval, and mails that wait for a person.

use std::collections::HashMap;
use std::str::FromStr;

use super::desk_inbox_mail;
use super::license_revoke::reason;
use super::proposed;
use super::respond_options::OptionArgs;
use super::{Context, Exit, Run, events};
use crate::cli::acting::KeyArgs;
use crate::cli::failure::Failure;
use crate::cli::{commands, contact, desk, json, words};
use crate::failure::FailureKind;
use crate::issuer::approvals::{self, ApprovalError, Became, Proposal};
use crate::issuer::keys::{self, KeyState};
use crate::issuer::ledger::{EventId, Ledger, LedgerError, MailId, SignerId, Transaction};
use crate::issuer::mails;
use crate::issuer::names;
use crate::issuer::policy::Options;

/// Something in the inbox, by its number.
#[derive(Clone, Copy)]
enum Item {
    /// `12`
    Proposal(EventId),
    /// `M-3`
    Mail(MailId),
}

impl FromStr for Item {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Item, &'static str> {
        let mail = text.strip_prefix(['M', 'm']);
        let digits = mail.map(|it| it.trim_start_matches('-')).unwrap_or(text);
        let number = digits
            .parse()
            .map_err(|_| "a proposal has a number such as 12, a mail one such as M-3")?;
        Ok(match mail {
            Some(_) => Item::Mail(MailId(number)),
            None => Item::Proposal(EventId(number)),
        })
    }
}

/// Show what waits for a person: what was proposed and another approves, and mails that the desk does not answer by itself
#[derive(clap::Args)]
pub(crate) struct InboxList {
    /// Also what was approved or declined
    #[arg(long)]
    all: bool,
}

impl Run for InboxList {
    const NAME: &'static str = "list";
    const ABOUT: &'static str = "Show what waits for a person: proposals and mails";

    type Object = json::InboxItem;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut desk = desk::open(context)?;
        let found = named(desk.ledger(), self.all)?;
        for (it, key) in &found {
            if context.out.json {
                Self::print(
                    context,
                    &json::InboxItem::Proposal(json::Proposal::of(it, key)),
                )?;
                continue;
            }
            context.out.row(&line(it, key))?;
        }
        let mails = mails::inbox(desk.ledger(), self.all)?;
        for it in &mails {
            if context.out.json {
                let it = Box::new(desk_inbox_mail::object(it));
                Self::print(context, &json::InboxItem::Mail(it))?;
                continue;
            }
            context.out.row(&desk_inbox_mail::line(it))?;
        }
        if found.is_empty() && mails.is_empty() {
            context.out.say("nothing waits for a person");
        }
        Ok(Exit::DONE)
    }
}

/// Show one proposal, or one mail with what would become of its requests
#[derive(clap::Args)]
pub(crate) struct InboxShow {
    /// The number of the proposal, or of the mail, such as M-3
    #[arg(value_name = "N")]
    number: Item,
}

impl Run for InboxShow {
    const NAME: &'static str = "show";
    const ABOUT: &'static str = "Show one proposal or mail";

    type Object = json::InboxItem;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut desk = desk::open(context)?;
        let number = match self.number {
            Item::Proposal(number) => number,
            Item::Mail(id) => {
                let mail = desk_inbox_mail::of(&mut desk, id)?;
                if context.out.json {
                    let it = Box::new(desk_inbox_mail::object(&mail));
                    Self::print(context, &json::InboxItem::Mail(it))?;
                } else {
                    desk_inbox_mail::show(context, &mut desk, &mail)?;
                }
                return Ok(Exit::DONE);
            }
        };
        let (it, key, about) = desk.ledger().read(|tx| -> anyhow::Result<_> {
            let it = approvals::proposal(tx, number)?;
            let key = key_of(&keys::names(tx)?, &it);
            let about = about(tx, &it)?;
            Ok((it, key, about))
        })?;
        if context.out.json {
            let object = json::InboxItem::Proposal(json::Proposal::of(&it, &key));
            return Self::print(context, &object).map(|()| Exit::DONE);
        }
        let became = match &it.became {
            Became::Waits => "waits for another's approval".to_owned(),
            Became::Approved(by, at, _) => format!("approved by {by}, {}", at.day()),
            Became::Declined(by, at, None) => format!("declined by {by}, {}", at.day()),
            Became::Declined(by, at, Some(note)) => {
                format!("declined by {by}, {}: {note}", at.day())
            }
        };
        let mut rows = vec![
            ("proposal", it.number.0.to_string()),
            ("state", became),
            (
                "proposed",
                format!("by {} (key {key}), {}", it.by, it.at.day()),
            ),
            (
                "falls under",
                format!("{} of {}", it.rules.join(", "), it.product),
            ),
        ];
        rows.extend(about);
        rows.push(("command", command(&it)));
        context.out.table(&rows)?;
        let today = context.environment.now().day();
        let removed = keys::list(desk.ledger(), today)?;
        let removed = removed
            .iter()
            .any(|it| it.key.name == key && it.state == KeyState::Removed);
        if it.became == Became::Waits && removed {
            let number = it.number.0;
            context.out.say(format_args!("the key of {key} was removed since, so it can only be declined: countersign desk inbox decline {number}"));
        } else if it.became == Became::Waits {
            let number = it.number.0;
            context.out.say(format_args!("next: countersign desk inbox approve {number} --key NAME, which does just that; or countersign desk inbox decline {number}"));
        }
        Ok(Exit::DONE)
    }
}

/// Do what another proposed, or answer what a mail asks
///
/// The requests of a mail are answered, and nothing else of it is done: the answer goes into the outbox, and the options are those of `respond`. Of a proposal the command is done as it was proposed, with the key of whoever approves it, and held against what the ledger says now. It takes another key than the one
/// it was proposed with, and another name; what is beyond the limits of the key is refused.
#[derive(clap::Args)]
pub(crate) struct InboxApprove {
    /// The number of the proposal, or of the mail, such as M-3
    #[arg(value_name = "N")]
    number: Item,
    #[command(flatten)]
    options: OptionArgs,
    /// Whom the answer to a mail goes to, if not its sender
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for InboxApprove {
    const NAME: &'static str = "approve";
    const ABOUT: &'static str = "Do what another proposed, with a key of your own; answer a mail";

    type Object = json::ApprovedItem;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let options = self.options.read()?;
        let number = match self.number {
            Item::Proposal(number) => number,
            Item::Mail(id) => {
                let to = self.to.as_deref().map(contact::typed).transpose()?;
                let how = (&options, &self.acting, to.as_deref());
                let (object, exit) = desk_inbox_mail::approve(context, id, how)?;
                context.out.say(&object.message);
                if context.out.json {
                    Self::print(context, &json::ApprovedItem::Mail(Box::new(object)))?;
                }
                return Ok(exit);
            }
        };
        if options != Options::default() || self.to.is_some() {
            let failure = Failure::usage(
                "a proposal is done as it was proposed: the options of answers are for a mail",
            );
            return Err(failure
                .hint("leave them out; or name a mail, such as M-3")
                .into());
        }
        let proposal = waiting(context, number)?;
        let words = (number.0, proposal.command.as_slice());
        let matches = proposed::approved(words, self.acting.typed())?;
        context.approves = Some(number);
        let exit = commands::dispatch(&matches, context).map_err(|error| beyond(error, number))?;
        if exit == Exit::DONE {
            let mut desk = desk::open(context)?;
            let it = desk.ledger().read(|tx| approvals::proposal(tx, number))?;
            if it.became == Became::Waits {
                return Err(ApprovalError::Strange(number.0).into());
            }
        }
        context.out.say(format_args!(
            "proposal {} of {} is approved and done",
            number.0, proposal.by
        ));
        Ok(exit)
    }
}

/// Decline what was proposed, or a mail: it is not done, and nothing is sent
///
/// Whoever proposed something may decline it, too. It stays in the history; a mail stays in the list (`--all`).
#[derive(clap::Args)]
pub(crate) struct InboxDecline {
    /// The number of the proposal, or of the mail, such as M-3
    #[arg(value_name = "N")]
    number: Item,
    /// Why, for whoever proposed it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for InboxDecline {
    const NAME: &'static str = "decline";
    const ABOUT: &'static str = "Decline what was proposed, or a mail";

    type Object = json::DeclinedItem;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let note = self.note.as_deref().map(reason).transpose()?;
        let number = match self.number {
            Item::Proposal(number) => number,
            Item::Mail(id) => {
                desk_inbox_mail::decline(context, id, note)?;
                let mail = format!("M-{}", id.0);
                context.out.say(format_args!("mail {mail} is declined"));
                if context.out.json {
                    let declined = true;
                    let object = json::MailDeclined { mail, declined };
                    Self::print(context, &json::DeclinedItem::Mail(object))?;
                }
                return Ok(Exit::DONE);
            }
        };
        waiting(context, number)?;
        let mut desk = desk::open(context)?;
        let acting = self.acting.acting(context, &mut desk, false)?;
        let hand = acting.hand(context);
        approvals::decline(desk.ledger(), number, note.as_deref(), hand)?;
        if context.out.json {
            let object = json::ProposalDeclined {
                proposal: number.0,
                declined: true,
            };
            Self::print(context, &json::DeclinedItem::Proposal(object))?;
        }
        context
            .out
            .say(format_args!("proposal {} is declined", number.0));
        Ok(Exit::DONE)
    }
}

/// What the key that approves may not sign, another's may.
fn beyond(error: anyhow::Error, number: EventId) -> anyhow::Error {
    let failure = Failure::of(&error);
    match failure.kind {
        FailureKind::DeskLimit => failure
            .hint(format!(
                "have somebody approve it whose key may sign it: countersign desk inbox approve {} --key NAME; `countersign desk keys` shows what each may",
                number.0
            ))
            .into(),
        _ => error,
    }
}

/// A proposal that waits: before a passphrase is asked for.
fn waiting(context: &mut Context, number: EventId) -> anyhow::Result<Proposal> {
    let mut desk = desk::open(context)?;
    let it = desk.ledger().read(|tx| approvals::proposal(tx, number))?;
    match it.became {
        Became::Waits => Ok(it),
        became => Err(ApprovalError::Decided(number.0, became.name()).into()),
    }
}

/// What was proposed, with the name of the key that signed each: what waits, or all there ever was.
pub(super) fn named(
    ledger: &mut Ledger,
    all: bool,
) -> Result<Vec<(Proposal, String)>, LedgerError> {
    ledger.read(|tx| {
        let found = match all {
            true => approvals::all(tx)?,
            false => approvals::open(tx)?,
        };
        let names = match found.is_empty() {
            true => HashMap::new(),
            false => keys::names(tx)?,
        };
        let found = found.into_iter();
        Ok(found
            .map(|it| (key_of(&names, &it), it))
            .map(|(key, it)| (it, key))
            .collect())
    })
}

/// What it is about, beside its words: whose license, which machine, and what was done where it was approved.
fn about(tx: &mut dyn Transaction, it: &Proposal) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut rows = Vec::new();
    let license = it.license.map(|id| tx.license(id)).transpose()?.flatten();
    if let Some(license) = &license {
        let terms = tx.terms(license.terms)?;
        let whose = terms.map_or_else(String::new, |it| format!(" of {}", it.customer));
        rows.push(("license", format!("{}{whose}", license.key)));
    }
    let machine = it.activation.map(|id| tx.activation(id)).transpose()?;
    if let Some((machine, license)) = machine.flatten().zip(license) {
        let activation = machine.standing.activation;
        let called = names::of_license(tx, &license)?;
        let called = called.iter().find(|it| it.activation == activation);
        let called = called.map_or_else(String::new, |it| format!("  {it}"));
        rows.push(("machine", format!("{activation}{called}")));
    }
    if let Became::Approved(_, _, row) = it.became {
        let done = tx.event(EventId(row.0 + 1))?;
        let done = done.map(|event| events::Names::default().told(tx, &event));
        rows.extend(done.transpose()?.map(|it| {
            let of = it
                .license_key
                .map_or_else(String::new, |key| format!("  {key}"));
            ("done", format!("{}{of}", it.message))
        }));
    }
    Ok(rows)
}

fn key_of(names: &HashMap<SignerId, String>, it: &Proposal) -> String {
    let name = it.signer.and_then(|signer| names.get(&signer));
    name.map_or("?", String::as_str).to_owned()
}

/// One on a line.
pub(super) fn line(it: &Proposal, key: &str) -> String {
    format!(
        "{:>6}  {:8}  {}  {} (key {key}): {}",
        it.number.0,
        it.became.name(),
        it.at.day(),
        it.by,
        command(it)
    )
}

/// The command, as it is typed.
pub(super) fn command(it: &Proposal) -> String {
    let typed: Vec<_> = it.command.iter().map(|word| words::typed(word)).collect();
    format!("countersign {}", typed.join(" "))
}
