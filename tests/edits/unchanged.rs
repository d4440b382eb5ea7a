//! What happens to an honest ledger, and is no finding.

use std::fs;

use countersign::issuer::ledger::Ledger;
use rusqlite::Connection;

use super::lived::{Lived, findings, listed, verify};

#[test]
fn what_a_database_does_for_itself_is_no_edit() {
    let lived = Lived::new();
    let head = verify(&lived.copy()).unwrap().head;
    for sql in [
        "VACUUM",
        "PRAGMA page_size = 16384; PRAGMA journal_mode = delete; VACUUM",
        "PRAGMA auto_vacuum = full; VACUUM",
        "REINDEX",
        // How often each value occurs, for the planner: it moves how rows are found, never which.
        "ANALYZE",
        "PRAGMA optimize = 0x10002",
        "PRAGMA wal_checkpoint(truncate)",
        "PRAGMA journal_mode = delete",
    ] {
        let path = lived.edited(sql);
        let report = verify(&path).unwrap();
        assert_eq!(listed(&report.findings), [""; 0], "{sql}");
        assert_eq!(report.head, head, "{sql}");
        Ledger::open(&path)
            .unwrap()
            .rehearse(|tx| tx.set_meta("a", "b"))
            .unwrap();
    }
    for copy in &lived.before {
        assert_eq!(listed(&findings(copy)), [""; 0], "VACUUM INTO");
    }
}

#[test]
fn a_ledger_that_was_copied_with_its_log_or_after_a_crash() {
    let lived = Lived::new();
    let path = lived.copy();
    let writer = Connection::open(&path).unwrap();
    // In the log only, as an answer is until the log is moved into the file; undone again, it leaves what stood.
    writer
        .execute_batch("PRAGMA wal_autocheckpoint = 0; UPDATE license SET taken = 9; UPDATE license SET taken = 8")
        .unwrap();
    assert!(!findings(&path).is_empty());
    let torn = tempfile::tempdir().unwrap();
    let copy = torn.path().join("ledger.db");
    let log = path.with_file_name("ledger.db-wal");
    fs::copy(&path, &copy).unwrap();
    // Torn in the last commit and in the first: what is not whole did not happen.
    let bytes = fs::read(&log).unwrap();
    fs::write(copy.with_file_name("ledger.db-wal"), &bytes[..100]).unwrap();
    assert_eq!(listed(&findings(&copy)), [""; 0]);
    fs::write(copy.with_file_name("ledger.db-wal"), &bytes).unwrap();
    assert!(!findings(&copy).is_empty(), "the log belongs to the ledger");
    drop(writer);
}
