//! The pages of `docs/` whose commands are run here, in their order, as they stand: each ends with 0, or with the number behind `#`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::world::{Desk, World};

/// The commands of a page with the exit code that each has to end with.
fn commands(page: &str) -> Vec<(String, i32)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(page);
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("$ "));
    lines
        .map(|line| match line.rsplit_once(" # ") {
            Some((command, exit)) => (command.to_owned(), exit.parse().unwrap()),
            None => (line.to_owned(), 0),
        })
        .collect()
}

/// Does what a page says, in this directory, at this desk.
#[cfg(unix)]
fn walk(page: &str, desk: &Desk<'_>, directory: &Path) {
    fs::create_dir_all(directory.join("bin")).unwrap();
    let program = desk.run([""; 0]).process();
    std::os::unix::fs::symlink(program.get_program(), directory.join("bin/countersign")).unwrap();
    let commands = commands(page);
    assert!(commands.len() > 7, "{commands:?}");
    for (command, exit) in commands {
        let run = desk.run([""; 0]).process();
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &command])
            .current_dir(directory)
            .env_clear();
        for (name, value) in run.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let path = std::env::var("PATH").unwrap();
        shell.env(
            "PATH",
            format!("{}:{path}", directory.join("bin").display()),
        );
        shell.env("COUNTERSIGN_HOME", desk.home());
        let said = shell.output().unwrap();
        let words = String::from_utf8_lossy(&said.stderr);
        assert_eq!(said.status.code(), Some(exit), "$ {command}\n{words}");
    }
}

/// Puts passphrases there, each in a file of its name, and a desk under the first.
#[cfg(unix)]
fn under_passphrases(world: &World, desk: &Desk<'_>, names: &[&str]) -> PathBuf {
    let directory = world.path().join("walk");
    fs::create_dir_all(&directory).unwrap();
    for name in names {
        fs::copy(
            world.secret(name, format!("{name} barley\n")),
            directory.join(name),
        )
        .unwrap();
    }
    desk.run(["desk", "passphrase", "--new-passphrase-file"])
        .arg(directory.join(names[0]))
        .done();
    directory
}

#[cfg(unix)]
#[test]
fn keeping_the_ledger_safe() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("kit", &[]);
    let key = desk.sell("kit", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    // Copies of its keys have the old passphrase, too.
    let directory = under_passphrases(&world, &desk, &["old", "new"]);
    fs::write(directory.join("request.txt"), ship.request(&key)).unwrap();
    fs::create_dir(directory.join("safe")).unwrap();
    for key in ["root.pem", "spare.pem"] {
        fs::copy(
            desk.kept(&format!("desk/{key}")),
            directory.join("safe").join(key),
        )
        .unwrap();
    }
    walk("ledger.md", &desk, &directory);
}

#[cfg(unix)]
#[test]
fn events_for_other_programs() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("kit", &[]);
    let key = desk.sell("kit", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    let directory = under_passphrases(&world, &desk, &["words"]);
    fs::write(directory.join("request.txt"), ship.request(&key)).unwrap();
    walk("events.md", &desk, &directory);
}

#[cfg(unix)]
#[test]
fn keys_and_managers() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("kit", &[]);
    let key = desk.sell("kit", &["--seats", "2"]);
    let words = [
        "roots-words",
        "anns-words",
        "mias-words",
        "bos-words",
        "new-roots-words",
    ];
    let directory = under_passphrases(&world, &desk, &words);
    for (name, request) in [("ship", "request.txt"), ("office", "other.txt")] {
        let machine = world.machine(name);
        machine.install(&file);
        fs::write(directory.join(request), machine.request(&key)).unwrap();
    }
    walk("keys.md", &desk, &directory);
}
