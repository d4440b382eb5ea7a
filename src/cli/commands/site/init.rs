//! `site init`.

use super::{Context, Exit, Run, new_password};
use crate::cli::passphrase::PassphraseArgs;
use crate::cli::{confirm, json, machine_home, secrecy};
use crate::messages;
use crate::protocol::product::RootFingerprint;
use crate::site;

/// Make the key with which this site signs loans, under the administrator's password
///
/// The vendor certifies its public part: `countersign request activate KEY --site`, or `countersign request sync --site` where the license is held already.
/// A password that is forgotten cannot be found again: `site init --new` makes another key, which the vendor certifies with one `request sync --site`.
#[derive(clap::Args)]
pub(crate) struct SiteInit {
    /// Make another key in the place of the one that is there, whose password is forgotten; what it lent stays lent
    #[arg(long)]
    new: bool,
    /// For every user of this machine
    #[arg(long)]
    system: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

impl Run for SiteInit {
    const NAME: &'static str = "init";
    const ABOUT: &'static str = "Make the key with which this site signs loans";

    type Object = json::SiteKey;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let home = machine_home::of_site(context, self.system)?;
        let there = site::public(&home);
        if !self.new && !matches!(there, Ok(None)) {
            return Err(there.err().unwrap_or(site::SiteError::Exists).into());
        }
        let replaces = !matches!(there, Ok(None));
        if replaces && !self.yes {
            let question = messages::site_words::replace_question();
            if !confirm::agreed(context, question, messages::site_words::replace_deed())? {
                context.out.say(messages::return_license::unchanged());
                return Ok(Exit::DONE);
            }
        }
        secrecy::close();
        let password = new_password(context, &self.passphrase)?;
        let mut entropy = context.environment.entropy()?;
        let public = site::create(&home, &password, self.new, &mut entropy)?;
        let object = json::SiteKey {
            site_key: json::Shown(RootFingerprint::of(&public)),
        };
        if context.out.json {
            Self::print(context, &object)?;
        } else {
            let label = messages::site_words::label_site_key();
            context
                .out
                .table(&[(label, object.site_key.0.to_string())])?;
        }
        context.out.say(messages::site_words::made());
        context.out.say(match replaces {
            true => messages::site_words::next_sync(),
            false => messages::site_words::next(),
        });
        Ok(Exit::DONE)
    }
}
