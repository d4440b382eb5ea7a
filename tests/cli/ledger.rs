//! `ledger verify`, and a ledger that is in use, missing, foreign or edited.

use std::fs;

use rusqlite::Connection;

use crate::world::{Desk, Machine, World};

fn working<'w>(world: &'w World) -> (Desk<'w>, Machine<'w>, String) {
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--seats", "2"]);
    let ship = world.machine("ship");
    ship.install(&file);
    desk.license(&ship, &key);
    (desk, ship, key)
}

#[test]
fn a_ledger_is_verified() {
    let world = World::new();
    let (desk, _, _) = working(&world);
    let object = desk.run(["ledger", "verify"]).json();
    assert_eq!(
        (
            object["answers"].as_u64(),
            object["licenses"].as_u64(),
            object["activations"].as_u64()
        ),
        (Some(1), Some(1), Some(1))
    );
    let head = object["head"].as_str().unwrap();
    assert_eq!(head.len(), 64);
    desk.run(["ledger", "verify"])
        .done()
        .prints(head)
        .tells("as its history has it");
    desk.sell("survey", &[]);
    assert_ne!(
        desk.run(["ledger", "verify"]).json()["head"],
        object["head"]
    );
}

#[test]
fn whatever_is_edited_in_it_is_found() {
    let world = World::new();
    let (desk, ship, key) = working(&world);
    let path = desk.kept("desk/ledger.db");
    let good = fs::read(&path).unwrap();
    for edit in [
        "UPDATE terms SET seats = 100",
        "UPDATE terms SET customer = 'Somebody else'",
        "UPDATE license SET taken = 0",
        "UPDATE license SET key = key + 1",
        "DELETE FROM license",
        "UPDATE activation SET seats = 0",
        "UPDATE activation SET had = x'020001'",
        "DELETE FROM activation",
        "DELETE FROM answer",
        "UPDATE answer SET grant_ = zeroblob(80)",
        "UPDATE answer SET request = zeroblob(40)",
        "UPDATE history SET actor = 'nobody' WHERE id = 2",
        "UPDATE history SET at = at + 1 WHERE id = 1",
        "DELETE FROM history WHERE id = (SELECT max(id) FROM history)",
        "DELETE FROM history WHERE id = 2",
        "UPDATE product SET definition = replace(definition, 'Survey', 'survey')",
        "UPDATE meta SET value = 'Another vendor' WHERE name = 'vendor'",
    ] {
        fs::write(&path, &good).unwrap();
        let ledger = Connection::open(&path).unwrap();
        let changed = ledger.execute(edit, []).unwrap();
        ledger.close().unwrap();
        assert!(changed > 0, "{edit}");
        let said = desk.run(["ledger", "verify"]).said();
        assert_eq!((said.exit, said.stdout.as_str()), (5, ""), "{edit}: {said}");
        assert!(said.stderr.contains("what to do: "), "{edit}: {said}");
    }
    fs::write(&path, &good).unwrap();
    Connection::open(&path)
        .unwrap()
        .execute("UPDATE terms SET seats = 100", [])
        .unwrap();
    desk.run(["ledger", "verify"])
        .refused(5, "ledger_edited")
        .tells("not as its history has it")
        .tells("restore a backup");
    fs::write(&path, &good).unwrap();
    desk.run(["ledger", "verify"]).done();
    assert_eq!(desk.seats_taken(&key), 1);
    ship.check().done();
}

#[test]
fn a_ledger_in_use_is_said_and_nothing_is_lost() {
    let world = World::new();
    let (desk, _, key) = working(&world);
    let other = world.machine("other");
    other.install(&world.path().join("files/survey.product"));
    let request = other.request(&key);
    let ledger = Connection::open(desk.kept("desk/ledger.db")).unwrap();
    ledger.execute_batch("BEGIN IMMEDIATE").unwrap();
    let before = desk.run(["ledger", "verify"]).json();
    // A snapshot of the world would read the file, and so give up this process's locks on it.
    desk.respond(&request)
        .owes(1, "ledger_in_use")
        .tells("try again when that has ended");
    // Who only reads is not kept waiting.
    desk.run(["license", "show", &key]).done();
    assert_eq!(desk.run(["ledger", "verify"]).json(), before);
    ledger.execute_batch("ROLLBACK").unwrap();
    drop(ledger);
    desk.answer(&request);
    assert_eq!(desk.seats_taken(&key), 2);
}

#[test]
fn a_ledger_that_is_missing_foreign_or_from_the_future() {
    let world = World::new();
    let (desk, ship, key) = working(&world);
    let request = ship
        .run(["request", "activate", &key, "--new"])
        .done()
        .code();
    let path = desk.kept("desk/ledger.db");
    let good = fs::read(&path).unwrap();

    fs::remove_file(&path).unwrap();
    desk.respond(&request).refused(1, "desk_missing");
    assert!(
        !path.exists(),
        "a ledger that is gone must not be begun anew"
    );

    fs::write(&path, "Dear diary, this is not a database at all.").unwrap();
    desk.respond(&request)
        .refused(1, "ledger_foreign")
        .tells("is not a countersign ledger");
    fs::write(&path, "").unwrap();
    desk.respond(&request).refused(1, "ledger_foreign");
    fs::remove_file(&path).unwrap();
    let foreign = Connection::open(&path).unwrap();
    foreign
        .execute_batch("CREATE TABLE diary (day TEXT)")
        .unwrap();
    foreign.close().unwrap();
    desk.respond(&request).refused(1, "ledger_foreign");

    fs::write(&path, &good).unwrap();
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 1000).unwrap();
    newer.close().unwrap();
    desk.respond(&request)
        .refused(1, "ledger_newer")
        .tells("use the program that wrote it");

    // Torn in the middle.
    fs::write(&path, &good[..good.len() / 2]).unwrap();
    desk.run(["ledger", "verify"])
        .exits(1)
        .tells("the ledger is damaged")
        .tells("take the ledger from a backup");

    fs::write(&path, &good).unwrap();
    desk.answer(&request);
}

/// Several clerks answer at the same moment: as many as there are seats get an answer, and each other one its reason.
#[test]
fn many_at_once_never_share_a_seat() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--seats", "3"]);
    let requests: Vec<String> = (0..8)
        .map(|number| {
            let ship = world.machine(&format!("ship {number}"));
            ship.install(&file);
            ship.request(&key)
        })
        .collect();
    let mut clerks: Vec<_> = requests
        .iter()
        .map(|request| {
            let mut clerk = desk.run(["respond"]).arg(request).process();
            let quiet = std::process::Stdio::null;
            clerk.stdin(quiet()).stdout(quiet()).stderr(quiet());
            clerk.spawn().unwrap()
        })
        .collect();
    let mut exits: Vec<_> = clerks
        .iter_mut()
        .zip(&requests)
        .map(
            |(clerk, request)| match clerk.wait().unwrap().code().unwrap() {
                // On a busy computer a clerk may have waited longer than he is let: he tries again, as he is told to.
                1 => desk.run(["respond"]).arg(request).said().exit,
                exit => exit,
            },
        )
        .collect();
    exits.sort_unstable();
    assert_eq!(exits, [0, 0, 0, 6, 6, 6, 6, 6]);
    assert_eq!(desk.seats_taken(&key), 3);
    assert_eq!(desk.run(["ledger", "verify"]).json()["answers"], 3);
}
