//! How long seats may be out that were lent: whatever was granted since, whoever gave up first, and whoever comes after.

use std::num::NonZeroU16;

use super::*;
use crate::issuer::life::Released;

/// Days after which the last loan of a day is over.
pub(super) const OVER: u32 = LONGEST as u32 + 2;

/// The longest loan of the license is another from now on, in days; 0: it lends no more.
fn lends_at_most(desk: &mut Desk, key: LicenseKey, days: u8) {
    edit(desk, key, |terms| terms.lend_days = NonZeroU8::new(days)).unwrap();
}

pub(super) fn lost(desk: &mut Desk, id: ActivationId, days: u32) -> Released {
    let by = Actor {
        now: after(days),
        ..BY
    };
    desk.now = desk.now.max(by.now);
    let name = Named::Activation(id, None);
    life::release(&mut desk.ledger, name, "burnt", true, hand(by)).unwrap()
}

/// The day after which what was released or returned is free.
pub(super) fn day(rest: Option<policy::Rest>) -> Option<Day> {
    rest.and_then(|it| it.until.day())
}

/// The seats of a site that was released as lost rest on when it turns up and gives up, and longer: it may have lent until then.
#[test]
fn what_turns_up_frees_nothing_that_it_lent() {
    let (mut desk, key, id) = both_lent();
    lost(&mut desk, id, 1);
    let said = receipt(&mut desk, id, 2, after(5));
    assert_eq!(said.freed, 0);
    assert_eq!(said.warnings, [may_be_lent(after(5 + OVER).day())]);
    assert_eq!(day(said.resting), Some(after(5 + OVER).day()));
    free_after(&mut desk, key, 5 + OVER);
}

/// It is kept for nobody, as before: a clerk released it.
#[test]
fn what_turns_up_is_kept_for_nobody() {
    let (mut desk, key, _) = site(2);
    let second = desk.respond(&asks(key, 2, 3)).unwrap().activation;
    lost(&mut desk, second, 1);
    let said = receipt(&mut desk, second, 2, after(2));
    assert_eq!(said.resting.unwrap().kept_for, None);
    free_after(&mut desk, key, 2 + OVER);
}

/// What was lent goes on, whatever the license allows since.
#[test]
fn loans_outlast_the_grant_under_which_they_were_given() {
    for (ends, fewer) in [(true, 0), (false, 0), (true, 1), (false, 1)] {
        let (mut desk, key, id) = both_lent();
        lends_at_most(&mut desk, key, fewer);
        let told = tells(sync(key, id, (2, 2), 3, after(2)), 2, 2);
        says(&mut desk, &told);
        let rest = if ends {
            let said = lost(&mut desk, id, 3);
            (said.freed, said.resting)
        } else {
            let said = receipt(&mut desk, id, 3, after(3));
            (said.freed, said.resting)
        };
        assert_eq!((rest.0, day(rest.1)), (0, Some(after(3 + OVER).day())));
        free_after(&mut desk, key, 3 + OVER);
    }
}

/// Once it shows that it holds a grant which lends less, what it lent before comes back, and it waits for no more than that.
#[test]
fn who_holds_a_grant_that_does_not_lend_lends_no_more() {
    for (days, waits) in [(10, true), (3 + OVER, true), (4 + OVER, false)] {
        let (mut desk, key, id) = both_lent();
        lends_at_most(&mut desk, key, 0);
        says(&mut desk, &sync(key, id, (2, 2), 3, after(2)));
        says(&mut desk, &sync(key, id, (3, 3), 4, after(3)));
        let said = receipt(&mut desk, id, 4, after(days));
        let last = after(3 + OVER).day();
        assert_eq!(day(said.resting), waits.then_some(last), "{days}");
        assert_eq!(said.freed, if waits { 0 } else { 2 }, "{days}");
        if waits {
            free_after(&mut desk, key, 3 + OVER);
        }
    }
}

/// A clerk or a RETURN ends the one that lent while another has its place, which does not lend.
#[test]
fn whoever_has_the_place_of_a_site_waits_for_its_loans() {
    for first_lost in [false, true] {
        let (mut desk, key, first) = both_lent();
        lends_at_most(&mut desk, key, 0);
        let second = desk.respond(&activate(key, 1, 5)).unwrap().activation;
        if first_lost {
            assert_eq!(lost(&mut desk, first, 2).held_by, Some(second));
        } else {
            let said = receipt(&mut desk, first, 2, after(2));
            assert_eq!(said.warnings, [Warning::HeldBy(second)]);
        }
        let said = receipt(&mut desk, second, 5, after(3));
        assert_eq!(
            (said.freed, day(said.resting)),
            (0, Some(after(2 + OVER).day()))
        );
        free_after(&mut desk, key, 2 + OVER);
    }
}

/// So does a clerk who releases the other as lost, while nobody gave up the one that lent.
#[test]
fn whoever_is_lost_in_the_place_of_a_site_waits_for_its_loans() {
    let (mut desk, key, _) = both_lent();
    lends_at_most(&mut desk, key, 0);
    let second = desk.respond(&activate(key, 1, 5)).unwrap().activation;
    let said = lost(&mut desk, second, 3);
    assert_eq!(
        (said.freed, day(said.resting)),
        (0, Some(after(3 + OVER).day()))
    );
    free_after(&mut desk, key, 3 + OVER);
}

/// Seats that are kept for one that may be at work are kept as long as what it lent on its last day.
#[test]
fn seats_are_kept_as_long_as_whoever_waits_may_have_lent() {
    let (mut desk, key, first) = site(2);
    lends_at_most(&mut desk, key, 0);
    let second = desk.respond(&activate(key, 1, 5)).unwrap().activation;
    let rest = receipt(&mut desk, second, 5, NOW).resting.unwrap();
    assert_eq!((rest.why, rest.kept_for), (Why::Kept, Some(first)));
    assert_eq!(rest.until.day(), Some(after(30 + OVER).day()));
    free_after(&mut desk, key, 30 + OVER);
}

