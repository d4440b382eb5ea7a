//! Which seats a loan takes, and for how long: of one request, of a module, of a loan that goes on, under clocks that are wrong.

use std::fs::File;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::json;

use super::loans::site;
use countersign::protocol::entitlements::Entitlements;
use countersign::protocol::requests::Borrow;
use countersign::text::Code;

use crate::world::{Machine, Site, World, decoded};

fn hold<'w>(site: &Site<'w>, more: &[&str]) -> crate::world::Run<'w> {
    site.machine.run(["seat", "hold"].iter().chain(more))
}

pub(super) fn extend(machine: &Machine<'_>, options: &[&str]) -> String {
    let args = ["request", "extend"].iter().chain(options);
    machine.run(args).done().code()
}

#[test]
fn processes_that_answer_one_request_at_once_lend_one_seat() {
    let world = World::new();
    let site = site(&world, "5");
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "5", "--feature", "lv"]);
    let mail = world.file("mail", &request);
    let run = site.admin(["respond"]);
    let processes = (0..4).map(|_| {
        let mut process = run.process();
        process.stdin(File::open(&mail).unwrap());
        process.stdout(Stdio::piped()).stderr(Stdio::piped());
        process.spawn().unwrap()
    });
    let processes: Vec<_> = processes.collect();
    let said = processes.into_iter().map(|it| it.wait_with_output());
    let codes: Vec<_> = said.map(|it| it.unwrap().stdout).collect();
    assert!(codes[0].starts_with(b"LOAN1:"), "{codes:?}");
    assert!(codes.iter().all(|it| *it == codes[0]), "{codes:?}");
    assert_eq!(site.counts(), (0, 1, 4));
}

/// The loan that is extended runs on until its own end, with all that it has.
#[test]
fn a_module_is_lent_once_whatever_became_of_its_loan() {
    for more in [
        ["--days", "20", "--feature", "lv"],
        ["--days", "5", "--feature", "mv"],
    ] {
        let world = World::new();
        let site = site(&world, "3");
        let laptop = site.workstation("laptop");
        site.lend(&laptop, "5");
        laptop.apply(&site.answer(&extend(&laptop, &more)));
        assert_eq!(site.counts(), (0, 1, 2));
        hold(&site, &["--feature", "design"])
            .owes(16, "no_seat")
            .tells("the only seat of design is in use: loan 1");
        let other = site.workstation("other");
        let request = site.ask(&other, &["--days", "5"]);
        site.respond(&request, &[]).owes(16, "no_seat");
    }
}

#[test]
fn a_module_that_an_extension_adds_is_reserved_too() {
    let world = World::new();
    let site = site(&world, "3");
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "5", "--feature", "lv"]);
    laptop.apply(&site.answer(&request));
    let more = ["--days", "5", "--feature", "design"];
    laptop.apply(&site.answer(&extend(&laptop, &more)));
    assert_eq!(site.counts(), (0, 1, 2));
    hold(&site, &["--feature", "design"]).owes(16, "no_seat");
    let seats = site.seats();
    assert_eq!(seats["pools"][0]["in_use"], 1);
}

/// What looks over under a clock of another century is lent when the clock is right again.
#[test]
fn a_minute_under_a_clock_that_is_years_ahead_frees_no_seat() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "5");
    site.machine.clock_ahead(59 * 365 * 86_400);
    site.machine.run(["loan", "note", "1", "chen"]).done();
    assert_eq!(site.counts(), (0, 0, 2));
    site.machine.clock_ahead(0);
    assert_eq!(site.counts(), (0, 1, 1));
}

/// The answer to the first extension is lost, and the loan itself is over when more of it is asked for.
#[test]
fn a_mail_that_was_lost_costs_no_second_seat() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "3");
    site.answer(&extend(&laptop, &["--days", "12"]));
    world.days_pass(6);
    assert_eq!(site.counts(), (0, 1, 1));
    laptop.apply(&site.answer(&extend(&laptop, &["--days", "9"])));
    assert_eq!(laptop.check().json()["loan"], 3);
    assert_eq!(site.counts(), (0, 1, 1));
}

