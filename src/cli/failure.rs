//! Failures as people and scripts get them: what is wrong, why, what to do, a stable kind and an exit code.

use std::io;

use clap::error::ErrorKind;
use serde_json::{Map, Value, json};

use crate::holder::{HolderError, StorageError};
#[cfg(feature = "desk")]
use crate::issuer::desk::DeskError;
#[cfg(feature = "desk")]
use crate::issuer::keys::KeyError;
#[cfg(feature = "desk")]
use crate::issuer::ledger::LedgerError;
#[cfg(feature = "desk")]
use crate::issuer::life::LifeError;
#[cfg(feature = "desk")]
use crate::issuer::products::CatalogueError;
#[cfg(feature = "desk")]
use crate::issuer::respond::RespondError;
use crate::license_key::LicenseKeyError;
use crate::protocol::product::ProductError;
use crate::text::ReadError;

use super::exit::Exit;
use super::verdicts;

/// A failure that ends a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// Stable snake_case name.
    pub(crate) kind: &'static str,
    pub(crate) message: String,
    pub(crate) because: Option<String>,
    pub(crate) hint: String,
    /// What a script can act on, beside the words.
    pub(crate) details: Map<String, Value>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, kind: &'static str, message: impl Into<String>) -> Failure {
        Failure {
            exit,
            kind,
            message: without_number(message.into()),
            because: None,
            hint: String::new(),
            details: Map::new(),
        }
    }

    /// Adds what a script can act on; `null` and whatever is no object adds nothing.
    pub(crate) fn with(mut self, details: Value) -> Failure {
        if let Value::Object(details) = details {
            self.details.extend(details);
        }
        self
    }

    /// Something outside the rules: input, output, a locked ledger.
    pub(crate) fn failed(kind: &'static str, message: impl Into<String>) -> Failure {
        Failure::new(Exit::FAILED, kind, message)
    }

    /// The command was called wrongly.
    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure::new(Exit::USAGE, "usage", message)
    }

    pub(crate) fn because(mut self, cause: impl std::fmt::Display) -> Failure {
        let mut text = without_number(cause.to_string());
        if text.chars().nth(1).is_some_and(char::is_lowercase) {
            let first = text.remove(0).to_lowercase();
            text.insert_str(0, &first.to_string());
        }
        self.because = Some(text);
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = hint.into();
        self
    }

    /// What a command's error is for people and scripts. Causes that the command added stand in front of the library's own words.
    pub(crate) fn of(error: &anyhow::Error) -> Failure {
        let mut failure = known(error).unwrap_or_else(|| {
            Failure::failed("failed", error.root_cause().to_string()).hint("try again")
        });
        let message = without_number(error.to_string());
        if message != failure.message {
            failure
                .because
                .get_or_insert(std::mem::replace(&mut failure.message, message));
        }
        failure
    }

    /// What stands under `error` in JSON.
    pub(crate) fn object(&self) -> Value {
        let mut object = json!({
            "exit": self.exit.0,
            "kind": self.kind,
            "message": self.message,
            "because": self.because,
            "hint": self.hint,
        });
        if let Some(map) = object.as_object_mut() {
            map.extend(self.details.clone());
        }
        object
    }

    /// What clap refused: its first paragraph as one line, and of the rest what helps.
    pub(crate) fn from_usage(error: &clap::Error) -> Failure {
        if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            return Failure::usage("no command").hint("see countersign help");
        }
        let text = error.to_string();
        let mut paragraphs = text
            .split("\n\n")
            .map(|paragraph| paragraph.lines().map(str::trim).collect::<Vec<_>>());
        let first = paragraphs.next().unwrap_or_default();
        let (choices, message): (Vec<&str>, Vec<&str>) = first
            .into_iter()
            .partition(|line| line.starts_with('[') && line.contains(": "));
        let message = message.join(" ");
        let rest: Vec<&str> = paragraphs.flatten().collect();
        let tips = rest.iter().filter_map(|line| line.strip_prefix("tip: "));
        let choices = choices
            .iter()
            .map(|line| line.trim_matches(['[', ']']))
            .chain(tips);
        let mut hints: Vec<String> = choices.map(str::to_owned).collect();
        match called(&rest) {
            Some(command) => hints.push(format!("see {command} --help")),
            None if hints.is_empty() => hints.push("see the command's --help".to_owned()),
            None => {}
        }
        let message = message.strip_prefix("error: ").unwrap_or(&message);
        let message = message.replace(
            "the following required arguments were not provided",
            "this is missing",
        );
        Failure::usage(message.trim_end_matches('.')).hint(hints.join("; "))
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

