//! Whose memories are whose: one machine under other ids, and several machines with one home.

use super::super::give_up::give_up;
use super::super::report::State;
use super::super::state::LicenseState;
use super::super::warning::Warning;
use super::session::start;
use super::*;
use crate::machine::Fact;

fn demo(days: u16) -> Vendor {
    let mut vendor = Vendor::new(1);
    vendor.product.demo_days = days;
    vendor
}

fn refused(report: &CheckReport) -> &'static str {
    report
        .refusal
        .as_ref()
        .map_or("allowed", |it| it.kind().name())
}

/// As an ordinary user sees the computer of this number, who is kept from its board.
fn by_user(number: u8) -> Facts {
    Facts {
        product_uuid: Fact::default(),
        ..facts(number)
    }
}

/// The same computer under another machine id, or none: what one may mount over the file.
fn under(id: Option<u8>, facts: &Facts) -> Facts {
    let machine_id = id.map(|number| format!("{number:02x}aa219c7c4c5404aaa1f6d2a48adfda"));
    Facts {
        machine_id: machine_id.into(),
        ..facts.clone()
    }
}

/// How many machines a file of memories has entries of.
fn entries(path: &Path) -> usize {
    let text = std::fs::read(path).unwrap();
    let list: Vec<serde_json::Value> = serde_json::from_slice(&text).unwrap();
    list.len()
}

fn anchored(computer: &Computer, anchor: &str) -> std::path::PathBuf {
    let mut found = std::fs::read_dir(computer.path(anchor).join("activations")).unwrap();
    found.next().unwrap().unwrap().path()
}

/// What [`LicenseState`] says is held, given up as the anchors know it.
fn state(computer: &Computer) -> LicenseState {
    computer.home.license(key()).unwrap().unwrap()
}

#[test]
fn another_machine_id_undoes_no_return() {
    let vendor = Vendor::new(1);
    for user in [by_user(1), facts(1)] {
        for id in [Some(9), None] {
            let (mut computer, _) = licensed(&vendor);
            computer.facts = user.clone();
            copy_tree(&computer.path("home"), &computer.path("copy"));
            give_up(&computer.home, key(), &computer.here()).unwrap();
            computer.home = Home::new(&computer.path("copy"), Audience::Owner)
                .with_anchors(anchors(&computer.dir));
            assert!(state(&computer).held.is_some(), "the copy knows nothing");
            computer.facts = under(id, &user);
            assert_eq!(computer.check(&vendor).state, State::Returned, "{id:?}");
            // Nor is a request for it answered.
            let returned = computer.ask(&vendor, |_| ()).unwrap();
            assert!(!returned.repeated, "asks for a new activation");
        }
    }
}

#[test]
fn another_machine_id_begins_no_demo_again() {
    let vendor = demo(5);
    let mut computer = Computer::with(&vendor, 1);
    computer.facts = by_user(1);
    assert_eq!(computer.check(&vendor).state, State::Demo);
    for day in 0..12 {
        computer.facts = under((day > 0).then_some(20 + day), &by_user(1));
        let report = computer.check_at(&vendor, noon().plus(u32::from(day) * DAY));
        let expected = if day < 5 { "allowed" } else { "demo_over" };
        assert_eq!(refused(&report), expected, "day {day}");
    }
    for place in ["home/machine/demo", "anchor/products"] {
        let file = computer.path(place).join("timetracker.json");
        assert_eq!(entries(&file), 1, "{place}: they were all of one machine");
    }
}

#[test]
fn another_machine_id_sets_no_clock_back() {
    let vendor = Vendor::new(1);
    for id in [Some(9), None] {
        let (mut computer, _) = start(&vendor);
        computer.facts = by_user(1);
        for day in 0..20 {
            computer.check_at(&vendor, noon().plus(day * DAY));
        }
        computer.facts = under(id, &by_user(1));
        let report = computer.check_at(&vendor, noon().plus(DAY));
        assert!(
            matches!(report.warnings[0], Warning::ClockBehind { .. }),
            "{id:?}: {:?}",
            report.warnings
        );
    }
}

#[test]
fn another_machine_id_gives_no_72_hours_again() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = start(&vendor);
    // Another computer with a copy of the disk.
    let rebuilt = Facts {
        root_fs_uuid: facts(1).root_fs_uuid,
        ..facts(7)
    };
    let days = (0..20_u8).filter(|&day| {
        computer.facts = under((day % 2 == 0).then_some(day), &rebuilt);
        let wall = noon().plus(u32::from(day) * DAY);
        computer.check_at(&vendor, wall).allowed()
    });
    assert_eq!(days.count(), 3);
}

/// Whoever makes up parts, one after another, does not walk away from what is remembered.
#[test]
fn made_up_parts_one_after_another_shake_nothing_off() {
    let vendor = demo(5);
    let mut computer = Computer::with(&vendor, 1);
    computer.facts = by_user(1);
    assert_eq!(computer.check(&vendor).state, State::Demo);
    for number in 20..80 {
        computer.facts = Facts {
            machine_id: by_user(1).machine_id,
            ..by_user(number)
        };
        computer.check_at(&vendor, noon().plus(u32::from(number) * HOUR));
    }
    computer.facts = under(Some(99), &by_user(1));
    assert_eq!(
        refused(&computer.check_at(&vendor, noon().plus(6 * DAY))),
        "demo_over"
    );
    let file = computer.path("home/machine/demo/timetracker.json");
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.len() < 3000, "{}", text.len());
}

