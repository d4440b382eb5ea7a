//! `site lending`.

use super::{Context, Exit, LENDABLE, Run, SiteArgs, of, paused, signer};
use crate::cli::json;
use crate::cli::passphrase::PassphraseArgs;
use crate::cli::seats::moment;
use crate::messages;
use crate::site::LendingWish;

/// Lend seats, or none any more; for how long at most, and how many stay here
///
/// What is out runs on to its end: a loan cannot be called back, so keep them short. Wants the password.
#[derive(clap::Args)]
pub(crate) struct SiteLending {
    /// `on` or `off`
    #[arg(value_name = "on|off", value_parser = ["on", "off"])]
    switch: String,
    /// The longest loan in days; 7 where nothing was ever said
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..))]
    days: Option<u8>,
    /// So many seats are never lent
    #[arg(long, value_name = "N")]
    keep: Option<u16>,
    #[command(flatten)]
    site: SiteArgs,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

impl Run for SiteLending {
    const NAME: &'static str = "lending";
    const ABOUT: &'static str = "Lend seats, or none any more";

    type Object = json::LendingSet;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let found = self.site.find(context, LENDABLE)?;
        let mut site = of(&found)?;
        let wish = LendingWish {
            on: self.switch == "on",
            days: self.days,
            keep: self.keep,
        };
        // Whoever is refused is not asked for a password.
        site.rehearse_lending(&wish)?;
        signer(context, &found.home, &self.passphrase)?;
        let lending = site.set_lending(&wish, &moment(context))?;
        let days = site.longest();
        if context.out.json {
            let object = json::LendingSet {
                lending: json::switch(lending.on),
                days,
                keep: lending.keep,
            };
            Self::print(context, &object)?;
        }
        context.out.say(match lending.on {
            true => messages::site_words::lends(days, lending.keep).to_string(),
            false => messages::site_words::lends_nothing().to_owned(),
        });
        if lending.on && lending.keep >= site.number() {
            context
                .out
                .warn(messages::site_words::keeps_all(site.number()));
        }
        if let Some(why) = site.pause() {
            context.out.warn(paused(why));
            context.out.advise(messages::site_advice::lending_paused());
        }
        Ok(Exit::DONE)
    }
}
