use std::fs;
use std::path::Path;

use zeroize::Zeroizing;

use super::*;
use crate::issuer::desk::{self, Root, vendor};
use crate::issuer::ledger::{Access, Engine, LedgerError, Transaction};
use crate::signing::keys::Passphrase;

#[test]
fn a_desk_is_made_once_and_whole() {
    let home = tempfile::tempdir().unwrap();
    let passphrase = Passphrase::new(Zeroizing::new("correct horse".into())).unwrap();
    let made = desk::Desk::init(
        home.path(),
        "Example",
        Some("desk@example.com"),
        ([None, None], Some(&passphrase)),
        BY,
        &mut entropy(1),
    )
    .unwrap();
    let mut ledger = made.ledger().unwrap();
    let told = ledger.read(|tx| vendor(tx)).unwrap();
    assert_eq!(
        (told.name.as_str(), told.mail.as_deref()),
        ("Example", Some("desk@example.com"))
    );
    for (root, public) in [Root::Live, Root::Spare].into_iter().zip(told.roots) {
        let pem = desk::read_key_file(&made.key_path(root)).unwrap();
        assert!(SigningKey::is_encrypted(&pem));
        assert_eq!(
            SigningKey::from_pem(&pem, Some(&passphrase))
                .unwrap()
                .public(),
            public
        );
    }
    assert_eq!(audit::verify(&mut ledger, |_, _| ()).unwrap().wrong, 0);
    drop(ledger);
    let mut names: Vec<_> = fs::read_dir(home.path().join("desk"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["ledger.db", "root.pem", "spare.pem"]);
    let again = desk::Desk::init(
        home.path(),
        "Eve",
        None,
        ([None, None], None),
        BY,
        &mut entropy(2),
    );
    assert_eq!(again.unwrap_err().kind(), "desk_exists");
    assert_eq!(
        fs::read_dir(home.path()).unwrap().count(),
        1,
        "nothing half-made lies about"
    );
}

#[test]
fn a_desk_that_cannot_be_made_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    // Randomness that is stuck makes both roots the same.
    let stuck = desk::Desk::init(
        home.path(),
        "Example",
        None,
        ([None, None], None),
        BY,
        &mut |bytes: &mut [u8]| bytes.fill(1),
    );
    assert_eq!(stuck.unwrap_err().kind(), "same_keys");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_a_desk() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let made = desk::Desk::init(
        home.path(),
        "Example",
        None,
        ([None, None], None),
        BY,
        &mut entropy(1),
    )
    .unwrap();
    let mut ledger = made.ledger().unwrap();
    ledger.write(|tx| tx.set_meta("written", "ahead")).unwrap();
    let directory = home.path().join("desk");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    let files: Vec<_> = fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(
        files.len() > 3,
        "the ledger's companions are there: {files:?}"
    );
    assert!(files.iter().all(|path| mode(path) == 0o600), "{files:?}");
}

fn opening(path: &std::path::Path) -> &'static str {
    Ledger::open(path)
        .err()
        .map_or("opened", |error| error.kind().name())
}

#[test]
fn what_is_no_ledger_is_named() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("ledger.db");
    assert_eq!(opening(&path), "ledger_missing");
    assert!(!path.exists(), "a ledger that is gone is not begun anew");
    fs::write(
        &path,
        "hello, this is a letter and no ledger at all".repeat(50),
    )
    .unwrap();
    assert_eq!(opening(&path), "ledger_foreign");
    fs::remove_file(&path).unwrap();
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE t (x)")
        .unwrap();
    assert_eq!(opening(&path), "ledger_foreign");
    assert_eq!(Ledger::create(&path).err().unwrap().kind(), "ledger_exists");
    let desk = Desk::new();
    desk.edit("PRAGMA user_version = 99");
    assert_eq!(opening(&desk.home.path().join("ledger.db")), "ledger_newer");
    assert_eq!(
        desk::Desk::at(home.path()).ledger().err().unwrap().kind(),
        "desk_missing"
    );
}

#[test]
fn a_torn_ledger_is_damaged() {
    let desk = Desk::new();
    let path = desk.home.path().join("ledger.db");
    drop(desk.ledger);
    let mut bytes = fs::read(&path).unwrap();
    // Where its tables and indices begin; the list of these stands.
    let roots: Vec<u32> = {
        let engine = rusqlite::Connection::open(&path).unwrap();
        let sql = "SELECT rootpage FROM sqlite_schema WHERE rootpage > 1";
        let mut roots = engine.prepare(sql).unwrap();
        let roots = roots.query_map([], |row| row.get(0)).unwrap();
        roots.map(Result::unwrap).collect()
    };
    for root in roots {
        let end = 4096 * root as usize;
        bytes[end - 4096..end].fill(0xa5);
    }
    fs::write(&path, bytes).unwrap();
    let report = audit::verify(&mut Ledger::open(&path).unwrap(), |_, _| ()).unwrap();
    let found: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        ["database disk image is malformed, so what comes after it was not looked at"]
    );
}

#[test]
fn a_transaction_that_is_dropped_leaves_nothing() {
    let mut desk = Desk::new();
    let failed: Result<(), LedgerError> = desk.ledger.write(|tx| {
        tx.set_meta("a", "b")?;
        Err(LedgerError::DiskFull)
    });
    assert!(failed.is_err());
    desk.ledger.rehearse(|tx| tx.set_meta("a", "b")).unwrap();
    assert_eq!(desk.ledger.read(|tx| tx.meta("a")).unwrap(), None);
}

#[test]
fn the_disks_words_are_told_apart() {
    let desk = Desk::new();
    let path = desk.home.path().join("ledger.db");
    desk.edit("PRAGMA user_version = 1");
    let full = rusqlite::Connection::open(&path).unwrap();
    full.execute_batch("PRAGMA max_page_count = 1").unwrap();
    let error = full
        .execute("INSERT INTO meta VALUES ('x', hex(zeroblob(100000)))", [])
        .unwrap_err();
    assert_eq!(LedgerError::from(error).kind(), "disk_full");
    full.execute_batch("PRAGMA query_only = on").unwrap();
    let error = full
        .execute("INSERT INTO meta VALUES ('x', 'y')", [])
        .unwrap_err();
    assert_eq!(LedgerError::from(error).kind(), "read_only");
    full.execute_batch("PRAGMA query_only = off; BEGIN IMMEDIATE")
        .unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.busy_timeout(std::time::Duration::ZERO).unwrap();
    let error = other.execute_batch("BEGIN IMMEDIATE").unwrap_err();
    assert_eq!(LedgerError::from(error).kind(), "ledger_in_use");
}

/// An engine that always says the same: a second engine needs nothing from the rules but the trait.
struct Unreachable;

impl Engine for Unreachable {
    fn begin(&mut self, _: Access) -> Result<Box<dyn Transaction + '_>, LedgerError> {
        Err(LedgerError::Io("no route to the database server".into()))
    }

    fn back_up(&mut self, _: &Path) -> Result<(), LedgerError> {
        self.begin(Access::Read).map(drop)
    }

    fn take_on(&mut self, _: &Path) -> Result<(), LedgerError> {
        self.begin(Access::Write).map(drop)
    }
}

#[test]
fn another_engine_can_take_the_place_of_sqlite() {
    let mut ledger = Ledger::on(Box::new(Unreachable));
    let key = LicenseKey::from_number(12_345_678_901).unwrap();
    assert_eq!(
        products::license(&mut ledger, key).unwrap_err().kind(),
        "ledger_io"
    );
}
