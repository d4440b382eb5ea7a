//! What a SYNC or a RETURN does within a transaction.

use std::sync::Arc;

use super::draft::{Draft, Giving, Refusing, What};
use super::lookup::{self, Found};
use super::session::{Outcome, Plan, Session};
use super::{Ask, Request, RespondError};
use crate::issuer::history::{EARLY_RETURN, REFUSED, RETURN, SYNC};
use crate::issuer::keys::Entropy;
use crate::issuer::ledger::{Activation, EarlyReturn, Ended, LedgerError, License};
use crate::issuer::policy::{self, Refusal, SyncCase, Warning};
use crate::protocol::commitment::SyncProof;
use crate::protocol::digest::ActivationId;
use crate::protocol::requests::{Return, Sync};
use crate::text::Kind;

impl Session<'_> {
    /// A machine asks for its licence anew.
    pub(super) fn sync(
        &mut self,
        request: &Request,
        sync: &Sync,
        entropy: &mut Entropy<'_>,
    ) -> Result<Draft, RespondError> {
        let found = lookup::find(self.tx, sync.activation, &sync.proof)?;
        let found = found.ok_or(Refusal::UnknownActivation(sync.activation))?;
        let Found {
            holder,
            license,
            answer,
        } = found;
        let answer = answer.filter(|answer| answer.generation == sync.generation);
        let held = answer
            .as_ref()
            .map(|answer| lookup::held(self.tx, answer))
            .transpose()?;
        let fork = policy::judge(&holder, held);
        let (standing, site_key) = match &answer {
            Some(answer) if answer.generation != holder.generation => {
                lookup::standing_of(self.tx, license.key, answer)?
            }
            _ => (holder.standing.clone(), holder.site_key),
        };
        let latest_asked =
            lookup::latest(self.tx, &holder)?.and_then(|latest| asked(&latest.request));
        let order = self.order(license.terms)?;
        let activations = self.tx.activations_of(license.id)?;
        let decided = policy::decide_sync(&SyncCase {
            request: sync,
            license: &license,
            terms: &order.terms,
            product: &order.product,
            activations: &activations,
            own: &holder,
            standing: &standing,
            fork,
            latest_asked,
            options: self.options,
            now: self.by.now,
        })?;
        let next = Activation {
            standing: decided.standing,
            generation: decided.decision.generation,
            site_key: sync.site_key.or(site_key),
            seats: decided.decision.seats,
            last: self.by.now,
            replaced: decided.decision.replaced.clone(),
            proven: held.map_or(holder.proven, |held| held.generation),
            superseded: decided.superseded,
            event: self.next_event,
            ..holder.clone()
        };
        let plan = Plan {
            request,
            commitment: sync.commitment,
            kind: SYNC,
            holder: next,
            license: &license,
            order: &order,
            fork: Some(fork),
        };
        self.draft(plan, decided.decision, entropy)
    }

    /// A machine gives up.
    pub(super) fn give_up(&mut self, given_up: &Return) -> Result<Outcome, RespondError> {
        let proof = given_up.secret.sync_proof();
        if let Some(reply) = lookup::receipt(self.tx, given_up)? {
            return Ok(Outcome::Repeated(reply));
        }
        let found = lookup::find(self.tx, given_up.activation, &proof)?;
        let draft = match found {
            Some(Found {
                holder,
                license,
                answer: Some(answer),
            }) => {
                let held = lookup::held(self.tx, &answer)?;
                let on_the_line = answer.request.first() == Some(&Kind::Sync.letter())
                    && held.parent == holder.proven;
                let proven = on_the_line || held.generation == holder.proven;
                self.take_back(
                    given_up.activation,
                    holder,
                    license,
                    answer.generation,
                    proven,
                )?
            }
            _ => match self.begun_here(given_up.activation, &proof)? {
                Some((holder, license)) => {
                    let generation = holder.generation;
                    self.take_back(given_up.activation, holder, license, generation, false)?
                }
                None => self.early(given_up, proof)?,
            },
        };
        Ok(Outcome::Draft(Box::new(draft)))
    }

    /// The evidence of a request that was refused for what the ledger knows of its activation, where the history does not tell of that request yet.
    pub(super) fn evidence(
        &mut self,
        request: &Request,
        error: &RespondError,
    ) -> Result<Option<Draft>, LedgerError> {
        let RespondError::Refused(refusal) = error else {
            return Ok(None);
        };
        let Some((verdict, evidence)) = refusal.evidence() else {
            return Ok(None);
        };
        if self.tx.refused(&request.digest)?.is_some() {
            return Ok(None);
        }
        let Some((holder, license)) = self.refused_holder(request, refusal)? else {
            return Ok(None);
        };
        self.tx.add_refused(&request.digest, self.next_event)?;
        self.tx.set_license(&License {
            event: self.next_event,
            ..license.clone()
        })?;
        let refusing = Refusing {
            holder,
            license,
            verdict,
            evidence,
            request: request.digest,
        };
        Ok(Some(self.numbered(
            REFUSED,
            Vec::new(),
            What::Refusal(Box::new(refusing)),
        )))
    }

    /// Whose request was refused.
    fn refused_holder(
        &mut self,
        request: &Request,
        refusal: &Refusal,
    ) -> Result<Option<(Activation, License)>, LedgerError> {
        if let Refusal::HeldForManager { holder, .. } = refusal {
            return lookup::holder(self.tx, *holder).map(Some);
        }
        let (id, proof) = match &request.ask {
            Ask::Sync(sync) => (sync.activation, sync.proof),
            Ask::Return(given_up) => (given_up.activation, given_up.secret.sync_proof()),
            Ask::Activate(_) => return Ok(None),
        };
        let found = lookup::find(self.tx, id, &proof)?;
        Ok(found.map(|found| (found.holder, found.license)))
    }

    /// Frees the seats of an activation, if what was revealed is the generation proven last, one asked from it, or the latest.
    fn take_back(
        &mut self,
        called: ActivationId,
        holder: Activation,
        license: License,
        generation: u16,
        proven: bool,
    ) -> Result<Draft, RespondError> {
        let order = self.order(license.terms)?;
        let mut warnings = Vec::new();
        if called != holder.standing.activation {
            self.only_by_override(
                Refusal::ReturnReplaced(holder.standing.activation),
                &mut warnings,
            )?;
        } else if generation != holder.generation && !proven {
            let fork = policy::Fork::Diverged {
                held: generation,
                proven: holder.proven,
                since: holder.last.day(),
            };
            self.only_by_override(Refusal::HeldFork(fork), &mut warnings)?;
        }
        let freed = holder.seats;
        let next = Activation {
            seats: 0,
            last: self.by.now,
            ended: Some(Ended::Returned),
            event: self.next_event,
            ..holder
        };
        let taken = license.taken.unwrap_or(0).saturating_sub(u32::from(freed));
        self.tx.set_activation(&next)?;
        self.tx.set_license(&License {
            taken: Some(taken),
            event: self.next_event,
            ..license.clone()
        })?;
        let giving = Giving {
            holder: next,
            license,
            order: Arc::clone(&order),
            taken,
            freed,
        };
        Ok(self.numbered(RETURN, warnings, What::Return(Box::new(giving))))
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
    fn early(&mut self, given_up: &Return, proof: SyncProof) -> Result<Draft, RespondError> {
        let early = EarlyReturn {
            activation: given_up.activation,
            proof,
            event: self.next_event,
        };
        self.tx.add_early_return(&early)?;
        self.any_early = true;
        let what = What::Early {
            activation: early.activation,
            digest: early.digest(),
        };
        Ok(self.numbered(EARLY_RETURN, Vec::new(), what))
    }

    /// A draft that takes the next number in the history.
    fn numbered(&mut self, kind: &'static str, warnings: Vec<Warning>, what: What) -> Draft {
        let event = self.next_event;
        self.next_event.0 += 1;
        Draft {
            kind,
            event,
            warnings,
            what,
        }
    }
}

/// What a machine's clock said when it made a request that is kept.
fn asked(request: &[u8]) -> Option<crate::protocol::date::Seconds> {
    let (letter, payload) = request.split_first()?;
    if *letter == Kind::Sync.letter() {
        return Some(Sync::decode(payload).ok()?.clock);
    }
    Some(
        crate::protocol::requests::Activate::decode(payload)
            .ok()?
            .clock,
    )
}
