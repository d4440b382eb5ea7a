//! `apply`.

use super::{Context, Exit, Run};
use crate::app::APPLIED;
use crate::cli::code_input::CodeArgs;
use crate::cli::{carried, code_output, json, machine_home, report, words};
use crate::holder::{Applied, Outcome};
use crate::messages;
use crate::protocol::date::{CLOCK_TOLERANCE, Seconds};

/// Enter a response or emergency code: what it grants is in force at once
///
/// Takes the code, a whole mail, or a file with either. Entering the same code again does no harm; a wrong code changes nothing.
#[derive(clap::Args)]
pub(crate) struct Apply {
    #[command(flatten)]
    code: CodeArgs,
}

impl Run for Apply {
    const NAME: &'static str = "apply";
    const ABOUT: &'static str = "Enter a response or emergency code";

    type Object = json::Entered;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let computer = machine_home::computer(context)?;
        let judge = |read| computer.apply_what_was_read(read);
        let (reading, outcome) = self.code.read_judgeable(context, &APPLIED, judge)?;
        carried::tell(context, &reading, &[]);
        code_output::read_back(context, &reading.code, (1, 1));
        let outcome = outcome?;
        #[cfg(feature = "site")]
        if let Outcome::Applied(applied) = &outcome {
            super::site::settle(context, applied.which.license_key);
        }
        if context.out.json {
            let carried = carried::object(&reading, |code| carried::license_of(context, code));
            let object = json::Entered::of(&outcome, carried);
            Self::print(context, &object)?;
        }
        tell(context, &outcome);
        #[cfg(feature = "site")]
        if let Outcome::Applied(applied) = &outcome {
            super::user::tell(context, applied);
            super::site::rules::tell(context, applied);
        }
        Ok(Exit::DONE)
    }
}

/// A response from before its request was made, or from the future: one of two clocks is wrong, and nobody here can say which.
fn clocks_apart(applied: &Applied, now: Seconds) -> Option<String> {
    let issued = applied.after.issued;
    let asked = applied.asked?;
    let vendors = issued.day();
    if applied.after.loan.is_some() {
        let apart = now.0.abs_diff(issued.0) > CLOCK_TOLERANCE;
        let words = messages::apply::clocks_apart_on_loan(now.day(), vendors);
        return (apart && issued > now).then(|| words.to_string());
    }
    if issued > now.plus(CLOCK_TOLERANCE) {
        Some(messages::apply::clocks_apart_now(now.day(), vendors).to_string())
    } else if issued < asked.minus(CLOCK_TOLERANCE) {
        Some(messages::apply::clocks_apart_asked(asked.day(), vendors).to_string())
    } else {
        None
    }
}

fn tell(context: &mut Context, outcome: &Outcome) {
    match outcome {
        Outcome::Applied(applied) => {
            context.out.say(messages::apply::applied(
                &applied.which.license_key,
                &applied.which.product,
            ));
            let today = context.environment.now().day();
            if let Some(day) = applied.after.revalidate_by.filter(|day| *day < today) {
                context.out.warn(messages::apply::grace_over(&day));
            }
            if let Some(words) = clocks_apart(applied, context.environment.now()) {
                context.out.warn(words);
                context.out.advise(match applied.after.loan {
                    Some(_) => messages::apply::clocks_apart_on_loan_hint(),
                    None => messages::apply::clocks_apart_hint(),
                });
            }
            if applied.held_elsewhere {
                context.out.say(messages::apply::held_elsewhere());
            }
            if applied.before.is_none() {
                context
                    .out
                    .say_table(&report::terms_rows(&applied.after, today));
                return;
            }
            let changes = applied.changes();
            let changed = changes.iter().map(ToString::to_string);
            let said: Vec<String> = json::taken_in(applied).into_iter().chain(changed).collect();
            context.out.say(if said.is_empty() {
                messages::apply::unchanged().to_owned()
            } else {
                words::list(said)
            });
        }
        Outcome::AlreadyApplied(which) => {
            context
                .out
                .say(messages::apply::already_applied(&which.license_key));
        }
        Outcome::AlreadyNewer(which) => {
            context
                .out
                .say(messages::apply::already_newer(&which.license_key));
        }
        Outcome::CardKnown(_) => context.out.say(outcome),
        Outcome::DeskKnown(products) => context
            .out
            .say(messages::apply::desk_known(words::list(products))),
    }
}
