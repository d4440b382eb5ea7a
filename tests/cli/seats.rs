//! Seats of a floating license in use: who gets one, who holds it, how it comes back.

mod accounts;
#[cfg(target_os = "linux")]
mod colleagues;
#[cfg(target_os = "linux")]
mod computers;
#[cfg(target_os = "linux")]
mod fleet;
#[cfg(unix)]
mod forged;
mod kept_for;
#[cfg(unix)]
mod lent;
mod logged;
mod programs;
mod rules;
mod said;
mod taken_back;
mod used;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::world::{Holder, Machine, Run, World};

/// A machine that holds a floating license, as a site does.
pub(super) fn site<'w>(
    world: &'w World,
    product: &[&str],
    order: &[&str],
) -> (Machine<'w>, String) {
    let desk = world.desk("desk");
    let file = desk.product("survey", product);
    let order: Vec<&str> = ["--type", "floating"]
        .iter()
        .chain(order)
        .copied()
        .collect();
    let key = desk.sell("survey", &order);
    let machine = world.machine("site");
    machine.install(&file);
    desk.license(&machine, &key);
    (machine, key)
}

fn running<'w>(machine: &Machine<'w>, options: &[&str], script: &str) -> Run<'w> {
    let program = ["--", "sh", "-c", script];
    machine.run(["run"].iter().chain(options).chain(&program))
}

/// Says that it runs, and goes on until its standard input ends.
const UNTIL_THE_END: &str = "echo seat $COUNTERSIGN_SEAT; read end; exit 0";

fn hold<'w>(machine: &Machine<'w>, options: &[&str]) -> Run<'w> {
    machine.run(["seat", "hold"].iter().chain(options))
}

fn list(machine: &Machine<'_>) -> serde_json::Value {
    machine.run(["seat", "list"]).json()
}

fn in_use(machine: &Machine<'_>) -> u64 {
    list(machine)["in_use"].as_u64().unwrap()
}

fn until(mut so: impl FnMut() -> bool) {
    for _ in 0..2400 {
        if so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it never was so");
}

#[test]
fn who_looks_sees_who_uses_which_seat_from_which_workstation_since_when() {
    let world = World::new();
    let (machine, key) = site(
        &world,
        &["--feature", "lv", "--pool", "design"],
        &["--seats", "10", "--feature", "lv", "--pool", "design=3"],
    );
    let options = [
        "--user",
        "anna",
        "--host",
        "ws-14",
        "--feature",
        "lv",
        "--feature",
        "design",
    ];
    let anna = Holder::start(&running(&machine, &options, UNTIL_THE_END));
    let seen = machine.run(["seat", "list"]).done();
    let lines: Vec<&str> = seen.stdout.lines().collect();
    assert_eq!(
        lines[0],
        format!("Survey  {key}  10 seats: 1 in use, 9 free; design: 1 of 3 in use")
    );
    assert!(lines[1].starts_with("seat  user"), "{seen}");
    for words in [
        "anna",
        "ws-14",
        "sh",
        "lv,design",
        "2040-03-01 12:00",
        "0 min",
        "process ",
    ] {
        assert!(lines[2].contains(words), "{words}: {seen}");
    }
    let object = list(&machine);
    let taken = &object["taken"][0];
    assert_eq!(taken["features"], serde_json::json!(["lv", "design"]));
    assert_eq!(taken["since"], "2040-03-01T12:00:00Z");
    assert_eq!(
        object["pools"][0],
        serde_json::json!({ "name": "design", "seats": 3, "in_use": 1, "reserved": 0 })
    );
    anna.end();
}

/// "It is updated every sixty seconds or automatically when the Refresh button is pressed": here every two seconds.
///
/// Line by line for a script, block by block for people, until it is stopped; on a terminal each takes the place of the last.
#[test]
fn who_watches_sees_it_again_and_again() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let watch = |more: &[&str]| {
        let run = machine.run(["seat", "list", "--watch"].iter().chain(more));
        let mut child = run.process().stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        (child, lines.map(Result::unwrap))
    };
    let (mut child, mut lines) = watch(&["--json"]);
    let read = |line: Option<String>| -> serde_json::Value {
        serde_json::from_str(&line.unwrap()).unwrap()
    };
    assert_eq!(read(lines.next())["in_use"], 0);
    let anna = Holder::start(&hold(&machine, &["--user", "anna"]));
    until(|| read(lines.next())["in_use"] == 1);
    child.kill().unwrap();
    child.wait().unwrap();
    let (mut child, lines) = watch(&[]);
    let block: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    assert!(block.len() == 3 && block[2].contains("anna"), "{block:?}");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(anna.end(), 0);
    machine.run(["return", "--yes"]).done();
    machine
        .run(["seat", "list", "--watch"])
        .refused(10, "returned");
}

