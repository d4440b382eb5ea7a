//! What the desk says about itself, its products, and who signed.

use std::collections::BTreeSet;

use super::answers::{Signing, Sold};
use super::{Place, Replay, Wrong};
use crate::issuer::desk;
use crate::issuer::history::Hex;
use crate::issuer::ledger::{LedgerError, OrderTerms, Product, StoredSigner, Transaction};
use crate::issuer::products;
use crate::protocol::desk_certificate::{DeskCertificate, ONE_PRODUCT};
use crate::protocol::trust::{PublicKey, Roots, Verified};

impl Replay {
    /// Who may have signed, and for what: read before the history, which speaks of answers.
    pub(super) fn catalogue(&mut self, tx: &mut dyn Transaction) -> Result<(), LedgerError> {
        let roots = roots(tx)?;
        for product in tx.products()? {
            let definition = products::definition(&product).ok();
            let name = product.name;
            self.products.insert(product.id, Sold { name, definition });
        }
        let names: Vec<&str> = self.products.values().map(|it| it.name.as_str()).collect();
        for signer in tx.signers()? {
            match signing(&signer, &roots, &names) {
                Ok(signing) => {
                    self.signers.insert(signer.id, signing);
                }
                Err(says) => {
                    let row = format!("signer {}", signer.id.0);
                    self.report.found(Place::Signer, Wrong::Altered, row, says);
                }
            }
        }
        Ok(())
    }

    /// The product's name as it stands; of none, no name.
    pub(super) fn product_name(&self, terms: &OrderTerms) -> &str {
        let sold = self.products.get(&terms.product);
        sold.map_or("", |sold| sold.name.as_str())
    }

    /// Everything of which there are few, against what the history left.
    pub(super) fn desk(&mut self, tx: &mut dyn Transaction) -> Result<(), LedgerError> {
        self.said_as_events_have_it(tx)?;
        if !self.whole {
            // What comes after a row that cannot be read was not looked at.
            return Ok(());
        }
        for product in tx.products()? {
            let row = format!("product {}", product.name.escape_debug());
            match self.listed.remove(&product.name) {
                Some(known) if known == (product.event, Hex(product.digest())) => {
                    self.names_the_roots(&product, row);
                }
                Some(_) => {
                    let says = "is not as its last event left it";
                    self.report.found(Place::Product, Wrong::Altered, row, says);
                }
                None => {
                    let says = "is not in the history";
                    self.report.found(Place::Product, Wrong::Added, row, says);
                }
            }
        }
        for name in std::mem::take(&mut self.listed).into_keys() {
            let row = format!("product {}", name.escape_debug());
            self.report
                .found(Place::Product, Wrong::Missing, row, "is gone");
        }
        self.certified_keys(tx)?;
        self.sealed_keys(tx)?;
        for (id, signing) in &self.signers {
            if !signing.used {
                let row = format!("signer {}", id.0);
                let says = "signed nothing";
                self.report.found(Place::Signer, Wrong::Added, row, says);
            }
        }
        Ok(())
    }
}

impl Replay {
    /// Whoever defines a product says nothing of roots: its file trusts those of the desk.
    fn names_the_roots(&mut self, product: &Product, row: String) {
        let (Ok(definition), Some(roots)) = (products::definition(product), self.said.roots())
        else {
            return;
        };
        let named: BTreeSet<[u8; 32]> = definition.roots.into_iter().collect();
        if named != BTreeSet::from(roots.map(|it| it.0)) {
            let says = "names other roots than those of the desk";
            self.report
                .found(Place::Product, Wrong::Disagrees, row, says);
        }
    }
}

/// The keys that certify, or sign by themselves: those of the desk. A ledger without one has those of its products.
pub(super) fn roots(tx: &mut dyn Transaction) -> Result<Vec<[u8; 32]>, LedgerError> {
    if let Ok(vendor) = desk::vendor(tx) {
        return Ok(vendor.all_roots());
    }
    let mut roots = Vec::new();
    for product in tx.products()? {
        if let Ok(definition) = products::definition(&product) {
            roots.extend(definition.roots);
        }
    }
    Ok(roots)
}

/// Whose word a signer's is: a root's, or a desk's under a certificate that a root signed.
pub(super) fn signing(
    signer: &StoredSigner,
    roots: &[[u8; 32]],
    products: &[&str],
) -> Result<Signing, &'static str> {
    let public = PublicKey::from_bytes(&signer.public).map_err(|_| "has a key that is none")?;
    let root = Signing {
        public,
        desk: None,
        only: None,
        used: false,
    };
    if signer.certificate.is_empty() {
        let known = roots.contains(&signer.public);
        let unknown = "is no root of this desk, and has no certificate";
        return known.then_some(root).ok_or(unknown);
    }
    let of_no_root = "has a certificate that no root of this desk signed";
    let (desk, product) = certified(&signer.certificate, roots, products).ok_or(of_no_root)?;
    if desk.public_key != signer.public {
        return Err("has the certificate of another key");
    }
    let one = desk.kinds & ONE_PRODUCT != 0;
    Ok(Signing {
        only: one.then_some(product),
        desk: Some(desk),
        ..root
    })
}

/// A certificate that one of these roots signed, of whatever epoch: it counted when it was used. With it the product it was found to hold for.
pub(super) fn certified(
    payload: &[u8],
    roots: &[[u8; 32]],
    products: &[&str],
) -> Option<(Verified<DeskCertificate>, String)> {
    let keys: Vec<PublicKey> = roots
        .iter()
        .filter_map(|root| PublicKey::from_bytes(root).ok())
        .collect();
    let certificate = DeskCertificate::decode(payload).ok()?;
    products.iter().find_map(|product| {
        let roots = Roots::new(product, Vec::new(), keys.clone(), 0);
        let desk = roots.verify_desk(certificate.clone()).ok()?;
        Some((desk, (*product).to_owned()))
    })
}
