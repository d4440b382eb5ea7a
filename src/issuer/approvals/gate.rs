//! Whether something is done now, or waits for another: asked for in the transaction that would do it.

use super::error::ApprovalError;
use super::inbox::{self, Waiting};
use super::policy;
use super::rule::Extent;
use super::wanted::Wanted;
use crate::issuer::history::{Deed, Hand, Recorder};
use crate::issuer::ledger::Transaction;
use crate::protocol::desk_certificate::MANAGER;

/// Whether something falls under the policy of its product.
///
/// # Errors
/// `Needed`, or what the ledger says.
pub(crate) fn needed(
    tx: &mut dyn Transaction,
    deed: &Deed,
    extent: &Extent<'_>,
) -> Result<(), ApprovalError> {
    let mut rules = policy(tx, &deed.product)?;
    rules.retain(|it| it.covers(extent));
    match rules.is_empty() {
        true => Ok(()),
        false => {
            let deed = deed.clone();
            Err(ApprovalError::Needed(Box::new(Wanted { deed, rules })))
        }
    }
}

/// Whether somebody may do something: it falls under no rule, or he approves with it what another proposed.
///
/// # Errors
/// `Needed`; of a proposal that is approved `Unknown`, `Decided`, `Own`, `Differs`, `KeyRemoved`; `NeedsManager`; what the ledger says.
pub(crate) fn check(
    tx: &mut dyn Transaction,
    hand: &Hand<'_>,
    deed: &Deed,
    extent: &Extent<'_>,
) -> Result<(), ApprovalError> {
    let manager = hand.certificate.is_none_or(|it| it.kinds & MANAGER != 0);
    match hand.approves {
        Some(proposal) => {
            let waiting = inbox::waiting(tx, proposal)?;
            refuse_own(tx, hand, &waiting)?;
            if waiting.facts.deed != *deed {
                return Err(ApprovalError::Differs(proposal.0));
            }
        }
        None => needed(tx, deed, extent)?,
    }
    match deed.overrides && !manager {
        true => Err(ApprovalError::NeedsManager),
        false => Ok(()),
    }
}

/// The same, before what is done is written: the history tells of the approval first.
///
/// # Errors
/// As [`check`].
pub(crate) fn pass(
    tx: &mut dyn Transaction,
    hand: Hand<'_>,
    deed: &Deed,
    extent: &Extent<'_>,
) -> Result<(), ApprovalError> {
    check(tx, &hand, deed, extent)?;
    if let Some(proposal) = hand.approves {
        let mut recorder = Recorder::by_hand(tx, hand)?;
        let event = inbox::close(tx, proposal)?;
        recorder.record(tx, event)?;
    }
    Ok(())
}

/// Refuses whoever proposed it: one key under two certificates, and two keys of one name or one actor, are one pair of eyes.
fn refuse_own(
    tx: &mut dyn Transaction,
    hand: &Hand<'_>,
    waiting: &Waiting,
) -> Result<(), ApprovalError> {
    let proposal = waiting.event.id.0;
    let (own, public) = (hand.signer.public(), waiting.public);
    if own == public {
        return Err(ApprovalError::Own(
            proposal,
            "it was proposed with this key",
        ));
    }
    let same = |one: &str, other: &str| one.trim().to_lowercase() == other.trim().to_lowercase();
    if same(hand.by.name, &waiting.event.actor) {
        let says = "it was proposed under this name";
        return Err(ApprovalError::Own(proposal, says));
    }
    let keys = inbox::keys(tx)?;
    let named = |key: [u8; 32]| keys.iter().filter(move |it| it.public == key);
    if named(own).any(|own| named(public).any(|it| it.name == own.name)) {
        let says = "it was proposed with another key of the same name";
        return Err(ApprovalError::Own(proposal, says));
    }
    if named(public).any(|it| it.removed) {
        return Err(ApprovalError::KeyRemoved(proposal));
    }
    Ok(())
}
