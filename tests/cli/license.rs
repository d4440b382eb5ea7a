//! `license new`, `list`, `show`.

use std::collections::HashSet;

use countersign::license_key::LicenseKey;
use serde_json::json;

use crate::world::World;

const NEW: &[&str] = &[
    "license",
    "new",
    "--product",
    "survey",
    "--customer",
    "Aurora Shipping",
];

#[test]
fn a_key_stands_alone_on_standard_output() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    let key = desk
        .run(NEW)
        .done()
        .tells("1 license of Survey for Aurora Shipping, 1 seat")
        .line();
    let parsed: LicenseKey = key.parse().unwrap();
    assert_eq!(parsed.to_string(), key);
    assert_eq!(key.len(), 16);
}

#[test]
fn a_hundred_thousand_keys_are_all_good_and_all_different() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    let before = desk.sell("survey", &[]);
    let said = desk.run(NEW).arg("--count").arg("100000").done();
    let keys: HashSet<LicenseKey> = said
        .stdout
        .lines()
        .map(|line| line.parse().unwrap())
        .chain([before.parse().unwrap()])
        .collect();
    assert_eq!(
        (keys.len(), said.stdout.lines().count()),
        (100_001, 100_000)
    );
    let listed = desk.run(["license", "list"]).done();
    assert_eq!(listed.stdout.lines().count(), 1 + 100_001);
    let verified = desk.run(["ledger", "verify"]).json();
    assert_eq!(verified["licenses"], 100_001);
}

#[test]
fn every_term_is_kept() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product(
        "survey",
        &[
            "--feature",
            "export",
            "--limit",
            "users",
            "--edition",
            "basic",
            "--edition",
            "pro",
        ],
    );
    let options = [
        "--contact",
        "master@aurora.example",
        "--seats",
        "7",
        "--type",
        "floating",
        "--edition",
        "pro",
        "--expires",
        "2042-06-30",
        "--maintenance",
        "2041-12-31",
        "--grace",
        "60",
        "--emergency",
        "4x7",
        "--feature",
        "export",
        "--limit",
        "users=250",
    ];
    let object = desk.run(NEW.iter().chain(&options)).json();
    let key = object["license_key"].as_str().unwrap().to_owned();
    let shown = desk.run(["license", "show", &key]).json();
    assert_eq!(
        shown,
        json!({
            "license_key": key, "product": "survey", "customer": "Aurora Shipping", "contact": "master@aurora.example", "order": null, "note": null, "seats": 7,
            "type": "floating", "edition": "pro", "expires": "2042-06-30", "maintenance": "2041-12-31", "grace": 60, "lend": null, "emergency": "4x7",
            "features": ["export"], "limits": { "users": 250 }, "pools": {}, "texts": {}, "ends": {}, "seats_taken": 0, "activations": [], "noted": null, "refusals": [], "refusals_forgotten": 0, "revoked": false,
            "void": false, "events": 1, "usb": null,
            "anew": {"counted": 0, "of": 28}, "moves": { "counted": 0, "of": 14 }, "exchanges": { "counted": 0, "of": 14 }, "returns": { "counted": 0, "of": 42 },
        })
    );
    desk.run(["license", "show", &key])
        .done()
        .prints("pro")
        .prints("0 of 7 taken")
        .prints("users=250")
        .prints("activations: none yet")
        .silent();
}

#[test]
fn what_cannot_be_sold_is_refused() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product(
        "survey",
        &[
            "--feature",
            "export",
            "--limit",
            "users",
            "--edition",
            "pro",
        ],
    );
    let refused =
        |options: &[&str], exit, kind| desk.run(NEW.iter().chain(options)).refused(exit, kind);
    refused(&["--feature", "import"], 2, "usage").tells("it has: export");
    refused(&["--limit", "seats=3"], 2, "usage").tells("it has: users");
    refused(&["--edition", "gold"], 2, "usage").tells("it has: pro");
    refused(&["--feature", "export", "--feature", "export"], 2, "usage");
    refused(&["--limit", "users"], 2, "usage");
    refused(&["--limit", "users=-1"], 2, "usage");
    refused(&["--seats", "0"], 2, "usage");
    refused(&["--seats", "65536"], 2, "usage");
    refused(&["--count", "0"], 2, "usage");
    refused(&["--emergency", "32x7"], 2, "usage");
    refused(&["--emergency", "4"], 2, "usage");
    refused(&["--type", "rented"], 2, "usage");
    refused(&["--expires", "2041-02-29"], 2, "usage");
    refused(&["--expires", "30.6.2041"], 2, "usage");
    refused(
        &["--expires", "2041-06-30", "--maintenance", "2041-07-01"],
        2,
        "usage",
    )
    .tells("end maintenance with the license");
    desk.run(["license", "new", "--product", "other", "--customer", "A"])
        .refused(2, "unknown_product");
    desk.run(["license", "new", "--product", "survey", "--customer", ""])
        .refused(2, "bad_order");
}

