//! An activation whose place another took by an ACTIVATE that fits: nobody gave it up, so nothing of it is lost, and nothing is had twice.

use std::num::NonZeroU8;

use super::evidence::refusals;
use super::life::{NO_OLD_MAIL, licensed, return_code, sync, sync_code};
use super::moves::Seat;
use super::*;
use crate::issuer::ledger::{EmergencyAllowance, License};
use crate::issuer::life::{self, Named};
use crate::issuer::policy::{Colour, Warning};
use crate::issuer::respond::{Effect, Receipt};
use crate::protocol::digest::ActivationId;
use crate::protocol::requests::Sync;

const DAY: u32 = 86_400;

/// A license of one seat, activated twice on one machine, as somebody does who asked twice or who set it up anew.
fn twice() -> (Desk, LicenseKey, [ActivationId; 2]) {
    let (mut desk, key, first) = licensed(1, LicenseType::Standalone);
    let second = desk.respond(&activate(key, 1, 2)).unwrap().activation;
    (desk, key, [first, second])
}

fn receipt(desk: &mut Desk, id: ActivationId, request: u64) -> Receipt {
    let now = desk.now;
    match desk.reply_at(&return_code(id, request), now).unwrap() {
        Reply::Receipt(receipt) => *receipt,
        Reply::Answer(_) => panic!("a return is not answered"),
    }
}

fn license(desk: &mut Desk, key: LicenseKey) -> License {
    products::license(&mut desk.ledger, key)
        .unwrap()
        .unwrap()
        .license
}

/// Whether another machine gets the seat.
fn is_free(desk: &mut Desk, key: LicenseKey) -> bool {
    let before = desk.options.clone();
    desk.options = Options::default();
    let now = desk.now;
    let other = activate(key, 77, 7_700 + u64::from(now.0));
    let by = Actor { now, ..BY };
    let reply =
        crate::issuer::respond::rehearse(&mut desk.ledger, &code(&other), &desk.options, by);
    desk.options = before;
    match reply {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.kind().name(), "no_seat_free");
            false
        }
    }
}

/// Both codes that the machine gives, in either order, each as often as it may come: the seat is free once both are in, and not before.
#[test]
fn who_asked_twice_gives_both_back_without_anybody() {
    for order in [[0, 1], [1, 0]] {
        for times in [1, 3] {
            let (mut desk, key, ids) = twice();
            let [one, other] = order;
            let said: Vec<Receipt> = (0..times)
                .map(|_| receipt(&mut desk, ids[one], one as u64 + 1))
                .collect();
            assert_eq!(said[0].effect, Effect::Returned);
            assert_eq!(said[0].freed, 0);
            match &said[0].warnings[..] {
                [Warning::HeldBy(by)] => assert_eq!((one, *by), (0, ids[1])),
                [Warning::KeptFor { of, before, until }] => {
                    assert_eq!((one, *of, *before), (1, ids[1], ids[0]));
                    assert_eq!(until.day(), Some(NOW.day().plus(30)));
                }
                others => panic!("{others:?}"),
            }
            assert!(said[1..].iter().all(|it| it.effect == Effect::Repeated));
            assert!(!is_free(&mut desk, key));
            let said: Vec<Receipt> = (0..times)
                .map(|_| receipt(&mut desk, ids[other], other as u64 + 1))
                .collect();
            assert_eq!((said[0].effect, said[0].freed), (Effect::Returned, 1));
            assert_eq!(said[0].warnings, []);
            assert!(said[1..].iter().all(|it| it.freed == 0));
            assert_eq!(receipt(&mut desk, ids[one], one as u64 + 1).freed, 0);
            assert!(is_free(&mut desk, key));
            assert_eq!(desk.taken(key), 0);
            let returns = license(&mut desk, key).counts.returns;
            assert_eq!(returns.count(NOW.day()), 1);
            assert_eq!(refusals(&mut desk, key), []);
            assert_eq!(desk.findings(), [""; 0]);
        }
    }
}

