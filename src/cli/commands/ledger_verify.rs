//! `ledger verify`.

use serde_json::json;

use super::{Context, Exit, Run};
use crate::cli::failure::Failure;
use crate::cli::{desk, words};
use crate::issuer::history;

/// Verify the ledger: its chain of history, and that every row is as the history has it
///
/// Whoever edits the database can make a new chain: keep the head that this prints elsewhere, and compare.
#[derive(clap::Args)]
pub(crate) struct LedgerVerify {}

impl Run for LedgerVerify {
    const NAME: &'static str = "verify";
    const ABOUT: &'static str = "Verify the ledger and its history";

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut desk = desk::open(context)?;
        let out = &mut context.out;
        let report = history::verify(desk.ledger(), |done, all| {
            out.progress(format_args!("{done} of {all} events"))
        })?;
        out.progress_done();
        let head: String = report
            .head
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if !report.findings.is_empty() {
            let findings: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
            let first = findings
                .iter()
                .take(3)
                .cloned()
                .collect::<Vec<_>>()
                .join("; ");
            return Err(Failure::new(
                Exit::NOT_TRUSTED,
                "ledger_edited",
                format!(
                    "the ledger is not as its history has it: {}",
                    words::count(findings.len() as u64, "row")
                ),
            )
            .because(first)
            .hint("restore a backup made before, and find out who can write to this ledger")
            .into());
        }
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
