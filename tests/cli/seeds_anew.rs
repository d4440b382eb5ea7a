//! Emergency codes that are made anew: by a ledger that was put back, from a seed key that was lost, with a key that fails.

use super::seeds::{FOUR, rows};
use crate::world::{Run, World};

/// A ledger that was put back answers what it answered before. A code that was read out is worth what it was, and no more where the order is another.
#[test]
fn a_ledger_that_was_put_back_makes_no_code_worth_more() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &FOUR);
    let backup = world.path().join("backup.db");
    desk.run(["ledger", "backup", backup.to_str().unwrap()])
        .done();
    let asked = ship.request(&key);
    let first = desk.answer(&asked);
    let code = desk.run(["emergency", &key]).done().line();
    let restore = ["ledger", "restore", backup.to_str().unwrap()];
    let restore = || {
        desk.run(restore.iter().chain(&["--discard-newer", "--reason", "r"]))
            .done();
    };
    restore();
    assert_eq!(desk.answer(&asked), first);
    assert_eq!(desk.run(["emergency", &key]).done().line(), code);
    restore();
    let more = ["license", "change", &key, "--emergency", "4x60"];
    desk.run(more).done();
    ship.apply(&desk.answer(&asked));
    ship.run(["apply"])
        .piped(&code)
        .refused(4, "other_emergency");
    let code = desk.run(["emergency", &key]).done().line();
    ship.run(["apply"]).piped(&code).done();
    desk.run(["ledger", "verify"]).done();
}

/// An answer of a seed key that went with a ledger has no codes here.
#[test]
fn codes_of_a_seed_key_that_was_lost_are_refused() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &FOUR);
    desk.certify("ann", &[]);
    let backup = world.path().join("backup.db");
    let backup = backup.to_str().unwrap();
    desk.run(["ledger", "backup", backup]).done();
    // Another seed key takes the place of the one that ann had, and goes with the ledger.
    let why = ["--reason", "r"];
    desk.run(["desk", "remove", "ann", why[0], why[1]]).done();
    let asked = ship.request(&key);
    let answer = desk.answer(&asked);
    ship.apply(&answer);
    desk.run([
        "ledger",
        "restore",
        backup,
        "--discard-newer",
        why[0],
        why[1],
    ])
    .done();
    let mails = world.file("mails.txt", format!("{asked}\n\n{answer}\n"));
    desk.run(["ledger", "readopt"]).arg(mails).done();
    let before = rows(&desk);
    desk.run(["emergency", &key])
        .refused(6, "seed_key_lost")
        .tells("countersign request sync");
    assert_eq!(rows(&desk), before);
    let sync = ship.run(["request", "sync"]).done().code();
    ship.apply(&desk.answer(&sync));
    let code = desk.run(["emergency", &key]).done().line();
    ship.run(["apply"]).piped(&code).done();
}

/// The signature from which a sealing key is made is one more that a key can fail at: nothing is recorded then, either.
#[test]
fn a_key_that_fails_as_it_opens_records_nothing() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &FOUR);
    let asked = ship.request(&key);
    let before = rows(&desk);
    let fails = |run: Run<'_>, faults: &[(&str, i32, &str)]| {
        for (fault, exit, kind) in faults {
            let run = run.clone().env("COUNTERSIGN_TEST_SIGNER", fault);
            run.refused(*exit, kind);
        }
    };
    // Tried twice, it makes its sealing key and signs.
    let opens = [
        ("fails:2", 1, "signer_failed"),
        ("fails:3", 1, "signer_failed"),
        ("wrong:3", 5, "seed_key_shut"),
    ];
    fails(desk.respond(&asked), &opens);
    fails(
        desk.respond(&asked),
        &[
            ("fails:4", 1, "signer_failed"),
            ("wrong:4", 5, "signer_wrong"),
        ],
    );
    assert_eq!(rows(&desk), before);
    ship.apply(&desk.answer(&asked));
    let before = rows(&desk);
    fails(desk.run(["emergency", &key]), &opens);
    assert_eq!(rows(&desk), before);
    // Whoever is certified: the clerk makes his twice, and one that is another each time is none.
    let request = ["desk", "request", "ann", "--no-passphrase"];
    desk.run(request)
        .env("COUNTERSIGN_TEST_SIGNER", "wrong:4")
        .exits(5)
        .tells("in two ways");
    desk.certify("ann", &[]);
    fails(
        desk.run(["desk", "certify", "ann", "--key", "root"]),
        &[opens[0], opens[1], opens[2]],
    );
    desk.by("ann", &["emergency", &key]).done();
    desk.run(["ledger", "verify"]).done();
}

/// The end of its chain shows by which seed key an answer was made, also where the ledger knows it from an old mail alone.
#[test]
fn an_answer_that_was_taken_back_has_its_codes() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &FOUR);
    let backup = world.path().join("backup.db");
    let backup = backup.to_str().unwrap();
    desk.run(["ledger", "backup", backup]).done();
    let asked = ship.request(&key);
    let answer = desk.answer(&asked);
    ship.apply(&answer);
    let options = ["--discard-newer", "--reason", "disk replaced"];
    desk.run(["ledger", "restore", backup].iter().chain(&options))
        .done();
    desk.run(["emergency", &key])
        .refused(4, "unknown_activation");
    let mails = world.file("mails.txt", format!("{asked}\n\n{answer}"));
    desk.run(["ledger", "readopt"]).arg(&mails).done();
    let code = desk.run(["emergency", &key]).done().line();
    ship.run(["apply"]).piped(&code).done();
    desk.run(["ledger", "verify"]).done();
}
