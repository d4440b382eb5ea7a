//! `desk init`, and the passphrase of its keys.

use crate::world::{Machine, World};

const INIT: &[&str] = &["desk", "init", "--vendor", "Nordic Survey AS"];

fn encrypted<'w>(world: &'w World) -> Machine<'w> {
    let desk = world.machine("desk");
    let secret = world.secret("secret", "correct horse\nand not this line\n");
    desk.run(INIT)
        .env("COUNTERSIGN_PASSPHRASE_FILE", &secret)
        .done()
        .tells("move the spare key to another safe place");
    desk.run(["product", "add", "survey", "--name", "Survey"])
        .env("COUNTERSIGN_PASSPHRASE_FILE", &secret)
        .done();
    desk
}

#[test]
fn a_desk_has_two_keys_and_a_ledger() {
    let world = World::new();
    let desk = world.machine("desk");
    let made = desk
        .run(INIT)
        .arg("--no-passphrase")
        .arg("--mail")
        .arg("desk@example.com")
        .json();
    assert_eq!(
        (
            made["vendor"].as_str(),
            made["mail"].as_str(),
            made["encrypted"].as_bool()
        ),
        (
            Some("Nordic Survey AS"),
            Some("desk@example.com"),
            Some(false)
        )
    );
    assert_ne!(made["root_fingerprint"], made["spare_root_fingerprint"]);
    for file in ["ledger.db", "root.pem", "spare.pem"] {
        assert!(desk.kept(&format!("desk/{file}")).is_file(), "{file}");
    }
}

#[cfg(unix)]
#[test]
fn keys_and_ledger_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    let desk = world.desk("desk");
    let mode = |path: &str| {
        std::fs::metadata(desk.kept(path))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode("desk"), 0o700);
    for file in ["desk/ledger.db", "desk/root.pem", "desk/spare.pem"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
}

#[test]
fn a_second_desk_in_the_same_place_is_refused() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.run(INIT)
        .arg("--no-passphrase")
        .refused(1, "desk_exists");
    // Before a passphrase is asked for.
    desk.run(INIT)
        .refused(1, "desk_exists")
        .tells("another desk needs another --home");
}

#[test]
fn what_is_no_name_and_no_address_is_said() {
    let world = World::new();
    let desk = world.machine("desk");
    desk.run(["desk", "init", "--no-passphrase", "--vendor", " "])
        .refused(2, "usage");
    desk.run(["desk", "init", "--no-passphrase", "--vendor", "two\nlines"])
        .refused(2, "usage");
    desk.run(INIT)
        .arg("--no-passphrase")
        .arg("--mail")
        .arg("nowhere")
        .refused(2, "usage")
        .tells("no mail address");
    assert!(!desk.home().exists());
}

#[test]
fn a_passphrase_guards_the_key_that_signs() {
    let world = World::new();
    let desk = encrypted(&world);
    let pem = std::fs::read_to_string(desk.kept("desk/root.pem")).unwrap();
    assert!(
        pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"),
        "{pem}"
    );

    let export = || desk.run(["product", "export", "survey"]);
    export()
        .refused(7, "passphrase_needed")
        .tells("COUNTERSIGN_PASSPHRASE_FILE");
    export()
        .arg("--no-input")
        .refused(7, "passphrase_needed")
        .tells("nobody can be asked");

    let wrong = world.secret("wrong", "incorrect horse\n");
    export()
        .arg("--passphrase-file")
        .arg(&wrong)
        .refused(7, "wrong_passphrase");
    export()
        .arg("--passphrase-file")
        .arg("nowhere")
        .refused(1, "passphrase_file");
    let empty = world.secret("empty", "\nsecond line\n");
    export()
        .arg("--passphrase-file")
        .arg(&empty)
        .refused(7, "passphrase_needed")
        .tells("is empty");

    let secret = world.path().join("files/secret");
    export()
        .arg("--passphrase-file")
        .arg(&secret)
        .done()
        .prints("countersign product v1");
    export()
        .env("COUNTERSIGN_PASSPHRASE_FILE", &secret)
        .done()
        .prints("countersign product v1");
}

