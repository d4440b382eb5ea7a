//! Seats that were given back, and when they are free again; what counts for each of many.

use super::moves::Seat;
use super::*;
use crate::issuer::life::{self, Named};
use crate::issuer::policy::Warning;
use crate::issuer::respond::Effect;

/// Six times a year a seat comes free at once; then when the grant that was given back has run out, or a clerk says so.
#[test]
fn a_seat_is_not_returned_from_machine_to_machine() {
    let mut seat = Seat::standalone([1; 5]);
    for machine in 2..=7 {
        assert_eq!(seat.returns(), Effect::Returned);
        seat.activates([machine; 5]).unwrap();
    }
    assert_eq!(seat.counts(), (0, 0, 6));
    assert_eq!(seat.returns(), Effect::Returned);
    assert_eq!(seat.returns(), Effect::Repeated);
    assert_eq!(seat.desk.taken(seat.key), 0);
    let request = activate(seat.key, 900, 900);
    let refused = seat.desk.respond(&request).unwrap_err();
    assert_eq!(refused.kind().name(), "no_seat_free");
    assert_eq!(seat.desk.findings(), [""; 0]);
    // Its grace is 30 days: on the last of them it is not free, and on the next it is.
    seat.days_pass(30);
    assert_eq!(seat.activates([9; 5]).unwrap_err(), "no_seat_free");
    seat.days_pass(1);
    seat.activates([9; 5]).unwrap();
    assert_eq!(seat.desk.findings(), [""; 0]);
}

#[test]
fn a_clerk_frees_what_was_returned_and_a_perpetual_grant_rests_for_a_year() {
    let forever = OrderTerms {
        grace_days: 0,
        ..terms(1, LicenseType::Standalone)
    };
    let mut seat = Seat::of(&forever, [1; 5]);
    for machine in 2..=7 {
        seat.returns();
        seat.activates([machine; 5]).unwrap();
    }
    seat.returns();
    let name = Named::Activation(seat.id, Some(seat.key));
    seat.days_pass(365);
    assert_eq!(seat.activates([9; 5]).unwrap_err(), "no_seat_free");
    let by = Actor {
        now: seat.now,
        ..BY
    };
    let freed = life::free(
        &mut seat.desk.ledger,
        name,
        "wiped before our eyes",
        hand(by),
    )
    .unwrap();
    assert_eq!((freed.key, freed.freed), (seat.key, 1));
    let again = life::free(&mut seat.desk.ledger, name, "again", hand(by));
    assert_eq!(again.unwrap_err().kind(), "nothing_to_change");
    seat.activates([9; 5]).unwrap();
    assert_eq!(seat.desk.taken(seat.key), 1);
    assert_eq!(seat.desk.findings(), [""; 0]);
    // And by itself, a day later.
    let mut seat = Seat::of(&forever, [1; 5]);
    for machine in 2..=7 {
        seat.returns();
        seat.activates([machine; 5]).unwrap();
    }
    seat.returns();
    seat.days_pass(366);
    seat.activates([9; 5]).unwrap();
}

/// No longer than the grant itself can run.
#[test]
fn a_seat_rests_no_longer_than_its_license_lasts() {
    let last = NOW.day().plus(10);
    let ends = OrderTerms {
        expires: Some(last),
        ..terms(1, LicenseType::Standalone)
    };
    let mut seat = Seat::of(&ends, [1; 5]);
    for machine in 2..=7 {
        seat.returns();
        seat.activates([machine; 5]).unwrap();
    }
    seat.returns();
    let view = products::license(&mut seat.desk.ledger, seat.key);
    let activations = view.unwrap().unwrap().activations;
    let resting: Vec<_> = activations.iter().filter_map(|it| it.resting).collect();
    assert_eq!(
        resting.iter().map(|it| it.until).collect::<Vec<_>>(),
        [Some(last)]
    );
}

