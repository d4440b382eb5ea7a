//! `ledger verify`.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Context, Exit, Run};
use crate::cli::advice::Advice as _;
use crate::cli::failure::Failure;
use crate::cli::{desk, handed_over, json, words};
use crate::failure::FailureKind;
use crate::issuer::audit::{self, Finding, Report};
use crate::issuer::ledger::Ledger;
use crate::protocol::checkpoint::{Checkpoint, CheckpointError};
use crate::protocol::note::Hex;

/// Findings that are named in the reason itself; all of them are said before it, and stand in the object of `--json`.
const IN_THE_REASON: usize = 3;

/// Verify the ledger: its chain of history, that every row is as the history has it, and that every answer is signed by whom it says
///
/// It looks at every table, at the indices, triggers and views beside them, and at the file itself, and names each row that is wrong.
/// What it cannot see by itself: whoever may write the database can put it back to an earlier state, or make a new chain over what holds
/// no signature. Against both, keep what `countersign ledger checkpoint` writes in another place, and name it here.
#[derive(clap::Args)]
pub(crate) struct LedgerVerify {
    /// Hold the history against this checkpoint, or all that lie in this directory (repeatable)
    #[arg(long, value_name = "PATH")]
    against: Vec<PathBuf>,
}

impl Run for LedgerVerify {
    const NAME: &'static str = "verify";
    const ABOUT: &'static str = "Verify the ledger and its history";

    type Object = json::VerifiedLedger;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut ledger = desk::place(context)?.ledger()?;
        let checkpoints = named(&mut ledger, &self.against)?;
        let report = verified(context, &mut ledger, &checkpoints)?;
        let head = Hex(&report.head).to_string();
        if context.out.json {
            let object = json::VerifiedLedger {
                events: report.events,
                answers: report.answers,
                licenses: report.licenses,
                activations: report.activations,
                checkpoints: checkpoints.len(),
                head,
            };
            Self::print(context, &object)?;
        } else {
            let rows = [
                ("events", report.events.to_string()),
                ("licenses", report.licenses.to_string()),
                ("activations", report.activations.to_string()),
                ("answers", report.answers.to_string()),
                ("head", head),
            ];
            context.out.table(&rows)?;
        }
        let latest = checkpoints.iter().max_by_key(|it| (it.events, it.made));
        match latest {
            None => context.out.say("the ledger is as its history has it"),
            Some(latest) => context.out.say(format_args!(
                "the ledger is as its history has it, and as {}",
                match checkpoints.len() {
                    1 => format!("the checkpoint of {} has it", latest.made),
                    more => format!("{more} checkpoints have it, the last of {}", latest.made),
                }
            )),
        }
        Ok(Exit::DONE)
    }
}

/// Verifies a ledger; what is wrong is the failure. So does whatever makes a root's or a manager's word of what the ledger says of keys and products.
pub(super) fn verified(
    context: &mut Context,
    ledger: &mut Ledger,
    checkpoints: &[Checkpoint],
) -> anyhow::Result<Report> {
    let report = audit::verify_against(ledger, checkpoints, |done, all| {
        context.out.progress(format_args!("{done} of {all} events"))
    })?;
    context.out.progress_done();
    let Some(first) = report.findings.first() else {
        return Ok(report);
    };
    for finding in &report.findings {
        context
            .out
            .say(format_args!("{}: {finding}", finding.place.words()));
    }
    Err(edited("the ledger", &report, first).into())
}

/// The checkpoints that files, and those in directories, hold. Each file that is named has to be one; in a directory other things may lie.
fn named(ledger: &mut Ledger, paths: &[PathBuf]) -> anyhow::Result<Vec<Checkpoint>> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    // What the desk says of itself is read as it stands: the history vouches for it, and is held against all that is found.
    let keys = ledger.audit(crate::issuer::desk::vendor)?.all_roots();
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(read(path, &keys)?.ok_or_else(|| not_one(path, CheckpointError::NotOne))?);
            continue;
        }
        let before = found.len();
        for file in files_in(path)? {
            // Backups may lie there, too, which need not be read to see that they are none.
            if fs::metadata(&file).is_ok_and(|it| it.len() <= LONGEST) {
                found.extend(read(&file, &keys)?);
            }
        }
        if found.len() == before {
            let message = format!("there is no checkpoint in {}", path.display());
            let failure = Failure::new(FailureKind::BadCheckpoint, message);
            return Err(failure.hint(MAKE_ONE).into());
        }
    }
    Ok(found)
}

/// A checkpoint is some 300 bytes, twice as many in UTF-16, and a vendor's name.
const LONGEST: u64 = 64 * 1024;
const MAKE_ONE: &str =
    "name a file that countersign ledger checkpoint wrote, or a directory in which such lie";

/// Nothing where it is something else.
fn read(path: &Path, keys: &[[u8; 32]]) -> anyhow::Result<Option<Checkpoint>> {
    match Checkpoint::read(&handed_over::text_in_file(path)?, keys) {
        Ok(checkpoint) => Ok(Some(checkpoint)),
        Err(CheckpointError::NotOne) => Ok(None),
        Err(error) => Err(not_one(path, error).into()),
    }
}

fn not_one(path: &Path, error: CheckpointError) -> Failure {
    let message = format!("{}: {error}", path.display());
    Failure::new(FailureKind::BadCheckpoint, message).hint(match error {
        CheckpointError::NotOne => MAKE_ONE,
        CheckpointError::Edited => "take another copy of it: what was edited shows nothing",
        CheckpointError::Foreign => {
            "look whether it is of another desk; where it is of this one, what the ledger says of its keys was edited: find out who can write to it"
        }
    })
}

/// The files of a directory, in the order of their names.
fn files_in(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let unread = |error: std::io::Error| {
        let message = format!("{} could not be read", directory.display());
        Failure::new(FailureKind::NoFile, message)
            .because(error)
            .hint("look at its name, and whether you may read it")
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// `what` is not as its own history has it.
pub(super) fn edited(what: &str, report: &Report, first: &Finding) -> Failure {
    let mut reasons: Vec<String> = report
        .findings
        .iter()
        .take(IN_THE_REASON)
        .map(ToString::to_string)
        .collect();
    let more = report.wrong - reasons.len() as u64;
    if more > 0 {
        reasons.push(format!("and {more} more"));
    }
    let listed = report.findings.iter().map(|it| json::Finding {
        place: it.place.name(),
        kind: it.wrong.name(),
        row: it.row.clone(),
        message: it.to_string(),
        hint: it.advice(),
    });
    Failure::new(
        FailureKind::LedgerEdited,
        format!(
            "{what} is not as its history has it: {}",
            words::count(report.wrong, "finding")
        ),
    )
    .because(reasons.join("; "))
    .hint(first.advice())
    .with(|details| {
        details.findings = Some(listed.collect());
        details.wrong = Some(report.wrong);
    })
}
