//! What holds of every command: streams, `--json`, `-q`, help, hostile arguments, readers that go away.

use crate::world::{Machine, World};

/// Every command, by its words, as its manual page has them.
fn commands(anyone: &Machine<'_>) -> Vec<Vec<String>> {
    let directory = anyone.world().path().join("tmp/pages");
    anyone.run(["man"]).arg(&directory).done();
    let mut found: Vec<Vec<String>> = Vec::new();
    for page in std::fs::read_dir(&directory).unwrap() {
        let text = std::fs::read_to_string(page.unwrap().path()).unwrap();
        let synopsis = text.split(".SH SYNOPSIS\n\\fBcountersign").nth(1).unwrap();
        let words = synopsis.split("\\fR").next().unwrap().replace('\\', "");
        // A group is no command.
        if !text.contains(".SH SUBCOMMANDS") {
            found.push(words.split_whitespace().map(str::to_owned).collect());
        }
    }
    found.sort();
    let known = ["apply", "license new", "request activate", "respond"];
    let has = |known: &str| found.iter().any(|words| words.join(" ") == known);
    assert!(known.into_iter().all(has), "{found:?}");
    found
}

#[test]
fn every_command_explains_itself() {
    let world = World::new();
    let anyone = world.machine("anyone");
    anyone
        .run(["--version"])
        .done()
        .silent()
        .prints("countersign 0.");
    let help = anyone.run(["--help"]).done().silent();
    for words in [
        "Desk (vendor)",
        "Machine (field)",
        "Anyone",
        "countersign tour",
    ] {
        assert!(help.stdout.contains(words), "{words}: {help}");
    }
    for command in commands(&anyone) {
        let said = anyone.run(&command).arg("--help").done().silent();
        assert!(said.stdout.contains("Usage: countersign"), "{said}");
    }
}

/// Whatever is called wrongly: exit code 2, an object where that was asked for, and no panic.
#[test]
fn usage_is_a_failure_like_any_other() {
    let world = World::new();
    let anyone = world.machine("anyone");
    for args in [
        &["frobnicate"][..],
        &["check", "--frobnicate"],
        &["license"],
        &[],
        &["request", "activate"],
        &["check", "extra"],
        &["respond", "--seats", "x", "y"],
    ] {
        anyone.run(args).exits(2);
        let object = anyone.run(["--json"].iter().chain(args)).exits(2).json();
        assert_eq!(object["error"]["kind"], "usage", "{args:?}");
        assert!(
            object["error"]["hint"]
                .as_str()
                .is_some_and(|hint| !hint.is_empty()),
            "{object}"
        );
    }
}

#[test]
fn wrong_usage_names_what_is_wrong_and_what_would_be_right() {
    let world = World::new();
    let anyone = world.machine("anyone");
    for (args, wrong, right) in [
        (
            &["license", "new", "--customer", "A"][..],
            "this is missing: --product <ID>",
            "countersign license new --help",
        ),
        (
            &["request", "activate"],
            "this is missing: <KEY>",
            "countersign request activate --help",
        ),
        (&["license", "shw"], "'shw'", "'show'"),
        (&["check", "--coun", "users=1"], "'--coun'", "'--count'"),
        (
            &["check", "--count", "users"],
            "NAME=NUMBER, such as employees=250",
            "--help",
        ),
        (
            &["completions", "tcsh"],
            "'tcsh'",
            "possible values: bash, elvish, fish, powershell, zsh",
        ),
        (
            &["respond", "--override"],
            "this is missing: --reason <TEXT>",
            "countersign respond --help",
        ),
    ] {
        anyone
            .run(args)
            .refused(2, "usage")
            .tells(wrong)
            .tells(right);
    }
}

#[cfg(unix)]
#[test]
fn hostile_arguments_are_no_panic() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    let world = World::new();
    let anyone = world.machine("anyone");
    let hostile = [
        OsString::from_vec(b"\xff\xfe\x80".to_vec()),
        OsString::from("\u{1b}[2J\u{7}\u{202e}"),
        OsString::from("x".repeat(100_000)),
        OsString::from("-"),
        OsString::from("--"),
        OsString::from("@"),
        OsString::from("%n%s%x"),
        OsString::from("'; DROP TABLE license; --"),
        OsString::from("\n"),
    ];
    for command in commands(&anyone)
        .into_iter()
        .filter(|command| !["tour", "man", "desk"].contains(&command[0].as_str()))
    {
        for word in &hostile {
            let said = anyone.run(&command).arg(word).said();
            let ours = match command[0].as_str() {
                "run" => [0, 100],
                _ => [0, 0],
            };
            let exit = ours.map(|more| said.exit - more);
            assert!(exit.iter().any(|it| (0..=16).contains(it)), "{said}");
        }
    }
    for word in &hostile {
        let said = anyone
            .run(["desk", "init", "--no-passphrase", "--vendor"])
            .arg(word)
            .said();
        assert!((0..=2).contains(&said.exit), "{said}");
        let said = anyone
            .run_at_home_of_user(["license", "list", "--home"])
            .arg(word)
            .said();
        assert!((0..=2).contains(&said.exit), "{said}");
    }
}

/// Names with control characters would let one customer write over another's line on the clerk's terminal.
#[test]
fn terminals_are_not_written_over() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    for customer in ["Aurora\u{1b}[2K", "Aurora\nBorealis", "\u{7}"] {
        let said = desk
            .run([
                "license",
                "new",
                "--product",
                "survey",
                "--customer",
                customer,
            ])
            .said();
        assert!(said.exit == 2, "{said}");
    }
    desk.run(["product", "add", "two", "--name", "a\nb"])
        .refused(2, "bad_product");
}

