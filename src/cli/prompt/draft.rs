//! Rows that were typed, kept in the home until the code is whole: half a code is no secret, but it is somebody's work.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use crate::cli::Context;
use crate::rights;
use crate::text::Kind;

/// The longest draft that is read back: thirty rows and a spare one, however they were typed.
const MOST: u64 = 64 << 10;

/// The file of a draft; none where nothing may be changed or there is no home.
pub(super) struct Draft {
    path: Option<PathBuf>,
}

impl Draft {
    /// One file for each kind of code, so that a request and a response do not mix. Whoever takes any code only looks at it, and keeps nothing.
    pub(super) fn of(context: &Context, wanted: &[Kind]) -> Draft {
        let home = context.homes.own().ok();
        let path = wanted
            .first()
            .zip(home)
            .map(|(kind, home)| home.join(format!("draft-{}.txt", kind.name())));
        Draft { path }
    }

    /// The rows that were kept. A draft that cannot be read is as good as none: the code is still on paper.
    pub(super) fn load(&self) -> Vec<String> {
        let text = self
            .path
            .as_ref()
            .filter(|path| fs::metadata(path).is_ok_and(|file| file.len() <= MOST))
            .and_then(|path| fs::read_to_string(path).ok());
        text.unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect()
    }

    /// Keeps the rows; where that is not possible nothing is lost but the convenience.
    pub(super) fn save<'a>(&mut self, rows: impl Iterator<Item = &'a str>) {
        let text: String = rows.map(|row| format!("{row}\n")).collect();
        if text.is_empty() {
            return self.remove();
        }
        if self
            .path
            .as_ref()
            .is_some_and(|path| write(path, &text).is_err())
        {
            self.path = None;
        }
    }

    /// Whether what was typed is kept.
    pub(super) fn is_kept(&self) -> bool {
        self.path.as_ref().is_some_and(|path| path.exists())
    }

    /// Forgets what was kept.
    pub(super) fn remove(&self) {
        // It may never have been there.
        let _ = self.path.as_ref().map(fs::remove_file);
    }
}

/// Writes a file for its owner alone, whole.
fn write(path: &PathBuf, text: &str) -> std::io::Result<()> {
    let part = path.with_extension("part");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    if let Some(home) = path.parent() {
        rights::make_private(home)?;
    }
    options.open(&part)?.write_all(text.as_bytes())?;
    fs::rename(&part, path)
}
