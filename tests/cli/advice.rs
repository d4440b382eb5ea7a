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
    said.prints("clock_behind")
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
    assert_eq!(
        warning["hint"],
        "re-validate the license: countersign request sync"
    );
    let status = ship.run(["status"]).done().prints(&until);
    status.tells(&until).tells(RE_VALIDATE);
    ship.run(["run", "--", "true"]).done().tells(RE_VALIDATE);
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
