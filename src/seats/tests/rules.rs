//! Seats that are given out by the rules of a site. Whoever runs the tests owns the home, and is believed for whom he takes a seat.

use super::leases::lease_at;
use super::*;
use crate::failure::FailureKind;

impl Site {
    pub(super) fn ruled(&self, seats: u16, rules: &str) -> Seats {
        ruled(self.seats(seats), rules)
    }
}

fn ruled(seats: Seats, rules: &str) -> Seats {
    seats.ruled(Ok(rules.parse().unwrap()), Some("site".to_owned()))
}

pub(super) fn take_by(seats: &Seats, user: &str, features: &[&str]) -> Result<Seat, SeatError> {
    take_as(seats, &who(user, "ws-14"), features)
}

/// The line that refuses, and what it does.
#[track_caller]
fn by_line(taken: Result<Seat, SeatError>) -> (u16, RuledBy) {
    match taken.unwrap_err() {
        SeatError::Rule(ruled) => (ruled.line, ruled.by),
        error => panic!("{error}"),
    }
}

pub(super) fn would(seats: &Seats, user: &str, features: &[&str]) -> Would {
    let features: Vec<String> = features.iter().map(|it| (*it).to_owned()).collect();
    seats
        .would((user, Some("ws-14")), &features, &now())
        .unwrap()
}

#[test]
fn whoever_is_denied_gets_none_and_is_told_by_which_line() {
    let site = Site::new();
    let seats = site.ruled(3, "# nobody else\ndeny user:eve host:ws-9 # left");
    let error = take_by(&seats, "eve", &[]).unwrap_err();
    assert_eq!(error.kind(), FailureKind::Rule);
    let said = error.to_string();
    assert!(said.ends_with("line 2, deny user:eve host:ws-9"), "{said}");
    let (line, by) = by_line(take_as(&seats, &who("anna", "WS-9"), &[]));
    assert_eq!((line, by), (2, RuledBy::Denied));
    let _seat = take_by(&seats, "anna", &[]).unwrap();
    // Not even a share of the seat that somebody else has.
    let shared = ruled(site.counting(3, &[], SeatUnit::Host), "deny user:eve");
    let _seat = take_by(&shared, "anna", &[]).unwrap();
    assert_eq!(by_line(take_by(&shared, "eve", &[])).1, RuledBy::Denied);
    // Nobody waits for what does not pass.
    let waited = shared.take(&Ask {
        who: &who("eve", "ws-14"),
        features: &[],
        holding: Holding::Process,
        patience: Duration::from_secs(3_600),
        now: &now,
    });
    assert_eq!(by_line(waited).1, RuledBy::Denied);
}

#[test]
fn a_reserved_seat_that_is_idle_is_nobody_elses() {
    let site = Site::new();
    let seats = site.ruled(3, "reserve 2 user:anna user:bob");
    let look = seats.look(&now()).unwrap();
    assert_eq!((look.in_use(), look.reserved(), look.free()), (0, 2, 1));
    let eve = take_by(&seats, "eve", &[]).unwrap();
    let (line, by) = by_line(take_by(&seats, "dana", &[]));
    assert_eq!((line, by), (1, RuledBy::Reserved));
    let anna = take_by(&seats, "anna", &[]).unwrap();
    let look = seats.look(&now()).unwrap();
    assert_eq!((look.in_use(), look.reserved(), look.free()), (2, 1, 0));
    let known = &look.reservations[0];
    assert_eq!((known.line, known.seats, known.idle), (1, 2, 1));
    assert_eq!(known.rule, "reserve 2 user:anna user:bob");
    let bob = take_by(&seats, "bob", &[]).unwrap();
    // With none free the seats are in use, and no rule keeps one.
    refused(take_by(&seats, "dana", &[]));
    refused(take_by(&seats, "anna", &[]));
    drop(eve);
    // Beyond what is reserved for them they are as everybody.
    let second = take_by(&seats, "anna", &[]).unwrap();
    drop((anna, bob));
    let look = seats.look(&now()).unwrap();
    assert_eq!((look.reserved(), look.free()), (1, 1));
    let dana = take_by(&seats, "dana", &[]).unwrap();
    assert_eq!(by_line(take_by(&seats, "eve", &[])).1, RuledBy::Reserved);
    drop((second, dana));
}

