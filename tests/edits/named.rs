//! Each edit has the finding that names it.

use std::path::Path;

use countersign::issuer::history::{Place, Wrong};
use countersign::issuer::ledger::{EventId, Ledger, LedgerError, TermsId};
use rusqlite::Connection;

use super::lived::{Lived, findings, listed, rechain, verify};

/// The number of the last event of a kind.
fn last(kind: &str) -> String {
    format!("(SELECT max(id) FROM history WHERE kind = '{kind}')")
}

/// Edits in SQL; `{kind}` is the number of the last event of that kind.
type Edits = &'static [(&'static str, Place, Wrong, &'static str)];

#[track_caller]
fn each_is_named(edits: Edits) {
    let lived = Lived::new();
    assert_eq!(listed(&findings(&lived.copy())), [""; 0]);
    for (edit, place, wrong, row) in edits {
        let mut sql = (*edit).to_owned();
        for kind in [
            "activate",
            "replace",
            "sync",
            "return",
            "release",
            "emergency",
            "refused",
            "early_return",
            "license_change",
            "license_new",
            "license_revoke",
            "product_add",
        ] {
            sql = sql.replace(&format!("{{{kind}}}"), &last(kind));
        }
        let found = findings(&lived.edited(&sql));
        assert!(
            found.iter().any(|it| {
                it.place == *place && it.wrong == *wrong && it.to_string().contains(row)
            }),
            "{edit}: {:#?}",
            listed(&found)
        );
    }
}

#[test]
fn in_the_history() {
    each_is_named(&[
        (
            "UPDATE history SET at = at + 1 WHERE id = 3",
            Place::History,
            Wrong::Altered,
            "history row 3 ",
        ),
        (
            "UPDATE history SET actor = 'eve' WHERE id = 1",
            Place::History,
            Wrong::Altered,
            "history row 1 ",
        ),
        (
            "UPDATE history SET kind = 'x' WHERE id = 2",
            Place::History,
            Wrong::Altered,
            "does not know",
        ),
        (
            "UPDATE history SET data = replace(data, ':1,', ':2,') WHERE id = {activate}",
            Place::History,
            Wrong::Altered,
            "history row",
        ),
        (
            "UPDATE history SET data = 'x' WHERE id = {refused}",
            Place::History,
            Wrong::Unreadable,
            "facts that cannot be read",
        ),
        (
            "UPDATE history SET previous = NULL WHERE id = {sync}",
            Place::History,
            Wrong::Altered,
            "history row",
        ),
        (
            "UPDATE history SET license = 1 WHERE id = {product_add}",
            Place::History,
            Wrong::Altered,
            "history row",
        ),
        // In the chain 0 stands for nothing: it must not stand in a row.
        (
            "UPDATE history SET license = 0 WHERE id = {product_add}",
            Place::File,
            Wrong::Unreadable,
            "impossible reference",
        ),
        (
            "UPDATE history SET hash = zeroblob(32) WHERE id = 2",
            Place::History,
            Wrong::Altered,
            "history row 2 ",
        ),
        (
            "DELETE FROM history WHERE id = 5",
            Place::History,
            Wrong::Missing,
            "history row 5 is missing",
        ),
        (
            "DELETE FROM history WHERE id = {activate}",
            Place::Answer,
            Wrong::Added,
            "is not in the history",
        ),
        (
            "DELETE FROM history WHERE id = {early_return}",
            Place::EarlyReturn,
            Wrong::Added,
            "is not in the history",
        ),
        (
            "DELETE FROM history WHERE id = {refused}",
            Place::Refused,
            Wrong::Added,
            "is not in the history",
        ),
        (
            "DELETE FROM history WHERE id = (SELECT max(id) FROM history)",
            Place::Product,
            Wrong::Altered,
            "product survey",
        ),
        (
            "INSERT INTO history SELECT max(id) + 1, at, actor, 'refused', license, activation, previous, data, hash FROM history",
            Place::History,
            Wrong::Altered,
            "history row",
        ),
    ]);
}

