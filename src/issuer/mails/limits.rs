//! How much is mailed by itself: an answer that was never mailed always; what was mailed before, and refusals, so often a day.

use crate::issuer::ledger::{Canon, LedgerError, MailState, Transaction};
use crate::protocol::date::Day;
use crate::protocol::digest::Digest;

/// Letters of a day that tell one address nothing new.
pub const EACH: u32 = 5;
/// Those of a day in all.
pub const IN_ALL: u32 = 200;
/// Requests of a day with keys that were never sold, of one sender and in all, from which on only contacts are answered.
pub const GUESSES: (u32, u32) = (20, 200);

/// What letters that tell nothing new are counted under, with their addressee after it.
const MAILED: &str = "mailed ";

/// What a letter says to whom.
#[derive(Clone, Debug)]
pub struct Said<'a> {
    /// The address that it goes to.
    pub to: &'a str,
    /// The requests that it answers.
    pub answers: Vec<Digest>,
    /// The requests that it does not answer, each with the reason by its stable name.
    pub refusals: Vec<(Digest, &'static str)>,
}

/// Why a letter is not sent, and what becomes of the mail instead.
pub(super) struct Beyond {
    pub(super) state: MailState,
    pub(super) why: &'static str,
    pub(super) said: &'static str,
}

impl Said<'_> {
    /// Whether it is not sent: it tells nothing new, and was sent today, or too many such were.
    pub(super) fn beyond(
        &self,
        tx: &mut dyn Transaction,
        day: Day,
    ) -> Result<Option<Beyond>, LedgerError> {
        if self.has_news(tx)? {
            return Ok(None);
        }
        if self.was_sent(tx, day)? {
            return Ok(Some(Beyond {
                state: MailState::Quiet,
                why: "mailed_today",
                said: "the same was mailed there today",
            }));
        }
        let letters = tx.beyond(MAILED, Some(day))?;
        let own = [MAILED, &self.to.to_lowercase()].concat();
        let own = letters.iter().find(|(subject, _)| *subject == own);
        let all = letters.iter().map(|(_, many)| *many);
        let all = all.fold(0, u32::saturating_add);
        if own.is_none_or(|(_, many)| *many < EACH) && all < IN_ALL {
            return Ok(None);
        }
        Ok(Some(Beyond {
            // What was mailed before nobody has to look at.
            state: match self.refusals.is_empty() {
                true => MailState::Quiet,
                false => MailState::Waiting,
            },
            why: "mailed_enough",
            said: "as much was mailed today as may be",
        }))
    }

    /// Writes down that it is sent.
    pub(super) fn remember(&self, tx: &mut dyn Transaction, day: Day) -> Result<(), LedgerError> {
        if !self.has_news(tx)? {
            let own = [MAILED, &self.to.to_lowercase()].concat();
            tx.add_beyond(&own, day)?;
        }
        for request in &self.answers {
            tx.set_mailed(&first(request), day)?;
        }
        for what in self.all() {
            tx.set_mailed(&what, day)?;
        }
        Ok(())
    }

    /// Whether it has an answer that was mailed to nobody yet.
    fn has_news(&self, tx: &mut dyn Transaction) -> Result<bool, LedgerError> {
        for request in &self.answers {
            if tx.mailed(&first(request))?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether all of it was sent to the same address that day.
    fn was_sent(&self, tx: &mut dyn Transaction, day: Day) -> Result<bool, LedgerError> {
        for what in self.all() {
            if tx.mailed(&what)? != Some(day) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What it says, thing by thing.
    fn all(&self) -> Vec<Digest> {
        let answers = self.answers.iter().map(|it| (it, "answered"));
        let refusals = self.refusals.iter().map(|(it, why)| (it, *why));
        let to = self.to.to_lowercase();
        let told = |(request, what): (&Digest, &str)| {
            Canon::new("countersign v1 mailed to")
                .raw(request)
                .bytes(what.as_bytes())
                .bytes(to.as_bytes())
                .finish()
        };
        answers.chain(refusals).map(told).collect()
    }
}

/// That the answer of a request was mailed at all.
fn first(request: &Digest) -> Digest {
    Canon::new("countersign v1 mailed").raw(request).finish()
}
