//! A product file that was shipped, and of which the ledger knows nothing any more.

use super::{CatalogueError, named, put_in_place};
use crate::issuer::history::Hand;
use crate::issuer::ledger::Ledger;
use crate::protocol::product::{Product, ProductFile};

/// Takes over what a product file of this desk has and the ledger has not, as after a loss: the file was shipped, and machines take none of its version or
/// an earlier one. The version rises above both; roots and certificates stay those of the ledger. Gives back the version.
///
/// # Errors
/// `NotARoot` where none of `roots` signed the file; `NotLater` where it has nothing that the ledger has not; as [`change`](super::change).
pub fn take_over(
    ledger: &mut Ledger,
    file: &ProductFile,
    roots: &[[u8; 32]],
    hand: Hand<'_>,
) -> Result<u32, CatalogueError> {
    let shipped = file.product();
    if !roots.contains(&file.signer().to_bytes()) {
        return Err(CatalogueError::NotARoot(shipped.id.clone()));
    }
    ledger.write(|tx| {
        let (id, old) = named(tx, &shipped.id)?;
        let mut product = Product {
            version: old.version,
            vendor: old.vendor.clone(),
            mail: old.mail.clone(),
            roots: old.roots.clone(),
            desks: old.desks.clone(),
            ..shipped.clone()
        };
        let (theirs, ours) = (shipped.version, old.version);
        if theirs < ours || (theirs == ours && product == old) {
            return Err(CatalogueError::NotLater { theirs, ours });
        }
        product.version = theirs.saturating_add(1);
        put_in_place(tx, (id, &old), &product, hand)?;
        Ok(product.version)
    })
}
