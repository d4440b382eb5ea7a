//! How a code leaves: plain, with its spare row, spelled, drawn, or as a mail. Every command that yields a code takes these options.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::failure::FailureKind;
use crate::messages;
use crate::text::qr::{self, Picture};
use crate::text::{Code, WithSpare, phrase, row_word, spell};

use super::failure::Failure;
use super::json::{CodeRow, Described, OtherCode, WithCode};
use super::mail::{self, Letter, Mailbox};
use super::{Context, files};

/// The options.
#[derive(clap::Args)]
pub(crate) struct CodeOutputArgs {
    /// Add the spare row, which stands in for any one row that gets lost: for fax and radio
    #[arg(long, help_heading = "How the code is written")]
    spare: bool,
    /// Spell it in the radio alphabet, row by row, with a check word for each row
    #[arg(
        long,
        conflicts_with = "mail",
        help_heading = "How the code is written"
    )]
    spell: bool,
    /// Draw it as a QR code: here, or with `--qr=FILE` into FILE.svg or FILE.png
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, help_heading = "How the code is written")]
    qr: Option<Option<PathBuf>>,
    /// The picture holds the code alone, and not the mail that a phone would send with it
    #[arg(long, requires = "qr", help_heading = "How the code is written")]
    code_only: bool,
    /// Write a complete mail message with a summary, the code and its picture
    #[arg(long, help_heading = "How the code is written")]
    mail: bool,
    /// Whom the mail goes to, if not the address that is known
    #[arg(
        long,
        value_name = "ADDRESS",
        requires = "mail",
        help_heading = "How the code is written"
    )]
    to: Option<String>,
    /// Whom the mail comes from [env: EMAIL]
    #[arg(
        long,
        value_name = "ADDRESS",
        requires = "mail",
        help_heading = "How the code is written"
    )]
    from: Option<String>,
}

/// A code that leaves, further ones that are to be sent with it, and the letter that may go with them.
pub(crate) struct Outgoing<'a> {
    pub(crate) code: &'a Code,
    pub(crate) also: &'a [Code],
    pub(crate) letter: Letter,
}

impl Outgoing<'_> {
    fn codes(&self) -> Vec<&Code> {
        std::iter::once(self.code).chain(self.also).collect()
    }

    /// All of them, each written by `write`, with `between` between them.
    fn written(
        &self,
        between: &str,
        write: impl Fn(&Code) -> anyhow::Result<String>,
    ) -> anyhow::Result<String> {
        let written: anyhow::Result<Vec<String>> = self.codes().into_iter().map(write).collect();
        Ok(written?.join(between))
    }
}

/// What stands between two codes.
const BETWEEN: &str = "\n\n";

/// What kind of file a picture is written to.
#[derive(Clone, Copy)]
enum Format {
    Svg,
    Png,
}

