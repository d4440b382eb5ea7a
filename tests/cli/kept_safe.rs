//! Keeping a ledger safe: checkpoints that show a history that was cut or made anew, backups, and a ledger put back from one.

use std::fs;
use std::path::{Path, PathBuf};

use countersign::issuer::history::chain;
use countersign::issuer::ledger::Ledger;
use rusqlite::Connection;

use crate::world::{Desk, Machine, World};

pub(super) fn working<'w>(world: &'w World) -> (Desk<'w>, Machine<'w>, String) {
    let (desk, ship, key) = world.sold(&[], &["--seats", "2"]);
    desk.license(&ship, &key);
    (desk, ship, key)
}

pub(super) fn checkpoint(desk: &Desk<'_>, name: &str) -> PathBuf {
    let file = desk.world().path().join("elsewhere").join(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    desk.run(["ledger", "checkpoint", "-o", file.to_str().unwrap()])
        .done()
        .tells("keep it where nobody who can write to the ledger can write");
    file
}

pub(super) fn backup(desk: &Desk<'_>, name: &str) -> PathBuf {
    let file = desk.world().path().join(name);
    desk.run(["ledger", "backup", file.to_str().unwrap()])
        .done()
        .tells("the desk's keys are not in it");
    file
}

pub(super) fn against<'w>(desk: &Desk<'w>, place: &Path) -> crate::world::Run<'w> {
    desk.run(["ledger", "verify", "--against", place.to_str().unwrap()])
}

/// Whoever may write to the database and has no key makes the whole chain anew over a customer of another name.
fn rechained(file: &Path, what: &str) {
    let ledger = Connection::open(file).unwrap();
    assert!(ledger.execute(what, []).unwrap() > 0, "{what}");
    drop(ledger);
    let events = Ledger::open(file)
        .unwrap()
        .audit(|tx| tx.events(countersign::issuer::ledger::EventId(0), 1_000))
        .unwrap();
    let ledger = Connection::open(file).unwrap();
    let mut head = [0; 32];
    for event in events {
        head = chain(&head, &event);
        let hash = head.as_slice();
        ledger
            .execute(
                "UPDATE history SET hash = ?1 WHERE id = ?2",
                (hash, event.id.0),
            )
            .unwrap();
    }
}

#[test]
fn a_checkpoint_tells_a_ledger_that_was_put_back() {
    let world = World::new();
    let (desk, _, _) = working(&world);
    let old = fs::read(desk.kept("desk/ledger.db")).unwrap();
    let first = checkpoint(&desk, "monday");
    desk.sell("survey", &[]);
    desk.sell("survey", &[]);
    let second = checkpoint(&desk, "tuesday");
    // Whatever else lies there, however large.
    let heap = fs::File::create(first.with_file_name("backup.db")).unwrap();
    heap.set_len(20 << 20).unwrap();
    let object = against(&desk, first.parent().unwrap()).json();
    assert_eq!(object["checkpoints"], 2);
    against(&desk, &first)
        .done()
        .tells("as the checkpoint of 2040-");
    against(&desk, second.parent().unwrap())
        .done()
        .tells("as 2 checkpoints have it");

    fs::write(desk.kept("desk/ledger.db"), old).unwrap();
    // By itself it is whole.
    desk.run(["ledger", "verify"]).done();
    against(&desk, &first).done();
    let said = against(&desk, second.parent().unwrap()).owes(5, "ledger_edited");
    said.tells("history rows 5 to 6 are missing: the checkpoint of 2040-")
        .tells("find out who put an older ledger here");
    let object = against(&desk, &second).with_json_exits(5);
    assert_eq!(object["error"]["findings"][0]["kind"], "cut_off");
    // What goes on from there is another history.
    for _ in 0..3 {
        desk.sell("survey", &[]);
    }
    let object = against(&desk, second.parent().unwrap()).with_json_exits(5);
    let finding = &object["error"]["findings"][0];
    assert_eq!(finding["kind"], "rewritten");
    let message = finding["message"].as_str().unwrap();
    assert!(
        message.starts_with("history rows 5 to 6 are not all as the checkpoint of"),
        "{message}"
    );
}

#[test]
fn a_checkpoint_tells_a_history_that_was_made_anew() {
    let world = World::new();
    let (desk, _, _) = working(&world);
    let first = checkpoint(&desk, "monday");
    desk.sell("survey", &[]);
    checkpoint(&desk, "tuesday");
    let ledger = desk.kept("desk/ledger.db");
    rechained(
        &ledger,
        "UPDATE history SET actor = 'somebody else' WHERE id = 5",
    );
    // Who sold it signed it, and all before it.
    desk.run(["ledger", "verify"])
        .owes(5, "ledger_edited")
        .tells("did not do this");
    against(&desk, &first).owes(5, "ledger_edited");
    let object = against(&desk, first.parent().unwrap()).with_json_exits(5);
    let kinds = ["rewritten", "not_signed"].map(serde_json::Value::from);
    let found = object["error"]["findings"].as_array().unwrap();
    let found: Vec<_> = found.iter().map(|it| it["kind"].clone()).collect();
    assert_eq!(found, kinds, "{object}");
    rechained(
        &ledger,
        "UPDATE history SET actor = 'somebody else' WHERE id = 1",
    );
    against(&desk, &first).refused(5, "ledger_edited");
    // What does not hold gets no checkpoint.
    let broken = Connection::open(&ledger).unwrap();
    broken.execute("UPDATE terms SET seats = 100", []).unwrap();
    drop(broken);
    desk.run(["ledger", "checkpoint"])
        .refused(5, "ledger_edited");
}

