//! InfiniTime: a time and attendance server, with a USB key or without. Each test is a point of its users' journey.

use crate::world::{Desk, Machine, World};
use serde_json::json;

const PRODUCT: &[&str] = &[
    "--limit",
    "employees",
    "--limit",
    "badge-readers",
    "--limit",
    "biometric-readers",
    "--feature",
    "accruals-plus",
    "--demo-days",
    "30",
    "--demo-limit",
    "employees=5",
];
const ORDER: &[&str] = &[
    "--contact",
    "it@example.com",
    "--limit",
    "employees=250",
    "--limit",
    "badge-readers=10",
    "--limit",
    "biometric-readers=2",
];

/// The desk, the licensed server, and its license.
fn site(world: &World) -> (Desk<'_>, Machine<'_>, String) {
    let desk = world.desk("desk");
    let file = desk.product("infinitime", PRODUCT);
    let key = desk.sell("infinitime", ORDER);
    let server = world.machine("server");
    server.install(&file);
    desk.license(&server, &key);
    (desk, server, key)
}

/// 1. The license carries counted limits and options.
#[test]
fn counted_limits_and_options() {
    let world = World::new();
    let (_, server, _) = site(&world);
    let object = server
        .check_with(&[
            "--count",
            "employees=250",
            "--count",
            "badge-readers=10",
            "--count",
            "biometric-readers=2",
        ])
        .json();
    assert_eq!(
        object["limits"],
        json!({ "employees": 250, "badge-readers": 10, "biometric-readers": 2 })
    );
    for one_more in ["employees=251", "badge-readers=11", "biometric-readers=3"] {
        server
            .check_with(&["--count", one_more])
            .refused(16, "over_limit")
            .tells("1 above");
    }
    server
        .check_with(&["--feature", "accruals-plus"])
        .refused(15, "feature_missing");
}

/// 2. It binds to the server's disk volume and machine; the desk keeps that, when it was activated, when it was last heard of, and whom to write to.
#[test]
fn bound_to_the_machine_and_known_to_the_desk() {
    let world = World::new();
    let (desk, server, key) = site(&world);
    let activated = world.day(0);
    world.days_pass(12);
    let answer = desk.answer(&server.run(["request", "sync"]).done().code());
    server.apply(&answer);
    let license = desk.run(["license", "show", &key]).json();
    assert_eq!(license["contact"], "it@example.com");
    let held = &license["activations"][0];
    for (name, day) in [("first_contact", activated), ("last_contact", world.day(0))] {
        assert!(
            held[name].as_str().unwrap().starts_with(&day),
            "{name}: {held}"
        );
    }
    assert_eq!(
        held["bound_to"],
        json!([
            "machine id",
            "root file system",
            "main board",
            "network card",
            "system disk"
        ])
    );
    let shown = desk.run(["license", "show", &key]).done();
    assert!(shown.stdout.contains("bound to machine id"), "{shown}");

    // The same disk in another computer: for a while, so that work goes on; the same computer with another disk: for ever.
    let volume = server.facts();
    let other = world.machine("other");
    server.copy_home_to(&other);
    other.check().refused(13, "wrong_machine");
    server.change(|facts| {
        facts.root_fs_uuid = Some("6f1e0bd0-3f4b-4a3e-9a51-0c1c6a0f3a11".to_owned()).into();
        facts.disk_serial = Some("s1other77".to_owned()).into();
    });
    server.check().done().silent();
    server.change(|facts| *facts = volume);
    server.check().done().silent();
}

/// 2. Whom to write to is learned from the first mail, where the order did not say it; the answer goes there, and a stranger's mail changes nothing.
#[test]
fn whom_to_write_to_is_learned_from_the_first_mail() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("infinitime", PRODUCT);
    let key = desk.sell("infinitime", &ORDER[2..]);
    let server = world.machine("server");
    server.install(&file);
    let contact = || desk.run(["license", "show", &key]).json()["contact"].clone();
    assert_eq!(contact(), json!(null));

    let mail = ["--mail", "--from", "Ina Berg <ina@example.org>"];
    let ask = ["request", "activate", &key];
    let request = server.run(ask.iter().chain(&mail)).done().stdout;
    let request = world.file("request.eml", request);
    let answer = desk.run(["respond", "--mail"]).arg(&request).done();
    let answer = answer
        .prints("\r\nTo: <ina@example.org>\r\n")
        .tells("ina@example.org is kept as the contact");
    let answer = world.file("answer.eml", answer.stdout);
    server.run(["apply"]).arg(answer).done();
    server.check().done().silent();
    assert_eq!(contact(), "ina@example.org");
    desk.run(["ledger", "history", &key])
        .done()
        .prints("ina@example.org");

    // The next mail comes from somebody else: it is answered, and said.
    world.days_pass(12);
    let mail = ["--mail", "--from", "temp@example.net"];
    let request = server.run(["request", "sync"].iter().chain(&mail)).done();
    desk.respond(&request.stdout)
        .done()
        .tells("this mail came from temp@example.net");
    assert_eq!(contact(), "ina@example.org");
    // A purchase is written to the contact.
    desk.run(["license", "change", &key, "--limit", "employees=400"])
        .done();
    desk.run(["license", "mail", &key])
        .done()
        .prints("To: ina@example.org");
}

