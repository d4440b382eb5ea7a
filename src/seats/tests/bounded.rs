//! However much a user writes, what others do comes to so much work and no more.

use super::rules::take_by;
use super::*;
use crate::seats::persons::Persons;
use crate::seats::slots::SLOT;

/// Somebody's record or lease, in a slot of another file of records or leases.
fn forge(site: &Site, from: &str, to: &str, slot: u16) {
    let written = fs::read(find(&site.file(from))).unwrap();
    let whole = fs::File::create(site.file(to)).unwrap();
    let start = u64::from(slot - 1) * SLOT as u64;
    let mut at = &whole;
    std::io::Seek::seek(&mut at, std::io::SeekFrom::Start(start)).unwrap();
    std::io::Write::write_all(&mut at, &written[..SLOT]).unwrap();
}

/// A license of two seats has no third, whatever is written: who keeps to the rules reads none of it.
#[test]
fn records_of_seats_that_there_are_not_are_not_read() {
    let site = Site::new();
    let seats = site.ruled(2, "reserve 1 user:anna");
    let leased = take_by(&seats, "anna", &[]).unwrap();
    forge(&site, "records", "records/x", 60_000);
    drop(leased);
    let who = who("anna", "ws-14");
    let ask = Ask {
        who: &who,
        features: &[],
        holding: Holding::Lease,
        patience: Duration::ZERO,
        now: &now,
    };
    seats.lease(&ask, Duration::from_secs(60), [7; 16]).unwrap();
    forge(&site, "leases", "leases/x.seat", 60_000);
    let rules = seats.rules.as_ref().unwrap();
    let asked = std::cell::RefCell::new(Vec::new());
    let among = |held: &held::Held| {
        asked.borrow_mut().push(held.number);
        true
    };
    let persons = Persons::of(&seats, rules);
    seats.holders(&persons, among, &now(), true).unwrap();
    assert_eq!(*asked.borrow(), [1]);
    let look = seats.look(&now()).unwrap();
    assert!(look.back.iter().all(|it| it.number <= 2), "{:?}", look.back);
}

/// Those of an earlier license that are still held are.
#[test]
fn seats_of_an_earlier_license_are_read_as_long_as_they_are_there() {
    let site = Site::new();
    let seats = site.seats(4);
    let held: Vec<Seat> = (0..4).map(|_| take(&seats).unwrap()).collect();
    let fewer = site.seats(2);
    let look = fewer.look(&now()).unwrap();
    let numbers: Vec<u16> = look.taken.iter().map(|it| it.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    assert!(look.taken.iter().all(|it| it.shown.is_some()));
    drop(held);
}
