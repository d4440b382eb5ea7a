//! A site that lends, at the desk: whose key its loans bear, what it told of them, and when seats that may be out are free.

mod out;
mod over;

use std::num::NonZeroU8;

use super::changes::edit;
use super::life::{DAY, return_code, sync, sync_code};
use super::weak::history_of;
use super::*;
use crate::issuer::life::{self, Named};
use crate::issuer::policy::{self, Warning, Why};
use crate::issuer::respond::Receipt;
use crate::protocol::date::Day;
use crate::protocol::digest::ActivationId;
use crate::protocol::requests::{SiteReport, Sync};

/// The longest loan, in days.
const LONGEST: u8 = 14;

/// A license that lends.
fn lends(seats: u16) -> OrderTerms {
    OrderTerms {
        lend_days: NonZeroU8::new(LONGEST),
        ..terms(seats, LicenseType::Floating)
    }
}

/// A request of machine 1, whose site signs with this key.
fn asks(key: LicenseKey, request: u64, site_key: u8) -> Activate {
    Activate {
        site_key: Some(SigningKey::from_seed(&[site_key; 32]).public()),
        ..activate(key, 1, request)
    }
}

/// A SYNC with what the site tells: how many are out, and the last of them.
fn tells(request: Sync, loans_out: u16, last_serial: u32) -> Sync {
    let head = [u8::try_from(last_serial).unwrap(); 8];
    Sync {
        site: Some(SiteReport {
            loans_out,
            last_serial,
            head,
        }),
        ..request
    }
}

fn after(days: u32) -> Seconds {
    NOW.plus(days * DAY)
}

/// A site as it was activated by request 1 with key 3.
fn site(seats: u16) -> (Desk, LicenseKey, ActivationId) {
    let mut desk = Desk::new();
    let key = desk.sell(&lends(seats));
    let id = desk.respond(&asks(key, 1, 3)).unwrap().activation;
    (desk, key, id)
}

/// One that told on the day after that both its seats are lent, in request 2.
fn both_lent() -> (Desk, LicenseKey, ActivationId) {
    let (mut desk, key, id) = site(2);
    let told = tells(sync(key, id, (1, 1), 2, after(1)), 2, 2);
    assert_eq!(says(&mut desk, &told), []);
    (desk, key, id)
}

/// The warnings of a SYNC that is answered as soon as it is made.
fn says(desk: &mut Desk, request: &Sync) -> Vec<Warning> {
    let reply = desk.reply_at(&sync_code(request), request.clock.max(desk.now));
    reply.unwrap().answer().unwrap().warnings
}

fn receipt(desk: &mut Desk, id: ActivationId, request: u64, now: Seconds) -> Receipt {
    match desk.reply_at(&return_code(id, request), now).unwrap() {
        Reply::Receipt(receipt) => *receipt,
        Reply::Answer(_) => panic!("a return is not answered"),
    }
}

/// What is said of seats that may be lent, and were not known to be.
fn may_be_lent(until: Day) -> Warning {
    Warning::MayBeLent { until, on_loan: 0 }
}

/// Whether another machine is refused on one day and has a seat on the next.
fn free_after(desk: &mut Desk, key: LicenseKey, last: u32) {
    let other = |request| Activate {
        site_key: asks(key, 1, 9).site_key,
        ..activate(key, 700, request)
    };
    let refused = desk.respond_at(&other(700), after(last)).unwrap_err();
    assert_eq!(refused.kind().name(), "no_seat_free");
    desk.respond_at(&other(701), after(last + 1)).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
}

