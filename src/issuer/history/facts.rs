//! What each kind of event says, as JSON: enough to hold the tables against it.

use serde::{Deserialize, Serialize};

mod approvals;
mod desk;
mod hex;

pub(crate) use approvals::{Deed, PolicyFacts, ProposalFacts, VerdictFacts};
pub(crate) use desk::{
    ChangeFacts, ClockFacts, DeskFacts, KeyFacts, ReplaceFacts, RestoreFacts, RotateFacts,
    SealedFacts,
};
pub(crate) use hex::Hex;

use super::change::Change;
use crate::issuer::ledger::{Activation, LedgerError, License, Withdrawn};
use crate::protocol::date::Day;
use crate::protocol::digest::ActivationId;

/// The desk was made.
pub(crate) const DESK_INIT: &str = "desk_init";
/// What it says about itself changed.
pub(crate) const DESK_CHANGE: &str = "desk_change";
/// Its clock was said to be right.
pub(crate) const DESK_CLOCK: &str = "desk_clock";
/// The ledger was put back from a backup.
pub(crate) const LEDGER_RESTORE: &str = "ledger_restore";
/// A root certified a key.
pub(crate) const DESK_CERTIFY: &str = "desk_certify";
/// A certified key was removed.
pub(crate) const DESK_REMOVE: &str = "desk_remove";
/// The certified keys got certificates of a new epoch.
pub(crate) const DESK_ROTATE: &str = "desk_rotate";
/// A root was dropped, and another took its place.
pub(crate) const DESK_REPLACE_ROOT: &str = "desk_replace_root";
/// A product was added.
pub(crate) const PRODUCT_ADD: &str = "product_add";
/// A product's definition changed.
pub(crate) const PRODUCT_CHANGE: &str = "product_change";
/// An order: one license or many.
pub(crate) const LICENSE_NEW: &str = "license_new";
/// A machine got seats.
pub(crate) const ACTIVATE: &str = "activate";
/// A machine got the place of an activation that it fits.
pub(crate) const REPLACE: &str = "replace";

/// A licensed machine got its license anew.
pub(crate) const SYNC: &str = "sync";
/// An answer that the ledger had lost was taken back.
pub(crate) const READOPT: &str = "readopt";
/// A machine gave its activation up.
pub(crate) const RETURN: &str = "return";
/// A RETURN came before its ACTIVATE.
pub(crate) const EARLY_RETURN: &str = "early_return";
/// An activation gave its place, or the seats that were kept of it, to another.
pub(crate) const YIELDED: &str = "yielded";
/// The seats of an activation that was given up were freed: by a clerk, or because those gave up for whom they were kept.
pub(crate) const FREED: &str = "freed";
/// An activation was released as lost.
pub(crate) const RELEASE: &str = "release";
/// What was ordered changed.
pub(crate) const LICENSE_CHANGE: &str = "license_change";
/// A license was revoked.
pub(crate) const LICENSE_REVOKE: &str = "license_revoke";
/// A license that was made by mistake is void.
pub(crate) const LICENSE_VOID: &str = "license_void";
/// A license that was revoked or void is good again.
pub(crate) const LICENSE_RESTORE: &str = "license_restore";
/// Something was noted of a license, or of a machine that has it.
pub(crate) const NOTE: &str = "note";
/// An emergency code was read out.
pub(crate) const EMERGENCY: &str = "emergency";
/// A request was not answered and speaks for or against its machine, or gave away a secret that nobody knew: evidence, once for each request.
pub(crate) const REFUSED: &str = "refused";

/// What needs another's approval was said, for a product.
pub(crate) const POLICY: &str = "policy";
/// Something waits for the approval of another.
pub(crate) const PROPOSE: &str = "propose";
/// Another approved it: what was proposed follows.
pub(crate) const APPROVE: &str = "approve";
/// It is not done.
pub(crate) const DECLINE: &str = "decline";

/// What an event of any kind says, for the schema of `--json`.
#[cfg(test)]
pub(crate) fn described(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "anyOf": [
        generator.subschema_for::<DeskFacts>(),
        generator.subschema_for::<ClockFacts>(),
        generator.subschema_for::<ChangeFacts>(),
        generator.subschema_for::<RestoreFacts>(),
        generator.subschema_for::<KeyFacts>(),
        generator.subschema_for::<RotateFacts>(),
        generator.subschema_for::<ReplaceFacts>(),
        generator.subschema_for::<PolicyFacts>(),
        generator.subschema_for::<ProposalFacts>(),
        generator.subschema_for::<VerdictFacts>(),
        generator.subschema_for::<ProductFacts>(),
        generator.subschema_for::<OrderFacts>(),
        generator.subschema_for::<AnswerFacts>(),
        generator.subschema_for::<EndFacts>(),
        generator.subschema_for::<EarlyFacts>(),
        generator.subschema_for::<LicenseFacts>(),
        { "type": "null", "description": "The ledger holds something else: `ledger verify` tells." },
    ] })
}

/// Of [`PRODUCT_ADD`] and [`PRODUCT_CHANGE`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ProductFacts {
    pub(crate) product: String,
    pub(crate) version: u32,
    /// Digest of the whole row.
    pub(crate) row: Hex,
}

/// Of [`LICENSE_NEW`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct OrderFacts {
    /// The row of the terms.
    pub(crate) order: i64,
    /// Their digest.
    pub(crate) terms: Hex,
    /// How many licenses.
    pub(crate) licenses: i64,
    /// [`keys_hasher`] over their keys, rising.
    pub(crate) keys: Hex,
}

