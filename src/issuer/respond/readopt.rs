//! Answers that a ledger lost, taken back from codes that bear a signature of its desk (SPEC.md 9.17).

mod license;
mod shown;

use std::collections::BTreeMap;
use std::num::NonZeroU16;

pub use shown::{Found, Unproven, Why};

use super::session::{Given, Session};
use super::{Ask, Effect, Grantable, RespondError};
use crate::failure::FailureKind;
use crate::issuer::history::{Change, Hand, LEDGER_RESTORE, Recorder, RestoreFacts};
use crate::issuer::keys::{self, KeyState};
use crate::issuer::ledger::{Event, EventId, Ledger, LedgerError, Transaction};
use crate::issuer::policy::{Decision, Options};
use crate::issuer::products::CatalogueError;
use crate::license_key::LicenseKey;
use crate::protocol::date::{CLOCK_TOLERANCE, Seconds};
use crate::protocol::digest::ActivationId;
use crate::text::Kind;
use shown::Proven;

/// What stands for a clerk's word: each answer that is taken back was given under one where it wanted one.
const ANSWERED_BEFORE: &str = "answered before";

/// Why an answer is not taken back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadoptError {
    /// No ledger that stood here before was given up.
    #[error("this ledger was never put back from a backup, so it knows every answer that it gave")]
    NotPutBack,
    /// It was given when nothing was lost.
    #[error(
        "the answer is of {0}, and what this ledger lost when it was put back is of another time"
    )]
    NotLost(Seconds),
    /// A key signed it that was removed.
    #[error("the key of {0} signed it, which was removed")]
    KeyRemoved(String),
    /// Since the ledger was put back, it gave this generation, or a later one, to another request.
    #[error(
        "this desk has answered another request of that machine's place since, with generation {0}"
    )]
    GoneOn(u16),
    /// What it grants is no order of its product.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// A rule's word, or the ledger's.
    #[error(transparent)]
    Respond(#[from] RespondError),
}

impl From<LedgerError> for ReadoptError {
    fn from(error: LedgerError) -> ReadoptError {
        ReadoptError::Respond(error.into())
    }
}

impl ReadoptError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            ReadoptError::NotPutBack | ReadoptError::NotLost(_) => FailureKind::NotLost,
            ReadoptError::KeyRemoved(_) => FailureKind::KeyRemoved,
            ReadoptError::GoneOn(_) => FailureKind::Overtaken,
            ReadoptError::Catalogue(error) => error.kind(),
            ReadoptError::Respond(error) => error.kind(),
        }
    }
}

/// What became of the license of an answer that was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfLicense {
    /// It was known, as the answer has it or otherwise since.
    Known,
    /// It was sold in what was lost: it is as the answer grants it.
    New,
    /// It was changed in what was lost: it is as the answer grants it.
    Changed(Vec<Change>),
}

/// What became of the answers of one activation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readopted {
    /// Answers that are known now and were not.
    pub answers: usize,
    /// The latest generation that is known.
    pub generation: u16,
    /// The license.
    pub license: OfLicense,
}

/// The answers of one activation, and what became of them.
#[derive(Debug)]
pub struct OfMachine {
    /// The license.
    pub key: LicenseKey,
    /// The activation.
    pub activation: ActivationId,
    /// When the latest was given.
    pub issued: Seconds,
    /// What became of them; of those that are known already there are none.
    pub result: Result<Readopted, ReadoptError>,
}

/// What came of all that was handed over.
#[derive(Debug, Default)]
pub struct Taken {
    /// By activations, those that were answered last before the others: where seats are too few for all, these had them last.
    pub machines: Vec<OfMachine>,
    /// Response codes that prove nothing here.
    pub unproven: Vec<Unproven>,
    /// Return codes that were taken now.
    pub returned: usize,
}

