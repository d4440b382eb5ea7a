//! What a SYNC or a RETURN does within a transaction.

use super::draft::{Changed, Draft, Giving, Refusing, What};
use super::lookup::{self, Found};
use super::session::{Decided, Plan, Session};
use super::{Ask, Grantable, Request, RespondError};
use crate::issuer::history::{EARLY_RETURN, REFUSED, RETURN, SYNC};
use crate::issuer::keys::Entropy;
use crate::issuer::ledger::{
    Activation, ActivationRow, COUNTED_DAYS, EarlyReturn, Ended, LedgerError, License, Refused,
    Resting, StoredAnswer,
};
use crate::issuer::policy::{self, Proof, Refusal, SyncCase, Warning, moves};
use crate::protocol::commitment::SyncProof;
use crate::protocol::date::Day;
use crate::protocol::digest::ActivationId;
use crate::protocol::requests::{Return, Sync};
use crate::text::Kind;

/// Refused requests of one activation that the history takes in a year; more are counted.
const EVIDENCE_ROWS: u64 = 20;
/// What requests with keys that were never sold are counted under, with their sender after it.
pub(super) const UNKNOWN_KEY: &str = "unknown key ";
/// Senders of such requests that are told apart in a day.
const SENDERS: usize = 100;
/// RETURNs that are kept for one activation id before its ACTIVATE, and in all.
const EARLY_PER_ACTIVATION: u64 = 1_000;
const EARLY_RETURNS: u64 = 1_000_000;

