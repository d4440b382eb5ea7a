//! `license list` as a clerk uses it, and orders that a pipeline sends twice.

use countersign::license_key::LicenseKey;

use super::check::licensed;
use crate::world::{Desk, World};

/// Keys of a list, in its order.
fn listed(desk: &Desk<'_>, options: &[&str]) -> Vec<String> {
    let list = ["--json", "license", "list"];
    let said = desk.run(list.iter().chain(options)).done();
    let keys = said.objects().into_iter();
    keys.map(|it| it["license_key"].as_str().unwrap().to_owned())
        .collect()
}

fn sold(desk: &Desk<'_>, customer: &str, options: &[&str]) -> String {
    let new = [
        "license",
        "new",
        "--product",
        "survey",
        "--customer",
        customer,
    ];
    desk.run(new.iter().chain(options)).done().line()
}

/// Each state is found by its name, and what is named together is all of it.
#[test]
fn each_state_is_found() {
    let world = World::new();
    let (desk, ship, active) = licensed(&world, &[], &["--grace", "20"]);
    let unused = sold(&desk, "Björk AS", &[]);
    let revoked = sold(&desk, "Cetus", &[]);
    desk.run(["license", "revoke", &revoked, "--reason", "unpaid"])
        .done();
    let void = sold(&desk, "Draco", &[]);
    desk.run(["license", "void", &void, "--reason", "typed twice"])
        .done();
    let soon = world.day(40);
    let ending = sold(&desk, "Eridanus", &["--expires", &soon]);
    let kept = sold(&desk, "Fornax", &["--maintenance", &soon]);
    assert_eq!(
        listed(&desk, &[]),
        [&active, &unused, &revoked, &ending, &kept].map(String::clone)
    );
    assert_eq!(listed(&desk, &["--revoked"]), [revoked.as_str()]);
    assert_eq!(listed(&desk, &["--void"]), [void.as_str()]);
    assert_eq!(listed(&desk, &["--customer", "BJÖRK"]), [unused.as_str()]);
    assert_eq!(
        listed(&desk, &["--customer", "bjo\u{308}rk"]),
        [unused.as_str()]
    );
    assert_eq!(listed(&desk, &["--expiring", "60d"]), [ending.as_str()]);
    assert!(listed(&desk, &["--expiring", "30d"]).is_empty());
    assert_eq!(
        listed(&desk, &["--maintenance-ending", "60"]),
        [kept.as_str()]
    );
    assert!(listed(&desk, &["--expiring", "60d", "--revoked"]).is_empty());
    assert_eq!(
        listed(&desk, &["--unused", "--expiring", "60d"]),
        [ending.as_str()]
    );
    desk.run(["license", "list", "--expiring", "soon"])
        .refused(2, "usage")
        .tells("60d");
    // Nobody is overdue, until somebody is; and then it is.
    assert!(listed(&desk, &["--overdue"]).is_empty());
    world.days_pass(25);
    assert_eq!(listed(&desk, &["--overdue"]), [active.as_str()]);
    world.days_pass(20);
    assert_eq!(listed(&desk, &["--expired"]), [ending]);
    ship.apply(&desk.answer(&ship.run(["request", "sync"]).done().code()));
    assert!(listed(&desk, &["--overdue"]).is_empty());
    ship.run(["return", "--yes"]).done();
    desk.run(["ledger", "verify"]).done();
}

/// A machine that was helped out by telephone is not overdue, as long as that helps.
#[test]
fn who_was_helped_out_is_not_overdue() {
    let world = World::new();
    let (desk, _, key) = licensed(&world, &[], &["--grace", "20", "--emergency", "2x10"]);
    world.days_pass(22);
    assert_eq!(listed(&desk, &["--overdue"]), [key.as_str()]);
    desk.run(["emergency", &key]).done();
    assert!(listed(&desk, &["--overdue"]).is_empty());
    let object = desk.run(["license", "list"]).json();
    assert_eq!(object["state"], "active");
    world.days_pass(20);
    assert_eq!(listed(&desk, &["--overdue"]), [key]);
}