/// Takes answers back. Each needs the request that it answers: only together they are what was signed. One transaction for each activation. Return codes are
/// taken as ever, and what had no seat before is looked at again.
///
/// # Errors
/// `NotPutBack`, and what the ledger says; what concerns one activation stands in the result.
pub fn readopt(
    ledger: &mut Ledger,
    found: Vec<Found>,
    hand: Hand<'_>,
) -> Result<Taken, ReadoptError> {
    let (returns, found): (Vec<Found>, Vec<Found>) = found
        .into_iter()
        .partition(|it| it.code.kind() == Kind::Return);
    let (lost, proven, unproven) = ledger.read(|tx| -> Result<_, ReadoptError> {
        let lost = lost(tx)?;
        if lost.is_empty() {
            return Err(ReadoptError::NotPutBack);
        }
        let (proven, unproven) = shown::proven(tx, found)?;
        Ok((lost, proven, unproven))
    })?;
    let mut groups: BTreeMap<(LicenseKey, ActivationId), Vec<Proven>> = BTreeMap::new();
    for it in proven {
        groups
            .entry((it.key, it.activation()))
            .or_default()
            .push(it);
    }
    let mut groups: Vec<Vec<Proven>> = groups.into_values().collect();
    for group in &mut groups {
        group.sort_by_key(|it| it.grant.grant.generation);
    }
    let issued = |group: &Vec<Proven>| group.last().map(|it| it.grant.grant.issued);
    groups.sort_by_key(|group| std::cmp::Reverse(issued(group)));
    let mut machines = Vec::with_capacity(groups.len());
    for group in &groups {
        machines.push(taken_back(ledger, group, &lost, hand)?);
    }
    let mut returned = 0;
    for it in returns {
        match super::take_return(ledger, &it.code, &Options::default(), hand.by) {
            Ok(reply) => returned += usize::from(reply.effect() != Effect::Repeated),
            Err(RespondError::Ledger(error)) => return Err(error.into()),
            // It gives up what is not held here, which changes nothing.
            Err(_) => {}
        }
    }
    if returned > 0 {
        for (machine, group) in machines.iter_mut().zip(&groups) {
            if machine.result.is_err() {
                *machine = taken_back(ledger, group, &lost, hand)?;
            }
        }
    }
    Ok(Taken {
        machines,
        unproven,
        returned,
    })
}

/// What becomes of the answers of one activation, of which there is one at least.
fn taken_back(
    ledger: &mut Ledger,
    group: &[Proven],
    lost: &[Lost],
    hand: Hand<'_>,
) -> Result<OfMachine, ReadoptError> {
    let last = group.last();
    let last = last.ok_or_else(|| LedgerError::Damaged("an activation".to_owned()))?;
    let result = match ledger.write(|tx| of_machine(tx, group, lost, hand)) {
        Err(ReadoptError::Respond(RespondError::Ledger(error))) => return Err(error.into()),
        result => result,
    };
    Ok(OfMachine {
        key: last.key,
        activation: last.activation(),
        issued: last.grant.grant.issued,
        result,
    })
}

/// From when to when a ledger was at work that was given up.
#[derive(Clone, Copy, Debug)]
struct Lost {
    from: Seconds,
    to: Seconds,
}

/// What was given up each time this ledger was put back, clocks being as wrong as they may be.
fn lost(tx: &mut dyn Transaction) -> Result<Vec<Lost>, LedgerError> {
    let mut found = Vec::new();
    for event in tx.events_of(LEDGER_RESTORE)? {
        let facts: RestoreFacts = serde_json::from_str(&event.data)
            .map_err(|_| LedgerError::Damaged(format!("history row {}", event.id.0)))?;
        if facts.lost == Some(0) {
            continue;
        }
        let before: Option<Event> = tx.event(EventId(event.id.0.saturating_sub(1)))?;
        let reached = before.map_or(0, |it| it.at.0);
        found.push(Lost {
            from: Seconds(reached.saturating_sub(CLOCK_TOLERANCE)),
            to: event.at.plus(CLOCK_TOLERANCE),
        });
    }
    Ok(found)
}

