//! Lending by codes: the same request has the same answer, what is lent is on disk before it is seen, and a seat comes back by a secret (SPEC.md 9.10).

use super::actor::Actor;
use super::answer::{Answer, Effect, Reply, Warning};
use super::event::{Event, Known, Lent};
use super::plan::{Plan, Wish};
use super::{Loan, People, Site, SiteError, contents};
use crate::holder::{Array, Bytes};
use crate::protocol::digest::{Digest, MachineBinding, loan_head, request_digest, request_tag};
use crate::protocol::loan::{Lent as Lends, Loan as Body, SignedLoan, SiteCertificate};
use crate::protocol::requests::Borrow;
use crate::protocol::trust::Verified;
use crate::seats::{Moment, Picked};
use crate::signing::answered::Before;
use crate::signing::signer::TriedSigner;
use crate::text::{Code, Kind};

/// Loans have numbers of 24 bits (SPEC.md 4.7).
const NUMBERS: u32 = 1 << 24;

fn borrow_of(code: &Code) -> Result<Borrow, SiteError> {
    match code.kind() {
        Kind::Borrow => Ok(Borrow::decode(code.payload())?),
        other => Err(SiteError::WrongKind(other)),
    }
}

/// What was replied to this very code, if it came before: that needs no password. What is written of the seats is put right first.
///
/// # Errors
/// `commitment_used`; a code of another kind; what the disk says.
pub fn repeated(
    site: &mut Site<'_>,
    code: &Code,
    moment: &Moment,
) -> Result<Option<Reply>, SiteError> {
    let _lock = site.locked(moment)?;
    site.known(code, moment)
}

/// What the reply would be, before the password is asked for: nothing is changed.
///
/// # Errors
/// Each refusal; not those of the key.
pub fn rehearse(
    site: &mut Site<'_>,
    code: &Code,
    wish: &Wish,
    moment: &Moment,
) -> Result<Reply, SiteError> {
    if let Some(reply) = site.known(code, moment)? {
        return Ok(reply);
    }
    if code.kind() == Kind::LoanReturn {
        let loan = site.opened(code, moment.wall)?;
        let mut receipt = site.receipt(loan, Effect::Returned, moment);
        receipt.kept = site.keeps(loan, moment).then_some(loan.said.until);
        return Ok(Reply::Receipt(receipt));
    }
    let borrow = borrow_of(code)?;
    let plan = site.plan(&borrow, wish, moment.wall)?;
    site.seats
        .could_lend(plan.has.as_ref(), &plan.modules, moment)?;
    let more = u16::from(plan.has.is_none());
    let body = Body {
        request_tag: [0; 2],
        serial: 0,
        seat: 0,
        issued: moment.wall,
        until: plan.until,
        lent: plan.lent,
    };
    Ok(Reply::Answer(Box::new(Answer {
        code: None,
        card: None,
        number: 0,
        seat: 0,
        until: plan.until,
        issued: moment.wall,
        features: contents::names(&body, site.file.product()),
        extends: plan.extends,
        note: plan.note,
        effect: effect(plan.extends),
        stay: site.stay(moment).saturating_sub(more),
        warnings: plan.warnings,
    })))
}

fn effect(extends: Option<u32>) -> Effect {
    extends.map_or(Effect::Lent, |_| Effect::Extended)
}

