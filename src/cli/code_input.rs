//! A code as an argument, a file, a pipe or typed at a prompt, and its reading.

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::path::Path;

use crate::license_key::{LicenseKey, LicenseKeyError};
use crate::messages;
use crate::text::{self, Judgeable, Kind, ReadError, Thing};
#[cfg(feature = "site")]
use crate::text::{Carried, Damage, Reading, Standing};

use super::Context;
use super::failure::Failure;
use super::handed_over;
use crate::failure::FailureKind;

/// The code itself in any number of words, `-`, `@FILE` or a path.
#[derive(clap::Args)]
pub(crate) struct CodeArgs {
    /// The code, in any number of words; `-` reads standard input, `@FILE` or a path a file with any text around the code
    #[arg(value_name = "CODE")]
    words: Vec<OsString>,
}

impl CodeArgs {
    /// Finds the codes in what was given, of which one is of a `wanted` kind; nothing is said of them, for whoever chooses among them first.
    #[cfg(feature = "site")]
    pub(crate) fn read_silently(
        &self,
        context: &mut Context,
        wanted: &[Kind],
    ) -> anyhow::Result<Reading> {
        self.read_judgeable(context, wanted, |read| read.result)
    }

    /// Finds the codes in what was given; `judge` says which is taken, as whoever holds the chains of licenses can.
    pub(crate) fn read_judgeable<T>(
        &self,
        context: &mut Context,
        wanted: &[Kind],
        judge: impl Fn(Judgeable) -> Result<T, ReadError>,
    ) -> anyhow::Result<T> {
        match self.source()? {
            Source::Word(word) => {
                find(&word, wanted, judge).map_err(|error| nor_a_file(error, &word))
            }
            Source::Words(words) => find_in_words(&words, wanted, judge),
            Source::Bytes(name, bytes) => find_in_bytes(&name, &bytes, wanted, judge),
            Source::Prompt => super::prompt::ask(context, wanted, judge),
        }
    }

    fn source(&self) -> anyhow::Result<Source> {
        match self.words.as_slice() {
            [] if io::stdin().is_terminal() => Ok(Source::Prompt),
            [] => Source::bytes(handed_over::from_stdin()),
            [word] if word == "-" => Source::bytes(handed_over::from_stdin()),
            [word] => match word.to_str() {
                // No code, then; a file may be called anything.
                None => Source::bytes(handed_over::in_file(Path::new(word))),
                Some(text) => match text.strip_prefix('@') {
                    Some(path) => Source::bytes(handed_over::in_file(Path::new(path))),
                    None if Path::new(word).exists() || names_a_file(text) => {
                        Source::bytes(handed_over::in_file(Path::new(word)))
                    }
                    None => Ok(Source::Word(text.to_owned())),
                },
            },
            words => Ok(Source::Words(
                words
                    .iter()
                    .map(|word| word.to_string_lossy().into_owned())
                    .collect(),
            )),
        }
    }
}

/// Whether a word can only be meant as a path: no code has a slash or an extension.
fn names_a_file(word: &str) -> bool {
    let extension = Path::new(word).extension().and_then(|it| it.to_str());
    let known = extension.is_some_and(|it| (2..=4).contains(&it.len()) && !word.contains(':'));
    known || word.contains(std::path::MAIN_SEPARATOR)
}

/// Whether a word is the name of a picture, as somebody writes it after `--qr`.
fn names_a_picture(word: &str) -> bool {
    let extension = Path::new(word).extension().and_then(|it| it.to_str());
    extension.is_some_and(|it| {
        ["png", "svg"]
            .iter()
            .any(|known| it.eq_ignore_ascii_case(known))
    })
}

enum Source {
    /// One argument, which may have been meant as a file.
    Word(String),
    /// Several arguments, together one text.
    Words(Vec<String>),
    /// What it is called, and what it holds.
    Bytes(String, Vec<u8>),
    Prompt,
}

impl Source {
    fn bytes(handed_over: anyhow::Result<(String, Vec<u8>)>) -> anyhow::Result<Source> {
        let (name, bytes) = handed_over?;
        Ok(Source::Bytes(name, bytes))
    }
}

/// Finds a code in several words, none of which is to be a file.
fn find_in_words<T>(
    words: &[String],
    wanted: &[Kind],
    judge: impl Fn(Judgeable) -> Result<T, ReadError>,
) -> anyhow::Result<T> {
    let stray = |word: &String| {
        Failure::usage(messages::code::no_part(&word).to_string())
            .hint(messages::code::no_part_hint())
            .into()
    };
    if let Some(picture) = words.iter().find(|word| names_a_picture(word)) {
        return Err(stray(picture));
    }
    find(&words.join(" "), wanted, judge).map_err(|error| {
        let file = words.iter().find(|word| Path::new(word).is_file());
        let no_code = is_no_code(&error);
        file.filter(|_| no_code).map_or(error, stray)
    })
}