#[test]
fn whoever_is_refused_is_not_asked_for_a_passphrase() {
    let world = World::new();
    let desk = encrypted(&world);
    let secret = world.path().join("files/secret");
    desk.run(["product", "export", "other"])
        .refused(2, "unknown_product");

    let file = world.path().join("files/survey.product");
    desk.run([
        "product",
        "export",
        "survey",
        "-o",
        "survey.product",
        "--passphrase-file",
    ])
    .arg(&secret)
    .done();
    let ship = world.machine("ship");
    ship.install(&file);
    let key = desk
        .run([
            "license",
            "new",
            "--product",
            "survey",
            "--customer",
            "Aurora",
        ])
        .env("COUNTERSIGN_PASSPHRASE_FILE", &secret)
        .done()
        .line();
    let request = ship.request(&key);
    // Nothing is signed here, so nobody needs the key.
    desk.run(["respond", "--dry-run"])
        .piped(&request)
        .done()
        .tells("nothing was changed");
    desk.run(["respond"])
        .piped(&request)
        .owes(7, "passphrase_needed");
    let answer = desk
        .run(["respond", "--passphrase-file"])
        .arg(&secret)
        .piped(&request)
        .done()
        .code();
    assert_eq!(desk.run(["respond"]).piped(&request).done().code(), answer);

    let other = world.machine("other");
    other.install(&file);
    let third = other.request(&key);
    desk.run(["respond"]).piped(&third).owes(6, "no_seat_free");
}

#[test]
fn a_key_file_that_is_none_is_said() {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    for content in ["no key", ""] {
        std::fs::write(desk.kept("desk/root.pem"), content).unwrap();
        desk.run(["product", "export", "survey"])
            .refused(1, "not_a_key");
    }
    std::fs::remove_file(desk.kept("desk/root.pem")).unwrap();
    #[cfg(unix)]
    {
        // Neither waited for nor read without end.
        std::os::unix::fs::symlink("/dev/zero", desk.kept("desk/root.pem")).unwrap();
        desk.run(["product", "export", "survey"])
            .exits(1)
            .tells("not a private key file");
        std::fs::remove_file(desk.kept("desk/root.pem")).unwrap();
    }
    desk.run(["product", "export", "survey"])
        .refused(1, "io")
        .tells("root.pem");
    // A good key, and none of this desk's.
    let demo = std::fs::read("keys/demo-root.pem").unwrap();
    std::fs::copy(desk.kept("desk/spare.pem"), desk.kept("desk/root.pem")).unwrap();
    std::fs::write(desk.kept("desk/root.pem"), demo).unwrap();
    desk.run(["product", "export", "survey"])
        .refused(6, "needs_root");
}

#[test]
fn commands_of_a_desk_need_one() {
    let world = World::new();
    let nowhere = world.machine("nowhere");
    for args in [
        &["license", "list"][..],
        &["license", "new", "--product", "survey", "--customer", "A"],
        &["product", "add", "survey", "--name", "Survey"],
        &["product", "change", "survey", "--feature", "x"],
        &["product", "export", "survey"],
        &["respond", "REQ1: 00000"],
        &["ledger", "verify"],
    ] {
        nowhere
            .run(args)
            .refused(1, "desk_missing")
            .tells("countersign desk init");
    }
}

