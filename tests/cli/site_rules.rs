//! The rules of a site as its administrator sets them: what is taken, what is refused, what lies on the disk.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::seats::site as unsigned;
use crate::world::{Run, Site, World};

fn setting<'w>(site: &Site<'w>, text: &str) -> Run<'w> {
    site.admin(["site", "rules", "set", "-"]).piped(text)
}

#[track_caller]
pub(super) fn set(site: &Site<'_>, text: &str) {
    setting(site, text).done();
}

/// Refused by this line; what was said.
#[track_caller]
pub(super) fn ruled(run: &Run<'_>, exit: i32, line: u64) -> String {
    let said = run.owes(exit, "rule").stderr;
    let object = run.with_json_exits(exit);
    assert_eq!(object["error"]["line"], line, "{said}");
    said
}

fn shown(site: &Site<'_>) -> String {
    site.machine.run(["site", "rules", "show"]).done().stdout
}

fn floating<'w>(world: &'w World, seats: &str) -> Site<'w> {
    Site::new(world, &[], &["--seats", seats])
}

fn hold<'w>(site: &Site<'w>, user: &str) -> Run<'w> {
    site.machine.run(["seat", "hold", "--user", user])
}

/// Where the note lies: in the home, and in each anchor.
fn notes(site: &Site<'_>) -> Vec<PathBuf> {
    let digits: String = site.key.chars().filter(char::is_ascii_digit).collect();
    let name = format!("notes/{digits}.note");
    let user = site.machine.world().path().join("users").join("site");
    vec![
        site.machine.kept(&format!("machine/{name}")),
        user.join("anchor/of all").join(&name),
        user.join("anchor/of one").join(&name),
    ]
}

fn read(paths: &[PathBuf]) -> Vec<String> {
    let texts = paths.iter().map(fs::read_to_string);
    texts.map(Result::unwrap).collect()
}

#[test]
fn rules_are_set_shown_and_tested() {
    let world = World::new();
    let site = floating(&world, "3");
    let show = site.machine.run(["site", "rules", "show"]);
    show.done().tells("there are no rules");
    assert_eq!(show.json()["rules"], json!([]));
    let text = "\u{feff}# the office\r\nReserve 1  user:anna # hers\r\n\r\ndeny user:eve\r\n";
    let kept = "# the office\nreserve 1 user:anna # hers\n\ndeny user:eve\n";
    setting(&site, text).done().tells("2 rules are in force");
    assert_eq!(shown(&site), kept);
    let lines = json!([
        { "line": 2, "rule": "reserve 1 user:anna" },
        { "line": 4, "rule": "deny user:eve" },
    ]);
    assert_eq!(show.json()["rules"], lines);
    // The same again changes nothing, and needs no password.
    let before = world.snapshot();
    let file = world.file("rules", kept);
    let again = ["site", "rules", "set", file.to_str().unwrap()];
    site.machine
        .run(again)
        .done()
        .tells("the rules are so already");
    assert_eq!(site.machine.run(again).json()["changed"], false);
    fs::remove_file(&file).unwrap();
    assert_eq!(before, world.snapshot());
    // Which line decides, and what the answer would be.
    let test = |options: &[&str]| {
        let words = ["site", "rules", "test", "--user"];
        site.machine.run(words.iter().chain(options))
    };
    let anna = test(&["anna", "--host", "ws-14"]).done();
    assert_eq!(
        anna.stdout,
        "line 2 decides: reserve 1 user:anna\nanna at ws-14 would get a seat now\n"
    );
    let eve = test(&["eve"]).done();
    eve.prints("line 4 decides: deny user:eve\neve would get no seat now: ");
    let bob = test(&["bob"]).done();
    bob.prints("no line decides: what is free is for whoever comes\nbob would get a seat now");
    let object = test(&["eve", "--host", "ws-9"]).json();
    let facts = (&object["line"], &object["seat"], &object["kind"]);
    assert_eq!(facts, (&json!(4), &json!(false), &json!("rule")));
    test(&["anna", "--feature", "none"]).refused(15, "feature_missing");
    assert_eq!(site.counts(), (0, 0, 2));
    // An empty text rules nothing.
    setting(&site, "").done().tells("there are no rules");
    hold(&site, "eve").done();
}

