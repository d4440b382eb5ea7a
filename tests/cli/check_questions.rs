//! `check` with questions: what is connected, what is to be used, how much of it, whose word counts, which license.

use super::check::licensed;
use crate::world::World;

#[test]
fn bound_to_a_server_and_a_database_13() {
    let world = World::new();
    let (_, ship, _) = licensed(
        &world,
        &["--bind", "server,database", "--no-fingerprint"],
        &[],
    );
    let check = |options: &[&str]| ship.check_with(options);
    check(&[]).done();
    check(&["--bind", "server=DB1", "--bind", "database=NEXUS"]).done();
    check(&["--bind", "database=other"])
        .refused(13, "wrong_binding")
        .tells("\"nexus\", not to \"other\"");
    check(&["--bind", "server=db2"]).refused(13, "wrong_binding");
    check(&["--bind", "room=7"]).refused(13, "unknown_binding");
    check(&["--bind", "server=(localdb)"]).refused(2, "bad_machine_value");
    check(&["--bind", "server"]).refused(2, "usage");
    // Many workstations share one state.
    let workstation = world.machine("workstation");
    ship.copy_home_to(&workstation);
    workstation
        .check_with(&["--bind", "server=db1", "--bind", "database=nexus"])
        .done();
    workstation
        .check_with(&["--bind", "server=localhost"])
        .refused(13, "wrong_binding");
}

#[test]
fn features_15_and_counts_16() {
    let world = World::new();
    let (_, ship, _) = licensed(
        &world,
        &[],
        &[
            "--feature",
            "export",
            "--feature",
            "import",
            "--limit",
            "users=5",
            "--maintenance",
            "2040-03-20",
        ],
    );
    let check = |options: &[&str]| ship.check_with(options);
    check(&[
        "--feature",
        "export",
        "--feature",
        "import",
        "--count",
        "users=5",
    ])
    .done();
    check(&["--feature", "print"])
        .refused(15, "feature_missing")
        .tells("does not contain print");
    check(&["--count", "users=6"])
        .refused(16, "over_limit")
        .tells("users: 6 is 1 above the 5");
    check(&["--count", "doors=1"]).refused(16, "over_limit");
    check(&["--count", "doors=0"]).done();
    check(&["--count", "users"]).refused(2, "usage");
    check(&["--feature", "print", "--count", "users=6"]).refused(15, "feature_missing");
    world.days_pass(20);
    check(&[]).done();
    // Maintenance is over: what needs it stops, the product goes on.
    check(&["--feature", "import"])
        .refused(15, "maintenance_over")
        .tells("ended on 2040-03-20");
    check(&["--feature", "export"]).done();
    check(&[]).done();
}

#[test]
fn versions_that_were_released_while_maintenance_ran_15() {
    let world = World::new();
    let bought = ["--maintenance", "2040-03-20", "--seats", "9"];
    let (desk, ship, key) = licensed(&world, &[], &bought);
    let check = |day: &str| ship.check_with(&["--released", day]);
    let covered = || {
        check("2039-01-01").done();
        check("2040-03-20").done();
        check("2040-03-21")
            .refused(15, "release_not_covered")
            .tells("released on 2040-03-21")
            .tells("maintenance ended on 2040-03-20")
            .tells("the version of before");
        ship.check().done();
    };
    covered();
    // What is covered stays so for as long as the license runs; what is not does not become so by the clock.
    world.days_pass(25);
    covered();
    let object = check("2041-01-01").exits(15).stdout;
    assert!(object.is_empty(), "{object}");
    ship.run(["run", "--released", "2041-01-01", "--", "true"])
        .exits(115)
        .tells("released on 2041-01-01");
    let object = ship
        .run(["check", "--released", "2041-01-01", "--json"])
        .exits(15)
        .stdout;
    let object: serde_json::Value = serde_json::from_str(&object).unwrap();
    assert_eq!(object["error"]["ended"], "2040-03-20", "{object}");
    check("tomorrow").refused(2, "usage");
    check("2040-02-30").refused(2, "usage");

    // More was paid for; and of two licenses the one that covers it counts, also where it is younger or its key is higher.
    desk.run(["license", "change", &key, "--maintenance", "2041-12-31"])
        .done();
    let sync = ship.run(["request", "sync"]).done().code();
    ship.apply(&desk.answer(&sync));
    check("2041-01-01").done();
    check("2042-01-01").refused(15, "release_not_covered");
    let terms: [&[&str]; 3] = [
        &["--maintenance", "2039-12-31"],
        &[],
        &["--maintenance", "2038-12-31"],
    ];
    for maintenance in terms {
        let other = desk.sell("survey", maintenance);
        desk.license(&ship, &other);
    }
    check("2042-01-01").done();
    ship.check_with(&["--released", "2042-01-01", "--license", &key])
        .refused(15, "release_not_covered");
}

#[test]
fn a_demo_covers_every_version() {
    let world = World::new();
    let desk = world.desk("desk");
    let ship = world.machine("ship");
    ship.install(&desk.product("survey", &["--demo-days", "30"]));
    ship.check_with(&["--released", "2049-01-01"]).done();
}

#[test]
fn whose_word_is_trusted_5() {
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &[], &[]);
    let shown = desk.run(["product", "show", "survey"]).json();
    let fingerprint = shown["root_fingerprints"][0].as_str().unwrap();
    let spare = shown["root_fingerprints"][1].as_str().unwrap();
    ship.check_with(&["--trust", fingerprint]).done();
    ship.check_with(&["--trust", &fingerprint.to_lowercase().replace('-', "")])
        .done();
    ship.check_with(&["--trust", spare])
        .refused(5, "not_trusted")
        .tells(fingerprint);
    ship.check_with(&["--trust", "nonsense"])
        .refused(2, "usage");

    // Somebody puts a product file of his own in the place of the vendor's: without a pin the license is no longer trusted, with one the file is not.
    let stranger = world.desk("stranger");
    stranger
        .run(["product", "add", "survey", "--name", "Survey"])
        .done();
    stranger
        .run(["product", "export", "survey", "-o", "forged.product"])
        .done();
    std::fs::copy(
        world.path().join("files/forged.product"),
        ship.kept("machine/products/survey.product"),
    )
    .unwrap();
    ship.check().refused(5, "not_trusted");
    ship.check_with(&["--trust", fingerprint])
        .refused(5, "not_trusted")
        .tells("not by");
}

#[test]
fn several_products_and_several_licenses() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &["--seats", "2"]);
    ship.install(&desk.product("deep", &[]));
    ship.check()
        .refused(2, "usage")
        .tells("deep and survey")
        .tells("--product");
    ship.check_with(&["--product", "survey"]).done();
    ship.check_with(&["--product", "deep"])
        .refused(10, "not_licensed");
    ship.check_with(&["--product", "other"])
        .refused(10, "unknown_product");

    // The one that is good counts, unless one is named.
    let short = desk.sell("survey", &["--expires", "2040-03-05"]);
    let request = ship.request_with(&short, &["--product", "survey"]);
    ship.apply(&desk.answer(&request));
    world.days_pass(10);
    let check = |license: &str| ship.check_with(&["--product", "survey", "--license", license]);
    ship.check_with(&["--product", "survey"])
        .done()
        .prints(&key);
    check(&short).refused(11, "expired");
    check(&key).done();
    check("1").refused(3, "mistyped_key");
    let sold = desk.sell("survey", &[]);
    check(&sold).refused(10, "not_licensed");
}
