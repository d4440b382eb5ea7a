//! `license void`.

use super::license_revoke::reason;
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::{desk, json, keys};
use crate::issuer::life;

/// Make a license void that was made by mistake
///
/// Only one for which no machine was ever answered; one that was answered is revoked instead. Its key is refused from then on, and never drawn again; lists leave it out, and
/// the history keeps it.
#[derive(clap::Args)]
pub(crate) struct LicenseVoid {
    /// The license key
    #[arg(value_name = "KEY", required = true)]
    key: Vec<String>,
    /// Why, for the history
    #[arg(long, value_name = "TEXT", required = true)]
    reason: String,
    /// Take it back: the license is good
    #[arg(long)]
    undo: bool,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for LicenseVoid {
    const NAME: &'static str = "void";
    const ABOUT: &'static str = "Make a license void that was made by mistake";

    type Object = json::Voided;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let key = keys::parse(&self.key)?;
        let reason = reason(&self.reason)?;
        let mut desk = desk::open(context)?;
        let name = life::Named::License(key);
        let acting = self.acting.acting_for(context, &mut desk, name, false)?;
        let hand = acting.hand(context);
        let done = match self.undo {
            true => life::unvoid(desk.ledger(), key, &reason, hand),
            false => life::void(desk.ledger(), key, &reason, hand),
        };
        acting.or_proposes(context, &mut desk, done)?;
        if context.out.json {
            let object = json::Voided {
                license_key: json::Shown(key),
                void: !self.undo,
            };
            Self::print(context, &object)?;
        }
        context.out.say(if self.undo {
            format!("license {key} is good again")
        } else {
            format!("license {key} is void: no machine was ever answered for it, and none is")
        });
        Ok(Exit::DONE)
    }
}
