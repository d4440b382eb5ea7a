//! Seats that are given out by the rules of a site: each refusal, whose word counts, what is seen of it.

use std::time::SystemTime;

use countersign::{App, Needs};

use super::accounts::{as_user, open_to_others};
use super::*;
use crate::cli::site_rules::{ruled, set};
use crate::world::Site;

fn floating<'w>(world: &'w World, seats: &str) -> Site<'w> {
    Site::new(world, &[], &["--seats", seats])
}

fn hold_as<'w>(site: &Site<'w>, user: &str, host: &str) -> Run<'w> {
    hold(&site.machine, &["--user", user, "--host", host])
}

/// Each of the commands that take a seat is refused by this line.
#[track_caller]
fn none_by(site: &Site<'_>, user: &str, host: &str, line: u64, says: &str) {
    let who = ["--user", user, "--host", host];
    let said = ruled(&hold_as(site, user, host), 18, line);
    assert!(said.contains(says), "{said}");
    let take = site.machine.run(["seat", "take"].iter().chain(&who));
    ruled(&take, 18, line);
    ruled(&running(&site.machine, &who, "true"), 118, line);
}

#[test]
fn rules_refuse_by_the_line_that_decides() {
    let world = World::new();
    let site = floating(&world, "3");
    set(
        &site,
        "deny user:eve host:lobby-*\nreserve 1 user:anna\nmax 1 user:bob",
    );
    none_by(
        &site,
        "eve",
        "ws-1",
        1,
        "line 1, deny user:eve host:lobby-*",
    );
    none_by(&site, "anna", "Lobby-2", 1, "deny");
    let bob = Holder::start(&hold_as(&site, "bob", "ws-2"));
    none_by(
        &site,
        "bob",
        "ws-3",
        3,
        "1 seat is in use, as many as the rules",
    );
    let dana = Holder::start(&running(&site.machine, &["--user", "dana"], UNTIL_THE_END));
    none_by(
        &site,
        "dana",
        "ws-4",
        2,
        "what is free is reserved for others",
    );
    // Idle it is reserved, and not in use.
    let listed = site.machine.run(["seat", "list"]).done();
    listed
        .prints("3 seats: 2 in use, 0 free, 1 reserved")
        .prints("the seat that line 2 of the rules reserves is idle: reserve 1 user:anna");
    let seats = site.seats();
    let number = |name: &str| seats[name].as_u64().unwrap();
    assert_eq!(
        [number("in_use"), number("free"), number("reserved")],
        [2, 0, 1]
    );
    assert_eq!(
        seats["reservations"],
        serde_json::json!([{ "line": 2, "rule": "reserve 1 user:anna", "seats": 1, "idle": 1 }])
    );
    let status = site.machine.run(["site", "status"]);
    let object = status.json();
    assert_eq!(
        (&object["rules"], &object["reserved"]),
        (&3.into(), &1.into())
    );
    status.done().prints("3 rules; 1 idle seat is reserved");
    let anna = Holder::start(&hold_as(&site, "anna", "ws-1"));
    assert_eq!(site.counts(), (3, 0, 0));
    assert_eq!(site.seats()["reserved"], 0);
    hold_as(&site, "dana", "ws-4").owes(16, "no_seat");
    for holder in [bob, dana, anna] {
        assert_eq!(holder.end(), 0);
    }
}

#[test]
fn who_waits_gets_the_next_that_is_not_reserved() {
    let world = World::new();
    let site = floating(&world, "2");
    set(&site, "reserve 1 user:anna\ndeny user:eve");
    let bob = Holder::start(&hold_as(&site, "bob", "ws-2"));
    let waits = hold(&site.machine, &["--user", "dana", "--wait", "60s"]).process();
    let waiting = std::thread::scope(|scope| {
        let waiter = scope.spawn(|| Holder::start_process(waits));
        until(|| site.seats()["waiting"] == 1);
        // The only free seat is anna's: dana waits on, and keeps it from nobody.
        let anna = Holder::start(&hold_as(&site, "anna", "ws-1"));
        assert_eq!(site.seats()["waiting"], 1);
        assert_eq!(anna.end(), 0);
        assert_eq!(bob.end(), 0);
        waiter.join().unwrap()
    });
    assert!(waiting.line.starts_with("seat "), "{}", waiting.line);
    ruled(
        &hold(&site.machine, &["--user", "bob", "--wait", "1s"]),
        18,
        1,
    );
    // What does not pass is not waited for: else this would take an hour.
    ruled(
        &hold(&site.machine, &["--user", "eve", "--wait", "1h"]),
        18,
        2,
    );
    assert_eq!(waiting.end(), 0);
}

