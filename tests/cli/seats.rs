//! Seats of a floating license in use: who gets one, who holds it, how it comes back.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::world::{Holder, Machine, Run, World};

/// A machine that holds a floating license, as a site does.
pub(super) fn site<'w>(
    world: &'w World,
    product: &[&str],
    order: &[&str],
) -> (Machine<'w>, String) {
    let desk = world.desk("desk");
    let file = desk.product("survey", product);
    let order: Vec<&str> = ["--type", "floating"]
        .iter()
        .chain(order)
        .copied()
        .collect();
    let key = desk.sell("survey", &order);
    let machine = world.machine("site");
    machine.install(&file);
    desk.license(&machine, &key);
    (machine, key)
}

fn running<'w>(machine: &Machine<'w>, options: &[&str], script: &str) -> Run<'w> {
    let program = ["--", "sh", "-c", script];
    machine.run(["run"].iter().chain(options).chain(&program))
}

/// Says that it runs, and goes on until its standard input ends.
const UNTIL_THE_END: &str = "echo seat $COUNTERSIGN_SEAT; read end; exit 0";

fn hold<'w>(machine: &Machine<'w>, options: &[&str]) -> Run<'w> {
    machine.run(["seat", "hold"].iter().chain(options))
}

fn list(machine: &Machine<'_>) -> serde_json::Value {
    machine.run(["seat", "list"]).json()
}

fn in_use(machine: &Machine<'_>) -> u64 {
    list(machine)["in_use"].as_u64().unwrap()
}

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

fn until(mut so: impl FnMut() -> bool) {
    for _ in 0..2400 {
        if so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it never was so");
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

#[test]
fn who_looks_sees_who_uses_which_seat_from_which_workstation_since_when() {
    let world = World::new();
    let (machine, key) = site(
        &world,
        &["--feature", "lv", "--pool", "design"],
        &["--seats", "10", "--feature", "lv", "--pool", "design=3"],
    );
    let options = [
        "--user",
        "anna",
        "--host",
        "ws-14",
        "--feature",
        "lv",
        "--feature",
        "design",
    ];
    let anna = Holder::start(&running(&machine, &options, UNTIL_THE_END));
    let seen = machine.run(["seat", "list"]).done();
    let lines: Vec<&str> = seen.stdout.lines().collect();
    assert_eq!(
        lines[0],
        format!("Survey  {key}  10 seats: 1 in use, 9 free; design: 1 of 3 in use")
    );
    assert!(lines[1].starts_with("seat  user"), "{seen}");
    for words in [
        "anna",
        "ws-14",
        "sh",
        "lv,design",
        "2040-03-01 12:00",
        "0 min",
        "process ",
    ] {
        assert!(lines[2].contains(words), "{words}: {seen}");
    }
    let object = list(&machine);
    let taken = &object["taken"][0];
    assert_eq!(taken["features"], serde_json::json!(["lv", "design"]));
    assert_eq!(taken["since"], "2040-03-01T12:00:00Z");
    assert_eq!(
        object["pools"][0],
        serde_json::json!({ "name": "design", "seats": 3, "in_use": 1 })
    );
    anna.end();
}

#[test]
fn a_module_with_seats_of_its_own_is_used_by_so_many() {
    let world = World::new();
    let (machine, _) = site(
        &world,
        &["--pool", "design", "--pool", "lighting"],
        &["--seats", "3", "--pool", "design=1"],
    );
    let designer = Holder::start(&running(&machine, &["--feature", "design"], UNTIL_THE_END));
    running(&machine, &["--feature", "design"], "true")
        .owes(116, "no_seat")
        .tells("the only seat of design is in use");
    running(&machine, &[], "true").done();
    running(&machine, &["--feature", "lighting"], "true")
        .exits(115)
        .tells("the license does not contain lighting");
    machine.check_with(&["--feature", "design"]).done();
    assert_eq!(designer.end(), 0);
    running(&machine, &["--feature", "design"], "true").done();
}

#[test]
fn a_seat_is_leased_kept_and_given_back_by_its_token() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let take = |span: &str| machine.run(["seat", "take", "--user", "anna", "--for", span]);
    let token = take("10m")
        .done()
        .tells("seat 1 is yours until 2040-03-01 12:10")
        .line();
    take("10m").owes(16, "no_seat");
    machine
        .run(["seat", "list"])
        .done()
        .prints("a lease until 2040-03-01 12:10");
    let kept = machine.run(["seat", "keep", &token, "--for", "1h"]).json();
    assert_eq!((&kept["seconds"], &kept["seat"]), (&3600.into(), &1.into()));
    running(&machine, &[], "true").owes(116, "no_seat");
    machine.run(["seat", "release", &token]).done();
    for command in ["keep", "release"] {
        machine
            .run(["seat", command, &token])
            .owes(4, "unknown_token");
        machine
            .run(["seat", command, "nonsense"])
            .owes(4, "unknown_token");
    }
    let token = take("30s").done().line();
    world.days_pass(1);
    machine
        .run(["seat", "keep", &token])
        .owes(4, "unknown_token");
    running(&machine, &[], "true").done();
    machine
        .run(["seat", "take", "--for", "soon"])
        .refused(2, "usage");
}

#[test]
fn who_waits_gets_the_seat_that_is_given_back() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let first = Holder::start(&running(&machine, &[], UNTIL_THE_END));
    running(&machine, &["--wait", "1s"], "true").owes(116, "no_seat");
    let mut waits = running(&machine, &["--wait", "5m"], "echo ran").process();
    let waits = waits.stdout(Stdio::piped()).spawn().unwrap();
    until(|| list(&machine)["waiting"] == 1);
    machine.run(["seat", "list"]).done().prints("; 1 waiting");
    first.end();
    let ended = waits.wait_with_output().unwrap();
    assert_eq!(
        (ended.status.code(), &*ended.stdout),
        (Some(0), &b"ran\n"[..])
    );
    assert_eq!(list(&machine)["waiting"], 0);
}