#[test]
fn a_module_with_seats_of_its_own_is_used_by_so_many() {
    let world = World::new();
    let (machine, _) = site(
        &world,
        &["--pool", "design", "--pool", "lighting"],
        &["--seats", "3", "--pool", "design=1"],
    );
    let designer = Holder::start(&running(&machine, &["--feature", "design"], UNTIL_THE_END));
    running(&machine, &["--feature", "design"], "true")
        .owes(116, "no_seat")
        .tells("the only seat of design is in use");
    running(&machine, &[], "true").done();
    running(&machine, &["--feature", "lighting"], "true")
        .exits(115)
        .tells("the license does not contain lighting");
    machine.check_with(&["--feature", "design"]).done();
    assert_eq!(designer.end(), 0);
    running(&machine, &["--feature", "design"], "true").done();
}

#[test]
fn a_seat_is_leased_kept_and_given_back_by_its_token() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let take = |span: &str| machine.run(["seat", "take", "--user", "anna", "--for", span]);
    let token = take("10m")
        .done()
        .tells("seat 1 is yours until 2040-03-01 12:10")
        .line();
    take("10m").owes(16, "no_seat");
    machine
        .run(["seat", "list"])
        .done()
        .prints("a lease until 2040-03-01 12:10");
    let kept = machine.run(["seat", "keep", &token, "--for", "1h"]).json();
    assert_eq!((&kept["seconds"], &kept["seat"]), (&3600.into(), &1.into()));
    running(&machine, &[], "true").owes(116, "no_seat");
    machine.run(["seat", "release", &token]).done();
    for command in ["keep", "release"] {
        machine
            .run(["seat", command, &token])
            .owes(4, "unknown_token");
        machine
            .run(["seat", command, "nonsense"])
            .owes(4, "unknown_token");
    }
    let token = take("30s").done().line();
    world.days_pass(1);
    machine
        .run(["seat", "keep", &token])
        .owes(4, "unknown_token");
    running(&machine, &[], "true").done();
    machine
        .run(["seat", "take", "--for", "soon"])
        .refused(2, "usage");
    // Whoever puts the file of his lease away has another of the same seat: so it lasts a day at most, and is kept.
    let token = take("24h").done().line();
    let keep = machine.run(["seat", "keep", &token, "--for", "2d"]);
    for longer in [take("25h"), keep] {
        longer.refused(2, "usage").tells("24h at most");
    }
    take("29s").refused(2, "usage").tells("30s at least");
}

/// A seat that is kept is no license: it ends with that, and is given back all the same.
#[test]
fn no_seat_is_kept_beyond_the_license() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "2", "--expires", "2040-03-02"]);
    let take = || machine.run(["seat", "take", "--for", "24h"]);
    let (kept, given_back) = (take().done().line(), take().done().line());
    world.hours_pass(23);
    for token in [&kept, &given_back] {
        machine.run(["seat", "keep", token]).done();
    }
    world.hours_pass(23);
    machine.run(["seat", "keep", &kept]).refused(11, "expired");
    machine.run(["seat", "release", &given_back]).done();
    take().refused(11, "expired");
}

/// That of its module with it: what was paid for is there when the license is renewed, or the module is.
#[test]
fn a_module_comes_back_with_its_seat_after_the_license_or_the_module_has_ended() {
    for (ends, renewed) in [
        (["--expires", "2040-03-02"], ["--expires", "2040-12-01"]),
        (["--pool", "design=1:2040-03-02"], ["--pool", "design=1"]),
    ] {
        let world = World::new();
        let desk = world.desk("desk");
        let file = desk.product("survey", &["--pool", "design"]);
        let order = ["--type", "floating", "--seats", "3", "--pool", "design=1"];
        let order: Vec<&str> = match ends[0] {
            "--pool" => order[..4].iter().copied().chain(ends).collect(),
            _ => order.iter().copied().chain(ends).collect(),
        };
        let key = desk.sell("survey", &order);
        let machine = world.machine("one");
        machine.install(&file);
        desk.license(&machine, &key);
        let take = ["seat", "take", "--feature", "design", "--for", "24h"];
        let token = machine.run(take).done().line();
        world.hours_pass(23);
        machine.run(["seat", "keep", &token]).done();
        world.hours_pass(23);
        machine.run(["seat", "release", &token]).done();
        let change = ["license", "change", &key].into_iter().chain(renewed);
        desk.run(change).done();
        let sync = machine.run(["request", "sync"]).done().code();
        machine.apply(&desk.answer(&sync));
        assert_eq!(list(&machine)["pools"][0]["in_use"], 0);
        machine.run(take).done();
    }
}

