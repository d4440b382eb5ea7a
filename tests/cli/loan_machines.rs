//! Which machine a loan is for: one that was installed anew, one with other parts, another one.

use countersign::machine::Facts;

use super::loan_seats::extend;
use super::loans::site;
use crate::world::World;

#[test]
fn a_workstation_that_was_installed_anew_takes_no_second_seat() {
    let world = World::new();
    let site = site(&world, "1");
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "5");
    site.machine.run(["loan", "note", "1", "chen"]).done();
    std::fs::remove_dir_all(laptop.home()).unwrap();
    laptop.install(&site.file);
    let request = site.ask(&laptop, &["--days", "9"]);
    let said = site.respond(&request, &[]).done();
    laptop.apply(&said.code());
    said.tells("loan 1 goes on as loan 2 until 2040-03-10");
    assert_eq!(site.counts(), (0, 1, 0));
    laptop.check().done();
    // A code that was answered before is given again, with what became of it.
    let code = laptop.run(["return", "--yes"]).done().code();
    let taken = site.machine.run(["respond"]).piped(&code).done();
    taken.tells("seat 1 stays reserved for loan 1 until 2040-03-06");
    site.respond(&request, &[])
        .done()
        .tells("loan 2 has been given back since then: this code gives nothing back");
}

/// One equal part tells nobody from anybody.
#[test]
fn another_machine_extends_no_loan() {
    let world = World::new();
    let site = site(&world, "3");
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "5", "--feature", "lv"]);
    laptop.apply(&site.answer(&request));
    let other = world.machine("other");
    laptop.copy_home_to(&other);
    let id = laptop.facts().machine_id;
    other.change(|facts| {
        *facts = Facts {
            machine_id: id,
            ..Facts::default()
        };
    });
    let request = extend(&other, &["--days", "5"]);
    site.respond(&request, &[])
        .done()
        .tells("another workstation than that of loan 1 asks for more time of it");
    assert_eq!(site.counts(), (0, 2, 1));
    // Who says no more of himself each time is himself.
    let bare = site.workstation("bare");
    bare.change(|facts| {
        *facts = Facts {
            machine_id: facts.machine_id.clone(),
            ..Facts::default()
        };
    });
    let request = site.ask(&bare, &["--days", "5", "--feature", "lv"]);
    let said = site.respond(&request, &[]).done();
    bare.apply(&said.code());
    said.tells("the workstation says little about itself");
    bare.apply(&site.answer(&extend(&bare, &["--days", "9"])));
    assert_eq!(site.counts(), (0, 3, 0));
}

/// A card and a disk are replaced; but a seat does not go from machine to machine by parts.
#[test]
fn parts_of_a_workstation_are_exchanged_once_while_a_loan_runs() {
    let world = World::new();
    let site = site(&world, "3");
    let laptop = site.workstation("laptop");
    let other = world.machine("another");
    let parts = other.facts();
    let request = site.ask(&laptop, &["--days", "5", "--feature", "lv"]);
    laptop.apply(&site.answer(&request));
    laptop.change(|facts| {
        facts.mac = parts.mac.clone();
        facts.disk_serial = parts.disk_serial.clone();
    });
    let said = site.respond(&extend(&laptop, &["--days", "9"]), &[]).done();
    laptop.apply(&said.code());
    said.tells("network card, system disk of this workstation changed since loan 1");
    assert_eq!(site.counts(), (0, 1, 2));
    laptop.change(|facts| {
        facts.root_fs_uuid = parts.root_fs_uuid.clone();
        facts.product_uuid = parts.product_uuid.clone();
    });
    let request = extend(&laptop, &["--days", "9"]);
    site.respond(&request, &[])
        .done()
        .tells("another workstation than that of loan 2");
    assert_eq!(site.counts(), (0, 2, 1));
}

