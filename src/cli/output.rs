//! Where things are said: data on stdout, talk on stderr, one JSON object where that was asked for.

use std::fmt::Display;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use crate::failure::FailureKind;
#[cfg(feature = "site")]
use crate::license_key::LicenseKey;
use crate::messages;
use crate::text::show;

use super::failure::Failure;
use super::json::{Described, Failed, Failing, Named};
use super::{words, wrap};

/// Makes of a text what is to be typed: its commands say what the user has said of where things are.
pub(crate) trait Typing {
    fn typed(&self, text: &str) -> String;

    /// The words of a text, each with the blanks behind it; a command is one.
    fn words<'t>(&self, text: &'t str) -> Vec<&'t str>;

    /// What follows is said to the administrator of a site, whosever the command is.
    #[cfg(feature = "site")]
    fn at_a_site(&mut self);

    /// What follows is about this license, of several that may be meant.
    #[cfg(feature = "site")]
    fn is_about(&mut self, key: LicenseKey);
}

/// The two streams and how to use them.
pub(crate) struct Output {
    /// `--json`.
    pub(crate) json: bool,
    /// `-q`: only what is wrong is said.
    pub(crate) quiet: bool,
    /// Columns of the terminals that data and talk are written to; none where it is none.
    data_columns: Option<usize>,
    talk_columns: Option<usize>,
    colour: bool,
    /// Whether the terminal takes what moves the cursor or colours letters for that, and does not show it.
    escapes: bool,
    /// None where no command was understood.
    typing: Option<Box<dyn Typing>>,
    stdout: io::BufWriter<Box<dyn Write>>,
    stderr: Box<dyn Write>,
}

impl Output {
    pub(crate) fn new(json: bool, quiet: bool, typing: Option<Box<dyn Typing>>) -> Output {
        let talk_columns = wrap::columns(io::stderr());
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let escapes = wrap::takes_escapes();
        Output {
            json,
            quiet,
            data_columns: wrap::columns(io::stdout()),
            talk_columns,
            colour: talk_columns.is_some() && escapes && !plain,
            escapes,
            typing,
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
            data_columns: None,
            talk_columns: None,
            colour: false,
            escapes: false,
            typing: None,
            stdout: io::BufWriter::new(stdout),
            stderr,
        }
    }

    /// A line of data: whatever it is made of, it stays one, and all of it is seen.
    pub(crate) fn line(&mut self, text: impl Display) -> anyhow::Result<()> {
        writeln!(self.stdout, "{}", show::line(&text.to_string())).map_err(closed)
    }

    /// A line for people: on a terminal it is broken between words.
    pub(crate) fn sentence(&mut self, text: impl Display) -> anyhow::Result<()> {
        let line = wrap::wrapped(
            &show::line(&text.to_string()),
            wrap::columns(io::stdout()),
            2,
        );
        writeln!(self.stdout, "{line}").map_err(closed)
    }

    /// Names and values, the values standing below each other.
    pub(crate) fn table(&mut self, rows: &[(&str, String)]) -> anyhow::Result<()> {
        let table = words::table(rows, self.data_columns);
        writeln!(self.stdout, "{}", show::lines(&table)).map_err(closed)
    }

    /// A row of columns; on a terminal what is beyond its width stands below, indented.
    #[cfg(feature = "desk")]
    pub(crate) fn row(&mut self, row: &str) -> anyhow::Result<()> {
        let row = wrap::wrapped(&show::line(row), self.data_columns, 4);
        writeln!(self.stdout, "{row}").map_err(closed)
    }

