//! `return` of a license that was asked for more than once, or that another home on the computer holds too.

use crate::world::{Desk, Machine, World};

/// A desk, a machine with its product, and a key.
fn sold<'w>(world: &'w World, seats: &str) -> (Desk<'w>, Machine<'w>, String) {
    world.sold(&[], &["--seats", seats])
}

/// The mail seemed lost, somebody asked again, and both were answered.
#[test]
fn who_asked_twice_sends_both_codes() {
    let world = World::new();
    let (desk, pc, key) = sold(&world, "1");
    let first = pc.request(&key);
    world.hours_pass(1);
    let second = pc.request_with(&key, &["--new"]);
    let [one, two] = [first, second].map(|request| desk.answer(&request));
    pc.apply(&two);
    let said = pc.run(["return", "--yes"]).done();
    let said = said
        .tells("is given up with it")
        .tells("send all 2 codes to desk@example.com");
    let codes: Vec<&str> = said.stdout.trim_end().split("\n\n").collect();
    assert_eq!(codes.len(), 2, "{said}");
    for code in &codes {
        assert!(code.starts_with("RET1: "), "{said}");
    }
    assert_eq!(said.stderr.matches("read-back phrase").count(), 2, "{said}");
    // Again, in each way that codes leave.
    let object = pc.run(["return", "--qr", "--spell"]).json();
    assert_eq!(object["verdict"], "repeated");
    assert_eq!(object["code"], codes[0]);
    let also = object["also"].as_array().unwrap();
    assert_eq!((also.len(), &also[0]["code"]), (1, &codes[1].into()));
    assert_ne!(also[0]["phrase"], object["phrase"]);
    assert!(also[0]["spelled"].as_str().unwrap().contains("Romeo"));
    let activations = object["activations"].as_array().unwrap();
    assert_eq!(activations[0], object["activation"]);
    assert_eq!(
        (activations.len(), &object["ends_too"]),
        (2, &serde_json::json!([]))
    );
    // A phone sends both.
    let drawn = object["qr_text"].as_str().unwrap();
    assert_eq!(drawn.matches("RET1:").count(), 2, "{drawn}");
    let alone = pc.run(["return", "--qr", "--code-only"]).json();
    let drawn = alone["qr_text"].as_str().unwrap();
    assert_eq!(drawn.matches("RET1:").count(), 2, "{drawn}");
    let mail = pc
        .run(["return", "--mail", "--from", "kari@example.no"])
        .done();
    for part in [codes[0], codes[1]] {
        let row = part.lines().next().unwrap();
        assert!(mail.stdout.contains(row), "{mail}");
    }
    mail.prints("please take all 2 codes")
        .prints("The return codes, all of which are wanted:")
        .prints("return-code.png")
        .prints("return-code-2.png");
    // Each by itself, too.
    let of = activations[1].as_str().unwrap();
    let alone = pc.run(["return", "--of", of]).done();
    assert_eq!(alone.stdout.trim_end(), codes[1]);
    // And no answer brings it back.
    for answer in [one, two] {
        pc.run(["apply"]).piped(&answer).refused(6, "given_up");
    }
    pc.check().refused(10, "returned");
    // Either may come first, and each as often as it likes: the seat is free with the last.
    let next = world.machine("next");
    next.install(&world.path().join("files/survey.product"));
    let request = next.request(&key);
    for code in [codes[1], codes[1]] {
        desk.respond(code).done();
        desk.respond(&request).owes(6, "no_seat_free");
    }
    desk.respond(codes[0]).done().tells("seat freed");
    desk.respond(codes[0]).done().tells("nothing more is freed");
    desk.respond(&request).done();
    assert_eq!(desk.seats_taken(&key), 1);
    desk.run(["ledger", "verify"]).done();
}

