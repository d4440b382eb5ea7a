//! Clerks who leave: their keys sign nothing more here, and the history says who answered.

use rusqlite::Connection;

use crate::world::World;

#[test]
fn the_history_says_which_key_answered_and_who_was_at_work() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &["--seats", "3"]);
    desk.certify("ann", &[]);
    let anna = ["--as", "Anna Holm", "respond"];
    ship.apply(
        &desk
            .by("ann", &anna)
            .piped(ship.request(&key))
            .done()
            .stdout,
    );
    let request = ship.run(["request", "sync"]).done().code();
    desk.run(["--as", "boss", "respond", "--key", "root"])
        .piped(request)
        .done();
    let history = desk.run(["ledger", "history"]).done().stdout;
    assert!(history.contains("Anna Holm (key ann)"), "{history}");
    assert!(history.contains("boss (key root)"), "{history}");
    assert!(
        history.contains("the key of ann was certified"),
        "{history}"
    );
    let events = desk.run(["--json", "ledger", "history"]).done().objects();
    let answers = events.iter().filter(|it| it["facts"]["answer"].is_string());
    let keys: Vec<&str> = answers.filter_map(|it| it["key"].as_str()).collect();
    assert_eq!(keys, ["ann", "root"]);
    desk.run(["--as", " ", "ledger", "history"])
        .refused(2, "usage")
        .tells("--as");
}

