//! A whole ledger as lines of JSON, and the same ledger made of them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::world::{Desk, Machine, Run, World, json};

pub(super) fn export(desk: &Desk<'_>, name: &str) -> PathBuf {
    let file = desk.world().path().join("files").join(name);
    desk.run(["ledger", "export", file.to_str().unwrap()])
        .done()
        .tells("it holds license keys and customers with their addresses")
        .tells("the desk's keys are not in it");
    file
}

pub(super) fn import<'w>(desk: &Desk<'w>, file: &Path, options: &[&str]) -> Run<'w> {
    let args = ["ledger", "import", file.to_str().unwrap()];
    desk.run(args.iter().chain(options))
}

/// The ledger is put away, with what lies beside it.
pub(super) fn away(desk: &Desk<'_>) {
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        let _ = fs::remove_file(desk.kept("desk").join(name));
    }
}

/// A desk with two machines, a clerk, a proposal that waits, and a request that was refused.
pub(super) fn working<'w>(world: &'w World) -> (Desk<'w>, Machine<'w>, String) {
    let (desk, ship, key) = world.sold(&[], &["--seats", "2"]);
    desk.license(&ship, &key);
    desk.certify("ann", &["--max-seats", "100"]);
    desk.run([
        "desk",
        "policy",
        "survey",
        "--approve",
        "revoke",
        "--key",
        "root",
    ])
    .done();
    let revoke = ["license", "revoke", &key, "--reason", "unpaid"];
    desk.by("ann", &revoke).exits(9);
    let other = world.machine("other");
    other.install(&desk.export("survey"));
    let single = desk.sell("survey", &["--order", "Ä-1 \"x\"\\", "--note", "by post"]);
    desk.license(&other, &single);
    let third = world.machine("third");
    third.install(&desk.export("survey"));
    desk.respond(&third.request(&single)).exits(6);
    let many = [
        "license",
        "new",
        "--product",
        "survey",
        "--customer",
        "Ærø & Søn",
        "--count",
        "20",
    ];
    desk.run(many).done();
    (desk, ship, key)
}

#[test]
fn an_export_is_the_whole_ledger_and_makes_the_same_one() {
    let world = World::new();
    let (desk, ship, key) = working(&world);
    let head = desk.run(["ledger", "verify"]).json()["head"].clone();
    let sync = ship.run(["request", "sync"]).done().code();
    let file = export(&desk, "one.jsonl");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let text = fs::read_to_string(&file).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| json::read(&["ledger-export-line"], line))
        .collect();
    let of = |table: &str| lines.iter().filter(|it| it["table"] == table).count();
    assert_eq!((of("export"), of("end"), of("license")), (1, 1, 22));
    assert_eq!((of("declined"), of("desk_key")), (1, 1), "{text}");
    assert_eq!(lines[0]["head"], head);
    // Written twice, it is the same.
    let again = export(&desk, "two.jsonl");
    assert_eq!(fs::read_to_string(&again).unwrap(), text);
    let directory = world.path().join("files");
    let object = desk
        .run(["ledger", "export", directory.to_str().unwrap()])
        .json();
    assert_eq!(object["rows"].as_u64().unwrap(), lines.len() as u64 - 2);
    let named = object["file"].as_str().unwrap();
    assert!(named.ends_with(".jsonl"), "{named}");

    away(&desk);
    desk.run(["license", "list"]).exits(1);
    import(&desk, &file, &[])
        .done()
        .tells("the ledger is as the export has it")
        .tells("take the old one out of use");
    assert_eq!(desk.run(["ledger", "verify"]).json()["head"], head);
    let same = export(&desk, "three.jsonl");
    assert!(fs::read_to_string(&same).unwrap() == text, "not the same");
    // Everybody is served as before.
    ship.apply(&desk.answer(&sync));
    ship.check().done();
    assert_eq!(desk.seats_taken(&key), 1);
    desk.run([
        "desk", "inbox", "approve", "7", "--key", "root", "--as", "vera",
    ])
    .done();
    assert_eq!(desk.sell("survey", &[]).len(), 16);
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn an_export_replaces_nothing_and_leaves_nothing() {
    let world = World::new();
    let (desk, _, _) = world.sold(&[], &[]);
    let file = export(&desk, "one.jsonl");
    desk.run(["ledger", "export", file.to_str().unwrap()])
        .refused(1, "ledger_exists")
        .tells("an export replaces nothing");
    let nowhere = world.path().join("nowhere").join("one.jsonl");
    desk.run(["ledger", "export", nowhere.to_str().unwrap()])
        .refused(1, "no_file")
        .tells("there is no directory");
    // What cannot stand in a row cannot be written down.
    let ledger = rusqlite::Connection::open(desk.kept("desk/ledger.db")).unwrap();
    ledger.execute("UPDATE terms SET seats = 0", []).unwrap();
    drop(ledger);
    let new = world.path().join("files").join("new.jsonl");
    desk.run(["ledger", "export", new.to_str().unwrap()])
        .refused(1, "ledger_damaged");
}

