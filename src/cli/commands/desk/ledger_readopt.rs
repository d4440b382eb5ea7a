//! `ledger readopt`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::desk::OpenDesk;
use crate::cli::failure::Failure;
use crate::cli::{desk, handed_over, json, mail, words};
use crate::failure::FailureKind;
use crate::issuer::history::Change;
use crate::issuer::respond::readopt::{
    self, Found, OfLicense, OfMachine, Readopted, Taken, Unproven, Why,
};
use crate::text::{self, Kind};

/// What is looked for in what is handed over.
const WANTED: [Kind; 5] = [
    Kind::Grant,
    Kind::Activate,
    Kind::Sync,
    Kind::Return,
    Kind::DeskCertificate,
];

/// Take back answers that the ledger lost when it was put back from a backup
///
/// It takes a root or a manager's key.
/// From requests and their answers as they lie in old mails, sent and received, or as a machine prints them by `countersign request held`. A signature of this
/// desk over both is what counts: it restores the license as the answer grants it, the activation and its generation, and the machine goes on by request sync.
/// What was sold since the backup is known again by it, too. No answer gives more seats than the license has; of a license that is known by its answers alone
/// those of one, until `countersign license change KEY --seats N` says how many were sold. Return codes among it are taken. Hand over everything at once, in any
/// order, and again after a change.
#[derive(clap::Args)]
pub(crate) struct LedgerReadopt {
    /// Mails, mailboxes, texts with codes, or directories of such; `-` reads standard input
    #[arg(value_name = "FILE|DIR", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for LedgerReadopt {
    const NAME: &'static str = "readopt";
    const ABOUT: &'static str = "Take back answers that a restored ledger lost";

    type Object = json::Readopted;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut desk = desk::open(context)?;
        let found = found(&self.files, &desk)?;
        if !found.iter().any(|it| it.code.kind() == Kind::Grant) {
            let message = "there is no response code in what was handed over";
            return Err(Failure::new(FailureKind::NoCode, message)
                .hint("hand over the mails that were sent, with the requests that they answer; or what countersign request held prints on the machine")
                .into());
        }
        let acting = self.acting.acting(context, &mut desk, true)?;
        let taken = readopt::readopt(desk.ledger(), found, acting.hand(context))?;
        finish(context, taken)
    }
}

/// All codes of the kinds that are wanted; what has none is passed over.
fn found(files: &[PathBuf], desk: &OpenDesk) -> anyhow::Result<Vec<Found>> {
    let mut found = Vec::new();
    for file in files {
        if file.is_dir() {
            for entry in in_directory(file)? {
                let (_, bytes) = handed_over::in_file(&entry)?;
                codes(&bytes, desk, &mut found);
            }
            continue;
        }
        let (_, bytes) = match file.as_os_str() == "-" {
            true => handed_over::from_stdin()?,
            false => handed_over::in_file(file)?,
        };
        codes(&bytes, desk, &mut found);
    }
    Ok(found)
}

/// The files of a directory, by their names; hidden ones are others'.
fn in_directory(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let unread = |error| {
        Failure::new(
            FailureKind::NoFile,
            format!("{} cannot be read", directory.display()),
        )
        .because(error)
        .hint("look at its name, and whether you may read it")
    };
    let hidden = |it: &PathBuf| {
        it.file_name()
            .and_then(OsStr::to_str)
            .is_some_and(|name| name.starts_with('.'))
    };
    let entries = fs::read_dir(directory).map_err(unread)?;
    let files: Result<Vec<PathBuf>, _> = entries.map(|it| it.map(|it| it.path())).collect();
    let mut files = files.map_err(unread)?;
    files.retain(|it| it.is_file() && !hidden(it));
    files.sort();
    Ok(files)
}

fn codes(bytes: &[u8], desk: &OpenDesk, found: &mut Vec<Found>) {
    for mail in text::mails(bytes) {
        let Ok(reading) = text::read_bytes(mail, &WANTED) else {
            continue;
        };
        let sender = mail::sender(reading.sender.as_deref(), desk.vendor().mail.as_deref());
        for code in reading.codes().filter(|it| WANTED.contains(&it.kind())) {
            let one = Found {
                code: code.clone(),
                sender: sender.clone(),
            };
            // What is quoted in a mail stands in the one that it quotes as well.
            if !found.iter().rev().take(64).any(|it| it.code == one.code) {
                found.push(one);
            }
        }
    }
}

