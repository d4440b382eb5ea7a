//! A code as bytes: its kind and payload, known to be whole.

use super::Kind;

/// A code: freshly made, or found, corrected and held against its integrity symbols (SPEC.md 2.2). Its payload says nothing trusted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    kind: Kind,
    payload: Vec<u8>,
}

impl Code {
    /// A code of `kind` that carries `payload` (bytes of SPEC.md 4).
    pub fn new(kind: Kind, payload: Vec<u8>) -> Code {
        Code { kind, payload }
    }

    /// What the code is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The payload's bytes.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }
}
