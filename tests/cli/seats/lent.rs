//! Seats that are lent, and users of the home who cannot read the site's book of loans.

use super::accounts::{as_user, open_to_others};
use super::{Holder, hold};
use crate::world::World;

/// What is written of the loans is there for all, for only the owner reads the book: without it the others get no seat that may be lent.
#[test]
fn who_cannot_read_the_book_gets_no_seat_that_may_be_lent() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let floating = ["--type", "floating", "--seats", "2"];
    let key = desk.sell("survey", &[&floating[..], &["--lend", "14"]].concat());
    let unlent = desk.sell("survey", &floating);
    let machine = world.machine("site");
    let password = world.secret("password", "open sesame\n");
    let root = |args: &[&str]| {
        let run = machine.run(args);
        run.env("COUNTERSIGN_PASSPHRASE_FILE", &password)
    };
    root(&["product", "install", file.to_str().unwrap(), "--system"]).done();
    root(&["site", "init", "--system"]).done();
    for key in [&key, &unlent] {
        let request = root(&["request", "activate", key, "--site", "--system"]);
        machine.apply(&desk.answer(&request.done().code()));
    }
    let laptop = world.machine("laptop");
    laptop.install(&file);
    let borrow = ["request", "borrow", &key, "--days", "5"];
    let request = laptop.run(borrow).done().code();
    root(&["respond", "-"]).piped(request).done();
    open_to_others(world.path());
    let held = |key: &str| {
        let run = hold(&machine, &["--license", key]);
        as_user(61_001, &run)
    };
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let home = machine.home().join("machine");
    std::fs::remove_file(home.join(format!("seats/{digits}/lent.json"))).unwrap();
    let refused = held(&key).output().unwrap();
    let words = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(5), "{words}");
    assert!(words.contains("sudo countersign site status"), "{words}");
    // Of what was never lent nothing is missing.
    let free = Holder::start_process(held(&unlent));
    assert_eq!(free.end(), 0);
    // Who lent what to whom is still for the owner alone.
    let book = home.join(format!("site/{digits}.jsonl"));
    let mut cat = std::process::Command::new("setpriv");
    cat.args([
        "--reuid",
        "61001",
        "--regid",
        "61001",
        "--clear-groups",
        "cat",
    ]);
    assert!(!cat.arg(&book).output().unwrap().status.success());
    root(&["site", "status", "--license", &key]).done();
    let one = Holder::start_process(held(&key));
    assert_eq!(held(&key).output().unwrap().status.code(), Some(16));
    assert_eq!(one.end(), 0);
}
