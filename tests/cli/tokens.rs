//! Keys in a PKCS#11 token, which a test plays (`tests/world/token.c`): each way in which one does not sign.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::world::agent::{Agent, Does, Token, line};
use crate::world::{Machine, Run, World};

struct Work<'w> {
    world: &'w World,
    agent: Agent,
    token: Token,
    desk: Machine<'w>,
    pin: PathBuf,
}

impl<'w> Work<'w> {
    /// A desk whose root lies in a token.
    fn new(world: &'w World) -> Work<'w> {
        let work = Work::begun(world);
        let uri = work.token.uri("token=desk;object=root");
        work.init(&uri).done();
        work.run("good", &["product", "add", "survey", "--name", "Survey"])
            .done();
        let export = ["product", "export", "survey", "-o", "survey.product"];
        work.run("good", &export).done();
        work
    }

    fn begun(world: &'w World) -> Work<'w> {
        Work {
            world,
            agent: Agent::new(world, &[7, 8]),
            token: Token::new(world),
            desk: world.machine("desk"),
            pin: world.secret("pin", "1234\n"),
        }
    }

    fn run(&self, state: &str, args: &[&str]) -> Run<'w> {
        let run = self.token.with(&self.agent, state, self.desk.run(args));
        run.env("COUNTERSIGN_PASSPHRASE_FILE", &self.pin)
    }

    fn init(&self, uri: &str) -> Run<'w> {
        let spare = self.world.secret("spare-words", "harvest barley\n");
        let run = self.run("good", &["desk", "init", "--vendor", "Nordic Survey AS"]);
        run.arg("--new-passphrase-file")
            .arg(spare)
            .arg("--pkcs11")
            .arg(uri)
    }

    fn asks(&self) -> (Machine<'w>, String) {
        let new = [
            "license",
            "new",
            "--product",
            "survey",
            "--customer",
            "Aurora",
        ];
        let key = self.run("good", &new).done().line();
        let ship = self.world.machine("ship");
        ship.install(&self.world.path().join("files/survey.product"));
        let request = ship.request(&key);
        (ship, request)
    }
}

#[test]
fn each_way_in_which_a_token_does_not_sign_is_told() {
    let world = World::new();
    let work = Work::new(&world);
    let (ship, request) = work.asks();
    work.token.logins();
    let answers = |state| work.run(state, &["respond"]).piped(&request);
    for (state, exit, kind, words, logins) in [
        ("broken", 1, "no_module", "CKR_GENERAL_ERROR", 0),
        ("no-token", 1, "no_token", "plug it in", 0),
        ("two-tokens", 2, "which_key", "serial", 0),
        ("locked", 7, "pin_locked", "is locked", 0),
        ("last-try", 7, "pin_locked", "none is tried from a file", 0),
        ("locks", 7, "pin_locked", "SO PIN", 1),
        ("no-key", 1, "key_absent", "object=", 1),
        ("two-keys", 2, "which_key", "id=%", 1),
        ("rsa", 1, "not_ed25519", "RSA", 1),
        ("ecdsa", 1, "not_ed25519", "ECDSA", 1),
        ("ed448", 1, "not_ed25519", "curve", 1),
        ("no-public", 1, "key_absent", "public key", 1),
        ("another", 1, "key_absent", "another key", 1),
        ("breaks", 1, "signer_failed", "CKR_GENERAL_ERROR", 1),
        ("short", 5, "signer_wrong", "does not hold", 1),
        ("pulled-out", 1, "signer_failed", "pulled out", 1),
    ] {
        answers(state).refused(exit, kind).tells(words);
        // Each of the two runs gave its PIN once, and none a second time.
        assert_eq!(work.token.logins(), 2 * logins, "{state}");
    }
    for (does, exit, kind) in [
        (Does::GoesAwayAt(3), 1, "signer_failed"),
        (Does::WrongAt(3), 5, "signer_wrong"),
        (Does::TwoWays, 5, "signer_wrong"),
    ] {
        work.agent.does(does);
        answers("good").refused(exit, kind);
    }
    work.agent.does(Does::Signs);
    let wrong = world.secret("another", "9999\n");
    let by_wrong = |state| answers(state).env("COUNTERSIGN_PASSPHRASE_FILE", &wrong);
    work.token.logins();
    by_wrong("good")
        .refused(7, "wrong_passphrase")
        .tells("tried once");
    assert_eq!(work.token.logins(), 2);
    let nobody = answers("good").env("COUNTERSIGN_PASSPHRASE_FILE", "");
    nobody.refused(7, "passphrase_needed").tells("PIN");
    assert_eq!(work.token.logins(), 0);
    // Plugged in again it gives one answer, and no other.
    let answer = answers("good").done().code();
    assert_eq!(answers("no-token").done().code(), answer);
    ship.apply(&answer);
    work.run("no-token", &["ledger", "verify"]).done();
}

