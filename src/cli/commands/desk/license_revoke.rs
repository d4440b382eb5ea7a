//! `license revoke`.

use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::failure::Failure;
use crate::cli::{desk, json, keys, sold};
use crate::issuer::ledger::Until;
use crate::issuer::life;
use crate::issuer::products::{self, LicenseView};
use crate::protocol::date::Day;

/// Revoke a license: no request for it is answered any more
///
/// No code reaches out to machines that hold it: they go on until the day by which they have to
/// re-validate, and for ever where they need not.
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
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for LicenseRevoke {
    const NAME: &'static str = "revoke";
    const ABOUT: &'static str = "Revoke a license";

    type Object = json::Revoked;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let key = keys::parse(&self.key)?;
        let reason = reason(&self.reason)?;
        let mut desk = desk::open(context)?;
        let name = life::Named::License(key);
        let acting = self.acting.acting_for(context, &mut desk, name, false)?;
        let hand = acting.hand(context);
        let done = match self.undo {
            true => life::restore(desk.ledger(), key, &reason, hand),
            false => life::revoke(desk.ledger(), key, &reason, hand),
        };
        acting.or_proposes(context, &mut desk, done)?;
        let view = products::license(desk.ledger(), key)?;
        let runs = view.and_then(|view| longest(&view, hand.by.now.day()));
        if context.out.json {
            let object = json::Revoked {
                license_key: json::Shown(key),
                revoked: !self.undo,
                runs_until: json::shown(runs.and_then(Until::day)),
                runs_for_ever: runs == Some(Until::Ever),
            };
            Self::print(context, &object)?;
        }
        context.out.say(if self.undo {
            format!("license {key} is good again")
        } else {
            let goes_on = match runs {
                None => "no machine goes on with it".to_owned(),
                Some(Until::Day(day)) => {
                    format!("machines that hold it go on until {day} at the latest")
                }
                Some(Until::Ever) => {
                    "it goes on for ever where it is held, for no re-validation is needed there"
                        .to_owned()
                }
            };
            format!("license {key} is revoked; {goes_on}")
        });
        Ok(Exit::DONE)
    }
}

/// How long the last machine goes on with a license without contact; nothing where none does.
fn longest(view: &LicenseView, today: Day) -> Option<Until> {
    let holders = view.activations.iter().filter(|it| it.ended.is_none());
    let runs = holders.map(|it| it.runs).max();
    runs.filter(|runs| runs.reaches(today))
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