/// What was given up has no seats, which is said.
#[test]
fn of_a_license_that_was_given_up_no_seat_is_kept() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let token = machine.run(["seat", "take", "--for", "1h"]).done().line();
    machine.run(["return", "--yes"]).done();
    for command in ["keep", "release"] {
        machine
            .run(["seat", command, &token])
            .refused(10, "returned");
    }
    for command in ["list", "hold", "take"] {
        machine.run(["seat", command]).refused(10, "returned");
    }
}

#[test]
fn who_waits_gets_the_seat_that_is_given_back() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let first = Holder::start(&running(&machine, &[], UNTIL_THE_END));
    running(&machine, &["--wait", "1s"], "true").owes(116, "no_seat");
    let mut waits = running(&machine, &["--wait", "5m"], "echo ran").process();
    let waits = waits.stdout(Stdio::piped()).spawn().unwrap();
    until(|| list(&machine)["waiting"] == 1);
    machine.run(["seat", "list"]).done().prints("; 1 waiting");
    first.end();
    let ended = waits.wait_with_output().unwrap();
    assert_eq!(
        (ended.status.code(), &*ended.stdout),
        (Some(0), &b"ran\n"[..])
    );
    assert_eq!(list(&machine)["waiting"], 0);
}

/// "What an application asks at launch" takes nothing, and says so.
#[test]
fn a_check_takes_no_seat_and_says_that_one_is_needed() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let _one = Holder::start(&hold(&machine, &[]));
    let said = machine.check().done();
    said.prints("licensed")
        .prints(", floating on 1 seat")
        .silent();
    assert_eq!(machine.check().json()["needs_seat"], true);
    assert_eq!(in_use(&machine), 1);
}

#[test]
fn a_license_that_does_not_float_has_no_seats_to_hold() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--pool", "design"]);
    let key = desk.sell("survey", &[]);
    let machine = world.machine("one");
    machine.install(&file);
    machine.run(["seat", "list"]).refused(10, "not_licensed");
    desk.license(&machine, &key);
    for command in ["hold", "take", "list"] {
        machine.run(["seat", command]).refused(6, "not_floating");
    }
    assert_eq!(machine.check().json()["needs_seat"], false);
    running(&machine, &[], "echo \"[$COUNTERSIGN_SEAT]\"")
        .done()
        .prints("[]");
    let standalone = [
        "license",
        "new",
        "--product",
        "survey",
        "--customer",
        "A",
        "--pool",
        "design=2",
    ];
    desk.run(standalone).refused(2, "usage").tells("floating");
    desk.run(
        standalone
            .iter()
            .chain(&["--type", "floating", "--pool", "design=0"]),
    )
    .refused(2, "usage");
}

#[test]
fn a_license_that_shrank_lets_run_what_runs_and_starts_nothing_until_it_fits() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--type", "floating", "--seats", "3"]);
    let machine = world.machine("site");
    machine.install(&file);
    desk.license(&machine, &key);
    let held = [(); 3].map(|()| Holder::start(&hold(&machine, &[])));
    desk.run(["license", "change", &key, "--seats", "2"]).done();
    machine.apply(&desk.answer(&machine.run(["request", "sync"]).done().code()));
    let seen = list(&machine);
    assert_eq!((&seen["seats"], &seen["in_use"]), (&2.into(), &3.into()));
    hold(&machine, &[])
        .owes(16, "no_seat")
        .tells("3 seats are in use, and the license has 2");
    let [one, two, three] = held;
    one.end();
    hold(&machine, &[]).owes(16, "no_seat");
    two.end();
    let four = Holder::start(&hold(&machine, &[]));
    hold(&machine, &[]).owes(16, "no_seat");
    four.end();
    three.end();
    assert_eq!(in_use(&machine), 0);
}

/// Whoever may read a home can copy it; the seats are where the license is.
#[test]
fn a_copy_of_a_home_without_its_secrets_has_no_seats() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    std::fs::remove_dir_all(machine.kept("machine/secrets")).unwrap();
    hold(&machine, &[]).owes(1, "secret_lost");
    running(&machine, &[], "true").owes(101, "secret_lost");
}
