//! What the parser of the command line refused, from what it says of it as data: not from its words.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::failure::Failure;
use crate::messages;

/// What is wrong about the arguments, and what may have been meant.
pub(crate) fn failure(error: &clap::Error) -> Failure {
    let arg = said(error, ContextKind::InvalidArg);
    let value = said(error, ContextKind::InvalidValue);
    let message = match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            return Failure::usage(messages::usage::no_command())
                .hint(messages::usage::no_command_hint());
        }
        ErrorKind::UnknownArgument => messages::usage::unexpected_argument(&arg).to_string(),
        ErrorKind::InvalidSubcommand => {
            let name = said(error, ContextKind::InvalidSubcommand);
            messages::usage::unknown_command(&name).to_string()
        }
        ErrorKind::MissingRequiredArgument => messages::usage::missing_argument(&arg).to_string(),
        ErrorKind::ArgumentConflict => conflict(&arg, &said(error, ContextKind::PriorArg)),
        ErrorKind::TooManyValues => messages::usage::unexpected_value(&arg, &value).to_string(),
        ErrorKind::InvalidValue if value.is_empty() => {
            messages::usage::value_missing(&arg).to_string()
        }
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            messages::usage::values_missing(&arg).to_string()
        }
        ErrorKind::NoEquals => messages::usage::no_equals(&arg).to_string(),
        ErrorKind::InvalidValue => messages::usage::invalid_value(&arg, &value).to_string(),
        ErrorKind::ValueValidation => match std::error::Error::source(error) {
            Some(why) => messages::usage::invalid_value_why(&arg, &value, why).to_string(),
            None => messages::usage::invalid_value(&arg, &value).to_string(),
        },
        ErrorKind::InvalidUtf8 => messages::usage::not_utf8().to_owned(),
        other => other.to_string(),
    };
    Failure::usage(message.trim_end_matches('.')).hint(hints(error).join("; "))
}

fn conflict(arg: &str, prior: &str) -> String {
    match prior {
        "" => messages::usage::conflict(&arg).to_string(),
        _ if prior == arg => messages::usage::twice(&arg).to_string(),
        _ => messages::usage::conflict_with(&arg, &prior).to_string(),
    }
}

fn hints(error: &clap::Error) -> Vec<String> {
    let mut hints = Vec::new();
    let possible = said(error, ContextKind::ValidValue);
    if !possible.is_empty() {
        hints.push(messages::usage::possible_values(&possible).to_string());
    }
    for kind in [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ] {
        let similar = match error.get(kind) {
            Some(ContextValue::String(one)) => vec![one.clone()],
            Some(ContextValue::Strings(several)) => several.clone(),
            _ => continue,
        };
        hints.push(messages::usage::perhaps(similar.join("' or '")).to_string());
    }
    if let Some(ContextValue::StyledStrs(tips)) = error.get(ContextKind::Suggested) {
        hints.extend(tips.iter().map(ToString::to_string));
    }
    let usage = said(error, ContextKind::Usage);
    let command: Vec<&str> = usage
        .split_whitespace()
        .skip_while(|word| *word != "countersign")
        .take_while(|word| word.starts_with(|first: char| first.is_ascii_lowercase()))
        .collect();
    if !command.is_empty() {
        hints.push(messages::usage::see_help(command.join(" ")).to_string());
    } else if hints.is_empty() {
        hints.push(messages::usage::see_help_of_command().to_owned());
    }
    hints
}

/// What the parser says of an error under `kind`; empty where it says nothing.
fn said(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(list)) => list.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
