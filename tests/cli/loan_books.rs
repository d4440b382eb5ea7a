//! A book of loans that was put back to an earlier state: what pauses lending, what lifts the pause, and what stays reserved.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use countersign::App;
use serde_json::json;

use super::loans::site;
use crate::world::{Holder, Machine, Site, World};

/// A backup of the site's home.
fn backup<'w>(site: &Site<'w>, name: &str) -> Machine<'w> {
    let aside = site.machine.world().machine(name);
    site.machine.copy_home_to(&aside);
    aside
}

fn restore(site: &Site<'_>, aside: &Machine<'_>) {
    fs::remove_dir_all(site.machine.home()).unwrap();
    aside.copy_home_to(&site.machine);
}

/// A loan of one day less than `days` to a workstation that is never heard of again.
pub(super) fn lend_to(site: &Site<'_>, name: &str, days: &str) {
    let machine = site.workstation(name);
    let asked = site.ask(&machine, &["--days", days, "--feature", "lv"]);
    machine.apply(&site.answer(&asked));
}

pub(super) fn status(site: &Site<'_>) -> serde_json::Value {
    site.machine.run(["site", "status"]).json()
}

fn sync(site: &Site<'_>) -> String {
    site.machine.run(["request", "sync"]).done().code()
}

#[test]
fn an_answer_to_what_was_asked_before_lifts_no_pause() {
    let world = World::new();
    let site = site(&world, "3");
    lend_to(&site, "one", "5");
    let before = sync(&site);
    let aside = backup(&site, "backup");
    lend_to(&site, "two", "5");
    restore(&site, &aside);
    // It told the vendor of the book as it is, but it was made while the other loan was not lost.
    let since = sync(&site);
    assert_ne!(since, before);
    assert_eq!(sync(&site), since);
    let answer = site.desk.answer(&before);
    site.machine.apply(&answer);
    assert_eq!(status(&site)["lending"], "paused");
    site.machine
        .run(["site", "status"])
        .done()
        .tells("countersign request sync");
    site.admin(["site", "lending", "on"])
        .done()
        .tells("paused: the book of loans was put back to an earlier state");
    let third = site.workstation("three");
    let asked = site.ask(&third, &["--days", "5", "--feature", "lv"]);
    site.respond(&asked, &[]).owes(6, "lending_paused");
    site.sync(&[], &[]);
    // Nobody has to answer anything before it is said.
    assert_eq!(status(&site)["lending"], "on");
    assert_eq!(site.counts(), (0, 2, 1));
    site.machine
        .run(["seat", "list"])
        .done()
        .prints("1 seat is kept for loans that the book has lost");
    third.apply(&site.answer(&asked));
}

#[test]
fn what_the_vendor_is_told_is_what_the_book_says_now() {
    let world = World::new();
    let site = site(&world, "3");
    let first = sync(&site);
    assert_eq!(sync(&site), first);
    lend_to(&site, "one", "5");
    let second = sync(&site);
    assert_ne!(second, first);
    assert_eq!(sync(&site), second);
}

/// Losses add up, each until its own end.
#[test]
fn two_restores_reserve_the_seats_of_both() {
    let world = World::new();
    let site = site(&world, "3");
    for name in ["one", "two"] {
        let aside = backup(&site, &format!("backup before {name}"));
        lend_to(&site, name, "9");
        restore(&site, &aside);
        site.sync(&[], &[]);
        assert_eq!(status(&site)["lending"], "on");
    }
    assert_eq!(site.counts(), (0, 2, 1));
    let held = Holder::start(&site.machine.run(["seat", "hold"]));
    site.machine.run(["seat", "hold"]).owes(16, "no_seat");
    assert_eq!(held.end(), 0);
    world.days_pass(40);
    assert_eq!(site.counts(), (0, 0, 3));
    assert_eq!(status(&site)["lost"], json!(null));
}

/// A backup from before the first loan, on a computer that remembers none.
#[test]
fn a_book_without_loans_is_missed_on_another_computer() {
    let world = World::new();
    let site = site(&world, "3");
    let aside = backup(&site, "backup");
    lend_to(&site, "one", "9");
    restore(&site, &aside);
    fs::remove_dir_all(anchor(&site)).unwrap();
    let two = site.workstation("two");
    let asked = site.ask(&two, &["--days", "9", "--feature", "lv"]);
    site.respond(&asked, &[]).owes(6, "lending_paused");
    site.sync(&[], &[]);
    site.respond(&asked, &[])
        .owes(6, "lending_paused")
        .tells("all seats may be lent until");
    world.days_pass(33);
    site.sync(&[], &[]);
    let asked = site.ask(&two, &["--days", "9", "--feature", "lv", "--new"]);
    two.apply(&site.answer(&asked));
    assert_eq!(site.counts(), (0, 1, 2));
}

