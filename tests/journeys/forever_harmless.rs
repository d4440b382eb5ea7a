//! What people do to files and mails: copied, restored, late, twice, crossed, lost. Honest people lose nothing by it, and nobody gains by it.

use std::fs;

use crate::world::{Desk, Machine, World};

pub(super) fn licensed<'w>(world: &'w World, order: &[&str]) -> (Desk<'w>, Machine<'w>, String) {
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--limit", "users"]);
    let key = desk.sell("survey", order);
    let ship = world.machine("ship");
    ship.install(&file);
    desk.license(&ship, &key);
    (desk, ship, key)
}

pub(super) fn ask(machine: &Machine<'_>) -> String {
    machine.run(["request", "sync", "--new"]).done().code()
}

fn give_up(machine: &Machine<'_>) -> String {
    machine.run(["return", "--yes"]).done().code()
}

/// A backup of the home, put back.
fn restore(machine: &Machine<'_>, backup: &Machine<'_>) {
    fs::remove_dir_all(machine.home()).unwrap();
    backup.copy_home_to(machine);
}

/// A home that was copied before the return is dead with it: as another home, and put back in its place.
#[test]
fn a_copy_of_what_was_returned_stays_dead() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &["--emergency", "4x7"]);
    let first = desk.answer(&ask(&ship));
    ship.apply(&first);
    let under_way = ask(&ship);
    let backup = world.machine("backup");
    ship.copy_home_to(&backup);
    let spoken = desk.run(["emergency", &key]).done().stdout;
    let under_way = desk.answer(&under_way);
    let code = give_up(&ship);
    desk.respond(&code).done().tells("seat freed");

    let dead = |home: &Machine<'_>| {
        let object = ship.run_at(&home.home(), ["check"]).with_json_exits(10);
        assert_eq!(object["state"], "returned");
        ship.run_at(&home.home(), ["request", "sync"])
            .owes(6, "given_up");
        // What was under way when it was given up brings it back neither.
        for late in [&first, &under_way, &spoken] {
            let late = ship.run_at(&home.home(), ["apply"]).piped(late).said();
            assert!([4, 6].contains(&late.exit), "{late}");
        }
        let object = ship.run_at(&home.home(), ["check"]).with_json_exits(10);
        assert_eq!(object["state"], "returned");
    };
    dead(&ship);
    dead(&backup);
    ship.run_at(&backup.home(), ["apply"])
        .piped(&first)
        .refused(6, "given_up")
        .tells("was given up by this machine");
    let fresh = world.machine("fresh");
    backup.copy_home_to(&fresh);
    restore(&ship, &fresh);
    dead(&ship);
    assert_eq!(desk.seats_taken(&key), 0);

    // The same machine may well be licensed again, by the ordinary way.
    desk.license(&ship, &key);
    ship.check().done();
    dead(&backup);
}

/// Where no machine is bound the copy is taken elsewhere: it can be used until its grace is over, and the desk refuses it at its first contact.
#[test]
fn a_copy_elsewhere_ends_with_its_grace() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("nexus", &["--bind", "server", "--no-fingerprint"]);
    let key = desk.sell("nexus", &[]);
    let (ship, elsewhere) = (world.machine("ship"), world.machine("elsewhere"));
    ship.install(&file);
    ship.apply(&desk.answer(&ship.request_with(&key, &["--bind", "server=db1"])));
    ship.copy_home_to(&elsewhere);
    desk.respond(&give_up(&ship)).done();
    elsewhere.check().done();
    desk.respond(&ask(&elsewhere))
        .owes(6, "given_up")
        .tells("was given up by its machine or released as lost");
    world.days_pass(31);
    elsewhere.check().refused(12, "overdue");
}

