//! Answers: as their events have them, about what they were asked, and signed by whom they say.

use std::num::NonZeroUsize;
use std::thread;

use super::rows::key;
use super::{Place, Replay, Wrong};
use crate::issuer::history::{AnswerFacts, Hex, READOPT};
use crate::issuer::ledger::{
    Event, EventId, LedgerError, License, OrderTerms, PAGE, Stood, StoredAnswer, TermsId,
    Transaction,
};
use crate::issuer::parallel::in_parallel;
use crate::protocol::commitment::Commitment;
use crate::protocol::desk_certificate::DeskCertificate;
use crate::protocol::digest::{Digest, key_id, product_tag, request_digest, request_tag};
use crate::protocol::grant::{Grant, LicenseType, SignedGrant};
use crate::protocol::product::Product;
use crate::protocol::requests::{Activate, Sync};
use crate::protocol::trust::{GrantContext, PublicKey, Verified};
use crate::text::Kind;

/// A product that is sold.
pub(super) struct Sold {
    pub(super) name: String,
    /// As it is defined; none where that cannot be read.
    pub(super) definition: Option<Product>,
}

/// A signer whose own word is good.
pub(super) struct Signing {
    pub(super) public: PublicKey,
    pub(super) desk: Option<Verified<DeskCertificate>>,
    /// The only product it may sign for, where there is one.
    pub(super) only: Option<String>,
    /// Whether an answer names it.
    pub(super) used: bool,
}

/// A signature to be verified.
pub(super) struct Signed {
    /// Whether it is an act's, and not an answer's.
    pub(super) act: bool,
    pub(super) row: String,
    pub(super) public: PublicKey,
    pub(super) transcript: Vec<u8>,
    pub(super) signature: [u8; 64],
}

/// What is wrong with an answer that its signer did not sign.
const NOT_SIGNED: &str =
    "does not hold: it is not what this signer signed for this product, license and machine";

impl Replay {
    pub(super) fn answer(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
    ) -> Result<(), LedgerError> {
        self.stray_answers(tx, event.id)?;
        let fetch = |after| tx.answers(EventId(after), PAGE);
        let peeked = self.answers.peek(fetch, |answer| answer.event.0)?;
        if peeked.is_none_or(|answer| answer.event != event.id) {
            let row = answer_name(tx, event)?;
            self.report
                .found(Place::Answer, Wrong::Missing, row, "is gone");
            return Ok(());
        }
        let (Some(answer), Some(it)) =
            (self.answers.peeked.take(), self.facts::<AnswerFacts>(event))
        else {
            return Ok(());
        };
        self.report.answers += 1;
        if let Some(signing) = self.signers.get_mut(&answer.signer) {
            signing.used = true;
        }
        let license = self.license_of(tx, event, Some(it.seats))?;
        self.holder_of(tx, event, it.holder, it.seats)?;
        if Hex(answer.digest()) != it.answer || Some(answer.activation) != event.activation {
            let row = answer_name(tx, event)?;
            self.report
                .found(Place::Answer, Wrong::Altered, row, "was altered");
            return Ok(());
        }
        match license {
            Some(license) => self.content(tx, event, &answer, &it, &license),
            None => Ok(()),
        }
    }

