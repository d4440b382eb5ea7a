//! `desk remove`.

use super::desk_request::name;
use super::ledger_verify::verified;
use super::license_revoke::reason;
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::{desk, json};
use crate::issuer::keys;
use crate::protocol::date::Day;

/// Remove the key of somebody who left, or whose key was lost or stolen
///
/// It takes a root or a manager's key. The key signs nothing more at this desk, and the emergency codes of later answers are kept from it. No code reaches out to machines: what somebody signs with a copy of that key
/// elsewhere they take as before, within its limits and to the last day of its certificates; that is said.
#[derive(clap::Args)]
pub(crate) struct DeskRemove {
    /// Whose key
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    /// Why, for the history
    #[arg(long, value_name = "TEXT", required = true)]
    reason: String,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for DeskRemove {
    const NAME: &'static str = "remove";
    const ABOUT: &'static str = "Remove a clerk's key";

    type Object = json::KeyRemoved;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let reason = reason(&self.reason)?;
        let mut desk = desk::open(context)?;
        let who = self.acting.issuer(context, &mut desk)?;
        verified(context, desk.ledger(), &[])?;
        let by = context.environment.by();
        let what = (self.name.as_str(), reason.as_str());
        let mut entropy = context.environment.entropy()?;
        let removed = keys::remove(desk.ledger(), &who, what, by, &mut entropy)?;
        let last_days = removed.had.iter().filter_map(|it| it.certificate.not_after);
        let last = last_days.max().filter(|last| *last >= by.now.day());
        if context.out.json {
            let object = json::KeyRemoved {
                name: self.name,
                machines_take_it_until: json::shown(last),
                opens_earlier_seeds: removed.opens_seeds,
            };
            Self::print(context, &object)?;
            return Ok(Exit::DONE);
        }
        let name = &self.name;
        context.out.say(format_args!(
            "the key of {name} is removed: it signs nothing more at this desk"
        ));
        said_of_machines(context, last);
        if removed.opens_seeds {
            context.out.warn("whoever has that key and a copy of the ledger knows the emergency codes of what was answered until now; each machine's next answer ends that");
        }
        Ok(Exit::DONE)
    }
}

fn said_of_machines(context: &mut Context, last: Option<Day>) {
    match last {
        None => context
            .out
            .say("its certificates had run out: no machine takes what it signs"),
        Some(last) => {
            context.out.warn(format_args!(
                "machines take what a copy of it signs until {last}, within its limits"
            ));
            context.out.advise("where a copy may be in wrong hands: countersign desk rotate, after which machines give up what was signed under its certificates");
        }
    }
}
