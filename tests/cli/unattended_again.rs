//! Where something is wrong at the desk a mail system hands its mail over again: with 75, and no other code (SPEC.md 9.19).

use super::unattended::{KARI, answer, desk_with, mail, outbox};
use crate::world::World;

/// No mail goes back to its sender because of our exit code.
#[test]
fn whatever_is_wrong_here_the_mail_is_asked_for_again() {
    let world = World::new();
    let (desk, ship, key) = desk_with(&world, &[]);
    let asked = mail("1", KARI, "", &ship.request(&key));
    let with = |args: &[&str]| desk.run(args).piped(&asked);
    with(&["desk", "answer"]).refused(75, "needs_clerk");
    with(&["desk", "answer", "--key", "root"]).refused(75, "needs_clerk");
    with(&["desk", "answer", "--key", "nosuch"]).refused(75, "no_file");
    with(&["desk", "answer", "--nosuch"]).refused(75, "usage");
    with(&["desk", "answer", "word"]).refused(75, "usage");
    desk.certify("mia", &["--manager"]);
    with(&["desk", "answer", "--key", "mia"]).refused(75, "needs_clerk");
    let nowhere = world.machine("nowhere");
    nowhere
        .run(["desk", "answer"])
        .piped(&asked)
        .refused(75, "desk_missing");
    // Another writes, for longer than anybody waits.
    let ledger = rusqlite::Connection::open(desk.home().join("desk/ledger.db")).unwrap();
    ledger.execute_batch("BEGIN IMMEDIATE").unwrap();
    answer(&desk, &asked).owes(75, "ledger_in_use");
    ledger.execute_batch("ROLLBACK").unwrap();
    // The key is behind a passphrase that nobody is there to type.
    let words = world.secret("words", "harvest barley\n");
    let words = words.to_str().unwrap();
    desk.run(["desk", "request", "shy", "--passphrase-file", words])
        .done();
    desk.certify_again("shy", &[]);
    with(&["desk", "answer", "--key", "shy"]).refused(75, "passphrase_needed");
    desk.run([
        "desk", "remove", "robot", "--reason", "stolen", "--key", "root",
    ])
    .done();
    answer(&desk, &asked).owes(75, "key_removed");
    assert_eq!(outbox(&desk), []);
    let opened = ["desk", "answer", "--key", "shy", "--passphrase-file", words];
    with(&opened).done();
    assert_eq!(outbox(&desk).len(), 1);
}

/// Where it has no address, it has none to write from.
#[test]
fn a_desk_without_an_address_answers_no_mail() {
    let world = World::new();
    let plain = world.machine("plain");
    plain
        .run(["desk", "init", "--vendor", "V", "--no-passphrase"])
        .done();
    let asked = mail("1", KARI, "", "hello");
    plain
        .run(["desk", "answer"])
        .piped(asked)
        .refused(75, "usage")
        .tells("desk change --mail");
}