/// "What an application asks at launch" takes nothing, and says so.
#[test]
fn a_check_takes_no_seat_and_says_that_one_is_needed() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    let _one = Holder::start(&hold(&machine, &[]));
    let said = machine.check().done();
    said.prints("licensed")
        .prints(", floating on 1 seat")
        .silent();
    assert_eq!(machine.check().json()["needs_seat"], true);
    assert_eq!(in_use(&machine), 1);
}

#[test]
fn a_license_that_does_not_float_has_no_seats_to_hold() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--pool", "design"]);
    let key = desk.sell("survey", &[]);
    let machine = world.machine("one");
    machine.install(&file);
    machine.run(["seat", "list"]).refused(10, "not_licensed");
    desk.license(&machine, &key);
    for command in ["hold", "take", "list"] {
        machine.run(["seat", command]).refused(6, "not_floating");
    }
    assert_eq!(machine.check().json()["needs_seat"], false);
    running(&machine, &[], "echo \"[$COUNTERSIGN_SEAT]\"")
        .done()
        .prints("[]");
    let standalone = [
        "license",
        "new",
        "--product",
        "survey",
        "--customer",
        "A",
        "--pool",
        "design=2",
    ];
    desk.run(standalone).refused(2, "usage").tells("floating");
    desk.run(
        standalone
            .iter()
            .chain(&["--type", "floating", "--pool", "design=0"]),
    )
    .refused(2, "usage");
}

#[test]
fn a_license_that_shrank_lets_run_what_runs_and_starts_nothing_until_it_fits() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--type", "floating", "--seats", "3"]);
    let machine = world.machine("site");
    machine.install(&file);
    desk.license(&machine, &key);
    let held = [(); 3].map(|()| Holder::start(&hold(&machine, &[])));
    desk.run(["license", "change", &key, "--seats", "2"]).done();
    machine.apply(&desk.answer(&machine.run(["request", "sync"]).done().code()));
    let seen = list(&machine);
    assert_eq!((&seen["seats"], &seen["in_use"]), (&2.into(), &3.into()));
    hold(&machine, &[])
        .owes(16, "no_seat")
        .tells("3 seats are in use, and the license has 2");
    let [one, two, three] = held;
    one.end();
    hold(&machine, &[]).owes(16, "no_seat");
    two.end();
    let four = Holder::start(&hold(&machine, &[]));
    hold(&machine, &[]).owes(16, "no_seat");
    four.end();
    three.end();
    assert_eq!(in_use(&machine), 0);
}

/// Whoever may read a home can copy it; the seats are where the license is.
#[test]
fn a_copy_of_a_home_without_its_secrets_has_no_seats() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    std::fs::remove_dir_all(machine.kept("machine/secrets")).unwrap();
    hold(&machine, &[]).owes(1, "secret_lost");
    running(&machine, &[], "true").owes(101, "secret_lost");
}

