//! What comes of a code that is taken.

use std::sync::Arc;

use crate::issuer::ledger::{OrderTerms, WeakRule};
use crate::issuer::policy::{Colour, Rest, Warning};
use crate::license_key::LicenseKey;
use crate::protocol::digest::ActivationId;
use crate::protocol::grant::Grant;
use crate::protocol::product::Product;
use crate::text::Code;

/// What an order is, shared by the answers of its licenses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What was ordered.
    pub terms: OrderTerms,
    /// The product.
    pub product: Product,
    /// What is done with machines that are weakly bound.
    pub weak: WeakRule,
}

/// What an answer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The machine got seats.
    Activated,
    /// The machine replaced its own activation.
    Replaced,
    /// The machine got its license anew; the fork rule's verdict.
    Synced(Colour),
    /// The machine gave its seats back.
    Returned,
    /// The machine gave up what it was never granted here: its request will be refused.
    ReturnedEarly,
    /// The request was answered before: these are the same bytes, and nothing was changed.
    Repeated,
}

impl Effect {
    /// The stable snake_case name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Effect::Activated => "activated",
            Effect::Replaced => "replaced",
            Effect::Synced(colour) => colour.name(),
            Effect::Returned => "returned",
            Effect::ReturnedEarly => "given_up",
            Effect::Repeated => "repeated",
        }
    }

    /// What it did, for people.
    pub fn words(self) -> &'static str {
        match self {
            Effect::Activated => "activated",
            Effect::Replaced => "activated in the place of another",
            Effect::Synced(Colour::Green) => "re-validated",
            Effect::Synced(Colour::Yellow) => "re-validated, yellow",
            Effect::Synced(Colour::Red) => "re-validated, red",
            Effect::Synced(Colour::Unproven) => "re-validated, unproven",
            Effect::Returned => "given up",
            Effect::ReturnedEarly => "given up before its request arrived",
            Effect::Repeated => "answered before",
        }
    }
}

/// An answer that is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The response code.
    pub code: Code,
    /// The certificate of the key that signed it, as a code: a machine that does not know it needs it, too. None where a root signed, or
    /// where the machine showed that it holds an answer under it.
    pub certificate: Option<Code>,
    /// What it says.
    pub grant: Grant,
    /// What it did.
    pub effect: Effect,
    /// The license.
    pub key: LicenseKey,
    /// The activation.
    pub activation: ActivationId,
    /// The order.
    pub order: Arc<Order>,
    /// What the fork rule's verdict rests on, in a sentence; for a SYNC.
    pub evidence: Option<String>,
    /// What the clerk should know.
    pub warnings: Vec<Warning>,
}

/// A RETURN that was taken and is on disk: there is no code to send back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What it did.
    pub effect: Effect,
    /// The activation that was given up.
    pub activation: ActivationId,
    /// Its license and order; nothing where the request it gives up never arrived.
    pub of: Option<(LicenseKey, Arc<Order>)>,
    /// Seats that came free by this very code: none where it was taken before, or where the machine was released as lost.
    pub freed: u16,
    /// Seats of its place that are not free yet.
    pub resting: Option<Rest>,
    /// What the clerk should know.
    pub warnings: Vec<Warning>,
}

/// What comes of a code that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A response code.
    Answer(Box<Answer>),
    /// A RETURN was taken.
    Receipt(Box<Receipt>),
}

impl Reply {
    /// What it did.
    pub fn effect(&self) -> Effect {
        match self {
            Reply::Answer(answer) => answer.effect,
            Reply::Receipt(receipt) => receipt.effect,
        }
    }

    /// The answer, where there is one to send.
    pub fn answer(self) -> Option<Answer> {
        match self {
            Reply::Answer(answer) => Some(*answer),
            Reply::Receipt(_) => None,
        }
    }
}