/// 3. After a purchase: the desk changes the license and prints the mail, one pair of codes is exchanged, the license view shows the new limits.
#[test]
fn a_purchase() {
    let world = World::new();
    let (desk, server, key) = site(&world);
    world.days_pass(5);
    desk.run(["license", "change", &key, "--limit", "employees=400"])
        .arg("--limit")
        .arg("badge-readers=14")
        .arg("--feature")
        .arg("accruals-plus")
        .done();
    let mail = desk.run(["license", "mail", &key]).done().silent();
    for words in [
        "To: it@example.com",
        "license update is ready",
        "employees 250 → 400",
        "badge-readers 10 → 14",
        "accruals-plus off → on",
        &format!("countersign request sync {key}"),
    ] {
        assert!(mail.stdout.contains(words), "{words}: {mail}");
    }
    // Before the exchange the old limits hold; nothing else stops.
    server
        .check_with(&["--count", "employees=251"])
        .owes(16, "over_limit");
    server.check().done();
    // The field does as the mail says, line by line.
    let request = server.run(["request", "sync", &key]).done().code();
    server
        .apply(&desk.answer(&request))
        .tells("employees 250 → 400");
    let view = server.run(["status"]).done();
    for words in ["employees=400", "badge-readers=14", "accruals-plus"] {
        assert!(view.stdout.contains(words), "{words}: {view}");
    }
    server
        .check_with(&["--count", "employees=400", "--feature", "accruals-plus"])
        .done();
}

/// 4. Updating works from the licensed server only; a client machine is told so, clearly.
#[test]
fn updating_is_for_the_licensed_server() {
    let world = World::new();
    let (desk, server, key) = site(&world);
    let client = world.machine("client");
    client.install(&desk.export("infinitime"));
    client
        .run(["request", "sync", &key])
        .refused(4, "unknown_license")
        .tells("on the machine that holds it");
    client
        .run(["request", "sync"])
        .refused(10, "not_licensed")
        .tells("on the machine that holds it");
    // Nor is the server's answer of use there.
    let answer = desk.answer(&server.run(["request", "sync"]).done().code());
    client
        .run(["apply"])
        .piped(&answer)
        .refused(4, "other_request")
        .tells("on the machine that asked");
    server.apply(&answer);
    assert_eq!(desk.seats_taken(&key), 1);
}

/// 5. The USB key must stay plugged in. Unplugged: demo mode. Plugged in again: licensed, without a new code.
#[test]
fn customers_keep_their_usb_key() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("infinitime", PRODUCT);
    let hasp = "0529:0001:8A3F21";
    let key = desk.sell("infinitime", &[ORDER, &["--usb", hasp]].concat());
    let server = world.machine("server");
    server.install(&file);
    server
        .run(["request", "activate", &key, "--usb", "auto"])
        .refused(6, "no_usb_key");
    server.plug(&[hasp]);
    let request = server.request_with(&key, &["--usb", "auto"]);
    server.apply(&desk.answer(&request));
    assert_eq!(server.check().json()["limits"]["employees"], 250);

    server.plug(&[]);
    let demo = server.check().json();
    assert_eq!(
        (&demo["state"], &demo["limits"]["employees"]),
        (&json!("demo"), &json!(5))
    );
    server
        .check()
        .done()
        .tells("is not plugged in; the demo runs instead");
    // Another one, and one of another customer, are not it.
    server.plug(&["0529:0001:9B"]);
    assert_eq!(server.check().json()["state"], "demo");
    server.plug(&["0529:0001:9B", hasp]);
    server.check().done().silent();
    assert_eq!(server.check().json()["limits"]["employees"], 250);

    // 6. Once the demo is used up, an unplugged key means: not licensed. Plugged in again, everything is well.
    world.days_pass(29);
    server.plug(&[]);
    assert_eq!(server.check().json()["days_left"], 0);
    world.days_pass(1);
    let said = server.check().owes(10, "usb_missing").tells("plug it in");
    assert!(!said.stderr.contains("demo"), "{said}");
    assert_eq!(server.check().with_json_exits(10)["state"], "unlicensed");
    server.plug(&[hasp]);
    server.check().done();
}

/// 6. Without a license the application is in demo mode, with what the product allows there, from the first such check; another home is no other demo.
#[test]
fn the_demo_is_counted_from_its_first_check() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("infinitime", PRODUCT);
    let server = world.machine("server");
    server.install(&file);
    // Installing it began nothing.
    world.days_pass(100);
    let at = |days: i64| {
        let object = server.check().json();
        assert_eq!(
            (&object["state"], &object["days_left"]),
            (&json!("demo"), &json!(days))
        );
    };
    at(29);
    server
        .check_with(&["--count", "employees=6"])
        .refused(16, "over_limit");
    server
        .check_with(&["--feature", "accruals-plus"])
        .refused(15, "feature_missing");
    world.days_pass(9);
    at(20);
    let elsewhere = world.path().join("homes/elsewhere");
    let there = |args: &[&str]| {
        server
            .run_at_home_of_user(args)
            .arg("--home")
            .arg(&elsewhere)
    };
    there(&["product", "install"]).arg(&file).done();
    assert_eq!(there(&["check"]).json()["days_left"], 20);
    // A clock set back brings no day back.
    server.clock_ahead(-60 * crate::world::DAY);
    assert_eq!(server.check().json()["days_left"], 20);
    server
        .check()
        .done()
        .tells("clock is behind; set it within 7 days");
    // Nor does one that was set far ahead take any.
    server.clock_ahead(1000 * crate::world::DAY);
    server.check().refused(10, "demo_over");
    server.clock_ahead(0);
    at(20);
    world.days_pass(21);
    server.check().refused(10, "demo_over");
    there(&["check"]).refused(10, "demo_over");
}
