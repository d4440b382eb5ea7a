//! What is over stays over: seats that were held back for loans and are free again, what nobody can have lent any more, and what the manager says is back.

use super::out::{OVER, alone, day, lost};
use super::*;
use crate::issuer::respond::Effect;

/// Days that a grant reaches here.
const GRACE: u32 = 30;

/// A lost site turns up and gives up after its seats went to another machine.
#[test]
fn seats_that_were_free_again_are_not_held_back_when_a_lost_site_turns_up() {
    let (mut desk, key, id) = both_lent();
    lost(&mut desk, id, 1);
    free_after(&mut desk, key, 1 + OVER);
    let said = receipt(&mut desk, id, 2, after(3 + OVER));
    assert_eq!((said.freed, said.resting), (0, None));
    assert_eq!(said.warnings, []);
    desk.now = after(4 + OVER);
    let other = Activate {
        site_key: asks(key, 1, 9).site_key,
        ..activate(key, 800, 800)
    };
    // Both are with the one that has them, and none is held back beside.
    let refused = desk.respond_at(&other, after(4 + OVER)).unwrap_err();
    assert!(!refused.to_string().contains("held back"), "{refused}");
    assert_eq!(desk.findings(), [""; 0]);
}

/// So it is when another of its place is released, or gives up, that went on meanwhile.
#[test]
fn seats_that_were_free_again_are_not_held_back_for_another_of_the_place() {
    for returned in [false, true] {
        let (mut desk, key, first) = both_lent();
        let second = desk.respond(&asks(key, 5, 3)).unwrap().activation;
        lost(&mut desk, second, 1);
        free_after(&mut desk, key, 1 + OVER);
        let days = 3 + OVER;
        let resting = match returned {
            true => receipt(&mut desk, first, 2, after(days)).resting,
            false => lost(&mut desk, first, days).resting,
        };
        assert_eq!(resting, None);
        let view = products::license(&mut desk.ledger, key).unwrap().unwrap();
        let listed = view.activations;
        let today = after(days).day();
        let resting = listed
            .iter()
            .filter_map(|it| policy::rest(it, &listed, today));
        assert_eq!(resting.count(), 0);
        assert_eq!(desk.findings(), [""; 0]);
    }
}

/// A site whose last grant has run out lends nothing any more: what it lent on that day is the last that is waited for.
#[test]
fn who_runs_no_more_has_lent_nothing_since() {
    let last = after(GRACE + 1 + OVER).day();
    for (days, waits) in [(GRACE + 5, true), (GRACE + 2 + OVER, false)] {
        for ends in [true, false] {
            let (mut desk, key, id) = both_lent();
            let (freed, resting) = if ends {
                let said = lost(&mut desk, id, days);
                (said.freed, said.resting)
            } else {
                let said = receipt(&mut desk, id, 2, after(days));
                (said.freed, said.resting)
            };
            assert_eq!(day(resting), waits.then_some(last), "{days} {ends}");
            assert_eq!(freed, if waits { 0 } else { 2 }, "{days} {ends}");
            if waits {
                free_after(&mut desk, key, GRACE + 1 + OVER);
            }
        }
    }
}

/// Nor one that was released as lost, and turns up long after its last grant had run out.
#[test]
fn a_lost_site_that_turns_up_has_lent_nothing_after_its_grant() {
    let (mut desk, key, id) = both_lent();
    lost(&mut desk, id, 1);
    receipt(&mut desk, id, 2, after(GRACE + 2 + OVER));
    alone(&mut desk, key, GRACE + 2 + OVER, None).unwrap();
    // While its grant ran it may have lent, whatever the clerk thought.
    let (mut desk, key, id) = both_lent();
    lost(&mut desk, id, 1);
    receipt(&mut desk, id, 2, after(GRACE));
    let (_, said) = alone(&mut desk, key, GRACE, None).unwrap_err();
    let last = after(GRACE + OVER).day().to_string();
    assert!(said.contains(&last), "{said}");
}

