//! Clocks that are behind or ahead and wait, and all clocks by chance.

use proptest::prelude::*;

use super::*;

/// The clock of a computer that was off went on: the week is used up by that, too.
#[test]
fn the_days_between_two_starts_behind_count() {
    for (off, left) in [(3 * DAY, 4), (2 * HOUR, 7), (4 * HOUR, 7), (25 * HOUR, 6)] {
        let mut machine = Machine::new();
        let wall = noon().minus(30 * DAY);
        machine.check(&booted(wall, "a", 10));
        let judged = machine.check(&booted(wall.plus(off), "b", 10));
        assert_eq!(
            judged.verdict,
            ClockReading::Behind { days_left: left },
            "{off}"
        );
    }
    // The uptime of the new start, where that says more; and by uptime alone within a start.
    let mut machine = Machine::new();
    let wall = noon().minus(30 * DAY);
    machine.check(&booted(wall, "a", 10));
    let judged = machine.check(&booted(wall, "b", 2 * DAY));
    assert_eq!(judged.verdict, ClockReading::Behind { days_left: 5 });
    let judged = machine.check(&booted(wall.plus(9 * DAY), "b", 3 * DAY));
    assert_eq!(judged.verdict, ClockReading::Behind { days_left: 4 });
    // Hosts that look in turn are no starts.
    let judged = machine.check(&booted(wall, "a", DAY));
    assert!(matches!(
        judged.verdict,
        ClockReading::Behind { days_left: 3 | 4 }
    ));
}

#[test]
fn the_last_day_is_kept_and_nothing_after_it() {
    let last = day("2027-11-22");
    let mark = Mark::of_grant(last.start().plus(HOUR), 3, &look(last.start()));
    let at = |wall| judge(Some(&mark), &terms(), &look(wall));
    let second = last.end().minus(1);
    assert_eq!(at(second).keep.unwrap().at, second);
    assert_eq!(
        (at(last.end()).now, at(last.end()).keep),
        (last.end(), None)
    );
}

/// A module or maintenance that ended does not stop the keeping: else the mark would stand still for the rest of the license.
#[test]
fn what_ends_a_part_only_never_stops_the_keeping() {
    let free = LicenseTimes {
        deadline: None,
        ..terms()
    };
    let wall = day("2041-01-01").start();
    let mark = Mark::of_grant(wall, 3, &look(wall));
    let judged = judge(Some(&mark), &free, &look(wall.plus(HOUR)));
    assert_eq!(judged.keep.unwrap().at, wall.plus(HOUR));
    let judged = judge(Some(&mark), &free, &look(wall.minus(30 * DAY)));
    assert_eq!(judged.verdict, ClockReading::Behind { days_left: 7 });
}

/// Setting the clock past the end while the program runs does not keep its guard from counting.
#[test]
fn a_guard_counts_by_uptime_whatever_the_clock_says() {
    let mut mark = Mark::of_grant(noon(), 3, &booted(noon(), "a", 0));
    let far = day("2099-01-01").start();
    for hour in 1..=30 {
        let look = booted(far.plus(hour * HOUR), "a", hour * HOUR);
        assert_eq!(judge(Some(&mark), &terms(), &look).keep, None, "no guard");
        let guarded = LicenseTimes {
            running: true,
            ..terms()
        };
        let judged = judge(Some(&mark), &guarded, &look);
        assert_eq!(judged.now, look.wall);
        mark = judged.keep.unwrap();
        assert_eq!((mark.at, &mark.ahead), (noon().plus(hour * HOUR), &None));
    }
    // Not past the end of the license.
    let last = Mark::of_grant(day("2027-11-22").end().minus(5), 3, &booted(noon(), "a", 0));
    let guarded = LicenseTimes {
        running: true,
        ..terms()
    };
    let judged = judge(Some(&last), &guarded, &booted(noon(), "a", HOUR));
    assert_eq!(judged.keep, None);
}

#[test]
fn a_week_behind_and_no_longer() {
    let mut machine = Machine::new();
    let wall = |days: u32| look(noon().minus(30 * DAY).plus(days * DAY));
    for days in 0..7 {
        assert_eq!(
            machine.check(&wall(days)).verdict,
            ClockReading::Behind {
                days_left: 7 - days
            }
        );
    }
    assert_eq!(machine.check(&wall(7)).verdict, ClockReading::TooLongBehind);
    assert_eq!(machine.check(&wall(7)).now, noon());
    let healed = machine.check(&look(noon().plus(HOUR)));
    assert_eq!(healed.verdict, ClockReading::Fine);
    assert_eq!(
        machine.check(&wall(8)).verdict,
        ClockReading::Behind { days_left: 7 },
        "a new week"
    );
}

