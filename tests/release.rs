//! The release build takes time, machine and places from the computer only: the variables of the tests are not in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use countersign::holder::Anchor;

use crate::world::{DAY, World};

/// Builds the program as it is shipped, where `cargo build --release` puts it.
fn release() -> PathBuf {
    // target/debug/deps/this-test → target
    let this = std::env::current_exe().unwrap();
    let target = this.ancestors().nth(3).unwrap();
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--bin", "countersign"])
        .arg("--target-dir")
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let program = format!("release/countersign{}", std::env::consts::EXE_SUFFIX);
    target.join(program)
}

/// What the shipped program keeps of one license at the anchors of this computer: it goes with the test.
struct Kept {
    anchors: Vec<(PathBuf, bool)>,
    key: String,
}

impl Kept {
    fn of(home: &Path, key: &str) -> Kept {
        let anchors = Anchor::of_this_computer(home);
        let places = anchors.iter().map(|it| it.directory().to_owned());
        Kept {
            anchors: places.map(|at| (at.clone(), at.exists())).collect(),
            key: key.replace('-', ""),
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        for (at, stood) in &self.anchors {
            let activations = at.join("activations");
            for entry in fs::read_dir(&activations).into_iter().flatten().flatten() {
                if entry.file_name().to_string_lossy().starts_with(&self.key) {
                    let _ = fs::remove_file(entry.path());
                }
            }
            if !stood {
                let _ = fs::remove_file(at.join("lock"));
                let _ = fs::remove_dir(activations);
                let _ = fs::remove_dir(at);
            }
        }
    }
}

#[test]
fn the_release_build_has_no_hooks() {
    let program = release();
    let bytes = fs::read(&program).unwrap();
    let has = |text: &str| {
        let mut windows = bytes.windows(text.len());
        windows.any(|window| window == text.as_bytes())
    };
    // What is there is found; the hooks are not there.
    assert!(has("COUNTERSIGN_PASSPHRASE_FILE"));
    assert!(!has("COUNTERSIGN_TEST"));

    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--bind", "vessel", "--no-fingerprint"]);
    let today = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let today = i64::try_from(today.as_secs()).unwrap();
    let tomorrow = countersign::protocol::date::Seconds::from_unix(today + DAY).day();
    let ship = world.machine("ship");

    // Everything by the shipped program, each time with the variables of a machine of the test's world.
    let run = |args: &[&str], input: &str| ship.run(args).piped(input).by(&program).done();
    run(&["product", "install", file.to_str().unwrap()], "");
    let own = world.path().join("homes/desk");
    let at_desk = |args: &[&str], input: &str| {
        let home = ["--home", own.to_str().unwrap()];
        let run = ship.run_at_home_of_user(home.iter().chain(args));
        run.piped(input).by(&program).done()
    };
    // The desk was made in the world's time, which is ahead of this.
    let clock = ["desk", "clock", "--right", "--reason", "another time"];
    at_desk(&clock, "");
    let expires = tomorrow.to_string();
    let sold = at_desk(
        &[
            "license",
            "new",
            "--product",
            "survey",
            "--customer",
            "A",
            "--expires",
            &expires,
        ],
        "",
    );
    let _kept = Kept::of(world.path(), &sold.line());
    let asked = run(
        &[
            "--json",
            "request",
            "activate",
            &sold.line(),
            "--bind",
            "vessel=Aurora",
        ],
        "",
    );
    // The clock of the world says 2040: the request says today.
    let created = asked.json()["created"].as_str().unwrap().to_owned();
    assert!(created.as_str() < "2040", "{created}");
    let answer = at_desk(&["respond"], asked.json()["code"].as_str().unwrap());
    run(&["apply"], &answer.code());
    run(&["check"], "").prints("survey");

    // No anchor was taken from a variable.
    assert!(!world.path().join("users/ship/anchor").exists());

    // The build of the tests believes the clock of its world: for it, the same license is over.
    ship.check().exits(11);
}