/// All that `return` printed is one text, and so is the mail that it wrote: the desk takes every code of it.
#[test]
fn both_codes_of_one_mail_are_taken() {
    for by_mail in [false, true] {
        let world = World::new();
        let (desk, pc, key) = sold(&world, "1");
        let first = pc.request(&key);
        world.hours_pass(1);
        let second = pc.request_with(&key, &["--new"]);
        let [_, two] = [first, second].map(|request| desk.answer(&request));
        pc.apply(&two);
        let mut given = pc.run(["return", "--yes"]).done().stdout;
        if by_mail {
            given = pc.run(["return", "--mail"]).done().stdout;
        }
        let tried = desk.run(["respond", "-", "--dry-run"]).piped(&given).done();
        tried.tells("with each if it came alone");
        assert_eq!(desk.seats_taken(&key), 1);
        let said = desk.run(["respond", "-"]).piped(&given).done();
        let said = said.tells("seat freed");
        assert!(!said.stderr.contains("also contains"), "{said}");
        assert_eq!(desk.seats_taken(&key), 0);
        // Once more, as scripts get it.
        let again = desk.run(["respond", "-"]).piped(&given).json();
        for nth in [0, 1] {
            assert_eq!(again["replies"][nth]["verdict"], "repeated", "{again}");
        }
    }
}

/// Activated anew, as a manager says to in many a case: the one before is given up with it.
#[test]
fn what_was_activated_anew_is_given_up_with_what_stood_before() {
    let world = World::new();
    let (desk, pc, key) = sold(&world, "1");
    desk.license(&pc, &key);
    world.days_pass(3);
    let anew = pc.request_with(&key, &["--new"]);
    pc.apply(&desk.answer(&anew));
    let object = pc.run(["return", "--yes"]).json();
    assert_eq!(object["activations"].as_array().unwrap().len(), 2);
    assert_eq!(object["also"].as_array().unwrap().len(), 1);
}

#[test]
fn another_home_of_the_account_is_told_of_and_ends_too() {
    let world = World::new();
    let (desk, pc, key) = sold(&world, "1");
    let other = world.path().join("homes/other");
    let file = world.path().join("files/survey.product");
    desk.license(&pc, &key);
    world.days_pass(1);
    let at_other = |args: &[&str]| pc.run_at(&other, args);
    at_other(&["product", "install"]).arg(&file).done();
    let request = at_other(&["request", "activate", &key]).done().code();
    let answer = desk.answer(&request);
    at_other(&["apply"]).piped(&answer).done();
    for run in [pc.check(), at_other(&["check"])] {
        run.done();
    }
    let first = pc.check().json()["activation"].clone();
    let said = at_other(&["return", "--yes"]).done();
    let words = format!(
        "{}, of another home on this computer",
        first.as_str().unwrap()
    );
    said.tells(&words);
    let object = at_other(&["return"]).json();
    assert_eq!(object["ends_too"], serde_json::json!([first]));
    pc.check()
        .refused(10, "returned")
        .tells("had taken its place on this computer")
        .tells("return it here too");
    pc.run(["request", "sync"]).refused(6, "given_up");
    // It has a code of its own.
    let own = pc.run(["return", "--yes"]).json();
    assert_eq!(
        (&own["activation"], &own["verdict"]),
        (&first, &"new".into())
    );
}

/// Another license on the same computer goes on, whatever is returned; so does a seat that was paid for twice.
#[test]
fn a_return_ends_no_other_license_and_no_other_seat() {
    let world = World::new();
    let (desk, pc, key) = sold(&world, "2");
    let more = desk.sell("survey", &[]);
    desk.license(&pc, &key);
    desk.license(&pc, &more);
    let said = pc.run(["return", "--yes", &key]).json();
    assert_eq!(said["ends_too"], serde_json::json!([]));
    pc.check().done().prints(&more);
}

/// A license that needs no re-validation, set up anew: nobody knows that the first is gone but who asks there, and says so as often as it happens.
#[test]
fn a_perpetual_license_that_was_set_up_anew_comes_free_with_a_clerks_word() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let pc = world.machine("pc");
    pc.install(&file);
    let key = desk.sell("survey", &["--seats", "1", "--grace", "0"]);
    desk.license(&pc, &key);
    std::fs::remove_dir_all(pc.kept("machine/licenses")).unwrap();
    std::fs::remove_dir_all(pc.kept("machine/secrets")).unwrap();
    world.days_pass(1);
    desk.license(&pc, &key);
    let code = pc.run(["return", "--yes"]).done().code();
    let said = desk.respond(&code).done();
    said.tells("was never given up: its seat is kept for it")
        .tells("--held-back --reason TEXT");
    world.days_pass(4_000);
    let other = world.machine("other");
    other.install(&file);
    let request = other.request(&key);
    desk.respond(&request)
        .owes(6, "no_seat_free")
        .tells("1 seat that was in use is held back, kept for A-");
    let shown = desk.run(["license", "show", &key]).json();
    let kept = shown["activations"].as_array().unwrap().iter();
    let kept: Vec<_> = kept.filter(|it| !it["resting"].is_null()).collect();
    assert_eq!(kept.len(), 1, "{shown}");
    assert!(kept[0]["resting"]["free_after"].is_null(), "{shown}");
    let returned = kept[0]["activation"].as_str().unwrap().to_owned();
    let why = ["--held-back", "--reason", "the disk was wiped"];
    desk.run(["release", &returned].into_iter().chain(why))
        .done();
    desk.respond(&request).done();
}

