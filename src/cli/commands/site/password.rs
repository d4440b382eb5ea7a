//! `site password`.

use std::path::PathBuf;

use super::{Context, Exit, Run, home, new_password, password};
use crate::cli::passphrase::PassphraseArgs;
use crate::cli::{json, secrecy};
use crate::messages;
use crate::protocol::product::RootFingerprint;
use crate::site::{self, SiteError};

/// Change the password of the site's key
///
/// The key stays the same: the vendor is not asked. Whoever has a copy of the key's file from before opens it with the old password.
#[derive(clap::Args)]
pub(crate) struct SitePassword {
    #[command(flatten)]
    passphrase: PassphraseArgs,
    #[cfg_attr(
        unix,
        doc = "Read the new password from this file's first line (also /dev/fd/N)"
    )]
    #[cfg_attr(not(unix), doc = "Read the new password from this file's first line")]
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
}

impl Run for SitePassword {
    const NAME: &'static str = "password";
    const ABOUT: &'static str = "Change the password of the site's key";

    type Object = json::SiteKey;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let home = home(context)?.ok_or(SiteError::Missing)?;
        secrecy::close();
        let old = password(context, &home, &self.passphrase)?;
        // A wrong one is said before a new one is asked for.
        let public = site::unlock(&home, &old)?.public();
        let new = new_password(context, &PassphraseArgs::new_in(self.new_passphrase_file))?;
        let mut entropy = context.environment.entropy()?;
        site::change_password(&home, &old, &new, &mut entropy)?;
        if context.out.json {
            let site_key = json::Shown(RootFingerprint::of(&public));
            Self::print(context, &json::SiteKey { site_key })?;
        }
        context.out.say(messages::site_words::password_changed());
        Ok(Exit::DONE)
    }
}
