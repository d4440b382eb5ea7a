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
    machine.run(["run"]).exits(2);
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