/// In one batch with an answer of the same license, which is not recorded yet.
#[test]
fn a_lost_site_turns_up_in_a_batch() {
    let (mut desk, key, id) = site(2);
    lost(&mut desk, id, 0);
    let name = Named::Activation(id, None);
    life::free(&mut desk.ledger, name, "nothing was lent", hand(BY)).unwrap();
    let other = Activate {
        site_key: asks(key, 1, 9).site_key,
        ..activate(key, 700, 700)
    };
    let codes = vec![code(&other), return_code(id, 1)];
    for (code, result) in super::super::batches::run(&mut desk, codes, 2) {
        assert!(result.is_ok(), "{code:?}");
    }
    assert_eq!(desk.taken(key), 2);
    assert_eq!(desk.findings(), [""; 0]);
}

/// Whoever runs no more lends no more, although nobody gave it up: the day is told on which it is over.
#[test]
fn a_license_whose_site_runs_no_more_is_standalone_when_its_loans_are_over() {
    let (mut desk, key, _) = both_lent();
    let (kind, said) = alone(&mut desk, key, GRACE + 5, None).unwrap_err();
    assert_eq!(kind, "may_be_lent");
    let last = after(GRACE + 1 + OVER).day().to_string();
    assert!(said.contains(&last), "{said}");
    let (_, said) = alone(&mut desk, key, GRACE + 1, None).unwrap_err();
    assert!(said.contains("lends seats of this license"), "{said}");
    alone(&mut desk, key, GRACE + 2 + OVER, None).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
}

/// The manager says with a return that nothing is out: the seats are free, and nothing of the place is waited for any more.
#[test]
fn the_manager_says_with_a_return_that_no_loan_is_out() {
    let (mut desk, key, id) = both_lent();
    desk.options.override_reason = Some("all loans are back".into());
    let said = receipt(&mut desk, id, 2, after(2));
    assert_eq!(said.freed, 2);
    assert_eq!(said.warnings, [Warning::Overridden]);
    desk.options.override_reason = None;
    alone(&mut desk, key, 2, None).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
}

/// Also where the seats were given back by another of the place, or by a lost one before it turned up.
#[test]
fn the_manager_frees_what_others_of_the_place_may_have_lent() {
    for how in ["returned", "lost", "turned up"] {
        let (mut desk, key, first) = both_lent();
        let second = desk.respond(&asks(key, 5, 3)).unwrap().activation;
        let last = match how {
            "returned" => {
                assert_eq!(receipt(&mut desk, second, 5, after(2)).freed, 0);
                (first, 2)
            }
            "lost" => {
                lost(&mut desk, first, 2);
                (second, 5)
            }
            _ => {
                lost(&mut desk, second, 2);
                lost(&mut desk, first, 2);
                (second, 5)
            }
        };
        desk.options.override_reason = Some("all loans are back".into());
        let said = receipt(&mut desk, last.0, last.1, after(3));
        assert_eq!((said.freed, said.resting), (2, None), "{how}");
        assert_eq!(said.effect, Effect::Returned);
        assert_eq!(said.warnings, [Warning::Overridden], "{how}");
        desk.options.override_reason = None;
        let told = history_of(&mut desk, key);
        assert!(told.iter().any(|it| it.contains("all loans are back")));
        alone(&mut desk, key, 3, None).unwrap();
        assert_eq!(desk.findings(), [""; 0]);
    }
}

/// Nobody else has to be asked for it: a reason that was given for nothing is not kept.
#[test]
fn a_return_that_leaves_no_loan_out_needs_no_manager() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(2, LicenseType::Floating));
    let id = desk.respond(&activate(key, 1, 1)).unwrap().activation;
    desk.options.override_reason = Some("needless".into());
    let said = receipt(&mut desk, id, 1, NOW);
    assert_eq!((said.freed, said.warnings), (2, vec![]));
    let told = history_of(&mut desk, key);
    assert!(!told.iter().any(|it| it.contains("needless")), "{told:?}");
}
