//! A new epoch: what was signed under certificates of an earlier one is trusted no longer by whoever has seen this one (SPEC.md 9.15).

use std::collections::HashMap;

use super::{Certified, EPOCH, KeyState, KeysError, epoch, give, next_serial, read};
use crate::issuer::desk;
use crate::issuer::history::{DESK_ROTATE, Hand, NewEvent, Recorder, RotateFacts, to_json};
use crate::issuer::ledger::{
    ActivationRow, EventId, Ledger, LedgerError, PAGE, SignerId, StoredSigner, Transaction,
};
use crate::issuer::products;
use crate::license_key::LicenseKey;
use crate::protocol::desk_certificate::DeskCertificate;
use crate::protocol::digest::ActivationId;

/// What a new epoch comes to.
#[derive(Clone, Debug)]
pub struct Rotated {
    /// Its number.
    pub epoch: u8,
    /// The certificates that were given anew.
    pub keys: Vec<Certified>,
    /// The products whose files name them now, by their ids.
    pub products: Vec<String>,
    /// Machines that hold what was signed under an earlier epoch: with the new product file they have to re-validate.
    pub machines: Vec<(LicenseKey, ActivationId)>,
}

/// Begins a new epoch: every key that signs gets its certificate anew, with the same limits, and every product a version that names these.
///
/// # Errors
/// `NeedsRoot`; `Limits` where no key signs, or no epoch is left; and what the root or the ledger says.
pub fn rotate(ledger: &mut Ledger, root: Hand<'_>, reason: &str) -> Result<Rotated, KeysError> {
    ledger.write(|tx| {
        if !desk::vendor(tx)?.roots.contains(&root.signer.public()) {
            return Err(KeysError::NeedsRoot);
        }
        let none = KeysError::Limits("no certified key signs here that could show the new epoch");
        let next = epoch(tx)?
            .checked_add(1)
            .ok_or(KeysError::Limits("no epoch is left"))?;
        let known = read(tx, root.by.now.day())?;
        if known.iter().all(|it| it.state != KeyState::Active) {
            return Err(none);
        }
        let machines = held_by(tx, |signer| signer.certificate.is_empty())?;
        tx.set_meta(EPOCH, &next.to_string())?;
        let facts = RotateFacts {
            epoch: next,
            reason: reason.to_owned(),
        };
        let event = NewEvent {
            kind: DESK_ROTATE,
            license: None,
            activation: None,
            previous: None,
            data: to_json(&facts)?,
        };
        Recorder::by_hand(tx, root)?.record(tx, event)?;
        let (keys, products) = renewed(tx, root, (next, None), known)?;
        Ok(Rotated {
            epoch: next,
            keys,
            products,
            machines,
        })
    })
}

/// Gives every key that signs its certificate anew, in this epoch, and has every product name these, and these roots where there are others now.
pub(super) fn renewed(
    tx: &mut dyn Transaction,
    root: Hand<'_>,
    (epoch, roots): (u8, Option<&[[u8; 32]]>),
    mut known: Vec<Certified>,
) -> Result<(Vec<Certified>, Vec<String>), KeysError> {
    let mut serial = next_serial(&known)?;
    known.retain(|it| it.state == KeyState::Active);
    let mut keys = Vec::new();
    for it in known {
        let certificate = DeskCertificate {
            serial,
            epoch,
            ..it.certificate
        };
        let of = (it.key.name.as_str(), it.key.product.as_str());
        keys.push(give(tx, root, of, (certificate, &[]))?);
        serial = serial
            .checked_add(1)
            .ok_or(KeysError::Limits("no serial is left"))?;
    }
    let payloads = keys.iter().map(|it| &it.key);
    let payloads = payloads.map(|it| (it.product.clone(), it.certificate.clone()));
    let payloads: Vec<_> = payloads.collect();
    let products = products::name_desks(tx, &payloads, roots, root)?;
    Ok((keys, products))
}

/// Activations with seats whose last answer is of none of those whose answers go on.
pub(super) fn held_by(
    tx: &mut dyn Transaction,
    goes_on: impl Fn(&StoredSigner) -> bool,
) -> Result<Vec<(LicenseKey, ActivationId)>, LedgerError> {
    let signers = tx.signers()?.into_iter();
    let over = signers.filter(|it| !goes_on(it));
    let over: Vec<SignerId> = over.map(|it| it.id).collect();
    let mut last: HashMap<ActivationRow, SignerId> = HashMap::new();
    let mut after = EventId(0);
    loop {
        let page = tx.answers(after, PAGE)?;
        let Some(end) = page.last() else {
            break;
        };
        after = end.event;
        for answer in &page {
            last.insert(answer.activation, answer.signer);
        }
    }
    let mut rows: Vec<ActivationRow> = last
        .into_iter()
        .filter(|(_, signer)| over.contains(signer))
        .map(|(row, _)| row)
        .collect();
    rows.sort_unstable();
    let mut found = Vec::new();
    for row in rows {
        let holder = tx.activation(row)?.filter(|it| it.seats > 0);
        if let Some(holder) = holder
            && let Some(license) = tx.license(holder.license)?
        {
            found.push((license.key, holder.standing.activation));
        }
    }
    Ok(found)
}
