//! Whoever read one request writes an ACTIVATE that fits: what the machine whose place that takes still has, and how long.

use std::num::NonZeroU8;

use super::life::{DAY, NO_OLD_MAIL, licensed, return_code, sync};
use super::moves::Seat;
use super::*;
use crate::issuer::ledger::{EmergencyAllowance, Until};
use crate::issuer::life::{self, LifeError, Named, Step};
use crate::issuer::policy::{self, Colour, Warning};
use crate::issuer::respond::{Effect, Receipt};
use crate::protocol::digest::ActivationId;

/// One seat, the emergency steps that go with it, and the grace of the license.
fn sold(grace_days: u16, emergency: Option<(u8, u8)>) -> OrderTerms {
    let number = |it| NonZeroU8::new(it).unwrap();
    OrderTerms {
        grace_days,
        emergency: emergency.map(|(steps, days)| EmergencyAllowance {
            steps: number(steps),
            days: number(days),
        }),
        ..terms(1, LicenseType::Standalone)
    }
}

/// A license that was activated twice on one machine: both are called so.
fn twice(terms: &OrderTerms) -> (Desk, LicenseKey, [ActivationId; 2]) {
    let mut desk = Desk::new();
    let key = desk.sell(terms);
    let ids = [1, 2].map(|it| desk.respond(&activate(key, 1, it)).unwrap().activation);
    (desk, key, ids)
}

fn receipt(desk: &mut Desk, id: ActivationId, request: u64) -> Receipt {
    let now = desk.now;
    match desk.reply_at(&return_code(id, request), now).unwrap() {
        Reply::Receipt(receipt) => *receipt,
        Reply::Answer(_) => panic!("a return is not answered"),
    }
}

/// Whoever took its place with a clock a day ahead, and asks each day, makes no old mail of what the machine asks: a clerk decides, and that is the end of it.
#[test]
fn an_honest_machine_is_not_put_off_by_anothers_clock() {
    let (mut desk, key, first) = licensed(1, LicenseType::Standalone);
    let ahead = |now: Seconds| now.plus(25 * 3600);
    let thief = Activate {
        clock: ahead(NOW),
        ..activate(key, 1, 2)
    };
    let thief = desk.respond(&thief).unwrap();
    let mut held = (2, thief.grant.generation);
    for day in 1..4 {
        let now = NOW.plus(day * DAY);
        desk.now = now;
        let number = 10 * u64::from(day);
        let asks = sync(key, thief.activation, held, number, ahead(now));
        let code = super::life::sync_code(&asks);
        let answer = desk.reply_at(&code, now).unwrap().answer().unwrap();
        held = (number, answer.grant.generation);
        // Each time with a new request: what it reveals is known to readers from the first on.
        let own = sync(key, first, (1, 1), number + 1, now);
        let code = super::life::sync_code(&own);
        let refused = desk.reply_at(&code, now).unwrap_err();
        assert_eq!(refused.kind(), "needs_supersede", "{day}: {refused}");
    }
    desk.options.supersede_reason = Some("the thief has it".into());
    let own = sync(key, first, (1, 1), 90, desk.now);
    let now = desk.now;
    let code = super::life::sync_code(&own);
    let answer = desk.reply_at(&code, now).unwrap().answer().unwrap();
    assert_eq!(answer.effect, Effect::Synced(Colour::Yellow));
    desk.options = Options::default();
    // From then on it is its own chain that counts.
    let next = sync(key, first, (90, answer.grant.generation), 91, now.plus(60));
    let code = super::life::sync_code(&next);
    let answer = desk.reply_at(&code, now).unwrap().answer().unwrap();
    assert_eq!(answer.effect, Effect::Synced(Colour::Green));
    assert_eq!(desk.findings(), [""; 0]);
}

/// What is late within its own chain, and known to readers, is old mail also where another has its place: a verdict on nobody.
#[test]
fn old_mail_is_judged_by_its_own_chain() {
    let (mut desk, key, first) = licensed(1, LicenseType::Standalone);
    let slow = sync(key, first, (1, 1), 2, NOW);
    desk.sync(&sync(key, first, (1, 1), 3, NOW.plus(60)))
        .unwrap();
    desk.sync(&sync(key, first, (3, 2), 4, NOW.plus(120)))
        .unwrap();
    desk.respond(&activate(key, 1, 5)).unwrap();
    assert_eq!(desk.sync(&slow).unwrap_err().kind(), "overtaken");
    // Its own clock is later than its own last: RED, whatever the other one's says.
    let later = NOW.plus(120 + NO_OLD_MAIL);
    let copy = sync(key, first, (1, 1), 6, later);
    let refused = desk.sync_at(&copy, later).unwrap_err();
    assert!(refused.to_string().starts_with("red: "), "{refused}");
    assert_eq!(desk.findings(), [""; 0]);
}

