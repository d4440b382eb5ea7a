//! A step of a grant's emergency chain, to be read out (SPEC.md 8, 9.7).

use super::{LifeError, Named, named};
use crate::issuer::approvals::{self, ApprovalError, Extent};
use crate::issuer::audit::Vouched;
use crate::issuer::history::{
    self, AnswerFacts, Deed, EMERGENCY, LicenseFacts, NewEvent, Recorder,
};
use crate::issuer::history::{Actor, Hand};
use crate::issuer::ledger::{
    Activation, Event, EventId, Ledger, LedgerError, License, StoredAnswer, Transaction,
};
use crate::issuer::policy::{self, Fork, Place, Proof, Refusal};
use crate::issuer::respond::{Issuer, lookup};
use crate::issuer::seeds::{self, SeedError};
use crate::license_key::LicenseKey;
use crate::protocol::date::Day;
use crate::protocol::digest::ActivationId;
use crate::protocol::emergency::{Emergency, chain};
use crate::protocol::grant::SignedGrant;
use crate::text::{Code, Kind};

/// Which step is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The first that reaches this day; without it, the first that reaches beyond today and what was revealed before.
    pub until: Option<Day>,
    /// Of the grant of this generation, where the last one never arrived.
    pub generation: Option<u16>,
    /// Days beyond those of the grant that whoever reads it out may give; 0: as many as there are.
    pub most_days: u16,
}

/// A step that was revealed and recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// The code to read out.
    pub code: Code,
    /// The license.
    pub key: LicenseKey,
    /// The activation it is for.
    pub activation: ActivationId,
    /// The generation whose chain it belongs to.
    pub generation: u16,
    /// k.
    pub step: u8,
    /// Steps in all.
    pub steps: u8,
    /// The day it moves "revalidate by" to.
    pub until: Day,
    /// Who has its place, where another took that.
    pub held_by: Option<ActivationId>,
    /// Who had its place before and may be at work still, for whom this code is none.
    pub rivals: Vec<ActivationId>,
}

/// Reveals a step of an activation's emergency chain; whoever reads it out opens the key from which that begins.
///
/// # Errors
/// `NoEmergency`, `EmergencyUsedUp`, `HeldFork` for a generation after which others were proven, `UnknownGeneration`, `Revoked`, `Ended` and `EndsFirst` of
/// [`LifeError`], `Shut` and `Lost` of [`SeedError`], what [`Named`] leads to, or what the ledger says.
pub fn emergency(
    ledger: &mut Ledger,
    issuer: &Issuer,
    name: Named,
    wanted: Step,
    by: Actor<'_>,
) -> Result<Spoken, LifeError> {
    ledger.write(|tx| {
        let (holder, license) = named(tx, name)?;
        Refusal::of_withdrawn(&license)?;
        let all = tx.activations_of(license.id)?;
        let today = by.now.day();
        let held_by = match policy::place(&holder, &all, today) {
            Place::Holds | Place::Kept(_) => None,
            // It runs on by what was granted to it, with these codes, whoever took its place since: that much was reckoned with.
            Place::Taken(other) if holder.runs.reaches(today) => Some(other.standing.activation),
            Place::Taken(other) => {
                let (own, now) = (holder.standing.activation, other.standing.activation);
                return Err(LifeError::Replaced(own, now));
            }
            Place::Empty => return Err(Refusal::GivenUp(holder.standing.activation).into()),
        };
        let events = history::of_license(tx, license.event)?;
        let answer = answer(tx, &holder, &events, wanted.generation)?;
        Vouched::default().answer(tx, &answer)?;
        in_use(&holder, &answer)?;
        let revealed = revealed(&events, &holder, answer.generation);
        let mut spoken = spoken(tx, issuer, &license, &answer, (wanted, &revealed), by)?;
        spoken.held_by = held_by;
        let rivals = policy::rivals(&holder, &all, today);
        spoken.rivals = rivals.map(|it| it.standing.activation).collect();
        let hand = issuer.hand(by);
        if !revealed.contains(&spoken.step) {
            let deed = Deed {
                kind: EMERGENCY.to_owned(),
                product: lookup::order(tx, license.terms)?.product.id,
                license: Some(license.id.0),
                activation: Some(holder.id.0),
                generation: Some(spoken.generation),
                step: Some(spoken.step),
                ..Deed::default()
            };
            approvals::pass(tx, hand, &deed, &Extent::of(EMERGENCY, today))?;
            record(tx, &license, &holder, &spoken, hand)?;
        } else if let Some(proposal) = hand.approves {
            return Err(ApprovalError::Done(proposal.0).into());
        }
        Ok(spoken)
    })
}

/// Whoever holds an answer that others were proven after is no machine that lost its mail (SPEC.md 9.2).
fn in_use(holder: &Activation, answer: &StoredAnswer) -> Result<(), Refusal> {
    match policy::judge(holder, Some(lookup::held(answer)), Proof::Held) {
        fork @ Fork::Diverged { .. } => Err(Refusal::HeldFork(fork)),
        Fork::Latest(_)
        | Fork::Behind { .. }
        | Fork::Crossed { .. }
        | Fork::Replaced { .. }
        | Fork::Unknown => Ok(()),
    }
}

