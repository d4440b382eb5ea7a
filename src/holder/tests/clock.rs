//! SPEC.md 7, case by case and by chance.

mod waiting;

use super::super::clock::{Behind, Boot, ClockReading, Judgement, LicenseTimes, Look, Mark, judge};
use super::super::remembered::Remembered;
use super::{DAY, HOUR, built, day, noon};
use crate::protocol::date::Seconds;

fn terms() -> LicenseTimes {
    LicenseTimes {
        issued: noon(),
        generation: 3,
        built: built(),
        deadline: Some(day("2027-11-22")),
        dated: true,
        running: false,
    }
}

fn look(wall: Seconds) -> Look {
    Look { wall, boot: None }
}

fn booted(wall: Seconds, id: &str, uptime: u32) -> Look {
    let boot = Some(Boot {
        id: id.to_owned(),
        uptime: Some(uptime),
    });
    Look { wall, boot }
}

/// As from a system that tells its starts apart, but not how long it runs.
fn without_uptime(wall: Seconds, id: &str) -> Look {
    let boot = Some(Boot {
        id: id.to_owned(),
        uptime: None,
    });
    Look { wall, boot }
}

fn applied() -> Mark {
    Mark::of_grant(noon(), 3, &look(noon()))
}

/// A computer that keeps what it is told to keep.
struct Machine {
    mark: Option<Mark>,
    writes: u32,
}

impl Machine {
    fn new() -> Machine {
        Machine {
            mark: Some(applied()),
            writes: 0,
        }
    }

    fn check(&mut self, look: &Look) -> Judgement {
        let judged = judge(self.mark.as_ref(), &terms(), look);
        if let Some(mark) = judged.keep.clone() {
            self.mark = Some(mark);
            self.writes += 1;
        }
        judged
    }
}

#[test]
fn a_right_clock_is_believed_and_kept_once_an_hour() {
    let mut machine = Machine::new();
    for minute in 0..72 * 60 {
        let wall = noon().plus(minute * 60);
        let judged = machine.check(&look(wall));
        assert_eq!((judged.now, judged.verdict), (wall, ClockReading::Fine));
    }
    assert_eq!(machine.writes, 71);
}

#[test]
fn twenty_six_hours_are_no_matter() {
    for (back, verdict) in [
        (0, ClockReading::Fine),
        (HOUR, ClockReading::Fine),
        (14 * HOUR, ClockReading::Fine),
        (26 * HOUR, ClockReading::Fine),
        (26 * HOUR + 1, ClockReading::Behind { days_left: 7 }),
    ] {
        let judged = judge(Some(&applied()), &terms(), &look(noon().minus(back)));
        assert_eq!((judged.now, judged.verdict), (noon(), verdict), "{back}");
    }
}

#[test]
fn the_floor_is_the_highest_of_three_and_rises_with_uptime() {
    let mark = Mark::of_grant(noon().plus(DAY), 3, &booted(noon(), "a", 100));
    let at = |look: &Look| judge(Some(&mark), &terms(), look).now;
    assert_eq!(at(&look(noon())), noon().plus(DAY));
    assert_eq!(
        at(&booted(noon(), "a", 100 + HOUR)),
        noon().plus(DAY + HOUR)
    );
    assert_eq!(
        at(&booted(noon(), "b", 100 + HOUR)),
        noon().plus(DAY),
        "started again"
    );
    assert_eq!(
        at(&booted(noon(), "a", 50)),
        noon().plus(DAY),
        "an uptime that falls says nothing"
    );
    assert_eq!(judge(None, &terms(), &look(noon().minus(HOUR))).now, noon());
    let newer = LicenseTimes {
        built: noon().plus(3 * DAY),
        ..terms()
    };
    assert_eq!(
        judge(None, &newer, &look(noon().plus(2 * DAY))).now,
        noon().plus(3 * DAY)
    );
}

#[test]
fn a_clock_frozen_in_a_running_computer_does_not_stop_time() {
    let mut machine = Machine::new();
    machine.check(&booted(noon().plus(DAY), "a", 0));
    let judged = machine.check(&booted(noon().plus(DAY), "a", 10 * DAY));
    assert_eq!(judged.now, noon().plus(11 * DAY));
    assert!(matches!(judged.verdict, ClockReading::Behind { .. }));
}

