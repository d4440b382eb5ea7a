//! `seat`: who uses the seats of a floating license, and holding one.

pub(super) mod disconnect;
pub(super) mod hold;
pub(super) mod lease;
pub(super) mod list;
pub(super) mod share;

use super::check::CheckArgs;
use super::{Context, Exit, Run};
use crate::cli::machine_home::Found;
use crate::cli::report;

/// Refuses where the license may not be used at all; else says what it warns of.
fn allowed(context: &mut Context, found: &Found) -> Result<(), anyhow::Error> {
    if let Some(refusal) = &found.report.refusal {
        return Err(report::failure(&found.report, refusal).into());
    }
    report::warn(context, &found.report);
    Ok(())
}
