//! Clerks who answer with keys of their own, within what a root certified.

use std::fs;

use countersign::text::Kind;

use crate::world::{World, decoded};

/// The codes of a text, each by itself.
pub(super) fn codes(text: &str) -> Vec<&str> {
    text.split("\n\n").map(str::trim).collect()
}

#[test]
fn a_clerk_answers_with_a_key_of_his_own() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    let requested = desk
        .run(["desk", "request", "ann", "--no-passphrase"])
        .done();
    requested.tells("whoever has the root says countersign desk certify");
    let certified = desk.run([
        "desk",
        "certify",
        "ann",
        "--max-seats",
        "5",
        "--key",
        "root",
    ]);
    certified
        .done()
        .tells("up to 5 seats")
        .tells("compare the six groups");
    // The root goes to its safe: nothing asks for it any more.
    let safe = world.path().join("tmp/root.pem");
    fs::rename(desk.kept("desk/root.pem"), &safe).unwrap();
    let request = ship.request(&key);
    let sent = desk.run(["respond"]).piped(&request).done().stdout;
    let kinds: Vec<Kind> = codes(&sent).iter().map(|it| decoded(it).kind()).collect();
    assert_eq!(kinds, [Kind::Grant, Kind::DeskCertificate]);
    // The machine knows nothing of this key: it takes both, in whatever order, and says nothing of the second.
    let said = ship.apply(&sent);
    assert!(!said.stderr.contains("certificate"), "{said}");
    ship.check().done();
    // From now on it knows that key.
    let again = ship.run(["request", "sync"]).done().code();
    let sent = desk.answer_by("ann", &again);
    assert_eq!(codes(&sent).len(), 1, "{sent}");
    // Also where the list of desks is lost there.
    fs::remove_file(ship.kept("machine/products/survey.desks.json")).unwrap();
    ship.apply(&sent);
    // Under another certificate of the same key there are two again.
    desk.run(["desk", "certify", "ann", "--key"])
        .arg(&safe)
        .done();
    let again = ship.run(["request", "sync"]).done().code();
    let sent = desk.answer_by("ann", &again);
    assert_eq!(codes(&sent).len(), 2, "{sent}");
    ship.apply(&sent);
    ship.check().done();
    // What was answered is given again, with both.
    let repeated = desk.run(["respond"]).piped(&request).done().stdout;
    assert_eq!(codes(&repeated).len(), 2);
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn a_machine_that_gets_the_response_alone_says_what_is_missing() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    desk.certify("ann", &[]);
    let sent = desk.answer_by("ann", &ship.request(&key));
    let [response, certificate] = codes(&sent)[..] else {
        panic!("{sent}");
    };
    ship.run(["apply"])
        .piped(response)
        .refused(5, "not_trusted")
        .tells("whole mail");
    // Looked at as a whole, both are there.
    let whole = ship.run(["inspect"]).piped(&sent).done();
    whole.prints("verified on this machine");
    let alone = ship.run(["inspect"]).piped(response).done();
    assert!(!alone.stdout.contains("verified on this"), "{alone}");
    ship.run(["apply"])
        .piped(certificate)
        .done()
        .tells("survey");
    ship.apply(response);
    ship.check().done();
}

/// A mail, and a batch, bring both codes.
#[test]
fn a_mail_and_a_batch_bring_the_certificate_too() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &["--seats", "2"]);
    desk.certify("ann", &[]);
    let request = ship.request(&key);
    let mail = ["respond", "--mail", "--to", "ship@example.com"];
    let mail = desk.by("ann", &mail).piped(&request).done().stdout;
    ship.apply(&mail);
    ship.check().done();
    let other = world.machine("other");
    other.install(&world.path().join("files/survey.product"));
    let line = other.request(&key).replace('\n', " ");
    let batch = world.file("batch", line);
    let answered = desk
        .by("ann", &["--json", "respond", "--batch"])
        .arg(&batch);
    let answered = answered.done().json();
    let code = |name: &str| answered[name].as_str().unwrap().to_owned();
    other.apply(&format!("{}\n\n{}", code("code"), code("certificate")));
    other.check().done();
}

