//! What the commands print that say who may sign.

use std::path::PathBuf;

use serde::Serialize;

use super::{Shown, shown};
use crate::issuer::keys::Certified;
use crate::license_key::LicenseKey;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::desk_certificate::{
    MANAGER, MAY_GRANT, MAY_GRANT_EMERGENCY, MAY_GRANT_LENDING,
};
use crate::protocol::digest::ActivationId;
use crate::protocol::product::RootFingerprint;

/// What `desk request` made.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct KeyRequested {
    pub(crate) name: String,
    pub(crate) fingerprint: Shown<RootFingerprint>,
    /// The file with the key.
    pub(crate) key: PathBuf,
    /// The file by which the root certifies it.
    pub(crate) request: PathBuf,
    pub(crate) encrypted: bool,
}

/// What `desk certify` made.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct KeyCertified {
    #[serde(flatten)]
    pub(crate) key: DeskKey,
    /// The certificate as a code, which each answer has beside it.
    pub(crate) certificate: String,
}

/// What `desk remove` did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct KeyRemoved {
    pub(crate) name: String,
    /// The last day on which machines take what a copy of the key signs; null: none does any more.
    pub(crate) machines_take_it_until: Option<Shown<Day>>,
    /// Whether whoever has the key and a copy of the ledger knows the emergency codes of what was answered before.
    pub(crate) opens_earlier_seeds: bool,
}

/// A key of `desk keys`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum SigningKey {
    /// One of the two that certify.
    Root(RootKey),
    /// One that was certified.
    Certified(Box<DeskKey>),
}

/// A root key: it signs everything, for ever.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RootKey {
    /// root or spare.
    pub(crate) name: &'static str,
    pub(crate) state: &'static str,
    pub(crate) fingerprint: Shown<RootFingerprint>,
}

/// A key that a root certified; of what is 0 in the certificate there is no limit, and null here.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct DeskKey {
    pub(crate) name: String,
    /// active, ended, replaced or removed.
    pub(crate) state: &'static str,
    pub(crate) fingerprint: Shown<RootFingerprint>,
    /// Of the certificate.
    pub(crate) serial: u32,
    /// The last day on which it signs.
    pub(crate) until: Option<Shown<Day>>,
    /// Of grant, lend and emergency.
    pub(crate) kinds: Vec<&'static str>,
    pub(crate) manager: bool,
    /// The id of the only product it is for.
    pub(crate) product: Option<String>,
    pub(crate) max_seats: Option<u16>,
    /// Days.
    pub(crate) max_grace: Option<u16>,
    /// Days.
    pub(crate) max_loan: Option<u8>,
    /// Days.
    pub(crate) max_emergency: Option<u8>,
    pub(crate) removed: Option<Shown<Seconds>>,
    /// Who certified or removed it.
    pub(crate) by: String,
}

impl DeskKey {
    pub(crate) fn of(it: &Certified) -> DeskKey {
        let certificate = &it.certificate;
        let kinds = [
            (MAY_GRANT, "grant"),
            (MAY_GRANT_LENDING, "lend"),
            (MAY_GRANT_EMERGENCY, "emergency"),
        ];
        let kinds = kinds.iter().filter(|(bit, _)| certificate.kinds & bit != 0);
        DeskKey {
            name: it.key.name.clone(),
            state: it.state.name(),
            fingerprint: Shown(RootFingerprint::of(&certificate.public_key)),
            serial: certificate.serial,
            until: shown(certificate.not_after),
            kinds: kinds.map(|(_, name)| *name).collect(),
            manager: certificate.kinds & MANAGER != 0,
            product: Some(it.key.product.clone()).filter(|id| !id.is_empty()),
            max_seats: Some(certificate.max_seats).filter(|it| *it != 0),
            max_grace: Some(certificate.max_grace).filter(|it| *it != 0),
            max_loan: Some(certificate.max_loan).filter(|it| *it != 0),
            max_emergency: Some(certificate.max_emergency).filter(|it| *it != 0),
            removed: shown(it.key.removed),
            by: it.by.clone(),
        }
    }
}

/// What `desk rotate` did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct KeysRotated {
    /// The new one.
    pub(crate) epoch: u8,
    /// The names of the keys that were certified anew.
    pub(crate) keys: Vec<String>,
    /// The ids of the products that have another version.
    pub(crate) products: Vec<String>,
    /// Those that hold what was signed under an earlier epoch.
    pub(crate) machines: Vec<Holder>,
}

/// What `desk replace-root` did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RootReplaced {
    /// Of the root that stays, which is the live one now.
    pub(crate) root_fingerprint: Shown<RootFingerprint>,
    /// Of the new one.
    pub(crate) spare_root_fingerprint: Shown<RootFingerprint>,
    /// The file with the new one.
    pub(crate) spare_root_key: PathBuf,
    pub(crate) epoch: u8,
    /// The names of the keys that were certified anew.
    pub(crate) keys: Vec<String>,
    /// The ids of the products that have another version.
    pub(crate) products: Vec<String>,
    /// Those that hold what the new product file gives up.
    pub(crate) machines: Vec<Holder>,
}

/// A machine with a license.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Holder {
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) activation: Shown<ActivationId>,
}
