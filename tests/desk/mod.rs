//! The desk through the program, with machines that are simulated by what they would send.

use std::path::PathBuf;

use assert_cmd::Command;
use countersign::license_key::LicenseKey;
use countersign::machine::{Fingerprint, UsbDevice};
use countersign::protocol::commitment::RequestSecret;
use countersign::protocol::date::Seconds;
use countersign::protocol::digest::{ActivationId, product_tag};
use countersign::protocol::requests::{Activate, Return, Sync};
use countersign::text::{Code, Kind};
use serde_json::Value;
use tempfile::TempDir;

/// 2040-03-01, noon in UTC.
const NOW: i64 = 2_214_216_000;
const DAY: i64 = 86_400;

struct Desk {
    home: TempDir,
    now: i64,
}

struct Said {
    exit: i32,
    stdout: String,
    stderr: String,
}

impl Desk {
    fn new() -> Desk {
        let desk = Desk {
            home: TempDir::new().unwrap(),
            now: NOW,
        };
        let mail = "desk@example.com";
        desk.done(&[
            "desk",
            "init",
            "--vendor",
            "Nordic",
            "--mail",
            mail,
            "--no-passphrase",
        ]);
        let product = [
            "product",
            "add",
            "survey",
            "--name",
            "Survey",
            "--limit",
            "employees",
        ];
        desk.done(&[&product[..], &["--feature", "sonar", "--edition", "pro"]].concat());
        desk
    }

    fn run(&self, args: &[&str]) -> Said {
        self.run_with(args, "")
    }

