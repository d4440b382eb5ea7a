//! `status`: what a machine holds, in words and for scripts.

use crate::world::World;

#[test]
fn status_shows_what_is_held_and_what_waits() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product(
        "survey",
        &[
            "--feature",
            "export",
            "--limit",
            "users",
            "--edition",
            "pro",
        ],
    );
    let key = desk.sell(
        "survey",
        &[
            "--edition",
            "pro",
            "--feature",
            "export",
            "--limit",
            "users=5",
        ],
    );
    let ship = world.machine("ship");
    ship.run(["status"])
        .done()
        .prints("no product is installed")
        .tells("countersign product install FILE");
    assert_eq!(ship.run(["status"]).json()["state"], "unlicensed");
    ship.install(&file);
    ship.run(["status"])
        .done()
        .prints("not licensed")
        .tells("countersign request activate KEY");

    let request = ship.request(&key);
    let waiting = ship.run(["status"]).json();
    assert_eq!(
        (waiting["state"].as_str(), waiting["pending"].as_u64()),
        (Some("unlicensed"), Some(1))
    );
    ship.run(["status"])
        .done()
        .prints("1 request for an answer")
        .tells("countersign apply");

    ship.apply(&desk.answer(&request));
    let object = ship.run(["status"]).json();
    assert_eq!(
        (
            object["state"].as_str(),
            object["pending"].as_u64(),
            object["edition"].as_str()
        ),
        (Some("licensed"), Some(0), Some("pro"))
    );
    assert_eq!(object["history"][0]["generation"], 1);
    let shown = ship.run(["status"]).done().silent();
    shown
        .prints(&key)
        .prints("licensed, 30 days left")
        .prints("users=5")
        .prints("2040-03-31");

    world.days_pass(40);
    ship.run(["status"])
        .done()
        .prints("overdue")
        .tells("what to do:");
    assert_eq!(ship.run(["status"]).json()["error"]["exit"], 12);
}

#[test]
fn status_of_several() {
    let world = World::new();
    let desk = world.desk("desk");
    let ship = world.machine("ship");
    ship.install(&desk.product("survey", &[]));
    ship.install(&desk.product("deep", &["--demo-days", "10"]));
    for _ in 0..2 {
        let request = ship.request_with(&desk.sell("survey", &[]), &["--product", "survey"]);
        ship.apply(&desk.answer(&request));
    }
    let objects = ship.run(["--json", "status"]).done().objects();
    let states: Vec<_> = objects
        .iter()
        .map(|object| {
            (
                object["product"].as_str().unwrap(),
                object["state"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        states,
        [
            ("deep", "demo"),
            ("survey", "licensed"),
            ("survey", "licensed")
        ]
    );
    assert_ne!(objects[1]["license_key"], objects[2]["license_key"]);
    assert_eq!(
        ship.run(["--json", "status", "--product", "deep"])
            .done()
            .objects()
            .len(),
        1
    );
    ship.run(["status", "--product", "other"])
        .done()
        .prints("the product other is not known on this machine");
}
