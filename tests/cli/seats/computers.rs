//! Seats in a directory that several computers share: other systems, other names, clocks a year apart. A computer that is switched off is one whose processes are
//! killed here and whose sign of life is made older, as time would.

use std::fs::{self, File};
use std::time::Duration;

use serde_json::{Value, json};

use super::fleet::{Fleet, NAMES};
use super::{UNTIL_THE_END, until};
use crate::world::{Holder, Run, Site, World};

const YEAR: i64 = 365 * 86_400;
/// One that says all the time that it is there.
fn renewing(run: Run<'_>) -> Run<'_> {
    run.env("COUNTERSIGN_TEST_RENEWAL", "50")
}

#[test]
fn two_computers_share_what_there_is() {
    let world = World::new();
    let fleet = Fleet::new(&world, &[], &["--seats", "2"]);
    let one = fleet.workstation("ws-1", YEAR);
    let two = fleet.workstation("ws-2", -YEAR);
    let first = Holder::start(&one.hold(&[]));
    let second = Holder::start(&two.running(&[], UNTIL_THE_END));
    assert_eq!(
        [first.line.as_str(), second.line.as_str()],
        ["seat 1", "seat 2"]
    );
    for ws in [&one, &two] {
        ws.hold(&[]).owes(16, "no_seat").tells("at ws-1");
        assert_eq!(ws.in_use(), [1, 2]);
        let hosts: Vec<Value> = ws.list()["taken"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["workstation"].clone())
            .collect();
        assert_eq!(hosts, ["ws-1", "ws-2"]);
    }
    assert_eq!(first.end(), 0);
    assert_eq!(two.in_use(), [2]);
    let third = Holder::start(&two.hold(&[]));
    assert_eq!(third.line, "seat 1");
    assert_eq!((second.end(), third.end()), (0, 0));
    assert_eq!(one.in_use(), [] as [u64; 0]);
}

#[test]
fn a_computer_that_is_silent_for_five_minutes_has_no_seat() {
    let world = World::new();
    let fleet = Fleet::new(&world, &[], &["--seats", "1"]);
    let one = fleet.workstation("ws-1", YEAR);
    let two = fleet.workstation("ws-2", -YEAR);
    Holder::start(&one.hold(&[])).kill();
    // On its own system the kernel knows.
    let again = Holder::start(&one.hold(&[]));
    again.kill();
    for ago in [0, 240, 290, -3_600] {
        fleet.was_there(1, ago);
        two.hold(&[]).owes(16, "no_seat").tells("at ws-1");
        assert_eq!(two.in_use(), [1], "{ago}");
    }
    // What was dated in the future is dated now.
    let age = fs::metadata(fleet.seat(1))
        .unwrap()
        .modified()
        .unwrap()
        .elapsed();
    assert!(age.unwrap() < Duration::from_secs(300));
    fleet.was_there(1, 301);
    assert_eq!(two.in_use(), [] as [u64; 0]);
    let second = Holder::start(&two.hold(&[]));
    assert_eq!(second.line, "seat 1");
    // Whoever was there before has nothing of it any more.
    one.hold(&[]).owes(16, "no_seat").tells("at ws-2");
    // As long as it has the lock it may be silent as long as it likes.
    fleet.was_there(1, 3_000);
    one.hold(&[]).owes(16, "no_seat");
    second.end();
}

#[test]
fn a_seat_in_use_is_renewed_and_one_that_is_left_is_not() {
    let world = World::new();
    let fleet = Fleet::new(&world, &[], &["--seats", "1"]);
    let one = fleet.workstation("ws-1", 0);
    let two = fleet.workstation("ws-2", 0);
    let held = Holder::start(&renewing(one.hold(&[])));
    fleet.was_there(1, 3_000);
    let age = || {
        fs::metadata(fleet.seat(1))
            .unwrap()
            .modified()
            .unwrap()
            .elapsed()
    };
    until(|| age().is_ok_and(|age| age < Duration::from_secs(60)));
    held.end();
    assert_eq!(fs::read(fleet.seat(1)).unwrap(), b"");
    Holder::start(&two.hold(&[])).end();
    // A program that outlives its wrapper has the seat by what it inherited.
    let started = one.running(&[], "echo $$; exec sleep 300 <&- >&- 2>&-");
    let held = Holder::start(&started);
    let program = held.line.clone();
    held.kill();
    fleet.was_there(1, 3_000);
    two.hold(&[]).owes(16, "no_seat");
    let kill = std::process::Command::new("kill").arg(&program).status();
    assert!(kill.unwrap().success());
    until(|| one.in_use().is_empty());
}

/// As where a computer sleeps: by its lock and by its silence another has its seat.
#[test]
fn who_slept_has_another_seat_or_is_told() {
    let world = World::new();
    let fleet = Fleet::new(&world, &[], &["--seats", "2"]);
    let one = fleet.workstation("ws-1", 0);
    let two = fleet.workstation("ws-2", 0);
    let talk = world.path().join("files/talk");
    let told = || fs::read_to_string(&talk).unwrap();
    let mut held = one.forgotten(File::create(&talk).unwrap());
    assert_eq!(held.line, "seat 1");
    fleet.gives_to_another(&mut held, 1);
    until(|| two.in_use() == [1, 2]);
    assert_eq!(held.end(), 0);
    assert!(told().contains("seat 2 was held instead"), "{}", told());
    // Where no other one is free it is asked for one again and again.
    let lost = || {
        for seat in [1, 2] {
            fleet.was_there(seat, 301);
        }
        let mut held = one.forgotten(File::create(&talk).unwrap());
        let seat: u16 = held.line.strip_prefix("seat ").unwrap().parse().unwrap();
        let other = Holder::start(&two.hold(&[]));
        fleet.gives_to_another(&mut held, seat);
        until(|| {
            let list = two.list();
            let taken = list["taken"].as_array().unwrap().iter();
            let theirs = taken.filter(|it| it["user"].is_null());
            theirs.count() == 1
        });
        (seat, held, other)
    };
    let (_, held, other) = lost();
    assert_eq!(held.end(), 0);
    assert!(told().contains("no other one was free"), "{}", told());
    other.end();
    // And had when one is given back.
    let (seat, held, other) = lost();
    other.end();
    until(|| two.in_use() == [1, 2]);
    assert_eq!(held.end(), 0);
    assert!(told().contains("was held instead"), "{}", told());
    assert_eq!(two.in_use(), [u64::from(seat)]);
}

/// Everybody may write into the file of a seat: that takes it from nobody who has its lock.
#[test]
fn nobody_loses_a_seat_by_what_others_write_into_its_file() {
    let forged = b"0123456789abcdef 1 0123456789abcdef\n";
    for unit in ["process", "user"] {
        let world = World::new();
        let fleet = Fleet::new(&world, &["--seat", unit], &["--seats", "1"]);
        let one = fleet.workstation("ws-1", 0);
        let two = fleet.workstation("ws-2", 0);
        let talk = world.path().join("files/talk");
        let run = renewing(one.running(&["--user", "anna"], UNTIL_THE_END));
        let mut process = run.process();
        process.stderr(File::create(&talk).unwrap());
        let held = Holder::start_process(process);
        let own = fs::read(fleet.seat(1)).unwrap();
        for written in [&b""[..], forged, b"\n", &[0xff; 70_000]] {
            fs::write(fleet.seat(1), written).unwrap();
            until(|| fs::read(fleet.seat(1)).unwrap().ends_with(&own));
            two.hold(&["--user", "bob"]).owes(16, "no_seat");
        }
        assert_eq!(one.list()["taken"][0]["user"], "anna");
        assert_eq!(held.end(), 0);
        assert_eq!(fs::read_to_string(&talk).unwrap(), "");
    }
}

#[test]
fn leases_are_of_all_computers_and_end_by_the_servers_clock() {
    let world = World::new();
    let fleet = Fleet::new(&world, &[], &["--seats", "2"]);
    let one = fleet.workstation("ws-1", YEAR);
    let two = fleet.workstation("ws-2", -YEAR);
    let token = one.take(&["--for", "10m"]).done().line();
    two.run(&["seat", "keep", &token]).done();
    two.take(&["--for", "10m"]).done();
    one.take(&["--for", "10m"]).owes(16, "no_seat");
    two.run(&["seat", "release", &token]).done();
    one.run(&["seat", "keep", &token])
        .refused(4, "unknown_token");
    assert_eq!(one.in_use(), [2]);
    // Its time passes at the server, whatever the clocks of the others say.
    world.days_pass(3);
    assert_eq!((one.in_use(), two.in_use()), (vec![2], vec![2]));
}

#[test]
fn who_shares_a_seat_shares_it_on_all_computers() {
    for (unit, same) in [("user", true), ("session", false), ("host", false)] {
        let world = World::new();
        let fleet = Fleet::new(&world, &["--seat", unit], &["--seats", "1"]);
        let one = fleet.workstation("ws-1", YEAR);
        let two = fleet.workstation("ws-2", -YEAR);
        let anna = Holder::start(&one.hold(&["--user", "anna"]));
        let second = Holder::start(&one.hold(&["--user", "anna"]));
        assert_eq!(second.line, "seat 1", "{unit}");
        let there = two.hold(&["--user", "anna"]);
        if same {
            let there = Holder::start(&there);
            assert_eq!((anna.end(), second.end()), (0, 0));
            assert_eq!(one.in_use(), [1], "{unit}");
            assert_eq!(there.end(), 0);
        } else {
            there.owes(16, "no_seat");
            // Whatever a computer calls itself.
            two.hold(&["--user", "anna", "--host", "ws-1"])
                .owes(16, "no_seat");
            assert_eq!((anna.end(), second.end()), (0, 0));
        }
        assert_eq!(two.in_use(), [] as [u64; 0], "{unit}");
        Holder::start(&two.hold(&["--user", "bob"])).end();
    }
}

#[test]
fn it_becomes_shared_only_while_no_seat_is_in_use() {
    let world = World::new();
    let fleet = Fleet::unshared(&world, &[], &["--seats", "2"]);
    let server = &fleet.server;
    let share = || server.run(["seat", "share"]);
    let held = Holder::start(&server.run([&["seat", "hold"], &NAMES[..]].concat()));
    share().owes(6, "seats_in_use").tells("at server");
    held.end();
    let take = [&["seat", "take", "--for", "10m"], &NAMES[..]].concat();
    let token = server.run(&take).done().line();
    share().owes(6, "seats_in_use");
    server.run(["seat", "release", &token]).done();
    assert_eq!(share().json(), json!({ "shared": true, "changed": true }));
    assert_eq!(share().json(), json!({ "shared": true, "changed": false }));
    let off = || server.run(["seat", "share", "--off"]);
    let one = fleet.workstation("ws-1", 0);
    let held = Holder::start(&one.hold(&[]));
    off().owes(6, "seats_in_use").tells("at ws-1");
    held.kill();
    off().owes(6, "seats_in_use").tells("at ws-1");
    fleet.was_there(1, 301);
    assert_eq!(off().json(), json!({ "shared": false, "changed": true }));
    Holder::start(&server.run([&["seat", "hold"], &NAMES[..]].concat())).end();
}

#[test]
fn a_seat_is_taken_back_where_it_is_held() {
    let world = World::new();
    let fleet = Fleet::new(&world, &[], &["--seats", "2"]);
    let one = fleet.workstation("ws-1", 0);
    let two = fleet.workstation("ws-2", 0);
    let held = Holder::start(&one.running(&[], "echo seat; exec sleep 300"));
    let disconnect = ["seat", "disconnect", "1", "--reason", "the plotter waits"];
    two.run(&disconnect)
        .owes(6, "seat_elsewhere")
        .tells("on ws-1");
    one.run(&disconnect).done();
    assert_eq!(held.end(), 143);
    assert_eq!(two.in_use(), [] as [u64; 0]);
}

#[test]
fn what_was_used_on_all_computers_is_in_one_report() {
    let world = World::new();
    let fleet = Fleet::new(&world, &[], &["--seats", "2"]);
    let one = fleet.workstation("ws-1", YEAR);
    let two = fleet.workstation("ws-2", -YEAR);
    let both = [Holder::start(&one.hold(&[])), Holder::start(&two.hold(&[]))];
    one.hold(&[]).owes(16, "no_seat");
    for held in both {
        held.end();
    }
    let report = two.run(&["site", "report", "--by", "host"]).json();
    let mut rows: Vec<(&str, u64)> = Vec::new();
    for row in report["rows"].as_array().unwrap() {
        rows.push((
            row["name"].as_str().unwrap(),
            row["sessions"].as_u64().unwrap(),
        ));
    }
    rows.sort_unstable();
    assert_eq!(rows, [("ws-1", 1), ("ws-2", 1)], "{report}");
}

#[test]
fn a_license_of_one_computer_is_no_others() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--type", "floating", "--seats", "2"]);
    let server = world.machine("server");
    server.install(&file);
    desk.license(&server, &key);
    server.run(["seat", "share"]).done();
    let other = world.machine("ws-1");
    let hold = || other.run_at(&server.home(), ["seat", "hold"]);
    hold().refused(13, "wrong_machine");
}

#[test]
fn shared_seats_are_not_lent_and_lent_ones_not_shared() {
    let world = World::new();
    let site = Site::new(&world, &[], &["--seats", "3", "--lend", "30"]);
    site.admin(["site", "lending", "on"]).done();
    let vessel = world.machine("vessel");
    vessel.install(&site.file);
    let request = site.ask(&vessel, &["--days", "5"]);
    site.machine.run(["seat", "share"]).done();
    site.respond(&request, &[]).refused(6, "shared_not_lent");
    site.machine.run(["seat", "share", "--off"]).done();
    vessel.apply(&site.answer(&request));
    site.machine
        .run(["seat", "share"])
        .owes(6, "seats_in_use")
        .tells("loan 1");
}

#[test]
fn who_runs_goes_on_while_the_files_are_out_of_reach() {
    let world = World::new();
    let fleet = Fleet::new(&world, &[], &["--seats", "2"]);
    let one = fleet.workstation("ws-1", 0);
    let held = Holder::start(&renewing(one.hold(&[])));
    let disk = crate::world::Disk::new(&world, "broken", "homes/server/machine/seats");
    disk.under(one.hold(&[])).exits(1);
    assert_eq!(one.in_use(), [1]);
    assert_eq!(held.end(), 0);
}
