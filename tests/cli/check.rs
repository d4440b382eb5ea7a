//! `check`: what an application asks at each launch. Every exit code, and what is said ahead of it.

use crate::world::{DAY, Desk, HOUR, Machine, World};

/// What the product of these tests has.
const EVERYTHING: &[&str] = &[
    "--feature",
    "export",
    "--feature",
    "import",
    "--limit",
    "users",
    "--maintained",
    "import",
];

pub(super) fn licensed<'w>(
    world: &'w World,
    product: &[&str],
    license: &[&str],
) -> (Desk<'w>, Machine<'w>, String) {
    let desk = world.desk("desk");
    let file = desk.product("survey", &[EVERYTHING, product].concat());
    let key = desk.sell("survey", license);
    let ship = world.machine("ship");
    ship.install(&file);
    if product.contains(&"--bind") {
        let request = ship.request_with(
            &key,
            &[
                "--bind",
                "server=db1.example.com",
                "--bind",
                "database=Nexus",
            ],
        );
        ship.apply(&desk.answer(&request));
    } else {
        desk.license(&ship, &key);
    }
    (desk, ship, key)
}

#[test]
fn a_license_in_force() {
    let world = World::new();
    let terms = [
        "--feature",
        "export",
        "--limit",
        "users=5",
        "--expires",
        "2041-01-31",
        "--maintenance",
        "2040-12-31",
    ];
    let (_, ship, key) = licensed(&world, &[], &terms);
    let said = ship.check().done().silent();
    assert_eq!(
        said.line(),
        format!("licensed: survey, {key}, 30 days left")
    );
    let object = ship.check().json();
    for (name, value) in [
        ("state", "licensed"),
        ("product", "survey"),
        ("license_key", &key),
        ("type", "standalone"),
        ("expires", "2041-01-31"),
        ("maintenance", "2040-12-31"),
        ("revalidate_by", "2040-03-31"),
    ] {
        assert_eq!(object[name], value, "{name}");
    }
    for (name, value) in [("seats", 1), ("days_left", 30), ("generation", 1)] {
        assert_eq!(object[name], value, "{name}");
    }
    assert_eq!(object["features"], serde_json::json!(["export"]));
    assert_eq!(object["limits"], serde_json::json!({ "users": 5 }));
    for (name, value) in [
        ("bindings", serde_json::json!({})),
        ("warnings", serde_json::json!([])),
        ("customer", serde_json::Value::Null),
        ("edition", serde_json::Value::Null),
    ] {
        assert_eq!(object.get(name), Some(&value), "{name}");
    }
    assert!(object.get("error").is_none());
}

#[test]
fn without_a_license_10() {
    let world = World::new();
    let ship = world.machine("ship");
    ship.check()
        .refused(10, "no_product")
        .tells("countersign product install FILE");
    let desk = world.desk("desk");
    ship.install(&desk.product("survey", &[]));
    ship.check()
        .refused(10, "not_licensed")
        .tells("countersign request activate KEY");
    let key = desk.sell("survey", &[]);
    ship.request(&key);
    ship.check()
        .refused(10, "not_licensed")
        .tells("countersign apply");
    assert_eq!(ship.check().with_json_exits(10)["state"], "unlicensed");
}

#[test]
fn past_its_last_day_11() {
    let world = World::new();
    let (_, ship, _) = licensed(&world, &[], &["--expires", "2040-04-20", "--grace", "0"]);
    ship.check().done().silent();
    world.days_pass(20);
    let object = ship.check().json();
    assert_eq!(
        (object["state"].as_str(), object["days_left"].as_i64()),
        (Some("warning"), Some(30))
    );
    assert_eq!(object["warnings"][0]["kind"], "expires_soon");
    ship.check().done().tells("the license expires in 30 days");
    world.days_pass(30);
    ship.check()
        .done()
        .tells("this is the last day of the license");
    world.days_pass(1);
    ship.check()
        .refused(11, "expired")
        .tells("expired on 2040-04-20");
    assert_eq!(ship.check().with_json_exits(11)["state"], "expired");
}

#[test]
fn past_its_grace_12_and_well_again_after_contact() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &[]);
    world.days_pass(22);
    ship.check().done().silent();
    world.days_pass(1);
    let said = ship
        .check()
        .done()
        .tells("only 7 days left in grace period");
    assert!(
        said.stdout.starts_with("licensed, with a warning: survey"),
        "{said}"
    );
    world.days_pass(7);
    ship.check()
        .done()
        .tells("this is the last day of the grace period");
    world.days_pass(1);
    ship.check().refused(12, "overdue");
    assert_eq!(ship.check().with_json_exits(12)["state"], "overdue");
    let request = ship
        .run(["request", "activate", &key, "--new"])
        .done()
        .code();
    ship.apply(&desk.answer(&request));
    ship.check().done().silent();
}

