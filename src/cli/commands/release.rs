//! `release`.

use serde_json::json;

use super::license_revoke::reason;
use super::{Context, Exit, Run};
use crate::cli::{desk, keys, words};
use crate::issuer::life;

/// Free the seat of a machine that cannot give it back itself
///
/// At most two activations of a license in 365 days without the manager. Should the machine turn up again, its next request is refused.
#[derive(clap::Args)]
pub(crate) struct Release {
    /// The activation, such as A-1042; or the license key, where it is in use on one machine
    #[arg(value_name = "ACTIVATION", required = true)]
    name: Vec<String>,
    /// The machine is lost: broken, stolen, wiped
    #[arg(long, required = true)]
    lost: bool,
    /// Why, for the history
    #[arg(long, value_name = "TEXT", required = true)]
    reason: String,
    /// Manager: release although two were released in the last 365 days
    #[arg(long = "override")]
    overridden: bool,
}

impl Run for Release {
    const NAME: &'static str = "release";
    const ABOUT: &'static str = "Free the seat of a machine that is lost";

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let name = keys::activation(&self.name)?;
        let reason = reason(&self.reason)?;
        let mut desk = desk::open(context)?;
        let by = context.environment.by();
        let (activation, key, freed) =
            life::release(desk.ledger(), name, &reason, self.overridden, by)?;
        if context.out.json {
            context.out.object(&json!({
                "activation": activation.to_string(),
                "license_key": key.to_string(),
                "seats_freed": freed,
            }))?;
        }
        context.out.say(format_args!(
            "{activation} of license {key} is released as lost, {} freed",
            words::count(freed, "seat")
        ));
        Ok(Exit::DONE)
    }
}