/// A ship whose place another took hears its emergency codes by radio as before, as many as its grant has, and no longer than that runs.
#[test]
fn a_machine_whose_place_another_took_has_its_emergency_codes() {
    let (mut desk, key, [ship, thief]) = twice(&sold(30, Some((2, 7))));
    let by = |days: u32| Actor {
        now: NOW.plus(days * DAY),
        ..BY
    };
    let name = Named::Activation(ship, None);
    let spoken = life::emergency(
        &mut desk.ledger,
        &desk.issuer,
        name,
        Step::default(),
        by(29),
    )
    .unwrap();
    assert_eq!((spoken.activation, spoken.generation), (ship, 1));
    assert_eq!((spoken.step, spoken.until), (1, NOW.day().plus(37)));
    assert_eq!((spoken.held_by, spoken.rivals), (Some(thief), vec![]));
    let spoken = life::emergency(
        &mut desk.ledger,
        &desk.issuer,
        name,
        Step::default(),
        by(43),
    )
    .unwrap();
    assert_eq!((spoken.step, spoken.until), (2, NOW.day().plus(44)));
    let over = life::emergency(
        &mut desk.ledger,
        &desk.issuer,
        name,
        Step::default(),
        by(45),
    );
    assert!(matches!(over, Err(LifeError::Replaced(..))), "{over:?}");
    // By the key it is whoever has the seat, and the clerk hears of the other.
    let (mut desk, key_of_twin, [ship, thief]) = twice(&sold(30, Some((2, 7))));
    assert_eq!(key, key_of_twin);
    let name = Named::License(key);
    let spoken =
        life::emergency(&mut desk.ledger, &desk.issuer, name, Step::default(), BY).unwrap();
    assert_eq!(spoken.activation, thief);
    assert_eq!((spoken.held_by, spoken.rivals), (None, vec![ship]));
    assert_eq!(desk.findings(), [""; 0]);
}

/// What was given up or released has none, whoever has its place.
#[test]
fn what_was_given_up_has_no_emergency_codes() {
    let (mut desk, _, [first, _]) = twice(&sold(30, Some((2, 7))));
    receipt(&mut desk, first, 1);
    let name = Named::Activation(first, None);
    let refused = life::emergency(&mut desk.ledger, &desk.issuer, name, Step::default(), BY);
    assert_eq!(refused.unwrap_err().kind(), "given_up");
}

/// Silent beyond its grace, on a ship: whoever took its place does not move it elsewhere unasked, by a SYNC or an ACTIVATE, for a year.
#[test]
fn a_place_of_one_that_is_overdue_is_not_moved_elsewhere_unasked() {
    for (days, moves) in [(33, false), (395, false), (396, true)] {
        let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
        seat.activates([1, 1, 1, 1, 1]).unwrap();
        seat.days_pass(days);
        let said = seat.says([5, 5, 5, 5, 5]);
        assert_eq!(said.is_ok(), moves, "{days} {said:?}");
        let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
        seat.activates([5, 1, 1, 5, 1]).unwrap();
        seat.days_pass(days);
        let asked = seat.activates([5, 5, 1, 5, 5]);
        match asked {
            Err(kind) => assert_eq!((kind, moves), ("needs_supersede", false), "{days}"),
            Ok(_) => assert!(moves, "{days}"),
        }
        // The first comes back: it is the clerk's to say who has it.
        assert_eq!(seat.desk.findings(), [""; 0]);
    }
}

/// A clerk who asked lets it, in either way, and what he said stands in the history.
#[test]
fn a_clerk_lets_a_place_be_left() {
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    seat.activates([5, 1, 1, 5, 1]).unwrap();
    assert_eq!(
        seat.activates([5, 5, 1, 5, 5]).unwrap_err(),
        "needs_supersede"
    );
    seat.desk.options.supersede_reason = Some("two boards broke".into());
    let answer = seat.activates([5, 5, 1, 5, 5]).unwrap();
    assert_eq!(answer.effect, Effect::Replaced);
    seat.says([5, 5, 5, 5, 5]).unwrap();
    let view = products::license(&mut seat.desk.ledger, seat.key).unwrap();
    let event = view.unwrap().license.event;
    let events = seat.desk.ledger.read(|tx| history::of_license(tx, event));
    let told: Vec<String> = events
        .unwrap()
        .iter()
        .map(|it| history::tell(it, None))
        .collect();
    let said = told.iter().filter(|it| it.contains("two boards broke"));
    assert_eq!(said.count(), 2, "{told:?}");
    let yellow = told.iter().filter(|it| it.contains("; yellow: "));
    assert_eq!(yellow.count(), 1, "{told:?}");
    assert_eq!(seat.desk.findings(), [""; 0]);
}

