//! Seats that are taken back and kept for somebody. Whoever runs the tests owns the home, and is believed for whom he asks.

use super::leases::lease_at;
use super::rules::take_by;
use super::*;

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
    take_by(&seats, "bob", &[]).unwrap();
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
