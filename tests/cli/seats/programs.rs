//! Programs that run on seats, and how their seats come back.

use super::*;

#[test]
fn two_programs_run_on_two_seats_and_the_third_is_told_who_holds_them() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "2"]);
    let one = Holder::start(&running(
        &machine,
        &["--user", "anna", "--host", "ws-14"],
        UNTIL_THE_END,
    ));
    let two = Holder::start(&running(
        &machine,
        &["--user", "bob", "--host", "ws-15"],
        UNTIL_THE_END,
    ));
    assert_eq!((&*one.line, &*two.line), ("seat 1", "seat 2"));
    let said = running(&machine, &[], "echo ran").owes(116, "no_seat");
    for words in [
        "all 2 seats are in use",
        "anna",
        "ws-14",
        "bob",
        "--wait 10m",
        "countersign seat list",
    ] {
        assert!(said.stderr.contains(words), "{words}: {said}");
    }
    hold(&machine, &[]).owes(16, "no_seat");
    let error = hold(&machine, &[]).with_json_exits(16)["error"].clone();
    assert_eq!(error["in_use"], 2);
    assert_eq!(error["taken"][0]["workstation"], "ws-14");
    assert_eq!(one.end(), 0);
    assert_eq!(running(&machine, &[], "echo ran").done().line(), "ran");
    assert_eq!(two.end(), 0);
    assert_eq!(in_use(&machine), 0);
}

/// "A dead client's seat comes back by itself."
#[test]
fn a_seat_comes_back_however_its_program_ends() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    Holder::start(&hold(&machine, &["--user", "dana", "--host", "ws-09"])).kill();
    let seen = list(&machine);
    assert_eq!(
        (&seen["in_use"], &seen["came_back"][0]["workstation"]),
        (&0.into(), &"ws-09".into())
    );
    machine
        .run(["seat", "list"])
        .done()
        .prints("seat 1 came back by itself: ws-09 (dana");
    running(&machine, &[], "kill -9 $$").exits(137);
    running(&machine, &[], "exit 3").exits(3);
    machine.run(["run", "--", "/nowhere/at-all"]).exits(101);
    assert_eq!(in_use(&machine), 0);
}

/// The program holds the seat, not what started it.
#[test]
fn a_wrapper_that_is_killed_does_not_free_the_seat_of_its_program() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let mut wrapper = Holder::start(&running(&machine, &[], UNTIL_THE_END));
    let stdin = wrapper.stdin.take();
    wrapper.kill();
    assert_eq!(in_use(&machine), 1);
    running(&machine, &[], "true").owes(116, "no_seat");
    drop(stdin);
    until(|| in_use(&machine) == 0);
}

#[test]
fn a_daemon_keeps_the_seat_of_the_program_that_started_it() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let files = world.path().join("files");
    let stop = |name: &str| std::fs::write(files.join(name), "").unwrap();
    let daemon = |name: &str| {
        format!("(while [ ! -e {name} ]; do sleep 0.05; done) </dev/null >/dev/null 2>&1 & exit 4")
    };
    running(&machine, &[], &daemon("one"))
        .exits(4)
        .tells("seat 1 stays in use: what sh started still runs");
    assert_eq!(in_use(&machine), 1);
    let by = list(&machine)["taken"][0].clone();
    assert_eq!(by["program"], "sh");
    machine.run(["seat", "list"]).done().prints("what process ");
    stop("one");
    until(|| in_use(&machine) == 0);
    // Unless it is not to.
    running(&machine, &["--until-exit"], &daemon("two"))
        .exits(4)
        .silent();
    assert_eq!(in_use(&machine), 0);
    stop("two");
    // One that closes what it inherits holds it as long as what started it waits for it.
    let closes = r#"for it in /proc/$$/fd/*; do n=${it##*/}; [ $n -le 2 ] || eval "exec $n>&-"; done; echo up; read end"#;
    let one = Holder::start(&machine.run(["run", "--", "bash", "-c", closes]));
    assert_eq!(in_use(&machine), 1);
    one.end();
    assert_eq!(in_use(&machine), 0);
}