#[test]
fn on_another_machine_13() {
    let world = World::new();
    let (_, ship, _) = licensed(&world, &[], &[]);
    // One part is replaced, and one that cannot be read counts for nothing.
    ship.change(|facts| facts.mac = Some("00:ab:bb:cc:dd:ee".to_owned()).into());
    ship.change(|facts| facts.product_uuid = None.into());
    ship.check().done();
    // The whole home, copied to another computer.
    let other = world.machine("other");
    ship.copy_home_to(&other);
    other
        .check()
        .refused(13, "wrong_machine")
        .tells("belongs to another machine");
    assert_eq!(other.check().with_json_exits(13)["state"], "wrong_machine");
    ship.check().done();
}

#[test]
fn a_clock_that_is_behind_14() {
    let world = World::new();
    let (_, ship, _) = licensed(&world, &[], &["--grace", "365"]);
    ship.check().done();
    world.days_pass(60);
    ship.check().done();
    // A wrong time zone is no reason to say anything.
    ship.clock_ahead(-25 * HOUR);
    ship.check().done().silent();
    ship.clock_ahead(-40 * DAY);
    let object = ship.check().json();
    assert_eq!(object["warnings"][0]["kind"], "clock_behind");
    ship.check().done().tells("set it within 7 days");
    for left in [5, 3, 1] {
        world.days_pass(2);
        ship.check()
            .done()
            .tells(&format!("set it within {left} day"));
    }
    world.days_pass(2);
    // What is left of the week is kept once, also as it runs out.
    ship.check().exits(14);
    ship.check().refused(14, "clock_behind");
    assert_eq!(ship.check().with_json_exits(14)["state"], "clock_behind");
    // Set right again, everything is well.
    ship.clock_ahead(0);
    ship.check().done().silent();
}

#[test]
fn a_clock_that_was_never_set() {
    let world = World::new();
    let (_, ship, _) = licensed(&world, &[], &[]);
    ship.clock_ahead(-world.now());
    ship.check().done().tells("is its battery empty?");
    // Where nothing has a deadline the clock does not matter.
    let desk = world.desk("second desk");
    let file = desk.product("deep", &[]);
    let key = desk.sell("deep", &["--grace", "0"]);
    let other = world.machine("other");
    other.install(&file);
    desk.license(&other, &key);
    other.clock_ahead(-world.now());
    other.check().done().silent();
}

#[test]
fn a_clock_that_was_set_too_far_heals() {
    let world = World::new();
    let (_, ship, _) = licensed(&world, &[], &["--expires", "2040-12-31"]);
    ship.check().done();
    ship.clock_ahead(400 * DAY);
    ship.check().refused(11, "expired");
    ship.clock_ahead(0);
    ship.check().done().silent();
}

#[test]
fn the_demo() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product(
        "survey",
        &[
            EVERYTHING,
            &[
                "--demo-days",
                "30",
                "--demo-feature",
                "export",
                "--demo-limit",
                "users=2",
            ],
        ]
        .concat(),
    );
    let ship = world.machine("ship");
    ship.install(&file);
    let object = ship
        .check_with(&["--feature", "export", "--count", "users=2"])
        .json();
    assert_eq!(
        (object["state"].as_str(), object["days_left"].as_i64()),
        (Some("demo"), Some(29))
    );
    assert_eq!(object["limits"]["users"], 2);
    ship.check_with(&["--feature", "import"])
        .refused(15, "feature_missing");
    ship.check_with(&["--count", "users=3"])
        .refused(16, "over_limit");
    assert_eq!(ship.check().done().line(), "demo: survey, 29 days left");
    // Another home is no second demo, on the same machine.
    std::fs::remove_dir_all(ship.kept("machine")).unwrap();
    ship.install(&file);
    world.days_pass(29);
    assert_eq!(ship.check().json()["days_left"], 0);
    world.days_pass(1);
    ship.check()
        .refused(10, "demo_over")
        .tells("ended on 2040-03-30");
    // A license takes its place.
    let key = desk.sell("survey", &[]);
    desk.license(&ship, &key);
    ship.check().done().prints("licensed");
}
