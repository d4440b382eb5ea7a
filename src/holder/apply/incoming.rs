//! An answer as it came in: the desk's to an ACTIVATE or a SYNC, or a site's to a BORROW. Whichever it is, it is a grant once it is trusted.

use super::*;
use crate::holder::cards;
use crate::protocol::loan::{SignedLoan, SiteCertificate};

/// An answer, not yet trusted.
pub(super) enum Incoming {
    Grant(SignedGrant),
    /// With the site's certificate, where it stands in the code.
    Loan(Option<Box<SiteCertificate>>, SignedLoan),
}

/// An answer that is trusted, and what has to be kept beside it to trust it again.
pub(super) struct Trusted {
    pub(super) grant: Verified<Grant>,
    /// The DESK certificate of a GRANT.
    pub(super) desk: Option<Bytes>,
    /// The certificate of a LOAN that does not carry it.
    pub(super) site: Option<Bytes>,
    /// A certificate that came with a LOAN: the next one need not carry it.
    pub(super) card: Option<Bytes>,
    /// The epoch of the desk in the chain.
    pub(super) epoch: Option<u8>,
    /// The number of a LOAN.
    pub(super) loan: Option<u32>,
}

impl Incoming {
    pub(super) fn read(code: &Code) -> Result<Incoming, HolderError> {
        let payload = code.payload();
        Ok(match code.kind() {
            Kind::Grant => Incoming::Grant(SignedGrant::decode(payload)?),
            Kind::Loan | Kind::LoanWithCertificate => {
                let (site, loan) = SignedLoan::decode_as(code.kind(), payload)?;
                Incoming::Loan(site.map(Box::new), loan)
            }
            other => return Err(HolderError::WrongKind(other)),
        })
    }

    pub(super) fn tag(&self) -> [u8; 2] {
        match self {
            Incoming::Grant(signed) => signed.grant.request_tag,
            Incoming::Loan(_, signed) => signed.loan.request_tag,
        }
    }

    /// Whether it may be the answer to this request.
    pub(super) fn may_answer(&self, request: &Request) -> bool {
        let borrows = request.kind == Kind::Borrow;
        request.tag() == self.tag() && borrows == matches!(self, Incoming::Loan(..))
    }

    pub(super) fn verify(
        &self,
        file: &ProductFile,
        license: &LicenseState,
        pending: &Pending,
        desks: &[Verified<DeskCertificate>],
    ) -> Result<Trusted, TrustError> {
        let context = evidence::context_of_pending(file, license, pending)?;
        match self {
            Incoming::Grant(signed) => {
                let roots = file.roots(license.epoch);
                let grant = roots.verify_grant(signed, &context, desks)?;
                let signer = grant.issuer().to_bytes();
                // One key may have several certificates; a signature counts under one.
                let desk = desks.iter().find(|desk| {
                    let alone = std::slice::from_ref(*desk);
                    desk.public_key == signer && roots.verify_grant(signed, &context, alone).is_ok()
                });
                Ok(Trusted {
                    grant,
                    desk: desk.map(|desk| Bytes(desk.encode())),
                    site: None,
                    card: None,
                    epoch: desk.map(|desk| desk.epoch),
                    loan: None,
                })
            }
            Incoming::Loan(Some(site), signed) => {
                let grant = evidence::verify_loan(file, license, site, signed, &context)?;
                Ok(Trusted {
                    grant,
                    desk: None,
                    site: None,
                    card: Some(Bytes(site.encode())),
                    epoch: site.desk.as_ref().map(|desk| desk.epoch),
                    loan: Some(signed.loan.serial),
                })
            }
            Incoming::Loan(None, signed) => {
                let mut refused = TrustError::Signature;
                for site in cards::kept(license) {
                    match evidence::verify_loan(file, license, &site, signed, &context) {
                        Ok(grant) => {
                            return Ok(Trusted {
                                grant,
                                desk: None,
                                site: Some(Bytes(site.encode())),
                                card: None,
                                epoch: site.desk.as_ref().map(|desk| desk.epoch),
                                loan: Some(signed.loan.serial),
                            });
                        }
                        // What another certificate says of it says more than that it is not this one's.
                        Err(TrustError::Signature) => {}
                        Err(other) => refused = other,
                    }
                }
                Err(refused)
            }
        }
    }
}
