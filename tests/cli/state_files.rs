//! State that is missing, foreign, edited or damaged: named, nothing made worse, and mended by the desk or a backup.

use std::fs;

use serde_json::Value;

use crate::world::{Desk, Machine, World};

fn licensed<'w>(world: &'w World) -> (Desk<'w>, Machine<'w>, String) {
    let order = ["--limit", "users=5", "--expires", "2040-12-31"];
    let (desk, ship, key) = world.sold(&["--limit", "users"], &order);
    desk.license(&ship, &key);
    (desk, ship, key)
}

#[test]
fn a_missing_state_is_no_license_and_asking_anew_takes_no_second_seat() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world);
    fs::remove_file(ship.state_of(&key)).unwrap();
    ship.check().refused(10, "not_licensed");
    desk.license(&ship, &key);
    ship.check().done();
    assert_eq!(desk.seats_taken(&key), 1);
}

#[test]
fn a_damaged_state_is_named_and_left_as_it_is() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world);
    let path = ship.state_of(&key);
    let good = fs::read(&path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    for bad in [
        &b""[..],
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"{\"product\": \"survey\"}",
        &good[..good.len() / 2],
        &[0; 4096],
    ] {
        fs::write(&path, bad).unwrap();
        ship.check()
            .refused(5, "damaged_state")
            .tells(name)
            .tells("backup");
        ship.run(["status"]).refused(5, "damaged_state");
        ship.run(["pending", "list"]).refused(5, "damaged_state");
        ship.run(["request", "activate", &key])
            .refused(5, "damaged_state");
        ship.run(["apply"]).piped("nothing").refused(3, "no_code");
    }
    // One damaged license does not stop another.
    let second = desk.sell("survey", &[]);
    desk.license(&ship, &second);
    ship.check().done().prints(&second);
    // The backup is as good as new.
    fs::write(&path, &good).unwrap();
    ship.check_with(&["--license", &key]).done();
}

#[test]
fn an_edited_state_is_not_trusted() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world);
    let path = ship.state_of(&key);
    let good = fs::read_to_string(&path).unwrap();
    let state: Value = serde_json::from_str(&good).unwrap();
    let grant = state["held"]["grant"].as_str().unwrap();
    let payload = state["held"]["request"]["payload"].as_str().unwrap();
    let activation = state["held"]["standing"]["activation"].as_str().unwrap();
    let flipped = |hex: &str, at: usize| {
        let digit = if &hex[at..=at] == "0" { "1" } else { "0" };
        format!("{}{digit}{}", &hex[..at], &hex[at + 1..])
    };
    for edited in [
        // Expiry, generation and signature of the grant; the request; what the machine stands for.
        good.replace(grant, &flipped(grant, 20)),
        good.replace(grant, &flipped(grant, 9)),
        good.replace(grant, &flipped(grant, grant.len() - 1)),
        good.replace(grant, &grant[..grant.len() - 2]),
        good.replace(payload, &flipped(payload, 30)),
        good.replace(activation, "A-1"),
    ] {
        assert_ne!(edited, good);
        fs::write(&path, &edited).unwrap();
        ship.check()
            .refused(5, "not_trusted")
            .tells("same machine takes no second seat");
        assert_eq!(ship.check().with_json_exits(5)["state"], "unlicensed");
    }
    // What it says about the machine is signed as well: a fingerprint of another machine put in by hand.
    let fingerprint = state["held"]["standing"]["fingerprint"].as_str().unwrap();
    fs::write(&path, good.replace(fingerprint, &flipped(fingerprint, 21))).unwrap();
    ship.check().refused(5, "not_trusted");

    // The last edit is still there when the machine asks anew: the desk's answer mends it, and no second seat is taken.
    desk.license(&ship, &key);
    ship.check().done();
    assert_eq!(desk.seats_taken(&key), 1);
}

#[test]
fn a_foreign_state_is_named() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world);
    let other = desk.sell("survey", &[]);
    let second = world.machine("second");
    second.install(&world.path().join("files/survey.product"));
    desk.license(&second, &other);
    // The state of another license under this one's name.
    fs::copy(second.state_of(&other), ship.state_of(&key)).unwrap();
    ship.check()
        .refused(5, "damaged_state")
        .tells("another license than its name says");
    // The state of another machine under its own name.
    fs::remove_file(ship.state_of(&key)).unwrap();
    fs::copy(second.state_of(&other), ship.state_of(&other)).unwrap();
    ship.check().refused(13, "wrong_machine");
}

