//! What a desk does with a license that was sold: change it, revoke it, release a machine that is gone, help one out by telephone.

mod change;
mod emergency;

pub use change::{change, differences, restore, revoke};
pub use emergency::{Spoken, Step, emergency};

use crate::failure::FailureKind;
use crate::issuer::history::{self, Actor, EndFacts, FREED, NewEvent, RELEASE, Recorder, YIELDED};
use crate::issuer::ledger::{
    Activation, Ended, Event, Ledger, LedgerError, License, Resting, Transaction, Until,
};
use crate::issuer::policy::{self, COUNTED_DAYS, Left, RELEASES, Refusal, Rest};
use crate::issuer::products::CatalogueError;
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
    /// The activation was replaced by another, which holds its seats.
    #[error("{0} was replaced by {1}, which holds the seat now")]
    Replaced(ActivationId, ActivationId),
    /// The license has no activation.
    #[error("license {0} is not in use on any machine")]
    Unused(LicenseKey),
}

impl LifeError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            LifeError::Ledger(error) => error.kind(),
            LifeError::Refused(refusal) => refusal.kind(),
            LifeError::Catalogue(error) => error.kind(),
            LifeError::Nothing(_) => FailureKind::NothingToChange,
            LifeError::Which(_) | LifeError::Replaced(..) => FailureKind::WhichActivation,
            LifeError::Unused(_) => FailureKind::UnknownActivation,
        }
    }
}

/// An activation as somebody names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// By its own id, and, where that is not enough, the key of its license: ids are short, and can be chosen (SPEC.md 5.1).
    Activation(ActivationId, Option<LicenseKey>),
    /// By its license, which is in use on one machine only.
    License(LicenseKey),
}

/// The activations that may be meant by a name, ended ones included, oldest first; several may be called so.
fn all_named(
    tx: &mut dyn Transaction,
    name: Named,
) -> Result<Vec<(Activation, License)>, LifeError> {
    let (all, unknown) = match name {
        Named::Activation(id, key) => {
            let mut found = Vec::new();
            for row in tx.activations_called(id)? {
                found.push(lookup::holder(tx, row)?);
            }
            found.retain(|(_, license)| key.is_none_or(|key| key == license.key));
            (found, LifeError::from(Refusal::UnknownActivation(id)))
        }
        Named::License(key) => {
            let license = tx.license_keyed(key)?.ok_or(Refusal::UnknownKey)?;
            let holders = tx.activations_of(license.id)?;
            let pairs = holders.into_iter().map(|holder| (holder, license.clone()));
            (pairs.collect(), LifeError::Unused(key))
        }
    };
    if all.is_empty() {
        Err(unknown)
    } else {
        Ok(all)
    }
}

/// The one that is named, among those that are wanted.
fn one(
    name: Named,
    all: Vec<(Activation, License)>,
    wanted: impl Fn(&Activation) -> bool,
) -> Result<(Activation, License), LifeError> {
    let mut found: Vec<_> = all.into_iter().filter(|(it, _)| wanted(it)).collect();
    if found.len() > 1 {
        let list = found
            .iter()
            .map(|(holder, license)| (license.key, holder.standing.activation));
        return Err(LifeError::Which(list.collect()));
    }
    found.pop().ok_or_else(|| match name {
        Named::Activation(id, _) => Refusal::GivenUp(id).into(),
        Named::License(key) => LifeError::Unused(key),
    })
}

/// The one activation that a name means, whether it has ended or not.
///
/// # Errors
/// `UnknownActivation`, `UnknownKey`, `Unused`, `Which` where more than one may be meant, or what the ledger says.
pub fn only_named(
    tx: &mut dyn Transaction,
    name: Named,
) -> Result<(Activation, License), LifeError> {
    let all = all_named(tx, name)?;
    one(name, all, |_| true)
}

/// Finds the activation that is named and was not given up: by its license the one that has its seats.
fn named(tx: &mut dyn Transaction, name: Named) -> Result<(Activation, License), LifeError> {
    let all = all_named(tx, name)?;
    let by_license = matches!(name, Named::License(_));
    one(name, all, |holder| {
        holder.ended.is_none() && (holder.seats > 0 || !by_license)
    })
}

/// An activation that was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Released {
    /// Which.
    pub activation: ActivationId,
    /// Of which license.
    pub key: LicenseKey,
    /// Seats that are free now.
    pub freed: u16,
    /// Who has its place, where another took that.
    pub held_by: Option<ActivationId>,
    /// Seats of its place that are not free yet.
    pub resting: Option<Rest>,
}

