//! Borrowing while connected: `request borrow … | ssh site | apply`. What stands for ssh here runs one command, whatever it is asked for: `respond` with the
//! password of the site's key in a file that its administrator alone can read.

use std::path::Path;

use super::loans::site;
use crate::world::{Machine, Run, Said, Site, World, pipeline};

/// The command that the administrator has put before the key of a workstation's user.
fn forced<'w>(site: &Site<'w>, password: &Path) -> Run<'w> {
    let respond = ["respond", "--note", "anna", "--passphrase-file"];
    site.machine.run(respond).arg(password)
}

/// The three programs of the pipe, as they ended.
fn piped<'w>(laptop: &Machine<'w>, ask: &[&str], forced: &Run<'w>) -> Vec<Said> {
    let run = laptop.run(["request"].iter().chain(ask));
    pipeline(&[run, forced.clone(), laptop.run(["apply"])])
}

fn exits(said: &[Said]) -> Vec<i32> {
    said.iter().map(|it| it.exit).collect()
}

#[test]
fn a_connected_workstation_borrows_extends_and_gives_back_by_a_pipe() {
    let world = World::new();
    let site = site(&world, "2");
    let password = world.secret("of the site", "open sesame\n");
    let forced = || forced(&site, &password);
    let laptop = site.workstation("laptop");
    let borrow = ["borrow", &site.key, "--days", "3"];
    // The connection breaks when the site has answered: the same again, and it is the same loan.
    let broken = pipeline(&[laptop.run(["request"].iter().chain(&borrow)), forced()]);
    assert_eq!(exits(&broken), [0, 0]);
    assert!(broken[1].stdout.starts_with("LOAN1:"), "{}", broken[1]);
    let said = piped(&laptop, &borrow, &forced());
    assert_eq!(exits(&said), [0, 0, 0]);
    assert!(said[1].stderr.contains("loan 1"), "{}", said[1]);
    assert_eq!(laptop.check().json()["loan"], 1);
    assert_eq!(site.counts(), (0, 1, 1));
    // Who asked is what the administrator has said of that key.
    let noted = || site.seats()["loans"][0]["note"].clone();
    assert_eq!(noted(), "anna");
    site.admin(["loan", "note", "1", "anna, laptop 7"]).done();
    // Asked for once more it has one already, and nothing is sent.
    let said = piped(&laptop, &borrow, &forced());
    assert_eq!(exits(&said)[1..], [3, 3]);
    assert_ne!(said[0].exit, 0, "{}", said[0]);
    assert_eq!(site.counts(), (0, 1, 1));
    world.days_pass(2);
    let said = piped(&laptop, &["extend", "--days", "5"], &forced());
    assert_eq!(exits(&said), [0, 0, 0]);
    assert_eq!(noted(), "anna, laptop 7");
    world.days_pass(4);
    laptop.check().done();
    assert_eq!(site.counts(), (0, 1, 1));
    let said = pipeline(&[laptop.run(["return", "--yes"]), forced()]);
    assert_eq!(exits(&said), [0, 0]);
    assert_eq!(site.counts(), (0, 0, 2));
    laptop.check().refused(10, "returned");
}

/// The last exit code is what a shell says of a pipe: it is 0 only where the loan is in force.
#[test]
fn whoever_is_refused_in_a_pipe_has_no_loan_and_reads_why() {
    let world = World::new();
    let site = site(&world, "1");
    let password = world.secret("of the site", "open sesame\n");
    let laptop = site.workstation("laptop");
    let borrow = ["borrow", &site.key, "--days", "3"];
    let refused = |forced: &Run<'_>, exit: i32, words: &str| {
        let said = piped(&laptop, &borrow, forced);
        assert_eq!(exits(&said), [0, exit, 3], "{}", said[1]);
        assert!(said[1].stderr.contains(words), "{}", said[1]);
        laptop.check().exits(10);
        assert_eq!(site.counts().1, 0);
    };
    let good = forced(&site, &password);
    site.admin(["site", "lending", "off"]).done();
    refused(&good, 6, "lends no seats");
    site.admin(["site", "lending", "on", "--days", "2"]).done();
    refused(&good, 6, "this site lends for 2 at most");
    site.admin(["site", "lending", "on", "--days", "7"]).done();
    // The password was changed, and the file was not; the file is gone, and nobody is asked.
    let wrong = world.secret("another", "open barley\n");
    refused(&forced(&site, &wrong), 7, "passphrase");
    let gone = world.path().join("files/gone");
    refused(&forced(&site, &gone), 1, "cannot be read");
    let hold = site.machine.run(["seat", "take", "--for", "10m"]);
    let token = hold.done().line();
    refused(&good, 16, "the only seat is in use");
    site.machine.run(["seat", "release", &token]).done();
    assert_eq!(exits(&piped(&laptop, &borrow, &good)), [0, 0, 0]);
    laptop.check().done();
}

/// A note is of a loan, and is held to what a note is before anything is lent.
#[test]
fn a_note_that_cannot_be_written_lends_nothing() {
    let world = World::new();
    let site = site(&world, "1");
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "3"]);
    let long = "x".repeat(201);
    for note in ["an\u{202e}na", &long] {
        let run = site.respond(&request, &["--note", note]);
        run.refused(2, "usage").tells("200");
    }
    site.respond(&request, &["--note", " "]).done();
    assert_eq!(site.machine.run(["loan", "show", "1"]).json()["note"], "");
    // Answered again, and this time with a name.
    site.respond(&request, &["--note", "anna"]).done();
    let again = site.respond(&request, &["--note", "bob"]).json();
    assert_eq!(again["note"], "anna");
    // What the desk answers is no loan.
    let sync = site.machine.run(["request", "sync"]).done().code();
    let run = site.desk.respond_with(&sync, &["--note", "anna"]);
    run.refused(2, "usage").tells("a loan");
}
