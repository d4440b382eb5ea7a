//! `user assign` and `user unassign`.

use super::{Change, Context, Exit, PassphraseArgs, Run, SiteArgs, UserName, change, messages};
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::protocol::user_name::NotAName;

/// Give users a place of the license, by their names
///
/// A name is the login name as the system of this machine has it, capitals and all, also one of a directory or domain. Who has a place already keeps it; a license
/// never has more users than seats. Wants the password of the site's key.
#[derive(clap::Args)]
pub(crate) struct UserAssign {
    /// Login names
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// Begin another list in the place of one that is not trusted
    #[arg(long)]
    new: bool,
    #[command(flatten)]
    site: SiteArgs,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// Take the places of users away
///
/// A place rests before another user gets it, for 48 hours unless the vendor says otherwise; who had it may have it back at once. Wants the password of the site's
/// key.
#[derive(clap::Args)]
pub(crate) struct UserUnassign {
    /// Login names
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    site: SiteArgs,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

fn named(names: &[String]) -> anyhow::Result<Vec<UserName>> {
    let read = |name: &String| {
        let wrong =
            |error: NotAName| Failure::usage(format!("{error}")).hint(messages::users::name_hint());
        name.parse::<UserName>()
            .map_err(|error| wrong(error).into())
    };
    names.iter().map(read).collect()
}

impl Run for UserAssign {
    const NAME: &'static str = "assign";
    const ABOUT: &'static str = "Give users a place of the license, by their names";

    type Object = json::Users;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let wish = Change {
            assign: named(&self.names)?,
            anew: self.new,
            ..Change::default()
        };
        change(context, &self.site, &self.passphrase, &wish)
    }
}

impl Run for UserUnassign {
    const NAME: &'static str = "unassign";
    const ABOUT: &'static str = "Take the places of users away";

    type Object = json::Users;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let wish = Change {
            unassign: named(&self.names)?,
            ..Change::default()
        };
        change(context, &self.site, &self.passphrase, &wish)
    }
}
