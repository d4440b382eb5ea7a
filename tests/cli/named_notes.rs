//! The list of named users as it lies on a disk: put back, edited, foreign, deleted, half written; its password.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::named::{assign, check, list, named, unassign, unnamed};
use crate::world::{Machine, Site, World};

/// Where the list lies: in the home, and in each anchor.
pub(super) fn notes(site: &Site<'_>) -> Vec<PathBuf> {
    let digits: String = site.key.chars().filter(char::is_ascii_digit).collect();
    let name = format!("notes/{digits}.note");
    let user = site.machine.world().path().join("users").join("site");
    vec![
        site.machine.kept(&format!("machine/{name}")),
        user.join("anchor/of all").join(&name),
        user.join("anchor/of one").join(&name),
    ]
}

pub(super) fn read(paths: &[PathBuf]) -> Vec<String> {
    paths
        .iter()
        .map(|it| fs::read_to_string(it).unwrap())
        .collect()
}

fn write(paths: &[PathBuf], texts: &[String]) {
    for (path, text) in paths.iter().zip(texts) {
        fs::write(path, text).unwrap();
    }
}

#[test]
fn a_list_that_is_put_back_makes_no_named_license_a_floating_one() {
    let world = World::new();
    let site = named(&world, "1");
    let paths = notes(&site);
    assign(&site, &["anna"]).done();
    let monday = read(&paths);
    unassign(&site, &["anna"]).done();
    world.hours_pass(49);
    assign(&site, &["bob"]).done();
    // Monday's list in Tuesday's home: the machine remembers the latest whole.
    write(&paths[..1], &monday);
    check(&site, "bob").done();
    unnamed(&site, "anna");
    assert_eq!(list(&site)["users"], json!(["bob"]));
    unassign(&site, &["bob"]).done();
    let all = read(&paths);
    assert!(all.iter().all(|it| *it == all[0]), "{all:?}");
    assign(&site, &["anna"]).owes(6, "no_place");
    // The same of the second places, where the home has the latest.
    write(&paths[1..], &monday);
    unnamed(&site, "anna");
    assign(&site, &["bob"]).done();
    assert_eq!(read(&paths)[1], read(&paths)[0]);
}

#[test]
fn a_list_that_was_edited_lets_nobody_in() {
    let world = World::new();
    let site = named(&world, "2");
    let paths = notes(&site);
    assign(&site, &["anna"]).done();
    let good = read(&paths);
    let edited = good[0].replace("user: anna", "user: eve");
    // As long as a whole one lies anywhere that one counts.
    fs::write(&paths[0], &edited).unwrap();
    check(&site, "anna").done();
    unnamed(&site, "eve");
    for path in &paths[1..] {
        fs::remove_file(path).unwrap();
    }
    for text in [
        edited.as_str(),
        "",
        "something else",
        &good[0].replace('\n', "\r\n"),
    ] {
        fs::write(&paths[0], text).unwrap();
        for user in ["anna", "eve"] {
            check(&site, user)
                .owes(5, "not_trusted")
                .tells("the list of users of license");
        }
        site.machine.run(["user", "list"]).owes(5, "not_trusted");
        assign(&site, &["eve"]).refused(5, "not_trusted");
        site.machine
            .run(["run", "--user", "anna", "--", "true"])
            .exits(105);
    }
    fs::write(&paths[0], b"\xff\xfe").unwrap();
    check(&site, "anna").owes(5, "not_trusted");
    // Its administrator, who knows the password, begins anew.
    assign(&site, &["--new", "anna"]).done();
    check(&site, "anna").done();
    unnamed(&site, "eve");
}

#[test]
fn a_list_of_another_license_or_site_is_none() {
    let world = World::new();
    let site = named(&world, "1");
    let paths = notes(&site);
    assign(&site, &["anna"]).done();
    let key = site
        .desk
        .sell("survey", &["--type", "named", "--seats", "1"]);
    let request = site.machine.request_with(&key, &["--site"]);
    site.machine.apply(&site.desk.answer(&request));
    let other = ["user", "assign", "eve", "--license", &key];
    site.admin(other).done();
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let foreign = site.machine.kept(&format!("machine/notes/{digits}.note"));
    for path in &paths {
        fs::copy(&foreign, path).unwrap();
    }
    let ask = ["--license", &site.key, "--user", "eve"];
    site.machine
        .check_with(&ask)
        .owes(5, "not_trusted")
        .tells("it is the note of another license");
    // Which of several licenses is for whom is found.
    check(&site, "eve").done();
}

#[test]
fn whoever_deletes_the_list_is_let_in_no_more() {
    let world = World::new();
    let site = named(&world, "1");
    let paths = notes(&site);
    assign(&site, &["anna"]).done();
    fs::remove_file(&paths[0]).unwrap();
    check(&site, "anna").done();
    unnamed(&site, "eve");
    // What is left of it elsewhere is edited: that there was none is not said.
    let edited = read(&paths[1..])[0].replace("anna", "eve");
    for path in &paths[1..] {
        fs::write(path, &edited).unwrap();
    }
    check(&site, "eve").owes(5, "not_trusted");
    assign(&site, &["eve"]).refused(5, "not_trusted");
    for path in &paths[1..] {
        fs::remove_file(path).unwrap();
    }
    unnamed(&site, "anna").tells("nobody is assigned");
    assign(&site, &["anna"]).done();
    check(&site, "anna").done();
}

