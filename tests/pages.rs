//! The pages of `docs/` whose commands are run here, in their order, as they stand: each ends with 0, or with the number behind `#`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::world::World;

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

#[cfg(unix)]
#[test]
fn keeping_the_ledger_safe() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("kit", &[]);
    desk.sell("kit", &[]);
    let directory = world.path().join("walk");
    for made in ["safe", "bin"] {
        fs::create_dir_all(directory.join(made)).unwrap();
    }
    // A desk under the old passphrase, and copies of its keys that have it, too.
    for name in ["old", "new"] {
        fs::copy(
            world.secret(name, format!("{name} barley\n")),
            directory.join(name),
        )
        .unwrap();
    }
    desk.run(["desk", "passphrase", "--new-passphrase-file"])
        .arg(directory.join("old"))
        .done();
    for key in ["root.pem", "spare.pem"] {
        fs::copy(
            desk.kept(&format!("desk/{key}")),
            directory.join("safe").join(key),
        )
        .unwrap();
    }
    let program = desk.run([""; 0]).process();
    std::os::unix::fs::symlink(program.get_program(), directory.join("bin/countersign")).unwrap();
    let commands = commands("ledger.md");
    assert!(commands.len() > 7, "{commands:?}");
    for (command, exit) in commands {
        let run = desk.run([""; 0]).process();
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &command])
            .current_dir(&directory)
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
