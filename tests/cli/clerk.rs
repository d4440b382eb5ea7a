//! What a clerk is told: of which code a phrase is, how long something goes on, what to do, and in words.

use super::check::licensed;
use crate::world::World;

/// Two phrases that are said to people name the code that each is of.
#[test]
fn a_phrase_names_its_code() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &["--emergency", "4x7"]);
    let asked = ship.run(["request", "activate", &key]).done();
    let asked = asked.tells("read-back phrase of the request code: ");
    let answer = desk.respond(&asked.code()).done();
    let answer = answer
        .tells("read-back phrase of the request code: ")
        .tells("read-back phrase of the response code: ");
    ship.apply(&answer.code());
    // The code that is read out above all others.
    let spoken = desk.run(["emergency", &key]).done();
    let spoken = spoken.tells("read-back phrase of the emergency code: ");
    let at_desk = spoken.stderr.lines().next().unwrap().to_owned();
    let object = desk.run(["emergency", &key]).json();
    assert_eq!(object["phrase"].as_str().unwrap().split(' ').count(), 3);
    let entered = ship.run(["apply"]).piped(spoken.line()).done();
    assert_eq!(entered.stderr.lines().next().unwrap(), at_desk);
}

/// What is said with every answer is read no more: it is said once, with what helps.
#[test]
fn a_weak_machine_is_spoken_of_once() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    ship.change(|facts| {
        facts.mac = None.into();
        facts.disk_serial = None.into();
        facts.product_uuid = None.into();
    });
    let request = ship.request(&key);
    let object = desk.respond_with(&request, &["--dry-run"]).json();
    let warning = &object["warnings"][0];
    assert_eq!(warning["kind"], "weakly_bound");
    let hint = warning["hint"].as_str().unwrap();
    assert!(hint.contains("--usb VID:PID:SERIAL"), "{hint}");
    let said = desk.respond(&request).done().tells("is weakly bound");
    ship.apply(&said.tells("product change ID --weak hold").code());
    let sync = ship.run(["request", "sync"]).done().code();
    let said = desk.respond(&sync).done();
    assert!(!said.stderr.contains("weakly"), "{said}");
    // It stands where it is looked up.
    desk.run(["license", "show", &key]).done().prints("weakly");
}

#[test]
fn nobody_waits_for_a_re_validation_that_never_comes() {
    let world = World::new();
    let (desk, _, key) = licensed(&world, &[], &["--grace", "0"]);
    let change = desk.run(["license", "change", &key, "--seats", "2"]).done();
    change.tells("needs no re-validation learns of it only when somebody asks there");
    let revoke = ["license", "revoke", &key, "--reason", "not paid"];
    let said = desk.run(revoke).done();
    let said = said.tells("it goes on for ever where it is held");
    assert!(!said.stderr.contains("until"), "{said}");
    let undo = desk.run(revoke).arg("--undo");
    undo.done();
    let object = desk.run(revoke).json();
    assert_eq!(object["runs_for_ever"], true);
    undo.done();
    let id = desk.run(["license", "show", &key]).json()["activations"][0]["activation"].clone();
    let lost = [
        "release",
        id.as_str().unwrap(),
        "--lost",
        "--reason",
        "sunk",
    ];
    desk.run(lost).done().tells("it may go on for ever");
    desk.run(revoke).done().tells("no machine goes on with it");
    // Where there is an end, it is said.
    let bound = desk.sell("survey", &["--grace", "30"]);
    let ship = world.machine("other");
    ship.install(&desk.export("survey"));
    desk.license(&ship, &bound);
    let revoke = ["license", "revoke", &bound, "--reason", "not paid"];
    let until = desk.run(revoke).json()["runs_until"].clone();
    let until = until.as_str().unwrap();
    desk.run(revoke).arg("--undo").done();
    let said = desk.run(revoke).done();
    said.tells(&format!("go on until {until} at the latest"));
    let id = desk.run(["license", "show", &bound]).json()["activations"][0]["activation"].clone();
    let lost = [
        "release",
        id.as_str().unwrap(),
        "--lost",
        "--reason",
        "sunk",
    ];
    desk.run(lost)
        .done()
        .tells(&format!("it may go on until {until}"));
}

