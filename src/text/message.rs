//! The message (SPEC.md 2.2, 2.4): kind, payload and integrity as symbols, before they are cut into rows.

use super::{Kind, rows, symbols};
use crate::messages;

/// Symbols of the kind and the integrity, which every message has.
const FRAME: usize = 1 + INTEGRITY;
const INTEGRITY: usize = 8;
/// Symbols and bytes of the emergency code, which is framed otherwise (SPEC.md 2.4).
const EMERGENCY_SYMBOLS: usize = 18;
const EMERGENCY_BYTES: usize = 11;

/// The most bytes that a payload can have: thirty full rows (SPEC.md 2.3).
pub const LONGEST_PAYLOAD: usize = (rows::MOST_ROWS as usize * rows::MESSAGE - FRAME) * 5 / 8;

/// Why a code cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The payload would need more than the thirty rows that there are numbers for (SPEC.md 2.3).
    #[error("{}", messages::text::too_long(.bytes, LONGEST_PAYLOAD))]
    TooLong {
        /// The payload's size.
        bytes: usize,
    },
    /// An emergency code that is not a step from 1 to 31 and ten bytes (SPEC.md 2.4).
    #[error("{}", messages::text::emergency())]
    Emergency,
}

impl WriteError {
    /// What to do about it, for the line under the error.
    pub fn hint(&self) -> &'static str {
        match self {
            WriteError::TooLong { .. } => messages::text::too_long_hint(),
            WriteError::Emergency => messages::text::emergency_hint(),
        }
    }
}

/// The message of a code, in symbols (SPEC.md 2.2).
pub(super) fn seal(kind: Kind, payload: &[u8]) -> Result<Vec<u8>, WriteError> {
    let mut message = vec![letter(kind)];
    if kind == Kind::Emergency {
        let [step @ 1..=31, x @ ..] = payload else {
            return Err(WriteError::Emergency);
        };
        if payload.len() != EMERGENCY_BYTES {
            return Err(WriteError::Emergency);
        }
        message.push(*step);
        message.extend(symbols::pack(x));
        return Ok(message);
    }
    if payload.len() > LONGEST_PAYLOAD {
        return Err(WriteError::TooLong {
            bytes: payload.len(),
        });
    }
    message.extend(symbols::pack(payload));
    message.extend(integrity(kind, payload));
    Ok(message)
}

/// Whether some payload yields a message of as many symbols (SPEC.md 2.2).
pub(super) fn is_length(symbols: usize) -> bool {
    symbols
        .checked_sub(FRAME)
        .is_some_and(|left| left == (left * 5 / 8 * 8).div_ceil(5))
}

/// Whether a message of `length` symbols may end like this: the bits of its payload's last symbol that no byte needs are zero (SPEC.md 2.2). Asked before anything else, it spares most readings the way to bytes.
pub(super) fn may_end(length: usize, end: &[u8]) -> bool {
    let payload = end
        .split_last_chunk::<INTEGRITY>()
        .map(|(before, _)| before);
    is_length(length)
        && payload.and_then(<[u8]>::last).is_none_or(|&symbol| {
            u32::from(symbol).trailing_zeros() as usize >= (length - FRAME) * 5 % 8
        })
}

/// A message that has the form of one; its integrity is not looked at yet, for that is what there are only so many tries for.
pub(super) struct Unverified {
    kind: Kind,
    payload: Vec<u8>,
    integrity: [u8; INTEGRITY],
}

impl Unverified {
    /// Refuses an unknown kind, a number of symbols that no payload yields, and unused bits that are not zero.
    pub(super) fn new(message: &[u8]) -> Option<Unverified> {
        let (first, rest) = message.split_first()?;
        let kind = kind(*first).filter(|&kind| kind != Kind::Emergency)?;
        let (payload, integrity) = rest.split_last_chunk::<INTEGRITY>()?;
        if !may_end(message.len(), rest) {
            return None;
        }
        Some(Unverified {
            kind,
            payload: symbols::unpack(payload)?,
            integrity: *integrity,
        })
    }

