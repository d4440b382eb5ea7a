//! `respond` where there is no desk.

use super::respond::{ANSWERED, How, answer};
use super::{Context, Exit, Run};
use crate::cli::code_input::CodeArgs;
use crate::cli::code_output::CodeOutputArgs;
use crate::cli::json;
use crate::cli::passphrase::PassphraseArgs;
use crate::protocol::date::Day;

/// Answer a workstation that asks for a seat, or take one back
///
/// The same request gets the same answer again, and never a second seat. Wants the password of the site's key; a return code wants none.
#[derive(clap::Args)]
pub(crate) struct RespondAlone {
    #[command(flatten)]
    code: CodeArgs,
    /// The last day of the loan, instead of the days that are asked for
    #[arg(long, value_name = "DATE")]
    until: Option<Day>,
    /// Note whose the loan is, where nothing is noted of it yet
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Say what would be answered and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    code_output: CodeOutputArgs,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

impl Run for RespondAlone {
    const NAME: &'static str = "respond";
    const ABOUT: &'static str = "Answer a workstation that asks for a seat, or take one back";

    type Object = json::LoanReplied;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        self.code_output.check()?;
        let reading = self.code.read_silently(context, ANSWERED)?;
        let how = How {
            until: self.until,
            note: self.note.as_deref(),
            dry_run: self.dry_run,
            code_output: &self.code_output,
            passphrase: &self.passphrase,
        };
        answer(context, reading, &how, |it| it)
    }
}