/// Whoever is to ask the vendor is told where.
#[test]
fn advice_to_ask_the_vendor_has_the_address() {
    let world = World::new();
    let (desk, ship, _) = licensed(
        &world,
        &[],
        &["--limit", "users=5", "--expires", "2042-01-01"],
    );
    let at = "the vendor is reached at desk@example.com";
    ship.run(["check", "--feature", "export"])
        .refused(15, "feature_missing")
        .tells(at);
    ship.run(["check", "--count", "users=6"])
        .refused(16, "over_limit")
        .tells(at);
    let bare = world.machine("bare");
    bare.install(&desk.export("survey"));
    bare.check().refused(10, "not_licensed").tells(at);
    // It is no business of the vendor's.
    let said = ship.run(["check", "--count", "nosuch=1"]).said();
    assert!(!said.stderr.contains(at), "{said}");
}

/// Names are for scripts; people read words.
#[test]
fn states_are_words() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &[]);
    let named = desk.sell("survey", &["--type", "named", "--seats", "2"]);
    let shown = desk.run(["license", "show", &named]).done();
    shown.prints("named users");
    let back = ship.run(["return", "--yes"]).done().code();
    desk.run(["inspect"])
        .piped(&back)
        .done()
        .prints("would take it: given up");
    desk.respond(&back).done();
    let shown = desk.run(["license", "show", &key]).done();
    shown.prints("given up by its machine");
}

/// A license that was made by mistake is out of the way, and its history is not.
#[test]
fn a_license_made_by_mistake_is_void() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &["--emergency", "4x7"]);
    let kept = desk.sell("survey", &[]);
    let request = ship.request(&key);
    let void = ["license", "void", &key, "--reason", "typed twice"];
    desk.run(["license", "void", &key]).refused(2, "usage");
    desk.run(void).done().tells("is void");
    desk.run(void).refused(2, "nothing_to_change");
    // Its key is refused wherever it is named, and says why.
    let change = ["license", "change", &key, "--seats", "3"];
    let revoke = ["license", "revoke", &key, "--reason", "unpaid"];
    let asked = desk.respond(&request).owes(6, "void");
    asked.tells("made by mistake");
    for refused in [
        desk.run(change),
        desk.run(revoke),
        desk.run(["license", "mail", &key]),
        desk.run(["emergency", &key]),
        desk.run(["release", &key, "--lost", "--reason", "sunk"]),
    ] {
        refused.refused(6, "void").tells("made by mistake");
    }
    desk.run(["inspect"])
        .piped(&request)
        .done()
        .prints("would refuse it: this license was made by mistake");
    // It stands in no list but that of its kind, and where it is looked up.
    let list = desk.run(["license", "list"]).done();
    assert!(!list.stdout.contains(&key), "{list}");
    list.prints(&kept);
    let list = desk.run(["license", "list", "--void"]).done().prints(&key);
    assert!(!list.stdout.contains(&kept), "{list}");
    let shown = desk.run(["license", "show", &key]).done();
    shown.prints("void").prints("reason: typed twice");
    assert_eq!(desk.run(["license", "show", &key]).json()["void"], true);
    let history = desk.run(["ledger", "history", &key]).done();
    history.prints("was made by mistake and is void; reason: typed twice");
    desk.run(["ledger", "verify"]).done();
    // It was no mistake.
    desk.run(void).arg("--undo").done().tells("is good again");
    desk.run(void).arg("--undo").refused(2, "nothing_to_change");
    ship.apply(&desk.answer(&request));
    desk.run(void)
        .refused(6, "answered_before")
        .tells("countersign license revoke");
    ship.run(["return", "--yes"]).done();
    desk.run(void).refused(6, "answered_before");
    let never = desk.sell("survey", &[]);
    desk.run(["license", "revoke", &never, "--reason", "unpaid"])
        .done();
    desk.run(["license", "void", &never, "--reason", "typed twice"])
        .refused(6, "revoked");
    desk.run(["ledger", "verify"]).done();
}

