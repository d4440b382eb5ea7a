//! What people read is broken between words at the width of their terminal; codes, JSON and what no terminal shows are as they are.

use crate::world::{Machine, Run, World};

const WIDTHS: [u16; 3] = [40, 80, 200];

fn words(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    words.sort_unstable();
    words
}

/// The same words as in a pipe, none of them broken, and no line that fills the terminal.
#[track_caller]
fn fits(run: &Run<'_>) {
    let piped = run.said();
    let piped = piped.stdout + &piped.stderr;
    let longest = |text: &str| text.lines().map(|line| line.chars().count()).max();
    for columns in WIDTHS {
        let seen = run.on_terminal(columns);
        assert_eq!(words(&seen), words(&piped), "{columns} columns:\n{seen}");
        for line in seen.lines() {
            // clap breaks all but the line of the usage.
            let whole = !line.trim_start().contains(' ') || line.starts_with("Usage: ");
            assert!(
                line.chars().count() < usize::from(columns) || whole,
                "{columns} columns: {line}\n{seen}"
            );
        }
    }
    assert!(
        longest(&piped) > Some(80),
        "nothing is to be broken:\n{piped}"
    );
    assert!(
        longest(&run.on_terminal(200)) > Some(80),
        "broken without need"
    );
}

fn licensed(world: &World) -> (Machine<'_>, String) {
    let product = ["--limit", "users", "--feature", "export"];
    let (desk, machine, key) = world.sold(&product, &["--limit", "users=10"]);
    desk.license(&machine, &key);
    (machine, key)
}

#[test]
fn sentences_advice_and_tables_fit_the_terminal() {
    let world = World::new();
    let (machine, _) = licensed(&world);
    fits(&machine.run(["check", "--count", "users=99", "--feature", "export"]));
    fits(&machine.run(["request", "activate", "123"]));
    world.days_pass(1);
    machine.clock_ahead(-40 * 86_400);
    fits(&machine.run(["status"]));
}

#[test]
fn help_fits_the_terminal() {
    let world = World::new();
    let machine = world.machine("machine");
    fits(&machine.run(["--help"]));
    fits(&machine.run(["return", "--help"]));
    fits(&machine.run(["request", "activate", "-h"]));
}

#[test]
fn codes_and_json_are_never_broken() {
    let world = World::new();
    let (machine, key) = licensed(&world);
    let asked = machine.run(["request", "activate", &key, "--new"]);
    let asked_again = machine.run(["request", "activate", &key]);
    let code = asked.done().code();
    let seen = asked_again.on_terminal(40);
    for row in code.lines() {
        assert!(
            seen.lines().any(|line| line == row),
            "{row} is not in:\n{seen}"
        );
    }
    let status = machine.run(["--json", "status"]);
    assert_eq!(status.on_terminal(40), status.done().stdout);
}
