//! What to do next: the advice fits what is wrong, and one cure does not hide another.

use super::check::licensed;
use crate::world::{DAY, World};

const SET_THE_CLOCK: &str = "what to do: set the computer's clock";
const RE_VALIDATE: &str = "what to do: re-validate the license: countersign request sync";
const ENTER: &str = "what to do: enter the response with: countersign apply";

#[test]
fn a_clock_that_is_behind_is_to_be_set() {
    let world = World::new();
    let (_, ship, _) = licensed(&world, &[], &["--grace", "90"]);
    ship.clock_ahead(-10 * DAY);
    for command in ["status", "check"] {
        let said = ship.run([command]).done().tells(SET_THE_CLOCK);
        assert!(!said.stderr.contains(RE_VALIDATE), "{said}");
    }
    // Nor does a request that waits hide it, when the license waits for the clock.
    ship.run(["request", "sync"]).done();
    world.days_pass(8);
    ship.check().exits(14).tells(SET_THE_CLOCK);
    let said = ship.run(["status"]).done();
    said.prints("clock behind")
        .tells(SET_THE_CLOCK)
        .tells(ENTER);
}

#[test]
fn a_clock_that_is_ahead_is_asked_about_while_a_request_waits() {
    let world = World::new();
    let terms = ["--grace", "90", "--expires", "2040-12-31"];
    let (_, ship, _) = licensed(&world, &[], &terms);
    ship.run(["request", "sync"]).done();
    ship.clock_ahead(3000 * DAY);
    let said = ship.run(["status"]).done().tells(ENTER);
    said.tells("what to do: if the computer's clock is right");
}

#[test]
fn the_end_of_the_grace_is_told_with_its_date_and_what_to_do() {
    let world = World::new();
    let (_, ship, _) = licensed(&world, &[], &[]);
    world.days_pass(27);
    let until = world.day(3);
    let said = ship.check().done().tells(RE_VALIDATE);
    let said = said.tells(&format!(
        "only 3 days left in grace period; re-validate by {until}"
    ));
    assert!(said.stdout.ends_with("3 days left\n"), "{said}");
    let warning = &ship.check().json()["warnings"][0];
    assert_eq!(warning["kind"], "grace_ends");
    let home = ship.home();
    let hint = "re-validate the license: countersign request sync --home ";
    assert_eq!(warning["hint"], format!("{hint}{}", home.display()));
    let status = ship.run(["status"]).done().prints(&until);
    status.tells(&until).tells(RE_VALIDATE);
    ship.run(["run", "--", "true"]).done().tells(RE_VALIDATE);
}

#[test]
fn status_tells_the_grace_in_days() {
    let world = World::new();
    let (_, ship, _) = licensed(&world, &[], &[]);
    let grace = |words: &str| {
        let said = ship.run(["status"]).done();
        let row = said.stdout.lines().find(|line| line.starts_with("grace "));
        let row = row.map(|row| row.trim_start_matches("grace").trim_start());
        assert_eq!(row, Some(words), "{said}");
    };
    grace("30 days left of 30");
    world.days_pass(29);
    grace("1 day left of 30");
    world.days_pass(1);
    grace("the last day of 30");
    world.days_pass(2);
    grace("ended 2 days ago, after 30");
}

#[test]
fn what_was_given_up_here_is_not_called_a_response() {
    let world = World::new();
    let (_, ship, _) = licensed(&world, &[], &[]);
    ship.run(["return", "--yes"]).done();
    let said = ship.run(["request", "sync"]).refused(6, "given_up");
    assert!(!said.stderr.contains("response"), "{said}");
    said.tells("was given up by this machine")
        .tells("countersign request activate KEY");
}

#[test]
fn an_answer_after_an_emergency_code_changes_what_the_preview_said() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &["--emergency", "4x7"]);
    world.days_pass(20);
    let code = desk.run(["emergency", &key, "--until", &world.day(15)]);
    ship.run(["apply", code.done().stdout.trim()]).done();
    let answer = desk.answer(&ship.run(["request", "sync"]).done().code());
    let change = format!("re-validate by {} → {}", world.day(17), world.day(30));
    let preview = ship.run(["inspect"]).piped(&answer).done();
    preview.prints(&change);
    let applied = ship.apply(&answer);
    applied
        .tells(&change)
        .tells("emergency steps used 1 of 4 → 0 of 4");
}

#[test]
fn an_answer_that_was_given_before_is_not_silently_another() {
    let world = World::new();
    let (desk, ship, _) = licensed(&world, &[], &[]);
    let request = ship.run(["request", "sync"]).done().code();
    let answer = desk.answer(&request);
    let trip = world.day(200);
    let again = desk.respond_with(&request, &["--until", &trip]).done();
    assert_eq!(again.code(), answer);
    again
        .tells("warning: this request was answered before")
        .tells("countersign request sync --new");
    let plain = desk.respond(&request).done();
    assert!(!plain.stderr.contains("warning"), "{plain}");
}