#[cfg(target_os = "linux")]
#[test]
fn who_keeps_the_gate_is_named_and_who_looks_is_shown_what_is_written() {
    let world = World::new();
    let (machine, key) = site(&world, &[], &["--seats", "2"]);
    let one = Holder::start(&hold(&machine, &["--user", "anna", "--host", "ws-14"]));
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let gate = machine.kept(&format!("machine/seats/{digits}/gate"));
    let mut flock = std::process::Command::new("flock");
    flock.arg(&gate).args(["sh", "-c", "echo kept; read end"]);
    let mut keeper = flock
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(keeper.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    hold(&machine, &[])
        .owes(1, "seats_busy")
        .tells("(flock) of ");
    let seen = machine.run(["seat", "list"]).done().prints("ws-14");
    seen.tells("what is written");
    keeper.stdin.take().unwrap().write_all(b"\n").unwrap();
    keeper.wait().unwrap();
    assert_eq!(one.end(), 0);
}

/// Root's home for every user of the computer, and users of it.
#[cfg(unix)]
#[test]
fn users_take_the_seats_of_a_home_that_root_keeps_for_all() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--type", "floating", "--seats", "2"]);
    let machine = world.machine("site");
    machine
        .run(["product", "install", file.to_str().unwrap(), "--system"])
        .done();
    let request = machine
        .run(["request", "activate", &key, "--system"])
        .done()
        .code();
    machine.apply(&desk.answer(&request));
    open_to_others(world.path());
    let by = |user: u32, run: &Run<'_>| as_user(user, run);
    let ada = Holder::start_process(by(61_001, &hold(&machine, &[])));
    let bob = Holder::start_process(by(61_002, &hold(&machine, &[])));
    let names: Vec<String> = ["seat 1", "seat 2"].map(str::to_owned).to_vec();
    assert_eq!([ada.line.clone(), bob.line.clone()].to_vec(), names);
    let third = by(61_003, &hold(&machine, &[])).output().unwrap();
    assert_eq!(third.status.code(), Some(16));
    let accounts = list(&machine)["taken"].clone();
    assert_eq!(accounts[0]["account"], "user 61001");
    assert_eq!(accounts[1]["account"], "user 61002");
    // Nobody takes away, renames or replaces what the seats are.
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let seats = machine.home().join(format!("machine/seats/{digits}"));
    for attack in [
        "rm -f seat-00001; test ! -e seat-00001",
        "mv seat-00001 x",
        "mv ../*/ ../x",
        "rm -rf records leases tickets",
        "echo x > records/61001",
        "rm -f records/61001; test ! -e records/61001",
        "ln -s /etc/passwd seat-00003",
        "chmod 0 seat-00001",
        "chmod 0 gate",
    ] {
        let done = std::process::Command::new("setpriv")
            .args([
                "--reuid",
                "61003",
                "--regid",
                "61003",
                "--clear-groups",
                "sh",
                "-c",
                attack,
            ])
            .current_dir(&seats)
            .stderr(Stdio::null())
            .status();
        assert!(!done.unwrap().success(), "{attack}");
    }
    // Who copies the home has none of its secrets.
    let copy = world.path().join("tmp/copy");
    let copied = format!(
        "cp -r '{}' '{}'; true",
        machine.home().display(),
        copy.display()
    );
    let mut shell = std::process::Command::new("setpriv");
    shell.args([
        "--reuid",
        "61003",
        "--regid",
        "61003",
        "--clear-groups",
        "sh",
        "-c",
        &copied,
    ]);
    assert!(shell.stderr(Stdio::null()).status().unwrap().success());
    let said = by(61_003, &machine.run_at(&copy, ["seat", "hold"]))
        .output()
        .unwrap();
    assert_eq!(
        said.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    ada.end();
    bob.end();
    assert_eq!(in_use(&machine), 0);
}

#[cfg(unix)]
fn open_to_others(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let open = |path: &Path, mode| {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap()
    };
    open(path, 0o755);
    for entry in ["homes", "users", "files", "tmp"] {
        open(
            &path.join(entry),
            if entry == "homes" { 0o755 } else { 0o1777 },
        );
    }
    for entry in std::fs::read_dir(path.join("users")).unwrap() {
        open(&entry.unwrap().path(), 0o1777);
    }
    for entry in std::fs::read_dir(path.join("tmp")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            open(&path, 0o644);
        }
    }
}

/// The same run by another user of the computer.
#[cfg(unix)]
fn as_user(user: u32, run: &Run<'_>) -> std::process::Command {
    let plain = run.process();
    let user = user.to_string();
    let mut command = std::process::Command::new("setpriv");
    command.args(["--reuid", &user, "--regid", &user, "--clear-groups"]);
    command.arg(plain.get_program()).args(plain.get_args());
    command.env_clear();
    let given = plain.get_envs();
    command.envs(given.filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(plain.get_current_dir().unwrap());
    command.stdin(Stdio::piped());
    command
}
