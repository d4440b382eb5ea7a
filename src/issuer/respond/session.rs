//! One transaction's answers: what is decided in it is seen by what is decided after.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::unrecorded::{Granting, Taking, Unrecorded};
use super::{Ask, Grantable, Issuer, Order, Reply, Request, RespondError, lookup};
use crate::issuer::approvals;
use crate::issuer::audit::Vouched;
use crate::issuer::history::{self, Actor, Recorder};
use crate::issuer::keys::{self, KeysError};
use crate::issuer::leaving::Changed;
use crate::issuer::ledger::{
    Activation, ActivationRow, Ended, EventId, LedgerError, License, SignerId, Stood, StoredAnswer,
    TermsId, Transaction, Until,
};
use crate::issuer::policy::{Options, Proof, Warning};
use crate::issuer::seeds::{self, SeedError, SeedKey};
use crate::protocol::commitment::Commitment;
use crate::protocol::digest::{ActivationId, Digest};
use crate::protocol::grant::Grant;
use crate::signing::answered::Before;

/// What became of one request.
pub(super) enum Decided {
    /// It was answered before.
    Repeated(Reply),
    /// It is granted, and wants a signature.
    Grant(Box<Unrecorded<Granting>>),
    /// It frees seats.
    Return(Box<Unrecorded<Taking>>),
}

/// What became of a RETURN.
pub(super) enum GivenUp {
    /// It was taken before.
    Repeated(Reply),
    /// It is taken now.
    Now(Box<Unrecorded<Taking>>),
}

/// An answer that was given before: what it grants, and what stood with it.
pub(super) struct Given {
    pub(super) grant: Grant,
    pub(super) stood: Stood,
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
    pub(super) by: Actor<'a>,
    pub(super) recorder: Recorder<'a>,
    pub(super) signer: Option<SignerId>,
    /// The key from which the seeds of emergency codes are made, opened when the first is.
    pub(super) seed_key: Option<SeedKey>,
    /// The answer that is to be taken back, and not given.
    pub(super) given: Option<Given>,
    /// What was held against the events that vouch for it.
    pub(super) vouched: Vouched,
    /// Whether it was seen that the issuer's key stands in this ledger.
    stands: bool,
    /// Whether the key may set nothing aside: what it is to set aside can only be proposed.
    pub(super) only_proposes: bool,
    /// Products of which nothing needs another's approval.
    pub(super) free: HashSet<String>,
    orders: HashMap<TermsId, Arc<Order>>,
    /// The C of requests that were granted here and are not recorded yet: the same request again has to wait.
    pub(super) waiting: HashSet<Commitment>,
    /// Activations by what they are called, whose ACTIVATE was granted here: it may not be recorded yet.
    begun: HashMap<ActivationId, Vec<ActivationRow>>,
    /// Events of licenses that were decided here and may not be recorded yet.
    drafted: HashMap<EventId, Drafted>,
    /// Activations with the last event of theirs that was decided here and is not recorded yet: their answers cannot be looked up.
    pub(super) unrecorded: HashMap<ActivationRow, EventId>,
    /// Whether the ledger has any RETURN that came before its ACTIVATE: a batch is spared the look-ups.
    pub(super) any_early: bool,
    pub(super) next_event: EventId,
    pub(super) next_activation: ActivationRow,
}

