//! Mails that the desk reads and answers by itself (SPEC.md 9.19): each is known when it comes again, and so many are mailed, for anybody can write any
//! sender into a mail.

mod limits;

pub use limits::{EACH, GUESSES, IN_ALL, Said};

use crate::issuer::history::Actor;
use crate::issuer::ledger::{
    Canon, Decided, Ledger, LedgerError, Mail, MailId, MailState, Transaction,
};
use crate::issuer::respond;
use crate::protocol::date::Day;
use crate::protocol::digest::Digest;

/// Requests of one mail that are answered by themselves; more would be as many guesses at once.
pub const MOST_REQUESTS: usize = 20;
/// Mails that wait for a person at most: whoever could store more would bury those that matter.
pub const WAITING: usize = 500;
/// Those of one sender.
pub const WAITING_OF_ONE: usize = 20;
/// Requests with keys that were never sold, of a day, that a person is shown; more are counted.
pub const UNKNOWN_SHOWN: u32 = 20;

/// What a mail is known by when it comes again: its id, or the time at which it says it was sent; its sender; and its codes, for some programs give every mail
/// the same id.
pub fn known_by(id: Option<&str>, date: Option<&str>, sender: Option<&str>, asks: &str) -> Digest {
    let date = match id {
        Some(_) => None,
        None => date,
    };
    let sender = sender.map(str::to_lowercase);
    Canon::new("countersign v1 mail")
        .optional(id.map(str::as_bytes))
        .optional(date.map(str::as_bytes))
        .optional(sender.as_deref().map(str::as_bytes))
        .bytes(asks.as_bytes())
        .finish()
}

/// What becomes of a mail.
pub struct Fate<'a> {
    /// As it is to be kept.
    pub mail: Mail,
    /// What is mailed, where something is.
    pub letter: Option<Said<'a>>,
    /// Whether the letter lies in the outbox already: whoever was killed before he could write that down.
    pub lies_there: bool,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// It is kept so; whether something was mailed.
    Kept(Mail, bool),
    /// It was read before.
    Before(Mail),
    /// It would wait, and as many wait as may.
    Full,
}

/// Keeps what becomes of a mail that came, once; `place` lays the letter into the outbox. Both happen or, where the power fails between them, the letter alone:
/// it is found there when the mail comes again.
///
/// # Errors
/// What `place` or the ledger says.
pub fn keep<E: From<LedgerError>>(
    ledger: &mut Ledger,
    fate: Fate<'_>,
    place: impl FnOnce() -> Result<(), E>,
) -> Result<Became, E> {
    ledger.write(|tx| {
        let mut mail = fate.mail;
        if let Some(known) = tx.mail_known_by(&mail.digest)? {
            return Ok(Became::Before(known));
        }
        let day = mail.at.day();
        let mut mailed = false;
        if let Some(letter) = &fate.letter {
            match letter.beyond(tx, day)? {
                Some(beyond) if !fate.lies_there => {
                    if mail.state != MailState::Waiting {
                        mail.state = beyond.state;
                        mail.why = beyond.why.to_owned();
                        mail.said = beyond.said.to_owned();
                    }
                }
                _ => {
                    place()?;
                    letter.remember(tx, day)?;
                    mailed = true;
                }
            }
        }
        if mail.state == MailState::Waiting && is_full(tx, mail.sender.as_deref())? {
            if !mailed {
                return Ok(Became::Full);
            }
            mail.state = MailState::Quiet;
        }
        mail.id = tx.put_mail(&mail)?;
        Ok(Became::Kept(mail, mailed))
    })
}

/// Whether no more mails may wait.
fn is_full(tx: &mut dyn Transaction, sender: Option<&str>) -> Result<bool, LedgerError> {
    let waiting = tx.inbox(false)?;
    let own = waiting.iter().filter(|it| it.sender.as_deref() == sender);
    Ok(waiting.len() >= WAITING || own.count() >= WAITING_OF_ONE)
}

/// What was done with a mail when it came before.
///
/// # Errors
/// What the ledger says.
pub fn known(ledger: &mut Ledger, digest: &Digest) -> Result<Option<Mail>, LedgerError> {
    ledger.read(|tx| tx.mail_known_by(digest))
}

/// Whether so many keys were guessed on a day, by one sender or by all, that the desk answers none but those it knows: a guess that is right is not told from a
/// wrong one then.
///
/// # Errors
/// What the ledger says.
pub fn are_guessed(
    ledger: &mut Ledger,
    sender: Option<&str>,
    day: Day,
) -> Result<bool, LedgerError> {
    let own = respond::unknown_keys_of(ledger, sender, day)?;
    let (all, _) = respond::unknown_keys(ledger, day)?;
    Ok(own >= GUESSES.0 || all >= GUESSES.1)
}

/// Whether a person is shown a request with a key that was never sold.
///
/// # Errors
/// What the ledger says.
pub fn is_shown(ledger: &mut Ledger, day: Day) -> Result<bool, LedgerError> {
    Ok(respond::unknown_keys(ledger, day)?.0 <= UNKNOWN_SHOWN)
}

/// Contacts of licenses that may have this address.
///
/// # Errors
/// What the ledger says.
pub fn contacts_with(ledger: &mut Ledger, address: &str) -> Result<Vec<String>, LedgerError> {
    ledger.read(|tx| tx.contacts_with(address))
}

/// The mails of the inbox: those that wait, and with `all` those about which somebody decided.
///
/// # Errors
/// What the ledger says.
pub fn inbox(ledger: &mut Ledger, all: bool) -> Result<Vec<Mail>, LedgerError> {
    ledger.read(|tx| tx.inbox(all))
}

/// A mail of the inbox by its number; nothing where none has it.
///
/// # Errors
/// What the ledger says.
pub fn of_inbox(ledger: &mut Ledger, id: MailId) -> Result<Option<Mail>, LedgerError> {
    let mail = ledger.read(|tx| tx.mail(id))?;
    let shown = |it: &Mail| it.state == MailState::Waiting || it.decided.is_some();
    Ok(mail.filter(shown))
}

/// Writes down what somebody decided about a mail that waits; `asks` is what still waits of it, `place` lays a letter into the outbox. Whether it still waited.
///
/// # Errors
/// What `place` or the ledger says.
pub fn decide<E: From<LedgerError>>(
    ledger: &mut Ledger,
    id: MailId,
    (state, asks): (MailState, Option<String>),
    (by, note): (Actor<'_>, Option<String>),
    letter: Option<&Said<'_>>,
    place: impl FnOnce() -> Result<(), E>,
) -> Result<bool, E> {
    ledger.write(|tx| {
        let Some(mut mail) = tx.mail(id)?.filter(|it| it.state == MailState::Waiting) else {
            return Ok(false);
        };
        place()?;
        if let Some(letter) = letter {
            letter.remember(tx, by.now.day())?;
        }
        match asks {
            Some(asks) => mail.asks = asks,
            None => mail.state = state,
        }
        mail.decided = Some(Decided {
            by: by.name.to_owned(),
            at: by.now,
            note,
        });
        tx.put_mail(&mail)?;
        Ok(true)
    })
}
