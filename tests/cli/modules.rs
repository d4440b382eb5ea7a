//! Modules that end on days of their own, texts, limits without an end: from the sale to what the application hears.

use serde_json::json;

use crate::world::{DAY, World};

const PRODUCT: &[&str] = &[
    "--feature",
    "export",
    "--feature",
    "sonar",
    "--limit",
    "users",
    "--text",
    "licensee",
];

#[test]
fn a_module_is_sold_with_its_own_last_day_and_ends_on_it() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", PRODUCT);
    let (sonar, users) = (world.day(40), world.day(60));
    let key = desk.sell(
        "survey",
        &[
            "--grace",
            "0",
            "--feature",
            "export",
            "--feature",
            &format!("sonar:{sonar}"),
            "--limit",
            &format!("users=5:{users}"),
            "--text",
            "licensee=Aurora Shipping",
        ],
    );
    let shown = desk.run(["license", "show", &key]).json();
    assert_eq!(shown["features"], json!(["export", "sonar"]));
    assert_eq!(shown["limits"], json!({ "users": 5 }));
    assert_eq!(shown["texts"], json!({ "licensee": "Aurora Shipping" }));
    assert_eq!(shown["ends"], json!({ "sonar": sonar, "users": users }));
    desk.run(["license", "show", &key])
        .done()
        .prints(&format!("export and sonar (until {sonar})"))
        .prints(&format!("users=5 (until {users})"))
        .prints("licensee=\"Aurora Shipping\"");

    let ship = world.machine("ship");
    ship.install(&file);
    let request = ship.request(&key);
    let answer = desk.answer(&request);
    ship.run(["inspect"])
        .piped(&answer)
        .done()
        .prints(&format!("sonar (until {sonar})"))
        .prints("licensee=\"Aurora Shipping\"");
    ship.apply(&answer);
    let asks = |options: &[&str]| ship.check_with(options);
    asks(&["--feature", "sonar", "--count", "users=5"])
        .done()
        .silent();

    world.days_pass(15);
    asks(&["--feature", "sonar"])
        .done()
        .tells(&format!("sonar ends in 25 days, on {sonar}"))
        .tells("renew it");
    world.days_pass(26);
    asks(&["--feature", "sonar"])
        .owes(15, "feature_ended")
        .tells(&format!("sonar ended on {sonar}"));
    let error = asks(&["--feature", "sonar"]).with_json_exits(15);
    assert_eq!(error["error"]["ended"], json!(sonar));
    let report = asks(&["--feature", "export"]).json();
    assert_eq!(report["state"], json!("warning"), "of the users' limit");
    assert_eq!(report["features"], json!(["export"]));
    assert_eq!(report["texts"], json!({ "licensee": "Aurora Shipping" }));
    assert_eq!(report["ended"], json!({ "sonar": sonar }));
    assert_eq!(report["expires"], json!(null));
    ship.run(["status"])
        .done()
        .prints(&format!("sonar (ended on {sonar})"));

    // Turned back to the day of the sale, the clock brings nothing back.
    ship.clock_ahead(-41 * DAY);
    asks(&["--feature", "sonar"]).owes(15, "feature_ended");
    ship.clock_ahead(0);
    world.days_pass(20);
    asks(&["--count", "users=1"])
        .owes(16, "over_limit")
        .tells(&format!("ended on {users}"));

    // Renewed, it is there again, and the customer is told what changed.
    let renewed = world.day(300);
    desk.run(["license", "change", &key, "--feature"])
        .arg(format!("sonar:{renewed}"))
        .arg("--limit")
        .arg("users=unlimited")
        .arg("--text")
        .arg("licensee=Aurora AS")
        .done()
        .prints(&format!("sonar on until {sonar} → on until {renewed}"))
        .prints(&format!("users 5 until {users} → unlimited"))
        .prints("licensee Aurora Shipping → Aurora AS");
    let request = ship.run(["request", "sync"]).done().code();
    ship.apply(&desk.answer(&request));
    asks(&["--feature", "sonar", "--count", "users=1000000"])
        .done()
        .prints("users 1000000 of unlimited");
    desk.run(["license", "change", &key, "--feature", "sonar"])
        .arg("--remove-text")
        .arg("licensee")
        .done()
        .prints(&format!("sonar on until {renewed} → on"))
        .prints("licensee Aurora AS → none");
}

