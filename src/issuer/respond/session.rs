//! One transaction's answers: what is decided in it is seen by what is decided after.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Answer, Issuer, Order, Preview, Request, RespondError, Verdict, recall};
use crate::issuer::history::{self, ACTIVATE, AnswerFacts, Happening, Hex, REPLACE, Recorder};
use crate::issuer::keys::Entropy;
use crate::issuer::ledger::{
    Activation, ActivationRow, EventId, LedgerError, License, SignerId, StoredAnswer, TermsId,
    Transaction,
};
use crate::issuer::policy::{self, Case, Decision, Options, Refusal, Warning};
use crate::issuer::products::{self, By};
use crate::license_key::LicenseKey;
use crate::protocol::commitment::Commitment;
use crate::protocol::desk_certificate::DeskCertificate;
use crate::protocol::digest::{Digest, Standing, request_tag};
use crate::protocol::emergency::chain;
use crate::protocol::grant::{EmergencyTerms, Grant};
use crate::protocol::requests::Activate;
use crate::protocol::trust::GrantContext;
use crate::text::{Code, Kind};

/// What became of one request.
pub(super) enum Outcome {
    /// It was answered in an earlier transaction.
    Repeated(Box<Answer>),
    /// It is decided and wants a signature.
    Draft(Box<Draft>),
    /// It is the same as an earlier one of this transaction: the n-th draft, from 0.
    SameAs(usize),
}

/// A decided answer that lacks its signature.
pub(super) struct Draft {
    /// What is to be signed (SPEC.md 5.3).
    pub(super) transcript: Vec<u8>,
    grant: Grant,
    body: Vec<u8>,
    request: Vec<u8>,
    commitment: Commitment,
    emergency: Option<[u8; 10]>,
    kind: &'static str,
    event: EventId,
    previous: EventId,
    holder: Activation,
    key: LicenseKey,
    order: Arc<Order>,
    terms: TermsId,
    taken: u32,
    warnings: Vec<Warning>,
}

impl Draft {
    fn verdict(&self) -> Verdict {
        if self.kind == REPLACE {
            Verdict::Replaced
        } else {
            Verdict::Activated
        }
    }

    pub(super) fn preview(self) -> Preview {
        Preview {
            verdict: self.verdict(),
            grant: self.grant,
            key: self.key,
            activation: self.holder.standing.activation,
            order: self.order,
            warnings: self.warnings,
        }
    }
}

