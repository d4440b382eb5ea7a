//! Finding what a revealed secret belongs to, and what was replied before.

use std::sync::Arc;

use super::{Answer, Effect, Order, Receipt, Reply, RespondError};
use crate::issuer::history;
use crate::issuer::keys;
use crate::issuer::ledger::{
    Activation, ActivationRow, COUNTED_DAYS, Ended, EventId, LedgerError, License, StoredAnswer,
    TermsId, Transaction, Until,
};
use crate::issuer::policy::{self, HeldAnswer, Warning};
use crate::issuer::products;
use crate::protocol::commitment::SyncProof;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::desk_certificate::DeskCertificate;
use crate::protocol::digest::ActivationId;
use crate::protocol::grant::{Grant, SignedGrant};
use crate::protocol::requests::{Activate, Return, Sync};
use crate::text::{Code, Kind};

/// An activation with its license, and the answer whose commitment a secret opens.
pub(crate) struct Found {
    pub(crate) holder: Activation,
    pub(crate) license: License,
    pub(crate) answer: Option<StoredAnswer>,
}

/// The activation that is called `id` and whose answer `proof` opens; where it opens none, the last that is called so.
pub(crate) fn find(
    tx: &mut dyn Transaction,
    id: ActivationId,
    proof: &SyncProof,
) -> Result<Option<Found>, LedgerError> {
    let mut found = None;
    for row in tx.activations_called(id)? {
        let (holder, license) = holder(tx, row)?;
        let answer = tx.answer_to(&proof.commitment(license.key))?;
        let answer = answer.filter(|answer| answer.activation == row);
        let opened = answer.is_some();
        found = Some(Found {
            holder,
            license,
            answer,
        });
        if opened {
            break;
        }
    }
    Ok(found)
}

/// An activation and its license.
pub(crate) fn holder(
    tx: &mut dyn Transaction,
    row: ActivationRow,
) -> Result<(Activation, License), LedgerError> {
    let gone =
        |what: &str| LedgerError::Damaged(format!("{what} of activation row {} is gone", row.0));
    let holder = tx.activation(row)?.ok_or_else(|| gone("the row"))?;
    let license = tx
        .license(holder.license)?
        .ok_or_else(|| gone("the license"))?;
    Ok((holder, license))
}

/// What the fork rule has to know of an answer.
pub(crate) fn held(answer: &StoredAnswer) -> HeldAnswer {
    HeldAnswer {
        generation: answer.generation,
        parent: answer.parent,
    }
}

/// The answer that an activation was given with an event, where it was.
pub(crate) fn answer_of(
    tx: &mut dyn Transaction,
    holder: &Activation,
    event: EventId,
) -> Result<Option<StoredAnswer>, LedgerError> {
    let found = tx.answers(EventId(event.0.saturating_sub(1)), 1)?.pop();
    Ok(found.filter(|answer| answer.event == event && answer.activation == holder.id))
}

/// The answer that an activation was given last, as far as the history tells that ends with the event `last` of its license.
pub(crate) fn latest(
    tx: &mut dyn Transaction,
    own: &Activation,
    last: EventId,
) -> Result<Option<StoredAnswer>, LedgerError> {
    for event in history::of_license(tx, last)?.iter().rev() {
        if event.activation == Some(own.id)
            && let Some(answer) = answer_of(tx, own, event.id)?
        {
            return Ok(Some(answer));
        }
    }
    Ok(None)
}

/// How long an activation went on by all that it was granted, whatever a clerk said of it since; `last` is as for [`latest`].
pub(crate) fn ran(
    tx: &mut dyn Transaction,
    own: &Activation,
    last: EventId,
) -> Result<Until, LedgerError> {
    let mut ran = Until::OVER;
    for event in history::of_license(tx, last)? {
        if event.activation == Some(own.id)
            && let Some(answer) = answer_of(tx, own, event.id)?
        {
            ran = ran.max(runs_until(&grant_of(&answer)?));
        }
    }
    Ok(ran)
}

/// What a machine's clock said in a request that was answered: capped as it was when the answer was given.
pub(crate) fn asked(answer: &StoredAnswer) -> Result<Seconds, LedgerError> {
    let damaged = || {
        LedgerError::Damaged(format!(
            "history row {}: its request cannot be read",
            answer.event.0
        ))
    };
    let (letter, payload) = answer.request.split_first().ok_or_else(damaged)?;
    let clock = if *letter == Kind::Sync.letter() {
        Sync::decode(payload).map_err(|_| damaged())?.clock
    } else {
        Activate::decode(payload).map_err(|_| damaged())?.clock
    };
    Ok(policy::capped(clock, grant_of(answer)?.issued))
}

