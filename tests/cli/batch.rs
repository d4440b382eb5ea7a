//! `respond --batch`: a line in, an object out, in order.

use countersign::license_key::LicenseKey;
use countersign::machine::Fingerprint;
use countersign::protocol::commitment::RequestSecret;
use countersign::protocol::date::Seconds;
use countersign::protocol::digest::product_tag;
use countersign::protocol::requests::Activate;
use countersign::text::{Code, Kind};
use serde_json::json;

use crate::world::{Desk, World, altered};

fn desk(world: &World) -> Desk<'_> {
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    desk
}

/// The request of a machine that no test looks at more closely.
fn request(world: &World, key: LicenseKey, number: u32) -> String {
    let mut secret = [0; 12];
    secret[..4].copy_from_slice(&number.to_be_bytes());
    let facts = countersign::machine::Facts {
        machine_id: Some(format!("{number:08x}c7c4c5404aaa1f6d2a48adfd")).into(),
        disk_serial: Some(format!("d{number}x7")).into(),
        mac: format!(
            "00:1b:63:{:02x}:{:02x}:51",
            number >> 8 & 0xff,
            number & 0xff
        )
        .into(),
        ..Default::default()
    };
    let activate = Activate {
        product_tag: product_tag("survey"),
        key,
        commitment: RequestSecret::new(secret).commitment(key),
        clock: Seconds::from_unix(world.now()),
        fingerprint: Fingerprint::of(&facts, &key.to_bytes()),
        bindings: None,
        seats: None,
        usb: None,
        site_key: None,
    };
    Code::new(Kind::Activate, activate.encode())
        .to_text()
        .unwrap()
}

fn one_line(code: &str) -> String {
    code.replace('\n', " ")
}

