//! Copies of a machine, as the clerk sees them.

use super::forever_harmless::{ask, licensed};
use crate::world::World;
use serde_json::json;

/// Two machines that are the same to the last serial number. Whoever asks second from the same generation is never GREEN, and the clerk sees why in one
/// sentence; what was refused stays in the history.
#[test]
fn the_second_contact_of_a_clone_is_never_green() {
    for clone_first in [false, true] {
        let world = World::new();
        let (desk, ship, key) = licensed(&world, &["--contact", "it@example.com"]);
        let clone = world.machine("clone");
        clone.change(|facts| *facts = ship.facts());
        ship.copy_home_to(&clone);
        clone.check().done();
        let (one, other) = if clone_first {
            (&clone, &ship)
        } else {
            (&ship, &clone)
        };
        world.days_pass(7);
        one.apply(&desk.respond(&ask(one)).done().tells("green").code());
        world.days_pass(7);

        let request = other.run(["request", "sync"]).done().code();
        let sentence = "yellow: the machine holds generation 1, and generation 2 was granted on 2040-03-08: that answer was lost, a backup was restored, or a copy asks";
        let said = desk.respond(&request).owes(6, "needs_supersede");
        let error = said.stderr.lines().find(|line| line.starts_with("error: "));
        assert_eq!(error, Some(format!("error: {sentence}").as_str()));
        let whom =
            format!("asked for: Survey for Aurora Shipping (it@example.com), license {key} as A-");
        assert!(said.stderr.contains(&whom), "{said}");
        let error = desk.respond(&request).with_json_exits(6)["error"].clone();
        assert_eq!(
            (&error["verdict"], &error["evidence"], &error["license_key"]),
            (&json!("yellow"), &json!(sentence[8..]), &json!(key))
        );
        // However often it is asked, it is one event.
        desk.respond(&request).refused(6, "needs_supersede");
        desk.respond_with(&request, &["--dry-run"])
            .refused(6, "needs_supersede");
        let refusals = || {
            let events = desk
                .run(["--json", "ledger", "history", &key])
                .done()
                .objects();
            let refused = events.into_iter().filter(|it| it["kind"] == "refused");
            refused.collect::<Vec<_>>()
        };
        let told = refusals();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0]["facts"]["verdict"], "yellow");
        assert!(
            told[0]["message"]
                .as_str()
                .unwrap()
                .contains(&sentence[8..]),
            "{told:?}"
        );
        desk.run(["ledger", "verify"]).done();

        // The clerk believes the story once: now the first one is RED, at its next contact and for good.
        let clerk = ["--supersede", "--reason", "they say the mail was lost"];
        other.apply(&desk.respond_with(&request, &clerk).done().code());
        world.days_pass(7);
        other.apply(&desk.respond(&ask(other)).done().code());
        world.days_pass(1);
        let request = ask(one);
        desk.respond(&request)
            .owes(6, "held_for_manager")
            .tells("red: the machine holds generation 2, but generation 3 was in use on 2040-03-22: a copy or an old snapshot asks");
        desk.respond_with(&request, &clerk)
            .refused(6, "held_for_manager");
        let told = refusals();
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(told[1]["facts"]["verdict"], "red");
        let shown = desk.run(["license", "show", &key]).json();
        assert_eq!(
            shown["activations"][0]["verdict"], "red",
            "the last word on it"
        );
        // Neither holds a second seat, and the refused one ends with its grace.
        assert_eq!(desk.seats_taken(&key), 1);
        world.days_pass(31);
        one.check().refused(12, "overdue");
        desk.run(["ledger", "verify"]).done();
        assert_eq!(shown["revoked"], json!(false));
    }
}
