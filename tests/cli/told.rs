//! What people are told where something went an odd way: what it is, who may be wrong, and what helps.

use std::fs;

use super::check::licensed;
use crate::world::{DAY, World};

/// Two accounts of one computer that take one license from each other are told of the home for all.
#[test]
fn two_accounts_of_one_computer_are_told_of_a_license_for_all() {
    const FOR_ALL: &str = "countersign request activate KEY --system";
    let world = World::new();
    let (desk, ada, key) = licensed(&world, &[], &[]);
    let bobs = world.path().join("homes/bob");
    let file = world.path().join("files/survey.product");
    let bob = |args: &[&str]| ada.run_at(&bobs, args);
    bob(&["product", "install"]).arg(&file).done();
    let request = bob(&["request", "activate", &key]).done().code();
    let answer = desk.respond(&request).done().tells(FOR_ALL);
    let said = bob(&["apply"]).piped(answer.code()).done();
    said.tells("this computer held the license before")
        .tells(FOR_ALL);
    // Whoever asks again in his own home knows what he held.
    let request = bob(&["request", "activate", &key, "--new"]).done().code();
    let said = bob(&["apply"]).piped(desk.answer(&request)).done();
    assert!(!said.stderr.contains("--system"), "{said}");
    // Another computer finds no seat, and is told who holds it.
    let other = world.machine("other");
    other.install(&file);
    desk.respond(&other.request(&key))
        .owes(6, "no_seat_free")
        .tells("--system");
}

/// The second account asks on: the first is no copy, and a clerk helps.
#[test]
fn two_accounts_of_one_computer_are_no_copies() {
    let world = World::new();
    let (desk, ada, key) = licensed(&world, &[], &[]);
    let bobs = world.path().join("homes/bob");
    let bob = |args: &[&str]| ada.run_at(&bobs, args);
    let file = world.path().join("files/survey.product");
    bob(&["product", "install"]).arg(file).done();
    for ask in [&["request", "activate", &key][..], &["request", "sync"]] {
        let answer = desk.answer(&bob(ask).done().code());
        bob(&["apply"]).piped(answer).done();
        world.days_pass(1);
    }
    let request = ada.run(["request", "sync"]).done().code();
    let said = desk.respond(&request).owes(6, "needs_supersede");
    said.tells("another account of the computer")
        .tells("request activate KEY --system");
    let show = desk.run(["license", "show", &key]).done();
    assert!(!show.stdout.contains("red:"), "{show}");
    let answer = desk.respond_with(&request, &["--supersede", "--reason", "on board"]);
    ada.apply(&answer.done().code());
    ada.check().done().silent();
    desk.run(["ledger", "verify"]).done();
    assert_eq!(desk.seats_taken(&key), 1);
}

/// A clock that is years off may be either side's.
#[test]
fn either_clock_may_be_the_wrong_one() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--seats", "3"]);
    // The desk's past is the machine's future: a desk whose clock is behind its own history answers nobody.
    for name in ["past", "future"] {
        let ship = world.machine(name);
        ship.install(&file);
        match name {
            "past" => ship.clock_ahead(4 * 365 * DAY),
            _ => desk.clock_ahead(4 * 365 * DAY),
        }
        let request = ship.request(&key);
        let answer = desk.respond(&request).done();
        let answer = answer
            .tells("the machine's clock is 4 years")
            .tells("look at this computer's clock first");
        let said = ship.apply(&answer.code());
        said.tells("one of the two is wrong")
            .tells("tell the vendor");
        desk.clock_ahead(0);
    }
    let right = ["desk", "clock", "--right", "--reason", "a new battery"];
    desk.run(right).done();
    // From the future: the machine seems to be behind, and may be right.
    let ship = world.machine("future");
    for command in ["check", "status"] {
        let said = ship.run([command]).done().tells("clock is behind");
        said.tells(
            "if it is right and there is a license, the vendor's was wrong at the last answer",
        );
    }
    let sync = ship.run(["request", "sync"]).done().code();
    let said = desk.respond(&sync).done();
    let said = ship.apply(&said.code());
    assert!(!said.stderr.contains("wrong"), "{said}");
    ship.check().done().silent();
}

