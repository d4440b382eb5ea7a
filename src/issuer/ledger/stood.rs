//! What an answer was tied to: kept beside it, so that neither a later SYNC nor a verification has to walk back to the ACTIVATE.

use serde::{Deserialize, Serialize};

use super::spelled::hex;
use crate::machine::Fingerprint;
use crate::protocol::digest::{ActivationId, MachineBinding};

/// A holder as it stood with one answer: what its signature is tied to (SPEC.md 5.2, 5.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Stood {
    /// Activation id, fingerprint, bindings and USB key.
    pub standing: MachineBinding,
    /// The public key with which it signs as a site.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub site_key: Option<[u8; 32]>,
}

impl Stood {
    /// A presence byte (fingerprint 1, bindings 2, USB key 4, site key 8), the activation id, and what is present, in that order.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let MachineBinding {
            activation,
            fingerprint,
            bindings,
            usb,
        } = &self.standing;
        let fingerprint = fingerprint.as_ref().map(Fingerprint::to_bytes);
        let parts: [Option<&[u8]>; 4] = [
            fingerprint.as_ref().map(|it| it.as_slice()),
            bindings.as_ref().map(|it| it.as_slice()),
            usb.as_ref().map(|it| it.as_slice()),
            self.site_key.as_ref().map(|it| it.as_slice()),
        ];
        let presence = (0..)
            .zip(&parts)
            .map(|(bit, part)| u8::from(part.is_some()) << bit)
            .sum();
        let mut out = vec![presence];
        out.extend_from_slice(&activation.0);
        parts
            .into_iter()
            .flatten()
            .for_each(|part| out.extend_from_slice(part));
        out
    }

    /// Takes only what [`Stood::encode`] writes.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Stood> {
        let (presence, mut rest) = bytes.split_first()?;
        let activation = ActivationId(take(&mut rest)?);
        let has = |bit: u8| presence >> bit & 1 == 1;
        let fingerprint = has(0).then(|| take(&mut rest));
        let stood = Stood {
            standing: MachineBinding {
                activation,
                fingerprint: match fingerprint {
                    Some(bytes) => Some(Fingerprint::from_bytes(&bytes?).ok()?),
                    None => None,
                },
                bindings: part(has(1), &mut rest)?,
                usb: part(has(2), &mut rest)?,
            },
            site_key: part(has(3), &mut rest)?,
        };
        (rest.is_empty() && presence >> 4 == 0).then_some(stood)
    }
}

/// What is there, if it is: the outer nothing where it is cut off.
fn part<const N: usize>(present: bool, rest: &mut &[u8]) -> Option<Option<[u8; N]>> {
    if present {
        take(rest).map(Some)
    } else {
        Some(None)
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stood_is_read_as_it_was_written_and_in_no_other_spelling() {
        for present in 0..16_u8 {
            let has = |bit: u8| present >> bit & 1 == 1;
            let fingerprint = Fingerprint::from_bytes(&[1, 7, 7, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap();
            let stood = Stood {
                standing: MachineBinding {
                    activation: ActivationId([1, 2, 3, 4]),
                    fingerprint: has(0).then_some(fingerprint),
                    bindings: has(1).then_some([5; 8]),
                    usb: has(2).then_some([6; 8]),
                },
                site_key: has(3).then_some([8; 32]),
            };
            let bytes = stood.encode();
            assert_eq!(Stood::decode(&bytes), Some(stood));
            assert_eq!(Stood::decode(&bytes[..bytes.len() - 1]), None);
            assert_eq!(Stood::decode(&[bytes.as_slice(), &[0]].concat()), None);
            assert_eq!(
                Stood::decode(&[&[present | 16], &bytes[1..]].concat()),
                None
            );
        }
    }
}
