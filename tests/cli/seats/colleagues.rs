//! Who is who where several computers share the seats.

use super::fleet::{Fleet, NAMES, Workstation};
use crate::world::{Holder, World};

const YEAR: i64 = 365 * 86_400;

/// What is written of seats says more than an account of one computer: what the computer is called, too.
#[test]
fn the_rules_know_the_computers() {
    let world = World::new();
    let fleet = Fleet::with_site(&world, &[], &["--seats", "3"]);
    fleet.server.run(["seat", "share"]).done();
    let rules = world.file(
        "rules",
        "reserve 1 host:ws-1\nmax 1 host:ws-2\ndeny host:ws-3\n",
    );
    let set = ["site", "rules", "set", rules.to_str().unwrap()];
    fleet.admin(&set).done();
    let [one, two, three] = ["ws-1", "ws-2", "ws-3"].map(|it| fleet.workstation(it, YEAR));
    let held = Holder::start(&two.hold(&[]));
    two.hold(&[]).owes(18, "rule").tells("line 2");
    three.hold(&[]).owes(18, "rule").tells("line 3");
    let first = Holder::start(&one.hold(&[]));
    let second = Holder::start(&one.hold(&[]));
    // Seen from each of them what the others hold is theirs.
    let reserved = |ws: &Workstation<'_, '_>| ws.list()["reserved"].as_u64();
    assert_eq!(
        [reserved(&one), reserved(&two), reserved(&three)],
        [Some(0); 3]
    );
    first.end();
    second.end();
    assert_eq!(
        [reserved(&one), reserved(&two), reserved(&three)],
        [Some(1); 3]
    );
    held.end();
}

/// Users by name need no seat: the list in the shared directory counts on each computer.
#[test]
fn users_by_name_are_the_same_on_all_computers() {
    let world = World::new();
    let fleet = Fleet::typed("named", &world, &[], &["--seats", "1"]);
    fleet.admin(&["user", "assign", "anna"]).done();
    for ws in ["ws-1", "ws-2"].map(|it| fleet.workstation(it, 0)) {
        ws.check(&["--user", "anna"]).done();
        ws.check(&["--user", "bob"]).refused(17, "not_named");
    }
}

/// In a home that its owner keeps for all, other accounts take seats from several computers, and can neither share it nor keep it to one.
#[test]
fn accounts_of_several_computers_share_a_home_for_all() {
    use super::accounts::{as_user, open_to_others};

    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = World::new();
    let fleet = Fleet::for_all(&world, &["--seats", "2"]);
    let [one, two] = ["ws-1", "ws-2"].map(|name| fleet.workstation(name, YEAR));
    let by = |user: u32, ws: &Workstation<'_, '_>, args: &[&str]| {
        let run = ws.run(args);
        open_to_others(world.path());
        as_user(user, &run)
    };
    let said = |mut process: std::process::Command| {
        let output = process.output().unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, words) = said(by(61_001, &one, &["seat", "share"]));
    assert_eq!(code, 1, "{words}");
    fleet.server.run(["seat", "share"]).done();
    let hold = [&["seat", "hold"], &NAMES[..]].concat();
    let ada = Holder::start_process(by(61_001, &one, &hold));
    let bob = Holder::start_process(by(61_002, &two, &hold));
    let (code, words) = said(by(61_002, &one, &hold));
    assert_eq!(code, 16, "{words}");
    ada.end();
    bob.end();
    let ada = Holder::start_process(by(61_001, &two, &hold));
    ada.end();
}