/// The work of one transaction.
pub(super) struct Session<'a> {
    tx: &'a mut dyn Transaction,
    issuer: Option<&'a Issuer>,
    options: &'a Options,
    by: By<'a>,
    recorder: Recorder,
    signer: Option<SignerId>,
    orders: HashMap<TermsId, Arc<Order>>,
    drafts: HashMap<Commitment, (usize, Digest)>,
    next_event: EventId,
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
            recorder,
            tx,
            issuer,
            options,
            by,
            signer: None,
            orders: HashMap::new(),
            drafts: HashMap::new(),
        })
    }

    /// Applies the rules, and reserves what is granted.
    pub(super) fn decide(
        &mut self,
        request: Request,
        entropy: &mut Entropy<'_>,
    ) -> Result<Outcome, RespondError> {
        let commitment = request.activate.commitment;
        if let Some((number, digest)) = self.drafts.get(&commitment) {
            return same(*digest == request.digest).map(|()| Outcome::SameAs(*number));
        }
        if let Some(stored) = self.tx.answer_to(&commitment)? {
            same(stored.request == request.bytes)?;
            return recall(self.tx, stored).map(|answer| Outcome::Repeated(Box::new(answer)));
        }
        let license = self
            .tx
            .license_keyed(request.activate.key)?
            .ok_or(Refusal::UnknownKey)?;
        let order = self.order(license.terms)?;
        let activations = match license.taken {
            Some(_) => self.tx.activations_of(license.id)?,
            // Never activated: the common case of a batch is spared a look-up.
            None => Vec::new(),
        };
        let decision = policy::decide(&Case {
            request: &request.activate,
            license: &license,
            terms: &order.terms,
            product: &order.product,
            activations: &activations,
            options: self.options,
            now: self.by.now,
        })?;
        let draft = self.draft(&request, &license, &order, decision, entropy)?;
        self.drafts
            .insert(commitment, (self.drafts.len(), request.digest));
        Ok(Outcome::Draft(Box::new(draft)))
    }

    /// Turns a decision into an unsigned grant, and writes what it changes.
    fn draft(
        &mut self,
        request: &Request,
        license: &License,
        order: &Arc<Order>,
        decision: Decision<'_>,
        entropy: &mut Entropy<'_>,
    ) -> Result<Draft, RespondError> {
        let holder = self.holder(&request.activate, license, &decision);
        let context = GrantContext {
            request_digest: request.digest,
            holder: holder
                .standing
                .holder_digest(&order.product.id, license.key),
            lending_key: request.activate.lending_key,
        };
        let (grant, emergency) = self.grant(&context, order, &decision, entropy);
        let body = grant.encode_body();
        let transcript = self.transcript(&context, order, &grant, &body)?;
        match decision.replaces {
            Some(_) => self.tx.set_activation(&holder)?,
            None => self.tx.add_activation(&holder)?,
        }
        self.tx.set_license(&License {
            taken: Some(decision.taken),
            event: holder.event,
            ..license.clone()
        })?;
        // Only now: a request that failed above has used up nothing.
        self.next_event.0 += 1;
        self.next_activation.0 += i64::from(decision.replaces.is_none());
        Ok(Draft {
            transcript,
            grant,
            body,
            commitment: request.activate.commitment,
            request: request.bytes.clone(),
            emergency,
            kind: if decision.replaces.is_some() {
                REPLACE
            } else {
                ACTIVATE
            },
            event: holder.event,
            previous: license.event,
            holder,
            key: license.key,
            order: Arc::clone(order),
            terms: license.terms,
            taken: decision.taken,
            warnings: decision.warnings,
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
            lending_key: request.lending_key,
            seats: decision.seats,
            first: own.map_or(self.by.now, |own| own.first),
            last: self.by.now,
            replaced: decision.replaced.clone(),
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
            max_loan: decision.max_loan,
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
            desk.allows(grant).map_err(RespondError::DeskLimit)?;
        }
        let subject = context
            .subject(grant)
            .map_err(|_| Refusal::UnfitLendingKey)?;
        Ok(context.transcript(&issuer.public, issuer.desk.as_ref(), subject, body))
    }

    /// Records an answer whose signature has been made. Drafts are completed in the order in which they were decided.
    pub(super) fn complete(
        &mut self,
        draft: Draft,
        signature: &[u8; 64],
    ) -> Result<Answer, RespondError> {
        let verdict = draft.verdict();
        let mut payload = draft.body;
        payload.extend_from_slice(signature);
        let stored = StoredAnswer {
            activation: draft.holder.id,
            generation: draft.holder.generation,
            commitment: draft.commitment,
            request: draft.request,
            grant: payload,
            signer: self.signer()?,
            emergency: draft.emergency,
            event: draft.event,
        };
        self.tx.add_answer(&stored)?;
        let overridden = draft.warnings.contains(&Warning::Overridden);
        let facts = AnswerFacts {
            order: draft.terms.0,
            taken: draft.taken,
            seats: draft.holder.seats,
            generation: draft.holder.generation,
            answer: Hex(stored.digest()),
            holder: Hex(draft.holder.digest()),
            reason: self.options.override_reason.clone().filter(|_| overridden),
        };
        let happening = Happening {
            kind: draft.kind,
            license: Some(draft.holder.license),
            activation: Some(draft.holder.id),
            previous: Some(draft.previous),
            data: history::to_json(&facts)?,
        };
        self.recorder.record(self.tx, happening)?;
        Ok(Answer {
            code: Code::new(Kind::Grant, stored.grant),
            grant: draft.grant,
            verdict,
            key: draft.key,
            activation: draft.holder.standing.activation,
            order: draft.order,
            warnings: draft.warnings,
        })
    }

    fn signer(&mut self) -> Result<SignerId, LedgerError> {
        if let (None, Some(issuer)) = (self.signer, self.issuer) {
            let certificate = issuer.desk.as_deref().map(DeskCertificate::encode);
            self.signer = Some(self.tx.signer(&issuer.public, certificate.as_deref())?);
        }
        self.signer
            .ok_or_else(|| LedgerError::Io("a rehearsal signs nothing".to_owned()))
    }

    fn order(&mut self, id: TermsId) -> Result<Arc<Order>, LedgerError> {
        if let Some(order) = self.orders.get(&id) {
            return Ok(Arc::clone(order));
        }
        let made = Arc::new(order(self.tx, id)?);
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
        terms,
    })
}
