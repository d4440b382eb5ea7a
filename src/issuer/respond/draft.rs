//! What is decided and not yet recorded.

use std::sync::Arc;

use super::{Answer, Order, Receipt, Reply, Verdict};
use crate::issuer::history::{REPLACE, SYNC};
use crate::issuer::keys::SigningKey;
use crate::issuer::ledger::{Activation, EventId, License};
use crate::issuer::policy::{Fork, Proof, Warning};
use crate::protocol::commitment::Commitment;
use crate::protocol::digest::{ActivationId, Digest};
use crate::protocol::grant::Grant;
use crate::text::{Code, Kind};

/// A decision that lacks its signature, where it wants one, and its row in the history.
pub(super) struct Draft {
    pub(super) kind: &'static str,
    pub(super) event: EventId,
    pub(super) warnings: Vec<Warning>,
    pub(super) what: What,
}

/// What was decided.
pub(super) enum What {
    Grant(Box<Granting>),
    Return(Box<Giving>),
    /// A RETURN whose ACTIVATE has not come.
    Early {
        activation: ActivationId,
        digest: [u8; 32],
    },
    /// A request that was refused, with its evidence.
    Refusal(Box<Refusing>),
}

/// An answer without its signature.
pub(super) struct Granting {
    /// What is to be signed (SPEC.md 5.3).
    pub(super) transcript: Vec<u8>,
    pub(super) grant: Grant,
    pub(super) body: Vec<u8>,
    pub(super) request: Vec<u8>,
    pub(super) commitment: Commitment,
    pub(super) emergency: Option<[u8; 10]>,
    pub(super) holder: Activation,
    /// The generation it was asked from (SPEC.md 9.2).
    pub(super) parent: u16,
    pub(super) changed: Changed,
    pub(super) order: Arc<Order>,
    pub(super) fork: Option<Fork>,
}

/// A license that an event changes.
pub(super) struct Changed {
    /// The event before.
    pub(super) previous: EventId,
    /// As it is afterwards.
    pub(super) license: License,
}

/// An activation that was given up.
pub(super) struct Giving {
    pub(super) holder: Activation,
    pub(super) changed: Changed,
    pub(super) order: Arc<Order>,
    pub(super) freed: u16,
    /// The generation whose secret was revealed.
    pub(super) generation: u16,
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

impl Draft {
    fn granted(kind: &str, fork: Option<Fork>) -> Verdict {
        match (kind, fork) {
            (SYNC, Some(fork)) => Verdict::Synced(fork.colour()),
            (REPLACE, _) => Verdict::Replaced,
            _ => Verdict::Activated,
        }
    }

    /// The signature it wants; zeros for what is not answered with a code.
    pub(super) fn sign(&self, key: &SigningKey) -> [u8; 64] {
        match &self.what {
            What::Grant(granting) => key.sign(&granting.transcript),
            What::Return(_) | What::Early { .. } | What::Refusal(_) => [0; 64],
        }
    }

    /// What would come of it.
    pub(super) fn preview(self) -> Option<Reply> {
        self.reply(Vec::new())
    }

    /// What comes of it, where it is more than a row in the history; `payload` is that of the response code, where there is one.
    pub(super) fn reply(self, payload: Vec<u8>) -> Option<Reply> {
        let warnings = self.warnings;
        Some(match self.what {
            What::Grant(it) => Reply::Answer(Box::new(Answer {
                evidence: it.evidence(),
                verdict: Draft::granted(self.kind, it.fork),
                code: Code::new(Kind::Grant, payload),
                grant: it.grant,
                key: it.changed.license.key,
                activation: it.holder.standing.activation,
                order: it.order,
                warnings,
            })),
            What::Return(it) => Reply::Receipt(Box::new(Receipt {
                verdict: Verdict::Returned,
                activation: it.holder.standing.activation,
                of: Some((it.changed.license.key, it.order)),
                freed: it.freed,
                resting: it.holder.resting.map(|it| it.until),
                warnings,
            })),
            What::Early { activation, .. } => Reply::Receipt(Box::new(Receipt {
                verdict: Verdict::ReturnedEarly,
                activation,
                of: None,
                freed: 0,
                resting: None,
                warnings,
            })),
            What::Refusal(_) => return None,
        })
    }
}
