//! Seats that are leased, and who waits for one.

use std::fs::File;

use super::*;
use crate::seats::leases::Leases;
use crate::seats::slots::Slots;

pub(super) fn lease_at(seats: &Seats, user: &str, up: u64, byte: u8) -> Result<Leased, SeatError> {
    let ask = Ask {
        who: &who(user, "web"),
        features: &[],
        holding: Holding::Lease,
        patience: Duration::ZERO,
        now: &|| at(up),
    };
    seats.lease(&ask, Duration::from_secs(600), [byte; 16])
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
    assert_eq!(
        seats.look(&now()).unwrap().taken[0].until,
        Some(NOW.plus(600))
    );
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
    assert_eq!(
        seats
            .look(&later("start", 1_001, 900_000))
            .unwrap()
            .in_use(),
        1
    );
    assert_eq!(seats.look(&later("start", 1_600, 0)).unwrap().in_use(), 0);
    // Started again: the whole span again.
    assert_eq!(
        seats
            .look(&later("another", 599, 900_000))
            .unwrap()
            .in_use(),
        1
    );
    assert_eq!(
        seats
            .look(&later("another", 600, 900_000))
            .unwrap()
            .in_use(),
        0
    );
    let kept = seats
        .keep(&leased.token, None, &later("another", 500, 50_000))
        .unwrap();
    assert_eq!(kept.until, NOW.plus(50_600));
    // Without a clock of the start it is the wall clock's.
    let by_wall = |wall| Moment {
        wall: NOW.plus(wall),
        boot: None,
    };
    assert_eq!(seats.look(&by_wall(50_599)).unwrap().in_use(), 1);
    assert_eq!(seats.look(&by_wall(50_600)).unwrap().in_use(), 0);
}

/// His file is his own: he may put it away and back.
#[test]
fn a_lease_that_was_put_away_holds_no_seat_that_others_took_meanwhile() {
    for unit in [SeatUnit::Process, SeatUnit::User] {
        let site = Site::new();
        let seats = site.counting(1, &[("design", 1)], unit);
        let name = |user: &str| site.file(&format!("leases/{user}.seat"));
        let kept = |leased: &Leased| seats.keep(&leased.token, None, &at(1_002)).is_ok();
        let first = lease_at(&seats, "anna", 1_000, 1).unwrap();
        assert!(kept(&first));
        let own = find(&site.file("leases"));
        let away = site.file("away");
        // By another lease, which stays good.
        fs::rename(&own, &away).unwrap();
        let second = lease_at(&seats, "bob", 1_001, 2).unwrap();
        fs::rename(&away, name("x")).unwrap();
        assert!(kept(&second), "{unit:?}");
        fs::rename(&own, name("y")).unwrap();
        fs::rename(name("x"), &own).unwrap();
        assert!(!kept(&first), "{unit:?}");
        fs::remove_file(name("y")).unwrap();
        assert!(kept(&first), "{unit:?}");
        // By a process.
        fs::rename(&own, &away).unwrap();
        let process = take_as(&seats, &who("bob", "ws-9"), &["design"]).unwrap();
        fs::rename(&away, &own).unwrap();
        assert!(!kept(&first), "{unit:?}");
        refused(take_as(&seats, &who("anna", "ws-9"), &[]));
        drop(process);
        assert!(kept(&first));
        // Those who share it are no others.
        if unit == SeatUnit::User {
            let process = take_as(&seats, &who("anna", "ws-9"), &["design"]).unwrap();
            let more = take_as(&seats, &who("anna", "ws-14"), &[]).unwrap();
            assert!(kept(&first));
            drop((process, more));
        }
        // By a loan.
        let lent = LentOut {
            loans: vec![Lent {
                loan: 1,
                takes: Picked {
                    seat: 1,
                    ..Picked::default()
                },
                features: Vec::new(),
                who: String::new(),
                issued: NOW,
                until: NOW.day(),
                free_at: NOW.plus(86_400),
            }],
            lost: Vec::new(),
        };
        seats.set_lent(&lent, NOW).unwrap();
        assert!(!kept(&first));
    }
}