/// It is written in the home, then in each second place: killed between them, it is done, and the next change puts the rest right.
#[test]
fn an_assignment_that_is_killed_half_way_is_whole() {
    let world = World::new();
    let site = named(&world, "2");
    let paths = notes(&site);
    assign(&site, &["anna"]).done();
    let before = read(&paths);
    assign(&site, &["bob"]).done();
    let after = read(&paths);
    for done in 0..=3 {
        write(&paths, &before);
        write(&paths[..done], &after);
        fs::write(paths[0].with_extension("note.new"), "torn").unwrap();
        match done {
            0 => drop(unnamed(&site, "bob")),
            _ => drop(check(&site, "bob").done()),
        }
        check(&site, "anna").done();
        assign(&site, &["bob"]).done();
        check(&site, "bob").done();
        unassign(&site, &["eve"]).done();
        assert_eq!(list(&site)["users"], json!(["anna", "bob"]));
    }
}

#[test]
fn whoever_has_not_the_password_changes_nothing() {
    let world = World::new();
    let site = named(&world, "2");
    let wrong = world.secret("wrong", "open barley\n");
    let with = |machine: &Machine<'_>| {
        let run = machine.run(["user", "assign", "eve"]);
        run.env("COUNTERSIGN_PASSPHRASE_FILE", &wrong)
            .refused(7, "wrong_passphrase");
        machine
            .run(["user", "assign", "eve"])
            .refused(7, "passphrase_needed");
    };
    with(&site.machine);
    assign(&site, &["anna"]).done();
    with(&site.machine);
    let run = site.machine.run(["user", "unassign", "anna"]);
    run.refused(7, "passphrase_needed");
    check(&site, "anna").done();
}

/// A forgotten password is another key: its list is empty.
#[test]
fn another_key_of_the_site_begins_another_list() {
    let world = World::new();
    let site = named(&world, "1");
    assign(&site, &["anna"]).done();
    site.admin(["site", "init", "--new", "--yes"]).done();
    // Until the vendor has certified it the list of the one before counts.
    check(&site, "anna").done();
    assign(&site, &["bob"]).owes(6, "no_place");
    unassign(&site, &["anna"]).refused(6, "other_site_key");
    let accepted = ["--accept-site-key", "--reason", "password forgotten"];
    let said = site.sync(&["--site"], &accepted);
    assert!(said.stderr.contains("another key of this site"), "{said}");
    // Nobody was assigned with this one yet.
    unnamed(&site, "anna").tells("nobody is assigned");
    assign(&site, &["bob"]).done();
    check(&site, "bob").done();
    unnamed(&site, "anna");
}

/// A copy of the home on another machine is no license there; one beside it on the same machine has the same list.
#[test]
fn the_list_belongs_to_the_license_wherever_its_home_lies() {
    let world = World::new();
    let site = named(&world, "1");
    assign(&site, &["anna"]).done();
    let other = world.machine("other");
    site.machine.copy_home_to(&other);
    let elsewhere = other.check_with(&["--user", "anna"]);
    elsewhere.owes(13, "wrong_machine");
    // Two homes of one machine: what was changed in one is known in the other, by the second places of the machine.
    let copy = world.path().join("homes/second");
    let source = site.machine.home();
    let copied = std::process::Command::new("cp")
        .arg("-r")
        .args([&source, &copy])
        .status();
    assert!(copied.unwrap().success());
    unassign(&site, &["anna"]).done();
    let run = site.machine.run_at(&copy, ["check", "--user", "anna"]);
    run.owes(17, "not_named");
}

/// What everybody reads who uses the machine's license.
#[test]
fn all_users_of_the_machine_read_the_list() {
    use std::os::unix::fs::PermissionsExt;

    let world = World::new();
    let site = named(&world, "1");
    let machine = world.machine("server");
    let at = |args: &[&str]| {
        let run = machine.run_at_home_of_user(args.iter().copied());
        let password = world.path().join("files/password");
        run.env("COUNTERSIGN_PASSPHRASE_FILE", password)
    };
    let file = site.file.to_str().unwrap();
    at(&["product", "install", file, "--system"]).done();
    at(&["site", "init", "--system"]).done();
    let key = site
        .desk
        .sell("survey", &["--type", "named", "--seats", "1"]);
    let request = at(&["request", "activate", &key, "--site", "--system"]);
    let answer = site.desk.answer(&request.done().code());
    at(&["apply"]).piped(&answer).done();
    at(&["user", "assign", "anna"]).done();
    at(&["check", "--user", "anna"]).done();
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let notes = machine.home_for_all().join("machine/notes");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&notes), 0o755);
    assert_eq!(mode(&notes.join(format!("{digits}.note"))), 0o644);
}
