//! What is decided and not yet recorded.

use std::sync::Arc;

use super::{Answer, Effect, Order, Receipt, Reply};
use crate::issuer::history::{REPLACE, SYNC};
use crate::issuer::leaving::{Changed, Emptied, Gone};
use crate::issuer::ledger::{Activation, EventId, SignerId};
use crate::issuer::policy::{Fork, Proof, Warning};
use crate::license_key::LicenseKey;
use crate::protocol::commitment::Commitment;
use crate::protocol::digest::{ActivationId, Digest};
use crate::protocol::grant::Grant;
use crate::text::{Code, Kind};

/// A decision that has its number in the history and not yet its row: an answer, a RETURN, or a refusal's evidence.
pub(super) struct Unrecorded<W> {
    pub(super) kind: &'static str,
    pub(super) event: EventId,
    pub(super) warnings: Vec<Warning>,
    pub(super) what: W,
}

/// A RETURN.
pub(super) enum Taking {
    Back(Box<Giving>),
    /// Its ACTIVATE has not come.
    Early {
        activation: ActivationId,
        digest: [u8; 32],
    },
}

/// An answer without its signature.
pub(super) struct Granting {
    /// What is to be signed (SPEC.md 5.3).
    pub(super) transcript: Vec<u8>,
    pub(super) grant: Grant,
    pub(super) body: Vec<u8>,
    pub(super) request: Vec<u8>,
    pub(super) commitment: Commitment,
    pub(super) holder: Activation,
    /// The generation it was asked from (SPEC.md 9.2).
    pub(super) parent: u16,
    /// Whether it is answered because a clerk asked there.
    pub(super) explained: bool,
    /// Whose seats it gets: recorded before it.
    pub(super) yielding: Option<Emptied>,
    pub(super) changed: Changed,
    pub(super) order: Arc<Order>,
    pub(super) fork: Option<Fork>,
    /// Who signed the answer that the machine holds.
    pub(super) held_by: Option<SignerId>,
}

/// An activation that was given up.
pub(super) struct Giving {
    pub(super) activation: ActivationId,
    pub(super) key: LicenseKey,
    pub(super) order: Arc<Order>,
    pub(super) gone: Gone,
}

/// The evidence of a refusal.
pub(super) struct Refusing {
    pub(super) holder: Activation,
    pub(super) changed: Changed,
    pub(super) verdict: &'static str,
    pub(super) evidence: String,
    pub(super) proof: Proof,
    /// The generation whose secret was revealed.
    pub(super) generation: Option<u16>,
    pub(super) request: Digest,
}

impl Granting {
    pub(super) fn evidence(&self) -> Option<String> {
        self.fork.as_ref().map(ToString::to_string)
    }
}

impl Unrecorded<Granting> {
    fn effect(&self) -> Effect {
        match (self.kind, self.what.fork) {
            (SYNC, Some(fork)) => Effect::Synced(fork.colour()),
            (REPLACE, _) => Effect::Replaced,
            _ => Effect::Activated,
        }
    }

    /// What comes of it; `payload` is that of the response code, `certificate` that of whoever signed it.
    pub(super) fn reply(self, payload: Vec<u8>, certificate: Option<Code>) -> Reply {
        let effect = self.effect();
        let it = self.what;
        Reply::Answer(Box::new(Answer {
            evidence: it.evidence(),
            effect,
            code: Code::new(Kind::Grant, payload),
            certificate,
            grant: it.grant,
            key: it.changed.license.key,
            activation: it.holder.standing.activation,
            order: it.order,
            warnings: self.warnings,
        }))
    }
}

impl Unrecorded<Taking> {
    /// What comes of it.
    pub(super) fn reply(self) -> Reply {
        let warnings = self.warnings;
        Reply::Receipt(Box::new(match self.what {
            Taking::Back(it) => Receipt {
                effect: Effect::Returned,
                activation: it.activation,
                of: Some((it.key, it.order)),
                freed: it.gone.freed,
                resting: it.gone.rest,
                warnings,
            },
            Taking::Early { activation, .. } => Receipt {
                effect: Effect::ReturnedEarly,
                activation,
                of: None,
                freed: 0,
                resting: None,
                warnings,
            },
        }))
    }
}