/// Of [`ACTIVATE`], [`REPLACE`], [`SYNC`] and [`READOPT`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AnswerFacts {
    /// The row of the license's terms.
    pub(crate) order: i64,
    /// Seats taken of the license afterwards.
    pub(crate) taken: u32,
    /// Seats of this activation afterwards.
    pub(crate) seats: u16,
    /// Generation of the grant.
    pub(crate) generation: u16,
    /// Digest of the answer.
    pub(crate) answer: Hex,
    /// Digest of the activation afterwards.
    pub(crate) holder: Hex,
    /// Digest of what the license used up, where it used up anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) counts: Option<Hex>,
    /// The last generation proven afterwards: of the answer given here, the parent (SPEC.md 9.2).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) proven: u16,
    /// The fork rule's verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) verdict: Option<String>,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) evidence: Option<String>,
    /// The day until which contact is not needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) revalidate_by: Option<String>,
    /// Why a rule was set aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Whether it was a manager who set it aside.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) overridden: bool,
}

/// Of [`RETURN`], [`RELEASE`], [`FREED`] and [`YIELDED`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct EndFacts {
    /// As in [`AnswerFacts`].
    pub(crate) order: i64,
    /// As in [`AnswerFacts`].
    pub(crate) taken: u32,
    /// Seats that became free.
    pub(crate) freed: u16,
    /// Digest of the activation afterwards.
    pub(crate) holder: Hex,
    /// As in [`AnswerFacts`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) counts: Option<Hex>,
    /// The generation whose secret a RETURN revealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) generation: Option<u16>,
    /// The last day on which seats that were given back are not free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) free_after: Option<String>,
    /// The activation for which they are kept, the latest of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kept_for: Option<String>,
    /// The activation that a place was given to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<String>,
    /// Whether the license is revoked.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) revoked: bool,
    /// Why a rule was set aside, or why it was released.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

impl EndFacts {
    /// A license and an activation that ended, as they are, and nothing else.
    pub(crate) fn of(license: &License, holder: &Activation) -> EndFacts {
        EndFacts {
            order: license.terms.0,
            taken: license.taken.unwrap_or(0),
            freed: 0,
            holder: Hex(holder.digest()),
            counts: license.counts.digest().map(Hex),
            generation: None,
            free_after: None,
            kept_for: None,
            to: None,
            revoked: license.withdrawn == Some(Withdrawn::Revoked),
            reason: None,
        }
    }

    /// The same, with seats that rest: until the end of a day, where they come free by themselves, and for whom they are kept.
    pub(crate) fn resting(self, until: Option<Day>, kept_for: Option<ActivationId>) -> EndFacts {
        EndFacts {
            free_after: until.map(|it| it.to_string()),
            kept_for: kept_for.map(|it| it.to_string()),
            ..self
        }
    }
}

/// Of [`EARLY_RETURN`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct EarlyFacts {
    /// The activation id, for people.
    pub(crate) activation: String,
    /// Digest of the row.
    pub(crate) early: Hex,
}

/// Of [`LICENSE_CHANGE`], [`LICENSE_REVOKE`], [`LICENSE_VOID`], [`LICENSE_RESTORE`], [`NOTE`], [`EMERGENCY`] and [`REFUSED`].
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LicenseFacts {
    /// The row of the terms afterwards.
    pub(crate) order: i64,
    /// Their digest, where they are new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) terms: Option<Hex>,
    /// Seats taken of the license.
    pub(crate) taken: Option<u32>,
    /// As in [`AnswerFacts`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) counts: Option<Hex>,
    /// Whether the license is revoked.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) revoked: bool,
    /// Whether it is void.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) void: bool,
    /// What changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) changes: Vec<Change>,
    /// Why; of a note, what is noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Generation of the grant whose emergency step was revealed, or whose secret a request that was refused revealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) generation: Option<u16>,
    /// The step that was revealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) step: Option<u8>,
    /// The day to which that moves "revalidate by".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<String>,
    /// The digest of the request that was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<Hex>,
    /// The fork rule's verdict on it, or what it was refused for: `held_for_manager`, `given_up`, `expired` and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) verdict: Option<String>,
    /// What the request proves: `held`, `known_to_readers`, `unproven`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proof: Option<String>,
    /// What that rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) evidence: Option<String>,
}

impl LicenseFacts {
    /// A license as it is, and nothing else.
    pub(crate) fn of(license: &License) -> LicenseFacts {
        LicenseFacts {
            order: license.terms.0,
            terms: None,
            taken: license.taken,
            counts: license.counts.digest().map(Hex),
            revoked: license.withdrawn == Some(Withdrawn::Revoked),
            void: license.withdrawn == Some(Withdrawn::Void),
            changes: Vec::new(),
            reason: None,
            generation: None,
            step: None,
            until: None,
            request: None,
            verdict: None,
            proof: None,
            evidence: None,
        }
    }
}

fn is_zero(number: &u16) -> bool {
    *number == 0
}

fn is_false(is: &bool) -> bool {
    !is
}

/// Facts as the text that is kept.
pub(crate) fn to_json(facts: &impl Serialize) -> Result<String, LedgerError> {
    serde_json::to_string(facts).map_err(|error| LedgerError::Io(error.to_string()))
}

/// Takes license keys, five bytes each.
pub(crate) fn keys_hasher() -> blake3::Hasher {
    blake3::Hasher::new_derive_key("countersign v1 ledger keys")
}