/// Tokens write their keys in several ways, and some ask for a PIN by themselves, or for none.
#[test]
fn tokens_of_several_makes_are_understood() {
    let world = World::new();
    let work = Work::new(&world);
    for state in ["raw", "bits", "no-id", "no-login", "pad"] {
        work.token.logins();
        work.run(state, &["ledger", "checkpoint"]).done();
        let given = u64::from(state != "no-login");
        assert_eq!(work.token.logins(), given, "{state}");
    }
}

#[test]
fn a_uri_says_which_key_and_no_pin() {
    let world = World::new();
    let work = Work::begun(&world);
    let module = work.token.module.display().to_string();
    for (uri, words) in [
        (
            work.token.uri("token=desk"),
            "neither its object nor its id",
        ),
        ("pkcs11:object=root".to_owned(), "whole path"),
        (
            "pkcs11:object=root?module-path=token.so".to_owned(),
            "whole path",
        ),
        (
            format!("{}&pin-value=4711", work.token.uri("object=root")),
            "--passphrase-file",
        ),
        (
            format!("{}&pin-source=/p", work.token.uri("object=root")),
            "--passphrase-file",
        ),
        (work.token.uri("object=root;colour=red"), "colour"),
        (work.token.uri("object=root;type=public"), "type"),
        (work.token.uri("object=root;object=ann"), "twice"),
        (work.token.uri("object=%zz"), "no PKCS#11 URI"),
        (work.token.uri("object"), "no PKCS#11 URI"),
        (module, "no PKCS#11 URI"),
    ] {
        let said = work.init(&uri).refused(2, "usage").tells(words);
        assert!(!said.stderr.contains("4711"), "{said}");
    }
    for (path, exit, kind) in [
        ("token=another;object=root", 1, "no_token"),
        ("serial=0009;object=root", 1, "no_token"),
        ("manufacturer=nobody;object=root", 1, "no_token"),
        ("model=T2;object=root", 1, "no_token"),
        ("object=ann", 1, "key_absent"),
        ("id=%02", 1, "key_absent"),
    ] {
        work.init(&work.token.uri(path)).refused(exit, kind);
    }
    let whole =
        "token=desk;serial=0001;manufacturer=A%20test;model=T1;object=root;id=%01;type=private";
    work.init(&work.token.uri(whole)).done();
    work.run("good", &["ledger", "checkpoint"]).done();
}

/// A module is code that runs with the rights of whoever signs.
#[test]
fn a_module_that_others_can_change_is_not_loaded() {
    let world = World::new();
    let work = Work::new(&world);
    let checkpoint = || work.run("good", &["ledger", "checkpoint"]);
    let file = work.desk.kept("desk/root.pem");
    for path in [&work.token.module, &file] {
        let mode = |mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        for open in [0o660, 0o606] {
            mode(open);
            checkpoint()
                .refused(5, "foreign_module")
                .tells("chmod go-w");
        }
        mode(0o644);
        checkpoint().done();
    }
    // One that is no module, and one that is not there.
    fs::write(&work.token.module, "no library\n").unwrap();
    checkpoint()
        .refused(1, "no_module")
        .tells("cannot be loaded");
    fs::remove_file(&work.token.module).unwrap();
    checkpoint().refused(1, "no_module").tells("module-path");
}

