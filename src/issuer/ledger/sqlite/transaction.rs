//! A transaction of SQLite: begun by hand, because the ledger's own type must not borrow itself.

use rusqlite::{Connection, OptionalExtension, Params, Row};

use crate::issuer::ledger::{Access, LedgerError};

/// More than any table gets to: somebody put a row with such a number there, and numbers after it have an end.
const MOST_ROWS: i64 = 1 << 48;

/// One transaction; undone when dropped.
pub(super) struct SqliteTransaction<'a> {
    pub(super) connection: &'a Connection,
    open: bool,
}

impl<'a> SqliteTransaction<'a> {
    pub(super) fn begin(
        connection: &'a Connection,
        access: Access,
    ) -> Result<SqliteTransaction<'a>, LedgerError> {
        connection.execute_batch(match access {
            Access::Read | Access::Audit => "BEGIN",
            // Keeps other writers out at once: what is read before the first write stays true.
            Access::Write => "BEGIN IMMEDIATE",
        })?;
        Ok(SqliteTransaction {
            connection,
            open: true,
        })
    }

    pub(super) fn end(mut self) -> Result<(), LedgerError> {
        self.connection.execute_batch("COMMIT")?;
        self.open = false;
        Ok(())
    }

    /// The first row of a query, made into something.
    pub(super) fn first<T>(
        &self,
        sql: &str,
        params: impl Params,
        make: impl FnOnce(&Row<'_>) -> Result<T, LedgerError>,
    ) -> Result<Option<T>, LedgerError> {
        #[cfg(test)]
        work::count();
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        rows.next()?.map(make).transpose()
    }

    /// All rows of a query, made into something.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        make: impl Fn(&Row<'_>) -> Result<T, LedgerError>,
    ) -> Result<Vec<T>, LedgerError> {
        #[cfg(test)]
        work::count();
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut made = Vec::new();
        while let Some(row) = rows.next()? {
            made.push(make(row)?);
        }
        Ok(made)
    }

    /// Runs a statement that yields nothing; says how many rows it changed.
    pub(super) fn run(&self, sql: &str, params: impl Params) -> Result<usize, LedgerError> {
        Ok(self.connection.prepare_cached(sql)?.execute(params)?)
    }

    /// The row number that the next row of a table will have.
    pub(super) fn next(&self, table: &str) -> Result<i64, LedgerError> {
        let last = self.number(&format!("SELECT max(id) FROM {table}"))?;
        let beyond = || {
            LedgerError::Edited(format!(
                "{table} row {last} is beyond all that there can be"
            ))
        };
        last.checked_add(1)
            .filter(|next| *next < MOST_ROWS)
            .ok_or_else(beyond)
    }

    /// The one number a query yields, 0 where it yields none.
    pub(super) fn number(&self, sql: &str) -> Result<i64, LedgerError> {
        #[cfg(test)]
        work::count();
        let mut statement = self.connection.prepare_cached(sql)?;
        let found: Option<Option<i64>> = statement.query_row([], |row| row.get(0)).optional()?;
        Ok(found.flatten().unwrap_or(0))
    }
}

impl Drop for SqliteTransaction<'_> {
    fn drop(&mut self) {
        // A commit that failed may have ended the transaction already. Where even undoing fails the connection is
        // beyond use: the next BEGIN says so, and the file keeps its last commit.
        if self.open && !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}

/// What the tests count instead of time: looks into the ledger.
#[cfg(test)]
pub(in crate::issuer) mod work {
    use std::cell::Cell;

    thread_local! {
        static LOOKS: Cell<u64> = const { Cell::new(0) };
    }

    pub(super) fn count() {
        LOOKS.set(LOOKS.get() + 1);
    }

    /// How often this thread looked meanwhile.
    pub(in crate::issuer) fn of(what: impl FnOnce()) -> u64 {
        let before = LOOKS.get();
        what();
        LOOKS.get() - before
    }
}
