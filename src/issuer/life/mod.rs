//! What a desk does with a licence that was sold: change it, revoke it, release a machine that is gone, help one out by telephone.

mod change;
mod emergency;

pub use change::{change, differences, restore, revoke};
pub use emergency::{Spoken, Step, emergency};

use crate::issuer::history::{self, EndFacts, Happening, Hex, RELEASE, Recorder};
use crate::issuer::ledger::{Activation, Ended, Event, Ledger, LedgerError, License, Transaction};
use crate::issuer::policy::{COUNTED_DAYS, RELEASES, Refusal};
use crate::issuer::products::{By, CatalogueError};
use crate::issuer::respond::lookup;
use crate::license_key::LicenseKey;
use crate::protocol::digest::ActivationId;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LifeError {
    /// The ledger's word.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A rule's word.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The order does not fit the product.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// Everything is so already.
    #[error("{0}")]
    Nothing(&'static str),
    /// More than one activation may be meant.
    #[error("more than one activation may be meant")]
    Which(Vec<(LicenseKey, ActivationId)>),
    /// The licence has no activation.
    #[error("license {0} is not in use on any machine")]
    Unused(LicenseKey),
}

impl LifeError {
    /// The stable snake_case name for JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            LifeError::Ledger(error) => error.kind(),
            LifeError::Refused(refusal) => refusal.kind(),
            LifeError::Catalogue(error) => error.kind(),
            LifeError::Nothing(_) => "nothing_to_change",
            LifeError::Which(_) => "which_activation",
            LifeError::Unused(_) => "unknown_activation",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            LifeError::Ledger(error) => error.hint().to_owned(),
            LifeError::Refused(refusal) => refusal.hint(),
            LifeError::Catalogue(error) => error.hint().to_owned(),
            LifeError::Nothing(_) => "`countersign license show KEY` tells how it is".to_owned(),
            LifeError::Which(list) => {
                let names: Vec<String> = list
                    .iter()
                    .map(|(key, activation)| format!("{activation} of {key}"))
                    .collect();
                format!("name one of: {}", names.join(", "))
            }
            LifeError::Unused(_) => "`countersign license show KEY` tells who held it".to_owned(),
        }
    }
}

/// An activation as somebody names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// By its own id.
    Activation(ActivationId),
    /// By its licence, which is in use on one machine only.
    License(LicenseKey),
}

/// Finds the activation that is named and in use.
fn named(tx: &mut dyn Transaction, name: Named) -> Result<(Activation, License), LifeError> {
    let (all, unknown) = match name {
        Named::Activation(id) => {
            let mut found = Vec::new();
            for row in tx.activations_called(id)? {
                found.push(lookup::holder(tx, row)?);
            }
            (found, LifeError::from(Refusal::UnknownActivation(id)))
        }
        Named::License(key) => {
            let license = tx.license_keyed(key)?.ok_or(Refusal::UnknownKey)?;
            let holders = tx.activations_of(license.id)?;
            let pairs = holders.into_iter().map(|holder| (holder, license.clone()));
            (pairs.collect(), LifeError::Unused(key))
        }
    };
    let ended = all.last().map(|(holder, _)| holder.standing.activation);
    let mut live: Vec<_> = all
        .into_iter()
        .filter(|(holder, _)| holder.ended.is_none())
        .collect();
    if live.len() > 1 {
        let list = live
            .iter()
            .map(|(holder, license)| (license.key, holder.standing.activation));
        return Err(LifeError::Which(list.collect()));
    }
    live.pop().ok_or_else(|| match (name, ended) {
        (Named::Activation(id), Some(_)) => Refusal::GivenUp(id).into(),
        _ => unknown,
    })
}

/// Releases an activation whose machine is lost: its seats are free again. Gives back how many.
///
/// # Errors
/// `UnknownActivation`, `GivenUp`, `Which`; `TooManyLost` unless the manager overrides; what the ledger says.
pub fn release(
    ledger: &mut Ledger,
    name: Named,
    reason: &str,
    overridden: bool,
    by: By<'_>,
) -> Result<(ActivationId, LicenseKey, u16), LifeError> {
    ledger.write(|tx| {
        let (holder, license) = named(tx, name)?;
        let events = history::of_license(tx, license.event)?;
        let recent = |event: &&Event| {
            event.kind == RELEASE && by.now.day().days_since(event.at.day()) < COUNTED_DAYS
        };
        let lost = events.iter().filter(recent).count();
        if lost >= RELEASES && !overridden {
            return Err(Refusal::TooManyLost(lost).into());
        }
        let mut recorder = Recorder::open(tx, by.actor, by.now)?;
        let freed = holder.seats;
        let taken = license.taken.unwrap_or(0).saturating_sub(u32::from(freed));
        let next = Activation {
            seats: 0,
            ended: Some(Ended::Lost),
            event: recorder.next(),
            ..holder
        };
        tx.set_activation(&next)?;
        tx.set_license(&License {
            taken: Some(taken),
            event: recorder.next(),
            ..license.clone()
        })?;
        let facts = EndFacts {
            order: license.terms.0,
            taken,
            freed,
            holder: Hex(next.digest()),
            revoked: license.revoked,
            reason: Some(reason.to_owned()),
        };
        let happening = Happening {
            kind: RELEASE,
            license: Some(license.id),
            activation: Some(next.id),
            previous: Some(license.event),
            data: history::to_json(&facts)?,
        };
        recorder.record(tx, happening)?;
        Ok((next.standing.activation, license.key, freed))
    })
}
