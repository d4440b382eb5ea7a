//! Tables read side by side.

use crate::issuer::ledger::LedgerError;

/// One table read front to back, a page at a time.
pub(super) struct Cursor<T> {
    page: std::vec::IntoIter<T>,
    /// The row that comes next, once it was looked at; taken, it is past.
    pub(super) peeked: Option<T>,
    after: i64,
    ended: bool,
}

impl<T> Default for Cursor<T> {
    fn default() -> Self {
        Cursor {
            page: Vec::new().into_iter(),
            peeked: None,
            after: 0,
            ended: false,
        }
    }
}

impl<T> Cursor<T> {
    /// Looks at the next row; `fetch` reads the page after a row, `key` says which row one is.
    pub(super) fn peek(
        &mut self,
        fetch: impl FnOnce(i64) -> Result<Vec<T>, LedgerError>,
        key: impl Fn(&T) -> i64,
    ) -> Result<Option<&T>, LedgerError> {
        if self.peeked.is_none() {
            self.peeked = self.page.next();
        }
        if self.peeked.is_none() && !self.ended {
            let page = fetch(self.after)?;
            self.ended = page.is_empty();
            self.after = page.last().map_or(self.after, key);
            self.page = page.into_iter();
            self.peeked = self.page.next();
        }
        Ok(self.peeked.as_ref())
    }
}
