//! Mails that the desk read by itself, in SQL.

use rusqlite::{Row, params};

use super::convert::{Wrong, most, named};
use super::transaction::SqliteTransaction;
use crate::issuer::ledger::{Decided, LedgerError, Mail, MailId, MailState, Mails, Row as Whole};
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::Digest;

const MAIL: &str = "SELECT id, mail, at, state, why, said, sender, thread, subject, asks, decided_by, decided, note FROM mail";
/// Contacts that may be meant by one address: more than share one.
const MOST_CONTACTS: i64 = 50;

impl Mails for SqliteTransaction<'_> {
    fn mail_known_by(&mut self, digest: &Digest) -> Result<Option<Mail>, LedgerError> {
        self.first(&format!("{MAIL} WHERE mail = ?"), [digest], read)
    }

    fn mail(&mut self, id: MailId) -> Result<Option<Mail>, LedgerError> {
        self.first(&format!("{MAIL} WHERE id = ?"), [id.0], read)
    }

    fn inbox(&mut self, all: bool) -> Result<Vec<Mail>, LedgerError> {
        let waiting = MailState::Waiting.name();
        let decided = match all {
            true => "OR decided IS NOT NULL",
            false => "",
        };
        let sql = format!("{MAIL} WHERE state = '{waiting}' {decided} ORDER BY id");
        self.all(&sql, [], read)
    }

    fn put_mail(&mut self, mail: &Mail) -> Result<MailId, LedgerError> {
        let id = match mail.id.0 {
            0 => self.next("mail")?,
            id => id,
        };
        let decided = mail.decided.as_ref();
        self.run(
            "INSERT OR REPLACE INTO mail (id, mail, at, state, why, said, sender, thread, subject, asks, decided_by, decided, note) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                id,
                mail.digest,
                mail.at.0,
                mail.state.name(),
                mail.why,
                mail.said,
                mail.sender,
                mail.thread,
                mail.subject,
                mail.asks,
                decided.map(|it| &it.by),
                decided.map(|it| it.at.0),
                decided.and_then(|it| it.note.as_ref()),
            ],
        )?;
        Ok(MailId(id))
    }

    fn mailed(&mut self, what: &Digest) -> Result<Option<Day>, LedgerError> {
        let number = |row: &Row<'_>| Ok(row.get::<_, u16>(0)?);
        let day = self.first("SELECT day FROM mailed WHERE what = ?", [what], number)?;
        Ok(day.and_then(Day::new))
    }

    fn set_mailed(&mut self, what: &Digest, day: Day) -> Result<(), LedgerError> {
        self.run(
            "INSERT OR REPLACE INTO mailed (what, day) VALUES (?, ?)",
            params![what, day.number()],
        )?;
        Ok(())
    }

    fn contacts_with(&mut self, text: &str) -> Result<Vec<String>, LedgerError> {
        self.all(
            "SELECT DISTINCT contact FROM terms WHERE contact IS NOT NULL AND instr(lower(contact), lower(?)) > 0 LIMIT ?",
            params![text, MOST_CONTACTS],
            |row| Ok(row.get(0)?),
        )
    }
}

impl SqliteTransaction<'_> {
    /// Mails behind a row, to be moved to another ledger.
    pub(super) fn mail_page(&self, after: i64, rows: usize) -> Result<Vec<Whole>, LedgerError> {
        let page = format!("{MAIL} WHERE id > ? ORDER BY id LIMIT ?");
        self.all(&page, [after, most(rows)], |row| {
            Ok(Whole::Mail(read(row)?))
        })
    }
}

fn read(row: &Row<'_>) -> Result<Mail, LedgerError> {
    named(row, ("mail", 0), || {
        let state: String = row.get(3)?;
        let mut states = MailState::ALL.into_iter();
        let state = states.find(|it| it.name() == state);
        let (by, at): (Option<String>, Option<u32>) = (row.get(10)?, row.get(11)?);
        let note = row.get(12)?;
        let decided = by.zip(at).map(|(by, at)| Decided {
            by,
            at: Seconds(at),
            note,
        });
        Ok(Mail {
            id: MailId(row.get(0)?),
            digest: row.get(1)?,
            at: Seconds(row.get(2)?),
            state: state.ok_or(Wrong::Value("state"))?,
            why: row.get(4)?,
            said: row.get(5)?,
            sender: row.get(6)?,
            thread: row.get(7)?,
            subject: row.get(8)?,
            asks: row.get(9)?,
            decided,
        })
    })
}
