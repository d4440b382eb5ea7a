//! Failures as people and scripts get them: what is wrong, why, what to do, a stable kind and an exit code.

use std::fmt::Display;
use std::io;

use crate::failure::{Exit, FailureKind};
use crate::holder::{HolderError, StorageError};
#[cfg(feature = "desk")]
use crate::issuer::approvals::ApprovalError;
#[cfg(feature = "desk")]
use crate::issuer::desk::DeskError;
#[cfg(feature = "desk")]
use crate::issuer::history::FollowError;
#[cfg(feature = "desk")]
use crate::issuer::keys::KeysError;
#[cfg(feature = "desk")]
use crate::issuer::ledger::LedgerError;
#[cfg(feature = "desk")]
use crate::issuer::life::LifeError;
#[cfg(feature = "desk")]
use crate::issuer::products::CatalogueError;
#[cfg(feature = "desk")]
use crate::issuer::respond::readopt::ReadoptError;
#[cfg(feature = "desk")]
use crate::issuer::respond::{RespondError, Stopped};
#[cfg(feature = "desk")]
use crate::issuer::restore::RestoreError;
#[cfg(feature = "desk")]
use crate::issuer::seeds::SeedError;
use crate::license_key::LicenseKeyError;
use crate::messages;
use crate::protocol::product::ProductError;
use crate::protocol::wire::WireError;
use crate::seats::{Ruled, SeatError};
#[cfg(feature = "desk")]
use crate::signing::absent::Absent;
#[cfg(feature = "desk")]
use crate::signing::elsewhere::uri::UriError;
#[cfg(feature = "desk")]
use crate::signing::keys::KeyError;
#[cfg(feature = "desk")]
use crate::signing::signer::SignerError;
#[cfg(feature = "site")]
use crate::site::SiteError;
use crate::text::ReadError;

use super::advice::Advice as _;
use super::damaged_rows;
use super::json::{Details, Taken};

/// The same where a program was to be run (`run`), out of the way of that program's own codes: 100 more.
pub(crate) fn beside_a_program(exit: Exit) -> Exit {
    match exit {
        Exit::DONE | Exit::READER_GONE => exit,
        Exit(code) => Exit(code.saturating_add(100)),
    }
}

/// A failure that ends a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The kind's own, unless another program is run.
    pub(crate) exit: Exit,
    pub(crate) kind: FailureKind,
    pub(crate) message: String,
    pub(crate) because: Option<String>,
    pub(crate) hint: String,
    /// What a script can act on, beside the words.
    pub(crate) details: Box<Details>,
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, message: impl Display) -> Failure {
        Failure {
            exit: kind.exit(),
            kind,
            message: without_number(message.to_string()),
            because: None,
            hint: String::new(),
            details: Box::default(),
        }
    }

    /// Adds what a script can act on.
    pub(crate) fn with(mut self, details: impl FnOnce(&mut Details)) -> Failure {
        details(&mut self.details);
        self
    }

    /// The command was called wrongly.
    pub(crate) fn usage(message: impl Display) -> Failure {
        Failure::new(FailureKind::Usage, message)
    }

    pub(crate) fn because(mut self, cause: impl Display) -> Failure {
        let mut text = without_number(cause.to_string());
        if text.chars().nth(1).is_some_and(char::is_lowercase) {
            let first = text.remove(0).to_lowercase();
            text.insert_str(0, &first.to_string());
        }
        self.because = Some(text);
        self
    }

    pub(crate) fn hint(mut self, hint: impl Display) -> Failure {
        self.hint = hint.to_string();
        self
    }

    /// What a command's error is for people and scripts. Causes that the command added stand in front of the library's own words.
    pub(crate) fn of(error: &anyhow::Error) -> Failure {
        let mut failure = known(error).unwrap_or_else(|| {
            Failure::new(FailureKind::Failed, error.root_cause().to_string())
                .hint(messages::failure::try_again())
        });
        let message = without_number(error.to_string());
        if message != failure.message {
            failure
                .because
                .get_or_insert(std::mem::replace(&mut failure.message, message));
        }
        failure
    }
}

