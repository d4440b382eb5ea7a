//! What goes on for a while only: where its beginning cannot be kept it does not begin, and what is kept anywhere counts.

use super::super::lock::Lock;
use super::super::report::{Closed, Refusal, State};
use super::super::warning::Warning;
use super::session::{again, name, start};
use super::*;

fn demo(days: u16) -> Vendor {
    let mut vendor = Vendor::new(1);
    vendor.product.demo_days = days;
    vendor
}

fn refused(report: &CheckReport) -> &'static str {
    report
        .refusal
        .as_ref()
        .map_or("allowed", |it| it.kind().name())
}

/// Files where the directories should be: also root cannot write there.
fn block(computer: &Computer, paths: &[&str]) {
    for path in paths {
        let path = computer.path(path);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::write(path, "").unwrap();
    }
}

fn demo_not_kept(report: &CheckReport) -> Option<Closed> {
    match report.refusal {
        Some(Refusal::DemoNotKept { why, .. }) => Some(why),
        _ => None,
    }
}

#[test]
fn a_demo_that_can_be_kept_nowhere_does_not_begin() {
    let vendor = demo(5);
    let computer = Computer::with(&vendor, 1);
    block(&computer, &["home/machine/demo", "anchor", "anchor of all"]);
    for _ in 0..2 {
        let report = computer.check(&vendor);
        assert_eq!(
            (report.state, refused(&report)),
            (State::Unlicensed, "demo_not_kept")
        );
        assert_eq!(demo_not_kept(&report), Some(Closed::Denied));
        assert!(matches!(report.warnings.last(), Some(Warning::NotKept(_))));
    }
}

/// Each of the three places is enough, and what it says counts for whoever comes by another home.
#[test]
fn a_demo_is_kept_wherever_it_can_be() {
    let places = ["home/machine/demo", "anchor", "anchor of all"];
    for open in 0..3 {
        let vendor = demo(5);
        let computer = Computer::with(&vendor, 1);
        let closed: Vec<&str> = places
            .into_iter()
            .enumerate()
            .filter(|(nth, _)| *nth != open)
            .map(|(_, place)| place)
            .collect();
        block(&computer, &closed);
        assert_eq!(
            computer.check(&vendor).state,
            State::Demo,
            "{}",
            places[open]
        );
        let over = computer.check_at(&vendor, noon().plus(5 * DAY));
        assert_eq!(refused(&over), "demo_over", "{}", places[open]);
    }
}

/// Root's first look is kept for those who may write nowhere.
#[test]
fn what_another_kept_in_the_computers_anchor_counts() {
    let vendor = demo(5);
    let mut computer = Computer::with(&vendor, 1);
    computer.home =
        Home::new(&computer.path("home"), Audience::Everyone).with_anchors(anchors(&computer.dir));
    assert_eq!(computer.check(&vendor).state, State::Demo);
    block(&computer, &["home/machine/demo", "anchor"]);
    std::fs::create_dir(computer.path("anchor of all/lock.away")).unwrap();
    std::fs::remove_file(computer.path("anchor of all/lock")).unwrap();
    std::fs::create_dir(computer.path("anchor of all/lock")).unwrap();
    let report = computer.check_at(&vendor, noon().plus(DAY));
    assert_eq!((report.state, report.days_left), (State::Demo, Some(3)));
    assert_eq!(
        refused(&computer.check_at(&vendor, noon().plus(5 * DAY))),
        "demo_over"
    );
}

#[test]
fn a_lock_that_somebody_holds_begins_no_demo() {
    let vendor = demo(5);
    let computer = Computer::with(&vendor, 1);
    let held = [
        Lock::wait(computer.home.directory(), Audience::Owner).unwrap(),
        Lock::wait(&computer.path("anchor"), Audience::Owner).unwrap(),
    ];
    let report = computer.check(&vendor);
    assert_eq!(demo_not_kept(&report), Some(Closed::Busy));
    let [home, _anchor] = held;
    drop(home);
    assert_eq!(computer.check(&vendor).state, State::Demo);
}

/// 200 programs are started at once, and all of them run.
#[test]
fn many_begin_at_once() {
    let vendor = demo(5);
    let computer = Computer::with(&vendor, 1);
    let (file, home) = (vendor.file(), &computer.home);
    let here = computer.here();
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..200)
            .map(|_| {
                let file = &file;
                scope.spawn(move || {
                    check_product(file, home, &CheckInput::new(here, built())).unwrap()
                })
            })
            .collect();
        for run in runs {
            let report = run.join().unwrap();
            assert_eq!(report.state, State::Demo, "{:?}", report.refusal);
            assert!(only_the_end_of_the_demo(&report.warnings));
        }
    });
}

fn rebuilt() -> Facts {
    Facts {
        machine_id: facts(1).machine_id,
        root_fs_uuid: facts(1).root_fs_uuid,
        ..facts(7)
    }
}