#[test]
fn no_more_than_some_have_seats_at_once() {
    let site = Site::new();
    let seats = site.ruled(4, "max 2 user:anna user:bob\nmax 1 feature:design");
    let anna = take_by(&seats, "anna", &["design"]).unwrap();
    let (line, by) = by_line(take_by(&seats, "eve", &["lv", "design"]));
    assert_eq!((line, by), (2, RuledBy::Most(1)));
    let bob = take_by(&seats, "bob", &[]).unwrap();
    let error = take_by(&seats, "bob", &[]).unwrap_err().to_string();
    assert!(error.starts_with("2 seats are in use"), "{error}");
    let eve = take_by(&seats, "eve", &[]).unwrap();
    drop(anna);
    let _one = take_by(&seats, "eve", &["design"]).unwrap();
    drop((bob, eve));
}

#[test]
fn the_order_is_denied_reserved_most_free() {
    let site = Site::new();
    let rules =
        "deny user:anna host:ws-9\nreserve 1 user:anna\nmax 1 user:anna\nreserve 1 user:dana";
    let seats = site.ruled(3, rules);
    let denied = who("anna", "ws-9");
    // The first that says something decides, wherever it stands.
    assert_eq!(by_line(take_as(&seats, &denied, &[])).0, 1);
    let seats = site.ruled(
        3,
        "max 1 user:anna\nreserve 2 user:anna\nreserve 1 user:dana",
    );
    let first = take_by(&seats, "anna", &[]).unwrap();
    let second = take_by(&seats, "anna", &[]).unwrap();
    let (line, by) = by_line(take_by(&seats, "anna", &[]));
    assert_eq!((line, by), (1, RuledBy::Most(2)));
    let (line, by) = by_line(take_by(&seats, "eve", &[]));
    assert_eq!((line, by), (3, RuledBy::Reserved));
    drop((first, second));
}

#[test]
fn a_seat_counts_for_the_first_line_that_keeps_one_still() {
    let site = Site::new();
    let seats = site.ruled(3, "reserve 1 user:anna\nreserve 1 user:anna user:bob");
    let anna = take_by(&seats, "anna", &[]).unwrap();
    let idle = || -> Vec<u16> {
        let look = seats.look(&now()).unwrap();
        look.reservations.iter().map(|it| it.idle).collect()
    };
    assert_eq!(idle(), [0, 1]);
    let again = take_by(&seats, "anna", &[]).unwrap();
    assert_eq!(idle(), [0, 0]);
    let bob = take_by(&seats, "bob", &[]).unwrap();
    drop(again);
    assert_eq!(idle(), [0, 0]);
    drop((anna, bob));
    assert_eq!(idle(), [1, 1]);
}

#[test]
fn where_the_license_has_fewer_seats_the_first_lines_keep_theirs() {
    let site = Site::new();
    let seats = site.ruled(
        3,
        "reserve 2 user:anna\nreserve 2 user:bob\nreserve 1 user:dana",
    );
    let look = seats.look(&now()).unwrap();
    let kept: Vec<u16> = look.reservations.iter().map(|it| it.seats).collect();
    assert_eq!(kept, [2, 1, 0]);
    assert_eq!(by_line(take_by(&seats, "dana", &[])).0, 1);
    let _held = ["bob", "anna", "anna"].map(|user| take_by(&seats, user, &[]).unwrap());
    refused(take_by(&seats, "dana", &[]));
}

/// Seats that were in use when they were reserved: what is free is for the first lines.
#[test]
fn where_fewer_are_free_than_are_reserved_the_first_lines_have_them() {
    let site = Site::new();
    let plain = site.seats(2);
    let eve = take_by(&plain, "eve", &[]).unwrap();
    let seats = site.ruled(2, "reserve 1 user:anna\nreserve 1 user:dana");
    for user in ["eve", "dana"] {
        assert_eq!(by_line(take_by(&seats, user, &[])), (1, RuledBy::Reserved));
    }
    let _anna = take_by(&seats, "anna", &[]).unwrap();
    refused(take_by(&seats, "dana", &[]));
    drop(eve);
    let _dana = take_by(&seats, "dana", &[]).unwrap();
}

