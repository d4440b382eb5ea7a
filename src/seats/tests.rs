//! Seats on a directory of their own. Locks belong to what was opened, so that threads and handles of one process are as good as processes here.

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

fn lease_at(seats: &Seats, user: &str, up: u64, byte: u8) -> Result<Leased, SeatError> {
    let ask = Ask {
        who: &who(user, "web"),
        features: &[],
        holding: Holding::Lease,
        patience: Duration::ZERO,
        now: &|| at(up),
    };
    seats.lease(&ask, Duration::from_secs(600), [byte; 16])
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
    assert_eq!(seats.look(&now()).in_use(), 0);
}

#[test]
fn what_is_seen_is_who_where_since_when() {
    let site = Site::new();
    let seats = site.counting(5, &[("design", 2)], SeatUnit::Process);
    let seat = take_as(&seats, &who("anna", "ws-14"), &["lv", "design"]).unwrap();
    let look = seats.look(&at(1_000 + 3 * 3600));
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
    assert!(seats.look(&now()).back.is_empty());
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
    assert_eq!(seats.look(&now()).pools[0].seats, 1);
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
            let look = seats.look(&now());
            let used = 1 + u16::from(!shared);
            assert_eq!((look.in_use(), look.pools[0].in_use), (used, used));
        }
        // The seat stays until the last of those that share it is gone.
        let second = take_as(&seats, &who("anna", "ws-1"), &[]).unwrap();
        drop(first);
        assert_eq!(seats.look(&now()).in_use(), 1, "{unit:?}");
        drop(second);
        assert_eq!(seats.look(&now()).in_use(), 0, "{unit:?}");
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

#[test]
fn a_lease_is_held_by_its_token_and_by_time() {
    let site = Site::new();
    let seats = site.seats(1);
    let leased = lease_at(&seats, "anna", 1_000, 1).unwrap();
    let token: Token = leased.token.to_string().parse().unwrap();
    assert_eq!(token, leased.token);
    assert_eq!(leased.until, NOW.plus(600));
    refused(take(&seats));
    assert_eq!(seats.look(&now()).taken[0].until, Some(NOW.plus(600)));
    // Kept for as long again, from now.
    let kept = seats.keep(&token, None, &at(1_599)).unwrap();
    assert_eq!(kept.until, NOW.plus(1_199));
    assert!(lease_at(&seats, "bob", 2_198, 2).is_err());
    // Over: the token is nobody's.
    let bobs = lease_at(&seats, "bob", 2_199, 2).unwrap();
    assert_eq!(
        seats.keep(&token, None, &at(2_200)).unwrap_err().kind(),
        "unknown_token"
    );
    assert_eq!(
        seats.release(&token, &at(2_200)).unwrap_err().kind(),
        "unknown_token"
    );
    seats.release(&bobs.token, &at(2_300)).unwrap();
    assert_eq!(
        seats.release(&bobs.token, &at(2_300)).unwrap_err().kind(),
        "unknown_token"
    );
    let _seat = take(&seats).unwrap();
}

#[test]
fn a_lease_goes_by_the_start_of_the_system() {
    let site = Site::new();
    let seats = site.seats(1);
    let leased = lease_at(&seats, "anna", 1_000, 1).unwrap();
    let later = |start: &str, up: u64, wall: u32| Moment {
        wall: NOW.plus(wall),
        boot: Some((start.to_owned(), Duration::from_secs(up))),
    };
    // The wall clock is set, which changes nothing.
    assert_eq!(seats.look(&later("start", 1_001, 900_000)).in_use(), 1);
    assert_eq!(seats.look(&later("start", 1_600, 0)).in_use(), 0);
    // Started again: the whole span again.
    assert_eq!(seats.look(&later("another", 599, 900_000)).in_use(), 1);
    assert_eq!(seats.look(&later("another", 600, 900_000)).in_use(), 0);
    let kept = seats
        .keep(&leased.token, None, &later("another", 500, 50_000))
        .unwrap();
    assert_eq!(kept.until, NOW.plus(50_600));
    // Without a clock of the start it is the wall clock's.
    let by_wall = |wall| Moment {
        wall: NOW.plus(wall),
        boot: None,
    };
    assert_eq!(seats.look(&by_wall(50_599)).in_use(), 1);
    assert_eq!(seats.look(&by_wall(50_600)).in_use(), 0);
}

#[test]
fn leases_of_one_user_share_a_seat_where_a_seat_is_a_user() {
    let site = Site::new();
    let seats = site.counting(2, &[], SeatUnit::User);
    let one = lease_at(&seats, "anna", 1_000, 1).unwrap();
    let two = lease_at(&seats, "anna", 1_000, 2).unwrap();
    assert_eq!(one.token.seat, two.token.seat);
    let process = take_as(&seats, &who("anna", "ws-9"), &[]).unwrap();
    assert_eq!(process.number(), one.token.seat);
    let bob = take_as(&seats, &who("bob", "ws-9"), &[]).unwrap();
    assert_ne!(bob.number(), one.token.seat);
    seats.release(&one.token, &now()).unwrap();
    drop(process);
    assert_eq!(seats.look(&now()).in_use(), 2);
    seats.release(&two.token, &now()).unwrap();
    assert_eq!(seats.look(&now()).in_use(), 1);
}

#[test]
fn who_waits_comes_before_who_does_not() {
    let site = Site::new();
    let seats = site.seats(1);
    let held = take(&seats).unwrap();
    let place = site.place();
    let (waits, took) = std::thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            let seats = site.seats(1);
            seats.take(&Ask {
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
        assert_eq!(seats.look(&now()).waiting, 1);
        drop(held);
        // The seat is free or dana's by now: it is not for who comes along.
        let took = take(&seats);
        (waiter.join().unwrap(), took)
    });
    let dana = waits.unwrap();
    assert_eq!(dana.number(), 1);
    refused(took);
    assert!(fs::read_dir(site.file("tickets")).unwrap().next().is_none());
}