/// Old mail applied late, the same mail twice, answers that cross, requests and answers that are lost: what was granted last is what counts.
#[test]
fn mails_may_come_late_twice_crossed_or_never() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &["--limit", "users=1"]);
    let users = || ship.check().json()["limits"]["users"].as_u64().unwrap();
    let change = |users: &str| {
        desk.run([
            "license",
            "change",
            &key,
            "--limit",
            &format!("users={users}"),
        ])
        .done();
    };
    change("2");
    let first = ask(&ship);
    let answer_to_first = desk.answer(&first);
    change("3");
    let second = ask(&ship);
    // One of two requests is lost, and its answer with it.
    let lost = ask(&ship);
    assert_ne!(lost, second);
    // The second was made from the same generation as the first: the clerk hears of it, and answers.
    desk.respond(&second)
        .owes(6, "needs_supersede")
        .tells("that answer was lost, a backup was restored, or a copy asks");
    let clerk = ["--supersede", "--reason", "they asked twice"];
    let answer_to_second = desk.respond_with(&second, &clerk).done().code();

    // They cross: the second arrives first.
    ship.apply(&answer_to_second);
    assert_eq!(users(), 3);
    for _ in 0..2 {
        ship.apply(&answer_to_first).tells("a later response");
        ship.apply(&answer_to_second).tells("in force already");
        assert_eq!(users(), 3);
    }
    world.days_pass(20);
    ship.apply(&answer_to_first).tells("a later response");
    assert_eq!(users(), 3);

    // The desk gets its mails once more, in the wrong order, and gives the same bytes: no seat, no generation comes of it.
    assert_eq!(desk.answer(&first), answer_to_first);
    assert_eq!(desk.answer(&second), answer_to_second);
    assert_eq!(desk.seats_taken(&key), 1);

    // And the lost one turns up: old mail is no evidence against anybody.
    let next = ask(&ship);
    ship.apply(&desk.respond(&next).done().tells("green").code());
    desk.respond(&lost).owes(6, "overtaken").tells("old mail");
    let next = ask(&ship);
    desk.respond(&next).done().tells("green");
    desk.run(["ledger", "verify"]).done();
}

/// A backup of a license that lives is harmless: the clerk hears one sentence, and answers.
#[test]
fn a_backup_put_back_is_answered_by_the_clerk() {
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &[]);
    let backup = world.machine("backup");
    ship.copy_home_to(&backup);
    world.days_pass(10);
    ship.apply(&desk.answer(&ask(&ship)));
    // The disk dies; yesterday's backup goes on, with what was granted then.
    restore(&ship, &backup);
    ship.check().done();
    world.days_pass(5);
    let request = ask(&ship);
    desk.respond(&request)
        .owes(6, "needs_supersede")
        .tells("the machine holds generation 1, and generation 2 was granted on 2040-03-11");
    let clerk = ["--supersede", "--reason", "backup put back"];
    ship.apply(&desk.respond_with(&request, &clerk).done().code());
    desk.respond(&ask(&ship)).done().tells("green");
}

/// The return code is printed again for ever: after years, from a machine that has changed, and when the license was activated anew since.
#[test]
fn the_return_code_is_printed_for_ever() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[]);
    let given_up = ship.check().json()["activation"].clone();
    let code = give_up(&ship);
    let again = || {
        ship.run(["return"])
            .done()
            .tells("the same code again")
            .code()
    };
    assert_eq!(again(), code);
    world.days_pass(4000);
    ship.change(|facts| {
        for part in [
            &mut facts.machine_id,
            &mut facts.root_fs_uuid,
            &mut facts.product_uuid,
            &mut facts.mac,
            &mut facts.disk_serial,
        ] {
            *part = None.into();
        }
        facts.host_name = "another".into();
    });
    assert_eq!(again(), code);

    // It never arrived; meanwhile the machine, rebuilt, wants the license again.
    let rebuilt = world.machine("rebuilt");
    ship.change(|facts| *facts = rebuilt.facts());
    let anew = ship.request(&key);
    desk.respond(&anew).owes(6, "no_seat_free");
    let old = || {
        let of = given_up.as_str().unwrap();
        ship.run(["return", "--of", of]).done().code()
    };
    assert_eq!(old(), code, "although another request is open");
    desk.respond(&old()).done().tells("seat freed");
    ship.apply(&desk.answer(&anew));
    ship.check().done();
    assert_eq!(old(), code, "although another activation is held");
    desk.respond(&old())
        .done()
        .tells("taken before")
        .tells("nothing more is freed");
    assert_eq!(
        desk.seats_taken(&key),
        1,
        "the new activation keeps its seat"
    );

    // Giving up the new one loses nothing of the old one.
    let second = give_up(&ship);
    assert_ne!(second, code);
    assert_eq!((again(), old()), (second.clone(), code));
    desk.respond(&second).done();
    assert_eq!(desk.seats_taken(&key), 0);
    ship.run(["return", "--of", "A-1"])
        .refused(4, "unknown_activation")
        .tells("countersign status");
}