    /// What an answer that is as it was given says, and who says so: whoever makes the chain anew does not get past this without a key.
    fn content(
        &mut self,
        tx: &mut dyn Transaction,
        event: &Event,
        answer: &StoredAnswer,
        it: &AnswerFacts,
        license: &License,
    ) -> Result<(), LedgerError> {
        let row = format!(
            "the answer of history row {} (license {})",
            event.id.0, license.key
        );
        let Ok(signed) = SignedGrant::decode(&answer.grant) else {
            self.report
                .found(Place::Answer, Wrong::Unreadable, row, "cannot be read");
            return Ok(());
        };
        let Some(terms) = self.terms_of(tx, TermsId(it.order))?.cloned() else {
            let says = "is of an order that is gone";
            self.report
                .found(Place::Answer, Wrong::Disagrees, row, says);
            return Ok(());
        };
        let product = self.product_name(&terms).to_owned();
        // What an answer that was taken back grants was ordered in what was lost, and may have been changed since.
        let lost = event.kind == READOPT;
        let terms = Some(terms).filter(|_| !lost);
        let asked = Asked::of(answer);
        let differs = match &asked {
            None => Some("has a request that cannot be read"),
            Some(asked) => asked
                .differs(answer, license, &product)
                .or_else(|| says_otherwise(&signed.grant, it, terms.as_ref(), &answer.stood))
                .or_else(|| {
                    (request_tag(&asked.digest) != signed.grant.request_tag)
                        .then_some("answers another request")
                }),
        };
        if let Some(says) = differs {
            self.report
                .found(Place::Answer, Wrong::Disagrees, row, says);
            return Ok(());
        }
        let (Some(asked), Some(signing)) = (asked, self.signers.get(&answer.signer)) else {
            let says = format!("is signed by signer {}, who is not there", answer.signer.0);
            self.report
                .found(Place::Answer, Wrong::NotSigned, row, says);
            return Ok(());
        };
        let row = format!("{row}, under signer {},", answer.signer.0);
        match signature(&signed, &asked, &answer.stood, (&product, license), signing) {
            // The certificate of whoever signed what was lost may be lost as well; a root signed it.
            Some(_) if !lost && !self.signs_here(signing) => {
                let says = "was given when that key was no longer one of this desk";
                self.report
                    .found(Place::Answer, Wrong::NotSigned, row, says);
            }
            Some((transcript, signature)) => self.signed.push(Signed {
                act: false,
                row,
                public: signing.public,
                transcript,
                signature,
            }),
            None => self
                .report
                .found(Place::Answer, Wrong::NotSigned, row, NOT_SIGNED),
        }
        Ok(())
    }

    /// Verifies the signatures that were put together, on all processors.
    pub(super) fn verify_signatures(&mut self) {
        let workers = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let signed = std::mem::take(&mut self.signed);
        let bad = in_parallel(workers, signed, |it| {
            let holds = it.public.verifies(&it.transcript, &it.signature);
            (!holds).then_some((it.act, it.row))
        });
        for (act, row) in bad.into_iter().flatten() {
            match act {
                true => self.undone(row),
                false => self
                    .report
                    .found(Place::Answer, Wrong::NotSigned, row, NOT_SIGNED),
            }
        }
    }

    /// Answers whose event the history passed by without naming them.
    pub(super) fn stray_answers(
        &mut self,
        tx: &mut dyn Transaction,
        before: EventId,
    ) -> Result<(), LedgerError> {
        loop {
            let fetch = |after| tx.answers(EventId(after), PAGE);
            let peeked = self.answers.peek(fetch, |answer| answer.event.0)?;
            let Some(stray) = peeked.map(|answer| answer.event).filter(|id| *id < before) else {
                return Ok(());
            };
            self.answers.peeked = None;
            let row = format!("the answer of history row {}", stray.0);
            let says = "is not in the history";
            self.report.found(Place::Answer, Wrong::Added, row, says);
        }
    }
}

/// Which answer an event gave, for people.
fn answer_name(tx: &mut dyn Transaction, event: &Event) -> Result<String, LedgerError> {
    let key = key(tx, event.license)?;
    Ok(format!(
        "the answer of history row {} (license {key})",
        event.id.0
    ))
}

/// A request that was answered.
enum Ask {
    Activate(Activate),
    Sync(Sync),
}

struct Asked {
    digest: Digest,
    commitment: Commitment,
    ask: Ask,
}