#[test]
fn a_bad_line_is_named_and_nothing_is_changed() {
    let world = World::new();
    let product = ["--feature", "lv", "--pool", "design"];
    let order = ["--seats", "3", "--pool", "design=2"];
    let site = Site::new(&world, &product, &order);
    set(&site, "deny user:eve");
    for (text, says) in [
        (
            "# fine\nallow user:anna",
            "line 2 of the rules: \"allow\" is no rule",
        ),
        (
            "reserve user:anna",
            "line 1 of the rules: behind reserve stands how many",
        ),
        ("deny", "line 1 of the rules: behind deny stands whom"),
        (
            "deny feature:lvv",
            "line 1 of the rules: the product has no feature lvv",
        ),
        (
            "reserve 2 user:anna\nreserve 2 user:bob",
            "line 2 of the rules: it reserves more seats than the license has: of 3 seats the lines before it leave 1",
        ),
        (
            "reserve 1 feature:lv\n\nreserve 2 feature:design\nmax 9 feature:design\nreserve 1 user:x",
            "line 5 of the rules: it reserves more seats than the license has: of 3 seats the lines before it leave 0",
        ),
        (
            "reserve 3 feature:design",
            "line 1 of the rules: it reserves more seats of design than the license has: of 2 seats",
        ),
    ] {
        setting(&site, text).refused(2, "bad_rules").tells(says);
    }
    site.admin(["site", "rules", "set", "-"])
        .piped(b"deny user:an\xffna")
        .refused(2, "bad_rules")
        .tells("U+FFFD");
    site.admin(["site", "rules", "set", "nowhere"])
        .refused(1, "no_file");
    assert_eq!(shown(&site), "deny user:eve\n");
}

#[test]
fn only_whoever_has_the_password_of_a_sites_key_sets_rules() {
    let world = World::new();
    let site = floating(&world, "2");
    let wrong = world.secret("wrong", "open barley\n");
    let sets = |text: &str| site.machine.run(["site", "rules", "set", "-"]).piped(text);
    sets("deny user:eve")
        .env("COUNTERSIGN_PASSPHRASE_FILE", &wrong)
        .refused(7, "wrong_passphrase");
    sets("deny user:eve").refused(7, "passphrase_needed");
    assert!(!notes(&site)[0].exists());
    // A license that was asked for without a site's key has none to sign with.
    let other = World::new();
    let (machine, _) = unsigned(&other, &[], &["--seats", "2"]);
    machine
        .run(["site", "rules", "set", "-"])
        .piped("deny user:eve")
        .refused(6, "not_a_site");
    machine.run(["site", "rules", "show"]).done();
    // One for users by name has no seats to be given out.
    let other = World::new();
    let named = Site::of("named", &other, &[], &["--seats", "2"]);
    setting(&named, "deny user:eve").refused(6, "not_floating");
}

#[test]
fn an_edited_note_gives_nobody_a_seat_and_lifts_no_rule() {
    let world = World::new();
    let site = floating(&world, "2");
    let paths = notes(&site);
    set(&site, "deny user:eve");
    let good = read(&paths);
    assert!(good.iter().all(|it| *it == good[0]));
    let edited = good[0].replace("deny user:eve", "deny user:bob");
    // As long as a whole one lies anywhere that one counts, also where there is none in the home.
    fs::write(&paths[0], &edited).unwrap();
    ruled(&hold(&site, "eve"), 18, 1);
    hold(&site, "bob").done();
    fs::remove_file(&paths[0]).unwrap();
    ruled(&hold(&site, "eve"), 18, 1);
    // The same rules again put it right.
    set(&site, "deny user:eve");
    assert_eq!(read(&paths), good);
    let token = site.machine.run(["seat", "take"]).done().line();
    for path in &paths[1..] {
        fs::remove_file(path).unwrap();
    }
    for text in [edited.as_str(), "", "countersign site note v1\n"] {
        fs::write(&paths[0], text).unwrap();
        for user in ["anna", "eve"] {
            hold(&site, user)
                .owes(5, "not_trusted")
                .tells("so nobody gets a seat");
        }
        let run = site.machine.run(["run", "--", "true"]);
        run.exits(105);
        // What is held goes on.
        site.machine.run(["seat", "keep", &token]).done();
        site.machine
            .run(["site", "rules", "show"])
            .owes(5, "not_trusted");
        setting(&site, "deny user:bob").refused(5, "not_trusted");
        // Whoever looks is told, and sees who holds what.
        site.machine
            .run(["seat", "list"])
            .done()
            .tells("nobody gets a seat");
        assert_eq!(site.counts().0, 1);
        assert_eq!(
            site.machine.run(["site", "status"]).json()["rules"],
            json!(null)
        );
    }
    site.machine.run(["seat", "release", &token]).done();
    let anew = site.admin(["site", "rules", "set", "--new", "-"]);
    anew.piped("").done();
    hold(&site, "eve").done();
}

