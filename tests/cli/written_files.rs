//! Files that are written where the user says: through his own links, to streams, and never where somebody else leads him.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown, symlink};
use std::path::Path;

use crate::world::{Desk, Run, World};

/// Somebody else.
const EVE: u32 = 65_534;

fn desk(world: &World) -> Desk<'_> {
    let desk = world.desk("desk");
    desk.run(["product", "add", "survey", "--name", "Survey"])
        .done();
    desk
}

fn export<'w>(desk: &Desk<'w>, to: &Path) -> Run<'w> {
    desk.run(["product", "export", "survey", "-o"]).arg(to)
}

fn is_product(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text.starts_with("countersign product v1"))
}

#[test]
fn the_users_own_links_are_followed_and_stay() {
    let world = World::new();
    let desk = desk(&world);
    let files = world.path().join("files");
    fs::create_dir(files.join("far")).unwrap();
    symlink("far/survey", files.join("near")).unwrap();
    symlink(files.join("near"), files.join("nearest")).unwrap();
    for link in ["near", "nearest"] {
        export(&desk, &files.join(link)).done();
        assert!(files.join(link).is_symlink(), "{link}");
        assert!(is_product(&files.join("far/survey")), "{link}");
        fs::write(files.join("far/survey"), "old").unwrap();
    }
    symlink("round", files.join("round")).unwrap();
    export(&desk, &files.join("round"))
        .exits(1)
        .tells("too many links");
    fs::remove_file(files.join("round")).unwrap();
    // The old file's rights are the new one's.
    let old = files.join("far/survey");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o640)).unwrap();
    export(&desk, &files.join("near")).done();
    assert_eq!(fs::metadata(&old).unwrap().mode() & 0o7777, 0o640);
    assert_eq!(fs::read_dir(files.join("far")).unwrap().count(), 1);
}

#[test]
fn a_name_of_any_length_and_a_directory() {
    let world = World::new();
    let desk = desk(&world);
    let files = world.path().join("files");
    let long = files.join("x".repeat(255));
    export(&desk, &long).done();
    assert!(is_product(&long));
    export(&desk, &files)
        .refused(1, "io")
        .tells("is a directory");
    export(&desk, &files.join("none/survey")).refused(1, "io");
}

#[test]
fn streams_are_written_to() {
    let world = World::new();
    let desk = desk(&world);
    for stream in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        let said = export(&desk, Path::new(stream)).done();
        assert!(said.stdout.starts_with("countersign product v1"), "{said}");
    }
    export(&desk, Path::new("/dev/null")).done();
    assert!(!Path::new("/dev/null").is_file());
    // What the shell opened for more than this program is not replaced under its hands.
    let both = world.path().join("files/both");
    let shown = export(&desk, Path::new("/dev/stdout"))
        .after("exec > both; echo before")
        .done();
    assert_eq!(shown.stdout, "");
    let text = fs::read_to_string(&both).unwrap();
    assert!(text.starts_with("before\ncountersign product v1"), "{text}");
    // A shell's process substitution is a pipe under /dev/fd.
    export(&desk, Path::new("/dev/fd/3"))
        .after("mkfifo pipe; cat pipe > piped & exec 3> pipe; rm pipe")
        .done();
}

/// In a directory of somebody else a link may have taken the file's place.
#[test]
fn links_and_pipes_of_somebody_else_are_not_followed() {
    if fs::metadata("/proc/self").map_or(1, |it| it.uid()) != 0 {
        // Only root can play two users.
        return;
    }
    let world = World::new();
    let desk = desk(&world);
    let hers = world.path().join("files/hers");
    fs::create_dir(&hers).unwrap();
    lchown(&hers, Some(EVE), Some(EVE)).unwrap();
    let precious = world.file("precious", "precious");

    let link = hers.join("out.png");
    symlink(&precious, &link).unwrap();
    lchown(&link, Some(EVE), Some(EVE)).unwrap();
    let own = world.path().join("files/own.png");
    symlink(&link, &own).unwrap();
    for path in [&link, &own] {
        export(&desk, path)
            .refused(1, "foreign_link")
            .tells("nothing was written");
    }
    let key = desk.sell("survey", &[]);
    desk.export("survey");
    let ship = world.machine("ship");
    ship.install(&world.path().join("files/survey.product"));
    ship.run(["request", "activate", &key])
        .arg(format!("--qr={}", link.display()))
        .exits(1)
        .tells("somebody else made");
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");

    fs::remove_file(&link).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&link).status();
    assert!(made.unwrap().success());
    lchown(&link, Some(EVE), Some(EVE)).unwrap();
    // No snapshot: it would wait for the pipe.
    export(&desk, &link).exits(1).tells("somebody else made");

    // Her file is replaced and not written into: whoever has it open gets nothing.
    fs::remove_file(&link).unwrap();
    fs::write(&link, "hers").unwrap();
    fs::set_permissions(&link, fs::Permissions::from_mode(0o666)).unwrap();
    lchown(&link, Some(EVE), Some(EVE)).unwrap();
    fs::hard_link(&link, hers.join("kept")).unwrap();
    export(&desk, &link).done();
    assert_eq!(fs::read_to_string(hers.join("kept")).unwrap(), "hers");
    let new = fs::metadata(&link).unwrap();
    assert_eq!((new.uid(), new.mode() & 0o022), (0, 0));

    // Manual pages are written in the same way.
    let pages = hers.join("countersign.1");
    symlink(&precious, &pages).unwrap();
    lchown(&pages, Some(EVE), Some(EVE)).unwrap();
    desk.run(["man"]).arg(&hers).exits(1).tells("somebody else");
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
}