/// Answers one BORROW. When this returns, the loan is on disk and its seat is reserved; the same request gets the same bytes.
///
/// # Errors
/// Each refusal; `no_seat` with who holds the seats; `other_site_key` where the vendor certified another; what the disk says.
pub fn respond(
    site: &mut Site<'_>,
    code: &Code,
    wish: &Wish,
    actor: Actor<'_>,
) -> Result<Reply, SiteError> {
    let moment = actor.moment;
    let lock = site.locked(moment)?;
    // Another process may have answered it, or the vendor, while a password was asked for.
    if let Some(reply) = site.known(code, moment)? {
        return Ok(reply);
    }
    if actor.signer.public() != site.certificate()?.public_key {
        return Err(SiteError::OtherKey);
    }
    let borrow = borrow_of(code)?;
    let plan = site.plan(&borrow, wish, moment.wall)?;
    let (has, modules) = (plan.has.clone(), plan.modules.clone());
    let warnings = plan.warnings.clone();
    let before = site.book.clone();
    let mut book = before.clone();
    // Under the gate of the seats.
    let (book, number) = site.seats.lend::<_, _, SiteError>(
        has.as_ref(),
        &modules,
        moment,
        |picked| {
            let lent = site.signed(code, &borrow, &plan, picked, actor)?;
            let mut after = before.clone();
            after.preview(&lent, moment.wall)?;
            Ok((site.lent_out(&after, moment), lent))
        },
        |mut lent| {
            if let (Kind::LoanWithCertificate, _) | (_, Some(_)) = (lent.kind, &lent.card) {
                site.keep_card(&mut book, moment)?;
            }
            // Whether there is an anchor that will know of it. It is told once the loan is written: a crash between the two costs nobody anything, for
            // what the anchors know the book has, and before the loan is given out they know of it.
            lent.remembered = site.remember();
            let number = lent.loan;
            book.add(Event::Lent(Box::new(lent)), moment.wall)?;
            Ok((book, number))
        },
    )?;
    site.book = book;
    let remembered = site.remember();
    let loan = site.book.loan(number);
    let loan = loan.ok_or(SiteError::UnknownLoan(number))?;
    let mut answer = site.answer(loan, effect(loan.extends()), moment);
    answer.warnings = warnings;
    if !remembered {
        answer.warnings.push(Warning::NotRemembered);
    }
    drop(lock);
    Ok(Reply::Answer(Box::new(answer)))
}

