//! What a ledger held at a moment, under the signature of its desk: kept in another place, it shows a history that was cut or made anew (SPEC.md 9.14).

use std::fmt::{self, Write as _};

use super::date::Seconds;
use super::note::{self, Hex, Note, NoteError, unhex};
use super::trust::PublicKey;
use crate::messages;

/// The first line of each.
const FIRST_LINE: &str = "countersign ledger v1";
/// The name in the signature's line.
const NAME: &str = "countersign-ledger";

/// The end of a ledger's history at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The vendor's name, for people: one line.
    pub vendor: String,
    /// How many events the history had.
    pub events: u64,
    /// The end of their chain, 32 bytes (SPEC.md 9.9).
    pub head: [u8; 32],
    /// When it was made, UTC.
    pub made: Seconds,
}

/// Why a text is not a checkpoint that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It is something else.
    #[error("{}", messages::protocol::checkpoint_none())]
    NotOne,
    /// It begins like one and is not whole, or was edited.
    #[error("{}", messages::protocol::checkpoint_edited())]
    Edited,
    /// No key of this desk signed it.
    #[error("{}", messages::protocol::checkpoint_foreign())]
    Foreign,
}

impl Checkpoint {
    fn to_text(&self) -> String {
        let mut out = format!("{FIRST_LINE}\n");
        let mut line = |name: &str, value: &dyn fmt::Display| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{name}: {value}");
        };
        line("vendor", &self.vendor);
        line("events", &self.events);
        line("head", &Hex(&self.head));
        line("made", &self.made);
        out
    }

    /// The signed file: `sign` makes an Ed25519 signature by the key `key`.
    ///
    /// # Errors
    /// What `sign` says.
    pub fn to_file<E>(
        &self,
        key: &[u8; 32],
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<String, E> {
        note::sign(&self.to_text(), NAME, key, sign)
    }

    /// Reads one that one of these keys signed, 32 bytes each. A byte order mark and CRLF, which programs put in on the way, are put right first.
    ///
    /// # Errors
    /// Each of [`CheckpointError`].
    pub fn read(file: &str, keys: &[[u8; 32]]) -> Result<Checkpoint, CheckpointError> {
        let file = file.strip_prefix('\u{feff}').unwrap_or(file);
        let file = file.replace("\r\n", "\n");
        if !file.starts_with(FIRST_LINE) {
            return Err(CheckpointError::NotOne);
        }
        let note = Note::parse(&file).map_err(|_| CheckpointError::Edited)?;
        let found = Checkpoint::parse(note.text).filter(|it| it.to_text() == note.text);
        let found = found.ok_or(CheckpointError::Edited)?;
        let keys = keys
            .iter()
            .filter_map(|key| PublicKey::from_bytes(key).ok());
        match note.verify(NAME, &keys.collect::<Vec<_>>()) {
            Ok(_) => Ok(found),
            Err(NoteError::Form | NoteError::Signature) => Err(CheckpointError::Foreign),
        }
    }

    fn parse(text: &str) -> Option<Checkpoint> {
        let mut lines = text.lines().skip(1);
        let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(": ");
        Some(Checkpoint {
            vendor: value("vendor")?.to_owned(),
            events: value("events")?.parse().ok()?,
            head: unhex(value("head")?)?.try_into().ok()?,
            made: value("made")?.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn signed(text: &str, key: &SigningKey) -> String {
        let public = key.verifying_key().to_bytes();
        let sign = |text: &[u8]| Ok::<_, ()>(key.sign(text).to_bytes());
        note::sign(text, NAME, &public, sign).unwrap()
    }

    fn public(key: &SigningKey) -> [u8; 32] {
        key.verifying_key().to_bytes()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            vendor: "Aurora & Søn".to_owned(),
            events: 1_204,
            head: [0xa7; 32],
            made: Seconds(217_516_620),
        }
    }

    #[test]
    fn what_was_signed_is_read_also_after_a_windows_editor() {
        let (root, spare) = (key(1), key(2));
        let file = signed(&checkpoint().to_text(), &root);
        let keys = [public(&spare), public(&root)];
        assert_eq!(Checkpoint::read(&file, &keys), Ok(checkpoint()));
        let edited = format!("\u{feff}{}", file.replace('\n', "\r\n"));
        assert_eq!(Checkpoint::read(&edited, &keys), Ok(checkpoint()));
        let other = Checkpoint::read(&file, &[public(&spare)]);
        assert_eq!(other, Err(CheckpointError::Foreign));
    }

    #[test]
    fn each_byte_counts() {
        let root = key(1);
        let file = signed(&checkpoint().to_text(), &root);
        for at in 0..file.len() {
            let mut bytes = file.clone().into_bytes();
            bytes[at] ^= 1;
            let altered = String::from_utf8_lossy(&bytes);
            assert!(
                Checkpoint::read(&altered, &[public(&root)]).is_err(),
                "byte {at}"
            );
        }
        for (of, with) in [("events: 1204", "events: 01204"), ("T", " ")] {
            let text = checkpoint().to_text().replacen(of, with, 1);
            let read = Checkpoint::read(&signed(&text, &root), &[public(&root)]);
            assert_eq!(read, Err(CheckpointError::Edited), "{text}");
        }
        assert_eq!(Checkpoint::read("", &[]), Err(CheckpointError::NotOne));
    }
}
