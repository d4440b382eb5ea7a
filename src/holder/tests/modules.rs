//! Modules with a last day of their own, texts, and what the product file on the machine does not know.

use super::super::report::{Refusal, State};
use super::super::warning::Warning;
use super::*;
use crate::protocol::entitlements::{EntitledText, UNLIMITED};

const REPORTS: &str = "2027-03-31";
const EMPLOYEES: &str = "2027-04-30";

/// A perpetual license without re-validation, two of whose entries end.
fn modules() -> (Vendor, Computer) {
    let vendor = Vendor::new(1);
    let computer = with(&vendor, |grant| {
        (grant.expires, grant.maintenance, grant.revalidate_by) = (None, None, None);
        entries(
            grant,
            vec![
                Entitlement::feature(0).until(Some(day(REPORTS))),
                Entitlement::feature(1),
                Entitlement::number(2, 250).until(Some(day(EMPLOYEES))),
            ],
        );
    });
    (vendor, computer)
}

fn entries(grant: &mut Grant, entries: Vec<Entitlement>) {
    grant.entitlements = Entitlements::new(entries).unwrap();
}

fn with(vendor: &Vendor, change: impl Fn(&mut Grant)) -> Computer {
    let mut computer = Computer::with(vendor, 1);
    let asked = computer.ask(vendor, |_| ()).unwrap();
    computer.apply(&vendor.answer(&asked, change)).unwrap();
    computer
}

fn start(text: &str) -> Seconds {
    day(text).start()
}

/// What an application hears that wants these features and has so many employees.
fn asks(
    vendor: &Vendor,
    computer: &Computer,
    wall: Seconds,
    features: &[&str],
    employees: u32,
) -> CheckReport {
    let features: Vec<String> = features.iter().map(|it| (*it).to_owned()).collect();
    let counts = [("employees".to_owned(), employees)];
    let input = CheckInput {
        features: &features,
        counts: &counts,
        ..CheckInput::new(computer.at(wall), built())
    };
    check_product(&vendor.file(), &computer.home, &input).unwrap()
}

fn refused(report: &CheckReport) -> Option<(&'static str, String)> {
    let refusal = report.refusal.as_ref()?;
    Some((refusal.kind().name(), refusal.to_string()))
}

