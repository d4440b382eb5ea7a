//! `respond`: answer one request code.

use std::num::NonZeroU16;
use std::path::PathBuf;

use super::super::site::respond as loans;
use super::respond_said::{over_since, refused, too_late};
use super::{Context, Exit, Run, respond_batch};
use crate::cli::carried;
use crate::cli::code_input::{self, CodeArgs};
use crate::cli::code_output::{self, CodeOutputArgs, Outgoing};
use crate::cli::contact;
use crate::cli::desk::{self, OpenDesk};
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::letter;
use crate::cli::mail;
use crate::cli::passphrase::PassphraseArgs;
use crate::cli::reply;
use crate::cli::{keys, sold};
use crate::failure::FailureKind;
use crate::issuer::ledger::Ledger;
use crate::issuer::policy::Options;
use crate::issuer::respond::{self, Issuer, Reply, RespondError, Sent};
use crate::protocol::date::Day;
use crate::signing::keys::Entropy;
use crate::text::{Carried, Reading};

/// Answer a request code with a signed response code
///
/// At a site: a workstation that asks for a seat, or gives one back (--until: the last day of the loan). At the desk: requests for activation and for re-validation are answered with a code; a return code frees its seat, and there is nothing to send back. Takes the code, a whole mail, or a file with either. The response stands alone on standard output, once it is safe in the ledger. The same request
/// gets the same response again, for ever, and never a second seat.
#[derive(clap::Args)]
pub(crate) struct Respond {
    #[command(flatten)]
    code: CodeArgs,
    /// Grant this many seats instead of those asked for
    #[arg(long, value_name = "N", value_parser = keys::seats)]
    seats: Option<NonZeroU16>,
    /// Days that the machine goes on without contact after this one answer; 0: for ever
    #[arg(long, value_name = "DAYS", conflicts_with = "until")]
    grace: Option<u16>,
    /// The day until which the machine goes on without contact after this one answer, such as the end of a long trip
    #[arg(long, value_name = "DATE")]
    until: Option<Day>,
    /// Answer although the machine does not hold its latest answer (yellow); four times in 365 days for each place
    #[arg(long, requires = "reason")]
    supersede: bool,
    /// Accept a machine of which a copied disk or image would pass for the same, where its product has such machines held for a clerk
    #[arg(long, requires = "reason")]
    accept_weak: bool,
    /// Accept that a site signs with a new key: it was made anew, or its password was lost
    #[arg(long, requires = "reason")]
    accept_site_key: bool,
    /// Manager: answer although a rule speaks against it (red, moved too often, weakly bound); with a return code: free its seats now, for none of them is lent
    /// or in use
    #[arg(long = "override", requires = "reason")]
    overridden: bool,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// At a site: note whose the loan is, where nothing is noted of it yet
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Say what would be answered and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Answer many: one request code, or one JSON object with a `code`, on each line of FILE or `-`; one JSON object per line comes out, with
    /// what else the line's object holds under `given`. A pipe is read until its
    /// writers have closed it, and waited for until there is one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["words", "dry_run", "note"])]
    batch: Option<PathBuf>,
    #[command(flatten)]
    code_output: CodeOutputArgs,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// What a site made of a code.
enum AtSite {
    /// It was answered there.
    Answered(Exit),
    /// It is for the desk.
    NotForIt(Box<Reading>),
    /// There is none, and nothing was read.
    NoSite,
}

impl Run for Respond {
    const NAME: &'static str = "respond";
    const ABOUT: &'static str = "Answer a request code with a signed response code";

