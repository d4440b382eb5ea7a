//! A signing key that fails at its n-th signature, with each command: as it is tried (1 and 2), and as it signs (3 and on).

use crate::world::{Desk, Machine, World};

const SIGNER: &str = "COUNTERSIGN_TEST_SIGNER";

/// What the key does at a signature, and what comes of it.
fn faults(at: std::ops::RangeInclusive<u32>) -> impl Iterator<Item = (String, i32, &'static str)> {
    at.flat_map(|at| {
        [
            (format!("fails:{at}"), 1, "signer_failed"),
            (format!("wrong:{at}"), 5, "signer_wrong"),
        ]
    })
}

fn asked<'w>(world: &'w World, names: &[&str]) -> (Desk<'w>, String, Vec<String>) {
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let seats = names.len().to_string();
    let key = desk.sell("survey", &["--seats", &seats]);
    let ask = |name: &&str| {
        let machine: Machine<'w> = world.machine(name);
        machine.install(&file);
        machine.request(&key)
    };
    let requests = names.iter().map(ask).collect();
    (desk, key, requests)
}

#[test]
fn an_answer_that_is_not_signed_is_not_recorded() {
    let world = World::new();
    let (desk, key, requests) = asked(&world, &["ship"]);
    for (fault, exit, kind) in faults(1..=3) {
        let run = desk.respond(&requests[0]).env(SIGNER, fault);
        run.refused(exit, kind).tells("signing key");
    }
    assert_eq!(desk.seats_taken(&key), 0);
    let answer = desk.answer(&requests[0]);
    // What was answered needs no key any more.
    let again = desk.respond(&requests[0]).env(SIGNER, "fails:1").done();
    assert_eq!(again.code(), answer);
    assert_eq!(desk.seats_taken(&key), 1);
}

#[test]
fn a_batch_ends_where_a_signature_is_missing() {
    let world = World::new();
    let (desk, key, requests) = asked(&world, &["one", "two", "three"]);
    let lines: Vec<String> = requests.iter().map(|it| it.replace('\n', " ")).collect();
    let batch = world.file("batch.txt", lines.join("\n"));
    for (fault, exit, kind) in faults(1..=5) {
        let run = desk.run(["respond", "--batch"]).arg(&batch);
        run.env(SIGNER, fault).refused(exit, kind);
    }
    assert_eq!(desk.seats_taken(&key), 0);
    let run = desk.run(["respond", "--batch"]).arg(&batch);
    let answered = run.done().objects();
    assert_eq!(desk.seats_taken(&key), 3);
    let again = run.done().objects();
    for (first, again) in answered.iter().zip(&again) {
        assert_eq!(first["code"], again["code"]);
    }
}

#[test]
fn a_product_file_that_is_not_signed_is_not_written() {
    let world = World::new();
    let (desk, ..) = asked(&world, &["ship"]);
    let file = world.path().join("files/survey.product");
    let before = std::fs::read(&file).unwrap();
    for (fault, exit, kind) in faults(1..=3) {
        for to in [&["-o", "new.product"][..], &["-o", "survey.product"], &[]] {
            let run = desk.run(["product", "export", "survey"].iter().chain(to));
            run.env(SIGNER, &fault).refused(exit, kind);
        }
    }
    desk.export("survey");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

/// No other command of a desk signs anything: each goes on without the key.
#[test]
fn nothing_else_is_signed() {
    let world = World::new();
    let desk = world.machine("desk");
    let dead = |args: &[&str]| desk.run(args).env(SIGNER, "fails:1");
    desk.run([
        "desk",
        "init",
        "--vendor",
        "Nordic Survey AS",
        "--no-passphrase",
    ])
    .done();
    let add = ["product", "add", "survey", "--name", "Survey"];
    dead(&add).refused(1, "signer_failed");
    desk.run(add).done();
    let new = [
        "license",
        "new",
        "--product",
        "survey",
        "--customer",
        "Aurora",
    ];
    dead(&new).refused(1, "signer_failed");
    let key = desk.run(new).done().line();
    desk.run(["product", "export", "survey", "-o", "survey.product"])
        .done();
    let ship = world.machine("ship");
    ship.install(&world.path().join("files/survey.product"));
    let request = ship.request(&key);
    let preview = desk.run(["respond", "--dry-run"]).piped(&request);
    preview.env(SIGNER, "fails:1").done();
    let answer = desk.run(["respond"]).piped(&request).done().code();
    ship.apply(&answer);
    let receipt = ship.run(["return", &key, "--yes"]).done().code();
    desk.run(["respond"])
        .piped(receipt)
        .env(SIGNER, "fails:1")
        .done();
    // What somebody does by himself is signed, or not done.
    let before = desk.run(["ledger", "history"]).done().stdout;
    for act in [
        &["license", "change", &key, "--seats", "2"][..],
        &["license", "revoke", &key, "--reason", "sold twice"],
        &["license", "note", &key, "paid late"],
        &["product", "change", "survey", "--feature", "sonar"],
        &["desk", "clock", "--right", "--reason", "looked at it"],
    ] {
        dead(act).refused(1, "signer_failed");
    }
    assert_eq!(desk.run(["ledger", "history"]).done().stdout, before);
    dead(&["license", "show", &key]).done();
    dead(&["ledger", "verify"]).done();
}