#[test]
fn the_manager_frees_a_seat_as_it_is_returned() {
    let mut seat = Seat::standalone([1; 5]);
    for machine in 2..=7 {
        seat.returns();
        seat.activates([machine; 5]).unwrap();
    }
    seat.desk.options.override_reason = Some("a fair".into());
    seat.returns();
    seat.desk.options.override_reason = None;
    seat.activates([9; 5]).unwrap();
    assert_eq!(seat.desk.findings(), [""; 0]);
}

/// Whoever holds all seats alone does not get those that others gave back and that are not free yet.
#[test]
fn a_sync_does_not_take_seats_that_rest() {
    let mut seat = Seat::of(&terms(3, LicenseType::Floating), [1; 5]);
    seat.desk.options.seats = NonZeroU16::new(1);
    let request = seat.request();
    seat.take(&request).unwrap();
    seat.desk.options.seats = None;
    let other = |request| Activate {
        seats: NonZeroU16::new(2),
        ..activate(seat.key, 500, request)
    };
    let requests: Vec<Activate> = (800..810).map(other).collect();
    for request in &requests {
        let id = seat.desk.respond(request).unwrap().activation;
        let number = requests.iter().position(|it| it == request).unwrap() as u64 + 800;
        seat.desk.returned(id, number).unwrap();
        let view = products::license(&mut seat.desk.ledger, seat.key)
            .unwrap()
            .unwrap();
        if view.activations.iter().any(|it| it.resting.is_some()) {
            break;
        }
    }
    assert_eq!(seat.counts().2, 18);
    let request = seat.request();
    seat.take(&request).unwrap();
    assert_eq!(seat.desk.taken(seat.key), 1);
    seat.days_pass(31);
    let request = seat.request();
    seat.take(&request).unwrap();
    assert_eq!(seat.desk.taken(seat.key), 3);
    assert_eq!(seat.desk.findings(), [""; 0]);
}

/// What was released as lost has no seat that could rest, however often the license's seats were returned before it shrank.
#[test]
fn what_was_released_as_lost_does_not_rest_when_it_turns_up() {
    let mut seat = Seat::of(&terms(2, LicenseType::Standalone), [1; 5]);
    for machine in 2..=8 {
        assert_eq!(seat.returns(), Effect::Returned);
        seat.activates([machine; 5]).unwrap();
    }
    let fewer = |before: &OrderTerms, _: &Product| {
        Ok::<_, life::LifeError>(OrderTerms {
            seats: NonZeroU16::MIN,
            ..before.clone()
        })
    };
    life::change(&mut seat.desk.ledger, seat.key, fewer, None, hand(BY)).unwrap();
    let name = Named::Activation(seat.id, Some(seat.key));
    life::release(&mut seat.desk.ledger, name, "stolen", false, hand(BY)).unwrap();
    assert_eq!(seat.returns(), Effect::Returned);
    assert_eq!(seat.counts(), (0, 0, 7));
    assert_eq!(seat.desk.findings(), [""; 0]);
}

/// What stays behind when an activation with many seats moves is all of them.
#[test]
fn a_move_counts_for_every_seat_of_the_activation() {
    let mut seat = Seat::of(&terms(10, LicenseType::Floating), [1; 5]);
    for machine in 2..=3 {
        let said = seat.says([machine; 5]).unwrap();
        assert!(
            matches!(said[..], [Warning::Moved { of: 20, .. }]),
            "{said:?}"
        );
    }
    assert_eq!(seat.counts(), (20, 0, 0));
    assert_eq!(seat.says([4; 5]).unwrap_err(), "held_for_manager");
    let mut seat = Seat::of(&terms(10, LicenseType::Floating), [1; 5]);
    seat.says([1, 1, 2, 2, 1]).unwrap();
    assert_eq!(seat.counts(), (0, 20, 0));
    seat.says([1, 1, 2, 2, 3]).unwrap();
    assert_eq!(seat.counts(), (10, 20, 0));
}
