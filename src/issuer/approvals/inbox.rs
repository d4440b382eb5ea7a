//! Proposals: what waits for another's approval, and what became of it.

use std::collections::BTreeMap;

use super::WAITING;
use super::error::ApprovalError;
use super::rule::Rule;
use super::wanted::Wanted;
use crate::issuer::history::{
    self, APPROVE, DECLINE, Hand, Hex, NewEvent, PROPOSE, ProposalFacts, Recorder, VerdictFacts,
    to_json,
};
use crate::issuer::ledger::{
    ActivationRow, Event, EventId, Ledger, LedgerError, LicenseId, SignerId, Transaction,
};
use crate::protocol::date::Seconds;
use crate::protocol::desk_certificate::DeskCertificate;
use crate::protocol::trust::PublicKey;

/// The most that wait at once: whoever could store more would bury those that matter.
const MOST: usize = 200;

/// What became of a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// It waits.
    Waits,
    /// Another approved it, and it was done: who, when, and the row of the history that says so; what was done stands behind it.
    Approved(String, Seconds, EventId),
    /// Somebody declined it, perhaps for a reason.
    Declined(String, Seconds, Option<String>),
}

impl Became {
    /// The stable snake_case name for JSON, and the word for people.
    pub const fn name(&self) -> &'static str {
        match self {
            Became::Waits => "waiting",
            Became::Approved(..) => "approved",
            Became::Declined(..) => "declined",
        }
    }
}

/// A proposal, as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its number: that of its row in the history.
    pub number: EventId,
    /// Who proposed it, as he said.
    pub by: String,
    /// Whose key signed it; none where nothing did.
    pub signer: Option<SignerId>,
    /// When.
    pub at: Seconds,
    /// Of which product.
    pub product: String,
    /// Of which license; none of a sale.
    pub license: Option<LicenseId>,
    /// Of which of its activations.
    pub activation: Option<ActivationRow>,
    /// Under which rules it falls.
    pub rules: Vec<String>,
    /// The command, word by word, without the program's name.
    pub command: Vec<String>,
    /// What became of it.
    pub became: Became,
}

/// A proposal that waits, and the key that signed it.
pub(super) struct Waiting {
    pub(super) event: Event,
    pub(super) facts: ProposalFacts,
    pub(super) public: [u8; 32],
}

/// A key that was certified.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) public: [u8; 32],
    pub(super) removed: bool,
}

pub(super) fn keys(tx: &mut dyn Transaction) -> Result<Vec<Named>, LedgerError> {
    let all = tx.desk_keys()?.into_iter();
    all.map(|key| {
        let certificate = DeskCertificate::decode(&key.certificate)
            .map_err(|_| LedgerError::Damaged(format!("the certificate of {}", key.name)))?;
        Ok(Named {
            name: key.name,
            public: certificate.public_key,
            removed: key.removed.is_some(),
        })
    })
    .collect()
}

/// The numbers of those that wait, rising.
fn numbers(tx: &mut dyn Transaction) -> Result<Vec<EventId>, LedgerError> {
    let text = tx.meta(WAITING)?.unwrap_or_default();
    let all = text.split_ascii_whitespace();
    all.map(|it| it.parse().map(EventId))
        .collect::<Result<_, _>>()
        .map_err(|_| LedgerError::Damaged("the list of proposals that wait".to_owned()))
}

pub(super) fn set_waiting(
    tx: &mut dyn Transaction,
    change: impl FnOnce(&mut Vec<EventId>),
) -> Result<(), LedgerError> {
    let mut all = numbers(tx)?;
    change(&mut all);
    let words: Vec<String> = all.iter().map(|it| it.0.to_string()).collect();
    tx.set_meta(WAITING, &words.join(" "))
}

/// The facts of an event that proposes something.
fn proposed(event: &Event) -> Result<ProposalFacts, LedgerError> {
    let unread = |_| LedgerError::Damaged(format!("history row {} cannot be read", event.id.0));
    serde_json::from_str(&event.data).map_err(unread)
}

/// A proposal that waits.
pub(super) fn waiting(tx: &mut dyn Transaction, number: EventId) -> Result<Waiting, ApprovalError> {
    let event = tx.event(number)?.filter(|it| it.kind == PROPOSE);
    let event = event.ok_or(ApprovalError::Unknown(number.0))?;
    if !numbers(tx)?.contains(&number) {
        let became = became(tx, number)?.name();
        return Err(ApprovalError::Decided(number.0, became));
    }
    let public = signed_by(tx, &event)?.ok_or_else(|| {
        let what = format!("proposal {}, which no key of this desk signed,", number.0);
        LedgerError::Damaged(what)
    })?;
    let facts = proposed(&event)?;
    Ok(Waiting {
        event,
        facts,
        public,
    })
}

/// The key of this desk that signed an event; none where no such signature holds: whoever approves goes by what the row says.
fn signed_by(tx: &mut dyn Transaction, event: &Event) -> Result<Option<[u8; 32]>, LedgerError> {
    let Some(done) = &event.act else {
        return Ok(None);
    };
    let signers = tx.signers()?;
    let Some(signer) = signers.into_iter().find(|it| it.id == done.signer) else {
        return Ok(None);
    };
    let before = tx.event(EventId(event.id.0 - 1))?;
    let before = before.map_or([0; 32], |it| it.hash);
    let statement = history::act(&before, event, &signer.certificate);
    let holds = PublicKey::from_bytes(&signer.public)
        .is_ok_and(|key| key.verifies(&statement, &done.signature));
    let mut known = keys(tx)?.iter().any(|it| it.public == signer.public);
    for root in ["root", "spare"] {
        known |= tx.meta(root)? == Some(Hex(signer.public).to_string());
    }
    Ok(Some(signer.public).filter(|_| holds && known))
}