/// Says what became of each; where it is only one that could not be taken back, that is what is wrong.
fn finish(context: &mut Context, mut taken: Taken) -> anyhow::Result<Exit> {
    let is_only = taken.machines.len() + taken.unproven.len() == 1;
    if is_only && let Some(unproven) = taken.unproven.pop() {
        return Err(unproven_failure(&unproven).into());
    }
    if is_only
        && taken.machines.iter().all(|it| it.result.is_err())
        && let Some(OfMachine {
            result: Err(error),
            key,
            activation,
            ..
        }) = taken.machines.pop()
    {
        let failure = Failure::of(&error.into());
        return Err(failure
            .with(|details| {
                details.license_key = Some(json::Shown(key));
                details.activation = Some(json::Shown(activation));
            })
            .into());
    }
    let machines: Vec<json::MachineTakenBack> = taken.machines.into_iter().map(machine).collect();
    let unproven = taken.unproven.iter();
    let unproven: Vec<json::NotTakenBack> = unproven
        .map(|it| not_taken(&unproven_failure(it), Some(text::phrase(&it.code))))
        .collect();
    let failed = machines.iter().filter(|it| it.error.is_some()).count() + unproven.len();
    let exit = match failed {
        0 => Exit::DONE,
        _ => Exit::BATCH_PARTLY,
    };
    if context.out.json {
        let object = json::Readopted {
            machines,
            unproven,
            returned: taken.returned as u64,
        };
        LedgerReadopt::print(context, &object)?;
        return Ok(exit);
    }
    let answers: u64 = machines.iter().map(|it| it.answers).sum();
    for it in &machines {
        tell(context, it)?;
    }
    for it in &unproven {
        let phrase = it.phrase.as_deref().unwrap_or_default();
        context
            .out
            .warn(format_args!("response code {phrase}: {}", it.message));
        context.out.advise(&it.hint);
    }
    if taken.returned > 0 {
        let returned = words::count(taken.returned as u64, "return code");
        context.out.say(format_args!("{returned} taken"));
    }
    let of = words::count(machines.len() as u64, "machine");
    let said = words::count(answers, "answer");
    context.out.say(match failed {
        0 => format!("{said} taken back, of {of}: each goes on by countersign request sync"),
        _ => format!("{said} taken back, of {of}; not taken back: {failed}, as said above"),
    });
    Ok(exit)
}

fn machine(it: OfMachine) -> json::MachineTakenBack {
    let (answers, generation, license, changes, error) = match it.result {
        Ok(Readopted {
            answers,
            generation,
            license,
        }) => {
            let (license, changes) = match license {
                OfLicense::Known => ("known", Vec::new()),
                OfLicense::New => ("new", Vec::new()),
                OfLicense::Changed(changes) => ("changed", changes),
            };
            (
                answers as u64,
                Some(generation),
                Some(license),
                changes,
                None,
            )
        }
        Err(error) => {
            let failure = Failure::of(&error.into());
            (0, None, None, Vec::new(), Some(not_taken(&failure, None)))
        }
    };
    json::MachineTakenBack {
        license_key: json::Shown(it.key),
        activation: json::Shown(it.activation),
        issued: json::Shown(it.issued),
        answers,
        generation,
        license,
        changes: changes.iter().map(Change::to_string).collect(),
        error,
    }
}

fn tell(context: &mut Context, it: &json::MachineTakenBack) -> anyhow::Result<()> {
    let (activation, key) = (&it.activation.0, &it.license_key.0);
    if let Some(error) = &it.error {
        context
            .out
            .warn(format_args!("{activation} of {key}: {}", error.message));
        context.out.advise(&error.hint);
        return Ok(());
    }
    let generation = it.generation.unwrap_or_default();
    let what = match (it.answers, it.license) {
        (0, _) => "known already".to_owned(),
        (_, Some("new")) => {
            format!(
                "taken back, generation {generation}; the license is new here: say whose it is, and how many seats were sold"
            )
        }
        (_, Some("changed")) => format!(
            "taken back, generation {generation}; the license is as the answer has it: {}",
            words::list(&it.changes)
        ),
        _ => format!("taken back, generation {generation}"),
    };
    context
        .out
        .line(format_args!("{activation}  {key}  {what}"))
}

fn unproven_failure(it: &Unproven) -> Failure {
    match it.why {
        Why::Malformed => Failure::new(
            FailureKind::Malformed,
            "another version of the program made this answer",
        )
        .hint("use the program that this desk had then, or a newer one"),
        Why::NoRequest => Failure::new(
            FailureKind::OtherRequest,
            "the request that it answers is not among what was handed over",
        )
        .hint("hand over the mail that the request came in as well; or what countersign request held prints on the machine"),
        Why::NotSigned => Failure::new(
            FailureKind::NotTrusted,
            "no key of this desk signed it for what was handed over",
        )
        .hint("hand over the earlier requests and answers of that machine as well, and the certificates (DESK1) that were sent with them; or have it activate anew: countersign request activate KEY --new"),
    }
}

fn not_taken(failure: &Failure, phrase: Option<String>) -> json::NotTakenBack {
    json::NotTakenBack {
        phrase,
        kind: json::Named(failure.kind),
        message: failure.message.clone(),
        hint: failure.hint.clone(),
    }
}
