//! Finding what a revealed secret belongs to, and what was replied before.

use std::sync::Arc;

use super::{Answer, Effect, Order, Receipt, Reply, RespondError};
use crate::issuer::ledger::{
    Activation, ActivationRow, COUNTED_DAYS, Ended, EventId, LedgerError, License, StoredAnswer,
    TermsId, Transaction,
};
use crate::issuer::policy::{self, HeldAnswer};
use crate::issuer::products;
use crate::protocol::commitment::SyncProof;
use crate::protocol::date::{Day, Seconds};
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

/// The answer that an activation was given last, where it is stored already.
pub(crate) fn latest(
    tx: &mut dyn Transaction,
    holder: &Activation,
) -> Result<Option<StoredAnswer>, LedgerError> {
    let found = tx.answers(EventId(holder.event.0 - 1), 1)?.pop();
    Ok(found.filter(|answer| answer.event == holder.event && answer.activation == holder.id))
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
    let unread = || LedgerError::Damaged(format!("the request of history row {}", stored.event.0));
    Ok(Reply::Answer(Box::new(Answer {
        grant,
        effect: Effect::Repeated,
        key: license.key,
        activation: called(&stored).ok_or_else(unread)?,
        order: Arc::new(order(tx, license.terms)?),
        evidence: None,
        warnings: Vec::new(),
        code: Code::new(Kind::Grant, stored.grant),
    })))
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
) -> Result<Option<Reply>, RespondError> {
    let proof = given_up.secret.sync_proof();
    let mut resting = None;
    let of = match find(tx, given_up.activation, &proof)? {
        Some(found) if found.answer.is_some() => {
            // One that was released as lost and turns up is told of before it is a repetition.
            if found.holder.ended != Some(Ended::Returned) {
                return Ok(None);
            }
            resting = found.holder.resting.map(|it| it.until);
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

/// The order of a license with its product.
pub(crate) fn order_of(tx: &mut dyn Transaction, license: &License) -> Result<Order, LedgerError> {
    order(tx, license.terms)
}

/// An order with its product.
pub(super) fn order(tx: &mut dyn Transaction, id: TermsId) -> Result<Order, LedgerError> {
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

/// The last day on which a machine goes on by a grant without contact, every emergency code read out; one without such a day, for a year from `from`.
pub(super) fn runs_until(grant: &Grant, from: Day) -> Day {
    let spoken = grant
        .emergency
        .map_or(0, |it| u16::from(it.steps) * u16::from(it.days.get()));
    let runs = match grant.revalidate_by {
        Some(day) => day.plus(spoken),
        None => from.plus(COUNTED_DAYS as u16),
    };
    grant.expires.map_or(runs, |end| end.min(runs))
}
