//! An answer puts a wrong clock mark right, and gives no day again (SPEC.md 7).

use super::session::{Desk, again};
use super::*;

/// Looks at noon of each day up to the given one.
fn days_pass(computer: &Computer, vendor: &Vendor, days: std::ops::RangeInclusive<u32>) {
    for day in days {
        computer.check_at(vendor, noon().plus(day * DAY));
    }
}

/// The kinds of the warnings of a check at `wall`.
fn warned(computer: &Computer, vendor: &Vendor, wall: Seconds) -> Vec<&'static str> {
    let report = computer.check_at(vendor, wall);
    assert!(report.allowed(), "{:?}", report.refusal);
    let warnings = report.warnings.iter();
    warnings.map(|warning| warning.kind()).collect()
}

fn use_copy(computer: &mut Computer, copy: &str) {
    computer.home =
        Home::new(&computer.path(copy), Audience::Owner).with_anchors(anchors(&computer.dir));
}

#[test]
fn an_answer_that_is_entered_again_gives_no_day_again() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    let answer = vendor.answer(&asked, |_| ());
    copy_tree(&computer.path("home"), &computer.path("asking"));
    computer.apply(&answer).unwrap();
    days_pass(&computer, &vendor, 1..=21);
    assert!(warned(&computer, &vendor, noon().plus(21 * DAY)).is_empty());
    use_copy(&mut computer, "asking");
    computer.apply(&answer).unwrap();
    assert_eq!(warned(&computer, &vendor, noon()), ["clock_behind"]);
}

#[test]
fn answers_that_a_copy_saved_up_give_no_day_again() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    let mut desk = Desk::of(&vendor, &asked);
    computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
    // A copy of the whole computer asks again and again on the first day.
    let mut copy = Computer::new(1);
    copy_tree(&computer.path("home"), &copy.path("home"));
    copy_tree(&computer.path("anchor"), &copy.path("anchor"));
    let mut saved = Vec::new();
    for number in 0..3 {
        let synced = again(&mut copy, &vendor, |_| ()).unwrap();
        let place = format!("saved {number}");
        copy_tree(&copy.path("home"), &computer.path(&place));
        let answer = desk.answer(&synced, |_| ());
        copy.apply(&answer).unwrap();
        saved.push((place, answer));
    }
    days_pass(&computer, &vendor, 1..=21);
    for (place, answer) in &saved {
        use_copy(&mut computer, place);
        computer.apply(answer).unwrap();
        assert_eq!(
            warned(&computer, &vendor, noon()),
            ["clock_behind"],
            "{place}"
        );
    }
}

#[test]
fn a_mark_that_was_set_ahead_is_put_right_by_an_answer() {
    let vendor = Vendor::new(1);
    for asked_before in [false, true] {
        let mut computer = Computer::with(&vendor, 1);
        let asked = computer.ask(&vendor, |_| ()).unwrap();
        let mut desk = Desk::of(&vendor, &asked);
        computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
        let before = asked_before.then(|| again(&mut computer, &vendor, |_| ()).unwrap());
        // Five days ahead for two days, and right again.
        computer.check_at(&vendor, noon().plus(5 * DAY));
        computer.check_at(&vendor, noon().plus(6 * DAY));
        computer.check_at(&vendor, noon().plus(7 * DAY));
        assert_eq!(warned(&computer, &vendor, noon()), ["clock_behind"]);
        let synced = again(&mut computer, &vendor, |_| ()).unwrap();
        let repeated = again(&mut computer, &vendor, |_| ()).unwrap();
        assert_eq!(
            repeated.asked.code, synced.asked.code,
            "asked twice, it is one request"
        );
        if let Some(before) = before {
            assert_ne!(
                before.asked.code, synced.asked.code,
                "what was asked before would not put it right"
            );
        }
        let answer = desk.answer(&synced, |grant| grant.issued = noon().plus(HOUR));
        computer.apply(&answer).unwrap();
        assert!(warned(&computer, &vendor, noon().plus(HOUR)).is_empty());
    }
}

#[test]
fn an_answer_that_comes_late_puts_no_honest_clock_behind() {
    let vendor = Vendor::new(1);
    let mut computer = Computer::with(&vendor, 1);
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    let mut desk = Desk::of(&vendor, &asked);
    computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
    let synced = again(&mut computer, &vendor, |_| ()).unwrap();
    // Three days by mail, and entered after a fortnight.
    let answer = desk.answer(&synced, |grant| grant.issued = noon().plus(3 * DAY));
    days_pass(&computer, &vendor, 1..=14);
    computer.apply(&answer).unwrap();
    assert!(warned(&computer, &vendor, noon().plus(14 * DAY)).is_empty());
}

/// An older grant in a copy of the home, looked at or entered there, does not have the anchor forget what the latest one came to.
#[test]
fn an_older_copy_of_the_home_gives_no_day_again() {
    for entered in [false, true] {
        let vendor = Vendor::new(1);
        let mut computer = Computer::with(&vendor, 1);
        let asked = computer.ask(&vendor, |_| ()).unwrap();
        let mut desk = Desk::of(&vendor, &asked);
        computer.apply(&vendor.answer(&asked, |_| ())).unwrap();
        let older = again(&mut computer, &vendor, |_| ()).unwrap();
        copy_tree(&computer.path("home"), &computer.path("older"));
        let older = desk.answer(&older, |_| ());
        computer.apply(&older).unwrap();
        let latest = again(&mut computer, &vendor, |_| ()).unwrap();
        computer.apply(&desk.answer(&latest, |_| ())).unwrap();
        copy_tree(&computer.path("home"), &computer.path("latest"));
        days_pass(&computer, &vendor, 1..=21);
        use_copy(&mut computer, "older");
        if entered {
            computer.apply(&older).unwrap();
        }
        days_pass(&computer, &vendor, 22..=22);
        use_copy(&mut computer, "latest");
        assert_eq!(warned(&computer, &vendor, noon()), ["clock_behind"]);
    }
}

/// A guard looks each hour; a minute before, the answer is entered once more in a copy of the home, here or on another host that has it.
#[test]
fn an_answer_that_is_entered_each_hour_stops_no_time() {
    for other_host in [false, true] {
        let vendor = Vendor::new(1);
        let mut computer = Computer::with(&vendor, 1);
        let up = |computer: &mut Computer, host: &str, seconds: u32| {
            computer.facts.boot_id = host.into();
            computer.facts.uptime = Some(std::time::Duration::from_secs(seconds.into()));
        };
        up(&mut computer, "a", 0);
        let asked = computer.ask(&vendor, |_| ()).unwrap();
        copy_tree(&computer.path("home"), &computer.path("asking"));
        let answer = vendor.answer(&asked, |_| ());
        computer.apply(&answer).unwrap();
        computer.check(&vendor);
        for hour in 1..=72 {
            let entered = if other_host { "b" } else { "a" };
            up(&mut computer, entered, hour * HOUR - 60);
            std::fs::remove_dir_all(computer.path("home")).unwrap();
            copy_tree(&computer.path("asking"), &computer.path("home"));
            computer.apply(&answer).unwrap();
            up(&mut computer, "a", hour * HOUR);
            computer.check(&vendor);
        }
        let report = computer.check(&vendor);
        assert_eq!(report.days_left, Some(27), "other host: {other_host}");
    }
}
