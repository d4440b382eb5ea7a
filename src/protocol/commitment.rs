//! The secret of a request, and what it reveals step by step (SPEC.md 5.1).

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::digest::{ActivationId, kdf};
use crate::license_key::LicenseKey;

/// C: nonce of a request and commitment to its secret, 12 bytes, public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commitment(pub [u8; 12]);

impl Commitment {
    /// The activation that an ACTIVATE with this commitment begins.
    pub fn activation_id(&self) -> ActivationId {
        let [a, b, c, d, ..] = self.0;
        ActivationId([a, b, c, d])
    }

    /// Whether `proof`, revealed by a SYNC, opens this commitment.
    pub fn opened_by(&self, key: LicenseKey, proof: &SyncProof) -> bool {
        proof.commitment(key) == *self
    }
}

/// s: what a SYNC reveals of the generation held, 10 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncProof(pub [u8; 10]);

impl SyncProof {
    /// The commitment that this opens.
    pub fn commitment(&self, key: LicenseKey) -> Commitment {
        Commitment(kdf(
            "countersign v1 commit",
            &[key.digits().as_bytes(), &self.0],
        ))
    }
}

/// r: 12 fresh random bytes for each request. Kept by the machine apart from its state; revealed by a RETURN only.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct RequestSecret([u8; 12]);

impl RequestSecret {
    /// Takes 12 bytes that must come from a cryptographic generator.
    pub fn new(random: [u8; 12]) -> RequestSecret {
        RequestSecret(random)
    }

    /// The secret itself: for a RETURN, and for keeping it.
    pub fn reveal(&self) -> &[u8; 12] {
        &self.0
    }

    /// What a SYNC reveals.
    pub fn sync_proof(&self) -> SyncProof {
        SyncProof(kdf("countersign v1 sync", &[&self.0]))
    }

    /// What the request itself carries.
    pub fn commitment(&self, key: LicenseKey) -> Commitment {
        self.sync_proof().commitment(key)
    }
}

impl fmt::Debug for RequestSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestSecret(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_opens_the_next_and_only_that() {
        let key = LicenseKey::from_number(12_345_678_901).unwrap();
        let other = LicenseKey::from_number(12_345_678_902).unwrap();
        let secret = RequestSecret::new([7; 12]);
        let commitment = secret.commitment(key);
        assert!(commitment.opened_by(key, &secret.sync_proof()));
        assert!(!commitment.opened_by(other, &secret.sync_proof()));
        assert!(!commitment.opened_by(key, &RequestSecret::new([8; 12]).sync_proof()));
        assert_eq!(format!("{secret:?}"), "RequestSecret(redacted)");
    }
}