/// The answer of a generation; without one, the last.
fn answer(
    tx: &mut dyn Transaction,
    holder: &Activation,
    events: &[Event],
    generation: Option<u16>,
) -> Result<StoredAnswer, LifeError> {
    let generation = generation.unwrap_or(holder.generation);
    let gave = |event: &&Event| {
        event.activation == Some(holder.id)
            && serde_json::from_str::<AnswerFacts>(&event.data)
                .is_ok_and(|facts| facts.generation == generation)
    };
    let name = holder.standing.activation;
    let event = events
        .iter()
        .find(gave)
        .ok_or(Refusal::UnknownGeneration(name, generation))?;
    let found = tx.answers(EventId(event.id.0.saturating_sub(1)), 1)?.pop();
    let found = found.filter(|answer| answer.event == event.id);
    Ok(found.ok_or(Refusal::UnknownGeneration(name, generation))?)
}

/// The steps of a generation that were revealed before.
fn revealed(events: &[Event], holder: &Activation, generation: u16) -> Vec<u8> {
    events
        .iter()
        .filter(|event| event.kind == EMERGENCY && event.activation == Some(holder.id))
        .filter_map(|event| serde_json::from_str::<LicenseFacts>(&event.data).ok())
        .filter(|facts| facts.generation == Some(generation))
        .filter_map(|facts| facts.step)
        .collect()
}

fn spoken(
    tx: &mut dyn Transaction,
    issuer: &Issuer,
    license: &License,
    answer: &StoredAnswer,
    (wanted, revealed): (Step, &[u8]),
    by: Actor<'_>,
) -> Result<Spoken, LifeError> {
    let standing = &answer.stood.standing;
    let activation = standing.activation;
    let grant = SignedGrant::decode(&answer.grant)
        .map_err(|_| LedgerError::Damaged("an answer cannot be read".to_owned()))?
        .grant;
    let (Some(terms), Some(signed)) = (grant.emergency, grant.revalidate_by) else {
        return Err(Refusal::NoEmergency(activation, answer.generation).into());
    };
    // The last day of the license is not moved (SPEC.md 8): past it no code helps, and none reaches beyond it.
    if let Some(day) = grant.expires.filter(|day| by.now.is_past(*day)) {
        return Err(LifeError::Ended(day));
    }
    if let Some(day) = grant.expires.filter(|day| *day <= signed) {
        return Err(LifeError::EndsFirst(day));
    }
    let reached = |step: u8| {
        let day = signed.plus(u16::from(step) * u16::from(terms.days.get()));
        grant.expires.map_or(day, |last| day.min(last))
    };
    // Whoever knows a step knows those before it, and one that goes no further is for nothing.
    let before = revealed.iter().map(|step| reached(*step)).max();
    let before = before.unwrap_or(signed).max(by.now.day());
    let fits = |step: &u8| match wanted.until {
        Some(day) => reached(*step) >= day,
        None => reached(*step) > before,
    };
    let last = reached(terms.steps);
    let step = (1..=terms.steps)
        .find(fits)
        .ok_or(Refusal::EmergencyUsedUp { activation, last })?;
    let days = u16::from(step) * u16::from(terms.days.get());
    if wanted.most_days != 0 && days > wanted.most_days {
        return Err(LifeError::Beyond(wanted.most_days));
    }
    let product = lookup::order(tx, license.terms)?.product.id;
    let holder = standing.holder_digest(&product, license.key);
    let own = issuer.sealing().map_err(SeedError::from)?;
    let own = (own, &issuer.signer.public());
    if let Some(number) = Vouched::default().unsealed(tx, own.1)? {
        return Err(SeedError::Shut(number.0).into());
    }
    let x0 = seeds::of_answer(tx, own, answer, (&terms, &holder))?;
    let x = chain(&holder, answer.generation, 0, terms.steps - step, x0);
    Ok(Spoken {
        code: Code::new(Kind::Emergency, Emergency { step, x }.encode()),
        key: license.key,
        activation,
        generation: answer.generation,
        step,
        steps: terms.steps,
        until: reached(step),
        held_by: None,
        rivals: Vec::new(),
    })
}

fn record(
    tx: &mut dyn Transaction,
    license: &License,
    holder: &Activation,
    spoken: &Spoken,
    hand: Hand<'_>,
) -> Result<(), LedgerError> {
    let mut recorder = Recorder::by_hand(tx, hand)?;
    tx.set_license(&License {
        event: recorder.next(),
        ..license.clone()
    })?;
    let facts = LicenseFacts {
        generation: Some(spoken.generation),
        step: Some(spoken.step),
        until: Some(spoken.until.to_string()),
        ..LicenseFacts::of(license)
    };
    let event = NewEvent {
        kind: EMERGENCY,
        license: Some(license.id),
        activation: Some(holder.id),
        previous: Some(license.event),
        data: history::to_json(&facts)?,
    };
    recorder.record(tx, event)?;
    Ok(())
}
