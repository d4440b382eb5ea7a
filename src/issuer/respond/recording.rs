//! Recording what was decided.

use super::session::Session;
use super::unrecorded::{Granting, Refusing, Taking, Unrecorded};
use super::{Issuer, Reply};
use crate::issuer::history::{
    self, AnswerFacts, EARLY_RETURN, EarlyFacts, Hex, LicenseFacts, NewEvent, REFUSED,
};
use crate::issuer::ledger::{EventId, LedgerError, SignerId, Stood, StoredAnswer};
use crate::issuer::policy::Warning;
use crate::protocol::desk_certificate::DeskCertificate;

/// What is decided is recorded in the order in which it was decided.
impl Session<'_> {
    /// Stores and records an answer, which `issuer` has signed.
    pub(super) fn record_grant(
        &mut self,
        granted: Unrecorded<Granting>,
        signature: &[u8; 64],
        issuer: &Issuer,
    ) -> Result<Reply, LedgerError> {
        let it = &granted.what;
        let accepts = [
            (Warning::WeakAccepted, &self.options.accept_weak_reason),
            (Warning::NewSiteKey, &self.options.accept_site_key_reason),
        ];
        let accepted = accepts
            .into_iter()
            .find(|(warning, _)| granted.warnings.contains(warning));
        let accepting = accepted.and_then(|(_, reason)| reason.clone());
        let mut reason = self.override_reason(&granted.warnings);
        if it.explained {
            reason = reason.or_else(|| self.options.supersede_reason.clone());
        }
        let payload = [it.body.as_slice(), signature].concat();
        self.record_approval()?;
        if let Some(yielding) = &it.yielding {
            self.record(yielding.holder.event, yielding.event()?)?;
        }
        let signer = self.signer(issuer)?;
        let event = self.granted(&granted, signer, &payload, reason.or(accepting))?;
        self.waiting.remove(&it.commitment);
        self.record(granted.event, event)?;
        // Whoever holds an answer under the same certificate has that, too.
        let unknown = granted.what.held_by != Some(signer);
        let certificate = issuer.certificate_code().filter(|_| unknown);
        Ok(granted.reply(payload, certificate))
    }

    /// Stores and records an answer that was given before, and is not known any more.
    pub(super) fn record_given(
        &mut self,
        given: Unrecorded<Granting>,
        signature: &[u8; 64],
        (public, certificate): (&[u8; 32], Option<&[u8]>),
    ) -> Result<(), LedgerError> {
        let payload = [given.what.body.as_slice(), signature].concat();
        if let Some(yielding) = &given.what.yielding {
            self.record(yielding.holder.event, yielding.event()?)?;
        }
        let signer = self.tx.signer(public, certificate)?;
        let event = self.granted(&given, signer, &payload, None)?;
        self.record(given.event, event)
    }

    /// Records a RETURN.
    pub(super) fn record_return(
        &mut self,
        taken: Unrecorded<Taking>,
    ) -> Result<Reply, LedgerError> {
        match &taken.what {
            Taking::Back(it) => {
                self.record_approval()?;
                for written in &it.gone.written {
                    self.record(written.holder.event, written.event()?)?;
                }
            }
            Taking::Early { activation, digest } => {
                let early = NewEvent {
                    kind: EARLY_RETURN,
                    license: None,
                    activation: None,
                    previous: None,
                    data: history::to_json(&EarlyFacts {
                        activation: activation.to_string(),
                        early: Hex(*digest),
                    })?,
                };
                self.record(taken.event, early)?;
            }
        }
        Ok(taken.reply())
    }

    /// Records a refusal's evidence.
    pub(super) fn record_refusal(
        &mut self,
        refused: &Unrecorded<Refusing>,
    ) -> Result<(), LedgerError> {
        self.record(refused.event, self::refused(&refused.what)?)
    }

    fn record(&mut self, number: EventId, event: NewEvent) -> Result<(), LedgerError> {
        if let Some(row) = event.activation
            && self.unrecorded.get(&row) == Some(&number)
        {
            self.unrecorded.remove(&row);
        }
        self.recorder.record(self.tx, event)?;
        Ok(())
    }

    pub(super) fn override_reason(&self, warnings: &[Warning]) -> Option<String> {
        let overridden = warnings.contains(&Warning::Overridden);
        self.options.override_reason.clone().filter(|_| overridden)
    }

    /// Stores an answer; what the history says of it.
    fn granted(
        &mut self,
        granted: &Unrecorded<Granting>,
        signer: SignerId,
        payload: &[u8],
        reason: Option<String>,
    ) -> Result<NewEvent, LedgerError> {
        let it = &granted.what;
        let stored = StoredAnswer {
            activation: it.holder.id,
            generation: it.holder.generation,
            parent: it.parent,
            commitment: it.commitment,
            request: it.request.clone(),
            stood: Stood {
                standing: it.holder.standing.clone(),
                site_key: it.holder.site_key,
            },
            grant: payload.to_vec(),
            signer,
            event: granted.event,
        };
        self.tx.add_answer(&stored)?;
        let license = &it.changed.license;
        let facts = AnswerFacts {
            order: license.terms.0,
            taken: license.taken.unwrap_or(0),
            seats: it.holder.seats,
            generation: it.holder.generation,
            answer: Hex(stored.digest()),
            holder: Hex(it.holder.digest()),
            counts: license.counts.digest().map(Hex),
            proven: it.holder.proven,
            verdict: it.fork.map(|fork| fork.colour().name().to_owned()),
            evidence: it.evidence(),
            revalidate_by: it.grant.revalidate_by.map(|day| day.to_string()),
            overridden: granted.warnings.contains(&Warning::Overridden),
            reason,
        };
        Ok(NewEvent {
            kind: granted.kind,
            license: Some(license.id),
            activation: Some(it.holder.id),
            previous: Some(it.changed.previous),
            data: history::to_json(&facts)?,
        })
    }

    fn signer(&mut self, issuer: &Issuer) -> Result<SignerId, LedgerError> {
        if let Some(known) = self.signer {
            return Ok(known);
        }
        let certificate = issuer.certificate().map(DeskCertificate::encode);
        let signer = self
            .tx
            .signer(&issuer.signer.public(), certificate.as_deref())?;
        self.signer = Some(signer);
        Ok(signer)
    }
}

/// What the history says of a request that was refused.
fn refused(it: &Refusing) -> Result<NewEvent, LedgerError> {
    let license = &it.changed.license;
    let facts = LicenseFacts {
        request: Some(Hex(it.request)),
        verdict: Some(it.verdict.to_owned()),
        proof: Some(it.proof.name().to_owned()),
        evidence: Some(it.evidence.clone()),
        generation: it.generation,
        ..LicenseFacts::of(license)
    };
    Ok(NewEvent {
        kind: REFUSED,
        license: Some(license.id),
        activation: Some(it.holder.id),
        previous: Some(it.changed.previous),
        data: history::to_json(&facts)?,
    })
}