#[test]
fn a_machine_that_changed_is_refused_where_a_lock_is_held() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = start(&vendor);
    computer.facts = rebuilt();
    let _held = [
        Lock::wait(computer.home.directory(), Audience::Owner).unwrap(),
        Lock::wait(&computer.path("anchor"), Audience::Owner).unwrap(),
    ];
    let report = computer.check(&vendor);
    assert_eq!(
        (report.state, refused(&report)),
        (State::WrongMachine, "wrong_machine")
    );
}

/// One machine that syncs every three days must not carry its clones for a year.
#[test]
fn a_clone_is_not_begun_anew_by_the_grants_of_the_first() {
    let vendor = Vendor::new(1);
    let (mut computer, mut desk) = start(&vendor);
    // The clone's home is the machine's each time; its anchors are its own.
    let mut clone = Computer::new(1);
    clone.facts = rebuilt();
    for round in 0..4 {
        let _ = std::fs::remove_dir_all(clone.path("home"));
        copy_tree(&computer.path("home"), &clone.path("home"));
        let wall = noon().plus(round * 48 * HOUR);
        assert_eq!(
            clone.check_at(&vendor, wall).allowed(),
            round < 2,
            "{round}"
        );
        let synced = again(&mut computer, &vendor, |wanted| wanted.anew = true).unwrap();
        assert_eq!(name(&computer, &desk.answer(&synced, |_| ())), "applied");
    }
}

/// A perpetual license keeps no clock: the while is counted by one of its own.
#[test]
fn a_clock_set_back_gives_no_hour_of_the_72_again() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    let answer = vendor.answer(&asked, |grant| {
        (grant.expires, grant.maintenance, grant.revalidate_by) = (None, None, None);
    });
    computer.apply(&answer).unwrap();
    computer.facts = rebuilt();
    assert!(computer.check(&vendor).allowed());
    assert!(computer.check_at(&vendor, noon().plus(60 * HOUR)).allowed());
    assert!(computer.check_at(&vendor, noon().plus(71 * HOUR)).allowed());
    // At noon again at each start, which is looked at twice: the last hour, and where that is behind the week of such a clock.
    let mut starts = 0;
    let mut goes_on = true;
    while goes_on && starts < 90 {
        starts += 1;
        computer.facts.boot_id = format!("start {starts}").into();
        for uptime in [60, 8 * 3600] {
            computer.facts.uptime = Some(std::time::Duration::from_secs(uptime));
            goes_on = computer.check_at(&vendor, noon()).allowed();
        }
    }
    assert!(starts <= (7 + 3) * 3, "{starts} starts of eight hours");
    // What was seen far in the future is no license until then.
    let mut other = Computer::with(&vendor, 2);
    copy_tree(&computer.path("home"), &other.path("home"));
    other.facts = rebuilt();
    std::fs::remove_dir_all(other.path("home/machine/drift")).unwrap();
    let ahead = noon().plus(3000 * DAY);
    assert!(other.check_at(&vendor, ahead).allowed());
    let days = (0..60).filter(|day| other.check_at(&vendor, noon().plus(day * DAY)).allowed());
    assert!(days.count() <= 8, "the week of a clock that is behind");
}

#[test]
fn the_machine_itself_ends_what_was_seen() {
    let vendor = Vendor::new(1);
    let (mut computer, _) = start(&vendor);
    computer.facts = rebuilt();
    assert!(computer.check(&vendor).allowed());
    computer.facts = facts(1);
    assert_eq!(
        computer.check_at(&vendor, noon().plus(DAY)).state,
        State::Licensed
    );
    computer.facts = rebuilt();
    // A dock that is plugged in again a year later is seen for the first time then.
    assert!(computer.check_at(&vendor, noon().plus(20 * DAY)).allowed());
}

/// What a check reads does not grow with what was applied.
#[test]
fn a_long_life_lies_beside_what_a_check_reads() {
    let vendor = Vendor::new(1);
    let (mut computer, mut desk) = start(&vendor);
    let size = |computer: &Computer| std::fs::metadata(computer.state_path()).unwrap().len();
    let before = size(&computer);
    for _ in 0..40 {
        let synced = again(&mut computer, &vendor, |_| ()).unwrap();
        assert_eq!(name(&computer, &desk.answer(&synced, |_| ())), "applied");
    }
    assert!(
        size(&computer) < before + 200,
        "{before} → {}",
        size(&computer)
    );
    let history = computer.home.history(key()).unwrap();
    let generations: Vec<u16> = history.iter().map(|it| it.generation).collect();
    assert_eq!(generations, (1..=41).collect::<Vec<_>>());
    // Neither history nor secrets are opened by a check.
    for beside in ["history", "secrets"] {
        let path = computer.path("home/machine").join(beside);
        std::fs::remove_dir_all(&path).unwrap();
        std::fs::write(&path, "").unwrap();
    }
    assert_eq!(computer.check(&vendor).state, State::Licensed);
}

#[test]
fn a_line_that_a_crash_kept_out_is_caught_up_with() {
    let vendor = Vendor::new(1);
    let (mut computer, mut desk) = start(&vendor);
    std::fs::remove_dir_all(computer.path("home/machine/history")).unwrap();
    let synced = again(&mut computer, &vendor, |_| ()).unwrap();
    assert_eq!(name(&computer, &desk.answer(&synced, |_| ())), "applied");
    let history = computer.home.history(key()).unwrap();
    assert_eq!(
        history.iter().map(|it| it.generation).collect::<Vec<_>>(),
        [1, 2]
    );
}