/// Made-up ids push out neither what is known by the hardware, nor any tombstone.
#[test]
fn forty_machines_push_no_tombstone_out() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = licensed(&vendor);
    copy_tree(&computer.path("home"), &computer.path("copy"));
    give_up(&computer.home, key(), &computer.here()).unwrap();
    computer.home =
        Home::new(&computer.path("copy"), Audience::Owner).with_anchors(anchors(&computer.dir));
    for number in 50..90 {
        // Each keeps a first sight of its own in the anchor.
        computer.facts = Facts {
            root_fs_uuid: facts(1).root_fs_uuid,
            ..facts(number)
        };
        assert_eq!(computer.check(&vendor).state, State::Returned);
        give_up(&computer.home, key(), &computer.here()).unwrap();
        let _ = std::fs::remove_dir_all(computer.path("copy"));
        copy_tree(&computer.path("home"), &computer.path("copy"));
    }
    assert!(entries(&anchored(&computer, "anchor")) <= 32);
    computer.facts = facts(1);
    assert_eq!(computer.check(&vendor).state, State::Returned);
}

#[test]
fn a_demo_of_thirty_one_others_leaves_ones_own() {
    let vendor = demo(5);
    let mut computer = Computer::with(&vendor, 1);
    assert_eq!(computer.check(&vendor).state, State::Demo);
    for number in 40..71 {
        computer.facts = facts(number);
        assert_eq!(computer.check(&vendor).days_left, Some(4));
    }
    computer.facts = facts(1);
    let later = noon().plus(3 * DAY);
    assert_eq!(computer.check_at(&vendor, later).days_left, Some(1));
    assert_eq!(
        entries(&computer.path("home/machine/demo/timetracker.json")),
        32
    );
}

#[test]
fn a_tombstone_counts_whoever_wrote_it_and_whatever_its_seal() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = licensed(&vendor);
    copy_tree(&computer.path("home"), &computer.path("copy"));
    // Given up on another computer that shares the account.
    computer.facts = facts(3);
    give_up(&computer.home, key(), &computer.here()).unwrap();
    computer.home =
        Home::new(&computer.path("copy"), Audience::Owner).with_anchors(anchors(&computer.dir));
    computer.facts = facts(1);
    assert_eq!(computer.check(&vendor).state, State::Returned);
    for anchor in ["anchor", "anchor of all"] {
        let path = anchored(&computer, anchor);
        let text = std::fs::read_to_string(&path).unwrap();
        let edited = text.replace("2026-11-22T12", "2026-11-23T12");
        assert_ne!(text, edited);
        std::fs::write(&path, edited).unwrap();
    }
    assert_eq!(computer.check(&vendor).state, State::Returned);
}

/// An entry that a later program wrote, or a slip of an editor, is not the end of the others.
#[test]
fn an_entry_that_is_not_fit_costs_itself_alone() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = licensed(&vendor);
    copy_tree(&computer.path("home"), &computer.path("copy"));
    give_up(&computer.home, key(), &computer.here()).unwrap();
    for anchor in ["anchor", "anchor of all"] {
        let path = anchored(&computer, anchor);
        let text = std::fs::read(&path).unwrap();
        let mut list: Vec<serde_json::Value> = serde_json::from_slice(&text).unwrap();
        list.insert(0, serde_json::json!({ "content": 7 }));
        std::fs::write(&path, serde_json::to_vec(&list).unwrap()).unwrap();
    }
    computer.home =
        Home::new(&computer.path("copy"), Audience::Owner).with_anchors(anchors(&computer.dir));
    assert_eq!(computer.check(&vendor).state, State::Returned);
}

// ---- honest lives ------------------------------------------------------------------

/// A home on a file server: each of its machines has a demo, and a clock, of its own.
#[test]
fn machines_of_one_home_do_not_meddle_with_one_another() {
    let vendor = demo(5);
    let mut computer = Computer::with(&vendor, 1);
    computer.facts = by_user(1);
    assert_eq!(computer.check(&vendor).state, State::Demo);
    // The other's clock is years ahead, and says so again a day later.
    computer.facts = by_user(2);
    for day in 0..3 {
        let wall = noon().plus((3000 + day) * DAY);
        assert_eq!(computer.check_at(&vendor, wall).state, State::Demo);
    }
    computer.facts = by_user(1);
    let report = computer.check_at(&vendor, noon().plus(3 * DAY));
    assert_eq!((report.state, report.days_left), (State::Demo, Some(1)));
    assert!(
        only_the_end_of_the_demo(&report.warnings),
        "{:?}",
        report.warnings
    );
}

