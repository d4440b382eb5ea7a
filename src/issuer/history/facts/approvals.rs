//! What events say of a policy, and of what waits for another's approval.

use serde::{Deserialize, Serialize};

use super::Hex;
#[cfg(doc)]
use super::{APPROVE, DECLINE, POLICY, PROPOSE};

/// Of [`POLICY`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PolicyFacts {
    /// The product that it is for.
    pub(crate) product: String,
    /// What another approves from then on; empty: nothing.
    pub(crate) rules: Vec<String>,
}

/// Something that somebody is about to do, as far as it is the same when another approves it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ProposedDeed"))]
pub(crate) struct Deed {
    /// The kind of the event that it will be.
    pub(crate) kind: String,
    /// The product's id.
    pub(crate) product: String,
    /// The row of the license; of a sale there is none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) license: Option<i64>,
    /// The row of the activation that is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) activation: Option<i64>,
    /// The row of the license's terms before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<i64>,
    /// The digest of the terms afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) terms: Option<Hex>,
    /// How many licenses are sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) licenses: Option<u32>,
    /// The digest of the request that is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<Hex>,
    /// Seats that are granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seats: Option<u16>,
    /// Days of grace that one answer is to have, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) grace_days: Option<u16>,
    /// The day until which one answer is to be good, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<String>,
    /// Of an emergency code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) generation: Option<u16>,
    /// Of an emergency code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) step: Option<u8>,
    /// Whether the manager sets a rule aside.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub(crate) overrides: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

/// Of [`PROPOSE`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ProposalFacts {
    /// Under which of the policy's rules it falls.
    pub(crate) rules: Vec<String>,
    /// The command, word by word, without the program's name.
    pub(crate) command: Vec<String>,
    /// What it does.
    pub(crate) deed: Deed,
}

/// Of [`APPROVE`] and [`DECLINE`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct VerdictFacts {
    /// The event that proposed it.
    pub(crate) proposal: i64,
    /// Who proposed it, for people.
    pub(crate) by: String,
    /// Why it is declined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}
