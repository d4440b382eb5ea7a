//! `ledger verify`.

use serde_json::json;

use super::{Context, Exit, Run};
use crate::cli::advice::Advice as _;
use crate::cli::failure::Failure;
use crate::cli::{desk, words};
use crate::failure::FailureKind;
use crate::issuer::audit::{self, Finding, Report};

/// Findings that are named in the reason itself; all of them are said before it, and stand in the object of `--json`.
const IN_THE_REASON: usize = 3;

/// Verify the ledger: its chain of history, that every row is as the history has it, and that every answer is signed by whom it says
///
/// It looks at every table, at the indices, triggers and views beside them, and at the file itself, and names each row that is wrong.
/// What it cannot see: whoever may write the database can put it back to an earlier state, or make a new chain over what holds no
/// signature. Keep the head that this prints in another place, and compare: the same ledger has the same head, a longer one had it once
/// (`ledger history --json` tells how many events there are).
#[derive(clap::Args)]
pub(crate) struct LedgerVerify {}

impl Run for LedgerVerify {
    const NAME: &'static str = "verify";
    const ABOUT: &'static str = "Verify the ledger and its history";

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut ledger = desk::place(context)?.ledger()?;
        let out = &mut context.out;
        let report = audit::verify(&mut ledger, |done, all| {
            out.progress(format_args!("{done} of {all} events"))
        })?;
        out.progress_done();
        if let Some(first) = report.findings.first() {
            for finding in &report.findings {
                out.say(format_args!("{}: {finding}", finding.place.name()));
            }
            return Err(edited(&report, first).into());
        }
        let head: String = report
            .head
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if out.json {
            out.object(&json!({
                "events": report.events,
                "answers": report.answers,
                "licenses": report.licenses,
                "activations": report.activations,
                "head": head,
            }))?;
        } else {
            let rows = [
                ("events", report.events.to_string()),
                ("licenses", report.licenses.to_string()),
                ("activations", report.activations.to_string()),
                ("answers", report.answers.to_string()),
                ("head", head),
            ];
            out.lines(words::table(&rows))?;
        }
        out.say("the ledger is as its history has it");
        Ok(Exit::DONE)
    }
}

fn edited(report: &Report, first: &Finding) -> Failure {
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
    let listed: Vec<_> = report
        .findings
        .iter()
        .map(|it| {
            json!({
                "place": it.place.name(),
                "kind": it.wrong.name(),
                "row": it.row,
                "message": it.to_string(),
                "hint": it.advice(),
            })
        })
        .collect();
    Failure::new(
        FailureKind::LedgerEdited,
        format!(
            "the ledger is not as its history has it: {}",
            words::count(report.wrong, "finding")
        ),
    )
    .because(reasons.join("; "))
    .hint(first.advice())
    .with(json!({ "findings": listed, "wrong": report.wrong }))
}
