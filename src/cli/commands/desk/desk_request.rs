//! `desk request`.

use std::path::{Path, PathBuf};

use super::{Context, Exit, Run};
use crate::cli::elsewhere::{self, ElsewhereArgs};
use crate::cli::failure::Failure;
use crate::cli::passphrase::{Asks, PassphraseArgs};
use crate::cli::{desk, files, json, others, secrecy};
use crate::failure::FailureKind;
use crate::issuer::desk::{DeskError, read_key_file, write_new_key};
use crate::issuer::keys::{KeyRequest, is_key_name};
use crate::protocol::product::RootFingerprint;
use crate::rights::Others;
use crate::signing::elsewhere::Elsewhere;
use crate::signing::keys::{Passphrase, SigningKey};
use crate::signing::signer::TriedSigner;

/// Make a key of your own, and the request by which the root certifies it
///
/// The key lies at the desk, in `keys/NAME.pem`, or in the FILE of `--key`; it never leaves there, and its passphrase is yours alone. The request lies beside it
/// under the same name with `.request` at its end: it holds no secret, and where it got lost the same command writes it anew. At a desk that several share, tell a manager your name; elsewhere hand him that file.
/// `countersign desk certify NAME` is what he does then.
///
/// With `--agent` or `--pkcs11` your key is one that lies in your ssh-agent or in a token, and that file only says where.
#[derive(clap::Args)]
pub(crate) struct DeskRequest {
    /// Your name: a to z, 0 to 9 and -, such as ann
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    /// Put the key into this file, such as one in your own home
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    elsewhere: ElsewhereArgs,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// Leave the key unencrypted: anyone who reads the file can sign
    #[arg(long, conflicts_with_all = ["passphrase_file", "agent", "pkcs11"])]
    no_passphrase: bool,
}

/// The name of a key.
pub(super) fn name(text: &str) -> Result<String, String> {
    match is_key_name(text) {
        true => Ok(text.to_owned()),
        false => Err(
            "the name of a key has up to 32 characters of a to z, 0 to 9 and -, begins with a letter, and is not root or spare"
                .to_owned(),
        ),
    }
}

/// Where the request of a key lies.
pub(super) fn request_of(key: &Path) -> PathBuf {
    key.with_extension("request")
}

/// How a key file keeps its key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Encrypted,
    Plain,
    /// It says where it lies.
    Elsewhere,
}

impl Kept {
    fn of(text: &str) -> Kept {
        match text {
            _ if Elsewhere::is_one(text) => Kept::Elsewhere,
            _ if SigningKey::is_encrypted(text) => Kept::Encrypted,
            _ => Kept::Plain,
        }
    }
}

impl Run for DeskRequest {
    const NAME: &'static str = "request";
    const ABOUT: &'static str = "Make a clerk's key, for a manager to certify";

    type Object = json::KeyRequested;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let file = match &self.key {
            Some(file) => file.clone(),
            None => {
                let desk = desk::place(context)?;
                if !desk.exists() {
                    let none = DeskError::Missing(desk.directory().to_owned());
                    let failure = Failure::of(&none.into());
                    let hint = "name the desk's place with --home, or where your key is to lie with --key FILE";
                    return Err(failure.hint(hint).into());
                }
                desk.clerks_key(&self.name)
            }
        };
        let request_file = request_of(&file);
        // Said before a passphrase is asked for.
        if request_file.symlink_metadata().is_ok() {
            let message = format!("there is a request {} already", request_file.display());
            return Err(Failure::new(FailureKind::KeptFile, message)
                .hint("nothing was changed; hand that one to a manager; for another key under this name move that file and the key beside it away first")
                .into());
        }
        let ElsewhereArgs { agent, pkcs11 } = &self.elsewhere;
        let named = (agent.as_deref(), pkcs11.as_deref());
        let (key, kept) = match (file.exists(), named) {
            // It was made before, and its request is lost, or was never written.
            (true, (None, None)) => (
                desk::key_in(context, &file, Some(&self.passphrase))?,
                Kept::of(&read_key_file(&file)?),
            ),
            (true, _) => {
                let message = format!("there is a key file {} already", file.display());
                return Err(Failure::new(FailureKind::KeptFile, message)
                    .hint("nothing was changed; without --agent and --pkcs11 its request is written anew; another key takes another name")
                    .into());
            }
            (false, _) => match elsewhere::named(context, named, &self.passphrase)? {
                Some((elsewhere, key)) => {
                    write_new_key(&file, &elsewhere.to_text())?;
                    (key, Kept::Elsewhere)
                }
                None => {
                    let how = (&self.passphrase, self.no_passphrase);
                    made(context, &file, how, "new passphrase for your key: ")?
                }
            },
        };
        let request = KeyRequest::to_file(&self.name, &key)?;
        files::write(&request_file, request.as_bytes())?;
        let fingerprint = RootFingerprint::of(&key.public());
        if context.out.json {
            let object = json::KeyRequested {
                name: self.name,
                fingerprint: json::Shown(fingerprint),
                key: file,
                request: request_file,
                encrypted: kept != Kept::Plain,
            };
            Self::print(context, &object)?;
            return Ok(Exit::DONE);
        }
        if kept == Kept::Plain {
            context
                .out
                .warn("the key is not encrypted: whoever reads the file can sign as you");
        }
        let name = &self.name;
        let file = file.display();
        context.out.say(match kept {
            Kept::Elsewhere => format!("{file} says where your key {fingerprint} lies"),
            Kept::Encrypted | Kept::Plain => format!("your key {fingerprint} lies in {file}"),
        });
        context.out.say(match self.key {
            None => format!("next: whoever has the root says countersign desk certify {name}; tell him these six groups, which he compares"),
            Some(_) => format!(
                "next: hand {} to a manager, who says countersign desk certify {name} --request FILE, and tell him these six groups",
                request_file.display()
            ),
        });
        Ok(Exit::DONE)
    }
}

/// A new key in a file of its own, and how that keeps it.
pub(super) fn made(
    context: &mut Context,
    file: &Path,
    (passphrase, none): (&PassphraseArgs, bool),
    prompt: &str,
) -> anyhow::Result<(TriedSigner, Kept)> {
    secrecy::close();
    let passphrase = match none {
        true => None,
        false => {
            let asks = Asks {
                prompt,
                hint: "choose one, or say --no-passphrase for a key that anyone with the file can use",
            };
            Passphrase::new(passphrase.new_one(context, &asks)?)
        }
    };
    let mut entropy = context.environment.entropy()?;
    let key = SigningKey::generate(&mut entropy);
    let pem = match &passphrase {
        Some(passphrase) => key.to_encrypted_pem(passphrase, &mut entropy)?,
        None => key.to_pem()?,
    };
    let key = context.environment.tried(key)?;
    write_new_key(file, &pem)?;
    others::tell_who_gets_at(file, Others::Nobody, &mut context.out);
    Ok((key, Kept::of(&pem)))
}
