//! `request sync`, and what goes with it: a machine that changed, USB keys, other names of a server, a shared home, a request given up.

use super::check::licensed;
use crate::world::{Machine, World};
use serde_json::json;

#[test]
fn json_says_what_was_asked_and_what_it_changed() {
    let world = World::new();
    let order = ["--type", "floating", "--seats", "5", "--limit", "users=250"];
    let (desk, ship, key) = licensed(&world, &[], &order);
    let sync = || ship.run(["request", "sync"]);
    let first = sync().json();
    for (name, value) in [
        ("kind", json!("sync")),
        ("verdict", json!("new")),
        ("license_key", json!(key)),
        ("generation", json!(1)),
        ("changes", json!([])),
        ("mail", json!("desk@example.com")),
    ] {
        assert_eq!(first[name], value, "{name}");
    }
    let code = first["code"].as_str().unwrap();
    assert!(code.starts_with("SYN1: "), "{code}");
    assert_eq!(sync().json()["verdict"], "repeated");
    assert_eq!(sync().done().tells("the same code again").code(), code);
    ship.run(["status"])
        .done()
        .tells("countersign apply")
        .prints("1 request");

    desk.run([
        "license",
        "change",
        &key,
        "--seats",
        "8",
        "--limit",
        "users=500",
        "--grace",
        "71",
    ])
    .done();
    let answer = desk.answer(code);
    let (before, after) = (world.day(30), world.day(71));
    ship.apply(&answer).tells(&format!(
        "seats 5 → 8, re-validate by {before} → {after} and users 250 → 500"
    ));
    assert_eq!(ship.check().json()["seats"], 8);
    let again = ship.run(["apply"]).piped(&answer).json();
    assert_eq!(again["outcome"], "already_applied");
    let history = ship.run(["status"]).json()["history"].clone();
    assert_eq!(history.as_array().unwrap().len(), 2);
}

#[test]
fn code_outputs_are_those_of_any_request() {
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &[], &[]);
    let plain = ship.run(["request", "sync"]).done().code();
    for code_output in ["--mail", "--spell"] {
        let said = ship.run(["request", "sync", code_output]).done();
        // Whatever it looks like, the desk reads the same request from it.
        let answer = desk.respond(&said.stdout).done();
        assert_eq!(answer.code(), desk.answer(&plain), "{code_output}");
    }
    for (code_output, words) in [
        ("--mail", "seat freed"),
        ("--spell", "nothing more is freed"),
    ] {
        let said = ship.run(["return", "--yes", code_output]).done();
        desk.respond(&said.stdout).done().tells(words);
    }
}

#[test]
fn drift_is_warned_of_said_and_healed() {
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &[], &[]);
    ship.change(|facts| {
        facts.product_uuid = Some("9c4c4544-0042-3510-8052-b3c04f4b4e01".to_owned()).into();
        facts.mac = Some("3c:ec:ef:99:99:99".to_owned()).into();
        facts.disk_serial = Some("7a-another-one".to_owned()).into();
    });
    ship.check().done().tells("the machine has changed");
    world.days_pass(3);
    ship.check().refused(13, "wrong_machine");
    let request = ship
        .run(["request", "sync"])
        .done()
        .tells("main board, network card, system disk changed");
    let said = desk.respond(&request.code()).done();
    ship.apply(&said.tells("moved to another machine (1 of 2").code());
    ship.check().done().silent();
    let stranger = world.machine("stranger");
    ship.change(|facts| *facts = stranger.facts());
    ship.check().refused(13, "wrong_machine");
}

#[test]
fn a_request_is_given_up_before_its_answer_arrives() {
    let world = World::new();
    let desk = world.desk("desk");
    let ship = world.machine("ship");
    ship.install(&desk.product("survey", &[]));
    let key = desk.sell("survey", &[]);
    ship.run(["return", "--yes"]).refused(10, "not_licensed");
    let answer = desk.answer(&ship.request(&key));
    let give_up = || ship.run(["return", "--yes"]).done().code();
    let code = give_up();
    assert_eq!(give_up(), code);
    let symbols = code.trim_start_matches("RET1: ");
    let symbols = symbols.chars().filter(char::is_ascii_alphanumeric);
    assert!(symbols.count() < 45, "{code}");
    ship.run(["apply"]).piped(&answer).refused(6, "given_up");
    assert_eq!(ship.check().with_json_exits(10)["state"], "returned");
    desk.respond(&code).done().tells("seat freed");
    assert_eq!(desk.seats_taken(&key), 0);
}

