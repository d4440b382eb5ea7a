//! What the commands print that answer mails by themselves, and what waits in the inbox.

use std::path::PathBuf;

use serde::Serialize;

use super::{Named, OneRequest, Proposal, ProposalDeclined, Shown};
use crate::failure::FailureKind;
use crate::issuer::ledger::{Mail, MailState};
use crate::license_key::LicenseKey;
use crate::protocol::date::Seconds;

/// What `desk answer` did with a mail.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AnsweredMail {
    /// `answered`, `refused` (and mailed), `held`, `quiet` (nothing is mailed again), `before` (it was read before), `counted` (a key that was never sold),
    /// `ignored` (no person wrote it) or `left` (it asks for nothing, or the inbox is full: it is for people).
    pub(crate) became: &'static str,
    /// Why, by a stable name: of what is held the kind of the failure, or `list`, `bulk`, `auto_generated`, `suppressed`, `no_person`, `quoted`, `many`,
    /// `not_contact`, `no_sender`, `mailed_enough`.
    pub(crate) why: Option<String>,
    /// The same for people.
    pub(crate) message: String,
    /// Its name in the inbox, such as `M-3`.
    pub(crate) inbox: Option<String>,
    /// Whom the mail in the outbox goes to.
    pub(crate) to: Option<String>,
    /// The mail in the outbox.
    pub(crate) mail: Option<PathBuf>,
    /// What became of each request.
    pub(crate) requests: Vec<RequestOfMail>,
}

/// A request of a mail.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RequestOfMail {
    #[serde(flatten)]
    pub(crate) request: OneRequest,
    /// Null where it is not known.
    pub(crate) license_key: Option<Shown<LicenseKey>>,
    /// `answered`, `taken` (a license was given back), `refused`, `held` or `waiting`.
    pub(crate) became: &'static str,
    /// Why not.
    pub(crate) error: Option<Named<FailureKind>>,
}

/// A mail that waits for a person, or waited.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct HeldMail {
    /// Its name in the inbox, such as `M-3`.
    pub(crate) mail: String,
    /// `waiting`, `approved` or `declined`.
    pub(crate) state: &'static str,
    /// As `desk answer` has it.
    pub(crate) why: String,
    /// The same for people.
    pub(crate) message: String,
    /// The address that it says it comes from.
    pub(crate) sender: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) received: Shown<Seconds>,
    /// The requests that wait.
    pub(crate) requests: Vec<RequestOfMail>,
    pub(crate) decided_by: Option<String>,
    pub(crate) decided: Option<Shown<Seconds>>,
    /// Why it was declined.
    pub(crate) note: Option<String>,
}

impl HeldMail {
    pub(crate) fn of(mail: &Mail, requests: Vec<RequestOfMail>) -> HeldMail {
        // Of what was answered in part the rest waits on.
        let decided = mail.decided.as_ref();
        let decided = decided.filter(|_| mail.state != MailState::Waiting);
        HeldMail {
            mail: name(mail),
            state: mail.state.name(),
            why: mail.why.clone(),
            message: mail.said.clone(),
            sender: mail.sender.clone(),
            subject: mail.subject.clone(),
            received: Shown(mail.at),
            requests,
            decided_by: decided.map(|it| it.by.clone()),
            decided: decided.map(|it| Shown(it.at)),
            note: decided.and_then(|it| it.note.clone()),
        }
    }
}

/// What a mail is called in the inbox.
pub(crate) fn name(mail: &Mail) -> String {
    format!("M-{}", mail.id.0)
}

/// Something that waits in the inbox.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum InboxItem {
    /// Another approves it.
    Proposal(Proposal),
    /// A mail.
    Mail(Box<HeldMail>),
}

/// What `desk inbox approve` did: the object of the command that was proposed, or what became of a mail.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum ApprovedItem {
    #[expect(
        dead_code,
        reason = "the command that was proposed prints its own object"
    )]
    Proposal(Box<super::Approved>),
    Mail(Box<AnsweredMail>),
}

/// What `desk inbox decline` did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum DeclinedItem {
    Proposal(ProposalDeclined),
    Mail(MailDeclined),
}

/// What became of a mail that was declined.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct MailDeclined {
    /// Its name in the inbox.
    pub(crate) mail: String,
    pub(crate) declined: bool,
}
