//! What keeps a machine going between two exchanges: emergency codes, drift, a longer grace; and that a SYNC ends each of them.

use super::super::apply::preview;
use super::super::give_up::give_up;
use super::super::report::State;
#[cfg(unix)]
use super::super::report::{Closed, Refusal};
#[cfg(unix)]
use super::super::warning::Warning;
use super::session::{Desk, again, name, start};
use super::*;
use crate::protocol::emergency::{Emergency, chain};
use crate::protocol::grant::EmergencyTerms;

fn emergency_code(holder: &[u8; 32], generation: u16, steps: u8, step: u8, x0: [u8; 10]) -> Code {
    let x = chain(holder, generation, 0, steps - step, x0);
    Code::new(Kind::Emergency, Emergency { step, x }.encode())
}

fn with_emergency(vendor: &Vendor) -> (Computer, Desk<'_>) {
    let mut computer = Computer::with(vendor, 1);
    let asked = computer.ask(vendor, |_| ()).unwrap();
    let desk = Desk::of(vendor, &asked);
    let holder = desk.standings[0].holder_digest(&vendor.product.id, key());
    let answer = vendor.answer(&asked, |grant| {
        grant.emergency = Some(EmergencyTerms {
            anchor: chain(&holder, 1, 0, 4, [9; 10]),
            steps: 4,
            days: 7.try_into().unwrap(),
        });
    });
    computer.apply(&answer).unwrap();
    (computer, desk)
}

#[test]
fn an_emergency_code_moves_the_day_of_re_validation() {
    let vendor = Vendor::new(1);
    let (mut computer, mut desk) = with_emergency(&vendor);
    let holder = desk.standings[0].holder_digest(&vendor.product.id, key());
    let code = |step| emergency_code(&holder, 1, 4, step, [9; 10]);
    let late = day("2027-01-04").start();
    assert_eq!(computer.check_at(&vendor, late).state, State::Overdue);

    let Outcome::Applied(applied) = computer.apply(&code(2)).unwrap() else {
        panic!("not applied")
    };
    let before = applied.before.unwrap();
    assert_eq!(before.revalidate_by, Some(day("2026-12-22")));
    assert_eq!(applied.after.revalidate_by, Some(day("2027-01-05")));
    let report = computer.check_at(&vendor, late);
    assert_eq!(
        (report.state, report.days_left),
        (State::Warning, Some(1)),
        "{:?}",
        report.refusal
    );
    assert_eq!(report.terms.unwrap().emergency.unwrap().used, 2);

    assert_eq!(name(&computer, &code(2)), "already_applied");
    assert_eq!(name(&computer, &code(1)), "already_newer");
    assert_eq!(name(&computer, &code(4)), "applied");
    assert_eq!(
        computer.check(&vendor).terms.unwrap().revalidate_by,
        Some(day("2027-01-19"))
    );
    let other = emergency_code(&holder, 2, 4, 1, [9; 10]);
    assert_eq!(name(&computer, &other), "other_emergency");
    let stranger = Computer::with(&vendor, 2);
    assert_eq!(name(&stranger, &code(2)), "other_emergency");
    let license = computer.home.license(key()).unwrap().unwrap();
    let history = computer.home.history(license.license_key).unwrap();
    let steps: Vec<_> = history.iter().map(|it| it.emergency).collect();
    assert_eq!(steps, [None, Some(2), Some(4)]);

    // The next grant begins anew.
    let synced = again(&mut computer, &vendor, |_| ()).unwrap();
    assert_eq!(name(&computer, &desk.answer(&synced, |_| ())), "applied");
    let terms = computer.check(&vendor).terms.unwrap();
    assert_eq!(
        (terms.revalidate_by, terms.emergency),
        (Some(day("2026-12-22")), None)
    );
    assert_eq!(name(&computer, &code(4)), "other_emergency");
}

#[test]
fn an_edited_emergency_code_moves_nothing() {
    let vendor = Vendor::new(1);
    let (computer, desk) = with_emergency(&vendor);
    let holder = desk.standings[0].holder_digest(&vendor.product.id, key());
    computer
        .apply(&emergency_code(&holder, 1, 4, 1, [9; 10]))
        .unwrap();
    let text = std::fs::read_to_string(computer.state_path()).unwrap();
    let edited = text.replace("\"emergency\": \"01", "\"emergency\": \"04");
    assert_ne!(text, edited);
    std::fs::write(computer.state_path(), edited).unwrap();
    assert_eq!(
        computer.check(&vendor).terms.unwrap().revalidate_by,
        Some(day("2026-12-22"))
    );
}

/// Three of five parts are others; the machine id, with which what is remembered is sealed, is the same.
fn rebuilt() -> Facts {
    Facts {
        machine_id: facts(1).machine_id,
        root_fs_uuid: facts(1).root_fs_uuid,
        ..facts(7)
    }
}

/// The machine asks anew every few days, and each time its home is copied to another that is like it in part: that one saw the license 72 hours long.
#[test]
fn a_copy_gets_no_hour_again_by_what_its_machine_is_answered_anew() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    let mut copy = Computer::with(&vendor, 2);
    copy.facts = rebuilt();
    let mut hours = 0;
    for round in 0..8 {
        let asked = computer.ask(&vendor, |wish| wish.anew = round > 0).unwrap();
        computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
        std::fs::remove_dir_all(copy.path("home")).unwrap_or_default();
        copy_tree(&computer.path("home"), &copy.path("home"));
        for hour in 0..120 {
            let at = noon().plus((round * 120 + hour) * HOUR);
            hours += u32::from(copy.check_at(&vendor, at).allowed());
        }
        assert!(computer.check(&vendor).allowed());
    }
    assert!((60..=73).contains(&hours), "{hours} hours");
}