/// The system's words without its number: nobody at sea looks up an errno.
fn without_number(mut text: String) -> String {
    while let Some(at) = text.find(" (os error ") {
        let end = text.get(at..).and_then(|rest| rest.find(')'));
        match end {
            Some(length) => text.replace_range(at..=at + length, ""),
            None => text.truncate(at),
        }
    }
    text
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// The rule of a site by which there is no seat, and what to do.
fn ruled<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<(&'a Ruled, String)> {
    if let Some(error @ SeatError::Rule(ruled)) = cause.downcast_ref::<SeatError>() {
        return Some((ruled, error.advice()));
    }
    #[cfg(feature = "site")]
    if let Some(error @ SiteError::Seats(SeatError::Rule(ruled))) = cause.downcast_ref() {
        return Some((ruled, error.advice()));
    }
    None
}

/// The first error of the chain that the libraries below know to explain.
fn known(error: &anyhow::Error) -> Option<Failure> {
    error.chain().find_map(|cause| {
        macro_rules! explain {
            ($($error:ty),*) => {
                $(if let Some(known) = cause.downcast_ref::<$error>() {
                    return Some(explained(known.kind(), cause, known.advice()));
                })*
            };
        }
        #[cfg(feature = "desk")]
        if let Some(RespondError::Refused(refusal)) = cause.downcast_ref::<RespondError>() {
            let failure = explained(refusal.kind(), cause, refusal.advice());
            let (verdict, evidence) = refusal.evidence().unzip();
            return Some(failure.with(|details| {
                details.verdict = verdict.map(str::to_owned);
                details.evidence = evidence;
            }));
        }
        #[cfg(feature = "desk")]
        if let Some(error @ FollowError::OtherHistory { restored, .. }) =
            cause.downcast_ref::<FollowError>()
        {
            let failure = explained(error.kind(), cause, error.advice());
            return Some(failure.with(|details| details.restored = Some(restored.clone())));
        }
        if let Some(SeatError::NoSeat { lacks, look }) = cause.downcast_ref::<SeatError>() {
            let failure = explained(
                FailureKind::NoSeat,
                cause,
                messages::advice::no_seat().to_owned(),
            );
            return Some(failure.with(|details| {
                details.pool = Some(lacks.clone());
                details.seats = Some(look.seats);
                details.in_use = Some(look.in_use());
                details.waiting = Some(look.waiting);
                details.taken = Some(look.taken.iter().map(|it| Taken::of(it, None)).collect());
            }));
        }
        if let Some((ruled, advice)) = ruled(cause) {
            let failure = explained(FailureKind::Rule, cause, advice);
            return Some(failure.with(|details| {
                details.line = Some(ruled.line);
                details.rule = Some(ruled.rule.clone());
            }));
        }
        explain!(SeatError, HolderError, StorageError, ProductError);
        #[cfg(feature = "site")]
        explain!(SiteError);
        #[cfg(feature = "desk")]
        explain!(
            RespondError,
            Stopped,
            SignerError,
            LifeError,
            LedgerError,
            DeskError,
            RestoreError,
            FollowError,
            ReadoptError,
            KeyError,
            SeedError,
            CatalogueError,
            ApprovalError,
            KeysError,
            Absent,
            UriError
        );
        if let Some(failure) = cause.downcast_ref::<Failure>() {
            return Some(failure.clone());
        }
        if let Some(unread) = cause.downcast_ref::<ReadError>() {
            let rows = match unread {
                ReadError::Damaged { rows, .. } => Some(damaged_rows::rows(rows)),
                ReadError::NoCode
                | ReadError::NotACode { .. }
                | ReadError::Attached { .. }
                | ReadError::OtherKind { .. } => None,
            };
            let failure = explained(unread.kind(), cause, unread.hint().to_owned());
            return Some(failure.with(|details| details.rows = rows));
        }
        if let Some(malformed) = cause.downcast_ref::<WireError>() {
            let advice = messages::advice::malformed().to_owned();
            return Some(explained(FailureKind::Malformed, malformed, advice));
        }
        if let Some(mistyped) = cause.downcast_ref::<LicenseKeyError>() {
            return Some(explained(
                mistyped.kind(),
                cause,
                mistyped.hint().to_owned(),
            ));
        }
        let io = cause.downcast_ref::<io::Error>()?;
        let advice = messages::failure::io_hint().to_owned();
        Some(explained(FailureKind::of_io(io), cause, advice))
    })
}

fn explained(
    kind: FailureKind,
    cause: &(dyn std::error::Error + 'static),
    advice: String,
) -> Failure {
    let failure = Failure::new(kind, cause.to_string()).hint(advice);
    match reason(cause) {
        Some(reason) if !failure.message.contains(&reason) => failure.because(reason),
        _ => failure,
    }
}

/// The innermost cause: what the system said, where it said something.
fn reason(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    std::iter::successors(error.source(), |cause| cause.source())
        .last()
        .map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_numbers_are_left_out() {
        let said = |text: &str| Failure::new(FailureKind::Io, text).because(text);
        let failure = said("ledger.db: Input/output error (os error 5)");
        assert_eq!(failure.message, "ledger.db: Input/output error");
        assert_eq!(
            failure.because.as_deref(),
            Some("ledger.db: Input/output error")
        );
        assert_eq!(said("a (os error 5), b (os error 28)").message, "a, b");
        assert_eq!(said("torn (os error 5").message, "torn");

        let io = || std::io::Error::from_raw_os_error(5);
        let ledger = LedgerError::Io(format!("ledger.db: {}", io()));
        let failure = Failure::of(&ledger.into());
        assert!(!failure.message.contains("os error"), "{failure}");
        assert_eq!(failure.because, None);
    }
}
