//! `ledger backup`.

use std::path::{Path, PathBuf};

use super::{Context, Exit, Run};
use crate::cli::failure::Failure;
use crate::cli::{desk, json, words};
use crate::failure::FailureKind;
use crate::issuer::desk::DeskError;
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
        let to = new_file(context, self.to, "db")?;
        let reached =
            restore::back_up(&desk, &to).map_err(|error| not_made(error, &to, ("a", "backup")))?;
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

/// The new file that is to hold a ledger: in a directory it is named by its moment.
pub(super) fn new_file(
    context: &Context,
    named: PathBuf,
    ending: &str,
) -> Result<PathBuf, Failure> {
    let to = match named.is_dir() {
        false => named,
        true => {
            let now = context.environment.now().to_string().replace(':', "");
            named.join(format!("ledger-{now}.{ending}"))
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
    match directory.filter(|it| !it.is_dir()) {
        Some(directory) => {
            let message = format!("there is no directory {}", directory.display());
            let failure = Failure::new(FailureKind::NoFile, message);
            Err(failure.hint("make it first, or name another place"))
        }
        None => Ok(to),
    }
}

/// Why it was not written; `what` it is.
pub(super) fn not_made(error: DeskError, to: &Path, (a, what): (&str, &str)) -> anyhow::Error {
    match error.kind() {
        FailureKind::LedgerExists => {
            let message = format!("there is a file already at {}", to.display());
            let failure = Failure::new(FailureKind::LedgerExists, message);
            failure
                .hint(format!("name another one: {a} {what} replaces nothing"))
                .into()
        }
        FailureKind::DiskFull => {
            let message = format!("the disk to which the {what} was to go is full");
            let failure = Failure::new(FailureKind::DiskFull, message);
            failure
                .hint("make room there, or name another place")
                .into()
        }
        _ => anyhow::Error::from(error),
    }
}
