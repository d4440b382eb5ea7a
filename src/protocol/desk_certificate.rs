//! DESK certificate: a root key lets a desk sign within limits (SPEC.md 4.9).

use super::date::Day;
use super::digest::{Digest, kdf};
use super::grant::Grant;
use super::wire::{Reader, WireError, check_flags};
use crate::messages;

/// May sign GRANTs.
pub const MAY_GRANT: u8 = 1;
/// May sign GRANTs that let the holder lend.
pub const MAY_GRANT_LENDING: u8 = 1 << 1;
/// May sign GRANTs with emergency steps.
pub const MAY_GRANT_EMERGENCY: u8 = 1 << 2;
/// Signs for one product only, which its own transcript names (SPEC.md 5.3).
pub const ONE_PRODUCT: u8 = 1 << 3;
/// Is a manager's: may sign what changes the ledger. A ledger is of no one product.
pub const MANAGER: u8 = 1 << 4;
const KINDS: u8 = MAY_GRANT | MAY_GRANT_LENDING | MAY_GRANT_EMERGENCY | ONE_PRODUCT | MANAGER;

/// A desk's certificate with the root signature it claims, which is yet to be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskCertificate {
    /// Number of the certificate.
    pub serial: u32,
    /// Last day on which a grant may be issued under it.
    pub not_after: Option<Day>,
    /// Raised by the root when an older key is compromised.
    pub epoch: u8,
    /// What it may sign, and what for: `MAY_…`, [`ONE_PRODUCT`], [`MANAGER`].
    pub kinds: u8,
    /// Most seats of a grant; 0: no limit.
    pub max_seats: u16,
    /// Most days from issued to revalidate by; 0: no limit.
    pub max_grace: u16,
    /// Longest loan in days; 0: no limit.
    pub max_loan: u8,
    /// Most days of emergency steps together; 0: no limit.
    pub max_emergency: u8,
    /// The desk's Ed25519 public key.
    pub public_key: [u8; 32],
    /// By a root key, over the transcript of SPEC.md 5.3.
    pub signature: [u8; 64],
}

/// Which limit of a desk's certificate a grant is beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The certificate had run out when the grant was issued.
    NotAfter,
    /// The certificate is for another product.
    Product,
    /// The certificate does not let the desk sign this kind of grant.
    Kind,
    /// More than so many seats.
    Seats(u16),
    /// More than so many days to the next re-validation.
    Grace(u16),
    /// Loans of more than so many days.
    Loan(u8),
    /// More than so many emergency days.
    Emergency(u16),
}

impl DeskCertificate {
    /// Length on the wire, bytes.
    pub const LENGTH: usize = 110;

    /// Reads a payload of kind D.
    pub fn decode(payload: &[u8]) -> Result<DeskCertificate, WireError> {
        let mut reader = Reader::new(payload);
        let certificate = DeskCertificate::read(&mut reader)?;
        reader.end()?;
        Ok(certificate)
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<DeskCertificate, WireError> {
        Ok(DeskCertificate {
            serial: reader.u32()?,
            not_after: Day::new(reader.u16()?),
            epoch: reader.u8()?,
            kinds: match check_flags(reader.u8()?, KINDS)? {
                kinds if kinds & ONE_PRODUCT != 0 && kinds & MANAGER != 0 => {
                    return Err(WireError::Value(messages::protocol::field_kinds()));
                }
                kinds => kinds,
            },
            max_seats: reader.u16()?,
            max_grace: reader.u16()?,
            max_loan: reader.u8()?,
            max_emergency: reader.u8()?,
            public_key: reader.array()?,
            signature: reader.array()?,
        })
    }

    /// The 14 bytes that are signed as body.
    pub fn encode_body(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::LENGTH);
        out.extend_from_slice(&self.serial.to_be_bytes());
        out.extend_from_slice(&Day::wire(self.not_after).to_be_bytes());
        out.extend_from_slice(&[self.epoch, self.kinds]);
        out.extend_from_slice(&self.max_seats.to_be_bytes());
        out.extend_from_slice(&self.max_grace.to_be_bytes());
        out.extend_from_slice(&[self.max_loan, self.max_emergency]);
        out
    }

    /// Writes the payload, 110 bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.encode_body();
        out.extend_from_slice(&self.public_key);
        out.extend_from_slice(&self.signature);
        out
    }

    /// The holder in the transcript of a certificate: the product it is for, or zeros (SPEC.md 5.3).
    pub fn scope(&self, product_id: &str) -> Digest {
        if self.kinds & ONE_PRODUCT == 0 {
            return [0; 32];
        }
        kdf("countersign v1 desk scope", &[product_id.as_bytes()])
    }

    /// Whether a grant lies within the certificate's limits (SPEC.md 5.4).
    pub fn allows(&self, grant: &Grant) -> Result<(), Limit> {
        let issued = grant.issued.day();
        if self.not_after.is_some_and(|last| issued > last) {
            return Err(Limit::NotAfter);
        }
        let mut needed = MAY_GRANT;
        if grant.max_loan.is_some() {
            needed |= MAY_GRANT_LENDING;
        }
        if grant.emergency.is_some() {
            needed |= MAY_GRANT_EMERGENCY;
        }
        if self.kinds & needed != needed {
            return Err(Limit::Kind);
        }
        if self.max_seats != 0 && grant.seats > self.max_seats {
            return Err(Limit::Seats(self.max_seats));
        }
        let grace = grant.revalidate_by.map(|day| day.days_since(issued));
        if self.max_grace != 0 && grace.is_none_or(|days| days > i32::from(self.max_grace)) {
            return Err(Limit::Grace(self.max_grace));
        }
        if self.max_loan != 0
            && grant
                .max_loan
                .is_some_and(|days| days.get() > self.max_loan)
        {
            return Err(Limit::Loan(self.max_loan));
        }
        let emergency = grant.emergency.map_or(0, |terms| {
            u16::from(terms.steps) * u16::from(terms.days.get())
        });
        if self.max_emergency != 0 && emergency > u16::from(self.max_emergency) {
            return Err(Limit::Emergency(self.max_emergency.into()));
        }
        Ok(())
    }
}
