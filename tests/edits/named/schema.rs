//! What is edited in the schema and the file.

use countersign::issuer::audit::{Place, Wrong};
use countersign::issuer::ledger::{Ledger, LedgerError};
use rusqlite::Connection;

use super::super::lived::{Lived, findings, listed};
use super::each_is_named;

#[test]
fn in_the_schema_and_the_file() {
    each_is_named(&[
        (
            "CREATE TRIGGER steal AFTER INSERT ON answer BEGIN DELETE FROM license WHERE 0; END",
            Place::Schema,
            Wrong::Added,
            "trigger steal was added",
        ),
        (
            "CREATE VIEW spy AS SELECT * FROM license",
            Place::Schema,
            Wrong::Added,
            "view spy",
        ),
        (
            "CREATE TABLE mine (x)",
            Place::Schema,
            Wrong::Added,
            "table mine",
        ),
        (
            "CREATE TABLE mine (x INTEGER PRIMARY KEY AUTOINCREMENT)",
            Place::Schema,
            Wrong::Added,
            "table sqlite_sequence",
        ),
        (
            "CREATE INDEX mine ON license (terms)",
            Place::Schema,
            Wrong::Added,
            "index mine",
        ),
        (
            "ALTER TABLE license ADD COLUMN note TEXT",
            Place::Schema,
            Wrong::Altered,
            "table license",
        ),
        (
            "ALTER TABLE license RENAME COLUMN taken TO was_taken",
            Place::Schema,
            Wrong::Altered,
            "table license",
        ),
        (
            "DROP TABLE refused",
            Place::Schema,
            Wrong::Missing,
            "table refused is missing",
        ),
        (
            "DROP INDEX answer_commitment",
            Place::Schema,
            Wrong::Missing,
            "index answer_commitment is missing",
        ),
        (
            "DROP INDEX license_terms",
            Place::Schema,
            Wrong::Missing,
            "index license_terms is missing",
        ),
        (
            "DROP INDEX answer_commitment; CREATE INDEX answer_commitment ON answer (commitment)",
            Place::Schema,
            Wrong::Altered,
            "index answer_commitment",
        ),
        (
            "PRAGMA writable_schema = on; UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'answer'",
            Place::Schema,
            Wrong::Altered,
            "table answer",
        ),
        (
            "PRAGMA writable_schema = on; DELETE FROM sqlite_schema WHERE name = 'answer_commitment'",
            Place::Schema,
            Wrong::Missing,
            "index answer_commitment",
        ),
    ]);
}

/// An index that does not know a row: the same request would get a second answer, though every table is as it was.
#[test]
fn an_index_without_a_row_is_found() {
    let lived = Lived::new();
    let path = lived.copy();
    let ledger = Connection::open(&path).unwrap();
    let (root, sql): (i64, String) = ledger
        .query_row(
            "SELECT rootpage, sql FROM sqlite_schema WHERE name = 'answer_commitment'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    ledger
        .execute_batch(
            "PRAGMA writable_schema = on; DELETE FROM sqlite_schema WHERE name = 'answer_commitment'; PRAGMA schema_version = 900",
        )
        .unwrap();
    ledger.close().unwrap();
    let ledger = Connection::open(&path).unwrap();
    let one: (i64, Vec<u8>) = ledger
        .query_row("SELECT event, commitment FROM answer LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    ledger
        .execute(
            "UPDATE answer SET commitment = zeroblob(12) WHERE event = ?",
            [one.0],
        )
        .unwrap();
    ledger
        .execute_batch(&format!(
            "PRAGMA writable_schema = on; \
             INSERT INTO sqlite_schema VALUES ('index', 'answer_commitment', 'answer', {root}, '{sql}'); PRAGMA schema_version = 901"
        ))
        .unwrap();
    ledger.close().unwrap();
    let ledger = Connection::open(&path).unwrap();
    ledger
        .execute("UPDATE answer NOT INDEXED SET grant_ = grant_ WHERE 0", [])
        .unwrap();
    ledger.close().unwrap();
    let found = findings(&path);
    assert!(
        found.iter().any(|it| it.place == Place::File
            && it.wrong == Wrong::Damaged
            && it.says.contains("answer_commitment")),
        "{:#?}",
        listed(&found)
    );
}

/// Nothing is read by the rules and nothing signed where the tables are not ours; whoever sees to it finds out what is wrong.
#[test]
fn other_tables_are_not_written_to() {
    let lived = Lived::new();
    let path =
        lived.edited("CREATE TRIGGER steal AFTER INSERT ON answer BEGIN DELETE FROM license; END");
    let mut ledger = Ledger::open(&path).unwrap();
    let refused = ledger.write(|tx| tx.set_meta("a", "b")).unwrap_err();
    assert!(matches!(refused, LedgerError::Schema(_)), "{refused}");
    assert!(
        refused.to_string().ends_with("trigger steal was added"),
        "{refused}"
    );
    assert_eq!(
        ledger.read(|tx| tx.meta("vendor")).unwrap_err().kind(),
        "ledger_schema"
    );
    // The remedy, while the same process goes on.
    let other = Connection::open(&path).unwrap();
    other.execute_batch("DROP TRIGGER steal").unwrap();
    assert_eq!(
        ledger.read(|tx| tx.meta("vendor")).unwrap().as_deref(),
        Some("Example")
    );
    // And what is added meanwhile is seen before the next transaction.
    other
        .execute_batch("CREATE VIEW spy AS SELECT * FROM license")
        .unwrap();
    assert_eq!(
        ledger.read(|tx| tx.meta("vendor")).unwrap_err().kind(),
        "ledger_schema"
    );
}
