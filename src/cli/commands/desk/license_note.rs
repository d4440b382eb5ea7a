//! `license note`.

use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::failure::Failure;
use crate::cli::{desk, json, sold};
use crate::issuer::names;

/// Note something of a license, or of a machine that holds it
///
/// For the desk alone: no machine and no customer sees it. The last note stands where the license is shown; the history keeps all.
#[derive(clap::Args)]
pub(crate) struct LicenseNote {
    /// The license key; or an activation of it, such as A-1042
    #[arg(value_name = "KEY|ACTIVATION")]
    name: String,
    /// What is to be noted
    #[arg(value_name = "TEXT", required = true)]
    text: Vec<String>,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for LicenseNote {
    const NAME: &'static str = "note";
    const ABOUT: &'static str = "Note something of a license, or of a machine that holds it";

    type Object = json::Noted;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let name = sold::activation(std::slice::from_ref(&self.name))?;
        let text = self.text.join(" ").trim().to_owned();
        if text.is_empty() {
            return Err(Failure::usage("a note wants a text")
                .hint("countersign license note KEY TEXT")
                .into());
        }
        sold::plain("the note", &text)?;
        let mut desk = desk::open(context)?;
        let acting = self.acting.acting_for(context, &mut desk, name, false)?;
        let hand = acting.hand(context);
        let (key, activation) = names::add_note(desk.ledger(), name, &text, hand)?;
        if context.out.json {
            let object = json::Noted {
                license_key: json::Shown(key),
                activation: json::shown(activation),
                note: text,
            };
            return Self::print(context, &object).map(|()| Exit::DONE);
        }
        context.out.say(match activation {
            Some(activation) => format!("noted of {activation}, license {key}"),
            None => format!("noted of license {key}"),
        });
        Ok(Exit::DONE)
    }
}
