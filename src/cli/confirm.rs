//! Asking before something that cannot be taken back.

use std::io::{self, IsTerminal, Write};

use crate::failure::FailureKind;
use crate::messages;
use crate::text::show;

use super::Context;
use super::failure::Failure;
use super::wrap;

/// Whether the person at the terminal agrees. `deed` is what nobody could be asked about, such as "whether to forget".
pub(crate) fn agreed(context: &Context, question: &str, deed: &str) -> anyhow::Result<bool> {
    if context.no_input || !io::stdin().is_terminal() {
        return Err(
            Failure::usage(messages::prompt::nobody_asked(&deed).to_string())
                .hint(messages::prompt::add_yes())
                .into(),
        );
    }
    let question = wrap::wrapped(&show::line(question), wrap::columns(io::stderr()), 0);
    let mut answer = String::new();
    let asked =
        write!(io::stderr(), "{question} [y/N] ").and_then(|()| io::stdin().read_line(&mut answer));
    asked.map_err(|error| {
        Failure::new(FailureKind::Prompt, messages::prompt::answer_unread())
            .because(error)
            .hint(messages::prompt::add_yes())
    })?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}
