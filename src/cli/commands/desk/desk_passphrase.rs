//! `desk passphrase`.

use std::path::{Path, PathBuf};

use super::{Context, Exit, Run};
use crate::cli::failure::Failure;
use crate::cli::passphrase::{Asks, PassphraseArgs};
use crate::cli::{desk, json, secrecy};
use crate::issuer::desk::{DeskError, Root, change_passphrase, read_key_file};
use crate::issuer::keys::is_key_name;
use crate::signing::elsewhere::{Elsewhere, Place};
use crate::signing::keys::{Passphrase, SigningKey};

/// Change the passphrase of the desk's keys
///
/// The keys stay the same: nothing that is sold or answered changes. Both key files that lie at the desk get the new passphrase. Whoever has a copy of one from
/// before opens it with the old: give those that you keep elsewhere the new one, too, with `--key`.
#[derive(clap::Args)]
pub(crate) struct DeskPassphrase {
    #[command(flatten)]
    passphrase: PassphraseArgs,
    #[cfg_attr(
        unix,
        doc = "Read the new passphrase from this file's first line (also /dev/fd/N)"
    )]
    #[cfg_attr(not(unix), doc = "Read the new passphrase from this file's first line")]
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
    /// Leave the keys unencrypted: anyone who reads the files can sign
    #[arg(long, conflicts_with = "new_passphrase_file")]
    no_passphrase: bool,
    /// Change this key, and not the roots at the desk: the NAME of a clerk's that lies here, or a FILE (repeatable)
    #[arg(long = "key", value_name = "NAME|FILE")]
    keys: Vec<PathBuf>,
}

impl Run for DeskPassphrase {
    const NAME: &'static str = "passphrase";
    const ABOUT: &'static str = "Change the passphrase of the desk's keys";

    type Object = json::KeysChanged;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let desk = desk::place(context)?;
        let clerks = |key: PathBuf| {
            let name = key.to_str().filter(|name| is_key_name(name));
            let file = name.map(|name| desk.clerks_key(name));
            file.filter(|file| file.exists()).unwrap_or(key)
        };
        let mut files: Vec<PathBuf> = self.keys.into_iter().map(clerks).collect();
        let named = !files.is_empty();
        if !named {
            if !desk.exists() {
                return Err(DeskError::Missing(desk.directory().to_owned()).into());
            }
            let paths = [Root::Live, Root::Spare].map(|root| desk.key_path(root));
            // The spare one is to lie elsewhere.
            files.extend(paths.into_iter().filter(|path| path.exists()));
        }
        secrecy::close();
        let (mut encrypted, mut here, mut away) = (None, Vec::new(), Vec::new());
        for file in files {
            let text = read_key_file(&file)?;
            if Elsewhere::is_one(&text) {
                away.push((file, Elsewhere::read(&text)?.place));
                continue;
            }
            if SigningKey::is_encrypted(&text) {
                encrypted = encrypted.or(Some(file.clone()));
            }
            here.push(file);
        }
        // Of the desk's own two the other may be in a file.
        if let Some((file, place)) = away.first().filter(|_| named || here.is_empty()) {
            return Err(has_none(file, place).into());
        }
        let files = here;
        let old = match encrypted {
            Some(file) => {
                let text = self
                    .passphrase
                    .existing(context, &file.display().to_string())?;
                Passphrase::new(text)
            }
            None => None,
        };
        let asks = Asks {
            prompt: "new passphrase for the signing keys: ",
            hint: "choose one, or say --no-passphrase for keys that anyone with the files can use",
        };
        let new = match self.no_passphrase {
            true => None,
            false => {
                let args = PassphraseArgs::new_in(self.new_passphrase_file);
                Passphrase::new(args.new_one(context, &asks)?)
            }
        };
        let mut entropy = context.environment.entropy()?;
        let passphrases = (old.as_ref(), new.as_ref());
        change_passphrase(&files, passphrases, &mut entropy).map_err(|(file, error)| {
            let failure = Failure::of(&error.into());
            let because = format!("the key file {}", file.display());
            failure.because(because)
        })?;
        if context.out.json {
            let object = json::KeysChanged {
                files,
                encrypted: new.is_some(),
            };
            Self::print(context, &object)?;
            return Ok(Exit::DONE);
        }
        for file in files {
            context.out.say(format_args!(
                "{} {}",
                file.display(),
                match new {
                    Some(_) => "has the new passphrase",
                    None => "has no passphrase any more: anyone who reads it can sign",
                }
            ));
        }
        for (file, place) in &away {
            context.out.say(has_none(file, place));
        }
        Ok(Exit::DONE)
    }
}

/// What to do instead where a key file holds no key.
fn has_none(file: &Path, place: &Place) -> Failure {
    let (what, hint) = match place {
        Place::Agent => (
            "lies in an ssh-agent",
            "the file that `ssh-add` reads has a passphrase: ssh-keygen -p -f FILE",
        ),
        Place::Token(_) => (
            "lies in a token",
            "the token has a PIN, which its maker's program changes, or: pkcs11-tool --module MODULE --login --change-pin",
        ),
    };
    let file = file.display();
    Failure::usage(format!("{file} has no passphrase: its key {what}")).hint(hint)
}
