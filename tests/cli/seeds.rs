//! Emergency codes are made from what only the desk's keys open: whoever reads the ledger gets none, and whoever left none of what came after.

use std::fs;

use countersign::issuer::history::Actor;
use countersign::issuer::keys::{self, Issuer};
use countersign::issuer::ledger::Ledger;
use countersign::protocol::emergency::Emergency;
use countersign::protocol::grant::SignedGrant;
use countersign::signing::keys::SigningKey;
use countersign::signing::signer::TriedSigner;
use rusqlite::Connection;

use crate::world::{Desk, World, decoded};

pub(super) const FOUR: [&str; 6] = ["--seats", "3", "--grace", "30", "--emergency", "4x7"];

/// All files of a desk's ledger, one after the other.
fn ledger_of(desk: &Desk<'_>) -> Vec<u8> {
    let names = ["ledger.db", "ledger.db-wal"].map(|it| desk.kept(&format!("desk/{it}")));
    let files = names.iter().filter_map(|it| fs::read(it).ok());
    files.flatten().collect()
}

pub(super) fn edit(desk: &Desk<'_>, sql: &str) {
    let file = Connection::open(desk.kept("desk/ledger.db")).unwrap();
    file.execute_batch(sql).unwrap();
}

/// How many rows of the history and of the answers there are.
pub(super) fn rows(desk: &Desk<'_>) -> (i64, i64) {
    let file = Connection::open(desk.kept("desk/ledger.db")).unwrap();
    let count = |table: &str| {
        let sql = format!("SELECT count(*) FROM {table}");
        file.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    (count("history"), count("answer"))
}

fn seed_keys(desk: &Desk<'_>) -> Vec<(i64, i64)> {
    let file = Connection::open(desk.kept("desk/ledger.db")).unwrap();
    let mut each = file
        .prepare("SELECT key, count(*) FROM sealed_key GROUP BY key")
        .unwrap();
    let rows = each.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_reader_of_the_ledger_alone_gets_no_emergency_code() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &FOUR);
    desk.certify("ann", &[]);
    let response = desk.answer(&ship.request(&key));
    ship.apply(&response);
    let grant = SignedGrant::decode(decoded(&response).payload()).unwrap();
    let before = ledger_of(&desk);
    // Every step that there is, the last of which is the seed itself.
    let mut known = Vec::new();
    for days in [31, 38, 45, 52] {
        let code = desk.run(["emergency", &key, "--until", &world.day(days)]);
        known.push(Emergency::decode(decoded(&code.done().line()).payload()).unwrap());
    }
    let steps: Vec<u8> = known.iter().map(|it| it.step).collect();
    assert_eq!(steps, [1, 2, 3, 4]);
    let stands = |file: &[u8], what: &[u8]| file.windows(what.len()).any(|it| it == what);
    for file in [&before, &ledger_of(&desk)] {
        for code in &known {
            assert!(!stands(file, &code.x), "step {}", code.step);
            let text = hex::encode(code.x).into_bytes();
            assert!(!stands(file, &text), "step {} as text", code.step);
        }
        // It looks where answers are.
        assert!(stands(file, &grant.grant.emergency.unwrap().anchor));
    }
    // Nor has the row of an answer anything more than what left the desk, who asked and who signed.
    let file = Connection::open(desk.kept("desk/ledger.db")).unwrap();
    let columns = "SELECT group_concat(name, ' ') FROM pragma_table_info('answer')";
    let columns: String = file.query_row(columns, [], |row| row.get(0)).unwrap();
    assert_eq!(
        columns,
        "event activation generation parent commitment request stood grant_ signer"
    );
    // The ledger without its keys.
    for file in ["root.pem", "spare.pem", "keys/ann.pem"] {
        fs::remove_file(desk.kept(&format!("desk/{file}"))).unwrap();
    }
    desk.run(["emergency", &key]).refused(1, "io");
    // With a key of the thief's own that he puts among the desk's.
    desk.run(["desk", "request", "eve", "--no-passphrase"])
        .done();
    desk.by("eve", &["emergency", &key])
        .refused(4, "unknown_desk_key");
}

#[test]
fn whoever_is_certified_later_reads_out_an_earlier_code() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &FOUR);
    desk.license(&ship, &key);
    desk.certify("ann", &[]);
    let code = desk.by("ann", &["emergency", &key]).done().line();
    // Each key of the desk makes the same.
    assert_eq!(
        desk.by("root", &["emergency", &key, "--until", &world.day(37)])
            .done()
            .line(),
        code
    );
    // The spare, where the root is lost, opens its own.
    fs::rename(desk.kept("desk/spare.pem"), desk.kept("desk/root.pem")).unwrap();
    let spare = ["emergency", &key, "--until", &world.day(37)];
    assert_eq!(desk.by("root", &spare).done().line(), code);
    ship.run(["apply"]).piped(&code).done();
    // It certifies, and answers.
    desk.certify("bo", &[]);
    let sync = ship.run(["request", "sync"]).done().code();
    ship.apply(&desk.answer_by("bo", &sync));
    let next = desk.by("ann", &["emergency", &key]).done().line();
    ship.run(["apply"]).piped(&next).done();
    desk.run(["ledger", "verify"]).done();
}

