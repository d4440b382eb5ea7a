//! Seats that a site lends to workstations that reach nothing, by codes: asked for, given, extended, given back.

use serde_json::json;

use crate::world::{Holder, Site, World, altered};

/// A site as it was sold: it lends for seven days.
pub(super) fn plain<'w>(world: &'w World, seats: &str) -> Site<'w> {
    let product = ["--feature", "lv", "--feature", "mv", "--pool", "design"];
    let order = ["--seats", seats, "--lend", "30", "--feature", "lv"];
    let more = ["--feature", "mv", "--pool", "design=1"];
    Site::new(world, &product, &[order.as_slice(), &more].concat())
}

/// One that lends for 30 days.
pub(super) fn site<'w>(world: &'w World, seats: &str) -> Site<'w> {
    let site = plain(world, seats);
    let lending = ["site", "lending", "on", "--days", "30"];
    site.admin(lending).done();
    site
}

fn hold<'w>(site: &Site<'w>) -> crate::world::Run<'w> {
    site.machine.run(["seat", "hold"])
}

#[test]
fn a_seat_is_lent_used_and_comes_back_by_itself() {
    let world = World::new();
    let site = site(&world, "3");
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "5"]);
    assert!(request.starts_with("BOR1:"), "{request}");
    // The same command prints the same code.
    assert_eq!(site.ask(&laptop, &["--days", "5"]), request);
    let said = site
        .respond(&request, &[])
        .done()
        .tells("loan 1: seat")
        .tells("until 2040-03-06; 2 seats stay");
    let code = said.code();
    assert!(code.starts_with("LOAN1:"), "{code}");
    assert_eq!(site.counts(), (0, 1, 2));
    laptop.apply(&code).tells("on loan, loan 1");
    let checked = laptop.check_with(&["--feature", "lv"]).json();
    assert_eq!(checked["loan"], 1);
    assert_eq!(checked["expires"], "2040-03-06");
    assert_eq!(
        (&checked["state"], &checked["days_left"]),
        (&json!("licensed"), &json!(5))
    );
    assert_eq!(checked["needs_seat"], false);
    laptop
        .run(["run", "--feature", "design", "--", "true"])
        .done();
    // It cannot be used elsewhere.
    let other = site.workstation("other");
    laptop.copy_home_to(&other);
    other.check().owes(13, "wrong_machine");
    // It warns before its end, and is over after it.
    world.days_pass(4);
    laptop
        .check()
        .done()
        .tells("the loan ends tomorrow")
        .tells("countersign request extend --days N");
    world.days_pass(1);
    laptop.check().done().tells("the loan ends today");
    world.days_pass(1);
    laptop
        .check()
        .owes(11, "expired")
        .tells("the loan ended on 2040-03-06");
    // The seat is free 26 hours after the last day.
    assert_eq!(site.counts(), (0, 1, 2));
    world.hours_pass(13);
    assert_eq!(site.counts(), (0, 1, 2));
    world.hours_pass(1);
    assert_eq!(site.counts(), (0, 0, 3));
}

#[test]
fn lent_seats_and_seats_in_use_are_never_more_than_the_license_has() {
    let world = World::new();
    let site = site(&world, "2");
    let anna = Holder::start(&hold(&site));
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "5");
    assert_eq!(site.counts(), (1, 1, 0));
    hold(&site)
        .owes(16, "no_seat")
        .tells("at site, loan 1")
        .tells("all 2 seats are in use: ");
    let third = site.workstation("third");
    let request = site.ask(&third, &["--days", "5", "--feature", "lv"]);
    site.respond(&request, &[]).owes(16, "no_seat");
    assert_eq!(anna.end(), 0);
    third.apply(&site.answer(&request));
    assert_eq!(site.counts(), (0, 2, 0));
    hold(&site).owes(16, "no_seat");
    // Shown with whose it is.
    site.machine
        .run(["loan", "note", "1", "chen, vessel laptop"])
        .done();
    let seen = site.machine.run(["seat", "list"]).done();
    for words in [
        "2 seats: 0 in use, 0 free, 2 lent",
        "loan 1 (chen, vessel laptop), until 2040-03-06",
    ] {
        assert!(seen.stdout.contains(words), "{words}: {seen}");
    }
}

