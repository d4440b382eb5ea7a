//! `completions SHELL`.

use clap_complete::Shell;

use super::{Context, Exit, Run, root};
use crate::cli::json::Nothing;

/// Print the completion script for a shell
///
/// For bash: `countersign completions bash > /etc/bash_completion.d/countersign`.
#[derive(clap::Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Run for Completions {
    const NAME: &'static str = "completions";
    const ABOUT: &'static str = "Print the completion script for a shell";

    type Object = Nothing;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut command = root(None);
        command.build();
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "countersign", &mut script);
        context.out.raw(&String::from_utf8_lossy(&script))?;
        Ok(Exit::DONE)
    }
}
