//! Seats on a directory of their own. Locks belong to what was opened, so that threads and handles of one process are as good as processes here.

mod bounded;
mod files;
mod leases;
mod ruled;
mod rules;
mod taken_back;
mod used;

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::holder::{Audience, Home};
use crate::license_key::LicenseKey;
use crate::protocol::date::Seconds;
use crate::protocol::product::SeatUnit;

const NOW: Seconds = Seconds(200_000_000);

struct Site {
    dir: tempfile::TempDir,
}

impl Site {
    fn new() -> Site {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("machine")).unwrap();
        Site { dir }
    }

    fn place(&self) -> Place {
        let home = Home::new(self.dir.path(), Audience::Owner);
        Place::of(&home, key())
    }

    fn seats(&self, seats: u16) -> Seats {
        self.counting(seats, &[], SeatUnit::Process)
    }

    fn counting(&self, seats: u16, pools: &[(&str, u16)], unit: SeatUnit) -> Seats {
        let pools = (3..).zip(pools).map(|(index, (name, seats))| Pool {
            index,
            name: (*name).to_owned(),
            seats: *seats,
        });
        let counted = Counted {
            seats,
            pools: pools.collect(),
            unit,
        };
        Seats::open(self.place(), key(), counted).unwrap()
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.place().directory().join(name)
    }
}

fn find(directory: &Path) -> std::path::PathBuf {
    let mut files = fs::read_dir(directory).unwrap();
    files.next().unwrap().unwrap().path()
}

fn key() -> LicenseKey {
    LicenseKey::from_number(12_345_678_901).unwrap()
}

fn at(up: u64) -> Moment {
    let passed = u32::try_from(up).unwrap() - 1_000;
    Moment {
        wall: NOW.plus(passed),
        boot: Some(("start".to_owned(), Duration::from_secs(up))),
    }
}

fn now() -> Moment {
    at(1_000)
}

fn who(user: &str, host: &str) -> Who {
    Who {
        user: user.to_owned(),
        host: host.to_owned(),
        program: "eleccalc".to_owned(),
        process: Process::this(),
    }
}

fn take_as(seats: &Seats, who: &Who, features: &[&str]) -> Result<Seat, SeatError> {
    let features: Vec<String> = features.iter().map(|it| (*it).to_owned()).collect();
    seats.take(&Ask {
        who,
        features: &features,
        holding: Holding::Process,
        patience: Duration::ZERO,
        now: &now,
    })
}

fn take(seats: &Seats) -> Result<Seat, SeatError> {
    take_as(seats, &who("anna", "ws-14"), &[])
}

#[track_caller]
fn refused(taken: Result<Seat, SeatError>) -> SeatError {
    let error = taken.unwrap_err();
    assert_eq!(error.kind(), "no_seat", "{error}");
    error
}

#[test]
fn so_many_seats_and_no_more() {
    let site = Site::new();
    let seats = site.seats(3);
    let held: Vec<Seat> = (0..3).map(|_| take(&seats).unwrap()).collect();
    let mut numbers: Vec<u16> = held.iter().map(Seat::number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3]);
    let error = refused(take(&seats));
    let said = error.to_string();
    assert!(said.starts_with("all 3 seats are in use: anna"), "{said}");
    assert!(said.contains(" at ws-14"), "{said}");
    drop(held);
    assert_eq!(take(&seats).unwrap().number(), 1);
    assert_eq!(seats.look(&now()).unwrap().in_use(), 0);
}