#[test]
fn modules_are_reserved_and_bounded_with_their_seats() {
    let world = World::new();
    let product = ["--feature", "lv", "--pool", "design"];
    let order = ["--seats", "4", "--feature", "lv", "--pool", "design=2"];
    let site = Site::new(&world, &product, &order);
    set(
        &site,
        "reserve 1 user:anna feature:design\nmax 1 feature:lv",
    );
    let with =
        |user: &str, feature: &str| hold(&site.machine, &["--user", user, "--feature", feature]);
    let bob = Holder::start(&with("bob", "design"));
    let listed = site.machine.run(["seat", "list"]).done();
    listed.prints("4 seats: 1 in use, 2 free, 1 reserved; design: 1 of 2 in use, 1 reserved");
    assert_eq!(site.seats()["pools"][0]["reserved"], 1);
    ruled(&with("dana", "design"), 18, 1);
    let dana = Holder::start(&with("dana", "lv"));
    ruled(&with("bob", "lv"), 18, 2);
    let anna = Holder::start(&with("anna", "design"));
    with("anna", "design").owes(16, "no_seat");
    for holder in [bob, dana, anna] {
        assert_eq!(holder.end(), 0);
    }
}

#[test]
fn leases_and_loans_go_by_the_rules() {
    let world = World::new();
    let site = Site::new(&world, &[], &["--seats", "3", "--lend", "14"]);
    set(&site, "reserve 2 user:anna");
    let take = |user: &str| site.machine.run(["seat", "take", "--user", user]);
    let bob = take("bob").done().line();
    ruled(&take("bob"), 18, 1);
    let anna = take("anna").done().line();
    // A loan is for whoever sits there: nothing is reserved for it.
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "5"]);
    let refused = site.respond(&request, &[]);
    ruled(&refused, 18, 1);
    refused
        .refused(18, "rule")
        .tells("a loan takes no seat that is reserved");
    site.machine.run(["seat", "release", &bob]).done();
    laptop.apply(&site.answer(&request));
    assert_eq!(site.counts(), (1, 1, 0));
    assert_eq!(site.seats()["reserved"], 1);
    // Whoever is to have none by now does not keep what he has, and gives it back.
    set(&site, "deny user:anna");
    site.machine.run(["seat", "keep", &anna]).owes(18, "rule");
    site.machine.run(["seat", "release", &anna]).done();
}

#[test]
fn what_runs_goes_on_when_rules_are_set() {
    let world = World::new();
    let site = floating(&world, "1");
    let bob = Holder::start(&hold_as(&site, "bob", "ws-2"));
    set(&site, "deny user:bob\nreserve 1 user:anna");
    assert_eq!(site.counts(), (1, 0, 0));
    assert_eq!(bob.end(), 0);
    none_by(&site, "bob", "ws-2", 1, "deny user:bob");
}

#[test]
fn an_application_is_told_by_which_line_it_gets_no_seat() {
    let world = World::new();
    let site = floating(&world, "1");
    set(&site, "deny user:eve\nreserve 1 user:anna");
    let product = std::fs::read_to_string(&site.file).unwrap();
    let now = Duration::from_secs(world.now().unsigned_abs());
    let app = App::builder(&product)
        .home(&site.machine.home())
        .facts(site.machine.facts_now())
        .clock(SystemTime::UNIX_EPOCH + now)
        .build()
        .unwrap();
    let take = |user: &str| app.take_seat_for(&Needs::default().user(user), Duration::ZERO);
    for (user, line) in [
        ("eve", "line 1, deny user:eve"),
        ("bob", "line 2, reserve 1"),
    ] {
        let refused = take(user).unwrap_err();
        assert_eq!(refused.kind(), "rule");
        assert!(refused.to_string().contains(line), "{refused}");
    }
    assert_eq!(take("anna").unwrap().number(), Some(1));
}