#[test]
fn a_rebuilt_machine_goes_on_for_72_hours() {
    let vendor = Vendor::new(1);
    let (mut computer, mut desk) = start(&vendor);
    computer.facts = rebuilt();
    let report = computer.check(&vendor);
    assert_eq!(report.state, State::Warning, "{:?}", report.refusal);
    let words = report.warnings[0].to_string();
    assert!(
        words.contains("main board, network card, system disk") && words.contains("2026-11-25"),
        "{words}"
    );
    assert!(
        computer
            .check_at(&vendor, noon().plus(72 * HOUR - 1))
            .allowed()
    );
    let after = noon().plus(72 * HOUR);
    assert_eq!(computer.check_at(&vendor, after).state, State::WrongMachine);
    // Neither another home nor a clock that is set back begins it anew.
    std::fs::remove_dir_all(computer.path("home/machine/drift")).unwrap();
    assert_eq!(computer.check_at(&vendor, after).state, State::WrongMachine);
    let synced = again(&mut computer, &vendor, |_| ()).unwrap();
    assert_eq!(
        synced.changes[0].to_string(),
        "main board, network card, system disk changed"
    );
    assert_eq!(name(&computer, &desk.answer(&synced, |_| ())), "applied");
    assert_eq!(computer.check_at(&vendor, after).state, State::Licensed);
}

#[test]
fn a_wholly_different_machine_is_refused_at_once() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = start(&vendor);
    computer.facts = facts(2);
    let report = computer.check(&vendor);
    assert_eq!(report.state, State::WrongMachine);
    assert!(!computer.path("home/machine/drift").exists());
}

#[cfg(unix)]
#[test]
fn a_changed_machine_that_cannot_remember_is_refused() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = start(&vendor);
    computer.facts = rebuilt();
    // Files where the directories should be: also root cannot write there.
    std::fs::write(computer.path("home/machine/drift"), "").unwrap();
    std::fs::remove_dir_all(computer.path("anchor")).unwrap();
    std::fs::write(computer.path("anchor"), "").unwrap();
    let report = computer.check(&vendor);
    assert_eq!(
        report.state,
        State::Warning,
        "the computer's anchor is left"
    );
    std::fs::remove_dir_all(computer.path("anchor of all")).unwrap();
    std::fs::write(computer.path("anchor of all"), "").unwrap();
    let report = computer.check(&vendor);
    assert_eq!(report.state, State::WrongMachine);
    assert!(matches!(
        report.refusal,
        Some(Refusal::ChangeNotKept {
            why: Closed::Denied,
            ..
        })
    ));
    assert!(matches!(report.warnings.last(), Some(Warning::NotKept(_))));
}

#[test]
fn a_sync_heals_the_clock() {
    let vendor = Vendor::new(1);
    let (mut computer, mut desk) = start(&vendor);
    // A clock that was wrong by a month is confirmed, put right, and then behind its own mark.
    let wrong = noon().plus(20 * DAY);
    for wall in [wrong, wrong.plus(21 * HOUR)] {
        assert!(computer.check_at(&vendor, wall).allowed());
    }
    let right = noon().plus(DAY);
    let report = computer.check_at(&vendor, right);
    assert_eq!(report.warnings[0].kind(), "clock_behind");
    let synced = again(&mut computer, &vendor, |_| ()).unwrap();
    let answer = desk.answer(&synced, |grant| grant.issued = right);
    assert_eq!(name(&computer, &answer), "applied");
    assert_eq!(
        computer.check_at(&vendor, right.plus(HOUR)).state,
        State::Licensed
    );
}

/// A trip: a longer grace once, and the next grant is as short as ever.
#[test]
fn a_longer_grace_ends_by_itself() {
    let vendor = Vendor::new(1);
    let (mut computer, mut desk) = start(&vendor);
    let synced = again(&mut computer, &vendor, |_| ()).unwrap();
    let trip = desk.answer(&synced, |grant| {
        grant.revalidate_by = Some(day("2027-04-30"));
    });
    assert_eq!(name(&computer, &trip), "applied");
    assert!(
        computer
            .check_at(&vendor, day("2027-04-30").start())
            .allowed()
    );
    assert_eq!(
        computer.check_at(&vendor, day("2027-05-01").start()).state,
        State::Overdue
    );
    let synced = again(&mut computer, &vendor, |_| ()).unwrap();
    let home = desk.answer(&synced, |_| ());
    assert_eq!(name(&computer, &home), "applied");
    assert_eq!(
        computer.check(&vendor).terms.unwrap().revalidate_by,
        Some(day("2026-12-22"))
    );
}

/// A copy of the home still holds what was given up: the code is of no use there, and that is said before, too.
#[test]
fn no_emergency_code_for_what_was_given_up() {
    let vendor = Vendor::new(1);
    let (mut computer, desk) = with_emergency(&vendor);
    let holder = desk.standings[0].holder_digest(&vendor.product.id, key());
    let code = emergency_code(&holder, 1, 4, 1, [9; 10]);
    copy_tree(&computer.path("home"), &computer.path("copy"));
    let seen = |computer: &Computer| preview(&computer.home, &code, &computer.facts);
    assert_eq!(seen(&computer).unwrap().name(), "applied");
    give_up(&computer.home, key(), &computer.here()).unwrap();
    computer.home =
        Home::new(&computer.path("copy"), Audience::Owner).with_anchors(anchors(&computer.dir));
    assert_eq!(seen(&computer).unwrap_err().kind(), "given_up");
    assert_eq!(computer.apply(&code).unwrap_err().kind(), "given_up");
}
