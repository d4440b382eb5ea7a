//! Exit codes: one number per failure class, never reused (README, "Exit codes").

use std::process::ExitCode;

/// An exit code of the command-line contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exit(pub(crate) u8);

impl Exit {
    pub(crate) const DONE: Exit = Exit(0);
    /// Input or output, a full disk, a locked ledger.
    pub(crate) const FAILED: Exit = Exit(1);
    pub(crate) const USAGE: Exit = Exit(2);
    /// No code found, or typed too badly to mend.
    pub(crate) const NO_CODE: Exit = Exit(3);
    /// A good code, but not for this.
    pub(crate) const NOT_FOR_THIS: Exit = Exit(4);
    /// Signature, chain or limits do not hold.
    pub(crate) const NOT_TRUSTED: Exit = Exit(5);
    /// No seat, expired, held for the manager.
    pub(crate) const REFUSED: Exit = Exit(6);
    /// A batch in which some lines were not answered.
    #[cfg(feature = "desk")]
    pub(crate) const BATCH_PARTLY: Exit = Exit(8);
    /// `check`: not licensed.
    pub(crate) const UNLICENSED: Exit = Exit(10);
    pub(crate) const EXPIRED: Exit = Exit(11);
    pub(crate) const OVERDUE: Exit = Exit(12);
    pub(crate) const WRONG_MACHINE: Exit = Exit(13);
    pub(crate) const CLOCK_BEHIND: Exit = Exit(14);
    pub(crate) const NO_FEATURE: Exit = Exit(15);
    pub(crate) const OVER_LIMIT: Exit = Exit(16);
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.0)
    }
}
