//! What is granted to whom within a transaction: an ACTIVATE, or a SYNC.

use std::sync::Arc;

use super::lookup::{self, Found};
use super::session::Session;
use super::unrecorded::{Granting, Unrecorded};
use super::{Order, Request, RespondError};
use crate::issuer::history::{ACTIVATE, READOPT, REPLACE, SYNC};
use crate::issuer::leaving::{Changed, Emptied};
use crate::issuer::ledger::{
    Activation, EarlyReturn, EventId, LedgerError, Lending, License, SignerId, StoredAnswer, Until,
};
use crate::issuer::policy::{
    self, Case, Decision, Fork, HeldAnswer, Place, Proof, Refusal, SyncCase,
};
use crate::protocol::commitment::Commitment;
use crate::protocol::date::Seconds;
use crate::protocol::desk_certificate::Limit;
use crate::protocol::digest::request_tag;
use crate::protocol::emergency::chain;
use crate::protocol::grant::{EmergencyTerms, Grant, LicenseType};
use crate::protocol::requests::{Activate, Sync};
use crate::protocol::trust::GrantContext;

/// What is to be granted, and to whom.
struct Plan<'p> {
    request: &'p Request,
    commitment: Commitment,
    kind: &'static str,
    /// The activation as it will stand.
    holder: Activation,
    /// The license as it is.
    license: &'p License,
    order: &'p Arc<Order>,
    fork: Option<Fork>,
    /// Who signed the answer that the machine holds: it knows that certificate.
    held_by: Option<SignerId>,
}