#[test]
fn requests_that_wait_can_be_told_apart() {
    let world = World::new();
    let (_, ship, _) = licensed(&world, &[], &[]);
    let first = ship.run(["request", "sync"]).done();
    let second = ship.run(["request", "sync", "--new"]).done();
    let list = ship.run(["pending", "list"]).done();
    let lines: Vec<&str> = list.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{list}");
    for (line, said) in lines.iter().zip([first, second]) {
        let phrase = said
            .stderr
            .lines()
            .find_map(|line| {
                line.strip_prefix("read-back phrase of the re-validation request code: ")
            })
            .unwrap();
        assert!(
            line.contains("re-validation request code") && line.ends_with(phrase),
            "{list}"
        );
    }
}

#[test]
fn a_feature_that_no_license_could_have_is_a_mistake_of_the_caller() {
    let world = World::new();
    let (_, ship, _) = licensed(&world, &[], &["--feature", "export"]);
    let typed = ship.check_with(&["--feature", "exprot"]);
    let said = typed.refused(15, "feature_missing");
    said.tells("does not contain exprot: survey has no such feature")
        .tells("look at its name");
    let missing = ship.check_with(&["--feature", "import"]);
    let said = missing.refused(15, "feature_missing");
    said.tells("the license does not contain import");
}

#[test]
fn status_says_whether_the_usb_key_is_there() {
    const KEY: &str = "0529:0001:8a3f21";
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--demo-days", "5"]);
    let key = desk.sell("survey", &["--usb", KEY]);
    let ship = world.machine("ship");
    ship.install(&file);
    ship.plug(&[KEY]);
    let request = ship.request_with(&key, &["--usb", "auto"]);
    ship.apply(&desk.answer(&request));
    let row = |words: &str| format!("usb key         {words}\n");
    let status = || ship.run(["status"]);
    status().done().prints(&row("plugged in"));
    assert_eq!(status().json()["usb_plugged_in"], true);
    ship.plug(&[]);
    let out = status().done().prints(&row("not plugged in"));
    out.tells("what to do: plug it in");
    assert_eq!(status().json()["usb_plugged_in"], false);
}

#[test]
fn an_old_answer_comes_with_what_became_of_its_license() {
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &["--seats", "2"]);
    let request = ship.run(["request", "sync"]).done().code();
    let answer = desk.answer(&request);
    let id = ship.check().json()["activation"]
        .as_str()
        .unwrap()
        .to_owned();
    let release = ["release", &id, "--lost", "--reason", "sunk"];
    desk.run(release).done();
    let again = desk.respond(&request).done();
    assert_eq!(again.code(), answer);
    again.tells(&format!("warning: {id} was released as lost since"));
    let revoke = ["license", "revoke", &key, "--reason", "unpaid"];
    desk.run(revoke).done();
    let again = desk.respond(&request).done();
    again.tells("warning: the license was revoked since");
}

#[test]
fn a_date_in_another_form_is_told_how_to_be_written() {
    let world = World::new();
    let (desk, _, key) = licensed(&world, &[], &[]);
    let change = ["license", "change", &key, "--expires", "01/02/2041"];
    desk.run(change).refused(2, "usage").tells("YYYY-MM-DD");
    let new = ["license", "new", "--product", "survey", "--customer", "X"];
    desk.run(new.iter().chain(&["--expires", "1.2.2041"]))
        .refused(2, "usage")
        .tells("YYYY-MM-DD");
}

#[test]
fn status_goes_by_the_day_that_check_goes_by() {
    let world = World::new();
    let ends = world.day(5);
    let product = ["--maintained", "export"];
    let terms = ["--feature", "export", "--maintenance", &ends];
    let (_, ship, _) = licensed(&world, &product, &terms);
    world.days_pass(10);
    ship.check().done();
    // Back to before the end of maintenance: it stays ended for both.
    ship.clock_ahead(-8 * DAY);
    ship.check_with(&["--feature", "export"])
        .exits(15)
        .tells(&format!("needs maintenance, which ended on {ends}"));
    let status = ship.run(["status"]).done();
    status.prints(&format!("ended on {ends}"));
}

#[test]
fn an_emergency_code_is_spoken_of_where_one_would_help() {
    const HELP: &str = "have the desk read out an emergency code";
    let world = World::new();
    let (desk, ship, key) = licensed(&world, &[], &["--emergency", "1x7"]);
    let status = || ship.run(["status"]).done();
    assert!(!status().stderr.contains(HELP));
    world.days_pass(28);
    status().tells(HELP);
    world.days_pass(4);
    status().prints("overdue").tells(HELP);
    let code = desk.run(["emergency", &key]).done();
    ship.run(["apply", code.stdout.trim()]).done();
    let said = status().prints("1 of 1 steps");
    assert!(!said.stderr.contains(HELP), "{said}");
}

#[test]
fn a_license_that_is_sold_expired_is_told_to_the_clerk() {
    let world = World::new();
    let (desk, _, key) = licensed(&world, &[], &[]);
    let (past, today) = (world.day(-1), world.day(0));
    let new = ["license", "new", "--product", "survey", "--customer", "X"];
    let warning = format!("warning: the license expired on {past}");
    let sold = desk.run(new.iter().chain(&["--expires", &past])).done();
    sold.tells(&warning);
    let sold = desk.run(new.iter().chain(&["--expires", &today])).done();
    assert!(!sold.stderr.contains("warning"), "{sold}");
    let change = ["license", "change", &key, "--expires", &past];
    desk.run(change).done().tells(&warning);
}