    /// As [`Output::say`], names and values.
    pub(crate) fn say_table(&mut self, rows: &[(&str, String)]) {
        if !self.quiet && !self.json {
            let _ = self.stdout.flush();
            let table = words::table(rows, self.talk_columns);
            let _ = writeln!(self.stderr, "{}", show::lines(&table));
        }
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

    /// What follows takes the place of what a terminal showed.
    pub(crate) fn begin_picture(&mut self) -> anyhow::Result<()> {
        match self.data_columns {
            Some(_) if !self.json && self.escapes => self.raw("\x1b[H\x1b[2J"),
            _ => Ok(()),
        }
    }

    /// The end of one of several: whoever reads lines sees where it ends.
    pub(crate) fn end_picture(&mut self) -> anyhow::Result<()> {
        if !self.json && self.data_columns.is_none() {
            self.raw("\n")?;
        }
        self.finish()
    }

    /// Everything said so far is on its way.
    pub(crate) fn finish(&mut self) -> anyhow::Result<()> {
        self.stdout.flush().map_err(closed)
    }

    /// Talk: what happened and what to do next. Not with `-q`, not with `--json`.
    pub(crate) fn say(&mut self, text: impl Display) {
        if !self.quiet && !self.json {
            let text = self.typed(&text.to_string());
            self.talk("", "", text);
        }
    }

    /// A warning: on stderr even with `-q`; with `--json` it stands in the object.
    pub(crate) fn warn(&mut self, text: impl Display) {
        if !self.json {
            self.talk("33", messages::output::warning(), text);
        }
    }

    /// What to do about a warning.
    pub(crate) fn advise(&mut self, hint: &str) {
        if !self.json {
            let hint = self.typed(hint);
            self.talk("", messages::output::what_to_do(), hint);
        }
    }

    /// A failure: what is wrong, why, what to do; with `--json` as an object on stdout as well.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        // What was printed before the failure stays.
        let _ = self.stdout.flush();
        if self.json {
            let error = self.failing(failure);
            let _ = self.object(&Failed { error });
            let _ = self.stdout.flush();
        }
        self.refusal(failure);
    }

    /// What stands under `error` in JSON.
    pub(crate) fn failing(&self, failure: &Failure) -> Failing {
        Failing {
            exit: failure.exit.0,
            kind: Named(failure.kind),
            message: failure.message.clone(),
            because: failure.because.clone(),
            hint: self.typed(&failure.hint),
            details: (*failure.details).clone(),
        }
    }

    /// The words of a failure, on stderr.
    pub(crate) fn refusal(&mut self, failure: &Failure) {
        self.talk("31", messages::output::error(), &failure.message);
        if let Some(because) = &failure.because {
            self.talk("", messages::output::because(), because);
        }
        if !failure.hint.is_empty() {
            let hint = self.typed(&failure.hint);
            self.talk("", messages::output::what_to_do(), hint);
        }
    }

    /// What is to be done, its commands as they are to be typed.
    pub(crate) fn typed(&self, hint: &str) -> String {
        let typing = self.typing.as_ref();
        typing.map_or_else(|| hint.to_owned(), |it| it.typed(hint))
    }

    /// What follows is said to the administrator of a site, whosever the command is.
    #[cfg(feature = "site")]
    pub(crate) fn at_a_site(&mut self) {
        if let Some(typing) = &mut self.typing {
            typing.at_a_site();
        }
    }

    /// What follows is about this license, of several that may be meant: commands to be typed name it.
    #[cfg(feature = "site")]
    pub(crate) fn is_about(&mut self, key: LicenseKey) {
        if let Some(typing) = &mut self.typing {
            typing.is_about(key);
        }
    }

    /// Whether someone watches stderr.
    #[cfg(feature = "desk")]
    pub(crate) fn watched(&self) -> bool {
        !self.quiet && !self.json && self.talk_columns.is_some() && self.escapes
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

    /// What is said under a label: what is wrong in colour, what belongs to it below that and indented.
    fn talk(&mut self, colour: &str, label: &str, text: impl Display) {
        let text = show::line(&text.to_string()).into_owned();
        let (said, indent) = match (label, colour) {
            ("", _) => (text, 0),
            (label, "") => (format!("  {label} {text}"), 4),
            (label, _) => (format!("{label} {text}"), 2),
        };
        let said = match (&self.typing, self.talk_columns) {
            (Some(typing), Some(columns)) => wrap::lines(typing.words(&said), columns, indent),
            (_, columns) => wrap::wrapped(&said, columns, indent),
        };
        // Colour takes no place: it is put on when the lines are broken.
        let said = match said.strip_prefix(label) {
            Some(rest) if self.colour && !colour.is_empty() => {
                format!("\x1b[1;{colour}m{label}\x1b[0m{rest}")
            }
            _ => said,
        };
        // Whoever closed stderr does not want to hear it.
        let _ = self.stdout.flush();
        let _ = writeln!(self.stderr, "{said}");
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

fn closed(error: io::Error) -> anyhow::Error {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::new(FailureKind::ReaderGone, "").into();
    }
    Failure::new(FailureKind::Output, messages::failure::output_unwritten())
        .because(error)
        .hint(messages::failure::output_unwritten_hint())
        .into()
}
