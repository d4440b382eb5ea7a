//! What a site's license administrator does.

pub(super) mod card;
pub(super) mod init;
pub(super) mod lending;
pub(super) mod loans;
pub(super) mod password;
pub(super) mod respond;
#[cfg(not(feature = "desk"))]
pub(super) mod respond_alone;
pub(super) mod rules;
pub(super) mod status;
pub(super) mod used;

use super::check::CheckArgs;
use super::{Context, Exit, Run};
use crate::cli::machine_home::{self, Found};
use crate::cli::passphrase::{self, PassphraseArgs};
use crate::cli::report;
use crate::cli::seats::{moment, no_seats};
use crate::failure::FailureKind;
use crate::holder::{Home, Refusal, Terms};
use crate::license_key::LicenseKey;
use crate::messages;
use crate::protocol::grant::LicenseType;
use crate::seats::Seats;
use crate::signing::keys::{KeyError, Passphrase};
use crate::signing::signer::TriedSigner;
use crate::site::{self, Pause, Site, SiteError};

/// Those of which seats can be lent.
pub(super) const LENDABLE: &[LicenseType] = &[LicenseType::Floating, LicenseType::Named];

/// Which license of the site is meant.
#[derive(clap::Args)]
pub(crate) struct SiteArgs {
    /// The product, where the site has licenses of several
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// The license, where the site has several
    #[arg(long, value_name = "KEY")]
    license: Option<String>,
}

impl SiteArgs {
    /// The license that is meant: one of these types, which are those that the command is about.
    pub(super) fn find(&self, context: &Context, types: &[LicenseType]) -> anyhow::Result<Found> {
        let (product, license) = (self.product.clone(), self.license.clone());
        CheckArgs::of_one(context, product, license, types)?.find(context, false)
    }
}

/// Copies that were put right, or that somebody else has to: where another may not write, there is nothing that he would have to.
pub(super) fn unless_not_ours(done: Result<(), site::SiteError>) -> Result<(), site::SiteError> {
    use FailureKind::{NoPermission, NotOwner, ReadOnly};
    match done {
        Err(error) if matches!(error.kind(), NoPermission | NotOwner | ReadOnly) => Ok(()),
        done => done,
    }
}

/// The home with a site's key, if this computer has one.
pub(super) fn home(context: &Context) -> anyhow::Result<Option<Home>> {
    let mut unfit = None;
    for (directory, audience) in context.homes.machine()? {
        // What a computer keeps beside its homes is not asked for a key: each answer of a desk begins here.
        let home = Home::new(&directory, audience);
        match site::public(&home) {
            Ok(Some(_)) => return Ok(Some(home)),
            Ok(None) => {}
            Err(error) => unfit = unfit.or(Some(error)),
        }
    }
    unfit.map_or(Ok(None), |error| Err(error.into()))
}

/// The site of a license that was found: by its key and its book, whatever the license is by now, for what was lent comes back.
pub(super) fn of(found: &Found) -> anyhow::Result<Site<'_>> {
    let (home, report) = (&found.home, &found.report);
    let Some((key, terms)) = report.license_key.zip(report.terms.as_ref()) else {
        // Where a site's key waits for its license it is asked for with the key.
        if let Some(refusal @ Refusal::NotLicensed { pending: false, .. }) = &report.refusal
            && site::public(home)?.is_some()
        {
            let failure = report::failure(report, refusal);
            return Err(failure.hint(messages::site_words::next()).into());
        }
        return Err(no_seats(found));
    };
    let seats = seats_of(found, key, terms)?;
    Ok(Site::open(home, &found.computer.facts, key, seats)?)
}

/// The seats that are used here, or lent.
fn seats(found: &Found) -> anyhow::Result<Seats> {
    let held = found.report.license_key.zip(found.report.terms.as_ref());
    let (key, terms) = held.ok_or_else(|| no_seats(found))?;
    seats_of(found, key, terms)
}

fn seats_of(found: &Found, key: LicenseKey, terms: &Terms) -> anyhow::Result<Seats> {
    let home = &found.home;
    let license = home.license(key)?;
    let lends = license.is_some_and(|license| site::is_site_of(home, &license));
    if !lends && terms.license_type != LicenseType::Floating {
        return Err(no_seats(found));
    }
    Ok(found.computer.seats_of(home, &found.product, key, terms)?)
}

/// That a site lends nothing until the vendor has answered.
fn paused(why: Pause) -> &'static str {
    match why {
        Pause::Book => messages::site_words::paused(),
        Pause::Machine => messages::site_words::paused_elsewhere(),
    }
}

/// The license with this key, as it is held here.
pub(super) fn with_key(context: &Context, key: LicenseKey) -> anyhow::Result<Found> {
    let words = [key.to_string()];
    let (_, license) = machine_home::license(context, &words, None, |it| it.held.is_some())?;
    let [key] = words;
    CheckArgs::of(Some(license.product), Some(key)).find(context, false)
}

/// What was just applied may be what lending waited for. Where nothing of it can be done now, whatever has to do with loans next does it.
pub(in crate::cli::commands) fn settle(context: &Context, key: LicenseKey) {
    let found = with_key(context, key);
    let _ = found.and_then(|found| Ok(of(&found)?.settle(&moment(context))?));
}

/// The site's key, its password being shown.
pub(super) fn signer(
    context: &Context,
    home: &Home,
    args: &PassphraseArgs,
) -> anyhow::Result<TriedSigner> {
    let password = password(context, home, args)?;
    let key = site::unlock(home, &password)?;
    Ok(context.environment.tried(key)?)
}

/// The password, as it is given.
pub(super) fn password(
    context: &Context,
    home: &Home,
    args: &PassphraseArgs,
) -> anyhow::Result<Passphrase> {
    if site::public(home)?.is_none() {
        return Err(SiteError::Missing.into());
    }
    let text = args.existing(context, messages::site_words::key_named())?;
    let password = Passphrase::new(text).ok_or(SiteError::Key(KeyError::WrongPassphrase))?;
    Ok(password)
}

/// A new one.
pub(super) fn new_password(
    context: &mut Context,
    args: &PassphraseArgs,
) -> anyhow::Result<Passphrase> {
    let asks = passphrase::Asks {
        prompt: messages::site_words::new_password(),
        hint: messages::site_words::choose_one(),
    };
    let text = args.new_one(context, &asks)?;
    let password = Passphrase::new(text).ok_or(SiteError::Key(KeyError::PassphraseNeeded))?;
    Ok(password)
}