/// What uptime alone says is gone by; more than two days of it at once count after twenty hours, and what passes meanwhile counts at once.
#[test]
fn a_jump_of_the_uptime_waits_as_one_of_the_clock_does() {
    let frozen = |uptime| booted(noon(), "a", uptime);
    for (unseen, at_once) in [(48 * HOUR, true), (48 * HOUR + 1, false)] {
        let mut machine = Machine::new();
        machine.check(&frozen(0));
        assert_eq!(machine.check(&frozen(unseen)).now, noon().plus(unseen));
        let kept = machine.mark.as_ref().unwrap().at;
        assert_eq!(kept == noon().plus(unseen), at_once, "{unseen}");
    }
    let mut machine = Machine::new();
    machine.check(&frozen(0));
    let jumped = 300 * DAY;
    machine.check(&frozen(jumped));
    for (hours, kept) in [(19, 19 * HOUR), (20, jumped + 20 * HOUR)] {
        let judged = machine.check(&frozen(jumped + hours * HOUR));
        assert_eq!(judged.now, noon().plus(jumped + hours * HOUR));
        assert_eq!(machine.mark.as_ref().unwrap().at, noon().plus(kept));
    }
    // One that falls back leaves nothing behind.
    let mut machine = Machine::new();
    machine.check(&frozen(0));
    machine.check(&frozen(jumped));
    let judged = machine.check(&booted(noon().plus(HOUR), "a", HOUR));
    assert_eq!(
        (judged.now, judged.verdict),
        (noon().plus(HOUR), ClockReading::Fine)
    );
    // The same again a day later has nothing to go on from.
    machine.check(&frozen(jumped + 23 * HOUR));
    let kept = machine.mark.as_ref().unwrap().at;
    assert!(kept <= noon().plus(24 * HOUR), "{kept}");
}

/// Two clocks that agree within 2 % count by the lesser, from the first look of the start on; else uptime counts.
#[test]
fn of_two_clocks_that_nearly_agree_the_slower_one_counts() {
    let days = 400 * DAY;
    for (slow, passed) in [
        (0, days),
        (days / 100, days - days / 100),
        (days / 50 + 60, days - days / 50 - 60),
        (days / 50 + 61, days),
    ] {
        let far = LicenseTimes {
            deadline: Some(day("2099-01-01")),
            ..terms()
        };
        let mark = Mark::of_grant(noon(), 3, &booted(noon(), "a", 7));
        let judged = judge(
            Some(&mark),
            &far,
            &booted(noon().plus(days - slow), "a", 7 + days),
        );
        assert_eq!(judged.now, noon().plus(passed), "{slow}");
        let fast = judge(
            Some(&mark),
            &far,
            &booted(noon().plus(days), "a", 7 + days - slow),
        );
        assert_eq!(fast.now, noon().plus(days), "{slow}");
    }
}

/// Whoever sets the clock back between looks gains nothing by doing it a little at a time.
#[test]
fn many_small_steps_back_are_one_large_step() {
    let mut machine = Machine::new();
    let mut wall = noon();
    for hour in 1..=100 {
        wall = wall.plus(HOUR - 600);
        machine.check(&booted(wall, "a", hour * HOUR));
    }
    let kept = machine.mark.unwrap().at;
    assert!(kept >= noon().plus(98 * HOUR), "{kept}");
}

/// What each of two hosts says has passed is true of the home that they share; it is not added up.
#[test]
fn hosts_that_share_a_home_neither_stop_time_nor_count_it_twice() {
    let mut machine = Machine::new();
    for hour in 0..100 {
        machine.check(&booted(noon(), "a", hour * HOUR));
        machine.check(&booted(noon(), "b", 500 * DAY + hour * HOUR));
        let at = machine.mark.as_ref().unwrap().at;
        assert_eq!(at, noon().plus(hour * HOUR));
    }
    // Sixteen starts are remembered.
    for host in 0..15 {
        machine.check(&booted(noon(), &host.to_string(), 5));
    }
    let later = booted(noon(), "b", 500 * DAY + 110 * HOUR);
    assert_eq!(machine.check(&later).now, noon().plus(110 * HOUR));
    for host in 20..36 {
        machine.check(&booted(noon(), &host.to_string(), 5));
    }
    let later = booted(noon(), "b", 500 * DAY + 120 * HOUR);
    assert_eq!(machine.check(&later).now, noon().plus(110 * HOUR));
}

#[test]
fn a_mark_is_kept_at_the_first_look_of_a_start_each_hour_and_by_a_guard() {
    let mark = Mark::of_grant(noon(), 3, &booted(noon(), "a", 100));
    let kept = |id, passed: u32, running| {
        let terms = LicenseTimes { running, ..terms() };
        let look = booted(noon().plus(passed), id, 100 + passed);
        judge(Some(&mark), &terms, &look).keep.map(|mark| mark.at)
    };
    assert_eq!(kept("b", 0, false), Some(noon()), "a start");
    assert_eq!(kept("a", HOUR - 1, false), None);
    assert_eq!(kept("a", HOUR, false), Some(noon().plus(HOUR)));
    assert_eq!(kept("a", 59, true), None);
    assert_eq!(kept("a", 60, true), Some(noon().plus(60)));
    let no_uptime = |passed| judge(Some(&mark), &terms(), &look(noon().plus(passed))).keep;
    assert!(no_uptime(HOUR - 1).is_none() && no_uptime(HOUR).is_some());
}

#[test]
fn more_than_two_days_ahead_wait() {
    for (ahead, at_once) in [(48 * HOUR, true), (48 * HOUR + 1, false)] {
        let keep = judge(Some(&applied()), &terms(), &look(noon().plus(ahead))).keep;
        let keep = keep.unwrap();
        assert_eq!(
            (keep.at == noon().plus(ahead), keep.ahead.is_none()),
            (at_once, at_once)
        );
    }
}

