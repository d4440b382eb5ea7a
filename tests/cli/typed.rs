//! What is to be typed next, as it is to be typed: with where things are and which license is meant, as the user said it.

use std::path::PathBuf;

use crate::world::{Desk, Run, World};

/// Two seats, with the product file that goes with them.
fn sold(world: &World) -> (Desk<'_>, PathBuf, String) {
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--type", "floating", "--seats", "2"]);
    (desk, file, key)
}

/// At a computer whose license is for all, by root, who names no home; and by whoever names one.
#[test]
fn what_is_to_be_typed_next_says_for_whom_and_where() {
    let world = World::new();
    let (desk, file, key) = sold(&world);
    let server = world.machine("server");
    let at = |args: &[&str]| -> Run<'_> { server.run_at_home_of_user(args.iter().copied()) };
    at(&["request", "activate", &key, "--system"])
        .refused(2, "no_product")
        .tells("countersign product install FILE --system");
    let file = file.to_str().unwrap();
    at(&["product", "install", file, "--system"])
        .done()
        .tells("next: countersign request activate KEY --system,");
    at(&["request", "activate", &key, "--site", "--system"])
        .refused(1, "site_missing")
        .tells("make one: countersign site init --system");
    let home = server.home();
    let typed = format!("--home {}", home.display());
    server
        .run(["check"])
        .exits(10)
        .tells(&format!("countersign product install FILE {typed}"));
    server.run(["product", "install", file]).done();
    let asked = server.run(["check", "--license", &key]).exits(10);
    asked.tells(&format!("countersign request activate {key} {typed}"));
    let hint = server.run(["check", "--license", &key]);
    let hint = hint.with_json_exits(10)["error"]["hint"].clone();
    let hint = hint.as_str().unwrap();
    assert!(hint.ends_with(&format!("activate {key} {typed}")), "{hint}");
    let requested = server.run(["request", "activate", &key]).done();
    let asked = requested.code();
    requested.tells(&format!(
        "enter the answer here with: countersign apply {typed}"
    ));
    server.apply(&desk.answer(&asked));
    server
        .run([
            "seat",
            "disconnect",
            "1",
            "--reason",
            "x",
            "--license",
            &key,
        ])
        .owes(4, "unknown_seat")
        .tells(&format!("countersign seat list --license {key} {typed}"));
    // A variable is there still when the next command is typed.
    at(&["check"])
        .env("COUNTERSIGN_HOME", world.path().join("elsewhere"))
        .exits(10)
        .tells("countersign product install FILE\n");
}

/// What a site's administrator has a workstation type says nothing of where the site's things are.
#[test]
fn what_is_typed_on_another_computer_is_left_as_it_is() {
    let world = World::new();
    let site = crate::world::Site::new(&world, &[], &["--seats", "2", "--lend", "30"]);
    site.admin(["loan", "show", "7"])
        .refused(4, "unknown_loan")
        .tells(&format!(
            "countersign loan list --all --home {}",
            site.machine.home().display()
        ));
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "5");
    let back = laptop.run(["return", "--yes"]).done().code();
    let more = site.ask(&site.workstation("other"), &["--days", "2"]);
    site.respond(&back, &[]).done();
    site.admin(["site", "lending", "off"]).done();
    site.respond(&more, &[])
        .refused(6, "lending_off")
        .tells(&format!(
            "countersign site lending on --home {}",
            site.machine.home().display()
        ));
}

/// Whoever types what he was told makes the key where the license lies, and not where nobody looks for it.
#[test]
fn a_sites_key_is_made_where_its_license_lies() {
    let world = World::new();
    let (desk, file, key) = sold(&world);
    let server = world.machine("server");
    let at = |args: &[&str]| -> Run<'_> { server.run_at_home_of_user(args.iter().copied()) };
    at(&["product", "install", file.to_str().unwrap(), "--system"]).done();
    let request = at(&["request", "activate", &key, "--system"]).done().code();
    at(&["apply"]).piped(desk.answer(&request)).done();
    at(&["request", "sync", "--site"]).refused(1, "site_missing");
    let password = world.secret("password", "open sesame\n");
    let init = |new: &[&str]| {
        let run = at(&[&["site", "init"], new].concat());
        run.env("COUNTERSIGN_PASSPHRASE_FILE", &password).done()
    };
    init(&[]);
    at(&["request", "sync", "--site"]).done();
    let certified = |new: &[&str]| {
        init(new);
        let request = at(&["request", "sync", "--site", "--new"]).done().code();
        let accepted = ["--accept-site-key", "--reason", "a first key"];
        let answer = desk.respond_with(&request, &accepted).done().code();
        at(&["apply"]).piped(answer).done();
        let lending = at(&["site", "rules", "set", "-"]);
        let lending = lending.env("COUNTERSIGN_PASSPHRASE_FILE", &password);
        lending.piped("max 1 user:anna\n").done();
    };
    certified(&["--new", "--yes"]);
}