/// The command that was called, as its line of usage has it, where there is one.
fn called(lines: &[&str]) -> Option<String> {
    let usage = lines.iter().find_map(|line| line.strip_prefix("Usage: "))?;
    let words = usage.split(' ');
    let words: Vec<&str> = words
        .take_while(|word| word.starts_with(|first: char| first.is_ascii_lowercase()))
        .collect();
    Some(words.join(" "))
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// The first error of the chain that the libraries below know to explain.
fn known(error: &anyhow::Error) -> Option<Failure> {
    error.chain().find_map(|cause| {
        let explained = |kind: &'static str, hint: String| {
            let failure = Failure::new(exit_of(kind), kind, cause.to_string()).hint(hint);
            Some(match reason(cause) {
                Some(reason) if !failure.message.contains(&reason) => failure.because(reason),
                _ => failure,
            })
        };
        macro_rules! explain {
            ($($error:ty),*) => {
                $(if let Some(cause) = cause.downcast_ref::<$error>() {
                    return explained(cause.kind(), cause.hint().to_string());
                })*
            };
        }
        #[cfg(feature = "desk")]
        if let Some(RespondError::Refused(refusal)) = cause.downcast_ref::<RespondError>() {
            let failure = explained(refusal.kind(), refusal.hint())?;
            let verdict = refusal.evidence().map(|(verdict, evidence)| json!({ "verdict": verdict, "evidence": evidence }));
            return Some(failure.with(verdict.unwrap_or_default()));
        }
        explain!(HolderError, StorageError);
        #[cfg(feature = "desk")]
        explain!(RespondError, LifeError, LedgerError, DeskError, KeyError, CatalogueError);
        if let Some(failure) = cause.downcast_ref::<Failure>() {
            return Some(failure.clone());
        }
        if let Some(usage) = cause.downcast_ref::<clap::Error>() {
            return Some(Failure::from_usage(usage));
        }
        if let Some(unread) = cause.downcast_ref::<ReadError>() {
            let kind = match unread {
                ReadError::NoCode => "no_code",
                ReadError::OtherKind { .. } => "wrong_kind",
                ReadError::Damaged { .. } => "damaged",
            };
            let failure = explained(kind, unread.hint().to_string())?;
            return Some(match unread {
                ReadError::Damaged { rows, .. } => {
                    failure.with(json!({ "rows": verdicts::rows(rows) }))
                }
                _ => failure,
            });
        }
        if let Some(mistyped) = cause.downcast_ref::<LicenseKeyError>() {
            return explained("mistyped_key", mistyped.hint().to_string());
        }
        if let Some(product) = cause.downcast_ref::<ProductError>() {
            let (kind, hint) = match product {
                ProductError::NotAProduct => ("not_a_product_file", "name the file that `product export` wrote"),
                _ => ("bad_product_file", "get the product file from the vendor again, as a file and not as text in a mail"),
            };
            return explained(kind, hint.to_owned());
        }
        cause.downcast_ref::<io::Error>().and_then(|io| explained(io_kind(io), "look at the disk and at who may read and write there".to_owned()))
    })
}

/// The innermost cause: what the system said, where it said something.
fn reason(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    std::iter::successors(error.source(), |cause| cause.source())
        .last()
        .map(ToString::to_string)
}

fn io_kind(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "disk_full",
        io::ErrorKind::ReadOnlyFilesystem => "read_only",
        io::ErrorKind::PermissionDenied => "no_permission",
        _ => "io",
    }
}

/// The exit code of a kind of failure (README, "Exit codes"); whatever is not a rule's word is a plain failure.
fn exit_of(kind: &str) -> Exit {
    match kind {
        "bad_order" | "nothing_to_change" | "which_activation" | "unknown_product"
        | "catalogue_shrinks" | "bad_product" | "unknown_binding" | "missing_binding"
        | "bad_machine_value" => Exit::USAGE,
        "no_code" | "damaged" | "mistyped_key" | "not_a_product_file" => Exit::NO_CODE,
        "wrong_kind" | "other_request" | "other_emergency" | "other_product" | "unknown_key"
        | "unknown_license" | "unknown_activation" | "unknown_generation" | "malformed"
        | "malformed_code" | "commitment_used" => Exit::NOT_FOR_THIS,
        "not_trusted" | "other_root" | "bad_product_file" | "damaged_state" | "foreign_key"
        | "not_a_root" | "desk_limit" | "ledger_schema" => Exit::NOT_TRUSTED,
        "no_seat_free" | "expired" | "revoked" | "given_up" | "overtaken" | "needs_supersede"
        | "no_emergency" | "emergency_used_up" | "held_for_manager" | "needs_bindings"
        | "needs_site_key" | "new_site_key" | "unbound" | "not_asked_for" | "last_generation"
        | "same_name" | "too_many_early" | "weak_machine" | "other_usb" | "not_held"
        | "unfit_site_key" | "until_past" | "already_licensed" => Exit::REFUSED,
        _ => Exit::FAILED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_numbers_are_left_out() {
        let said = |text: &str| Failure::failed("io", text).because(text);
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
