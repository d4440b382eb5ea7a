//! Named users: "You will need to … assign a NEXUS IC license to at least one user. Users who are not selected will get a message saying that they are not
//! authorised. This includes the user account that you are logged in under when you set up this license."

use std::process::Command;
use std::time::{Duration, SystemTime};

use countersign::{App, Needs};
use serde_json::json;

use crate::world::{Run, Said, Site, World};

/// A site whose license is for so many users by name.
pub(super) fn named<'w>(world: &'w World, seats: &str) -> Site<'w> {
    Site::of("named", world, &[], &["--seats", seats])
}

pub(super) fn assign<'w>(site: &Site<'w>, names: &[&str]) -> Run<'w> {
    site.admin(["user", "assign"].iter().chain(names))
}

pub(super) fn unassign<'w>(site: &Site<'w>, names: &[&str]) -> Run<'w> {
    site.admin(["user", "unassign"].iter().chain(names))
}

pub(super) fn check<'w>(site: &Site<'w>, user: &str) -> Run<'w> {
    site.machine.check_with(&["--user", user])
}

/// Whoever is no user is told so by name.
#[track_caller]
pub(super) fn unnamed(site: &Site<'_>, user: &str) -> Said {
    check(site, user)
        .owes(17, "not_named")
        .tells(&format!("{user} is not among the users of license"))
}

pub(super) fn list(site: &Site<'_>) -> serde_json::Value {
    site.machine.run(["user", "list"]).json()
}

