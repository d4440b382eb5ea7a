//! Seats that are taken back and kept for somebody. Whoever runs the tests owns the home, and is believed for whom he asks.

use super::leases::lease_at;
use super::rules::take_by;
use super::*;

fn keep_for(seats: &Seats, user: &str) -> Hold {
    let hold = seats.hold_of(1, &now()).unwrap();
    let keep = Some((user, Duration::from_secs(120)));
    seats
        .announce(&hold.takes, &[], "noon", keep, &now())
        .unwrap();
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
