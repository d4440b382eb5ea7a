//! Clocks that are wrong, with what heals them: the clock set right, or one exchange of codes with a desk whose clock is right.

use crate::world::{DAY, Desk, HOUR, Machine, World};

fn licensed<'w>(world: &'w World, order: &[&str]) -> (Desk<'w>, Machine<'w>, String) {
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", order);
    let ship = world.machine("ship");
    ship.install(&file);
    desk.license(&ship, &key);
    (desk, ship, key)
}

fn exchange(desk: &Desk<'_>, ship: &Machine<'_>) -> String {
    let request = ship.run(["request", "sync", "--new"]).done().code();
    let said = desk.respond(&request).done();
    ship.apply(&said.code());
    said.stderr
}

/// Set back by months to use a license for longer: seven days, then it waits; an exchange gives seven more and says so to the clerk.
#[test]
fn set_back() {
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &["--grace", "90"]);
    world.days_pass(60);
    ship.check().done().silent();
    ship.clock_ahead(-50 * DAY);
    for left in (1..=7).rev() {
        ship.check()
            .done()
            .tells(&format!("set it within {left} day"));
        world.days_pass(1);
    }
    ship.check()
        .owes(14, "clock_behind")
        .tells("countersign request sync");
    // A restart makes nothing of it undone, nor does another home.
    ship.restart();
    ship.check().owes(14, "clock_behind");

    // Nobody there can set the clock: the desk's answer lets them work on.
    let said = exchange(&desk, &ship);
    assert!(
        said.contains("the machine's clock is 50 days behind"),
        "{said}"
    );
    ship.check().done().tells("set it within 7 days");
    ship.clock_ahead(0);
    ship.check().done().silent();
}

/// Set back to where it was at each start: what the program runs counts by uptime, and the license ends when that is used up.
#[test]
fn set_back_at_each_start() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[]);
    let last = world.day(3);
    desk.run(["license", "change", &key, "--expires", &last])
        .done();
    exchange(&desk, &ship);
    let program = r#"sed -i -E 's/"uptime":[0-9]+/"uptime":36000/' "$COUNTERSIGN_TEST_MACHINE""#;
    // Noon, and ten hours a day: the end of the fourth day is 84 hours away.
    for hours in (0..=80).step_by(10) {
        ship.restart();
        let left = ship.check().json()["days_left"].as_i64();
        assert_eq!(left, Some(3 - (12 + hours) / 24), "after {hours} hours");
        ship.run(["run", "--", "sh", "-c", program]).done();
        // Days have passed, and the clock is where it was.
        world.days_pass(2);
        ship.clock_ahead(ship_clock(&world));
    }
}

/// Seconds by which a clock is ahead that still stands where the world began.
fn ship_clock(world: &World) -> i64 {
    World::new().now() - world.now()
}

/// Set ahead by mistake for days, so that it was believed, and then set right: a warning for a week, and one exchange heals it at once.
#[test]
fn set_ahead_by_mistake_and_set_right() {
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &["--grace", "90"]);
    ship.clock_ahead(20 * DAY);
    for _ in 0..3 {
        ship.check().done();
        world.days_pass(1);
    }
    ship.clock_ahead(0);
    ship.check()
        .done()
        .tells("clock is behind; set it within 7 days");
    let said = exchange(&desk, &ship);
    assert!(!said.contains("hours"), "its clock is right: {said}");
    ship.check().done().silent();
    assert_eq!(ship.check().json()["days_left"], 90);
    world.days_pass(30);
    ship.check().done().silent();
}

/// A clock at 2099 refuses, says why, keeps nothing of it, and heals as soon as it is right.
#[test]
fn set_to_2099_for_an_afternoon() {
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &["--expires", "2041-03-01"]);
    ship.check().done();
    let ahead = 59 * 365 * DAY;
    ship.clock_ahead(ahead);
    for _ in 0..3 {
        ship.check()
            .refused(11, "expired")
            .tells("if the computer's clock is right");
        world.days_pass(1);
    }
    ship.clock_ahead(0);
    ship.check().done().silent();
    // Also where an exchange came in between.
    ship.clock_ahead(ahead);
    let said = exchange(&desk, &ship);
    assert!(said.contains("59 years ahead"), "{said}");
    ship.check().refused(11, "expired");
    ship.clock_ahead(0);
    ship.check().done().silent();
    assert_eq!(ship.check().json()["days_left"], 30);
}

/// A dead battery: 1970 after each start. Said as what it is, for a week of use; an exchange gives another week.
#[test]
fn a_dead_battery() {
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &[]);
    let started_in_1970 = || {
        ship.restart();
        ship.clock_ahead(-world.now());
    };
    started_in_1970();
    ship.check().done().tells("not set (is its battery empty?)");
    // A start counts for four hours at least: the week is used up at the 43rd.
    for _ in 2..43 {
        world.days_pass(1);
        started_in_1970();
        ship.check().done();
    }
    world.days_pass(1);
    started_in_1970();
    ship.check().owes(14, "clock_behind");
    let said = exchange(&desk, &ship);
    assert!(said.contains("years behind"), "{said}");
    ship.check().done().tells("is its battery empty?");
    // A new battery, and all is well.
    ship.clock_ahead(0);
    ship.check().done().silent();
    desk.run(["ledger", "verify"]).done();
}

/// Time zones and daylight saving: a computer that takes local time for UTC is up to 14 hours off, and nobody says a word.
#[test]
fn time_zones_and_daylight_saving() {
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &[]);
    for (hours, zone) in [
        (14, "Pacific/Kiritimati"),
        (-12, "Etc/GMT+12"),
        (1, "Europe/Oslo"),
        (2, "Europe/Oslo"),
        (0, "UTC"),
    ] {
        ship.clock_ahead(hours * HOUR);
        ship.check().env("TZ", zone).done().silent();
        world.days_pass(2);
    }
    // A day ends at the same moment whatever the zone: days are counted in UTC.
    let zones = ["Pacific/Kiritimati", "Etc/GMT+12"];
    let left = zones.map(|zone| ship.check().env("TZ", zone).json()["days_left"].clone());
    assert_eq!(left[0], left[1]);
    // From one end of the world to the other between two requests.
    ship.clock_ahead(14 * HOUR);
    exchange(&desk, &ship);
    ship.clock_ahead(-12 * HOUR);
    let said = exchange(&desk, &ship);
    assert!(
        said.contains("green") && !said.contains("warning"),
        "{said}"
    );
    ship.check().done().silent();
}

/// The desk's own clock was a year ahead when it answered: the machine's seems to be behind, and the desk's next answer puts that right.
#[test]
fn a_desk_whose_clock_was_wrong() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--grace", "0", "--expires", "2042-12-31"]);
    let ship = world.machine("ship");
    ship.install(&file);
    desk.clock_ahead(365 * DAY);
    desk.respond(&ship.request(&key))
        .done()
        .tells("365 days behind");
    desk.license(&ship, &key);
    ship.check()
        .done()
        .tells("clock is behind; set it within 7 days");
    desk.clock_ahead(0);
    world.days_pass(2);
    // Set right, it is behind its own history, and asks for a word.
    desk.respond(&ship.run(["request", "sync"]).done().code())
        .refused(6, "desk_clock");
    desk.run(["desk", "clock", "--right", "--reason", "a new battery"])
        .done();
    let said = exchange(&desk, &ship);
    assert!(
        said.contains("green") && !said.contains("the machine's clock"),
        "{said}"
    );
    ship.check().done().silent();
    desk.run(["ledger", "verify"]).done();
}
