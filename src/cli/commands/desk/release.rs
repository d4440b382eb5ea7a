//! `release`.

use super::license_revoke::reason;
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::{desk, json, reply, sold, words};
use crate::issuer::ledger::Until;
use crate::issuer::life;
use crate::issuer::policy::Warning;

/// Free the seat of a machine that cannot give it back itself
///
/// At most two lost ones of a license in 365 days without the manager. Should the machine turn up again, its next request is refused and kept as
/// evidence. Seats are held back for a while where a license was returned very often, where they are kept for a machine whose place had been taken, and where
/// a site may have lent them, be it returned or lost: --held-back frees those.
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("how").required(true)))]
pub(crate) struct Release {
    /// The activation, such as A-1042, with its license key after it where that is not enough; or the key, where it is in use on one machine
    #[arg(value_name = "ACTIVATION", required = true)]
    name: Vec<String>,
    /// The machine is lost: broken, stolen, wiped
    #[arg(long, group = "how")]
    lost: bool,
    /// Free seats that are held back: because so many were returned within a year, for a machine whose place it had taken, or for workstations that may have
    /// them on loan
    #[arg(long, group = "how")]
    held_back: bool,
    /// Why, for the history
    #[arg(long, value_name = "TEXT", required = true)]
    reason: String,
    /// Manager: release although two were released in the last 365 days
    #[arg(long = "override", conflicts_with = "held_back")]
    overridden: bool,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for Release {
    const NAME: &'static str = "release";
    const ABOUT: &'static str = "Free the seat of a machine that is lost";

    type Object = json::Released;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let name = sold::activation(&self.name)?;
        let reason = reason(&self.reason)?;
        let mut desk = desk::open(context)?;
        let acting = self
            .acting
            .acting_for(context, &mut desk, name, self.overridden)?;
        let hand = acting.hand(context);
        let today = hand.by.now.day();
        let released = match self.held_back {
            true => life::free(desk.ledger(), name, &reason, hand),
            false => life::release(desk.ledger(), name, &reason, self.overridden, hand),
        };
        let released = acting.or_proposes(context, &mut desk, released)?;
        let warnings: Vec<Warning> = released.resting.iter().flat_map(Warning::of).collect();
        if context.out.json {
            let object = json::Released {
                activation: json::Shown(released.activation),
                license_key: json::Shown(released.key),
                seats_freed: released.freed,
                resting: released.resting.map(reply::resting),
                warnings: reply::warnings(&context.out, &warnings),
            };
            Self::print(context, &object)?;
        }
        let how = if self.held_back {
            "holds nothing back any more"
        } else {
            "is released as lost"
        };
        let (activation, key) = (released.activation, released.key);
        let freed = words::count(released.freed, "seat");
        let held = released.held_by.map_or_else(String::new, |other| {
            format!("; {other}, which was activated in its place, holds the seat")
        });
        context.out.say(format_args!(
            "{activation} of license {key} {how}, {freed} freed{held}"
        ));
        match released.runs.filter(|runs| runs.reaches(today)) {
            Some(Until::Day(day)) => context.out.say(format_args!(
                "no code reaches the machine: wherever it is, it may go on until {day}"
            )),
            Some(Until::Ever) => context.out.say(
                "no code reaches the machine: wherever it is, it may go on for ever, for it needs no re-validation",
            ),
            None => {}
        }
        reply::tell_warnings(context, &warnings);
        if let Some(rest) = released.resting.filter(|it| it.kept_for.is_none()) {
            reply::free_now(context, &rest, key);
        }
        Ok(Exit::DONE)
    }
}
