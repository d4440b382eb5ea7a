//! Under which certificate a key signs.

use super::{Certified, Issuer, KeyState, KeysError, read};
use crate::issuer::desk;
use crate::issuer::ledger::{Ledger, LedgerError, Transaction};
use crate::protocol::date::Day;
use crate::protocol::desk_certificate::DeskCertificate;
use crate::protocol::trust::{PublicKey, Roots, Verified};
use crate::signing::signer::TriedSigner;

/// Refuses whoever signs under a certificate that does not stand in this ledger. Whether it has run out is for the grant's day to say.
pub(crate) fn stands(tx: &mut dyn Transaction, who: &Issuer, today: Day) -> Result<(), KeysError> {
    let Some(own) = who.certificate() else {
        return Ok(());
    };
    let known = read(tx, today)?;
    let known = known.iter().find(|it| it.certificate == *own);
    refuse_where_over(known.ok_or(KeysError::NotOfThisDesk)?)
}

/// Who signs with this key: a root, or whom one certified, under the certificate that stands.
///
/// # Errors
/// `Removed`, or what the ledger says.
pub fn issuer(ledger: &mut Ledger, signer: TriedSigner, today: Day) -> Result<Issuer, KeysError> {
    let (roots, known) = ledger.read(|tx| -> Result<_, LedgerError> {
        // A certificate of a root that was dropped is one; no product trusts it any more.
        Ok((desk::vendor(tx)?.all_roots(), read(tx, today)?))
    })?;
    let public = signer.public();
    let mut own = known.into_iter().rev();
    let Some(own) = own.find(|it| it.certificate.public_key == public) else {
        // A root, or a key of nobody: then no product is its own.
        return Ok(Issuer::root(signer));
    };
    refuse_where_over(&own)?;
    let unread = || LedgerError::Damaged(format!("the certificate of key {}", own.key.id.0));
    let verified = verified(&own, &roots).ok_or_else(unread)?;
    Ok(Issuer::desk(signer, verified).ok_or_else(unread)?)
}

/// Refuses a key that was removed, or a certificate that another took the place of.
///
/// # Errors
/// `Removed`, `Replaced`.
pub fn refuse_where_over(it: &Certified) -> Result<(), KeysError> {
    match it.state {
        KeyState::Removed => Err(KeysError::Removed(it.key.name.clone())),
        KeyState::Replaced => Err(KeysError::Replaced(it.key.name.clone())),
        KeyState::Active | KeyState::Ended => Ok(()),
    }
}

fn verified(it: &Certified, roots: &[[u8; 32]]) -> Option<Verified<DeskCertificate>> {
    let keys = roots.iter().map(PublicKey::from_bytes);
    let keys = keys.collect::<Result<Vec<_>, _>>().ok()?;
    let roots = Roots::new(&it.key.product, Vec::new(), keys, 0);
    roots.verify_desk(it.certificate.clone()).ok()
}
