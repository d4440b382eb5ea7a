//! `desk clock`.

use super::license_revoke::reason;
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::{desk, json};
use crate::issuer::desk::trust_clock;

/// Say that this computer's clock is right although the ledger holds a later entry
///
/// A desk whose clock is behind its own last entry signs nothing: its answers would be over when they arrive. Where that entry was made under a wrong
/// clock this says so, once, in the history; what comes next is compared with this. Moves and lost machines that were counted under the wrong clock
/// go on counting until a year after the day that it said: beyond those the manager decides.
#[derive(clap::Args)]
pub(crate) struct DeskClock {
    /// The clock was looked at, and is right
    #[arg(long, required = true)]
    right: bool,
    /// Why, for the history
    #[arg(long, value_name = "TEXT", required = true)]
    reason: String,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for DeskClock {
    const NAME: &'static str = "clock";
    const ABOUT: &'static str = "Say that the desk's clock is right";

    type Object = json::ClockNoted;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let reason = reason(&self.reason)?;
        let mut desk = desk::open(context)?;
        let acting = self.acting.acting(context, &mut desk, true)?;
        let hand = acting.hand(context);
        let now = hand.by.now;
        trust_clock(desk.ledger(), &reason, hand)?;
        if context.out.json {
            let clock = json::Shown(now);
            Self::print(context, &json::ClockNoted { clock })?;
        }
        context.out.say(format_args!(
            "noted: it is {now}; what comes next is compared with that"
        ));
        Ok(Exit::DONE)
    }
}
