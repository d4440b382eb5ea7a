//! What an application hears at each launch.

mod bound;

use super::super::launch::check_product;
use super::super::report::State;
use super::super::warning::Warning;
use super::*;
use crate::machine::{Fact, Listed, UsbDevice};
use crate::protocol::entitlements::Content;
use crate::protocol::product::RootFingerprint;

fn start(text: &str) -> Seconds {
    day(text).start()
}

fn kinds(report: &CheckReport) -> Vec<&'static str> {
    report.warnings.iter().map(Warning::kind).collect()
}

fn refused(report: &CheckReport) -> &'static str {
    report
        .refusal
        .as_ref()
        .map_or("allowed", |it| it.kind().name())
}

#[test]
fn days_are_inclusive_and_warned_of_ahead() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    let answer = vendor.answer(&asked, |grant| grant.expires = Some(day("2026-12-25")));
    computer.apply(&answer).unwrap();
    for (wall, state, left, words) in [
        ("2026-11-24", State::Licensed, 28, ""),
        (
            "2026-12-14",
            State::Warning,
            8,
            "the license expires in 11 days",
        ),
        (
            "2026-12-15",
            State::Warning,
            7,
            "only 7 days left in grace period; re-validate by 2026-12-22",
        ),
        (
            "2026-12-17",
            State::Warning,
            5,
            "only 5 days left in grace period; re-validate by 2026-12-22",
        ),
        (
            "2026-12-21",
            State::Warning,
            1,
            "only 1 day left in grace period; re-validate by 2026-12-22",
        ),
        (
            "2026-12-22",
            State::Warning,
            0,
            "this is the last day of the grace period; re-validate by 2026-12-22",
        ),
        ("2026-12-23", State::Overdue, -1, ""),
        ("2026-12-26", State::Expired, -4, ""),
    ] {
        let mut fresh = Computer::with(&vendor, 1);
        let _ = std::mem::replace(&mut fresh.home, computer.home.clone());
        // The last second of the day counts as the first.
        let report = fresh.check_at(&vendor, start(wall).plus(DAY - 1));
        assert_eq!(
            (report.state, report.days_left),
            (state, Some(left)),
            "{wall}"
        );
        let first = report
            .warnings
            .first()
            .map(ToString::to_string)
            .unwrap_or_default();
        if !words.is_empty() {
            assert_eq!(first, words, "{wall}");
        }
    }
}

#[test]
fn the_last_second_is_licensed_and_the_next_is_not() {
    let vendor = Vendor::new(1);
    let (computer, _) = licensed(&vendor);
    let end = day("2026-12-22").end();
    assert!(computer.check_at(&vendor, end.minus(1)).allowed());
    assert_eq!(computer.check_at(&vendor, end).state, State::Overdue);
    assert!(computer.check_at(&vendor, end.minus(1)).allowed());
}

#[test]
fn a_clock_at_2099_heals() {
    let vendor = Vendor::new(1);
    let (computer, _) = licensed(&vendor);
    let report = computer.check_at(&vendor, start("2099-01-01"));
    assert_eq!(report.state, State::Expired);
    assert_eq!(
        computer.check_at(&vendor, start("2099-01-03")).state,
        State::Expired
    );
    assert_eq!(
        computer.check_at(&vendor, noon().plus(HOUR)).state,
        State::Licensed
    );
}

#[test]
fn a_clock_that_is_behind_is_warned_of_for_a_week_and_then_waited_for() {
    let vendor = Vendor::new(1);
    let (computer, _) = licensed(&vendor);
    let slow = |days: u32| noon().minus(60 * DAY).plus(days * DAY);
    for days in 0..7 {
        let report = computer.check_at(&vendor, slow(days));
        assert_eq!(kinds(&report), ["clock_behind"], "day {days}");
    }
    let report = computer.check_at(&vendor, slow(7));
    assert_eq!(
        (report.state, refused(&report)),
        (State::ClockBehind, "clock_behind")
    );
    assert!(
        computer.check_at(&vendor, noon().plus(HOUR)).allowed(),
        "right again"
    );
    assert_eq!(
        kinds(&computer.check_at(&vendor, Seconds(0))),
        ["clock_not_set"]
    );
}