/// One exchange with the vendor puts it right there, too.
#[test]
fn a_computer_that_can_remember_nothing_is_put_right_once() {
    let world = World::new();
    let site = site(&world, "3");
    lend_to(&site, "one", "5");
    fs::remove_dir_all(anchor(&site)).unwrap();
    fs::write(anchor(&site), "").unwrap();
    assert_eq!(status(&site)["lending"], "paused");
    site.sync(&[], &[]);
    assert_eq!(status(&site)["lending"], "on");
    world.days_pass(33);
    site.sync(&[], &[]);
    lend_to(&site, "two", "5");
    assert_eq!(status(&site)["lending"], "on");
}

/// Nobody can verify a return of what the book has lost.
#[test]
fn the_workstation_of_a_lost_loan_is_told_the_way_to_another() {
    let world = World::new();
    let site = site(&world, "3");
    let aside = backup(&site, "backup");
    let one = site.workstation("one");
    let asked = site.ask(&one, &["--days", "9", "--feature", "lv"]);
    one.apply(&site.answer(&asked));
    restore(&site, &aside);
    site.sync(&[], &[]);
    let lost = "loan 1 is one of those that the book has lost, which may be out until 2040-";
    let more = one.run(["request", "extend", "--days", "12"]).done().code();
    site.respond(&more, &[])
        .owes(4, "unknown_loan")
        .tells(lost)
        .tells("countersign return");
    site.machine
        .run(["loan", "show", "1"])
        .owes(4, "unknown_loan")
        .tells(lost);
    one.run(["request", "borrow", &site.key, "--days", "5"])
        .owes(6, "on_loan")
        .tells("where its site has lost it, give it back and ask again");
    let back = one.run(["return", "--yes"]).done().stdout;
    site.respond(&back, &[])
        .owes(4, "unknown_loan")
        .tells("it has lost some, which may be out until 2040-")
        .tells("nothing is to be done");
    // A number that was never given is none of them.
    site.machine
        .run(["loan", "show", "9"])
        .owes(4, "unknown_loan")
        .tells("no loan has the number 9");
    let anew = site.ask(&one, &["--days", "5", "--feature", "lv"]);
    one.apply(&site.answer(&anew));
    assert_eq!(site.counts(), (0, 2, 1));
}

/// The vendor shortens the longest loan while long ones are out.
#[test]
fn a_lost_loan_is_reserved_as_long_as_it_may_run() {
    let world = World::new();
    let site = site(&world, "3");
    let aside = backup(&site, "backup");
    lend_to(&site, "one", "30");
    restore(&site, &aside);
    site.desk
        .run(["license", "change", &site.key, "--lend", "7"])
        .done();
    site.sync(&[], &[]);
    assert_eq!(site.counts(), (0, 1, 2));
    world.days_pass(29);
    assert_eq!(site.counts(), (0, 1, 2));
    world.days_pass(4);
    assert_eq!(site.counts(), (0, 0, 3));
}

fn book(site: &Site<'_>) -> PathBuf {
    let digits: String = site.key.chars().filter(char::is_ascii_digit).collect();
    site.machine.kept(&format!("machine/site/{digits}.jsonl"))
}

fn anchor(site: &Site<'_>) -> PathBuf {
    site.machine.world().path().join("users/site/anchor")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &to),
            false => drop(fs::copy(&path, &to).unwrap()),
        }
    }
}

/// What the vendor was told is known from the answer that is held: no anchor makes that unsaid.
#[test]
fn a_book_that_is_behind_what_the_vendor_was_told_pauses_lending() {
    for with_anchors in [true, false] {
        let world = World::new();
        let site = site(&world, "4");
        lend_to(&site, "one", "5");
        let old = fs::read(book(&site)).unwrap();
        let aside = world.path().join("files/anchor");
        copy(&anchor(&site), &aside);
        lend_to(&site, "two", "5");
        site.sync(&[], &[]);
        // Book and anchors are put back together.
        fs::write(book(&site), old).unwrap();
        fs::remove_dir_all(anchor(&site)).unwrap();
        if with_anchors {
            copy(&aside, &anchor(&site));
        }
        let third = site.workstation("three");
        let asked = site.ask(&third, &["--days", "5", "--feature", "lv"]);
        site.respond(&asked, &[]).owes(6, "lending_paused");
        site.sync(&[], &[]);
        // How many are missing nobody knows.
        site.respond(&asked, &[])
            .owes(6, "lending_paused")
            .tells("all seats may be lent until");
        world.days_pass(35);
        site.sync(&[], &[]);
        let asked = site.ask(&third, &["--days", "5", "--feature", "lv", "--new"]);
        third.apply(&site.answer(&asked));
        // Its number was not given before.
        assert_eq!(third.check().json()["loan"], 3);
    }
}

