//! A home that was put back from a backup is told of, by what its second place remembers; nobody else hears of it.

use std::fs;
use std::path::{Path, PathBuf};

use super::check::licensed;
use crate::world::{Desk, Machine, Said, World};

/// A copy of a home, and that copy in its place.
fn backup(machine: &Machine<'_>) -> PathBuf {
    let kept = machine.home().with_extension("backup");
    copy(&machine.home(), &kept);
    kept
}

fn put_back(machine: &Machine<'_>, kept: &Path) {
    fs::remove_dir_all(machine.home()).unwrap();
    copy(kept, &machine.home());
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn sync(machine: &Machine<'_>) -> String {
    machine.run(["request", "sync"]).done().code()
}

fn re_validate(desk: &Desk<'_>, machine: &Machine<'_>) {
    machine.apply(&desk.answer(&sync(machine)));
}

/// A home of which there is nothing to say.
#[track_caller]
fn whole(machine: &Machine<'_>) {
    machine.check().done().silent();
    for command in [&["check"][..], &["status"], &["request", "sync"]] {
        let said = machine.run(command).json();
        assert_eq!(said["warnings"].as_array().unwrap().len(), 0, "{said}");
    }
}

#[track_caller]
fn is_older(said: &Said) {
    assert!(said.stderr.contains("older than the answer"), "{said}");
}

#[test]
fn a_home_that_is_older_than_the_last_answer_here_says_so() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &[]);
    let kept = backup(&ship);
    world.days_pass(1);
    re_validate(&desk, &ship);
    let answered = world.day(0);
    world.days_pass(1);
    put_back(&ship, &kept);
    // What is held is in force, and nothing is refused.
    let said = ship.check().done();
    is_older(&said);
    said.tells(&format!("of {answered}"))
        .tells("countersign request sync");
    let status = ship.run(["status"]).done();
    is_older(&status);
    assert!(
        status.stderr.contains("countersign request sync"),
        "{status}"
    );
    let asked = ship.run(["request", "sync"]).done();
    is_older(&asked);
    for command in [&["check"][..], &["status"], &["request", "sync"]] {
        let said = ship.run(command).json();
        let warned = said["warnings"].as_array().unwrap();
        assert_eq!(warned.len(), 1, "{said}");
        assert_eq!(warned[0]["kind"], "home_older", "{said}");
        let hint = warned[0]["hint"].as_str().unwrap();
        assert!(hint.contains("backup"), "{hint}");
    }
    // The answer that a clerk gives then is the last here.
    let clerk = ["--supersede", "--reason", "a backup was put back"];
    let answer = desk.respond_with(&asked.code(), &clerk).done().code();
    ship.apply(&answer);
    whole(&ship);
    assert_eq!(desk.seats_taken(&key), 1);
}

/// One that was put back to an answer which is older still than its own second place knows goes on telling until it is not.
#[test]
fn an_answer_between_does_not_end_it() {
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &[], &[]);
    let asked = sync(&ship);
    let kept = backup(&ship);
    let first = desk.answer(&asked);
    ship.apply(&first);
    re_validate(&desk, &ship);
    put_back(&ship, &kept);
    ship.apply(&first);
    is_older(&ship.check().done());
}

#[test]
fn mails_that_cross_leave_no_home_older() {
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &[], &[]);
    let first = sync(&ship);
    world.hours_pass(1);
    let second = ship.run(["request", "sync", "--new"]).done().code();
    let late = desk.answer(&first);
    let clerk = ["--supersede", "--reason", "two mails"];
    let last = desk.respond_with(&second, &clerk).done().code();
    ship.apply(&last);
    whole(&ship);
    ship.run(["apply"]).piped(&late).done();
    whole(&ship);
    re_validate(&desk, &ship);
    whole(&ship);
    // An answer of a desk whose clock was ahead is one, too.
    let ahead = desk.respond(&sync(&ship)).env(
        "COUNTERSIGN_TEST_NOW",
        (world.now() + 40 * 3600).to_string(),
    );
    ship.apply(&ahead.done().code());
    let right = ["desk", "clock", "--right", "--reason", "it was ahead"];
    desk.run(right).done();
    re_validate(&desk, &ship);
    whole(&ship);
}

/// Killed at each of its writes: the home is kept first, and its second place afterwards.
#[cfg(target_os = "linux")]
#[test]
fn an_entry_that_is_killed_leaves_no_home_older() {
    use crate::world::Disk;

    let world = World::new();
    let (desk, ship, _) = licensed(&world, &[], &[]);
    let disk = Disk::new(&world, "killed", "");
    let mut killed = 0;
    for spare in 0.. {
        let answer = desk.answer(&sync(&ship));
        let entered = disk.under(ship.run(["apply"]).piped(&answer));
        let said = entered.env("DISK_SPARE", spare.to_string()).said();
        ship.check().done().silent();
        killed += i32::from(said.exit != 0);
        ship.apply(&answer);
        whole(&ship);
        if said.exit == 0 {
            break;
        }
    }
    assert!(killed > 3, "{killed}");
}

/// Homes of one computer, with their own activations and with one second place, hear nothing of one another; nor do licenses of one product.
#[test]
fn other_homes_and_other_licenses_say_nothing() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &["--seats", "3"]);
    let file = desk.export("survey");
    let at_all = |args: &[&str]| ship.run_at_home_of_user(args);
    at_all(&["product", "install", "--system"])
        .arg(&file)
        .done();
    let asked = at_all(&["request", "activate", &key, "--system"]);
    let answer = desk.answer(&asked.done().code());
    at_all(&["apply"]).piped(&answer).done();
    let other = desk.sell("survey", &[]);
    ship.apply(&desk.answer(&ship.request(&other)));
    for of in [&key, &other] {
        for _ in 0..2 {
            let request = ship.run(["request", "sync", of]).done().code();
            let clerk = ["--supersede", "--reason", "two homes"];
            ship.apply(&desk.respond_with(&request, &clerk).done().code());
        }
    }
    let request = at_all(&["request", "sync"]).done().code();
    let clerk = ["--supersede", "--reason", "two homes"];
    let answer = desk.respond_with(&request, &clerk).done().code();
    at_all(&["apply"]).piped(&answer).done();
    for license in [&key, &other] {
        ship.check_with(&["--license", license]).done().silent();
    }
    at_all(&["check"]).done().silent();
    // A home that was made anew begins an activation of its own.
    fs::remove_dir_all(ship.home()).unwrap();
    ship.install(&file);
    ship.apply(&desk.answer(&ship.request(&other)));
    ship.check().done().silent();
}