#[test]
fn features_and_counts() {
    let vendor = Vendor::new(1);
    let (computer, _) = licensed(&vendor);
    let ask = |wall, features: &[&str], counts: &[(&str, u32)]| {
        let features: Vec<String> = features.iter().map(|name| (*name).to_owned()).collect();
        let counts: Vec<(String, u32)> = counts
            .iter()
            .map(|(name, n)| ((*name).to_owned(), *n))
            .collect();
        let input = CheckInput {
            features: &features,
            counts: &counts,
            ..CheckInput::new(computer.at(wall), built())
        };
        let report = check_product(&vendor.file(), &computer.home, &input).unwrap();
        (
            report.state.name(),
            report
                .refusal
                .map(|refusal| refusal.to_string())
                .unwrap_or_default(),
        )
    };
    assert_eq!(
        ask(noon(), &["reports", "desktop"], &[("employees", 250)]),
        ("licensed", String::new())
    );
    assert_eq!(
        ask(noon(), &[], &[("employees", 260)]),
        (
            "licensed",
            "employees: 260 is 10 above the 250 that the license allows".to_owned()
        )
    );
    assert_eq!(
        ask(noon(), &["accruals"], &[("employees", 260)]),
        (
            "licensed",
            "the license does not contain accruals: timetracker has no such feature".to_owned()
        )
    );
    assert_eq!(ask(noon(), &[], &[("readers", 0)]).1, "");
    assert_eq!(
        ask(noon(), &[], &[("readers", 1)]).1,
        "readers is not counted: timetracker has no such limit"
    );
}

#[test]
fn maintenance_stops_what_needs_it_and_nothing_else() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    computer
        .apply(&vendor.answer(&asked, |grant| grant.revalidate_by = None))
        .unwrap();
    let (desktop, reports) = (["desktop".to_owned()], ["reports".to_owned()]);
    let wall = start("2027-02-01");
    let ask = |features| {
        let input = CheckInput {
            features,
            ..CheckInput::new(computer.at(wall), built())
        };
        check_product(&vendor.file(), &computer.home, &input).unwrap()
    };
    assert_eq!(refused(&ask(&desktop)), "maintenance_over");
    assert_eq!(refused(&ask(&reports)), "allowed");
    assert_eq!(ask(&reports).state, State::Licensed);
}

#[test]
fn without_a_deadline_the_clock_does_not_matter() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    let answer = vendor.answer(&asked, |grant| {
        (grant.expires, grant.maintenance, grant.revalidate_by) = (None, None, None);
    });
    computer.apply(&answer).unwrap();
    for wall in [Seconds(0), noon(), start("2099-01-01")] {
        let report = computer.check_at(&vendor, wall);
        assert_eq!((report.state, report.days_left), (State::Licensed, None));
    }
}

/// A module that ended is past for good, whatever the clock says later; the rest of the license waits for no clock.
#[test]
fn the_end_of_a_module_does_not_stop_the_mark() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    let answer = vendor.answer(&asked, |grant| {
        (grant.expires, grant.maintenance, grant.revalidate_by) = (None, None, None);
        let content = Content::Feature {
            ends: Some(noon().day()),
        };
        grant.entitlements = Entitlements::new(vec![Entitlement { index: 0, content }]).unwrap();
    });
    computer.apply(&answer).unwrap();
    for days in (0..=90).step_by(2) {
        let report = computer.check_at(&vendor, noon().plus(days * DAY));
        assert!(report.allowed() && !kinds(&report).contains(&"clock_behind"));
    }
    for days in 0..9 {
        let report = computer.check_at(&vendor, noon().plus(days * DAY));
        assert!(report.allowed() && kinds(&report).contains(&"clock_behind"));
        assert_eq!(report.today, Some(noon().plus(90 * DAY).day()));
    }
}

#[test]
fn a_demo_lasts_its_days_whatever_home_is_chosen() {
    let mut vendor = Vendor::new(1);
    vendor.product.demo_days = 2;
    let mut computer = Computer::with(&vendor, 1);
    let left = |computer: &Computer, days: u32| {
        let report = computer.check_at(&vendor, noon().plus(days * DAY));
        (report.state.name(), report.days_left)
    };
    assert_eq!(left(&computer, 0), ("demo", Some(1)));
    assert_eq!(left(&computer, 1), ("demo", Some(0)));
    assert_eq!(left(&computer, 2), ("unlicensed", None));
    computer.home =
        Home::new(&computer.path("other"), Audience::Owner).with_anchors(anchors(&computer.dir));
    assert_eq!(left(&computer, 2), ("unlicensed", None));
    assert_eq!(
        refused(&computer.check_at(&vendor, noon().plus(2 * DAY))),
        "demo_over"
    );
}

#[test]
fn an_application_trusts_its_own_vendor_alone() {
    let vendor = Vendor::new(1);
    let (computer, _) = licensed(&vendor);
    let file = vendor.file();
    let input = CheckInput::new(computer.here(), built());
    assert!(
        check_product(&file, &computer.home, &input)
            .unwrap()
            .allowed()
    );
    let other = CheckInput {
        trust: Some(RootFingerprint::of(&[9; 32])),
        ..input
    };
    assert_eq!(
        refused(&check_product(&file, &computer.home, &other).unwrap()),
        "not_trusted"
    );
    let own = CheckInput {
        trust: Some(file.root_fingerprint()),
        ..input
    };
    assert!(
        check_product(&file, &computer.home, &own)
            .unwrap()
            .allowed()
    );
    // The same product id under another vendor's key: what is held here does not count there.
    let stranger = Vendor::new(2).file();
    assert_eq!(
        refused(&check_product(&stranger, &computer.home, &input).unwrap()),
        "not_trusted"
    );
}