#[test]
fn in_what_is_sold() {
    each_is_named(&[
        (
            "UPDATE meta SET value = 'eve@example.com' WHERE name = 'mail'",
            Place::Meta,
            Wrong::Altered,
            "the desk",
        ),
        (
            "INSERT INTO meta VALUES ('x', 'y')",
            Place::Meta,
            Wrong::Altered,
            "the desk",
        ),
        (
            "DELETE FROM meta WHERE name = 'mail'",
            Place::Meta,
            Wrong::Altered,
            "the desk",
        ),
        (
            "UPDATE product SET definition = replace(definition, 'fingerprint: yes', 'fingerprint: no') WHERE id = 1",
            Place::Product,
            Wrong::Altered,
            "product survey",
        ),
        (
            "UPDATE product SET weak = 'refuse' WHERE id = 2",
            Place::Product,
            Wrong::Altered,
            "product plotter",
        ),
        (
            "UPDATE product SET version = 9 WHERE id = 2",
            Place::Product,
            Wrong::Altered,
            "product plotter",
        ),
        (
            "UPDATE product SET event = event + 1 WHERE id = 2",
            Place::Product,
            Wrong::Altered,
            "product plotter",
        ),
        (
            "DELETE FROM product WHERE id = 2",
            Place::Product,
            Wrong::Missing,
            "product plotter is gone",
        ),
        (
            "INSERT INTO product SELECT 9, 'third', version, definition, weak, event FROM product WHERE id = 1",
            Place::Product,
            Wrong::Added,
            "product third",
        ),
        // Swapped, a cheap license would get a signed dear grant: products, and orders by the name of theirs.
        (
            "UPDATE product SET id = 3 - id WHERE id < 0; UPDATE product SET id = -id; UPDATE product SET id = 3 + id",
            Place::Product,
            Wrong::Altered,
            "product survey",
        ),
        (
            "UPDATE product SET id = -id; UPDATE product SET id = 3 + id",
            Place::Terms,
            Wrong::Altered,
            "order 1 ",
        ),
        (
            "UPDATE product SET id = -id; UPDATE product SET id = 3 + id",
            Place::Answer,
            Wrong::Disagrees,
            "of another license or product",
        ),
        (
            "UPDATE product SET name = 'x' WHERE id = 1; UPDATE product SET name = 'survey' WHERE id = 2; UPDATE product SET name = 'plotter' WHERE id = 1",
            Place::Terms,
            Wrong::Altered,
            "order 2 ",
        ),
        (
            "UPDATE terms SET product = 2 WHERE id = 1",
            Place::Terms,
            Wrong::Altered,
            "order 1 ",
        ),
        (
            "UPDATE terms SET seats = 200 WHERE id = 1",
            Place::Terms,
            Wrong::Altered,
            "order 1 ",
        ),
        (
            "UPDATE terms SET customer = 'Eve' WHERE id = 2",
            Place::Terms,
            Wrong::Altered,
            "order 2 ",
        ),
        (
            "UPDATE terms SET contact = NULL WHERE id = 2",
            Place::Terms,
            Wrong::Altered,
            "order 2 ",
        ),
        (
            "UPDATE terms SET grace_days = 0 WHERE id = 1",
            Place::Terms,
            Wrong::Altered,
            "order 1 ",
        ),
        (
            "UPDATE terms SET emergency_days = 0 WHERE id = 1",
            Place::File,
            Wrong::Unreadable,
            "order row 1 has an impossible emergency allowance",
        ),
        // Of a license that was changed.
        (
            "UPDATE terms SET seats = 2 WHERE id = 3",
            Place::Terms,
            Wrong::Altered,
            "order 3 ",
        ),
        (
            "DELETE FROM terms WHERE id = 3",
            Place::Terms,
            Wrong::Missing,
            "order 3 ",
        ),
        (
            "DELETE FROM terms WHERE id = 1",
            Place::Terms,
            Wrong::Missing,
            "order 1 ",
        ),
        (
            "INSERT INTO terms SELECT 9, product, customer, contact, 9, type, edition, expires, maintenance, grace_days, lend_days, emergency_steps, emergency_days, entitlements, usb FROM terms WHERE id = 1",
            Place::Terms,
            Wrong::Added,
            "order 9 is not in the history",
        ),
    ]);
}

