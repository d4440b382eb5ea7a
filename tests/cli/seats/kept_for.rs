//! Seats that were taken back and are kept for somebody: who that is, and until when.

use super::taken_back::disconnect;
use super::*;

/// Whoever waits sees for what, and a slip in a name is seen and put right.
#[cfg(target_os = "linux")]
#[test]
fn whom_a_seat_is_kept_for_is_said_changed_and_ended() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let anna = Holder::start(&hold(&machine, &["--user", "anna", "--host", "ws-14"]));
    disconnect(&machine, &["1", "--hold-for", "rooot"])
        .done()
        .tells(" at ws-14 is asked to end, for which 0 s are given\nseat 1 is taken back")
        .tells("no account rooot is known on this host")
        .tells("seat disconnect 1 --hold-for NAME --reason TEXT");
    anna.kill();
    let kept = disconnect(&machine, &["1", "--hold-for", "root"]).json();
    assert_eq!(kept["warnings"], serde_json::json!([]));
    assert_eq!(kept["seats"], serde_json::json!([]));
    assert_eq!(list(&machine)["kept"], serde_json::json!([kept["kept"]]));
    let odd = disconnect(&machine, &["1", "--hold-for", "rooot"]).json();
    assert_eq!(odd["warnings"][0]["kind"], "unknown_account");
    hold(&machine, &["--user", "carl"]).owes(16, "no_seat");
    machine
        .run(["seat", "release", "1"])
        .done()
        .tells("seat 1 is kept for rooot no more");
    running(&machine, &["--user", "carl"], "true").done();
    machine
        .run(["seat", "release", "1"])
        .refused(4, "unknown_seat")
        .tells("seat 1 is kept for nobody");
    // What it takes to wait is said in the object as anywhere.
    disconnect(&machine, &["1", "--hold-for", "root"]).refused(4, "unknown_seat");
}

/// Of somebody who only uses the license.
#[cfg(target_os = "linux")]
#[test]
fn only_the_owner_of_the_home_ends_what_is_kept() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = World::new();
    let (machine, _) = accounts::home_for_all(&world, &[]);
    let release = machine.run(["seat", "release", "1"]);
    let run = accounts::as_user(61_001, &release).output().unwrap();
    assert_eq!(run.status.code(), Some(1));
    let report = accounts::as_user(61_001, &machine.run(["site", "report"]));
    let said = { report }.output().unwrap();
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(
        said.contains("this is for the owner of the home alone"),
        "{said}"
    );
    assert!(!said.contains("change"), "{said}");
}
