//! Looking back: how much the seats were used, and who got none.

use serde_json::json;

use super::*;
use crate::world::Site;

pub(super) fn report(machine: &Machine<'_>, options: &[&str]) -> serde_json::Value {
    machine.run(["site", "report"].iter().chain(options)).json()
}

/// The row of this name; behind a user's stands the account that says so.
pub(super) fn row(report: &serde_json::Value, name: &str) -> serde_json::Value {
    let mut rows = report["rows"].as_array().unwrap().iter();
    let of_account = format!("{name} (");
    let row = rows.find(|row| {
        let text = row["name"].as_str().unwrap();
        text == name || text.starts_with(&of_account)
    });
    row.unwrap_or_else(|| panic!("no row {name}: {report}"))
        .clone()
}

pub(super) fn take(machine: &Machine<'_>, user: &str, host: &str, options: &[&str]) -> String {
    let take = [
        "seat", "take", "--for", "24h", "--user", user, "--host", host,
    ];
    machine.run(take.iter().chain(options)).done().line()
}

pub(super) fn release(machine: &Machine<'_>, token: &str) {
    machine.run(["seat", "release", token]).done();
}

/// Where the logs are.
pub(super) fn logs(machine: &Machine<'_>, key: &str) -> std::path::PathBuf {
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    machine.kept(&format!("machine/seats/{digits}/log"))
}

/// The only file that is there.
pub(super) fn own_log(machine: &Machine<'_>, key: &str) -> std::path::PathBuf {
    let mut files = std::fs::read_dir(logs(machine, key)).unwrap();
    let own = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    own
}

#[test]
fn who_looks_back_sees_hours_the_most_at_once_and_who_got_none() {
    let world = World::new();
    let product = ["--feature", "lv", "--pool", "design"];
    let order = ["--seats", "2", "--feature", "lv", "--pool", "design=1"];
    let (machine, key) = site(&world, &product, &order);
    machine
        .run(["site", "report"])
        .done()
        .prints("no seat was used in this time")
        .silent();
    assert_eq!(report(&machine, &[])["from"], json!(null));
    let anna = take(&machine, "anna", "ws-14", &["--feature", "lv"]);
    world.hours_pass(3);
    let bob = take(&machine, "bob", "ws-2", &["--feature", "design"]);
    // However often he asks within a minute, it is one seat that he wants.
    for _ in 0..3 {
        hold(&machine, &["--user", "carl", "--host", "ws-3"]).exits(16);
    }
    world.hours_pass(2);
    release(&machine, &anna);
    hold(
        &machine,
        &["--feature", "design", "--user", "carl", "--host", "ws-3"],
    )
    .exits(16);
    world.hours_pass(1);
    release(&machine, &bob);
    let seen = report(&machine, &[]);
    let row_of = |name: &str| {
        let row = row(&seen, name);
        let numbers = ["sessions", "seconds", "peak", "refusals", "not_given_back"];
        numbers.map(|name| row[name].as_u64().unwrap())
    };
    assert_eq!(row_of("anna"), [1, 5 * 3600, 1, 0, 0]);
    assert_eq!(row_of("bob"), [1, 3 * 3600, 1, 0, 0]);
    assert_eq!(row_of("carl"), [0, 0, 0, 2, 0]);
    let total = &seen["total"];
    assert_eq!(
        (&total["peak"], &total["peak_seconds"]),
        (&json!(2), &json!(2 * 3600))
    );
    assert_eq!(total["peak_since"], "2040-03-01T15:00:00Z");
    assert_eq!(total["seconds"], 8 * 3600);
    assert_eq!(total["refused"][0]["times"], 2);
    let text = machine.run(["site", "report", "--by", "host"]).done();
    let lines: Vec<&str> = text.stdout.lines().collect();
    let first = format!("Survey  {key}  2 seats, from 2040-03-01 to 2040-03-01 (UTC)");
    assert_eq!(
        lines[..lines.len() - 1],
        [
            &*first,
            "workstation  sessions  hours  peak  peak lasted  refused",
            "ws-14               1    5.0     1  5 h 0 min          0",
            "ws-2                1    3.0     1  3 h 0 min          0",
            "ws-3                0    0.0     0  0 min              2",
            "all                 2    8.0     2  2 h 0 min          2",
            "2 of 2 in use at once at most: for 2 h 0 min in all, first on 2040-03-01 15:00",
        ]
    );
    let last = lines.last().unwrap();
    assert!(last.starts_with("refused: carl"), "{text}");
    for (by, names) in [
        ("host", ["ws-14", "ws-2", "ws-3"].as_slice()),
        ("feature", &["lv", "design", ""]),
        ("day", &["2040-03-01"]),
        ("program", &[""]),
    ] {
        let seen = report(&machine, &["--by", by]);
        assert_eq!(seen["by"], by);
        for name in names {
            row(&seen, name);
        }
        assert_eq!(seen["total"], *total, "{by}");
    }
    // A time that is asked for.
    let before = report(&machine, &["--to", "2040-02-29"]);
    assert_eq!(
        (&before["rows"], &before["total"]["sessions"]),
        (&json!([]), &json!(0))
    );
    world.days_pass(1);
    let since = report(&machine, &["--from", "2040-03-02"]);
    assert_eq!(since["rows"], json!([]));
    let wrong = [
        "site",
        "report",
        "--from",
        "2040-03-02",
        "--to",
        "2040-03-01",
    ];
    machine.run(wrong).refused(2, "usage");
    machine
        .run(["site", "report", "--from", "yesterday"])
        .refused(2, "usage");
}

