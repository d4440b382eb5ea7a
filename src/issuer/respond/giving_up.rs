//! What a RETURN does within a transaction.

use super::RespondError;
use super::lookup::{self, Found};
use super::session::{GivenUp, Session};
use super::unrecorded::{Changed, Giving, Taking, Unrecorded};
use crate::issuer::history::{self, EARLY_RETURN, RETURN};
use crate::issuer::ledger::{
    Activation, COUNTED_DAYS, EarlyReturn, Ended, License, Resting, StoredAnswer,
};
use crate::issuer::policy::{self, Proof, Refusal, Warning, moves};
use crate::protocol::commitment::SyncProof;
use crate::protocol::date::Day;
use crate::protocol::digest::ActivationId;
use crate::protocol::grant::Grant;
use crate::protocol::requests::Return;
use crate::text::Kind;

/// RETURNs that are kept for one activation id before its ACTIVATE, and in all.
const EARLY_PER_ACTIVATION: u64 = 1_000;
const EARLY_RETURNS: u64 = 1_000_000;

impl Session<'_> {
    /// A machine gives up.
    pub(super) fn give_up(&mut self, given_up: &Return) -> Result<GivenUp, RespondError> {
        let proof = given_up.secret.sync_proof();
        if let Some(reply) = lookup::receipt(self.tx, given_up)? {
            return Ok(GivenUp::Repeated(reply));
        }
        let found = lookup::find(self.tx, given_up.activation, &proof)?;
        let taking = match found {
            Some(Found {
                holder,
                license,
                answer: Some(answer),
            }) => self.take_back(given_up.activation, holder, license, &answer)?,
            _ => self.early(given_up, proof)?,
        };
        Ok(GivenUp::Now(Box::new(taking)))
    }

    /// Refuses what an activation gives up or takes elsewhere that took the place of another, as long as the machine of that one may go on without contact
    /// (SPEC.md 9.5): unless a clerk knows better.
    pub(super) fn refuse_in_place(
        &mut self,
        holder: &Activation,
        license: &License,
    ) -> Result<(), RespondError> {
        let options = self.options;
        if options.supersede_reason.is_some() || options.override_reason.is_some() {
            return Ok(());
        }
        let standing = holder.standing.activation;
        let mut before: Option<StoredAnswer> = None;
        for event in self.told_of(license)? {
            if event.activation != Some(holder.id) || !history::answers(&event) {
                continue;
            }
            let Some(answer) = lookup::answer_of(self.tx, &event)? else {
                continue;
            };
            let begins = answer.commitment.activation_id() == standing
                && answer.request.first() == Some(&Kind::Activate.letter());
            if let Some(before) = before.as_ref().filter(|_| begins) {
                let decided = history::reason(&event)?.is_some();
                let grant = lookup::grant_of(before)?;
                let until = runs_until(&grant, event.at.day());
                if decided || self.by.now.day() > until {
                    return Ok(());
                }
                return Err(Refusal::InPlaceOf {
                    activation: standing,
                    before: before.stood.standing.activation,
                    until,
                }
                .into());
            }
            before = Some(answer);
        }
        Ok(())
    }

    /// Frees the seats of an activation, if what was revealed is the generation proven last, one asked from it, or the latest.
    fn take_back(
        &mut self,
        called: ActivationId,
        holder: Activation,
        license: License,
        answer: &StoredAnswer,
    ) -> Result<Unrecorded<Taking>, RespondError> {
        let held = lookup::held(answer, &holder);
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
        if holder.ended.is_none() && called == holder.standing.activation {
            self.refuse_in_place(&holder, &license)?;
        }
        let today = self.by.now.day();
        let mut until = today;
        let latest = lookup::latest(self.tx, &holder)?;
        for answer in latest.iter().chain([answer]) {
            until = until.max(runs_until(&lookup::grant_of(answer)?, today));
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
    ) -> Result<Unrecorded<Taking>, RespondError> {
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

/// The last day on which a machine goes on by a grant without contact; one without such a day, for a year from `from`.
fn runs_until(grant: &Grant, from: Day) -> Day {
    let runs = grant.revalidate_by.unwrap_or(a_year_on(from));
    grant.expires.map_or(runs, |end| end.min(runs))
}

/// For how long a grant without a day runs on, as far as its seats are concerned.
fn a_year_on(today: Day) -> Day {
    today.plus(COUNTED_DAYS as u16)
}
