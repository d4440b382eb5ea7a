//! One transaction's answers: what is decided in it is seen by what is decided after.

use std::collections::HashMap;
use std::sync::Arc;

use super::draft::{Changed, Draft, Granting, What};
use super::{Ask, Grantable, Issuer, Order, Reply, Request, RespondError, lookup};
use crate::issuer::history::{self, ACTIVATE, REPLACE, Recorder, SYNC};
use crate::issuer::keys::Entropy;
use crate::issuer::ledger::{
    Activation, ActivationRow, EarlyReturn, Ended, EventId, LedgerError, License, SignerId,
    TermsId, Transaction,
};
use crate::issuer::policy::{self, Case, Decision, Fork, Options, Proof, Refusal};
use crate::issuer::products::By;
use crate::protocol::commitment::Commitment;
use crate::protocol::desk_certificate::Limit;
use crate::protocol::digest::{ActivationId, Digest, Standing, request_tag};
use crate::protocol::emergency::chain;
use crate::protocol::grant::{EmergencyTerms, Grant, LicenseType};
use crate::protocol::requests::Activate;
use crate::protocol::trust::GrantContext;

/// What became of one request.
pub(super) enum Decided {
    /// It was answered in an earlier transaction.
    Repeated(Reply),
    /// It is decided and wants a signature.
    Draft(Box<Draft>),
    /// It is the same as an earlier one of this transaction: the n-th draft, from 0.
    SameAs(usize),
}

/// What is to be granted, and to whom.
pub(super) struct Plan<'p> {
    pub(super) request: &'p Request,
    pub(super) commitment: Commitment,
    pub(super) kind: &'static str,
    /// The activation as it will stand.
    pub(super) holder: Activation,
    /// The license as it is.
    pub(super) license: &'p License,
    pub(super) order: &'p Arc<Order>,
    pub(super) fork: Option<Fork>,
}

/// A draft that waits for its signature, by the C of its request.
struct Waiting {
    number: usize,
    digest: Digest,
    row: ActivationRow,
}

/// An event of a license that was decided and may not be recorded yet.
struct Drafted {
    previous: EventId,
    /// The activation and the generation whose secret its request revealed.
    revealed: Option<(ActivationRow, u16)>,
}

/// The work of one transaction.
pub(super) struct Session<'a> {
    pub(super) tx: &'a mut dyn Transaction,
    pub(super) issuer: Option<&'a Issuer>,
    pub(super) options: &'a Options,
    pub(super) by: By<'a>,
    pub(super) recorder: Recorder,
    pub(super) signer: Option<SignerId>,
    orders: HashMap<TermsId, Arc<Order>>,
    waiting: HashMap<Commitment, Waiting>,
    /// Activations by what they are called, whose ACTIVATE waits for its signature.
    begun: HashMap<ActivationId, Vec<Commitment>>,
    /// Events of licenses that were decided here and may not be recorded yet.
    drafted: HashMap<EventId, Drafted>,
    /// Activations with the last event of theirs that was decided here and is not recorded yet: their answers cannot be looked up.
    pub(super) unrecorded: HashMap<ActivationRow, EventId>,
    /// How many drafts there were.
    drafts: usize,
    /// Whether the ledger has any RETURN that came before its ACTIVATE: a batch is spared the look-ups.
    pub(super) any_early: bool,
    pub(super) next_event: EventId,
    next_activation: ActivationRow,
}

