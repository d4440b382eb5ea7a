//! Another root in the place of one that was stolen (SPEC.md 9.15).

use super::rotate::{Rotated, held_by, renewed};
use super::{EPOCH, KeyState, KeysError, epoch, read};
use crate::issuer::desk::{self, Root};
use crate::issuer::history::{
    DESK_REPLACE_ROOT, Hand, Hex, NewEvent, Recorder, ReplaceFacts, to_json,
};
use crate::issuer::ledger::Ledger;
use crate::issuer::seeds::{self, Holder};
use crate::signing::keys::Entropy;
use crate::signing::signer::TriedSigner;

/// Drops a root: from now on `kept` is the live root and `new` the spare one, in every product too. What the dropped one signed before stays in the history as
/// it was; certificates of clerks are given anew by the one that stays, under a new epoch.
///
/// # Errors
/// `NeedsRoot` where `kept` is not the other root; `Named` where `new` is a key of this desk; `Limits` where no epoch or serial is left; and what the key or the ledger says.
pub fn replace_root(
    ledger: &mut Ledger,
    kept: Hand<'_>,
    (stolen, new): (Root, &TriedSigner),
    reason: &str,
    entropy: &mut Entropy<'_>,
) -> Result<Rotated, KeysError> {
    ledger.write(|tx| {
        let vendor = desk::vendor(tx)?;
        let [live, spare] = vendor.roots;
        let (dropped, stays) = match stolen {
            Root::Live => (live, spare),
            Root::Spare => (spare, live),
        };
        if kept.signer.public() != stays {
            return Err(KeysError::NeedsRoot);
        }
        let holder = Holder::of(new)?;
        let new = new.public();
        let known = read(tx, kept.by.now.day())?;
        let taken = vendor.roots.contains(&new)
            || vendor.former.contains(&new)
            || known.iter().any(|it| it.certificate.public_key == new);
        if taken {
            let named = "that key is one of this desk already";
            return Err(KeysError::Named(named.to_owned()));
        }
        let machines = held_by(tx, |signer| {
            signer.public == stays && signer.certificate.is_empty()
        })?;
        let signs = known.iter().any(|it| it.state == KeyState::Active);
        let epoch = match signs {
            true => epoch(tx)?
                .checked_add(1)
                .ok_or(KeysError::Limits("no epoch is left"))?,
            false => epoch(tx)?,
        };
        desk::set_roots(tx, [stays, new], dropped)?;
        if signs {
            tx.set_meta(EPOCH, &epoch.to_string())?;
        }
        // The stolen root opens every seed key there is: another one is made for what is answered from now on, and all are sealed to the new root.
        let event = Recorder::open(tx, kept.by)?.next();
        let mut sealed = seeds::withhold(tx, &dropped, event, entropy)?;
        sealed.extend(seeds::hand_on(tx, kept.signer, &holder, event, entropy)?);
        let facts = ReplaceFacts {
            dropped: Hex(dropped),
            added: Hex(new),
            epoch,
            reason: reason.to_owned(),
            sealed: seeds::told(&sealed),
        };
        let event = NewEvent {
            kind: DESK_REPLACE_ROOT,
            license: None,
            activation: None,
            previous: None,
            data: to_json(&facts)?,
        };
        Recorder::by_hand(tx, kept)?.record(tx, event)?;
        let roots = [stays, new];
        let (keys, products) = renewed(tx, kept, (epoch, Some(&roots)), known)?;
        Ok(Rotated {
            epoch,
            keys,
            products,
            machines,
        })
    })
}