impl<'a> Session<'a> {
    /// Begins; without an issuer only to see what would be decided.
    pub(super) fn open(
        tx: &'a mut dyn Transaction,
        issuer: Option<&'a Issuer>,
        options: &'a Options,
        by: Actor<'a>,
    ) -> Result<Session<'a>, LedgerError> {
        let recorder = Recorder::open(tx, by)?;
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
            seed_key: None,
            given: None,
            vouched: Vouched::default(),
            stands: false,
            only_proposes: false,
            free: HashSet::new(),
            orders: HashMap::new(),
            waiting: HashSet::new(),
            begun: HashMap::new(),
            drafted: HashMap::new(),
            unrecorded: HashMap::new(),
        })
    }

    /// Applies the rules, and reserves what is granted. A request for which [`Session::waits_for_record`] has to wait.
    pub(super) fn decide(&mut self, request: &Request) -> Result<Decided, RespondError> {
        let asks = match &request.ask {
            Ask::Grantable(asks) => asks,
            Ask::Return(given_up) => {
                // Nothing is signed; but what a rule holds back is a manager's to free.
                if self.options.override_reason.is_some() {
                    self.refuse_key()?;
                }
                return Ok(match self.give_up(given_up)? {
                    GivenUp::Repeated(reply) => Decided::Repeated(reply),
                    GivenUp::Now(taking) => Decided::Return(taking),
                });
            }
        };
        let commitment = asks.commitment();
        let kept = self.tx.answer_to(&commitment)?;
        match Before::of(&request.bytes, kept.map(|it| (it.request.clone(), it))) {
            Before::Nothing => {}
            Before::Another => return Err(RespondError::CommitmentUsed),
            Before::Answered(stored) => {
                return lookup::recall(self.tx, stored).map(Decided::Repeated);
            }
        }
        self.refuse_key()?;
        let granted = match asks {
            Grantable::Sync(sync) => self.sync(request, sync)?,
            Grantable::Activate(activate) => {
                let granted = self.activate(request, activate)?;
                let begun = self.begun.entry(commitment.activation_id());
                begun.or_default().push(granted.what.holder.id);
                granted
            }
        };
        self.waiting.insert(commitment);
        Ok(Decided::Grant(Box::new(granted)))
    }

    /// Refuses a key that does not stand in this ledger, and a clerk's that is to set a rule aside.
    fn refuse_key(&mut self) -> Result<(), RespondError> {
        let Some(issuer) = self.issuer.filter(|_| !self.stands) else {
            return Ok(());
        };
        keys::stands(self.tx, issuer, self.by.now.day())?;
        if self.options.override_reason.is_some() && !issuer.is_manager() {
            if !approvals::overrides_are_proposed(self.tx)? {
                return Err(KeysError::NeedsManager.into());
            }
            self.only_proposes = true;
        }
        self.stands = true;
        Ok(())
    }

    /// Remembers an event of a license until it is recorded, with what its request revealed.
    pub(super) fn remember(&mut self, changed: &Changed, revealed: Option<(ActivationRow, u16)>) {
        let drafted = Drafted {
            previous: changed.previous,
            revealed,
        };
        self.drafted.insert(changed.license.event, drafted);
        self.vouched.wrote_license(&changed.license);
    }

    /// Remembers an activation that was written with an event which is not recorded yet.
    pub(super) fn drafted_of(&mut self, holder: &Activation) {
        self.unrecorded.insert(holder.id, holder.event);
        self.vouched.wrote_holder(holder.id, holder.event);
    }

    /// The activations of a license, which is held with these against the events that vouch for them.
    pub(super) fn vouched(&mut self, license: &License) -> Result<Vec<Activation>, LedgerError> {
        let all = match license.taken {
            Some(_) => self.tx.activations_of(license.id)?,
            // Never activated: the common case of a batch is spared a look-up.
            None => Vec::new(),
        };
        self.vouched.with_all(self.tx, license, &all)?;
        Ok(all)
    }

    /// The seed key of answers that are given now, opened once. One that nobody sealed to whoever signs is not used.
    pub(super) fn seed_key_of(&mut self, issuer: &Issuer) -> Result<SeedKey, RespondError> {
        if let Some(key) = self.seed_key.take() {
            return Ok(key);
        }
        let own = issuer.signer.public();
        if let Some(number) = self.vouched.unsealed(self.tx, &own)? {
            return Err(SeedError::Shut(number.0).into());
        }
        Ok(seeds::last(self.tx, issuer.sealing()?, &own)?)
    }

    /// What a request proves that opens the answer of a generation: nothing against the machine, where somebody may have read the secret before. One that
    /// was refused and comes again proves what it proved then: it gave the secret away itself.
    pub(super) fn proof(
        &mut self,
        holder: &Activation,
        license: &License,
        generation: u16,
        request: &Digest,
    ) -> Result<Proof, LedgerError> {
        if holder.ended == Some(Ended::Returned) {
            return Ok(Proof::KnownToReaders);
        }
        let refused = self.tx.refused(request)?.map(|it| it.event);
        let before = |event: EventId| refused.is_none_or(|refused| event < refused);
        let mut last = license.event;
        while let Some(drafted) = self.drafted.get(&last) {
            if before(last) && drafted.revealed == Some((holder.id, generation)) {
                return Ok(Proof::KnownToReaders);
            }
            last = drafted.previous;
        }
        for event in history::of_license(self.tx, last)? {
            if before(event.id)
                && event.activation == Some(holder.id)
                && history::revealed(&event)? == Some(generation)
            {
                return Ok(Proof::KnownToReaders);
            }
        }
        Ok(Proof::Held)
    }

    /// The answer that an activation was given last, also where it gave its place to another since.
    pub(super) fn latest(
        &mut self,
        own: &Activation,
        license: &License,
    ) -> Result<Option<StoredAnswer>, LedgerError> {
        if let Some(answer) = lookup::answer_of(self.tx, own, own.event)? {
            return Ok(Some(answer));
        }
        let mut last = license.event;
        // What was decided here is on its row where it was recorded.
        while let Some(previous) = self.drafted.get(&last).map(|it| it.previous) {
            if let Some(answer) = lookup::answer_of(self.tx, own, last)? {
                return Ok(Some(answer));
            }
            last = previous;
        }
        lookup::latest(self.tx, own, last)
    }

    /// How long an activation goes on by all that it was granted, also where it was released as lost: it is answered no more since.
    pub(super) fn ran(
        &mut self,
        own: &Activation,
        license: &License,
    ) -> Result<Until, LedgerError> {
        if own.ended.is_none() {
            return Ok(own.runs);
        }
        let mut last = license.event;
        while let Some(previous) = self.drafted.get(&last).map(|it| it.previous) {
            last = previous;
        }
        lookup::ran(self.tx, own, last)
    }

    /// Whether a request rests on an answer or a RETURN that was decided here and is not recorded yet, or is the same as one that is not.
    pub(super) fn waits_for_record(&mut self, request: &Request) -> Result<bool, LedgerError> {
        let id = match &request.ask {
            Ask::Grantable(asks) if self.waiting.contains(&asks.commitment()) => return Ok(true),
            // It rests on rows alone, which are written as they are decided.
            Ask::Grantable(Grantable::Activate(_)) => return Ok(false),
            Ask::Grantable(Grantable::Sync(sync)) => sync.activation,
            Ask::Return(given_up) => given_up.activation,
        };
        if self.unrecorded.is_empty() {
            return Ok(false);
        }
        for row in self.rows_called(id)? {
            let (_, license) = lookup::holder(self.tx, row)?;
            // What others of the license do with its seats counts as well.
            let all = self.tx.activations_of(license.id)?;
            if all.iter().any(|it| self.unrecorded.contains_key(&it.id)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The activations that are or were called so, also those whose ACTIVATE is not recorded yet.
    pub(super) fn rows_called(
        &mut self,
        id: ActivationId,
    ) -> Result<Vec<ActivationRow>, LedgerError> {
        let mut rows = self.tx.activations_called(id)?;
        rows.extend(self.begun.get(&id).into_iter().flatten());
        Ok(rows)
    }

    /// Whether the license has another activation that is or was called so: two of one number could not be told apart by their key.
    pub(super) fn called_already(
        &mut self,
        id: ActivationId,
        license: &License,
    ) -> Result<bool, LedgerError> {
        for row in self.rows_called(id)? {
            if lookup::holder(self.tx, row)?.1.id == license.id {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A decision that takes the next number in the history.
    pub(super) fn numbered<W>(
        &mut self,
        kind: &'static str,
        warnings: Vec<Warning>,
        what: W,
    ) -> Unrecorded<W> {
        let event = self.next_event;
        self.next_event.0 += 1;
        Unrecorded {
            kind,
            event,
            warnings,
            what,
        }
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
