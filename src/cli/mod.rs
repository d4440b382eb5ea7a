//! The command line: one file per command, each with its arguments, its run and its words. Joins text, protocol, holder and issuer.

#[cfg(feature = "desk")]
mod acting;
mod advice;
mod carried;
#[cfg(feature = "desk")]
mod certificate;
mod checked;
mod code_input;
mod code_output;
mod commands;
mod confirm;
#[cfg(feature = "desk")]
mod contact;
#[cfg(feature = "site")]
mod csv;
mod damaged_rows;
#[cfg(feature = "desk")]
mod desk;
#[cfg(feature = "desk")]
mod elsewhere;
mod ending;
mod environment;
mod failure;
mod files;
mod handed_over;
mod homes;
mod inspect;
mod json;
mod keys;
#[cfg(feature = "desk")]
mod letter;
mod machine_home;
mod mail;
mod others;
mod output;
#[cfg(feature = "site")]
mod passphrase;
mod picture;
mod prompt;
#[cfg(feature = "desk")]
mod proposing;
#[cfg(feature = "desk")]
mod reply;
mod report;
#[cfg(all(test, feature = "desk"))]
mod schema;
mod seats;
#[cfg(feature = "site")]
mod secrecy;
#[cfg(feature = "desk")]
mod sold;
mod typed;
mod usage;
mod usb;
mod words;
mod wrap;

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use clap::ArgMatches;
#[cfg(feature = "desk")]
use clap::Command;
use clap::error::ErrorKind;

use crate::failure::{Exit, FailureKind};
#[cfg(feature = "desk")]
use crate::issuer::ledger::EventId;
use environment::Environment;
use failure::{Failure, beside_a_program};
use homes::Homes;
use output::Output;
use typed::Given;

/// What every command is handed: where things are, the real clock and machine, and where to say things.
pub(crate) struct Context {
    pub(crate) homes: Homes,
    pub(crate) environment: Environment,
    pub(crate) out: Output,
    /// Never ask.
    pub(crate) no_input: bool,
    /// The words of the command line, the program's name first: what is proposed to another is what was typed.
    #[cfg(feature = "desk")]
    pub(crate) words: Vec<OsString>,
    /// What reads them.
    #[cfg(feature = "desk")]
    pub(crate) reads: fn() -> Command,
    /// The proposal that is approved with what is done.
    #[cfg(feature = "desk")]
    pub(crate) approves: Option<EventId>,
}

/// Runs the program: parses `args` (the program's name first), runs the command, says what there is to say. Returns the exit code of the
/// command-line contract (README, "Exit codes").
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let parsed = commands::root_for(&args).try_get_matches_from(&args);
    let parsed = parsed.or_else(|_| {
        let whole = commands::root(wrap::columns(io::stdout()));
        whole.try_get_matches_from(&args)
    });
    let matches = match parsed {
        Ok(matches) => matches,
        Err(error) => return refused(&error, &args),
    };
    let homes = Homes::new(matches.get_one("home").cloned());
    let given = Given::of(&matches, homes.of_root());
    let mut context = Context {
        homes,
        #[cfg(feature = "desk")]
        environment: Environment::real().acting_as(who_is_at_work(&matches)),
        #[cfg(not(feature = "desk"))]
        environment: Environment::real(),
        out: Output::new(
            matches.get_flag("json"),
            matches.get_flag("quiet"),
            Some(Box::new(given)),
        ),
        no_input: matches.get_flag("no-input"),
        #[cfg(feature = "desk")]
        words: args.clone(),
        #[cfg(feature = "desk")]
        reads: || commands::root(None),
        #[cfg(feature = "desk")]
        approves: None,
    };
    run(&matches, &mut context, &args).into()
}

/// What `--as` says, or the variable in its place.
#[cfg(feature = "desk")]
fn who_is_at_work(matches: &ArgMatches) -> Option<String> {
    let variable = || std::env::var_os("COUNTERSIGN_AS");
    let said = matches.get_one::<String>("as").cloned();
    said.or_else(|| {
        let name = variable().filter(|it| !it.is_empty())?;
        Some(name.to_string_lossy().into_owned())
    })
}

/// Runs the command that was named, and says what there is to say.
fn run(matches: &ArgMatches, context: &mut Context, args: &[OsString]) -> Exit {
    let done = commands::dispatch(matches, context);
    let finished = done.and_then(|exit| context.out.finish().map(|()| exit));
    finished.unwrap_or_else(|error| {
        let mut failure = Failure::of(&error);
        failure.exit = commands::exit_of(args, failure.exit);
        // Whoever goes away (`| head`) has read what he wanted.
        if failure.kind != FailureKind::ReaderGone {
            context.out.failure(&failure);
        }
        failure.exit
    })
}

/// Help and version go to stdout with 0, and help on stderr to whoever gave no command; the rest is a usage failure like any other.
fn refused(error: &clap::Error, args: &[OsString]) -> ExitCode {
    let json = args.iter().any(|arg| arg == "--json");
    let helps = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if !error.use_stderr() || (helps && !json) {
        // Nothing can be done about a closed terminal.
        let _ = error.print();
        return if helps { Exit::USAGE } else { Exit::DONE }.into();
    }
    let mut failure = usage::failure(error);
    if commands::is_run(args) {
        failure.exit = beside_a_program(failure.exit);
    }
    failure.exit = commands::exit_of(args, failure.exit);
    Output::new(json, false, None).failure(&failure);
    failure.exit.into()
}
