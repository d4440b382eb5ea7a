//! A license's life at the desk: changes and their mail, forks, returns, releases, emergency codes, revocation.

use serde_json::json;

use super::check::licensed;
use crate::world::{Machine, World};

fn ask(machine: &Machine<'_>) -> String {
    let sync = ["request", "sync", "--new"];
    machine.run(sync).done().code()
}

#[test]
fn a_purchase_is_changed_mailed_and_answered() {
    let world = World::new();
    let desk = world.desk("desk");
    let product = ["--limit", "employees", "--feature", "sonar"];
    let file = desk.product("survey", &[&product[..], &["--edition", "pro"]].concat());
    let order = [
        "--type",
        "floating",
        "--seats",
        "5",
        "--limit",
        "employees=250",
    ];
    let key = desk.sell("survey", &order);
    let ship = world.machine("ship");
    ship.install(&file);
    desk.license(&ship, &key);
    world.days_pass(10);
    let change = ["license", "change", &key, "--seats", "+3"];
    let more = [
        "--limit",
        "employees=500",
        "--feature",
        "sonar",
        "--edition",
        "pro",
    ];
    let contact = ["--contact", "mueller@example.com"];
    let maintenance = ["--maintenance", "2041-12-31"];
    let change = [&change[..], &more, &contact, &maintenance].concat();
    let said = desk.run(change).done();
    for words in [
        "seats 5 → 8",
        "employees 250 → 500",
        "sonar off → on",
        "edition none → pro",
        "maintenance never → 2041-12-31",
    ] {
        assert!(said.stdout.contains(words), "{words}: {said}");
    }
    // What is kept is no text of a language.
    let history = desk.run(["--json", "ledger", "history", &key]).done();
    let last = history.objects().pop().unwrap();
    let kept = last["facts"]["changes"].as_array().unwrap();
    assert!(kept.contains(&json!({
        "what": "entry", "entry": "sonar", "before": null, "after": { "value": "contained" },
    })));
    assert!(kept.contains(&json!({
        "what": "maintenance", "before": null, "after": { "value": { "text": "2041-12-31" } },
    })));
    desk.run(["license", "change", &key, "--seats", "8"])
        .refused(2, "nothing_to_change");

    let mail = desk.run(["license", "mail", &key]).done().stdout;
    let (head, body) = mail.split_once("\n\n").unwrap();
    for line in [
        "From: desk@example.com",
        "To: mueller@example.com",
        "Subject: Your Survey license update is ready",
    ] {
        assert!(head.lines().any(|it| it == line), "{line}: {head}");
    }
    for line in [
        "  seats 5 → 8",
        "  sonar off → on",
        "  maintenance never → 2041-12-31",
    ] {
        assert!(body.lines().any(|it| it == line), "{line}: {body}");
    }
    let request = ask(&ship);
    let answer = desk.respond(&request).json();
    assert_eq!(
        (answer["seats"].as_u64(), answer["verdict"].as_str()),
        (Some(8), Some("green"))
    );
    assert_eq!(answer["revalidate_by"], world.day(30));
    let again = desk.respond(&request).json();
    assert_eq!(
        (&again["code"], again["verdict"].as_str()),
        (&answer["code"], Some("repeated"))
    );
}