#[test]
fn a_ticket_whose_process_ended_keeps_nobody_waiting() {
    let site = Site::new();
    let seats = site.seats(1);
    let left = site.file("tickets/00000000000000000001-0-4711");
    fs::write(&left, "").unwrap();
    let _seat = take(&seats).unwrap();
    assert!(!left.exists());
}

#[test]
fn whoever_keeps_the_gate_is_waited_for_and_named() {
    let site = Site::new();
    let seats = site.seats(2);
    let _seat = take(&seats).unwrap();
    let gate = fs::File::open(site.file("gate")).unwrap();
    gate.lock().unwrap();
    let error = take(&seats).unwrap_err();
    assert_eq!(error.kind(), "seats_busy");
    #[cfg(target_os = "linux")]
    assert!(
        error
            .to_string()
            .contains(&format!("process {} (", std::process::id())),
        "{error}"
    );
    // Who only looks waits for nobody.
    let look = seats.look(&now());
    assert_eq!((look.exact, look.in_use()), (false, 1));
}

#[test]
fn somebody_who_locks_a_seat_by_hand_takes_one_and_is_named() {
    let site = Site::new();
    let seats = site.seats(2);
    let by_hand = fs::File::open(site.file("seat-00001")).unwrap();
    by_hand.lock_shared().unwrap();
    let _seat = take(&seats).unwrap();
    refused(take(&seats));
    let look = seats.look(&now());
    let first = look.taken[0].clone();
    assert!(first.shown.is_none());
    #[cfg(target_os = "linux")]
    assert!(first.holder().starts_with("process "), "{first:?}");
}

#[test]
fn what_is_forged_or_torn_gives_nobody_a_seat_and_takes_none() {
    let site = Site::new();
    let seats = site.seats(2);
    let _one = take(&seats).unwrap();
    let forge = |name: &str, bytes: &[u8]| fs::write(site.file(name), bytes).unwrap();
    for bytes in [&b"\xff"[..], &[0; 5000], &[b'{'; 5000], &[1; 3], b""] {
        forge("seat.free", bytes);
        forge("records/0", bytes);
        forge("records/77", bytes);
        forge("leases/0.seat", bytes);
        forge("leases/x", bytes);
        forge("tickets/x", bytes);
        forge("tickets/7", bytes);
        let two = take(&seats).unwrap();
        refused(take(&seats));
        drop(two);
    }
    fs::remove_file(site.file("seat.free")).unwrap();
    let _two = take(&seats).unwrap();
    refused(take(&seats));
}

#[test]
fn a_seat_that_was_not_given_back_is_seen_for_a_day() {
    let site = Site::new();
    let seats = site.seats(2);
    let seat = take(&seats).unwrap();
    // As SIGKILL leaves it: the lock is free, and the record stands.
    let records = fs::read(find(&site.file("records"))).unwrap();
    drop(seat);
    fs::write(find(&site.file("records")), &records).unwrap();
    let look = seats.look(&now());
    assert_eq!((look.in_use(), look.back.len()), (0, 1));
    assert_eq!(look.back[0].record.host, "ws-14");
    assert!(seats.look(&at(1_000 + 86_401)).back.is_empty());
    assert_eq!(take(&seats).unwrap().number(), 1);
}

fn find(directory: &Path) -> std::path::PathBuf {
    let mut files = fs::read_dir(directory).unwrap();
    files.next().unwrap().unwrap().path()
}

#[test]
fn a_directory_that_was_put_aside_keeps_nobody_apart() {
    let site = Site::new();
    let seats = site.seats(1);
    let held = take(&seats).unwrap();
    let aside = site.dir.path().join("aside");
    fs::rename(site.place().directory(), &aside).unwrap();
    assert_eq!(take(&seats).unwrap_err().kind(), "seats_not_made");
    // Its owner begins anew: accepted, and said.
    let anew = site.seats(1);
    let _seat = take(&anew).unwrap();
    refused(take(&anew));
    drop(held);
}

#[cfg(unix)]
#[test]
fn locks_for_everybody_are_files_that_everybody_opens_in_a_directory_that_nobody_changes() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("machine")).unwrap();
    let home = Home::new(dir.path(), Audience::Everyone);
    let place = Place::of(&home, key());
    let counted = Counted {
        seats: 2,
        pools: Vec::new(),
        unit: SeatUnit::Process,
    };
    let seats = Seats::open(place.clone(), key(), counted).unwrap();
    let _seat = take(&seats).unwrap();
    let mode = |name: &str| {
        let path = place.directory().join(name);
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    };
    assert_eq!(mode(""), 0o755);
    for name in ["gate", "seat-00001", "seat-00002", "seat.free"] {
        assert_eq!(mode(name), 0o666, "{name}");
    }
    for name in ["records", "leases", "tickets"] {
        assert_eq!(mode(name), 0o1777, "{name}");
    }
    let own = find(&place.directory().join("records"));
    assert_eq!(
        fs::metadata(own).unwrap().permissions().mode() & 0o777,
        0o644
    );
}

#[test]
fn no_line_of_a_token_is_taken_for_another() {
    let token = Token::new(key(), 7, [9; 16]);
    let text = token.to_string();
    assert_eq!(text.parse(), Ok(token));
    for wrong in [
        "",
        "1.2.3",
        "x",
        &text[1..],
        &format!("{text}0"),
        &format!("{text}.1"),
    ] {
        assert_eq!(wrong.parse::<Token>(), Err(NotAToken), "{wrong}");
    }
}
