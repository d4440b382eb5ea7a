//! `apply`.

use super::{Context, Exit, Run};
use crate::cli::code_input::{self, CodeArgs};
use crate::cli::{code_output, json, machine_home, report, words};
use crate::holder::{Applied, Outcome};
use crate::protocol::date::Seconds;
use crate::text::Kind;

/// Two clocks may differ by 26 hours, whatever is thought of time zones (SPEC.md 7).
const TOLERANCE: u32 = 26 * 3600;

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
        let reading = self.code.read(
            context,
            &[Kind::Grant, Kind::DeskCertificate, Kind::Emergency],
        )?;
        code_output::read_back(context, &reading.code);
        let outcome = machine_home::computer(context)?.apply(&reading.code)?;
        if context.out.json {
            let object = json::Entered::of(&outcome, code_input::corrections(&reading));
            Self::print(context, &object)?;
        }
        tell(context, &outcome);
        Ok(Exit::DONE)
    }
}

/// A response from before its request was made, or from the future: one of two clocks is wrong, and nobody here can say which.
fn clocks_apart(applied: &Applied, now: Seconds) -> Option<String> {
    let issued = applied.after.issued;
    let asked = applied.asked?;
    let (here, when) = match () {
        () if issued > now.plus(TOLERANCE) => (now, "it is"),
        () if issued < asked.minus(TOLERANCE) => (asked, "the request was made on"),
        () => return None,
    };
    Some(format!(
        "the vendor's clock said {} when this response was signed, and by this computer's {when} {}: one of the two is wrong",
        issued.day(),
        here.day()
    ))
}

fn tell(context: &mut Context, outcome: &Outcome) {
    match outcome {
        Outcome::Applied(applied) => {
            context.out.say(format_args!(
                "licensed: {} with license {}",
                applied.which.product, applied.which.license_key
            ));
            let today = context.environment.now().day();
            if let Some(day) = applied.after.revalidate_by.filter(|day| *day < today) {
                context.out.warn(format_args!(
                    "the grace of this response ended on {day}: ask again with countersign request sync"
                ));
            }
            if let Some(words) = clocks_apart(applied, context.environment.now()) {
                context.out.warn(words);
                context.out.advise("look at both: set this one where it is wrong; else tell the vendor, and ask again when theirs is right: countersign request sync");
            }
            if applied.held_elsewhere {
                context.out.say("this computer held the license before: if another account goes on with it, ask once for all accounts, as root: countersign request activate KEY --system");
            }
            if applied.before.is_none() {
                for row in words::table(&report::terms_rows(&applied.after, today)).lines() {
                    context.out.say(row);
                }
                return;
            }
            let changes = json::changes(applied);
            let changed = changes
                .iter()
                .map(|it| format!("{} {} → {}", it.what, it.before, it.after));
            let said: Vec<String> = json::taken_in(applied).into_iter().chain(changed).collect();
            context.out.say(if said.is_empty() {
                "nothing about it has changed".to_owned()
            } else {
                words::list(said)
            });
        }
        Outcome::AlreadyApplied(which) => {
            context.out.say(format_args!(
                "this response is in force already: license {} is as it says",
                which.license_key
            ));
        }
        Outcome::AlreadyNewer(which) => {
            context.out.say(format_args!(
                "a later response for license {} is in force; nothing was changed",
                which.license_key
            ));
        }
        Outcome::DeskKnown(products) => context.out.say(format_args!(
            "the desk is known now for {}",
            words::list(products)
        )),
    }
}