/// What became of proposals, of those that wait no more.
fn verdicts(tx: &mut dyn Transaction) -> Result<BTreeMap<i64, Became>, LedgerError> {
    let mut found = BTreeMap::new();
    for kind in [APPROVE, DECLINE] {
        for event in tx.events_of(kind)? {
            let Ok(facts) = serde_json::from_str::<VerdictFacts>(&event.data) else {
                continue;
            };
            let became = match kind {
                APPROVE => Became::Approved(event.actor, event.at, event.id),
                _ => Became::Declined(event.actor, event.at, facts.reason),
            };
            found.insert(facts.proposal, became);
        }
    }
    Ok(found)
}

/// What became of one.
fn became(tx: &mut dyn Transaction, number: EventId) -> Result<Became, LedgerError> {
    Ok(verdicts(tx)?.remove(&number.0).unwrap_or(Became::Waits))
}

fn shown(event: Event, became: Became) -> Result<Proposal, LedgerError> {
    let facts = proposed(&event)?;
    Ok(Proposal {
        number: event.id,
        signer: event.act.map(|it| it.signer),
        by: event.actor,
        at: event.at,
        license: facts.deed.license.map(LicenseId),
        activation: facts.deed.activation.map(ActivationRow),
        product: facts.deed.product,
        rules: facts.rules,
        command: facts.command,
        became,
    })
}

/// Stores what somebody is about to do for another to approve. The same again is the same proposal. Gives back its number, and whether it stood there before.
///
/// # Errors
/// `TooMany`, or what the ledger says.
pub fn propose(
    ledger: &mut Ledger,
    wanted: &Wanted,
    command: Vec<String>,
    hand: Hand<'_>,
) -> Result<(EventId, bool), ApprovalError> {
    ledger.write(|tx| {
        let all = numbers(tx)?;
        for number in &all {
            let event = tx.event(*number)?;
            let same = event.map(|it| proposed(&it)).transpose()?;
            if same.is_some_and(|it| it.deed == wanted.deed && it.command == command) {
                return Ok((*number, true));
            }
        }
        if all.len() >= MOST {
            return Err(ApprovalError::TooMany(MOST));
        }
        let mut recorder = Recorder::by_hand(
            tx,
            Hand {
                approves: None,
                ..hand
            },
        )?;
        let number = recorder.next();
        set_waiting(tx, |all| all.push(number))?;
        let facts = ProposalFacts {
            rules: wanted.rules.iter().map(Rule::to_string).collect(),
            command,
            deed: wanted.deed.clone(),
        };
        let event = NewEvent {
            kind: PROPOSE,
            license: None,
            activation: None,
            previous: None,
            data: to_json(&facts)?,
        };
        recorder.record(tx, event)?;
        Ok((number, false))
    })
}

/// Those that wait, oldest first.
///
/// # Errors
/// What the ledger says.
pub fn open(tx: &mut dyn Transaction) -> Result<Vec<Proposal>, LedgerError> {
    let mut found = Vec::new();
    for number in numbers(tx)? {
        if let Some(event) = tx.event(number)? {
            found.push(shown(event, Became::Waits)?);
        }
    }
    Ok(found)
}

/// All that there ever were, oldest first.
///
/// # Errors
/// What the ledger says.
pub fn all(tx: &mut dyn Transaction) -> Result<Vec<Proposal>, LedgerError> {
    let mut verdicts = verdicts(tx)?;
    let events = tx.events_of(PROPOSE)?.into_iter();
    events
        .map(|event| {
            let became = verdicts.remove(&event.id.0).unwrap_or(Became::Waits);
            shown(event, became)
        })
        .collect()
}

/// One of them, whatever became of it.
///
/// # Errors
/// `Unknown`, or what the ledger says.
pub fn proposal(tx: &mut dyn Transaction, number: EventId) -> Result<Proposal, ApprovalError> {
    let event = tx.event(number)?.filter(|it| it.kind == PROPOSE);
    let event = event.ok_or(ApprovalError::Unknown(number.0))?;
    let became = became(tx, number)?;
    Ok(shown(event, became)?)
}

/// Declines a proposal; whoever made it may, too.
///
/// # Errors
/// `Unknown`, `Decided`, or what the ledger says.
pub fn decline(
    ledger: &mut Ledger,
    number: EventId,
    reason: Option<&str>,
    hand: Hand<'_>,
) -> Result<(), ApprovalError> {
    ledger.write(|tx| {
        waiting(tx, number)?;
        let mut recorder = Recorder::by_hand(tx, hand)?;
        let event = verdict(tx, DECLINE, number, reason)?;
        recorder.record(tx, event)?;
        Ok(())
    })
}

/// Declines all that wait, in a ledger that was put back: whether they were done since is not known in it.
///
/// # Errors
/// What the ledger says.
pub(crate) fn decline_all(
    tx: &mut dyn Transaction,
    recorder: &mut Recorder<'_>,
    reason: &str,
) -> Result<(), LedgerError> {
    for number in numbers(tx)? {
        let event = verdict(tx, DECLINE, number, Some(reason))?;
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
fn verdict(
    tx: &mut dyn Transaction,
    kind: &'static str,
    proposal: EventId,
    reason: Option<&str>,
) -> Result<NewEvent, LedgerError> {
    let by = tx.event(proposal)?.map(|it| it.actor).unwrap_or_default();
    set_waiting(tx, |all| all.retain(|it| *it != proposal))?;
    let facts = VerdictFacts {
        proposal: proposal.0,
        by,
        reason: reason.map(str::to_owned),
    };
    Ok(NewEvent {
        kind,
        license: None,
        activation: None,
        previous: None,
        data: to_json(&facts)?,
    })
}
