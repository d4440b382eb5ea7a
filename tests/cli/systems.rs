//! Systems and people that fail: accounts without a home or without leave, disks that take no more, outputs that nobody keeps, terminals that are left.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::world::{Run, World};

/// The same run by another account of the computer, which only root can choose.
fn as_user(user: u32, run: &Run<'_>) -> serde_json::Value {
    let plain = run.process();
    let user = user.to_string();
    let mut command = Command::new("setpriv");
    command.args(["--reuid", &user, "--regid", &user, "--clear-groups"]);
    command.arg(plain.get_program()).args(plain.get_args());
    command.env_clear();
    let given = plain.get_envs().filter(|(name, _)| *name != "HOME");
    command.envs(given.filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(plain.get_current_dir().unwrap());
    let said = command.stdin(Stdio::null()).output().unwrap();
    let words = String::from_utf8_lossy(&said.stderr);
    let object = serde_json::from_slice(&said.stdout);
    object.unwrap_or_else(|_| panic!("no object: {words}"))
}

fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// What an account that is not root may enter.
fn open_to_others(world: &World) {
    for place in ["", "homes", "files", "tmp", "users"] {
        let path = world.path().join(place);
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
    }
}

#[test]
fn who_may_not_write_is_told_so() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--type", "floating"]);
    let site = world.machine("site");
    open_to_others(&world);
    // Root's home for all, in which nobody made the seats yet.
    let install = ["product", "install", file.to_str().unwrap(), "--system"];
    site.run(install).done();
    let asked = site.run(["request", "activate", &key, "--system"]).done();
    let closed = world.path().join("homes/closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o700)).unwrap();
    let look = site.run_at(&closed, ["--json", "status"]);
    assert_eq!(as_user(61_001, &look)["error"]["kind"], "no_permission");
    site.apply(&desk.answer(&asked.code()));
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let seats = site.home().join(format!("machine/seats/{digits}"));
    if seats.exists() {
        std::fs::remove_dir_all(seats).unwrap();
    }
    let hold = site.run(["--json", "seat", "hold"]);
    assert_eq!(as_user(61_001, &hold)["error"]["kind"], "seats_not_made");
}

#[test]
fn an_account_without_a_home_is_told_so() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let site = world.machine("site");
    open_to_others(&world);
    let status = site.run_at_home_of_user(["--json", "license", "list"]);
    assert_eq!(as_user(61_002, &status)["error"]["kind"], "no_home");
}

#[test]
fn an_output_that_nobody_keeps_is_a_failure() {
    let world = World::new();
    let desk = world.desk("desk");
    let full = desk.run(["license", "list"]).after("exec > /dev/full");
    desk.product("survey", &[]);
    desk.sell("survey", &[]);
    // No script reads a kind there: its exit code and its words stand on standard error.
    let said = full.exits(1);
    assert!(said.stderr.contains("what to do: "), "{said}");
}

#[test]
fn passphrases_that_differ_are_none() {
    let world = World::new();
    let desk = world.machine("desk");
    let init = desk.run(["--json", "desk", "init", "--vendor", "A"]);
    let seen = init.typed("correct horse battery\nanother staple of it\n");
    assert!(seen.contains("passphrases_differ"), "{seen}");
}

#[test]
fn a_code_that_is_left_half_typed_is_unfinished() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    let answer = desk.answer(&ship.request(&key));
    let first = answer.lines().next().unwrap();
    let seen = ship
        .run(["--json", "apply"])
        .typed(&format!("{first}\n\u{4}\u{4}\u{4}"));
    assert!(seen.contains("unfinished"), "{seen}");
}