impl<'a> Session<'a> {
    /// Begins; without an issuer only to see what would be decided.
    pub(super) fn open(
        tx: &'a mut dyn Transaction,
        issuer: Option<&'a Issuer>,
        options: &'a Options,
        by: By<'a>,
    ) -> Result<Session<'a>, LedgerError> {
        let recorder = Recorder::open(tx, by.actor, by.now)?;
        Ok(Session {
            next_event: recorder.next(),
            next_activation: tx.next_activation()?,
            any_early: !tx.all_early_returns(EventId(0), 1)?.is_empty(),
            recorder,
            tx,
            issuer,
            options,
            by,
            signer: None,
            orders: HashMap::new(),
            waiting: HashMap::new(),
            begun: HashMap::new(),
            drafted: HashMap::new(),
            unrecorded: HashMap::new(),
            drafts: 0,
        })
    }

    /// Applies the rules, and reserves what is granted.
    pub(super) fn decide(
        &mut self,
        request: &Request,
        entropy: &mut Entropy<'_>,
    ) -> Result<Decided, RespondError> {
        let asks = match &request.ask {
            Ask::Grantable(asks) => asks,
            Ask::Return(given_up) => {
                let outcome = self.give_up(given_up)?;
                self.drafts += usize::from(matches!(outcome, Decided::Draft(_)));
                return Ok(outcome);
            }
        };
        let commitment = asks.commitment();
        if let Some(known) = self.waiting.get(&commitment) {
            return same(known.digest == request.digest).map(|()| Decided::SameAs(known.number));
        }
        if let Some(stored) = self.tx.answer_to(&commitment)? {
            same(stored.request == request.bytes)?;
            return lookup::recall(self.tx, stored).map(Decided::Repeated);
        }
        let draft = match asks {
            Grantable::Sync(sync) => self.sync(request, sync, entropy)?,
            Grantable::Activate(activate) => {
                let draft = self.activate(request, activate, entropy)?;
                let begun = self.begun.entry(commitment.activation_id());
                begun.or_default().push(commitment);
                draft
            }
        };
        if let What::Grant(granting) = &draft.what {
            let waiting = Waiting {
                number: self.drafts,
                digest: request.digest,
                row: granting.holder.id,
            };
            self.waiting.insert(commitment, waiting);
        }
        self.drafts += 1;
        Ok(Decided::Draft(Box::new(draft)))
    }

    /// A machine asks to be activated.
    fn activate(
        &mut self,
        request: &Request,
        activate: &Activate,
        entropy: &mut Entropy<'_>,
    ) -> Result<Draft, RespondError> {
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
        self.draft(plan, decision, entropy)
    }

    /// Remembers an event of a license until it is recorded, with what its request revealed.
    pub(super) fn remember(&mut self, changed: &Changed, revealed: Option<(ActivationRow, u16)>) {
        let drafted = Drafted {
            previous: changed.previous,
            revealed,
        };
        self.drafted.insert(changed.license.event, drafted);
    }

    /// What a request proves that opens the answer of a generation: nothing against the machine, where somebody may have read the secret before.
    pub(super) fn proof(
        &mut self,
        holder: &Activation,
        license: &License,
        generation: u16,
    ) -> Result<Proof, LedgerError> {
        if holder.ended == Some(Ended::Returned) {
            return Ok(Proof::KnownToReaders);
        }
        let mut last = license.event;
        while let Some(drafted) = self.drafted.get(&last) {
            if drafted.revealed == Some((holder.id, generation)) {
                return Ok(Proof::KnownToReaders);
            }
            last = drafted.previous;
        }
        for event in history::of_license(self.tx, last)? {
            if event.activation == Some(holder.id) && history::revealed(&event)? == Some(generation)
            {
                return Ok(Proof::KnownToReaders);
            }
        }
        Ok(Proof::Held)
    }

    /// Whether a request rests on an answer or a RETURN that was decided here and is not recorded yet.
    pub(super) fn waits_for_record(&mut self, request: &Request) -> Result<bool, LedgerError> {
        let id = match &request.ask {
            // It rests on rows alone, which are written as they are decided.
            Ask::Grantable(Grantable::Activate(_)) => return Ok(false),
            Ask::Grantable(Grantable::Sync(sync)) => sync.activation,
            Ask::Return(given_up) => given_up.activation,
        };
        if self.unrecorded.is_empty() {
            return Ok(false);
        }
        let rows = self.rows_called(id)?;
        Ok(rows.iter().any(|row| self.unrecorded.contains_key(row)))
    }

    /// The activations that are or were called so, also those whose ACTIVATE waits for its signature.
    pub(super) fn rows_called(
        &mut self,
        id: ActivationId,
    ) -> Result<Vec<ActivationRow>, LedgerError> {
        let mut rows = self.tx.activations_called(id)?;
        let begun = self.begun.get(&id).into_iter().flatten();
        rows.extend(begun.filter_map(|it| self.waiting.get(it)).map(|it| it.row));
        Ok(rows)
    }

    /// Whether the license has another activation that is or was called so: two of one number could not be told apart by their key.
    fn called_already(
        &mut self,
        id: ActivationId,
        license: &License,
        own: Option<ActivationRow>,
    ) -> Result<bool, LedgerError> {
        for row in self.rows_called(id)? {
            if own != Some(row) && lookup::holder(self.tx, row)?.1.id == license.id {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Turns a decision into an unsigned grant, and writes what it changes.
    pub(super) fn draft(
        &mut self,
        plan: Plan<'_>,
        decision: Decision<'_>,
        entropy: &mut Entropy<'_>,
    ) -> Result<Draft, RespondError> {
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
        Ok(Draft {
            kind: plan.kind,
            event: holder.event,
            warnings: decision.warnings,
            what: What::Grant(Box::new(Granting {
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
            })),
        })
    }

    /// The activation as it will stand.
    fn holder(&self, request: &Activate, license: &License, decision: &Decision<'_>) -> Activation {
        let own = decision.replaces;
        Activation {
            id: own.map_or(self.next_activation, |own| own.id),
            license: license.id,
            standing: Standing {
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
        Ok(context.transcript(&issuer.public, issuer.desk.as_ref(), subject, body))
    }

    pub(super) fn order(&mut self, id: TermsId) -> Result<Arc<Order>, LedgerError> {
        if let Some(order) = self.orders.get(&id) {
            return Ok(Arc::clone(order));
        }
        let made = Arc::new(lookup::order(self.tx, id)?);
        self.orders.insert(id, Arc::clone(&made));
        Ok(made)
    }
}

/// Two requests with one commitment are one request or a forgery.
fn same(equal: bool) -> Result<(), RespondError> {
    if equal {
        Ok(())
    } else {
        Err(RespondError::CommitmentUsed)
    }
}
