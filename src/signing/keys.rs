//! The keys an issuer signs with, and the files they rest in: PKCS#8 in PEM, encrypted or plain.

use std::fmt;

use ed25519_dalek::Signer as _;
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::der::pem::PemLabel;
use pkcs8::der::{AnyRef, Decode, Encode, SecretDocument};
use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::spki::AlgorithmIdentifierRef;
use pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, ObjectIdentifier, PrivateKeyInfoRef};
use zeroize::Zeroizing;

use crate::failure::FailureKind;
use crate::signing::signer::{Signer, SignerError};

/// Randomness handed in by the caller: fills the whole slice with unpredictable bytes. The library never draws any by itself.
pub type Entropy<'a> = dyn FnMut(&mut [u8]) + 'a;

/// id-Ed25519 of RFC 8410.
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// scrypt's N = 2¹⁴ and r = 8 need 16 MiB: one more doubling and OpenSSL refuses the file (its ceiling is 32 MiB).
const SCRYPT_LOG_N: u8 = 14;
const SCRYPT_R: u32 = 8;
/// What OpenSSL's ceiling keeps from N is added here: time grows, memory does not.
const SCRYPT_P: u32 = 5;
/// The most memory a key file may demand, N·r·128 bytes: 256 MiB, eight times what OpenSSL allows. A file that demands more is damaged or hostile.
const SCRYPT_MOST_MEMORY: u64 = 1 << 28;
/// The most work it may demand: N·r·p, 25 times ours, or iterations of PBKDF2. Some seconds.
const SCRYPT_MOST_WORK: u64 = 1 << 24;
const PBKDF2_MOST_WORK: u32 = 10_000_000;

/// A passphrase, wiped when dropped and never shown.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes a passphrase as it was typed or read, without its line end; an empty one is none.
    pub fn new(text: Zeroizing<String>) -> Option<Passphrase> {
        (!text.is_empty()).then_some(Passphrase(text))
    }

    /// The text itself, for whoever has to hand it on: a token takes its PIN so.
    #[cfg(feature = "token")]
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(redacted)")
    }
}

/// Why a key could not be made, written or read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The file is encrypted and no passphrase was given.
    #[error("the signing key is encrypted and no passphrase was given")]
    PassphraseNeeded,
    /// The file does not open with this passphrase: a wrong one, or the encrypted bytes were altered (the two look alike).
    #[error("the passphrase does not open the signing key")]
    WrongPassphrase,
    /// Not a PKCS#8 private key in PEM.
    #[error("this is not a private key file")]
    NotAKey,
    /// A private key of another algorithm, named by its object identifier.
    #[error("the private key is not an ed25519 key (its algorithm is {0})")]
    NotEd25519(String),
    /// The file asks for an encryption this program does not do.
    #[error("the signing key is encrypted in a way that is not supported")]
    UnsupportedEncryption,
    /// The file asks for more memory or time than an honest one needs, before anything shows whether the passphrase is right.
    #[error("the signing key file asks for too much work to be opened")]
    TooMuchWork,
}

impl KeyError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            KeyError::PassphraseNeeded => FailureKind::PassphraseNeeded,
            KeyError::WrongPassphrase => FailureKind::WrongPassphrase,
            KeyError::NotAKey => FailureKind::NotAKey,
            KeyError::NotEd25519(_) => FailureKind::NotEd25519,
            KeyError::UnsupportedEncryption => FailureKind::UnsupportedEncryption,
            KeyError::TooMuchWork => FailureKind::TooMuchWork,
        }
    }
}