#[test]
fn a_module_with_one_seat_is_lent_once() {
    let world = World::new();
    let site = site(&world, "3");
    let (one, two) = (site.workstation("one"), site.workstation("two"));
    site.lend(&one, "5");
    let request = site.ask(&two, &["--days", "5"]);
    site.respond(&request, &[])
        .owes(16, "no_seat")
        .tells("the only seat of design is in use");
    let request = site.ask(&two, &["--days", "5", "--feature", "lv"]);
    two.apply(&site.answer(&request));
    two.check_with(&["--feature", "lv"]).done();
    two.check_with(&["--feature", "mv"])
        .owes(15, "feature_missing");
    two.check_with(&["--feature", "design"])
        .owes(15, "feature_missing");
    site.machine
        .run(["seat", "hold", "--feature", "design"])
        .owes(16, "no_seat");
    let three = site.workstation("three");
    let unknown = [
        "request",
        "borrow",
        &site.key,
        "--days",
        "5",
        "--feature",
        "no",
    ];
    three.run(unknown).refused(15, "feature_missing");
}

#[test]
fn the_same_request_gives_the_same_loan_and_never_a_second_seat() {
    let world = World::new();
    let site = site(&world, "3");
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "5"]);
    let code = site.answer(&request);
    world.days_pass(2);
    let again = site.respond(&request, &[]).done();
    assert_eq!(again.code(), code);
    again.tells("answered before: loan 1 again");
    assert_eq!(site.counts(), (0, 1, 2));
    laptop.apply(&code);
    laptop
        .run(["apply"])
        .piped(&code)
        .done()
        .tells("in force already");
    // Asked anew while it runs, it is told what to do.
    laptop
        .run(["request", "borrow", &site.key, "--days", "9"])
        .refused(6, "on_loan");
    // Somebody writes another request with the same commitment.
    let forged = altered(&request, 29);
    site.respond(&forged, &[]).refused(4, "commitment_used");
    // An answer that was altered, and one of another machine.
    let (other, bent) = (site.workstation("other"), altered(&code, 200));
    laptop.run(["apply"]).piped(bent).owes(5, "not_trusted");
    other
        .run(["apply"])
        .piped(&code)
        .refused(4, "other_request");
}

#[test]
fn a_loan_is_extended_before_its_end_and_after() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "5");
    site.machine.run(["loan", "note", "1", "chen"]).done();
    world.days_pass(3);
    let extend = |days: &str| {
        laptop
            .run(["request", "extend", "--days", days])
            .done()
            .code()
    };
    let request = extend("7");
    let said = site
        .respond(&request, &[])
        .done()
        .tells("loan 1 goes on as loan 2 until 2040-03-11; 1 seat stays");
    // The workstation knows the site by now: the answer is short.
    let code = said.code();
    assert!(code.len() < 200, "{code}");
    assert_eq!(laptop.check().json()["expires"], "2040-03-06");
    laptop.apply(&code).tells("expires 2040-03-06 → 2040-03-11");
    assert_eq!(site.counts(), (0, 1, 1));
    let loans = site
        .machine
        .run(["--json", "loan", "list"])
        .done()
        .objects();
    assert_eq!(
        (&loans[0]["state"], &loans[1]["state"]),
        (&json!("extended"), &json!("out"))
    );
    assert_eq!(loans[1]["note"], "chen");
    // Long after its end, when the seat has come back.
    world.days_pass(20);
    assert_eq!(site.counts(), (0, 0, 2));
    laptop.check().exits(11);
    let code = site.answer(&extend("2"));
    laptop.apply(&code);
    assert_eq!(laptop.check().json()["loan"], 3);
    assert_eq!(site.counts(), (0, 1, 1));
    // Of what is no loan nothing is extended, and a loan is not the vendor's.
    let other = site.workstation("other");
    other
        .run(["request", "extend", &site.key, "--days", "2"])
        .owes(4, "unknown_license");
    laptop.run(["request", "sync"]).refused(6, "on_loan");
    site.machine
        .run(["request", "extend", "--days", "2"])
        .refused(6, "not_on_loan");
}

