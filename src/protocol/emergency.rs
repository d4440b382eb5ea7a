//! EMERGENCY: a step of a hash chain that moves "revalidate by" (SPEC.md 2.4, 8).

use super::commitment::Commitment;
use super::digest::{Digest, kdf};
use super::grant::EmergencyTerms;
use super::wire::{Reader, WireError};
use crate::messages;

/// What an emergency code says: step k and x_{n−k}.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emergency {
    /// k, 1 to 31.
    pub step: u8,
    /// x_{n−k}.
    pub x: [u8; 10],
}

impl Emergency {
    /// Reads a payload of kind E: step and x.
    pub fn decode(payload: &[u8]) -> Result<Emergency, WireError> {
        let mut reader = Reader::new(payload);
        let step = reader.u8()?;
        if !(1..=31).contains(&step) {
            return Err(WireError::Value(messages::protocol::field_step()));
        }
        let emergency = Emergency {
            step,
            x: reader.array()?,
        };
        reader.end()?;
        Ok(emergency)
    }

    /// Writes the payload, 11 bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![self.step];
        out.extend_from_slice(&self.x);
        out
    }

    /// Whether this belongs to the chain whose end a grant of `holder` and `generation` carries.
    pub fn belongs_to(&self, terms: &EmergencyTerms, holder: &Digest, generation: u16) -> bool {
        self.step <= terms.steps
            && chain(
                holder,
                generation,
                terms.steps - self.step,
                terms.steps,
                self.x,
            ) == terms.anchor
    }
}

/// x₀ of the grant that answers the request with this C, of this many steps and days per step: an issuer makes it again from its seed key, and nobody does
/// who has not got that. The steps are part of it, so that a code that was read out moves no grant of the same request further than it moved that one.
pub fn seed(
    seed_key: &[u8; 32],
    commitment: &Commitment,
    generation: u16,
    (steps, days): (u8, u8),
) -> [u8; 10] {
    kdf(
        "countersign v1 emergency seed",
        &[
            seed_key,
            &commitment.0,
            &generation.to_be_bytes(),
            &[steps, days],
        ],
    )
}

/// x_to from x_from: for an issuer from x₀, for a machine from what was revealed.
pub fn chain(holder: &Digest, generation: u16, from: u8, to: u8, x: [u8; 10]) -> [u8; 10] {
    (from..to).fold(x, |x, i| {
        kdf(
            "countersign v1 emergency",
            &[holder, &generation.to_be_bytes(), &[i], &x],
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU8;

    #[test]
    fn each_step_reaches_the_anchor_and_no_other_place() {
        let holder = [3; 32];
        let x0 = [9; 10];
        let terms = EmergencyTerms {
            anchor: chain(&holder, 2, 0, 4, x0),
            steps: 4,
            days: NonZeroU8::new(7).unwrap(),
        };
        for step in 1..=4 {
            let x = chain(&holder, 2, 0, 4 - step, x0);
            assert!(Emergency { step, x }.belongs_to(&terms, &holder, 2));
            assert!(
                !Emergency { step, x }.belongs_to(&terms, &holder, 3),
                "another generation"
            );
            assert!(
                !Emergency { step, x }.belongs_to(&terms, &[4; 32], 2),
                "another machine"
            );
            assert!(
                !Emergency {
                    step: step % 4 + 1,
                    x
                }
                .belongs_to(&terms, &holder, 2),
                "another step"
            );
        }
        assert!(
            !Emergency { step: 5, x: x0 }.belongs_to(&terms, &holder, 2),
            "beyond the steps"
        );
    }
}