impl Session<'_> {
    /// A machine asks for its license anew.
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
        let answer = opened(answer, sync);
        let held = answer.as_ref().map(lookup::held);
        let mut fork = policy::judge(&holder, held, Proof::Held);
        if let policy::Fork::Diverged { held: which, .. } = fork {
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
        self.draft(plan, decided.decision, entropy)
    }

    /// A machine gives up.
    pub(super) fn give_up(&mut self, given_up: &Return) -> Result<Decided, RespondError> {
        let proof = given_up.secret.sync_proof();
        if let Some(reply) = lookup::receipt(self.tx, given_up)? {
            return Ok(Decided::Repeated(reply));
        }
        let found = lookup::find(self.tx, given_up.activation, &proof)?;
        let draft = match found {
            Some(Found {
                holder,
                license,
                answer: Some(answer),
            }) => self.take_back(given_up.activation, holder, license, &answer)?,
            _ => self.early(given_up, proof)?,
        };
        Ok(Decided::Draft(Box::new(draft)))
    }

    /// The evidence of a request that was not answered, where the history does not tell of that request yet: one that is refused for what the ledger
    /// knows of its activation, and one that gives away a secret that nobody knew, whatever it was refused for.
    ///
    /// What goes beyond [`EVIDENCE_ROWS`] is counted; secrets are told in any case: there are no more of them than answers.
    pub(super) fn evidence(
        &mut self,
        request: &Request,
        error: &RespondError,
        sender: Option<&str>,
    ) -> Result<Option<Draft>, LedgerError> {
        if matches!(error, RespondError::Refused(Refusal::UnknownKey)) {
            self.count_unknown_key(sender)?;
        }
        if !may_tell(request, error) || self.tx.refused(&request.digest)?.is_some() {
            return Ok(None);
        }
        let Some(whose) = self.refused_holder(request, error)? else {
            return Ok(None);
        };
        let reveals = whose.proof == Proof::Held;
        let Some((verdict, evidence)) = whose.verdict(error) else {
            return Ok(None);
        };
        let (holder, license) = (whose.holder, whose.license);
        let today = self.by.now.day();
        // A year is the days that are fewer than COUNTED_DAYS ago.
        let first = today.number().saturating_sub(COUNTED_DAYS as u16 - 1);
        let since = Day::new(first.max(1)).unwrap_or(today);
        if !reveals && self.tx.refused_since(holder.id, since)? >= EVIDENCE_ROWS {
            self.tx.add_beyond(&beyond(holder.id), today)?;
            return Ok(None);
        }
        self.tx.add_refused(&Refused {
            request: request.digest,
            event: self.next_event,
            activation: holder.id,
            day: today,
        })?;
        let changed = Changed {
            previous: license.event,
            license: License {
                event: self.next_event,
                ..license
            },
        };
        self.tx.set_license(&changed.license)?;
        let revealed = whose.generation.map(|generation| (holder.id, generation));
        self.remember(&changed, revealed);
        let refusing = Refusing {
            holder,
            changed,
            verdict,
            evidence,
            proof: whose.proof,
            generation: whose.generation,
            request: request.digest,
        };
        Ok(Some(self.numbered(
            REFUSED,
            Vec::new(),
            What::Refusal(Box::new(refusing)),
        )))
    }

    /// Counts a request with a key that was never sold; senders are told apart up to [`SENDERS`] a day.
    fn count_unknown_key(&mut self, sender: Option<&str>) -> Result<(), LedgerError> {
        let today = self.by.now.day();
        let subject = format!("{UNKNOWN_KEY}{}", sender.unwrap_or_default());
        let known = self.tx.beyond(UNKNOWN_KEY, Some(today))?;
        let is_new = !known.iter().any(|(it, _)| *it == subject);
        let full = known.len() >= SENDERS;
        let subject = if is_new && full {
            UNKNOWN_KEY
        } else {
            &subject
        };
        self.tx.add_beyond(subject, today)
    }

    /// Whose request was refused, and what it proves.
    fn refused_holder(
        &mut self,
        request: &Request,
        error: &RespondError,
    ) -> Result<Option<Whose>, LedgerError> {
        let found = match (&request.ask, error) {
            (
                Ask::Grantable(Grantable::Activate(_)),
                RespondError::Refused(Refusal::HeldForManager { holder, .. }),
            ) => {
                let (holder, license) = lookup::holder(self.tx, *holder)?;
                return Ok(Some(Whose::unproven(holder, license)));
            }
            (Ask::Grantable(Grantable::Activate(_)), _) => return Ok(None),
            (Ask::Grantable(Grantable::Sync(sync)), _) => {
                let found = lookup::find(self.tx, sync.activation, &sync.proof)?;
                found.map(|it| {
                    (
                        sync.activation,
                        it.holder,
                        it.license,
                        opened(it.answer, sync),
                    )
                })
            }
            (Ask::Return(given_up), _) => {
                let (id, proof) = (given_up.activation, given_up.secret.sync_proof());
                let found = lookup::find(self.tx, id, &proof)?;
                found.map(|it| (id, it.holder, it.license, it.answer))
            }
        };
        let Some((id, holder, license, answer)) = found else {
            return Ok(None);
        };
        let Some(answer) = answer else {
            // Whose history it should stand in nobody knows where several are called so.
            let one = self.tx.activations_called(id)?.len() == 1;
            return Ok(one.then(|| Whose::unproven(holder, license)));
        };
        let proof = match &request.ask {
            // Its r is not known to those who read an earlier SYNC.
            Ask::Return(_) if holder.ended != Some(Ended::Returned) => Proof::Held,
            _ => self.proof(&holder, &license, answer.generation)?,
        };
        let mut fork = None;
        if let Ask::Grantable(Grantable::Sync(sync)) = &request.ask {
            let judged = policy::judge(&holder, Some(lookup::held(&answer)), proof);
            let latest = lookup::latest(self.tx, &holder)?;
            let latest_asked = latest.as_ref().map(lookup::asked).transpose()?;
            let old = policy::old_mail(&holder, sync, judged, latest_asked, self.by.now);
            fork = Some(judged).filter(|_| !old);
        }
        Ok(Some(Whose {
            holder,
            license,
            proof,
            generation: Some(answer.generation),
            fork,
        }))
    }

    /// Frees the seats of an activation, if what was revealed is the generation proven last, one asked from it, or the latest.
    fn take_back(
        &mut self,
        called: ActivationId,
        holder: Activation,
        license: License,
        answer: &StoredAnswer,
    ) -> Result<Draft, RespondError> {
        let held = lookup::held(answer);
        let on_the_line =
            answer.request.first() == Some(&Kind::Sync.letter()) && held.parent == holder.proven;
        let proven = on_the_line || held.generation == holder.proven;
        let mut warnings = Vec::new();
        if holder.ended.is_some() {
            // It was released as lost and turned up: that is kept, and nothing comes free twice.
        } else if called != holder.standing.activation {
            self.only_by_override(
                Refusal::ReturnReplaced(holder.standing.activation),
                &mut warnings,
            )?;
        } else if held.generation != holder.generation && !proven {
            let fork = policy::Fork::Diverged {
                held: held.generation,
                proven: holder.proven,
                since: holder.last.day(),
                proof: Proof::Held,
            };
            self.only_by_override(Refusal::HeldFork(fork), &mut warnings)?;
        }
        let today = self.by.now.day();
        let mut until = today;
        let latest = lookup::latest(self.tx, &holder)?;
        for answer in latest.iter().chain([answer]) {
            let grant = lookup::grant_of(answer)?;
            let runs = grant.revalidate_by.unwrap_or(a_year_on(today));
            until = until.max(grant.expires.map_or(runs, |end| end.min(runs)));
        }
        self.end(holder, license, held.generation, until, warnings)
    }

    /// Ends an activation whose machine gave it up; its seats come free at once, or, where the license had as many RETURNs as it has, after `until`.
    fn end(
        &mut self,
        holder: Activation,
        license: License,
        generation: u16,
        until: Day,
        mut warnings: Vec<Warning>,
    ) -> Result<Draft, RespondError> {
        let order = self.order(license.terms)?;
        let (seats, today) = (holder.seats, self.by.now.day());
        let of = order.terms.seats.get();
        let at_once = moves::returned(&license.counts, seats, of, today);
        // What was released as lost has none any more: nothing comes free, now or later, and nothing rests.
        let late = at_once.is_none() && seats > 0;
        let overridden = late && self.options.override_reason.is_some();
        if overridden && !warnings.contains(&Warning::Overridden) {
            warnings.push(Warning::Overridden);
        }
        let rests = late && !overridden;
        let next = Activation {
            seats: 0,
            last: self.by.now,
            ended: Some(Ended::Returned),
            resting: rests.then_some(Resting { seats, until }),
            event: self.next_event,
            ..holder
        };
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
        self.tx.set_activation(&next)?;
        self.tx.set_license(&changed.license)?;
        self.remember(&changed, Some((next.id, generation)));
        self.unrecorded.insert(next.id, next.event);
        let giving = Giving {
            holder: next,
            changed,
            order,
            freed: if rests { 0 } else { seats },
            generation,
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
        let what = What::Early {
            activation: early.activation,
            digest: early.digest(),
        };
        let mut warnings = Vec::new();
        if !self.rows_called(given_up.activation)?.is_empty() {
            warnings.push(Warning::OpensNothing(given_up.activation));
        }
        Ok(self.numbered(EARLY_RETURN, warnings, what))
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

/// Whether the history may have to tell of a request that was not answered: of what the ledger knows of its activation, or of a secret that it gives
/// away, as every SYNC and RETURN may.
pub(super) fn may_tell(request: &Request, error: &RespondError) -> bool {
    match error {
        RespondError::Ledger(_) | RespondError::WrongKind(_) | RespondError::Malformed(_) => false,
        RespondError::Refused(refusal) if refusal.evidence().is_some() => true,
        _ => !matches!(request.ask, Ask::Grantable(Grantable::Activate(_))),
    }
}

/// The answer that a SYNC opens, if it is that of the generation which it claims to hold.
fn opened(answer: Option<StoredAnswer>, sync: &Sync) -> Option<StoredAnswer> {
    answer.filter(|answer| answer.generation == sync.generation)
}

/// For how long a grant without a day runs on, as far as its seats are concerned.
fn a_year_on(today: Day) -> Day {
    today.plus(COUNTED_DAYS as u16)
}

/// What refused requests of an activation are counted under where the history has enough of them.
pub(crate) fn beyond(activation: ActivationRow) -> String {
    format!("activation {}", activation.0)
}

/// Whose request was refused, and what it proves.
struct Whose {
    holder: Activation,
    license: License,
    proof: Proof,
    /// The generation whose secret it revealed.
    generation: Option<u16>,
    /// What the fork rule says of a SYNC that opens an answer and is no old mail.
    fork: Option<policy::Fork>,
}

impl Whose {
    /// What the history is to say of it, a verdict and what that rests on; nothing where nobody has to know.
    fn verdict(&self, error: &RespondError) -> Option<(&'static str, String)> {
        if let RespondError::Refused(refusal) = error
            && let Some(evidence) = refusal.evidence()
        {
            return Some(evidence);
        }
        if self.proof != Proof::Held {
            return None;
        }
        // Whatever it is refused for: a copy that asks is one.
        Some(match &self.fork {
            Some(fork) if fork.colour() == policy::Colour::Red => {
                (fork.colour().name(), format!("{fork}; {error}"))
            }
            _ => (error.kind().name(), error.to_string()),
        })
    }

    fn unproven(holder: Activation, license: License) -> Whose {
        Whose {
            holder,
            license,
            proof: Proof::Unproven,
            generation: None,
            fork: None,
        }
    }
}
