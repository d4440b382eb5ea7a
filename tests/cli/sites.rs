//! A site that lends: its key, its card, how its administrator lends, and what stands in the way.

use std::fs;
use std::path::Path;

use countersign::protocol::digest::key_id;
use countersign::protocol::product::ProductFile;
use serde_json::json;

use super::loans::{plain, site};
use crate::world::{Machine, World, decoded};

#[test]
fn the_administrator_forbids_lending_and_bounds_it() {
    let world = World::new();
    let site = plain(&world, "3");
    let laptop = site.workstation("laptop");
    let long = site.ask(&laptop, &["--days", "8"]);
    site.respond(&long, &[])
        .refused(6, "loan_too_long")
        .tells("8 days are asked for, and this site lends for 7 at most");
    site.respond(&long, &["--until", "2040-03-20"])
        .refused(6, "loan_too_long");
    site.respond(&long, &["--until", "2040-02-20"])
        .refused(6, "until_past");
    let code = site
        .respond(&long, &["--until", "2040-03-03"])
        .done()
        .code();
    laptop.apply(&code);
    assert_eq!(laptop.check().json()["expires"], "2040-03-03");
    site.admin(["site", "lending", "on", "--days", "31"])
        .refused(6, "loan_too_long")
        .tells("longer than the 30 that were sold");
    site.admin(["site", "lending", "on", "--days", "30", "--keep", "2"])
        .done()
        .tells("lends for 30 days at most, and keeps 2 seats here");
    site.admin(["site", "lending", "on", "--keep", "1"])
        .done()
        .tells("and keeps 1 seat here");
    site.admin(["site", "lending", "on", "--keep", "2"]).done();
    let second = site.workstation("second");
    let request = site.ask(&second, &["--days", "30", "--feature", "lv"]);
    site.respond(&request, &[]).refused(6, "seats_kept");
    site.admin(["site", "lending", "off"]).done();
    site.respond(&request, &[]).refused(6, "lending_off");
    // What is out runs on.
    laptop.check().done();
    let wrong = world.secret("wrong", "open barley\n");
    site.machine
        .run(["site", "lending", "on"])
        .env("COUNTERSIGN_PASSPHRASE_FILE", &wrong)
        .refused(7, "wrong_passphrase");
    site.machine
        .run(["site", "lending", "on"])
        .refused(7, "passphrase_needed");
    let on = ["site", "lending", "on", "--days", "30", "--keep", "0"];
    assert_eq!(site.admin(on).json()["lending"], "on");
    site.respond(&request, &["--dry-run"])
        .done()
        .tells("a seat with lv until 2040-03-31; 1 seat stays");
    site.machine
        .run(["respond"])
        .piped(&request)
        .env("COUNTERSIGN_PASSPHRASE_FILE", &wrong)
        .refused(7, "wrong_passphrase");
}

/// Fewer days are sold, or none, and then as many as before.
#[test]
fn what_the_administrator_said_outlasts_what_is_sold_meanwhile() {
    let world = World::new();
    let site = site(&world, "3");
    let sold = |days: &str| {
        let change = ["license", "change", &site.key, "--lend", days];
        site.desk.run(change).done();
        site.sync(&[], &[]);
    };
    let lending = |switch: &str| site.admin(["site", "lending", switch]);
    sold("none");
    lending("on").refused(6, "may_not_lend");
    // Nobody is asked for a password before.
    let unasked = site.machine.run(["site", "lending", "on"]);
    unasked.refused(6, "may_not_lend");
    lending("off").done();
    sold("5");
    lending("on").done().tells("lends for 5 days at most");
    site.admin(["site", "lending", "on", "--days", "6"])
        .refused(6, "loan_too_long");
    sold("30");
    let status = site.machine.run(["site", "status"]).json();
    assert_eq!(status["days"], 30);
    lending("on").done().tells("lends for 30 days at most");
}

#[test]
fn a_card_shortens_answers_by_telephone() {
    let world = World::new();
    let site = site(&world, "3");
    let card = site.machine.run(["site", "card"]).done().code();
    assert!(card.starts_with("CARD1:"), "{card}");
    let laptop = site.workstation("laptop");
    // Whose it is, is seen when a loan is asked for.
    laptop
        .apply(&card)
        .tells("this card is kept until a loan is asked for");
    let code = site.answer(&site.ask(&laptop, &["--days", "5"]));
    assert!(code.len() < 200, "{code}");
    laptop.apply(&code);
    laptop.check().done();
    laptop.apply(&card).tells("is known from now on");
    // An older one serves as long as it allows what is lent.
    world.days_pass(1);
    site.sync(&[], &[]);
    let extend = laptop
        .run(["request", "extend", "--days", "7"])
        .done()
        .code();
    let code = site.answer(&extend);
    assert!(code.len() > 200, "{code}");
    laptop.apply(&code);
    // A card that nobody here can have signed: one key in 256 has the id of this one by chance, and might have.
    let signer = |file: &Path| {
        let file = ProductFile::read(&fs::read_to_string(file).unwrap()).unwrap();
        key_id(&file.signer().to_bytes())
    };
    let ours = signer(&site.desk.export("survey"));
    let file = (0..)
        .map(|n| {
            let stranger = world.desk(&format!("other desk {n}"));
            stranger.product("survey", &[])
        })
        .find(|file| signer(file) != ours)
        .unwrap();
    let other = world.machine("other");
    other.install(&file);
    other.run(["apply"]).piped(&card).refused(5, "not_trusted");
}

