//! The hashes of SPEC.md, each under a context of its own (5.1, 5.2).

use crate::license_key::LicenseKey;
use crate::machine::Fingerprint;
use crate::messages;
use crate::text::Kind;

/// A 32-byte digest.
pub type Digest = [u8; 32];

/// `KDF(context, parts…)[..N]` of SPEC.md 1; N at most 32.
pub(crate) fn kdf<const N: usize>(context: &'static str, parts: &[&[u8]]) -> [u8; N] {
    let mut hasher = blake3::Hasher::new_derive_key(context);
    for part in parts {
        hasher.update(part);
    }
    let mut out = [0; N];
    hasher.finalize_xof().fill(&mut out);
    out
}

/// The digest of a request: kind letter and payload (SPEC.md 5.2).
pub fn request_digest(kind: Kind, payload: &[u8]) -> Digest {
    kdf("countersign v1 request", &[&[kind.letter()], payload])
}

/// The first two bytes of a request digest, carried by its answer (SPEC.md 4.4).
pub fn request_tag(digest: &Digest) -> [u8; 2] {
    let [a, b, ..] = *digest;
    [a, b]
}

/// The head of the chain of a site's loans after one more: `hᵢ = KDF("countersign v1 loans", hᵢ₋₁ ‖ payload of the answer)` with h₀ = 32 zeros, so that what was
/// forgotten shows (SPEC.md 9.10).
pub fn loan_head(before: &Digest, answer: &[u8]) -> Digest {
    kdf("countersign v1 loans", &[before, answer])
}

/// Two bytes that tell one product of a vendor from another (SPEC.md 4.1).
pub fn product_tag(product_id: &str) -> [u8; 2] {
    kdf("countersign v1 product", &[product_id.as_bytes()])
}

/// One byte that says which public key to try first (SPEC.md 4.4).
pub fn key_id(public_key: &[u8; 32]) -> u8 {
    let [id] = kdf("countersign v1 key id", &[public_key]);
    id
}

/// The id of an activation: the first 4 bytes of the C of its ACTIVATE (SPEC.md 5.1). Shown to people as `A-` and a decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActivationId(pub [u8; 4]);

impl std::fmt::Display for ActivationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "A-{}", u32::from_be_bytes(self.0))
    }
}

impl std::str::FromStr for ActivationId {
    type Err = NotAnActivation;

    /// Takes `A-1042`, in any case, the `A-` being optional.
    fn from_str(text: &str) -> Result<ActivationId, NotAnActivation> {
        let text = text.trim();
        let digits = text
            .strip_prefix("A-")
            .or_else(|| text.strip_prefix("a-"))
            .unwrap_or(text);
        digits
            .parse::<u32>()
            .map(|number| ActivationId(number.to_be_bytes()))
            .map_err(|_| NotAnActivation(text.to_owned()))
    }
}

/// The text is no activation id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", messages::protocol::no_activation(.0))]
pub struct NotAnActivation(pub String);

/// What a holder stands for at the moment: the facts that its grants are tied to (SPEC.md 5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineBinding {
    /// The activation.
    pub activation: ActivationId,
    /// The fingerprint last sent, if any.
    pub fingerprint: Option<Fingerprint>,
    /// The digest of the bindings last sent, if any.
    pub bindings: Option<[u8; 8]>,
    /// The digest of the USB key last sent, if any.
    pub usb: Option<[u8; 8]>,
}

impl MachineBinding {
    /// The machine digest of SPEC.md 5.2.
    pub fn machine_digest(&self) -> Digest {
        let presence = u8::from(self.fingerprint.is_some())
            | u8::from(self.bindings.is_some()) << 1
            | u8::from(self.usb.is_some()) << 2;
        let fingerprint = self
            .fingerprint
            .as_ref()
            .map_or([0; 11], Fingerprint::to_bytes);
        kdf(
            "countersign v1 machine",
            &[
                &self.activation.0,
                &[presence],
                &fingerprint,
                &self.bindings.unwrap_or_default(),
                &self.usb.unwrap_or_default(),
            ],
        )
    }

    /// The holder digest of SPEC.md 5.2 for this product and license.
    pub fn holder_digest(&self, product_id: &str, key: LicenseKey) -> Digest {
        holder_digest(product_id, key, &self.machine_digest())
    }
}

/// The holder digest of SPEC.md 5.2, from a machine digest that was carried by a site certificate.
pub fn holder_digest(product_id: &str, key: LicenseKey, machine: &Digest) -> Digest {
    // A product id has at most 32 characters (SPEC.md 10), so its length fits the byte.
    let length = product_id.len().min(255) as u8;
    kdf(
        "countersign v1 holder",
        &[&[length], product_id.as_bytes(), &key.to_bytes(), machine],
    )
}
