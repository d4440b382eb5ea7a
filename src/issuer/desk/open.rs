//! The ledger of a desk, opened.

use std::path::Path;

use super::{Desk, DeskError};
use crate::issuer::ledger::{Ledger, LedgerError};

impl Desk {
    /// Opens the ledger.
    ///
    /// # Errors
    /// `Missing` where there is no desk, and whatever the ledger says.
    pub fn ledger(&self) -> Result<Ledger, DeskError> {
        self.opened(Ledger::open)
    }

    /// The same, only to be read.
    ///
    /// # Errors
    /// As [`Desk::ledger`].
    pub fn ledger_to_read(&self) -> Result<Ledger, DeskError> {
        self.opened(Ledger::open_to_read)
    }

    fn opened(
        &self,
        open: impl FnOnce(&Path) -> Result<Ledger, LedgerError>,
    ) -> Result<Ledger, DeskError> {
        match open(&self.ledger_path()) {
            Err(LedgerError::Missing(_)) if !self.exists() => {
                Err(DeskError::Missing(self.directory().to_owned()))
            }
            other => Ok(other?),
        }
    }
}