/// Each limit, where it is reached and one beyond: nothing is signed, sold or changed.
#[test]
fn limits_hold_before_anything_is_signed() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    desk.product("other", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    let floating = ["--type", "floating", "--seats"];
    let within = "--max-seats 5 --max-grace 30 --max-loan 7 --max-emergency 14";
    let most: Vec<&str> = within.split(' ').collect();
    desk.certify("ann", &[&most[..], &["--product", "survey"]].concat());
    desk.certify("bo", &["--kinds", "grant"]);
    let sells = |clerk: &str, product: &str, options: &[&str]| {
        let sell = ["license", "new", "--product", product, "--customer", "C"];
        desk.by(clerk, &[&sell, options].concat())
    };
    for (at_it, beyond) in [
        ("--seats 5", "--seats 6"),
        ("--grace 30", "--grace 31"),
        ("--grace 1", "--grace 0"),
        ("--emergency 2x7", "--emergency 5x3"),
        ("--type floating --lend 7", "--type floating --lend 8"),
    ] {
        let words = |text: &'static str| text.split(' ').collect::<Vec<_>>();
        sells("ann", "survey", &words(at_it)).done();
        sells("ann", "survey", &words(beyond))
            .refused(6, "desk_limit")
            .tells("ask a manager");
    }
    sells("ann", "other", &[])
        .refused(6, "desk_limit")
        .tells("product");
    sells("bo", "other", &[]).done();
    for not_granted in [["--emergency", "1x1"], ["--lend", "1"]] {
        let options = [&["--type", "floating"], &not_granted[..]].concat();
        sells("bo", "survey", &options).refused(6, "desk_limit");
    }

    // What a manager sold, a clerk answers as far as his key goes.
    let key = desk.sell("survey", &[&floating[..], &["9"]].concat());
    let request = ship.request(&key);
    let answers = |options: &[&str]| {
        let args = [&["respond", "--key", "ann"], options].concat();
        desk.run(args).piped(&request)
    };
    answers(&[]).owes(6, "desk_limit").tells("seats");
    answers(&["--seats", "6"]).owes(6, "desk_limit");
    answers(&["--seats", "5", "--grace", "31"]).owes(6, "desk_limit");
    answers(&["--seats", "5", "--grace", "0"]).owes(6, "desk_limit");
    let sent = answers(&["--seats", "5"]).done().stdout;
    ship.apply(&sent);
    ship.check().done();
    // Of a license that is beyond him he changes what is within: the customer's address, fewer days.
    let change = |options: &[&str]| {
        let args = [&["license", "change", &key], options].concat();
        desk.by("ann", &args)
    };
    change(&["--contact", "aurora@example.com"]).done();
    change(&["--grace", "20"]).done();
    change(&["--seats", "10"]).refused(6, "desk_limit");
    change(&["--grace", "40"]).refused(6, "desk_limit");
    // A license with emergency codes is read out by whoever may sign such a one.
    let spoken = desk.sell("survey", &["--emergency", "2x7"]);
    let office = world.machine("office");
    office.install(&file);
    office.apply(&desk.answer(&office.request(&spoken)));
    desk.by("bo", &["emergency", &spoken])
        .refused(6, "desk_limit");
    desk.by("ann", &["emergency", &spoken]).done();
    desk.run(["ledger", "verify"]).done();
}

#[test]
fn a_rule_is_set_aside_by_a_managers_key() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &["--expires", "2040-03-10"]);
    desk.certify("ann", &[]);
    desk.certify("mia", &["--manager"]);
    let request = ship.request(&key);
    let aside = ["respond", "--override", "--reason", "on the phone"];
    let answer = |clerk: &str| desk.by(clerk, &aside).piped(&request);
    answer("ann").refused(6, "needs_manager").tells("--manager");
    ship.apply(&answer("mia").done().stdout);
    // Seats that a return code would leave resting are the manager's to free, too, one by one or in a batch.
    let back = ship.run(["return", "--yes"]).done().code();
    let lines = world.file("batch", back.replace('\n', " "));
    let batch = [&aside[..], &["--batch", lines.to_str().unwrap()]].concat();
    let refused = desk.by("ann", &batch).with_json().exits(8).json();
    assert_eq!(refused["error"]["kind"], "needs_manager");
    desk.by("ann", &aside)
        .piped(&back)
        .refused(6, "needs_manager");
    desk.by("mia", &aside).piped(&back).done();
    let again = ship.request(&key);
    ship.apply(&desk.answer_by("mia", &again));
    let release = ["release", &key, "--lost", "--reason", "stolen"];
    let aside = [&release[..], &["--override"]].concat();
    desk.by("ann", &aside).refused(6, "needs_manager");
    let floating = ["license", "change", &key, "--customer", "B"];
    let aside = [&floating[..], &["--override", "--reason", "none is out"]].concat();
    desk.by("ann", &aside).refused(6, "needs_manager");
    desk.by("ann", &release).done();
    desk.by("mia", &["desk", "remove", "ann", "--reason", "left"])
        .done();
    desk.by("mia", &["desk", "certify", "ann"])
        .refused(6, "needs_root");
}

