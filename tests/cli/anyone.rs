//! `tour`, `man`, `completions`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::world::World;

#[test]
fn the_tour_runs_green_and_leaves_nothing() {
    let world = World::new();
    let anyone = world.machine("anyone");
    let said = anyone.run(["tour"]).done();
    for words in [
        "$ countersign --home desk desk init",
        "activated: Survey for Aurora Shipping",
        "licensed: survey",
        "(exit code 6)",
        "loan 1: seat 1 is lent with all that the license has",
        "2 seats: 0 in use, 1 free, 1 lent",
        "2 seats: 0 in use, 2 free",
        "No network was used.",
    ] {
        assert!(said.stdout.contains(words), "{words}: {said}");
    }
    let left = || {
        fs::read_dir(world.path().join("tmp"))
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().path().is_dir())
            .count()
    };
    assert_eq!(left(), 0);
    // Nor does the computer remember anything of it.
    let anchor = world.path().join("users/anyone/anchor");
    assert!(!anchor.exists(), "{said}");
    anyone
        .run(["tour", "--keep"])
        .done()
        .tells("everything is left in");
    assert_eq!(left(), 1);
}

fn pages(directory: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            (
                path.file_name().unwrap().to_str().unwrap().to_owned(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

#[test]
fn manual_pages_are_current() {
    let world = World::new();
    let anyone = world.machine("anyone");
    let directory = world.path().join("tmp/man");
    anyone
        .run(["man"])
        .arg(&directory)
        .done()
        .tells("pages written to");
    let (now, kept) = (pages(&directory), pages(Path::new("man")));
    let names = |pages: &BTreeMap<String, String>| pages.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&now), names(&kept), "run `just man`");
    for (name, text) in &now {
        assert!(
            kept[name] == *text,
            "man/{name} is not what the program says of itself; run `just man`"
        );
    }
    let first = anyone.run(["man"]).done().stdout;
    assert_eq!(first, now["countersign.1"]);
    for name in [
        "countersign-respond.1",
        "countersign-request-activate.1",
        "countersign-check.1",
    ] {
        assert!(now.contains_key(name), "{name}");
    }
    world.file("in the way", "");
    anyone
        .run(["man", "in the way"])
        .refused(1, "io")
        .tells("in the way");
}

#[test]
fn completions_for_each_shell() {
    let world = World::new();
    let anyone = world.machine("anyone");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = anyone.run(["completions", shell]).done().silent();
        for word in ["respond", "activate", "passphrase-file"] {
            assert!(said.stdout.contains(word), "{shell}: {word}");
        }
    }
    anyone.run(["completions", "tcsh"]).refused(2, "usage");
}
