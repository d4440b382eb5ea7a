//! What a clerk hands to whoever has the root: his name and public keys, under a signature of the one with which he signs. The private halves never leave him.

use std::fmt::Write as _;

use crate::issuer::seeds::Holder;
use crate::protocol::note::{self, Hex, Note, unhex};
use crate::protocol::product::is_product_id;
use crate::protocol::trust::PublicKey;
use crate::signing::signer::{SignerError, TriedSigner};

/// The first line of each.
const FIRST_LINE: &str = "countersign key request v1";

/// A name, the public key that is to have it, and the one to which seed keys are sealed for it; whoever made it has the private ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRequest {
    /// Whose key it is: made like a product's id.
    pub name: String,
    /// The key.
    pub public: PublicKey,
    /// That to which seed keys are sealed, 32 bytes (SPEC.md 9.16).
    pub sealing: [u8; 32],
}

/// Why a text is no such request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// It is something else.
    #[error("this is no request for a desk key")]
    NotOne,
    /// It begins like one and is not whole, or was edited.
    #[error("the request for a desk key is not whole, or was edited")]
    Edited,
}

/// Whether a key can have this name: it is also that of its file.
pub fn is_key_name(name: &str) -> bool {
    // The desk's own files have these.
    is_product_id(name) && !["root", "spare"].contains(&name)
}

impl KeyRequest {
    fn text(&self) -> String {
        let mut out = format!("{FIRST_LINE}\n");
        // Writing to a string cannot fail.
        let _ = writeln!(out, "name: {}", self.name);
        let _ = writeln!(out, "key: {}", Hex(&self.public.to_bytes()));
        let _ = writeln!(out, "sealing: {}", Hex(&self.sealing));
        out
    }

    /// The file that the clerk hands over, signed by the key itself.
    ///
    /// # Errors
    /// What the key says.
    pub fn to_file(name: &str, key: &TriedSigner) -> Result<String, SignerError> {
        let public = PublicKey::from_bytes(&key.public()).map_err(|_| SignerError::Wrong)?;
        let request = KeyRequest {
            name: name.to_owned(),
            public,
            sealing: Holder::of(key)?.sealing,
        };
        note::sign(&request.text(), name, &key.public(), |text| key.sign(text))
    }

    /// Reads one, whose key signed it. A byte order mark and CRLF, which programs put in on the way, are put right first.
    ///
    /// # Errors
    /// Each of [`RequestError`].
    pub fn read(file: &str) -> Result<KeyRequest, RequestError> {
        let file = file.strip_prefix('\u{feff}').unwrap_or(file);
        let file = file.replace("\r\n", "\n");
        if !file.starts_with(FIRST_LINE) {
            return Err(RequestError::NotOne);
        }
        let note = Note::parse(&file).map_err(|_| RequestError::Edited)?;
        let found = KeyRequest::parse(note.text).ok_or(RequestError::Edited)?;
        if found.text() != note.text {
            return Err(RequestError::Edited);
        }
        note.verify(&found.name, &[found.public])
            .map_err(|_| RequestError::Edited)?;
        Ok(found)
    }

    fn parse(text: &str) -> Option<KeyRequest> {
        let mut lines = text.lines().skip(1);
        let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(": ");
        let name = value("name").filter(|name| is_key_name(name))?.to_owned();
        let key: [u8; 32] = unhex(value("key")?)?.try_into().ok()?;
        let public = PublicKey::from_bytes(&key).ok()?;
        let sealing: [u8; 32] = unhex(value("sealing")?)?.try_into().ok()?;
        Some(KeyRequest {
            name,
            public,
            sealing,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::keys::SigningKey;

    #[test]
    fn each_byte_of_a_request_counts() {
        let key = TriedSigner::new(SigningKey::from_seed(&[3; 32])).unwrap();
        let file = KeyRequest::to_file("ann", &key).unwrap();
        let read = KeyRequest::read(&file).unwrap();
        assert_eq!(
            (read.name.as_str(), read.public.to_bytes()),
            ("ann", key.public())
        );
        let edited = format!("\u{feff}{}", file.replace('\n', "\r\n"));
        assert_eq!(KeyRequest::read(&edited), Ok(read));
        for at in 0..file.len() {
            let mut bytes = file.clone().into_bytes();
            bytes[at] ^= 1;
            let altered = String::from_utf8_lossy(&bytes);
            assert!(KeyRequest::read(&altered).is_err(), "byte {at}");
        }
        // A name that its own key signed, and that would lead out of the directory.
        for name in ["../ann", "root", "Ann", ""] {
            let odd = KeyRequest::to_file(name, &key).unwrap();
            assert_eq!(KeyRequest::read(&odd), Err(RequestError::Edited), "{name}");
        }
    }
}
