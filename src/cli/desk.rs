//! The desk of this home, opened: its ledger, what it says of itself, its signing key.

use std::path::Path;
use std::{fs, io};

use crate::failure::FailureKind;
use crate::issuer::desk::{Desk, DeskError, Vendor, read_key_file, vendor};
use crate::issuer::ledger::Ledger;
use crate::issuer::products;
use crate::protocol::product::Product;
use crate::signing::elsewhere::Elsewhere;
use crate::signing::keys::{KeyError, Passphrase, SigningKey};
use crate::signing::signer::TriedSigner;

use super::Context;
use super::failure::Failure;
use super::passphrase::PassphraseArgs;
use super::{elsewhere, secrecy, sold};

/// A desk with its ledger open.
pub(crate) struct OpenDesk {
    desk: Desk,
    ledger: Ledger,
    vendor: Vendor,
}

impl OpenDesk {
    pub(crate) fn ledger(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    /// Where it lies.
    pub(crate) fn place(&self) -> &Desk {
        &self.desk
    }

    pub(crate) fn vendor(&self) -> &Vendor {
        &self.vendor
    }
}

/// The desk's place in this home; it need not exist.
pub(crate) fn place(context: &Context) -> anyhow::Result<Desk> {
    Ok(Desk::at(&context.homes.own()?))
}

/// Whether this home has a desk.
pub(crate) fn is_here(context: &Context) -> anyhow::Result<bool> {
    Ok(place(context)?.exists())
}

/// Refuses a name that would hide something in the history, or that is none.
///
/// # Errors
/// Usage, naming the character.
pub(crate) fn check_actor(context: &Context) -> Result<(), Failure> {
    let actor = context.environment.by().name;
    sold::plain("the name of who is at work (--as)", actor)?;
    if actor.trim().is_empty() {
        let hint = "--as NAME says who, for the history; without it your login name stands there";
        return Err(Failure::usage("the name of who is at work is empty").hint(hint));
    }
    Ok(())
}

/// Opens the desk of this home.
pub(crate) fn open(context: &Context) -> anyhow::Result<OpenDesk> {
    check_actor(context)?;
    let desk = place(context)?;
    let mut ledger = desk.ledger()?;
    let vendor = ledger.read(vendor)?;
    Ok(OpenDesk {
        desk,
        ledger,
        vendor,
    })
}

/// The desk's products, each with the name of what it does with machines that are weakly bound; nothing where this home has no desk.
pub(crate) fn products(context: &Context) -> anyhow::Result<Option<Vec<(Product, &'static str)>>> {
    if !is_here(context)? {
        return Ok(None);
    }
    let listed = products::list(open(context)?.ledger())?.into_iter();
    Ok(Some(
        listed
            .map(|(product, weak)| (product, weak.name()))
            .collect(),
    ))
}

/// One of them.
pub(crate) fn product(
    context: &Context,
    id: &str,
) -> anyhow::Result<Option<(Product, &'static str)>> {
    if !is_here(context)? {
        return Ok(None);
    }
    let mut desk = open(context)?;
    let weak = products::weak(desk.ledger(), id)?;
    Ok(Some((products::show(desk.ledger(), id)?, weak.name())))
}

/// The key of a file, or of the place that it names; without `args` nobody is asked for a passphrase. What is wrong with the file itself is a [`DeskError`].
pub(crate) fn key_in(
    context: &Context,
    path: &Path,
    args: Option<&PassphraseArgs>,
) -> anyhow::Result<TriedSigner> {
    secrecy::close();
    let pem = read_key_file(path)?;
    if Elsewhere::is_one(&pem) {
        return elsewhere::open(context, &Elsewhere::read(&pem)?, path, args);
    }
    if let Ok(found) = fs::metadata(path) {
        secrecy::check("the signing key", path, &found)?;
    }
    let passphrase = match args {
        Some(args) if SigningKey::is_encrypted(&pem) => {
            let text = args.existing(context, &path.display().to_string())?;
            Some(Passphrase::new(text).ok_or(KeyError::WrongPassphrase)?)
        }
        _ => None,
    };
    let key = SigningKey::from_pem(&pem, passphrase.as_ref()).map_err(DeskError::from)?;
    Ok(context.environment.tried(key)?)
}

/// A signing key that is not there any more, or does not open: what takes its place.
pub(crate) fn lost(error: DeskError, path: &Path) -> anyhow::Error {
    let gone = match &error {
        DeskError::Io { error, .. } => error.kind() == io::ErrorKind::NotFound,
        DeskError::Key(error) => *error != KeyError::PassphraseNeeded,
        _ => false,
    };
    let failure = Failure::of(&error.into());
    if !gone {
        return failure.into();
    }
    let first = match failure.kind {
        FailureKind::WrongPassphrase | FailureKind::UnsupportedEncryption => &failure.hint,
        _ => "put the key file back from a backup",
    };
    let hint = format!(
        "{first}; where that key is lost for good, the spare key takes its place: copy its file, which opens with the same passphrase, to {}; every machine trusts both",
        path.display()
    );
    failure.hint(hint).into()
}
