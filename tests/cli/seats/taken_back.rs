//! Seats that the administrator takes back: from programs, from leases, not from loans; and for whom they are kept.

use std::process::Child;

use super::used::row;
use super::*;
use crate::world::Site;

pub(super) fn disconnect<'w>(machine: &Machine<'w>, options: &[&str]) -> Run<'w> {
    let reason = ["--reason", "the server is updated at noon"];
    let command = ["seat", "disconnect"].iter().chain(options).chain(&reason);
    // Nobody waits for a minute here.
    machine.run(command).env("COUNTERSIGN_TEST_PATIENCE", "500")
}

/// Without what is said by all others.
fn disconnect_with<'w>(machine: &Machine<'w>, reason: &str) -> Run<'w> {
    machine.run(["seat", "disconnect", "1", "--reason", reason])
}

/// A program that runs on a seat, whose talk is kept.
fn start(run: &Run<'_>) -> Child {
    let mut process = run.process();
    process.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = process.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    child
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_is_asked_to_end_and_whoever_started_it_is_told_why() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "2"]);
    let options = ["--user", "anna", "--host", "ws-14"];
    let saves = "trap 'echo saved; exit 7' TERM; echo up; while :; do sleep 0.1; done";
    let anna = start(&running(&machine, &options, saves));
    let bob = Holder::start(&running(&machine, &["--user", "bob"], UNTIL_THE_END));
    disconnect(&machine, &["1"])
        .done()
        .tells("seat 1 is taken back from anna");
    let ended = anna.wait_with_output().unwrap();
    // The exit code is the program's.
    assert_eq!(ended.status.code(), Some(7));
    assert_eq!(ended.stdout, b"saved\n");
    let said = String::from_utf8(ended.stderr).unwrap();
    let words = "the administrator asked for seat 1 back: the server is updated at noon";
    assert!(said.contains(words), "{said}");
    assert_eq!(in_use(&machine), 1);
    assert_eq!(bob.end(), 0);
    let seen = machine.run(["site", "report"]).json();
    assert_eq!(row(&seen, "anna")["not_given_back"], 0);
    // Whoever takes the same seat later hears nothing of it.
    running(&machine, &[], "true").done().silent();
}

#[cfg(target_os = "linux")]
#[test]
fn what_does_not_end_is_left_alone_unless_it_is_forced() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let stays = "trap '' TERM; echo up; while :; do sleep 0.1; done";
    let anna = start(&running(&machine, &["--user", "anna"], stays));
    disconnect(&machine, &["1", "--hold-for", "bob"])
        .owes(1, "not_ended")
        .tells("seat 1 is not free: process ")
        .tells("--force");
    assert_eq!(in_use(&machine), 1);
    assert_eq!(list(&machine)["kept"], serde_json::json!([]));
    disconnect(&machine, &["1", "--force"]).done();
    assert_eq!(in_use(&machine), 0);
    // Nothing was kept for him by what failed.
    let ended = anna.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(137));
    running(&machine, &[], "true").done();
}