/// The clock stood at 2099 when the demo began, in two homes of one account, and is set right a day later: what is left of the demo is not lost, and no clock
/// gives a day again.
#[test]
fn a_demo_that_began_in_2099_goes_on_when_the_clock_is_right() {
    let vendor = demo(30);
    let mut computer = Computer::with(&vendor, 1);
    let far = day("2099-03-01").start().plus(12 * HOUR);
    let homes = [
        computer.home.clone(),
        Home::new(&computer.path("second"), Audience::Owner).with_anchors(anchors(&computer.dir)),
    ];
    let started = |computer: &mut Computer, number: u32, uptime: u32| {
        computer.facts.boot_id = format!("start {number}").into();
        let uptime = std::time::Duration::from_secs(u64::from(uptime));
        computer.facts.uptime = Some(uptime);
    };
    let mut look = |at: Seconds, number: u32, uptime: u32| {
        started(&mut computer, number, uptime);
        let reports = homes.each_ref().map(|home| {
            computer.home = home.clone();
            computer.check_at(&vendor, at)
        });
        reports.map(|it| (it.state, refused(&it), it.days_left))
    };
    for hour in [0, 12, 24] {
        for (state, ..) in look(far.plus(hour * HOUR), 1, hour * HOUR) {
            assert_eq!(state, State::Demo);
        }
    }
    // Right again: it is taken for behind at first, and that stops nobody.
    let mut used = 0;
    for number in 0..60 {
        let now = noon().plus(number * DAY);
        for (state, why, _) in look(now, 2 + number, HOUR) {
            let over = number >= 40;
            assert!(
                over || state == State::Demo || why == "demo_over",
                "{number}: {why}"
            );
            assert!(why != "clock_behind", "{number}");
            used += u32::from(state == State::Demo);
        }
    }
    // In two homes: the week in which the clock was taken for behind is of the thirty days.
    assert!((2 * 25..=2 * 30).contains(&used), "{used}");
}

/// A clock past the last second that can be counted stands still: no demo begins under it, and none that began before goes on.
#[test]
fn no_demo_is_given_by_a_clock_that_stands_at_its_end() {
    let vendor = demo(5);
    let computer = Computer::with(&vendor, 1);
    let late = computer.check_at(&vendor, Seconds::LAST);
    assert_eq!(refused(&late), "demo_over");
    // Nothing of it is kept: the demo begins when the clock is right.
    let right = computer.check_at(&vendor, noon());
    assert_eq!((right.state, right.days_left), (State::Demo, Some(4)));
    let computer = Computer::with(&vendor, 1);
    let begun = computer.check_at(&vendor, Seconds::LAST.minus(2 * DAY));
    assert_eq!(begun.state, State::Demo);
    assert_eq!(
        refused(&computer.check_at(&vendor, Seconds::LAST)),
        "demo_over"
    );
}

/// Set back by a year at each start, nobody has more of a demo than its days and a day for each.
#[test]
fn a_demo_that_is_set_back_by_years_ends() {
    let vendor = demo(5);
    let mut computer = Computer::with(&vendor, 1);
    let mut hours = 0;
    for start in 0..40 {
        let year = 2100 - start;
        let morning = day(&format!("{year}-03-01")).start();
        computer.facts.boot_id = format!("start {start}").into();
        for hour in 0..23 {
            let uptime = std::time::Duration::from_secs(u64::from(hour * HOUR + 60));
            computer.facts.uptime = Some(uptime);
            let report = computer.check_at(&vendor, morning.plus(hour * HOUR));
            hours += u32::from(report.allowed());
        }
    }
    // Five days, and seven of a clock that is behind.
    assert!(hours <= (5 + 7) * 24, "{hours}");
}

/// A clock that is years ahead for a minute each week, each time by fewer, and right between: neither the days begin anew nor those of a clock behind.
#[test]
fn years_that_come_earlier_each_week_give_a_demo_no_day() {
    for rest in [1, 5, 6, 7, 8] {
        let vendor = demo(5);
        let mut computer = Computer::with(&vendor, 1);
        let (mut starts, mut days) = (0, 0);
        let mut look = |at: Seconds, up: u32| {
            computer.facts.uptime = Some(std::time::Duration::from_secs(u64::from(up)));
            if up == 60 {
                starts += 1;
                computer.facts.boot_id = format!("start {starts}").into();
            }
            computer.check_at(&vendor, at).allowed()
        };
        for week in 0..40 {
            look(day(&format!("{}-01-01", 2150 - 3 * week)).start(), 60);
            for passed in 0..rest {
                let morning = noon().plus((week * rest + passed) * DAY);
                let allowed = look(morning, 60);
                days += u32::from(look(morning.plus(8 * HOUR), 60 + 8 * HOUR) || allowed);
            }
        }
        assert!(days <= 5 + 7, "{days} days, {rest} at a time");
    }
}
