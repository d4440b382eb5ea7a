//! What a seed key is sealed with: HPKE of RFC 9180 to an X25519 key that each signer makes again from a signature of its own (SPEC.md 9.16).

use std::convert::Infallible;
use std::fmt;

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open};
use zeroize::Zeroizing;

use super::SeedKey;
use crate::protocol::digest::kdf;
use crate::signing::keys::Entropy;
use crate::signing::signer::{SignerError, TriedSigner};

/// What each signer signs to have its sealing key, and the context in which that is made of the signature: no transcript, note or trial begins so.
const SIGNED: &str = "countersign v1 sealing key";
/// HPKE's `info`: what is sealed.
const INFO: &[u8] = b"countersign v1 seed key";
/// HPKE's encapsulated key, bytes.
const ENCAPSULATED: usize = 32;

type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;

/// The key with which a signer opens what is sealed to it.
pub(crate) struct SealingKey {
    secret: PrivateKey,
    public: [u8; 32],
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(redacted)")
    }
}

impl SealingKey {
    /// That of a signer: the same whenever it is made. The signature that it is made of is a secret, which nobody sees.
    ///
    /// # Errors
    /// `Failed` where the key gives no signature.
    pub(crate) fn of(signer: &TriedSigner) -> Result<SealingKey, SignerError> {
        let signature = signer.secret(SIGNED.as_bytes())?;
        let material: Zeroizing<[u8; 32]> = Zeroizing::new(kdf(SIGNED, &[signature.as_slice()]));
        let (secret, public) = X25519HkdfSha256::derive_keypair(material.as_slice());
        Ok(SealingKey {
            secret,
            public: public.to_bytes().into(),
        })
    }

    /// The public half, 32 bytes.
    pub(crate) fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// What was sealed to this key, for that purpose; nothing where it was not.
    pub(super) fn open(&self, sealed: &[u8], purpose: &[u8]) -> Option<SeedKey> {
        let (encapsulated, text) = sealed.split_first_chunk::<ENCAPSULATED>()?;
        let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
        let plain = single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.secret,
            &encapsulated,
            INFO,
            text,
            purpose,
        );
        let plain = Zeroizing::new(plain.ok()?);
        let key = plain.as_slice().try_into().ok()?;
        Some(SeedKey(Zeroizing::new(key)))
    }
}

/// Seals to a public key for a purpose, which has to be said again to open it: the encapsulated key, then the text with its tag. Nothing where that is no key
/// to which anything can be sealed.
pub(super) fn seal(
    key: &SeedKey,
    to: &[u8; 32],
    purpose: &[u8],
    entropy: &mut Entropy<'_>,
) -> Option<Vec<u8>> {
    let to = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(to).ok()?;
    let sealed = hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &to,
        INFO,
        key.0.as_slice(),
        purpose,
        &mut Drawn(entropy),
    );
    let (encapsulated, text) = sealed.ok()?;
    Some([encapsulated.to_bytes().as_slice(), &text].concat())
}

/// The randomness that is handed in, as HPKE wants it.
struct Drawn<'a, 'b>(&'a mut Entropy<'b>);

impl TryRng for Drawn<'_, '_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        (self.0)(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        (self.0)(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        (self.0)(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Drawn<'_, '_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuer::ledger::SeedKeyId;
    use crate::signing::keys::SigningKey;

    fn sealing(seed: u8) -> SealingKey {
        let signer = TriedSigner::new(SigningKey::from_seed(&[seed; 32])).unwrap();
        SealingKey::of(&signer).unwrap()
    }

    fn sealed(to: &[u8; 32]) -> Option<Vec<u8>> {
        let key = SeedKey(Zeroizing::new([9; 32]));
        let mut count = 0;
        let mut entropy = move |bytes: &mut [u8]| {
            count += 1;
            bytes.fill(count);
        };
        seal(&key, to, b"for this", &mut entropy)
    }

    #[test]
    fn only_whom_it_was_sealed_to_opens_it_whole_and_for_its_purpose() {
        let (own, other) = (sealing(1), sealing(2));
        assert_eq!(own.public(), sealing(1).public(), "made again, the same");
        let whole = sealed(own.public()).unwrap();
        assert_eq!(whole.len(), 80);
        let opens = |key: &SealingKey, sealed: &[u8], purpose: &[u8]| {
            key.open(sealed, purpose).is_some_and(|it| *it.0 == [9; 32])
        };
        assert!(opens(&own, &whole, b"for this"));
        assert!(!opens(&other, &whole, b"for this"));
        assert!(!opens(&own, &whole, b"for that"));
        for at in 0..whole.len() {
            let mut altered = whole.clone();
            altered[at] ^= 1;
            assert!(own.open(&altered, b"for this").is_none(), "byte {at}");
            assert!(own.open(&whole[..at], b"for this").is_none(), "{at} bytes");
        }
        assert!(!whole.windows(32).any(|bytes| bytes == [9; 32]));
    }

    /// What others sealed, in `tests/vectors/sealed` (SPEC.md 12.15).
    #[test]
    fn what_others_sealed_opens() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/sealed");
        let files = std::fs::read_dir(directory).unwrap();
        let files: Vec<_> = files.map(|it| it.unwrap().path()).collect();
        assert!(files.len() > 9);
        for path in files {
            let text = std::fs::read_to_string(&path).unwrap();
            let value = |name: &str| {
                let mut lines = text.lines().filter_map(|it| it.split_once(": "));
                let found = lines.find(|(it, _)| *it == name);
                found.map(|(_, value)| value.to_owned())
            };
            let bytes = |name: &str| value(name).map(|it| hex::decode(it).unwrap());
            let seed: [u8; 32] = bytes("signer-seed").unwrap().try_into().unwrap();
            let signer = TriedSigner::new(SigningKey::from_seed(&seed)).unwrap();
            let own = SealingKey::of(&signer).unwrap();
            assert_eq!(bytes("sealing").unwrap(), own.public(), "{path:?}");
            let number = SeedKeyId(value("number").unwrap().parse().unwrap());
            let purpose = super::super::purpose(number, &signer.public());
            // Of nothing there is no value.
            let sealed = bytes("sealed").unwrap_or_default();
            let opened = own.open(&sealed, &purpose);
            let opened = opened.map(|it| it.0.to_vec());
            assert_eq!(opened, bytes("seed-key"), "{path:?}");
            assert_eq!(opened.is_some(), value("expect").unwrap() == "accepted");
        }
    }

    #[test]
    fn nothing_is_sealed_to_a_key_that_is_none() {
        assert_eq!(sealed(&[0; 32]), None);
        let mut one = [0; 32];
        one[0] = 1;
        assert_eq!(sealed(&one), None);
    }
}
