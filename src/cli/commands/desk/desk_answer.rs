//! `desk answer`: one mail is answered unattended, as a mail system hands it over.

use super::desk_answer_kept::{self as kept, Held, Of};
use super::desk_answer_read::{Incoming, Nothing, read};
use super::respond_text::{Asked, Case};
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::desk::{self, OpenDesk};
use crate::cli::failure::Failure;
use crate::cli::json::{self, AnsweredMail};
use crate::cli::mail::Mailbox;
use crate::cli::{carried, code_input, letter};
use crate::failure::FailureKind;
use crate::issuer::ledger::{Mail, MailState};
use crate::issuer::mails::{self, Became, Fate, MOST_REQUESTS};
use crate::issuer::policy::Options;
use crate::issuer::respond;
use crate::text::{Carried, Standing};

/// Answer the mail on standard input unattended: for procmail, maildrop, sieve and fetchmail
///
/// What is routine is answered by a mail in the outbox of the desk, which a program of yours sends; the rest waits in the inbox (`desk inbox`). The same mail again is not answered again. Mails that programs wrote, or that came by a list, are never answered; nothing is promised to whoever knows no key. It signs with a clerk's key, and ends with 0, or with 75 where the mail is to be handed over again later: no mail is ever sent back to its sender.
#[derive(clap::Args)]
pub(crate) struct DeskAnswer {
    /// Answer no mail but those of the contact of the license; others wait
    #[arg(long)]
    only_contact: bool,
    #[command(flatten)]
    key: KeyArgs,
}

impl Run for DeskAnswer {
    const NAME: &'static str = "answer";
    const ABOUT: &'static str = "Answer the mail on standard input unattended, as a mail filter";

    type Object = AnsweredMail;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        context.no_input = true;
        let mut desk = desk::open(context)?;
        let own = kept::own_address(&desk)?.address;
        let key = self.key.unattended();
        let object = match read(context, &own)? {
            Err(Nothing(became, why, message)) => nothing(became, why, message),
            Ok(read) => Answering {
                only_contact: self.only_contact,
                key: &key,
                desk: &mut desk,
            }
            .answer(context, read)?,
        };
        context.out.say(&object.message);
        if context.out.json {
            Self::print(context, &object)?;
        }
        Ok(Exit::DONE)
    }
}

fn nothing(became: &'static str, why: &str, message: &str) -> AnsweredMail {
    AnsweredMail {
        became,
        why: Some(why.to_owned()),
        message: message.to_owned(),
        inbox: None,
        to: None,
        mail: None,
        requests: Vec::new(),
    }
}

/// What a mail is answered with.
struct Answering<'a> {
    only_contact: bool,
    key: &'a KeyArgs,
    desk: &'a mut OpenDesk,
}