#[test]
fn in_licenses_and_activations() {
    each_is_named(&[
        (
            "UPDATE license SET key = 12345678901 WHERE id = 3",
            Place::History,
            Wrong::Altered,
            "made other licenses",
        ),
        (
            "UPDATE license SET key = 5 WHERE id = 2",
            Place::File,
            Wrong::Unreadable,
            "license row 2 has an impossible key",
        ),
        (
            "UPDATE license SET terms = 2 WHERE id = 1",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET terms = 1 WHERE id = 5",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET taken = 0 WHERE id = 1",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET taken = 0 WHERE id = 1",
            Place::License,
            Wrong::Seats,
            "other seats",
        ),
        (
            "UPDATE license SET taken = NULL WHERE id = 2",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET taken = 0 WHERE id = 3",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET moves = x'000100000001' WHERE id = 2",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET moves = x'000100000001', event = (SELECT id FROM history WHERE kind = 'license_new' AND license = 4) WHERE id = 5",
            Place::License,
            Wrong::Altered,
            "as its order made it",
        ),
        (
            "UPDATE license SET exchanges = x'000100000001' WHERE id = 2",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET exchanges = x'000100000001', event = (SELECT id FROM history WHERE kind = 'license_new' AND license = 4) WHERE id = 5",
            Place::License,
            Wrong::Altered,
            "as its order made it",
        ),
        (
            "UPDATE license SET returns = x'000100000001' WHERE id = 2",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET returns = x'000100000001', event = (SELECT id FROM history WHERE kind = 'license_new' AND license = 4) WHERE id = 5",
            Place::License,
            Wrong::Altered,
            "as its order made it",
        ),
        (
            "UPDATE license SET revoked = 1 WHERE id = 3",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET revoked = 0 WHERE id = 5",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET event = {license_revoke} WHERE id = 1",
            Place::License,
            Wrong::Altered,
            "does not speak of it",
        ),
        (
            "UPDATE license SET event = 999, revoked = 0 WHERE id = 5",
            Place::License,
            Wrong::Altered,
            "does not speak of it",
        ),
        (
            "UPDATE license SET event = 1 WHERE id = 2",
            Place::License,
            Wrong::Altered,
            "before it was sold",
        ),
        // Never touched before: named by its order.
        (
            "UPDATE license SET taken = 0, event = (SELECT id FROM history WHERE kind = 'license_new' AND license = 4) WHERE id = 5",
            Place::License,
            Wrong::Altered,
            "as its order made it",
        ),
        (
            "DELETE FROM license WHERE id = 3",
            Place::History,
            Wrong::Altered,
            "made other licenses",
        ),
        (
            "DELETE FROM license WHERE id = 1",
            Place::History,
            Wrong::Altered,
            "names another license",
        ),
        (
            "DELETE FROM license WHERE id = 5",
            Place::History,
            Wrong::Missing,
            "a license that is gone",
        ),
        (
            "INSERT INTO license VALUES (9, 12345678901, 1, NULL, 3, 0, x'', x'', x'')",
            Place::License,
            Wrong::Added,
            "never ordered",
        ),
        (
            "UPDATE activation SET seats = 9 WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET had = x'' WHERE id = 3",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET fingerprint = NULL WHERE id = 2",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET ended = 0 WHERE id = 2",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET reference = NULL WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET reference_since = reference_since - 1 WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET weak_accepted = 1 - weak_accepted WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET resting = 1, resting_until = 9 WHERE id = 2",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET last = last + 1 WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET first = first - 1 WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET superseded = 0 WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET usb = zeroblob(8) WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET site_key = zeroblob(32) WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET resting = 0, resting_until = 0 WHERE resting > 0",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET resting = 1, resting_until = 9 WHERE event = (SELECT max(id) FROM history WHERE kind = 'freed')",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET returns = x'' WHERE id = 6",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET proven = 0 WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET license = 3 WHERE id = 2",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET event = 6 WHERE id = 2",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        // Events that name an activation and do not say how it is: hidden behind one, it could be anything.
        (
            "UPDATE activation SET event = {emergency}, had = x'' WHERE id = 3",
            Place::Activation,
            Wrong::Added,
            "is not in the history",
        ),
        (
            "UPDATE activation SET event = 999, had = x'' WHERE id = 3",
            Place::Activation,
            Wrong::Added,
            "is not in the history",
        ),
        (
            "DELETE FROM activation WHERE id = 1",
            Place::History,
            Wrong::Missing,
            "an activation that is gone",
        ),
        (
            "INSERT INTO activation SELECT 90, 99, aid, generation, fingerprint, bindings, usb, site_key, 0, first, last, event, proven, superseded, ended, reference, reference_since, had, weak_accepted, resting, resting_until FROM activation WHERE id = 1",
            Place::Activation,
            Wrong::Added,
            "is not in the history",
        ),
    ]);
}

#[test]
fn in_what_was_answered_given_back_and_refused() {
    each_is_named(&[
        (
            "UPDATE answer SET grant_ = zeroblob(90) WHERE event = {activate}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET generation = 9 WHERE event = {sync}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET request = x'41' WHERE event = {activate}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET activation = 1 WHERE event = {replace}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET parent = 7 WHERE event = {sync}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET emergency = NULL WHERE event = {replace}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET commitment = zeroblob(12) WHERE event = {replace}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET stood = (SELECT stood FROM answer WHERE event = {activate}) WHERE event = {replace}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET stood = x'00' WHERE event = {replace}",
            Place::File,
            Wrong::Unreadable,
            "impossible standing",
        ),
        (
            "DELETE FROM answer WHERE event = {sync}",
            Place::Answer,
            Wrong::Missing,
            "is gone",
        ),
        (
            "UPDATE answer SET event = 99 WHERE event = {sync}",
            Place::Answer,
            Wrong::Added,
            "history row 99",
        ),
        (
            "UPDATE answer SET signer = 1 WHERE event = {sync}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        // The spare is a root, too, and signed none of these.
        (
            "UPDATE signer SET public = (SELECT unhex(value) FROM meta WHERE name = 'spare') WHERE id = 1",
            Place::Answer,
            Wrong::NotSigned,
            "under signer 1",
        ),
        (
            "UPDATE signer SET public = zeroblob(32) WHERE id = 1",
            Place::Signer,
            Wrong::Altered,
            "signer 1 has a key that is none",
        ),
        (
            "UPDATE signer SET certificate = x'' WHERE id = 2",
            Place::Signer,
            Wrong::Altered,
            "signer 2 is no root",
        ),
        (
            "UPDATE signer SET certificate = substr(certificate, 1, 109) || x'00' WHERE id = 2 AND 0; UPDATE signer SET certificate = zeroblob(110) WHERE id = 2",
            Place::Signer,
            Wrong::Altered,
            "signer 2 has a certificate that no root",
        ),
        (
            "UPDATE signer SET certificate = (SELECT certificate FROM signer WHERE id = 2) WHERE id = 1",
            Place::Signer,
            Wrong::Altered,
            "signer 1 has the certificate of another key",
        ),
        (
            "UPDATE signer SET id = 3 - id + 10; UPDATE signer SET id = id - 10",
            Place::Answer,
            Wrong::NotSigned,
            "under signer",
        ),
        (
            "DELETE FROM signer WHERE id = 2",
            Place::Answer,
            Wrong::NotSigned,
            "signer 2, who is not there",
        ),
        (
            "INSERT INTO signer SELECT 9, unhex(value), x'' FROM meta WHERE name = 'spare'",
            Place::Signer,
            Wrong::Added,
            "signer 9 signed nothing",
        ),
        (
            "UPDATE early_return SET proof = zeroblob(10) WHERE event = {early_return}",
            Place::EarlyReturn,
            Wrong::Altered,
            "was altered",
        ),
        (
            "UPDATE early_return SET aid = zeroblob(4) WHERE event = {early_return}",
            Place::EarlyReturn,
            Wrong::Altered,
            "was altered",
        ),
        (
            "UPDATE early_return SET event = 999 WHERE event = {early_return}",
            Place::EarlyReturn,
            Wrong::Added,
            "history row 999",
        ),
        (
            "DELETE FROM early_return WHERE event = {early_return}",
            Place::EarlyReturn,
            Wrong::Missing,
            "is gone",
        ),
        // Lists that begin at the first row would pass it by.
        (
            "INSERT INTO early_return SELECT -1, aid, proof FROM early_return LIMIT 1",
            Place::EarlyReturn,
            Wrong::Added,
            "rows of early_return numbered below 1",
        ),
        (
            "INSERT INTO refused VALUES (x'', 1, 1, 1)",
            Place::File,
            Wrong::Unreadable,
            "refusal of history row 1 has an impossible",
        ),
        (
            "INSERT INTO early_return VALUES (1, zeroblob(4), zeroblob(10))",
            Place::EarlyReturn,
            Wrong::Added,
            "history row 1 ",
        ),
        (
            "UPDATE refused SET day = day - 1",
            Place::Refused,
            Wrong::Missing,
            "is gone, or is not as it was told",
        ),
        (
            "UPDATE refused SET activation = activation + 1",
            Place::Refused,
            Wrong::Added,
            "is not in the history",
        ),
        (
            "DELETE FROM refused",
            Place::Refused,
            Wrong::Missing,
            "is gone",
        ),
        (
            "UPDATE refused SET event = 1",
            Place::Refused,
            Wrong::Missing,
            "is gone",
        ),
        (
            "UPDATE refused SET request = zeroblob(32)",
            Place::Refused,
            Wrong::Added,
            "is not in the history",
        ),
        (
            "INSERT INTO refused SELECT zeroblob(32), event, activation, day FROM refused",
            Place::Refused,
            Wrong::Added,
            "is not in the history",
        ),
    ]);
}

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

/// Replaces one digest by another in the history, and makes the chain anew.
fn forge(path: &Path, digests: [[u8; 32]; 2]) {
    let [old, new] = digests.map(hex::encode);
    let ledger = Connection::open(path).unwrap();
    let changed = ledger
        .execute(
            "UPDATE history SET data = replace(data, ?, ?)",
            [&old, &new],
        )
        .unwrap();
    assert!(changed > 0);
    ledger.close().unwrap();
    rechain(path);
}

fn terms_digest(path: &Path, id: i64) -> [u8; 32] {
    let mut ledger = Ledger::open(path).unwrap();
    let terms = ledger.read(|tx| tx.terms(TermsId(id))).unwrap().unwrap();
    terms.digest("survey")
}

fn answer_digest(path: &Path, event: i64) -> [u8; 32] {
    let mut ledger = Ledger::open(path).unwrap();
    let answers = ledger.read(|tx| tx.answers(EventId(event - 1), 1)).unwrap();
    answers[0].digest()
}

/// With a chain made anew to fit: seats out of nowhere contradict each other still.
#[test]
fn more_seats_in_use_than_there_are_are_found_in_a_forged_history() {
    let lived = Lived::new();
    let path = lived.copy();
    let honest = terms_digest(&path, 1);
    let ledger = Connection::open(&path).unwrap();
    ledger
        .execute("UPDATE terms SET seats = 1 WHERE id = 1", [])
        .unwrap();
    ledger.close().unwrap();
    forge(&path, [honest, terms_digest(&path, 1)]);
    let found = findings(&path);
    let kinds: Vec<_> = found.iter().map(|it| (it.place, it.wrong)).collect();
    assert_eq!(
        kinds,
        [(Place::License, Wrong::TooManySeats)],
        "{:#?}",
        listed(&found)
    );
}

/// With a chain made anew to fit: who has no key cannot make a grant, nor have one for something else.
#[test]
fn a_forged_history_signs_nothing() {
    let lived = Lived::new();
    let event = |path: &Path| -> i64 {
        let ledger = Connection::open(path).unwrap();
        ledger
            .query_row("SELECT max(event) FROM answer", [], |row| row.get(0))
            .unwrap()
    };
    for (edit, wrong, says) in [
        // The last byte of the signature; the clock in the request; the seats in the grant; what was ordered.
        (
            "UPDATE answer SET grant_ = CAST(substr(grant_, 1, length(grant_) - 1) || x'00' AS BLOB) WHERE event = ?",
            Wrong::NotSigned,
            "does not hold",
        ),
        (
            "UPDATE answer SET request = CAST(replace(request, substr(request, 22, 4), x'01020304') AS BLOB) WHERE event = ?",
            Wrong::Disagrees,
            "answers another request",
        ),
        (
            "UPDATE answer SET grant_ = CAST(substr(grant_, 1, 15) || x'0009' || substr(grant_, 18) AS BLOB) WHERE event = ?",
            Wrong::Disagrees,
            "than its history row says",
        ),
        (
            "UPDATE answer SET grant_ = CAST(substr(grant_, 1, 9) || x'ffff' || substr(grant_, 12) AS BLOB) WHERE event = ?",
            Wrong::Disagrees,
            "than was ordered",
        ),
        (
            "UPDATE answer SET stood = (SELECT stood FROM answer WHERE event = (SELECT min(event) FROM answer)) WHERE event = ?",
            Wrong::Disagrees,
            "another machine",
        ),
        (
            "UPDATE answer SET commitment = zeroblob(12) WHERE event = ?",
            Wrong::Disagrees,
            "another request's commitment",
        ),
    ] {
        let path = lived.copy();
        let event = event(&path);
        let honest = answer_digest(&path, event);
        let ledger = Connection::open(&path).unwrap();
        ledger.execute(edit, [event]).unwrap();
        ledger.close().unwrap();
        forge(&path, [honest, answer_digest(&path, event)]);
        let found = findings(&path);
        assert_eq!(found.len(), 1, "{edit}: {:#?}", listed(&found));
        let it = &found[0];
        assert_eq!((it.place, it.wrong), (Place::Answer, wrong), "{edit}: {it}");
        assert!(it.to_string().contains(says), "{edit}: {it}");
    }
}

#[test]
fn many_findings_are_counted_and_the_first_are_listed() {
    let lived = Lived::new();
    let path = lived.edited(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 250) \
         INSERT INTO early_return SELECT 1000 + i, zeroblob(4), zeroblob(10) FROM n",
    );
    let report = verify(&path).unwrap();
    assert_eq!((report.findings.len(), report.wrong), (100, 250));
}
