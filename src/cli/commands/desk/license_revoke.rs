//! `license revoke`.

use super::{Context, Exit, Run};
use crate::cli::failure::Failure;
use crate::cli::{desk, json, keys, sold};
use crate::issuer::life;

/// Revoke a license: no request for it is answered any more
///
/// No code reaches out to machines that hold it: they go on until the day by which they have to re-validate.
#[derive(clap::Args)]
pub(crate) struct LicenseRevoke {
    /// The license key
    #[arg(value_name = "KEY", required = true)]
    key: Vec<String>,
    /// Why, for the history
    #[arg(long, value_name = "TEXT", required = true)]
    reason: String,
    /// Take a revocation back
    #[arg(long)]
    undo: bool,
}

impl Run for LicenseRevoke {
    const NAME: &'static str = "revoke";
    const ABOUT: &'static str = "Revoke a license";

    type Object = json::Revoked;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let key = keys::parse(&self.key)?;
        let reason = reason(&self.reason)?;
        let mut desk = desk::open(context)?;
        let by = context.environment.by();
        if self.undo {
            life::restore(desk.ledger(), key, &reason, by)?;
        } else {
            life::revoke(desk.ledger(), key, &reason, by)?;
        }
        if context.out.json {
            let object = json::Revoked {
                license_key: json::Shown(key),
                revoked: !self.undo,
            };
            Self::print(context, &object)?;
        }
        context.out.say(if self.undo {
            format!("license {key} is good again")
        } else {
            format!("license {key} is revoked; machines that hold it go on until they have to re-validate")
        });
        Ok(Exit::DONE)
    }
}

/// A reason that says something.
pub(super) fn reason(text: &str) -> anyhow::Result<String> {
    let text = text.trim();
    sold::plain("the reason", text)?;
    if text.is_empty() {
        return Err(Failure::usage("the reason is empty")
            .hint("--reason TEXT says why, for the history")
            .into());
    }
    Ok(text.to_owned())
}