#[test]
fn forks_are_told_to_the_clerk_and_kept() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &[]);
    desk.answer(&ask(&ship));
    world.days_pass(1);
    let code = ask(&ship);
    desk.respond(&code)
        .owes(6, "needs_supersede")
        .tells("holds generation 1, and generation 2 was granted on 2040-03-01");
    desk.respond_with(&code, &["--supersede", "--reason", " "])
        .refused(2, "usage");
    let clerk = |reason: &'static str| ["--supersede", "--reason", reason];
    let answer = desk.respond_with(&code, &clerk("mail was lost")).json();
    assert_eq!(answer["verdict"], "yellow");
    for _ in 2..=4 {
        desk.respond_with(&ask(&ship), &clerk("mail was lost"))
            .done();
    }
    let code = ask(&ship);
    desk.respond_with(&code, &clerk("again"))
        .owes(6, "held_for_manager");
    let manager = ["--override", "--reason", "the manager says so"];
    desk.respond_with(&code, &manager).done();
    let shown = desk.run(["license", "show", &key]).done().stdout;
    assert!(
        shown.contains("yellow") && shown.contains("mail was lost"),
        "{shown}"
    );
    let told = desk.run(["--json", "ledger", "history", &key]).done();
    let events = told.objects();
    let kinds: Vec<&str> = events
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    let asked = ["refused", "sync"];
    let begun = ["license_new", "activate", "sync"];
    let again = ["sync"; 3];
    assert_eq!(kinds, [&begun, &asked[..], &again, &asked].concat());
    let last = events.last().unwrap();
    assert_eq!(last["facts"]["reason"], "the manager says so");
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn a_return_prints_no_code_and_frees_the_seat() {
    let world = World::new();
    let (desk, one, key) = licensed(&world, &[], &["--seats", "2"]);
    let file = world.path().join("files/survey.product");
    let [two, three, four] = ["two", "three", "four"].map(|name| {
        let machine = world.machine(name);
        machine.install(&file);
        machine
    });
    desk.license(&two, &key);
    let third = three.request(&key);
    desk.respond(&third)
        .owes(6, "no_seat_free")
        .tells("no seat is free: 2 of 2 are taken");
    let give_up = |machine: &Machine<'_>| machine.run(["return", "--yes"]).done().code();
    let code = give_up(&one);
    // Nothing is signed: the key may be in the safe.
    let (pem, safe) = (desk.kept("desk/root.pem"), desk.kept("desk/in-the-safe"));
    std::fs::rename(&pem, &safe).unwrap();
    let first = desk.respond(&code).done().tells("seat freed");
    let again = desk.respond(&code).done().tells("nothing more is freed");
    assert_eq!((first.stdout.as_str(), again.stdout.as_str()), ("", ""));
    assert!(!again.stderr.contains("seat freed"), "{again}");
    let object = desk.respond(&code).json();
    assert_eq!(
        (&object["verdict"], &object["seats_freed"]),
        (&"repeated".into(), &0.into())
    );
    std::fs::rename(&safe, &pem).unwrap();
    let lines = [code, third].map(|code| code.replace('\n', " ")).join("\n");
    let batch = desk.run(["respond", "--batch", "-"]).piped(lines).done();
    assert_eq!(batch.objects().len(), 2, "{batch}");

    // A return that comes before its request.
    let request = four.request(&key);
    std::fs::rename(&pem, &safe).unwrap();
    desk.respond(&give_up(&four)).done();
    std::fs::rename(&safe, &pem).unwrap();
    desk.respond(&request).owes(6, "given_up");

    let id = two.check().json()["activation"].clone();
    let lost = || {
        desk.run([
            "release",
            id.as_str().unwrap(),
            "--lost",
            "--reason",
            "stolen",
        ])
    };
    assert_eq!(lost().json()["seats_freed"], 1);
    lost().refused(6, "given_up");
    desk.run(["license", "revoke", &key, "--reason", "not paid"])
        .done();
    desk.respond(&four.request(&key)).owes(6, "revoked");
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn emergency_codes_are_short_and_usb_keys_are_asked_for() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let usb = "0529:0001:8a3f21";
    let key = desk.sell("survey", &["--emergency", "4x7", "--usb", usb]);
    let ship = world.machine("ship");
    ship.install(&file);
    desk.respond(&ship.request(&key)).owes(6, "other_usb");
    let emergency = |name: &str| desk.run(["emergency", name, "--until", "2040-04-10"]);
    emergency(&key).refused(4, "unknown_activation");
    let request = ship.request_with(&key, &["--usb", usb, "--new"]);
    let id = desk.respond(&request).json()["activation"].clone();
    let said = emergency(&key).done().tells("step 2 of 4");
    assert_eq!(said.line().replace('-', "").len(), 22, "{said}");
    let object = emergency(id.as_str().unwrap()).json();
    assert_eq!(object["code"], said.line());
    desk.run(["emergency", "A-1", "--gen", "2"])
        .refused(4, "unknown_activation");
    let shown = desk.run(["license", "show", &key]).json();
    assert_eq!(shown["activations"][0]["emergency_codes"], 1);
    assert_eq!(shown["usb"], usb);
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn several_changes_of_one_thing_are_announced_as_one() {
    let world = World::new();
    let (desk, _, key) = licensed(&world, &[], &["--seats", "2"]);
    for seats in ["9", "3", "5"] {
        let change = ["license", "change", &key, "--seats", seats];
        desk.run(change).done();
    }
    for users in ["users=7", "users=0"] {
        let change = ["license", "change", &key, "--limit", users];
        desk.run(change).done();
    }
    let change = ["license", "change", &key, "--remove-limit", "users"];
    desk.run(change).done();
    let mail = desk.run(["license", "mail", &key]).done();
    let said: Vec<&str> = mail
        .stdout
        .lines()
        .filter(|line| line.contains('→'))
        .collect();
    assert_eq!(said, ["  seats 2 → 5"], "{mail}");
}

#[test]
fn a_revoked_license_announces_no_update_that_would_be_refused() {
    let world = World::new();
    let (desk, _, key) = licensed(&world, &[], &[]);
    let revoke = ["license", "revoke", &key];
    desk.run([&revoke[..], &["--reason", "unpaid"]].concat())
        .done();
    let change = ["license", "change", &key, "--seats", "4"];
    let said = desk
        .run(change)
        .done()
        .tells("warning: the license is revoked");
    assert!(!said.stderr.contains("license mail"), "{said}");
    desk.run(["license", "mail", &key])
        .refused(6, "revoked")
        .tells(&format!("countersign license revoke {key} --undo"));
    desk.run([&revoke[..], &["--undo", "--reason", "paid"]].concat())
        .done();
    desk.run(["license", "mail", &key]).done();
}

#[test]
fn a_released_machine_is_told_of_with_whose_seat_it_is_by_now() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &["--emergency", "4x7"]);
    let id = ship.check().json()["activation"]
        .as_str()
        .unwrap()
        .to_owned();
    let release = ["release", &id, "--lost", "--reason", "fell overboard"];
    desk.run(release).done().tells("1 seat freed");
    for command in [&["emergency", &id][..], &release] {
        desk.run(command)
            .refused(6, "given_up")
            .tells("another machine may have that seat by now");
    }
    // It turns up again and is given back, which frees nothing that was not free.
    let code = ship.run(["return", "--yes"]).done().code();
    let said = desk.respond(&code).done().tells("released before");
    assert!(!said.stderr.contains("seat freed"), "{said}");
    assert_eq!(desk.seats_taken(&key), 0);
}