/// While the computer runs its uptime speaks against a clock that is set ahead: set right again, it is never behind, whatever came before.
#[test]
fn a_clock_set_ahead_in_a_running_computer_and_set_right_is_never_behind() {
    for earlier in [0, 13 * HOUR, 26 * HOUR] {
        for ahead in [
            HOUR,
            26 * HOUR,
            26 * HOUR + 1,
            40 * HOUR,
            60 * HOUR,
            20 * DAY,
        ] {
            let mut machine = Machine::new();
            machine.check(&booted(noon(), "a", 0));
            machine.check(&booted(noon().plus(earlier + HOUR), "a", HOUR));
            machine.check(&booted(noon().plus(2 * HOUR), "a", 2 * HOUR));
            for hour in 3..20 {
                let judged =
                    machine.check(&booted(noon().plus(ahead + hour * HOUR), "a", hour * HOUR));
                assert!(judged.now >= noon().plus(ahead + hour * HOUR));
            }
            // It is started again, still wrong.
            machine.check(&booted(noon().plus(ahead + 20 * HOUR), "b", 5));
            let kept = machine.mark.as_ref().unwrap().at;
            let most = earlier.max(if ahead <= 26 * HOUR { ahead } else { 0 });
            assert!(
                kept <= noon().plus(most + 20 * HOUR),
                "{earlier} {ahead} {kept}"
            );
            for hour in 21..60 {
                let judged =
                    machine.check(&booted(noon().plus(hour * HOUR), "b", (hour - 20) * HOUR));
                assert_eq!(
                    judged.verdict,
                    ClockReading::Fine,
                    "{earlier} {ahead} {hour}"
                );
            }
            assert_eq!(machine.mark.as_ref().unwrap().ahead, None);
        }
    }
}

/// What was counted by uptime once stays so, though the clocks nearly agree again when that is long ago.
#[test]
fn a_step_back_is_not_forgotten() {
    let mut machine = Machine::new();
    machine.check(&booted(noon(), "a", 0));
    for hours in (1..=1001).step_by(40) {
        machine.check(&booted(
            noon().plus(hours * HOUR).minus(10 * HOUR),
            "a",
            hours * HOUR,
        ));
    }
    assert_eq!(machine.mark.unwrap().at, noon().plus(1001 * HOUR));
}

#[test]
fn a_clock_that_waits_is_no_measure_of_the_next() {
    let mut machine = Machine::new();
    machine.check(&booted(noon(), "a", 0));
    for (hour, ahead) in [(1, 20 * DAY), (2, 19 * DAY), (3, 18 * DAY)] {
        machine.check(&booted(noon().plus(ahead + hour * HOUR), "a", hour * HOUR));
        let mark = machine.mark.as_ref().unwrap();
        assert_eq!(mark.at, noon().plus(hour * HOUR));
        assert!(mark.ahead.is_some());
    }
    // A second look confirms what it should have found, and no more than a day beyond.
    let mut machine = Machine::new();
    machine.check(&booted(noon().plus(64 * HOUR), "b", 0));
    machine.check(&booted(noon().plus((64 + 21 + 27) * HOUR), "b", 21 * HOUR));
    let mark = machine.mark.as_ref().unwrap();
    assert_eq!(mark.at, noon().plus((64 + 21) * HOUR));
    assert!(mark.ahead.is_some());
}

#[test]
fn a_clock_that_was_not_set_and_is_put_right_is_believed_at_once() {
    let mut machine = Machine::new();
    let judged = machine.check(&booted(Seconds(0), "a", 30));
    assert!(judged.not_set);
    for (hours, at_once) in [(26, true), (27, false)] {
        let look = booted(noon().plus(3600 + hours * HOUR), "a", 30 + HOUR);
        let kept = judge(machine.mark.as_ref(), &terms(), &look).keep.unwrap();
        assert_eq!(kept.ahead.is_none(), at_once, "{hours}");
        assert_eq!(kept.at == look.wall, at_once, "{hours}");
    }
}

#[test]
fn of_two_places_the_higher_generation_then_the_later_mark_then_the_longer_wait_counts() {
    let mark = |generation, at: u32| Mark::of_grant(noon().plus(at), generation, &look(noon()));
    let behind = |used| Mark {
        behind: Some(Behind {
            used,
            seen: look(noon()),
        }),
        ..mark(3, 9)
    };
    for (one, other) in [
        (mark(4, 0), mark(3, 9 * DAY)),
        (mark(3, 2), mark(3, 1)),
        (behind(0), mark(3, 9)),
        (behind(2), behind(1)),
    ] {
        assert_eq!(one.clone().stricter(other.clone()), one);
        assert_eq!(other.stricter(one.clone()), one);
    }
}

#[test]
fn a_mark_of_this_or_a_later_generation_counts() {
    for (generation, counts) in [(2, false), (3, true), (4, true)] {
        let mark = Mark::of_grant(noon().plus(DAY), generation, &look(noon()));
        let now = judge(Some(&mark), &terms(), &look(noon())).now;
        assert_eq!(now == noon().plus(DAY), counts, "{generation}");
    }
}
