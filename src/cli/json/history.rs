//! What `ledger history` and `ledger follow` print.

use serde::Serialize;

use super::Shown;
use crate::issuer::history::Cursor;
use crate::protocol::date::Seconds;

/// An event of `ledger history` or `ledger follow`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct HistoryEvent {
    /// Its number, from 1, without gaps; null of a request that was refused and that the history does not have: it is remembered beside it.
    pub(crate) event: Option<i64>,
    pub(crate) at: Shown<Seconds>,
    /// Who did it: a login name, or what `--as` said.
    pub(crate) actor: String,
    /// The name of the key that signed: `root`, `spare`, or a clerk's; null of what a request caused and nobody signed.
    pub(crate) key: Option<String>,
    /// A stable name.
    pub(crate) kind: String,
    pub(crate) license_key: Option<String>,
    pub(crate) activation: Option<String>,
    /// What happened, in words.
    pub(crate) message: String,
    /// What the ledger keeps of it, by its kind.
    #[cfg_attr(test, schemars(schema_with = "crate::issuer::history::described"))]
    pub(crate) facts: serde_json::Value,
}

/// An event of `ledger follow`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct FollowedEvent {
    /// What `--since` takes to go on after this event; no other event of any history has the same.
    pub(crate) cursor: Shown<Cursor>,
    /// The id of its product; null of what happened to none.
    pub(crate) product: Option<String>,
    /// Whom its license is sold to after it.
    pub(crate) customer: Option<String>,
    /// What the vendor calls the order of its license.
    pub(crate) order: Option<String>,
    #[serde(flatten)]
    pub(crate) event: HistoryEvent,
}
