//! Moves, weak machines and names of activations, as the clerk meets them.

use super::check::licensed;
use crate::world::{Machine, World};
use serde_json::json;

fn ask(machine: &Machine<'_>) -> String {
    let sync = ["request", "sync", "--new"];
    machine.run(sync).done().code()
}

/// Two of five parts at a time: the seat walks no further than a license may move.
#[test]
fn six_machines_on_one_seat_in_a_day() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &[]);
    let mut answered = 0;
    for number in 0..6 {
        ship.change(|facts| match number % 3 {
            0 => {
                facts.mac = format!("3c:ec:ef:10:21:{number:02x}").as_str().into();
                facts.disk_serial = format!("s3z2nb0k99{number}").as_str().into();
            }
            1 => {
                facts.product_uuid = format!("4c4c4544-0042-3510-8052-b3c04f4b5e{number:02x}")
                    .as_str()
                    .into();
                facts.mac = format!("3c:ec:ef:10:22:{number:02x}").as_str().into();
            }
            _ => {
                facts.disk_serial = format!("s3z2nb0k88{number}").as_str().into();
                facts.product_uuid = format!("4c4c4544-0042-3510-8052-b3c04f4b6e{number:02x}")
                    .as_str()
                    .into();
            }
        });
        let request = ask(&ship);
        let said = desk.respond(&request).said();
        if said.exit != 0 {
            desk.respond(&request)
                .refused(6, "held_for_manager")
                .tells("respond --override --reason TEXT");
            break;
        }
        ship.apply(&said.code());
        answered += 1;
    }
    assert_eq!(answered, 3, "one by exchanges, two as moves");
    let shown = desk.run(["license", "show", &key]).done();
    shown.prints("moves 2 of 2, exchanges 2 of 2, returns 0 of 6");
    let object = desk.run(["license", "show", &key]).json();
    assert_eq!(object["moves"], json!({ "counted": 2, "of": 2 }));
    assert_eq!(object["exchanges"], json!({ "counted": 2, "of": 2 }));
    assert_eq!(object["returns"], json!({ "counted": 0, "of": 6 }));
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn a_weak_machine_is_held_until_a_clerk_accepts_it_or_a_usb_key_binds_it() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--weak", "hold"]);
    desk.run(["product", "show", "survey"])
        .done()
        .prints("hold");
    assert_eq!(
        desk.run(["product", "show", "survey"]).json()["weak"],
        "hold"
    );
    let key = desk.sell("survey", &["--seats", "2"]);
    let guest = world.machine("guest");
    guest.install(&file);
    guest.change(|facts| {
        facts.mac = None.into();
        facts.disk_serial = None.into();
    });
    let request = guest.request(&key);
    desk.respond(&request)
        .owes(6, "weak_machine")
        .tells("respond --accept-weak --reason TEXT");
    desk.respond_with(&request, &["--accept-weak"])
        .owes(2, "usage");
    let clerk = ["--accept-weak", "--reason", "our own cloud"];
    let said = desk.respond_with(&request, &clerk).done();
    guest.apply(&said.code());
    desk.respond(&ask(&guest)).done();
    let history = desk.run(["ledger", "history", &key]).done();
    assert!(history.stdout.contains("our own cloud"), "{history}");
    desk.run(["license", "show", &key])
        .done()
        .prints("weakly: a copy of its disk or image passes for it");
    // Refused from now on, for whoever is new; the file that ships with the application is the same.
    let changed = desk.run(["product", "change", "survey", "--weak", "refuse"]);
    assert_eq!(
        changed.json(),
        json!({ "product": "survey", "version": 1, "weak": "refuse" })
    );
    let second = world.machine("second");
    second.install(&file);
    second.change(|facts| {
        facts.mac = None.into();
        facts.disk_serial = None.into();
    });
    let request = second.request(&key);
    desk.respond_with(&request, &clerk)
        .owes(6, "weak_machine")
        .tells("respond --override --reason TEXT");
    second.plug(&["0529:0001:8a3f21"]);
    let bound = second.request_with(&key, &["--usb", "0529:0001:8a3f21", "--new"]);
    second.apply(&desk.respond(&bound).done().code());
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn an_activation_may_be_named_with_its_key() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &[]);
    let id = ship.check().json()["activation"]
        .as_str()
        .unwrap()
        .to_owned();
    let other = desk.sell("survey", &[]);
    let release = |key: &str| desk.run(["release", &id, key, "--lost", "--reason", "stolen"]);
    release(&other).refused(4, "unknown_activation");
    let shown = desk.run(["license", "show", &id]).json();
    assert_eq!(shown["license_key"], key);
    let history = desk.run(["ledger", "history", &id, &key]).done();
    assert!(history.stdout.contains("was activated"), "{history}");
    assert!(!history.stdout.contains("was sold"), "{history}");
    assert_eq!(release(&key).json()["license_key"], key);
    // Whoever has it now asks in vain, and the desk remembers.
    desk.respond(&ask(&ship)).owes(6, "given_up");
    let history = desk.run(["--json", "ledger", "history", &id]).done();
    let last = history.objects().pop().unwrap();
    assert_eq!(last["facts"]["proof"], "held");
    desk.run(["release", &id, "--held-back", "--reason", "x"])
        .refused(2, "nothing_to_change");
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn the_seventh_return_in_a_year_rests() {
    let world = World::new();
    let (desk, first, key) = licensed(&world, &[], &[]);
    let file = world.path().join("files/survey.product");
    let mut holder = first;
    for number in 0..6 {
        let code = holder.run(["return", "--yes"]).done().code();
        desk.respond(&code).done().tells("seat freed");
        holder = world.machine(&format!("machine {number}"));
        holder.install(&file);
        desk.license(&holder, &key);
    }
    let id = holder.check().json()["activation"]
        .as_str()
        .unwrap()
        .to_owned();
    let code = holder.run(["return", "--yes"]).done().code();
    let said = desk.respond(&code).json();
    assert_eq!(said["resting"]["free_after"], world.day(30));
    assert_eq!(said["seats_freed"], 0);
    // Asked once more, it says the same, and frees nothing either.
    let again = desk.respond(&code).json();
    assert_eq!(
        again["resting"]["free_after"],
        said["resting"]["free_after"]
    );
    desk.respond(&code).done().tells(&world.day(30));
    let next = world.machine("next");
    next.install(&file);
    let request = next.request(&key);
    desk.respond(&request)
        .owes(6, "no_seat_free")
        .tells("no seat is free: 1 of 1 is taken or held back")
        .tells(&format!("release {id} --held-back --reason TEXT"));
    let freed = desk.run([
        "release",
        &id,
        &key,
        "--held-back",
        "--reason",
        "wiped before our eyes",
    ]);
    freed.done().tells("1 seat freed");
    next.apply(&desk.respond(&request).done().code());
    desk.run(["ledger", "verify"]).done();
}