/// A license that needs no re-validation runs for ever: what was taken in its place frees no seat by itself, in no year.
#[test]
fn a_perpetual_rival_never_ends_by_itself() {
    let (mut desk, key, [first, second]) = twice(&sold(0, None));
    desk.now = NOW.plus(366 * DAY);
    let said = receipt(&mut desk, second, 2);
    let kept = Warning::KeptFor {
        of: second,
        before: first,
        until: Until::Ever,
    };
    assert_eq!((said.freed, said.warnings), (0, vec![kept]));
    desk.now = NOW.plus(10 * 365 * DAY);
    assert_eq!(desk.refusal(&activate(key, 7, 70)), "no_seat_free");
    // It comes back after ten years, and has its seat.
    let now = desk.now;
    let asks = super::life::sync_code(&sync(key, first, (1, 1), 3, now));
    let answer = desk.reply_at(&asks, now).unwrap().answer().unwrap();
    assert_eq!(answer.effect, Effect::Synced(Colour::Green));
    assert_eq!(receipt(&mut desk, first, 3).freed, 1);
    desk.respond(&activate(key, 7, 71)).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
}

/// Set up anew and given back: the first is gone, which a clerk is told and says, as often as it happens; it is never the manager's.
#[test]
fn who_set_a_perpetual_license_up_anew_needs_no_manager() {
    let mut desk = Desk::new();
    let key = desk.sell(&sold(0, None));
    for year in 0..5 {
        desk.now = NOW.plus(year * 200 * DAY);
        let number = 10 * u64::from(year);
        desk.respond(&activate(key, 1, number + 1)).unwrap();
        let second = desk.respond(&activate(key, 1, number + 2)).unwrap();
        let said = receipt(&mut desk, second.activation, number + 2);
        let kept = said.resting.unwrap();
        assert_eq!((kept.until, kept.seats), (Until::Ever, 1));
        let refused = desk.respond(&activate(key, 7, number + 3)).unwrap_err();
        assert_eq!(refused.kind().name(), "no_seat_free");
        let by = Actor {
            now: desk.now,
            ..BY
        };
        let name = Named::Activation(second.activation, Some(key));
        let freed = life::free(&mut desk.ledger, name, "the disk was wiped", hand(by)).unwrap();
        assert_eq!(freed.freed, 1);
        let other = desk.respond(&activate(key, 7, number + 4)).unwrap();
        assert_eq!(receipt(&mut desk, other.activation, number + 4).freed, 1);
    }
    assert_eq!(desk.findings(), [""; 0]);
}

/// A reader of mail asks again and again with the facts of the machine: that uses up no move of the license, and its own machine needs no manager.
#[test]
fn asking_anew_with_the_same_hardware_is_no_move() {
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    for nth in 1..=4 {
        // Machine id and root file system are new with each installation.
        let own = seat.activates([nth, nth, 1, 1, 1]).unwrap();
        let replaced = |it: &Warning| matches!(it, Warning::Replaced { nth: count, of: 4, .. } if *count == u32::from(nth));
        assert!(own.warnings.iter().any(replaced), "{:?}", own.warnings);
    }
    assert_eq!(seat.counts(), (0, 0, 0));
    // More than anybody needs: a clerk asks, four times, and then the manager.
    assert_eq!(
        seat.activates([9, 9, 1, 1, 1]).unwrap_err(),
        "needs_supersede"
    );
    seat.desk.options.supersede_reason = Some("a school's lab".into());
    for _ in 0..4 {
        seat.activates([9, 9, 1, 1, 1]).unwrap();
    }
    let fifth = seat.activates([9, 9, 1, 1, 1]);
    assert_eq!(fifth.unwrap_err(), "held_for_manager");
    seat.desk.options = Options::default();
    assert_eq!(seat.counts(), (0, 0, 0), "the license has its moves");
    seat.says([9, 9, 1, 1, 1]).unwrap();
    seat.days_pass(365);
    seat.activates([8, 8, 1, 1, 1]).unwrap();
    assert_eq!(seat.desk.findings(), [""; 0]);
}