/// Of three in a place the one that lent is lost, while another waits that did not.
#[test]
fn loans_of_one_that_is_lost_are_waited_for_when_others_wait_too() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(2, LicenseType::Floating));
    let first = desk.respond(&activate(key, 1, 1)).unwrap().activation;
    lends_at_most(&mut desk, key, LONGEST);
    let second = desk.respond(&asks(key, 2, 3)).unwrap().activation;
    lends_at_most(&mut desk, key, 0);
    let third = desk.respond(&activate(key, 1, 3)).unwrap().activation;
    receipt(&mut desk, third, 3, NOW);
    let rest = lost(&mut desk, second, 10).resting.unwrap();
    assert_eq!((rest.of, rest.kept_for), (third, Some(first)));
    assert_eq!(rest.lent, Some(after(10 + OVER).day()));
    let said = receipt(&mut desk, first, 1, after(11));
    assert_eq!(
        (said.freed, day(said.resting)),
        (0, Some(after(10 + OVER).day()))
    );
    free_after(&mut desk, key, 10 + OVER);
}

/// Seats that wait for loans go to the one for whom they are kept, and wait on when that one gives them up.
#[test]
fn loans_are_waited_for_when_their_seats_went_to_another() {
    let (mut desk, key, _) = site(2);
    let second = desk.respond(&asks(key, 2, 3)).unwrap().activation;
    receipt(&mut desk, second, 2, NOW);
    lends_at_most(&mut desk, key, 0);
    let third = desk.respond_at(&activate(key, 1, 3), after(1)).unwrap();
    let said = lost(&mut desk, third.activation, 2);
    assert_eq!(
        (said.freed, said.resting.map(|it| it.why)),
        (0, Some(Why::Lent))
    );
    assert_eq!(desk.findings(), [""; 0]);
}

/// A site that asks anew for fewer seats keeps those that it may have lent.
#[test]
fn who_asks_for_fewer_seats_keeps_what_may_be_lent() {
    let (mut desk, key, _) = both_lent();
    let fewer = |request| Activate {
        seats: NonZeroU16::new(1),
        ..asks(key, request, 3)
    };
    let answer = desk.respond(&fewer(5)).unwrap();
    assert_eq!((answer.grant.seats, desk.taken(key)), (2, 2));
    // A clerk who knows better says so.
    desk.options.seats = NonZeroU16::new(1);
    let answer = desk.respond(&fewer(6)).unwrap();
    assert_eq!((answer.grant.seats, desk.taken(key)), (1, 1));
    assert_eq!(desk.findings(), [""; 0]);
}

/// Where nothing was lent, or that is over, it gets what it asks for.
#[test]
fn who_lent_nothing_gets_the_seats_it_asks_for() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(2, LicenseType::Floating));
    desk.respond(&asks(key, 1, 3)).unwrap();
    let fewer = Activate {
        seats: NonZeroU16::new(1),
        ..asks(key, 5, 3)
    };
    assert_eq!(desk.respond(&fewer).unwrap().grant.seats, 1);
}

/// A standalone license has one seat for each machine: the others would be free while they are lent.
#[test]
fn a_license_is_not_standalone_while_seats_may_be_lent() {
    let (mut desk, key, id) = both_lent();
    let refused = alone(&mut desk, key, 2, None).unwrap_err();
    assert_eq!(refused.0, "may_be_lent", "{refused:?}");
    // Lending is off, and the site shows that it holds that.
    lends_at_most(&mut desk, key, 0);
    says(&mut desk, &sync(key, id, (2, 2), 3, after(2)));
    assert_eq!(alone(&mut desk, key, 3, None).unwrap_err().0, "may_be_lent");
    says(&mut desk, &sync(key, id, (3, 3), 4, after(3)));
    let (kind, said) = alone(&mut desk, key, 3 + OVER, None).unwrap_err();
    assert_eq!(kind, "may_be_lent");
    assert!(said.contains(&after(3 + OVER).day().to_string()), "{said}");
    alone(&mut desk, key, 4 + OVER, Some("needless")).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
    let told = history_of(&mut desk, key);
    assert!(!told.iter().any(|it| it.contains("needless")), "{told:?}");
}

/// The manager makes it so all the same, which is told.
#[test]
fn the_manager_makes_a_license_standalone_while_seats_may_be_lent() {
    let (mut desk, key, _) = both_lent();
    alone(&mut desk, key, 2, Some("none is lent")).unwrap();
    let told = history_of(&mut desk, key);
    assert!(
        told.iter().any(|it| it.contains("none is lent")),
        "{told:?}"
    );
    assert_eq!(desk.findings(), [""; 0]);
}

/// Makes a license standalone; what the refusal is and says.
pub(super) fn alone(
    desk: &mut Desk,
    key: LicenseKey,
    days: u32,
    reason: Option<&str>,
) -> Result<(), (&'static str, String)> {
    let by = Actor {
        now: after(days),
        ..BY
    };
    let edit = |old: &OrderTerms, _: &_| {
        Ok::<_, life::LifeError>(OrderTerms {
            license_type: LicenseType::Standalone,
            lend_days: None,
            ..old.clone()
        })
    };
    let changed = life::change(&mut desk.ledger, key, edit, reason, hand(by));
    let changed = changed.map(|_| ());
    changed.map_err(|error| (error.kind().name(), error.to_string()))
}
