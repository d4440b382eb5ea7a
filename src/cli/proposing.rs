//! What somebody may not do alone is kept as a proposal, and done when another approves it.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::Context;
use super::desk::OpenDesk;
use super::failure::Failure;
use crate::failure::FailureKind;
use crate::issuer::approvals::{self, ApprovalError, Wanted};
use crate::issuer::keys::Issuer;
use crate::issuer::life::LifeError;
use crate::issuer::products::CatalogueError;
use crate::text::Code;

/// What is no part of what is proposed: who does it, with what, and how it is shown.
pub(crate) const NOT_PROPOSED: [&str; 7] = [
    "home",
    "json",
    "quiet",
    "no-input",
    "as",
    "acting_key",
    "passphrase_file",
];
/// What an answer is proposed with, beside its request.
pub(crate) const OF_ANSWERS: [&str; 8] = [
    "seats",
    "grace",
    "until",
    "supersede",
    "accept_weak",
    "accept_site_key",
    "overridden",
    "reason",
];

/// What came of something that may need another's approval: it is kept then, and the failure says so.
pub(crate) fn kept(
    context: &Context,
    desk: &mut OpenDesk,
    issuer: &Issuer,
    error: anyhow::Error,
) -> anyhow::Error {
    let approval = match (error.downcast_ref(), error.downcast_ref()) {
        (Some(LifeError::Approval(it)), _) | (_, Some(CatalogueError::Approval(it))) => it,
        _ => return error,
    };
    match approval {
        ApprovalError::Needed(wanted) => match propose(context, desk, issuer, wanted, None) {
            Ok(failure) => failure.into(),
            Err(error) => error,
        },
        _ => error,
    }
}

/// Keeps a proposal, of an answer with its request, and says which it is.
///
/// # Errors
/// What the ledger says.
pub(crate) fn propose(
    context: &Context,
    desk: &mut OpenDesk,
    issuer: &Issuer,
    wanted: &Wanted,
    request: Option<&Code>,
) -> anyhow::Result<Failure> {
    let request = request.map(Code::to_text).transpose()?;
    let command = typed((context.reads)(), &context.words, request.as_deref())?;
    let hand = issuer.hand(context.environment.by());
    let (number, before) = approvals::propose(desk.ledger(), wanted, command, hand)?;
    let whose = desk.ledger().read(|tx| approvals::proposal(tx, number))?.by;
    let number = number.0;
    let hint = match whose == context.environment.by().name {
        true => format!(
            "have another approve it, with a key of his own: countersign desk inbox approve {number} --key NAME"
        ),
        false => format!(
            "{whose} proposed it: look at it with countersign desk inbox show {number}, and approve it with your key: countersign desk inbox approve {number}"
        ),
    };
    let kept = match before {
        true => "it waits already",
        false => "it was kept",
    };
    let message = format!("{wanted}; {kept} as proposal {number}, and nothing else was done");
    Ok(Failure::new(FailureKind::Proposed, message)
        .hint(hint)
        .with(|details| details.proposal = Some(number)))
}

/// The command that was typed, without what is not proposed with it, word by word; an answer's with its request instead of where that stood.
fn typed(
    mut root: Command,
    words: &[OsString],
    request: Option<&str>,
) -> anyhow::Result<Vec<String>> {
    let matches = root
        .try_get_matches_from_mut(words)
        .map_err(|error| super::usage::failure(&error))?;
    let (mut its, mut command, mut typed) = (&matches, &root, Vec::new());
    while let Some((word, below)) = its.subcommand() {
        typed.push(word.to_owned());
        its = below;
        let Some(found) = command.find_subcommand(word) else {
            break;
        };
        command = found;
    }
    let (options, mut values) = options(command, its, request.is_some());
    if let Some(request) = request {
        values = request.split_whitespace().map(str::to_owned).collect();
    }
    typed.extend(options);
    typed.extend(values);
    Ok(typed)
}

/// Options, and what stands for itself.
fn options(command: &Command, its: &ArgMatches, answers: bool) -> (Vec<String>, Vec<String>) {
    let (mut options, mut values) = (Vec::new(), Vec::new());
    let proposed = |arg: &&Arg| {
        let id = arg.get_id().as_str();
        let given = its.value_source(id) == Some(ValueSource::CommandLine);
        given && !NOT_PROPOSED.contains(&id) && (!answers || OF_ANSWERS.contains(&id))
    };
    for arg in command.get_arguments().filter(proposed) {
        let all = its.get_raw(arg.get_id().as_str()).into_iter().flatten();
        let all = all.map(|value| value.to_string_lossy().into_owned());
        match arg.get_long() {
            None => values.extend(all),
            Some(long) if arg.get_action().takes_values() => {
                options.extend(all.map(|value| format!("--{long}={value}")));
            }
            Some(long) => options.push(format!("--{long}")),
        }
    }
    (options, values)
}
