//! Where things are said: data on stdout, talk on stderr, one JSON object where that was asked for.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use crate::failure::FailureKind;
use crate::text::show;

use super::failure::Failure;
use super::json::{Described, Failed};

/// The two streams and how to use them.
pub(crate) struct Output {
    /// `--json`.
    pub(crate) json: bool,
    quiet: bool,
    /// Whether talk is written to a terminal.
    terminal: bool,
    colour: bool,
    stdout: io::BufWriter<Box<dyn Write>>,
    stderr: Box<dyn Write>,
}

impl Output {
    pub(crate) fn new(json: bool, quiet: bool) -> Output {
        let terminal = io::stderr().is_terminal();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Output {
            json,
            quiet,
            terminal,
            colour: terminal && !plain,
            stdout: io::BufWriter::new(Box::new(io::stdout())),
            stderr: Box::new(io::stderr()),
        }
    }

    /// What is said goes to these two instead, without colours.
    #[cfg(feature = "desk")]
    pub(crate) fn into(stdout: Box<dyn Write>, stderr: Box<dyn Write>) -> Output {
        Output {
            json: false,
            quiet: false,
            terminal: false,
            colour: false,
            stdout: io::BufWriter::new(stdout),
            stderr,
        }
    }

    /// A line of data: whatever it is made of, it stays one, and all of it is seen.
    pub(crate) fn line(&mut self, text: impl Display) -> anyhow::Result<()> {
        writeln!(self.stdout, "{}", show::line(&text.to_string())).map_err(closed)
    }

    /// Data that was put on several lines here.
    pub(crate) fn lines(&mut self, text: impl Display) -> anyhow::Result<()> {
        writeln!(self.stdout, "{}", show::lines(&text.to_string())).map_err(closed)
    }

    /// One JSON object on a line.
    pub(crate) fn object(&mut self, value: &(impl Serialize + Described)) -> anyhow::Result<()> {
        value
            .serialize(&mut serde_json::Serializer::with_formatter(
                &mut self.stdout,
                Escaping,
            ))
            .map_err(io::Error::from)
            .map_err(closed)?;
        self.stdout.write_all(b"\n").map_err(closed)
    }

    /// Text as it is, without a newline of ours: what this program wrote for other programs, and pictures.
    pub(crate) fn raw(&mut self, text: &str) -> anyhow::Result<()> {
        self.stdout.write_all(text.as_bytes()).map_err(closed)
    }

    /// Everything said so far is on its way.
    pub(crate) fn finish(&mut self) -> anyhow::Result<()> {
        self.stdout.flush().map_err(closed)
    }

    /// Talk: what happened and what to do next. Not with `-q`, not with `--json`.
    pub(crate) fn say(&mut self, text: impl Display) {
        if !self.quiet && !self.json {
            self.talk("", text);
        }
    }

    /// A warning: on stderr even with `-q`; with `--json` it stands in the object.
    pub(crate) fn warn(&mut self, text: impl Display) {
        if !self.json {
            let label = self.paint("33", "warning:") + " ";
            self.talk(&label, text);
        }
    }

    /// What to do about a warning.
    pub(crate) fn advise(&mut self, hint: &str) {
        if !self.json {
            self.talk("  what to do: ", hint);
        }
    }

    /// A failure: what is wrong, why, what to do; with `--json` as an object on stdout as well.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        // What was printed before the failure stays.
        let _ = self.stdout.flush();
        if self.json {
            let _ = self.object(&Failed {
                error: failure.object(),
            });
            let _ = self.stdout.flush();
        }
        self.refusal(failure);
    }

    /// The words of a failure, on stderr.
    pub(crate) fn refusal(&mut self, failure: &Failure) {
        let label = self.paint("31", "error:") + " ";
        self.talk(&label, &failure.message);
        if let Some(because) = &failure.because {
            self.talk("  because: ", because);
        }
        if !failure.hint.is_empty() {
            self.talk("  what to do: ", &failure.hint);
        }
    }

    /// Whether someone watches stderr.
    #[cfg(feature = "desk")]
    pub(crate) fn watched(&self) -> bool {
        !self.quiet && !self.json && self.terminal
    }

    /// Shows how far long work is, on a terminal only, on one line.
    #[cfg(feature = "desk")]
    pub(crate) fn progress(&mut self, text: std::fmt::Arguments<'_>) {
        if self.watched() {
            let _ = write!(self.stderr, "\r\x1b[K{text}");
        }
    }

    /// Ends the line of [`Output::progress`].
    #[cfg(feature = "desk")]
    pub(crate) fn progress_done(&mut self) {
        self.progress(format_args!(""));
    }

    fn talk(&mut self, label: &str, text: impl Display) {
        // Whoever closed stderr does not want to hear it.
        let _ = self.stdout.flush();
        let _ = writeln!(self.stderr, "{label}{}", show::line(&text.to_string()));
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.colour {
            format!("\x1b[1;{colour}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// JSON in which nothing is hidden: the same text, for whatever reads JSON, and no trick on a terminal.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, character)) = rest
            .char_indices()
            .find(|&(_, character)| show::is_hidden(character))
        {
            let (before, after) = rest.split_at(at);
            writer.write_all(before.as_bytes())?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = after.get(character.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }
}

/// A reader that went away (`| head`) is no failure of ours to explain at length.
fn closed(error: io::Error) -> anyhow::Error {
    Failure::new(FailureKind::Output, "the output could not be written")
        .because(error)
        .hint("look at where it was to go: a full disk, a closed pipe")
        .into()
}
