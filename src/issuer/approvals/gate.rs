//! Whether something is done now, or waits for another: asked for in the transaction that would do it.

use std::fmt;

use super::inbox::{self, Waiting};
use super::rule::{Extent, Rule};
use super::{ApprovalError, policy};
use crate::issuer::history::{
    APPROVE, Deed, Hand, NewEvent, Recorder, VerdictFacts, meta_digest, to_json,
};
use crate::issuer::ledger::{EventId, LedgerError, Transaction};
use crate::protocol::desk_certificate::MANAGER;

/// What somebody is about to do and another is to approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub(super) deed: Deed,
    pub(super) rules: Vec<Rule>,
}

impl Wanted {
    /// The product whose policy it is.
    pub fn product(&self) -> &str {
        &self.deed.product
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules: Vec<String> = self.rules.iter().map(Rule::to_string).collect();
        write!(
            f,
            "by the policy of {} another approves this first: {}",
            self.deed.product,
            rules.join(", ")
        )
    }
}

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
        let event = close(tx, proposal)?;
        recorder.record(tx, event)?;
    }
    Ok(())
}

/// Takes an approved proposal from those that wait; what the history says of it.
///
/// # Errors
/// What the ledger says.
pub(crate) fn close(tx: &mut dyn Transaction, proposal: EventId) -> Result<NewEvent, LedgerError> {
    verdict(tx, APPROVE, proposal, None)
}

/// Ends a proposal.
pub(super) fn verdict(
    tx: &mut dyn Transaction,
    kind: &'static str,
    proposal: EventId,
    reason: Option<&str>,
) -> Result<NewEvent, LedgerError> {
    let by = tx.event(proposal)?.map(|it| it.actor).unwrap_or_default();
    inbox::set_waiting(tx, |all| all.retain(|it| *it != proposal))?;
    let facts = VerdictFacts {
        proposal: proposal.0,
        by,
        reason: reason.map(str::to_owned),
        meta: meta_digest(&tx.all_meta()?),
    };
    Ok(NewEvent {
        kind,
        license: None,
        activation: None,
        previous: None,
        data: to_json(&facts)?,
    })
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