/// One of both codes is lost: the seat of the machine that goes on stays, and what was given up for good is free once the other can be at work no more.
#[test]
fn a_lost_return_delays_and_costs_nothing() {
    let (mut desk, key, [first, second]) = twice();
    receipt(&mut desk, first, 1);
    assert_eq!(desk.taken(key), 1);
    // Nobody is in its way any more: its own RETURN frees at once.
    assert_eq!(receipt(&mut desk, second, 2).freed, 1);
    let (mut desk, key, [first, second]) = twice();
    receipt(&mut desk, second, 2);
    desk.now = NOW.plus(30 * DAY);
    assert!(!is_free(&mut desk, key));
    desk.now = NOW.plus(31 * DAY);
    assert!(is_free(&mut desk, key));
    // It comes late: that is taken, and frees nothing a second time.
    assert_eq!(receipt(&mut desk, first, 1).freed, 0);
    assert!(is_free(&mut desk, key));
    assert_eq!(desk.findings(), [""; 0]);
}

/// A clerk who knows that it is gone releases it: that one and no other.
#[test]
fn what_was_replaced_is_released_alone() {
    let (mut desk, key, [first, second]) = twice();
    receipt(&mut desk, second, 2);
    let name = Named::Activation(first, None);
    let released = life::release(&mut desk.ledger, name, "wiped", false, hand(BY)).unwrap();
    assert_eq!((released.activation, released.freed), (first, 1));
    assert!(is_free(&mut desk, key));
    let (mut desk, key, [first, second]) = twice();
    let released = life::release(&mut desk.ledger, name, "wiped", false, hand(BY)).unwrap();
    assert_eq!((released.freed, released.held_by), (0, Some(second)));
    desk.sync(&sync(key, second, (2, 2), 3, NOW)).unwrap();
    let over = desk.sync(&sync(key, first, (1, 1), 4, NOW)).unwrap_err();
    assert_eq!(over.kind(), "given_up");
    assert_eq!(receipt(&mut desk, second, 3).freed, 1);
    assert_eq!(desk.findings(), [""; 0]);
}

/// Three in one place, given back in every order: free with the last.
#[test]
fn three_in_one_place_are_free_with_the_last() {
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let (mut desk, key, [first, second]) = twice();
        let third = desk.respond(&activate(key, 1, 3)).unwrap().activation;
        let ids = [first, second, third];
        for (nth, which) in order.into_iter().enumerate() {
            let said = receipt(&mut desk, ids[which], which as u64 + 1);
            assert_eq!(said.freed, u16::from(nth == 2), "{order:?} {nth}");
            assert_eq!(is_free(&mut desk, key), nth == 2, "{order:?} {nth}");
        }
        assert_eq!(desk.findings(), [""; 0]);
    }
}

/// Where a seat is free both have one, GREEN, and the clerk hears of it in a sentence.
#[test]
fn where_a_seat_is_free_both_have_one() {
    let (mut desk, key, first) = licensed(2, LicenseType::Standalone);
    let second = desk.respond(&activate(key, 1, 2)).unwrap().activation;
    assert_eq!(desk.taken(key), 1);
    let answer = desk
        .sync(&sync(key, first, (1, 1), 3, NOW.plus(9)))
        .unwrap();
    assert_eq!(answer.effect, Effect::Synced(Colour::Green));
    assert_eq!(answer.warnings, [Warning::Beside(second)]);
    assert_eq!(
        answer.grant.generation, 3,
        "later than what the other holds"
    );
    assert_eq!(desk.taken(key), 2);
    // From now on each is by itself.
    let goes_on = desk.sync(&sync(key, second, (2, 2), 4, NOW.plus(20)));
    assert_eq!(goes_on.unwrap().warnings, []);
    let goes_on = desk.sync(&sync(key, first, (3, 3), 5, NOW.plus(30)));
    assert_eq!(goes_on.unwrap().warnings, []);
    assert_eq!(receipt(&mut desk, second, 4).freed, 1);
    assert_eq!(receipt(&mut desk, first, 5).freed, 1);
    assert_eq!((desk.taken(key), refusals(&mut desk, key)), (0, vec![]));
    assert_eq!(desk.findings(), [""; 0]);
}

/// Within its own chain the fork rule holds: a copy is RED whatever took whose place, and a free seat is not for it.
#[test]
fn a_copy_is_red_in_a_place_that_another_took() {
    let (mut desk, key, first) = licensed(2, LicenseType::Standalone);
    for (from, to) in [((1, 1), 2), ((2, 2), 3), ((3, 3), 4)] {
        let asked = NOW.plus(to as u32);
        desk.sync(&sync(key, first, from, to, asked)).unwrap();
    }
    desk.respond(&activate(key, 1, 9)).unwrap();
    let later = NOW.plus(4 + NO_OLD_MAIL);
    let copy = sync(key, first, (2, 2), 10, later);
    let refused = desk.sync_at(&copy, later).unwrap_err();
    assert!(refused.to_string().starts_with("red: "), "{refused}");
    assert_eq!(desk.taken(key), 1);
}

