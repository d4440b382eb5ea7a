//! What a code is looked for in: a file, a pipe, standard input, each as far as it is read.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::failure::Failure;
use crate::failure::FailureKind;
use crate::messages;
use crate::patience;
use crate::text;

/// Most bytes read from a pipe or a file.
const MOST: u64 = 16 << 20;

/// How long a pipe that is named like a file waits for somebody to write to it.
const WRITER_WITHIN: Duration = Duration::from_secs(if cfg!(debug_assertions) { 2 } else { 10 });

/// What standard input is called, and all that it gives.
pub(crate) fn from_stdin() -> anyhow::Result<(String, Vec<u8>)> {
    let name = messages::code::stdin();
    let unreadable = |error: io::Error| {
        Failure::new(FailureKind::Input, messages::code::stdin_unread())
            .because(error)
            .hint(messages::code::try_again())
    };
    let bytes = read_all(io::stdin().lock(), name, unreadable)?;
    Ok((name.to_owned(), bytes))
}

/// What a file is called, and what it holds.
pub(crate) fn in_file(path: &Path) -> anyhow::Result<(String, Vec<u8>)> {
    if path.as_os_str().is_empty() {
        return Err(
            Failure::new(FailureKind::NoFile, messages::code::no_file_named())
                .hint(messages::code::no_file_named_hint())
                .into(),
        );
    }
    Ok((path.display().to_string(), bytes_of(path)?))
}

/// The text of a file that carries no code.
pub(crate) fn text_in_file(path: &Path) -> anyhow::Result<String> {
    Ok(text_of(&bytes_of(path)?))
}

/// The same; `-` is standard input.
#[cfg(feature = "site")]
pub(crate) fn text_named(path: &Path) -> anyhow::Result<String> {
    let bytes = match path.as_os_str() == "-" {
        true => from_stdin()?.1,
        false => in_file(path)?.1,
    };
    Ok(text_of(&bytes))
}

/// UTF-16 as the editors and shells of Windows write it, else UTF-8. In which other encoding a name was written is not guessed.
fn text_of(bytes: &[u8]) -> String {
    match text::is_wide(bytes) {
        true => text::decode(bytes),
        false => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn bytes_of(path: &Path) -> anyhow::Result<Vec<u8>> {
    let unreadable = |error: io::Error| {
        Failure::new(
            FailureKind::NoFile,
            messages::code::file_unread(path.display()).to_string(),
        )
        .because(error)
        .hint(match is_pipe(path) {
            true => messages::code::pipe_hint(),
            false => messages::code::file_unread_hint(),
        })
    };
    if path.is_dir() {
        let message = messages::code::directory(path.display()).to_string();
        return Err(Failure::new(FailureKind::NoFile, message)
            .hint(messages::code::directory_hint())
            .into());
    }
    let file = open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    if length > MOST {
        let size = messages::code::mebibytes(length >> 20).to_string();
        return Err(too_large(&path.display().to_string(), &size).into());
    }
    read_all(file, &path.display().to_string(), unreadable)
}

/// Opens a file; a pipe by its own name once somebody writes to it, which may never be.
fn open(path: &Path) -> io::Result<File> {
    if !is_pipe(path) {
        return patience::opening(|| File::open(path));
    }
    let (path, (done, opened)) = (path.to_owned(), mpsc::channel());
    // Left behind where nobody comes: it waits in the system, until the program ends.
    thread::spawn(move || done.send(File::open(path)));
    opened.recv_timeout(WRITER_WITHIN).unwrap_or_else(|_| {
        let nobody = messages::code::pipe_without_writer();
        Err(io::Error::new(io::ErrorKind::TimedOut, nobody))
    })
}

/// Also what `<(COMMAND)` hands over, which is open at its other end already.
#[cfg(unix)]
fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::metadata(path).is_ok_and(|it| it.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe(_: &Path) -> bool {
    false
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
        return Err(too_large(name, messages::code::more_than_most()).into());
    }
    Ok(bytes)
}

fn too_large(name: &str, size: &str) -> Failure {
    Failure::new(
        FailureKind::TooLarge,
        messages::code::too_large(&name, &size).to_string(),
    )
    .hint(messages::code::too_large_hint())
}