/// Nor one that others can exchange: whoever may write in its directory, or in that of a link to it, puts another there.
#[test]
fn a_module_whose_place_others_can_change_is_not_loaded() {
    let world = World::new();
    let work = Work::begun(&world);
    let directory = work.token.module.parent().unwrap().to_owned();
    let mode = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let links = world.path().join("links");
    fs::create_dir(&links).unwrap();
    std::os::unix::fs::symlink("../tmp/token.so", links.join("token.so")).unwrap();
    let linked = format!(
        "pkcs11:object=root?module-path={}",
        links.join("token.so").display()
    );
    for (uri, open) in [
        (work.token.uri("object=root"), &directory),
        (linked.clone(), &directory),
        (linked.clone(), &links),
    ] {
        for bits in [0o770, 0o757] {
            mode(open, bits);
            let said = work.init(&uri).refused(5, "foreign_module");
            said.tells(&format!("chmod go-w {}", open.display()));
        }
        mode(open, 0o755);
    }
    // Where nobody removes what is another's.
    mode(&directory, 0o1777);
    mode(&links, 0o1777);
    work.init(&linked).done();
}

#[test]
fn a_spare_key_lies_in_another_place_than_the_live_one() {
    let world = World::new();
    let work = Work::begun(&world);
    let uri = work.token.uri("object=root");
    let init = [
        "desk",
        "init",
        "--vendor",
        "V",
        "--agent",
        &line(7),
        "--spare-pkcs11",
        &uri,
    ];
    let run = work.agent.with(work.run("good", &init));
    run.refused(1, "same_keys");
    let init = [
        "desk",
        "init",
        "--vendor",
        "V",
        "--agent",
        &line(8),
        "--spare-pkcs11",
        &uri,
    ];
    work.agent.with(work.run("good", &init)).done();
    // The spare takes the place of the live one by its file, as a PEM does.
    fs::rename(
        work.desk.kept("desk/spare.pem"),
        work.desk.kept("desk/root.pem"),
    )
    .unwrap();
    work.run("good", &["ledger", "checkpoint"]).done();
    // What has a PIN there has no passphrase here.
    let passphrase = ["desk", "passphrase", "--no-passphrase"];
    work.run("good", &passphrase)
        .refused(2, "usage")
        .tells("change-pin");
}

/// A live key in a file, and a cold one in a token: its PIN and the passphrase are two secrets.
#[test]
fn a_pin_is_no_passphrase_of_a_key_file() {
    let world = World::new();
    let work = Work::new(&world);
    let spare = work.desk.kept("desk/spare.pem");
    fs::rename(&spare, work.desk.kept("desk/root.pem")).unwrap();
    let checkpoint = work.run("good", &["ledger", "checkpoint"]);
    checkpoint.refused(7, "wrong_passphrase");
    let words = world.path().join("files/spare-words");
    checkpoint.env("COUNTERSIGN_PASSPHRASE_FILE", words).done();
}

#[cfg(target_os = "linux")]
#[test]
fn a_pin_is_typed_where_it_is_the_last_one() {
    let world = World::new();
    let work = Work::new(&world);
    let typed = |state: &str, pin: &str| {
        let run = work.run(state, &["ledger", "checkpoint"]);
        run.env("COUNTERSIGN_PASSPHRASE_FILE", "")
            .typed(&format!("{pin}\n"))
    };
    let right = typed("last-try", "1234");
    assert!(right.contains("PIN of the token desk: "), "{right}");
    assert!(right.contains("countersign ledger v1"), "{right}");
    let wrong = typed("one-more", "9999");
    assert!(wrong.contains("takes one more"), "{wrong}");
}