#[test]
fn an_old_note_that_is_put_back_counts_no_more() {
    let world = World::new();
    let site = floating(&world, "2");
    let paths = notes(&site);
    set(&site, "");
    assert!(!paths[0].exists());
    set(&site, "# nothing yet");
    let monday = read(&paths);
    set(&site, "deny user:eve");
    fs::write(&paths[0], &monday[0]).unwrap();
    ruled(&hold(&site, "eve"), 18, 1);
    assert_eq!(shown(&site), "deny user:eve\n");
    // Of another license it is none of this one.
    let key = site
        .desk
        .sell("survey", &["--type", "floating", "--seats", "1"]);
    let request = site.machine.request_with(&key, &["--site"]);
    site.machine.apply(&site.desk.answer(&request));
    let other = ["site", "rules", "set", "-", "--license", &key];
    site.admin(other).piped("# all may").done();
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let foreign = site.machine.kept(&format!("machine/notes/{digits}.note"));
    for path in &paths {
        fs::copy(&foreign, path).unwrap();
    }
    let take = ["seat", "take", "--user", "anna", "--license", &site.key];
    site.machine
        .run(take)
        .owes(5, "not_trusted")
        .tells("it is the note of another license");
}

/// It is written in the home, then in each second place: killed between them, it is done, and the next change puts the rest right.
#[test]
fn rules_that_are_set_by_a_command_that_is_killed_are_whole() {
    let world = World::new();
    let site = floating(&world, "2");
    let paths = notes(&site);
    set(&site, "deny user:eve");
    let before = read(&paths);
    set(&site, "deny user:bob");
    let after = read(&paths);
    for done in 0..=3 {
        for (at, path) in paths.iter().enumerate() {
            let text = if at < done { &after } else { &before };
            fs::write(path, &text[at]).unwrap();
        }
        fs::write(paths[0].with_extension("note.new"), "torn").unwrap();
        let denied = if done == 0 { "eve" } else { "bob" };
        ruled(&hold(&site, denied), 18, 1);
        set(&site, "deny user:bob");
        ruled(&hold(&site, "bob"), 18, 1);
        hold(&site, "eve").done();
        let all = read(&paths);
        assert!(all.iter().all(|it| *it == all[0]), "{done}");
    }
}

#[test]
fn a_smaller_license_keeps_what_its_first_lines_reserve() {
    let world = World::new();
    let site = floating(&world, "3");
    set(&site, "reserve 2 user:anna\nreserve 1 user:bob");
    let change = ["license", "change", &site.key, "--seats", "2"];
    site.desk.run(change).done();
    let less = "line 2 of the rules: it reserves more seats than the license has: of 2 seats the lines before it leave 0";
    site.sync(&[], &[]).tells(less);
    let show = site.machine.run(["site", "rules", "show"]);
    show.done().tells(less);
    let seats: Vec<u64> = site.seats()["reservations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["seats"].as_u64().unwrap())
        .collect();
    assert_eq!(seats, [2, 0]);
    ruled(&hold(&site, "bob"), 18, 1);
    hold(&site, "anna").done();
    // What was fine once is so still; anything else has to fit.
    set(&site, "reserve 1 user:anna\nreserve 1 user:bob");
    setting(&site, "reserve 2 user:anna\nreserve 1 user:bob").refused(2, "bad_rules");
    // Rules give no seat of a license that is over, and are shown all the same.
    let site_key = site
        .desk
        .sell("survey", &["--type", "floating", "--expires", "2040-03-02"]);
    let request = site.machine.request_with(&site_key, &["--site"]);
    site.machine.apply(&site.desk.answer(&request));
    let with = |words: &[&str]| {
        let license = ["--license", &site_key];
        site.admin(words.iter().chain(&license))
    };
    with(&["site", "rules", "set", "-"])
        .piped("reserve 1 user:anna")
        .done();
    world.days_pass(3);
    with(&["seat", "hold", "--user", "anna"]).owes(11, "expired");
    with(&["site", "rules", "show"])
        .done()
        .prints("reserve 1 user:anna");
}

/// The note has both: who the users are, and what is ruled where the license floats.
#[test]
fn rules_and_users_stand_beside_each_other_whatever_the_license_is() {
    let world = World::new();
    let site = floating(&world, "2");
    let becomes = |kind: &str| {
        let change = ["license", "change", &site.key, "--type", kind];
        site.desk.run(change).done();
        site.sync(&[], &[]);
    };
    set(&site, "deny user:anna");
    becomes("named");
    // Users by name go by their list alone.
    site.admin(["user", "assign", "anna", "eve"]).done();
    let run = ["run", "--user", "anna", "--", "true"];
    site.machine.run(run).done();
    becomes("floating");
    ruled(&hold(&site, "anna"), 18, 1);
    hold(&site, "bob").done();
    set(&site, "deny user:eve");
    becomes("named");
    let users = site.machine.run(["user", "list"]).json();
    assert_eq!(users["users"], json!(["anna", "eve"]));
}

#[test]
fn another_key_of_the_site_begins_without_rules() {
    let world = World::new();
    let site = floating(&world, "2");
    set(&site, "deny user:eve");
    site.admin(["site", "init", "--new", "--yes"]).done();
    site.sync(
        &["--site"],
        &["--accept-site-key", "--reason", "password forgotten"],
    );
    hold(&site, "eve").done();
    set(&site, "deny user:bob");
    ruled(&hold(&site, "bob"), 18, 1);
}