fn is_no_code(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(ReadError::NoCode))
}

/// One word that is no code: perhaps it was to be a file.
fn nor_a_file(error: anyhow::Error, word: &str) -> anyhow::Error {
    if !is_no_code(&error) || word.trim().is_empty() || word.contains(char::is_whitespace) {
        return error;
    }
    Failure::new(FailureKind::NoCode, messages::code::nor_a_file())
        .hint(messages::code::nor_a_file_hint())
        .into()
}

/// Finds a code of a `wanted` kind in a text.
pub(crate) fn find<T>(
    text: &str,
    wanted: &[Kind],
    judge: impl Fn(Judgeable) -> Result<T, ReadError>,
) -> anyhow::Result<T> {
    judge(text::read_judgeable(text, wanted)).map_err(|error| unread(error, text))
}

/// Finds a code of a `wanted` kind in what a file holds: a mail, a text in any common encoding, a picture.
fn find_in_bytes<T>(
    name: &str,
    bytes: &[u8],
    wanted: &[Kind],
    judge: impl Fn(Judgeable) -> Result<T, ReadError>,
) -> anyhow::Result<T> {
    if bytes.trim_ascii().is_empty() {
        return Err(Failure::new(
            FailureKind::NoCode,
            messages::code::empty(&name).to_string(),
        )
        .hint(messages::code::empty_hint())
        .into());
    }
    if text::photo::is_picture(bytes) {
        return find(&super::picture::text(bytes)?, wanted, judge);
    }
    match judge(text::read_bytes_judgeable(bytes, wanted)) {
        Err(
            ReadError::NoCode
            | ReadError::NotACode {
                thing: Thing::Bytes,
            },
        ) if bytes.len() > text::LOOKED_AT => Err(Failure::new(
            FailureKind::NoCode,
            messages::code::no_code_looked_at(&name).to_string(),
        )
        .hint(messages::code::no_code_looked_at_hint())
        .into()),
        Err(ReadError::NotACode {
            thing: Thing::Product,
        }) => Err(product_file(messages::code::product_file(&name)).into()),
        result => result.map_err(|error| unread(error, &String::from_utf8_lossy(bytes))),
    }
}

/// A product file where a code is wanted.
fn product_file(message: impl Display) -> Failure {
    Failure::new(FailureKind::WrongKind, message).hint(messages::code::product_file_hint())
}

fn unread(error: ReadError, text: &str) -> anyhow::Error {
    match error {
        ReadError::OtherKind { code } => other_kind(code.kind()).into(),
        ReadError::NotACode {
            thing: Thing::Product,
        } => product_file(messages::code::product_text()).into(),
        ReadError::NoCode => no_code(text),
        error => error.into(),
    }
}

/// What a text is that has no code: license keys and nothing else, or one that names a key.
fn no_code(text: &str) -> anyhow::Error {
    let wrong = |message: String, hint: String| {
        let failure = Failure::new(FailureKind::WrongKind, message);
        failure.hint(hint).into()
    };
    if text.len() <= LONGEST_KEYS {
        let alone = match text.parse::<LicenseKey>() {
            Ok(_) => Some(messages::code::license_key().to_owned()),
            Err(several @ LicenseKeyError::Several { .. }) => Some(several.to_string()),
            Err(_) => None,
        };
        if let Some(message) = alone {
            return wrong(message, messages::code::license_key_hint().to_owned());
        }
    }
    match key_in(text) {
        Some(key) => wrong(
            messages::code::license_key_in(key).to_string(),
            messages::code::license_key_in_hint(key).to_string(),
        ),
        None => ReadError::NoCode.into(),
    }
}

/// The license key that a text names where it names one, as the certificate of a license does, or a mail of the vendor.
fn key_in(text: &str) -> Option<LicenseKey> {
    let dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2013}');
    let words = text.split(|c: char| !c.is_ascii_digit() && !dash(c));
    let written = words.filter(|word| word.chars().filter(|c| dash(*c)).count() == 3);
    let mut keys = written.filter_map(|word| word.parse::<LicenseKey>().ok());
    let first = keys.next()?;
    keys.all(|it| it == first).then_some(first)
}

/// Bytes of a text that may be license keys and nothing else.
const LONGEST_KEYS: usize = 400;

