//! `ledger verify`.

use super::{Context, Exit, Run};
use crate::cli::advice::Advice as _;
use crate::cli::failure::Failure;
use crate::cli::{desk, json, words};
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

    type Object = json::VerifiedLedger;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut ledger = desk::place(context)?.ledger()?;
        let report = audit::verify(&mut ledger, |done, all| {
            context.out.progress(format_args!("{done} of {all} events"))
        })?;
        context.out.progress_done();
        if let Some(first) = report.findings.first() {
            for finding in &report.findings {
                context
                    .out
                    .say(format_args!("{}: {finding}", finding.place.name()));
            }
            return Err(edited(&report, first).into());
        }
        let head: String = report
            .head
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if context.out.json {
            let object = json::VerifiedLedger {
                events: report.events,
                answers: report.answers,
                licenses: report.licenses,
                activations: report.activations,
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
        context.out.say("the ledger is as its history has it");
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
            "the ledger is not as its history has it: {}",
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
