//! TimeTracker RX: a license key that an administrator registers, users that are counted, two dates. Each test is a point of its users' journey.

use crate::world::{Desk, Machine, World};
use serde_json::{Value, json};

const PRODUCT: &[&str] = &[
    "--edition",
    "standard",
    "--edition",
    "enterprise",
    "--limit",
    "users",
    "--limit",
    "kiosks",
    "--feature",
    "desktop",
    "--maintained",
    "desktop",
];

fn sold<'w>(world: &'w World, order: &[&str]) -> (Desk<'w>, Machine<'w>, String) {
    let desk = world.desk("desk");
    let file = desk.product("timetracker", PRODUCT);
    let all = ["--edition", "enterprise", "--feature", "desktop"];
    let key = desk.sell("timetracker", &[&all, order].concat());
    let office = world.machine("office");
    office.install(&file);
    (desk, office, key)
}

fn registered<'w>(world: &'w World, order: &[&str]) -> (Desk<'w>, Machine<'w>, String) {
    let (desk, office, key) = sold(world, order);
    desk.license(&office, &key);
    (desk, office, key)
}

/// 1. The key or the code may arrive broken over several lines, with spaces; it is taken as pasted.
#[test]
fn broken_over_lines_is_taken_as_pasted() {
    let world = World::new();
    let (desk, office, key) = sold(&world, &["--limit", "users=10"]);
    let digits = key.replace('-', "");
    let plain = office.request(&key);
    for pasted in [
        format!("{}\n{}\r\n  {}", &digits[..3], &digits[3..9], &digits[9..]),
        format!(" {} {} ", &digits[..7], &digits[7..]),
        key.replace('-', "\n"),
    ] {
        assert_eq!(office.request(&pasted), plain, "{pasted:?}");
    }
    // As words of their own too: no quotes are needed.
    let words = office.run([
        "request",
        "activate",
        &digits[..4],
        &digits[4..8],
        &digits[8..],
    ]);
    assert_eq!(words.done().code(), plain);

    // A mail program broke the code where it liked and put blanks in between.
    let answer = desk.answer(&plain);
    let broken: String = answer
        .chars()
        .enumerate()
        .flat_map(|(place, symbol)| {
            let cut = if place % 23 == 22 { "\r\n   " } else { "" };
            std::iter::once(symbol).chain(cut.chars())
        })
        .collect();
    assert_ne!(broken, answer);
    office.apply(&broken).tells("licensed: timetracker");
}

/// 2. The license states edition and number of users; the status shows contracted, used and remaining.
#[test]
fn contracted_used_and_remaining() {
    let world = World::new();
    let (_, office, _) = registered(&world, &["--limit", "users=10"]);
    let said = office.run(["status", "--count", "users=8"]).done();
    for words in ["edition", "enterprise", "users: 8 of 10 used, 2 remaining"] {
        assert!(said.stdout.contains(words), "{words}: {said}");
    }
    let counts = |run: Value| run["counts"].clone();
    let within =
        json!([{ "limit": "users", "count": 8, "most": 10, "remaining": 2, "over_by": 0 }]);
    assert_eq!(
        counts(office.run(["status", "--count", "users=8"]).json()),
        within
    );
    assert_eq!(
        counts(office.check_with(&["--count", "users=8"]).json()),
        within
    );
    office
        .check_with(&["--count", "users=8"])
        .done()
        .prints("users 8 of 10");
    assert_eq!(
        counts(office.check().json()),
        json!([]),
        "nothing was asked"
    );
}

