//! Places of named users: what a smaller license, another key, another home and a disk that does not read make of the list.

use std::fs;

use serde_json::json;

use super::named::{assign, check, list, named, unassign, unnamed};
use super::named_notes::{notes, read};
use crate::world::{Site, World};

/// The answer after a change to so many seats.
fn seats(site: &Site<'_>, number: &str) -> String {
    let change = ["license", "change", &site.key, "--seats", number];
    site.desk.run(change).done();
    let request = site.machine.run(["request", "sync"]).done().code();
    site.desk.answer(&request)
}

#[test]
fn a_place_that_rests_is_not_given_back_where_a_smaller_license_has_none() {
    let world = World::new();
    let site = named(&world, "2");
    assign(&site, &["anna", "bob"]).done();
    unassign(&site, &["bob"]).done();
    site.machine.apply(&seats(&site, "1"));
    assign(&site, &["bob"])
        .refused(6, "no_place")
        .tells("with users 1, resting 0, lent 0");
    unnamed(&site, "bob");
    // Both in one go: the place that is left is the one of whoever had it.
    unassign(&site, &["anna"]).done();
    assign(&site, &["bob", "anna"]).refused(6, "no_place");
    world.hours_pass(49);
    assign(&site, &["bob"]).done();
    assign(&site, &["anna"]).refused(6, "no_place");
}

#[test]
fn whoever_has_no_place_any_more_can_be_taken_off_the_list() {
    let world = World::new();
    let site = named(&world, "2");
    assign(&site, &["anna", "bob"]).done();
    site.machine.apply(&seats(&site, "1"));
    assert_eq!(list(&site)["without"], json!(["bob"]));
    unassign(&site, &["bob"])
        .done()
        .tells("bob has no place any more");
    assert_eq!(list(&site)["without"], json!([]));
    assert_eq!(list(&site)["resting"], json!([]));
    // A bigger license does not bring him back.
    site.machine.apply(&seats(&site, "2"));
    unnamed(&site, "bob");
    check(&site, "anna").done();
    assign(&site, &["bob"]).done();
}

/// A list that does not hold lets nobody in, and leaves no place to be lent: the whole one may come back.
#[test]
fn nothing_is_lent_beside_a_list_that_does_not_hold() {
    let world = World::new();
    let lends = ["--seats", "2", "--lend", "30"];
    let site = Site::of("named", &world, &[], &lends);
    assign(&site, &["anna", "bob"]).done();
    let paths = notes(&site);
    let good = fs::read_to_string(&paths[0]).unwrap();
    for path in &paths[1..] {
        fs::remove_file(path).unwrap();
    }
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "2"]);
    fs::write(&paths[0], good.replace("bob", "eve")).unwrap();
    site.respond(&request, &[]).owes(5, "not_trusted");
    fs::write(&paths[0], good).unwrap();
    site.respond(&request, &[]).owes(6, "no_place");
}

#[test]
fn a_list_that_cannot_be_read_is_not_called_damaged_and_not_replaced() {
    let world = World::new();
    let site = named(&world, "2");
    assign(&site, &["anna"]).done();
    let paths = notes(&site);
    let good = read(&paths);
    fs::remove_file(&paths[0]).unwrap();
    fs::create_dir(&paths[0]).unwrap();
    // Another place knows it.
    check(&site, "anna").done();
    for path in &paths[1..] {
        fs::remove_file(path).unwrap();
    }
    check(&site, "anna")
        .owes(1, "io")
        .tells("who the users of license")
        .tells("is not known");
    let run = site.machine.run(["run", "--user", "anna", "--", "true"]);
    run.exits(101);
    site.machine.run(["user", "list"]).owes(1, "io");
    assign(&site, &["bob"]).refused(1, "io");
    assign(&site, &["--new", "bob"]).refused(1, "io");
    fs::remove_dir(&paths[0]).unwrap();
    fs::write(&paths[0], &good[0]).unwrap();
    check(&site, "anna").done();
}

