//! Several licenses of one product on one computer: whoever changes what a site has says which is meant, and what can be meant by one only is.

use crate::world::{Machine, Run, Site, World};

fn ask(site: &Site<'_>, key: &str) {
    let request = site.machine.request_with(key, &["--site"]);
    site.machine.apply(&site.desk.answer(&request));
}

#[test]
fn a_command_that_is_for_one_type_finds_the_license_of_that_type() {
    let world = World::new();
    let floating = ["--seats", "2", "--lend", "14"];
    let site = Site::new(&world, &[], &floating);
    let named = site
        .desk
        .sell("survey", &["--type", "named", "--seats", "1"]);
    ask(&site, &named);
    site.admin(["user", "assign", "anna"]).done();
    let listed = site.machine.run(["user", "list"]).json();
    assert_eq!(listed["license_key"], named);
    let rules = site.admin(["site", "rules", "set", "-"]);
    rules.piped("deny user:eve").done();
    let listed = site.machine.run(["site", "rules", "show"]).json();
    assert_eq!(listed["license_key"], site.key);
}

#[test]
fn which_of_several_is_changed_is_said_by_whoever_changes_it() {
    let world = World::new();
    let floating = ["--type", "floating", "--seats", "2", "--lend", "14"];
    let site = Site::new(&world, &[], &floating[2..]);
    let second = site.desk.sell("survey", &floating);
    ask(&site, &second);
    let machine: &Machine<'_> = &site.machine;
    let which = |run: Run<'_>| {
        run.refused(2, "which_license")
            .tells(&site.key)
            .tells(&second)
            .tells("--license KEY");
    };
    which(site.admin(["site", "lending", "off"]));
    which(
        site.admin(["site", "rules", "set", "-"])
            .piped("deny user:eve"),
    );
    which(machine.run(["seat", "disconnect", "1", "--reason", "x"]));
    which(machine.run(["loan", "list"]));
    which(machine.run(["site", "status"]));
    let off = ["site", "lending", "off", "--license", &second];
    site.admin(off).done();
    let status = |key: &str| machine.run(["site", "status", "--license", key]).json();
    assert_eq!(status(&second)["lending"], "off");
    assert_eq!(status(&site.key)["lending"], "on");
}

/// Whoever types what he was told is not asked which license he means.
#[test]
fn what_is_to_be_typed_next_names_the_license_that_was_answered() {
    let world = World::new();
    let floating = ["--type", "floating", "--seats", "2", "--lend", "14"];
    let site = Site::new(&world, &[], &floating[2..]);
    let second = site.desk.sell("survey", &floating);
    ask(&site, &second);
    let chen = site.workstation("chen");
    let borrow = ["request", "borrow", &second, "--days", "5"];
    let request = chen.run(borrow).done().code();
    let said = site.respond(&request, &[]).done();
    let home = site.machine.home();
    let typed = format!(
        "loan note 1 TEXT --license {second} --home {}",
        home.display()
    );
    said.tells(&typed);
    let note = ["loan", "note", "1", "chen", "--license", &second];
    site.machine.run(note).done();
}

/// A key names one license, whatever else is installed.
#[test]
fn the_key_of_a_license_says_which_product_is_meant() {
    let world = World::new();
    let site = Site::new(&world, &[], &["--seats", "2", "--lend", "14"]);
    let other = site.desk.product("drawing", &[]);
    site.machine.install(&other);
    let at = |args: &[&str]| -> Run<'_> { site.machine.run(args) };
    at(&["check"]).owes(2, "usage").tells("--product ID");
    let checked = at(&["check", "--license", &site.key]).json();
    assert_eq!(checked["product"], "survey");
    at(&["run", "--license", &site.key, "--", "true"]).done();
    let listed = at(&["seat", "list", "--license", &site.key]).json();
    assert_eq!(listed["license_key"], site.key);
    at(&["seat", "take", "--license", &site.key]).done();
}

/// Whoever looks sees all there is to be seen, and whoever runs is told which license it was.
#[test]
fn the_seats_of_each_license_are_shown() {
    let world = World::new();
    let floating = ["--type", "floating", "--seats", "2", "--lend", "14"];
    let site = Site::new(&world, &[], &floating[2..]);
    let second = site.desk.sell("survey", &floating);
    ask(&site, &second);
    site.machine.install(&site.desk.product("drawing", &[]));
    site.machine.install(&site.desk.product("mapping", &[]));
    let third = site.desk.sell("mapping", &floating);
    let asked = site
        .machine
        .request_with(&third, &["--site", "--product", "mapping"]);
    site.machine.apply(&site.desk.answer(&asked));
    let list = |args: &[&str]| -> Vec<String> {
        let list = site.machine.run(["seat", "list"].iter().chain(args));
        let shown = list.done();
        let objects = list.with_json().done().objects();
        let keys = objects.iter().map(|it| it["license_key"].as_str().unwrap());
        let keys: Vec<String> = keys.map(str::to_owned).collect();
        let shown = shown.stdout.lines().filter(|it| it.contains("  2 seats:"));
        assert_eq!(shown.count(), keys.len());
        keys
    };
    let mut all = vec![site.key.clone(), second.clone(), third.clone()];
    all.sort();
    assert_eq!(list(&[]), all);
    let mut of_survey = vec![site.key.clone(), second.clone()];
    of_survey.sort();
    assert_eq!(list(&["--product", "survey"]), of_survey);
    assert_eq!(list(&["--license", &third]), [third.as_str()]);
    // An application that asks gets the best, and is told which.
    let checked = site.machine.run(["check", "--product", "survey"]);
    let chosen = checked.json()["license_key"].as_str().unwrap().to_owned();
    checked.done().prints(&chosen);
    assert!(of_survey.contains(&chosen));
}
