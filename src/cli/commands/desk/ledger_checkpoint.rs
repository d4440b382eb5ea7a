//! `ledger checkpoint`.

use std::path::PathBuf;

use super::ledger_verify::verified;
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::{desk, files, json, words};
use crate::protocol::checkpoint::Checkpoint;
use crate::protocol::note::Hex;

/// Verify the ledger and write how far its history goes, signed by the desk's key
///
/// Kept in another place it shows later, by `countersign ledger verify --against FILE`, whether the ledger was put back to an earlier state, or its history
/// was made anew: that the ledger alone cannot show. It holds the vendor's name, the number of events, the end of their chain and the moment, and
/// nothing of any customer: it may be mailed, printed, or kept where the ledger's own keepers cannot write.
#[derive(clap::Args)]
pub(crate) struct LedgerCheckpoint {
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for LedgerCheckpoint {
    const NAME: &'static str = "checkpoint";
    const ABOUT: &'static str = "Write how far the history goes, signed";

    type Object = json::CheckpointMade;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut desk = desk::open(context)?;
        let root = self.acting.root(context, &desk)?;
        // What does not hold is not vouched for.
        let report = verified(context, desk.ledger(), &[])?;
        let checkpoint = Checkpoint {
            vendor: desk.vendor().name.clone(),
            events: report.events,
            head: report.head,
            made: context.environment.now(),
        };
        let file = checkpoint.to_file(&root.public(), |text| root.sign(text))?;
        if let Some(path) = &self.output {
            files::write(path, file.as_bytes())?;
        }
        if context.out.json {
            let object = json::CheckpointMade {
                events: checkpoint.events,
                head: Hex(&checkpoint.head).to_string(),
                made: json::Shown(checkpoint.made),
                file: self.output,
                checkpoint: file,
            };
            Self::print(context, &object)?;
        } else if let Some(path) = self.output {
            context.out.say(format_args!(
                "{} written, over {}: keep it where nobody who can write to the ledger can write",
                path.display(),
                words::count(checkpoint.events, "event")
            ));
        } else {
            context.out.raw(&file)?;
        }
        Ok(Exit::DONE)
    }
}