/// What whoever left has: his key, and a copy of the ledger in which he is made to stand.
#[test]
fn whoever_left_opens_nothing_of_what_came_after() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &FOUR);
    let boat = world.machine("boat");
    boat.install(&world.path().join("files/survey.product"));
    desk.certify("ann", &["--manager"]);
    desk.certify("mia", &["--manager"]);
    ship.apply(&desk.answer_by("ann", &ship.request(&key)));
    let remove = ["desk", "remove", "ann", "--reason", "left"];
    desk.by("mia", &remove)
        .done()
        .tells("knows the emergency codes of what was answered until now")
        .tells("each machine's next answer ends that");
    assert_eq!(seed_keys(&desk), [(1, 4), (2, 3)]);
    boat.apply(&desk.answer_by("mia", &boat.request(&key)));
    let ids = desk.run(["--json", "license", "show", &key]).done().json();
    let ids = ids["activations"].as_array().unwrap();
    let id = |nth: usize| ids[nth]["activation"].as_str().unwrap().to_owned();
    let thief = |name: &str| {
        let whole = fs::read(desk.kept("desk/ledger.db")).unwrap();
        edit(&desk, "UPDATE desk_key SET removed = 0");
        let said = desk.by("ann", &["--json", "emergency", name, &key]).said();
        fs::write(desk.kept("desk/ledger.db"), whole).unwrap();
        let object = said.json();
        let kind = object["error"]["kind"].as_str().unwrap_or("read out");
        kind.to_owned()
    };
    // What he could know already, and not what came after.
    assert_eq!(thief(&id(0)), "read out");
    assert_eq!(thief(&id(1)), "seed_key_shut");
    // Until the next answer of that machine.
    let sync = ship.run(["request", "sync"]).done().code();
    ship.apply(&desk.answer_by("mia", &sync));
    assert_eq!(thief(&id(0)), "seed_key_shut");
    // The others go on, and whoever comes reads out all.
    desk.certify("bo", &[]);
    assert_eq!(seed_keys(&desk), [(1, 5), (2, 4)]);
    for by in ["mia", "root", "bo"] {
        for nth in [0, 1] {
            let held = ["emergency", &id(nth), &key];
            desk.by(by, &held).done();
        }
    }
    desk.run(["ledger", "verify"]).done();
    let twice = desk.by(
        "root",
        &["--json", "desk", "remove", "bo", "--reason", "left"],
    );
    assert_eq!(twice.done().json()["opens_earlier_seeds"], true);
}

