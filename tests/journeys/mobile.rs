//! elec calc: mobile licenses (journey D.5), what the administrator forbids (D.7), repair by the vendor (D.9). The words are those of its manual.

use serde_json::json;

use crate::world::{Holder, Site, World, pipeline};

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

/// "If the workstation is connected to the Licensing manager … select the Transform into mobile... option to borrow the licence. After entering the duration for
/// which the licence is to be borrowed, the licence is automatically marked as Mobile."
#[test]
fn a_connected_workstation_borrows_by_one_line_and_its_seat_is_shown_as_lent() {
    let world = World::new();
    let manager = manager(&world, "2");
    let laptop = manager.workstation("laptop");
    let shown = || manager.machine.run(["seat", "list"]).done();
    // Through the manager, as long as it is connected.
    let here = Holder::start(&manager.machine.run(["seat", "hold", "--user", "chen"]));
    shown().prints("2 seats: 1 in use, 1 free");
    here.end();
    // In the middle stands ssh, which runs this alone: docs/site.md.
    let said = pipeline(&[
        laptop.run(["request", "borrow", &manager.key, "--days", "5"]),
        manager.admin(["respond"]),
        laptop.run(["apply"]),
    ]);
    let exits: Vec<i32> = said.iter().map(|it| it.exit).collect();
    assert_eq!(exits, [0, 0, 0], "{}", said[1]);
    let listed = shown().prints("2 seats: 0 in use, 1 free, 1 lent");
    let words = format!("loan 1, until {}", world.day(5));
    assert!(listed.stdout.contains(&words), "{listed}");
    world.days_pass(5);
    laptop.check_with(&["--feature", "lv"]).done();
}

/// "This operation should be performed simultaneously. Closing the dialogue boxes on the User and Licence Administrator sides resets the codes and this may cause
/// the licence to be unavailable for the duration of the borrowing period": here nothing that is closed resets a code, and none costs a seat.
#[test]
fn whatever_is_closed_between_the_codes_resets_none_and_costs_no_seat() {
    let world = World::new();
    let manager = manager(&world, "2");
    let laptop = manager.workstation("laptop");
    let request = manager.ask(&laptop, &["--days", "7"]);
    // Asked and never sent: nothing is reserved.
    assert_eq!(manager.counts(), (0, 0, 2));
    for _ in 0..3 {
        // The user's side is closed, and opened again on another day: the same code.
        laptop.restart();
        world.days_pass(1);
        assert_eq!(manager.ask(&laptop, &["--days", "7"]), request);
    }
    let answer = manager.answer(&request);
    for _ in 0..3 {
        // The administrator's side is closed before the answer was sent.
        manager.machine.restart();
        world.days_pass(1);
        assert_eq!(manager.answer(&request), answer);
        assert_eq!(manager.counts(), (0, 1, 1));
    }
    // Both go on from where they stood; and whose home is lost begins anew on the same seat.
    laptop.apply(&answer);
    laptop.check().done();
    std::fs::remove_dir_all(laptop.home()).unwrap();
    laptop.install(&manager.file);
    let anew = manager.ask(&laptop, &["--days", "7"]);
    laptop.apply(&manager.answer(&anew));
    laptop.check().done();
    assert_eq!(manager.counts(), (0, 1, 1));
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

/// "The Licensing manager is protected by a password which will be requested when connecting to the Licence server": here whatever lends, forbids or rules wants
/// it, and looking does not.
#[test]
fn what_the_administrator_does_wants_the_password() {
    let world = World::new();
    let manager = manager(&world, "2");
    let laptop = manager.workstation("laptop");
    let request = manager.ask(&laptop, &["--days", "3"]);
    let rules = world.file("rules.txt", "max 1 user:guest\n");
    let rules = rules.to_str().unwrap();
    let new = world.secret("new", "open barley\n");
    let new = new.to_str().unwrap();
    for command in [
        ["site", "lending", "off"].as_slice(),
        &["site", "rules", "set", rules],
        &["site", "password", "--new-passphrase-file", new],
        &["respond"],
    ] {
        let run = manager.machine.run(command).piped(&request);
        run.refused(7, "passphrase_needed");
        let wrong = run.env("COUNTERSIGN_PASSPHRASE_FILE", new);
        wrong.refused(7, "wrong_passphrase");
    }
    for command in [["site", "status"], ["seat", "list"], ["site", "report"]] {
        manager.machine.run(command).done();
    }
    let code = manager.answer(&request);
    // Who gives a seat back needs none: 43 characters say whose it is.
    laptop.apply(&code);
    let back = laptop.run(["return", "--yes"]).done().code();
    manager.machine.run(["respond"]).piped(&back).done();
    assert_eq!(manager.counts(), (0, 0, 2));
}

/// "A user can be disconnected by the Licence administrator (Menu: Maintenance > Disconnecting a user) unless this user has a Mobile licence."
#[cfg(target_os = "linux")]
#[test]
fn a_user_is_disconnected_unless_he_has_a_mobile_license() {
    let world = World::new();
    let manager = manager(&world, "2");
    let laptop = manager.workstation("laptop");
    manager.lend(&laptop, "5");
    manager.admin(["loan", "note", "1", "chen"]).done();
    let hold = |user: &str| manager.machine.run(["seat", "hold", "--user", user]);
    let anna = Holder::start(&hold("anna"));
    hold("bob").owes(16, "no_seat");
    let disconnect = |user: &str| {
        let command = ["seat", "disconnect", "--user", user, "--reason", "at lunch"];
        manager.machine.run(command)
    };
    disconnect("anna").done().tells("is taken back from anna");
    anna.kill();
    let bob = Holder::start(&hold("bob"));
    disconnect("chen")
        .refused(6, "seat_lent")
        .tells("loan 1 (chen), until 2040-03-06")
        .tells("countersign return");
    laptop.check().done();
    assert_eq!(manager.counts(), (1, 1, 0));
    assert_eq!(bob.end(), 0);
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
