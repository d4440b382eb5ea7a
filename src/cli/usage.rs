//! What the parser of the command line refused, from what it says of it as data: not from its words.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::failure::Failure;

/// What is wrong about the arguments, and what may have been meant.
pub(crate) fn failure(error: &clap::Error) -> Failure {
    let arg = said(error, ContextKind::InvalidArg);
    let value = said(error, ContextKind::InvalidValue);
    let message = match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            return Failure::usage("no command").hint("see countersign help");
        }
        ErrorKind::UnknownArgument => format!("unexpected argument '{arg}'"),
        ErrorKind::InvalidSubcommand => {
            let name = said(error, ContextKind::InvalidSubcommand);
            format!("there is no command '{name}'")
        }
        ErrorKind::MissingRequiredArgument => format!("this is missing: {arg}"),
        ErrorKind::ArgumentConflict => conflict(&arg, &said(error, ContextKind::PriorArg)),
        ErrorKind::TooManyValues => format!("unexpected value '{value}' for '{arg}'"),
        ErrorKind::InvalidValue if value.is_empty() => format!("'{arg}' needs a value"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("'{arg}' needs another number of values")
        }
        ErrorKind::NoEquals => format!("'{arg}' takes its value after an equals sign"),
        ErrorKind::InvalidValue => format!("invalid value '{value}' for '{arg}'"),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(|why| format!(": {why}"));
            format!(
                "invalid value '{value}' for '{arg}'{}",
                why.unwrap_or_default()
            )
        }
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        other => other.to_string(),
    };
    Failure::usage(message.trim_end_matches('.')).hint(hints(error).join("; "))
}

fn conflict(arg: &str, prior: &str) -> String {
    match prior {
        "" => format!("'{arg}' cannot be used with what else is there"),
        _ if prior == arg => format!("'{arg}' cannot be used more than once"),
        _ => format!("'{arg}' cannot be used with {prior}"),
    }
}

fn hints(error: &clap::Error) -> Vec<String> {
    let mut hints = Vec::new();
    let possible = said(error, ContextKind::ValidValue);
    if !possible.is_empty() {
        hints.push(format!("possible values: {possible}"));
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
        hints.push(format!("perhaps '{}' is meant", similar.join("' or '")));
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
        hints.push(format!("see {} --help", command.join(" ")));
    } else if hints.is_empty() {
        hints.push("see the command's --help".to_owned());
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
