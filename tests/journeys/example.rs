//! The example application is licensed by following its own text, command by command.

use std::fs;
use std::io::BufRead;
use std::path::Path;
use std::time::{Duration, SystemTime};

use countersign::App;
use countersign::machine::Facts;

#[cfg(target_os = "linux")]
use crate::world::{Machine, World};

#[allow(dead_code, reason = "its main is not called here")]
#[path = "../../examples/app.rs"]
mod app;

const TEXT: &str = include_str!("../../examples/app.rs");
/// The key in the text, in whose place the one that the desk prints is used.
const KEY: &str = "828-150-156-1139";

#[test]
fn the_example_is_licensed_by_following_its_own_text() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let application = application(at);
    let mut key = None;
    let mut said = String::new();
    let mut commands = 0;
    for line in TEXT.lines().filter_map(|line| line.strip_prefix("//! ")) {
        let Some(command) = line.strip_prefix("$ ") else {
            if line == KEY {
                key = Some(said.trim().to_owned());
            } else if line.starts_with("running") || line.starts_with("users:") {
                assert_eq!(said.trim(), line);
            }
            continue;
        };
        let command = command.replace(KEY, key.as_deref().unwrap_or(KEY));
        said = follow(&command, at, &application);
        commands += 1;
    }
    assert_eq!(commands, 9, "every command of the text was followed");
    assert!(key.is_some_and(|key| key != KEY));
    // The seat is free, and the application is not licensed any more.
    assert_eq!(application.check().unwrap_err().kind(), "returned");
}