/// A certificate that runs out is told of thirty days before, and signs nothing after its last day.
#[test]
fn a_certificate_runs_out() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    let last = world.day(60);
    desk.certify("ann", &["--until", &last]);
    let sync = || ship.run(["request", "sync"]).done().code();
    let first = desk
        .by("ann", &["respond"])
        .piped(ship.request(&key))
        .done();
    assert!(!first.stderr.contains("not after"), "{first}");
    ship.apply(&first.stdout);
    world.days_pass(29);
    let early = desk.by("ann", &["respond"]).piped(sync()).done();
    assert!(!early.stderr.contains("not after"), "{early}");
    ship.apply(&early.stdout);
    world.days_pass(1);
    desk.run(["desk", "keys"])
        .done()
        .tells("run out within 30 days: ann");
    let soon = desk.by("ann", &["respond"]).piped(sync()).done();
    let soon = soon.tells(&format!("this key signs until {last} and not after"));
    ship.apply(&soon.stdout);
    world.days_pass(30);
    ship.apply(&desk.answer_by("ann", &sync()));
    world.days_pass(1);
    let asked = sync();
    desk.by("ann", &["respond"])
        .piped(&asked)
        .owes(6, "desk_limit")
        .tells("desk certify");
    let sell = ["license", "new", "--product", "survey", "--customer", "C"];
    desk.by("ann", &sell).refused(6, "desk_limit");
    desk.run(["desk", "keys"]).done().tells("--all");
    desk.certify_again("ann", &[]);
    ship.apply(&desk.answer_by("ann", &asked));
    ship.check().done();
    // What was answered under the first certificate is what it was.
    desk.run(["ledger", "verify"]).done();
    let past = [
        "desk",
        "certify",
        "ann",
        "--key",
        "root",
        "--until",
        &world.day(-1),
    ];
    desk.run(past).refused(2, "usage");
}

#[test]
fn a_request_is_certified_as_its_clerk_made_it() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    let certify = |options: &[&str]| {
        let args = ["desk", "certify", "ann", "--key", "root"];
        desk.run(args.iter().chain(options))
    };
    certify(&[]).refused(1, "no_file");
    // On another computer, where there is no desk.
    let laptop = world.machine("laptop");
    let own = world.path().join("files/own.pem");
    laptop
        .run(["desk", "request", "ann"])
        .refused(1, "desk_missing");
    let made = ["desk", "request", "ann", "--no-passphrase", "--key"];
    laptop.run(made).arg(&own).done().tells("own.request");
    laptop.run(made).arg(&own).refused(1, "kept_file");
    let request = world.path().join("files/own.request");
    // It got lost: the same key asks again.
    let first = fs::read_to_string(&request).unwrap();
    fs::remove_file(&request).unwrap();
    laptop.run(made).arg(&own).done();
    assert_eq!(fs::read_to_string(&request).unwrap(), first);
    let file = request.to_str().unwrap();
    let text = fs::read_to_string(&request).unwrap();
    assert!(!text.contains("PRIVATE"), "{text}");
    for (name, content) in [
        ("cut", &text[..text.len() - 9]),
        ("renamed", &text.replace("ann", "eve")),
        ("none", "name: ann\n"),
    ] {
        let odd = world.file(name, content);
        certify(&["--request", odd.to_str().unwrap()]).refused(3, "not_a_key_request");
    }
    let as_eve = ["desk", "certify", "eve", "--key", "root", "--request", file];
    desk.run(as_eve).refused(6, "key_named");
    certify(&["--request", file, "--product", "none"]).refused(2, "unknown_product");
    // As a mail program sends it.
    let mailed = world.file("mailed", text.replace('\n', "\r\n"));
    certify(&["--request", mailed.to_str().unwrap()]).done();
    // Another of that name, and the same under another.
    desk.run(["desk", "request", "ann", "--no-passphrase"])
        .done();
    certify(&[]).refused(6, "key_named").tells("desk remove");
    // A key that lies elsewhere acts by its file.
    let ship = world.machine("ship");
    ship.install(&world.path().join("files/survey.product"));
    let key = desk.sell("survey", &[]);
    let answer = desk.run(["respond", "--key"]).arg(&own);
    ship.apply(&answer.piped(ship.request(&key)).done().stdout);
    let sell = [
        "license",
        "new",
        "--product",
        "survey",
        "--customer",
        "C",
        "--key",
    ];
    desk.run(sell).arg(&own).done();
    for odd in ["root", "spare", "Ann", "../ann", "con"] {
        desk.run(["desk", "request", odd, "--no-passphrase"])
            .refused(2, "usage");
    }
}

#[test]
fn which_key_acts_is_said_where_there_are_several() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    for clerk in ["ann", "bo"] {
        desk.certify(clerk, &[]);
    }
    fs::rename(
        desk.kept("desk/root.pem"),
        world.path().join("tmp/root.pem"),
    )
    .unwrap();
    let request = ship.request(&key);
    desk.respond(&request)
        .refused(2, "which_key")
        .tells("ann, bo");
    desk.by("eve", &["respond"])
        .piped(&request)
        .refused(1, "no_file");
    let sell = ["license", "new", "--product", "survey", "--customer", "C"];
    desk.by("eve", &sell).refused(4, "unknown_desk_key");
    desk.by("bo", &["respond"]).piped(&request).done();
    // A key that nobody certified signs for nobody.
    desk.run(["desk", "request", "eve", "--no-passphrase"])
        .done();
    desk.by("eve", &sell)
        .refused(4, "unknown_desk_key")
        .tells("the key of eve is not certified yet")
        .tells("countersign desk certify --home")
        .tells("eve --key root");
    desk.run(["desk", "certify", "evi", "--key", "root"])
        .refused(1, "no_file")
        .tells("no request of evi lies at this desk")
        .tells("those of ann, bo, eve");
    let other = ship.request_with(&key, &["--new"]);
    desk.by("eve", &["respond"])
        .piped(&other)
        .refused(5, "foreign_key");
}
