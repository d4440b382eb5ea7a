//! Several licenses of one product on one computer: whoever changes what a site has says which is meant, and what can be meant by one only is.

use crate::world::{Machine, Site, World};

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
    let which = |run: crate::world::Run<'_>| {
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