#[test]
fn the_dialogue_says_what_is_wrong_and_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let started = SystemTime::now();
    let later = started + Duration::from_secs(40 * 86_400);
    let run = |now, typed: &str| {
        let application = application_at(directory.path(), now);
        let mut out = Vec::new();
        app::run(&application, &[], &mut typed.as_bytes(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert!(run(started, "").contains("running as a demo with 1 users"));
    let said = run(
        later,
        "request 828-150-156-1130\nfetch\nreturn\nrequest 828-150-156-1139\napply\nno code here\n",
    );
    let lines = said.split("to leave: ").collect::<Vec<_>>();
    let has = |at: usize, words: &str| assert!(lines[at].contains(words), "{at}: {said}");
    has(0, "the demo of Countersign Demo ended on");
    has(1, "license key");
    has(2, "fetch is none of");
    has(
        3,
        "there is no license for Countersign Demo on this machine",
    );
    has(4, "REQ1");
    has(5, "there is no code in this text");
}

/// Where the application below finds its home; beside it stand the computer and the moment.
#[cfg(target_os = "linux")]
const STAYS: &str = "COUNTERSIGN_EXAMPLE_STAYS";

/// The example as a process of its own, when the test below starts it.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "a process of the test below"]
fn stays() {
    let Some(home) = std::env::var_os(STAYS) else {
        return;
    };
    let said = std::env::var("COUNTERSIGN_EXAMPLE_COMPUTER").unwrap();
    let (computer, now): (Facts, u64) = serde_json::from_str(&said).unwrap();
    let application = App::builder(include_str!("../../keys/demo.product"))
        .home(Path::new(&home))
        .facts(computer)
        .clock(SystemTime::UNIX_EPOCH + Duration::from_secs(now))
        .build()
        .unwrap();
    let words = ["3".to_owned(), "stay".to_owned()];
    app::run(
        &application,
        &words,
        &mut std::io::empty(),
        &mut std::io::stdout(),
    )
    .unwrap();
}

#[cfg(target_os = "linux")]
fn start(machine: &Machine<'_>) -> std::process::Child {
    let now = machine.world().now().cast_unsigned();
    let computer = serde_json::to_string(&(machine.facts_now(), now)).unwrap();
    let mut process = std::process::Command::new(std::env::current_exe().unwrap());
    process.args([
        "--exact",
        "journeys::example::stays",
        "--ignored",
        "--nocapture",
    ]);
    process.env(STAYS, machine.home());
    process.env("COUNTERSIGN_EXAMPLE_COMPUTER", computer);
    let mut child = process
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let out = child.stdout.as_mut().unwrap();
    // One byte at a time: what comes after the line is read by whoever waits for its end.
    let mut seen = Vec::new();
    while !seen.ends_with(b"with 3 users; export is not in the license\n") {
        let mut byte = [0];
        std::io::Read::read_exact(out, &mut byte).unwrap();
        seen.extend(byte);
    }
    child
}

/// "A user can be disconnected by the Licence administrator": an application that takes its seat by itself is asked to end, and can say why.
#[cfg(target_os = "linux")]
#[test]
fn the_example_tells_its_user_why_its_seat_is_taken_back() {
    let world = World::new();
    let vendor = world.machine("vendor");
    let keys = |file: &str| format!("{}/keys/{file}", env!("CARGO_MANIFEST_DIR"));
    let (root, spare, product) = (
        keys("demo-root.pem"),
        keys("demo-spare.pem"),
        keys("demo.product"),
    );
    let init = ["desk", "init", "--no-passphrase", "--product", &product];
    let init = [
        init.as_slice(),
        &["--root-key", &root, "--spare-key", &spare],
    ];
    let init = init.concat();
    vendor.run(init).done();
    let new = ["license", "new", "--product", "demo", "--customer", "Me"];
    let floating = ["--type", "floating", "--seats", "2", "--limit", "users=5"];
    let key = vendor.run(new.iter().chain(&floating)).done().line();
    let machine = world.machine("office");
    machine.install(Path::new(&product));
    let request = machine.request(&key);
    machine.apply(&vendor.run(["respond"]).piped(request).done().code());

    let (told, other) = (start(&machine), start(&machine));
    let seats = || machine.run(["seat", "list"]).json();
    let of = |child: &std::process::Child| {
        let seats = seats();
        let mut taken = seats["taken"].as_array().unwrap().iter();
        let seat = taken.find(|it| it["process"] == child.id()).unwrap();
        seat["seat"].to_string()
    };
    let seat = of(&told);
    let disconnect = ["seat", "disconnect", &seat, "--reason", "we close at six"];
    machine.run(disconnect).done();
    let ended = told.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stdout).unwrap();
    assert!(ended.status.success(), "{said}");
    let words = "the administrator takes the seat back: we close at six";
    assert!(said.contains(words), "{said}");
    assert_eq!(seats()["in_use"], 1);
    // Who ends for another reason has no such thing to say, whichever seat it is.
    let id = other.id().to_string();
    let mut kill = std::process::Command::new("kill");
    assert!(kill.arg(id).status().unwrap().success());
    let said = String::from_utf8(other.wait_with_output().unwrap().stdout).unwrap();
    assert!(!said.contains("takes the seat back"), "{said}");
    assert_eq!(seats()["in_use"], 0);
}

fn application(at: &Path) -> App {
    application_at(at, SystemTime::now())
}

fn application_at(at: &Path, now: SystemTime) -> App {
    let facts = Facts {
        machine_id: "0123456789abcdef0123456789abcdef".to_owned().into(),
        mac: "52:54:00:12:34:56".to_owned().into(),
        disk_serial: "s4evnf0m123456".to_owned().into(),
        ..Facts::default()
    };
    App::builder(include_str!("../../keys/demo.product"))
        .home(&at.join("customer"))
        .facts(facts)
        .clock(now)
        .build()
        .unwrap()
}

/// Does what a line of the text says, in the directory `at`; `<` and `>` are the shell's. What is printed is given back.
fn follow(command: &str, at: &Path, application: &App) -> String {
    let (command, into) = split(command, " > ");
    let (command, from) = split(command, " < ");
    let mut words = command.split_whitespace();
    let printed = match words.next() {
        Some("countersign") => {
            let repository = env!("CARGO_MANIFEST_DIR");
            let words = words.map(|word| match word.strip_prefix("keys/") {
                Some(file) => format!("{repository}/keys/{file}"),
                None => word.to_owned(),
            });
            let mut program = assert_cmd::Command::cargo_bin("countersign").unwrap();
            let done = program.current_dir(at).args(words).assert().success();
            String::from_utf8(done.get_output().stdout.clone()).unwrap()
        }
        Some("cargo") => {
            let words: Vec<String> = words
                .skip_while(|word| *word != "--")
                .skip(1)
                .map(str::to_owned)
                .collect();
            let text = from.map(|file| fs::read(at.join(file)).unwrap());
            let mut input: Box<dyn BufRead> =
                Box::new(std::io::Cursor::new(text.unwrap_or_default()));
            let mut out = Vec::new();
            app::run(application, &words, &mut *input, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        }
        other => panic!("{other:?} is no command of the text"),
    };
    if let Some(file) = into {
        fs::write(at.join(file), &printed).unwrap();
    }
    printed
}

fn split<'a>(command: &'a str, by: &str) -> (&'a str, Option<&'a str>) {
    match command.split_once(by) {
        Some((command, file)) => (command, Some(file)),
        None => (command, None),
    }
}
