//! `respond --batch`: one request per line in, one JSON object per line out, in order.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::OnceLock;
use std::thread;

use serde_json::{Map, Value};

use super::{Context, Exit};
use crate::cli::carried;
use crate::cli::code_input;
use crate::cli::desk::OpenDesk;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::{json, reply};
use crate::failure::FailureKind;
use crate::issuer::policy::Options;
use crate::issuer::respond::{Batch, Issuer, LineError, Reply};
use crate::text;

/// Longest line in bytes: the longest code with room to spare.
const LONGEST_LINE: u64 = 64 << 10;

/// A line of the batch, counted from 1, and what is said of how it was read.
struct Line {
    number: u64,
    text: String,
    /// What its object holds beside the code: a script's own numbers and names.
    given: OnceLock<Map<String, Value>>,
    said: OnceLock<Said>,
}

impl Line {
    fn place(&mut self) -> json::BatchLine {
        json::BatchLine {
            line: self.number,
            given: self.given.take(),
        }
    }
}

#[derive(Default)]
struct Said {
    carried: json::Carried,
    /// The other codes of the line, none of which is answered.
    others: Vec<json::Warning>,
}

/// Answers the lines of `path`; 8 where some were not answered.
pub(super) fn run(
    context: &mut Context,
    desk: &mut OpenDesk,
    issuer: &Issuer,
    options: &Options,
    path: &Path,
) -> anyhow::Result<Exit> {
    let input: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(path).map_err(|error| {
            Failure::new(
                FailureKind::NoFile,
                format!("{} cannot be read", path.display()),
            )
            .because(error)
            .hint("look at the name of the file")
        })?;
        Box::new(BufReader::with_capacity(1 << 20, file))
    };
    let unread = |error: io::Error| {
        Failure::new(FailureKind::Input, "the batch could not be read")
            .because(error)
            .hint("run the batch again")
    };
    let mut broken = None;
    let mut lines = Lines {
        input: of_narrow_characters(input).map_err(unread)?,
        number: 0,
        broken: &mut broken,
    };
    let by = context.environment.by();
    let workers = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let batch = Batch {
        issuer,
        options,
        by,
        workers,
    };
    let (mut answered, mut refused) = (0_u64, 0_u64);
    let out = &mut context.out;
    batch.respond(
        desk.ledger(),
        &mut lines,
        read,
        |results| -> anyhow::Result<()> {
            for (line, result) in results {
                match &result {
                    Ok(_) => answered += 1,
                    Err(_) => refused += 1,
                }
                let object = object(line, result, out)?;
                out.object(&object)?;
            }
            // What was answered is on disk: let it be seen before the next page is begun.
            out.finish()?;
            out.progress(format_args!("{answered} answered, {refused} not"));
            Ok(())
        },
    )?;
    out.progress_done();
    if let Some(error) = broken {
        return Err(
            Failure::new(FailureKind::Input, "the batch could not be read to its end")
                .because(error)
                .hint(
                    "the lines above are answered; run the batch again: they get the same answers",
                )
                .into(),
        );
    }
    out.say(format_args!("{answered} answered, {refused} not"));
    Ok(if refused == 0 {
        Exit::DONE
    } else {
        Exit::BATCH_PARTLY
    })
}

fn object(
    mut line: Line,
    result: Result<Reply, LineError<anyhow::Error>>,
    out: &Output,
) -> anyhow::Result<json::Replied> {
    let place = line.place();
    let error = match result {
        Ok(reply) => {
            let said = line.said.into_inner().unwrap_or_default();
            return reply::alone(out, &reply, said.carried, Some(place), false, said.others);
        }
        Err(LineError::Unread(error)) => Failure::of(&error),
        Err(LineError::Respond(it)) => {
            let failure = Failure::of(&it.error.into());
            failure.with(|details| {
                if let Some(who) = &it.asker {
                    reply::name_asker(details, who);
                }
            })
        }
    };
    Ok(json::Replied::NotAnswered(json::NotAnswered {
        line: place,
        error: Box::new(out.failing(&error)),
    }))
}

/// The code on a line, or in the `code` of its JSON object.
fn read(line: &Line) -> anyhow::Result<text::Code> {
    let text = line.text.trim();
    let held;
    let text = if text.starts_with('{') {
        held = code_of(line, text).ok_or_else(|| {
            Failure::usage("this line is no JSON object with a code")
                .hint("one code, or {\"code\": \"…\"}, on each line")
        })?;
        held.as_str()
    } else {
        text
    };
    let reading = code_input::find(text, reply::ANSWERED, |read| read.result)?;
    code_input::refuse_what_was_not_meant(&reading)?;
    let others = carried::beside(&reading, carried::key_in);
    let said = Said {
        carried: carried::object(&reading, carried::key_in),
        others: others.into_iter().map(another).collect(),
    };
    // Each line is read once.
    let _ = line.said.set(said);
    Ok(reading.code)
}

/// The code in a line's object; all else in it is kept, to be given back.
fn code_of(line: &Line, text: &str) -> Option<String> {
    let mut object: Map<String, Value> = serde_json::from_str(text).ok()?;
    let code = object.remove("code");
    if !object.is_empty() {
        // Each line is read once.
        let _ = line.given.set(object);
    }
    match code? {
        Value::String(code) => Some(code),
        _ => None,
    }
}

/// One code a line is answered: another one is said.
fn another(named: String) -> json::Warning {
    json::Warning {
        kind: "another_code",
        message: format!("the line also contains: {named}; it was not answered"),
        hint: Some("give each code a line of its own".to_owned()),
    }
}

/// The same lines; those in UTF-16, as PowerShell writes what is sent to a file, are read to their end first.
fn of_narrow_characters(mut input: Box<dyn BufRead>) -> io::Result<Box<dyn BufRead>> {
    let is_wide = loop {
        // What is read line by line is read again by itself where the call is interrupted; this is not.
        match input.fill_buf().map(text::is_wide) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            is_wide => break is_wide?,
        }
    };
    if !is_wide {
        return Ok(input);
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    Ok(Box::new(io::Cursor::new(text::decode(&bytes))))
}

/// The lines that are not empty. What cannot be read ends them and is kept for afterwards: what was answered before stays answered.
struct Lines<'a> {
    input: Box<dyn BufRead>,
    number: u64,
    broken: &'a mut Option<io::Error>,
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        loop {
            let mut bytes = Vec::new();
            match self
                .input
                .by_ref()
                .take(LONGEST_LINE)
                .read_until(b'\n', &mut bytes)
            {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => {
                    *self.broken = Some(error);
                    return None;
                }
            }
            self.number += 1;
            if bytes.len() as u64 == LONGEST_LINE && !bytes.ends_with(b"\n") {
                // No code is that long: the rest of the line is not kept, and what there is will be named as no code.
                if let Err(error) = self.input.skip_until(b'\n') {
                    *self.broken = Some(error);
                    return None;
                }
            }
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim_start_matches('\u{feff}');
            if !text.trim().is_empty() {
                return Some(Line {
                    number: self.number,
                    text: text.to_owned(),
                    given: OnceLock::new(),
                    said: OnceLock::new(),
                });
            }
        }
    }
}