/// Who made another key and asks without it hears how it is certified; of a license that has ended nothing is lent.
#[test]
fn a_key_that_nobody_certified_and_a_license_that_ended_are_said() {
    let world = World::new();
    let site = plain(&world, "2");
    let sync = || site.machine.run(["request", "sync", "--new"]).done();
    let said = sync();
    assert!(!said.stderr.contains("certifies"), "{said}");
    site.admin(["site", "init", "--new", "--yes"]).done();
    sync().tells("the vendor certifies the site's own with countersign request sync --site");
    let change = ["license", "change", &site.key, "--expires", "2040-03-05"];
    site.desk.run(change).done();
    site.sync(&[], &[]);
    world.days_pass(9);
    let status = site.machine.run(["site", "status"]).done();
    status.prints("lends nothing while its license does not hold: ");
}

fn kinds(code: &str) -> char {
    decoded(code).kind().letter().into()
}

#[test]
fn the_key_of_a_site_is_made_once_and_its_password_changed() {
    let world = World::new();
    let site = plain(&world, "2");
    let file = site.machine.kept("machine/site/key.pem");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // Where the old password is given, it is the new one that is missing.
    let old = world.secret("old", "open sesame\n");
    let change = ["site", "password", "--passphrase-file"];
    site.machine
        .run(change.iter().copied().chain([old.to_str().unwrap()]))
        .refused(7, "passphrase_needed")
        .tells("use --new-passphrase-file FILE");
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept.contains("BEGIN ENCRYPTED PRIVATE KEY"), "{kept}");
    site.admin(["site", "init"]).refused(1, "site_exists");
    let status = site.machine.run(["site", "status"]).json();
    assert_eq!(
        (
            &status["lending"],
            &status["days"],
            &status["sold_days"],
            &status["certified"]
        ),
        (&json!("on"), &json!(7), &json!(30), &json!(true))
    );
    let other = world.secret("other", "open barley\n");
    let change = [
        "site",
        "password",
        "--new-passphrase-file",
        other.to_str().unwrap(),
    ];
    site.admin(change).done().tells("the key is the same");
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "5"]);
    assert_eq!(kinds(&request), 'B');
    site.respond(&request, &[]).refused(7, "wrong_passphrase");
    let answered = site
        .machine
        .run(["respond"])
        .piped(&request)
        .env("COUNTERSIGN_PASSPHRASE_FILE", &other);
    assert_eq!(kinds(&answered.done().code()), 'K');
    // A forgotten password is a new key, which the vendor certifies.
    let renew = ["site", "init", "--new", "--yes"];
    site.admin(renew)
        .done()
        .tells("countersign request sync --site");
    let second = site.workstation("second");
    let request = site.ask(&second, &["--days", "5", "--feature", "lv"]);
    site.respond(&request, &[]).owes(6, "other_site_key");
    let accept = ["--accept-site-key", "--reason", "they forgot the password"];
    site.sync(&["--site"], &accept);
    second.apply(&site.answer(&request));
    // What the old key lent stays lent.
    assert_eq!(site.counts(), (0, 2, 0));
}

/// A loan that was given back is not extended, and its answer is not given anew.
#[test]
fn what_was_given_back_is_not_extended() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "5");
    let copy = world.machine("laptop as it was");
    laptop.copy_home_to(&copy);
    let extend = laptop.run(["request", "extend", "--days", "9"]);
    let request = extend.done().code();
    let said = laptop.run(["return", "--yes"]).done();
    for code in said.stdout.trim().split("\n\n").take(1) {
        site.machine.run(["respond"]).piped(code).done();
    }
    site.respond(&request, &[]).refused(6, "loan_returned");
    site.machine
        .run(["loan", "show", "9"])
        .refused(4, "unknown_loan");
    site.machine
        .run(["loan", "note", "1", "two\nlines"])
        .refused(2, "usage");
}

