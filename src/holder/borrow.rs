//! Asking a site for a seat, and for more time of one: the same order as with the vendor's desk, the secret first (SPEC.md 4.6).

use std::num::NonZeroU8;

use super::cards;
use super::error::HolderError;
use super::evidence;
use super::home::Home;
use super::json::{Array, Bytes};
use super::memory::Memory;
use super::places::Places;
use super::request::{Asked, Here, asked, draw, keep, known_or_new};
use super::secrets::Secrets;
use super::state::{Held, LicenseState, Pending, Request, Stands};
use super::sync::carried_over;
use crate::license_key::LicenseKey;
use crate::machine::{Assessment, Facts, Fingerprint};
use crate::protocol::date::Day;
use crate::protocol::digest::request_tag;
use crate::protocol::entitlements::{Entitlement, Entitlements};
use crate::protocol::product::{Product, ProductFile};
use crate::protocol::requests::Borrow;
use crate::text::Kind;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The site's license.
    pub key: LicenseKey,
    /// For so many days from today.
    pub days: NonZeroU8,
    /// Features, limits, modules and texts by their names; none: all that the site lends, or for more time of a loan what it contains.
    pub features: &'a [String],
    /// Ask anew where the same request is pending.
    pub anew: bool,
}

/// Asks for a seat. `fill` fills a buffer from a source of randomness that is fit for secrets.
///
/// # Errors
/// `already_licensed` where the license is held here by itself, `on_loan` where a loan of it runs; `weak_machine`; `feature_missing`; what the file system says.
pub fn borrow<E: std::fmt::Display>(
    home: &Home,
    file: &ProductFile,
    wanted: &Wanted<'_>,
    here: &Here<'_>,
    fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
) -> Result<Asked, HolderError> {
    let _lock = home.lock()?;
    let mut license = known_or_new(home, file, wanted.key)?;
    if let Some(held) = in_force(home, file, &license, here.facts) {
        match held.lent_until() {
            None => {
                return Err(HolderError::AlreadyLicensed {
                    key: wanted.key,
                    activation: held.standing.activation,
                });
            }
            Some(until) if until >= here.wall.day() => {
                let key = wanted.key;
                return Err(HolderError::OnLoan { key, until });
            }
            Some(_) => {}
        }
    }
    ask(home, file, &mut license, (wanted, None), here, fill)
}

/// Asks for more time of the loan that is held, before its end or after. The days count from today.
///
/// # Errors
/// `unknown_license`, `given_up`, `not_on_loan`; as [`borrow`].
pub fn extend<E: std::fmt::Display>(
    home: &Home,
    file: &ProductFile,
    wanted: &Wanted<'_>,
    here: &Here<'_>,
    fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
) -> Result<Asked, HolderError> {
    let key = wanted.key;
    let _lock = home.lock()?;
    let mut license = home
        .license(key)?
        .ok_or(HolderError::UnknownLicense { key })?;
    let Some(held) = &license.held else {
        return Err(match license.returned.first() {
            Some(given) => HolderError::GivenUp {
                activation: given.activation,
            },
            None => HolderError::NotOnLoan { key },
        });
    };
    let activation = held.standing.activation;
    let facts = here.facts;
    let places = Places { home, facts };
    if places.returned(key, activation).is_some() {
        return Err(HolderError::GivenUp { activation });
    }
    let loan = held.loan().ok_or(HolderError::NotOnLoan { key })?;
    ask(home, file, &mut license, (wanted, Some(loan)), here, fill)
}

/// What is held here, whole, by this machine, and not given up.
fn in_force<'a>(
    home: &Home,
    file: &ProductFile,
    license: &'a LicenseState,
    facts: &Facts,
) -> Option<&'a Held> {
    let held = license.held.as_ref()?;
    let (key, standing) = (license.license_key, &held.standing);
    let given_up = Places { home, facts }.returned(key, standing.activation);
    let (here, _) = standing.found_on(facts, key);
    let whole = evidence::verify_held(file, license).is_ok();
    (given_up.is_none() && here && whole).then_some(held)
}

fn ask<E: std::fmt::Display>(
    home: &Home,
    file: &ProductFile,
    license: &mut LicenseState,
    (wanted, extends): (&Wanted<'_>, Option<u32>),
    here: &Here<'_>,
    fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
) -> Result<Asked, HolderError> {
    let key = wanted.key;
    let list = listed(file.product(), wanted.features)?;
    let fingerprint =
        Fingerprint::of(here.facts, &key.to_bytes()).ok_or(HolderError::WeakMachine)?;
    let fingerprint = match (&license.held, extends) {
        // Root and user read different parts of one machine, and its site takes one that says less of itself for another.
        (Some(held), Some(_)) => {
            let parts = Memory::recall(home, &license.product, Some(license), here.facts).parts;
            carried_over(license, held, fingerprint, &parts, here)
        }
        _ => fingerprint,
    };
    let mut secrets = Secrets::load(home, key)?;
    let same = |request: &Borrow| {
        request.days == wanted.days
            && request.extends == extends
            && request.wanted == list
            && fingerprint.compare(&request.fingerprint).verdict() != Assessment::Mismatch
            && secrets.get(key, request.commitment).is_some()
    };
    let repeats = |pending: &&Pending| {
        pending.request.kind == Kind::Borrow
            && Borrow::decode(&pending.request.payload).is_ok_and(|request| same(&request))
    };
    if let Some(pending) = license.open().filter(|_| !wanted.anew).find(repeats) {
        return Ok(asked(pending, true));
    }

    let secret = draw(fill)?;
    let known = cards::known(home, file, license)?;
    let request = Borrow {
        key,
        commitment: secret.commitment(key),
        fingerprint,
        days: wanted.days,
        clock: here.wall,
        certificate_tag: known.as_ref().map_or([0; 2], request_tag),
        extends,
        wanted: list,
    };
    let pending = Pending {
        request: Request {
            kind: Kind::Borrow,
            payload: Bytes(request.encode()),
        },
        standing: Stands {
            activation: request.commitment.activation_id(),
            fingerprint: Some(Array(fingerprint.to_bytes())),
            bindings: Vec::new(),
            usb: None,
            site_key: None,
        },
        created: here.wall,
        superseded: false,
    };
    keep(home, license, &mut secrets, &secret, &pending)?;
    Ok(asked(&pending, false))
}

/// What is wanted, by its place in the catalogue; none where nothing is named.
fn listed(product: &Product, names: &[String]) -> Result<Option<Entitlements>, HolderError> {
    if names.is_empty() {
        return Ok(None);
    }
    let mut entries = Vec::new();
    for name in names {
        let mut all = (0..).zip(&product.catalogue);
        let found = all.find(|(_, (_, known))| known == name);
        let (index, _) = found.ok_or_else(|| HolderError::UnknownFeature {
            product: product.id.clone(),
            feature: name.clone(),
        })?;
        entries.push(Entitlement::feature(index));
    }
    entries.sort_by_key(|entry| entry.index);
    entries.dedup();
    Ok(Entitlements::new(entries).ok())
}

/// The last day of a loan that is held, as it says itself: nothing of it is verified here.
pub fn lent_until(license: &LicenseState) -> Option<Day> {
    license.held.as_ref()?.lent_until()
}
