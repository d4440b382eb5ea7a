//! The files of a desk's keys, and what is not overwritten.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::world::World;

#[test]
fn the_keys_get_another_passphrase_and_stay_the_same() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    let old = world.secret("old", "open barley\n");
    let new = world.secret("new", "open oats\n");
    let passphrase = |old: Option<&Path>, options: &[&str]| {
        let mut run = desk.run([&["desk", "passphrase"], options].concat());
        if let Some(old) = old {
            run = run.env("COUNTERSIGN_PASSPHRASE_FILE", old);
        }
        run
    };
    let with = |file: &Path| {
        [
            "--new-passphrase-file".to_owned(),
            file.display().to_string(),
        ]
    };
    let export = |file: &Path| {
        desk.run(["product", "export", "survey"])
            .env("COUNTERSIGN_PASSPHRASE_FILE", file)
    };
    let before = desk.run(["product", "export", "survey"]).done().stdout;
    let [option, first] = with(&old);
    // None was asked for.
    passphrase(None, &[]).refused(7, "passphrase_needed");
    passphrase(None, &[&option, &first])
        .done()
        .tells("root.pem has the new passphrase")
        .tells("spare.pem has the new passphrase");
    assert_eq!(export(&old).done().stdout, before);
    desk.run(["product", "export", "survey"])
        .refused(7, "passphrase_needed");
    let [option, second] = with(&new);
    // Neither the old one nor the new one opens them.
    export(&new).refused(7, "wrong_passphrase");
    let wrong = world.secret("wrong", "open rye\n");
    passphrase(Some(&wrong), &[&option, &second])
        .refused(7, "wrong_passphrase")
        .tells("root.pem");
    // Killed between the two: the one that has it stays.
    let root = desk.kept("desk/root.pem");
    let was = fs::read(&root).unwrap();
    passphrase(Some(&old), &[&option, &second]).done();
    let is = fs::read(&root).unwrap();
    fs::write(&root, &was).unwrap();
    passphrase(Some(&old), &[&option, &second]).done();
    assert_eq!(export(&new).done().stdout, before);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(&root).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    // A copy elsewhere, and none any more.
    let copy = world.secret("copy.pem", &was);
    let key = ["--key", copy.to_str().unwrap(), "--no-passphrase"];
    passphrase(Some(&old), &key)
        .done()
        .tells("anyone who reads it can sign");
    assert_ne!(fs::read(&copy).unwrap(), is);
    // A link to one leads to the key.
    #[cfg(unix)]
    {
        let there = world.path().join("there.pem");
        fs::rename(&root, &there).unwrap();
        std::os::unix::fs::symlink(&there, &root).unwrap();
        passphrase(Some(&new), &[&option, &first]).done();
        assert!(fs::symlink_metadata(&root).unwrap().is_symlink());
        assert_eq!(export(&old).done().stdout, before);
        passphrase(Some(&old), &[&option, &second]).done();
    }
    let none = passphrase(Some(&new), &["--no-passphrase"]).json();
    assert_eq!(none["encrypted"], false);
    assert_eq!(
        desk.run(["product", "export", "survey"]).done().stdout,
        before
    );
    let nobody = world.machine("nobody");
    nobody
        .run(["desk", "passphrase", "--no-passphrase"])
        .refused(1, "desk_missing");
}

/// A name that was mistyped costs no key, no ledger, no checkpoint.
#[test]
fn what_is_kept_is_not_overwritten() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    let [file, first] = ["backup.db", "monday"].map(|it| world.path().join(it));
    desk.run(["ledger", "backup", file.to_str().unwrap()])
        .done();
    desk.run(["ledger", "checkpoint", "-o", first.to_str().unwrap()])
        .done();
    let kept = [
        desk.kept("desk/root.pem"),
        desk.kept("desk/ledger.db"),
        file,
        first,
    ];
    for kept in &kept {
        let kept = kept.to_str().unwrap();
        for command in [
            &["ledger", "checkpoint"][..],
            &["product", "export", "survey"],
        ] {
            desk.run([command, &["-o", kept]].concat())
                .refused(1, "kept_file")
                .tells("which nothing overwrites");
        }
    }
    // What can be made again is.
    let export = world.path().join("files/survey.product");
    desk.run([
        "product",
        "export",
        "survey",
        "-o",
        export.to_str().unwrap(),
    ])
    .done();
}

