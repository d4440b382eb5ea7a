//! A code as an argument, a file, a pipe or typed at a prompt, and its reading.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use crate::text::{self, Kind, ReadError, Reading};

use super::Context;
use super::exit::Exit;
use super::failure::Failure;

/// Most bytes read from a pipe or a file.
const MOST: u64 = 16 << 20;

/// The code itself in any number of words, `-`, `@FILE` or a path.
#[derive(clap::Args)]
pub(crate) struct CodeArgs {
    /// The code, in any number of words; `-` reads standard input, `@FILE` or a path a file with any text around the code
    #[arg(value_name = "CODE")]
    words: Vec<String>,
}

impl CodeArgs {
    /// Finds a code of a `wanted` kind in what was given, saying on stderr what was mended.
    pub(crate) fn read(&self, context: &mut Context, wanted: &[Kind]) -> anyhow::Result<Reading> {
        let reading = match self.source()? {
            Source::Text(text) => find(&text, wanted)?,
            Source::Bytes(bytes) => find_in_bytes(&bytes, wanted)?,
            Source::Prompt => super::prompt::ask(context, wanted)?,
        };
        if !reading.corrections.is_empty() {
            context.out.say(corrected(&reading));
        }
        if let Some(row) = reading.restored {
            context
                .out
                .say(format_args!("row {row} was restored from the spare row"));
        }
        if !reading.others.is_empty() {
            let kinds = super::words::list(reading.others.iter().map(|kind| kind.noun()));
            context.out.say(format_args!(
                "the text also contains: {kinds}; the {} was taken",
                reading.code.kind().noun()
            ));
        }
        Ok(reading)
    }

    fn source(&self) -> anyhow::Result<Source> {
        match self.words.as_slice() {
            [] if io::stdin().is_terminal() => Ok(Source::Prompt),
            [] => from_stdin().map(Source::Bytes),
            [word] if word == "-" => from_stdin().map(Source::Bytes),
            [word] => match word.strip_prefix('@') {
                Some(path) => bytes_of(Path::new(path)).map(Source::Bytes),
                None if Path::new(word).is_file() || names_a_file(word) => {
                    bytes_of(Path::new(word)).map(Source::Bytes)
                }
                None => Ok(Source::Text(word.clone())),
            },
            words => Ok(Source::Text(words.join(" "))),
        }
    }
}

/// Whether a word can only be meant as a path: no code has a slash or an extension.
fn names_a_file(word: &str) -> bool {
    let extension = Path::new(word).extension().and_then(|it| it.to_str());
    let known = extension.is_some_and(|it| (2..=4).contains(&it.len()) && !word.contains(':'));
    known || word.contains(std::path::MAIN_SEPARATOR)
}

enum Source {
    Text(String),
    Bytes(Vec<u8>),
    Prompt,
}

/// Finds a code of a `wanted` kind in a text.
pub(crate) fn find(text: &str, wanted: &[Kind]) -> anyhow::Result<Reading> {
    text::read(text, wanted).map_err(unread)
}

/// Finds a code of a `wanted` kind in what a file holds: a mail, a text in any common encoding, a picture.
fn find_in_bytes(bytes: &[u8], wanted: &[Kind]) -> anyhow::Result<Reading> {
    if text::photo::is_picture(bytes) {
        return find(&super::picture::text(bytes)?, wanted);
    }
    text::read_bytes(bytes, wanted).map_err(unread)
}

fn unread(error: ReadError) -> anyhow::Error {
    match error {
        ReadError::OtherKind { code } => other_kind(code.kind()).into(),
        error => error.into(),
    }
}

/// A good code in the wrong place: where does it belong?
fn other_kind(kind: Kind) -> Failure {
    let hint = match kind {
        Kind::Grant => "it is an answer: the machine that asked takes it with countersign apply",
        Kind::Activate | Kind::Sync | Kind::Return => {
            "it goes to the vendor's desk; the desk's answer begins with RSP1 and is entered here"
        }
        Kind::Borrow | Kind::LoanReturn => "it goes to whoever lends the seats at the site",
        Kind::Loan | Kind::LoanWithCertificate | Kind::SiteCard => {
            "it is for the workstation that borrows the seat"
        }
        Kind::DeskCertificate => "it is for machines: countersign apply",
        Kind::Emergency => "it is for the machine whose license is overdue: countersign apply",
    };
    let message = format!(
        "this is a {}, which is not what is wanted here",
        kind.noun()
    );
    Failure::new(Exit::NOT_FOR_THIS, "wrong_kind", message).hint(hint)
}

/// The places that were corrected, for scripts.
pub(crate) fn corrections(reading: &Reading) -> Vec<String> {
    reading
        .corrections
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// "2 characters corrected: row 3 group 2 and row 5 group 1".
fn corrected(reading: &Reading) -> String {
    let characters = super::words::count(reading.corrections.len() as u64, "character");
    format!(
        "{characters} corrected: {}",
        super::words::list(&reading.corrections)
    )
}

fn from_stdin() -> anyhow::Result<Vec<u8>> {
    let unreadable = |error: io::Error| {
        Failure::failed("input", "standard input cannot be read")
            .because(error)
            .hint("try again")
    };
    read_all(io::stdin().lock(), "standard input", unreadable)
}

/// The text of a file that carries no code.
pub(crate) fn from_file(path: &Path) -> anyhow::Result<String> {
    Ok(String::from_utf8_lossy(&bytes_of(path)?).into_owned())
}

fn bytes_of(path: &Path) -> anyhow::Result<Vec<u8>> {
    let unreadable = |error: io::Error| {
        Failure::failed("no_file", format!("{} cannot be read", path.display()))
            .because(error)
            .hint("look at the name of the file")
    };
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    if length > MOST {
        return Err(too_large(&path.display().to_string(), length).into());
    }
    read_all(file, &path.display().to_string(), unreadable)
}

fn read_all(
    from: impl Read,
    name: &str,
    unreadable: impl FnOnce(io::Error) -> Failure,
) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MOST + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > MOST {
        return Err(too_large(name, bytes.len() as u64).into());
    }
    Ok(bytes)
}

fn too_large(name: &str, length: u64) -> Failure {
    Failure::new(
        Exit::NO_CODE,
        "too_large",
        format!(
            "{name} is too large to look for a code in: more than {} MiB",
            length >> 20
        ),
    )
    .hint("hand over the part of the text with the code: up to 16 MiB are read")
}