#[test]
fn a_ledger_that_stands_is_not_replaced() {
    let world = World::new();
    let (desk, _, _) = world.sold(&[], &[]);
    let file = export(&desk, "one.jsonl");
    import(&desk, &file, &[])
        .refused(1, "ledger_exists")
        .tells("an import replaces nothing");
    // What lies beside a ledger that is gone would be taken for a part of the new one.
    away(&desk);
    fs::write(desk.kept("desk/ledger.db-wal"), "rest").unwrap();
    import(&desk, &file, &[]).refused(1, "ledger_exists");
    away(&desk);
    let other = world.desk("other");
    away(&other);
    import(&other, &file, &[]).refused(4, "other_desk");
    let nobody = world.machine("nobody");
    nobody
        .run(["ledger", "import", file.to_str().unwrap()])
        .refused(1, "desk_missing");
    import(&desk, &world.path().join("nothing"), &[]).refused(1, "no_file");
    import(&desk, world.path(), &[]).refused(1, "no_file");
    // A clerk makes no ledger.
    import(&desk, &file, &[]).done();
    desk.certify("ann", &[]);
    let later = export(&desk, "later.jsonl");
    away(&desk);
    import(&desk, &later, &["--key", "ann"]).exits(6);
    import(&desk, &later, &["--key", "root"]).done();
}

/// Where the desk went on after the export, what was answered since is taken back as after a backup.
#[test]
fn an_earlier_state_is_put_back_where_that_is_said() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &["--seats", "2"]);
    let file = export(&desk, "one.jsonl");
    let request = ship.request(&key);
    let answer = desk.answer(&request);
    ship.apply(&answer);
    away(&desk);
    let mails = world.file("mails", format!("{request}\n\n{answer}\n"));
    import(&desk, &file, &[]).done();
    desk.run(["ledger", "readopt", mails.to_str().unwrap()])
        .exits(6);
    assert_eq!(desk.seats_taken(&key), 0);
    away(&desk);
    let object = import(&desk, &file, &["--reason", "the disk died"]).json();
    assert_eq!(object["noted"], true);
    let told = desk.run(["ledger", "history"]).done();
    assert!(told.stdout.contains("the disk died"), "{told}");
    desk.run(["ledger", "readopt", mails.to_str().unwrap()])
        .done();
    assert_eq!(desk.seats_taken(&key), 1);
    desk.run(["ledger", "verify"]).done();
}

/// What SQLite kept beside a ledger that is gone is no part of the one that is put back.
#[test]
fn the_rest_of_a_ledger_that_is_gone_is_kept_aside() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &["--seats", "2"]);
    let backup = world.path().join("backup.db");
    desk.run(["ledger", "backup", backup.to_str().unwrap()])
        .done();
    let ledger = desk.kept("desk/ledger.db");
    let open = rusqlite::Connection::open(&ledger).unwrap();
    open.execute_batch("BEGIN; SELECT count(*) FROM history;")
        .unwrap();
    desk.license(&ship, &key);
    let log = fs::read(desk.kept("desk/ledger.db-wal")).unwrap();
    assert!(!log.is_empty());
    drop(open);
    away(&desk);
    fs::write(desk.kept("desk/ledger.db-wal"), log).unwrap();
    let args = [
        "ledger",
        "restore",
        backup.to_str().unwrap(),
        "--reason",
        "r",
    ];
    let object = desk.run(args).json();
    let aside = object["aside"].as_str().unwrap();
    assert!(Path::new(&format!("{aside}-wal")).exists(), "{object}");
    desk.run(["ledger", "verify"]).done();
    assert_eq!(desk.seats_taken(&key), 0);
}
