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
    for (edit, place, kind, row) in [
        (
            "UPDATE terms SET seats = 100",
            "terms",
            "altered",
            "order 1",
        ),
        (
            "UPDATE terms SET customer = 'Somebody else'",
            "terms",
            "altered",
            "order 1",
        ),
        ("UPDATE license SET taken = 0", "license", "altered", &key),
        (
            "UPDATE license SET taken = 0",
            "license",
            "seats_differ",
            &key,
        ),
        (
            "UPDATE license SET key = key + 1",
            "history",
            "altered",
            "made other licenses",
        ),
        (
            "DELETE FROM license",
            "history",
            "missing",
            "a license that is gone",
        ),
        (
            "UPDATE activation SET seats = 0",
            "activation",
            "altered",
            &key,
        ),
        (
            "UPDATE activation SET had = x'020001'",
            "activation",
            "altered",
            &key,
        ),
        (
            "DELETE FROM activation",
            "history",
            "missing",
            "an activation that is gone",
        ),
        ("DELETE FROM answer", "answer", "missing", &key),
        (
            "UPDATE answer SET grant_ = zeroblob(80)",
            "answer",
            "altered",
            &key,
        ),
        (
            "UPDATE answer SET request = zeroblob(40)",
            "answer",
            "altered",
            &key,
        ),
        (
            "UPDATE history SET actor = 'nobody' WHERE id = 2",
            "history",
            "altered",
            "history row 2",
        ),
        (
            "UPDATE history SET at = at + 1 WHERE id = 1",
            "history",
            "altered",
            "history row 1",
        ),
        (
            "DELETE FROM history WHERE id = (SELECT max(id) FROM history)",
            "answer",
            "added",
            "history row 4",
        ),
        (
            "DELETE FROM history WHERE id = 2",
            "history",
            "missing",
            "history row 2",
        ),
        (
            "UPDATE product SET definition = replace(definition, 'Survey', 'survey')",
            "product",
            "altered",
            "product survey",
        ),
        (
            "UPDATE meta SET value = 'Another vendor' WHERE name = 'vendor'",
            "meta",
            "altered",
            "the desk",
        ),
        (
            "UPDATE signer SET public = zeroblob(32)",
            "signer",
            "altered",
            "signer 1",
        ),
    ] {
        fs::write(&path, &good).unwrap();
        let ledger = Connection::open(&path).unwrap();
        let changed = ledger.execute(edit, []).unwrap();
        ledger.close().unwrap();
        assert!(changed > 0, "{edit}");
        let said = desk.run(["ledger", "verify"]).owes(5, "ledger_edited");
        let object = desk.run(["ledger", "verify"]).with_json_exits(5);
        let findings = object["error"]["findings"].as_array().unwrap();
        let named = findings.iter().find(|it| {
            let message = it["message"].as_str().unwrap();
            (it["place"].as_str(), it["kind"].as_str()) == (Some(place), Some(kind))
                && message.contains(row)
        });
        let named = named.unwrap_or_else(|| panic!("{edit}: {object}"));
        assert!(!named["hint"].as_str().unwrap().is_empty(), "{edit}");
        // Each is said to people, too.
        let place = match place {
            "terms" => "order",
            "meta" => "desk",
            other => other,
        };
        said.tells(&format!("{place}: {}", named["message"].as_str().unwrap()));
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
    desk.respond(&request)
        .refused(1, "ledger_missing")
        .tells("countersign ledger restore");
    assert!(
        !path.exists(),
        "a ledger that is gone must not be begun anew"
    );

    fs::write(&path, "Dear diary, this is not a database at all.").unwrap();
    desk.respond(&request)
        .refused(1, "ledger_foreign")
        .tells("is no ledger of this program");
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
        .owes(1, "ledger_damaged")
        .tells("take the ledger from a backup");
    desk.respond(&request).owes(1, "ledger_damaged");

    fs::write(&path, &good).unwrap();
    desk.answer(&request);
}

/// What would change what the rules read and write, such as a trigger: nothing is signed, and what it is is said with what to do.
#[test]
fn other_tables_sign_nothing() {
    let world = World::new();
    let (desk, ship, key) = working(&world);
    let request = ship
        .run(["request", "activate", &key, "--new"])
        .done()
        .code();
    let path = desk.kept("desk/ledger.db");
    let good = fs::read(&path).unwrap();
    for (edit, row) in [
        (
            "CREATE TRIGGER free AFTER INSERT ON answer BEGIN UPDATE license SET taken = 0; END",
            "trigger free was added",
        ),
        (
            "DROP INDEX answer_commitment",
            "index answer_commitment is missing",
        ),
        (
            "ALTER TABLE license ADD COLUMN note TEXT",
            "table license is not as this program makes it",
        ),
    ] {
        fs::write(&path, &good).unwrap();
        let ledger = Connection::open(&path).unwrap();
        ledger.execute_batch(edit).unwrap();
        ledger.close().unwrap();
        desk.respond(&request)
            .refused(5, "ledger_schema")
            .tells(row);
        desk.run(["license", "show", &key])
            .refused(5, "ledger_schema");
        desk.run(["ledger", "verify"])
            .owes(5, "ledger_edited")
            .tells(&format!("schema: {row}"));
    }
    fs::write(&path, &good).unwrap();
    desk.answer(&request);
    desk.run(["ledger", "verify"]).done();
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