    type Object = json::Replied;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        self.code_output.check()?;
        let read = match self.at_a_site(context)? {
            AtSite::Answered(exit) => return Ok(exit),
            AtSite::NotForIt(reading) => Some(*reading),
            AtSite::NoSite => None,
        };
        let mut desk = desk::open(context).map_err(neither)?;
        if self.note.is_some() {
            let failure = Failure::usage("--note is for a loan, which a site gives");
            return Err(failure.hint("leave it out").into());
        }
        let options = self.options()?;
        let mut entropy = context.environment.entropy()?;
        if let Some(path) = &self.batch {
            if let Some(option) = self.code_output.more_than_the_code() {
                let what = format!("{option} is not for a batch: each of its answers is one line");
                let hint = "leave it out; each line has the whole code in its field code";
                return Err(Failure::usage(what).hint(hint).into());
            }
            let issuer = Issuer::root(desk::signing_key(context, &desk, &self.passphrase)?);
            return respond_batch::run(context, &mut desk, &issuer, &options, path);
        }
        let mut reading = match read {
            Some(reading) => reading,
            None => self.code.read_silently(context, reply::ANSWERED)?,
        };
        code_input::refuse_what_was_not_meant(&reading)?;
        let also = if self.dry_run {
            Vec::new()
        } else {
            code_input::given_back_too(&mut reading)
        };
        carried::tell(context, &reading);
        code_output::read_back(context, &reading.code, (1, 1 + also.len()));
        let sender = mail::sender(&reading, desk.vendor().mail.as_deref());
        let sent = Sent {
            code: &reading.code,
            sender: sender.as_deref(),
        };
        let decided = self.decide(context, &mut desk, sent, &options, &mut entropy)?;
        let reply = match decided {
            Ok(reply) => reply,
            Err(refusal) => {
                return Err(refused(context, &mut desk, &reading.code, &also, refusal)?);
            }
        };
        if self.dry_run {
            return dry_run(context, &reading, &reply);
        }
        let carried = carried::object(&reading, |code| carried::license_of(context, code));
        match &reply {
            Reply::Answer(answer) => {
                let mut object = reply::answer(&context.out, answer, carried);
                let mut letter = letter::response(answer, desk.vendor());
                if let Some(sender) = sender {
                    let contact = letter.to.replace(sender.clone());
                    let contact = contact.as_deref();
                    let other =
                        contact::keep(context, desk.ledger(), answer.key, contact, &sender)?;
                    if let Some(warning) = other {
                        context.out.warn(&warning);
                        object.warnings.push(json::Warning {
                            kind: "other_sender",
                            message: warning,
                            hint: None,
                        });
                    }
                }
                let outgoing = Outgoing {
                    code: &answer.code,
                    also: &[],
                    letter,
                };
                self.code_output
                    .hand_over(context, &outgoing, object, |it| {
                        json::Replied::Answer(Box::new(it))
                    })?;
            }
            Reply::Receipt(receipt) => {
                reply::tell(context, &reply);
                let mut object = reply::receipt(&context.out, receipt, carried);
                take_too(context, desk.ledger(), &also, &mut object)?;
                if context.out.json {
                    Self::print(context, &reply::receipt_alone(object, None, None))?;
                }
            }
        }
        if let Reply::Answer(_) = &reply {
            reply::tell(context, &reply);
        }
        over_since(context, desk.ledger(), &reply)?;
        Ok(Exit::DONE)
    }
}

/// Nothing is sent back for a return code, so all of a text are taken; each by itself, and by no reason that was given for the first.
fn take_too(
    context: &mut Context,
    ledger: &mut Ledger,
    others: &[Carried],
    object: &mut json::Receipt,
) -> anyhow::Result<()> {
    let options = Options::default();
    for (nth, other) in (2..).zip(others) {
        let code = &other.code;
        code_output::read_back(context, code, (nth, 1 + others.len()));
        let by = context.environment.by();
        match respond::take_return(ledger, code, &options, by) {
            Ok(reply) => {
                reply::tell(context, &reply);
                if let Reply::Receipt(receipt) = &reply {
                    object
                        .also
                        .push(reply::receipt(&context.out, receipt, carried::alone(other)));
                }
            }
            Err(refusal) => {
                respond::keep_evidence(ledger, code.into(), &refusal, by)?;
                let asker = respond::asker(ledger, code)?;
                let failure = reply::refusal(context, refusal, asker.as_ref());
                object.warnings.push(carried::not_taken(context, failure));
            }
        }
    }
    Ok(())
}

impl Respond {
    /// What a site answers, where this computer is one: a workstation that asks for a seat, or gives one back. A desk in the same home answers the rest.
    fn at_a_site(&self, context: &mut Context) -> anyhow::Result<AtSite> {
        if self.batch.is_some() || !loans::is_here(context)? {
            return Ok(AtSite::NoSite);
        }
        let kinds = match desk::is_here(context)? {
            true => [loans::ANSWERED, reply::ANSWERED].concat(),
            false => loans::ANSWERED.to_vec(),
        };
        let reading = self.code.read_silently(context, &kinds)?;
        if !loans::ANSWERED.contains(&reading.code.kind()) {
            return Ok(AtSite::NotForIt(Box::new(reading)));
        }
        let how = loans::How {
            until: self.until,
            note: self.note.as_deref(),
            dry_run: self.dry_run,
            code_output: &self.code_output,
            passphrase: &self.passphrase,
        };
        let print = |it| json::Replied::Loan(Box::new(it));
        loans::answer(context, reading, &how, print).map(AtSite::Answered)
    }

