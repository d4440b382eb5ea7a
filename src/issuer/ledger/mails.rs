//! What the rules for mails ask of a store.

use super::LedgerError;
use super::rows::{Mail, MailId};
use crate::protocol::date::Day;
use crate::protocol::digest::Digest;

/// Mails that the desk read by itself, in a transaction. Every method fails with what the disk or the engine says.
pub trait Mails {
    /// The mail that is known by this digest.
    fn mail_known_by(&mut self, digest: &Digest) -> Result<Option<Mail>, LedgerError>;
    /// A mail by its row.
    fn mail(&mut self, id: MailId) -> Result<Option<Mail>, LedgerError>;
    /// Mails that wait for a person, the oldest first; with `all` also those about which one decided.
    fn inbox(&mut self, all: bool) -> Result<Vec<Mail>, LedgerError>;
    /// Keeps a mail, in the place of what was kept of it; one with the row 0 gets the next. Gives back its row.
    fn put_mail(&mut self, mail: &Mail) -> Result<MailId, LedgerError>;

    /// The day on which this was mailed last.
    fn mailed(&mut self, what: &Digest) -> Result<Option<Day>, LedgerError>;
    /// Remembers that it is mailed.
    fn set_mailed(&mut self, what: &Digest, day: Day) -> Result<(), LedgerError>;

    /// Contacts of licenses with this in them, in letters of any size: an address may be one of theirs.
    fn contacts_with(&mut self, text: &str) -> Result<Vec<String>, LedgerError>;
}