/// An answer may be old when it arrives, and asked for long ago.
#[test]
fn a_slow_mail_blames_no_clock() {
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &[], &["--grace", "90"]);
    let request = ship.run(["request", "sync"]).done().code();
    world.days_pass(20);
    let answer = desk.answer(&request);
    world.days_pass(20);
    let said = ship.apply(&answer);
    assert!(!said.stderr.contains("clock"), "{said}");
}

/// A desk that lost its live key goes on with the spare one.
#[test]
fn the_spare_key_takes_the_place_of_a_lost_one() {
    const SPARE: &str = "the spare key takes its place: copy its file";
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &[], &[]);
    let [live, spare] = ["root.pem", "spare.pem"].map(|name| desk.kept("desk").join(name));
    let request = ship.run(["request", "sync"]).done().code();
    fs::write(&live, "").unwrap();
    desk.respond(&request).owes(1, "not_a_key").tells(SPARE);
    fs::remove_file(&live).unwrap();
    let said = desk.respond(&request).exits(1).tells(SPARE);
    said.tells("back from a backup").tells("root.pem");
    desk.run(["product", "add", "other", "--name", "Other"])
        .said();
    desk.run(["product", "export", "survey"])
        .exits(1)
        .tells(SPARE);
    fs::copy(&spare, &live).unwrap();
    ship.apply(&desk.answer(&request));
    ship.check().done().silent();
    desk.run(["ledger", "verify"]).done();
}

/// What is damaged may be the license that is meant, where the other one was given up or is over.
#[test]
fn a_damaged_license_is_named_before_one_that_is_over() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &["--expires", "2040-05-31"]);
    let other = desk.sell("survey", &[]);
    let request = ship.request(&other);
    ship.apply(&desk.answer(&request));
    let good = fs::read(ship.state_of(&other)).unwrap();
    let damage = || fs::write(ship.state_of(&other), "{").unwrap();
    damage();
    ship.check().done().prints(&key);
    // Whoever names one gets the word on that one.
    let named = || ship.check_with(&["--license", &key]);
    world.days_pass(100);
    ship.check().refused(5, "damaged_state").tells("damaged");
    named().refused(11, "expired");
    world.days_pass(-100);
    fs::write(ship.state_of(&other), &good).unwrap();
    ship.run(["return", &key, "--yes"]).done();
    ship.check().done().prints(&other);
    damage();
    ship.check().refused(5, "damaged_state").tells("damaged");
    named().refused(10, "returned");
}

/// A machine that is bound to a USB key is not told that one would help.
#[test]
fn a_machine_with_a_usb_key_is_told_of_none() {
    const KEY: &str = "0529:0001:8a3f21";
    const HELPS: &str = "a USB key would tell them apart";
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.change(|facts| {
        for part in [
            &mut facts.mac,
            &mut facts.disk_serial,
            &mut facts.product_uuid,
        ] {
            *part = Default::default();
        }
    });
    ship.install(&file);
    desk.license(&ship, &key);
    ship.run(["status"]).done().prints(HELPS);
    ship.plug(&[KEY]);
    let sync = ["request", "sync", "--usb", "auto"];
    let sync = ship.run(sync).done().code();
    ship.apply(&desk.answer(&sync)).tells("another USB key");
    let said = ship.run(["status"]).done();
    assert!(!said.stdout.contains("USB key would"), "{said}");
    assert_eq!(ship.run(["status"]).json()["weakly_bound"], false);
}

