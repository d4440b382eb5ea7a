//! A key is sold, a machine with no network asks, the desk answers, the machine is licensed and stays so with no contact.

use crate::world::World;

#[test]
fn from_the_first_command_to_a_licensed_machine() {
    let world = World::new();

    // Desk: a product with a feature and a limit, and a license for two machines.
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--feature", "export", "--limit", "users"]);
    let key = desk.sell(
        "survey",
        &["--seats", "2", "--feature", "export", "--limit", "users=5"],
    );

    // Field: the product file came with the application. Without a license it does not run, and says what to do.
    let aurora = world.machine("aurora");
    aurora.install(&file).tells("signed by the key");
    aurora
        .check()
        .refused(10, "not_licensed")
        .tells("countersign request activate KEY");

    // The request goes out by mail, and the answer comes back in one.
    let request = aurora.request(&key);
    aurora
        .check()
        .refused(10, "not_licensed")
        .tells("countersign apply");
    let mail = format!(
        "Hello desk,\r\n\r\n> please license us:\r\n> {}\r\nThe master\r\n",
        request.replace('\n', "\r\n> ")
    );
    let answer = desk.respond(&mail).done().code();
    aurora.apply(&answer).tells("licensed: survey");

    // Every launch checks with no contact; the desk is gone.
    for _ in 0..20 {
        aurora
            .check_with(&["--feature", "export", "--count", "users=5"])
            .done()
            .prints("licensed: survey");
        world.days_pass(1);
    }

    // The second seat goes to another machine, and there is no third.
    let borealis = world.machine("borealis");
    borealis.install(&file);
    desk.license(&borealis, &key);
    borealis.check().done();
    let corona = world.machine("corona");
    corona.install(&file);
    desk.respond(&corona.request(&key))
        .owes(6, "no_seat_free")
        .tells("no seat is free: 2 of 2 are taken");
    corona.check().refused(10, "not_licensed");

    assert_eq!(desk.seats_taken(&key), 2);
    desk.run(["ledger", "verify"])
        .done()
        .tells("the ledger is as its history has it");

    // Three weeks on, the first machine is told ahead of time, and after the grace it waits for the desk.
    world.days_pass(4);
    aurora
        .check()
        .done()
        .tells("only 6 days left in grace period");
    world.days_pass(7);
    aurora.check().refused(12, "overdue").tells("re-validate");
    borealis.check().done();
}

#[test]
fn through_pipes_only() {
    let world = World::new();
    let desk = world.desk("desk");
    let ship = world.machine("ship");
    let script = r#"
        set -eu
        program=$0
        "$program" --home "$DESK" -q product add survey --name Survey
        "$program" --home "$DESK" -q product export survey > survey.product
        key=$("$program" --home "$DESK" -q license new --product survey --customer Aurora)
        "$program" --home "$SHIP" -q product install survey.product
        "$program" --home "$SHIP" -q request activate "$key" |
            "$program" --home "$DESK" -q respond |
            "$program" --home "$SHIP" -q apply
        "$program" --home "$SHIP" check
    "#;
    let program = env!("CARGO_BIN_EXE_countersign");
    // The variables of a machine of this world, for all three in the pipe.
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", script, program])
        .current_dir(world.path().join("tmp"))
        .env_clear();
    let prepared = ship.check().process();
    shell.envs(
        prepared
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let output = shell
        .env("DESK", desk.home())
        .env("SHIP", ship.home())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.starts_with("licensed: survey, "), "{output:?}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{said}");
}

#[test]
fn closing_anything_loses_nothing() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&file);

    // The window was closed before the code was written down: the same command shows the same code, after a restart too.
    let request = ship.request(&key);
    world.days_pass(3);
    ship.restart();
    let again = ship
        .run(["request", "activate", &key])
        .done()
        .tells("the same code again");
    assert_eq!(again.code(), request);

    // The answer was lost on its way: the desk gives the same bytes, and no second seat.
    let answer = desk.answer(&request);
    world.days_pass(2);
    assert_eq!(desk.answer(&request), answer);
    assert_eq!(desk.seats_taken(&key), 1);

    // It is entered twice, which does no harm; then the first request is asked for once more.
    ship.apply(&answer);
    ship.apply(&answer).tells("in force already");
    ship.run(["request", "activate", &key])
        .refused(6, "already_licensed");
    ship.check().done();
}

/// The old computer gives up and prints a return code, the new one is activated; nothing of the old one is left to use.
#[test]
fn moving_to_another_computer() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &[]);
    let (old, new) = (world.machine("old"), world.machine("new"));
    old.install(&file);
    new.install(&file);
    desk.license(&old, &key);
    world.days_pass(100);
    // The wrong way round: the seat is still taken, and the clerk is told by whom.
    let holder = old.check().with_json_exits(12)["activation"].clone();
    let request = new.request(&key);
    desk.respond(&request)
        .owes(6, "no_seat_free")
        .tells(holder.as_str().unwrap());
    let code = old.run(["return", "--yes"]).done().code();
    old.check().refused(10, "returned");
    desk.respond(&code).done().tells("seat freed");
    // The request that was refused is as good as ever.
    new.apply(&desk.answer(&request));
    new.check().done().silent();
    assert_eq!(desk.seats_taken(&key), 1);
}