/// A site's clock that was put right between two loans.
#[test]
fn the_later_of_two_loans_is_the_one_with_the_greater_number() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    world.days_pass(1);
    site.machine.clock_ahead(4 * 3600);
    site.lend(&laptop, "5");
    site.machine.clock_ahead(0);
    let code = site.answer(&extend(&laptop, &["--days", "9"]));
    laptop.apply(&code).tells("→ 2040-03-11");
    assert_eq!(laptop.check().json()["loan"], 2);
}

#[test]
fn a_rehearsal_of_what_was_answered_shows_it_and_changes_nothing() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "5"]);
    site.answer(&request);
    let before = world.snapshot();
    let dry = site.machine.run(["respond", "--dry-run"]).piped(&request);
    dry.done().tells("answered before: loan 1 again");
    let object = dry.json();
    assert_eq!(
        (&object["verdict"], &object["loan"], &object["dry_run"]),
        (&json!("repeated"), &json!(1), &json!(true))
    );
    assert!(before == world.snapshot());
}

/// Whoever is refused is not asked for the password.
#[test]
fn that_no_seat_is_free_is_said_before_the_password_is_asked_for() {
    let world = World::new();
    let site = site(&world, "1");
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "5");
    site.machine.run(["loan", "note", "1", "chen"]).done();
    let other = site.workstation("other");
    let request = site.ask(&other, &["--days", "5"]);
    let said = site.machine.run(["respond"]).piped(&request);
    let said = said.owes(16, "no_seat");
    assert!(!said.stderr.contains("--wait"), "{said}");
    said.tells("the next that ends is loan 1 (chen), until 2040-03-06");
}

/// What is out comes back, and is shown, although no more loans were sold.
#[test]
fn a_license_that_may_not_be_lent_any_more_takes_its_loans_back() {
    let world = World::new();
    let site = site(&world, "3");
    let (one, two) = (site.workstation("one"), site.workstation("two"));
    site.lend(&one, "20");
    let request = site.ask(&two, &["--days", "5", "--feature", "lv"]);
    site.desk
        .run(["license", "change", &site.key, "--lend", "none"])
        .done();
    site.sync(&[], &[]);
    site.respond(&request, &[]).owes(6, "may_not_lend");
    let status = site.machine.run(["site", "status"]).json();
    assert_eq!(
        (&status["lending"], &status["sold_days"], &status["lent"]),
        (&json!("on"), &json!(0), &json!(1))
    );
    site.machine.run(["loan", "list"]).done().prints("loan 1");
    site.machine.run(["loan", "show", "1"]).done();
    let code = one.run(["return", "--yes"]).done().code();
    site.machine
        .run(["respond"])
        .piped(&code)
        .done()
        .tells("loan 1 is given back");
    assert_eq!(site.counts(), (0, 0, 3));
}

/// There is no code by which those come back that processes use.
#[test]
fn where_nothing_is_lent_nobody_is_told_to_take_return_codes() {
    let world = World::new();
    let site = site(&world, "1");
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "5", "--feature", "lv"]);
    let held = crate::world::Holder::start(&hold(&site, &[]));
    let said = site.respond(&request, &[]).owes(16, "no_seat");
    let said = said.tells("ask somebody who holds one; who does: countersign seat list");
    assert!(!said.stderr.contains("take a return code"), "{said}");
    assert_eq!(held.end(), 0);
    // What nobody's program writes is said as such.
    for (at, byte) in [(29, 0), (0, 4)] {
        let mut payload = decoded(&request).payload().to_vec();
        payload[at] = byte;
        let code = Code::new(decoded(&request).kind(), payload);
        site.respond(&code.to_text().unwrap(), &[])
            .owes(4, "malformed");
    }
}

