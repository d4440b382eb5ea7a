//! Keys that a root certified, when each of them signed, and the seed keys that are sealed to these.

use super::answers::Signing;
use super::desk::{certified, roots};
use super::{Place, Replay, Wrong, facts};
use crate::issuer::history::{Hex, KeyFacts, SealedFacts};
use crate::issuer::ledger::{Event, EventId, LedgerError, Transaction};
use crate::protocol::product::RootFingerprint;

/// A certified key as the history has it so far.
pub(super) struct Certified {
    name: String,
    event: EventId,
    row: Hex,
    /// Whether it signs: it was not removed, and no other certificate took its place.
    signs: bool,
}

impl Certified {
    /// Whose it is.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Replay {
    pub(super) fn key_changed(&mut self, event: &Event) {
        let Some(it) = self.facts::<KeyFacts>(event) else {
            return;
        };
        let signs = event.kind == facts::DESK_CERTIFY;
        for other in self.keys.values_mut().filter(|other| other.name == it.name) {
            other.signs = false;
        }
        let certified = Certified {
            name: it.name,
            event: event.id,
            row: it.row,
            signs,
        };
        self.keys.insert(it.serial, certified);
        self.seeds_sealed(event.id, it.sealed);
    }

    pub(super) fn seeds_sealed(&mut self, event: EventId, sealed: Vec<SealedFacts>) {
        let sealed = sealed.into_iter();
        self.sealed
            .extend(sealed.map(|it| ((it.key, it.holder), (event, it.row))));
    }

    /// Seed keys as they are sealed, against what the history left.
    pub(super) fn sealed_keys(&mut self, tx: &mut dyn Transaction) -> Result<(), LedgerError> {
        let row = |(key, holder): (i64, Hex)| {
            let holder = RootFingerprint::of(&holder.0);
            format!("seed key {key} as it is sealed to {holder}")
        };
        for sealed in tx.sealed_keys()? {
            let which = (sealed.key.0, Hex(sealed.holder));
            let says = match self.sealed.remove(&which) {
                None => (Wrong::Added, "is not in the history"),
                Some(known) if known == (sealed.event, Hex(sealed.digest())) => continue,
                Some(_) => (Wrong::Altered, "is not as its event left it"),
            };
            let (wrong, says) = says;
            self.report.found(Place::SealedKey, wrong, row(which), says);
        }
        for gone in std::mem::take(&mut self.sealed).into_keys() {
            self.report
                .found(Place::SealedKey, Wrong::Missing, row(gone), "is gone");
        }
        Ok(())
    }

    /// Whether a signer is a root, or a key that this ledger certified and had not removed where the history is now.
    pub(super) fn signs_here(&self, signing: &Signing) -> bool {
        let root = signing.desk.as_ref();
        let root = root.map_or(signing.public, |desk| desk.issuer());
        if self.dropped.contains(&root.to_bytes()) {
            return false;
        }
        let serial = signing.desk.as_ref().map(|desk| i64::from(desk.serial));
        serial.is_none_or(|serial| self.keys.get(&serial).is_some_and(|it| it.signs))
    }

    /// The table against what the history left, and each certificate against the desk's roots.
    pub(super) fn certified_keys(&mut self, tx: &mut dyn Transaction) -> Result<(), LedgerError> {
        let roots = roots(tx)?;
        for key in tx.desk_keys()? {
            let row = format!("key {} of {}", key.id.0, key.name.escape_debug());
            let says = match self.keys.remove(&key.id.0) {
                None => Some((Wrong::Added, "is not in the history")),
                Some(known) if (known.event, known.row) != (key.event, Hex(key.digest())) => {
                    Some((Wrong::Altered, "is not as its last event left it"))
                }
                Some(_) => {
                    let holds = certified(&key.certificate, &roots, &[&key.product]);
                    let holds = holds.is_some_and(|(it, _)| i64::from(it.serial) == key.id.0);
                    let unsigned = "has a certificate that no root of this desk signed for it";
                    (!holds).then_some((Wrong::NotSigned, unsigned))
                }
            };
            if let Some((wrong, says)) = says {
                self.report.found(Place::DeskKey, wrong, row, says);
            }
        }
        for (serial, gone) in std::mem::take(&mut self.keys) {
            let row = format!("key {serial} of {}", gone.name.escape_debug());
            self.report
                .found(Place::DeskKey, Wrong::Missing, row, "is gone");
        }
        Ok(())
    }
}