/// Who hides parts at first and shows others then has two machines on a seat, and no third.
#[test]
fn a_seat_serves_two_machines_at_most_whatever_they_say_of_themselves() {
    let world = World::new();
    let site = site(&world, "3");
    let laptop = site.workstation("laptop");
    let (second, third) = (
        world.machine("second").facts(),
        world.machine("third").facts(),
    );
    laptop.change(|facts| {
        facts.mac = "".into();
        facts.disk_serial = "".into();
    });
    let request = site.ask(&laptop, &["--days", "9", "--feature", "lv"]);
    laptop.apply(&site.answer(&request));
    for (parts, seats) in [(second, 1), (third, 2)] {
        laptop.change(|facts| {
            facts.mac = parts.mac.clone();
            facts.disk_serial = parts.disk_serial.clone();
        });
        laptop.apply(&site.answer(&extend(&laptop, &["--days", "12", "--new"])));
        assert_eq!(site.counts(), (0, seats, 3 - seats));
    }
}

/// What was repaired once is asked for more time as often as before.
#[test]
fn a_repaired_workstation_is_extended_again_and_again() {
    let world = World::new();
    let site = site(&world, "3");
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "9", "--feature", "lv"]);
    laptop.apply(&site.answer(&request));
    let disk_of = |name: &str| world.machine(name).facts().disk_serial;
    laptop.change(|facts| facts.disk_serial = disk_of("another"));
    for days in ["12", "14", "16"] {
        let said = site
            .respond(&extend(&laptop, &["--days", days]), &[])
            .done();
        assert!(!said.stderr.contains("another workstation"), "{said}");
        laptop.apply(&said.code());
        assert_eq!(site.counts(), (0, 1, 2));
        world.days_pass(1);
    }
    // One seat, however often its loan was extended.
    let listed = site.machine.run(["seat", "list"]).done();
    let lent: Vec<&str> = listed
        .stdout
        .lines()
        .filter(|it| it.contains("loan "))
        .collect();
    assert!(
        matches!(lent[..], [it] if it.contains("loan 4, until")),
        "{listed}"
    );
    // Nor is it another once its home is lost.
    std::fs::remove_dir_all(laptop.home()).unwrap();
    laptop.install(&site.file);
    laptop.apply(&site.answer(&site.ask(&laptop, &["--days", "17", "--feature", "lv"])));
    assert_eq!(site.counts(), (0, 1, 2));
    // Another disk once more is another machine, as long as the first loan runs.
    laptop.change(|facts| facts.disk_serial = disk_of("a third"));
    site.respond(&extend(&laptop, &["--days", "18"]), &[])
        .done()
        .tells("another workstation than that of loan 5");
}

/// What took the place of a lost loan is given back, and nobody gives the lost one back: the seat is the workstation's as before, and no third machine's.
#[test]
fn a_workstation_keeps_the_seat_of_a_loan_that_it_lost() {
    for (seats, exchanged) in [("1", false), ("2", true)] {
        let world = World::new();
        let site = site(&world, seats);
        let laptop = site.workstation("laptop");
        let lend = || {
            let request = site.ask(&laptop, &["--days", "5", "--feature", "lv"]);
            let said = site.respond(&request, &[]).done();
            laptop.apply(&said.code());
            said
        };
        let give_back = || {
            let code = laptop.run(["return", "--yes"]).done().code();
            site.machine.run(["respond"]).piped(&code).done()
        };
        let other_disk = |name: &str| {
            let disk = world.machine(name).facts().disk_serial;
            laptop.change(|facts| facts.disk_serial = disk);
        };
        lend();
        std::fs::remove_dir_all(laptop.home()).unwrap();
        laptop.install(&site.file);
        if exchanged {
            other_disk("another");
        }
        lend().tells("loan 1 goes on as loan 2");
        give_back().tells("seat 1 stays reserved for loan 1");
        for number in [3, 4] {
            lend().tells(&format!("loan 1 goes on as loan {number}"));
            laptop.check().done();
            assert_eq!(site.seats()["lent"], 1);
            give_back().tells("seat 1 stays reserved for loan 1");
        }
        if exchanged {
            other_disk("a third");
            lend();
            assert_eq!(site.counts(), (0, 2, 0));
        }
    }
}