#[test]
fn lists_are_narrowed_down() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    desk.product("deep", &[]);
    desk.run(["license", "list"]).done().tells("no licenses");
    let aurora = desk.sell("survey", &[]);
    let borealis = desk
        .run([
            "license",
            "new",
            "--product",
            "deep",
            "--customer",
            "Borealis AS",
            "--count",
            "2",
        ])
        .done();
    let list = |options: &[&str]| {
        let said = desk
            .run(["--json", "license", "list"].iter().chain(options))
            .done();
        let keys = said
            .objects()
            .iter()
            .map(|license| license["license_key"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>();
        keys.join("\n")
    };
    let both = format!("{aurora}\n{}", borealis.stdout.trim_end());
    assert_eq!(list(&[]), both);
    assert_eq!(list(&["--product", "survey"]), aurora);
    assert_eq!(list(&["--customer", "boreal"]), borealis.stdout.trim_end());
    assert_eq!(list(&["--customer", "Borealis", "--product", "survey"]), "");
    desk.run(["license", "list", "--product", "other"])
        .refused(2, "unknown_product");
    desk.run(["license", "list", "--product", "survey"])
        .done()
        .prints(&aurora)
        .prints("never");
}

/// A key is typed as people type it; a mistyped one is named as such before anything else.
#[test]
fn keys_as_people_type_them() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &["--feature", "export"]);
    // One with a 0 and a 1 in it.
    let keys = desk.run(NEW).arg("--count").arg("500").done().stdout;
    let key = keys
        .lines()
        .find(|key| key.contains('0') && key.contains('1'))
        .unwrap();
    let digits = key.replace('-', "");
    let spaced: Vec<String> = digits.chars().map(|digit| digit.to_string()).collect();
    let spaced: Vec<&str> = spaced.iter().map(String::as_str).collect();
    let letters = key.replace('0', "O").replace('1', "l");
    let others = digits.replace('0', "o").replace('1', "I");
    let show = ["license", "show"];
    for typed in [
        &[key][..],
        &[&digits],
        &spaced,
        &[&letters],
        &[&others],
        &[&key.replace('-', " ")],
        &[&format!(" {key} ")],
        &[&format!("{key}.0")],
    ] {
        desk.run(show.iter().chain(typed)).done().prints(key);
    }

    let last = if digits.ends_with('9') { "8" } else { "9" };
    let wrong = format!("{}{last}", &digits[..12]);
    for (typed, words) in [
        (wrong.as_str(), "mistyped"),
        (&digits[..12], "13 digits, this one has 12"),
        ("abc", "'a' is none"),
        ("", "13 digits"),
        ("0000000000000", ""),
        (&format!("{key}, {key}"), "these are 2 license keys"),
    ] {
        desk.run(["license", "show", typed])
            .refused(3, "mistyped_key")
            .tells(words);
    }
    // A good key that nobody was sold.
    let stranger: LicenseKey = LicenseKey::from_number(99_999_999_999).unwrap();
    desk.run(["license", "show", &stranger.to_string()])
        .refused(4, "unknown_key")
        .tells("countersign license list");

    // Before the missing product, the missing desk, the missing anything.
    let bare = world.machine("bare");
    for args in [
        &["request", "activate"][..],
        &["license", "show"],
        &["pending", "forget", "--yes"],
    ] {
        bare.run(args).arg(&wrong).refused(3, "mistyped_key");
    }
}

/// Only a site lends: whoever takes that away says so, and the seats go on.
#[test]
fn a_license_that_lends_is_made_standalone_without_its_loans() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    let key = desk.sell("survey", &["--type", "floating", "--lend", "14"]);
    let change = ["license", "change", &key, "--type", "standalone"];
    desk.run(change)
        .owes(2, "usage")
        .tells("or lend nothing: --lend none");
    desk.run(change).arg("--lend").arg("none").done();
    let sold = ["--type", "standalone", "--lend", "14"];
    desk.run(NEW.iter().chain(&sold))
        .owes(2, "usage")
        .tells("or without --lend");
}

/// What is no one address is none, wherever it is typed, and what the product does not have is named beside what it has.
#[test]
fn a_contact_is_one_address_and_a_limit_is_one_of_the_product() {
    let world = World::new();
    let desk = world.desk("desk");
    let limits = ["--limit", "users", "--limit", "ships"];
    desk.product("survey", &limits);
    let key = desk.sell("survey", &["--contact", "Kari Ås <kari@example.no>"]);
    let new = ["license", "new", "--product", "survey", "--customer", "A"];
    let change = ["license", "change", &key];
    for command in [&new[..], &change] {
        for contact in ["a@b.c>,<v@v.v", "A <a@b.c>,<v@v.v>", "a@b, c@d", "Kari"] {
            desk.run(command)
                .arg("--contact")
                .arg(contact)
                .refused(2, "usage")
                .tells("no mail address");
        }
        desk.run(command)
            .arg("--limit")
            .arg("nosuch=5")
            .refused(2, "usage")
            .tells("has no limit nosuch")
            .tells("it has: users and ships");
    }
    desk.run(["license", "mail", &key])
        .done()
        .prints("To: kari@example.no\n");
    desk.run(["license", "change", &key, "--contact", "none"])
        .done();
    assert_eq!(
        desk.run(["license", "list"]).done().stdout.lines().count(),
        2
    );
}