/// One that was over before the system was started again has its time once more, and is behind who took its seat meanwhile.
#[test]
fn a_lease_that_was_over_takes_no_seat_from_a_later_one() {
    let site = Site::new();
    let seats = site.seats(1);
    let old = lease_at(&seats, "anna", 1_000, 1).unwrap();
    let file = find(&site.file("leases"));
    let others = fs::read(&file).unwrap();
    let new = lease_at(&seats, "bob", 1_700, 2).unwrap();
    // Another user's.
    fs::write(site.file("leases/x.seat"), others).unwrap();
    let started = Moment {
        boot: Some(("another".to_owned(), Duration::from_secs(30))),
        ..at(1_800)
    };
    seats.keep(&new.token, None, &started).unwrap();
    fs::rename(site.file("leases/x.seat"), site.file("x")).unwrap();
    fs::rename(&file, site.file("leases/y.seat")).unwrap();
    fs::rename(site.file("x"), &file).unwrap();
    let refused = seats.keep(&old.token, None, &started).unwrap_err();
    assert_eq!(refused.kind(), "unknown_token");
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
    assert_eq!(seats.look(&now()).unwrap().in_use(), 2);
    seats.release(&two.token, &now()).unwrap();
    assert_eq!(seats.look(&now()).unwrap().in_use(), 1);
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
        assert_eq!(seats.look(&now()).unwrap().waiting, 1);
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

/// Within a user namespace the number of everybody else is that of nobody, and one's own may be any.
#[test]
fn a_lease_counts_whatever_its_file_is_called() {
    let site = Site::new();
    let seats = site.seats(1);
    let _leased = lease_at(&seats, "anna", 1_000, 1).unwrap();
    let mut all = fs::read_dir(site.file("leases")).unwrap();
    let own = all.next().unwrap().unwrap().path();
    let named = own.file_name().unwrap().to_str().unwrap();
    let (_, what) = named.split_once('.').unwrap();
    fs::rename(&own, own.with_file_name(format!("77.{what}"))).unwrap();
    refused(take(&seats));
    assert_eq!(seats.look(&now()).unwrap().in_use(), 1);
}

/// One error of a disk gives nobody a seat that another holds.
#[test]
fn a_lease_that_the_disk_does_not_read_counts_as_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("0.seat");
    std::fs::write(&path, [0; 4096]).unwrap();
    let of = |file| Leases {
        files: vec![Slots {
            path: path.clone(),
            file,
            owner: None,
        }],
        unread: Vec::new(),
    };
    assert!(!of(File::open(&path).unwrap()).hold(1, &now()));
    // What is open to be written alone cannot be read.
    let unread = of(File::options().write(true).open(&path).unwrap());
    assert!(unread.hold(1, &now()));
}

/// Of a lease with a module whose file its user put away the token is good for nothing: another may have that seat.
#[test]
fn a_lease_without_its_module_is_not_kept() {
    let site = Site::new();
    let seats = site.counting(2, &[("design", 1)], SeatUnit::Process);
    let leased = |user: &str, byte: u8| {
        let features = ["design".to_owned()];
        let ask = Ask {
            who: &who(user, "web"),
            features: &features,
            holding: Holding::Lease,
            patience: Duration::ZERO,
            now: &|| at(1_000),
        };
        seats.lease(&ask, Duration::from_secs(600), [byte; 16])
    };
    let first = leased("anna", 1).unwrap();
    let leases = site.place().path("leases");
    for entry in fs::read_dir(&leases).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains("pool") {
            fs::remove_file(path).unwrap();
        }
    }
    let second = leased("bob", 2).unwrap();
    let kept = seats.keep(&first.token, None, &at(1_010));
    assert_eq!(kept.unwrap_err().kind(), "unknown_token");
    seats.keep(&second.token, None, &at(1_010)).unwrap();
    // What is left of it is given back by the same token.
    seats.release(&first.token, &at(1_020)).unwrap();
    assert_eq!(seats.look(&at(1_020)).unwrap().in_use(), 1);
}

/// Killed between its writes, a release is done by the same command again.
#[test]
fn a_release_that_is_killed_half_way_leaves_no_module_behind() {
    let site = Site::new();
    let seats = site.counting(2, &[("design", 1)], SeatUnit::Process);
    let features = ["design".to_owned()];
    let ask = Ask {
        who: &who("anna", "web"),
        features: &features,
        holding: Holding::Lease,
        patience: Duration::ZERO,
        now: &|| at(1_000),
    };
    let leased = seats
        .lease(&ask, Duration::from_secs(600), [1; 16])
        .unwrap();
    // The modules are written first: what stands after that write.
    for entry in fs::read_dir(site.place().path("leases")).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains("pool") {
            fs::write(path, [0; 4096]).unwrap();
        }
    }
    seats.release(&leased.token, &at(1_010)).unwrap();
    let look = seats.look(&at(1_010)).unwrap();
    assert_eq!((look.in_use(), look.pools[0].in_use), (0, 0));
}