#[test]
fn a_new_grant_ends_the_waiting_backwards_too() {
    let mut machine = Machine {
        mark: None,
        writes: 0,
    };
    machine.mark = Some(Mark {
        generation: 2,
        ..Mark::of_grant(day("2027-05-01").start(), 2, &look(noon()))
    });
    assert_eq!(
        machine.check(&look(noon())).verdict,
        ClockReading::Fine,
        "a mark of an older generation counts no longer"
    );
    machine.mark = Some(Mark::of_grant(day("2027-05-01").start(), 3, &look(noon())));
    assert!(matches!(
        machine.check(&look(noon())).verdict,
        ClockReading::Behind { .. }
    ));
    machine.mark = Some(applied());
    assert_eq!(machine.check(&look(noon())).verdict, ClockReading::Fine);
}

#[test]
fn a_battery_that_is_empty_is_called_so_and_its_starts_count() {
    let mut machine = Machine::new();
    let mut last = ClockReading::Fine;
    let mut starts = 0;
    while last != ClockReading::TooLongBehind {
        // 1970 at each start, a few minutes of use.
        let judged = machine.check(&booted(
            Seconds::from_unix(300),
            &format!("boot {starts}"),
            300,
        ));
        assert!(judged.not_set && judged.now >= noon());
        last = judged.verdict;
        starts += 1;
    }
    assert_eq!(starts, 7 * 6 + 1);
}

/// A system may tell its starts apart without saying how long it runs: the week ends there too, and within a start it is the wall clock's.
#[test]
fn a_start_counts_whose_uptime_is_not_known() {
    let behind = noon().minus(13 * DAY);
    let at_each_start = |more: u32| {
        let mut machine = Machine::new();
        (0..45)
            .map(|start| {
                let wall = behind.plus(start * more);
                let look = without_uptime(wall, &format!("start {start}"));
                machine.check(&look).verdict
            })
            .position(|it| it == ClockReading::TooLongBehind)
    };
    assert_eq!(at_each_start(0), Some(7 * 6));
    assert_eq!(at_each_start(DAY), Some(7));
    let mut machine = Machine::new();
    machine.check(&without_uptime(behind, "one"));
    let judged = machine.check(&without_uptime(behind.plus(2 * DAY), "one"));
    assert_eq!(judged.verdict, ClockReading::Behind { days_left: 5 });
    // A clock that goes right is believed as ever, and from when the uptime is said it counts.
    let mut machine = Machine::new();
    for day in 0..40 {
        let wall = noon().plus(day * DAY);
        let judged = machine.check(&without_uptime(wall, "one"));
        assert_eq!((judged.now, judged.verdict), (wall, ClockReading::Fine));
    }
    let wall = noon().plus(39 * DAY);
    machine.check(&booted(wall, "one", HOUR));
    assert_eq!(
        machine.check(&booted(wall, "one", 31 * HOUR)).now,
        wall.plus(30 * HOUR)
    );
}

#[test]
fn a_jump_ahead_is_gone_by_but_not_kept_until_a_second_look() {
    let far = noon().plus(90 * DAY);
    let mut machine = Machine::new();
    assert_eq!(machine.check(&look(far)).now, far);
    assert_eq!(machine.mark.as_ref().unwrap().at, noon());
    machine.check(&look(far.plus(19 * HOUR)));
    assert_eq!(machine.mark.as_ref().unwrap().at, noon());
    machine.check(&look(far.plus(20 * HOUR)));
    assert_eq!(machine.mark.as_ref().unwrap().at, far.plus(20 * HOUR));
}

#[test]
fn a_second_look_needs_twenty_hours_of_uptime_where_it_is_known() {
    let far = noon().plus(90 * DAY);
    let mut machine = Machine::new();
    machine.check(&booted(far, "a", 0));
    machine.check(&booted(far.plus(21 * HOUR), "a", HOUR));
    assert_eq!(
        machine.mark.as_ref().unwrap().at,
        noon().plus(HOUR),
        "the clock ran, the computer did not"
    );
    machine.check(&booted(far.plus(21 * HOUR), "a", 21 * HOUR));
    assert_eq!(machine.mark.as_ref().unwrap().at, far.plus(21 * HOUR));
}

