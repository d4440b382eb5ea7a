//! Seats that are taken back and kept for somebody. Whoever runs the tests owns the home, and is believed for whom he asks.

use super::leases::lease_at;
use super::rules::{take_by, would};
use super::*;
use crate::failure::FailureKind;

fn keep_for(seats: &Seats, user: &str) -> Hold {
    let hold = seats.hold_of(1, &now()).unwrap();
    let keep = Some((user, Duration::from_secs(120)));
    seats.keep_for(&hold.takes, keep, &now()).unwrap();
    hold
}

/// A lease has no lock, and a loan has none.
#[test]
fn whoever_a_seat_is_kept_for_waits_until_its_lease_has_ended() {
    let site = Site::new();
    let seats = site.seats(1);
    lease_at(&seats, "anna", 1_000, 1).unwrap();
    keep_for(&seats, "bob");
    refused(take_by(&seats, "bob", &[]));
    assert_eq!(seats.look(&now()).unwrap().in_use(), 1);
}

#[test]
fn whoever_a_seat_is_kept_for_does_not_have_it_while_it_is_lent() {
    let site = Site::new();
    let seats = site.seats(1);
    keep_for(&seats, "bob");
    let lent = LentOut {
        loans: vec![Lent {
            loan: 1,
            takes: Picked {
                seat: 1,
                ..Picked::default()
            },
            features: Vec::new(),
            who: "chen".to_owned(),
            issued: NOW,
            until: NOW.plus(86_400).day(),
            free_at: NOW.plus(200_000),
        }],
        lost: Vec::new(),
    };
    seats.set_lent(&lent, NOW).unwrap();
    refused(take_by(&seats, "bob", &[]));
}

/// Whoever has it by then is not who was seen.
#[test]
fn a_lease_that_was_taken_since_is_not_ended() {
    let site = Site::new();
    let seats = site.seats(1);
    let first = lease_at(&seats, "anna", 1_000, 1).unwrap();
    let hold = seats.hold_of(1, &now()).unwrap();
    seats.release(&first.token, &now()).unwrap();
    let second = lease_at(&seats, "anna", 1_001, 2).unwrap();
    let end = |hold: &Hold| {
        let keep = Some(("bob", Duration::from_secs(120)));
        seats.begin_to_take_back(hold, &[], "noon", keep, &at(1_002))
    };
    assert!(!end(&hold).unwrap());
    seats.keep(&second.token, None, &at(1_002)).unwrap();
    // The seat that was leased meanwhile is nobody else's, though it is kept for him.
    refused(take_by(&seats, "bob", &[]));
    assert!(end(&seats.hold_of(1, &at(1_002)).unwrap()).unwrap());
    let _seat = take_by(&seats, "bob", &[]).unwrap();
    let gone = seats.keep(&second.token, None, &at(1_002)).unwrap_err();
    assert_eq!(gone.kind(), "unknown_token");
}

#[cfg(target_os = "linux")]
#[test]
fn several_seats_are_looked_at_at_once() {
    let site = Site::new();
    let seats = site.seats(3);
    let (_one, two) = (take(&seats).unwrap(), take(&seats).unwrap());
    lease_at(&seats, "anna", 1_000, 1).unwrap();
    drop(two);
    let holds = seats.holds_of(&[3, 1, 2, 9], &now()).unwrap();
    let of = |it: &Hold| (it.takes.seat, it.locked, it.holders.len(), it.leases.len());
    let all: Vec<_> = holds.iter().map(of).collect();
    let expected = [
        (3, false, 0, 1),
        (1, true, 1, 0),
        (2, false, 0, 0),
        (9, false, 0, 0),
    ];
    assert_eq!(all, expected);
}

/// Whoever had it before does not count for it any more, though his record names it: his program was ended.
#[test]
fn whoever_a_seat_is_kept_for_has_it_where_no_more_than_some_may() {
    let site = Site::new();
    let seats = site.ruled(2, "max 1 user:anna user:bob");
    let anna = take_by(&seats, "anna", &[]).unwrap();
    let records = find(&site.file("records"));
    let record = fs::read(&records).unwrap();
    drop(anna);
    fs::write(&records, record).unwrap();
    keep_for(&seats, "bob");
    assert!(would(&seats, "bob", &[]).refused.is_none());
    let bob = take_by(&seats, "bob", &[]).unwrap();
    assert_eq!(bob.number(), 1);
    // It counts for him as any other.
    assert_eq!(
        take_by(&seats, "bob", &[]).unwrap_err().kind(),
        FailureKind::Rule
    );
}

/// Whatever the rules reserve: who asks what would be is told so, too.
#[test]
fn a_seat_that_is_kept_goes_before_what_the_rules_reserve() {
    let site = Site::new();
    let seats = site.ruled(1, "reserve 1 user:dana");
    assert!(would(&seats, "bob", &[]).refused.is_some());
    keep_for(&seats, "bob");
    assert!(would(&seats, "bob", &[]).refused.is_none());
    assert!(would(&seats, "dana", &[]).refused.is_some());
    assert!(take_by(&seats, "dana", &[]).is_err());
    let _seat = take_by(&seats, "bob", &[]).unwrap();
}

/// Whoever had the same number before, in this start of the system or another, or took the seat after it was taken back, is told nothing.
#[test]
fn only_whoever_had_the_seat_when_it_was_taken_back_is_told() {
    let site = Site::new();
    let seats = site.seats(1);
    let taken_at = |moment: Moment| {
        let ask = Ask {
            who: &who("anna", "ws-14"),
            features: &[],
            holding: Holding::Process,
            patience: Duration::ZERO,
            now: &|| moment.clone(),
        };
        seats.take(&ask).unwrap()
    };
    let restarted = Moment {
        boot: Some(("other".to_owned(), Duration::from_secs(1_000))),
        ..at(2_000)
    };
    let unknown = |up| Moment {
        boot: None,
        ..at(up)
    };
    let tell = |moment: &Moment| {
        let hold = seats.hold_of(1, moment).unwrap();
        let told = [Process::this()];
        seats
            .begin_to_take_back(&hold, &told, "noon", None, moment)
            .unwrap();
    };
    tell(&at(1_500));
    for (taken, told) in [
        (at(1_400), true),
        (at(1_500), true),
        (at(1_501), false),
        (restarted, false),
        (unknown(1_400), true),
        (unknown(1_501), false),
    ] {
        let seat = taken_at(taken.clone());
        assert_eq!(seat.taken_back().is_some(), told, "{taken:?}");
    }
}