#[test]
fn a_product_file_that_was_altered_where_it_is_kept() {
    let world = World::new();
    let (_, ship, _) = licensed(&world);
    let path = ship.kept("machine/products/survey.product");
    let good = fs::read_to_string(&path).unwrap();
    for bad in [
        good.replace("name: Survey", "name: Other"),
        String::new(),
        "x\0".to_owned(),
    ] {
        fs::write(&path, bad).unwrap();
        ship.check()
            .refused(5, "damaged_state")
            .tells("survey.product");
        ship.run(["status"]).refused(5, "damaged_state");
    }
    // The vendor's file puts it right, as the advice says.
    ship.check()
        .refused(5, "damaged_state")
        .tells("install the product file that came with the application again");
    let file = world.path().join("files/survey.product");
    let said = ship.install(&file);
    said.tells("in the place of a file that was damaged");
    assert_eq!(fs::read_to_string(&path).unwrap(), good);
    ship.check().done();
}

#[test]
fn a_damaged_product_file_stops_no_other_application() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world);
    ship.install(&desk.product("other", &[]));
    fs::write(ship.kept("machine/products/other.product"), "").unwrap();
    let asked = ["--product", "survey"];
    ship.check_with(&asked).done().prints(&key);
    let status = ship.run(["status", "--product", "survey"]);
    status.done().prints(&key);
    let sync = ship.run(["request", "sync"]).done().code();
    ship.apply(&desk.answer(&sync));
    ship.check_with(&["--product", "other"])
        .refused(5, "damaged_state")
        .tells("other.product");
}

/// Other names of servers concern nothing that is bound to none.
#[test]
fn damaged_aliases_stop_no_product_that_needs_none() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world);
    let bound = ["--bind", "server", "--no-fingerprint"];
    ship.install(&desk.product("other", &bound));
    fs::write(ship.kept("machine/aliases.json"), "{").unwrap();
    let asked = ["--product", "survey"];
    ship.check_with(&asked).done().prints(&key);
    let sync = ship.run(["request", "sync"]).done().code();
    ship.apply(&desk.answer(&sync));
    ship.check_with(&["--product", "other", "--bind", "server=db1"])
        .refused(5, "damaged_state")
        .tells("aliases.json");
}

#[test]
fn what_is_remembered_beside_counts_as_never_written_where_it_was_edited() {
    let world = World::new();
    let (_, ship, key) = licensed(&world);
    ship.check().done();
    let clock = ship.kept(&format!("machine/clock/{}.json", key.replace('-', "")));
    assert!(clock.exists());
    for bad in ["", "{}", "{\"content\": 1, \"seal\": \"00\"}"] {
        fs::write(&clock, bad).unwrap();
        ship.check().done().silent();
    }
}

#[test]
fn secrets_that_are_lost_are_no_obstacle_to_a_license() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world);
    fs::remove_dir_all(ship.kept("machine/secrets")).unwrap();
    ship.check().done();
    let request = ship
        .run(["request", "activate", &key, "--new"])
        .done()
        .code();
    ship.apply(&desk.answer(&request));
    ship.check().done();
}

/// Whatever is not fit is named, each file with what to do, and what is fit is shown.
#[test]
fn status_shows_what_is_fit_and_names_each_file_that_is_not() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world);
    let second = desk.sell("survey", &[]);
    desk.license(&ship, &second);
    let third = desk.sell("survey", &[]);
    desk.license(&ship, &third);
    fs::write(ship.state_of(&second), "{").unwrap();
    fs::write(ship.kept("machine/licenses/1000000000000.json"), "[]").unwrap();
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let history = ship.kept(&format!("machine/history/{digits}.jsonl"));
    fs::remove_file(&history).unwrap();
    fs::create_dir(&history).unwrap();
    let said = ship.run(["status"]).exits(5);
    let said = said
        .prints(&key)
        .prints(&third)
        .tells("1000000000000.json")
        .tells(history.to_str().unwrap())
        .tells("backup")
        .tells("move away what stands there");
    assert_eq!(said.stderr.matches("error:").count(), 3, "{said}");
    assert_eq!(said.stderr.matches("what to do:").count(), 3, "{said}");
    let objects = ship.run(["--json", "status"]).exits(5).objects();
    let states = objects.iter().filter(|it| it["state"] == "licensed");
    assert_eq!(states.count(), 2);
}

/// Something stands where the lock is to be: nothing of ours, so it may go.
#[cfg(unix)]
#[test]
fn what_stands_in_place_of_a_lock_may_be_removed() {
    let world = World::new();
    let (_desk, ship, _) = licensed(&world);
    let lock = ship.kept("machine/lock");
    let elsewhere = world.file("elsewhere", "mine");
    for what in ["link", "pipe", "directory"] {
        let _ = fs::remove_file(&lock);
        match what {
            "link" => std::os::unix::fs::symlink(&elsewhere, &lock).unwrap(),
            "pipe" => {
                let made = std::process::Command::new("mkfifo").arg(&lock).status();
                assert!(made.unwrap().success());
            }
            _ => fs::create_dir(&lock).unwrap(),
        }
        ship.run(["request", "sync"])
            .owes(1, "io")
            .tells(lock.to_str().unwrap())
            .tells("remove it");
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "mine", "{what}");
    }
    fs::remove_dir(&lock).unwrap();
    ship.run(["request", "sync"]).done();
}
