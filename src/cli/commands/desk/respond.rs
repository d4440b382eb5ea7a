//! `respond`: answer the request codes of a text.

use std::path::PathBuf;

use super::super::site::respond as loans;
use super::respond_options::OptionArgs;
use super::respond_text::{self, Asked};
use super::{Context, Exit, Run, respond_batch, respond_handed};
use crate::cli::acting::KeyArgs;
use crate::cli::carried;
use crate::cli::code_input::{self, CodeArgs};
use crate::cli::code_output::CodeOutputArgs;
use crate::cli::desk;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::mail;
use crate::cli::reply;
use crate::failure::FailureKind;
use crate::text::Reading;

/// Answer a request code with a signed response code
///
/// At a site: a workstation that asks for a seat, or gives one back (--until: the last day of the loan). At the desk: requests for activation and for re-validation are answered with a code; a return code frees its seat, and there is nothing to send back. Takes the code, a whole mail, or a file with either. All requests of a text are answered, return codes first: their responses follow each other, and each machine takes its own of the whole. What cannot be answered is
/// named, and where that is some of them it ends with 8; what is quoted, or not seen where the message is read, is named and left. The responses stand alone on standard output, once they are safe in the ledger. The same request gets the same response again, for ever, and never a second seat.
#[derive(clap::Args)]
pub(crate) struct Respond {
    #[command(flatten)]
    code: CodeArgs,
    #[command(flatten)]
    options: OptionArgs,
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
    key: KeyArgs,
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
        let options = self.options.read()?;
        if let Some(path) = &self.batch {
            if let Some(option) = self.code_output.more_than_the_code() {
                let what = format!("{option} is not for a batch: each of its answers is one line");
                let hint = "leave it out; each line has the whole code in its field code";
                return Err(Failure::usage(what).hint(hint).into());
            }
            let issuer = self.key.issuer(context, &mut desk)?;
            return respond_batch::run(context, &mut desk, &issuer, &options, path);
        }
        let reading = match read {
            Some(reading) => reading,
            None => self.code.read_silently(context, reply::ANSWERED)?,
        };
        code_input::refuse_what_was_not_meant(&reading)?;
        let (reading, all) = code_input::all_of(reading, reply::ANSWERED);
        let sender = mail::sender(reading.sender.as_deref(), desk.vendor().mail.as_deref());
        if !self.dry_run && self.code_output.goes_to_who_is_known() && sender.is_none() {
            respond_text::refuse_two_recipients(desk.ledger(), &all)?;
        }
        carried::tell(context, &reading, &all);
        let cases = Asked {
            all,
            sender: sender.as_deref(),
            options: &options,
            key: &self.key,
            dry_run: self.dry_run,
            unattended: false,
        }
        .decide(context, &mut desk)?;
        if self.dry_run {
            return respond_handed::dry_run(context, &reading, cases);
        }
        let (how, sender) = (&self.code_output, sender.as_deref());
        respond_handed::hand_over(context, &mut desk, &reading, cases, how, sender)
    }
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
            until: self.options.until(),
            note: self.note.as_deref(),
            dry_run: self.dry_run,
            code_output: &self.code_output,
            passphrase: &self.key.passphrase,
        };
        let print = |it| json::Replied::Loan(Box::new(it));
        loans::answer(context, reading, &how, print).map(AtSite::Answered)
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