/// What is written of the seats follows the book of loans.
#[test]
fn damaged_notes_of_what_is_lent_are_written_anew() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "5");
    let digits: String = site.key.chars().filter(char::is_ascii_digit).collect();
    let lent = site
        .machine
        .kept(&format!("machine/seats/{digits}/lent.json"));
    std::fs::write(&lent, "{").unwrap();
    // By whoever may write there.
    assert_eq!(site.counts(), (0, 1, 1));
    std::fs::write(&lent, "{").unwrap();
    let held = crate::world::Holder::start(&hold(&site, &[]));
    hold(&site, &[]).owes(16, "no_seat");
    assert_eq!(held.end(), 0);
}

/// The license does not float any more, and its loans come back all the same.
#[test]
fn what_was_lent_comes_back_whatever_the_license_is_by_now() {
    let world = World::new();
    let site = site(&world, "3");
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "20");
    let change = ["license", "change", &site.key, "--lend", "none"];
    let more = ["--type", "standalone", "--remove-pool", "design"];
    let change = [&change[..], &more].concat();
    site.desk.run(&change).refused(6, "may_be_lent");
    site.desk.run(change.iter().chain(OVERRIDE)).done();
    let request = site.machine.run(["request", "sync"]).done().code();
    site.machine.apply(&site.desk.answer(&request));
    assert_eq!(site.machine.check().json()["type"], "standalone");
    let status = site.machine.run(["site", "status"]).done();
    status.prints("no loans were sold");
    site.machine.run(["loan", "list"]).done().prints("loan 1");
    site.machine.run(["return", "--yes"]).owes(6, "loans_out");
    let code = laptop.run(["return", "--yes"]).done().code();
    let taken = site.machine.run(["respond"]).piped(&code).done();
    taken.tells("loan 1 is given back");
    site.machine.run(["seat", "list"]).owes(6, "not_floating");
    site.machine.run(["return", "--yes"]).done();
}

const OVERRIDE: &[&str] = &["--override", "--reason", "they agreed"];

/// Whoever has a copy of a workstation gives back in it what runs on.
#[test]
fn more_workstations_than_seats_free_none_by_giving_back_early() {
    let world = World::new();
    let site = site(&world, "2");
    let give_back = |machine: &Machine<'_>| {
        let code = machine.run(["return", "--yes"]).done().code();
        site.machine.run(["respond"]).piped(code)
    };
    let lend = |name: &str| {
        let machine = site.workstation(name);
        let request = site.ask(&machine, &["--days", "9", "--feature", "lv"]);
        machine.apply(&site.answer(&request));
        machine
    };
    // One workstation as often as it likes.
    let laptop = site.workstation("laptop");
    for _ in 0..4 {
        let request = site.ask(&laptop, &["--days", "9", "--feature", "lv"]);
        laptop.apply(&site.answer(&request));
        give_back(&laptop).done().tells("seat 1 is free");
    }
    give_back(&lend("second")).done().tells("seat 1 is free");
    let third = lend("third");
    let said = give_back(&third).done();
    said.tells("seat 1 stays reserved until 2040-03-10")
        .tells("countersign request sync");
    assert_eq!(site.counts(), (0, 1, 1));
    let again = give_back(&third).json();
    assert_eq!(again["reserved_until"], "2040-03-10");
    let shown = site.machine.run(["loan", "list"]).done();
    assert!(shown.stdout.contains("returned, its seat kept"), "{shown}");
    // It frees them once the vendor has answered; and one that is over keeps none.
    site.sync(&[], &[]);
    assert_eq!(site.counts(), (0, 0, 2));
    give_back(&lend("fourth")).done().tells("seat 1 is free");
}

