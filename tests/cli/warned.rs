//! What a clerk is told with an answer, before it is sent.

use crate::world::World;

/// A laptop was stolen, and whoever has it asks anew.
#[test]
fn a_machine_that_was_released_as_lost_is_told_of_when_it_asks_anew() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &["--seats", "2"]);
    desk.license(&ship, &key);
    let shown = desk.run(["--json", "license", "show", &key]).done().json();
    let activation = shown["activations"][0]["activation"]
        .as_str()
        .unwrap()
        .to_owned();
    let lost = ["release", &activation, "--lost", "--reason", "stolen"];
    desk.run(lost).done();
    let asked = ship.request_with(&key, &["--new"]);
    let said = desk.respond(&asked).done();
    said.tells(&format!(
        "the one of {activation}, which was released as lost"
    ))
    .tells("ask the contact whom you know");
    // Another machine is none that was lost.
    let other = world.machine("other");
    other.install(&desk.export("survey"));
    let said = desk.respond(&other.request(&key)).done();
    assert!(!said.stderr.contains("as lost"), "{said}");
}

/// An answer was on its way while another epoch began.
#[test]
fn an_answer_of_an_epoch_that_is_over_is_told_as_that() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    desk.certify("ann", &[]);
    let asked = ship.request(&key);
    let respond = || desk.by("ann", &["respond"]).piped(&asked);
    let first = respond().done();
    assert!(!first.stderr.contains("gave up since"), "{first}");
    let again = respond().done();
    assert!(!again.stderr.contains("gave up since"), "{again}");
    desk.by("root", &["desk", "rotate", "--reason", "r"]).done();
    let again = respond().done();
    assert_eq!(again.stdout, first.stdout);
    again
        .tells("by a key that the desk gave up since")
        .tells("countersign request sync --new");
    // There it is refused, and the request that is made anew is answered.
    ship.run(["product", "install"])
        .arg(desk.export("survey"))
        .done();
    ship.run(["apply"]).piped(&first.stdout).exits(5);
    let asked = ship.request_with(&key, &["--new"]);
    ship.apply(&desk.by("ann", &["respond"]).piped(&asked).done().stdout);
    ship.check().done();
}
