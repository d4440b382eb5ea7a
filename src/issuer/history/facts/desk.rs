//! What events say of the desk itself.

use serde::{Deserialize, Serialize};

use super::Hex;
#[cfg(doc)]
use super::{
    DESK_CERTIFY, DESK_CHANGE, DESK_CLOCK, DESK_INIT, DESK_REMOVE, DESK_REPLACE_ROOT, DESK_ROTATE,
    LEDGER_RESTORE,
};

/// Of [`DESK_INIT`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct DeskFacts {
    /// The vendor's name.
    pub(crate) vendor: String,
    /// Where requests go; nothing: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mail: Option<String>,
    /// The public key of the live root.
    pub(crate) root: Hex,
    /// That of the spare one.
    pub(crate) spare: Hex,
    /// The first seed key, as it was sealed to both roots.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) sealed: Vec<SealedFacts>,
}

/// A seed key that was sealed to somebody (SPEC.md 9.16).
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SealedFacts {
    /// The number of the seed key.
    pub(crate) key: i64,
    /// The public key of whoever may use it.
    pub(crate) holder: Hex,
    /// Digest of the whole row.
    pub(crate) row: Hex,
}

/// Of [`DESK_CHANGE`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ChangeFacts {
    /// The vendor's name, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vendor: Option<String>,
    /// Where requests go, where that is another address; empty: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mail: Option<String>,
}

/// Of [`DESK_CLOCK`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ClockFacts {
    pub(crate) reason: String,
}

/// Of [`LEDGER_RESTORE`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RestoreFacts {
    /// How many events the ledger had that the backup has not; none where the ledger could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lost: Option<u64>,
    pub(crate) reason: String,
}

/// Of [`DESK_CERTIFY`] and [`DESK_REMOVE`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct KeyFacts {
    /// Whose key.
    pub(crate) name: String,
    /// The serial of its certificate.
    pub(crate) serial: i64,
    /// Digest of the whole row.
    pub(crate) row: Hex,
    /// What it may sign, for people, where it was certified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) may: Option<String>,
    /// Why it was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Seed keys that were sealed: to the key that was certified, or another one to all but the key that has it no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) sealed: Vec<SealedFacts>,
}

/// Of [`DESK_ROTATE`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RotateFacts {
    /// The new one.
    pub(crate) epoch: u8,
    pub(crate) reason: String,
}

/// Of [`DESK_REPLACE_ROOT`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ReplaceFacts {
    /// The public key of the root that was dropped.
    pub(crate) dropped: Hex,
    /// That of the one in its place.
    pub(crate) added: Hex,
    /// The epoch from then on.
    pub(crate) epoch: u8,
    pub(crate) reason: String,
    /// Seed keys that were sealed: a new one to all but the root that was dropped, and all to the new root.
    pub(crate) sealed: Vec<SealedFacts>,
}
