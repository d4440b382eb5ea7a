//! Reading and writing payloads: fixed offsets, big-endian, nothing left over (SPEC.md 4).

use crate::messages;
/// Why bytes are not a payload of the kind they claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The payload ends too early.
    #[error("{}", messages::protocol::too_short())]
    Short,
    /// Bytes are left over.
    #[error("{}", messages::protocol::too_long())]
    Long,
    /// A flag this version does not know, or a value a field cannot have.
    #[error("{}", messages::protocol::unknown_value(.0))]
    Value(&'static str),
    /// Another spelling of the same content: refused, so that one content has one code.
    #[error("{}", messages::protocol::not_canonical())]
    NotCanonical,
}

/// Takes fields off the front of a payload.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], WireError> {
        let (field, rest) = self.rest.split_at_checked(length).ok_or(WireError::Short)?;
        self.rest = rest;
        Ok(field)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (field, rest) = self.rest.split_first_chunk::<N>().ok_or(WireError::Short)?;
        self.rest = rest;
        Ok(*field)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, WireError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, WireError> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u24(&mut self) -> Result<u32, WireError> {
        self.array::<3>()
            .map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, WireError> {
        self.array().map(u32::from_be_bytes)
    }

    /// A field that is there when `flag` says so.
    pub(crate) fn optional<T>(
        &mut self,
        flag: bool,
        read: impl FnOnce(&mut Self) -> Result<T, WireError>,
    ) -> Result<Option<T>, WireError> {
        if flag { read(self).map(Some) } else { Ok(None) }
    }

    /// A varint of at most 32 bits in its shortest form (LEB128).
    pub(crate) fn varint(&mut self) -> Result<u32, WireError> {
        let mut value: u64 = 0;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.u8()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                if byte == 0 && shift > 0 {
                    return Err(WireError::NotCanonical);
                }
                return u32::try_from(value)
                    .map_err(|_| WireError::Value(messages::protocol::field_entitlement()));
            }
        }
        Err(WireError::Value(messages::protocol::field_entitlement()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Everything must have been taken.
    pub(crate) fn end(self) -> Result<(), WireError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(WireError::Long)
        }
    }
}

/// Appends a varint in its shortest form (LEB128).
pub(crate) fn push_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends the low three bytes.
pub(crate) fn push_u24(out: &mut Vec<u8>, value: u32) {
    let [_, a, b, c] = value.to_be_bytes();
    out.extend_from_slice(&[a, b, c]);
}

/// Refuses flags outside `known`.
pub(crate) fn check_flags(flags: u8, known: u8) -> Result<u8, WireError> {
    if flags & !known == 0 {
        Ok(flags)
    } else {
        Err(WireError::Value(messages::protocol::field_flags()))
    }
}
