//! What `site rules` prints.

use serde::Serialize;

use super::Shown;
use crate::license_key::LicenseKey;

/// The rules of a license's seats, of `site rules show` and `site rules set`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SiteRules {
    pub(crate) product: String,
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) rules: Vec<SiteRule>,
    /// All of it, comments among it.
    pub(crate) text: String,
    /// Whether they were otherwise before; null: they were only looked at.
    pub(crate) changed: Option<bool>,
}

/// A rule.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SiteRule {
    /// The number of its line, from 1.
    pub(crate) line: u16,
    /// The line without its comment.
    pub(crate) rule: String,
}

/// What somebody would be told who asked for a seat, of `site rules test`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RuleTested {
    pub(crate) product: String,
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) user: String,
    pub(crate) workstation: Option<String>,
    pub(crate) features: Vec<String>,
    /// The number of the line that decides, from 1; null: none does.
    pub(crate) line: Option<u16>,
    /// That line without its comment.
    pub(crate) rule: Option<String>,
    /// Whether there would be a seat now.
    pub(crate) seat: bool,
    /// The seat that would be shared.
    pub(crate) shares: Option<u16>,
    /// Why there would be none: `rule` or `no_seat`.
    pub(crate) kind: Option<&'static str>,
    /// The same in words.
    pub(crate) message: Option<String>,
}
