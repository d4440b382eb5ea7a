//! `ledger import`.

use std::path::PathBuf;

use super::ledger_verify::edited;
use super::license_revoke::reason;
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::failure::Failure;
use crate::cli::{desk, json, words};
use crate::failure::FailureKind;
use crate::issuer::desk::DeskError;
use crate::issuer::keys::Issuer;
use crate::issuer::restore::{self, Doing, RestoreError};
use crate::protocol::note::Hex;

/// Make the ledger of an export, where none stands, after verifying all of it
///
/// It is made with each row as it was, or not at all, and every machine is served as before. A root key of the desk is wanted, which need not lie there
/// (--key). A ledger that stands there is never replaced: `countersign ledger restore` does that, from a backup. Lines that were changed are refused, and
/// an export of another desk.
///
/// Where the desk went on working after the export was written, say so with --reason: then `countersign ledger readopt` takes back what was answered since.
#[derive(clap::Args)]
pub(crate) struct LedgerImport {
    /// What `countersign ledger export` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Why an earlier state is put back, for the history; without it nothing is added
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for LedgerImport {
    const NAME: &'static str = "import";
    const ABOUT: &'static str = "Make the ledger of an export, where none stands";

    type Object = json::ImportedLedger;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        desk::check_actor(context)?;
        let desk = desk::place(context)?;
        let why = self.reason.as_deref().map(reason).transpose()?;
        if !desk.directory().is_dir() {
            return Err(DeskError::Missing(desk.directory().to_owned()).into());
        }
        let key = Issuer::root(self.acting.no_clerks(context, &desk)?);
        let Context {
            out, environment, ..
        } = context;
        let hand = key.hand(environment.by());
        let progress = |doing, done, all| {
            let what = match doing {
                Doing::Reads => "bytes",
                Doing::Verifies => "events",
            };
            out.progress(format_args!("{done} of {all} {what}"));
        };
        let imported = restore::import(&desk, &self.file, why.as_deref(), hand, progress);
        context.out.progress_done();
        let had = imported.map_err(failed)?;
        if context.out.json {
            let object = json::ImportedLedger {
                events: had.events,
                last: json::Shown(had.last),
                head: Hex(&had.head).to_string(),
                noted: why.is_some(),
            };
            Self::print(context, &object)?;
            return Ok(Exit::DONE);
        }
        context.out.say(format_args!(
            "the ledger is as the export has it: {}, the last of {}",
            words::count(had.events, "event"),
            had.last
        ));
        match why {
            Some(_) => context.out.say("next: countersign desk keys shows who signs by this state; countersign ledger readopt takes back what was answered since, from the mails"),
            None => context.out.say("take the old one out of use: two desks with one ledger sell one seat twice"),
        }
        Ok(Exit::DONE)
    }
}

fn failed(error: RestoreError) -> anyhow::Error {
    match error {
        RestoreError::Edited(report) => match report.findings.first() {
            Some(first) => edited("the export", &report, first)
                .hint("take another export: this one was edited")
                .into(),
            None => RestoreError::Edited(report).into(),
        },
        error => {
            let failure = Failure::of(&error.into());
            match failure.kind {
                FailureKind::LedgerExists => failure.hint(
                    "an import replaces nothing: name another place with --home; to put an earlier state back: countersign ledger restore FILE",
                ),
                _ => failure,
            }
            .into()
        }
    }
}