/// Whoever asks twice at once, as two timers do.
#[test]
fn two_at_once_leave_one_whole_file() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    let at_once = |args: Vec<String>| {
        let started = [(); 3].map(|()| {
            let mut process = desk.run(args.clone()).process();
            process
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            process.spawn().unwrap()
        });
        started.map(|mut it| it.wait().unwrap().code().unwrap())
    };
    let texts = |args: &[&str]| args.iter().map(|it| (*it).to_owned()).collect();
    for round in 0..6 {
        let file = world.path().join(format!("backup-{round}.db"));
        let mut codes = at_once(texts(&["ledger", "backup", file.to_str().unwrap()]));
        codes.sort_unstable();
        assert_eq!(codes, [0, 1, 1]);
        let look = ["ledger", "restore", file.to_str().unwrap(), "--dry-run"];
        desk.run(look).done();
    }
    let left = fs::read_dir(world.path()).unwrap();
    let left = left.filter(|it| {
        it.as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .contains(".part")
    });
    assert_eq!(left.count(), 0);
    let open = world.secret("open", "open barley\n");
    let change = [
        "desk",
        "passphrase",
        "--new-passphrase-file",
        open.to_str().unwrap(),
    ];
    assert!(at_once(texts(&change)).contains(&0));
    for key in ["root.pem", "spare.pem"] {
        let key = desk.kept(&format!("desk/{key}"));
        desk.run([
            "desk",
            "passphrase",
            "--no-passphrase",
            "--key",
            key.to_str().unwrap(),
        ])
        .env("COUNTERSIGN_PASSPHRASE_FILE", &open)
        .done();
    }
}

/// A passphrase of one's own: neither the manager nor another clerk knows it.
#[test]
fn each_key_has_its_own_passphrase() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    let anns = world.secret("anns", "open oats\n");
    desk.run(["desk", "request", "ann", "--passphrase-file"])
        .arg(&anns)
        .done();
    desk.certify_again("ann", &[]);
    let answer = || desk.by("ann", &["respond"]).piped(ship.request(&key));
    answer().refused(7, "passphrase_needed");
    let theirs = world.secret("theirs", "open rye\n");
    answer()
        .env("COUNTERSIGN_PASSPHRASE_FILE", &theirs)
        .refused(7, "wrong_passphrase")
        .tells("keys/ann.pem; each key has a passphrase of its own");
    let sent = answer().env("COUNTERSIGN_PASSPHRASE_FILE", &anns).done();
    ship.apply(&sent.stdout);
    // What is not signed is done by whoever opens the key, too.
    let sell = ["license", "new", "--product", "survey", "--customer", "C"];
    desk.by("ann", &sell).refused(7, "passphrase_needed");
    desk.by("ann", &sell)
        .env("COUNTERSIGN_PASSPHRASE_FILE", &anns)
        .done();
}

/// A certificate has the limits that were said and no others: what it had before is named.
#[test]
fn certified_again_it_is_said_what_it_was() {
    let world = World::new();
    let (desk, _, _) = world.sold(&[], &[]);
    desk.certify("ann", &["--max-seats", "50"]);
    let again = [
        "desk", "certify", "ann", "--key", "root", "--kinds", "grant",
    ];
    let said = desk.run(again).done();
    said.tells("before it was: ").tells("50 seats");
    let said = desk.run(again).done();
    assert!(!said.stderr.contains("before it was"), "{said}");
    // A key that lies elsewhere is named by its file.
    let stick = world.path().join("stick.pem");
    let (stick, request) = (stick.to_str().unwrap(), world.path().join("stick.request"));
    desk.run(["desk", "request", "ben", "--no-passphrase", "--key", stick])
        .done();
    let handed = ["--key", "root", "--request", request.to_str().unwrap()];
    let certify: Vec<&str> = ["desk", "certify", "ben"]
        .into_iter()
        .chain(handed)
        .collect();
    desk.run(certify).done().tells("respond --key FILE");
}

#[test]
fn a_clerks_passphrase_is_changed_by_the_name_of_the_key() {
    let world = World::new();
    let (desk, _, _) = world.sold(&[], &[]);
    desk.certify("ann", &[]);
    let words = world.secret("words", "open rye\n");
    desk.run([
        "desk",
        "passphrase",
        "--key",
        "ann",
        "--new-passphrase-file",
    ])
    .arg(&words)
    .done()
    .tells("keys/ann.pem has the new passphrase");
    let sell = ["license", "new", "--product", "survey", "--customer", "C"];
    desk.by("ann", &sell).refused(7, "passphrase_needed");
    desk.by("root", &sell).done();
}

#[test]
fn who_is_at_work_is_said_once_for_a_shell() {
    let world = World::new();
    let (desk, _, key) = world.sold(&[], &[]);
    desk.run(["license", "note", &key, "one"])
        .env("COUNTERSIGN_AS", "Ann Arbor")
        .done();
    desk.run(["license", "note", &key, "two", "--as", "bo"])
        .env("COUNTERSIGN_AS", "Ann Arbor")
        .done();
    desk.run(["license", "note", &key, "three"])
        .env("COUNTERSIGN_AS", "a\nb")
        .refused(2, "usage");
    let told = desk.run(["ledger", "history", &key]).done().stdout;
    let by = |text: &str| told.lines().any(|line| line.contains(text));
    assert!(
        by("  Ann Arbor (key root)") && by("  bo (key root)"),
        "{told}"
    );
}