/// The login name of the account that runs these tests.
fn own() -> String {
    let said = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

#[test]
fn users_are_assigned_up_to_the_number_held_and_others_refused_by_name() {
    let world = World::new();
    let site = named(&world, "3");
    unnamed(&site, "anna").tells("nobody is assigned");
    assign(&site, &["anna", "bob"])
        .done()
        .tells("anna has a place from now on")
        .tells("1 place of 3 is free");
    for user in ["anna", "bob", " anna "] {
        check(&site, user).done();
    }
    unnamed(&site, "chen")
        .tells("countersign user assign --home ")
        .tells(" chen\n");
    assign(&site, &["chen"]).done();
    check(&site, "chen").done();
    assign(&site, &["dana"])
        .refused(6, "no_place")
        .tells("all 3 places of the license are taken: with users 3, resting 0, lent 0");
    // Some of several are not assigned, and those who have a place cost nobody a password.
    assign(&site, &["anna", "dana"]).refused(6, "no_place");
    let again = site.machine.run(["user", "assign", "anna"]);
    again.done().tells("anna has a place already");
    let nobody = site.machine.run(["user", "unassign", "eve"]);
    nobody.done().tells("eve has no place anyhow");
    let listed = list(&site);
    assert_eq!(listed["users"], json!(["anna", "bob", "chen"]));
    assert_eq!((&listed["seats"], &listed["free"]), (&json!(3), &json!(0)));
    site.machine
        .run(["user", "list"])
        .done()
        .prints("anna\nbob\nchen\n");
    // Each runs as many programs as he likes: names are counted, not programs.
    for _ in 0..4 {
        let run = ["run", "--user", "bob", "--", "true"];
        site.machine.run(run).done();
    }
}

/// Whatever `USER` and the like say, and whoever set it up.
#[test]
fn the_own_account_is_refused_until_it_is_assigned() {
    let world = World::new();
    let site = named(&world, "2");
    let own = own();
    assign(&site, &["anna"]).done();
    let as_anna = |args: &[&str]| {
        let run = site.machine.run(args);
        run.env("USER", "anna").env("LOGNAME", "anna")
    };
    let words = format!("{own} is not among the users of license");
    as_anna(&["check"]).owes(17, "not_named").tells(&words);
    as_anna(&["run", "--", "true"]).exits(117).tells(&words);
    as_anna(&["seat", "take"])
        .owes(17, "not_named")
        .tells(&words);
    as_anna(&["seat", "hold"])
        .owes(17, "not_named")
        .tells(&words);
    let object = as_anna(&["check"]).with_json_exits(17);
    assert_eq!(object["state"], "not_named");
    assign(&site, &[&own]).done();
    as_anna(&["check"]).done();
    as_anna(&["run", "--", "true"]).done();
    // It has no seats to be shared: who has a name needs none.
    as_anna(&["seat", "take"]).owes(6, "not_floating");
    // Whoever looks at the license, or takes care of it, needs no place.
    unassign(&site, &[&own]).done();
    site.machine.run(["status"]).done().prints("licensed");
    site.sync(&[], &[]);
}

#[test]
fn a_name_is_as_the_system_has_it() {
    let world = World::new();
    let site = named(&world, "4");
    assign(&site, &[r"NORTH\anna", "bjo\u{308}rn", "Chen"]).done();
    check(&site, r"NORTH\anna").done();
    check(&site, "bj\u{f6}rn").done();
    unnamed(&site, "chen").tells("Chen is, and capitals count");
    for bad in ["", "  ", "an\u{202e}na", "an\nna", &"n".repeat(129)] {
        assign(&site, &[bad]).refused(2, "usage");
        check(&site, bad).owes(17, "not_named").tells("--user NAME");
    }
}

#[test]
fn a_place_that_was_taken_away_rests_whatever_the_clock_says() {
    let world = World::new();
    let site = named(&world, "1");
    assign(&site, &["anna"]).done();
    unassign(&site, &["anna"])
        .done()
        .tells("it rests until 2040-03-03 12:00");
    unnamed(&site, "anna");
    let refused = |words: &str| {
        assign(&site, &["bob"]).owes(6, "no_place").tells(words);
    };
    refused("a place that rests is free by 2040-03-03 12:00");
    // Who had it has it back at once, and it rests anew when it is taken away.
    assign(&site, &["anna"]).done();
    check(&site, "anna").done();
    world.hours_pass(1);
    unassign(&site, &["anna"]).done();
    for ahead in [30, 60, 24 * 400] {
        site.machine.clock_ahead(ahead * 3_600);
        refused("resting 1");
    }
    site.machine.clock_ahead(0);
    check(&site, "bob").exits(17);
    refused("resting 1");
    site.machine.clock_ahead(-24 * 3_600);
    refused("resting 1");
    site.machine.clock_ahead(0);
    world.hours_pass(47);
    refused("resting 1");
    world.hours_pass(2);
    assign(&site, &["bob"]).done();
    check(&site, "bob").done();
    unnamed(&site, "anna");
}

/// Started again, and under another clock.
#[test]
fn a_place_rests_through_starts_of_the_machine() {
    let world = World::new();
    let site = named(&world, "1");
    assign(&site, &["anna"]).done();
    unassign(&site, &["anna"]).done();
    let refused = || drop(assign(&site, &["bob"]).owes(6, "no_place"));
    site.machine.restart();
    site.machine.clock_ahead(72 * 3_600);
    refused();
    world.hours_pass(1);
    refused();
    site.machine.clock_ahead(0);
    refused();
    // Two days that the machine was off are two days.
    world.hours_pass(46);
    site.machine.restart();
    refused();
    world.hours_pass(2);
    assign(&site, &["bob"]).done();
}

/// Without the second look at a clock that came three days on at once nothing would ever be over.
#[test]
fn a_place_of_a_machine_that_was_off_for_long_is_free_in_the_end() {
    let world = World::new();
    let site = named(&world, "1");
    assign(&site, &["anna"]).done();
    unassign(&site, &["anna"]).done();
    world.days_pass(9);
    site.machine.restart();
    check(&site, "bob").exits(17);
    world.hours_pass(21);
    check(&site, "bob").exits(17);
    assign(&site, &["bob"]).done();
}

#[test]
fn the_vendor_says_how_long_a_place_rests() {
    let world = World::new();
    for (hours, words) in [("0", "anna has no place any more\n"), ("3", "rests until")] {
        let site = Site::of("named", &world, &["--named-rest", hours], &["--seats", "1"]);
        assign(&site, &["anna"]).done();
        unassign(&site, &["anna"]).done().tells(words);
        if hours == "3" {
            assign(&site, &["bob"]).owes(6, "no_place");
            world.hours_pass(4);
        }
        assign(&site, &["bob"]).done();
        return_all(&world);
    }
}

/// Another site of the same name is another world.
fn return_all(world: &World) {
    for part in ["homes", "users"] {
        let path = world.path().join(part);
        std::fs::remove_dir_all(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
    }
}

/// "If you assign more licenses than you have available, NEXUS will remove any additional licenses above your total automatically": here more are never assigned,
/// and a total that gets smaller removes them.
#[test]
fn when_the_license_shrinks_the_newest_users_are_removed_and_listed_once() {
    let world = World::new();
    let site = named(&world, "4");
    assign(&site, &["anna", "bob", "chen", "dana"]).done();
    let seats = |number: &str| {
        let change = ["license", "change", &site.key, "--seats", number];
        site.desk.run(change).done();
        let request = site.machine.run(["request", "sync"]).done().code();
        site.desk.answer(&request)
    };
    let answer = seats("2");
    site.machine.apply(&answer).tells(
        "the license has 2 places now: chen and dana had the newest, and have none any more",
    );
    let again = site.machine.apply(&answer);
    assert!(!again.stderr.contains("dana"), "{again}");
    check(&site, "bob").done();
    unnamed(&site, "chen").tells("any more: it has 2 places now");
    assert_eq!(list(&site)["without"], json!(["chen", "dana"]));
    assign(&site, &["chen"]).refused(6, "no_place");
    // With the next change they are off the list, and of the places that are taken none is theirs.
    unassign(&site, &["bob"]).done();
    assert_eq!(list(&site)["without"], json!([]));
    world.hours_pass(49);
    assign(&site, &["chen"]).done();
    site.machine.apply(&seats("3"));
    check(&site, "chen").done();
    unnamed(&site, "dana");
    assign(&site, &["dana"]).done();
}

#[test]
fn a_loan_of_a_named_license_is_a_place_for_whoever_sits_there() {
    let world = World::new();
    let lends = ["--seats", "2", "--lend", "30"];
    let site = Site::of("named", &world, &[], &lends);
    assign(&site, &["anna"]).done();
    let laptop = site.workstation("laptop");
    let said = site.lend(&laptop, "5");
    assert!(said.stderr.contains("on loan"), "{said}");
    for user in ["anna", "eve"] {
        laptop.check_with(&["--user", user]).done();
    }
    laptop.check().done();
    assert_eq!(list(&site)["lent"], 1);
    assign(&site, &["bob"])
        .owes(6, "no_place")
        .tells("with users 1, resting 0, lent 1");
    let second = site.workstation("second");
    let request = site.ask(&second, &["--days", "2"]);
    site.respond(&request, &[]).owes(6, "no_place");
    // The same loan goes on, however full it is.
    let extend = laptop.run(["request", "extend", "--days", "6"]).done();
    laptop.apply(&site.answer(&extend.code()));
    let codes = laptop.run(["return", "--yes"]).done().stdout;
    site.admin(["respond"]).piped(&codes).done();
    assign(&site, &["bob"]).done();
    site.respond(&request, &[]).owes(6, "no_place");
    // A place that rests is nobody's, a workstation's neither.
    unassign(&site, &["bob"]).done();
    site.respond(&request, &[]).owes(6, "no_place");
    world.hours_pass(49);
    second.apply(&site.answer(&request));
}

#[test]
fn a_license_changes_to_users_by_name_and_back() {
    let world = World::new();
    let site = Site::new(&world, &[], &["--seats", "2"]);
    site.machine.check().done();
    assign(&site, &["anna"]).refused(6, "not_for_names");
    let change = |to: &str| {
        let change = ["license", "change", &site.key, "--type", to];
        site.desk.run(change).done();
        site.sync(&[], &[]);
    };
    change("named");
    unnamed(&site, "anna");
    assign(&site, &["anna"]).done();
    check(&site, "anna").done();
    change("floating");
    site.machine
        .run(["run", "--user", "eve", "--", "true"])
        .done();
    change("named");
    check(&site, "anna").done();
    unnamed(&site, "eve");
    change("standalone");
    site.machine.check().done();
}

/// The desk answers for a named license only where a site's key stands.
#[test]
fn a_named_license_needs_the_key_of_a_site() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &["--type", "named", "--seats", "2"]);
    desk.respond(&ship.request(&key)).owes(6, "needs_site_key");
    // So the customer's mail says what makes one.
    let mail = desk.run(["license", "mail", &key]).done();
    let typed = format!("  countersign site init\n  countersign request activate {key} --site\n");
    mail.prints(&typed);
    let site = named(&world, "1");
    let change = ["license", "change", &site.key, "--grace", "40"];
    site.desk.run(change).done();
    let mail = site.desk.run(["license", "mail", &site.key]).done();
    assert!(!mail.stdout.contains("--site"), "{mail}");
}

#[test]
fn an_application_asks_for_its_user() {
    let world = World::new();
    let site = named(&world, "1");
    assign(&site, &["anna"]).done();
    let product = std::fs::read_to_string(&site.file).unwrap();
    let now = u64::try_from(world.now()).unwrap();
    let app = App::builder(&product)
        .home(&site.machine.home())
        .facts(site.machine.facts_now())
        .clock(SystemTime::UNIX_EPOCH + Duration::from_secs(now))
        .build()
        .unwrap();
    let needs = |user: &str| Needs::default().user(user);
    assert!(!app.check_for(&needs("anna")).unwrap().floats());
    let seat = app.take_seat_for(&needs("anna"), Duration::ZERO).unwrap();
    assert_eq!(seat.number(), None);
    for refused in [
        app.check_for(&needs("eve")).unwrap_err(),
        app.take_seat_for(&needs("eve"), Duration::ZERO)
            .unwrap_err(),
        app.check().unwrap_err(),
        app.take_seat().unwrap_err(),
    ] {
        assert_eq!(refused.kind(), "not_named", "{refused}");
    }
    let refused = app.check().unwrap_err();
    assert!(refused.to_string().contains(&own()), "{refused}");
}
