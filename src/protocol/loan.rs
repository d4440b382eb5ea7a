//! LOAN and the site certificate: a holder lends seats under its own GRANT (SPEC.md 4.7, 4.8).

use super::date::{Day, Seconds};
use super::desk_certificate::DeskCertificate;
use super::digest::Digest;
use super::entitlements::Entitlements;
use super::grant::{Grant, SignedGrant};
use super::wire::{Reader, WireError, check_flags, push_u24};
use crate::messages;
use crate::text::Kind;

const EVERYTHING: u8 = 1;

/// What a LOAN says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loan {
    /// First two bytes of the digest of the BORROW that this answers.
    pub request_tag: [u8; 2],
    /// Number of the loan at its site, 24 bits.
    pub serial: u32,
    /// Which of the site's seats, from 0.
    pub seat: u16,
    /// When it was signed.
    pub issued: Seconds,
    /// Last day of the loan.
    pub until: Day,
    /// What of the site's may be used.
    pub lent: Lent,
}

/// What a loan contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lent {
    /// All that the site's grant contains, a pool counting as 1: costs no byte.
    Everything,
    /// These, within the site's.
    These(Entitlements),
}

/// A LOAN with the site's signature it claims, which is yet to be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedLoan {
    /// What it says.
    pub loan: Loan,
    /// By the site key, over the transcript of SPEC.md 5.3.
    pub signature: [u8; 64],
}

/// A site's own GRANT with what its transcript needs: the certificate of its site key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteCertificate {
    /// The desk that signed the GRANT, unless a root did.
    pub desk: Option<DeskCertificate>,
    /// The site key.
    pub public_key: [u8; 32],
    /// Digest of the site's request.
    pub request_digest: Digest,
    /// The site's machine digest (SPEC.md 5.2).
    pub machine: Digest,
    /// The site's GRANT.
    pub grant: SignedGrant,
}

impl Loan {
    /// The body that is signed.
    pub fn encode_body(&self) -> Vec<u8> {
        let everything = self.lent == Lent::Everything;
        let mut out = vec![if everything { EVERYTHING } else { 0 }];
        out.extend_from_slice(&self.request_tag);
        push_u24(&mut out, self.serial);
        out.extend_from_slice(&self.seat.to_be_bytes());
        out.extend_from_slice(&self.issued.0.to_be_bytes());
        out.extend_from_slice(&self.until.number().to_be_bytes());
        if let Lent::These(list) = &self.lent {
            out.append(&mut list.encode());
        }
        out
    }
}

impl SignedLoan {
    /// Reads a payload of kind N.
    pub fn decode(payload: &[u8]) -> Result<SignedLoan, WireError> {
        let mut reader = Reader::new(payload);
        let signed = SignedLoan::read(&mut reader)?;
        reader.end()?;
        Ok(signed)
    }

    /// Reads a payload of kind N, or of K with the certificate in it.
    pub fn decode_as(
        kind: Kind,
        payload: &[u8],
    ) -> Result<(Option<SiteCertificate>, SignedLoan), WireError> {
        match kind {
            Kind::LoanWithCertificate => {
                let (site, loan) = SiteCertificate::decode_with_loan(payload)?;
                Ok((Some(site), loan))
            }
            _ => Ok((None, SignedLoan::decode(payload)?)),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<SignedLoan, WireError> {
        let flags = check_flags(reader.u8()?, EVERYTHING)?;
        let loan = Loan {
            request_tag: reader.array()?,
            serial: reader.u24()?,
            seat: reader.u16()?,
            issued: Seconds(reader.u32()?),
            until: Day::new(reader.u16()?)
                .ok_or(WireError::Value(messages::protocol::field_last_day()))?,
            lent: match flags {
                0 => Lent::These(Entitlements::read(reader)?),
                _ => Lent::Everything,
            },
        };
        Ok(SignedLoan {
            loan,
            signature: reader.array()?,
        })
    }

    /// Writes the payload of kind N.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.loan.encode_body();
        out.extend_from_slice(&self.signature);
        out
    }
}

impl SiteCertificate {
    /// The most bytes of a payload of kind C beside its list of entries, whose length byte is among them: under a desk, with emergency steps (SPEC.md 4.8).
    pub const MOST_BESIDE_ENTRIES: usize =
        1 + DeskCertificate::LENGTH + 3 * 32 + Grant::MOST_BESIDE_ENTRIES + 64;

    /// Reads a payload of kind C.
    pub fn decode(payload: &[u8]) -> Result<SiteCertificate, WireError> {
        let mut reader = Reader::new(payload);
        let certificate = SiteCertificate::read(&mut reader)?;
        reader.end()?;
        Ok(certificate)
    }

    /// Reads a payload of kind K: a certificate and a loan under it.
    pub fn decode_with_loan(payload: &[u8]) -> Result<(SiteCertificate, SignedLoan), WireError> {
        let mut reader = Reader::new(payload);
        let both = (
            SiteCertificate::read(&mut reader)?,
            SignedLoan::read(&mut reader)?,
        );
        reader.end()?;
        Ok(both)
    }

    fn read(reader: &mut Reader<'_>) -> Result<SiteCertificate, WireError> {
        let flags = check_flags(reader.u8()?, 1)?;
        Ok(SiteCertificate {
            desk: reader.optional(flags & 1 != 0, DeskCertificate::read)?,
            public_key: reader.array()?,
            request_digest: reader.array()?,
            machine: reader.array()?,
            grant: SignedGrant::read(reader)?,
        })
    }

    /// Writes the payload of kind C.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![u8::from(self.desk.is_some())];
        if let Some(desk) = &self.desk {
            out.append(&mut desk.encode());
        }
        out.extend_from_slice(&self.public_key);
        out.extend_from_slice(&self.request_digest);
        out.extend_from_slice(&self.machine);
        out.append(&mut self.grant.encode());
        out
    }

    /// Writes the payload of kind K.
    pub fn encode_with_loan(&self, loan: &SignedLoan) -> Vec<u8> {
        let mut out = self.encode();
        out.append(&mut loan.encode());
        out
    }
}