/// Two machines that are gone are the clerk's in a year, a third one is the manager's; should one turn up again it is refused.
#[test]
fn lost_machines_are_released_within_a_cap() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &["--seats", "1"]);
    let mut holder = ship;
    let file = desk.export("survey");
    let mut gone = Vec::new();
    for number in 1..=3 {
        let id = holder.check().json()["activation"]
            .as_str()
            .unwrap()
            .to_owned();
        let release = ["release", &id, "--lost", "--reason", "stolen"];
        if number == 3 {
            desk.run(release)
                .refused(6, "held_for_manager")
                .tells("2 activations of this license were released as lost in 365 days");
            desk.run(release).arg("--override").done();
        } else {
            desk.run(release).done().tells("1 seat freed");
        }
        desk.run(release).refused(6, "given_up");
        let next = world.machine(&format!("machine {number}"));
        next.install(&file);
        desk.license(&next, &key);
        gone.push(std::mem::replace(&mut holder, next));
        world.days_pass(5);
    }
    for thief in &gone {
        desk.respond(&ask(thief)).owes(6, "given_up");
    }
    world.days_pass(30);
    for thief in &gone {
        thief.check().refused(12, "overdue");
    }
    // A year after the first it is the clerk's again.
    world.days_pass(330);
    let id = desk.run(["license", "show", &key]).json()["activations"][3]["activation"].clone();
    desk.run([
        "release",
        id.as_str().unwrap(),
        "--lost",
        "--reason",
        "wiped",
    ])
    .done();
    assert_eq!(desk.seats_taken(&key), 0);
    desk.run(["ledger", "verify"]).done();
}

/// A license that walks from machine to machine while each predecessor runs on: twice in a year, whether it moves or asks anew; then the manager decides.
#[test]
fn moves_and_replacements_are_capped_together() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[]);
    // The machine asks anew, as if it had lost what it held: with the same hardware that is no move.
    fs::remove_file(ship.state_of(&key)).unwrap();
    let said = desk.respond(&ship.request(&key)).done();
    ship.apply(&said.code());
    assert!(!said.stderr.contains("of 2 in 365 days"), "{said}");
    // The home is taken to another machine, and to a third.
    let machines = ["second", "third", "fourth"].map(|name| world.machine(name));
    let [second, third, fourth] = &machines;
    let mut last = &ship;
    for (machine, moves) in [
        (second, "1 of 2 in 365 days"),
        (third, "2 of 2 in 365 days"),
    ] {
        last.copy_home_to(machine);
        machine.check().refused(13, "wrong_machine");
        let request = ask(machine);
        // It takes along what was activated in the place of another, which nobody gave up.
        desk.respond(&request).owes(6, "needs_supersede");
        let moved = desk.respond_with(&request, &["--supersede", "--reason", "moved"]);
        let said = moved.done();
        machine.apply(&said.code());
        assert!(said.stderr.contains(moves), "{said}");
        machine.check().done();
        last = machine;
    }
    third.copy_home_to(fourth);
    desk.respond(&ask(fourth))
        .owes(6, "held_for_manager")
        .tells("replaced or moved 2 times in 365 days");
    fourth.check().refused(13, "wrong_machine");
    // It stands in the history like a verdict, once for each request.
    let anew = ask(fourth);
    for _ in 0..2 {
        desk.respond(&anew).owes(6, "held_for_manager");
    }
    let history = desk.run(["ledger", "history", &key]).done();
    let held =
        "was not answered; held for the manager: the license has been replaced or moved 2 times";
    assert_eq!(history.stdout.matches(held).count(), 2, "{history}");
    desk.run(["ledger", "verify"]).done();
    world.days_pass(366);
    let later = ask(fourth);
    desk.respond(&later).owes(6, "needs_supersede");
    desk.respond_with(&later, &["--supersede", "--reason", "moved"])
        .done()
        .tells("1 of 2 in 365 days");
}
