//! Rows of any table, to be moved to another ledger, in SQL.

use rusqlite::params;

use super::convert::{self, ANSWER, EARLY, EVENT, LICENSE, TERMS, most};
use super::statements::number;
use super::transaction::SqliteTransaction;
use crate::issuer::ledger::{
    Beyond, LedgerError, License, Mailed, Mails as _, Meta, Order, Row, StoredSigner, Table,
    Transaction, Withdrawn,
};
use crate::protocol::date::Day;

impl SqliteTransaction<'_> {
    pub(super) fn rows_of(
        &mut self,
        table: Table,
        after: Option<&Row>,
        rows: usize,
    ) -> Result<Vec<Row>, LedgerError> {
        let after = after.filter(|it| it.table() == table);
        // No row has a lower number, also where somebody put one there.
        let id = after.map_or(i64::MIN, Row::number);
        let page =
            |select: &str, key: &str| format!("{select} WHERE {key} > ? ORDER BY {key} LIMIT ?");
        let from = [id, most(rows)];
        match table {
            Table::Meta => {
                let all = self.all_meta()?.into_iter();
                let all = all.map(|(name, value)| Row::Meta(Meta { name, value }));
                Ok(rest(all, after))
            }
            Table::Product => Ok(rest(self.products()?.into_iter().map(Row::Product), after)),
            Table::Signer => Ok(rest(self.signers()?.into_iter().map(Row::Signer), after)),
            Table::DeskKey => Ok(rest(self.desk_keys()?.into_iter().map(Row::DeskKey), after)),
            Table::SealedKey => {
                let all = self.sealed_keys()?.into_iter();
                Ok(rest(all.map(Row::SealedKey), after))
            }
            Table::Terms => self.all(&page(TERMS, "id"), from, |row| {
                let (id, event, terms) = convert::terms(row)?;
                Ok(Row::Terms(Order { id, terms, event }))
            }),
            Table::License => self.all(&page(LICENSE, "id"), from, |row| {
                Ok(Row::License(convert::license(row)?))
            }),
            Table::Activation => {
                let page = self.activations_where("id > ? ORDER BY id LIMIT ?", from)?;
                Ok(page.into_iter().map(Row::Activation).collect())
            }
            Table::Answer => self.all(&page(ANSWER, "event"), from, |row| {
                Ok(Row::Answer(convert::answer(row)?))
            }),
            Table::History => self.all(&page(EVENT, "id"), from, |row| {
                Ok(Row::History(convert::event(row)?))
            }),
            Table::EarlyReturn => self.all(&page(EARLY, "event"), from, |row| {
                Ok(Row::EarlyReturn(convert::early(row)?))
            }),
            Table::Refused => {
                let after = match after {
                    Some(Row::Refused(it)) => Some(it.request),
                    _ => None,
                };
                let page = self.refused_page(after, rows)?;
                Ok(page.into_iter().map(Row::Refused).collect())
            }
            Table::Beyond => self.beyond_page(after, rows),
            Table::Declined => self.declined_page(after, rows),
            Table::Said => self.said_page(after, rows),
            Table::Mail => self.mail_page(id, rows),
            Table::Mailed => self.mailed_page(after, rows),
        }
    }

    fn beyond_page(&self, after: Option<&Row>, rows: usize) -> Result<Vec<Row>, LedgerError> {
        let (subject, day) = match after {
            Some(Row::Beyond(it)) => (it.subject.as_str(), i64::from(it.day.number())),
            _ => ("", i64::MIN),
        };
        self.all(
            "SELECT subject, day, many FROM beyond WHERE (subject, day) > (?, ?) ORDER BY subject, day LIMIT ?",
            params![subject, day, most(rows)],
            |row| {
                let impossible = || LedgerError::Damaged("a count has an impossible day".to_owned());
                Ok(Row::Beyond(Beyond {
                    subject: row.get(0)?,
                    day: Day::new(row.get(1)?).ok_or_else(impossible)?,
                    many: row.get(2)?,
                }))
            },
        )
    }

    fn declined_page(&self, after: Option<&Row>, rows: usize) -> Result<Vec<Row>, LedgerError> {
        let after = match after {
            Some(Row::Declined(it)) => it.request.as_slice(),
            _ => &[],
        };
        self.all(
            "SELECT request, license, aid, fingerprint, at, event, kind, said, waits, phrase, sender FROM declined \
             WHERE request > ? ORDER BY request LIMIT ?",
            params![after, most(rows)],
            |row| Ok(Row::Declined(convert::declined(row)?)),
        )
    }

    fn said_page(&self, after: Option<&Row>, rows: usize) -> Result<Vec<Row>, LedgerError> {
        let (license, activation) = match after {
            Some(Row::Said(it)) => (it.license.0, it.activation.0),
            _ => (i64::MIN, i64::MIN),
        };
        self.all(
            "SELECT activation, license, host, bound, day FROM said WHERE (license, activation) > (?, ?) \
             ORDER BY license, activation LIMIT ?",
            params![license, activation, most(rows)],
            |row| Ok(Row::Said(convert::said(row)?)),
        )
    }

    fn mailed_page(&self, after: Option<&Row>, rows: usize) -> Result<Vec<Row>, LedgerError> {
        let after = match after {
            Some(Row::Mailed(it)) => it.what.as_slice(),
            _ => &[],
        };
        self.all(
            "SELECT what, day FROM mailed WHERE what > ? ORDER BY what LIMIT ?",
            params![after, most(rows)],
            |row| {
                let impossible = || LedgerError::Damaged("a mail has an impossible day".to_owned());
                Ok(Row::Mailed(Mailed {
                    what: row.get(0)?,
                    day: Day::new(row.get(1)?).ok_or_else(impossible)?,
                }))
            },
        )
    }

    pub(super) fn put_row(&mut self, row: &Row) -> Result<(), LedgerError> {
        match row {
            Row::Meta(it) => self.set_meta(&it.name, &it.value),
            Row::Product(it) => self.insert_product(Some(it.id), it).map(drop),
            Row::Terms(it) => self
                .insert_terms(Some(it.id), &it.terms, it.event)
                .map(drop),
            Row::License(it) => self.put_license(it),
            Row::Activation(it) => self.insert_activation(it),
            Row::Signer(it) => self.put_signer(it),
            Row::DeskKey(it) => self.keep_desk_key(it),
            Row::SealedKey(it) => self.keep_sealed_key(it),
            Row::Answer(it) => self.insert_answer(it),
            Row::History(it) => self.insert_event(it),
            Row::EarlyReturn(it) => self.add_early_return(it),
            Row::Refused(it) => self.insert_refused(it),
            Row::Beyond(it) => self.put_beyond(it),
            Row::Declined(it) => self.insert_declined(it).map(drop),
            Row::Said(it) => self.replace_said(it),
            Row::Mail(it) => self.put_mail(it).map(drop),
            Row::Mailed(it) => self.set_mailed(&it.what, it.day),
        }
    }

    fn put_license(&self, it: &License) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO license (id, key, terms, taken, event, withdrawn, moves, exchanges, returns, anew) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                it.id.0,
                number(it.key),
                it.terms.0,
                it.taken,
                it.event.0,
                Withdrawn::number(it.withdrawn),
                it.counts.moves.to_bytes(),
                it.counts.exchanges.to_bytes(),
                it.counts.returns.to_bytes(),
                it.counts.anew.to_bytes(),
            ],
        )?;
        Ok(())
    }

    fn put_signer(&self, it: &StoredSigner) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO signer (id, public, certificate) VALUES (?, ?, ?)",
            params![it.id.0, it.public, it.certificate],
        )?;
        Ok(())
    }

    fn put_beyond(&self, it: &Beyond) -> Result<(), LedgerError> {
        self.run(
            "INSERT INTO beyond (subject, day, many) VALUES (?, ?, ?)",
            params![it.subject, it.day.number(), it.many],
        )?;
        Ok(())
    }
}

