//! Who may say what: transcripts, strict signatures, the chain root → desk → site → seat (SPEC.md 5.3, 5.4).
//!
//! Trust is a type: a [`Verified`] value exists only where its signature and its chain hold.

mod site;

use std::ops::Deref;

use ed25519_dalek::{Signature, VerifyingKey};

use super::catalogue::Entry;
use super::desk_certificate::{DeskCertificate, Limit};
use super::digest::{Digest, kdf, key_id};
use super::fitting;
use super::grant::{Grant, SignedGrant};
use crate::messages;
use crate::text::Kind;

/// What is signed (SPEC.md 5.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript<'a> {
    /// Kind of what is signed: GRANT, LOAN or DESK certificate.
    pub kind: Kind,
    /// Public key of the signer.
    pub issuer: [u8; 32],
    /// Digest of the signer's own certificate; zeros for a root.
    pub parent: Digest,
    /// Digest of the request that is answered.
    pub request_digest: Digest,
    /// Holder digest of the machine that is answered.
    pub holder: Digest,
    /// Public key that is certified; zeros for none.
    pub subject: [u8; 32],
    /// The code's own bytes before the signature, at most 65,535.
    pub body: &'a [u8],
}

impl Transcript<'_> {
    /// The bytes to sign or verify.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(177 + self.body.len());
        out.extend_from_slice(b"countersign v1\0");
        out.push(self.kind.letter());
        for part in [
            &self.issuer,
            &self.parent,
            &self.request_digest,
            &self.holder,
            &self.subject,
        ] {
            out.extend_from_slice(part);
        }
        out.extend_from_slice(&(self.body.len() as u16).to_be_bytes());
        out.extend_from_slice(self.body);
        out
    }
}

/// The digest of a certificate: transcript and signature (SPEC.md 5.2).
pub fn certificate_digest(transcript: &[u8], signature: &[u8; 64]) -> Digest {
    kdf("countersign v1 certificate", &[transcript, signature])
}

/// A public key that may be trusted with something: canonical and not of small order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// Why something is not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// A public key of small order or in no canonical encoding.
    #[error("{}", messages::protocol::unfit_key())]
    UnfitKey,
    /// No key of the product made this signature over this request, machine and content.
    #[error("{}", messages::protocol::signature())]
    Signature,
    /// The desk's certificate is of an epoch that was given up.
    #[error("{}", messages::protocol::old_epoch())]
    OldEpoch,
    /// The desk that signed went beyond its certificate.
    #[error("{}", messages::protocol::desk_limit(.0))]
    DeskLimit(#[from] Limit),
    /// An entry is not what its line in the product file says.
    #[error("{}", messages::protocol::catalogue())]
    Catalogue,
    /// The loan goes beyond what its site was granted.
    #[error("{}", messages::protocol::site_limit(.0))]
    SiteLimit(&'static str),
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Limit::NotAfter => f.write_str(messages::protocol::limit_not_after()),
            Limit::Product => f.write_str(messages::protocol::limit_product()),
            Limit::Kind => f.write_str(messages::protocol::limit_kind()),
            Limit::Seats(most) => messages::protocol::limit_seats(*most).fmt(f),
            Limit::Grace(most) => messages::protocol::limit_grace(*most).fmt(f),
            Limit::Loan(most) => messages::protocol::limit_loan(*most).fmt(f),
            Limit::Emergency(most) => messages::protocol::limit_emergency(*most).fmt(f),
        }
    }
}

impl std::error::Error for Limit {}

impl PublicKey {
    /// Takes 32 bytes; refuses what SPEC.md 5.3 refuses.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<PublicKey, TrustError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| TrustError::UnfitKey)?;
        if key.is_weak() || !is_reduced(bytes) {
            Err(TrustError::UnfitKey)
        } else {
            Ok(PublicKey(key))
        }
    }

    /// The 32 bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Whether `signature` is this key's over `message`, strictly (SPEC.md 5.3).
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0
            .verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    }
}

/// Whether the y of an encoded point is below p = 2²⁵⁵ − 19, as RFC 8032 wants it. The other encoding that is not canonical, x = 0 with its sign
/// set, has y = ±1: a point of small order, which is refused as such.
fn is_reduced(bytes: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = bytes;
    high & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff) || *low < 0xed
}

/// Something whose signature and chain hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<T> {
    value: T,
    issuer: PublicKey,
    certificate: Digest,
}

impl<T> Verified<T> {
    /// The key that signed.
    pub fn issuer(&self) -> PublicKey {
        self.issuer
    }

    /// The certificate digest of this value (SPEC.md 5.2): the parent of what is signed under it.
    pub fn certificate_digest(&self) -> Digest {
        self.certificate
    }

    /// Gives the value out; its trust ends here.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// The root keys of a product, one or two, and the epoch below which desks are no longer trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roots {
    product_id: String,
    catalogue: Vec<Entry>,
    keys: Vec<PublicKey>,
    least_epoch: u8,
}