/// With other hardware it is a move as before, and the values of before are forgotten; without, nothing is.
#[test]
fn asking_anew_with_other_hardware_is_a_move() {
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    seat.says([1, 1, 1, 2, 1]).unwrap();
    seat.activates([3, 1, 1, 1, 1]).unwrap();
    assert_eq!(seat.counts(), (0, 1, 0), "a card that it had");
    seat.activates([3, 1, 1, 3, 1]).unwrap();
    assert_eq!(seat.counts(), (1, 1, 0), "a card that it never had");
    // A part that it hides is not another; every part that all can read is.
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    seat.activates([1, 1, 0, 1, 1]).unwrap();
    assert_eq!(seat.counts(), (0, 0, 0));
    seat.activates([1, 1, 1, 0, 0]).unwrap();
    assert_eq!(seat.counts(), (1, 0, 0));
    assert_eq!(seat.desk.findings(), [""; 0]);
}

/// Beyond the RETURNs that a license has its seats are kept for whoever had the place before as within them, and rest besides.
#[test]
fn a_return_beyond_the_yearly_number_keeps_the_seat_too() {
    let mut seat = Seat::standalone([1; 5]);
    for machine in 2..=7 {
        seat.returns();
        seat.activates([machine; 5]).unwrap();
    }
    let (first, held) = (seat.id, seat.held);
    seat.activates([7; 5]).unwrap();
    let said = receipt(&mut seat.desk, seat.id, seat.held.0);
    let kept = said.resting.unwrap();
    assert_eq!((said.freed, kept.kept_for), (0, Some(first)));
    assert_eq!(kept.until, Until::Day(NOW.day().plus(30)));
    (seat.id, seat.held) = (first, held);
    let request = seat.request();
    seat.take(&request).unwrap();
    assert_eq!(seat.desk.taken(seat.key), 1);
    // Given up by both, it rests until the grant that was given back can run no more.
    let mut seat = Seat::standalone([1; 5]);
    for machine in 2..=7 {
        seat.returns();
        seat.activates([machine; 5]).unwrap();
    }
    let (first, held) = (seat.id, seat.held);
    seat.activates([7; 5]).unwrap();
    receipt(&mut seat.desk, seat.id, seat.held.0);
    let said = receipt(&mut seat.desk, first, held.0);
    let rests = said.resting.unwrap();
    assert_eq!((said.freed, rests.kept_for, rests.of), (0, None, seat.id));
    assert_eq!(seat.activates([9; 5]).unwrap_err(), "no_seat_free");
    seat.days_pass(31);
    seat.activates([9; 5]).unwrap();
    assert_eq!(seat.desk.findings(), [""; 0]);
}

/// A seat is kept as long as one of those may be at work for whom it is: no longer, when the last of them is given up.
#[test]
fn a_seat_is_kept_no_longer_than_for_those_who_are_left() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let mut ids = Vec::new();
    for (number, until) in [(1, 10), (2, 90), (3, 20)] {
        desk.options.until = Some(NOW.day().plus(until));
        ids.push(desk.respond(&activate(key, 1, number)).unwrap().activation);
    }
    desk.options = Options::default();
    let until = |said: &Receipt| said.resting.map(|it| it.until);
    let said = receipt(&mut desk, ids[2], 3);
    assert_eq!(until(&said), Some(Until::Day(NOW.day().plus(90))));
    let said = receipt(&mut desk, ids[1], 2);
    assert_eq!(until(&said), Some(Until::Day(NOW.day().plus(10))));
    desk.now = NOW.plus(10 * DAY);
    assert_eq!(desk.refusal(&activate(key, 7, 70)), "no_seat_free");
    desk.now = NOW.plus(11 * DAY);
    desk.respond(&activate(key, 7, 71)).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
}

/// What a clerk released as lost holds nobody back, and a RETURN of it that comes late changes that for nobody.
#[test]
fn a_late_return_does_not_undo_a_release() {
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    let first = seat.id;
    seat.activates([5, 1, 1, 5, 1]).unwrap();
    let name = Named::Activation(first, None);
    life::release(&mut seat.desk.ledger, name, "wiped", false, hand(BY)).unwrap();
    assert_eq!(receipt(&mut seat.desk, first, 1).freed, 0);
    seat.says([5, 5, 1, 5, 1]).unwrap();
    seat.says([5, 5, 1, 5, 5]).unwrap();
    let view = products::license(&mut seat.desk.ledger, seat.key).unwrap();
    let activations = view.unwrap().activations;
    assert_eq!(activations[0].runs, Until::OVER);
    let today = seat.now.day();
    let rivals = policy::rivals(&activations[1], &activations, today);
    assert_eq!(rivals.count(), 0);
    assert_eq!(seat.desk.findings(), [""; 0]);
}