/// A second home on the machine makes a site of its own and asks for the license: the loans of the first go on.
#[test]
fn who_takes_the_place_of_a_site_brings_no_new_key_unasked() {
    let (mut desk, key, _) = both_lent();
    let second = asks(key, 5, 4);
    assert_eq!(desk.refusal(&second), "new_site_key");
    desk.options.accept_site_key_reason = Some("the site was made anew".into());
    let answer = desk.respond(&second).unwrap();
    assert!(answer.warnings.contains(&Warning::NewSiteKey));
    let told = history_of(&mut desk, key);
    assert!(told.iter().any(|it| it.contains("the site was made anew")));
    desk.options.accept_site_key_reason = None;
    // It tells of no loan: the place did.
    let generation = answer.grant.generation;
    let told = tells(
        sync(key, answer.activation, (5, generation), 6, after(2)),
        0,
        0,
    );
    let forgotten = Warning::LoansForgotten {
        known: 2,
        told: Some(0),
    };
    assert_eq!(says(&mut desk, &told), [forgotten]);
    assert_eq!(desk.findings(), [""; 0]);
}

/// The same site asks anew, as a lost answer has it do.
#[test]
fn a_site_that_asks_anew_with_its_key_is_not_held() {
    let (mut desk, key, _) = both_lent();
    let answer = desk.respond(&asks(key, 5, 3)).unwrap();
    assert!(!answer.warnings.contains(&Warning::NewSiteKey));
    let from = (5, answer.grant.generation);
    let told = tells(sync(key, answer.activation, from, 6, after(2)), 2, 2);
    assert_eq!(says(&mut desk, &told), []);
}

/// Neither is the key forgotten by an activation in between that has none.
#[test]
fn the_key_of_a_place_is_held_against_whoever_comes_after_one_without() {
    let (mut desk, key, _) = both_lent();
    edit(&mut desk, key, |terms| terms.lend_days = None).unwrap();
    desk.respond(&activate(key, 1, 5)).unwrap();
    edit(&mut desk, key, |terms| {
        terms.lend_days = NonZeroU8::new(LONGEST);
    })
    .unwrap();
    assert_eq!(desk.refusal(&asks(key, 6, 4)), "new_site_key");
    desk.respond(&asks(key, 7, 3)).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
}

/// Nor held by a SYNC: it is the key of the place, under whichever activation that stands.
#[test]
fn the_key_of_a_place_is_none_that_is_new_to_a_sync() {
    let (mut desk, key, _) = both_lent();
    edit(&mut desk, key, |terms| terms.lend_days = None).unwrap();
    let second = desk.respond(&activate(key, 1, 5)).unwrap();
    let from = (5, second.grant.generation);
    let brings = |seed, to| Sync {
        site_key: Some(SigningKey::from_seed(&[seed; 32]).public()),
        ..sync(key, second.activation, from, to, after(2))
    };
    let refused = desk.reply_at(&sync_code(&brings(4, 6)), after(2));
    assert_eq!(refused.unwrap_err().kind().name(), "new_site_key");
    let taken = desk.reply_at(&sync_code(&brings(3, 7)), after(2));
    assert!(taken.unwrap().answer().unwrap().grant.site);
    assert_eq!(desk.findings(), [""; 0]);
}

/// Of a book under a new key that a clerk took the clerk is told once what it lacks.
#[test]
fn a_book_under_another_key_is_told_of_once() {
    let (mut desk, key, id) = both_lent();
    desk.options.accept_site_key_reason = Some("the site was made anew".into());
    let other = Sync {
        site_key: Some(SigningKey::from_seed(&[4; 32]).public()),
        ..sync(key, id, (2, 2), 3, after(2))
    };
    let forgotten = |told| Warning::LoansForgotten {
        known: 2,
        told: Some(told),
    };
    let said = says(&mut desk, &tells(other, 0, 0));
    assert_eq!(said, [Warning::NewSiteKey, forgotten(0)]);
    let told = tells(sync(key, id, (3, 3), 4, after(3)), 1, 1);
    assert_eq!(says(&mut desk, &told), []);
    // What it told itself it is held against.
    let told = tells(sync(key, id, (4, 4), 5, after(4)), 1, 0);
    let lacks = Warning::LoansForgotten {
        known: 1,
        told: Some(0),
    };
    assert_eq!(says(&mut desk, &told), [lacks]);
    assert_eq!(desk.findings(), [""; 0]);
}