/// What a program left behind has its seat, too.
#[cfg(target_os = "linux")]
#[test]
fn what_a_program_has_started_is_ended_with_it() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    running(
        &machine,
        &[],
        "sleep 1000 </dev/null >/dev/null 2>&1 & exit 4",
    )
    .exits(4);
    assert_eq!(in_use(&machine), 1);
    disconnect(&machine, &["1"]).done();
    assert_eq!(in_use(&machine), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_seat_is_kept_for_somebody_for_two_minutes() {
    let world = World::new();
    let (machine, _) = site(
        &world,
        &["--pool", "design"],
        &["--seats", "1", "--pool", "design=1"],
    );
    let anna = Holder::start(&hold(&machine, &["--user", "anna", "--feature", "design"]));
    // Somebody who waits already is not faster.
    let waits = hold(&machine, &["--user", "dave", "--wait", "5m"]).process();
    let waits = { waits }.stdout(Stdio::piped()).spawn().unwrap();
    until(|| list(&machine)["waiting"] == 1);
    let taken = disconnect(&machine, &["1", "--hold-for", "bob"]).json();
    assert_eq!(taken["seats"], serde_json::json!([1]));
    assert_eq!(taken["kept"]["until"], "2040-03-01T12:02:00Z");
    anna.kill();
    let seen = list(&machine);
    assert_eq!((&seen["in_use"], &seen["free"]), (&0.into(), &0.into()));
    assert_eq!(seen["kept"], serde_json::json!([taken["kept"]]));
    machine
        .run(["seat", "list"])
        .done()
        .prints("seat 1 is kept for bob until 2040-03-01 12:02");
    for user in ["carl", "anna"] {
        hold(&machine, &["--user", user]).owes(16, "no_seat");
    }
    let bob = Holder::start(&hold(&machine, &["--user", "bob", "--feature", "design"]));
    assert_eq!((&*bob.line, in_use(&machine)), ("seat 1", 1));
    hold(&machine, &["--user", "bob"]).owes(16, "no_seat");
    bob.end();
    // Still his, and then anybody's.
    let mut dave = waits;
    dave.kill().unwrap();
    dave.wait().unwrap();
    hold(&machine, &["--user", "carl"])
        .owes(16, "no_seat")
        .tells("kept for bob");
    world.hours_pass(1);
    assert_eq!(list(&machine)["kept"], serde_json::json!([]));
    running(&machine, &["--feature", "design"], "true").done();
}

#[test]
fn a_lease_is_ended_and_its_token_with_it() {
    let world = World::new();
    let (machine, _) = site(
        &world,
        &["--pool", "design"],
        &["--seats", "1", "--pool", "design=1"],
    );
    let take = ["seat", "take", "--user", "anna", "--feature", "design"];
    let token = machine.run(take).done().line();
    disconnect(&machine, &["--user", "anna"]).done();
    for command in ["keep", "release"] {
        let run = machine.run(["seat", command, &token]);
        run.owes(4, "unknown_token");
    }
    machine.run(take).done();
    disconnect(&machine, &["1"]).done();
    running(&machine, &["--feature", "design"], "true").done();
}

#[test]
fn a_loan_and_a_seat_of_nobody_are_refused() {
    let world = World::new();
    let site = Site::new(&world, &[], &["--seats", "2", "--lend", "30"]);
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "5");
    site.admin(["loan", "note", "1", "chen"]).done();
    let lent = site.seats()["loans"][0]["seat"].to_string();
    for whom in [["--user", "chen"].as_slice(), &[&lent]] {
        disconnect(&site.machine, whom)
            .refused(6, "seat_lent")
            .tells("loan 1 (chen), until 2040-03-06");
    }
    let other = if lent == "1" { "2" } else { "1" };
    for whom in [["--user", "nobody"].as_slice(), &[other], &["99"]] {
        disconnect(&site.machine, whom).refused(4, "unknown_seat");
    }
    // A reason is given, and one seat or one user.
    let machine = &site.machine;
    for wrong in [
        ["seat", "disconnect", "1"].as_slice(),
        &["seat", "disconnect", "--reason", "x"],
        &["seat", "disconnect", "1", "--user", "anna", "--reason", "x"],
        &["seat", "disconnect", "x", "--reason", "x"],
    ] {
        machine.run(wrong).refused(2, "usage");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn all_seats_of_a_user_are_taken_back_and_no_others() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "4"]);
    let start = |user: &str| Holder::start(&hold(&machine, &["--user", user]));
    let (one, two, bob) = (start("anna"), start("anna"), start("bob"));
    world.hours_pass(3);
    let taken = disconnect(&machine, &["--user", "anna"]).json();
    assert_eq!(taken["seats"], serde_json::json!([1, 2]));
    assert_eq!(list(&machine)["taken"][0]["user"], "bob");
    assert_eq!(in_use(&machine), 1);
    one.kill();
    two.kill();
    assert_eq!(bob.end(), 0);
    // Whose seat was taken back has used it until then.
    world.hours_pass(5);
    let seen = machine.run(["site", "report"]).json();
    assert_eq!(row(&seen, "anna")["seconds"], 2 * 3 * 3600);
}

/// Whoever waits for a seat and gets it when it is taken back keeps it.
#[cfg(target_os = "linux")]
#[test]
fn who_comes_after_is_not_meant() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let anna = Holder::start(&hold(&machine, &["--user", "anna"]));
    let mut dave = hold(&machine, &["--user", "dave", "--wait", "5m"]).process();
    let mut dave = dave.stdout(Stdio::piped()).spawn().unwrap();
    until(|| list(&machine)["waiting"] == 1);
    disconnect(&machine, &["1", "--force"]).done();
    anna.kill();
    let mut line = String::new();
    BufReader::new(dave.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    std::thread::sleep(Duration::from_secs(3));
    assert!(dave.try_wait().unwrap().is_none());
    assert_eq!(list(&machine)["taken"][0]["user"], "dave");
    drop(dave.stdin.take());
    assert_eq!(dave.wait().unwrap().code(), Some(0));
}