    /// What the code is and carries, if its 40 bits hold.
    pub(super) fn verify(self) -> Option<(Kind, Vec<u8>)> {
        (integrity(self.kind, &self.payload) == self.integrity).then_some((self.kind, self.payload))
    }
}

/// What the emergency code of these 18 symbols carries; only the hash chain can say whether it is one (SPEC.md 2.4, 8).
pub(super) fn open_emergency(message: &[u8]) -> Option<Vec<u8>> {
    let &[first, step, ref x @ ..] = message else {
        return None;
    };
    if message.len() != EMERGENCY_SYMBOLS || kind(first) != Some(Kind::Emergency) || step == 0 {
        return None;
    }
    Some(std::iter::once(step).chain(symbols::unpack(x)?).collect())
}

/// The kind whose letter this symbol is.
pub(super) fn kind(symbol: u8) -> Option<Kind> {
    Kind::ALL.into_iter().find(|&kind| letter(kind) == symbol)
}

/// The symbol of a kind's letter.
fn letter(kind: Kind) -> u8 {
    symbols::value_of(char::from(kind.letter())).unwrap_or_default()
}

/// The first 40 bits over kind and payload, as symbols (SPEC.md 2.2).
fn integrity(kind: Kind, payload: &[u8]) -> [u8; INTEGRITY] {
    let mut hasher = blake3::Hasher::new_derive_key("countersign v1 integrity");
    hasher.update(&[kind.letter()]).update(payload);
    let [a, b, c, d, e, ..] = *hasher.finalize().as_bytes();
    let bits = u64::from_be_bytes([0, 0, 0, a, b, c, d, e]);
    [35, 30, 25, 20, 15, 10, 5, 0].map(|shift| (bits >> shift & 31) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_with_unused_bits_or_an_impossible_length_is_no_draft() {
        let message = seal(Kind::Return, &[0xff; 16]).unwrap();
        assert!(Unverified::new(&message).is_some());
        let mut unused = message.clone();
        unused[26] |= 1;
        assert!(Unverified::new(&unused).is_none());
        let mut short = message;
        short.remove(1);
        assert!(Unverified::new(&short).is_none());
    }

    #[test]
    fn an_emergency_code_is_a_step_and_ten_bytes() {
        let message = seal(Kind::Emergency, &[31, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).unwrap();
        assert_eq!(message.len(), EMERGENCY_SYMBOLS);
        assert_eq!(
            open_emergency(&message).unwrap(),
            [31, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        );
        for wrong in [&[][..], &[0; 11], &[32; 11], &[1; 10], &[1; 12]] {
            assert_eq!(seal(Kind::Emergency, wrong), Err(WriteError::Emergency));
        }
    }

    #[test]
    fn every_letter_is_a_symbol_of_its_own() {
        for it in Kind::ALL {
            let letter = char::from(it.letter());
            assert!(letter.is_ascii_uppercase() && !"ILOU".contains(letter));
            assert_eq!(kind(super::letter(it)), Some(it));
        }
    }

    /// All but the emergency code, which is framed otherwise.
    fn framed() -> Vec<Kind> {
        let framed = |it: &Kind| *it != Kind::Emergency;
        Kind::ALL.into_iter().filter(framed).collect()
    }

    proptest! {
        #[test]
        fn every_payload_comes_back(kind in prop::sample::select(framed()), payload in prop::collection::vec(any::<u8>(), 0..=LONGEST_PAYLOAD)) {
            let message = seal(kind, &payload).unwrap();
            prop_assert_eq!(message.len(), FRAME + (payload.len() * 8).div_ceil(5));
            let opened = Unverified::new(&message).unwrap().verify();
            prop_assert_eq!(opened, Some((kind, payload)));
        }
    }
}