/// Its home is gone, and three of its parts are what they were.
/// What was taken out of the license since is not lent under the certificate that a workstation knows.
#[test]
fn under_an_old_card_no_more_is_lent_than_there_is() {
    let world = World::new();
    let site = site(&world, "3");
    let laptop = site.workstation("laptop");
    let card = site.machine.run(["site", "card"]).done().code();
    laptop.apply(&card);
    let request = site.ask(&laptop, &["--days", "5"]);
    let change = ["license", "change", &site.key, "--remove-feature", "mv"];
    site.desk.run(change).done();
    site.sync(&[], &[]);
    laptop.apply(&site.answer(&request));
    laptop.check_with(&["--feature", "lv"]).done();
    laptop
        .check_with(&["--feature", "mv"])
        .owes(15, "feature_missing");
}

/// Whoever moves the book away for a while has no more seats than before.
#[test]
fn without_the_book_what_is_lent_stays_lent() {
    let world = World::new();
    let site = site(&world, "2");
    let (one, two) = (site.workstation("one"), site.workstation("two"));
    site.lend(&one, "5");
    let request = site.ask(&two, &["--days", "5", "--feature", "lv"]);
    two.apply(&site.answer(&request));
    let digits: String = site.key.chars().filter(char::is_ascii_digit).collect();
    let book = site.machine.kept(&format!("machine/site/{digits}.jsonl"));
    std::fs::remove_file(book).unwrap();
    site.respond(&request, &[]).owes(6, "lending_paused");
    site.machine.run(["site", "status"]).done();
    hold(&site, &[]).owes(16, "no_seat");
    site.sync(&[], &[]);
    assert_eq!(site.counts(), (0, 2, 0));
    hold(&site, &[]).owes(16, "no_seat");
}

/// The wire has a list with none in it, and no command writes one.
#[test]
fn a_request_for_no_feature_at_all_is_not_lent_as_one_for_all() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    let request = decoded(&site.ask(&laptop, &["--days", "5"]));
    let mut borrow = Borrow::decode(request.payload()).unwrap();
    borrow.wanted = Some(Entitlements::new(Vec::new()).unwrap());
    let request = Code::new(request.kind(), borrow.encode());
    site.respond(&request.to_text().unwrap(), &[])
        .refused(15, "feature_missing");
}

/// What stands in the way of a loan is for its site's administrator, not for the vendor.
#[test]
fn a_loan_under_a_wrong_clock_names_the_site() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    laptop.clock_ahead(-3 * 86_400);
    let said = site.lend(&laptop, "9");
    said.tells("the site's clock said 2040-03-01 when this loan was signed")
        .tells("tell the site's license administrator");
    laptop
        .check()
        .done()
        .tells("if it is right, the site's was wrong when it lent");
    let status = laptop.run(["status"]).done();
    assert!(!status.stdout.contains("vendor"), "{status}");
}

/// The license is changed while the password is typed.
#[test]
fn what_the_vendor_answered_meanwhile_counts() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "5"]);
    let mail = world.file("mail", &request);
    let typed = world.path().join("files/typed");
    let made = std::process::Command::new("mkfifo").arg(&typed).status();
    assert!(made.unwrap().success());
    let run = site.machine.run(["respond"]);
    let run = run.env("COUNTERSIGN_PASSPHRASE_FILE", &typed);
    let mut process = run.process();
    process.stdin(File::open(&mail).unwrap());
    process.stdout(Stdio::piped()).stderr(Stdio::piped());
    let process = process.spawn().unwrap();
    // It waits for the password now.
    let mut password = File::create(&typed).unwrap();
    let change = ["license", "change", &site.key, "--lend", "none"];
    site.desk.run(change).done();
    site.sync(&[], &[]);
    writeln!(password, "open sesame").unwrap();
    drop(password);
    let said = process.wait_with_output().unwrap();
    assert_eq!(said.status.code(), Some(6), "{said:?}");
    assert!(said.stdout.is_empty(), "{said:?}");
    assert_eq!(site.counts(), (0, 0, 2));
}
