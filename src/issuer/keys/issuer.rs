//! Whoever signs.

use std::sync::OnceLock;

use crate::issuer::history::{Actor, Hand};
use crate::issuer::ledger::EventId;
use crate::issuer::seeds::SealingKey;
use crate::protocol::desk_certificate::{DeskCertificate, MANAGER};
use crate::protocol::digest::key_id;
use crate::protocol::trust::Verified;
use crate::signing::signer::{SignerError, TriedSigner};
use crate::text::{Code, Kind};

/// Who signs: a root key, or a desk's key under its certificate.
#[derive(Debug)]
pub struct Issuer {
    pub(crate) signer: TriedSigner,
    pub(crate) key_id: u8,
    pub(crate) desk: Option<Verified<DeskCertificate>>,
    /// Made when it is needed first: that takes a signature.
    sealing: OnceLock<SealingKey>,
    /// The proposal that it approves.
    approves: Option<EventId>,
}

impl Issuer {
    /// Signs with a root key.
    pub fn root(signer: TriedSigner) -> Issuer {
        Issuer::new(signer, None)
    }

    /// Signs with a desk's key; `None` where the certificate is for another key.
    pub fn desk(signer: TriedSigner, certificate: Verified<DeskCertificate>) -> Option<Issuer> {
        (certificate.public_key == signer.public()).then(|| Issuer::new(signer, Some(certificate)))
    }

    fn new(signer: TriedSigner, desk: Option<Verified<DeskCertificate>>) -> Issuer {
        Issuer {
            key_id: key_id(&signer.public()),
            signer,
            desk,
            sealing: OnceLock::new(),
            approves: None,
        }
    }

    /// The same, who approves a proposal: what it does is that, or nothing.
    pub fn approving(self, proposal: Option<EventId>) -> Issuer {
        Issuer {
            approves: proposal,
            ..self
        }
    }

    /// Its hand, for what somebody does with it.
    pub fn hand<'a>(&'a self, by: Actor<'a>) -> Hand<'a> {
        Hand {
            by,
            signer: &self.signer,
            certificate: self.certificate(),
            approves: self.approves,
        }
    }

    /// The certificate under which it signs; none of a root.
    pub fn certificate(&self) -> Option<&DeskCertificate> {
        self.desk.as_deref()
    }

    /// The same as a code: a machine that does not know it needs it beside an answer.
    pub(crate) fn certificate_code(&self) -> Option<Code> {
        let certificate = self.certificate()?;
        Some(Code::new(Kind::DeskCertificate, certificate.encode()))
    }

    /// The key with which it opens seed keys (SPEC.md 9.16).
    ///
    /// # Errors
    /// `Failed` where the signing key gives no signature.
    pub(crate) fn sealing(&self) -> Result<&SealingKey, SignerError> {
        if let Some(made) = self.sealing.get() {
            return Ok(made);
        }
        let made = SealingKey::of(&self.signer)?;
        Ok(self.sealing.get_or_init(|| made))
    }

    /// Whether it may set rules aside.
    pub(crate) fn is_manager(&self) -> bool {
        self.certificate().is_none_or(|it| it.kinds & MANAGER != 0)
    }

    /// The root whose word this issuer's is, in the end.
    pub(crate) fn root_key(&self) -> [u8; 32] {
        self.desk
            .as_ref()
            .map_or_else(|| self.signer.public(), |desk| desk.issuer().to_bytes())
    }
}
