//! A mail as a mail system hands it over: who wrote it, and what it asks.

use super::Context;
use super::desk_answer_kept as kept;
use crate::cli::failure::Failure;
use crate::cli::{code_input, handed_over, mail, reply};
use crate::failure::FailureKind;
use crate::issuer::ledger::{Mail, MailId, MailState};
use crate::issuer::mails;
use crate::text::{self, Carried, Envelope, ReadError, Reading};

/// A mail, read.
pub(super) struct Incoming {
    pub(super) envelope: Envelope,
    pub(super) reading: Reading,
    /// Its requests, in the order in which they are answered.
    pub(super) all: Vec<Carried>,
    pub(super) sender: Option<String>,
    /// As it is kept; nothing became of it yet.
    pub(super) mail: Mail,
}

/// What a mail is that nothing is done with: what became of it, why by a stable name, and in words.
pub(super) struct Nothing(
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static str,
);

/// The mail on standard input, or why nothing is done with it.
pub(super) fn read(context: &Context, own: &str) -> anyhow::Result<Result<Incoming, Nothing>> {
    let left = |why, said| Ok(Err(Nothing("left", why, said)));
    let bytes = match handed_over::from_stdin() {
        Ok((_, bytes)) => bytes,
        Err(error) if Failure::of(&error).kind == FailureKind::TooLarge => {
            return left(
                "too_large",
                "the mail is too large to look for a request in: it is for people",
            );
        }
        Err(error) => return Err(error),
    };
    let Some(envelope) = text::envelope(&bytes) else {
        return left("no_mail", "what was handed over is no mail");
    };
    let ignored = |why| {
        Ok(Err(Nothing(
            "ignored",
            why,
            "a program wrote it: it is not answered",
        )))
    };
    if let Some(automatic) = envelope.automatic.filter(|it| it.is_answer()) {
        return ignored(automatic.name());
    }
    let is_own = |it: &str| it.eq_ignore_ascii_case(own);
    let from_us = envelope.sender.as_deref().is_some_and(is_own);
    if from_us || envelope.loops.iter().any(|it| is_own(it)) {
        return ignored("own_mail");
    }
    let (reading, all) = match text::read_bytes(&bytes, reply::ANSWERED) {
        Ok(reading) => code_input::all_of(reading, reply::ANSWERED),
        Err(ReadError::Damaged { kind, .. })
            if kind.is_some_and(|it| reply::ANSWERED.contains(&it)) =>
        {
            return left(
                "damaged",
                "a request in it cannot be read: it is for people",
            );
        }
        Err(_) => return left("no_request", "it has no request: it is for people"),
    };
    let sender = mail::sender(reading.sender.as_deref(), Some(own));
    let sender = sender.filter(|it| it.is_ascii());
    let asks = kept::asks(all.iter().map(|it| &it.code))?;
    let digest = mails::known_by(
        envelope.id.as_deref(),
        envelope.date.as_deref(),
        sender.as_deref(),
        &asks,
    );
    let thread: Vec<String> = envelope
        .references
        .iter()
        .chain(&envelope.id)
        .cloned()
        .collect();
    let mail = Mail {
        id: MailId(0),
        digest,
        at: context.environment.now(),
        state: MailState::Answered,
        why: String::new(),
        said: String::new(),
        sender: sender.clone(),
        thread: thread.join(" "),
        subject: envelope.subject.clone(),
        asks,
        decided: None,
    };
    Ok(Ok(Incoming {
        envelope,
        reading,
        all,
        sender,
        mail,
    }))
}
