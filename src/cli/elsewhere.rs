//! Keys that lie in an ssh-agent or in a token: opened, and named for the first time.

use std::fs;
use std::path::{Path, PathBuf};

use super::Context;
use super::passphrase::PassphraseArgs;
use super::secrecy;
use crate::signing::absent::Absent;
use crate::signing::elsewhere::agent::AgentKey;
use crate::signing::elsewhere::uri::TokenUri;
use crate::signing::elsewhere::{Elsewhere, Place, ssh};
use crate::signing::keys::KeyError;
use crate::signing::signer::TriedSigner;

/// Which key a new key file names, in place of one that is made.
#[derive(clap::Args)]
pub(crate) struct ElsewhereArgs {
    /// A key in your ssh-agent: the FILE with its public half, or that line itself
    #[arg(long, value_name = "KEY")]
    pub(crate) agent: Option<String>,
    /// A key in a PKCS#11 token: pkcs11:token=…;object=…?module-path=/…
    #[arg(long, value_name = "URI", conflicts_with = "agent")]
    pub(crate) pkcs11: Option<String>,
}

/// The key that options name, opened and tried.
///
/// # Errors
/// `UriError`, `Absent`, and what a file says.
pub(crate) fn named(
    context: &Context,
    (agent, pkcs11): (Option<&str>, Option<&str>),
    passphrase: &PassphraseArgs,
) -> anyhow::Result<Option<(Elsewhere, TriedSigner)>> {
    let place = match (agent, pkcs11) {
        (Some(key), _) => {
            let line = match key.starts_with("ssh-") || key.starts_with("ecdsa-") {
                true => key.to_owned(),
                false => super::handed_over::text_in_file(Path::new(key))?,
            };
            let public = ssh::public_key(&line)?;
            let elsewhere = Elsewhere {
                place: Place::Agent,
                public,
            };
            let signer = open(context, &elsewhere, Path::new(""), Some(passphrase))?;
            return Ok(Some((elsewhere, signer)));
        }
        (None, Some(uri)) => TokenUri::parse(uri)?,
        (None, None) => return Ok(None),
    };
    let signer = in_token(context, &place, None, passphrase)?;
    let elsewhere = Elsewhere {
        public: signer.public(),
        place: Place::Token(place),
    };
    Ok(Some((elsewhere, signer)))
}

/// The key of a key file that names its place; without `args` nobody is asked for anything, neither here nor by an agent.
///
/// # Errors
/// `Absent`, `PassphraseNeeded`, `ForeignModule`, and what the key says when it is tried.
pub(crate) fn open(
    context: &Context,
    elsewhere: &Elsewhere,
    file: &Path,
    args: Option<&PassphraseArgs>,
) -> anyhow::Result<TriedSigner> {
    let args = args.ok_or(KeyError::PassphraseNeeded)?;
    match &elsewhere.place {
        Place::Agent => {
            let patience = context.environment.agents_patience();
            let key = AgentKey::open(socket().as_deref(), elsewhere.public, patience)?;
            Ok(context.environment.tried(key)?)
        }
        Place::Token(uri) => {
            if let Ok(found) = fs::metadata(file) {
                secrecy::check_own("the key file", file, &found)?;
            }
            in_token(context, uri, Some(&elsewhere.public), args)
        }
    }
}

/// Where the agent listens of whoever acts.
fn socket() -> Option<PathBuf> {
    let named = std::env::var_os("SSH_AUTH_SOCK").filter(|it| !it.is_empty());
    let pipe = || cfg!(windows).then(|| PathBuf::from(r"\\.\pipe\openssh-ssh-agent"));
    named.map(PathBuf::from).or_else(pipe)
}

#[cfg(feature = "token")]
fn in_token(
    context: &Context,
    uri: &TokenUri,
    enrolled: Option<&[u8; 32]>,
    args: &PassphraseArgs,
) -> anyhow::Result<TriedSigner> {
    use crate::signing::elsewhere::token::{Pin, Token};
    use crate::signing::keys::Passphrase;

    secrecy::close();
    // It becomes a part of this program.
    if let Ok(found) = fs::metadata(uri.module()) {
        secrecy::check_own("the PKCS#11 module", uri.module(), &found)?;
    }
    secrecy::check_way("the PKCS#11 module", uri.module())?;
    let token = Token::find(uri)?;
    let asks = token.pin()?;
    if asks == Pin::LastTry && args.is_in_file()? {
        return Err(Absent::LastTry(token.label().to_owned()).into());
    }
    let pin = match asks {
        Pin::Asked | Pin::LastTry => {
            let typed = args.pin(context, token.label())?;
            Some(Passphrase::new(typed).ok_or(KeyError::PassphraseNeeded)?)
        }
        Pin::None | Pin::OnItsOwnPad => None,
    };
    let mut key = token.open(uri, pin.as_ref())?;
    if let Some(enrolled) = enrolled {
        key = key.that_is(enrolled)?;
    }
    Ok(context.environment.tried(key)?)
}

/// This build loads no modules.
#[cfg(not(feature = "token"))]
fn in_token(
    _: &Context,
    _: &TokenUri,
    _: Option<&[u8; 32]>,
    _: &PassphraseArgs,
) -> anyhow::Result<TriedSigner> {
    Err(Absent::NotBuilt.into())
}