/// An old mail of the machine that was set up anew takes no seat unasked.
#[test]
fn old_mail_takes_no_free_seat() {
    let (mut desk, key, first) = licensed(2, LicenseType::Standalone);
    let anew = Activate {
        clock: NOW.plus(60),
        ..activate(key, 1, 2)
    };
    desk.respond(&anew).unwrap();
    let late = desk.sync(&sync(key, first, (1, 1), 3, NOW.plus(60)));
    assert_eq!(late.unwrap_err().kind(), "needs_supersede");
    assert_eq!(desk.taken(key), 1);
}

/// None is free: a clerk who asked there gives it the place, four times a year for all that share it, and the other one asks then.
#[test]
fn where_none_is_free_a_clerk_decides() {
    let (mut desk, key, ids) = twice();
    let mut held = [(1, 1), (2, 2)];
    for turn in 0..6_usize {
        let (who, to) = (turn % 2, turn as u64 + 10);
        let asks: Sync = sync(key, ids[who], held[who], to, NOW.plus(to as u32));
        desk.options.supersede_reason = None;
        let refused = desk.sync(&asks).unwrap_err();
        assert_eq!(refused.kind(), "needs_supersede", "{turn}");
        desk.options.supersede_reason = Some("two accounts".into());
        if turn >= 4 {
            let refused = desk.sync(&asks).unwrap_err();
            assert!(refused.to_string().starts_with("yellow: "), "{refused}");
            assert_eq!(refused.kind(), "held_for_manager");
            desk.options.override_reason = Some("two accounts".into());
        }
        let answer = desk.sync(&asks).unwrap();
        desk.options = Options::default();
        assert_eq!(answer.effect, Effect::Synced(Colour::Yellow));
        held[who] = (to, answer.grant.generation);
        assert_eq!(desk.taken(key), 1);
    }
    assert_eq!(desk.findings(), [""; 0]);
}

/// Set up anew on the same machine while its seat is kept for the one before: the seat is its own.
#[test]
fn a_seat_that_is_kept_is_had_by_an_activation_that_fits() {
    let (mut desk, key, [first, second]) = twice();
    receipt(&mut desk, second, 2);
    assert_eq!(desk.refusal(&activate(key, 5, 50)), "no_seat_free");
    let third = desk.respond(&activate(key, 1, 3)).unwrap();
    assert_eq!(
        (third.effect, third.grant.generation),
        (Effect::Replaced, 3)
    );
    assert_eq!(receipt(&mut desk, first, 1).freed, 0);
    assert_eq!(receipt(&mut desk, third.activation, 3).freed, 1);
    assert_eq!((desk.taken(key), desk.findings()), (0, vec![]));
}

/// What was taken in its place is kept as long as it may be at work: emergency codes that may have been read out are reckoned with.
#[test]
fn a_seat_is_kept_as_long_as_the_telephone_reaches() {
    let mut desk = Desk::new();
    let days = NonZeroU8::new(7).unwrap();
    let steps = NonZeroU8::new(4).unwrap();
    let key = desk.sell(&OrderTerms {
        emergency: Some(EmergencyAllowance { steps, days }),
        ..terms(1, LicenseType::Standalone)
    });
    desk.respond(&activate(key, 1, 1)).unwrap();
    let second = desk.respond(&activate(key, 1, 2)).unwrap().activation;
    receipt(&mut desk, second, 2);
    desk.now = NOW.plus(58 * DAY);
    assert!(!is_free(&mut desk, key));
    desk.now = NOW.plus(59 * DAY);
    assert!(is_free(&mut desk, key));
}

/// All of it in one batch, and one by one: the same words.
#[test]
fn in_one_batch_it_is_as_one_by_one() {
    let (_, key, [first, second]) = twice();
    let codes = vec![
        code(&activate(key, 1, 1)),
        code(&activate(key, 1, 2)),
        sync_code(&sync(key, second, (2, 2), 3, NOW.plus(5))),
        sync_code(&sync(key, first, (1, 1), 4, NOW.plus(6))),
        return_code(second, 3),
        sync_code(&sync(key, first, (1, 1), 5, NOW.plus(7))),
        return_code(first, 5),
        code(&activate(key, 9, 90)),
    ];
    let fresh = || {
        let mut desk = Desk::new();
        assert_eq!(desk.sell(&terms(1, LicenseType::Standalone)), key);
        desk
    };
    let told = super::batches::told(&codes, fresh);
    assert_eq!(
        told,
        [
            "activated",
            "replaced",
            "green",
            "needs_supersede",
            "returned",
            "green",
            "returned",
            "activated"
        ]
    );
}

