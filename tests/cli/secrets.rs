//! What guards the keys: files that only their owner reads, passphrases as they are written, no core dumps, a desk that is made whole or not at all.

use std::fs;

use crate::world::{Machine, World};

fn encrypted<'w>(world: &'w World) -> Machine<'w> {
    let desk = world.machine("desk");
    let secret = world.secret("secret", "correct horse\n");
    desk.run(["desk", "init", "--vendor", "A", "--passphrase-file"])
        .arg(&secret)
        .done();
    desk.run(["product", "add", "survey", "--name", "Survey"])
        .env("COUNTERSIGN_PASSPHRASE_FILE", &secret)
        .done();
    desk
}

#[test]
fn a_passphrase_is_the_first_line_without_its_end() {
    let world = World::new();
    let desk = encrypted(&world);
    let export = |content: &str| {
        let secret = world.secret("other", content);
        desk.run(["product", "export", "survey", "--passphrase-file"])
            .arg(&secret)
    };
    for content in [
        "correct horse",
        "correct horse\n",
        "correct horse\r\n",
        "correct horse\r\nbattery staple\r\n",
    ] {
        export(content).done();
    }
    for content in ["correct horse ", " correct horse", "correct horse\r\r\n"] {
        export(content).refused(7, "wrong_passphrase");
    }
    // What is too long is said and not cut.
    export(&"x".repeat(4096)).refused(7, "wrong_passphrase");
    export(&"x".repeat(4097))
        .refused(2, "usage")
        .tells("too long");
}

#[cfg(unix)]
#[test]
fn secrets_that_others_may_read_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    let desk = encrypted(&world);
    let secret = world.path().join("files/secret");
    let key = desk.kept("desk/root.pem");
    let export = || {
        desk.run(["product", "export", "survey", "--passphrase-file"])
            .arg(&secret)
    };
    for path in [&secret, &key] {
        let set = |mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o601, 0o660, 0o644] {
            set(mode);
            export()
                .refused(1, "open_to_others")
                .tells(&format!("chmod 600 {}", path.display()));
        }
        for mode in [0o400, 0o700, 0o600] {
            set(mode);
            export().done();
        }
    }
    // By a descriptor, whatever the file is: so containers hand secrets over.
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    export().refused(1, "open_to_others");
    desk.run([
        "product",
        "export",
        "survey",
        "--passphrase-file",
        "/dev/fd/0",
    ])
    .piped("correct horse\n")
    .done();
}

/// From before the passphrase is read until the end, a crash leaves no core dump.
#[cfg(target_os = "linux")]
#[test]
fn a_passphrase_is_in_no_core_dump() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let world = World::new();
    let desk = encrypted(&world);
    let pipe = world.path().join("files/pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let mut child = desk
        .run(["product", "export", "survey", "--passphrase-file"])
        .arg(&pipe)
        .after("ulimit -S -c \"$(ulimit -H -c)\"")
        .process()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Opened only when the program opens it, too: then it has begun to read.
    let mut writer = fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let words: Vec<&str> = core.split_whitespace().collect();
    assert_eq!(words.get(4..6), Some(["0", "0"].as_slice()), "{core}");
    writer.write_all(b"correct horse\n").unwrap();
    drop(writer);
    assert!(child.wait().unwrap().success());
}

/// What is left of a desk that was being made when the program was killed is gone with the next one; whatever else lies there stays.
#[test]
fn a_desk_begun_and_not_finished_leaves_nothing_in_the_end() {
    let world = World::new();
    let desk = world.machine("desk");
    for name in [
        ".desk-0123456789abcdef",
        ".desk-mine",
        "desk-0123456789abcdef",
    ] {
        let place = desk.home().join(name);
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("root.pem"), "key").unwrap();
    }
    desk.run(["desk", "init", "--vendor", "A", "--no-passphrase"])
        .done();
    let mut names: Vec<_> = fs::read_dir(desk.home())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, [".desk-mine", "desk", "desk-0123456789abcdef"]);
}

/// `echo words > FILE` of cmd writes a blank before the end of the line.
#[test]
fn a_blank_at_the_end_of_a_new_passphrase_is_told() {
    let world = World::new();
    for (name, content, blank) in [
        ("one", "correct horse \r\n", true),
        ("two", "correct horse\r\n", false),
    ] {
        let secret = world.secret(name, content);
        let desk = world.machine(name);
        let init = desk.run(["desk", "init", "--vendor", "A"]);
        let said = init.env("COUNTERSIGN_PASSPHRASE_FILE", &secret).done();
        assert_eq!(said.stderr.contains("ends with a blank"), blank, "{said}");
    }
}