fn warnings(report: &CheckReport) -> Vec<String> {
    report.warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn a_module_may_be_used_on_its_last_day_and_not_after() {
    let (vendor, computer) = modules();
    let ask = |wall, features: &[&str]| asks(&vendor, &computer, start(wall), features, 250);
    assert_eq!(refused(&ask("2027-03-31", &["reports", "desktop"])), None);
    let after = ask("2027-04-01", &["reports", "desktop"]);
    assert_eq!(after.state, State::Licensed);
    assert_eq!(
        refused(&after),
        Some(("feature_ended", "reports ended on 2027-03-31".to_owned()))
    );
    // Without it, everything goes on.
    let rest = ask("2027-04-01", &["desktop"]);
    assert_eq!(refused(&rest), None);
    assert_eq!(rest.features, ["desktop"]);
    assert_eq!(rest.limits, [("employees".to_owned(), 250)]);
    assert_eq!(rest.ended, [("reports".to_owned(), day(REPORTS))]);
    assert_eq!(rest.days_left, None, "the license as a whole has no end");
    // An entry that was never there is told apart from one that ended.
    let never = ask("2027-04-01", &["accruals"]);
    assert_eq!(refused(&never).unwrap().0, "feature_missing");
}

#[test]
fn a_limit_that_ended_allows_nothing_and_says_since_when() {
    let (vendor, computer) = modules();
    let last = asks(&vendor, &computer, start("2027-04-30"), &[], 250);
    assert_eq!(refused(&last), None);
    let after = asks(&vendor, &computer, start("2027-05-01"), &[], 250);
    assert_eq!(
        refused(&after),
        Some((
            "over_limit",
            "employees: 250 is 250 above the 0 that the license allows since its limit ended on 2027-04-30"
                .to_owned()
        ))
    );
    let none = asks(&vendor, &computer, start("2027-05-01"), &[], 0);
    assert_eq!(refused(&none), None);
    assert!(none.limits.is_empty());
}

#[test]
fn the_end_of_a_module_is_warned_of_for_thirty_days() {
    let (vendor, computer) = modules();
    let hear = |wall| {
        let report = asks(&vendor, &computer, start(wall), &[], 0);
        (report.state, warnings(&report))
    };
    assert_eq!(hear("2027-02-28"), (State::Licensed, Vec::new()));
    let soon = "reports ends in 30 days, on 2027-03-31".to_owned();
    assert_eq!(hear("2027-03-01"), (State::Warning, vec![soon]));
    let (state, both) = hear("2027-03-31");
    assert_eq!(state, State::Warning);
    assert_eq!(
        both,
        [
            "this is the last day of reports",
            "employees ends in 30 days, on 2027-04-30"
        ]
    );
    // What has ended is in the report, not spoken of at each launch for ever.
    assert_eq!(hear("2027-05-02"), (State::Licensed, Vec::new()));
}

#[test]
fn a_module_that_ends_with_the_license_is_not_spoken_of_beside_it() {
    let vendor = Vendor::new(1);
    let computer = with(&vendor, |grant| {
        (grant.expires, grant.revalidate_by) = (Some(day("2026-12-01")), None);
        let ends = Some(day("2026-12-01"));
        entries(grant, vec![Entitlement::feature(0).until(ends)]);
    });
    let report = computer.check(&vendor);
    let kinds: Vec<&str> = report.warnings.iter().map(Warning::kind).collect();
    assert_eq!(kinds, ["expires_soon"]);
}

/// A module's date neither stops the license nor the clock: turned back, it is still over.
#[test]
fn a_clock_turned_back_does_not_bring_a_module_back() {
    let (vendor, computer) = modules();
    for wall in ["2027-02-10", "2027-03-31", "2027-04-01", "2027-05-20"] {
        // A clock far ahead is believed at its second look.
        for hours in [0, 21] {
            let wall = start(wall).plus(hours * HOUR);
            let report = asks(&vendor, &computer, wall, &[], 0);
            assert_eq!(refused(&report), None);
        }
    }
    let back = asks(&vendor, &computer, start("2027-03-01"), &["reports"], 0);
    assert_eq!(refused(&back).unwrap().0, "feature_ended");
    assert_eq!(back.ended.len(), 2, "the mark went on past both ends");
    // For weeks: the license as a whole does not wait for the clock.
    for days in 1..40 {
        let wall = start("2027-03-01").plus(days * DAY);
        let report = asks(&vendor, &computer, wall, &["desktop"], 0);
        assert_eq!(refused(&report), None, "{days} days");
    }
}

#[test]
fn a_text_is_shown_as_it_was_sold_and_no_limit_is_none() {
    let mut vendor = Vendor::new(1);
    vendor
        .product
        .catalogue
        .push((Entry::Text, "licensee".to_owned()));
    let computer = with(&vendor, |grant| {
        let text = EntitledText::new("Aurora Shipping A\u{30a}lesund").unwrap();
        entries(
            grant,
            vec![
                Entitlement::number(2, UNLIMITED),
                Entitlement::text(3, text),
            ],
        );
    });
    let report = asks(&vendor, &computer, noon(), &[], u32::MAX);
    assert_eq!(refused(&report), None);
    let said = ("licensee".to_owned(), "Aurora Shipping Ålesund".to_owned());
    assert_eq!(report.texts, [said]);
}

#[test]
fn what_is_beyond_the_product_file_is_passed_over_and_named_by_its_number() {
    let vendor = Vendor::new(1);
    let computer = with(&vendor, |grant| {
        let text = EntitledText::new("Aurora").unwrap();
        let ends = Some(day("2026-11-01"));
        entries(
            grant,
            vec![
                Entitlement::feature(0),
                Entitlement::feature(7),
                Entitlement::number(8, 3).until(ends),
                Entitlement::text(9, text),
            ],
        );
    });
    let report = computer.check(&vendor);
    assert_eq!(refused(&report), None);
    assert_eq!(report.features, ["reports", "#7"]);
    assert!(report.limits.is_empty());
    assert_eq!(report.ended, [("#8".to_owned(), day("2026-11-01"))]);
    assert_eq!(report.texts, [("#9".to_owned(), "Aurora".to_owned())]);
    // By its number nobody uses it.
    let asked = asks(&vendor, &computer, noon(), &["#7"], 0);
    assert_eq!(refused(&asked).unwrap().0, "feature_missing");
}

#[test]
fn an_entry_that_does_not_fit_its_line_is_not_trusted() {
    let mut vendor = Vendor::new(1);
    vendor.product.catalogue.extend([
        (Entry::Pool, "design".to_owned()),
        (Entry::Text, "licensee".to_owned()),
    ]);
    let text = || Entitlement::text(3, EntitledText::new("Aurora").unwrap());
    for wrong in [
        Entitlement::number(0, 1),
        Entitlement::feature(2),
        Entitlement::feature(2).until(Some(day("2030-01-01"))),
        text(),
        Entitlement::number(3, 0),
        Entitlement::feature(3),
        Entitlement::number(4, 1),
    ] {
        let mut computer = Computer::with(&vendor, 1);
        let asked = computer.ask(&vendor, |_| ()).unwrap();
        let answer = vendor.answer(&asked, |grant| entries(grant, vec![wrong.clone()]));
        let error = computer.apply(&answer).unwrap_err();
        assert_eq!(error.kind().name(), "not_trusted", "{wrong:?}");
    }
    let computer = with(&vendor, |grant| {
        entries(grant, vec![Entitlement::number(3, 1)]);
    });
    assert_eq!(computer.check(&vendor).pools, [("design".to_owned(), 1)]);
}

#[test]
fn the_product_says_from_when_the_end_of_the_grace_is_spoken_of() {
    let mut vendor = Vendor::new(1);
    let warned = |vendor: &Vendor, wall| {
        let computer = with(vendor, |grant| grant.maintenance = None);
        let report = computer.check_at(vendor, start(wall));
        report.warnings.first().map(Warning::kind)
    };
    assert_eq!(warned(&vendor, "2026-12-14"), None);
    assert_eq!(warned(&vendor, "2026-12-15"), Some("grace_ends"));
    vendor.product.warn_days = Some(14);
    assert_eq!(warned(&vendor, "2026-12-07"), None);
    assert_eq!(warned(&vendor, "2026-12-08"), Some("grace_ends"));
    vendor.product.warn_days = Some(0);
    assert_eq!(warned(&vendor, "2026-12-21"), None);
    assert_eq!(warned(&vendor, "2026-12-22"), Some("grace_ends"));
}

#[test]
fn refusals_for_a_feature_have_their_own_advice() {
    let ended = Refusal::FeatureEnded {
        feature: "reports".to_owned(),
        ended: day(REPORTS),
    };
    assert_eq!(ended.kind(), "feature_ended");
}