/// Whoever may grant no emergency codes opens none.
#[test]
fn seed_keys_are_sealed_to_whom_they_are_for() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &FOUR);
    desk.certify("ann", &["--kinds", "grant"]);
    assert_eq!(seed_keys(&desk), [(1, 2)]);
    let asked = ship.request(&key);
    desk.by("ann", &["respond"])
        .piped(&asked)
        .owes(6, "desk_limit");
    ship.apply(&desk.by("root", &["respond"]).piped(asked).done().code());
    desk.by("ann", &["emergency", &key])
        .refused(6, "desk_limit");
    // He may from now on, and has what was before.
    desk.certify_again("ann", &[]);
    assert_eq!(seed_keys(&desk), [(1, 3)]);
    desk.by("ann", &["emergency", &key]).done();
    // And may no more.
    desk.certify_again("ann", &["--kinds", "grant"]);
    assert_eq!(seed_keys(&desk), [(1, 3), (2, 2)]);
    let remove = ["--json", "desk", "remove", "ann", "--reason", "left"];
    let removed = desk.by("root", &remove).done().json();
    assert_eq!(removed["opens_earlier_seeds"], false);
    assert_eq!(seed_keys(&desk), [(1, 3), (2, 2)]);
    desk.by("root", &["emergency", &key]).done();
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn a_sealed_key_that_was_edited_is_named_and_nothing_recorded() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &FOUR);
    let plain = desk.sell("survey", &["--seats", "9"]);
    desk.certify("ann", &[]);
    ship.apply(&desk.answer_by("ann", &ship.request(&key)));
    let boat = world.machine("boat");
    boat.install(&world.path().join("files/survey.product"));
    let asked = boat.request(&key);
    let others = boat.request(&plain);
    let own = "holder = (SELECT public FROM signer WHERE certificate <> x'')";
    let another = "holder <> (SELECT public FROM signer WHERE certificate <> x'') LIMIT 1";
    let whole = fs::read(desk.kept("desk/ledger.db")).unwrap();
    for (sql, says) in [
        (format!("DELETE FROM sealed_key WHERE {own}"), "is gone"),
        ("DELETE FROM sealed_key".to_owned(), "is gone"),
        (
            format!("UPDATE sealed_key SET sealed = zeroblob(80) WHERE {own}"),
            "is not as its event left it",
        ),
        (
            format!("UPDATE sealed_key SET sealed = x'00' WHERE {own}"),
            "is not as its event left it",
        ),
        (
            format!(
                "UPDATE sealed_key SET sealed = (SELECT sealed FROM sealed_key WHERE {another}) WHERE {own}"
            ),
            "is not as its event left it",
        ),
        (
            format!(
                "UPDATE sealed_key SET sealing = (SELECT sealing FROM sealed_key WHERE {another}) WHERE {own}"
            ),
            "is not as its event left it",
        ),
        (
            format!("UPDATE sealed_key SET key = 2 WHERE {own}"),
            "is not in the history",
        ),
        (
            format!(
                "INSERT INTO sealed_key SELECT 2, holder, sealing, sealed, event FROM sealed_key WHERE {own}"
            ),
            "is not in the history",
        ),
    ] {
        fs::write(desk.kept("desk/ledger.db"), &whole).unwrap();
        edit(&desk, &sql);
        let before = rows(&desk);
        let refused = |args: &[&str], text: &str| {
            desk.by("ann", args)
                .piped(text)
                .refused(5, "seed_key_shut")
                .tells("countersign ledger verify")
        };
        refused(&["respond"], &asked);
        if !sql.starts_with("INSERT") && !sql.contains("key = 2") {
            refused(&["emergency", &key], "");
        }
        let lines = format!(
            "{}\n{}\n",
            asked.replace('\n', " "),
            others.replace('\n', " ")
        );
        assert_eq!(rows(&desk), before, "{sql}");
        // What has no emergency codes is answered, in a batch beside.
        let batch = world.file("batch.txt", lines);
        let answered = desk.by("ann", &["respond", "--batch", batch.to_str().unwrap()]);
        let objects = answered.exits(8).objects();
        assert_eq!(objects[0]["error"]["kind"], "seed_key_shut", "{sql}");
        assert!(objects[1]["code"].is_string(), "{sql}");
        // What would be answered, no key being asked for.
        desk.by("ann", &["respond", "--dry-run"])
            .piped(&asked)
            .done();
        let found = desk.run(["--json", "ledger", "verify"]).exits(5).json();
        let findings = found["error"]["findings"].as_array().unwrap().clone();
        let finding = findings.iter().find(|it| it["place"] == "sealed_key");
        let message = finding.unwrap()["message"].as_str().unwrap();
        assert!(message.contains(says), "{sql}: {message}");
    }
    // Nobody has the next one sealed to a key that he put there himself.
    fs::write(desk.kept("desk/ledger.db"), &whole).unwrap();
    desk.certify("bo", &[]);
    edit(
        &desk,
        &format!("UPDATE sealed_key SET sealing = randomblob(32) WHERE {own}"),
    );
    let before = rows(&desk);
    desk.by("root", &["desk", "remove", "bo", "--reason", "left"])
        .refused(5, "ledger_edited");
    // Nor where it was put there after the ledger was verified.
    let pem = fs::read_to_string(desk.kept("desk/root.pem")).unwrap();
    let root = SigningKey::from_pem(&pem, None).unwrap();
    let root = Issuer::root(TriedSigner::new(root).unwrap());
    let mut ledger = Ledger::open(&desk.kept("desk/ledger.db")).unwrap();
    let by = ledger.read(|tx| tx.last_event()).unwrap().unwrap();
    let by = Actor {
        name: "root",
        now: by.at,
    };
    let mut draws = |bytes: &mut [u8]| bytes.fill(7);
    let removed = keys::remove(&mut ledger, &root, ("bo", "left"), by, &mut draws);
    assert_eq!(removed.unwrap_err().kind().name(), "ledger_damaged");
    drop(ledger);
    assert_eq!(rows(&desk), before);
}

#[test]
fn a_request_for_a_key_names_whom_to_seal_to() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.run(["desk", "request", "ann", "--no-passphrase"])
        .done();
    let file = desk.kept("desk/keys/ann.request");
    let whole = fs::read_to_string(&file).unwrap();
    let line = whole
        .lines()
        .find(|it| it.starts_with("sealing: "))
        .unwrap();
    let certify = || desk.run(["desk", "certify", "ann", "--key", "root"]);
    for other in ["", &format!("sealing: {}\n", "0".repeat(64))] {
        fs::write(&file, whole.replace(&format!("{line}\n"), other)).unwrap();
        certify().refused(3, "not_a_key_request");
    }
    // It is lost, and written again as it was.
    fs::remove_file(&file).unwrap();
    desk.run(["desk", "request", "ann", "--no-passphrase"])
        .done();
    assert_eq!(fs::read_to_string(&file).unwrap(), whole);
    certify().done();
}