    fn run_with(&self, args: &[&str], input: &str) -> Said {
        let output = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_countersign")))
            .env_clear()
            .env("HOME", self.home.path())
            .env("USER", "anna")
            .env("COUNTERSIGN_HOME", self.home.path().join("home"))
            .env("COUNTERSIGN_TEST_NOW", self.now.to_string())
            .args(args)
            .write_stdin(input)
            .output()
            .unwrap();
        Said {
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    fn done(&self, args: &[&str]) -> Said {
        let said = self.run(args);
        assert_eq!(said.exit, 0, "{args:?}\n{}{}", said.stdout, said.stderr);
        said
    }

    #[track_caller]
    fn json(&self, args: &[&str]) -> Value {
        let said = self.done(&[&["--json"], args].concat());
        serde_json::from_str(&said.stdout).unwrap()
    }

    #[track_caller]
    fn refused(&self, args: &[&str], exit: i32, kind: &str) -> Said {
        let said = self.run(&[&["--json"], args].concat());
        let object: Value = serde_json::from_str(&said.stdout).unwrap();
        assert_eq!(
            (said.exit, object["error"]["kind"].as_str()),
            (exit, Some(kind)),
            "{}",
            said.stderr
        );
        said
    }

    fn sell(&self, options: &[&str]) -> LicenseKey {
        let order = [
            "license",
            "new",
            "--product",
            "survey",
            "--customer",
            "Müller",
        ];
        let said = self.done(&[&order[..], options].concat());
        said.stdout.trim().parse().unwrap()
    }

    fn clock(&self) -> Seconds {
        Seconds::from_unix(self.now)
    }
}

/// A machine as it is seen from the desk.
struct Machine {
    key: LicenseKey,
    number: u8,
    id: ActivationId,
    held: RequestSecret,
    generation: u16,
}

fn secret(machine: u8, request: u8) -> RequestSecret {
    RequestSecret::new([machine, request, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7])
}

impl Machine {
    fn new(key: LicenseKey, number: u8) -> Machine {
        let held = secret(number, 1);
        Machine {
            key,
            number,
            id: held.commitment(key).activation_id(),
            held,
            generation: 1,
        }
    }

    fn activate(&self, desk: &Desk, usb: Option<&str>) -> String {
        let n = self.number;
        let usb = usb.map(|usb| {
            usb.parse::<UsbDevice>()
                .unwrap()
                .digest(&self.key.to_bytes())
        });
        let request = Activate {
            product_tag: product_tag("survey"),
            key: self.key,
            commitment: self.held.commitment(self.key),
            clock: desk.clock(),
            fingerprint: Fingerprint::from_bytes(&[31, n, n, n, n, n, n, n, n, n, n]).ok(),
            bindings: None,
            seats: None,
            usb,
            lending_key: None,
        };
        Code::new(Kind::Activate, request.encode())
            .to_text()
            .unwrap()
    }

    fn sync(&self, desk: &Desk, request: u8) -> String {
        let request = Sync {
            activation: self.id,
            generation: self.generation,
            proof: self.held.sync_proof(),
            commitment: secret(self.number, request).commitment(self.key),
            clock: desk.clock(),
            fingerprint: None,
            bindings: None,
            usb: None,
            site: None,
        };
        Code::new(Kind::Sync, request.encode()).to_text().unwrap()
    }

    fn give_up(&self) -> String {
        let given_up = Return {
            activation: self.id,
            secret: self.held.clone(),
        };
        Code::new(Kind::Return, given_up.encode())
            .to_text()
            .unwrap()
    }
}

#[test]
fn a_purchase_is_changed_mailed_and_answered() {
    let mut desk = Desk::new();
    let key = desk.sell(&[
        "--seats",
        "5",
        "--type",
        "floating",
        "--limit",
        "employees=250",
    ]);
    let text = key.to_string();
    let mut machine = Machine::new(key, 1);
    desk.done(&["respond", &machine.activate(&desk, None)]);
    desk.now += 10 * DAY;
    let change = [
        "license",
        "change",
        &text,
        "--seats",
        "+3",
        "--limit",
        "employees=500",
    ];
    let more = [
        "--feature",
        "sonar",
        "--contact",
        "mueller@example.com",
        "--edition",
        "pro",
    ];
    let said = desk.done(&[&change[..], &more].concat());
    for words in [
        "seats 5 → 8",
        "employees 250 → 500",
        "sonar off → on",
        "edition none → pro",
    ] {
        assert!(said.stdout.contains(words), "{words}: {}", said.stdout);
    }
    desk.refused(&[&change[..4], &["8"]].concat(), 2, "nothing_to_change");
    let mail = desk.done(&["license", "mail", &text]).stdout;
    let (head, body) = mail.split_once("\n\n").unwrap();
    for line in [
        "From: desk@example.com",
        "To: mueller@example.com",
        "Subject: Your Survey license update is ready",
    ] {
        assert!(head.lines().any(|it| it == line), "{line}: {head}");
    }
    for words in [
        "seats 5 → 8",
        &format!("countersign request sync {key}"),
        "countersign apply",
    ] {
        assert!(body.contains(words), "{words}: {body}");
    }
    let answer = desk.json(&["respond", &machine.sync(&desk, 2)]);
    assert_eq!(
        (answer["seats"].as_u64(), answer["verdict"].as_str()),
        (Some(8), Some("green"))
    );
    assert_eq!(answer["revalidate_by"], "2040-04-10");
    let again = desk.json(&["respond", &machine.sync(&desk, 2)]);
    assert_eq!(
        (&again["code"], again["verdict"].as_str()),
        (&answer["code"], Some("repeated"))
    );
    (machine.held, machine.generation) = (secret(1, 2), 2);
    let trip = desk.json(&["respond", "--until", "2040-09-01", &machine.sync(&desk, 3)]);
    assert_eq!(trip["revalidate_by"], "2040-09-01");
    desk.done(&["ledger", "verify"]);
}

#[test]
fn forks_are_told_to_the_clerk_and_kept() {
    let mut desk = Desk::new();
    let key = desk.sell(&[]);
    let machine = Machine::new(key, 1);
    desk.done(&["respond", &machine.activate(&desk, None)]);
    desk.done(&["respond", &machine.sync(&desk, 2)]);
    desk.now += DAY;
    let code = machine.sync(&desk, 3);
    let said = desk.refused(&["respond", &code], 6, "needs_supersede");
    assert!(
        said.stderr
            .contains("holds generation 1, and generation 2 was granted on 2040-03-01"),
        "{}",
        said.stderr
    );
    desk.refused(
        &["respond", "--supersede", "--reason", " ", &code],
        2,
        "usage",
    );
    let answer = desk.json(&["respond", "--supersede", "--reason", "mail was lost", &code]);
    assert_eq!(answer["verdict"], "yellow");
    let code = machine.sync(&desk, 4);
    desk.refused(
        &["respond", "--supersede", "--reason", "again", &code],
        6,
        "held_for_manager",
    );
    desk.done(&[
        "respond",
        "--override",
        "--reason",
        "the manager says so",
        &code,
    ]);
    let shown = desk.done(&["license", "show", &key.to_string()]).stdout;
    assert!(
        shown.contains("yellow") && shown.contains("mail was lost"),
        "{shown}"
    );
    let told = desk
        .run(&["--json", "ledger", "history", &key.to_string()])
        .stdout;
    let events: Vec<Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let kinds: Vec<&str> = events
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    let asked = ["refused", "sync"];
    assert_eq!(
        kinds,
        [&["license_new", "activate", "sync"], &asked[..], &asked].concat()
    );
    assert_eq!(events[6]["facts"]["reason"], "the manager says so");
    desk.done(&["ledger", "verify"]);
}

#[test]
fn a_return_prints_no_code_and_frees_the_seat() {
    let desk = Desk::new();
    let key = desk.sell(&["--seats", "2"]);
    let (one, two, three) = (
        Machine::new(key, 1),
        Machine::new(key, 2),
        Machine::new(key, 3),
    );
    desk.done(&["respond", &one.activate(&desk, None)]);
    desk.done(&["respond", &two.activate(&desk, None)]);
    let refused = desk.refused(
        &["respond", &three.activate(&desk, None)],
        6,
        "no_seat_free",
    );
    assert!(
        refused.stderr.contains("no seat is free: 2 of 2 are taken"),
        "{}",
        refused.stderr
    );
    let first = desk.done(&["respond", &one.give_up()]);
    let again = desk.done(&["respond", &one.give_up()]);
    assert_eq!(first.stdout, "");
    assert!(first.stderr.contains("seat freed"), "{}", first.stderr);
    assert_eq!(first.stderr, again.stderr);
    let lines = format!(
        "{}\n{}\n",
        one.give_up().replace('\n', " "),
        three.activate(&desk, None).replace('\n', " ")
    );
    let batch = desk.run_with(&["respond", "--batch", "-"], &lines);
    assert_eq!(
        (batch.exit, batch.stdout.lines().count()),
        (0, 2),
        "{}",
        batch.stderr
    );
    let early = Machine::new(key, 4);
    desk.done(&["respond", &early.give_up()]);
    desk.refused(&["respond", &early.activate(&desk, None)], 6, "given_up");
    let lost = [
        "release",
        &two.id.to_string(),
        "--lost",
        "--reason",
        "stolen",
    ];
    assert_eq!(desk.json(&lost)["seats_freed"], 1);
    desk.refused(&lost, 6, "given_up");
    let revoke = [
        "license",
        "revoke",
        &key.to_string(),
        "--reason",
        "not paid",
    ];
    desk.done(&revoke);
    desk.refused(&["respond", &three.sync(&desk, 2)], 6, "revoked");
    desk.done(&["ledger", "verify"]);
}

#[test]
fn emergency_codes_are_short_and_usb_keys_are_asked_for() {
    let desk = Desk::new();
    let usb = "0529:0001:8a3f21";
    let key = desk.sell(&["--emergency", "4x7", "--usb", usb]);
    let machine = Machine::new(key, 1);
    desk.refused(&["respond", &machine.activate(&desk, None)], 6, "other_usb");
    desk.refused(&["emergency", &key.to_string()], 4, "unknown_activation");
    desk.done(&["respond", &machine.activate(&desk, Some(usb))]);
    let said = desk.done(&["emergency", &key.to_string(), "--until", "2040-04-10"]);
    assert_eq!(
        said.stdout.trim().replace('-', "").len(),
        22,
        "{}",
        said.stdout
    );
    assert!(said.stderr.contains("step 2 of 4"), "{}", said.stderr);
    let object = desk.json(&[
        "emergency",
        &machine.id.to_string(),
        "--until",
        "2040-04-10",
    ]);
    assert_eq!(object["code"], said.stdout.trim());
    desk.refused(&["emergency", "A-1", "--gen", "2"], 4, "unknown_activation");
    let shown = desk.json(&["license", "show", &key.to_string()]);
    assert_eq!(shown["activations"][0]["emergency_codes"], 1);
    assert_eq!(shown["usb"], usb);
    // The dongle is retired: one change, and the next answer asks for none.
    desk.done(&["license", "change", &key.to_string(), "--usb", "none"]);
    desk.done(&["respond", &machine.sync(&desk, 2)]);
    desk.done(&["ledger", "verify"]);
}
