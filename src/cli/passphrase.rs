//! Passphrases: from a file, a descriptor or a prompt; never from an argument or a variable's own value.

#[cfg(feature = "desk")]
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::PathBuf;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::text::show;

use super::Context;
use super::failure::Failure;
use super::secrecy;
use crate::failure::FailureKind;

/// Longest passphrase file in bytes: a passphrase, not a picture.
const MOST: u64 = 4096;

/// Where the passphrase of a signing key comes from.
#[derive(clap::Args, Clone)]
pub(crate) struct PassphraseArgs {
    #[cfg_attr(
        unix,
        doc = "Read the signing key's passphrase from this file's first line (also /dev/fd/N) [env: COUNTERSIGN_PASSPHRASE_FILE]"
    )]
    #[cfg_attr(
        not(unix),
        doc = "Read the signing key's passphrase from this file's first line [env: COUNTERSIGN_PASSPHRASE_FILE]"
    )]
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Whether it is a new one beside another.
    #[arg(skip)]
    new: bool,
}

/// How a new passphrase is asked for.
pub(crate) struct Asks<'a> {
    pub(crate) prompt: &'a str,
    /// What to do where an empty one is given.
    pub(crate) hint: &'a str,
}

impl PassphraseArgs {
    /// The same options, as they are typed.
    #[cfg(feature = "desk")]
    pub(crate) fn typed(&self) -> Vec<OsString> {
        let file = self.passphrase_file.as_ref();
        let word = |file: &PathBuf| {
            [OsStr::new("--passphrase-file="), file.as_os_str()]
                .into_iter()
                .collect()
        };
        file.map(word).into_iter().collect()
    }

    /// A new one is in another file than the one that variable names.
    pub(crate) fn new_in(file: Option<PathBuf>) -> PassphraseArgs {
        PassphraseArgs {
            passphrase_file: file.or(Some(PathBuf::new())),
            new: true,
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
        let mut bytes = Zeroizing::new(Vec::with_capacity(MOST as usize + 1));
        file.take(MOST + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        let text = text_of(&bytes).ok_or_else(|| {
            let why = "it is no text in UTF-8";
            unreadable(std::io::Error::new(std::io::ErrorKind::InvalidData, why))
        })?;
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
        Ok(Some(normal(line)))
    }

    /// The passphrase of an existing key: from the file, else by asking.
    pub(crate) fn existing(
        &self,
        context: &Context,
        key: &str,
    ) -> anyhow::Result<Zeroizing<String>> {
        match self.in_file()? {
            Some(passphrase) => Ok(passphrase),
            None => self.ask(context, &format!("passphrase of {key}: ")),
        }
    }

    /// The PIN of a token, in the same way.
    #[cfg(feature = "token")]
    pub(crate) fn pin(&self, context: &Context, token: &str) -> anyhow::Result<Zeroizing<String>> {
        match self.in_file()? {
            Some(pin) => Ok(pin),
            None => self.ask(context, &format!("PIN of the token {token}: ")),
        }
    }

    /// Whether a file is asked, and nobody.
    #[cfg(feature = "token")]
    pub(crate) fn is_in_file(&self) -> anyhow::Result<bool> {
        Ok(self.in_file()?.is_some())
    }

    /// A passphrase for a new key: from the file, else by asking twice.
    pub(crate) fn new_one(
        &self,
        context: &mut Context,
        asks: &Asks<'_>,
    ) -> anyhow::Result<Zeroizing<String>> {
        if let Some(passphrase) = self.in_file()? {
            // `echo words > FILE` of cmd writes the blank too, and nobody types it.
            if passphrase.ends_with(char::is_whitespace) {
                context.out.warn(
                    "the passphrase in the file ends with a blank, which is a part of it: whoever types it must type the blank",
                );
            }
            return Ok(passphrase);
        }
        let first = self.ask(context, asks.prompt)?;
        if first.is_empty() {
            return Err(Failure::new(
                FailureKind::PassphraseNeeded,
                "an empty passphrase protects nothing",
            )
            .hint(asks.hint)
            .into());
        }
        if *self.ask(context, "the same once more: ")? != *first {
            return Err(
                Failure::new(FailureKind::PassphrasesDiffer, "the two passphrases differ")
                    .hint("run the command again")
                    .into(),
            );
        }
        Ok(first)
    }

    fn ask(&self, context: &Context, prompt: &str) -> anyhow::Result<Zeroizing<String>> {
        if context.no_input || !std::io::stderr().is_terminal() {
            return Err(Failure::new(
                FailureKind::PassphraseNeeded,
                "a passphrase or a PIN is needed and nobody can be asked",
            )
            .hint(match self.new {
                true => "use --new-passphrase-file FILE",
                false => "use --passphrase-file FILE or COUNTERSIGN_PASSPHRASE_FILE",
            })
            .into());
        }
        secrecy::close();
        let passphrase = rpassword::prompt_password(&*show::line(prompt)).map_err(|error| {
            Failure::new(FailureKind::Prompt, "the passphrase could not be read")
                .because(error)
                .hint(match self.new {
                    true => "use --new-passphrase-file FILE",
                    false => "use --passphrase-file FILE",
                })
        })?;
        let passphrase = Zeroizing::new(passphrase);
        Ok(normal(&passphrase))
    }
}

/// The text of a passphrase file, without the mark that an editor put before it; also in UTF-16, if it is marked as that.
fn text_of(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => {
            let text = str::from_utf8(bytes).ok()?;
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            return Some(Zeroizing::new(text.to_owned()));
        }
    };
    let (pairs, _) = bytes.get(2..)?.as_chunks::<2>();
    let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        text.push(character.ok()?);
    }
    Some(text)
}

/// The passphrase as it is taken for a key: one keyboard writes å as one character, another as two, and nobody sees the difference.
fn normal(passphrase: &str) -> Zeroizing<String> {
    let mut normal = Zeroizing::new(String::with_capacity(3 * passphrase.len()));
    normal.extend(passphrase.nfc());
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_the_same_however_it_was_written_down() {
        let wide = |unit: fn(u16) -> [u8; 2]| {
            "\u{feff}bl\u{e5}"
                .encode_utf16()
                .flat_map(unit)
                .collect::<Vec<u8>>()
        };
        for bytes in [
            "bl\u{e5}".as_bytes().to_vec(),
            "bla\u{30a}".as_bytes().to_vec(),
            "\u{feff}bla\u{30a}".as_bytes().to_vec(),
            wide(u16::to_le_bytes),
            wide(u16::to_be_bytes),
        ] {
            assert_eq!(*normal(&text_of(&bytes).unwrap()), "bl\u{e5}", "{bytes:?}");
        }
        assert!(text_of(b"bl\xe5").is_none());
        // A blank of another width is what somebody chose.
        assert_eq!(*normal("a\u{a0}b "), "a\u{a0}b ");
    }
}