#[test]
fn what_nobody_keeps_is_not_sold() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", PRODUCT);
    let new = ["license", "new", "--product", "survey", "--customer", "A"];
    let refused = |options: &[&str]| {
        desk.run(new.iter().chain(options)).refused(2, "usage");
    };
    refused(&["--type", "named", "--pool", "design=3"]);
    refused(&["--lend", "14"]);
    refused(&["--pool", "design=3"]);
    let key = desk.sell("survey", &[]);
    let change = ["license", "change", &key, "--lend", "14"];
    desk.run(change).refused(2, "usage");
    let add = ["product", "add", "deep", "--name", "Deep"];
    for options in [["--seat", "room"], ["--named-rest", "some"]] {
        desk.run(add.iter().chain(&options)).refused(2, "usage");
    }
    // A product that has modules, and a license on whose host their seats are counted.
    let seats = ["--pool", "design", "--seat", "host", "--named-rest", "72"];
    desk.run(add.iter().chain(&seats)).done();
    let shown = desk.run(["product", "show", "deep"]).done();
    let shown = shown.prints("design").prints("counts each host");
    shown.prints("rests 72 hours before another user gets it");
    let new = ["license", "new", "--product", "deep", "--customer", "A"];
    let pool = ["--pool", "design=3"];
    desk.run(new.iter().chain(&pool)).refused(2, "usage");
    let floating = ["--type", "floating", "--seats", "9"];
    let sold = desk.run(new.iter().chain(&pool).chain(&floating)).done();
    let key = sold.line();
    let change = ["license", "change", &key];
    desk.run(change.iter().chain(&["--type", "standalone"]))
        .refused(2, "usage")
        .tells("part of a floating license");
    let fewer = ["--pool", "design=2"];
    desk.run(change.iter().chain(&fewer))
        .done()
        .prints("design");
    let none = ["--type", "standalone", "--remove-pool", "design"];
    desk.run(change.iter().chain(&none)).done();
}

#[test]
fn dates_and_texts_that_cannot_be_sold() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", PRODUCT);
    let new = ["license", "new", "--product", "survey", "--customer", "A"];
    let refused = |options: &[&str]| desk.run(new.iter().chain(options)).refused(2, "usage");
    refused(&["--feature", "export:tomorrow"]);
    refused(&["--feature", "export:2041-02-29"]);
    refused(&["--limit", "users:2041-01-01"]);
    refused(&["--limit", "users=many"]);
    refused(&["--limit", "users=4294967295"]).tells("unlimited");
    refused(&["--text", "licensee"]);
    refused(&["--text", "licensee="]).tells("1 to 64 bytes");
    refused(&["--text", &format!("licensee={}", "é".repeat(33))]).tells("this one has 66");
    refused(&["--text", "licensee=Auro\u{202e}ra"]).tells("U+202E");
    refused(&["--text", "users=Aurora"]).tells("it has: licensee");
    refused(&["--feature", "licensee"]).tells("it has: export and sonar");
    refused(&["--text", "licensee=A", "--text", "licensee=B"]).tells("once");
    // A day that is gone by may be meant.
    let over = format!("export:{}", world.day(-1));
    let over = desk.run(new).arg("--feature").arg(over);
    over.done().tells("export ended on");
}

#[test]
fn the_product_says_when_the_end_of_the_grace_is_spoken_of() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--warn-days", "14", "--text", "licensee"]);
    let shown = desk.run(["product", "show", "survey"]).json();
    assert_eq!(shown["warn_days"], json!(14));
    assert_eq!(shown["texts"], json!(["licensee"]));
    desk.run(["product", "show", "survey"])
        .done()
        .prints("14 days before the end of the grace")
        .prints("licensee");
    let ship = world.machine("ship");
    ship.install(&file);
    let key = desk.sell("survey", &[]);
    desk.license(&ship, &key);
    world.days_pass(15);
    ship.check().done().silent();
    world.days_pass(1);
    ship.check().done().tells("only 14 days left");

    desk.run(["product", "change", "survey", "--warn-days", "3"])
        .done();
    let shown = desk.run(["product", "show", "survey"]).json();
    assert_eq!(
        (&shown["warn_days"], &shown["version"]),
        (&json!(3), &json!(2))
    );
}