/// It is held against what it ever told the most, whatever it says in between.
#[test]
fn a_book_of_loans_that_was_put_back_is_told_of() {
    let (mut desk, key, id) = both_lent();
    let forgotten = |told| Warning::LoansForgotten { known: 2, told };
    let asks = |nth: u16| {
        let now = after(u32::from(nth));
        sync(key, id, (u64::from(nth), nth), u64::from(nth) + 1, now)
    };
    let lower = tells(asks(2), 0, 1);
    assert_eq!(says(&mut desk, &lower), [forgotten(Some(1))]);
    // A clock says what anybody likes: whoever holds the answer to what was told made this later.
    let back = Sync {
        clock: NOW,
        ..tells(asks(3), 0, 0)
    };
    let said = says(&mut desk, &back);
    assert!(said.contains(&forgotten(Some(0))), "{said:?}");
    // Who lends and says nothing has lent nothing.
    assert_eq!(says(&mut desk, &asks(4)), [forgotten(None)]);
    let mut other = tells(asks(5), 0, 2);
    other.site.as_mut().unwrap().head = [9; 8];
    assert_eq!(says(&mut desk, &other), [forgotten(Some(2))]);
    // That is the one that it has from then on.
    let mut same = tells(asks(6), 0, 2);
    same.site = other.site;
    assert_eq!(says(&mut desk, &same), []);
    let more = tells(asks(7), 1, 3);
    assert_eq!(says(&mut desk, &more), []);
    assert_eq!(desk.findings(), [""; 0]);
}

/// Neither is a license told of that lends nothing any more, nor one whose site never told.
#[test]
fn who_lends_nothing_forgets_nothing() {
    let (mut desk, key, id) = site(2);
    assert_eq!(says(&mut desk, &sync(key, id, (1, 1), 2, after(1))), []);
    let told = tells(sync(key, id, (2, 2), 3, after(2)), 1, 1);
    assert_eq!(says(&mut desk, &told), []);
    edit(&mut desk, key, |terms| terms.lend_days = None).unwrap();
    assert_eq!(says(&mut desk, &sync(key, id, (3, 3), 4, after(3))), []);
}

/// Its first request was under way while it lent and asked again: the later one is answered first.
#[test]
fn mails_that_cross_are_no_book_that_was_put_back() {
    let (mut desk, key, id) = site(2);
    let first = tells(sync(key, id, (1, 1), 2, after(1)), 0, 0);
    let second = tells(sync(key, id, (1, 1), 3, after(2)), 1, 1);
    assert_eq!(says(&mut desk, &second), []);
    desk.options.supersede_reason = Some("two mails".into());
    assert_eq!(says(&mut desk, &first), []);
    desk.options.supersede_reason = None;
    // What it said earlier is not what is held against it then.
    let lower = tells(sync(key, id, (2, 3), 4, after(3)), 0, 0);
    let forgotten = Warning::LoansForgotten {
        known: 1,
        told: Some(0),
    };
    assert_eq!(says(&mut desk, &lower), [forgotten]);
}

#[test]
fn the_seats_of_a_site_rest_until_its_last_loan_is_back() {
    let (mut desk, key, id) = site(2);
    let said = receipt(&mut desk, id, 1, NOW);
    let last = NOW.day().plus(u16::from(LONGEST) + 2);
    assert_eq!(said.warnings, [may_be_lent(last)]);
    assert_eq!(said.freed, 0);
    free_after(&mut desk, key, u32::from(LONGEST) + 2);
}

