//! What `respond` prints.

use serde::Serialize;

use super::{Carried, Failing, LoanReplied, Named, OneRequest, Resting, Shown, Warning, WithCode};
use crate::license_key::LicenseKey;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::ActivationId;
use crate::protocol::grant::LicenseType;
use crate::text::Kind;

/// What `respond` replied.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum Replied {
    /// A response code.
    Answer(Box<WithCode<Answer>>),
    /// A response code in a batch, or what would be answered.
    AnswerAlone(Box<Alone<Answer>>),
    /// A license was taken back.
    Receipt(Box<Alone<Receipt>>),
    /// A line of a batch that was not answered.
    NotAnswered(NotAnswered),
    /// The text had several requests: what became of each, and the response codes.
    Several(Box<WithCode<Several>>),
    /// The same where no code is to be sent back, or none yet.
    SeveralAlone(Several),
    /// At a site, a loan or its return.
    Loan(Box<LoanReplied>),
}

/// A reply without the other ways to write its code.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "{T}Alone"))]
pub(crate) struct Alone<T> {
    #[serde(flatten)]
    pub(crate) of: T,
    /// Null where there is none to send back, or none yet.
    pub(crate) code: Option<String>,
    /// The certificate of the key that signed it, as a code: a machine that does not know that key takes both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<String>,
    /// In a batch.
    #[serde(flatten)]
    pub(crate) line: Option<BatchLine>,
    /// Of several requests of a text, the one that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<OneRequest>,
    /// With `--dry-run`, where nothing was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dry_run: Option<bool>,
}

/// A line of a batch.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct BatchLine {
    /// Which, from 1.
    pub(crate) line: u64,
    /// What the object of the line held beside its `code`; numbers as far as 64 bits hold them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) given: Option<serde_json::Map<String, serde_json::Value>>,
}

/// What was granted.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Answer {
    /// Of the answer.
    pub(crate) kind: Named<Kind>,
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) activation: Shown<ActivationId>,
    pub(crate) verdict: &'static str,
    /// What the verdict rests on, in a sentence; of a re-validation.
    pub(crate) evidence: Option<String>,
    pub(crate) warnings: Vec<Warning>,
    /// The product's id.
    pub(crate) product: String,
    pub(crate) customer: String,
    pub(crate) generation: u16,
    pub(crate) seats: u16,
    pub(crate) r#type: Named<LicenseType>,
    pub(crate) issued: Shown<Seconds>,
    /// The last day; null: perpetual.
    pub(crate) expires: Option<Shown<Day>>,
    /// The last day of maintenance; null: forever.
    pub(crate) maintenance: Option<Shown<Day>>,
    /// The last day without another contact; null: never needed.
    pub(crate) revalidate_by: Option<Shown<Day>>,
    #[serde(flatten)]
    pub(crate) carried: Carried,
}

/// A license that was taken back.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Receipt {
    /// Of what was taken.
    pub(crate) kind: Named<Kind>,
    /// Null where its request never arrived.
    pub(crate) license_key: Option<Shown<LicenseKey>>,
    pub(crate) activation: Shown<ActivationId>,
    pub(crate) verdict: &'static str,
    pub(crate) warnings: Vec<Warning>,
    /// The product's id.
    pub(crate) product: Option<String>,
    pub(crate) customer: Option<String>,
    pub(crate) seats_freed: u16,
    /// Seats that do not come free at once.
    pub(crate) resting: Option<Resting>,
    #[serde(flatten)]
    pub(crate) carried: Carried,
}

/// What became of each request of one text, in the order in which they were answered.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Several {
    pub(crate) replies: Vec<OneReply>,
}

/// What became of one of several requests.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum OneReply {
    /// It was answered.
    Answer(Box<Alone<Answer>>),
    /// A license was taken back.
    Receipt(Box<Alone<Receipt>>),
    /// It was not answered.
    NotAnswered(OneNotAnswered),
}

/// One of several requests that was not answered.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct OneNotAnswered {
    pub(crate) request: OneRequest,
    pub(crate) error: Box<Failing>,
}

/// A line of a batch that was not answered.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct NotAnswered {
    #[serde(flatten)]
    pub(crate) line: BatchLine,
    pub(crate) error: Box<Failing>,
}
