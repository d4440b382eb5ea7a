//! What is mailed about a loan, handed over as it stands.

use serde_json::json;

use super::loans::site;
use crate::world::{Site, World};

const ADMIN: [&str; 3] = ["--mail", "--to", "admin@yard.example"];

#[test]
fn mails_about_a_loan_are_answered_as_they_stand() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    let chen = |args: &[&str]| {
        let args = args.iter().chain(&ADMIN);
        let run = laptop.run(args).env("EMAIL", "Chen <chen@yard.example>");
        run.done().stdout
    };
    let asked = chen(&["request", "borrow", &site.key, "--days", "5"]);
    // The answer goes to whoever sent the request.
    let answered = site.respond(&asked, &["--mail"]).done().stdout;
    assert!(answered.contains("To: <chen@yard.example>"), "{answered}");
    laptop.run(["apply"]).piped(&answered).done();
    let more = chen(&["request", "extend", "--days", "9"]);
    let answered = site.respond(&more, &["--mail"]).done().stdout;
    laptop.run(["apply"]).piped(&answered).done();
    assert_eq!(site.counts(), (0, 1, 1));
    // Both codes stand in one mail.
    let back = chen(&["return", "--yes"]);
    assert_eq!(back.matches("RTL1: ").count(), 2, "{back}");
    let dry = site.machine.run(["respond", "--dry-run"]).piped(&back);
    dry.done().tells("the text also contains: loan return code");
    assert_eq!(site.counts(), (0, 1, 1));
    let said = site.machine.run(["respond"]).piped(&back).done();
    assert!(!said.stderr.contains("also contains"), "{said}");
    said.tells("loan 1 is given back: seat 1 is free");
    assert_eq!(site.counts(), (0, 0, 2));
    // Once more, as scripts get it.
    let again = site.machine.run(["respond"]).piped(&back).json();
    let verdicts = (&again["verdict"], &again["also"][0]["verdict"]);
    assert_eq!(verdicts, (&json!("repeated"), &json!("repeated")));
    assert_eq!(again["warnings"], json!([]));
    // One that opens nothing keeps no other from being taken.
    site.lend(&laptop, "5");
    let code = laptop.run(["return", "--yes"]).done().code();
    let stranger = crate::world::altered(&code, 12);
    for both in [
        format!("{code}\n\n{stranger}\n"),
        format!("{stranger}\n\n{code}\n"),
    ] {
        let said = site.machine.run(["respond"]).piped(both.clone()).done();
        said.tells("one more return code opens no loan of this site");
        let object = site.machine.run(["respond"]).piped(both).json();
        assert_eq!(object["verdict"], "repeated");
        assert_eq!(object["warnings"], json!([]));
        assert_eq!(site.counts(), (0, 0, 2));
    }
    let none = format!("{stranger}\n\n{}\n", crate::world::altered(&code, 13));
    let none = site.machine.run(["respond"]).piped(none);
    none.refused(4, "unknown_loan");
}

/// The newest code stands first, and its loan was never given: the answer was lost.
#[test]
fn a_code_that_opens_nothing_keeps_none_after_it_from_being_taken() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "5");
    laptop.run(["request", "extend", "--days", "9"]).done();
    let back = laptop.run(["return", "--yes"]).done().stdout;
    assert_eq!(back.matches("RTL1: ").count(), 2, "{back}");
    let dry = site.machine.run(["respond", "--dry-run"]).piped(&back);
    dry.done().tells("loan 1");
    assert_eq!(site.counts(), (0, 1, 1));
    let said = site.machine.run(["respond"]).piped(&back).done();
    said.tells("loan 1 is given back: seat 1 is free");
    assert_eq!(site.counts(), (0, 0, 2));
}

/// A loan cannot be recalled, so its site would count on less than its workstation has.
#[test]
fn more_time_of_a_loan_is_never_less() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "9");
    let ask = ["request", "extend", "--days", "2"];
    let request = laptop.run(ask).done().code();
    laptop.apply(&site.answer(&request));
    assert_eq!(laptop.check().json()["expires"], "2040-03-10");
    let shorter = world.day(1);
    let request = laptop.run(ask).done().code();
    laptop.apply(&site.respond(&request, &["--until", &shorter]).done().code());
    assert_eq!(laptop.check().json()["expires"], "2040-03-10");
    // Where less is lent by now, for as long as that.
    site.admin(["site", "lending", "on", "--days", "4"]).done();
    let request = laptop.run(ask).done().code();
    site.respond(&request, &[]).done().tells("until 2040-03-05");
}

/// A vendor can do nothing about what a site lent.
#[test]
fn of_a_loan_the_site_is_asked() {
    let world = World::new();
    let site = site(&world, "2");
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "5", "--feature", "lv"]);
    laptop.apply(&site.answer(&request));
    laptop
        .check_with(&["--feature", "mv"])
        .owes(15, "feature_missing")
        .tells("countersign request borrow KEY --days N");
    let other = site.workstation("other");
    laptop.copy_home_to(&other);
    other
        .check()
        .owes(13, "wrong_machine")
        .tells("countersign request borrow KEY --days N");
}

/// A module that ended on a day of its own is not lent on, and the workstation is told how it goes on with the others.
#[test]
fn more_time_of_a_module_that_is_over_is_asked_for_without_it() {
    let world = World::new();
    let catalogue = ["--feature", "lv", "--feature", "late"];
    let order = ["--seats", "2", "--lend", "30", "--feature", "lv"];
    let late = format!("late:{}", world.day(3));
    let order: Vec<&str> = order.into_iter().chain(["--feature", &late]).collect();
    let site = Site::new(&world, &catalogue, &order);
    site.admin(["site", "lending", "on", "--days", "30"]).done();
    let laptop = site.workstation("laptop");
    let wanted = ["--days", "9", "--feature", "lv", "--feature", "late"];
    let request = site.ask(&laptop, &wanted);
    laptop.apply(&site.answer(&request));
    world.days_pass(5);
    laptop
        .run(["request", "extend", "--days", "0"])
        .refused(2, "usage")
        .tells("write a number of days from 1 to 255");
    let extend = ["request", "extend", "--days", "9"];
    let request = laptop.run(extend).done().code();
    site.respond(&request, &[])
        .owes(15, "feature_ended")
        .tells("late ended on")
        .tells("countersign request extend --days N --feature NAME");
    let named = extend.iter().chain(&["--feature", "lv", "--new"]);
    let request = laptop.run(named).done().code();
    laptop.apply(&site.answer(&request));
    laptop.check_with(&["--feature", "lv"]).done();
}