impl Asked {
    fn of(answer: &StoredAnswer) -> Option<Asked> {
        let (letter, payload) = answer.request.split_first()?;
        let (kind, ask) = if *letter == Kind::Activate.letter() {
            (
                Kind::Activate,
                Ask::Activate(Activate::decode(payload).ok()?),
            )
        } else if *letter == Kind::Sync.letter() {
            (Kind::Sync, Ask::Sync(Sync::decode(payload).ok()?))
        } else {
            return None;
        };
        Some(Asked {
            digest: request_digest(kind, payload),
            commitment: match &ask {
                Ask::Activate(it) => it.commitment,
                Ask::Sync(it) => it.commitment,
            },
            ask,
        })
    }

    /// Where what is kept beside a request is not what it says.
    fn differs(
        &self,
        answer: &StoredAnswer,
        license: &License,
        product: &str,
    ) -> Option<&'static str> {
        if self.commitment != answer.commitment {
            return Some("is kept under another request's commitment");
        }
        let stood = &answer.stood.standing;
        let same = match &self.ask {
            Ask::Activate(it) => {
                if it.key != license.key || it.product_tag != product_tag(product) {
                    return Some("is of another license or product than its request");
                }
                stood.activation == it.commitment.activation_id()
                    && (stood.fingerprint, stood.bindings, stood.usb)
                        == (it.fingerprint, it.bindings, it.usb)
                    && answer.stood.site_key == it.site_key
            }
            Ask::Sync(it) => {
                stood.activation == it.activation
                    && it
                        .fingerprint
                        .is_none_or(|new| stood.fingerprint == Some(new))
                    && it.bindings.is_none_or(|new| stood.bindings == Some(new))
                    && it.usb_after(stood.usb) == stood.usb
                    && it
                        .site_key
                        .is_none_or(|new| answer.stood.site_key == Some(new))
            }
        };
        (!same).then_some("is tied to another machine than its request names")
    }
}

/// Where a grant does not say what its event and its order say.
fn says_otherwise(
    grant: &Grant,
    it: &AnswerFacts,
    terms: Option<&OrderTerms>,
    stood: &Stood,
) -> Option<&'static str> {
    let until = grant.revalidate_by.map(|day| day.to_string());
    if (grant.generation, grant.seats, &until) != (it.generation, it.seats, &it.revalidate_by) {
        return Some("grants something else than its history row says");
    }
    let terms = terms?;
    // A standalone license has one seat a machine: nothing to give on.
    let site = terms.license_type != LicenseType::Standalone && stood.site_key.is_some();
    let emergency = grant.emergency.as_ref();
    let granted = (
        grant.expires,
        grant.maintenance,
        grant.edition,
        grant.license_type,
        &grant.entitlements,
        (grant.site, grant.max_loan),
        emergency.map(|it| (it.steps, it.days)),
    );
    let allowance = terms.emergency.filter(|_| grant.revalidate_by.is_some());
    let ordered = (
        terms.expires,
        terms.maintenance,
        terms.edition,
        terms.license_type,
        &terms.entitlements,
        (site, terms.lend_days.filter(|_| site)),
        allowance.map(|it| (it.steps.get(), it.days)),
    );
    (granted != ordered || grant.seats > terms.seats.get())
        .then_some("grants something else than was ordered")
}

/// What a signer signed, and the signature; nothing where it cannot have signed this.
fn signature(
    signed: &SignedGrant,
    asked: &Asked,
    stood: &Stood,
    (product, license): (&str, &License),
    signing: &Signing,
) -> Option<(Vec<u8>, [u8; 64])> {
    let grant = &signed.grant;
    let public = signing.public.to_bytes();
    let desk = signing.desk.as_ref();
    let allowed = desk.is_none_or(|desk| desk.allows(grant).is_ok())
        && signing.only.as_ref().is_none_or(|only| only == product);
    if grant.key_id != key_id(&public) || !allowed {
        return None;
    }
    let context = GrantContext {
        request_digest: asked.digest,
        holder: stood.standing.holder_digest(product, license.key),
        site_key: stood.site_key,
    };
    let subject = context.subject(grant).ok()?;
    let body = grant.encode_body();
    let transcript = context.transcript(&public, desk, subject, &body);
    Some((transcript, signed.signature))
}