/// Any seat may be that of a loan which is missing, and any number.
#[test]
fn while_nobody_knows_what_is_missing_no_loan_is_extended_and_no_number_given_again() {
    let world = World::new();
    let site = site(&world, "4");
    let one = site.workstation("one");
    let asked = site.ask(&one, &["--days", "5", "--feature", "lv"]);
    one.apply(&site.answer(&asked));
    let old = fs::read(book(&site)).unwrap();
    let aside = world.path().join("files/anchor");
    copy(&anchor(&site), &aside);
    lend_to(&site, "two", "9");
    site.sync(&[], &[]);
    lend_to(&site, "three", "9");
    fs::write(book(&site), old).unwrap();
    fs::remove_dir_all(anchor(&site)).unwrap();
    copy(&aside, &anchor(&site));
    site.sync(&[], &[]);
    let more = one.run(["request", "extend", "--days", "9"]);
    let more = more.done().code();
    site.respond(&more, &[])
        .owes(6, "lending_paused")
        .tells("all seats may be lent until");
    // The seats of loans that are written stay reserved, whatever the book has by now.
    assert_eq!(site.counts(), (0, 3, 1));
    world.days_pass(40);
    site.sync(&[], &[]);
    let more = one.run(["request", "extend", "--days", "9", "--new"]);
    one.apply(&site.answer(&more.done().code()));
    assert_eq!(one.check().json()["loan"], 4);
}

/// Another process is at work in the place that remembers: that is waited for.
#[test]
fn a_place_that_is_busy_remembers_a_loan_all_the_same() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "5"]);
    let lock = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(anchor(&site).join("lock"))
        .unwrap();
    lock.lock().unwrap();
    let other = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(3));
        drop(lock);
    });
    let said = site.respond(&request, &[]).done();
    other.join().unwrap();
    assert!(!said.stderr.contains("nothing but the home"), "{said}");
}

/// The application knows nothing of loans: it neither gives up a license whose seats are lent, nor tells the vendor half of what there is to say.
#[test]
fn an_application_gives_up_no_site_that_lends_and_asks_nothing_in_its_name() {
    let world = World::new();
    let site = site(&world, "2");
    let product = fs::read_to_string(&site.file).unwrap();
    let app = |world: &World| {
        let now = Duration::from_secs(world.now().cast_unsigned());
        let app = App::builder(&product).home(&site.machine.home());
        let app = app.facts(site.machine.facts_now());
        app.clock(SystemTime::UNIX_EPOCH + now).build().unwrap()
    };
    let key = site.key.parse().unwrap();
    lend_to(&site, "one", "5");
    let refused = app(&world).return_license_of(key).unwrap_err();
    assert_eq!(refused.kind(), "loans_out", "{refused}");
    let refused = app(&world).revalidate_of(key).unwrap_err();
    assert_eq!(refused.kind(), "site_reports", "{refused}");
    site.machine.check().done();
}

/// A site that lends every day for years.
#[test]
fn a_long_book_is_read_and_written_on() {
    let world = World::new();
    let site = site(&world, "2");
    lend_to(&site, "one", "5");
    site.machine.run(["loan", "note", "1", "chen"]).done();
    let text = fs::read_to_string(book(&site)).unwrap();
    let note = text.lines().last().unwrap();
    assert!(note.contains("chen"), "{note}");
    let many = format!("{note}\n").repeat((17 << 20) / note.len());
    fs::write(book(&site), text + &many).unwrap();
    lend_to(&site, "two", "5");
    assert_eq!(site.counts(), (0, 2, 0));
}

/// The same whoever gives it up, and by which command.
#[test]
fn a_license_whose_seats_are_lent_is_not_given_up() {
    let world = World::new();
    let site = site(&world, "2");
    let aside = backup(&site, "backup");
    lend_to(&site, "one", "5");
    let give_up = site.machine.run(["return", "--yes"]);
    give_up.owes(6, "loans_out");
    restore(&site, &aside);
    site.sync(&[], &[]);
    // Nor while one is out of which nothing is known.
    give_up.owes(6, "loans_out");
    world.days_pass(40);
    site.sync(&[], &[]);
    give_up.done();
}
