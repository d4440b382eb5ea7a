//! Where things are said: data on stdout, talk on stderr, one JSON object where that was asked for.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use serde_json::json;

use super::failure::Failure;

/// The two streams and how to use them.
pub(crate) struct Output {
    /// `--json`.
    pub(crate) json: bool,
    quiet: bool,
    colour: bool,
    stdout: io::BufWriter<io::Stdout>,
}

impl Output {
    pub(crate) fn new(json: bool, quiet: bool) -> Output {
        let colour = io::stderr().is_terminal()
            && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Output {
            json,
            quiet,
            colour,
            stdout: io::BufWriter::new(io::stdout()),
        }
    }

    /// A line of data.
    pub(crate) fn line(&mut self, text: impl std::fmt::Display) -> anyhow::Result<()> {
        writeln!(self.stdout, "{text}").map_err(closed)
    }

    /// One JSON object on a line.
    pub(crate) fn object(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.stdout, value)
            .map_err(io::Error::from)
            .map_err(closed)?;
        self.stdout.write_all(b"\n").map_err(closed)
    }

    /// Text as it is, without a newline of ours.
    pub(crate) fn raw(&mut self, text: &str) -> anyhow::Result<()> {
        self.stdout.write_all(text.as_bytes()).map_err(closed)
    }

    /// Everything said so far is on its way.
    pub(crate) fn finish(&mut self) -> anyhow::Result<()> {
        self.stdout.flush().map_err(closed)
    }

    /// Talk: what happened and what to do next. Not with `-q`, not with `--json`.
    pub(crate) fn say(&mut self, text: impl std::fmt::Display) {
        if !self.quiet && !self.json {
            self.talk(format_args!("{text}"));
        }
    }

    /// A warning: on stderr even with `-q`; with `--json` it stands in the object.
    pub(crate) fn warn(&mut self, text: impl std::fmt::Display) {
        if !self.json {
            let label = self.paint("33", "warning:");
            self.talk(format_args!("{label} {text}"));
        }
    }

    /// What to do about a warning.
    pub(crate) fn advise(&mut self, hint: &str) {
        if !self.json {
            self.talk(format_args!("  what to do: {hint}"));
        }
    }

    /// A failure: what is wrong, why, what to do; with `--json` as an object on stdout as well.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        // What was printed before the failure stays.
        let _ = self.stdout.flush();
        if self.json {
            let _ = self.object(&json!({ "error": failure.object() }));
            let _ = self.stdout.flush();
        }
        self.refusal(failure);
    }

    /// The words of a failure, on stderr.
    pub(crate) fn refusal(&mut self, failure: &Failure) {
        let label = self.paint("31", "error:");
        self.talk(format_args!("{label} {}", failure.message));
        if let Some(because) = &failure.because {
            self.talk(format_args!("  because: {because}"));
        }
        if !failure.hint.is_empty() {
            self.talk(format_args!("  what to do: {}", failure.hint));
        }
    }

    /// Whether someone watches stderr.
    pub(crate) fn watched(&self) -> bool {
        !self.quiet && !self.json && io::stderr().is_terminal()
    }

    /// Shows how far long work is, on a terminal only, on one line.
    pub(crate) fn progress(&mut self, text: std::fmt::Arguments<'_>) {
        if self.watched() {
            let _ = write!(io::stderr(), "\r\x1b[K{text}");
        }
    }

    /// Ends the line of [`Output::progress`].
    pub(crate) fn progress_done(&mut self) {
        self.progress(format_args!(""));
    }

    fn talk(&mut self, text: std::fmt::Arguments<'_>) {
        // Whoever closed stderr does not want to hear it.
        let _ = self.stdout.flush();
        let _ = writeln!(io::stderr(), "{text}");
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.colour {
            format!("\x1b[1;{colour}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// A reader that went away (`| head`) is no failure of ours to explain at length.
fn closed(error: io::Error) -> anyhow::Error {
    Failure::failed("output", "the output could not be written")
        .because(error)
        .hint("look at where it was to go: a full disk, a closed pipe")
        .into()
}
