//! What is kept of mails that the desk reads by itself (SPEC.md 9.19): none of it changes an answer.

use super::*;

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// All that it asks was done, and mailed where there is something to send back.
    Answered,
    /// It was refused, and that was mailed.
    Refused,
    /// Nothing was mailed, and nobody has to look at it.
    Quiet,
    /// It waits for a person.
    Waiting,
    /// A person had it answered.
    Approved,
    /// A person declined it.
    Declined,
}

impl MailState {
    /// All of them.
    pub const ALL: [MailState; 6] = [
        MailState::Answered,
        MailState::Refused,
        MailState::Quiet,
        MailState::Waiting,
        MailState::Approved,
        MailState::Declined,
    ];

    /// The stable `snake_case` name in the ledger and for JSON, and the word for people.
    pub const fn name(self) -> &'static str {
        match self {
            MailState::Answered => "answered",
            MailState::Refused => "refused",
            MailState::Quiet => "quiet",
            MailState::Waiting => "waiting",
            MailState::Approved => "approved",
            MailState::Declined => "declined",
        }
    }
}

/// Who decided about a mail that waited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct Decided {
    /// Who, as he named himself.
    pub by: String,
    /// When.
    pub at: Seconds,
    /// Why, where he said.
    pub note: Option<String>,
}

/// A mail that the desk read by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(inline))]
pub struct Mail {
    /// Its row; 0 where it has none yet.
    pub id: MailId,
    /// What it is known by when it comes again.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub digest: Digest,
    /// When it was read first.
    pub at: Seconds,
    /// What became of it.
    pub state: MailState,
    /// Why a person is to look at it, by a stable name; empty where nobody is.
    pub why: String,
    /// The same, for people.
    pub said: String,
    /// The address that an answer goes to.
    pub sender: Option<String>,
    /// Its id and those of the mails before it in its thread, the oldest first, with blanks between them.
    pub thread: String,
    /// Its subject.
    pub subject: Option<String>,
    /// The requests that wait, as codes, with an empty line between them.
    pub asks: String,
    /// Who decided about it.
    pub decided: Option<Decided>,
}