/// Who he is the kernel says, and not what an ordinary user calls himself.
#[cfg(target_os = "linux")]
#[test]
fn nobody_has_a_seat_that_is_kept_for_another_by_naming_him() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = World::new();
    let (machine, _) = accounts::home_for_all(&world, &[]);
    let exit = |user: u32, options: &[&str]| {
        let mut run = accounts::as_user(user, &hold(&machine, options));
        run.stdin(Stdio::null()).output().unwrap().status.code()
    };
    let seats: Vec<_> = [61_001, 61_002]
        .map(|user| Holder::start_process(accounts::as_user(user, &hold(&machine, &[]))))
        .into();
    disconnect(&machine, &["1", "--hold-for", "61003"]).done();
    assert_eq!(exit(61_004, &["--user", "61003"]), Some(16));
    assert_eq!(exit(61_003, &[]), Some(0));
    // Root says for whom he asks, as a server does.
    let run = hold(&machine, &["--user", "61003"]);
    run.done().prints("seat 1");
    drop(seats);
}

/// Its seat alone, without what has started it.
#[cfg(target_os = "linux")]
fn left_behind(machine: &Machine<'_>, script: &str) {
    let script = format!("sh -c '{script}' </dev/null >/dev/null 2>&1 & sleep 0.3; exit 4");
    running(machine, &[], &script).exits(4);
    assert_eq!(in_use(machine), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_that_calls_itself_otherwise_has_its_seat_still() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let renames = "trap \"echo other >/proc/\\$\\$/comm\" TERM; while :; do sleep 0.1; done";
    left_behind(&machine, renames);
    disconnect(&machine, &["1"])
        .owes(1, "not_ended")
        .tells("(other)");
    assert_eq!(in_use(&machine), 1);
    disconnect(&machine, &["1", "--force"]).done();
    assert_eq!(in_use(&machine), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_program_starts_when_it_is_asked_to_end_has_its_seat() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let forks = "trap \"sleep 1000 & exit 0\" TERM; while :; do sleep 0.1; done";
    left_behind(&machine, forks);
    disconnect(&machine, &["1"])
        .exits(1)
        .tells("seat 1 is not free: process ")
        .tells("(sleep)");
    assert_eq!(in_use(&machine), 1);
    disconnect(&machine, &["1"]).done();
    assert_eq!(in_use(&machine), 0);
    left_behind(&machine, forks);
    disconnect(&machine, &["1", "--force"]).done();
    assert_eq!(in_use(&machine), 0);
}

/// What fails for one seat keeps nobody from the others.
#[cfg(target_os = "linux")]
#[test]
fn all_seats_of_a_user_are_tried_and_what_was_done_is_said() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "4"]);
    let stays = "trap '' TERM; echo up; while :; do sleep 0.1; done";
    let stays = start(&running(&machine, &["--user", "anna"], stays));
    let one = Holder::start(&hold(&machine, &["--user", "anna"]));
    let run = disconnect(&machine, &["--user", "anna", "--hold-for", "bob"]);
    let said = run.clone().with_json().exits(1);
    let said = said.objects();
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!(said[0]["seats"], serde_json::json!([2]));
    assert_eq!(said[0]["kept"]["seat"], 2);
    assert_eq!(said[1]["error"]["kind"], "not_ended");
    one.kill();
    let two = Holder::start(&hold(&machine, &["--user", "anna"]));
    run.exits(1)
        .tells("seat 3 is taken back from anna")
        .tells("seat 1 is not free");
    two.kill();
    disconnect(&machine, &["1", "--force"]).done();
    stays.wait_with_output().unwrap();
}

/// What was taken back did not come back by itself, and whoever lists the seats or reads the report is not told so.
#[cfg(target_os = "linux")]
#[test]
fn a_seat_that_was_taken_back_did_not_come_back_by_itself() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "2"]);
    disconnect_with(&machine, " ")
        .refused(2, "usage")
        .tells("say why");
    let stays = "trap '' TERM; echo up; while :; do sleep 0.1; done";
    let anna = start(&running(&machine, &["--user", "anna"], stays));
    let bob = Holder::start(&hold(&machine, &["--user", "bob"]));
    world.hours_pass(1);
    disconnect(&machine, &["1", "--force"]).done();
    let ended = anna.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(
        said.contains("the administrator asked for seat 1 back"),
        "{said}"
    );
    assert!(!said.contains("stays in use"), "{said}");
    disconnect(&machine, &["2", "--hold-for", "carl"]).done();
    bob.kill();
    let seen = machine.run(["seat", "list"]).done();
    seen.prints("0 in use, 1 free, 1 kept");
    assert_eq!(list(&machine)["came_back"], serde_json::json!([]));
    world.hours_pass(14);
    let seen = machine.run(["site", "report"]).json();
    for user in ["anna", "bob"] {
        assert_eq!(row(&seen, user)["not_given_back"], 0);
        assert_eq!(row(&seen, user)["seconds"], 3_600);
    }
    // Whoever takes the seat again has another use of it, which counts for itself.
    let again = Holder::start(&hold(&machine, &["--user", "bob"]));
    again.kill();
    assert_eq!(list(&machine)["came_back"][0]["user"], "bob");
}