#[test]
fn which_usb_key_is_meant() {
    let world = World::new();
    let desk = world.desk("desk");
    let ship = world.machine("ship");
    ship.install(&desk.product("survey", &[]));
    let key = desk.sell("survey", &[]);
    let with = |device: &str| ship.run(["request", "activate", &key, "--usb", device]);
    with("0529:0001")
        .refused(2, "usage")
        .tells("no serial number");
    ship.plug(&["0529:0001:8a3f21", "0529:0001:9b"]);
    with("auto").refused(2, "usage").tells("0529:0001:9b");
    ship.apply(&desk.answer(&with("0529:0001:8A3F21").done().code()));
    ship.check().done();
    // Another key is one exchange; none at all is another, where the license needs none.
    ship.plug(&["0529:0001:9b"]);
    ship.check().refused(10, "usb_missing");
    let exchange = |device: &str, words: &str| {
        let request = ship.run(["request", "sync", "--usb", device]).done();
        ship.apply(&desk.answer(&request.tells(words).code()));
        ship.check().done().silent();
    };
    exchange("auto", "another USB key");
    ship.plug(&[]);
    exchange("none", "no USB key any more");
    exchange("none", "enter the answer here");
}

#[test]
fn a_usb_key_that_is_sold_with_the_license_cannot_be_dropped() {
    let world = World::new();
    let desk = world.desk("desk");
    let ship = world.machine("ship");
    ship.install(&desk.product("survey", &[]));
    let hasp = "0529:0001:8a3f21";
    let key = desk.sell("survey", &["--usb", hasp]);
    ship.plug(&[hasp]);
    ship.apply(&desk.answer(&ship.request_with(&key, &["--usb", "auto"])));
    let request = ship.run(["request", "sync", "--usb", "none"]).done().code();
    // The history tells of the secret that it gave away, once.
    desk.respond(&request).owes(6, "other_usb");
    desk.respond(&request).refused(6, "other_usb");
    ship.plug(&[]);
    ship.check().refused(10, "usb_missing");
}

fn bound_to_a_server(world: &World) -> (crate::world::Desk<'_>, Machine<'_>, String) {
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--bind", "server", "--no-fingerprint"]);
    let key = desk.sell("survey", &[]);
    let pc = world.machine("pc1");
    pc.install(&file);
    (desk, pc, key)
}

#[test]
fn an_alias_is_no_other_server() {
    let world = World::new();
    let (desk, pc, key) = bound_to_a_server(&world);
    pc.apply(&desk.answer(&pc.request_with(&key, &["--bind", "server=."])));
    let check = || pc.check_with(&["--bind", "server=10.0.0.5"]);
    check().refused(13, "wrong_binding");
    pc.run(["alias", "10.0.0.5=PC1"]).done();
    pc.run(["alias"]).done().prints("10.0.0.5=pc1\n");
    check().done();
    let sync = |server: &str| {
        let server = format!("server={server}");
        pc.run(["request", "sync", "--bind", &server]).json()
    };
    assert_eq!(sync("10.0.0.5")["changes"], json!([]));
    pc.run(["alias", "--forget", "10.0.0.5"]).done();
    check().refused(13, "wrong_binding");
    assert_eq!(sync("db2")["changes"], json!(["server pc1 → db2"]));
}

/// A home on a share: what one workstation is granted, the others may read, after every further command too; secrets only their owner.
#[cfg(unix)]
#[test]
fn a_shared_home_stays_readable() {
    use std::os::unix::fs::PermissionsExt;

    let world = World::new();
    let (desk, pc, key) = bound_to_a_server(&world);
    std::fs::remove_dir_all(pc.home()).unwrap();
    let file = world.path().join("files/survey.product");
    pc.run(["product", "install", "--system"]).arg(&file).done();
    let request = pc.request_with(&key, &["--bind", "server=db1", "--system"]);
    pc.apply(&desk.answer(&request));
    pc.run(["request", "sync"]).done();
    pc.run(["alias", "10.0.0.5=db1"]).done();
    let mode = |below: &str| {
        let path = pc.kept("machine").join(below);
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    let digits = key.replace('-', "");
    assert_eq!(mode(&format!("licenses/{digits}.json")), 0o644);
    assert_eq!(mode("aliases.json"), 0o644);
    assert_eq!(mode(&format!("secrets/{digits}.json")), 0o600);
    assert_eq!(mode("secrets"), 0o700);
}