/// What waits for somebody at the desk is found, until it is decided.
#[test]
fn what_is_held_is_found() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &[]);
    let old = world.machine("old");
    old.change(|facts| *facts = ship.facts());
    ship.copy_home_to(&old);
    world.days_pass(7);
    ship.apply(&desk.answer(&ship.run(["request", "sync"]).done().code()));
    world.days_pass(7);
    assert!(listed(&desk, &["--held"]).is_empty());
    let asks = old.run(["request", "sync"]).done().code();
    desk.respond(&asks).exits(6);
    assert_eq!(listed(&desk, &["--held"]), [key.as_str()]);
    let object = desk.run(["license", "list"]).json();
    assert_eq!(
        (&object["state"], &object["held"]),
        (&"held".into(), &true.into())
    );
    let decided = ["--supersede", "--reason", "the old one is scrapped"];
    desk.respond_with(&asks, &decided).done();
    assert!(listed(&desk, &["--held"]).is_empty());
}

#[test]
fn a_list_has_a_head_pages_and_fields() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    desk.run(["license", "list"]).done().tells("no licenses");
    let keys: Vec<String> = ["Aurora", "=HYPERLINK(1)", "A, \"B\""]
        .map(|it| sold(&desk, it, &["--seats", "3"]))
        .to_vec();
    let said = desk.run(["license", "list"]).done().tells("3 licenses");
    let lines: Vec<&str> = said.stdout.lines().collect();
    let words: Vec<&str> = lines[0].split_whitespace().collect();
    assert_eq!(
        words,
        [
            "license",
            "product",
            "seats",
            "expires",
            "re-validate",
            "state",
            "customer"
        ]
    );
    assert_eq!(lines.len(), 4, "{said}");
    for (head, cell) in [
        ("seats", "0/3"),
        ("state", "unused"),
        ("customer", "Aurora"),
    ] {
        let at = |line: &str, word| {
            let before = line.find(word).unwrap();
            line[..before].chars().count()
        };
        let (begins, ends) = (at(lines[0], head), at(lines[0], head) + head.len());
        let cell_at = at(lines[1], cell);
        assert!(
            cell_at == begins || cell_at + cell.len() == ends,
            "{head}: {said}"
        );
    }
    // Pages.
    let first = desk.run(["license", "list", "--most", "2"]).done();
    first.tells(&format!("--after {}", keys[1]));
    assert_eq!(listed(&desk, &["--most", "2"]), keys[..2]);
    assert_eq!(
        listed(&desk, &["--most", "2", "--after", &keys[1]]),
        keys[2..]
    );
    let nobody = LicenseKey::from_number(99_999_999_999).unwrap().to_string();
    desk.run(["license", "list", "--after", &nobody])
        .refused(4, "unknown_key");
    // For a spreadsheet.
    let said = desk.run(["license", "list", "--csv"]).done();
    let lines: Vec<&str> = said.stdout.split("\r\n").collect();
    assert!(
        lines[0].starts_with("license_key,product,customer,"),
        "{said}"
    );
    assert!(lines[2].contains(",'=HYPERLINK(1),"), "{said}");
    assert!(lines[3].contains(",\"A, \"\"B\"\"\","), "{said}");
}

#[cfg(unix)]
#[test]
fn a_list_fits_the_terminal() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    sold(
        &desk,
        "Nordic Association of Very Long Company Names of the North",
        &[],
    );
    let seen = desk.run(["license", "list"]).on_terminal(80);
    assert!(seen.lines().all(|line| line.chars().count() < 80), "{seen}");
    assert!(seen.contains("of the North"), "{seen}");
}

