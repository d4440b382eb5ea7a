//! Recording what was decided.

use super::draft::{Draft, Giving, Granting, Refusing, What};
use super::session::Session;
use super::{Reply, RespondError};
use crate::issuer::history::{
    self, AnswerFacts, EARLY_RETURN, EarlyFacts, EndFacts, Happening, Hex, LicenseFacts, REFUSED,
    RETURN,
};
use crate::issuer::ledger::{LedgerError, SignerId, Stood, StoredAnswer};
use crate::issuer::policy::{Colour, Warning};
use crate::protocol::desk_certificate::DeskCertificate;

impl Session<'_> {
    /// Records a draft; its signature has been made, where it wants one. Drafts are completed in the order in which they were decided.
    pub(super) fn complete(
        &mut self,
        draft: Draft,
        signature: &[u8; 64],
    ) -> Result<Option<Reply>, RespondError> {
        let overridden = draft.warnings.contains(&Warning::Overridden);
        let accepts = [
            (Warning::WeakAccepted, &self.options.accept_weak_reason),
            (Warning::NewSiteKey, &self.options.accept_site_key_reason),
        ];
        let accepted = accepts
            .into_iter()
            .find(|(warning, _)| draft.warnings.contains(warning));
        let accepting = accepted.and_then(|(_, reason)| reason.clone());
        let mut reason = self.options.override_reason.clone().filter(|_| overridden);
        let mut payload = Vec::new();
        let happening = match &draft.what {
            What::Grant(it) => {
                payload = [it.body.as_slice(), signature].concat();
                if matches!(it.fork.map(|fork| fork.colour()), Some(Colour::Yellow)) {
                    reason = reason.or_else(|| self.options.supersede_reason.clone());
                }
                reason = reason.or(accepting);
                self.granted(&draft, it, &payload, reason)?
            }
            What::Return(it) => returned(it, reason)?,
            What::Refusal(it) => refused(it)?,
            What::Early { activation, digest } => {
                let facts = EarlyFacts {
                    activation: activation.to_string(),
                    early: Hex(*digest),
                };
                Happening {
                    kind: EARLY_RETURN,
                    license: None,
                    activation: None,
                    previous: None,
                    data: history::to_json(&facts)?,
                }
            }
        };
        if let Some(row) = happening.activation
            && self.unrecorded.get(&row) == Some(&draft.event)
        {
            self.unrecorded.remove(&row);
        }
        self.recorder.record(self.tx, happening)?;
        Ok(draft.reply(payload))
    }

    /// Stores an answer; what the history says of it.
    fn granted(
        &mut self,
        draft: &Draft,
        it: &Granting,
        payload: &[u8],
        reason: Option<String>,
    ) -> Result<Happening, LedgerError> {
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
            signer: self.signer()?,
            emergency: it.emergency,
            event: draft.event,
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
            reason,
        };
        Ok(Happening {
            kind: draft.kind,
            license: Some(license.id),
            activation: Some(it.holder.id),
            previous: Some(it.changed.previous),
            data: history::to_json(&facts)?,
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
}

/// What the history says of a request that was refused.
fn refused(it: &Refusing) -> Result<Happening, LedgerError> {
    let license = &it.changed.license;
    let facts = LicenseFacts {
        request: Some(Hex(it.request)),
        verdict: Some(it.verdict.to_owned()),
        proof: Some(it.proof.name().to_owned()),
        evidence: Some(it.evidence.clone()),
        generation: it.generation,
        ..LicenseFacts::of(license)
    };
    Ok(Happening {
        kind: REFUSED,
        license: Some(license.id),
        activation: Some(it.holder.id),
        previous: Some(it.changed.previous),
        data: history::to_json(&facts)?,
    })
}

/// What the history says of an activation that was given up.
fn returned(it: &Giving, reason: Option<String>) -> Result<Happening, LedgerError> {
    let license = &it.changed.license;
    let facts = EndFacts {
        freed: it.freed,
        generation: Some(it.generation),
        free_after: it.holder.resting.map(|it| it.until.to_string()),
        reason,
        ..EndFacts::of(license, &it.holder)
    };
    Ok(Happening {
        kind: RETURN,
        license: Some(license.id),
        activation: Some(it.holder.id),
        previous: Some(it.changed.previous),
        data: history::to_json(&facts)?,
    })
}