#[test]
fn keys_tell_who_may_sign_what() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    desk.certify(
        "ann",
        &[
            "--max-seats",
            "5",
            "--product",
            "survey",
            "--until",
            "2041-01-31",
        ],
    );
    desk.certify("mia", &["--manager"]);
    let shown = desk.run(["desk", "keys"]).done().stdout;
    for words in [
        "root ",
        "spare ",
        "up to 5 seats, any number of emergency days, survey only, until 2041-01-31",
        "a manager's",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let keys = desk.run(["--json", "desk", "keys"]).done().objects();
    assert_eq!(keys.len(), 4);
    assert_eq!(
        (
            &keys[2]["name"],
            &keys[2]["max_seats"],
            &keys[2]["max_grace"]
        ),
        (&"ann".into(), &5.into(), &serde_json::Value::Null)
    );
    assert_eq!(
        (&keys[3]["manager"], &keys[3]["state"]),
        (&true.into(), &"active".into())
    );
    // Certified again, the later one stands.
    desk.certify_again("ann", &["--max-seats", "7"]);
    let all = desk
        .run(["--json", "desk", "keys", "--all"])
        .done()
        .objects();
    let states: Vec<&str> = all.iter().map(|it| it["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["active", "active", "replaced", "active", "active"]);
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn whoever_left_signs_nothing_more() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    desk.certify("ann", &["--until", "2040-06-30"]);
    desk.certify("bo", &[]);
    let first = ship.request(&key);
    ship.apply(&desk.answer_by("ann", &first));
    let remove = |by: &str, name: &str| {
        desk.by(
            by,
            &["desk", "remove", name, "--reason", "left the company"],
        )
    };
    remove("bo", "ann").refused(6, "needs_manager");
    remove("root", "eve").refused(4, "unknown_desk_key");
    remove("root", "ann").done().tells("until 2040-06-30");
    remove("root", "ann").refused(6, "key_removed");
    let request = ship.run(["request", "sync"]).done().code();
    for args in [
        &["respond"][..],
        &["respond", "--batch", "-"],
        &["license", "new", "--product", "survey", "--customer", "C"],
        &["license", "change", &key, "--seats", "2"],
        &["license", "revoke", &key, "--reason", "because"],
        &["license", "void", &key, "--reason", "because"],
        &["release", &key, "--lost", "--reason", "because"],
        &["emergency", &key],
    ] {
        desk.by("ann", args)
            .piped(&request)
            .refused(6, "key_removed");
    }
    // What he answered is given again, as it was: it needs no key.
    desk.by("ann", &["respond"]).piped(&first).done();
    // That key is certified for nobody any more; whoever comes back makes a new one.
    let again = ["desk", "certify", "ann", "--key", "root"];
    desk.run(again).refused(6, "key_removed");
    for file in ["desk/keys/ann.pem", "desk/keys/ann.request"] {
        std::fs::remove_file(desk.kept(file)).unwrap();
    }
    desk.certify("ann", &[]);
    ship.apply(&desk.answer_by("ann", &request));
    let history = desk.run(["ledger", "history"]).done().stdout;
    assert!(history.contains("the key of ann was removed"), "{history}");
    assert!(history.contains("reason: left the company"), "{history}");
    desk.run(["ledger", "verify"]).done();
}

/// Whoever may write to the ledger's file and has a key that was removed is seen, and so is each edit of what the ledger keeps of keys.
#[test]
fn edits_of_keys_are_seen() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    desk.certify("ann", &[]);
    ship.apply(&desk.answer_by("ann", &ship.request(&key)));
    desk.run(["desk", "remove", "ann", "--reason", "left"])
        .done();
    desk.certify("bo", &["--max-seats", "2"]);
    let ledger = desk.kept("desk/ledger.db");
    let whole = std::fs::read(&ledger).unwrap();
    for sql in [
        "UPDATE desk_key SET removed = 0",
        "UPDATE desk_key SET name = 'eve'",
        "UPDATE desk_key SET product = 'survey' WHERE name = 'bo'",
        "UPDATE desk_key SET certificate = (SELECT certificate FROM desk_key WHERE id = 1) WHERE id = 2",
        "UPDATE desk_key SET event = 1 WHERE id = 2",
        "DELETE FROM desk_key WHERE id = 1",
        "INSERT INTO desk_key SELECT 3, 'eve', certificate, product, 0, event FROM desk_key WHERE id = 2",
    ] {
        std::fs::write(&ledger, &whole).unwrap();
        Connection::open(&ledger)
            .unwrap()
            .execute_batch(sql)
            .unwrap();
        let found = desk.run(["--json", "ledger", "verify"]).exits(5).json();
        let findings = found["error"]["findings"].to_string();
        assert!(findings.contains("desk_key"), "{sql}: {findings}");
    }
}

/// A new epoch: a machine that has seen it takes nothing that was certified before.
#[test]
fn machines_give_up_what_was_certified_before_a_new_epoch() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &["--seats", "4"]);
    let old = world.path().join("files/survey.product");
    desk.certify("ann", &["--max-seats", "5"]);
    desk.certify("eve", &[]);
    let office = world.machine("office");
    let pirate = world.machine("pirate");
    for machine in [&office, &pirate] {
        machine.install(&old);
    }
    ship.apply(&desk.answer_by("ann", &ship.request(&key)));
    office.apply(&desk.answer_by("ann", &office.request(&key)));
    // What the thief has: answers under the certificate of before.
    let [syncs, asked] = [
        ship.run(["request", "sync"]).done().code(),
        pirate.request(&key),
    ];
    let stolen_sync = desk.answer_by("eve", &syncs);
    let stolen = desk.answer_by("eve", &asked);
    desk.by("root", &["desk", "remove", "eve", "--reason", "stolen"])
        .done();
    let rotate = ["desk", "rotate", "--reason", "the key of eve was stolen"];
    desk.by("ann", &rotate).refused(6, "needs_root");
    let rotated = desk.by("root", &rotate).json();
    assert_eq!(
        (&rotated["epoch"], &rotated["keys"]),
        (&1.into(), &serde_json::json!(["ann"]))
    );
    assert_eq!(rotated["machines"].as_array().unwrap().len(), 3);
    desk.run(["ledger", "verify"]).done();
    // The clerk goes on as before, with the same limits.
    let limited = desk.run(["--json", "desk", "keys"]).done().objects();
    assert_eq!(limited[2]["max_seats"], 5);
    let fresh = ship.run(["request", "sync", "--new"]).done().code();
    ship.apply(
        &desk
            .by(
                "ann",
                &["respond", "--supersede", "--reason", "asked twice"],
            )
            .piped(&fresh)
            .done()
            .stdout,
    );
    ship.check().done();
    ship.run(["apply"]).piped(&stolen_sync).exits(5);
    // By the new product file a machine knows before it asks: what it holds is given up, and it asks.
    let file = desk.export("survey");
    pirate.install(&file);
    pirate
        .run(["apply"])
        .piped(&stolen)
        .refused(5, "not_trusted");
    office.install(&file);
    office.check().exits(5);
    let anew = office.run(["request", "sync"]).done().code();
    office.apply(&desk.answer_by("ann", &anew));
    office.check().done();
    // Whoever is certified from now on is of this epoch.
    desk.certify("bo", &[]);
    let request = pirate.request_with(&key, &["--new"]);
    pirate.apply(&desk.answer_by("bo", &request));
    pirate.check().done();
    desk.run(["ledger", "verify"]).done();
    let history = desk.run(["ledger", "history"]).done().stdout;
    assert!(history.contains("certificates of epoch 1"), "{history}");
}

#[test]
fn an_epoch_needs_a_key_that_shows_it() {
    let world = World::new();
    let desk = world.desk("desk");
    let rotate = ["desk", "rotate", "--key", "root", "--reason", "r"];
    desk.run(rotate).refused(2, "usage");
    desk.certify("ann", &[]);
    desk.run(rotate).done();
    let ledger = desk.kept("desk/ledger.db");
    let file = Connection::open(&ledger).unwrap();
    file.execute_batch("UPDATE meta SET value = '0' WHERE name = 'epoch'")
        .unwrap();
    drop(file);
    let found = desk.run(["--json", "ledger", "verify"]).exits(5).json();
    let findings = found["error"]["findings"].to_string();
    assert!(
        findings.contains("what the desk says about itself"),
        "{findings}"
    );
}