/// Root's home for every user of the computer, and users of it: an account is what the kernel says, and so nobody is another by naming him.
#[test]
fn nobody_has_what_is_reserved_for_another_by_naming_him() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--type", "floating", "--seats", "2"]);
    let machine = world.machine("site");
    let password = world.secret("password", "open sesame\n");
    let file = file.to_str().unwrap();
    let root = |args: &[&str]| {
        let run = machine.run(args);
        run.env("COUNTERSIGN_PASSPHRASE_FILE", &password)
    };
    root(&["product", "install", file, "--system"]).done();
    root(&["site", "init", "--system"]).done();
    let request = root(&["request", "activate", &key, "--site", "--system"]);
    machine.apply(&desk.answer(&request.done().code()));
    open_to_others(world.path());
    let rules = |text: &str| {
        let run = root(&["site", "rules", "set", "-"]).piped(text);
        run.done();
    };
    rules("reserve 1 user:61001 host:ws-14\ndeny user:61003");
    let by = |user: u32, run: &Run<'_>| as_user(user, run).output().unwrap();
    let exit = |user: u32, options: &[&str]| {
        let mut ended = as_user(user, &hold(&machine, options));
        ended
            .stdin(Stdio::null())
            .output()
            .unwrap()
            .status
            .code()
            .unwrap()
    };
    let bob = Holder::start_process(as_user(61_002, &hold(&machine, &[])));
    // By his word he is neither another user nor at another workstation.
    for said in [
        &["--user", "61001"][..],
        &["--host", "ws-14"],
        &["--user", "61001", "--host", "ws-14"],
    ] {
        assert_eq!(exit(61_002, said), 18, "{said:?}");
    }
    let named = hold(&machine, &[]).env("COUNTERSIGN_SEAT_HOST", "ws-14");
    let named = named.env("USER", "61001").env("LOGNAME", "61001");
    assert_eq!(by(61_002, &named).status.code(), Some(18));
    // In a namespace of his own, where the system lets him have one, he is who he is outside, and his host has no name.
    let mut unshare = std::process::Command::new("unshare");
    let probe = unshare.args(["-Uuc", "--keep-caps", "true"]).status();
    if probe.is_ok_and(|it| it.success()) {
        let plain = as_user(61_002, &hold(&machine, &[]));
        let mut inside = std::process::Command::new(plain.get_program());
        let args: Vec<_> = plain.get_args().collect();
        let (account, program) = args.split_at(5);
        inside
            .args(account)
            .args(["unshare", "-Uuc", "--keep-caps", "sh", "-c"]);
        inside
            .arg("hostname ws-14; exec \"$0\" \"$@\"")
            .args(program);
        let given = plain.get_envs();
        inside.env_clear();
        inside.envs(given.filter_map(|(name, value)| Some((name, value?))));
        inside.current_dir(plain.get_current_dir().unwrap());
        inside.stdin(Stdio::null());
        let said = inside.output().unwrap();
        let words = String::from_utf8_lossy(&said.stderr).into_owned();
        assert_eq!(said.status.code(), Some(18), "{words}");
    }
    // Whoever is denied is so by what he is, and by what he says that he is.
    assert_eq!(exit(61_003, &["--user", "61001"]), 18);
    assert_eq!(exit(61_001, &["--user", "61003"]), 18);
    assert_eq!(exit(61_001, &[]), 0);
    // Root speaks for others, and so does whom the rules trust.
    assert_eq!(
        hold(&machine, &["--user", "eve", "--host", "ws-14"])
            .said()
            .exit,
        0
    );
    hold(&machine, &["--user", "eve"]).owes(18, "rule");
    rules("reserve 1 user:anna\ntrust user:61002\nmax 1 user:chen");
    assert_eq!(exit(61_002, &["--user", "anna"]), 0);
    assert_eq!(exit(61_002, &["--user", "eve"]), 18);
    assert_eq!(exit(61_004, &["--user", "anna"]), 18);
    // What he holds for her counts as hers.
    let anna = ["--user", "anna"];
    let anna = Holder::start_process(as_user(61_002, &hold(&machine, &anna)));
    assert_eq!(list(&machine)["reserved"], 0);
    // Everybody sees the rules; nobody but the home's owner sets them.
    let shown = by(61_004, &machine.run(["site", "rules", "show"]));
    assert!(String::from_utf8_lossy(&shown.stdout).contains("trust user:61002"));
    let tested = machine.run(["site", "rules", "test", "--user", "anna"]);
    assert_eq!(by(61_004, &tested).status.code(), Some(0));
    let before = world.snapshot();
    let free = world.file("free", "");
    open_to_others(world.path());
    let sets = root(&["site", "rules", "set", free.to_str().unwrap()]);
    let said = by(61_004, &sets);
    let words = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(said.status.code(), Some(1), "{words}");
    let rules = |all: &crate::world::Snapshot| -> Vec<Vec<u8>> {
        let notes = all.iter().filter(|(path, _)| path.ends_with("note"));
        notes.map(|(_, bytes)| bytes.clone()).collect()
    };
    assert_eq!(rules(&before), rules(&world.snapshot()));
    anna.end();
    bob.end();
}
