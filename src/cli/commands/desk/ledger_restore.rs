//! `ledger restore`.

use std::path::PathBuf;

use super::desk_inbox::command;
use super::ledger_verify::edited;
use super::license_revoke::reason;
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::failure::Failure;
use crate::cli::{desk, json, words};
use crate::failure::FailureKind;
use crate::issuer::desk::DeskError;
use crate::issuer::keys::Issuer;
use crate::issuer::restore::{self, PutBack, RestoreError};

/// Put the ledger back from a backup, after verifying all of it
///
/// Also where the ledger is gone or cannot be read any more; a root key of the desk is wanted, which need not lie there (--key). What stands there is kept under another name, and the history
/// says that it was put back, and why. A backup of another desk is refused, and one that lacks what the ledger has.
///
/// What waited for another's approval by the backup is declined, unless nothing is given up: it may have been done since. Machines that were answered since the backup go on. What they were answered, and licenses that were sold since, are known again by `countersign ledger
/// readopt`, from old mails or from what a machine shows. Whoever was removed since has to be removed again, and whoever was certified since certified again.
#[derive(clap::Args)]
pub(crate) struct LedgerRestore {
    /// What `countersign ledger backup` wrote, or a copy of the ledger's file
    #[arg(value_name = "FILE")]
    backup: PathBuf,
    /// Why, for the history
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    reason: Option<String>,
    /// Give up what the ledger has and the backup has not
    #[arg(long)]
    discard_newer: bool,
    #[command(flatten)]
    acting: KeyArgs,
    /// Say what would happen, and change nothing: no key is asked for
    #[arg(long)]
    dry_run: bool,
}

impl Run for LedgerRestore {
    const NAME: &'static str = "restore";
    const ABOUT: &'static str = "Put the ledger back from a backup";

    type Object = json::PutBack;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        desk::check_actor(context)?;
        let desk = desk::place(context)?;
        let why = self.reason.as_deref().map(reason).transpose()?;
        // Whose the desk is, its key shows: a ledger for which another one signs is found out by the first customer.
        let key = match self.dry_run {
            true => None,
            false if !desk.directory().is_dir() => {
                return Err(DeskError::Missing(desk.directory().to_owned()).into());
            }
            false => Some(Issuer::root(self.acting.no_clerks(context, &desk)?)),
        };
        let Context {
            out, environment, ..
        } = context;
        let progress = |done, all| out.progress(format_args!("{done} of {all} events"));
        let put_back = match (&why, &key) {
            (Some(why), Some(key)) => {
                let how = (self.discard_newer, why.as_str());
                let hand = key.hand(environment.by());
                restore::restore(&desk, &self.backup, how, hand, progress)
            }
            _ => restore::look(&desk, &self.backup, progress),
        };
        context.out.progress_done();
        let put_back = put_back.map_err(failed)?;
        if context.out.json {
            let object = json::PutBack {
                restored: !self.dry_run,
                events: put_back.backup.events,
                last: json::Shown(put_back.backup.last),
                lost: put_back.lost,
                root_returns: put_back.root_returns,
                products_behind: put_back.behind.into_iter().map(|it| it.0).collect(),
                proposals_declined: put_back.declined.iter().map(|it| it.number.0).collect(),
                aside: put_back.aside,
            };
            Self::print(context, &object)?;
            return Ok(Exit::DONE);
        }
        say(context, &put_back, self.dry_run);
        Ok(Exit::DONE)
    }
}

fn failed(error: RestoreError) -> anyhow::Error {
    match error {
        RestoreError::Edited(report) => match report.findings.first() {
            Some(first) => edited("the backup", &report, first)
                .hint("take another backup: this one was edited or is damaged")
                .into(),
            None => RestoreError::Edited(report).into(),
        },
        error => {
            let failure = Failure::of(&error.into());
            match failure.kind {
                FailureKind::LedgerForeign | FailureKind::LedgerDamaged => {
                    failure.hint("take another backup")
                }
                _ => failure,
            }
            .into()
        }
    }
}

fn say(context: &mut Context, put_back: &PutBack, dry_run: bool) {
    let (is, was) = match dry_run {
        true => ("would be", "would be kept beside it"),
        false => ("is", "lies beside it"),
    };
    let lost = match put_back.lost {
        Some(0) => "nothing is lost".to_owned(),
        Some(lost) if dry_run => format!(
            "{} that the ledger has would be given up, which has to be said: --discard-newer",
            words::count(lost, "event")
        ),
        Some(lost) => format!("{} given up", words::count(lost, "event")),
        None => "none that could be read stood in its place".to_owned(),
    };
    context.out.say(format_args!(
        "the ledger {is} as the backup has it: {}, the last of {}; {lost}",
        words::count(put_back.backup.events, "event"),
        put_back.backup.last,
    ));
    if let Some(aside) = &put_back.aside {
        context
            .out
            .say(format_args!("what stood there {was}: {}", aside.display()));
    }
    if put_back.root_returns {
        context.out.warn("the backup is of before a root was replaced: by it the root that was dropped signs again; put the new root back as spare.pem, and do the same again before anything else: countersign desk replace-root");
    }
    for it in &put_back.declined {
        context.out.say(format_args!(
            "proposal {} of {} waited by the backup and {is} declined, for it may have been done since: {}; where it was not, propose it again",
            it.number.0,
            it.by,
            command(it)
        ));
    }
    for (id, version) in &put_back.behind {
        context.out.say(format_args!("what was given up had the product {id} in version {version}, which machines may have: countersign product change {id} --shipped FILE takes over the file that was shipped last"));
    }
    if !dry_run && put_back.lost != Some(0) {
        context.out.say("next: countersign desk keys shows who signs by this state; countersign ledger readopt takes back what was answered since, from the mails");
    }
}