impl Site<'_> {
    /// What was replied to a code, as far as the book was read.
    fn known(&self, code: &Code, moment: &Moment) -> Result<Option<Reply>, SiteError> {
        if code.kind() == Kind::LoanReturn {
            let loan = self.opened(code, moment.wall)?;
            let again = || Reply::Receipt(self.receipt(loan, Effect::Repeated, moment));
            return Ok(loan.returned.map(|_| again()));
        }
        let borrow = borrow_of(code)?;
        let kept = self.book.answered(borrow.commitment);
        match Before::of(code.payload(), kept.map(|it| (&*it.lent.request, it))) {
            Before::Nothing => Ok(None),
            Before::Another => Err(SiteError::CommitmentUsed),
            Before::Answered(loan) => {
                let mut answer = self.answer(loan, Effect::Repeated, moment);
                let given = loan.returned.map(|_| Warning::GivenBack(loan.number()));
                answer.warnings.extend(given);
                Ok(Some(Reply::Answer(Box::new(answer))))
            }
        }
    }

    /// Seats that are not lent; of a license that is for people by name those that nobody has.
    fn stay(&self, moment: &Moment) -> u16 {
        let people = People::open(self.home, self.facts, self.key());
        if let Ok(places) = people.and_then(|mut it| it.places(moment)) {
            return places.free();
        }
        let lent = self.book.seats_lent(moment.wall);
        self.number().saturating_sub(lent)
    }

    fn answer(&self, loan: &Loan, effect: Effect, moment: &Moment) -> Answer {
        let (code, card) = loan.codes();
        Answer {
            code: Some(code),
            card,
            number: loan.number(),
            seat: loan.seat(),
            until: loan.said.until,
            issued: loan.said.issued,
            features: self.features(loan),
            extends: loan.extends(),
            note: loan.note.clone(),
            effect,
            stay: self.stay(moment),
            warnings: Vec::new(),
        }
    }

    /// The loan, signed under the certificate that the workstation knows, where that allows it, else under the present one.
    fn signed(
        &self,
        code: &Code,
        borrow: &Borrow,
        plan: &Plan,
        picked: &Picked,
        actor: Actor<'_>,
    ) -> Result<Lent, SiteError> {
        let last = self.book.last();
        let loan = last.loan + 1;
        if loan >= NUMBERS {
            return Err(SiteError::NumbersUsedUp);
        }
        let digest = request_digest(code.kind(), code.payload());
        let body = Body {
            request_tag: request_tag(&digest),
            serial: loan,
            seat: picked.seat.saturating_sub(1),
            issued: actor.moment.wall.max(self.granted.issued),
            until: plan.until,
            lent: plan.lent.clone(),
        };
        for certificate in &self.known_as(borrow.certificate_tag)? {
            // One that was granted otherwise may not allow it, or more than the license has by now.
            if !self.gives_as_now(certificate, &plan.lent) {
                continue;
            }
            if let Ok(signed) = self.sign(certificate, borrow, digest, &body, actor.signer) {
                let answer = signed.encode();
                return Ok(self.lent(code, (Kind::Loan, answer, None), (plan, picked, last, loan)));
            }
        }
        let certificate = self.certificate()?;
        let signed = self.sign(certificate, borrow, digest, &body, actor.signer)?;
        let whole = certificate.encode_with_loan(&signed);
        let fits = Code::new(Kind::LoanWithCertificate, whole.clone())
            .to_text()
            .is_ok();
        let answer = match fits {
            true => (Kind::LoanWithCertificate, whole, None),
            false => (
                Kind::Loan,
                signed.encode(),
                Some(Bytes(certificate.encode())),
            ),
        };
        Ok(self.lent(code, answer, (plan, picked, last, loan)))
    }

    fn lent(
        &self,
        code: &Code,
        (kind, answer, card): (Kind, Vec<u8>, Option<Bytes>),
        (plan, picked, last, loan): (&Plan, &Picked, Known, u32),
    ) -> Lent {
        Lent {
            loan,
            request: Bytes(code.payload().to_vec()),
            kind,
            head: Array(loan_head(&last.head.0, &answer)),
            answer: Bytes(answer),
            card,
            takes: picked.clone(),
            extends: plan.extends,
            remembered: false,
        }
    }

    /// Signs, and verifies as the workstation will.
    fn sign(
        &self,
        certificate: &Verified<SiteCertificate>,
        borrow: &Borrow,
        digest: Digest,
        body: &Body,
        signer: &TriedSigner,
    ) -> Result<SignedLoan, SiteError> {
        let standing = MachineBinding {
            activation: borrow.commitment.activation_id(),
            fingerprint: Some(borrow.fingerprint),
            bindings: None,
            usb: None,
        };
        let product = self.file.product();
        let holder = standing.holder_digest(&product.id, self.key());
        let transcript = certificate.loan_transcript(digest, holder, &body.encode_body());
        let signed = SignedLoan {
            loan: body.clone(),
            signature: signer.sign(&transcript)?,
        };
        certificate.verify_loan(&signed, digest, holder, &product.lines())?;
        Ok(signed)
    }

    /// Certificates of this site that are called so, the present one first, as long as they hold for its key.
    fn known_as(&self, tag: [u8; 2]) -> Result<Vec<Verified<SiteCertificate>>, SiteError> {
        if tag == [0; 2] {
            return Ok(Vec::new());
        }
        let present = self.certificate()?;
        let roots = self.file.roots(self.license.epoch);
        let kept = self.book.cards();
        let kept = kept.filter_map(|it| SiteCertificate::decode(it).ok());
        let kept = kept.filter_map(|it| roots.verify_site(it, self.key()).ok());
        let all = std::iter::once(present.clone()).chain(kept);
        let called = |it: &Verified<SiteCertificate>| {
            request_tag(&it.certificate_digest()) == tag && it.public_key == present.public_key
        };
        Ok(all.filter(called).collect())
    }

    /// Whether a loan under a certificate gives what the license has by now: an edition and maintenance are those of its grant, and so is all that it contains.
    fn gives_as_now(&self, certificate: &SiteCertificate, lent: &Lends) -> bool {
        let (then, now) = (&certificate.grant.grant, &*self.granted);
        let all = *lent != Lends::Everything || then.entitlements == now.entitlements;
        all && (then.edition, then.maintenance) == (now.edition, now.maintenance)
    }

    /// Keeps the present certificate, so that workstations that know it need no other.
    fn keep_card(&self, book: &mut super::Book, moment: &Moment) -> Result<(), SiteError> {
        let certificate = Bytes(self.certificate()?.encode());
        let known = book.cards().any(|it| *it == certificate);
        match known {
            true => Ok(()),
            false => book.add(Event::Card { certificate }, moment.wall),
        }
    }
}
