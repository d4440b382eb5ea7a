//! `release`.

use super::license_revoke::reason;
use super::{Context, Exit, Run};
use crate::cli::{desk, json, sold, words};
use crate::issuer::life;

/// Free the seat of a machine that cannot give it back itself
///
/// At most two lost ones of a license in 365 days without the manager. Should the machine turn up again, its next request is refused and kept as
/// evidence. Seats that were given back are held back for a while where a license was returned very often, or where they are kept for a machine whose place
/// had been taken: --returned frees those.
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("how").required(true)))]
pub(crate) struct Release {
    /// The activation, such as A-1042, with its license key after it where that is not enough; or the key, where it is in use on one machine
    #[arg(value_name = "ACTIVATION", required = true)]
    name: Vec<String>,
    /// The machine is lost: broken, stolen, wiped
    #[arg(long, group = "how")]
    lost: bool,
    /// The machine gave it back, and its seats are held back: because so many were returned within a year, or for a machine whose place it had taken
    #[arg(long, group = "how")]
    returned: bool,
    /// Why, for the history
    #[arg(long, value_name = "TEXT", required = true)]
    reason: String,
    /// Manager: release although two were released in the last 365 days
    #[arg(long = "override", conflicts_with = "returned")]
    overridden: bool,
}

impl Run for Release {
    const NAME: &'static str = "release";
    const ABOUT: &'static str = "Free the seat of a machine that is lost";

    type Object = json::Released;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let name = sold::activation(&self.name)?;
        let reason = reason(&self.reason)?;
        let mut desk = desk::open(context)?;
        let by = context.environment.by();
        let released = if self.returned {
            life::free(desk.ledger(), name, &reason, by)?
        } else {
            life::release(desk.ledger(), name, &reason, self.overridden, by)?
        };
        if context.out.json {
            let object = json::Released {
                activation: json::Shown(released.activation),
                license_key: json::Shown(released.key),
                seats_freed: released.freed,
            };
            Self::print(context, &object)?;
        }
        let how = if self.returned {
            "was returned"
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
        Ok(Exit::DONE)
    }
}
