//! The ledger: what was ordered, who holds it, what was answered, and the history of all that (SPEC.md 9).

mod canon;
mod engine;
mod error;
mod kept;
mod mails;
mod rows;
mod spelled;
mod sqlite;
mod stood;
mod until;
mod whole;

use std::path::Path;

pub(crate) use canon::Canon;
pub use engine::{Access, Beneath, Chained, Engine, Flaw, Transaction};
pub use error::LedgerError;
pub use kept::{COUNTED_DAYS, Counts, Days, Had, Lending, LoansTold, Reference, Withdrawn};
pub use mails::Mails;
pub use rows::{
    Act, Activation, ActivationRow, Decided, Declined, DeskKey, DeskKeyId, EarlyReturn,
    EmergencyAllowance, Ended, Event, EventId, License, LicenseId, Mail, MailId, MailState,
    OrderTerms, Product, ProductId, Refused, Resting, Said, SealedKey, SeedKeyId, SignerId,
    StoredAnswer, StoredSigner, TermsId, WeakRule,
};
#[cfg(test)]
pub(in crate::issuer) use sqlite::work;
pub use stood::Stood;
pub use until::Until;
pub use whole::{Beyond, Key, Mailed, Meta, Order, Row, Table};

/// Rows read at a time where a list may be long.
pub(crate) const PAGE: usize = 4096;

/// A ledger, whichever engine keeps it.
pub struct Ledger {
    engine: Box<dyn Engine>,
}

impl Ledger {
    /// Makes a ledger in one SQLite file that only its owner may read.
    ///
    /// # Errors
    /// `Exists` where there is a file already, and whatever the disk says.
    pub fn create(path: &Path) -> Result<Ledger, LedgerError> {
        Ok(Ledger::on(Box::new(sqlite::Sqlite::create(path)?)))
    }

    /// Opens a ledger that was made before.
    ///
    /// # Errors
    /// `Missing`, `Foreign`, `Newer`, `Damaged`, `InUse`, `ReadOnly`, and whatever else the disk says.
    pub fn open(path: &Path) -> Result<Ledger, LedgerError> {
        Ok(Ledger::on(Box::new(sqlite::Sqlite::open(path)?)))
    }

    /// The same, only to be read: what would write in it fails.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub fn open_to_read(path: &Path) -> Result<Ledger, LedgerError> {
        Ok(Ledger::on(Box::new(sqlite::Sqlite::open_to_read(path)?)))
    }

    /// The same, nobody else having it open as long as it is.
    ///
    /// # Errors
    /// As [`Ledger::open`]; `InUse` where another process has it open.
    pub fn open_alone(path: &Path) -> Result<Ledger, LedgerError> {
        Ok(Ledger::on(Box::new(sqlite::Sqlite::open_alone(path)?)))
    }

    /// A ledger on another engine.
    pub fn on(engine: Box<dyn Engine>) -> Ledger {
        Ledger { engine }
    }

    /// Copies it as it stands into a new file (SPEC.md 9.14).
    ///
    /// # Errors
    /// As [`Engine::back_up`].
    pub fn back_up(&mut self, to: &Path) -> Result<(), LedgerError> {
        self.engine.back_up(to)
    }

    /// Takes on the state of such a file.
    ///
    /// # Errors
    /// As [`Engine::take_on`].
    pub fn take_on(&mut self, file: &Path) -> Result<(), LedgerError> {
        self.engine.take_on(file)
    }

    /// Runs one transaction that writes: committed where `work` succeeds, undone where it fails.
    ///
    /// # Errors
    /// What `work` says, or what the ledger says.
    pub fn write<T, E: From<LedgerError>>(
        &mut self,
        work: impl FnOnce(&mut dyn Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut transaction = self.engine.begin(Access::Write)?;
        let value = work(transaction.as_mut())?;
        transaction.commit()?;
        Ok(value)
    }

    /// Runs one transaction that only reads.
    ///
    /// # Errors
    /// What `work` says, or what the ledger says.
    pub fn read<T, E: From<LedgerError>>(
        &mut self,
        work: impl FnOnce(&mut dyn Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        work(self.engine.begin(Access::Read)?.as_mut())
    }

    /// Runs one transaction that only reads, even where the tables are not as this program makes them: to say what is wrong.
    ///
    /// # Errors
    /// What `work` says, or what the ledger says.
    pub fn audit<T, E: From<LedgerError>>(
        &mut self,
        work: impl FnOnce(&mut dyn Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        work(self.engine.begin(Access::Audit)?.as_mut())
    }

    /// Runs one transaction as if it were to be written, and undoes it: what would happen, and nothing does.
    ///
    /// # Errors
    /// What `work` says, or what the ledger says.
    pub fn rehearse<T, E: From<LedgerError>>(
        &mut self,
        work: impl FnOnce(&mut dyn Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        work(self.engine.begin(Access::Write)?.as_mut())
    }
}