/// The grant of a stored answer.
pub(crate) fn grant_of(answer: &StoredAnswer) -> Result<Grant, LedgerError> {
    let signed = SignedGrant::decode(&answer.grant).map_err(|_| {
        LedgerError::Damaged(format!(
            "history row {}: its answer cannot be read",
            answer.event.0
        ))
    })?;
    Ok(signed.grant)
}

/// A stored answer as it is shown again.
pub(crate) fn recall(
    tx: &mut dyn Transaction,
    stored: StoredAnswer,
) -> Result<Reply, RespondError> {
    let (_, license) = holder(tx, stored.activation)?;
    let grant = grant_of(&stored)?;
    let signers = tx.signers()?.into_iter();
    let mut signer = signers.filter(|it| it.id == stored.signer && !it.certificate.is_empty());
    let certificate = signer.next().map(|it| it.certificate);
    let outdated = match &certificate {
        Some(it) => is_outdated(tx, it)?,
        None => false,
    };
    let certificate = certificate.map(|it| Code::new(Kind::DeskCertificate, it));
    let unread = || LedgerError::Damaged(format!("the request of history row {}", stored.event.0));
    Ok(Reply::Answer(Box::new(Answer {
        grant,
        effect: Effect::Repeated,
        key: license.key,
        activation: called(&stored).ok_or_else(unread)?,
        order: Arc::new(order(tx, license.terms)?),
        evidence: None,
        warnings: outdated.then_some(Warning::Outdated).into_iter().collect(),
        code: Code::new(Kind::Grant, stored.grant),
        certificate,
    })))
}

/// Whether a certificate is of an epoch that is over.
fn is_outdated(tx: &mut dyn Transaction, certificate: &[u8]) -> Result<bool, LedgerError> {
    let epoch = keys::epoch(tx)?;
    Ok(DeskCertificate::decode(certificate).is_ok_and(|it| it.epoch < epoch))
}

/// What the machine that made a request calls its activation.
fn called(stored: &StoredAnswer) -> Option<ActivationId> {
    let (letter, payload) = stored.request.split_first()?;
    if *letter == Kind::Sync.letter() {
        return Some(Sync::decode(payload).ok()?.activation);
    }
    Some(stored.commitment.activation_id())
}

/// The receipt of a RETURN that was taken before.
pub(crate) fn receipt(
    tx: &mut dyn Transaction,
    given_up: &Return,
    today: Day,
) -> Result<Option<Reply>, RespondError> {
    let proof = given_up.secret.sync_proof();
    let mut resting = None;
    let of = match find(tx, given_up.activation, &proof)? {
        Some(found) if found.answer.is_some() => {
            // One that was released as lost and turns up is told of before it is a repetition.
            if found.holder.ended != Some(Ended::Returned) {
                return Ok(None);
            }
            let all = tx.activations_of(found.license.id)?;
            resting = policy::rest(&found.holder, &all, today);
            Some((found.license.key, Arc::new(order(tx, found.license.terms)?)))
        }
        _ => {
            let early = tx.early_returns(given_up.activation)?;
            if !early.iter().any(|early| early.proof == proof) {
                return Ok(None);
            }
            None
        }
    };
    Ok(Some(Reply::Receipt(Box::new(Receipt {
        effect: Effect::Repeated,
        activation: given_up.activation,
        of,
        freed: 0,
        resting,
        warnings: Vec::new(),
    }))))
}

/// An order with its product.
pub(crate) fn order(tx: &mut dyn Transaction, id: TermsId) -> Result<Order, LedgerError> {
    let terms = tx
        .terms(id)?
        .ok_or_else(|| LedgerError::Damaged(format!("order {} is gone", id.0)))?;
    let product = tx
        .product(terms.product)?
        .ok_or_else(|| LedgerError::Damaged(format!("order {} is for no product", id.0)))?;
    Ok(Order {
        product: products::definition(&product)?,
        weak: product.weak,
        terms,
    })
}

/// How long a machine goes on by a grant without contact, every emergency code read out.
pub(super) fn runs_until(grant: &Grant) -> Until {
    let spoken = grant
        .emergency
        .map_or(0, |it| u16::from(it.steps) * u16::from(it.days.get()));
    let runs = grant
        .revalidate_by
        .map_or(Until::Ever, |day| Until::Day(day.plus(spoken)));
    grant.expires.map_or(runs, |end| runs.min(Until::Day(end)))
}

/// The last day on which the seats of a grant rest that was given back today beyond the RETURNs that a license has.
pub(super) fn rests_until(grant: &Grant, today: Day) -> Day {
    let year = today.plus(COUNTED_DAYS as u16);
    match (runs_until(grant).day(), grant.revalidate_by) {
        (Some(day), Some(_)) => day,
        (runs, _) => runs.map_or(year, |day| day.min(year)),
    }
}
