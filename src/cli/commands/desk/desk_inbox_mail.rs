//! Mails of the inbox: a person looks at one, and has just what it asks answered, or declines it.

use super::desk_answer_kept::{self as kept, Of};
use super::respond_handed;
use super::respond_text::{Asked, Case};
use super::{Context, Exit};
use crate::cli::acting::KeyArgs;
use crate::cli::desk::{self, OpenDesk};
use crate::cli::failure::Failure;
use crate::cli::json::{self, AnsweredMail};
use crate::cli::words;
use crate::failure::FailureKind;
use crate::issuer::ledger::{Mail, MailId, MailState};
use crate::issuer::mails;
use crate::issuer::policy::Options;
use crate::issuer::respond::{self, Reply};

/// A mail of the inbox, whatever became of it.
///
/// # Errors
/// `unknown_proposal`, or what the ledger says.
pub(super) fn of(desk: &mut OpenDesk, id: MailId) -> anyhow::Result<Mail> {
    let found = mails::of_inbox(desk.ledger(), id)?;
    found.ok_or_else(|| {
        let message = format!("no mail in the inbox is M-{}", id.0);
        let hint = "`countersign desk inbox list --all` shows them and what became of them";
        Failure::new(FailureKind::UnknownProposal, message)
            .hint(hint)
            .into()
    })
}

/// One that waits.
fn waiting(desk: &mut OpenDesk, id: MailId) -> anyhow::Result<Mail> {
    let mail = of(desk, id)?;
    match mail.state {
        MailState::Waiting => Ok(mail),
        state => Err(decided(id, state).into()),
    }
}

fn decided(id: MailId, state: MailState) -> Failure {
    let message = format!("mail M-{} was {} before", id.0, state.name());
    let hint = "`countersign desk inbox list --all` shows what became of each";
    Failure::new(FailureKind::ProposalDecided, message).hint(hint)
}

/// For scripts.
pub(super) fn object(mail: &Mail) -> json::HeldMail {
    let codes = kept::codes_in(&mail.asks);
    let requests = codes.iter().map(|it| kept::request(&it.code, "waiting"));
    json::HeldMail::of(mail, requests.collect())
}

/// One line for the list.
pub(super) fn line(mail: &Mail) -> String {
    let from = mail.sender.as_deref().unwrap_or("nobody that is known");
    format!(
        "{:>6}  {:8}  {}  {from}: {}",
        json::name(mail),
        mail.state.name(),
        mail.at.day(),
        mail.said
    )
}

/// All of it for people, with what would become of each request now.
pub(super) fn show(context: &mut Context, desk: &mut OpenDesk, mail: &Mail) -> anyhow::Result<()> {
    let name = json::name(mail);
    let state = match &mail.decided {
        Some(it) if mail.state != MailState::Waiting => {
            let note = it
                .note
                .as_ref()
                .map_or_else(String::new, |it| format!(": {it}"));
            format!("{} by {}, {}{note}", mail.state.name(), it.by, it.at.day())
        }
        _ => "waits for a person".to_owned(),
    };
    context.out.table(&[
        ("mail", name.clone()),
        ("state", state),
        ("received", words::minute(mail.at)),
        ("from", words::or_none(mail.sender.as_ref())),
        ("subject", words::or_none(mail.subject.as_ref())),
        ("why it waits", mail.said.clone()),
    ])?;
    for one in kept::codes_in(&mail.asks) {
        let by = context.environment.by();
        let would = respond::rehearse(desk.ledger(), &one.code, &Options::default(), by);
        let asker = respond::asker(desk.ledger(), &one.code).ok().flatten();
        let whose = asker.map_or_else(String::new, |it| {
            let terms = &it.order.terms;
            let contact = words::or_none(terms.contact.as_ref());
            format!(
                " for {}, contact {contact}, license {}",
                terms.customer, it.key
            )
        });
        let (said, hint) = match would {
            Ok(Reply::Answer(_)) => ("would be answered".to_owned(), None),
            Ok(Reply::Receipt(_)) => ("would be taken".to_owned(), None),
            Err(refusal) => {
                let failure = Failure::of(&refusal.into());
                (failure.message, Some(failure.hint))
            }
        };
        let named = crate::cli::carried::name(&one.code, None);
        context.out.line(format_args!("{named}{whose}: {said}"))?;
        if let Some(hint) = hint {
            context.out.advise(&hint);
        }
    }
    if mail.state == MailState::Waiting {
        context.out.say(format_args!("next: countersign desk inbox approve {name}, with --supersede, --accept-weak or --override and --reason where that is what it takes; or countersign desk inbox decline {name}"));
    }
    Ok(())
}