#[test]
fn what_is_seen_is_who_where_since_when() {
    let site = Site::new();
    let seats = site.counting(5, &[("design", 2)], SeatUnit::Process);
    let seat = take_as(&seats, &who("anna", "ws-14"), &["lv", "design"]).unwrap();
    let look = seats.look(&at(1_000 + 3 * 3600)).unwrap();
    assert!(look.exact);
    assert_eq!((look.in_use(), look.free()), (1, 4));
    assert_eq!(look.pools[0].in_use, 1);
    let shown = look.taken[0].shown.clone().unwrap();
    assert_eq!(shown.record.user, "anna");
    assert_eq!(shown.record.host, "ws-14");
    assert_eq!(shown.record.program, "eleccalc");
    assert_eq!(shown.record.features, ["lv", "design"]);
    assert_eq!(shown.record.since(), NOW);
    assert!(shown.lives);
    drop(seat);
    assert!(seats.look(&now()).unwrap().back.is_empty());
}

#[test]
fn a_module_has_seats_of_its_own() {
    let site = Site::new();
    let seats = site.counting(5, &[("design", 2)], SeatUnit::Process);
    let anna = who("anna", "ws-14");
    let held = [(), ()].map(|()| take_as(&seats, &anna, &["design"]).unwrap());
    let said = refused(take_as(&seats, &anna, &["design"])).to_string();
    assert!(
        said.starts_with("all 2 seats of design are in use"),
        "{said}"
    );
    // The refusal holds nothing, and who does not want it is not kept from the others.
    let others: Vec<Seat> = (0..3).map(|_| take(&seats).unwrap()).collect();
    refused(take(&seats));
    drop(held);
    drop(others);
    let _one = take_as(&seats, &anna, &["design"]).unwrap();
    // More seats of a module than of the license are as many as the license has.
    let site = Site::new();
    let seats = site.counting(1, &[("design", 9)], SeatUnit::Process);
    assert_eq!(seats.look(&now()).unwrap().pools[0].seats, 1);
}

#[test]
fn what_one_seat_counts() {
    for (unit, shared) in [
        (SeatUnit::Process, [false, false, false]),
        (SeatUnit::Session, [true, false, false]),
        (SeatUnit::User, [true, true, false]),
        (SeatUnit::Host, [true, false, true]),
    ] {
        let site = Site::new();
        let seats = site.counting(4, &[("design", 2)], unit);
        let first = take_as(&seats, &who("anna", "ws-1"), &["design"]).unwrap();
        let others = [("anna", "ws-1"), ("anna", "ws-2"), ("bob", "ws-1")];
        for ((user, host), shared) in others.into_iter().zip(shared) {
            let other = take_as(&seats, &who(user, host), &["design"]).unwrap();
            assert_eq!(
                other.number() == first.number(),
                shared,
                "{unit:?} {user} {host}"
            );
            let look = seats.look(&now()).unwrap();
            let used = 1 + u16::from(!shared);
            assert_eq!((look.in_use(), look.pools[0].in_use), (used, used));
        }
        // The seat stays until the last of those that share it is gone.
        let second = take_as(&seats, &who("anna", "ws-1"), &[]).unwrap();
        drop(first);
        assert_eq!(seats.look(&now()).unwrap().in_use(), 1, "{unit:?}");
        drop(second);
        assert_eq!(seats.look(&now()).unwrap().in_use(), 0, "{unit:?}");
    }
}

#[test]
fn a_license_that_shrank_lets_run_what_runs() {
    let site = Site::new();
    let four = site.seats(4);
    let mut held: Vec<Seat> = (0..4).map(|_| take(&four).unwrap()).collect();
    let two = site.seats(2);
    two.settle(&now()).unwrap();
    let said = refused(take(&two)).to_string();
    assert!(
        said.starts_with("4 seats are in use, and the license has 2"),
        "{said}"
    );
    // Two are given back, whichever: two are still in use.
    held.drain(..2);
    refused(take(&two));
    held.pop();
    let one = take(&two).unwrap();
    assert!(one.number() <= 2);
    refused(take(&two));
    held.clear();
    two.settle(&now()).unwrap();
    assert!(!site.file("seat-00003").exists());
    let _other = take(&two).unwrap();
    refused(take(&two));
    // It grew.
    let three = site.seats(3);
    assert_eq!(take(&three).unwrap().number(), 3);
}
