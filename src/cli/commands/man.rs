//! `man [DIR]`.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Command;

use super::{Context, Exit, Run, root};
use crate::cli::files;
use crate::cli::json::Nothing;
use crate::messages;

/// Print the manual page, or write a page for each command into a directory
#[derive(clap::Args)]
pub(crate) struct Man {
    /// Where to write countersign.1 and a page for each command
    dir: Option<PathBuf>,
}

impl Run for Man {
    const NAME: &'static str = "man";
    const ABOUT: &'static str = "Print the manual page, or write all pages into a directory";

    type Object = Nothing;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut command = root(None);
        command.build();
        let mut pages = Vec::new();
        collect(&command, "countersign".to_owned(), &mut pages)?;
        match &self.dir {
            None => {
                let first = pages
                    .first()
                    .map(|(_, text)| text.as_str())
                    .unwrap_or_default();
                context.out.raw(first)?;
            }
            Some(dir) => {
                fs::create_dir_all(dir)
                    .with_context(|| messages::man::not_made(dir.display()).to_string())?;
                for (name, text) in &pages {
                    let path = dir.join(format!("{name}.1"));
                    files::write(&path, text.as_bytes())?;
                }
                context
                    .out
                    .say(messages::man::written(dir.display(), pages.len()));
            }
        }
        Ok(Exit::DONE)
    }
}

/// The page of a command and of those below it, by name.
fn collect(
    command: &Command,
    name: String,
    pages: &mut Vec<(String, String)>,
) -> anyhow::Result<()> {
    let mut text = Vec::new();
    // No date: a page must not change from one build to the next.
    clap_mangen::Man::new(command.clone().display_name(&name))
        .title(name.to_uppercase())
        .date("")
        .render(&mut text)?;
    pages.push((name.clone(), String::from_utf8_lossy(&text).into_owned()));
    for below in command
        .get_subcommands()
        .filter(|below| below.get_name() != "help")
    {
        collect(below, format!("{name}-{}", below.get_name()), pages)?;
    }
    Ok(())
}
