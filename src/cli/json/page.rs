//! What `license certificate` prints.

use std::path::PathBuf;

use serde::Serialize;

use super::Shown;
use crate::license_key::LicenseKey;

/// The page of `license certificate`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LicensePage {
    pub(crate) license_key: Shown<LicenseKey>,
    /// Where it was written to; null: nowhere.
    pub(crate) file: Option<PathBuf>,
    /// The page.
    pub(crate) html: String,
}
