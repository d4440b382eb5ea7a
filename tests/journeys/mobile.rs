//! elec calc: mobile licenses (journey D.5), what the administrator forbids (D.7), repair by the vendor (D.9). The words are those of its manual.

use serde_json::json;

use crate::world::{Holder, Site, World};

fn manager<'w>(world: &'w World, seats: &str) -> Site<'w> {
    let order = ["--seats", seats, "--feature", "lv", "--lend", "30"];
    Site::new(world, &["--feature", "lv"], &order)
}

/// "This workstation will thus be able to disconnect from the network and continue to use elec calc. … At the end of this period, the licence automatically
/// becomes available to other users again."
#[test]
fn a_workstation_that_reaches_nothing_borrows_a_seat_by_codes() {
    let world = World::new();
    let manager = manager(&world, "1");
    let laptop = manager.workstation("laptop");
    // "Send this code to your Licence Administrator. DO NOT CLOSE THE DIALOGUE BOX": here every dialogue may be closed, and both may be restarted.
    let request = manager.ask(&laptop, &["--days", "10"]);
    laptop.restart();
    manager.machine.restart();
    // "Enter the date when the licence borrowing period ends."
    let sent = manager.respond(&request, &["--until", &world.day(5)]);
    let code = sent.done().code();
    // Pasted twice, and the wrong thing first.
    laptop.run(["apply"]).piped(&request).exits(4);
    assert_eq!(sent.done().code(), code);
    laptop.apply(&code);
    laptop.apply(&code);
    // "The licence is now available to use for the number of days defined by the Licence Administrator."
    world.days_pass(5);
    laptop.check_with(&["--feature", "lv"]).done();
    let hold = || manager.machine.run(["seat", "hold"]);
    hold().owes(16, "no_seat").tells("loan 1, until");
    world.days_pass(1);
    laptop.check().exits(11);
    world.days_pass(2);
    assert_eq!(Holder::start(&hold()).end(), 0);
}

/// "The Mobile licence can be returned before the end of the borrowing period using the same principle. The borrowing period can also be extended."
#[test]
fn it_is_returned_before_the_end_or_extended() {
    let world = World::new();
    let manager = manager(&world, "2");
    let laptop = manager.workstation("laptop");
    manager.lend(&laptop, "3");
    world.days_pass(2);
    let request = laptop
        .run(["request", "extend", "--days", "7"])
        .done()
        .code();
    laptop.apply(&manager.answer(&request));
    world.days_pass(6);
    laptop.check().done();
    assert_eq!(manager.counts(), (0, 1, 1));
    let back = laptop.run(["return", "--yes"]).done().code();
    manager.machine.run(["respond"]).piped(&back).done();
    assert_eq!(manager.counts(), (0, 0, 2));
}

/// "The licence administrator can deactivate this function by deselecting the Allow the mobile licence conversion box." "This password can be changed."
#[test]
fn the_administrator_forbids_it_and_changes_the_password() {
    let world = World::new();
    let manager = manager(&world, "2");
    let laptop = manager.workstation("laptop");
    let request = manager.ask(&laptop, &["--days", "3"]);
    manager.admin(["site", "lending", "off"]).done();
    manager.respond(&request, &[]).refused(6, "lending_off");
    manager.admin(["site", "lending", "on"]).done();
    let new = world.secret("new", "open barley\n");
    let change = [
        "site",
        "password",
        "--new-passphrase-file",
        new.to_str().unwrap(),
    ];
    manager.admin(change).done();
    manager
        .respond(&request, &[])
        .refused(7, "wrong_passphrase");
    let respond = manager.machine.run(["respond"]).piped(&request);
    respond.env("COUNTERSIGN_PASSPHRASE_FILE", &new).done();
}

/// "The Reserved Trace Software support section is used to enter maintenance and repair commands given by the Trace Software technical support technicians":
/// here one exchange with the vendor.
#[test]
fn a_site_that_was_restored_is_repaired_by_one_exchange_with_the_vendor() {
    let world = World::new();
    let manager = manager(&world, "4");
    let (one, two) = (manager.workstation("one"), manager.workstation("two"));
    manager.lend(&one, "7");
    let aside = world.machine("aside");
    manager.machine.copy_home_to(&aside);
    let request = manager.ask(&two, &["--days", "7"]);
    two.apply(&manager.answer(&request));
    // The backup of before the second loan is put back.
    std::fs::remove_dir_all(manager.machine.home()).unwrap();
    aside.copy_home_to(&manager.machine);
    let third = manager.workstation("third");
    let asked = manager.ask(&third, &["--days", "7"]);
    manager
        .respond(&asked, &[])
        .owes(6, "lending_paused")
        .tells("countersign request sync");
    let status = manager.machine.run(["site", "status"]).json();
    assert_eq!(status["lending"], "paused");
    // Use goes on.
    let held = Holder::start(&manager.machine.run(["seat", "hold"]));
    manager.sync(&[], &[]);
    let code = manager.answer(&asked);
    third.apply(&code);
    // Loan 2 is not given again, and a seat stays reserved for it: one in use, the three others lent.
    assert_eq!(third.check().json()["loan"], 3);
    assert_eq!(manager.counts(), (1, 3, 0));
    let status = manager.machine.run(["site", "status"]).json();
    assert_eq!(
        (&status["lent"], &status["lost"]["seats"]),
        (&json!(3), &json!(1))
    );
    manager.machine.run(["seat", "hold"]).owes(16, "no_seat");
    assert_eq!(held.end(), 0);
    // All of it comes back.
    world.days_pass(40);
    assert_eq!(manager.counts(), (0, 0, 4));
}

/// A site does not give its license up while seats are out, and the vendor gives its seats to nobody before they must be back.
#[test]
fn a_site_with_loans_out_is_not_transferred() {
    let world = World::new();
    let manager = manager(&world, "2");
    let laptop = manager.workstation("laptop");
    manager.lend(&laptop, "5");
    manager
        .machine
        .run(["return", "--yes"])
        .refused(6, "loans_out")
        .tells("seats of this license are lent until 2040-03-06");
    world.days_pass(8);
    let code = manager.machine.run(["return", "--yes"]).done().code();
    manager
        .desk
        .respond(&code)
        .done()
        .tells("seats of it may be lent to workstations, which go on with them")
        .tells("where it is sure that none is lent: countersign release A-");
    let other = manager.workstation("other");
    other.run(["request", "activate", &manager.key]).done();
    let request = other.request_with(&manager.key, &["--new"]);
    manager.desk.respond(&request).exits(6);
}
