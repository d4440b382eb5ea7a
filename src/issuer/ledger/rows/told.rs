//! What is kept of events, refusals and returns that came early.

use super::*;

/// A RETURN that arrived before the ACTIVATE it gives up: that one will be refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlyReturn {
    /// The activation id it names.
    pub activation: ActivationId,
    /// What opens the C of the ACTIVATE: made from the secret, which itself is not kept.
    pub proof: SyncProof,
    /// The event that recorded it.
    pub event: EventId,
}

impl EarlyReturn {
    /// What the history says of it.
    pub fn digest(&self) -> [u8; 32] {
        Canon::new("countersign v1 ledger early return")
            .bytes(&self.activation.0)
            .bytes(&self.proof.0)
            .finish()
    }
}

/// A request that was refused and that the history tells of: each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its digest.
    pub request: Digest,
    /// The event that tells of it.
    pub event: EventId,
    /// The activation it concerns, as that event says.
    pub activation: ActivationRow,
    /// The day of that event.
    pub day: Day,
}

/// One row of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number, from 1, without gaps.
    pub id: EventId,
    /// When.
    pub at: Seconds,
    /// Who did it, as the caller named itself.
    pub actor: String,
    /// What was done, snake_case.
    pub kind: String,
    /// The license concerned; for a whole order the first of it.
    pub license: Option<LicenseId>,
    /// The activation concerned.
    pub activation: Option<ActivationRow>,
    /// The event that concerned the same license before: walking back from a license's last event yields its history.
    pub previous: Option<EventId>,
    /// A JSON object with the facts.
    pub data: String,
    /// The chain up to and with this row.
    pub hash: [u8; 32],
}
