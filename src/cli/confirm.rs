//! Asking before something that cannot be taken back.

use std::io::{self, IsTerminal, Write};

use crate::failure::FailureKind;
use crate::text::show;

use super::Context;
use super::failure::Failure;

/// Whether the person at the terminal agrees. `deed` is what nobody could be asked about, such as "whether to forget".
pub(crate) fn agreed(context: &Context, question: &str, deed: &str) -> anyhow::Result<bool> {
    if context.no_input || !io::stdin().is_terminal() {
        return Err(Failure::usage(format!("nobody can be asked {deed}"))
            .hint("add --yes")
            .into());
    }
    let mut answer = String::new();
    let asked = write!(io::stderr(), "{} [y/N] ", show::line(question))
        .and_then(|()| io::stdin().read_line(&mut answer));
    asked.map_err(|error| {
        Failure::new(FailureKind::Prompt, "the answer could not be read")
            .because(error)
            .hint("add --yes")
    })?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}
