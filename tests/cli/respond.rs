//! `respond`: answers, repeats, replacements, refusals.

use crate::world::{DAY, Desk, Machine, World, altered, decoded};

fn sold<'w>(world: &'w World, options: &[&str]) -> (Desk<'w>, Machine<'w>, String) {
    world.sold(&["--feature", "export"], options)
}

fn another<'w>(desk: &Desk<'w>, name: &str) -> Machine<'w> {
    let machine = desk.world().machine(name);
    machine.install(&desk.world().path().join("files/survey.product"));
    machine
}

#[test]
fn the_answer_stands_alone_on_standard_output() {
    let world = World::new();
    let (desk, ship, key) = sold(&world, &["--seats", "3", "--expires", "2041-01-31"]);
    let said = desk.respond(&ship.request(&key)).done();
    assert!(said.code().starts_with("RSP1: "), "{said}");
    said.tells("activated: Survey for Aurora Shipping, 1 seat of 3")
        .tells("expires 2041-01-31 and re-validate by 2040-03-31");
}

#[test]
fn json_has_what_a_script_needs() {
    let world = World::new();
    let (desk, ship, key) = sold(&world, &["--maintenance", "2040-12-31"]);
    let asked = ship.run(["request", "activate", &key]).json();
    let request = asked["code"].as_str().unwrap();
    let object = desk.respond(request).json();
    let code = object["code"].as_str().unwrap();
    assert_eq!(desk.answer(request), code);
    assert_eq!(object["activation"], asked["activation"]);
    for (name, value) in [
        ("kind", "grant"),
        ("license_key", &key),
        ("verdict", "activated"),
        ("product", "survey"),
        ("customer", "Aurora Shipping"),
        ("type", "standalone"),
        ("maintenance", "2040-12-31"),
        ("revalidate_by", "2040-03-31"),
    ] {
        assert_eq!(object[name], value, "{name}");
    }
    assert!(
        object["expires"].is_null()
            && object["corrections"].is_array()
            && object["warnings"].is_array(),
        "{object}"
    );
    assert_eq!(
        (object["generation"].as_u64(), object["seats"].as_u64()),
        (Some(1), Some(1))
    );
    assert_eq!(desk.respond(request).json()["verdict"], "repeated");
}

#[test]
fn the_same_request_gets_the_same_bytes_and_no_second_seat() {
    let world = World::new();
    let (desk, ship, key) = sold(&world, &["--expires", "2040-04-01"]);
    let request = ship.request(&key);
    let answer = desk.answer(&request);
    for _ in 0..3 {
        world.days_pass(20);
        // For ever, also when the license is over.
        assert_eq!(
            desk.respond(&request)
                .done()
                .tells("answered before")
                .code(),
            answer
        );
    }
    assert_eq!(desk.seats_taken(&key), 1);
    assert_eq!(desk.run(["ledger", "verify"]).json()["answers"], 1);
}

#[test]
fn a_dry_run_changes_nothing() {
    let world = World::new();
    let (desk, ship, key) = sold(&world, &[]);
    let request = ship.request(&key);
    let before = world.snapshot();
    let said = desk
        .respond_with(&request, &["--dry-run"])
        .done()
        .tells("nothing was changed")
        .tells("activated: Survey");
    assert_eq!(said.stdout, "");
    let object = desk.respond_with(&request, &["--dry-run"]).json();
    assert_eq!(
        (
            object["dry_run"].as_bool(),
            object["code"].as_str(),
            object["verdict"].as_str()
        ),
        (Some(true), None, Some("activated"))
    );
    assert!(before == world.snapshot());
    desk.answer(&request);
    desk.respond_with(&request, &["--dry-run"])
        .done()
        .tells("answered before");
    let third = another(&desk, "third");
    desk.respond_with(&third.request(&key), &["--dry-run"])
        .refused(6, "no_seat_free");
}

#[test]
fn a_machine_takes_its_own_place_four_times_a_year_and_then_a_clerk_decides() {
    let world = World::new();
    let (desk, ship, key) = sold(&world, &[]);
    desk.license(&ship, &key);
    for nth in 1..=4 {
        // Its files were lost: the same machine asks again.
        std::fs::remove_dir_all(ship.kept("machine/licenses")).unwrap();
        std::fs::remove_dir_all(ship.kept("machine/secrets")).unwrap();
        world.days_pass(1);
        let answer = desk.respond(&ship.request(&key)).done();
        let code = answer.code();
        answer
            .tells("activated in the place of another")
            .tells(&format!("{nth} of 4 in 365 days"));
        ship.apply(&code);
        assert_eq!(desk.seats_taken(&key), 1);
    }
    let request = ship
        .run(["request", "activate", &key, "--new"])
        .done()
        .code();
    desk.respond(&request)
        .owes(6, "needs_supersede")
        .tells("activated anew 4 times in 365 days")
        .tells("respond --supersede --reason TEXT");
    desk.respond_with(&request, &["--override"])
        .refused(2, "usage");
    desk.respond_with(&request, &["--reason", "x"])
        .refused(2, "usage");
    desk.respond_with(&request, &["--override", "--reason", "  "])
        .refused(2, "usage");
    let said = desk
        .respond_with(&request, &["--override", "--reason", "disk swapped thrice"])
        .done();
    ship.apply(&said.code());
    said.tells("a rule was set aside by the manager");
    assert_eq!(desk.seats_taken(&key), 1);

    // What is a year old no longer counts.
    world.days_pass(366);
    let request = ship
        .run(["request", "activate", &key, "--new"])
        .done()
        .code();
    desk.respond(&request).done().tells("1 of 4 in 365 days");
}

