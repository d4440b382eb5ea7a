//! What `desk report` prints, and what a desk keeps beside its history.

use serde::Serialize;

use super::{HeldMail, ListedLicense, Shown};
use crate::issuer::ledger::Said;
use crate::license_key::LicenseKey;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::ActivationId;

/// A line of `desk report`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum Reported {
    License(Box<InReport<ListedLicense>>),
    Held(InReport<HeldCase>),
    Proposed(InReport<super::Proposal>),
    Mail(Box<InReport<HeldMail>>),
    Refused(InReport<RefusedRequest>),
    UnknownKeys(InReport<UnknownKeys>),
    Product(InReport<ProductUse>),
}

/// What a line of a report is of.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "{T}InReport"))]
pub(crate) struct InReport<T> {
    /// `expires` and `maintenance_ends`, a last day comes; `overdue`; `held`, the clerk or the manager decides; `proposed`, another's approval is waited for; `inbox`, a mail waits; `refused`, in the last 14 days and not answered since; `unknown_keys`; `product`.
    pub(crate) section: &'static str,
    #[serde(flatten)]
    pub(crate) of: T,
}

/// A request that was refused until the clerk or the manager decides.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct HeldCase {
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) customer: String,
    pub(crate) contact: Option<String>,
    /// The activation that it was for, or that the machine fits which asked.
    pub(crate) activation: Shown<ActivationId>,
    pub(crate) since: Shown<Seconds>,
    /// The verdict on it.
    pub(crate) verdict: String,
    /// What that rests on, in a sentence.
    pub(crate) evidence: String,
}

/// A request that was refused, of which the history does not tell.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RefusedRequest {
    /// When, for the first time.
    pub(crate) at: Shown<Seconds>,
    pub(crate) license_key: Shown<LicenseKey>,
    /// What the machine calls its activation.
    pub(crate) activation: Shown<ActivationId>,
    /// The read-back phrase of the request.
    pub(crate) phrase: String,
    /// Of the refusal (FAILURES.md).
    pub(crate) kind: String,
    pub(crate) message: String,
    /// The address of the mail that it came in; null: not known.
    pub(crate) sender: Option<String>,
    /// Whether somebody at the desk decides about it still.
    pub(crate) held: bool,
    /// Whether the machine was answered since.
    pub(crate) answered: bool,
}

/// What was sold of a product, void licenses left out.
#[derive(Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ProductUse {
    /// The product's id.
    pub(crate) product: String,
    pub(crate) licenses: u64,
    /// Licenses that a machine holds.
    pub(crate) in_use: u64,
    /// Those that are revoked or expired.
    pub(crate) over: u64,
    /// Seats in all, of licenses that are not over.
    pub(crate) seats: u64,
    /// Seats that machines hold, of licenses that are not over.
    pub(crate) seats_taken: u64,
}

/// Requests with keys that were never sold.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct UnknownKeys {
    /// The address of the mails; null: not known.
    pub(crate) sender: Option<String>,
    pub(crate) requests: u32,
}

/// What a mail says of a machine.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct MailSays {
    pub(crate) host: Option<String>,
    /// Names that it is bound to, each with its value.
    pub(crate) bound_to: std::collections::BTreeMap<String, String>,
    /// The day of the answer to the request.
    pub(crate) on: Shown<Day>,
}

impl MailSays {
    pub(crate) fn of(said: &Said) -> MailSays {
        MailSays {
            host: said.host.clone(),
            bound_to: said.bound.iter().cloned().collect(),
            on: Shown(said.day),
        }
    }
}

/// What `license note` did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Noted {
    pub(crate) license_key: Shown<LicenseKey>,
    /// The activation that it is of; null: the license itself.
    pub(crate) activation: Option<Shown<ActivationId>>,
    pub(crate) note: String,
}