/// Three parts of five are enough to take a place. Whoever knows them from a mail does not carry it to a machine of his own with the next request.
#[test]
fn a_place_is_not_carried_elsewhere_part_by_part() {
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    seat.activates([5, 1, 1, 5, 1]).unwrap();
    for own in [[5, 0, 0, 5, 0], [5, 5, 0, 5, 0], [5, 5, 5, 5, 5]] {
        assert_eq!(seat.says(own), Err("needs_supersede"), "{own:?}");
    }
    // Nor with another activation, which two parts of the one and three of the other fit.
    assert_eq!(
        seat.activates([5, 5, 1, 5, 5]).unwrap_err(),
        "needs_supersede"
    );
    // A repair of the machine itself is one.
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    seat.activates([1, 1, 1, 1, 1]).unwrap();
    seat.says([5, 1, 1, 1, 1]).unwrap();
}

/// Who gave up his own does not leave the place to whoever took it with what a mail said.
#[test]
fn a_place_that_was_given_up_is_not_carried_elsewhere_either() {
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    let victim = seat.id;
    seat.activates([1, 1, 1, 1, 1]).unwrap();
    let taken = return_code(victim, 1);
    seat.desk.reply_at(&taken, seat.now).unwrap();
    assert_eq!(seat.says([5, 5, 5, 5, 5]), Err("needs_supersede"));
    seat.says([1, 1, 1, 1, 1]).unwrap();
}

/// Who had the place first is not held to the parts of whoever took it, neither with a clerk's word nor when that one gave up.
#[test]
fn the_first_is_not_held_to_the_parts_of_who_came_after() {
    let mut seat = Seat::standalone([1, 1, 1, 1, 1]);
    let first = seat.id;
    seat.activates([5, 1, 1, 5, 1]).unwrap();
    let second = seat.id;
    let now = seat.now;
    seat.desk.reply_at(&return_code(second, 2), now).unwrap();
    (seat.id, seat.held) = (first, (1, 1));
    seat.says([1, 1, 1, 1, 2]).unwrap();
    // Set up anew on the same machine, with other parts than the other had.
    seat.activates([2, 1, 1, 1, 2]).unwrap();
}

/// A RETURN is judged as a SYNC of the same answer would be: a machine whose mails crossed is no copy.
#[test]
fn a_return_is_judged_as_a_sync_is() {
    let (mut desk, key, id) = licensed(1, LicenseType::Standalone);
    desk.options.override_reason = Some("the secret was lost".into());
    desk.sync(&sync(key, id, (99, 1), 2, NOW.plus(60))).unwrap();
    desk.options = Options::default();
    assert_eq!(receipt(&mut desk, id, 1).freed, 1);
    assert_eq!(desk.findings(), [""; 0]);
}

/// Neither a RETURN nor another ACTIVATE begins the count of a place anew.
#[test]
fn what_clerks_superseded_stays_with_the_place() {
    let (mut desk, key, ids) = twice();
    let mut held = [(1, 1), (2, 2)];
    for turn in 0..4_usize {
        let (who, to) = (turn % 2, turn as u64 + 10);
        let asks = sync(key, ids[who], held[who], to, NOW.plus(to as u32));
        desk.options.supersede_reason = Some("two accounts".into());
        held[who] = (to, desk.sync(&asks).unwrap().grant.generation);
    }
    desk.options = Options::default();
    receipt(&mut desk, ids[1], held[1].0);
    let kept = sync(key, ids[0], held[0], 20, NOW.plus(60));
    held[0] = (20, desk.sync(&kept).unwrap().grant.generation);
    desk.respond(&activate(key, 1, 21)).unwrap();
    desk.options.supersede_reason = Some("two accounts".into());
    let fifth = desk.sync(&sync(key, ids[0], held[0], 22, NOW.plus(120)));
    assert_eq!(fifth.unwrap_err().kind(), "held_for_manager");
}