/// Takes back what one activation was answered, oldest first.
fn of_machine(
    tx: &mut dyn Transaction,
    group: &[Proven],
    lost: &[Lost],
    hand: Hand<'_>,
) -> Result<Readopted, ReadoptError> {
    let mut unknown = Vec::new();
    for it in group {
        match tx.answer_to(&it.commitment())? {
            None => unknown.push(it),
            Some(known) if known.request == it.request.bytes => {}
            Some(_) => return Err(RespondError::CommitmentUsed.into()),
        }
    }
    let known = group.last().map_or(0, |it| it.grant.grant.generation);
    let Some(last) = unknown.last() else {
        return Ok(Readopted {
            answers: 0,
            generation: known,
            license: OfLicense::Known,
        });
    };
    for it in &unknown {
        may_be_lost(tx, it, lost, hand)?;
    }
    let license = license::as_granted(tx, last, &unknown, hand)?;
    let mut answers = 0;
    for (at, it) in unknown.iter().enumerate() {
        match take_back(tx, it, hand) {
            // Of an older one it need not be known that it was given.
            Err(ReadoptError::GoneOn(_)) if at + 1 < unknown.len() => {}
            other => {
                other?;
                answers += 1;
            }
        }
    }
    Ok(Readopted {
        answers,
        generation: known,
        license,
    })
}

/// Whether an answer can be one of those that were lost: given at that time, by whoever still signs here.
fn may_be_lost(
    tx: &mut dyn Transaction,
    it: &Proven,
    lost: &[Lost],
    hand: Hand<'_>,
) -> Result<(), ReadoptError> {
    let issued = it.grant.grant.issued;
    if !lost.iter().any(|it| it.from <= issued && issued <= it.to) {
        return Err(ReadoptError::NotLost(issued));
    }
    let removed = keys::read(tx, hand.by.now.day())?
        .into_iter()
        .find(|known| {
            known.state == KeyState::Removed && known.certificate.public_key == it.public
        });
    match removed {
        Some(removed) => Err(ReadoptError::KeyRemoved(removed.key.name)),
        None => Ok(()),
    }
}

impl Session<'_> {
    /// The decision as it was when the answer was given that is taken back: its generation stands, and has to be later than those that were given since.
    pub(super) fn as_given<'d>(
        &self,
        mut decision: Decision<'d>,
    ) -> Result<Decision<'d>, RespondError> {
        if let Some(Given { grant, .. }) = &self.given {
            if grant.generation < decision.generation || grant.seats != decision.seats {
                return Err(RespondError::GoneOn(decision.generation.saturating_sub(1)));
            }
            decision.generation = grant.generation;
        }
        Ok(decision)
    }
}

/// One answer, by the rules by which it would be given now, but for what its signature has fixed.
fn take_back(tx: &mut dyn Transaction, it: &Proven, hand: Hand<'_>) -> Result<(), ReadoptError> {
    let clerk = || Some(ANSWERED_BEFORE.to_owned());
    let options = Options {
        seats: NonZeroU16::new(it.grant.grant.seats),
        supersede_reason: clerk(),
        accept_weak_reason: clerk(),
        accept_site_key_reason: clerk(),
        ..Options::default()
    };
    let recorder = Recorder::by_hand(tx, hand)?;
    let mut session = Session::open(tx, None, &options, hand.by)?;
    session.recorder = recorder;
    session.given = Some(Given {
        grant: it.grant.grant.clone(),
        stood: it.stood.clone(),
    });
    let granted = match &it.request.ask {
        Ask::Grantable(Grantable::Activate(asks)) => session.activate(&it.request, asks),
        Ask::Grantable(Grantable::Sync(asks)) => session.sync(&it.request, asks),
        Ask::Return(_) => return Ok(()),
    };
    let granted = granted.map_err(|error| match error {
        RespondError::GoneOn(generation) => ReadoptError::GoneOn(generation),
        other => other.into(),
    })?;
    let certificate = it.certificate.as_deref();
    session.record_given(granted, &it.grant.signature, (&it.public, certificate))?;
    Ok(())
}