/// The license of one of them runs there, whatever another's clock said while that was a changed machine's.
#[test]
fn a_bad_clock_of_another_machine_is_not_ones_own() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = start(&vendor);
    assert!(computer.check(&vendor).allowed());
    // The same root file system is all that they share.
    computer.facts = Facts {
        root_fs_uuid: facts(1).root_fs_uuid,
        ..facts(2)
    };
    for hour in [0, 21, 42] {
        let wall = noon().plus(20 * DAY + hour * HOUR);
        assert!(computer.check_at(&vendor, wall).allowed(), "72 hours");
    }
    computer.facts = facts(1);
    let report = computer.check_at(&vendor, noon().plus(DAY));
    assert_eq!(report.state, State::Licensed, "{:?}", report.warnings);
}

/// Systems that draw an id at each start: it is often unknown, and where it is not, hardware says that it is the same machine.
#[test]
fn a_machine_with_another_id_after_each_start_is_one() {
    let vendor = demo(5);
    let mut computer = Computer::with(&vendor, 1);
    for day in 0..5_u8 {
        computer.facts = under(Some(day), &by_user(1));
        let report = computer.check_at(&vendor, noon().plus(u32::from(day) * DAY));
        assert_eq!(report.days_left, Some(4 - i32::from(day)));
        assert!(
            only_the_end_of_the_demo(&report.warnings),
            "{:?}",
            report.warnings
        );
    }
    let (mut computer, _) = start(&Vendor::new(1));
    for day in 0..60_u8 {
        computer.facts = under(Some(day), &facts(1));
        let wall = noon().plus(u32::from(day) * 12 * HOUR);
        let report = computer.check_at(&Vendor::new(1), wall);
        assert!(report.allowed(), "{:?}", report.refusal);
    }
    let clock = computer.path(&format!("home/machine/clock/{}.json", key().digits()));
    assert_eq!(entries(&clock), 1);
}

/// A container between two machines with one home, which knows nothing of the machine it is on, does not make them one.
#[test]
fn whoever_knows_nothing_of_himself_joins_nobody() {
    let vendor = demo(9);
    let mut computer = Computer::with(&vendor, 1);
    let left_on = |computer: &mut Computer, facts: Facts, day: u32| {
        computer.facts = facts;
        let report = computer.check_at(&vendor, noon().plus(day * DAY));
        report.days_left
    };
    assert_eq!(left_on(&mut computer, by_user(1), 0), Some(8));
    assert_eq!(left_on(&mut computer, by_user(2), 4), Some(8));
    // The earliest of all counts for it, and it keeps no more than its own.
    assert_eq!(left_on(&mut computer, Facts::default(), 5), Some(3));
    let file = computer.path("home/machine/demo/timetracker.json");
    assert_eq!(entries(&file), 3);
    // What it kept counts for whoever comes: it may have been on any of them.
    assert_eq!(left_on(&mut computer, by_user(1), 6), Some(2));
    assert_eq!(left_on(&mut computer, Facts::default(), 7), Some(1));
}

/// Root reads the board, and its user does not: they are one machine all the same. One that is seen without its hardware for a while is, too.
#[test]
fn root_user_and_a_confined_program_are_one_machine() {
    let vendor = demo(9);
    let mut computer = Computer::with(&vendor, 1);
    let confined = Facts {
        machine_id: facts(1).machine_id,
        ..Facts::default()
    };
    let without_id = under(None, &by_user(1));
    let seen = [confined.clone(), facts(1), by_user(1), without_id, confined];
    for (day, facts) in (0..).zip(seen) {
        computer.facts = facts;
        let report = computer.check_at(&vendor, noon().plus(day * DAY));
        assert_eq!(report.days_left, Some(8 - i32::try_from(day).unwrap()));
    }
    let file = computer.path("home/machine/demo/timetracker.json");
    assert_eq!(entries(&file), 1);
}

/// An image that IT hands out, machine id and all, to computers that share a home: the one that is licensed is never the worse for the others.
#[test]
fn clones_of_one_image_leave_the_licensed_one_alone() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = start(&vendor);
    for day in 0..20 {
        let wall = noon().plus(day * DAY);
        computer.facts = facts(1);
        let report = computer.check_at(&vendor, wall);
        assert_eq!(report.state, State::Licensed, "{:?}", report.warnings);
        computer.facts = Facts {
            machine_id: facts(1).machine_id,
            root_fs_uuid: facts(1).root_fs_uuid,
            ..facts(2)
        };
        computer.check_at(&vendor, wall);
    }
}

/// A check of a machine that its id tells reads of its hardware only what the license is bound to.
#[test]
fn hardware_is_not_read_where_the_id_says_enough() {
    let vendor = demo(5);
    let mut computer = Computer::with(&vendor, 1);
    computer.facts = by_user(1);
    assert_eq!(computer.check(&vendor).state, State::Demo);
    computer.facts = Facts {
        mac: Fact::never_read(),
        disk_serial: Fact::never_read(),
        ..by_user(1)
    };
    let soon = noon().plus(60);
    assert_eq!(computer.check_at(&vendor, soon).state, State::Demo);
}