#[test]
fn a_desk_is_set_up_anew_with_the_keys_and_products_it_had() {
    let world = World::new();
    let old = encrypted(&world);
    let secret = world.secret("secret", "correct horse\n");
    let file = old
        .run(["product", "export", "survey", "--passphrase-file"])
        .arg(&secret)
        .done()
        .stdout;
    let product = world.file("survey.product", file);
    let keys = [old.kept("desk/root.pem"), old.kept("desk/spare.pem")];
    let anew = |name| {
        let desk = world.machine(name);
        let run = desk
            .run(["desk", "init", "--passphrase-file"])
            .arg(&secret)
            .arg("--root-key")
            .arg(&keys[0])
            .arg("--product")
            .arg(&product);
        (run, desk)
    };
    let (run, desk) = anew("new");
    let made = run.arg("--spare-key").arg(&keys[1]).json();
    assert_eq!(made["vendor"], "Nordic Survey AS", "by the product file");
    assert_eq!(made["encrypted"], true);
    desk.run(["ledger", "verify"]).done();
    let again = desk
        .run(["product", "export", "survey", "--passphrase-file"])
        .arg(&secret)
        .done()
        .stdout;
    assert_eq!(again, std::fs::read_to_string(&product).unwrap());

    let (run, _) = anew("one key");
    run.arg("--spare-key")
        .arg(&keys[0])
        .refused(5, "not_a_root");
    let (run, _) = anew("half");
    run.refused(2, "usage");
    // The other way round the spare key would sign: the product file says which is which.
    let swapped = world.machine("swapped");
    swapped
        .run(["desk", "init", "--passphrase-file"])
        .arg(&secret)
        .arg("--root-key")
        .arg(&keys[1])
        .arg("--spare-key")
        .arg(&keys[0])
        .arg("--product")
        .arg(&product)
        .refused(5, "not_a_root")
        .tells("the spare key was given as the root key");
    // The same product twice, in one version or two, is said before anything is made.
    old.run(["product", "change", "survey", "--feature", "export"])
        .env("COUNTERSIGN_PASSPHRASE_FILE", &secret)
        .done();
    let file = old
        .run(["product", "export", "survey", "--passphrase-file"])
        .arg(&secret)
        .done()
        .stdout;
    let later = world.file("later.product", file);
    for (name, again) in [("the same", &product), ("another version", &later)] {
        let (run, desk) = anew(name);
        run.arg("--spare-key")
            .arg(&keys[1])
            .arg("--product")
            .arg(again)
            .refused(2, "usage")
            .tells("the product survey is given twice");
        assert!(!desk.kept("desk").exists());
    }
    let twice = world.machine("twice");
    twice
        .run(["desk", "init", "--vendor", "Twice", "--passphrase-file"])
        .arg(&secret)
        .arg("--root-key")
        .arg(&keys[0])
        .arg("--spare-key")
        .arg(&keys[0])
        .refused(1, "same_keys");
}

/// Its answers would be over when they arrive, and what it counts would count for years.
#[test]
fn a_desk_whose_clock_is_behind_its_own_history_signs_nothing() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    let request = ship.request(&key);
    let set = |days: i64| (world.now() + days * 86_400).to_string();
    let at = |days: i64, args: &[&str]| {
        let run = desk.run(args).env("COUNTERSIGN_TEST_NOW", set(days));
        run.piped(&request)
    };
    // A day is what time zones may make.
    at(-1, &["respond", "--dry-run", "-"]).done();
    let before = world.snapshot();
    for args in [
        &["respond", "-"][..],
        &["license", "new", "--product", "survey", "--customer", "C"],
        &["license", "revoke", &key, "--reason", "unpaid"],
        &["product", "change", "survey", "--name", "Survey 2"],
    ] {
        at(-2, args)
            .refused(6, "desk_clock")
            .tells("the ledger's last entry is of")
            .tells("desk clock --right");
    }
    assert_eq!(world.snapshot(), before);
    desk.run(["ledger", "verify"]).done();
    // An entry of years to come: the clock was wrong then, and is right now.
    at(20_000, &["license", "change", &key, "--seats", "2"]).done();
    at(0, &["respond", "-"]).refused(6, "desk_clock");
    desk.run(["desk", "clock", "--right"]).exits(2);
    desk.run(["desk", "clock", "--right", "--reason", " "])
        .exits(2);
    let noted = desk.run(["desk", "clock", "--right", "--reason", "battery"]);
    noted.done().tells("noted");
    desk.license(&ship, &key);
    ship.check().done();
    desk.run(["ledger", "verify"]).done();
    desk.run(["ledger", "history"])
        .done()
        .prints("the desk's clock was said to be right; reason: battery");
}

/// What no mail of ours could bear is refused when it is typed, and not when a mail is written.
#[test]
fn an_address_with_other_letters_is_refused_at_once() {
    let world = World::new();
    let machine = world.machine("desk");
    let init = machine.run(INIT).arg("--no-passphrase");
    init.arg("--mail")
        .arg("b\u{fc}ro@example.com")
        .refused(2, "usage")
        .tells("b\u{fc}ro@example.com");
    let desk = world.desk("vendor");
    desk.product("survey", &[]);
    let new = ["license", "new", "--product", "survey", "--customer", "A"];
    let contact = ["--contact", "Bj\u{f6}rn <bj\u{f6}rn@example.com>"];
    desk.run(new.iter().chain(&contact)).refused(2, "usage");
    let contact = ["--contact", "Bj\u{f6}rn <bjorn@example.com>"];
    desk.run(new.iter().chain(&contact)).done();
}