/// Two homes of one machine, each changed while the second places could not be written: what they remember counts for both.
#[test]
fn of_two_lists_with_one_number_the_one_that_the_machine_remembers_counts() {
    let world = World::new();
    let site = named(&world, "2");
    let paths = notes(&site);
    assign(&site, &["anna"]).done();
    let first = read(&paths);
    assign(&site, &["bob"]).done();
    let with_bob = fs::read_to_string(&paths[0]).unwrap();
    for (path, text) in paths.iter().zip(&first) {
        fs::write(path, text).unwrap();
    }
    assign(&site, &["chen"]).done();
    fs::write(&paths[0], with_bob).unwrap();
    assert_eq!(list(&site)["users"], json!(["anna", "chen"]));
    check(&site, "chen").done();
    unnamed(&site, "bob");
}

#[test]
fn a_change_that_changes_nothing_puts_every_copy_right() {
    let world = World::new();
    let site = named(&world, "2");
    let paths = notes(&site);
    assign(&site, &["anna"]).done();
    let before = read(&paths);
    assign(&site, &["bob"]).done();
    let after = read(&paths);
    for change in ["assign", "unassign"] {
        fs::write(&paths[0], &before[0]).unwrap();
        fs::remove_file(&paths[1]).unwrap();
        let name = if change == "assign" { "bob" } else { "eve" };
        // Without a password: nothing is signed.
        site.machine.run(["user", change, name]).done();
        assert_eq!(read(&paths), after);
    }
}

/// What is pasted from the advice is what was meant.
#[test]
fn a_name_with_blanks_or_signs_is_quoted_where_it_is_to_be_typed() {
    let world = World::new();
    let site = named(&world, "2");
    for (name, typed) in [
        ("anna maria", "countersign user assign 'anna maria'"),
        (r"NORTH\anna", r"countersign user assign 'NORTH\anna'"),
        ("o'neil", r"countersign user assign 'o'\''neil'"),
        ("bj\u{f6}rn", " bj\u{f6}rn\n"),
    ] {
        unnamed(&site, name).tells(typed);
    }
}

/// Whoever looks sees for whom it is, and what is to be done next stands there as it is to be typed.
#[test]
fn what_is_to_be_done_for_users_by_name_is_said_where_they_look() {
    let world = World::new();
    let site = named(&world, "1");
    let key = site
        .desk
        .sell("survey", &["--type", "named", "--seats", "1"]);
    let server = world.machine("server");
    let at = |args: &[&str]| {
        let run = server.run_at_home_of_user(args.iter().copied());
        let password = world.path().join("files/password");
        run.env("COUNTERSIGN_PASSPHRASE_FILE", password)
    };
    let file = site.file.to_str().unwrap();
    at(&["product", "install", file, "--system"])
        .done()
        .tells("next: countersign request activate KEY --system,");
    at(&["site", "init", "--system"])
        .done()
        .tells("next: countersign request activate KEY --site --system,");
    let request = at(&["request", "activate", &key, "--site", "--system"]);
    let answer = site.desk.answer(&request.done().code());
    at(&["apply"])
        .piped(&answer)
        .done()
        .tells("next: countersign user assign NAME…");
    let status = || at(&["status"]).done().stdout;
    assert!(status().contains("nobody is assigned"), "{}", status());
    at(&["user", "assign", "anna"])
        .done()
        .tells("no place of 1 is free");
    assert!(status().contains("anna"), "{}", status());
    assert_eq!(at(&["status"]).json()["users"], json!(["anna"]));
    at(&["seat", "list"])
        .owes(6, "not_floating")
        .tells("countersign user list");
    // What was assigned is not asked for once more.
    let request = at(&["request", "sync"]).done().code();
    let said = at(&["apply"]).piped(site.desk.answer(&request)).done();
    assert!(!said.stderr.contains("user assign"), "{said}");
}
