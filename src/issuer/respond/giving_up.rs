//! What a RETURN does within a transaction.

use super::RespondError;
use super::lookup::{self, Found};
use super::session::{GivenUp, Session};
use super::unrecorded::{Giving, Taking, Unrecorded};
use crate::issuer::approvals::Extent;
use crate::issuer::history::{Deed, EARLY_RETURN, RETURN};
use crate::issuer::keys::KeysError;
use crate::issuer::leaving::{self, Ending};
use crate::issuer::ledger::{Activation, EarlyReturn, Ended, License, StoredAnswer};
use crate::issuer::policy::{self, Proof, Refusal, Warning, moves};
use crate::protocol::commitment::SyncProof;
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

    /// Ends an activation, if what was revealed is the generation proven last, one asked from it, or the latest. Where the license had as many RETURNs as it
    /// has, its seats rest as long as a grant reaches that is given back.
    fn take_back(
        &mut self,
        holder: Activation,
        license: License,
        answer: &StoredAnswer,
    ) -> Result<Unrecorded<Taking>, RespondError> {
        let all = self.vouched(&license)?;
        self.vouched.answer(self.tx, answer)?;
        let held = lookup::held(answer);
        let mut warnings = Vec::new();
        let fork = policy::judge(&holder, Some(held), Proof::Held);
        // It was released as lost and turned up: that is kept, and nothing comes free twice.
        if holder.ended.is_none() && matches!(fork, policy::Fork::Diverged { .. }) {
            self.only_by_override(Refusal::HeldFork(fork), &mut warnings)?;
        }
        let today = self.by.now.day();
        let mut until = today;
        let latest = self.latest(&holder, &license)?;
        for answer in latest.iter().chain([answer]) {
            until = until.max(lookup::rests_until(&lookup::grant_of(answer)?, today));
        }
        let order = self.order(license.terms)?;
        let (seats, of) = (holder.seats, order.terms.seats.get());
        let at_once = moves::returned(&license.counts, seats, of, today);
        let rests = at_once.is_none().then_some(until);
        let license = License {
            counts: at_once
                .filter(|_| seats > 0)
                .unwrap_or_else(|| license.counts.clone()),
            ..license
        };
        let reason = self.override_reason(&warnings);
        let ending = Ending {
            how: Ended::Returned,
            ran: self.ran(&holder, &license)?,
            generation: Some(held.generation),
            rests,
            reason: reason.as_deref(),
            at_once: self.options.override_reason.as_deref(),
        };
        let now = self.by.now;
        let leave = |first| leaving::leave((&holder, &license), &all, &ending, first, now);
        if leave(self.next_event).at_once {
            policy::set_aside(&mut warnings);
        }
        let set_aside = self.override_reason(&warnings);
        let extent = Extent {
            overrides: set_aside.is_some(),
            ..Extent::of(RETURN, today)
        };
        let (product, own) = (order.product.id.clone(), holder.id.0);
        let first = self.hold(&product, &extent, || Deed {
            kind: RETURN.to_owned(),
            license: Some(license.id.0),
            activation: Some(own),
            generation: Some(held.generation),
            overrides: set_aside.is_some(),
            reason: set_aside,
            ..Deed::default()
        })?;
        let gone = leave(first);
        warnings.extend(gone.held_by.map(Warning::HeldBy));
        warnings.extend(gone.rest.iter().flat_map(Warning::of));
        for written in &gone.written {
            written.write(self.tx)?;
            let own = written.holder.id == holder.id;
            let revealed = own.then_some((holder.id, held.generation));
            self.remember(&written.changed, revealed);
            self.drafted_of(&written.holder);
            self.next_event = written.holder.event;
        }
        let giving = Giving {
            activation: holder.standing.activation,
            key: license.key,
            order,
            gone,
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
        if self.only_proposes {
            return Err(KeysError::NeedsManager.into());
        }
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