/// A session over midnight stands in each day that it touches, and its hours are split; one that goes on counts until now.
#[test]
fn a_day_has_the_hours_of_that_day() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "2"]);
    let anna = take(&machine, "anna", "ws-14", &[]);
    world.hours_pass(18);
    release(&machine, &anna);
    let _bob = take(&machine, "bob", "ws-14", &[]);
    world.hours_pass(1);
    let seen = report(&machine, &["--by", "day"]);
    assert_eq!(row(&seen, "2040-03-01")["seconds"], 12 * 3600);
    assert_eq!(row(&seen, "2040-03-02")["seconds"], 7 * 3600);
    assert_eq!(row(&seen, "2040-03-02")["sessions"], 2);
    assert_eq!(row(&seen, "2040-03-02")["not_given_back"], 0);
    let second = report(&machine, &["--from", "2040-03-02"]);
    assert_eq!(row(&second, "anna")["seconds"], 6 * 3600);
}

/// A name is what somebody calls himself: it is no formula, no line of its own, and no other column.
#[test]
fn a_spreadsheet_takes_no_name_for_a_formula() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "3"]);
    for user in ["=1+1", "a,b\nc", "@x"] {
        take(&machine, user, "ws-14", &[]);
    }
    let csv = machine.run(["site", "report", "--csv"]).done().silent();
    let lines: Vec<&str> = csv.stdout.split_terminator("\r\n").collect();
    assert!(
        lines[0].starts_with("user,sessions,not_given_back,hours,"),
        "{csv}"
    );
    for begins in ["'=1+1 ", "'@x ", "\"a,bc "] {
        let found = lines.iter().filter(|line| line.starts_with(begins)).count();
        assert_eq!(found, 1, "{begins}: {csv}");
    }
    assert_eq!(lines.len(), 4, "{csv}");
    // Where fields end with semicolons as well, and behind somebody else's name.
    for user in ["+x", "y;=1+1"] {
        hold(&machine, &["--user", user, "--host", "ws-14"]).exits(16);
    }
    let csv = machine.run(["site", "report", "--csv", "--by", "host"]);
    let csv = csv.done().silent();
    let line = csv.stdout.lines().find(|it| it.starts_with("ws-14,"));
    let refused = line.unwrap().rsplit_once(',').unwrap().1;
    assert!(
        refused.starts_with("\"'+x ") && refused.ends_with('"'),
        "{csv}"
    );
    assert!(refused.contains(" | y;=1+1 "), "{csv}");
    machine
        .run(["site", "report", "--csv", "--json"])
        .exits(2)
        .tells("--csv cannot be used with --json");
}

#[test]
fn without_names_nobody_is_named() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    take(&machine, "anna", "ws-14", &[]);
    hold(&machine, &["--user", "carl", "--host", "ws-3"]).exits(16);
    for by in ["user", "host", "feature", "program", "day"] {
        for form in ["", "--csv", "--json"] {
            let options = ["site", "report", "--no-names", "--by", by, form];
            let options = options.iter().filter(|it| !it.is_empty());
            let said = machine.run(options).done();
            for name in ["anna", "carl", "ws-14", "ws-3", "root"] {
                assert!(!said.stdout.contains(name), "{by} {form}: {said}");
            }
        }
    }
    let seen = report(&machine, &["--no-names"]);
    assert_eq!(row(&seen, "user 1")["sessions"], 1);
    assert_eq!(
        row(&seen, "user 2")["refused"],
        json!([{ "user": null, "times": 1 }])
    );
}