impl Session<'_> {
    /// A machine asks to be activated.
    pub(super) fn activate(
        &mut self,
        request: &Request,
        activate: &Activate,
    ) -> Result<Unrecorded<Granting>, RespondError> {
        let license = self
            .tx
            .license_keyed(activate.key)?
            .ok_or(Refusal::UnknownKey)?;
        let id = activate.commitment.activation_id();
        if self.any_early {
            let early = self.tx.early_returns(id)?;
            let opens =
                |early: &EarlyReturn| activate.commitment.opened_by(license.key, &early.proof);
            if early.iter().any(opens) {
                return Err(Refusal::GivenUp(id).into());
            }
        }
        let activations = self.vouched(&license)?;
        let order = self.order(license.terms)?;
        let decision = policy::decide(&Case {
            request: activate,
            license: &license,
            terms: &order.terms,
            product: &order.product,
            weak: order.weak,
            activations: &activations,
            options: self.options,
            now: self.by.now,
        })?;
        let decision = self.as_given(decision)?;
        if license.taken.is_some() && self.called_already(id, &license)? {
            return Err(Refusal::SameName(id).into());
        }
        let plan = Plan {
            request,
            commitment: activate.commitment,
            kind: if decision.from.is_some() {
                REPLACE
            } else {
                ACTIVATE
            },
            holder: self.holder(activate, &license, &decision),
            license: &license,
            order: &order,
            fork: None,
            held_by: None,
        };
        self.plan(plan, decision)
    }

    /// A machine asks for its license anew.
    pub(super) fn sync(
        &mut self,
        request: &Request,
        sync: &Sync,
    ) -> Result<Unrecorded<Granting>, RespondError> {
        let found = lookup::find(self.tx, sync.activation, &sync.proof)?;
        let found = found.ok_or(Refusal::UnknownActivation(sync.activation))?;
        let Found {
            mut holder,
            license,
            answer,
        } = found;
        let activations = self.vouched(&license)?;
        if let Some(answer) = &answer {
            self.vouched.answer(self.tx, answer)?;
        }
        let answer = opened(answer, sync);
        let mut held = answer.as_ref().map(lookup::held);
        if self.given.is_some() && held.is_none() && holder.generation <= sync.generation {
            // Whoever signed the answer saw that the machine held it.
            holder.generation = sync.generation;
            held = Some(HeldAnswer {
                generation: sync.generation,
                parent: holder.proven,
            });
        }
        let mut fork = policy::judge(&holder, held, Proof::Held);
        let behind = matches!(fork, Fork::Diverged { .. });
        if let Some(held) = held.filter(|_| behind) {
            let proof = self.proof(&holder, &license, held.generation, &request.digest)?;
            fork = policy::judge(&holder, Some(held), proof);
        }
        let (standing, site_key) = match (&self.given, &answer) {
            (Some(given), _) => (given.stood.standing.clone(), given.stood.site_key),
            (None, Some(answer)) => (answer.stood.standing.clone(), answer.stood.site_key),
            (None, None) => (holder.standing.clone(), holder.site_key),
        };
        let order = self.order(license.terms)?;
        let asked = match fork {
            Fork::Diverged { .. } => self.asked(&holder, &license)?,
            _ => None,
        };
        let holder_asked = match policy::place(&holder, &activations, self.by.now.day()) {
            Place::Taken(other) => self.asked(other, &license)?,
            Place::Holds | Place::Kept(_) | Place::Empty => None,
        };
        let mut decided = policy::decide_sync(&SyncCase {
            request: sync,
            license: &license,
            terms: &order.terms,
            product: &order.product,
            weak: order.weak,
            activations: &activations,
            own: &holder,
            standing: &standing,
            site_key,
            fork,
            asked,
            holder_asked,
            options: self.options,
            now: self.by.now,
        })?;
        decided.decision = self.as_given(decided.decision)?;
        let mut next = decided.holder(&holder, held, self.by.now);
        if let (Fork::Latest(_), Some(answer)) = (fork, &answer) {
            let grant = lookup::grant_of(answer)?;
            next.lending = next.lending.holds(grant.max_loan, self.by.now.day());
        }
        let plan = Plan {
            request,
            commitment: sync.commitment,
            kind: SYNC,
            holder: next,
            license: &license,
            order: &order,
            fork: Some(decided.fork),
            held_by: answer.map(|it| it.signer),
        };
        self.plan(plan, decided.decision)
    }

    /// Turns a decision into an unsigned grant, and writes what it changes.
    fn plan(
        &mut self,
        plan: Plan<'_>,
        decision: Decision<'_>,
    ) -> Result<Unrecorded<Granting>, RespondError> {
        let Plan { license, order, .. } = plan;
        let asked = (plan.kind, &plan.request.digest);
        let first = self.hold_answer(asked, (license, order), &decision)?;
        let event = EventId(first.0 + i64::from(decision.from.is_some()));
        let mut holder = Activation {
            event,
            ..plan.holder
        };
        if decision.place.is_none() {
            holder.place = event;
        }
        let context = GrantContext {
            request_digest: plan.request.digest,
            holder: holder
                .standing
                .holder_digest(&order.product.id, license.key),
            site_key: holder.site_key,
        };
        let given = self.given.take().map(|it| it.grant);
        let kind = given.as_ref().map_or(plan.kind, |_| READOPT);
        let grant = match given {
            Some(given) => given,
            None => {
                let mut grant = self.grant(&context, order, &decision);
                self.refuse_beyond(order, &grant)?;
                if let Some(terms) = &mut grant.emergency {
                    let to = (&plan.commitment, decision.generation);
                    terms.anchor = self.anchor(&context, to, terms)?;
                }
                grant
            }
        };
        let body = grant.encode_body();
        let transcript = self.transcript(&context, &grant, &body)?;
        holder.runs = holder.runs.max(lookup::runs_until(&grant));
        holder.due = grant.revalidate_by;
        holder.lending = holder.lending.granted(grant.max_loan);
        let is_new = holder.id == self.next_activation;
        if is_new {
            self.tx.add_activation(&holder)?;
        } else {
            self.tx.set_activation(&holder)?;
        }
        let yielding = match decision.from {
            None => None,
            Some(from) => {
                let to = holder.standing.activation;
                let written = Emptied::yielded(from, license, to, first);
                self.tx.set_activation(&written.holder)?;
                self.remember(&written.changed, None);
                self.drafted_of(&written.holder);
                Some(written)
            }
        };
        let changed = Changed {
            previous: yielding
                .as_ref()
                .map_or(license.event, |it| it.changed.license.event),
            license: License {
                taken: Some(decision.taken),
                counts: decision.counts,
                event: holder.event,
                ..license.clone()
            },
        };
        self.tx.set_license(&changed.license)?;
        let revealed = (plan.kind == SYNC).then_some((holder.id, holder.proven));
        self.remember(&changed, revealed);
        self.drafted_of(&holder);
        // Only now: a request that failed above has used up nothing.
        self.next_event.0 = event.0 + 1;
        self.next_activation.0 += i64::from(is_new);
        Ok(Unrecorded {
            kind,
            event: holder.event,
            warnings: decision.warnings,
            what: Granting {
                transcript,
                grant,
                body,
                request: plan.request.bytes.clone(),
                commitment: plan.commitment,
                parent: holder.proven,
                explained: decision.explained,
                holder,
                yielding,
                changed,
                order: Arc::clone(order),
                fork: plan.fork,
                held_by: plan.held_by,
            },
        })
    }

    /// What the machine's clock said in the request of an activation that was answered last.
    pub(super) fn asked(
        &mut self,
        own: &Activation,
        license: &License,
    ) -> Result<Option<Seconds>, LedgerError> {
        let latest = self.latest(own, license)?;
        latest.as_ref().map(lookup::asked).transpose()
    }

    /// The activation as it will stand; its event, its place, where it begins one, how long it runs and what it may lend are still to be said.
    fn holder(&self, request: &Activate, license: &License, decision: &Decision<'_>) -> Activation {
        Activation {
            id: self.next_activation,
            license: license.id,
            standing: request.standing(),
            generation: decision.generation,
            site_key: request.site_key,
            place: decision.place.unwrap_or(self.next_event),
            seats: decision.seats,
            runs: Until::OVER,
            first: self.by.now,
            last: self.by.now,
            reference: decision.reference.clone(),
            weak_accepted: decision.weak_accepted,
            proven: 0,
            superseded: decision.superseded.clone(),
            ended: None,
            resting: None,
            lending: Lending::default(),
            told: None,
            due: None,
            event: self.next_event,
        }
    }

    fn grant(&self, context: &GrantContext, order: &Order, decision: &Decision<'_>) -> Grant {
        let terms = &order.terms;
        let allowance = terms.emergency.filter(|_| decision.revalidate_by.is_some());
        let emergency = allowance.map(|allowance| EmergencyTerms {
            anchor: [0; 10],
            steps: allowance.steps.get(),
            days: allowance.days,
        });
        // A standalone license has one seat a machine: nothing to give on.
        let floating = terms.license_type != LicenseType::Standalone;
        let site = floating && context.site_key.is_some();
        Grant {
            key_id: self.issuer.map_or(0, |issuer| issuer.key_id),
            request_tag: request_tag(&context.request_digest),
            generation: decision.generation,
            issued: self.by.now,
            expires: terms.expires,
            maintenance: terms.maintenance,
            revalidate_by: decision.revalidate_by,
            seats: decision.seats,
            edition: terms.edition,
            license_type: terms.license_type,
            site,
            max_loan: terms.lend_days.filter(|_| site),
            emergency,
            entitlements: terms.entitlements.clone(),
        }
    }

    /// The end of the chain of emergency codes of what answers the request with this C, as that generation. The seed key is opened once; in a rehearsal
    /// there is none.
    fn anchor(
        &mut self,
        context: &GrantContext,
        (commitment, generation): (&Commitment, u16),
        terms: &EmergencyTerms,
    ) -> Result<[u8; 10], RespondError> {
        let Some(issuer) = self.issuer else {
            return Ok(terms.anchor);
        };
        let key = self.seed_key_of(issuer)?;
        let x0 = key.seed(commitment, generation, terms);
        self.seed_key = Some(key);
        Ok(chain(&context.holder, generation, 0, terms.steps, x0))
    }

    /// Refuses what the issuer may not sign.
    fn refuse_beyond(&self, order: &Order, grant: &Grant) -> Result<(), RespondError> {
        let Some(issuer) = self.issuer else {
            return Ok(());
        };
        if !order.product.roots.contains(&issuer.root_key()) {
            return Err(RespondError::ForeignKey(order.product.id.clone()));
        }
        if let Some(desk) = &issuer.desk {
            if !desk.is_for(&order.product.id) {
                return Err(RespondError::DeskLimit(Limit::Product));
            }
            desk.allows(grant).map_err(RespondError::DeskLimit)?;
        }
        Ok(())
    }

    /// What is to be signed; nothing where this is a rehearsal.
    fn transcript(
        &self,
        context: &GrantContext,
        grant: &Grant,
        body: &[u8],
    ) -> Result<Vec<u8>, RespondError> {
        let Some(issuer) = self.issuer else {
            return Ok(Vec::new());
        };
        let subject = context.subject(grant).map_err(|_| Refusal::UnfitSiteKey)?;
        Ok(context.transcript(&issuer.signer.public(), issuer.desk.as_ref(), subject, body))
    }
}

/// The answer that a SYNC opens, if it is that of the generation which it claims to hold.
pub(super) fn opened(answer: Option<StoredAnswer>, sync: &Sync) -> Option<StoredAnswer> {
    answer.filter(|answer| answer.generation == sync.generation)
}
