//! What is granted to whom within a transaction: an ACTIVATE, or a SYNC.

use std::sync::Arc;

use super::lookup::{self, Found};
use super::session::Session;
use super::unrecorded::{Changed, Granting, Unrecorded};
use super::{Order, Request, RespondError};
use crate::issuer::history::{ACTIVATE, REPLACE, SYNC};
use crate::issuer::keys::Entropy;
use crate::issuer::ledger::{Activation, EarlyReturn, License, StoredAnswer};
use crate::issuer::policy::moves::Move;
use crate::issuer::policy::{self, Case, Decision, Fork, Proof, Refusal, SyncCase, Warning};
use crate::protocol::commitment::Commitment;
use crate::protocol::desk_certificate::Limit;
use crate::protocol::digest::{MachineBinding, request_tag};
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
}

impl Session<'_> {
    /// A machine asks to be activated.
    pub(super) fn activate(
        &mut self,
        request: &Request,
        activate: &Activate,
        entropy: &mut Entropy<'_>,
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
        let order = self.order(license.terms)?;
        let activations = match license.taken {
            Some(_) => self.tx.activations_of(license.id)?,
            // Never activated: the common case of a batch is spared a look-up.
            None => Vec::new(),
        };
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
        let own = decision.replaces.map(|own| own.id);
        if license.taken.is_some() && self.called_already(id, &license, own)? {
            return Err(Refusal::SameName(id).into());
        }
        let plan = Plan {
            request,
            commitment: activate.commitment,
            kind: if decision.replaces.is_some() {
                REPLACE
            } else {
                ACTIVATE
            },
            holder: self.holder(activate, &license, &decision),
            license: &license,
            order: &order,
            fork: None,
        };
        self.plan(plan, decision, entropy)
    }

    /// A machine asks for its license anew.
    pub(super) fn sync(
        &mut self,
        request: &Request,
        sync: &Sync,
        entropy: &mut Entropy<'_>,
    ) -> Result<Unrecorded<Granting>, RespondError> {
        let found = lookup::find(self.tx, sync.activation, &sync.proof)?;
        let found = found.ok_or(Refusal::UnknownActivation(sync.activation))?;
        let Found {
            holder,
            license,
            answer,
        } = found;
        let answer = opened(answer, sync);
        let held = answer.as_ref().map(|it| lookup::held(it, &holder));
        let mut fork = policy::judge(&holder, held, Proof::Held);
        if let Fork::Diverged { held: which, .. } | Fork::Replaced { held: which, .. } = fork {
            let proof = self.proof(&holder, &license, which)?;
            fork = policy::judge(&holder, held, proof);
        }
        let (standing, site_key) = match &answer {
            Some(answer) => (answer.stood.standing.clone(), answer.stood.site_key),
            None => (holder.standing.clone(), holder.site_key),
        };
        let latest = lookup::latest(self.tx, &holder)?;
        let latest_asked = latest.as_ref().map(lookup::asked).transpose()?;
        let order = self.order(license.terms)?;
        let activations = self.tx.activations_of(license.id)?;
        let decided = policy::decide_sync(&SyncCase {
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
            latest_asked,
            options: self.options,
            now: self.by.now,
        })?;
        // Parts that are exchanged one by one are a repair, as often as the license has it.
        let elsewhere = |it: &Warning| match it {
            Warning::Moved { why, .. } => *why != Move::Exchanges,
            _ => false,
        };
        if decided.decision.warnings.iter().any(elsewhere) {
            self.refuse_in_place(&holder, &license)?;
        }
        let next = Activation {
            event: self.next_event,
            ..decided.holder(&holder, held, self.by.now)
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
        self.plan(plan, decided.decision, entropy)
    }

    /// Turns a decision into an unsigned grant, and writes what it changes.
    fn plan(
        &mut self,
        plan: Plan<'_>,
        decision: Decision<'_>,
        entropy: &mut Entropy<'_>,
    ) -> Result<Unrecorded<Granting>, RespondError> {
        let Plan {
            holder,
            license,
            order,
            ..
        } = plan;
        let context = GrantContext {
            request_digest: plan.request.digest,
            holder: holder
                .standing
                .holder_digest(&order.product.id, license.key),
            site_key: holder.site_key,
        };
        let (grant, emergency) = self.grant(&context, order, &decision, entropy);
        let body = grant.encode_body();
        let transcript = self.transcript(&context, order, &grant, &body)?;
        match decision.replaces {
            Some(_) => self.tx.set_activation(&holder)?,
            None => self.tx.add_activation(&holder)?,
        }
        let changed = Changed {
            previous: license.event,
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
        self.unrecorded.insert(holder.id, holder.event);
        // Only now: a request that failed above has used up nothing.
        self.next_event.0 += 1;
        self.next_activation.0 += i64::from(decision.replaces.is_none());
        Ok(Unrecorded {
            kind: plan.kind,
            event: holder.event,
            warnings: decision.warnings,
            what: Granting {
                transcript,
                grant,
                body,
                request: plan.request.bytes.clone(),
                commitment: plan.commitment,
                emergency,
                parent: holder.proven,
                holder,
                changed,
                order: Arc::clone(order),
                fork: plan.fork,
            },
        })
    }

    /// The activation as it will stand.
    fn holder(&self, request: &Activate, license: &License, decision: &Decision<'_>) -> Activation {
        let own = decision.replaces;
        Activation {
            id: own.map_or(self.next_activation, |own| own.id),
            license: license.id,
            standing: MachineBinding {
                activation: request.commitment.activation_id(),
                fingerprint: request.fingerprint,
                bindings: request.bindings,
                usb: request.usb,
            },
            generation: decision.generation,
            site_key: request.site_key,
            seats: decision.seats,
            first: own.map_or(self.by.now, |own| own.first),
            last: self.by.now,
            reference: decision.reference.clone(),
            weak_accepted: decision.weak_accepted,
            // What was proven stays so: until this grant is proven, the machine may go on from there.
            proven: own.map_or(0, |own| own.proven),
            superseded: own.and_then(|own| own.superseded),
            ended: None,
            resting: None,
            event: self.next_event,
        }
    }

    fn grant(
        &self,
        context: &GrantContext,
        order: &Order,
        decision: &Decision<'_>,
        entropy: &mut Entropy<'_>,
    ) -> (Grant, Option<[u8; 10]>) {
        let terms = &order.terms;
        let allowance = terms.emergency.filter(|_| decision.revalidate_by.is_some());
        let start = allowance.map(|_| {
            let mut x0 = [0; 10];
            entropy(&mut x0);
            x0
        });
        let emergency = allowance.zip(start).map(|(allowance, x0)| {
            let steps = allowance.steps.get();
            EmergencyTerms {
                anchor: chain(&context.holder, decision.generation, 0, steps, x0),
                steps,
                days: allowance.days,
            }
        });
        // A standalone license has one seat a machine: nothing to give on.
        let floating = terms.license_type != LicenseType::Standalone;
        let site = floating && context.site_key.is_some();
        let grant = Grant {
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
        };
        (grant, start)
    }

    /// What is to be signed, once the issuer may sign it; nothing where this is a rehearsal.
    fn transcript(
        &self,
        context: &GrantContext,
        order: &Order,
        grant: &Grant,
        body: &[u8],
    ) -> Result<Vec<u8>, RespondError> {
        let Some(issuer) = self.issuer else {
            return Ok(Vec::new());
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
        let subject = context.subject(grant).map_err(|_| Refusal::UnfitSiteKey)?;
        Ok(context.transcript(&issuer.signer.public(), issuer.desk.as_ref(), subject, body))
    }
}

/// The answer that a SYNC opens, if it is that of the generation which it claims to hold.
pub(super) fn opened(answer: Option<StoredAnswer>, sync: &Sync) -> Option<StoredAnswer> {
    answer.filter(|answer| answer.generation == sync.generation)
}