/// An answer to a repair, a renaming, another USB key says what it took in.
#[test]
fn an_answer_tells_what_it_took_in() {
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &["--bind", "server", "--bind", "database"], &[]);
    let exchange = |options: &[&str]| {
        let sync = ship.run(["request", "sync"].iter().chain(options));
        let answer = desk.answer(&sync.done().code());
        ship.run(["inspect"]).piped(&answer).done();
        ship.run(["apply"]).piped(&answer).json()
    };
    let taken_in = |options: &[&str]| exchange(options)["taken_in"].to_string();
    assert_eq!(taken_in(&[]), "[]");
    let renamed = taken_in(&["--bind", "server=db2"]);
    assert!(renamed.contains("server db1 → db2"), "{renamed}");
    ship.change(|facts| facts.disk_serial = "other7734".into());
    let repaired = taken_in(&[]);
    assert!(repaired.contains("system disk changed"), "{repaired}");
    ship.plug(&["0529:0001:8a3f21"]);
    let sync = ["request", "sync", "--usb", "auto"];
    let answer = desk.answer(&ship.run(sync).done().code());
    ship.run(["inspect"])
        .piped(&answer)
        .done()
        .prints("would change: another USB key");
    let said = ship.apply(&answer).tells("another USB key");
    assert!(!said.stderr.contains("nothing about it"), "{said}");
    let answer = desk.answer(&ship.run(["request", "sync"]).done().code());
    ship.apply(&answer).tells("nothing about it has changed");
}

#[test]
fn an_allowance_that_cannot_be_says_what_can() {
    let world = World::new();
    let (desk, _, key) = licensed(&world, &[], &[]);
    let new = ["license", "new", "--product", "survey", "--customer", "X"];
    for nonsense in ["31x300", "32x7", "0x7", "4x0", "4x-1", "x", "4", "many"] {
        for run in [
            desk.run(new.iter().chain(&["--emergency", nonsense])),
            desk.run(["license", "change", &key, "--emergency", nonsense]),
        ] {
            run.refused(2, "usage")
                .tells("1 to 31 steps, of 1 to 255 days");
        }
    }
}

/// A pipe with a name is read as `cat` reads it: it is waited for until somebody writes.
#[cfg(unix)]
#[test]
fn a_batch_comes_from_a_pipe_with_a_name() {
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &[], &[]);
    let sync = ship.run(["request", "sync"]).done().code();
    world.file("mail.txt", sync.replace('\n', " "));
    let run = desk.run(["respond", "--batch", "pipe"]);
    let run = run.after("rm -f pipe; mkfifo pipe; (sleep 0.3; cat mail.txt > pipe) & true");
    assert_eq!(run.done().objects().len(), 1);
    let help = desk.run(["respond", "--help"]).done();
    let words: Vec<&str> = help.stdout.split_whitespace().collect();
    assert!(words.join(" ").contains("waited for until there is one"));
}

/// Of two answers the one that was entered is given up; the other brings nothing back.
#[test]
fn the_other_of_two_answers_is_no_license_after_a_return() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    let [first, second] = [&[][..], &["--new"]].map(|new| ship.request_with(&key, new));
    let [first, second] = [first, second].map(|request| desk.answer(&request));
    ship.apply(&second);
    let codes = ship.run(["return", "--yes"]).done().stdout;
    let (code, rest) = codes.split_once("\n\n").unwrap();
    ship.run(["apply"]).piped(&first).owes(6, "given_up");
    ship.check().refused(10, "returned");
    // The second took the place of the first: the seat is kept for that, until its code is in, too.
    let said = desk.respond(code).done();
    said.tells("was never given up").tells("release A-");
    let other = world.machine("other");
    other.install(&file);
    let request = other.request(&key);
    desk.respond(&request).owes(6, "no_seat_free");
    desk.respond(rest).done().tells("seat freed");
    desk.respond(&request).done();
    desk.run(["ledger", "verify"]).done();
    assert_eq!(desk.seats_taken(&key), 1);
}
