//! The files of the seats: locked, forged, torn, put aside.

use super::*;

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
    let look = seats.look(&now()).unwrap();
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
    let look = seats.look(&now()).unwrap();
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

/// A user who fills the directories is named; his files are not all read, and his own lease holds nothing behind so many others.
#[cfg(unix)]
#[test]
fn thousands_of_files_of_a_user_keep_nobody_from_a_seat_and_name_him() {
    let site = Site::new();
    let seats = site.seats(2);
    let span = Duration::from_secs(3_600);
    let lease = |secret| {
        let ask = Ask {
            who: &who("anna", "web"),
            features: &[],
            holding: Holding::Lease,
            patience: Duration::ZERO,
            now: &now,
        };
        seats.lease(&ask, span, [secret; 16])
    };
    let own = lease(1).unwrap();
    for number in 0..3_000 {
        for name in [
            format!("records/!{number}"),
            format!("leases/!{number}.seat"),
            format!("tickets/{number:020}-0-1"),
        ] {
            fs::write(site.file(&name), "{").unwrap();
        }
    }
    let began = std::time::Instant::now();
    let look = seats.look(&now()).unwrap();
    let files = look.crowds.iter().map(|it| it.files).sum::<usize>();
    assert_eq!(look.crowds.len(), 1, "{:?}", look.crowds);
    // Those who wait are cleared away by whoever has the gate: the first of them.
    assert!(files >= 3 * 3_000 - 256, "{files}");
    // What others do not see is no lease, and no other is given for it.
    let kept = seats.keep(&own.token, None, &now()).unwrap_err();
    assert_eq!(kept.kind(), "unknown_token");
    assert!(!matches!(lease(2).unwrap_err(), SeatError::NoSeat { .. }));
    // Whoever holds a seat by a process needs none of it.
    let (_one, _two) = (take(&seats).unwrap(), take(&seats).unwrap());
    refused(take(&seats));
    assert!(began.elapsed() < Duration::from_secs(10));
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
    let look = seats.look(&now()).unwrap();
    assert_eq!((look.in_use(), look.back.len()), (0, 1));
    assert_eq!(look.back[0].record.host, "ws-14");
    assert!(seats.look(&at(1_000 + 86_401)).unwrap().back.is_empty());
    assert_eq!(take(&seats).unwrap().number(), 1);
}

/// Where a seat is a user's, nobody shares another's by saying that it is his.
#[test]
fn a_record_that_is_written_by_hand_shares_nobodys_seat() {
    const SLOT: usize = super::slots::SLOT;
    let site = Site::new();
    let seats = site.counting(2, &[], SeatUnit::User);
    let annas = take_as(&seats, &who("anna", "ws-9"), &[]).unwrap();
    let own = take_as(&seats, &who("mallory", "ws-9"), &[]).unwrap();
    assert_eq!([annas.number(), own.number()], [1, 2]);
    let written = fs::read(find(&site.file("records"))).unwrap();
    drop(own);
    fs::write(site.file("records/x"), &written[SLOT..]).unwrap();
    let bob = take_as(&seats, &who("bob", "ws-9"), &[]).unwrap();
    refused(take_as(&seats, &who("mallory", "ws-9"), &[]));
    // Nor does it keep her from what is hers.
    let again = take_as(&seats, &who("bob", "ws-14"), &[]).unwrap();
    assert_eq!(again.number(), bob.number());
}

/// Whoever makes more of them names the home as his own.
#[cfg(unix)]
#[test]
fn seats_that_are_made_later_are_for_all_where_the_first_were() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::new();
    let counted = |seats| Counted {
        seats,
        pools: Vec::new(),
        unit: SeatUnit::Process,
    };
    let mode = |number: u16| {
        let file = fs::metadata(site.file(&format!("seat-{number:05}")));
        file.unwrap().permissions().mode() & 0o777
    };
    let all = Place::of(&Home::new(site.dir.path(), Audience::Everyone), key());
    Seats::open(all, key(), counted(1)).unwrap();
    Seats::open(site.place(), key(), counted(2)).unwrap();
    assert_eq!([mode(1), mode(2)], [0o666; 2]);
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
