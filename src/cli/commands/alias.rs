//! `alias`.

use super::{Context, Exit, Run};
use crate::cli::failure::Failure;
use crate::cli::{json, keys, machine_home};
use crate::holder::aliases;
use crate::messages;

/// Declare other names and addresses of a server that a license is bound to
///
/// This computer's own names and addresses need none. `countersign alias 10.0.0.5=DBSERVER` makes checks and requests take one for the other; without
/// arguments the aliases are listed.
#[derive(clap::Args)]
pub(crate) struct Alias {
    /// A name or address, and the server that it means
    #[arg(value_name = "NAME=SERVER", value_parser = keys::binding)]
    pairs: Vec<(String, String)>,
    /// Forget what this name means
    #[arg(long, value_name = "NAME", conflicts_with = "pairs")]
    forget: Option<String>,
    /// For every user of this machine
    #[arg(long)]
    system: bool,
}

impl Run for Alias {
    const NAME: &'static str = "alias";
    const ABOUT: &'static str = "Declare other names of a server";

    type Object = json::Alias;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let facts = context.environment.facts();
        let home = machine_home::to_write(context, self.system)?;
        if let Some(name) = &self.forget {
            let known = aliases::forget(&home, name, &facts)?;
            context.out.say(if known {
                messages::alias::forgotten()
            } else {
                messages::alias::was_none()
            });
        }
        for (alias, server) in &self.pairs {
            let (alias, server) = aliases::declare(&home, alias, server, &facts)?;
            context.out.say(messages::alias::declared(&alias, &server));
        }
        let changed = self.forget.is_some() || !self.pairs.is_empty();
        let known = aliases::load(&home).map_err(|error| {
            let failure = Failure::of(&error.into());
            if changed {
                failure.hint(messages::alias::kept_hint())
            } else {
                failure
            }
        })?;
        for (alias, server) in known {
            if context.out.json {
                Self::print(context, &json::Alias { alias, server })?;
            } else {
                context.out.line(format_args!("{alias}={server}"))?;
            }
        }
        Ok(Exit::DONE)
    }
}