#[test]
fn only_what_a_key_of_this_desk_signed_is_a_checkpoint() {
    let world = World::new();
    let (desk, _, _) = working(&world);
    let file = checkpoint(&desk, "monday");
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(desk.run(["ledger", "checkpoint"]).done().stdout, text);
    let object = desk.run(["ledger", "checkpoint"]).json();
    assert_eq!(object["checkpoint"], text);
    assert_eq!(object["events"], 4);
    let fails = |text: &str| {
        fs::write(&file, text).unwrap();
        against(&desk, &file).refused(5, "bad_checkpoint")
    };
    fails(&text.replace("events: 4", "events: 3")).tells("no key of this desk signed");
    fails(&text.replace("events: 4\n", "")).tells("was edited, or is not whole");
    fails("").tells("this is no checkpoint of a ledger");
    // In a directory other things may lie, but not only.
    let directory = file.parent().unwrap();
    against(&desk, directory)
        .refused(5, "bad_checkpoint")
        .tells("there is no checkpoint in");
    fs::write(directory.join("tuesday"), &text).unwrap();
    against(&desk, directory).done();
    let other = world.desk("other");
    other.product("plotter", &[]);
    checkpoint(&other, "wednesday");
    against(&desk, directory)
        .refused(5, "bad_checkpoint")
        .tells("of another desk");
    against(&desk, &directory.join("nothing")).refused(1, "no_file");
}

#[test]
fn a_backup_is_whole_and_private_and_replaces_nothing() {
    let world = World::new();
    let (desk, _, _) = working(&world);
    // Somebody has it open, and has written what is not in the file yet.
    let open = Connection::open(desk.kept("desk/ledger.db")).unwrap();
    open.execute_batch("BEGIN; SELECT count(*) FROM history;")
        .unwrap();
    desk.sell("survey", &[]);
    let file = backup(&desk, "backup.db");
    drop(open);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let beside: Vec<_> = fs::read_dir(world.path())
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    let parts = beside
        .iter()
        .filter(|it| it.to_str().unwrap().starts_with("backup"));
    assert_eq!(parts.count(), 1, "{beside:?}");
    desk.run(["ledger", "backup", file.to_str().unwrap()])
        .refused(1, "ledger_exists")
        .tells("a backup replaces nothing");
    // In a directory it is named by its moment.
    let directory = world.path().join("backups");
    fs::create_dir(&directory).unwrap();
    let object = desk
        .run(["ledger", "backup", directory.to_str().unwrap()])
        .json();
    assert_eq!(object["events"], 5);
    assert_eq!(
        object["head"],
        desk.run(["ledger", "verify"]).json()["head"]
    );
    assert!(
        object["file"]
            .as_str()
            .unwrap()
            .contains("backups/ledger-20")
    );
    for nowhere in ["nowhere/backup.db", "nowhere/"] {
        let nowhere = world.path().join(nowhere);
        desk.run(["ledger", "backup", nowhere.to_str().unwrap()])
            .refused(1, "no_file")
            .tells("there is no directory");
    }
}

fn restore<'w>(desk: &Desk<'w>, file: &Path, options: &[&str]) -> crate::world::Run<'w> {
    let args = [
        "ledger",
        "restore",
        file.to_str().unwrap(),
        "--reason",
        "the disk died",
    ];
    desk.run([args.as_slice(), options].concat())
}

#[test]
fn a_ledger_that_is_gone_or_broken_comes_back() {
    let world = World::new();
    let (desk, ship, key) = working(&world);
    let file = backup(&desk, "backup.db");
    let ledger = desk.kept("desk/ledger.db");
    for broken in [
        None,
        Some(""),
        Some("no database at all, but of some length: so it is read as one"),
    ] {
        match broken {
            None => fs::remove_file(&ledger).unwrap(),
            Some(text) => fs::write(&ledger, text).unwrap(),
        }
        desk.run(["license", "list"]).exits(1);
        restore(&desk, &file, &["--dry-run"])
            .done()
            .tells("the ledger would be as the backup has it: 4 events");
        desk.run(["license", "list"]).exits(1);
        let object = restore(&desk, &file, &[]).json();
        assert_eq!(object["lost"], serde_json::Value::Null);
        assert_eq!(object["aside"].is_null(), broken.is_none(), "{object}");
        assert_eq!(desk.seats_taken(&key), 1);
        desk.run(["ledger", "verify"]).done();
        let told = desk.run(["ledger", "history"]).done();
        assert!(told.stdout.contains("put back from a backup"), "{told}");
        assert!(told.stdout.contains("the disk died"), "{told}");
        // What a machine got since, the ledger does not know; it keeps its seat.
        ship.check().done();
        let sync = ship.run(["request", "sync"]).done().code();
        if broken.is_some() {
            desk.respond(&sync)
                .owes(6, "held_for_manager")
                .tells("its ledger was put back")
                .tells("request activate KEY --new; it keeps its seat");
            let again = ship
                .run(["request", "activate", &key, "--new"])
                .done()
                .code();
            ship.apply(&desk.answer(&again));
        } else {
            ship.apply(&desk.answer(&sync));
        }
        ship.check().done();
        assert_eq!(desk.seats_taken(&key), 1);
        let before = fs::read_dir(desk.kept("desk"))
            .unwrap()
            .map(|it| it.unwrap().file_name());
        assert!(
            !before
                .into_iter()
                .any(|it| it.to_str().unwrap().starts_with(".restoring"))
        );
    }
}