#[test]
fn who_is_no_site_lends_nothing() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--type", "floating", "--seats", "2"]);
    let machine: Machine<'_> = world.machine("site");
    machine.install(&file);
    let lends = desk.sell("survey", &["--type", "floating", "--lend", "7"]);
    desk.respond(&machine.request(&lends))
        .owes(6, "needs_site_key");
    machine
        .run(["request", "activate", &key, "--site"])
        .refused(1, "site_missing");
    desk.license(&machine, &key);
    machine.run(["site", "status"]).refused(6, "not_a_site");
    let password = world.secret("password", "open sesame\n");
    machine
        .run(["site", "init"])
        .env("COUNTERSIGN_PASSPHRASE_FILE", &password)
        .done();
    let sync = machine.run(["request", "sync", "--site"]).done().code();
    let accept = ["--accept-site-key", "--reason", "they wish to lend"];
    machine.apply(&desk.respond_with(&sync, &accept).done().code());
    machine.run(["site", "card"]).refused(6, "may_not_lend");
    desk.run(["license", "change", &key, "--lend", "7"]).done();
    let sync = machine.run(["request", "sync"]).done().code();
    machine
        .apply(&desk.answer(&sync))
        .tells("longest loan none → 7");
    machine.run(["site", "card"]).done();
    let alone = ["--type", "standalone", "--lend", "none"];
    desk.run([&["license", "change", &key][..], &alone].concat())
        .refused(6, "may_be_lent")
        .tells(&format!("license change {key} --lend none"));
    // Only what floats is lent, and only what fits into a code.
    let sell = ["license", "new", "--product", "survey", "--customer", "A"];
    desk.run(sell.iter().chain(&["--lend", "7"]))
        .refused(2, "usage");
    let texts = ["one", "two", "three"];
    let product: Vec<&str> = texts.iter().flat_map(|it| ["--text", it]).collect();
    desk.product("wordy", &product);
    let texts = texts.map(|it| format!("{it}={}", "x".repeat(64)));
    let texts = texts.iter().flat_map(|it| ["--text", it]);
    let sell = ["license", "new", "--product", "wordy", "--customer", "A"];
    let floating = ["--type", "floating"];
    let sell: Vec<&str> = sell.into_iter().chain(floating).chain(texts).collect();
    desk.run(sell.iter().chain(&["--lend", "7"]))
        .refused(6, "too_long_to_lend");
    desk.run(sell).done();
}

/// From the first command on it is said what comes next.
#[test]
fn a_site_that_waits_for_its_license_is_told_so() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let order = ["--type", "floating", "--seats", "2", "--lend", "7"];
    let key = desk.sell("survey", &order);
    let machine = world.machine("site");
    machine.install(&file);
    let password = world.secret("password", "open sesame\n");
    let admin = |args: &[&str]| {
        let run = machine.run(args);
        run.env("COUNTERSIGN_PASSPHRASE_FILE", &password)
    };
    admin(&["site", "init"]).done().prints("site's key");
    machine
        .run(["site", "status"])
        .owes(10, "not_licensed")
        .tells("countersign request activate KEY --site");
    let request = machine.request_with(&key, &["--site"]);
    for args in [["site", "status"], ["seat", "list"]] {
        machine
            .run(args)
            .owes(10, "not_licensed")
            .tells("enter the response with: countersign apply");
    }
    machine.apply(&desk.answer(&request));
    let more = ["site", "lending", "on", "--keep", "30"];
    admin(&more)
        .done()
        .tells("the license has 2 seats, so none is lent");
    machine.run(["site", "status"]).done();
}

/// What a site that is lost told of its loans is said to the clerk: so many are out, and not perhaps.
#[test]
fn a_site_that_is_lost_had_so_many_on_loan() {
    let world = World::new();
    let site = site(&world, "3");
    site.lend(&site.workstation("laptop"), "20");
    site.sync(&[], &[]);
    let release = ["release", &site.key, "--lost", "--reason", "burnt"];
    let said = site.desk.run(release).done();
    assert!(
        !said.stderr.contains("perhaps") && !said.stderr.contains("may be"),
        "{said}"
    );
    said.tells("workstations go on with seats that it lent, 1 when it told of them last")
        .tells("where it is sure that all are back");
    let shown = site.desk.run(["license", "show", &site.key]).done();
    shown.prints("3 seats held back, 1 lent when it told of them last, until ");
    let activations = site.desk.run(["license", "show", &site.key]).json();
    assert_eq!(activations["activations"][0]["resting"]["on_loan"], 1);
}

/// In the 72 hours of a machine that changed its seats are used, and what is lent comes back; but two computers do not both lend what was sold once.
#[test]
fn a_site_that_is_another_computer_lends_nothing_until_the_vendor_has_answered() {
    let world = World::new();
    let site = site(&world, "3");
    let (one, two) = (site.workstation("one"), site.workstation("two"));
    site.lend(&one, "5");
    let other = world.machine("another").facts();
    site.machine.change(|facts| {
        facts.mac = other.mac;
        facts.disk_serial = other.disk_serial;
        facts.product_uuid = other.product_uuid;
    });
    site.machine.check().done().tells("the machine has changed");
    let request = site.ask(&two, &["--days", "5", "--feature", "lv"]);
    site.respond(&request, &["--dry-run"])
        .refused(6, "lending_paused");
    site.respond(&request, &[])
        .owes(6, "lending_paused")
        .tells("this computer is not the one that the license stands for")
        .tells("countersign request sync");
    let status = site.machine.run(["site", "status"]);
    assert_eq!(status.json()["lending"], "paused");
    status.done().prints("paused: this computer is not the one");
    site.admin(["site", "lending", "on"])
        .done()
        .tells("paused:");
    site.machine.run(["seat", "hold"]).done();
    let code = one.run(["return", "--yes"]).done().code();
    site.machine.run(["respond"]).piped(&code).done();
    site.sync(&[], &[]);
    two.apply(&site.answer(&request));
    assert_eq!(site.counts(), (0, 1, 2));
}
