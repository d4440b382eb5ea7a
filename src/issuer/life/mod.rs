//! What a desk does with a license that was sold: change it, revoke it, release a machine that is gone, help one out by telephone.

mod change;
mod emergency;

pub use change::{change, restore, revoke, unvoid, void};
pub use emergency::{Spoken, Step, emergency};

use crate::failure::FailureKind;
use crate::issuer::approvals::{self, ApprovalError, Extent};
use crate::issuer::audit::Vouched;
use crate::issuer::history::{self, Actor, Deed, FREED, Hand, RELEASE, Recorder};
use crate::issuer::leaving::{self, Emptied, Ending};
use crate::issuer::ledger::{
    Activation, Ended, Ledger, LedgerError, Lending, License, Transaction, Until, Withdrawn,
};
use crate::issuer::policy::{self, RELEASES, Refusal, Rest};
use crate::issuer::products::CatalogueError;
use crate::issuer::respond::{RespondError, lookup};
use crate::issuer::seeds::SeedError;
use crate::license_key::LicenseKey;
use crate::protocol::date::Day;
use crate::protocol::desk_certificate::Limit;
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
    /// The seed of the emergency codes is not to be had.
    #[error(transparent)]
    Seeds(#[from] SeedError),
    /// Another has to approve it, or it is not what another proposed.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// Everything is so already.
    #[error("{0}")]
    Nothing(&'static str),
    /// More than one activation may be meant.
    #[error("more than one activation may be meant")]
    Which(Vec<(LicenseKey, ActivationId)>),
    /// The activation was replaced by another, which holds its seats.
    #[error("{0} was replaced by {1}, which holds the seat now")]
    Replaced(ActivationId, ActivationId),
    /// The license is over, and no emergency code moves its last day.
    #[error("this license ended on {0}, and no emergency code moves that day")]
    Ended(Day),
    /// The license ends on the day on which it must re-validate, or before: no emergency code moves anything.
    #[error("the license ends on {0}, before it must re-validate: no code is needed")]
    EndsFirst(Day),
    /// Seats may be on loan that the license would not have when it is standalone.
    #[error("{}", may_be_lent(*.0, *.1))]
    MayBeLent(ActivationId, Option<Day>),
    /// A machine was answered for the license: it is no mere mistake.
    #[error("machines were answered for license {0}, so it cannot be void")]
    Answered(LicenseKey),
    /// The key of whoever reads a code out gives so many emergency days at most.
    #[error("{}", RespondError::DeskLimit(Limit::Emergency(*.0)))]
    Beyond(u16),
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
            LifeError::Seeds(error) => error.kind(),
            LifeError::Approval(error) => error.kind(),
            LifeError::Nothing(_) => FailureKind::NothingToChange,
            LifeError::Which(_) | LifeError::Replaced(..) => FailureKind::WhichActivation,
            LifeError::Ended(_) => FailureKind::OrderExpired,
            LifeError::EndsFirst(_) => FailureKind::NoCodeNeeded,
            LifeError::MayBeLent(..) => FailureKind::MayBeLent,
            LifeError::Answered(_) => FailureKind::AnsweredBefore,
            LifeError::Beyond(_) => FailureKind::DeskLimit,
            LifeError::Unused(_) => FailureKind::UnknownActivation,
        }
    }
}