#[test]
fn what_the_ledger_has_is_given_up_only_where_that_is_said() {
    let world = World::new();
    let (desk, _, key) = working(&world);
    let file = backup(&desk, "backup.db");
    // Rows that somebody edited, the history being as it was: nothing is lost.
    let ledger = desk.kept("desk/ledger.db");
    let open = Connection::open(&ledger).unwrap();
    open.execute("UPDATE terms SET seats = 100", []).unwrap();
    drop(open);
    restore(&desk, &file, &[])
        .done()
        .tells("nothing is lost")
        .tells("what stood there lies beside it");
    desk.run(["ledger", "verify"]).done();
    // The note that it was put back is one more than the backup has.
    let sold = desk.sell("survey", &[]);
    restore(&desk, &file, &[])
        .refused(6, "backup_older")
        .tells("the ledger has 2 events that the backup has not, the last of 2040-")
        .tells("--discard-newer");
    restore(&desk, &file, &["--dry-run"]).done().tells(
        "2 events that the ledger has would be given up, which has to be said: --discard-newer",
    );
    desk.run(["license", "show", &sold]).done();
    let later = backup(&desk, "later.db");
    let object = restore(&desk, &file, &["--discard-newer"]).json();
    assert_eq!(object["lost"], 2);
    desk.run(["license", "show", &sold]).exits(4);
    assert_eq!(desk.seats_taken(&key), 1);
    // What was given up lies beside it, and can be put back as well.
    let aside = PathBuf::from(object["aside"].as_str().unwrap());
    restore(&desk, &later, &["--discard-newer"]).done();
    desk.run(["license", "show", &sold]).done();
    world.days_pass(1);
    restore(&desk, &aside, &["--discard-newer"]).done();
    desk.run(["license", "show", &sold]).done();
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn a_backup_that_is_edited_or_anothers_is_not_taken() {
    let world = World::new();
    let (desk, _, _) = working(&world);
    let file = backup(&desk, "backup.db");
    let other = world.desk("other");
    other.product("plotter", &[]);
    restore(&other, &file, &["--discard-newer"])
        .refused(4, "other_desk")
        .tells("another desk");
    // Where no ledger stands, the key shows whose the desk is.
    fs::remove_file(other.kept("desk/ledger.db")).unwrap();
    restore(&other, &file, &[]).refused(4, "other_desk");
    fs::remove_file(other.kept("desk/root.pem")).unwrap();
    restore(&other, &file, &[])
        .refused(1, "io")
        .tells("root.pem");
    let edited = Connection::open(&file).unwrap();
    edited.execute("UPDATE terms SET seats = 100", []).unwrap();
    drop(edited);
    restore(&desk, &file, &["--discard-newer"])
        .refused(5, "ledger_edited")
        .tells("the backup is not as its history has it")
        .tells("take another backup");
    let no = world.file("no.db", "nothing of this kind");
    restore(&desk, &no, &[])
        .refused(1, "ledger_foreign")
        .tells("no.db is no ledger")
        .tells("take another backup");
    restore(&desk, world.path(), &[]).refused(1, "no_file");
    restore(&desk, &world.path().join("nothing.db"), &[])
        .refused(1, "no_file")
        .tells("look at the backup's name");
    desk.run(["ledger", "restore", file.to_str().unwrap()])
        .exits(2);
    let nobody = world.machine("nobody");
    nobody
        .run(["ledger", "restore", file.to_str().unwrap(), "--reason", "r"])
        .refused(1, "desk_missing");
}

#[test]
fn nobody_writes_while_a_ledger_is_put_back() {
    let world = World::new();
    let (desk, _, _) = working(&world);
    let file = backup(&desk, "backup.db");
    let open = Connection::open(desk.kept("desk/ledger.db")).unwrap();
    open.execute_batch("BEGIN; SELECT count(*) FROM history;")
        .unwrap();
    restore(&desk, &file, &[]).owes(1, "ledger_in_use");
    drop(open);
    restore(&desk, &file, &[]).done();
}