/// A ship whose place another took is told of at the desk with each code that is read out to it.
#[test]
fn an_emergency_code_for_a_place_that_another_took() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    let key = desk.sell(
        "survey",
        &["--seats", "1", "--grace", "30", "--emergency", "4x7"],
    );
    desk.license(&ship, &key);
    let held = desk.run(["license", "show", &key]).json();
    let own = held["activations"][0]["activation"].as_str().unwrap();
    // Somebody asks for a machine that says the same of itself.
    let twin = world.machine("twin");
    twin.change(|facts| *facts = ship.facts());
    twin.install(&file);
    world.days_pass(1);
    desk.license(&twin, &key);
    world.days_pass(33);
    ship.check().owes(12, "overdue");
    let said = desk.run(["emergency", own]).done();
    let code = said.stdout.trim().to_owned();
    said.tells("was activated in its place and holds the seat");
    ship.apply(&code);
    ship.check().done();
    desk.run(["emergency", &key])
        .done()
        .tells("for that one this code is none");
}

/// The code is for nothing that is held here any more, and not mistyped.
#[test]
fn an_emergency_code_for_what_was_given_up_says_so() {
    let world = World::new();
    let order = ["--grace", "30", "--emergency", "4x7"];
    let (desk, ship, key) = world.sold(&[], &order);
    desk.license(&ship, &key);
    let code = desk.run(["emergency", &key]).done().line();
    ship.run(["return", "--yes"]).done();
    ship.run(["apply"])
        .piped(&code)
        .owes(6, "given_up")
        .tells("was given up by this machine");
    desk.license(&ship, &key);
    ship.run(["apply"]).piped(&code).owes(4, "other_emergency");
}

/// Three of one computer, of which the first is gone: the seat is held back where the last was given up, and that one is named, whichever code comes.
#[test]
fn who_holds_a_seat_back_is_named_by_every_return_code() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let pc = world.machine("pc");
    pc.install(&file);
    let key = desk.sell("survey", &["--seats", "1", "--grace", "0"]);
    desk.license(&pc, &key);
    std::fs::remove_dir_all(pc.kept("machine/licenses")).unwrap();
    std::fs::remove_dir_all(pc.kept("machine/secrets")).unwrap();
    let given_up = [1, 2].map(|_| {
        world.days_pass(1);
        desk.license(&pc, &key);
        let activation = pc.check().json()["activation"].as_str().unwrap().to_owned();
        let code = pc.run(["return", "--yes"]).done().code();
        (activation, code)
    });
    let [(_, second), (last, third)] = given_up;
    let frees = format!("countersign release {last} --held-back --reason TEXT");
    desk.respond(&third).done().tells(&frees);
    desk.respond(&second).done().tells(&frees);
    desk.run(["release", &last, "--held-back", "--reason", "it was wiped"])
        .done()
        .tells("1 seat freed");
}

/// What is set aside is said, and so is that there is nothing to set aside.
#[test]
fn an_override_of_what_was_taken_before_is_said_to_do_nothing() {
    let world = World::new();
    let (desk, ship, _) = super::check::licensed(&world, &[], &[]);
    let activation = ship.check().json()["activation"]
        .as_str()
        .unwrap()
        .to_owned();
    let code = ship.run(["return", "--yes"]).done().code();
    let first = desk.respond(&code).done();
    assert!(!first.stderr.contains("--override"), "{first}");
    let again = ["--override", "--reason", "they told us"];
    desk.respond_with(&code, &again)
        .done()
        .tells("nothing for --override to set aside")
        .tells(&format!("countersign release {activation} --held-back"));
}
