//! Certificates of sites that are known here: with one of them a site's answer need not carry it (SPEC.md 4.6, 4.8).
//!
//! A card names no license, so one that comes before anything was asked for cannot be verified yet: it is kept aside, and looked at when a loan is asked for.

use std::path::PathBuf;

use super::error::HolderError;
use super::home::{Home, read_json, write_json};
use super::json::Bytes;
use super::products;
use super::state::LicenseState;
use crate::license_key::LicenseKey;
use crate::protocol::digest::Digest;
use crate::protocol::loan::SiteCertificate;
use crate::protocol::product::ProductFile;
use crate::protocol::trust::TrustError;

/// So many are kept of a license, the latest last: a site lends under one that is known here as long as it keeps it.
const OF_A_LICENSE: usize = 4;
/// So many are kept aside.
const ASIDE: usize = 16;

/// Those that are kept of a license, the latest first. Each is verified where it is used.
pub(super) fn kept(license: &LicenseState) -> impl Iterator<Item = SiteCertificate> + '_ {
    let of_loan = license.held.iter().filter_map(|held| Some(held.lent()?.0));
    let cards = license.cards.iter().rev();
    let cards = cards.filter_map(|card| SiteCertificate::decode(card).ok());
    cards.chain(of_loan)
}

/// Keeps one of a license, as its latest.
pub(super) fn keep(license: &mut LicenseState, card: Bytes) {
    license.cards.retain(|known| *known != card);
    license.cards.push(card);
    let too_many = license.cards.len().saturating_sub(OF_A_LICENSE);
    license.cards.drain(..too_many);
}

fn aside(home: &Home) -> PathBuf {
    home.directory().join("cards.json")
}

/// The digest of the certificate that is known here of a license's site: of those that hold the one of the latest grant.
pub(super) fn known(
    home: &Home,
    file: &ProductFile,
    license: &mut LicenseState,
) -> Result<Option<Digest>, HolderError> {
    let waiting: Vec<Bytes> = read_json(&aside(home))?.unwrap_or_default();
    for card in waiting {
        let site = SiteCertificate::decode(&card).ok();
        if site.is_some_and(|site| verify(file, license, &site).is_ok())
            && !license.cards.contains(&card)
        {
            keep(license, card);
        }
    }
    let roots = file.roots(license.epoch);
    let held = kept(license)
        .filter_map(|site| roots.verify_site(site, license.license_key).ok())
        .max_by_key(|site| (site.grant.grant.issued, site.grant.grant.generation));
    Ok(held.map(|site| site.certificate_digest()))
}

fn verify(
    file: &ProductFile,
    license: &LicenseState,
    site: &SiteCertificate,
) -> Result<(), TrustError> {
    let roots = file.roots(license.epoch);
    let verified = roots.verify_site(site.clone(), license.license_key);
    verified.map(drop)
}

/// Takes a card: of a license that is known here it is verified now, else when a loan is asked for. Returns the license, where it is known.
///
/// # Errors
/// `not_trusted` where it holds for no license that is known here, and no product's vendor signed it; what the disk says.
pub(super) fn take(home: &Home, site: &SiteCertificate) -> Result<Option<LicenseKey>, HolderError> {
    let _lock = home.lock()?;
    let card = Bytes(site.encode());
    if let Some(mut license) = of_license(home, site)? {
        if license.cards.last() != Some(&card) {
            keep(&mut license, card);
            home.keep(&license)?;
        }
        return Ok(Some(license.license_key));
    }
    let mut waiting: Vec<Bytes> = read_json(&aside(home))?.unwrap_or_default();
    if !waiting.contains(&card) {
        waiting.push(card);
        let too_many = waiting.len().saturating_sub(ASIDE);
        waiting.drain(..too_many);
        write_json(&aside(home), &waiting, home.audience())?;
    }
    Ok(None)
}

/// What [`take`] would say, nothing being changed and nothing locked.
pub(super) fn look(home: &Home, site: &SiteCertificate) -> Result<Option<LicenseKey>, HolderError> {
    let license = of_license(home, site)?;
    Ok(license.map(|license| license.license_key))
}

/// The license that is known here and of whose site a card is.
fn of_license(home: &Home, site: &SiteCertificate) -> Result<Option<LicenseState>, HolderError> {
    let files = products::list(home)?;
    for license in home.licenses()? {
        let mut files = files.iter();
        let file = files.find(|file| file.product().id == license.product);
        if file.is_some_and(|file| verify(file, &license, site).is_ok()) {
            return Ok(Some(license));
        }
    }
    // Without the license its signature cannot be verified; that of its desk can, and whose key is meant.
    let may_be = |file: &ProductFile| match &site.desk {
        Some(desk) => file.roots(0).verify_desk(desk.clone()).is_ok(),
        None => file.is_root_called(site.grant.grant.key_id),
    };
    match files.iter().any(may_be) {
        true => Ok(None),
        false => Err(HolderError::NotTrusted(TrustError::Signature)),
    }
}
