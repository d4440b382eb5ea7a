//! A site's certificate, and the loans that it signs under it (SPEC.md 5.4).

use super::{GrantContext, PublicKey, Roots, Transcript, TrustError, Verified, certificate_digest};
use crate::license_key::LicenseKey;
use crate::messages;
use crate::protocol::catalogue::Entry;
use crate::protocol::date::Day;
use crate::protocol::digest::{Digest, holder_digest};
use crate::protocol::grant::{Grant, LicenseType};
use crate::protocol::loan::{Lent, Loan, SignedLoan, SiteCertificate};
use crate::text::Kind;

impl Roots {
    /// Verifies a site's certificate for the license of this product that the workstation asked for (SPEC.md 5.4).
    pub fn verify_site(
        &self,
        site: SiteCertificate,
        key: LicenseKey,
    ) -> Result<Verified<SiteCertificate>, TrustError> {
        PublicKey::from_bytes(&site.public_key)?;
        if site.grant.grant.max_loan.is_none() {
            return Err(TrustError::SiteLimit(
                messages::protocol::site_may_not_lend(),
            ));
        }
        let desk = site
            .desk
            .clone()
            .map(|desk| self.verify_desk(desk))
            .transpose()?;
        let context = GrantContext {
            request_digest: site.request_digest,
            holder: holder_digest(&self.product_id, key, &site.machine),
            site_key: Some(site.public_key),
        };
        let grant = self.verify_grant(&site.grant, &context, desk.as_slice())?;
        // A certificate that stands there for nothing would give one site two spellings.
        if desk.is_some_and(|desk| desk.public_key != grant.issuer.to_bytes()) {
            return Err(TrustError::Signature);
        }
        Ok(Verified {
            value: site,
            issuer: grant.issuer,
            certificate: grant.certificate,
        })
    }
}

impl Verified<SiteCertificate> {
    /// The transcript of a LOAN of this site.
    pub fn loan_transcript(&self, request_digest: Digest, holder: Digest, body: &[u8]) -> Vec<u8> {
        Transcript {
            kind: Kind::Loan,
            issuer: self.public_key,
            parent: self.certificate,
            request_digest,
            holder,
            subject: [0; 32],
            body,
        }
        .to_bytes()
    }

    /// Verifies a LOAN for the workstation with this request and holder digest, which knows this catalogue.
    pub fn verify_loan(
        &self,
        signed: &SignedLoan,
        request_digest: Digest,
        holder: Digest,
        catalogue: &[Entry],
    ) -> Result<Verified<Loan>, TrustError> {
        let issuer = PublicKey::from_bytes(&self.public_key)?;
        let transcript = self.loan_transcript(request_digest, holder, &signed.loan.encode_body());
        if !issuer.verifies(&transcript, &signed.signature) {
            return Err(TrustError::Signature);
        }
        self.allows(&signed.loan, catalogue)
            .map_err(TrustError::SiteLimit)?;
        Ok(Verified {
            value: signed.loan.clone(),
            issuer,
            certificate: certificate_digest(&transcript, &signed.signature),
        })
    }

    /// The grant that a verified loan of this site amounts to on its workstation: one seat of its own, with an end. `catalogue` is the workstation's.
    pub fn granted_by(&self, loan: &Verified<Loan>, catalogue: &[Entry]) -> Verified<Grant> {
        let own = &self.grant.grant;
        let entitlements = match &loan.lent {
            Lent::These(list) => list.clone(),
            Lent::Everything => own.entitlements.as_lent(catalogue),
        };
        Verified {
            value: Grant {
                key_id: 0,
                request_tag: loan.request_tag,
                generation: u16::try_from(loan.serial).unwrap_or(u16::MAX).max(1),
                issued: loan.issued,
                expires: Some(loan.until),
                maintenance: own.maintenance,
                revalidate_by: None,
                seats: 1,
                edition: own.edition,
                license_type: LicenseType::Standalone,
                site: false,
                max_loan: None,
                emergency: None,
                entitlements,
            },
            issuer: loan.issuer,
            certificate: loan.certificate,
        }
    }

    fn allows(&self, loan: &Loan, catalogue: &[Entry]) -> Result<(), &'static str> {
        let grant = &self.grant.grant;
        let longest = grant.max_loan.map_or(0, |days| days.get());
        let beyond = |last: Option<Day>, more: u8| {
            last.is_some_and(|last| loan.until > last.plus(u16::from(more)))
        };
        if loan.issued < grant.issued {
            return Err(messages::protocol::loan_before_grant());
        }
        if loan.until < loan.issued.day() {
            return Err(messages::protocol::loan_over());
        }
        if loan.until.days_since(loan.issued.day()) > i32::from(longest) {
            return Err(messages::protocol::loan_too_long());
        }
        if beyond(grant.expires, 0) || beyond(grant.revalidate_by, longest) {
            return Err(messages::protocol::loan_beyond_license());
        }
        if loan.seat >= grant.seats {
            return Err(messages::protocol::loan_seats());
        }
        match &loan.lent {
            Lent::These(list) if !list.within(&grant.entitlements, catalogue) => {
                Err(messages::protocol::loan_contents())
            }
            Lent::These(_) | Lent::Everything => Ok(()),
        }
    }
}
