//! What the commands print that say what another approves, and what waits for that.

use serde::Serialize;

use super::Shown;
use crate::issuer::approvals;
use crate::protocol::date::Seconds;

/// What of a product another approves.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Policy {
    pub(crate) product: String,
    /// The rules, such as `seats>50`; empty: nothing.
    pub(crate) approve: Vec<String>,
}

/// Something that one proposed and another approves.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Proposal {
    pub(crate) proposal: i64,
    /// `waiting`, `approved` or `declined`.
    pub(crate) state: &'static str,
    pub(crate) product: String,
    /// Under which rules it falls.
    pub(crate) rules: Vec<String>,
    /// The command, word by word, without the program's name.
    pub(crate) command: Vec<String>,
    pub(crate) proposed_by: String,
    /// The name of the key that signed the proposal, which proves who proposed it.
    pub(crate) key: String,
    pub(crate) proposed: Shown<Seconds>,
    /// Who approved or declined it.
    pub(crate) decided_by: Option<String>,
    pub(crate) decided: Option<Shown<Seconds>>,
    /// Why it was declined.
    pub(crate) note: Option<String>,
}

impl Proposal {
    pub(crate) fn of(it: &approvals::Proposal, key: &str) -> Proposal {
        use approvals::Became;
        let (decided_by, decided, note) = match &it.became {
            Became::Waits => (None, None, None),
            Became::Approved(by, at, _) => (Some(by.clone()), Some(Shown(*at)), None),
            Became::Declined(by, at, note) => (Some(by.clone()), Some(Shown(*at)), note.clone()),
        };
        Proposal {
            proposal: it.number.0,
            state: it.became.name(),
            product: it.product.clone(),
            rules: it.rules.clone(),
            command: it.command.clone(),
            proposed_by: it.by.clone(),
            key: key.to_owned(),
            proposed: Shown(it.at),
            decided_by,
            decided,
            note,
        }
    }
}

/// What `desk inbox decline` did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ProposalDeclined {
    pub(crate) proposal: i64,
    pub(crate) declined: bool,
}

/// What a command prints that was proposed, as if it were typed.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
#[expect(
    dead_code,
    reason = "the command that was proposed prints its own object"
)]
pub(crate) enum Approved {
    Sold(super::Sold),
    Changed(super::Changed),
    Revoked(super::Revoked),
    Voided(super::Voided),
    Released(super::Released),
    Emergency(super::EmergencyCode),
    Replied(super::Replied),
}