/// "seats that A-1 lends …", "seats that A-1 lent may be out until …".
fn may_be_lent(lender: ActivationId, until: Option<Day>) -> String {
    let alone = "a standalone license has one seat for each machine";
    match until {
        Some(day) => format!("seats that {lender} lent may be out until {day}: {alone}"),
        None => format!("{lender} lends seats of this license: {alone}"),
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
            if license.withdrawn == Some(Withdrawn::Void) {
                return Err(Refusal::Void.into());
            }
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

/// The same for what is to be signed: each as the events have it that vouch for it.
fn all_vouched(
    tx: &mut dyn Transaction,
    name: Named,
) -> Result<Vec<(Activation, License)>, LifeError> {
    let found = all_named(tx, name)?;
    let mut vouched = Vouched::default();
    // Of one license, the activations follow each other.
    let mut licenses: Vec<&License> = found.iter().map(|(_, license)| license).collect();
    licenses.dedup_by_key(|it| it.id);
    for license in licenses {
        let all = tx.activations_of(license.id)?;
        vouched.with_all(tx, license, &all)?;
    }
    Ok(found)
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

/// Of which products that is what a name may mean, by their ids; none where it means nothing.
///
/// # Errors
/// What the ledger says.
pub fn products_of(ledger: &mut Ledger, name: Named) -> Result<Vec<String>, LedgerError> {
    ledger.read(|tx| {
        let licenses: Vec<License> = match name {
            Named::License(key) => tx.license_keyed(key)?.into_iter().collect(),
            Named::Activation(id, _) => {
                let mut found = Vec::new();
                for row in tx.activations_called(id)? {
                    found.push(lookup::holder(tx, row)?.1);
                }
                found
            }
        };
        let ids = licenses.into_iter();
        ids.map(|it| Ok(lookup::order(tx, it.terms)?.product.id))
            .collect()
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
    let all = all_vouched(tx, name)?;
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
    /// How long its machine goes on without contact, whatever the desk says; nothing where it was given up before.
    pub runs: Option<Until>,
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
    hand: Hand<'_>,
) -> Result<Released, LifeError> {
    ledger.write(|tx| {
        let (holder, license) = named(tx, name)?;
        let overrides = refuse_too_many_lost(tx, &license, overridden, hand.by)?;
        let deed = deed(tx, RELEASE, (&holder, &license), reason)?;
        let deed = Deed { overrides, ..deed };
        let extent = Extent {
            overrides,
            ..Extent::of(RELEASE, hand.by.now.day())
        };
        approvals::pass(tx, hand, &deed, &extent)?;
        let all = tx.activations_of(license.id)?;
        let ending = Ending {
            how: Ended::Lost,
            ran: holder.runs,
            generation: None,
            rests: None,
            reason: Some(reason),
            at_once: None,
        };
        let mut recorder = Recorder::by_hand(tx, hand)?;
        let gone = leaving::leave(
            (&holder, &license),
            &all,
            &ending,
            recorder.next(),
            hand.by.now,
        );
        for written in &gone.written {
            written.record(tx, &mut recorder)?;
        }
        Ok(Released {
            activation: holder.standing.activation,
            key: license.key,
            freed: gone.freed,
            held_by: gone.held_by,
            resting: gone.rest,
            runs: Some(holder.runs),
        })
    })
}

/// Whether the manager sets aside that too many of the license were lost.
fn refuse_too_many_lost(
    tx: &mut dyn Transaction,
    license: &License,
    overridden: bool,
    by: Actor<'_>,
) -> Result<bool, LifeError> {
    let events = history::of_license(tx, license.event)?;
    let lost = leaving::lost_before(&events, by.now.day());
    if lost >= RELEASES && !overridden {
        return Err(Refusal::TooManyLost(lost).into());
    }
    Ok(lost >= RELEASES)
}

/// What is about to be done with an activation.
fn deed(
    tx: &mut dyn Transaction,
    kind: &str,
    (holder, license): (&Activation, &License),
    reason: &str,
) -> Result<Deed, LedgerError> {
    Ok(Deed {
        kind: kind.to_owned(),
        product: lookup::order(tx, license.terms)?.product.id,
        license: Some(license.id.0),
        activation: Some(holder.id.0),
        reason: Some(reason.to_owned()),
        ..Deed::default()
    })
}

/// Frees the seats of an activation that was given up and whose seats do not come free yet (SPEC.md 9.5). Gives back how many.
///
/// # Errors
/// `UnknownActivation`, `Which`; `Nothing` where none of its seats are held back; what the ledger says.
pub fn free(
    ledger: &mut Ledger,
    name: Named,
    reason: &str,
    hand: Hand<'_>,
) -> Result<Released, LifeError> {
    ledger.write(|tx| {
        let mut resting = Vec::new();
        for (holder, license) in all_vouched(tx, name)? {
            let all = tx.activations_of(license.id)?;
            if policy::rest(&holder, &all, hand.by.now.day()).is_some() {
                resting.push((holder, license));
            }
        }
        let (holder, license) = match one(name, resting, |_| true) {
            Err(LifeError::Refused(Refusal::GivenUp(_)) | LifeError::Unused(_)) => {
                return Err(LifeError::Nothing("no seats of it are held back"));
            }
            other => other?,
        };
        let deed = deed(tx, FREED, (&holder, &license), reason)?;
        approvals::pass(tx, hand, &deed, &Extent::of(FREED, hand.by.now.day()))?;
        // Whoever frees them says that none of them is on loan.
        let from = Activation {
            lending: Lending::default(),
            ..holder
        };
        let mut recorder = Recorder::by_hand(tx, hand)?;
        let freed = Emptied::freed(&from, &license, Some(reason), recorder.next());
        freed.record(tx, &mut recorder)?;
        Ok(Released {
            activation: from.standing.activation,
            key: license.key,
            freed: freed.freed,
            held_by: None,
            resting: None,
            runs: None,
        })
    })
}