/// Answers what a mail asks, and nothing else.
pub(super) fn approve(
    context: &mut Context,
    id: MailId,
    (options, key, to): (&Options, &KeyArgs, Option<&str>),
) -> anyhow::Result<(AnsweredMail, Exit)> {
    let mut desk = desk::open(context)?;
    kept::own_address(&desk)?;
    let mail = waiting(&mut desk, id)?;
    let name = json::name(&mail);
    let to = to.or(mail.sender.as_deref()).ok_or_else(|| {
        Failure::usage(format!(
            "mail {name} has no sender to whom an answer could go"
        ))
        .hint("say --to ADDRESS")
    })?;
    let cases = Asked {
        all: kept::codes_in(&mail.asks),
        sender: mail.sender.as_deref(),
        options,
        key,
        dry_run: false,
        unattended: true,
    }
    .decide(context, &mut desk)?;
    let cases = respond_handed::none_is_an_error(context, cases)?;
    let of = Of {
        digest: &mail.digest,
        thread: &mail.thread,
        asks: &mail.asks,
        to,
    };
    let letter = kept::compose(context, &desk, &of, (&cases, &[]))?;
    let (back, said) = letter.map(|it| (it.back, it.said)).unzip();
    let left: Vec<&Case> = cases.iter().filter(|it| it.told.is_err()).collect();
    let asks = match left.is_empty() {
        true => None,
        false => Some(kept::asks(left.iter().map(|it| &it.carried.code))?),
    };
    let by = context.environment.by();
    let still = mails::decide(
        desk.ledger(),
        id,
        (MailState::Approved, asks),
        (by, None),
        said.as_ref(),
        || back.as_ref().map_or(Ok(()), kept::Back::lay_down),
    )?;
    if !still {
        let now = self::of(&mut desk, id)?;
        return Err(decided(id, now.state).into());
    }
    let message = match &back {
        Some(back) => format!(
            "a mail to {to} lies in the outbox: {}",
            back.path().display()
        ),
        None => "taken: there is nothing to send back".to_owned(),
    };
    let exit = match left.is_empty() {
        true => Exit::DONE,
        false => Exit::BATCH_PARTLY,
    };
    let object = AnsweredMail {
        became: "answered",
        why: None,
        message,
        inbox: (!left.is_empty()).then_some(name),
        to: back.as_ref().map(|_| to.to_owned()),
        mail: back.map(|it| it.path()),
        requests: cases.iter().map(kept::decided).collect(),
    };
    Ok((object, exit))
}

/// Declines a mail: nothing goes back.
pub(super) fn decline(
    context: &mut Context,
    id: MailId,
    note: Option<String>,
) -> anyhow::Result<()> {
    let mut desk = desk::open(context)?;
    waiting(&mut desk, id)?;
    let by = context.environment.by();
    let still = mails::decide::<anyhow::Error>(
        desk.ledger(),
        id,
        (MailState::Declined, None),
        (by, note),
        None,
        || Ok(()),
    )?;
    match still {
        true => Ok(()),
        false => Err(decided(id, MailState::Declined).into()),
    }
}