#[test]
fn quiet_says_only_what_is_wrong() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.run(["product", "add", "survey", "--name", "Survey", "-q"])
        .done()
        .silent();
    let file = desk.export("survey");
    let key = desk
        .run([
            "-q",
            "license",
            "new",
            "--product",
            "survey",
            "--customer",
            "A",
        ])
        .done()
        .silent()
        .line();
    let ship = world.machine("ship");
    ship.run(["-q", "product", "install"])
        .arg(&file)
        .done()
        .silent();
    let request = ship
        .run(["request", "activate", &key, "--quiet"])
        .done()
        .silent()
        .code();
    let answer = desk.respond(&request).arg("-q").done().silent().code();
    ship.run(["apply", "-q"]).piped(&answer).done().silent();
    ship.run(["check", "-q"]).done().silent();
    world.days_pass(25);
    ship.run(["check", "-q"])
        .done()
        .tells("warning: only 5 days left");
    desk.run(["-q", "license", "show", "1"])
        .refused(3, "mistyped_key");
}

/// With `--json` nothing is said beside the object but failures.
#[test]
fn json_is_one_object_and_no_talk() {
    let world = World::new();
    let desk = world.desk("desk");
    let json = |machine: &Machine<'_>, args: &[&str], input: &str| {
        machine
            .run(["--json"].iter().chain(args))
            .piped(input)
            .done()
            .silent()
            .json()
    };
    json(&desk, &["product", "add", "survey", "--name", "Survey"], "");
    json(
        &desk,
        &["product", "export", "survey", "-o", "survey.product"],
        "",
    );
    let sold = json(
        &desk,
        &["license", "new", "--product", "survey", "--customer", "A"],
        "",
    );
    let key = sold["license_key"].as_str().unwrap();
    let ship = world.machine("ship");
    json(&ship, &["product", "install", "survey.product"], "");
    let request = json(&ship, &["request", "activate", key], "");
    json(&ship, &["pending", "list"], "");
    let answer = json(&desk, &["respond"], request["code"].as_str().unwrap());
    json(&ship, &["apply"], answer["code"].as_str().unwrap());
    json(&ship, &["status"], "");
    json(&ship, &["check"], "");
    json(&desk, &["license", "show", key], "");
    json(&desk, &["license", "list"], "");
    json(&desk, &["product", "show", "survey"], "");
    json(&desk, &["ledger", "verify"], "");
    let other = world.machine("other");
    json(
        &other,
        &["desk", "init", "--vendor", "B", "--no-passphrase"],
        "",
    );
    world.days_pass(25);
    let warned = json(&ship, &["check"], "");
    assert_eq!(warned["warnings"][0]["kind"], "grace_ends");
}

/// Answers in a pipe are plain text, whatever the environment says about colours.
#[test]
fn no_colours_in_a_pipe() {
    let world = World::new();
    let ship = world.machine("ship");
    for (name, value) in [
        ("CLICOLOR_FORCE", "1"),
        ("TERM", "xterm-256color"),
        ("NO_COLOR", ""),
    ] {
        let said = ship.check().env(name, value).exits(10);
        assert!(!said.stderr.contains('\u{1b}'), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    desk.run([
        "license",
        "new",
        "--product",
        "survey",
        "--customer",
        "A",
        "--count",
        "20000",
    ])
    .done();
    let mut child = desk.run(["license", "list"]).process();
    let mut child = child
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code() == Some(141) && said.is_empty(),
        "{output:?}"
    );

    // Streams that are closed from the start: what cannot be shown is a failure, what cannot be said is not.
    let closed = desk.run(["license", "list"]).after("exec >&-").said();
    assert!([0, 1].contains(&closed.exit), "{closed}");
    desk.run(["product", "list"])
        .after("exec 2>&-")
        .done()
        .prints("survey");
    desk.run(["product", "list"])
        .after("exec <&-")
        .done()
        .prints("survey");
}

/// An answer that could not be shown is not lost: it is in the ledger, and comes again.
#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_could_not_be_printed_comes_again() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    let request = ship
        .run(["request", "activate", &key])
        .after("exec >/dev/full")
        .exits(1)
        .tells("a full disk, a closed pipe");
    assert_eq!(request.stdout, "");
    let request = ship.request(&key);
    desk.respond(&request)
        .after("exec >/dev/full")
        .exits(1)
        .tells("could not be written");
    let said = desk.respond(&request).done().tells("answered before");
    ship.apply(&said.code());
    assert_eq!(desk.seats_taken(&key), 1);
}

/// A license is looked for in one's own home: neither where the program is called nor where another home lies. (That no connection is opened is looked at
/// in `.ci/run`, where system calls are seen.)
#[test]
fn a_foreign_home_is_not_found_by_accident() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    desk.license(&ship, &key);
    ship.check().done();
    ship.check().after("cd /").done();
    let other = world.machine("other");
    other.install(&file);
    other.check().after("cd ../homes/ship").exits(10);
    // An empty variable is none: the user's own home, whatever its surroundings.
    for home in ["homes/ship", "homes"] {
        ship.run_at_home_of_user(["check"])
            .env("COUNTERSIGN_HOME", "")
            .env("HOME", world.path().join(home))
            .exits(10);
    }
}
