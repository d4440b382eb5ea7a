//! Passphrases: from a file, a descriptor or a prompt; never from an argument or a variable's own value.

use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::text::show;

use super::Context;
use super::failure::Failure;
use super::secrecy;
use crate::failure::FailureKind;

/// Longest passphrase file in bytes: a passphrase, not a picture.
const MOST: u64 = 4096;

/// Where the passphrase of a signing key comes from.
#[derive(clap::Args)]
pub(crate) struct PassphraseArgs {
    /// Read the signing key's passphrase from this file's first line (also /dev/fd/N) [env: COUNTERSIGN_PASSPHRASE_FILE]
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// How a new passphrase is asked for.
pub(crate) struct Asks<'a> {
    pub(crate) prompt: &'a str,
    /// What to do where an empty one is given.
    pub(crate) hint: &'a str,
}

impl PassphraseArgs {
    /// A new one is in another file than the one that variable names.
    pub(crate) fn new_in(file: Option<PathBuf>) -> PassphraseArgs {
        PassphraseArgs {
            passphrase_file: file.or(Some(PathBuf::new())),
        }
    }

    /// The passphrase, if a file names it.
    fn in_file(&self) -> anyhow::Result<Option<Zeroizing<String>>> {
        let variable = || {
            std::env::var_os("COUNTERSIGN_PASSPHRASE_FILE")
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let named = self.passphrase_file.clone().or_else(variable);
        let Some(path) = named.filter(|path| !path.as_os_str().is_empty()) else {
            return Ok(None);
        };
        let unreadable = |error: std::io::Error| {
            Failure::new(
                FailureKind::PassphraseFile,
                format!("the passphrase file {} cannot be read", path.display()),
            )
            .because(error)
            .hint("name a file whose first line is the passphrase")
        };
        secrecy::close();
        let file = File::open(&path).map_err(unreadable)?;
        let found = file.metadata().map_err(unreadable)?;
        secrecy::check("the passphrase file", &path, &found)?;
        // One byte more than is taken: what is too long is not cut.
        let mut text = Zeroizing::new(String::with_capacity(MOST as usize + 1));
        file.take(MOST + 1)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
        let line = text.lines().next().unwrap_or_default();
        if line.len() as u64 > MOST {
            return Err(Failure::usage(format!(
                "the first line of the passphrase file {} is too long",
                path.display()
            ))
            .hint("a passphrase has up to 4096 bytes")
            .into());
        }
        if line.is_empty() {
            let message = format!("the passphrase file {} is empty", path.display());
            return Err(Failure::new(FailureKind::PassphraseNeeded, message)
                .hint("its first line is the passphrase")
                .into());
        }
        Ok(Some(Zeroizing::new(line.to_owned())))
    }

    /// The passphrase of an existing key: from the file, else by asking.
    pub(crate) fn existing(
        &self,
        context: &Context,
        key: &str,
    ) -> anyhow::Result<Zeroizing<String>> {
        match self.in_file()? {
            Some(passphrase) => Ok(passphrase),
            None => ask(context, &format!("passphrase of {key}: ")),
        }
    }

    /// A passphrase for a new key: from the file, else by asking twice.
    pub(crate) fn new_one(
        &self,
        context: &Context,
        asks: &Asks<'_>,
    ) -> anyhow::Result<Zeroizing<String>> {
        if let Some(passphrase) = self.in_file()? {
            return Ok(passphrase);
        }
        let first = ask(context, asks.prompt)?;
        if first.is_empty() {
            return Err(Failure::new(
                FailureKind::PassphraseNeeded,
                "an empty passphrase protects nothing",
            )
            .hint(asks.hint)
            .into());
        }
        if *ask(context, "the same once more: ")? != *first {
            return Err(
                Failure::new(FailureKind::PassphrasesDiffer, "the two passphrases differ")
                    .hint("run the command again")
                    .into(),
            );
        }
        Ok(first)
    }
}

fn ask(context: &Context, prompt: &str) -> anyhow::Result<Zeroizing<String>> {
    if context.no_input || !std::io::stderr().is_terminal() {
        return Err(Failure::new(
            FailureKind::PassphraseNeeded,
            "a passphrase is needed and nobody can be asked",
        )
        .hint("use --passphrase-file FILE or COUNTERSIGN_PASSPHRASE_FILE")
        .into());
    }
    secrecy::close();
    let passphrase = rpassword::prompt_password(&*show::line(prompt)).map_err(|error| {
        Failure::new(FailureKind::Prompt, "the passphrase could not be read")
            .because(error)
            .hint("use --passphrase-file FILE")
    })?;
    Ok(Zeroizing::new(passphrase))
}