impl Answering<'_> {
    fn answer(mut self, context: &mut Context, read: Incoming) -> anyhow::Result<AnsweredMail> {
        if let Some(known) = mails::known(self.desk.ledger(), &read.mail.digest)? {
            return Ok(before(&known));
        }
        let (routine, mut held) = match self.as_a_whole(context, &read)? {
            Ok(Some((why, said))) => (Vec::new(), hold_all(&read.all, why, &said)),
            Ok(None) => self.by_whom(context, &read)?,
            Err(Nothing(became, why, message)) => return Ok(nothing(became, why, message)),
        };
        carried::tell(context, &read.reading, &read.all);
        let cases = match routine.is_empty() {
            true => Vec::new(),
            false => Asked {
                all: routine,
                sender: read.sender.as_deref(),
                options: &Options::default(),
                key: self.key,
                dry_run: false,
                unattended: true,
            }
            .decide(context, self.desk)?,
        };
        kept::keep_names(context, self.desk, &read.reading, &cases)?;
        let mut requests: Vec<_> = cases.iter().map(kept::decided).collect();
        requests.extend(
            held.iter()
                .map(|it| kept::request(&it.carried.code, "held")),
        );
        for case in &cases {
            if let Err(failure) = &case.told
                && letter::final_why(failure.kind).is_none()
            {
                held.push(Held {
                    carried: case.carried.clone(),
                    why: failure.kind.name().to_owned(),
                    said: failure.message.clone(),
                });
            }
        }
        self.settle(context, read, (cases, held), requests)
    }

    /// Why no part of a mail is answered by itself; `Err` where nobody has to look at it either.
    fn as_a_whole(
        &mut self,
        context: &Context,
        read: &Incoming,
    ) -> anyhow::Result<Result<Option<(&'static str, String)>, Nothing>> {
        let why = match (read.envelope.automatic, read.reading.standing) {
            (Some(it), _) => (
                it.name(),
                "a program sent it, or a list: it is not answered unasked".to_owned(),
            ),
            (None, _) if read.all.len() > MOST_REQUESTS => (
                "many",
                "it has more requests than are answered unasked".to_owned(),
            ),
            (None, Standing::Quoted) => (
                "quoted",
                "the request is quoted, and nobody wrote it".to_owned(),
            ),
            (None, _) => match code_input::refuse_what_was_not_meant(&read.reading) {
                Ok(()) if read.sender.is_some() => return Ok(Ok(None)),
                Ok(()) => (
                    "no_sender",
                    "it has no sender to whom an answer could go".to_owned(),
                ),
                Err(error) => {
                    let failure = Failure::of(&error);
                    (failure.kind.name(), failure.message)
                }
            },
        };
        let today = context.environment.now().day();
        for one in &read.all {
            let known = respond::repeated(self.desk.ledger(), &one.code, today);
            if !matches!(known, Ok(Some(_))) {
                return Ok(Ok(Some(why)));
            }
        }
        let said =
            "what it asks was answered before, and it is none that is answered: it is for people";
        Ok(Err(Nothing("left", why.0, said)))
    }

    /// What is answered, and what waits because somebody else than the contact of its license sent it.
    fn by_whom(
        &mut self,
        context: &Context,
        read: &Incoming,
    ) -> anyhow::Result<(Vec<Carried>, Vec<Held>)> {
        let ledger = self.desk.ledger();
        let today = context.environment.now().day();
        let sender = read.sender.as_deref();
        let guessed = mails::are_guessed(ledger, sender, today)?;
        let (mut routine, mut held) = (Vec::new(), Vec::new());
        for one in &read.all {
            let asker = match self.only_contact || guessed {
                true => respond::asker(ledger, &one.code).ok().flatten(),
                false => None,
            };
            let contact = asker.as_ref().map(|it| it.order.terms.contact.as_deref());
            match contact {
                Some(contact) if !is_of(contact, sender) => held.push(Held {
                    carried: one.clone(),
                    why: "not_contact".to_owned(),
                    said: "somebody else sent it than the contact of the license".to_owned(),
                }),
                _ => routine.push(one.clone()),
            }
        }
        Ok((routine, held))
    }

    /// Mails and keeps what was decided.
    fn settle(
        mut self,
        context: &mut Context,
        read: Incoming,
        (cases, held): (Vec<Case>, Vec<Held>),
        requests: Vec<json::RequestOfMail>,
    ) -> anyhow::Result<AnsweredMail> {
        let mut mail = read.mail;
        let day = mail.at.day();
        let done = cases.iter().any(|it| it.told.is_ok());
        let right = |it: &Case| {
            it.told
                .as_ref()
                .is_err_and(|it| it.kind != FailureKind::UnknownKey)
        };
        let all_asks = mail.asks.clone();
        // Whoever knows no key of ours, and is nobody's contact, is told nothing.
        let told = done
            || cases.iter().any(right)
            || (!cases.is_empty() && self.is_a_contact(read.sender.as_deref())?);
        if let Some(first) = held.first() {
            mail.state = MailState::Waiting;
            mail.why.clone_from(&first.why);
            mail.said.clone_from(&first.said);
            mail.asks = kept::asks(held.iter().map(|it| &it.carried.code))?;
        } else if !done && !told {
            if !mails::is_shown(self.desk.ledger(), day)? {
                let said = "its key was never sold, as those of others today: it is counted";
                return Ok(AnsweredMail {
                    requests,
                    ..nothing("counted", FailureKind::UnknownKey.name(), said)
                });
            }
            mail.state = MailState::Waiting;
            FailureKind::UnknownKey.name().clone_into(&mut mail.why);
            "no license with its key was sold by this desk".clone_into(&mut mail.said);
        } else if !done {
            mail.state = MailState::Refused;
        }
        let (digest, thread) = (mail.digest, mail.thread.clone());
        let letter = match read.sender.as_deref().filter(|_| told) {
            Some(to) => {
                let of = Of {
                    digest: &digest,
                    thread: &thread,
                    asks: &all_asks,
                    to,
                };
                kept::compose(context, self.desk, &of, (&cases, &held))?
            }
            None => None,
        };
        let (back, said) = letter.map(|it| (it.back, it.said)).unzip();
        let fate = Fate {
            mail,
            letter: said,
            lies_there: back.as_ref().is_some_and(kept::Back::lies_there),
        };
        let became = mails::keep(self.desk.ledger(), fate, || match &back {
            Some(back) => back.lay_down(),
            None => Ok(()),
        })?;
        Ok(match became {
            Became::Before(known) => before(&known),
            Became::Full => AnsweredMail {
                requests,
                ..nothing(
                    "left",
                    "inbox_full",
                    "it would wait, and the inbox is full: it is for people",
                )
            },
            Became::Kept(mail, mailed) => {
                let back = back.filter(|_| mailed);
                object(&mail, back.zip(read.sender), requests)
            }
        })
    }

    /// Whether an address is that of some license's contact; only looked up where nothing else speaks for its mail.
    fn is_a_contact(&mut self, sender: Option<&str>) -> anyhow::Result<bool> {
        let Some(sender) = sender else {
            return Ok(false);
        };
        let contacts = mails::contacts_with(self.desk.ledger(), sender)?;
        let mut contacts = contacts.iter();
        Ok(contacts.any(|it| is_of(Some(it), Some(sender))))
    }
}

