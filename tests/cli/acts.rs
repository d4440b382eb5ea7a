//! What somebody does by himself is signed with his key, and not done without.

use std::fs;

use crate::world::World;

#[test]
fn the_history_says_whose_key_did_it() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &["--emergency", "2x7", "--grace", "30"]);
    desk.certify("ann", &[]);
    desk.certify("mia", &["--manager"]);
    ship.apply(&desk.answer_by("ann", &ship.request(&key)));
    let done = |clerk: &str, args: &[&str]| desk.by(clerk, args).done();
    let why = ["--reason", "asked by mail"];
    let with_reason = |args: &[&str]| -> Vec<String> {
        let all = args.iter().chain(&why);
        all.map(|it| (*it).to_owned()).collect()
    };
    let sale = ["license", "new", "--product", "survey", "--customer", "B"];
    let second = done("ann", &sale).line();
    done("ann", &["license", "change", &key, "--seats", "3"]);
    done("ann", &["license", "note", &key, "pays late"]);
    done("ann", &["emergency", &key]);
    for (clerk, args) in [
        ("ann", &["license", "revoke", &key][..]),
        ("ann", &["license", "revoke", &key, "--undo"]),
        ("ann", &["license", "void", &second]),
        ("ann", &["release", &key, "--lost"]),
        ("mia", &["desk", "clock", "--right"]),
        ("mia", &["desk", "remove", "ann"]),
    ] {
        let args = with_reason(args);
        desk.run(args).env("COUNTERSIGN_KEY", clerk).done();
    }
    done(
        "mia",
        &["product", "change", "survey", "--feature", "sonar"],
    );
    desk.run(with_reason(&["desk", "rotate", "--key", "root"]))
        .done();

    let events = desk.run(["--json", "ledger", "history"]).done().objects();
    let told: Vec<(&str, &str)> = events
        .iter()
        .map(|it| {
            (
                it["kind"].as_str().unwrap(),
                it["key"].as_str().unwrap_or("nobody"),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("desk_init", "root"),
            ("product_add", "root"),
            ("license_new", "root"),
            ("desk_certify", "root"),
            ("desk_certify", "root"),
            ("activate", "ann"),
            ("license_new", "ann"),
            ("license_change", "ann"),
            ("note", "ann"),
            ("emergency", "ann"),
            ("license_revoke", "ann"),
            ("license_restore", "ann"),
            ("license_void", "ann"),
            ("release", "ann"),
            ("desk_clock", "mia"),
            ("desk_remove", "mia"),
            ("product_change", "mia"),
            ("desk_rotate", "root"),
            ("desk_certify", "root"),
            ("product_change", "root"),
        ]
    );
    desk.run(["ledger", "history"])
        .done()
        .prints("(key ann)")
        .prints("(key mia)");
    desk.run(["ledger", "verify"]).done();
}

/// A plain clerk defines no product, and a key that is not there does nothing.
#[test]
fn without_the_key_nothing_is_done() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    let request = ship.request(&key);
    let mails = format!("{request}\n\n{}", desk.answer(&request));
    let mails = world.file("mails.txt", mails);
    desk.certify("ann", &[]);
    for args in [
        &["ledger", "readopt", mails.to_str().unwrap()][..],
        &["product", "add", "plotter", "--name", "Plotter"],
        &["product", "change", "survey", "--feature", "sonar"],
        &["desk", "clock", "--right", "--reason", "r"],
    ] {
        desk.by("ann", args).refused(6, "needs_manager");
    }
    let safe = world.path().join("tmp/root.pem");
    fs::rename(desk.kept("desk/root.pem"), &safe).unwrap();
    let why = "asked by mail";
    for args in [
        &["license", "new", "--product", "survey", "--customer", "B"][..],
        &["license", "change", &key, "--seats", "3"],
        &["license", "note", &key, "pays late"],
        &["license", "revoke", &key, "--reason", why],
        &["license", "void", &key, "--reason", why],
        &["desk", "clock", "--right", "--reason", why],
        &["product", "add", "plotter", "--name", "Plotter"],
        &["product", "change", "survey", "--feature", "sonar"],
    ] {
        let run = desk.run(args).env("COUNTERSIGN_KEY", "root");
        run.refused(1, "io");
    }
}

/// The mail of a request that was answered before has a sender, and nobody's key is open: then he is not kept, and that is said.
#[test]
fn a_contact_is_kept_by_a_key() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    let request = ship.request(&key);
    desk.answer(&request);
    let mail = format!("From: Zoe <zoe@example.org>\nSubject: please\n\n{request}\n");
    let file = world.file("request.eml", mail);
    let safe = world.path().join("tmp/root.pem");
    fs::rename(desk.kept("desk/root.pem"), &safe).unwrap();
    let contact = || {
        let shown = desk.run(["--json", "license", "show", &key]).done().json();
        shown["contact"].clone()
    };
    desk.run(["respond"]).arg(&file).done().tells(&format!(
        "countersign license change {key} --contact zoe@example.org"
    ));
    assert_eq!(contact(), serde_json::Value::Null);
    fs::rename(&safe, desk.kept("desk/root.pem")).unwrap();
    desk.run(["respond"])
        .arg(&file)
        .done()
        .tells("is kept as the contact");
    assert_eq!(contact(), "zoe@example.org");
}

/// Whoever can write to where requests lie puts one of his own there, under a clerk's name.
#[test]
fn a_request_that_somebody_else_put_there_is_told() {
    let world = World::new();
    let desk = world.desk("desk");
    let request = |name: &str| {
        let run = desk.run(["--json", "desk", "request", name, "--no-passphrase"]);
        let made = run.done().json();
        made["fingerprint"].as_str().unwrap().to_owned()
    };
    let (ann, bo) = (request("ann"), request("bo"));
    let certify = |said: &str| {
        desk.run(["desk", "certify", "ann", "--key", "root"])
            .arg("--fingerprint")
            .arg(said)
    };
    certify(&bo)
        .refused(4, "other_desk_key")
        .tells(&ann)
        .tells("somebody else made that request");
    certify("ABCD").refused(2, "usage");
    let said = certify(&ann.to_lowercase()).done();
    assert!(!said.stderr.contains("compare the six groups"), "{said}");
    // It is known from then on.
    let said = desk.run(["desk", "certify", "ann", "--key", "root"]).done();
    assert!(!said.stderr.contains("compare the six groups"), "{said}");
    // Where nobody can be asked it is said afterwards.
    desk.run(["desk", "certify", "bo", "--key", "root"])
        .done()
        .tells("compare the six groups");
}