impl Roots {
    /// The roots of the product with this id. `catalogue`: what its lines are, in order (SPEC.md 10); `least_epoch`: the highest epoch seen by
    /// this machine, 0 at first.
    pub fn new(
        product_id: &str,
        catalogue: Vec<Entry>,
        keys: Vec<PublicKey>,
        least_epoch: u8,
    ) -> Roots {
        Roots {
            product_id: product_id.to_owned(),
            catalogue,
            keys,
            least_epoch,
        }
    }

    /// Verifies a desk's certificate.
    pub fn verify_desk(
        &self,
        certificate: DeskCertificate,
    ) -> Result<Verified<DeskCertificate>, TrustError> {
        PublicKey::from_bytes(&certificate.public_key)?;
        let found = self.keys.iter().find_map(|root| {
            let transcript = desk_transcript(&certificate, root, &self.product_id);
            root.verifies(&transcript, &certificate.signature)
                .then_some((*root, transcript))
        });
        let (issuer, transcript) = found.ok_or(TrustError::Signature)?;
        if certificate.epoch < self.least_epoch {
            return Err(TrustError::OldEpoch);
        }
        let digest = certificate_digest(&transcript, &certificate.signature);
        Ok(Verified {
            value: certificate,
            issuer,
            certificate: digest,
        })
    }

    /// Verifies a GRANT for the holder in `context`, signed by a root or by one of `desks`.
    pub fn verify_grant(
        &self,
        signed: &SignedGrant,
        context: &GrantContext,
        desks: &[Verified<DeskCertificate>],
    ) -> Result<Verified<Grant>, TrustError> {
        let body = signed.grant.encode_body();
        let subject = context.subject(&signed.grant)?;
        for (issuer, desk) in self.issuers(signed.grant.key_id, desks) {
            let transcript = context.transcript(&issuer.to_bytes(), desk, subject, &body);
            if issuer.verifies(&transcript, &signed.signature) {
                if let Some(desk) = desk {
                    desk.allows(&signed.grant)?;
                }
                if !fitting::fits(&self.catalogue, &signed.grant.entitlements) {
                    return Err(TrustError::Catalogue);
                }
                let certificate = certificate_digest(&transcript, &signed.signature);
                return Ok(Verified {
                    value: signed.grant.clone(),
                    issuer,
                    certificate,
                });
            }
        }
        Err(TrustError::Signature)
    }

    fn issuers<'a>(
        &'a self,
        id: u8,
        desks: &'a [Verified<DeskCertificate>],
    ) -> impl Iterator<Item = (PublicKey, Option<&'a Verified<DeskCertificate>>)> {
        let roots = self.keys.iter().map(|root| (*root, None));
        // A certified key was found fit when its certificate was verified.
        let desks = desks
            .iter()
            .filter_map(|desk| Some((PublicKey::from_bytes(&desk.public_key).ok()?, Some(desk))));
        roots
            .chain(desks)
            .filter(move |(key, _)| key_id(&key.to_bytes()) == id)
    }
}

/// What a root signs of a desk's certificate, which may be for one product only.
fn desk_transcript(certificate: &DeskCertificate, root: &PublicKey, product_id: &str) -> Vec<u8> {
    Transcript {
        kind: Kind::DeskCertificate,
        issuer: root.to_bytes(),
        parent: [0; 32],
        request_digest: [0; 32],
        holder: certificate.scope(product_id),
        subject: certificate.public_key,
        body: &certificate.encode_body(),
    }
    .to_bytes()
}

impl Verified<DeskCertificate> {
    /// Whether the desk may sign for this product: one that is certified for one product only signs for no other.
    pub fn is_for(&self, product_id: &str) -> bool {
        let transcript = desk_transcript(&self.value, &self.issuer, product_id);
        certificate_digest(&transcript, &self.value.signature) == self.certificate
    }
}

/// What the receiver of a GRANT holds of its transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantContext {
    /// Digest of the request.
    pub request_digest: Digest,
    /// Holder digest.
    pub holder: Digest,
    /// The site key that then stands.
    pub site_key: Option<[u8; 32]>,
}

impl GrantContext {
    /// The subject of a GRANT's signature: the site key where the holder is a site, else zeros.
    pub fn subject(&self, grant: &Grant) -> Result<[u8; 32], TrustError> {
        match (grant.site, self.site_key) {
            (false, _) => Ok([0; 32]),
            (true, Some(key)) => PublicKey::from_bytes(&key).map(|key| key.to_bytes()),
            (true, None) => Err(TrustError::Signature),
        }
    }

    /// The transcript of a GRANT (SPEC.md 5.3), for its issuer to sign and its holder to verify.
    pub fn transcript(
        &self,
        issuer: &[u8; 32],
        desk: Option<&Verified<DeskCertificate>>,
        subject: [u8; 32],
        body: &[u8],
    ) -> Vec<u8> {
        Transcript {
            kind: Kind::Grant,
            issuer: *issuer,
            parent: desk.map_or([0; 32], Verified::certificate_digest),
            request_digest: self.request_digest,
            holder: self.holder,
            subject,
            body,
        }
        .to_bytes()
    }
}