/// "You refused us yesterday": what was refused is found, once for each request, and nobody fills the ledger with it.
#[test]
fn a_refusal_is_remembered() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &[]);
    let other = world.machine("other");
    other.install(&desk.export("survey"));
    let request = other.request(&key);
    // However often it is sent.
    let mail = format!("From: Kari <kari@example.no>\nSubject: license\n\n{request}\n");
    desk.run(["respond", "-"])
        .piped(&mail)
        .owes(6, "no_seat_free");
    desk.respond(&request).refused(6, "no_seat_free");
    let refusals = || {
        let show = desk.run(["license", "show", &key]).json();
        show["refusals"].as_array().unwrap().clone()
    };
    let told = refusals();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["kind"], "no_seat_free");
    assert_eq!(told[0]["sender"], "kari@example.no");
    let said = desk.respond(&request).exits(6);
    said.tells(told[0]["phrase"].as_str().unwrap());
    let why = "from kari@example.no: no seat is free: 1 of 1 is taken";
    desk.run(["license", "show", &key])
        .done()
        .prints("not answered: 1 request, the latest first")
        .prints(why);
    desk.run(["ledger", "history", &key]).done().prints(why);
    desk.run(["desk", "report"])
        .done()
        .prints("refused in the last 14 days:")
        .prints(why);
    let events = desk
        .run(["ledger", "history", &key])
        .with_json()
        .done()
        .objects();
    let declined = events.last().unwrap();
    assert_eq!(
        (&declined["kind"], declined["event"].is_null()),
        (&"declined".into(), true)
    );
    // It speaks against nobody, and waits for nobody.
    desk.run(["license", "list", "--held"])
        .done()
        .tells("no licenses");
    // Where it was answered since, nobody has to look into it.
    desk.respond(&ship.run(["return", "--yes"]).done().code())
        .done();
    desk.respond(&request).done();
    assert_eq!(refusals()[0]["answered"], true);
    let report = desk.run(["desk", "report"]).done();
    report.prints("refused in the last 14 days: nothing");
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn a_flood_of_refusals_is_counted() {
    let world = World::new();
    let (desk, _, key) = licensed(&world, &[], &[]);
    let other = world.machine("other");
    other.install(&desk.export("survey"));
    let new = ["request", "activate", &key, "--new"];
    let many: Vec<String> = (0..23).map(|_| other.run(new).done().code()).collect();
    let batch = many.iter().map(|it| it.replace('\n', " ") + "\n");
    desk.run(["respond", "--batch", "-"])
        .piped(batch.collect::<String>())
        .exits(8);
    let show = desk.run(["license", "show", &key]);
    let object = show.json();
    assert_eq!(object["refusals"].as_array().unwrap().len(), 20);
    assert_eq!(object["refusals_forgotten"], 3);
    show.done()
        .prints("not answered: 23 requests, the latest first");
    desk.run(["ledger", "verify"]).done();
}

/// What waits for the clerk is listed until the machine is answered, whichever of its requests it was.
#[test]
fn a_weak_machine_waits_for_the_clerk_until_it_is_answered() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&["--weak", "hold"], &[]);
    ship.change(|facts| {
        facts.mac = None.into();
        facts.disk_serial = None.into();
        facts.product_uuid = None.into();
    });
    desk.respond(&ship.request(&key)).owes(6, "weak_machine");
    let held = || desk.run(["license", "list", "--held"]).done();
    held().prints(&key);
    desk.run(["desk", "report"])
        .done()
        .prints("neither network card nor disk");
    desk.run(["license", "show", &key])
        .done()
        .prints("it waits for the clerk or the manager");
    let again = ship.request_with(&key, &["--new"]);
    let accept = ["--accept-weak", "--reason", "they have no other"];
    desk.respond_with(&again, &accept).done();
    held().tells("no licenses");
    let show = desk.run(["license", "show", &key]).done();
    show.prints("the machine was answered since");
}