/// Of two activations in one place the one that was replaced is returned last, and may have lent until then.
#[test]
fn loans_are_waited_for_whichever_activation_is_returned_last() {
    let (mut desk, key, first) = site(2);
    let second = desk.respond(&asks(key, 2, 3)).unwrap().activation;
    receipt(&mut desk, second, 2, NOW);
    let said = receipt(&mut desk, first, 1, after(10));
    assert_eq!(said.freed, 0);
    let last = after(10).day().plus(u16::from(LONGEST) + 2);
    assert_eq!(said.warnings, [may_be_lent(last)]);
    free_after(&mut desk, key, 10 + u32::from(LONGEST) + 2);
}

/// A site that is lost may have lent until the day on which that was said.
#[test]
fn the_seats_of_a_lost_site_rest_until_its_last_loan_is_back() {
    let (mut desk, key, id) = both_lent();
    let name = Named::Activation(id, None);
    let last = u32::from(LONGEST) + 2;
    let rest = {
        let by = Actor {
            now: after(1),
            ..BY
        };
        let said = life::release(&mut desk.ledger, name, "burnt", false, hand(by)).unwrap();
        assert_eq!((said.freed, said.held_by), (0, None));
        said.resting.unwrap()
    };
    assert_eq!((rest.seats, rest.why, rest.of), (2, Why::Lent, id));
    assert_eq!(rest.on_loan, 2, "it told so");
    assert_eq!(rest.until.day(), Some(after(1 + last).day()));
    assert_eq!(desk.taken(key), 0);
    free_after(&mut desk, key, 1 + last);
}

/// The place that it had taken is no reason to keep its seats longer, and a clerk who knows better has them free at once.
#[test]
fn the_seats_of_a_lost_site_are_free_when_a_clerk_says_so() {
    let (mut desk, key, _) = site(2);
    let second = desk.respond(&asks(key, 2, 3)).unwrap().activation;
    let name = Named::Activation(second, None);
    let said = life::release(&mut desk.ledger, name, "burnt", false, hand(BY)).unwrap();
    let rest = said.resting.unwrap();
    assert_eq!((rest.why, rest.kept_for), (Why::Lent, None));
    assert_eq!(rest.on_loan, 0, "it never told of any");
    let freed = life::free(&mut desk.ledger, name, "nothing was lent", hand(BY)).unwrap();
    assert_eq!(freed.freed, 2);
    let other = Activate {
        site_key: asks(key, 1, 9).site_key,
        ..activate(key, 700, 700)
    };
    desk.respond(&other).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
}

/// Two that are returned on one day: the seats rest where they are, for the loans of both.
#[test]
fn seats_that_rest_for_loans_rest_on_when_the_last_is_returned() {
    let (mut desk, key, first) = site(2);
    let second = desk.respond(&asks(key, 2, 3)).unwrap().activation;
    receipt(&mut desk, second, 2, NOW);
    let said = receipt(&mut desk, first, 1, NOW);
    let rest = said.resting.unwrap();
    assert_eq!((rest.of, rest.why, said.freed), (second, Why::Lent, 0));
    assert_eq!(said.warnings, [may_be_lent(rest.until.day().unwrap())]);
    free_after(&mut desk, key, u32::from(LONGEST) + 2);
}

/// So is one that is released as lost after the one that replaced it was returned.
#[test]
fn who_is_lost_last_may_have_lent_last() {
    let (mut desk, key, first) = site(2);
    let second = desk.respond(&asks(key, 2, 3)).unwrap().activation;
    let said = receipt(&mut desk, second, 2, NOW);
    let kept = said.resting.unwrap();
    assert_eq!((kept.of, kept.kept_for), (second, Some(first)));
    let by = Actor {
        now: after(10),
        ..BY
    };
    let name = Named::Activation(first, None);
    let said = life::release(&mut desk.ledger, name, "wiped", false, hand(by)).unwrap();
    let rest = said.resting.unwrap();
    assert_eq!((rest.of, rest.why, said.freed), (second, Why::Lent, 0));
    free_after(&mut desk, key, 10 + u32::from(LONGEST) + 2);
}
