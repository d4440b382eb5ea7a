//! What the mail of a request says of its machine: the names that the letter of `countersign request` has. It proves nothing.

use super::Context;
use crate::cli::desk::OpenDesk;
use crate::issuer::names;
use crate::issuer::respond::Answer;
use crate::messages;
use crate::protocol::digest::ActivationId;
use crate::text::{Reading, show};

/// Bytes of a name: those of the longest host name.
const LONGEST: usize = 253;

/// Names in the lines of one activation.
#[derive(Default)]
struct Names {
    host: Option<String>,
    bound: Vec<(String, String)>,
}

/// Keeps what the mail says of the machine that is answered, and says so.
///
/// # Errors
/// Where the ledger cannot be written.
pub(super) fn keep(
    context: &mut Context,
    desk: &mut OpenDesk,
    reading: &Reading,
    answer: &Answer,
    alone: bool,
) -> anyhow::Result<()> {
    let found = find(
        reading,
        answer.activation,
        &answer.order.product.bind,
        alone,
    );
    let today = context.environment.now().day();
    let Names { host, bound } = found;
    let kept = names::keep(
        desk.ledger(),
        answer.key,
        answer.activation,
        host,
        bound,
        today,
    )?;
    if let Some(said) = kept {
        context.out.say(format_args!(
            "kept of {}, as it says: {said}",
            answer.activation
        ));
    }
    Ok(())
}

/// The lines that follow the name of the activation; where no line names any, all, if the text has one request.
fn find(reading: &Reading, activation: ActivationId, bind: &[String], alone: bool) -> Names {
    let (mut own, mut free) = (Names::default(), Names::default());
    let (mut at, mut any) = (None, false);
    for line in &reading.lines {
        if let Some(value) = value(line, messages::label::activation()) {
            at = value.parse::<ActivationId>().ok();
            any = true;
            continue;
        }
        match at {
            None => free.take(line, bind),
            Some(id) if id == activation => own.take(line, bind),
            Some(_) => {}
        }
    }
    match any {
        false if alone => free,
        _ => own,
    }
}

impl Names {
    fn take(&mut self, line: &str, bind: &[String]) {
        let fits = |value: &str| {
            !value.is_empty() && value.len() <= LONGEST && show::hidden_in(value).is_none()
        };
        if let Some(host) = value(line, messages::label::host()) {
            let one = fits(host) && !host.contains(char::is_whitespace);
            self.host = self.host.take().or_else(|| one.then(|| host.to_owned()));
        }
        let bound = value(line, messages::label::bound_to());
        let Some((name, value)) = bound.and_then(|it| it.split_once(' ')) else {
            return;
        };
        let value = value.trim();
        let known = self.bound.iter().any(|(it, _)| it == name);
        if bind.iter().any(|it| it == name) && fits(value) && !known {
            self.bound.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// The value of a line that begins with a label.
fn value<'l>(line: &'l str, label: &str) -> Option<&'l str> {
    let rest = line.strip_prefix(label)?;
    let between = |c: char| c == ':' || c.is_whitespace();
    let value = rest.trim_start_matches(between);
    (value.len() < rest.len()).then(|| value.trim())
}