/// However a clock is set, a session has no less than nothing and takes nothing from others.
#[test]
fn a_clock_that_is_set_back_makes_no_time() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "2"]);
    let anna = take(&machine, "anna", "ws-14", &[]);
    machine.clock_ahead(-2 * 86_400);
    let bob = take(&machine, "bob", "ws-14", &[]);
    release(&machine, &anna);
    world.hours_pass(1);
    release(&machine, &bob);
    machine.clock_ahead(0);
    let seen = report(&machine, &[]);
    assert_eq!(row(&seen, "anna")["seconds"], 1);
    assert_eq!(row(&seen, "bob")["seconds"], 3600);
}

#[test]
fn a_session_that_nobody_gave_back_is_told_apart_and_bounded() {
    let world = World::new();
    let (machine, key) = site(&world, &[], &["--seats", "1"]);
    Holder::start(&hold(&machine, &["--user", "dana", "--host", "ws-09"])).kill();
    world.hours_pass(2);
    // Whoever takes the seat sees that it is free.
    let anna = take(&machine, "anna", "ws-14", &[]);
    release(&machine, &anna);
    Holder::start(&hold(&machine, &["--user", "eve", "--host", "ws-09"])).kill();
    world.days_pass(20);
    let seen = report(&machine, &[]);
    assert_eq!(row(&seen, "dana")["seconds"], 2 * 3600);
    assert_eq!(row(&seen, "eve")["seconds"], 12 * 3600);
    assert_eq!(seen["total"]["not_given_back"], 2);
    machine
        .run(["site", "report"])
        .done()
        .prints("2 sessions were not given back");
    // The owner of the home sees it, and what he saw is noted once.
    Holder::start(&hold(&machine, &["--user", "gil"])).kill();
    world.hours_pass(3);
    let size = || std::fs::metadata(own_log(&machine, &key)).unwrap().len();
    let before = size();
    machine.run(["seat", "list"]).done().prints("(gil");
    let noted = size();
    machine.run(["seat", "list"]).done();
    assert!(before < noted && noted == size());
    world.days_pass(1);
    assert_eq!(row(&report(&machine, &[]), "gil")["seconds"], 3 * 3600);
    // One that goes on is no such.
    let _frank = Holder::start(&hold(&machine, &["--user", "frank"]));
    assert_eq!(row(&report(&machine, &[]), "frank")["not_given_back"], 0);
}

/// Of a lease that ran out its end is known.
#[test]
fn a_lease_that_runs_out_counts_until_then() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let take = ["seat", "take", "--user", "anna", "--for", "2h"];
    machine.run(take).done();
    world.days_pass(1);
    assert_eq!(row(&report(&machine, &[]), "anna")["seconds"], 2 * 3600);
    machine.run(take).done();
    world.days_pass(1);
    let anna = row(&report(&machine, &[]), "anna");
    assert_eq!(
        (&anna["sessions"], &anna["seconds"]),
        (&json!(2), &json!(4 * 3600))
    );
}

#[test]
fn a_program_that_ran_and_one_that_could_not_are_given_back() {
    let world = World::new();
    let (machine, key) = site(&world, &[], &["--seats", "1"]);
    running(&machine, &["--user", "anna"], "exit 3").exits(3);
    running(&machine, &["--user", "anna", "--until-exit"], "exit 0").done();
    machine.run(["run", "--", "/nowhere/at-all"]).exits(101);
    assert_eq!(Holder::start(&hold(&machine, &[])).end(), 0);
    let seen = report(&machine, &[]);
    assert_eq!(
        (&seen["total"]["sessions"], &seen["total"]["not_given_back"]),
        (&4.into(), &0.into())
    );
    assert_eq!(
        row(&report(&machine, &["--by", "program"]), "sh")["sessions"],
        2
    );
    // Nobody but the owner of the home reads when colleagues worked.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(own_log(&machine, &key))
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }
}

#[test]
fn what_is_lent_is_used_by_its_loan() {
    let world = World::new();
    let site = Site::new(&world, &[], &["--seats", "3", "--lend", "30"]);
    let laptop = site.workstation("laptop");
    site.lend(&laptop, "5");
    world.hours_pass(2);
    let seen = report(&site.machine, &[]);
    assert_eq!(row(&seen, "loan 1")["seconds"], 2 * 3600);
    let code = laptop.run(["return", "--yes"]).done().code();
    site.respond(&code, &[]).done();
    world.hours_pass(5);
    let seen = report(&site.machine, &[]);
    assert_eq!(row(&seen, "loan 1")["seconds"], 2 * 3600);
    assert_eq!(seen["total"]["not_given_back"], 0);
}

/// Nothing was used on a day to come.
#[test]
fn a_day_to_come_is_no_day_to_look_back_from() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let from = |day: i64| machine.run(["site", "report", "--from", &world.day(day)]);
    from(0).done();
    from(1)
        .refused(2, "usage")
        .tells("--from is a day to come: 2040-03-02")
        .tells("up to today, which is 2040-03-01");
}