impl CodeOutputArgs {
    /// The option that asks for more than the code alone.
    #[cfg(feature = "desk")]
    pub(crate) fn more_than_the_code(&self) -> Option<&'static str> {
        let asked = [
            (self.mail, "--mail"),
            (self.qr.is_some(), "--qr"),
            (self.spell, "--spell"),
            (self.spare, "--spare"),
        ];
        let asked = asked.into_iter().find(|(asked, _)| *asked);
        asked.map(|(_, option)| option)
    }

    /// Whether a mail is asked for, and nobody says whom it goes to.
    #[cfg(feature = "desk")]
    pub(crate) fn goes_to_who_is_known(&self) -> bool {
        self.mail && self.to.is_none()
    }

    /// Refuses what can be seen to be wrong before anything is done.
    ///
    /// # Errors
    /// A picture file of another kind, an address that is none.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        if let Some(Some(path)) = &self.qr {
            format(path)?;
        }
        for address in self.to.iter().chain(&self.from) {
            Mailbox::parse(address)?.in_a_header()?;
        }
        Ok(())
    }

    /// Hands the code over in the way that was chosen; with `--json` beside what `object` has, as `print` puts it. Says the read-back phrase.
    pub(crate) fn hand_over<T, O: Serialize + Described>(
        &self,
        context: &mut Context,
        outgoing: &Outgoing<'_>,
        object: T,
        print: impl FnOnce(WithCode<T>) -> O,
    ) -> anyhow::Result<()> {
        if let Some(Some(path)) = &self.qr {
            let picture = self.picture(outgoing)?;
            match format(path)? {
                Format::Svg => files::write(path, picture.svg().as_bytes())?,
                Format::Png => files::write(path, &picture.png())?,
            }
            context.out.say(messages::code::qr_written(path.display()));
        }
        if context.out.json {
            let object = self.object(context, outgoing, object)?;
            context.out.object(&print(object))?;
        } else {
            self.print(context, outgoing)?;
        }
        let codes = outgoing.codes();
        for (nth, code) in (1..).zip(&codes) {
            read_back(context, code, (nth, codes.len()));
        }
        Ok(())
    }

    fn spare(&self) -> WithSpare {
        if self.spare {
            WithSpare::Yes
        } else {
            WithSpare::No
        }
    }

    fn plain(&self, code: &Code) -> anyhow::Result<String> {
        let mut text = code.to_text()?;
        if self.spare {
            text.push('\n');
            text.push_str(&code.to_spare_row()?);
        }
        Ok(text)
    }

    fn print(&self, context: &mut Context, outgoing: &Outgoing<'_>) -> anyhow::Result<()> {
        if self.mail {
            let message = self.message(context, outgoing)?;
            return context.out.raw(&message);
        }
        if let Some(None) = &self.qr {
            let picture = self.picture(outgoing)?;
            let colour = io::stdout().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            context.out.raw(&(picture.terminal(colour) + "\n"))?;
        }
        if self.spell {
            return context.out.lines(self.spelled(outgoing)?);
        }
        context
            .out
            .lines(outgoing.written(BETWEEN, |code| self.plain(code))?)
    }

    fn spelled(&self, outgoing: &Outgoing<'_>) -> anyhow::Result<String> {
        outgoing.written(BETWEEN, |code| Ok(spell::spell(code, self.spare())?))
    }

    fn object<T>(
        &self,
        context: &mut Context,
        outgoing: &Outgoing<'_>,
        of: T,
    ) -> anyhow::Result<WithCode<T>> {
        let code = outgoing.code;
        let spelled = |code: &Code| match self.spell {
            true => spell::spell(code, self.spare()).map(Some),
            false => Ok(None),
        };
        let also = outgoing.also.iter().map(|code| {
            Ok(OtherCode {
                code: self.plain(code)?,
                phrase: phrase(code),
                rows: rows(code, self.spare())?,
                spelled: spelled(code)?,
            })
        });
        let (mut qr_file, mut qr_text) = (None, None);
        match &self.qr {
            Some(Some(path)) => qr_file = Some(path.clone()),
            Some(None) => qr_text = Some(self.drawn(outgoing)?),
            None => {}
        }
        Ok(WithCode {
            of,
            code: self.plain(code)?,
            phrase: phrase(code),
            rows: rows(code, self.spare())?,
            spelled: spelled(code)?,
            also: also.collect::<anyhow::Result<_>>()?,
            qr_file,
            qr_text,
            message: match self.mail {
                true => Some(self.message(context, outgoing)?),
                false => None,
            },
        })
    }

    /// What the picture holds.
    fn drawn(&self, outgoing: &Outgoing<'_>) -> anyhow::Result<String> {
        let letter = &outgoing.letter;
        match &letter.to {
            Some(to) if letter.by_phone.is_some() && !self.code_only => {
                let to = Mailbox::parse(to)?;
                let body = letter.short(&outgoing.codes())?;
                Ok(qr::mailto(&to.address, &letter.subject, &body))
            }
            _ => outgoing.written(" ", |code| Ok(qr::content(code)?)),
        }
    }

    fn picture(&self, outgoing: &Outgoing<'_>) -> anyhow::Result<Picture> {
        draw(&self.drawn(outgoing)?)
    }

    fn message(&self, context: &mut Context, outgoing: &Outgoing<'_>) -> anyhow::Result<String> {
        let codes = outgoing.codes();
        let text = outgoing.written(BETWEEN, |code| self.plain(code))?;
        let ends = mail::Ends::new(self.to.as_deref(), self.from.as_deref(), &outgoing.letter)?;
        let mut pictures = Vec::new();
        for code in &codes {
            pictures.push(draw(&qr::content(code)?)?.png());
        }
        mail::message(
            context,
            &outgoing.letter,
            &ends,
            &codes,
            &text,
            pictures,
            None,
        )
    }
}

/// A mail that nobody asked for by options: with these codes and their pictures, or with none.
///
/// # Errors
/// A code that cannot be written, no random numbers.
#[cfg(feature = "desk")]
pub(crate) fn written_by_itself(
    context: &mut Context,
    letter: &Letter,
    codes: &[&Code],
    thread: &mail::Thread,
) -> anyhow::Result<String> {
    let mut texts = Vec::new();
    let mut pictures = Vec::new();
    for code in codes {
        texts.push(code.to_text()?);
        pictures.push(draw(&qr::content(code)?)?.png());
    }
    let ends = mail::Ends::new(None, None, letter)?;
    let text = texts.join(BETWEEN);
    mail::message(context, letter, &ends, codes, &text, pictures, Some(thread))
}

fn draw(text: &str) -> anyhow::Result<Picture> {
    Ok(Picture::new(text).map_err(|error| {
        Failure::new(FailureKind::TooMuchForQr, error.to_string())
            .hint(messages::code::too_much_for_qr_hint())
    })?)
}

/// The rows as scripts get them.
///
/// # Errors
/// Where the code cannot be written.
pub(crate) fn rows(code: &Code, spare: WithSpare) -> anyhow::Result<Vec<CodeRow>> {
    let rows = code.numbered_rows(spare)?.into_iter();
    let rows = rows.map(|(row, name, text)| CodeRow {
        row,
        name,
        check_word: row_word(row, &text),
        text,
    });
    Ok(rows.collect())
}

/// Says the phrase of a code, which both sides can compare, and which code it is of: the `nth` of all of its kind that are handed over together.
pub(crate) fn read_back(context: &mut Context, code: &Code, (nth, all): (usize, usize)) {
    let (noun, phrase) = (code.kind().noun(), phrase(code));
    match all {
        1 => context
            .out
            .say(messages::code::read_back_phrase(noun, phrase)),
        _ => context.out.say(messages::code::read_back_phrase_of_several(
            all, noun, nth, phrase,
        )),
    }
}

fn format(path: &Path) -> Result<Format, Failure> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    match ending.map(str::to_ascii_lowercase).as_deref() {
        Some("svg") => Ok(Format::Svg),
        Some("png") => Ok(Format::Png),
        _ => Err(
            Failure::usage(messages::code::no_picture_name(path.display()).to_string())
                .hint(messages::code::no_picture_name_hint()),
        ),
    }
}
