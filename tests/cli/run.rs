//! `run`: the application with the facts of its license, its exit codes and ours, and the signals that are its own.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use super::check::licensed;
use crate::world::{DAY, Machine, Run, World};

const ORDER: &[&str] = &[
    "--feature",
    "export",
    "--feature",
    "import",
    "--limit",
    "users=250",
];

/// Runs a script of a shell.
fn running<'w>(machine: &Machine<'w>, options: &[&str], script: &str) -> Run<'w> {
    let program = ["--", "sh", "-c", script];
    machine.run(["run"].iter().chain(options).chain(&program))
}

#[test]
fn a_program_is_run_with_the_facts_of_its_license() {
    let world = World::new();
    let (_, machine, _) = licensed(&world, &[], ORDER);
    let script = "read line; echo $line $COUNTERSIGN_STATE $COUNTERSIGN_FEATURES $COUNTERSIGN_LIMITS $COUNTERSIGN_DAYS_LEFT ${COUNTERSIGN_EDITION-unset}; exit 42";
    let said = running(&machine, &["--feature", "export"], script)
        .piped("hello\n")
        // What an outer program was told is not true of this one.
        .env("COUNTERSIGN_EDITION", "of an outer program")
        .exits(42);
    assert_eq!(
        said.line(),
        "hello licensed export,import users=250 30 unset"
    );
    running(&machine, &[], "true").done();
    running(&machine, &[], "kill -9 $$").exits(137);
    machine.run(["run", "--", "/nowhere/at-all"]).exits(101);
    machine.run(["run"]).exits(102);
}

#[test]
fn our_refusals_are_above_the_programs_own_codes() {
    let world = World::new();
    let (desk, machine, key) = licensed(&world, &[], ORDER);
    let ran = world.path().join("files/ran");
    let refused = |machine: &Machine<'_>, options: &[&str], exit: i32| {
        running(machine, options, "touch ran").exits(exit);
        assert!(!ran.exists(), "{options:?}");
    };
    refused(&machine, &["--feature", "nothing"], 115);
    refused(&machine, &["--count", "users=251"], 116);
    refused(&machine, &["--product", "other"], 110);
    refused(&machine, &["--bind", "server=db1"], 113);
    world.days_pass(10);
    machine.check().done();
    machine.clock_ahead(-9 * DAY);
    running(&machine, &[], "true")
        .done()
        .tells("set it within 7 days");
    world.days_pass(7);
    refused(&machine, &[], 114);
    machine.clock_ahead(0);
    world.days_pass(31);
    refused(&machine, &[], 112);
    let last = world.day(1);
    desk.run(["license", "change", &key, "--expires", &last])
        .done();
    machine.apply(&desk.answer(&machine.run(["request", "sync"]).done().code()));
    world.days_pass(2);
    refused(&machine, &[], 111);
    machine.run(["return", "--yes"]).done();
    refused(&machine, &[], 110);
    // Whatever else keeps the program from being run is out of the way of its own codes, too.
    fs::write(machine.state_of(&key), "{").unwrap();
    refused(&machine, &[], 105);
}

#[test]
fn signals_go_on_to_the_program() {
    let world = World::new();
    let (_, machine, _) = licensed(&world, &[], ORDER);
    for (signal, code) in [("TERM", 7), ("INT", 8), ("HUP", 9)] {
        let script = "trap 'exit 7' TERM; trap 'exit 8' INT; trap 'exit 9' HUP; echo ready; while :; do sleep 0.05; done";
        // Whoever runs the tests may have these signals ignored (nohup does), and what was ignored stays so: they are set back first.
        let plain = running(&machine, &[], script).process();
        let mut command = std::process::Command::new("env");
        command.arg("--default-signal=TERM,INT,HUP");
        command.arg(plain.get_program()).args(plain.get_args());
        command.current_dir(world.path()).env_clear();
        let given = plain.get_envs();
        command.envs(given.filter_map(|(name, value)| Some((name, value?))));
        command.stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        let pid = child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", signal, &pid])
            .status();
        assert!(sent.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{signal}");
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
    }
}

/// What a program does that runs for so many hours: the uptime goes on, the clock is frozen.
fn hours_pass(hours: i64) -> String {
    let read = r#"up=$(sed -E 's/.*"uptime":([0-9]+).*/\1/' "$COUNTERSIGN_TEST_MACHINE")"#;
    let write = r#"sed -i -E "s/\"uptime\":[0-9]+/\"uptime\":$up/" "$COUNTERSIGN_TEST_MACHINE""#;
    format!("{read}; up=$((up + {hours} * 3600)); {write}")
}

#[test]
fn the_time_that_a_program_ran_counts_whatever_the_clock_says() {
    let world = World::new();
    let (_, machine, _) = licensed(&world, &[], ORDER);
    let left = || machine.check().json()["days_left"].as_i64();
    assert_eq!(left(), Some(30));
    running(&machine, &[], &hours_pass(40)).done().silent();
    machine.restart();
    assert_eq!(left(), Some(28));
    // Not only what passed since the last start.
    running(&machine, &[], &hours_pass(40)).done();
    machine.restart();
    assert_eq!(left(), Some(27));
    // The program's own code is not touched by a license that ends meanwhile, and its end is not kept.
    let long = format!("{}; exit 9", hours_pass(24 * 40));
    running(&machine, &[], &long).exits(9);
    machine.restart();
    machine.check().owes(14, "clock_behind");
    // With the clock right it is as if nothing had been.
    world.days_pass(4);
    assert_eq!(left(), Some(26));
}

/// A guard that is killed has looked an hour ago.
#[test]
fn a_guard_that_is_killed_has_kept_the_time_until_its_last_look() {
    let world = World::new();
    let (_, machine, key) = licensed(&world, &[], ORDER);
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let mark = machine.kept(&format!("machine/clock/{digits}.json"));
    let script = format!(
        "cp '{0}' before; {1}; for i in $(seq 200); do cmp -s '{0}' before || break; sleep 0.05; done; kill -9 $PPID",
        mark.display(),
        hours_pass(40)
    );
    let said = running(&machine, &[], &script)
        .env("COUNTERSIGN_TEST_HOUR", "50")
        .exits(-1);
    assert_eq!(said.stderr, "");
    machine.restart();
    assert_eq!(machine.check().json()["days_left"], 28);
}

/// A demo's days are counted so, too.
#[test]
fn the_days_of_a_demo_pass_while_its_program_runs() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--demo-days", "10"]);
    let machine = world.machine("ship");
    machine.install(&file);
    let left = || machine.check().json()["days_left"].as_i64();
    assert_eq!(left(), Some(9));
    running(&machine, &[], &hours_pass(40)).done();
    machine.restart();
    assert_eq!(left(), Some(7));
}