/// Releases an activation whose machine is lost: its seats are free again, or those that were kept for it; what a site may have lent, when that is over.
/// Where another took its place that one goes on, and nobody is in its way any more.
///
/// # Errors
/// `UnknownActivation`, `GivenUp`, `Which`; `TooManyLost` unless the manager overrides; what the ledger says.
pub fn release(
    ledger: &mut Ledger,
    name: Named,
    reason: &str,
    overridden: bool,
    by: Actor<'_>,
) -> Result<Released, LifeError> {
    ledger.write(|tx| {
        let (holder, license) = named(tx, name)?;
        refuse_too_many_lost(tx, &license, overridden, by)?;
        let (today, all) = (by.now.day(), tx.activations_of(license.id)?);
        let latest = lookup::latest(tx, &holder, license.event)?;
        let grant = latest.as_ref().map(lookup::grant_of).transpose()?;
        let lent = grant.and_then(|grant| lookup::lent_until(&grant, today));
        let mut next = Activation {
            seats: 0,
            ended: Some(Ended::Lost),
            runs: Until::OVER,
            ..holder.clone()
        };
        let left = policy::leave(&holder, Ended::Lost, lent, &all, today);
        let mut passed = None;
        match left {
            Left::Nothing => {
                next.resting = lent.filter(|_| holder.seats > 0).map(|_| Resting {
                    seats: holder.seats,
                    until: None,
                    lent,
                });
            }
            Left::Passes(from, resting) => {
                next.resting = Some(resting);
                passed = Some(Ending {
                    to: Some(holder.standing.activation),
                    ..Ending::of(YIELDED, emptied(from))
                });
            }
            Left::Held(_) | Left::Free(_) | Left::Rests(_) => {}
        }
        if let Some(passed) = passed {
            end(tx, passed, reason, by)?;
        }
        let resting = policy::rest(&next, &all, today);
        let lost = Ending {
            held: holder.seats,
            freed: if resting.is_some() { 0 } else { holder.seats },
            resting,
            ..Ending::of(RELEASE, next)
        };
        let mut released = end(tx, lost, reason, by)?;
        match left {
            Left::Held(other) => released.held_by = Some(other.standing.activation),
            Left::Rests(rest) => released.resting = Some(rest),
            Left::Free(from) => released.freed = end(tx, Ending::free(from), reason, by)?.freed,
            Left::Nothing | Left::Passes(..) => {}
        }
        Ok(released)
    })
}

fn refuse_too_many_lost(
    tx: &mut dyn Transaction,
    license: &License,
    overridden: bool,
    by: Actor<'_>,
) -> Result<(), LifeError> {
    let recent = |event: &&Event| {
        event.kind == RELEASE && by.now.day().days_since(event.at.day()) < COUNTED_DAYS
    };
    let events = history::of_license(tx, license.event)?;
    let lost = events.iter().filter(recent).count();
    if lost >= RELEASES && !overridden {
        return Err(Refusal::TooManyLost(lost).into());
    }
    Ok(())
}

/// An activation of which no seats are kept any more.
fn emptied(from: &Activation) -> Activation {
    Activation {
        resting: None,
        ..from.clone()
    }
}

/// Frees the seats of an activation that was given up and whose seats do not come free yet (SPEC.md 9.5). Gives back how many.
///
/// # Errors
/// `UnknownActivation`, `Which`; `Nothing` where none of its seats are held back; what the ledger says.
pub fn free(
    ledger: &mut Ledger,
    name: Named,
    reason: &str,
    by: Actor<'_>,
) -> Result<Released, LifeError> {
    ledger.write(|tx| {
        let mut resting = Vec::new();
        for (holder, license) in all_named(tx, name)? {
            let all = tx.activations_of(license.id)?;
            if policy::rest(&holder, &all, by.now.day()).is_some() {
                resting.push((holder, license));
            }
        }
        let (holder, _) = match one(name, resting, |_| true) {
            Err(LifeError::Refused(Refusal::GivenUp(_)) | LifeError::Unused(_)) => {
                return Err(LifeError::Nothing(
                    "no seats that were given back are held back",
                ));
            }
            other => other?,
        };
        end(tx, Ending::free(&holder), reason, by)
    })
}

/// How an activation ends, or what it gave back.
struct Ending {
    kind: &'static str,
    /// As it is afterwards, but for its event.
    holder: Activation,
    /// Seats that were in use until now.
    held: u16,
    /// Seats that are free from now on.
    freed: u16,
    /// Seats that are not free yet.
    resting: Option<Rest>,
    /// Who has them then.
    to: Option<ActivationId>,
}

impl Ending {
    fn of(kind: &'static str, holder: Activation) -> Ending {
        Ending {
            kind,
            holder,
            held: 0,
            freed: 0,
            resting: None,
            to: None,
        }
    }

    /// Seats that rested are free: they were not in use.
    fn free(from: &Activation) -> Ending {
        Ending {
            freed: from.resting.map_or(0, |it| it.seats),
            ..Ending::of(FREED, emptied(from))
        }
    }
}

/// Writes an activation that holds nothing any more, and its event.
fn end(
    tx: &mut dyn Transaction,
    ending: Ending,
    reason: &str,
    by: Actor<'_>,
) -> Result<Released, LifeError> {
    let mut recorder = Recorder::open(tx, by)?;
    let (_, license) = lookup::holder(tx, ending.holder.id)?;
    let taken = license.taken.unwrap_or(0);
    let next = Activation {
        event: recorder.next(),
        ..ending.holder
    };
    let after = License {
        taken: Some(taken.saturating_sub(u32::from(ending.held))),
        event: recorder.next(),
        ..license.clone()
    };
    tx.set_activation(&next)?;
    tx.set_license(&after)?;
    let facts = EndFacts {
        freed: ending.freed,
        to: ending.to.map(|it| it.to_string()),
        reason: Some(reason.to_owned()),
        ..EndFacts::of(&after, &next).resting(ending.resting)
    };
    let event = NewEvent {
        kind: ending.kind,
        license: Some(license.id),
        activation: Some(next.id),
        previous: Some(license.event),
        data: history::to_json(&facts)?,
    };
    recorder.record(tx, event)?;
    Ok(Released {
        activation: next.standing.activation,
        key: license.key,
        freed: ending.freed,
        held_by: None,
        resting: ending.resting,
    })
}
