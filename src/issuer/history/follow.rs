//! Following the history: what comes after an event that somebody has. Numbers have no gaps and rise with each commit, so nothing appears later before
//! something that was seen; and the chain of an event stands on all before it, so whoever names both is told where the history is another by now.

use std::fmt;
use std::str::FromStr;

use super::LEDGER_RESTORE;
use crate::failure::FailureKind;
use crate::issuer::ledger::{Event, EventId, LedgerError, Transaction};
use crate::protocol::note::{Hex, unhex};

/// Which event somebody has last: `12:` and the chain up to it in 64 hexadecimal digits. The number alone says it, too, and then nobody can tell whether it
/// is another by now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Its number; 0 before the first.
    pub event: u64,
    /// The chain up to it, 32 bytes; none where that is not said.
    pub hash: Option<[u8; 32]>,
}

/// A text that is no [`Cursor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is the cursor of a line as it stands there, or the number of an event")]
pub struct NoCursor;

impl From<&Event> for Cursor {
    fn from(event: &Event) -> Cursor {
        Cursor {
            event: event.id.0.cast_unsigned(),
            hash: Some(event.hash),
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.event)?;
        match &self.hash {
            Some(hash) => write!(f, ":{}", Hex(hash)),
            None => Ok(()),
        }
    }
}

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Cursor, NoCursor> {
        let (number, hash) = match text.split_once(':') {
            Some((number, hash)) => (number, Some(hash)),
            None => (text, None),
        };
        // A sign is no part of a number here.
        let digits = number.bytes().all(|it| it.is_ascii_digit());
        let event = number.parse().ok().filter(|_| digits).ok_or(NoCursor)?;
        let bytes = |hash| unhex(hash).and_then(|it| it.try_into().ok());
        let hash = hash.map(|it| bytes(it).ok_or(NoCursor)).transpose()?;
        Ok(Cursor { event, hash })
    }
}

/// Why there is no next event.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FollowError {
    /// The event is not in this history: the ledger was put back to an earlier state, or exchanged.
    #[error("the history is another one: it has no event {event} as it was given out")]
    OtherHistory {
        /// Its number.
        event: u64,
        /// The events up to there by which the ledger was put back: from one of them on it is another.
        restored: Vec<u64>,
    },
    /// The ledger's word.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl FollowError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            FollowError::OtherHistory { .. } => FailureKind::OtherHistory,
            FollowError::Ledger(error) => error.kind(),
        }
    }
}

/// What an event is about, beside its license.
#[derive(Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub struct About {
    /// The row of the license's terms as they were after it; none of what happened to no license.
    pub order: Option<i64>,
    /// The id of the product that it made or changed.
    pub product: Option<String>,
}

/// What an event is about; nothing where its facts cannot be read.
pub fn about(event: &Event) -> About {
    serde_json::from_str(&event.data).unwrap_or_default()
}

/// The events after one that somebody has, the oldest first, at most so many.
///
/// # Errors
/// `OtherHistory`, and what the ledger says.
pub fn following(
    tx: &mut dyn Transaction,
    after: Cursor,
    most: usize,
) -> Result<Vec<Event>, FollowError> {
    let id = EventId(i64::try_from(after.event).unwrap_or(i64::MAX));
    if after.event > 0 {
        let known = tx.event(id)?;
        let same = |event: Event| after.hash.is_none_or(|hash| hash == event.hash);
        if !known.is_some_and(same) {
            let put_back = tx.events_of(LEDGER_RESTORE)?.into_iter();
            return Err(FollowError::OtherHistory {
                event: after.event,
                restored: put_back
                    .filter(|it| it.id <= id)
                    .map(|it| it.id.0.cast_unsigned())
                    .collect(),
            });
        }
    }
    Ok(tx.events(id, most)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_has_one_spelling() {
        let hash = "0123456789abcdef".repeat(4);
        let whole = format!("12:{hash}");
        let cursor: Cursor = whole.parse().unwrap();
        assert_eq!((cursor.event, cursor.to_string()), (12, whole));
        assert_eq!("0".parse(), Ok(Cursor::default()));
        for text in [
            "",
            ":",
            "12:",
            "+12",
            "-1",
            "12 ",
            "twelve",
            "99999999999999999999",
            &format!("12:{}", &hash[1..]),
            &format!("12:{}", hash.to_uppercase()),
            &format!(":{hash}"),
            &format!("12:{hash}:"),
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(NoCursor), "{text}");
        }
    }
}
