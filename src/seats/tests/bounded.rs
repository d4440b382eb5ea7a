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

/// Whoever wrote later that a seat is his, while his process runs, is shown; he who has it has not lost it for that.
#[test]
fn a_seat_that_somebody_has_is_not_noted_as_back() {
    let site = Site::new();
    let seats = site.seats(1);
    let held = take(&seats).unwrap();
    let written = fs::read_to_string(find(&site.file("records"))).unwrap();
    let since = format!("\"since\":{}", NOW.0);
    let later = format!("\"since\":{}", NOW.0 + 9);
    assert!(written.contains(&since), "{written}");
    fs::write(site.file("records/x"), written.replace(&since, &later)).unwrap();
    let look = seats.look(&at(1_020)).unwrap();
    assert_eq!(look.in_use(), 1);
    assert!(look.back.is_empty(), "{:?}", look.back);
    let log = || fs::read_to_string(find(&site.file("log"))).unwrap();
    assert!(!log().contains("\tover\t"), "{}", log());
    // Nor of one whose process has ended, as long as somebody has the seat.
    let ended = written
        .replace(&since, &later)
        .replace("\"began\":", "\"began\":7");
    fs::write(site.file("records/x"), ended).unwrap();
    seats.look(&at(1_020)).unwrap();
    assert!(!log().contains("\tover\t"), "{}", log());
    held.give_back(&at(1_030));
    seats.look(&at(1_040)).unwrap();
    seats.look(&at(1_050)).unwrap();
    assert_eq!(log().matches("\tover\t").count(), 1, "{}", log());
}

/// What others did leaves room in a log for what its user does, and for what is lent. Where accounts have no numbers there are no others.
#[cfg(unix)]
#[test]
fn what_was_seen_of_others_fills_no_log() {
    let site = Site::new();
    let seats = site.seats(1);
    take(&seats).unwrap().give_back(&now());
    let own = find(&site.file("log"));
    let ours = seats.place.user();
    let others = ours.map(|user| user + 1);
    let line = "over\t1\t7\t5\t9\n".repeat(220_000);
    fs::write(&own, format!("1\t{}", line.replace('\n', "\n1\t"))).unwrap();
    let size = || fs::metadata(&own).unwrap().len();
    let full = size();
    assert!(full > 3 << 20 && full < 4 << 20, "{full}");
    let over = |account| event::Event::Over {
        account,
        seat: 1,
        process: 7,
        since: NOW,
    };
    seats.place.note(NOW, over(others));
    assert_eq!(size(), full);
    seats.place.note(NOW, over(ours));
    let more = size();
    assert!(more > full);
    let (seat, loan, until) = (1, 1, NOW);
    seats
        .place
        .note(NOW, event::Event::Lent { seat, loan, until });
    assert!(size() > more);
}

/// That a seat came back is looked up in what was noted since it was taken.
#[test]
fn what_came_back_is_looked_up_in_its_months_alone() {
    let site = Site::new();
    let seats = site.seats(1);
    drop(take(&seats).unwrap());
    let own = find(&site.file("log"));
    let name = own.file_name().unwrap().to_str().unwrap();
    let user = name.split('.').next().unwrap();
    fs::write(
        site.file(&format!("log/{user}.2025-01")),
        "1\treturned\t1\n",
    )
    .unwrap();
    fs::write(
        site.file(&format!("log/{user}~1.2026-05")),
        "2\treturned\t1\n",
    )
    .unwrap();
    let lines = seats.place.own_lines((NOW, NOW.plus(1)));
    let returned = |line: &event::Line| matches!(line.event, event::Event::Returned { .. });
    assert_eq!(lines.iter().filter(|it| returned(it)).count(), 1);
    assert!(own.to_str().unwrap().ends_with("2026-05"), "{own:?}");
}

/// Whoever writes little in many lines and files has room for so many, of his last months.
#[test]
fn of_an_account_so_many_lines_are_read_and_it_is_said_where_there_are_more() {
    let site = Site::new();
    let seats = site.seats(1);
    let taken = |minute: u32| format!("{}\ttaken\t1\t7\tu{minute}\t\t\t\n", NOW.0 - minute);
    let user = seats
        .place
        .user()
        .map_or(String::new(), |it| it.to_string());
    let write = |name: &str, text: String| {
        fs::create_dir_all(site.file("log")).unwrap();
        fs::write(site.file(&format!("log/{user}{name}")), text).unwrap();
    };
    write(".2026-05", taken(1) + &"1\n".repeat(249_998));
    write(".2026-04", taken(2) + &taken(3));
    write(".2026-03", taken(4));
    let report = seats.report(&now()).unwrap();
    let unfit: Vec<&Unfit> = report.unfit.values().collect();
    assert_eq!((unfit.len(), unfit[0].left_out), (1, 2), "{unfit:?}");
    let whole = (Seconds(0), NOW.plus(1));
    let rows = report.usage(By::User, whole).rows;
    let mut names: Vec<&str> = rows.iter().map(|row| &row.name[..2]).collect();
    names.sort_unstable();
    assert_eq!(names, ["u1", "u2"]);
}

/// Others wait at the gate no longer for what is written to look back.
#[test]
fn nothing_is_noted_while_the_gate_is_kept() {
    let site = Site::new();
    let seats = site.seats(1);
    let who = who("anna", "ws-14");
    let leased = |up: u64| {
        let moment = move || at(up);
        let ask = Ask {
            who: &who,
            features: &[],
            holding: Holding::Lease,
            patience: Duration::ZERO,
            now: &moment,
        };
        seats.lease(&ask, Duration::from_secs(60), [7; 16]).unwrap()
    };
    leased(1_000);
    // The first is over by then.
    let second = leased(1_100);
    seats.release(&second.token, &at(1_110)).unwrap();
    let picked = LentOut {
        loans: vec![Lent {
            loan: 1,
            takes: Picked::default(),
            until: NOW.plus(86_400).day(),
            free_at: NOW.plus(86_400),
            features: Vec::new(),
            who: String::new(),
            issued: NOW,
        }],
        lost: Vec::new(),
    };
    seats.set_lent(&picked, NOW).unwrap();
    let log = fs::read_to_string(find(&site.file("log"))).unwrap();
    let words: Vec<&str> = log.lines().filter_map(|it| it.split('\t').nth(1)).collect();
    assert_eq!(
        words,
        ["taken", "over", "taken", "given_back", "lent"],
        "{log}"
    );
    assert_eq!(gate::kept::noted_under_it(), 0);
}

/// Two hundred who wait leave the processor to the one who decides: each looks again a few dozen times a second, and seldom more.
#[test]
fn who_waits_at_the_gate_looks_seldom() {
    let site = Site::new();
    let seats = site.seats(1);
    let gate = seats.gate().unwrap();
    let before = gate::kept::tries();
    assert_eq!(take(&seats).unwrap_err().kind(), "seats_busy");
    let tries = gate::kept::tries() - before;
    assert!((20..=60).contains(&tries), "{tries}");
    drop(gate);
}
