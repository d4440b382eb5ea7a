//! The desk of this home, opened: its ledger, what it says of itself, its signing key.

use std::path::Path;
use std::{fs, io};

use crate::failure::FailureKind;
use crate::issuer::desk::{Desk, DeskError, Root, Vendor, vendor};
use crate::issuer::ledger::Ledger;
use crate::issuer::products;
use crate::protocol::product::Product;
use crate::signing::keys::{KeyError, Passphrase, SigningKey};
use crate::signing::signer::TriedSigner;

use super::Context;
use super::failure::Failure;
use super::passphrase::PassphraseArgs;
use super::secrecy;

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

/// Opens the desk of this home.
pub(crate) fn open(context: &Context) -> anyhow::Result<OpenDesk> {
    context.environment.check_actor()?;
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

/// The live root key, its passphrase being asked for only where it has one.
pub(crate) fn signing_key(
    context: &Context,
    desk: &OpenDesk,
    args: &PassphraseArgs,
) -> anyhow::Result<TriedSigner> {
    open_key(context, &desk.desk, Some(args))
}

/// The same of a desk whose ledger is not open.
pub(crate) fn key_at(
    context: &Context,
    desk: &Desk,
    args: &PassphraseArgs,
) -> anyhow::Result<TriedSigner> {
    open_key(context, desk, Some(args))
}

/// The live root key where no passphrase protects it and nothing is wrong with it; what is, is said by [`signing_key`], once a key is needed.
pub(crate) fn key_without_passphrase(context: &Context, desk: &OpenDesk) -> Option<TriedSigner> {
    open_key(context, &desk.desk, None).ok()
}

/// The live root key; without `args` nobody is asked for a passphrase.
fn open_key(
    context: &Context,
    desk: &Desk,
    args: Option<&PassphraseArgs>,
) -> anyhow::Result<TriedSigner> {
    secrecy::close();
    let path = desk.key_path(Root::Live);
    // What is not there, or cannot be read, is said by whoever reads it.
    if let Ok(found) = fs::metadata(&path) {
        secrecy::check("the signing key", &path, &found)?;
    }
    let lost = |error: DeskError| lost(error, &path);
    let pem = desk.key_text(Root::Live).map_err(lost)?;
    let passphrase = match args {
        Some(args) if SigningKey::is_encrypted(&pem) => {
            let text = args.existing(context, &path.display().to_string())?;
            Some(Passphrase::new(text).ok_or(KeyError::WrongPassphrase)?)
        }
        _ => None,
    };
    let key = SigningKey::from_pem(&pem, passphrase.as_ref());
    let key = key.map_err(|error| lost(error.into()))?;
    Ok(context.environment.tried(key)?)
}

/// A signing key that is not there any more, or does not open: what takes its place.
fn lost(error: DeskError, path: &Path) -> anyhow::Error {
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