    /// The reply, which is safe in the ledger, or the refusal; in a dry run what either would be.
    fn decide(
        &self,
        context: &mut Context,
        desk: &mut OpenDesk,
        sent: Sent<'_>,
        options: &Options,
        entropy: &mut Entropy<'_>,
    ) -> anyhow::Result<Result<Reply, RespondError>> {
        let by = context.environment.by();
        let code = sent.code;
        let decided = if self.dry_run {
            respond::rehearse(desk.ledger(), code, options, by, entropy)
        } else {
            if let Some(reply) = respond::repeated(desk.ledger(), code, by.now.day())? {
                too_late(context, &reply, options);
                return Ok(Ok(reply));
            }
            if let Some(key) = desk::key_without_passphrase(context, desk) {
                // Nobody is asked for anything: rules, signature and record are one transaction.
                let issuer = Issuer::root(key);
                return Ok(respond::respond(
                    desk.ledger(),
                    &issuer,
                    sent,
                    options,
                    by,
                    entropy,
                ));
            }
            // The rules first: whoever is refused is not asked for a passphrase.
            match respond::rehearse(desk.ledger(), code, options, by, entropy) {
                // Nothing is sent back, so nothing is signed.
                Ok(Reply::Receipt(_)) => respond::take_return(desk.ledger(), code, options, by),
                Ok(Reply::Answer(_)) => {
                    let key = desk::signing_key(context, desk, &self.passphrase)?;
                    let by = context.environment.by();
                    let issuer = Issuer::root(key);
                    respond::respond(desk.ledger(), &issuer, sent, options, by, entropy)
                }
                Err(refusal) => {
                    respond::keep_evidence(desk.ledger(), sent, &refusal, by)?;
                    Err(refusal)
                }
            }
        };
        Ok(decided)
    }

    fn options(&self) -> anyhow::Result<Options> {
        let reason = self.reason.as_deref().map(str::trim).map(str::to_owned);
        if reason.as_deref() == Some("") {
            return Err(Failure::usage("setting a rule aside needs a reason")
                .hint("--reason TEXT says why, for the history")
                .into());
        }
        if let Some(reason) = &reason {
            sold::plain("the reason", reason)?;
        }
        let wanted = [
            self.supersede,
            self.accept_weak,
            self.accept_site_key,
            self.overridden,
        ];
        if reason.is_some() && !wanted.contains(&true) {
            let allowed = "--supersede, --accept-weak, --accept-site-key or --override";
            return Err(Failure::usage(format!("a reason is for {allowed}"))
                .hint("see countersign respond --help")
                .into());
        }
        Ok(Options {
            seats: self.seats,
            grace_days: self.grace,
            until: self.until,
            supersede_reason: reason.clone().filter(|_| self.supersede),
            accept_weak_reason: reason.clone().filter(|_| self.accept_weak),
            accept_site_key_reason: reason.clone().filter(|_| self.accept_site_key),
            override_reason: reason.filter(|_| self.overridden),
        })
    }
}

/// There is no desk here, and no site: whoever was sent a code may be either.
fn neither(error: anyhow::Error) -> anyhow::Error {
    let failure = Failure::of(&error);
    if failure.kind != FailureKind::DeskMissing {
        return error;
    }
    let hint = "at a site that lends: `countersign site init`; at a vendor's desk: `countersign desk init`; or name its place with --home";
    failure.hint(hint).into()
}

fn dry_run(context: &mut Context, reading: &Reading, preview: &Reply) -> anyhow::Result<Exit> {
    if context.out.json {
        let object = reply::alone(
            &context.out,
            preview,
            carried::object(reading, |code| carried::license_of(context, code)),
            None,
            true,
            None,
        )?;
        Respond::print(context, &object)?;
    }
    context
        .out
        .say("this is what would be done; nothing was changed:");
    reply::tell(context, preview);
    Ok(Exit::DONE)
}
