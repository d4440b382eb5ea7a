//! What the commands print that keep a ledger safe.

use std::path::PathBuf;

use serde::Serialize;

use super::{Named, Shown};
use crate::failure::FailureKind;
use crate::license_key::LicenseKey;
use crate::protocol::date::Seconds;
use crate::protocol::digest::ActivationId;

/// What `ledger export` wrote.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ExportedLedger {
    pub(crate) file: PathBuf,
    /// Rows of all tables: two fewer than the file has lines.
    pub(crate) rows: u64,
    pub(crate) events: u64,
    /// When the last of them was made.
    pub(crate) last: Shown<Seconds>,
    /// The head of the history's chain, in hexadecimal digits.
    pub(crate) head: String,
}

/// What `ledger import` made a ledger of.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ImportedLedger {
    /// Events of the export.
    pub(crate) events: u64,
    /// When the last of them was made.
    pub(crate) last: Shown<Seconds>,
    /// The head of their chain, in hexadecimal digits.
    pub(crate) head: String,
    /// Whether the history says that an earlier state was put back.
    pub(crate) noted: bool,
}

/// What `ledger readopt` took back.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Readopted {
    /// By machines, those that were answered last first.
    pub(crate) machines: Vec<MachineTakenBack>,
    /// Response codes that prove nothing here.
    pub(crate) unproven: Vec<NotTakenBack>,
    /// Return codes that were taken now.
    pub(crate) returned: u64,
}

/// The answers of one activation.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct MachineTakenBack {
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) activation: Shown<ActivationId>,
    /// When its latest answer was given.
    pub(crate) issued: Shown<Seconds>,
    /// Answers that are known now and were not.
    pub(crate) answers: u64,
    /// The latest that is known; null where it was not taken back.
    pub(crate) generation: Option<u16>,
    /// `known` as it was, `new` or `changed`: as the answer grants it; null where it was not taken back.
    pub(crate) license: Option<&'static str>,
    /// What changed of the license, in words.
    pub(crate) changes: Vec<String>,
    /// Why it was not taken back; null where it was.
    pub(crate) error: Option<NotTakenBack>,
}

/// Why something was not taken back.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct NotTakenBack {
    /// The words by which its code is known; null where its machine is named.
    pub(crate) phrase: Option<String>,
    pub(crate) kind: Named<FailureKind>,
    pub(crate) message: String,
    /// What to do.
    pub(crate) hint: String,
}