fn hold_all(all: &[Carried], why: &str, said: &str) -> Vec<Held> {
    let held = all.iter().map(|one| Held {
        carried: one.clone(),
        why: why.to_owned(),
        said: said.to_owned(),
    });
    held.collect()
}

/// Whether a contact has this address.
fn is_of(contact: Option<&str>, sender: Option<&str>) -> bool {
    let contact = contact.and_then(|it| Mailbox::parse(it).ok());
    let address = contact.map(|it| it.address.to_lowercase());
    address.is_some() && address == sender.map(str::to_lowercase)
}

/// A mail that was read before.
fn before(known: &Mail) -> AnsweredMail {
    let waits = known.state == MailState::Waiting;
    AnsweredMail {
        inbox: waits.then(|| json::name(known)),
        ..nothing(
            "before",
            known.state.name(),
            "it was read before, and is not answered again",
        )
    }
}

fn object(
    mail: &Mail,
    back: Option<(kept::Back, String)>,
    requests: Vec<json::RequestOfMail>,
) -> AnsweredMail {
    let sent = back.as_ref().map(|(back, to)| {
        format!(
            "a mail to {to} lies in the outbox: {}",
            back.path().display()
        )
    });
    let (became, message) = match mail.state {
        MailState::Waiting => {
            let name = json::name(mail);
            let also = sent.map_or_else(String::new, |it| format!("; {it}"));
            (
                "held",
                format!("it waits in the inbox as {name}: {}{also}", mail.said),
            )
        }
        MailState::Refused => ("refused", sent.unwrap_or_default()),
        MailState::Quiet => ("quiet", format!("nothing is mailed: {}", mail.said)),
        _ => (
            "answered",
            sent.unwrap_or_else(|| "taken: there is nothing to send back".to_owned()),
        ),
    };
    AnsweredMail {
        became,
        why: Some(mail.why.clone()).filter(|it| !it.is_empty()),
        message,
        inbox: (became == "held").then(|| json::name(mail)),
        to: back.as_ref().map(|(_, to)| to.clone()),
        mail: back.map(|(back, _)| back.path()),
        requests,
    }
}
