//! What the history is told of requests that were refused (SPEC.md 9.8).

use super::granting::opened;
use super::session::Session;
use super::unrecorded::{Refusing, Unrecorded};
use super::{Ask, Grantable, Request, RespondError, lookup};
use crate::issuer::history::REFUSED;
use crate::issuer::leaving::Changed;
use crate::issuer::ledger::{
    Activation, ActivationRow, COUNTED_DAYS, Declined, Ended, EventId, LedgerError, License,
    LicenseId, Refused,
};
use crate::issuer::policy::{self, Proof, Refusal};
use crate::protocol::date::Day;
use crate::text::{Code, Kind, phrase};

/// Refused requests of one activation that the history takes in a year; more are counted.
const EVIDENCE_ROWS: u64 = 20;
/// What requests with keys that were never sold are counted under, with their sender after it.
pub(super) const UNKNOWN_KEY: &str = "unknown key ";
/// Senders of such requests that are told apart in a day.
const SENDERS: usize = 100;
impl Session<'_> {
    /// The evidence of a request that was not answered, where the history does not tell of that request yet: one that is refused for what the ledger
    /// knows of its activation, and one that gives away a secret that nobody knew, whatever it was refused for.
    ///
    /// What goes beyond [`EVIDENCE_ROWS`] is counted; secrets are told in any case: there are no more of them than answers.
    pub(super) fn evidence(
        &mut self,
        request: &Request,
        error: &RespondError,
        sender: Option<&str>,
    ) -> Result<Option<Unrecorded<Refusing>>, LedgerError> {
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
        self.vouched.license(self.tx, &license)?;
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
        Ok(Some(self.numbered(REFUSED, Vec::new(), refusing)))
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
                RespondError::Refused(
                    Refusal::HeldForManager { holder, .. }
                    | Refusal::InPlaceOf { holder, .. }
                    | Refusal::AnewTooOften { holder, .. },
                ),
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
            _ => self.proof(&holder, &license, answer.generation, &request.digest)?,
        };
        let mut fork = None;
        if let Ask::Grantable(Grantable::Sync(sync)) = &request.ask {
            let judged = policy::judge(&holder, Some(lookup::held(&answer)), proof);
            let asked = self.asked(&holder, &license)?;
            let old = policy::old_mail(sync, judged, asked, self.by.now);
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
}

/// Whether the history may have to tell of a request that was not answered: of what the ledger knows of its activation, or of a secret that it gives
/// away, as every SYNC and RETURN may.
pub(super) fn may_tell(request: &Request, error: &RespondError) -> bool {
    match error {
        RespondError::Ledger(_)
        | RespondError::Signer(_)
        | RespondError::WrongKind(_)
        | RespondError::Malformed(_) => false,
        RespondError::Refused(refusal) if refusal.evidence().is_some() => true,
        _ => !matches!(request.ask, Ask::Grantable(Grantable::Activate(_))),
    }
}

/// What refused requests of an activation are counted under where the history has enough of them.
pub(crate) fn beyond(activation: ActivationRow) -> String {
    format!("activation {}", activation.0)
}

/// Refusals of one license that are remembered beside the history; of older ones their number.
pub(crate) const REMEMBERED: usize = 20;

/// What refusals of a license are counted under that are remembered no more.
pub(crate) fn forgotten(license: LicenseId) -> String {
    format!("license {}", license.0)
}

impl Session<'_> {
    /// Remembers that a request for a license of this desk was refused, where the history does not tell of it: somebody asks why later. Anybody who knows
    /// the key can write such requests, so the last [`REMEMBERED`] are kept, and they change no answer.
    pub(super) fn decline(
        &mut self,
        request: &Request,
        error: &RespondError,
        sender: Option<&str>,
    ) -> Result<(), LedgerError> {
        let stays = matches!(
            error,
            RespondError::Refused(_) | RespondError::CommitmentUsed | RespondError::DeskLimit(_)
        );
        // What a clerk typed is no word to a customer.
        let typed = matches!(error, RespondError::Refused(Refusal::UntilPast(_)));
        if !stays || typed || self.tx.refused(&request.digest)?.is_some() {
            return Ok(());
        }
        let (kind, found, fingerprint) = match &request.ask {
            Ask::Grantable(Grantable::Activate(it)) => {
                let license = self.tx.license_keyed(it.key)?;
                let found = license.map(|license| (license.id, it.commitment.activation_id()));
                (Kind::Activate, found, it.fingerprint)
            }
            Ask::Grantable(Grantable::Sync(it)) => {
                let found = lookup::find(self.tx, it.activation, &it.proof)?;
                let found = found.map(|found| (found.license.id, it.activation));
                (Kind::Sync, found, None)
            }
            Ask::Return(it) => {
                let found = lookup::find(self.tx, it.activation, &it.secret.sync_proof())?;
                let found = found.map(|found| (found.license.id, it.activation));
                (Kind::Return, found, None)
            }
        };
        let Some((license, activation)) = found else {
            return Ok(());
        };
        let payload = request.bytes.get(1..).unwrap_or_default().to_vec();
        let added = self.tx.add_declined(&Declined {
            request: request.digest,
            license,
            activation,
            fingerprint,
            at: self.by.now,
            event: EventId(self.next_event.0 - 1),
            kind: error.kind().name().to_owned(),
            said: error.to_string(),
            waits: matches!(
                error,
                RespondError::Refused(Refusal::WeakMachine { .. } | Refusal::NewSiteKey)
            ),
            phrase: phrase(&Code::new(kind, payload)),
            sender: sender.map(str::to_owned),
        })?;
        if added {
            let today = self.by.now.day();
            for _ in 0..self.tx.forget_declined(license, REMEMBERED)? {
                self.tx.add_beyond(&forgotten(license), today)?;
            }
        }
        Ok(())
    }
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