/// 3. More users than contracted: administrators get in, others are refused with the reason; deleting users or adding licenses heals it.
#[test]
fn administrators_get_in_to_delete_users() {
    let world = World::new();
    let (desk, office, key) = registered(&world, &["--limit", "users=10", "--limit", "kiosks=2"]);
    let asked =
        |users: &str, kiosks: &str| office.check_with(&["--count", users, "--count", kiosks]);
    asked("users=10", "kiosks=2").done();

    // What the application learns: everything else is in order (so an administrator may go in), and by how much which limits are exceeded.
    let over = asked("users=12", "kiosks=5");
    over.refused(16, "over_limit")
        .tells("users: 12 is 2 above the 10")
        .tells("kiosks: 5 is 3 above the 2");
    let object = over.with_json_exits(16);
    assert_eq!(object["state"], "licensed");
    assert_eq!(
        object["counts"],
        json!([
            { "limit": "users", "count": 12, "most": 10, "remaining": 0, "over_by": 2 },
            { "limit": "kiosks", "count": 5, "most": 2, "remaining": 0, "over_by": 3 },
        ])
    );
    assert_eq!(
        object["error"]["limit"], "users",
        "the first, for whoever looks at one only"
    );
    assert_eq!(object["error"]["over_by"], 2);
    let one = asked("users=10", "kiosks=3");
    assert_eq!(one.with_json_exits(16)["error"]["limit"], "kiosks");

    // What is out of order otherwise comes first: exit code 16 never hides it.
    asked("users=12", "kiosks=2")
        .arg("--feature")
        .arg("payroll")
        .refused(15, "feature_missing");

    // Deleting users heals it, and so does buying more.
    asked("users=9", "kiosks=2").done();
    desk.run(["license", "change", &key, "--limit", "users=20"])
        .done();
    office.apply(&desk.answer(&office.run(["request", "sync"]).done().code()));
    asked("users=12", "kiosks=2").done();
}

/// 4. Two dates: the license may run on when maintenance is over, and then only the bundled desktop application stops.
#[test]
fn the_end_of_maintenance_is_not_the_end_of_the_license() {
    let world = World::new();
    let dates = [
        "--maintenance",
        "2040-06-30",
        "--expires",
        "2040-12-31",
        "--grace",
        "0",
    ];
    let (_, office, _) = registered(&world, &dates);
    let desktop = ["--feature", "desktop"];
    let object = office.check_with(&desktop).json();
    assert_eq!(
        (&object["maintenance"], &object["expires"]),
        (&json!("2040-06-30"), &json!("2040-12-31"))
    );
    let status = office.run(["status"]).done();
    assert!(status.stdout.contains("until 2040-06-30"), "{status}");

    // It is spoken of ahead, by its own name.
    world.days_pass(100);
    office
        .check_with(&desktop)
        .done()
        .tells("maintenance ends in 21 days");
    world.days_pass(21);
    assert_eq!(world.day(0), "2040-06-30");
    office
        .check_with(&desktop)
        .done()
        .tells("this is the last day of maintenance");
    world.days_pass(1);
    office
        .check_with(&desktop)
        .owes(15, "maintenance_over")
        .tells("desktop needs maintenance, which ended on 2040-06-30");
    let stopped = office.check_with(&desktop).with_json_exits(15);
    assert_eq!(stopped["error"]["ended"], "2040-06-30");
    // The product goes on, and says nothing of it at each launch.
    office.check().done().silent();
    let status = office.run(["status"]).done();
    assert!(status.stdout.contains("ended on 2040-06-30"), "{status}");
    assert!(
        status.stdout.contains("expires         2040-12-31"),
        "{status}"
    );
    world.days_pass(183);
    assert_eq!(world.day(0), "2040-12-31");
    office.check().done();
    world.days_pass(1);
    office.check().refused(11, "expired");
    office.check_with(&desktop).refused(11, "expired");
}

/// 5. Renewal replaces what is held by what the new code says; the old code brings nothing back.
#[test]
fn a_renewal_replaces_what_is_held() {
    let world = World::new();
    let order = ["--expires", "2040-12-31", "--maintenance", "2040-12-31"];
    let (desk, office, key) = sold(
        &world,
        &[&order[..], &["--limit", "users=10", "--grace", "0"]].concat(),
    );
    let first = desk.answer(&office.request(&key));
    office.apply(&first);
    world.days_pass(310);
    office
        .check()
        .refused(11, "expired")
        .tells("ask for a renewal");
    let request = office.run(["request", "sync"]).done().code();
    desk.respond(&request)
        .owes(6, "expired")
        .tells("sell a renewal, then answer the same request");
    desk.run(["license", "change", &key, "--expires", "2041-12-31"])
        .arg("--maintenance")
        .arg("2041-12-31")
        .arg("--limit")
        .arg("users=7")
        .done();
    office
        .apply(&desk.answer(&request))
        .tells("expires 2040-12-31 → 2041-12-31")
        .tells("users 10 → 7");
    let object = office.check().json();
    assert_eq!(
        (&object["expires"], &object["limits"]["users"]),
        (&json!("2041-12-31"), &json!(7))
    );
    office.apply(&first).tells("a later response");
    assert_eq!(office.check().json()["limits"]["users"], 7);
}