/// What is written for people can be put away. Whoever does so to his own seat harms those for whom nothing is reserved, or a later line.
#[test]
fn records_that_are_put_away_give_nobody_what_an_earlier_line_reserves() {
    let site = Site::new();
    let seats = site.ruled(3, "reserve 1 user:anna\nreserve 1 user:bob");
    let _first = take_by(&seats, "bob", &[]).unwrap();
    let _second = take_by(&seats, "bob", &[]).unwrap();
    fs::write(find(&site.file("records")), "").unwrap();
    assert_eq!(by_line(take_by(&seats, "bob", &[])).0, 1);
    assert_eq!(by_line(take_by(&seats, "eve", &[])).0, 1);
    let _anna = take_by(&seats, "anna", &[]).unwrap();
}

#[test]
fn a_module_is_reserved_with_the_seat_that_uses_it() {
    let site = Site::new();
    let rules = "reserve 1 user:anna feature:design\nreserve 1 user:dana";
    let seats = ruled(site.counting(4, &[("design", 2)], SeatUnit::Process), rules);
    let look = seats.look(&now()).unwrap();
    let design = &look.pools[0];
    assert_eq!((design.seats, design.in_use, design.reserved), (2, 0, 1));
    let _eve = take_by(&seats, "eve", &["design"]).unwrap();
    // One of the module is free and hers, and so are two seats of the license.
    let (line, _) = by_line(take_by(&seats, "bob", &["design"]));
    assert_eq!(line, 1);
    let _bob = take_by(&seats, "bob", &[]).unwrap();
    assert_eq!(by_line(take_by(&seats, "bob", &[])).0, 1);
    // Without the module nothing is reserved for her.
    assert_eq!(by_line(take_by(&seats, "anna", &[])).0, 1);
    let _anna = take_by(&seats, "anna", &["design"]).unwrap();
    let look = seats.look(&now()).unwrap();
    assert_eq!((look.pools[0].reserved, look.reserved()), (0, 1));
}

#[test]
fn who_shares_a_seat_takes_none() {
    let site = Site::new();
    let rules = "max 1 user:anna\nreserve 2 user:dana\nmax 1 feature:design";
    let seats = ruled(site.counting(3, &[], SeatUnit::User), rules);
    let first = take_by(&seats, "anna", &["design"]).unwrap();
    for features in [&[][..], &["design"]] {
        let more = take_by(&seats, "anna", features).unwrap();
        assert_eq!(more.number(), first.number());
    }
    assert_eq!(would(&seats, "anna", &[]).shares, Some(first.number()));
    // A feature that nobody may use any more is not had by sharing, either.
    let dana = take_by(&seats, "dana", &[]).unwrap();
    assert_eq!(by_line(take_by(&seats, "dana", &["design"])).0, 3);
    drop(first);
    let _more = take_by(&seats, "dana", &["design"]).unwrap();
    drop(dana);
}

#[test]
fn leases_count_and_are_not_kept_by_whoever_is_denied_by_now() {
    let site = Site::new();
    let seats = site.ruled(2, "reserve 1 user:anna\nmax 1 user:bob");
    let leased = lease_at(&seats, "bob", 1_000, 1).unwrap();
    assert_eq!(by_line(take_by(&seats, "bob", &[])).0, 2);
    let anna = lease_at(&seats, "anna", 1_000, 2).unwrap();
    assert_eq!(seats.look(&now()).unwrap().reserved(), 0);
    seats.keep(&leased.token, None, &now()).unwrap();
    let stricter = site.ruled(2, "deny user:bob");
    let kept = stricter.keep(&leased.token, None, &now()).unwrap_err();
    assert_eq!(kept.kind(), FailureKind::Rule);
    stricter.keep(&anna.token, None, &now()).unwrap();
    // It is given back whatever the rules say.
    stricter.release(&leased.token, &now()).unwrap();
}