#[test]
fn good_and_bad_lines_come_out_in_order() {
    let world = World::new();
    let desk = desk(&world);
    let key = desk.sell("survey", &["--seats", "2"]);
    let file = world.path().join("files/survey.product");
    let [one, two, three] = ["one", "two", "three"].map(|name| {
        let machine = world.machine(name);
        machine.install(&file);
        one_line(&machine.request(&key))
    });
    let mistyped = crate::world::mistyped(&two, 1);
    let foreign = one_line(&request(
        &world,
        LicenseKey::from_number(99_999_999_999).unwrap(),
        1,
    ));
    let lines = [
        one.clone(),
        String::new(),
        "not a code".to_owned(),
        json!({ "code": mistyped, "mail": "ship@example.com" }).to_string(),
        one.clone(),
        "{\"kode\": 1}".to_owned(),
        "{ broken".to_owned(),
        three.clone(),
        foreign,
        one_line(&altered(&one, 25)),
        "REQ1: 04812-9PQ3R-7XW2K".to_owned(),
        "no code in here ".repeat(10_000),
        json!({ "code": three }).to_string(),
    ];
    let batch = world.file("batch.txt", lines.join("\r\n") + "\n");
    let said = desk
        .run(["respond", "--batch"])
        .arg(&batch)
        .exits(8)
        .tells("3 answered, 9 not");
    let objects = said.objects();
    let short: Vec<(u64, String)> = objects
        .iter()
        .map(|object| {
            let what = object["verdict"]
                .as_str()
                .or(object["error"]["kind"].as_str())
                .unwrap();
            (object["line"].as_u64().unwrap(), what.to_owned())
        })
        .collect();
    let expected = [
        (1, "activated"),
        (3, "no_code"),
        (4, "activated"),
        (5, "repeated"),
        (6, "usage"),
        (7, "usage"),
        (8, "no_seat_free"),
        (9, "unknown_key"),
        (10, "commitment_used"),
        (11, "damaged"),
        (12, "no_code"),
        (13, "no_seat_free"),
    ];
    assert_eq!(
        short,
        expected.map(|(line, what)| (line, what.to_owned())),
        "{said}"
    );
    assert_eq!(objects[0]["code"], objects[3]["code"]);
    for failed in objects.iter().filter(|object| object["error"].is_object()) {
        assert!(
            failed["error"]["exit"].is_u64() && failed["error"]["hint"].is_string(),
            "{failed}"
        );
    }
    assert_eq!(desk.seats_taken(&key), 2);

    // The whole batch again: the same answers, no further seat.
    let again = desk
        .run(["respond", "--batch", "-"])
        .piped(lines.join("\n"))
        .exits(8);
    let codes = |objects: &[serde_json::Value]| {
        objects
            .iter()
            .filter_map(|object| object["code"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(&again.objects()), codes(&objects));
    assert_eq!(desk.seats_taken(&key), 2);
    // What is mended in a line is said with it.
    assert_eq!(again.objects()[2]["corrections"], json!(["row 1 group 1"]));
}

/// As PowerShell's `>` writes it, and as an editor marks it.
#[test]
fn a_batch_is_read_however_it_was_written_down() {
    let world = World::new();
    let desk = desk(&world);
    let key = desk.sell("survey", &["--seats", "2"]);
    let machine = world.machine("one");
    machine.install(&world.path().join("files/survey.product"));
    let code = one_line(&machine.request(&key));
    let lines = format!("\u{feff}{}\r\n{code}\r\n", json!({ "code": code, "n": 7 }));
    let wide = |unit: fn(u16) -> [u8; 2]| lines.encode_utf16().flat_map(unit).collect();
    let written: [Vec<u8>; 3] = [
        lines.clone().into_bytes(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
    ];
    for bytes in written {
        let path = world.file("batch.txt", bytes);
        let said = desk.run(["respond", "--batch"]).arg(&path).done();
        let objects = said.objects();
        assert_eq!(
            (objects.len(), &objects[0]["given"]["n"]),
            (2, &json!(7)),
            "{said}"
        );
    }
}

#[test]
fn a_batch_of_good_lines_ends_well() {
    let world = World::new();
    let desk = desk(&world);
    let key = desk.sell("survey", &["--seats", "3"]).parse().unwrap();
    let lines: String = (0..3)
        .map(|number| one_line(&request(&world, key, number)) + "\n")
        .collect();
    desk.run(["respond", "--batch", "-"])
        .piped(&lines)
        .done()
        .tells("3 answered, 0 not");
    desk.run(["respond", "--batch", "-", "-q"])
        .piped(&lines)
        .done()
        .silent();
    desk.run(["respond", "--batch", "-"])
        .done()
        .tells("0 answered, 0 not");
    desk.run(["respond", "--batch", "nowhere"])
        .refused(1, "no_file");
    desk.run(["respond", "--batch", "-", "--dry-run"])
        .refused(2, "usage");
    desk.run(["respond", "--batch", "-", "REQ1:"])
        .refused(2, "usage");
}

#[test]
fn twenty_thousand_lines() {
    let world = World::new();
    let desk = desk(&world);
    let keys = desk
        .run([
            "license",
            "new",
            "--product",
            "survey",
            "--customer",
            "A",
            "--seats",
            "1000",
            "--count",
            "20",
        ])
        .done()
        .stdout;
    let keys: Vec<LicenseKey> = keys.lines().map(|key| key.parse().unwrap()).collect();
    let lines: String = (0..20_000_u32)
        .map(|number| one_line(&request(&world, keys[number as usize % 20], number)) + "\n")
        .collect();
    let said = desk.run(["respond", "--batch", "-"]).piped(&lines).done();
    let objects = said.objects();
    assert_eq!(objects.len(), 20_000);
    for (number, object) in (0..).zip(&objects) {
        assert_eq!(object["line"], number + 1);
        assert_eq!(object["license_key"], keys[number % 20].to_string());
        assert_eq!(object["verdict"], "activated");
    }
    let verified = desk.run(["ledger", "verify"]).json();
    assert_eq!(
        (
            verified["answers"].as_u64(),
            verified["activations"].as_u64()
        ),
        (Some(20_000), Some(20_000))
    );
    // Full to the last seat, and not one above.
    let taken: Vec<u64> = keys
        .iter()
        .map(|key| desk.seats_taken(&key.to_string()))
        .collect();
    assert_eq!(taken, vec![1000; 20]);
    desk.respond(&request(&world, keys[0], 1_000_000))
        .owes(6, "no_seat_free");
}

#[test]
fn a_line_that_is_refused_says_whose_it_is() {
    let world = World::new();
    let desk = desk(&world);
    let key = desk.sell("survey", &["--contact", "it@example.com"]);
    let number = key.parse().unwrap();
    let machine = world.machine("one");
    machine.install(&world.path().join("files/survey.product"));
    desk.license(&machine, &key);
    let sync = machine.run(["request", "sync"]).done().code();
    let revoke = ["license", "revoke", &key, "--reason", "unpaid"];
    desk.run(revoke).done();
    let stranger = LicenseKey::from_number(99_999_999_999).unwrap();
    let lines = [
        request(&world, number, 7),
        sync,
        request(&world, stranger, 8),
    ];
    let lines = lines.map(|code| one_line(&code)).join("\n");
    let said = desk.run(["respond", "--batch", "-"]).piped(&lines).exits(8);
    let errors: Vec<_> = said
        .objects()
        .into_iter()
        .map(|object| object["error"].clone())
        .collect();
    for error in &errors[..2] {
        for (name, value) in [
            ("kind", "revoked"),
            ("license_key", key.as_str()),
            ("product", "survey"),
            ("customer", "Aurora Shipping"),
            ("contact", "it@example.com"),
        ] {
            assert_eq!(error[name], value, "{name}: {said}");
        }
        let named = error["activation"].as_str().unwrap_or_default();
        assert!(named.starts_with("A-"), "{said}");
    }
    assert_eq!(errors[2]["kind"], "unknown_key");
    assert_eq!(errors[2].get("customer"), None, "{said}");
}

/// A script finds its own orders again by what it wrote beside the code.
#[test]
fn what_else_a_line_holds_is_given_back() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    let request = ship.request(&key);
    let lines = [
        serde_json::json!({"order": 7, "code": request, "who": {"name": "Søren"}}),
        serde_json::json!({"order": 8, "code": "nothing"}),
        serde_json::json!({"order": 9}),
        serde_json::json!({"code": request}),
    ];
    let lines = lines.map(|line| format!("{line}\n")).concat();
    let said = desk.run(["respond", "--batch", "-"]).piped(&lines).exits(8);
    let given: Vec<_> = said
        .objects()
        .into_iter()
        .map(|it| it["given"].clone())
        .collect();
    let name = serde_json::json!({"order": 7, "who": {"name": "Søren"}});
    let others = [
        serde_json::json!({"order": 8}),
        serde_json::json!({"order": 9}),
    ];
    assert_eq!(given[0], name);
    assert_eq!(given[1..3], others);
    assert_eq!(given[3], serde_json::Value::Null);
    for option in ["--mail", "--qr", "--spell", "--spare"] {
        desk.run(["respond", "--batch", "-", option])
            .piped(&lines)
            .refused(2, "usage")
            .tells(&format!("{option} is not for a batch"));
    }
}
