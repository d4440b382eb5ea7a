//! A file that is dragged into a terminal: its path is typed, as a shell there wants to have it.

use std::path::{Path, PathBuf};

use crate::cli::{handed_over, picture};
use crate::text;

/// The text of the file that a line names; none where it names no file, or one that cannot be read.
pub(super) fn text_of(line: &str) -> Option<String> {
    let path = meant(line)
        .into_iter()
        .find(|path| path.is_absolute() && path.is_file())?;
    let (_, bytes) = handed_over::in_file(&path).ok()?;
    match text::photo::is_picture(&bytes) {
        true => picture::text(&bytes).ok(),
        false => Some(text::decode(&bytes)),
    }
}

/// The paths that a line may mean: as it stands, in quotes, and, but on Windows, with a backslash before what a shell would read otherwise.
fn meant(line: &str) -> Vec<PathBuf> {
    let line = line.trim();
    let quoted = |quote: char| line.strip_prefix(quote)?.strip_suffix(quote);
    let mut paths: Vec<PathBuf> = [Some(line), quoted('"'), quoted('\'')]
        .into_iter()
        .flatten()
        .map(PathBuf::from)
        .collect();
    if std::path::MAIN_SEPARATOR != '\\' && line.contains('\\') {
        let mut plain = String::with_capacity(line.len());
        let mut characters = line.chars();
        while let Some(character) = characters.next() {
            plain.extend(match character {
                '\\' => characters.next(),
                other => Some(other),
            });
        }
        paths.push(Path::new(&plain).to_owned());
    }
    paths
}