/// The other codes of a text that give a loan back, where its own does: a loan that was asked for more than once is given back with as many codes, in one mail.
#[cfg(feature = "site")]
pub(crate) fn given_back_too(reading: &mut Reading) -> Vec<Carried> {
    let too: Vec<Carried> = beside_what_is_given_back(reading).cloned().collect();
    reading.others.retain(|it| !too.contains(it));
    too
}

/// All codes of a text that a desk answers, of those that stand there as its first does; those that give something up before the others, for they free what
/// these ask for. The reading has the first of them in front, and what else the text has.
#[cfg(feature = "desk")]
pub(crate) fn all_of(reading: Reading, kinds: &[Kind]) -> (Reading, Vec<Carried>) {
    let standing = reading.standing;
    // What is only quoted, or what nobody sees, is not answered beside what somebody wrote.
    let is_too = |it: &&Carried| kinds.contains(&it.code.kind()) && it.standing <= standing;
    let mut all = vec![reading.first()];
    all.extend(reading.others.iter().filter(is_too).cloned());
    all.sort_by_key(|it| it.code.kind() != Kind::Return);
    let front = all.first().map(|it| it.code.clone());
    let mut reading = reading.choosing(|code| Some(code) == front.as_ref());
    reading.others.retain(|it| !all.contains(it));
    (reading, all)
}

/// The same, left among the others.
#[cfg(feature = "site")]
pub(crate) fn beside_what_is_given_back(reading: &Reading) -> impl Iterator<Item = &Carried> {
    let (kind, standing) = (reading.code.kind(), reading.standing);
    let gives_back = kind == Kind::LoanReturn;
    // What is only quoted, or what nobody sees, is not given back beside what somebody wrote.
    let is_too = move |it: &&Carried| it.code.kind() == kind && it.standing <= standing;
    reading
        .others
        .iter()
        .filter(move |it| gives_back && is_too(it))
}

/// A code that whoever handed the text over did not see is not acted on unasked: somebody else may have put it there. Nor is one that is only quoted. Where what
/// was seen, or written, instead of it cannot be read, that is said.
#[cfg(feature = "site")]
pub(crate) fn refuse_what_was_not_meant(reading: &Reading) -> anyhow::Result<()> {
    let kind = reading.code.kind();
    let (noun, phrase) = (kind.noun(), text::phrase(&reading.code));
    // Whoever quotes a request and writes another below, or above, means his own.
    let own = |it: &&Damage| {
        it.standing == Standing::Plain && it.kind.is_none_or(|it| is_sent_to_the_same(it, kind))
    };
    let own = reading.damaged.iter().find(own);
    if let (Standing::Quoted | Standing::Hidden, Some(damage)) = (reading.standing, own) {
        let failure = Failure::of(&ReadError::from(damage.clone()).into());
        let hint = match reading.standing {
            Standing::Hidden => {
                messages::hidden_code::unseen(&failure.hint, noun, phrase).to_string()
            }
            _ => messages::hidden_code::quoted(&failure.hint, noun, phrase).to_string(),
        };
        return Err(failure.hint(hint).into());
    }
    if reading.standing != Standing::Hidden {
        return Ok(());
    }
    let message = messages::hidden_code::only_hidden(noun, phrase).to_string();
    Err(Failure::new(FailureKind::HiddenCode, message)
        .hint(messages::hidden_code::alone())
        .into())
}

/// Whether a desk, or a site, takes both.
#[cfg(feature = "site")]
fn is_sent_to_the_same(one: Kind, other: Kind) -> bool {
    let desk = [Kind::Activate, Kind::Sync, Kind::Return];
    let site = [Kind::Borrow, Kind::LoanReturn];
    one == other
        || [&desk[..], &site]
            .iter()
            .any(|all| all.contains(&one) && all.contains(&other))
}

/// A good code in the wrong place: where does it belong?
fn other_kind(kind: Kind) -> Failure {
    let hint = match kind {
        Kind::Grant => messages::code::belongs_grant(),
        Kind::Activate | Kind::Sync | Kind::Return => messages::code::belongs_request(),
        Kind::Borrow | Kind::LoanReturn => messages::code::belongs_borrow(),
        Kind::Loan | Kind::LoanWithCertificate | Kind::SiteCard => messages::code::belongs_loan(),
        Kind::DeskCertificate => messages::code::belongs_desk_certificate(),
        Kind::Emergency => messages::code::belongs_emergency(),
    };
    let message = messages::code::wrong_kind(kind.a_noun()).to_string();
    Failure::new(FailureKind::WrongKind, message).hint(hint)
}