/// A pipeline that is run again sells nothing twice.
#[test]
fn the_same_order_again_has_the_same_keys() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &["--feature", "export"]);
    let new = [
        "license",
        "new",
        "--product",
        "survey",
        "--customer",
        "Aurora",
        "--order",
        "PO-17",
        "--note",
        "by post",
        "--count",
        "3",
    ];
    let first = desk.run(new).done();
    let again = desk.run(new).done().tells("this order was made before");
    assert_eq!(first.stdout, again.stdout);
    let objects = desk.run(new).with_json().done().objects();
    assert_eq!(objects.len(), 3);
    assert_eq!(
        (&objects[0]["before"], &objects[0]["order"]),
        (&true.into(), &"PO-17".into())
    );
    let keys: Vec<&str> = first.stdout.lines().collect();
    let wanted: Vec<String> = keys.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(listed(&desk, &["--order", "PO-17"]), wanted);
    assert!(listed(&desk, &["--order", "PO-1"]).is_empty());
    desk.run(["license", "show", keys[0]])
        .done()
        .prints("PO-17")
        .prints("by post");
    // What became of them since is no matter.
    desk.run(["license", "change", keys[1], "--seats", "4"])
        .done();
    desk.run(["license", "void", keys[2], "--reason", "two were enough"])
        .done();
    let again = desk
        .run(new)
        .done()
        .tells(&format!("{} of this order is void, and left out", keys[2]));
    assert_eq!(again.stdout, format!("{}\n{}\n", keys[0], keys[1]));
    for key in &keys[..2] {
        desk.run(["license", "void", key, "--reason", "none was needed"])
            .done();
    }
    desk.run(new)
        .refused(6, "void")
        .tells("give the order another name");
    for key in &keys {
        let undo = ["license", "void", key, "--undo", "--reason", "they were"];
        desk.run(undo).done();
    }
    assert_eq!(desk.run(new).done().stdout, first.stdout);
    // With other terms it is another order.
    for (other, words) in [
        (&["--seats", "2"][..], "it differs in: seats"),
        (&["--feature", "export"], "it differs in: features"),
        (&["--expires", "2042-01-01"], "it differs in: last day"),
    ] {
        desk.run(new.iter().chain(other))
            .refused(6, "order_differs")
            .tells(words);
    }
    let mut fewer = new;
    fewer[11] = "2";
    desk.run(fewer)
        .refused(6, "order_differs")
        .tells("it differs in: number of licenses");
    for bad in ["", " ", "PO\u{202e}17"] {
        desk.run(["license", "new", "--product", "survey", "--customer", "A"])
            .arg("--order")
            .arg(bad)
            .refused(2, "bad_order");
    }
    desk.run(["ledger", "verify"]).done();
}

/// One look at what needs somebody.
#[test]
fn a_report_tells_what_needs_somebody() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &["--contact", "it@aurora.example"]);
    let soon = world.day(50);
    let ending = sold(&desk, "Björk AS", &["--expires", &soon, "--seats", "5"]);
    let gone = sold(&desk, "Cetus", &["--expires", &soon]);
    desk.run(["license", "revoke", &gone, "--reason", "unpaid"])
        .done();
    let sections = |options: &[&str]| {
        let report = ["--json", "desk", "report"];
        let said = desk.run(report.iter().chain(options)).done();
        let lines = said.objects().into_iter();
        lines
            .map(|it| {
                let of = ["license_key", "product", "sender"].map(|name| it[name].as_str());
                let of = of.into_iter().flatten().next().unwrap_or_default();
                format!("{} {of}", it["section"].as_str().unwrap())
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        sections(&[]),
        [format!("expires {ending}"), "product survey".to_owned()]
    );
    assert_eq!(sections(&["--within", "30d"]), ["product survey"]);
    let said = desk.run(["desk", "report", "--within", "30d"]).done();
    said.prints("waits for the clerk or the manager: nothing");
    // A copy asks, and a stranger guesses.
    let old = world.machine("old");
    old.change(|facts| *facts = ship.facts());
    ship.copy_home_to(&old);
    world.days_pass(7);
    ship.apply(&desk.answer(&ship.run(["request", "sync"]).done().code()));
    world.days_pass(7);
    desk.respond(&old.run(["request", "sync"]).done().code())
        .exits(6);
    let nobody = LicenseKey::from_number(99_999_999_999).unwrap().to_string();
    desk.respond(&ship.request(&nobody)).exits(4);
    let all = [
        format!("expires {ending}"),
        format!("held {key}"),
        "unknown_keys ".to_owned(),
        "product survey".to_owned(),
    ];
    assert_eq!(sections(&[]), all);
    let said = desk.run(["desk", "report"]).done();
    said.prints("Björk AS")
        .prints("(it@aurora.example): the machine holds generation 1")
        .prints("1 request from somebody unknown");
    world.days_pass(40);
    let overdue = format!("overdue {key}");
    assert!(sections(&[]).contains(&overdue), "{:?}", sections(&[]));
}
