//! `ledger backup`.

use std::path::PathBuf;

use super::{Context, Exit, Run};
use crate::cli::failure::Failure;
use crate::cli::{desk, json, words};
use crate::failure::FailureKind;
use crate::issuer::restore;
use crate::protocol::note::Hex;

/// Copy the ledger as it stands into a new file, while others go on working
///
/// The copy is one file that only its owner may read. `countersign ledger restore FILE` puts it back. The desk's keys are not in it: they are copied once, when
/// they are made, and kept in another place.
#[derive(clap::Args)]
pub(crate) struct LedgerBackup {
    /// The new file; in a directory it is named by its moment
    #[arg(value_name = "FILE")]
    to: PathBuf,
}

impl Run for LedgerBackup {
    const NAME: &'static str = "backup";
    const ABOUT: &'static str = "Copy the ledger as it stands into a new file";

    type Object = json::BackedUp;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let desk = desk::place(context)?;
        let to = match self.to.is_dir() {
            false => self.to,
            true => {
                let now = context.environment.now().to_string().replace(':', "");
                self.to.join(format!("ledger-{now}.db"))
            }
        };
        let named_as_one = to
            .as_os_str()
            .to_string_lossy()
            .ends_with(std::path::is_separator);
        let directory = if named_as_one {
            Some(to.as_path())
        } else {
            to.parent()
        };
        let directory = directory.filter(|it| !it.as_os_str().is_empty());
        if let Some(directory) = directory.filter(|it| !it.is_dir()) {
            let message = format!("there is no directory {}", directory.display());
            let failure = Failure::new(FailureKind::NoFile, message);
            return Err(failure.hint("make it first, or name another place").into());
        }
        let reached = restore::back_up(&desk, &to).map_err(|error| match error.kind() {
            FailureKind::LedgerExists => {
                let message = format!("there is a file already at {}", to.display());
                let failure = Failure::new(FailureKind::LedgerExists, message);
                failure
                    .hint("name another one: a backup replaces nothing")
                    .into()
            }
            FailureKind::DiskFull => {
                let message = "the disk to which the backup was to go is full";
                let failure = Failure::new(FailureKind::DiskFull, message);
                failure
                    .hint("make room there, or name another place")
                    .into()
            }
            _ => anyhow::Error::from(error),
        })?;
        if context.out.json {
            let object = json::BackedUp {
                file: to,
                events: reached.events,
                last: json::Shown(reached.last),
                head: Hex(&reached.head).to_string(),
            };
            Self::print(context, &object)?;
            return Ok(Exit::DONE);
        }
        context.out.say(format_args!(
            "{} written: {}, the last of {}; the desk's keys are not in it",
            to.display(),
            words::count(reached.events, "event"),
            reached.last
        ));
        Ok(Exit::DONE)
    }
}
