//! Failures that no other test meets.

use crate::world::World;

/// Made by OpenSSL 3.0: of X25519; encrypted with triple DES; with ten million and one rounds of PBKDF2. Passphrase: secret.
const X25519: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VuBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
";
const TRIPLE_DES: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGKME4GCSqGSIb3DQEFDTBBMCkGCSqGSIb3DQEFDDAcBAg0olQ7jFbarAICCAAw
DAYIKoZIhvcNAgkFADAUBggqhkiG9w0DBwQIvusz6V7OGv4EOPhEtTg8QRtEfBBz
o+GxhqxHhrJ/6+Jc34uL9EWApM+CY6AlZaS28m35yekgBlZLws+L4eoFCqW5
-----END ENCRYPTED PRIVATE KEY-----
";
const TOO_MUCH: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGdMFkGCSqGSIb3DQEFDTBMMCsGCSqGSIb3DQEFDDAeBAjk4XbIxGgQSQIEAJiW
gTAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQFzsyZgDg/CeHPBYE+XD3BQRA
ZQI40ITPnYYmOusPCUBlvEAvffrJr0Kr3uLoak4ANlSEt62O/3CbnhYMZZVIc5gx
HhLMosdLVYvUoVw0fnt1ug==
-----END ENCRYPTED PRIVATE KEY-----
";

#[test]
fn keys_that_cannot_be_used_are_named() {
    let world = World::new();
    let desk = world.machine("desk");
    let passphrase = world.secret("secret", "secret\n");
    for (pem, kind) in [
        (X25519, "not_ed25519"),
        (TRIPLE_DES, "unsupported_encryption"),
        (TOO_MUCH, "too_much_work"),
    ] {
        let key = world.secret("key.pem", pem);
        let run = desk
            .run(["desk", "init", "--vendor", "A", "--passphrase-file"])
            .arg(&passphrase);
        let run = run.arg("--root-key").arg(&key).arg("--spare-key").arg(&key);
        run.refused(1, kind);
    }
}

#[test]
fn no_emergency_codes_and_nothing_in_force() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &[]);
    let ship = world.machine("ship");
    ship.install(&file);
    ship.request(&key);
    ship.run(["request", "sync", &key]).refused(6, "not_held");
    desk.license(&ship, &key);
    desk.run(["emergency", &key]).refused(6, "no_emergency");
}

/// A code would move nothing: none is lost.
#[test]
fn a_license_that_ends_before_it_must_re_validate() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let last = world.day(5);
    let order = ["--emergency", "4x7", "--expires", &last];
    let key = desk.sell("survey", &order);
    let ship = world.machine("ship");
    ship.install(&file);
    desk.license(&ship, &key);
    desk.run(["emergency", &key])
        .refused(6, "no_code_needed")
        .tells(&format!(
            "the license ends on {last}, before it must re-validate: no code is needed"
        ))
        .tells("license change KEY --expires DATE");
    let history = desk.run(["ledger", "history"]).done();
    assert!(!history.stdout.contains("emergency"), "{history}");
}

#[test]
fn days_that_are_over_and_generations_that_are_not() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let key = desk.sell("survey", &["--emergency", "4x7"]);
    let ship = world.machine("ship");
    ship.install(&file);
    let request = ship.request(&key);
    let until = |day: &str| desk.respond(&request).arg("--until").arg(day);
    until(&world.day(-1)).refused(6, "until_past");
    until(&world.day(0)).done();
    let spoken = |generation| desk.run(["emergency", &key, "--gen", generation]);
    spoken("9").refused(4, "unknown_generation");
    spoken("1").done();
}

#[cfg(unix)]
#[test]
fn programs_and_inputs_that_are_not_there() {
    let world = World::new();
    let machine = world.machine("ship");
    machine.run(["apply"]).after("exec < /").refused(1, "input");
    let desk = world.desk("desk");
    let file = desk.product("survey", &["--demo-days", "30"]);
    machine.install(&file);
    let said = machine.run(["--json", "run", "--", "/nowhere/at-all"]);
    let object = said.exits(101).json();
    assert_eq!(object["error"]["kind"], "no_program");
}