#[test]
fn a_repaired_machine_is_the_same_one() {
    let world = World::new();
    let (desk, ship, key) = sold(&world, &[]);
    desk.license(&ship, &key);
    ship.change(|facts| {
        facts.mac = Some("00:1b:22:33:44:55".to_owned()).into();
        facts.root_fs_uuid = Some("0f1e2d3c-1234-4321-abcd-000000000001".to_owned()).into();
    });
    let request = ship
        .run(["request", "activate", &key, "--new"])
        .done()
        .code();
    assert_eq!(desk.respond(&request).json()["verdict"], "replaced");
    // Three parts of five are another machine.
    ship.change(|facts| facts.disk_serial = Some("s9-another".to_owned()).into());
    let ship = another(&desk, "ship");
    ship.change(|facts| {
        facts.mac = None.into();
        facts.disk_serial = Some("s9-another".to_owned()).into();
        facts.product_uuid = Some("0f1e2d3c-1234-4321-abcd-000000000002".to_owned()).into();
    });
    let request = ship
        .run(["request", "activate", &key, "--new"])
        .done()
        .code();
    desk.respond(&request).owes(6, "no_seat_free");
}

#[test]
fn seats_of_a_floating_license() {
    let world = World::new();
    let (desk, ship, key) = sold(&world, &["--type", "floating", "--seats", "10"]);
    let request = ship.request_with(&key, &["--seats", "4"]);
    assert_eq!(desk.respond(&request).json()["seats"], 4);
    let second = another(&desk, "second");
    let request = second.request_with(&key, &["--seats", "7"]);
    desk.respond(&request)
        .owes(6, "no_seat_free")
        .tells("7 seats are wanted and 6 of 10 are free");
    desk.respond_with(&request, &["--seats", "0"])
        .owes(2, "usage");
    assert_eq!(
        desk.respond_with(&request, &["--seats", "2"]).json()["seats"],
        2
    );
    // Who leaves it open gets what is left.
    let third = another(&desk, "third");
    assert_eq!(desk.respond(&third.request(&key)).json()["seats"], 4);
    assert_eq!(desk.seats_taken(&key), 10);
    desk.run(["license", "show", &key])
        .done()
        .prints("10 of 10 taken")
        .prints("4 seats, generation 1");
}

#[test]
fn refusals_say_why_and_change_nothing() {
    let world = World::new();
    let (desk, ship, key) = sold(&world, &["--expires", "2040-03-10"]);
    // Another desk's license.
    let stranger = world.desk("stranger");
    let file = world.path().join("files/survey.product");
    let known = std::fs::read(&file).unwrap();
    stranger.product("survey", &[]);
    let foreign = stranger.sell("survey", &[]);
    std::fs::write(&file, known).unwrap();
    desk.respond(&ship.request(&foreign))
        .owes(4, "unknown_key")
        .tells("license list");
    desk.respond(&ship.request(&foreign))
        .owes(4, "unknown_key")
        .tells("3 requests with unknown keys came today, from 1 sender");

    // Its clock is a year behind: said, and no reason to refuse.
    ship.clock_ahead(-366 * DAY);
    let request = ship.request(&key);
    desk.respond_with(&request, &["--dry-run"])
        .done()
        .tells("366 days behind");
    world.days_pass(9);
    desk.respond_with(&request, &["--dry-run"]).done();
    world.days_pass(1);
    desk.respond(&request)
        .owes(6, "expired")
        .tells("expired on 2040-03-10");
}

#[test]
fn codes_that_ask_nothing() {
    let world = World::new();
    let (desk, ship, key) = sold(&world, &[]);
    let request = ship.request(&key);
    let answer = desk.answer(&request);
    desk.respond("good morning").refused(3, "no_code");
    desk.respond(&answer)
        .refused(4, "wrong_kind")
        .tells("this is a response code");
    // One bit turned, with checks that fit again, in the flags, the product, the key, the fingerprint: another request, if it is one.
    for (byte, exit) in [(0, 4), (1, 4), (5, 4), (25, 4), (30, 4)] {
        desk.respond(&altered(&request, byte)).exits(exit);
    }
    // Requests are not signed: with another nonce it is what the machine itself would ask anew, and takes no second seat.
    desk.respond(&altered(&request, 8)).done();
    assert_eq!(desk.seats_taken(&key), 1);
    // Two that are called alike could not be told apart.
    desk.respond(&altered(&request, 12))
        .exits(6)
        .tells("is called A-");
    // Same nonce, other contents: one of the two was altered.
    let mut payload = decoded(&request).payload().to_vec();
    let clock = 1 + 2 + 5 + 12;
    payload[clock + 3] ^= 1;
    let code = countersign::text::Code::new(countersign::text::Kind::Activate, payload)
        .to_text()
        .unwrap();
    desk.respond(&code)
        .owes(4, "commitment_used")
        .tells("--new");
}

#[test]
fn a_machine_that_says_little_is_bound_weakly() {
    let world = World::new();
    let (desk, ship, key) = sold(&world, &[]);
    ship.change(|facts| {
        facts.mac = None.into();
        facts.disk_serial = None.into();
        facts.product_uuid = None.into();
    });
    let request = ship.request(&key);
    let object = desk.respond(&request).json();
    assert_eq!(object["warnings"][0]["kind"], "weakly_bound");
    ship.apply(object["code"].as_str().unwrap());
    assert_eq!(ship.check().json()["weakly_bound"], true);
}