#[test]
fn a_loan_is_given_back_early_by_43_characters() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "20");
    let code = laptop.run(["return", "--yes"]).done().code();
    let symbols = code
        .trim_start_matches("RTL1:")
        .replace(['-', ' ', '\n'], "");
    assert!(code.starts_with("RTL1: "), "{code}");
    assert_eq!(symbols.len(), 43, "{code}");
    laptop.check().owes(10, "returned");
    assert_eq!(laptop.run(["return", "--yes"]).done().code(), code);
    // No password is asked for, and nothing is sent back.
    let back = site.machine.run(["respond"]).piped(&code);
    back.done()
        .tells("loan 1 is given back: seat 1 is free")
        .prints("");
    assert_eq!(site.counts(), (0, 0, 2));
    let object = back.json();
    assert_eq!(
        (&object["verdict"], &object["loan"]),
        (&json!("repeated"), &json!(1))
    );
    // What was given back is not brought back, neither by the old answer nor by more time.
    let answer = site.machine.run(["loan", "show", "1"]).json();
    assert_eq!(answer["state"], "returned");
    laptop
        .run(["request", "extend", "--days", "5"])
        .refused(6, "given_up");
    let other = site.workstation("other");
    site.lend(&other, "20");
    // A return code of nowhere.
    let stranger = altered(&code, 12);
    site.machine
        .run(["respond"])
        .piped(stranger)
        .refused(4, "unknown_loan");
}

#[test]
fn who_gives_back_an_extended_loan_gives_back_both() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "5");
    let request = laptop
        .run(["request", "extend", "--days", "9"])
        .done()
        .code();
    laptop.apply(&site.answer(&request));
    let said = laptop.run(["return", "--yes"]).done();
    let codes: Vec<&str> = said.stdout.trim().split("\n\n").collect();
    assert_eq!(codes.len(), 2, "{said}");
    // The first loan still runs: until its code is here, too, the seat is reserved.
    let back = |code: &str| site.machine.run(["respond"]).piped(code).done();
    back(codes[0]).tells("seat 1 stays reserved for loan 1 until 2040-03-06");
    assert_eq!(site.counts(), (0, 1, 1));
    back(codes[1]).tells("loan 1 is given back: seat 1 is free");
    assert_eq!(site.counts(), (0, 0, 2));
}

/// The site's computer is replaced: what is out comes back first, the manager frees the seats with the return code, and the new one lends at once.
#[test]
fn the_seats_of_a_replaced_site_are_free_when_the_vendor_hears_that_none_is_out() {
    let world = World::new();
    let old = site(&world, "2");
    let laptop = old.workstation("laptop");
    old.lend(&laptop, "20");
    old.machine
        .run(["return", "--yes"])
        .refused(6, "loans_out")
        .tells("countersign loan list");
    let back = laptop.run(["return", "--yes"]).done().code();
    old.machine.run(["respond"]).piped(&back).done();
    let code = old.machine.run(["return", "--yes"]).done().code();
    // The desk cannot see that none is out.
    old.desk
        .respond_with(&code, &["--dry-run"])
        .done()
        .tells("may be lent to workstations");
    let told = ["--override", "--reason", "they say that all loans are back"];
    old.desk
        .respond_with(&code, &told)
        .done()
        .tells("a rule was set aside by the manager");
    assert_eq!(old.desk.seats_taken(&old.key), 0);
    let new = world.machine("new");
    new.install(&old.file);
    let password = world.secret("new password", "open sesame\n");
    let admin = |args: &[&str]| {
        let run = new.run(args);
        run.env("COUNTERSIGN_PASSPHRASE_FILE", &password)
    };
    admin(&["site", "init"]).done();
    let request = new.request_with(&old.key, &["--site"]);
    new.apply(&old.desk.answer(&request));
    assert_eq!(new.check().json()["seats"], 2);
    let asked = old.ask(&laptop, &["--days", "5"]);
    let loan = admin(&["respond"]).piped(&asked).done().code();
    laptop.apply(&loan);
    laptop.check().done();
    old.desk.run(["ledger", "verify"]).done();
}