/// An Ed25519 key that signs grants and product files. Wiped when dropped; `Debug` shows the public half only.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// Makes a key from 32 bytes of entropy.
    pub fn generate(entropy: &mut Entropy<'_>) -> SigningKey {
        let mut seed = Zeroizing::new([0; 32]);
        entropy(seed.as_mut());
        SigningKey::from_seed(&seed)
    }

    /// The key whose RFC 8032 private key is these 32 bytes. Its public key is never of small order (SPEC.md 5.3): the scalar is a multiple of 8 from
    /// 2²⁵⁴ on and below 2²⁵⁵, and the only such multiple of the order of the base point, which is above 2²⁵², would be its eightfold, which is larger.
    pub fn from_seed(seed: &[u8; 32]) -> SigningKey {
        SigningKey(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The public key, 32 bytes.
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// The key as a plain PKCS#8 PEM, readable by whoever reads the file.
    ///
    /// # Errors
    /// `NotAKey` where the encoder fails, which for a key of 32 bytes it does not.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        let document = SecretDocument::try_from(self.to_der()?.as_slice()).map_err(not_a_key)?;
        document
            .to_pem(PrivateKeyInfoRef::PEM_LABEL, LineEnding::LF)
            .map_err(not_a_key)
    }

    /// The key as PKCS#8 PEM under PBES2 with scrypt and AES-256-CBC, which OpenSSL 3 reads too.
    ///
    /// # Errors
    /// `UnsupportedEncryption` where the encryption fails, which with these parameters it does not.
    pub fn to_encrypted_pem(
        &self,
        passphrase: &Passphrase,
        entropy: &mut Entropy<'_>,
    ) -> Result<Zeroizing<String>, KeyError> {
        let (mut salt, mut iv) = ([0; 16], [0; 16]);
        entropy(&mut salt);
        entropy(&mut iv);
        let unsupported = |_| KeyError::UnsupportedEncryption;
        let cost = scrypt::Params::new(SCRYPT_LOG_N, SCRYPT_R, SCRYPT_P)
            .map_err(|_| KeyError::UnsupportedEncryption)?;
        let parameters = pbes2::Parameters::generate_scrypt_aes256cbc(cost, &salt, iv)
            .map_err(|_| KeyError::UnsupportedEncryption)?;
        let der = self.to_der()?;
        let plain = PrivateKeyInfoRef::from_der(&der).map_err(not_a_key)?;
        let document = plain
            .encrypt_with_params(parameters, passphrase.0.as_bytes())
            .map_err(unsupported)?;
        document
            .to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF)
            .map_err(not_a_key)
    }

    /// Reads a key from a PEM file's text.
    ///
    /// # Errors
    /// Each of [`KeyError`]; a passphrase given for a plain file is not needed and not looked at.
    pub fn from_pem(pem: &str, passphrase: Option<&Passphrase>) -> Result<SigningKey, KeyError> {
        let (label, document) = SecretDocument::from_pem(pem).map_err(not_a_key)?;
        if label == PrivateKeyInfoRef::PEM_LABEL {
            return SigningKey::from_der(document.as_bytes());
        }
        if label != EncryptedPrivateKeyInfoRef::PEM_LABEL {
            return Err(KeyError::NotAKey);
        }
        let sealed = EncryptedPrivateKeyInfoRef::from_der(document.as_bytes())
            .map_err(|_| unread(document.as_bytes()))?;
        let passphrase = passphrase.ok_or(KeyError::PassphraseNeeded)?;
        check_cost(&sealed)?;
        let plain = sealed
            .decrypt(passphrase.0.as_bytes())
            .map_err(|error| match error {
                pkcs8::Error::EncryptedPrivateKey(
                    pkcs8::pkcs5::Error::UnsupportedAlgorithm { .. }
                    | pkcs8::pkcs5::Error::NoPbes1CryptSupport
                    | pkcs8::pkcs5::Error::AlgorithmParametersInvalid { .. },
                ) => KeyError::UnsupportedEncryption,
                _ => KeyError::WrongPassphrase,
            })?;
        // One wrong passphrase in 256 passes the padding: what comes out is then no PKCS#8 at all.
        match SigningKey::from_der(plain.as_bytes()) {
            Err(KeyError::NotAKey) => Err(KeyError::WrongPassphrase),
            other => other,
        }
    }

    /// Whether a PEM file's text holds a key that needs a passphrase; says nothing of whether it is good.
    pub fn is_encrypted(pem: &str) -> bool {
        pem.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    }

    fn to_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        // RFC 8410: the key is an OCTET STRING within the OCTET STRING. No public key field: with one
        // it would be PKCS#8 version 2, which OpenSSL 3.0 cannot read.
        let mut inner = Zeroizing::new(vec![0x04, 0x20]);
        inner.extend_from_slice(self.0.as_bytes());
        let algorithm = AlgorithmIdentifierRef {
            oid: ED25519,
            parameters: None,
        };
        let key = OctetStringRef::new(&inner).map_err(not_a_key)?;
        let der = PrivateKeyInfoRef::new(algorithm, key)
            .to_der()
            .map_err(not_a_key)?;
        Ok(Zeroizing::new(der))
    }

    fn from_der(der: &[u8]) -> Result<SigningKey, KeyError> {
        let info = PrivateKeyInfoRef::from_der(der).map_err(not_a_key)?;
        if info.algorithm.oid != ED25519 {
            return Err(KeyError::NotEd25519(info.algorithm.oid.to_string()));
        }
        let seed = info
            .private_key
            .as_bytes()
            .strip_prefix(&[0x04, 0x20])
            .and_then(|bytes| <&[u8; 32]>::try_from(bytes).ok())
            .ok_or(KeyError::NotAKey)?;
        Ok(SigningKey::from_seed(seed))
    }
}

impl Signer for SigningKey {
    fn public(&self) -> [u8; 32] {
        self.public()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        Ok(self.0.sign(message).to_bytes())
    }

    fn is_computed_here(&self) -> bool {
        true
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(")?;
        for byte in self.public() {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(", private half redacted)")
    }
}

fn not_a_key<E>(_: E) -> KeyError {
    KeyError::NotAKey
}

/// An encryption that its reader does not know is no file of another form.
fn unread(der: &[u8]) -> KeyError {
    let whole = AnyRef::from_der(der).and_then(|it| {
        it.sequence(|within| -> Result<_, pkcs8::der::Error> {
            AlgorithmIdentifierRef::decode(within)?;
            AnyRef::decode(within)
        })
    });
    match whole {
        Ok(_) => KeyError::UnsupportedEncryption,
        Err(_) => KeyError::NotAKey,
    }
}

/// Refuses a file whose parameters would take the machine down rather than open a key, before any of that work is done.
fn check_cost(sealed: &EncryptedPrivateKeyInfoRef<'_>) -> Result<(), KeyError> {
    let Some(parameters) = sealed.encryption_algorithm.pbes2() else {
        return Ok(());
    };
    let scrypt = parameters.kdf.scrypt().is_some_and(|cost| {
        let memory = cost
            .cost_parameter
            .saturating_mul(u64::from(cost.block_size));
        let work = memory.saturating_mul(u64::from(cost.parallelization));
        memory.saturating_mul(128) > SCRYPT_MOST_MEMORY || work > SCRYPT_MOST_WORK
    });
    let pbkdf2 = parameters.kdf.pbkdf2();
    if scrypt || pbkdf2.is_some_and(|cost| cost.iteration_count > PBKDF2_MOST_WORK) {
        return Err(KeyError::TooMuchWork);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
