//! What a RETURN does within a transaction.

use super::RespondError;
use super::lookup::{self, Found};
use super::session::{GivenUp, Session};
use super::unrecorded::{Changed, First, Freeing, Giving, Taking, Unrecorded};
use crate::issuer::history::{EARLY_RETURN, RETURN};
use crate::issuer::ledger::{
    Activation, EarlyReturn, Ended, EventId, License, Resting, StoredAnswer,
};
use crate::issuer::policy::{self, Left, Proof, Refusal, Rest, Warning, moves};
use crate::protocol::commitment::SyncProof;
use crate::protocol::date::Day;
use crate::protocol::requests::Return;

/// RETURNs that are kept for one activation id before its ACTIVATE, and in all.
const EARLY_PER_ACTIVATION: u64 = 1_000;
const EARLY_RETURNS: u64 = 1_000_000;

impl Session<'_> {
    /// A machine gives up.
    pub(super) fn give_up(&mut self, given_up: &Return) -> Result<GivenUp, RespondError> {
        let proof = given_up.secret.sync_proof();
        if let Some(reply) = lookup::receipt(self.tx, given_up, self.by.now.day())? {
            return Ok(GivenUp::Repeated(reply));
        }
        let found = lookup::find(self.tx, given_up.activation, &proof)?;
        let taking = match found {
            Some(Found {
                holder,
                license,
                answer: Some(answer),
            }) => self.take_back(holder, license, &answer)?,
            _ => self.early(given_up, proof)?,
        };
        Ok(GivenUp::Now(Box::new(taking)))
    }

    /// Frees the seats of an activation, if what was revealed is the generation proven last, one asked from it, or the latest.
    fn take_back(
        &mut self,
        holder: Activation,
        license: License,
        answer: &StoredAnswer,
    ) -> Result<Unrecorded<Taking>, RespondError> {
        let held = lookup::held(answer);
        let mut warnings = Vec::new();
        let fork = policy::judge(&holder, Some(held), Proof::Held);
        // It was released as lost and turned up: that is kept, and nothing comes free twice.
        if holder.ended.is_none() && matches!(fork, policy::Fork::Diverged { .. }) {
            self.only_by_override(Refusal::HeldFork(fork), &mut warnings)?;
        }
        let today = self.by.now.day();
        let mut until = today;
        let mut lent = None;
        let latest = self.latest(&holder, &license)?;
        for answer in latest.iter().chain([answer]) {
            let grant = lookup::grant_of(answer)?;
            until = until.max(lookup::rests_until(&grant, today));
            lent = lent.max(lookup::lent_until(&grant, today));
        }
        let generation = held.generation;
        if holder.ended.is_none() && holder.seats == 0 {
            self.end_replaced(holder, license, generation, lent, warnings)
        } else {
            self.end(holder, license, generation, (until, lent), warnings)
        }
    }

    /// Ends an activation whose machine gave it up. Its seats come free at once; where the license had as many RETURNs as it has, after `until`; and
    /// where it had taken the place of others that nobody gave up, not before these may no longer be at work (SPEC.md 9.5);
    /// where it may have lent some, not before these are back (SPEC.md 9.10).
    fn end(
        &mut self,
        holder: Activation,
        license: License,
        generation: u16,
        (until, lent): (Day, Option<Day>),
        mut warnings: Vec<Warning>,
    ) -> Result<Unrecorded<Taking>, RespondError> {
        let order = self.order(license.terms)?;
        let (seats, today) = (holder.seats, self.by.now.day());
        let of = order.terms.seats.get();
        let activations = self.tx.activations_of(license.id)?;
        let at_once = moves::returned(&license.counts, seats, of, today);
        let late = at_once.is_none()
            || lent.is_some()
            || policy::rivals(&holder, &activations, today)
                .next()
                .is_some();
        // What was released as lost has none any more: nothing comes free, now or later, and nothing rests.
        let overridden = late && seats > 0 && self.options.override_reason.is_some();
        if overridden && !warnings.contains(&Warning::Overridden) {
            warnings.push(Warning::Overridden);
        }
        let resting = (late && seats > 0 && !overridden).then(|| Resting {
            seats,
            until: at_once.is_none().then_some(until),
            lent,
        });
        let next = Activation {
            seats: 0,
            last: self.by.now,
            ended: Some(Ended::Returned),
            resting,
            event: self.next_event,
            ..holder
        };
        let rest = policy::rest(&next, &activations, today);
        warnings.extend(rest.iter().flat_map(Warning::of));
        let taken = license.taken.unwrap_or(0).saturating_sub(u32::from(seats));
        let changed = Changed {
            previous: license.event,
            license: License {
                taken: Some(taken),
                counts: at_once.unwrap_or_else(|| license.counts.clone()),
                event: self.next_event,
                ..license
            },
        };
        let given = Given {
            freed: if rest.is_some() { 0 } else { seats },
            first: None,
            rest,
            generation,
        };
        self.given(next, changed, given, warnings)
    }

    /// Ends an activation whose place another took, and whose machine gave it up. That frees nothing while the other has the seats; where the other was
    /// given up before, they were kept for this one, and for no third, they are free now, or rest as long as seats that this one lent may be out.
    fn end_replaced(
        &mut self,
        holder: Activation,
        license: License,
        generation: u16,
        lent: Option<Day>,
        mut warnings: Vec<Warning>,
    ) -> Result<Unrecorded<Taking>, RespondError> {
        let today = self.by.now.day();
        let activations = self.tx.activations_of(license.id)?;
        let mut next = Activation {
            last: self.by.now,
            ended: Some(Ended::Returned),
            ..holder.clone()
        };
        let (mut rest, mut first) = (None, None);
        match policy::leave(&holder, Ended::Returned, lent, &activations, today) {
            Left::Nothing => {}
            Left::Held(other) => warnings.push(Warning::HeldBy(other.standing.activation)),
            Left::Rests(there) => rest = Some(there),
            Left::Free(from) => {
                let freed = from.resting.map_or(0, |it| it.seats);
                let (holder, changed) = self.emptied(from, &license)?;
                first = Some(First::Freed(Freeing {
                    holder,
                    changed,
                    freed,
                }));
            }
            Left::Passes(from, resting) => {
                first = Some(First::Passed(self.yielded(from, &license, &next)?));
                next.resting = Some(resting);
                rest = policy::rest(&next, &activations, today);
            }
        }
        warnings.extend(rest.iter().flat_map(Warning::of));
        next.event = EventId(self.next_event.0 + i64::from(first.is_some()));
        let previous = first.as_ref().map(|it| it.changed().license.event);
        let changed = Changed {
            previous: previous.unwrap_or(license.event),
            license: License {
                event: next.event,
                ..license
            },
        };
        self.next_event = next.event;
        let given = Given {
            freed: 0,
            first,
            rest,
            generation,
        };
        self.given(next, changed, given, warnings)
    }

    /// Writes an activation that was given up, under the next number of the history.
    fn given(
        &mut self,
        next: Activation,
        changed: Changed,
        given: Given,
        warnings: Vec<Warning>,
    ) -> Result<Unrecorded<Taking>, RespondError> {
        self.tx.set_activation(&next)?;
        self.tx.set_license(&changed.license)?;
        self.remember(&changed, Some((next.id, given.generation)));
        self.unrecorded.insert(next.id, next.event);
        let giving = Giving {
            order: self.order(changed.license.terms)?,
            holder: next,
            changed,
            freed: given.freed,
            first: given.first,
            rest: given.rest,
            generation: given.generation,
        };
        Ok(self.numbered(RETURN, warnings, Taking::Back(Box::new(giving))))
    }

    fn only_by_override(
        &self,
        refusal: Refusal,
        warnings: &mut Vec<Warning>,
    ) -> Result<(), Refusal> {
        if self.options.override_reason.is_none() {
            return Err(refusal);
        }
        warnings.push(Warning::Overridden);
        Ok(())
    }

    /// Remembers a RETURN whose request has not come, so that it is refused when it does.
    fn early(
        &mut self,
        given_up: &Return,
        proof: SyncProof,
    ) -> Result<Unrecorded<Taking>, RespondError> {
        let of_this = self.tx.early_returns(given_up.activation)?.len() as u64;
        if of_this >= EARLY_PER_ACTIVATION || self.tx.count_early_returns()? >= EARLY_RETURNS {
            return Err(Refusal::TooManyEarly.into());
        }
        let early = EarlyReturn {
            activation: given_up.activation,
            proof,
            event: self.next_event,
        };
        self.tx.add_early_return(&early)?;
        self.any_early = true;
        let what = Taking::Early {
            activation: early.activation,
            digest: early.digest(),
        };
        let mut warnings = Vec::new();
        if !self.rows_called(given_up.activation)?.is_empty() {
            warnings.push(Warning::OpensNothing(given_up.activation));
        }
        Ok(self.numbered(EARLY_RETURN, warnings, what))
    }
}

/// What comes of a RETURN beside the activation itself.
struct Given {
    freed: u16,
    first: Option<First>,
    rest: Option<Rest>,
    generation: u16,
}
