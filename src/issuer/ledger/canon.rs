//! One way to write a row as bytes that cannot be read as another row, and to hash them.

/// A hash over fields written one after the other: numbers in 8 bytes, the rest with its length before it.
pub(crate) struct Canon(blake3::Hasher);

impl Canon {
    /// Begins in a context, one per kind of row.
    pub(crate) fn new(context: &str) -> Canon {
        Canon(blake3::Hasher::new_derive_key(context))
    }

    /// Bytes of a length that is always the same.
    pub(crate) fn raw(mut self, value: &[u8; 32]) -> Canon {
        self.0.update(value);
        self
    }

    /// A number of any width up to 64 bits.
    pub(crate) fn number(mut self, value: impl Into<i64>) -> Canon {
        self.0.update(&value.into().to_be_bytes());
        self
    }

    /// Bytes, with their length.
    pub(crate) fn bytes(mut self, value: &[u8]) -> Canon {
        self.0.update(&(value.len() as u64).to_be_bytes());
        self.0.update(value);
        self
    }

    /// Bytes that may be absent, which is not the same as empty.
    pub(crate) fn optional(self, value: Option<&[u8]>) -> Canon {
        match value {
            Some(bytes) => self.number(1).bytes(bytes),
            None => self.number(0),
        }
    }

    /// The hash.
    pub(crate) fn finish(self) -> [u8; 32] {
        *self.0.finalize().as_bytes()
    }
}
