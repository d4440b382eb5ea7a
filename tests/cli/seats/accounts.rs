//! Accounts of one computer that share its seats.

use super::*;

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
    let (machine, key) = home_for_all(&world, &[]);
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

/// Root and the owner of a home are one about its seats, no link of the owner's leads root astray, and who may only read locks nothing.
#[cfg(unix)]
#[test]
fn root_and_the_owner_of_a_home_share_its_seats() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, lchown, symlink};
    const ADA: u32 = 61_001;
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = World::new();
    let (machine, key) = site(&world, &[], &["--seats", "2"]);
    open_to_others(world.path());
    let shell = |script: &str| {
        let mut shell = std::process::Command::new("sh");
        let done = shell.args(["-c", script]).arg(machine.home()).status();
        assert!(done.unwrap().success(), "{script}");
    };
    shell("chown -R 61001:61001 \"$0\"; chmod -R go= \"$0\"");
    let by = |user: u32, args: &[&str]| as_user(user, &machine.run(args)).output().unwrap();
    let said = |out: &std::process::Output| {
        let text = [out.stdout.as_slice(), out.stderr.as_slice()].concat();
        String::from_utf8_lossy(&text).into_owned()
    };
    let take = ["seat", "take"];
    machine.run(take).done();
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let seats = machine.kept(&format!("machine/seats/{digits}"));
    let leases = seats.join("leases/61001.seat");
    assert_eq!(std::fs::metadata(&leases).unwrap().uid(), ADA);
    let listed = by(ADA, &["seat", "list"]);
    assert!(said(&listed).contains("1 in use"), "{}", said(&listed));
    // It is root's, although it is written in the owner's name.
    assert!(!said(&listed).contains('('), "{}", said(&listed));
    let second = by(ADA, &take);
    assert_eq!(second.status.code(), Some(0), "{}", said(&second));
    assert_eq!(by(ADA, &take).status.code(), Some(16));
    machine.run(take).owes(16, "no_seat");
    // A lease that he cannot read counts, and is named.
    chown(&leases, Some(0), Some(0)).unwrap();
    let third = by(ADA, &take);
    assert_eq!(third.status.code(), Some(16));
    assert!(said(&third).contains("cannot be read"), "{}", said(&third));
    chown(&leases, Some(ADA), Some(ADA)).unwrap();
    // Where others may read the home, its locks are its owner's.
    shell("chmod -R a+rX \"$0\"; chmod 700 \"$0\"/machine/secrets; true");
    assert_eq!(by(ADA, &take).status.code(), Some(16));
    let mode = |name: &str| {
        std::fs::metadata(seats.join(name))
            .unwrap()
            .permissions()
            .mode()
    };
    for name in ["gate", "seat-00001", "seat-00002"] {
        assert_eq!(mode(name) & 0o777, 0o600, "{name}");
    }
    let looks = by(61_002, &["seat", "list"]);
    assert_eq!(looks.status.code(), Some(1), "{}", said(&looks));
    assert!(!said(&looks).contains("in use"), "{}", said(&looks));
    // Links to what is root's.
    let roots = world.path().join("roots");
    std::fs::create_dir(&roots).unwrap();
    for below in ["records", "leases", "tickets"] {
        let place = seats.join(below);
        std::fs::remove_dir_all(&place).unwrap();
        symlink(&roots, &place).unwrap();
        lchown(&place, Some(ADA), Some(ADA)).unwrap();
        running(&machine, &[], "exit 0").said();
        machine.run(["seat", "take", "--wait", "1s"]).said();
        machine.run(["seat", "list"]).said();
        assert_eq!(std::fs::read_dir(&roots).unwrap().count(), 0, "{below}");
    }
    machine.run(take).exits(1);
}

/// He has the number that stands for everybody whom a namespace does not know, so root's files there stay root's.
#[cfg(unix)]
#[test]
fn a_lease_that_root_takes_in_the_home_of_nobody_ends_for_him_too() {
    use std::os::unix::fs::PermissionsExt;
    const NOBODY: u32 = 65_534;
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = World::new();
    let (machine, key) = site(&world, &[], &["--seats", "2"]);
    open_to_others(world.path());
    let mut chown = std::process::Command::new("chown");
    let done = chown.args(["-R", "65534:65534"]).arg(machine.home());
    assert!(done.status().unwrap().success());
    let token = machine.run(["seat", "take", "--for", "1h"]).done().line();
    let listed = || {
        let run = machine.run(["seat", "list", "--json"]);
        let out = as_user(NOBODY, &run).output().unwrap();
        assert!(out.status.success(), "{out:?}");
        let listed: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
        listed["in_use"].clone()
    };
    assert_eq!(listed(), 1);
    // As a crash left it, or an earlier version.
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let leases = machine.kept(&format!("machine/seats/{digits}/leases/0.seat"));
    std::fs::set_permissions(&leases, PermissionsExt::from_mode(0o600)).unwrap();
    machine.run(["seat", "keep", &token]).done();
    machine.run(["seat", "release", &token]).done();
    assert_eq!(listed(), 0);
}

