//! Who signed, by name.

use std::collections::HashMap;

use crate::issuer::desk;
use crate::issuer::ledger::{LedgerError, SignerId, Transaction};

/// What the keys are called that ever signed: `root` and `spare` those of the desk, a certified one as its certificate had it.
///
/// # Errors
/// What the ledger says.
pub fn names(tx: &mut dyn Transaction) -> Result<HashMap<SignerId, String>, LedgerError> {
    let desk::Vendor {
        roots: [root, spare],
        former,
        ..
    } = desk::vendor(tx)?;
    let certified = tx.desk_keys()?;
    let named = tx.signers()?.into_iter().map(|signer| {
        let of_key = certified
            .iter()
            .find(|it| it.certificate == signer.certificate);
        let name = match of_key {
            Some(key) => key.name.as_str(),
            None if !signer.certificate.is_empty() => "?",
            None if signer.public == root => "root",
            None if signer.public == spare => "spare",
            None if former.contains(&signer.public) => "former root",
            None => "?",
        };
        (signer.id, name.to_owned())
    });
    Ok(named.collect())
}