/// Of a table that has few rows, and is read whole, those after one.
fn rest(all: impl Iterator<Item = Row>, after: Option<&Row>) -> Vec<Row> {
    all.filter(|row| after.is_none_or(|after| row.place() > after.place()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuer::ledger::sqlite::Sqlite;
    use crate::issuer::ledger::{Access, Engine};

    /// A row of each table, with something in each of its columns.
    const ROWS: [&str; 17] = [
        r#"{"table":"meta","name":"vendor","value":"Nordic Survey AS"}"#,
        r#"{"table":"product","id":7,"name":"survey","version":3,"definition":"text\n","weak":"hold","event":9}"#,
        r#"{"table":"terms","id":8,"terms":{"product":7,"customer":"Aurora","contact":"a@example.com","seats":5,"license_type":"floating","edition":2,"expires":"2041-01-01","maintenance":"2042-01-01","grace_days":30,"lend_days":14,"emergency":{"steps":3,"days":7},"entitlements":"020103","usb":"1234:abcd:7f3a9c21","order":"A-1","note":"by mail"},"event":10}"#,
        r#"{"table":"license","id":11,"key":"828-150-156-1139","terms":8,"taken":4,"withdrawn":"revoked","counts":{"moves":[["2040-01-01",1]],"exchanges":[["2040-01-02",2]],"returns":[["2040-01-03",3]],"anew":[["2040-01-04",4]]},"event":12}"#,
        r#"{"table":"activation","id":13,"license":11,"standing":{"activation":"A-16909060","fingerprint":"0107070000000000000000","bindings":"0505050505050505","usb":"0606060606060606"},"generation":2,"site_key":"0808080808080808080808080808080808080808080808080808080808080808","place":12,"seats":4,"runs":"2041-02-01","due":"2041-01-15","first":"2040-01-01T00:00:01Z","last":"2040-01-02T00:00:01Z","reference":{"fingerprint":"0108080000000000000000","since":"2040-01-05","had":"020101"},"weak_accepted":true,"proven":1,"superseded":[["2040-01-06",1]],"ended":"lost","resting":{"seats":1,"until":"2040-02-01"},"lending":{"longest":14,"until":"2040-03-01"},"told":{"key":"0909090909090909090909090909090909090909090909090909090909090909","out":2,"serial":5,"head":"0a0a0a0a0a0a0a0a","generation":2,"asked":"2040-01-02T00:00:00Z"},"event":14}"#,
        r#"{"table":"signer","id":15,"public":"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b","certificate":"0c0d"}"#,
        r#"{"table":"desk_key","id":16,"name":"ann","certificate":"0e","product":"survey","removed":"2040-01-07T00:00:00Z","event":17}"#,
        r#"{"table":"sealed_key","key":18,"holder":"1010101010101010101010101010101010101010101010101010101010101010","sealing":"1111111111111111111111111111111111111111111111111111111111111111","sealed":"12","event":19}"#,
        r#"{"table":"answer","activation":13,"generation":2,"parent":1,"commitment":"131313131313131313131313","request":"4101","stood":{"standing":{"activation":"A-16909060","fingerprint":null,"bindings":null,"usb":null},"site_key":null},"grant":"1415","signer":15,"event":20}"#,
        r#"{"table":"history","id":21,"at":"2040-01-08T00:00:00Z","actor":"vera","kind":"sync","license":11,"activation":13,"previous":20,"data":"{\"answer\":1}","act":{"signer":15,"signature":"16161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616"},"hash":"1717171717171717171717171717171717171717171717171717171717171717"}"#,
        r#"{"table":"early_return","activation":"A-1","proof":"18181818181818181818","event":22}"#,
        r#"{"table":"refused","request":"1919191919191919191919191919191919191919191919191919191919191919","event":23,"activation":13,"day":"2040-01-09"}"#,
        r#"{"table":"beyond","subject":"early","day":"2040-01-10","many":3}"#,
        r#"{"table":"declined","request":"2020202020202020202020202020202020202020202020202020202020202020","license":11,"activation":"A-2","fingerprint":"0101010000000000000000","at":"2040-01-11T00:00:00Z","event":24,"kind":"no_seat_free","said":"no seat is free","waits":true,"phrase":"one two three","sender":"b@example.com"}"#,
        r#"{"table":"said","activation":13,"license":11,"host":"ship","bound":[["server","DB01"]],"day":"2040-01-12"}"#,
        r#"{"table":"mail","id":25,"digest":"2121212121212121212121212121212121212121212121212121212121212121","at":"2040-01-13T00:00:00Z","state":"approved","why":"quoted","said":"it is quoted","sender":"c@example.com","thread":"<1@a>","subject":"hello","asks":"REQ1","decided":{"by":"ann","at":"2040-01-14T00:00:00Z","note":"ok"}}"#,
        r#"{"table":"mailed","what":"2222222222222222222222222222222222222222222222222222222222222222","day":"2040-01-15"}"#,
    ];

    fn rows(ledger: &mut Sqlite) -> Vec<String> {
        let mut tx = ledger.begin(Access::Read).unwrap();
        let tables = Table::ALL.iter();
        let all = tables.flat_map(|table| {
            let first = tx.rows(*table, None, 1).unwrap();
            assert_eq!(tx.rows(*table, first.last(), 1).unwrap(), []);
            first
        });
        all.map(|row| serde_json::to_string(&row).unwrap())
            .collect()
    }

    #[test]
    fn each_column_of_each_table_is_written_and_comes_back() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("ledger.db");
        let mut ledger = Sqlite::create(&path).unwrap();
        let mut tx = ledger.begin(Access::Write).unwrap();
        for line in ROWS {
            let row: Row = serde_json::from_str(line).unwrap_or_else(|it| panic!("{it}: {line}"));
            tx.put(&row).unwrap();
            // The same again, or another of its key, is none.
            if ![
                "meta",
                "desk_key",
                "sealed_key",
                "declined",
                "said",
                "mail",
                "mailed",
            ]
            .contains(&row.table().name())
            {
                let twice = tx.put(&row);
                assert!(matches!(twice, Err(LedgerError::Damaged(_))), "{line}");
            }
        }
        tx.commit().unwrap();
        assert_eq!(rows(&mut ledger), ROWS);

        let connection = &ledger.connection;
        let strings = |sql: &str| -> Vec<String> {
            let mut statement = connection.prepare(sql).unwrap();
            let found = statement.query_map([], |row| row.get(0)).unwrap();
            found.map(Result::unwrap).collect()
        };
        let mut tables = strings("SELECT name FROM sqlite_schema WHERE type = 'table'");
        let mut ours: Vec<_> = Table::ALL.iter().map(|it| it.name().to_owned()).collect();
        for table in &tables {
            for column in strings(&format!("SELECT name FROM pragma_table_info('{table}')")) {
                let sql = format!(
                    "SELECT count(*) FROM {table} WHERE {column} IS NULL OR {column} IN (0, '', x'')"
                );
                let nothing: i64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
                assert_eq!(nothing, 0, "{table} {column}");
            }
        }
        tables.sort();
        ours.sort();
        assert_eq!(tables, ours);
    }
}