#[test]
fn a_loan_takes_nothing_that_is_reserved() {
    let site = Site::new();
    let seats = site.ruled(
        2,
        "reserve 1 user:anna\nreserve 1 feature:design\ndeny user:*",
    );
    let lend = |seats: &Seats| seats.could_lend(None, &[], &now());
    match lend(&seats).unwrap_err() {
        SeatError::Rule(it) => assert_eq!((it.line, it.by), (1, RuledBy::Reserved)),
        error => panic!("{error}"),
    }
    lend(&site.ruled(2, "reserve 1 user:anna\nmax 1 host:*\ndeny user:*")).unwrap();
}

#[test]
fn who_waits_for_what_is_reserved_for_others_keeps_nobody_waiting() {
    let site = Site::new();
    let seats = site.ruled(2, "reserve 1 user:anna");
    let eve = take_by(&seats, "eve", &[]).unwrap();
    let place = site.place();
    let dana = std::thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            site.ruled(2, "reserve 1 user:anna").take(&Ask {
                who: &who("dana", "ws-9"),
                features: &[],
                holding: Holding::Process,
                patience: Duration::from_secs(60),
                now: &now,
            })
        });
        while tickets::waiting(&place, false).is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        // Dana waits and came first; the seat of anna is hers all the same.
        let anna = take_by(&seats, "anna", &[]).unwrap();
        drop(eve);
        let dana = waiter.join().unwrap();
        drop(anna);
        dana.unwrap()
    });
    assert_eq!(by_line(take_by(&seats, "bob", &[])).0, 1);
    drop(dana);
}

#[test]
fn without_rules_that_are_known_nobody_gets_a_seat_and_what_is_held_goes_on() {
    let site = Site::new();
    let seats = site.seats(2);
    let leased = lease_at(&seats, "anna", 1_000, 1).unwrap();
    let none = NoRules {
        kind: FailureKind::NotTrusted,
        why: "its signature does not hold".to_owned(),
    };
    let unknown = site.seats(2).ruled(Err(none), None);
    let error = take_by(&unknown, "anna", &[]).unwrap_err();
    assert_eq!(error.kind(), FailureKind::NotTrusted);
    assert!(error.to_string().ends_with("its signature does not hold"));
    let lent = unknown.could_lend(None, &[], &now()).unwrap_err();
    assert_eq!(lent.kind(), FailureKind::NotTrusted);
    let look = unknown.look(&now()).unwrap();
    assert_eq!(look.in_use(), 1);
    assert!(look.no_rules.is_some());
    unknown.release(&leased.token, &now()).unwrap();
}

#[test]
fn what_would_be_is_told_and_nothing_taken() {
    let site = Site::new();
    let seats = site.ruled(2, "deny user:eve\nreserve 1 user:anna\nmax 1 user:bob");
    for _ in 0..2 {
        let anna = would(&seats, "anna", &[]);
        assert_eq!(anna.reserved, Some((2, "reserve 1 user:anna".to_owned())));
        assert!(anna.refused.is_none());
        assert!(would(&seats, "bob", &[]).refused.is_none());
        let eve = would(&seats, "eve", &[]);
        assert_eq!(eve.refused.unwrap().kind(), FailureKind::Rule);
    }
    let _bob = take_by(&seats, "bob", &[]).unwrap();
    let error = would(&seats, "bob", &[]).refused.unwrap().to_string();
    assert!(error.starts_with("1 seat is in use"), "{error}");
    let error = would(&seats, "dana", &[]).refused.unwrap().to_string();
    assert!(error.ends_with("line 2, reserve 1 user:anna"), "{error}");
    let _anna = take_by(&seats, "anna", &[]).unwrap();
    let full = would(&seats, "anna", &[]);
    assert_eq!((full.reserved, full.shares), (None, None));
    assert_eq!(full.refused.unwrap().kind(), FailureKind::NoSeat);
}