/// Whoever takes the names of another's files has the seats of nobody.
#[cfg(unix)]
#[test]
fn names_that_others_took_keep_nobody_from_a_seat() {
    use std::os::unix::fs::{MetadataExt, chown};
    const ADA: u32 = 61_001;
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = World::new();
    let (machine, key) = home_for_all(&world, &["--seat", "user"]);
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let seats = machine.home().join(format!("machine/seats/{digits}"));
    for spare in 0..=9 {
        let user = match spare {
            0 => ADA.to_string(),
            _ => format!("{ADA}~{spare}"),
        };
        for taken in [format!("leases/{user}.seat"), format!("records/{user}")] {
            let taken = seats.join(taken);
            match spare % 2 {
                0 => std::fs::write(&taken, "").unwrap(),
                _ => std::fs::create_dir(&taken).unwrap(),
            }
            chown(&taken, Some(61_002), Some(61_002)).unwrap();
        }
    }
    let by = |args: &[&str]| as_user(ADA, &machine.run(args)).output().unwrap();
    let takes = ["seat", "take", "--quiet"];
    let tokens: Vec<String> = ["anna", "bob"]
        .map(|user| {
            let took = by(&[takes.as_slice(), &["--user", user]].concat());
            assert!(took.status.success(), "{took:?}");
            String::from_utf8(took.stdout).unwrap().trim().to_owned()
        })
        .to_vec();
    assert_eq!(in_use(&machine), 2);
    for command in ["keep", "release"] {
        let done = by(&["seat", command, &tokens[0]]);
        assert!(done.status.success(), "{done:?}");
    }
    let ada = Holder::start_process(as_user(ADA, &hold(&machine, &["--user", "carl"])));
    assert_eq!(list(&machine)["taken"][0]["account"], "user 61001");
    ada.end();
    // Each finds again what the first of them made.
    for directory in ["leases", "records"] {
        let made = std::fs::read_dir(seats.join(directory)).unwrap();
        let own = made.filter(|it| it.as_ref().unwrap().metadata().unwrap().uid() == ADA);
        assert_eq!(own.count(), 1, "{directory}");
    }
}

/// It stays with those who share it, and nothing of it came back by itself.
#[cfg(unix)]
#[test]
fn who_leaves_a_shared_seat_in_order_is_not_missed() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = World::new();
    let (machine, _) = home_for_all(&world, &["--seat", "host"]);
    let at = ["--host", "ws-1"];
    let start = |user: u32| Holder::start_process(as_user(user, &hold(&machine, &at)));
    let (ada, bob) = (start(61_001), start(61_002));
    assert_eq!([&*ada.line, &*bob.line], ["seat 1"; 2]);
    let nothing = |in_use: u64| {
        let seen = list(&machine);
        assert_eq!(seen["came_back"], serde_json::json!([]), "{seen}");
        assert_eq!(seen["in_use"], in_use);
    };
    bob.end();
    nothing(1);
    let ran = as_user(61_002, &running(&machine, &at, "exit 0")).output();
    assert!(ran.unwrap().status.success());
    nothing(1);
    ada.end();
    nothing(0);
    let (ada, bob) = (start(61_001), start(61_002));
    bob.kill();
    assert_eq!(list(&machine)["came_back"][0]["account"], "user 61002");
    ada.end();
}

/// Root's home for every user of the computer, with two seats.
#[cfg(unix)]
pub(super) fn home_for_all<'w>(world: &'w World, product: &[&str]) -> (Machine<'w>, String) {
    let desk = world.desk("desk");
    let file = desk.product("survey", product);
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
    (machine, key)
}

#[cfg(unix)]
pub(super) fn open_to_others(path: &Path) {
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
pub(super) fn as_user(user: u32, run: &Run<'_>) -> std::process::Command {
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
