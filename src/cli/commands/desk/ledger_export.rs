//! `ledger export`.

use std::path::PathBuf;

use super::ledger_backup::{new_file, not_made};
use super::{Context, Exit, Run};
use crate::cli::{desk, json, words};
use crate::issuer::restore;
use crate::protocol::note::Hex;

/// Write the whole ledger as lines of JSON into a new file, while others go on working
///
/// Each row of each table is a line, in an order and a spelling that are always the same: other programs read it, two of them can be compared, and
/// `countersign ledger import FILE` makes the same ledger of it. The lines are described in schema/json.schema.json, as ledger-export-line. Only its
/// owner may read the file: it holds license keys, customers with their addresses, and codes as they were sent. The desk's keys are not in it.
#[derive(clap::Args)]
pub(crate) struct LedgerExport {
    /// The new file; in a directory it is named by its moment
    #[arg(value_name = "FILE")]
    to: PathBuf,
}

impl Run for LedgerExport {
    const NAME: &'static str = "export";
    const ABOUT: &'static str = "Write the whole ledger as lines of JSON";

    type Object = json::ExportedLedger;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let desk = desk::place(context)?;
        let to = new_file(context, self.to, "jsonl")?;
        let out = &mut context.out;
        let exported = restore::export(&desk, &to, |rows| {
            out.progress(format_args!("{rows} rows"));
        });
        out.progress_done();
        let exported = exported.map_err(|error| not_made(error, &to, ("an", "export")))?;
        let reached = exported.reached;
        if context.out.json {
            let object = json::ExportedLedger {
                file: to,
                rows: exported.rows,
                events: reached.events,
                last: json::Shown(reached.last),
                head: Hex(&reached.head).to_string(),
            };
            Self::print(context, &object)?;
            return Ok(Exit::DONE);
        }
        context.out.say(format_args!(
            "{} written: {}, {} of them events, the last of {}; it holds license keys and customers with their addresses: keep it as you keep the ledger; the desk's keys are not in it",
            to.display(),
            words::count(exported.rows, "row"),
            reached.events,
            reached.last
        ));
        Ok(Exit::DONE)
    }
}