#[test]
fn a_jump_that_is_taken_back_leaves_nothing() {
    let mut machine = Machine::new();
    machine.check(&look(noon().plus(90 * DAY)));
    let judged = machine.check(&look(noon().plus(DAY)));
    assert_eq!(
        (judged.now, judged.verdict),
        (noon().plus(DAY), ClockReading::Fine)
    );
    assert_eq!(machine.mark.as_ref().unwrap().ahead, None);
}

#[test]
fn a_second_jump_confirms_only_the_first() {
    let far = noon().plus(90 * DAY);
    let mut machine = Machine::new();
    machine.check(&look(far));
    machine.check(&look(far.plus(90 * DAY)));
    let mark = machine.mark.unwrap();
    assert_eq!(
        (mark.at, mark.ahead.unwrap().wall),
        (far, far.plus(90 * DAY))
    );
}

#[test]
fn past_a_deadline_nothing_is_kept() {
    let judged = judge(Some(&applied()), &terms(), &look(day("2099-01-01").start()));
    assert_eq!((judged.now, judged.keep), (day("2099-01-01").start(), None));
}

#[test]
fn without_a_deadline_there_is_no_verdict() {
    let free = LicenseTimes {
        deadline: None,
        dated: false,
        ..terms()
    };
    for wall in [Seconds(0), noon(), Seconds(u32::MAX)] {
        let judged = judge(Some(&applied()), &free, &look(wall));
        assert_eq!((judged.verdict, judged.keep), (ClockReading::Fine, None));
    }
}

/// A wrong clock now and then, in any of the ways in which clocks are wrong.
fn any_wall() -> impl Strategy<Value = i64> {
    let hours = |range: std::ops::Range<i64>| range.prop_map(|hours| hours * i64::from(HOUR));
    prop_oneof![
        6 => hours(-14..13),
        1 => hours(-9000..9000),
        1 => Just(-i64::from(noon().0)),
        1 => Just(i64::from(u32::MAX) / 2),
    ]
}

fn moved(at: Seconds, by: i64) -> Seconds {
    Seconds((i64::from(at.0) + by).clamp(0, i64::from(u32::MAX)) as u32)
}

proptest! {
    /// Time never goes back before what must have passed, and what is kept was either seen or is the floor.
    #[test]
    fn time_holds_its_ground(steps in prop::collection::vec((0u32..40 * HOUR, any_wall(), prop::option::of(0u8..3)), 1..60)) {
        let mut machine = Machine::new();
        let mut truth = noon();
        for (passed, wrong, boot) in steps {
            truth = truth.plus(passed);
            let wall = moved(truth, wrong);
            let look = boot.map_or_else(|| look(wall), |id| booted(wall, &id.to_string(), truth.0 - noon().0));
            let before = machine.mark.clone().unwrap();
            let judged = machine.check(&look);
            prop_assert!(judged.now >= noon());
            if judged.now.day() <= day("2027-11-22") {
                prop_assert!(judged.now >= before.at);
            }
            if let Some(mark) = judged.keep {
                prop_assert!(mark.at >= before.at.min(judged.now));
                prop_assert!(mark.at <= judged.now.max(before.at));
                prop_assert!(mark.at.day() <= day("2027-11-22"));
            }
        }
    }

    /// Whoever's clock is right, up to zones and daylight saving, is never told it is behind, and writes at most once an hour.
    #[test]
    fn nobody_honest_is_troubled(steps in prop::collection::vec((0u32..200 * HOUR, -12i64..=14), 1..40)) {
        let mut machine = Machine::new();
        let mut truth = noon();
        for (passed, zone) in steps {
            truth = truth.plus(passed);
            let wall = moved(truth, zone * i64::from(HOUR));
            let judged = machine.check(&look(wall));
            prop_assert_eq!(judged.verdict, ClockReading::Fine);
        }
        prop_assert!(machine.writes <= (truth.0 - noon().0) / HOUR + 40);
    }

    /// A wrong clock that was set right again before anything looked twice does no harm at all.
    #[test]
    fn a_slip_heals(wrong in any_wall(), after in 1u32..300 * HOUR) {
        let mut machine = Machine::new();
        machine.check(&look(moved(noon().plus(DAY), wrong)));
        let wall = noon().plus(DAY + 14 * HOUR + after);
        let judged = machine.check(&look(wall));
        prop_assert_eq!(judged.verdict, ClockReading::Fine);
        prop_assert!(judged.now == wall || wrong > 0);
    }
}
