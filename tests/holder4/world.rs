//! A vendor that signs, and a machine with a home, an anchor, a clock and facts that are handed in.

use std::path::PathBuf;
use std::process::{Command, Output};

use countersign::license_key::LicenseKey;
use countersign::protocol::date::{Day, Seconds};
use countersign::protocol::digest::{Standing, key_id, request_digest, request_tag};
use countersign::protocol::emergency::{Emergency, chain};
use countersign::protocol::entitlements::{Entitlement, Entitlements};
use countersign::protocol::grant::{EmergencyTerms, Grant, LicenseType, SignedGrant};
use countersign::protocol::product::{Entry, Product};
use countersign::protocol::requests::{Activate, Sync};
use countersign::protocol::trust::GrantContext;
use countersign::text::{self, Code, Kind};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use tempfile::TempDir;

/// 2040-11-22T12:00:00Z in Unix seconds: later than any day on which the program is built.
pub(super) const NOON: i64 = 2_237_198_400;
pub(super) const DAY: i64 = 86_400;
const X0: [u8; 10] = [9; 10];

pub(super) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A desk that knows what stands, generation by generation.
pub(super) struct Vendor {
    root: SigningKey,
    pub(super) product: Product,
    pub(super) key: LicenseKey,
    /// What stood with each generation, from the first.
    standings: Vec<Standing>,
}

impl Vendor {
    pub(super) fn new(change: impl Fn(&mut Product)) -> Vendor {
        let root = SigningKey::from_bytes(&[1; 32]);
        let mut product = Product {
            id: "timetracker".into(),
            version: 1,
            name: "TimeTracker RX".into(),
            vendor: "Example".into(),
            roots: vec![root.verifying_key().to_bytes()],
            catalogue: vec![
                (Entry::Feature, "reports".into()),
                (Entry::Feature, "desktop".into()),
                (Entry::Limit, "employees".into()),
            ],
            maintained: vec!["desktop".into()],
            fingerprint: true,
            demo_days: 30,
            demo_features: vec!["reports".into()],
            demo_limits: vec![("employees".into(), 5)],
            ..Product::default()
        };
        change(&mut product);
        let key = LicenseKey::from_number(12_345_678_901).unwrap();
        Vendor {
            root,
            product,
            key,
            standings: Vec::new(),
        }
    }

    fn product_file(&self) -> String {
        let root = self.root.verifying_key().to_bytes();
        self.product
            .to_file(&root, |text| self.root.sign(text).to_bytes())
    }

    /// Answers an ACTIVATE or a SYNC as it was mailed.
    pub(super) fn answer(&mut self, mail: &str, change: impl Fn(&mut Grant)) -> String {
        let code = text::read(mail, &[Kind::Activate, Kind::Sync])
            .unwrap()
            .code;
        let standing = self.stand(&code);
        let digest = request_digest(code.kind(), code.payload());
        let holder = standing.holder_digest(&self.product.id, self.key);
        let mut grant = self.terms();
        grant.request_tag = request_tag(&digest);
        grant.emergency = Some(EmergencyTerms {
            anchor: chain(&holder, self.generation(), 0, 4, X0),
            steps: 4,
            days: 7.try_into().unwrap(),
        });
        change(&mut grant);
        let context = GrantContext {
            request_digest: digest,
            holder,
            lending_key: None,
        };
        let root = self.root.verifying_key().to_bytes();
        let transcript = context.transcript(&root, None, [0; 32], &grant.encode_body());
        let signature = self.root.sign(&transcript).to_bytes();
        let payload = SignedGrant { grant, signature }.encode();
        Code::new(Kind::Grant, payload).to_text().unwrap()
    }

    fn stand(&mut self, code: &Code) -> Standing {
        let standing = if code.kind() == Kind::Activate {
            self.standings.clear();
            let request = Activate::decode(code.payload()).unwrap();
            Standing {
                activation: request.commitment.activation_id(),
                fingerprint: request.fingerprint,
                bindings: request.bindings,
                usb: request.usb,
            }
        } else {
            let request = Sync::decode(code.payload()).unwrap();
            let known = self.standings[usize::from(request.generation) - 1].clone();
            Standing {
                activation: request.activation,
                fingerprint: request.fingerprint.or(known.fingerprint),
                bindings: request.bindings.or(known.bindings),
                usb: request.usb.or(known.usb),
            }
        };
        self.standings.push(standing.clone());
        standing
    }

    fn generation(&self) -> u16 {
        u16::try_from(self.standings.len()).unwrap()
    }

    fn terms(&self) -> Grant {
        Grant {
            key_id: key_id(&self.root.verifying_key().to_bytes()),
            request_tag: [0; 2],
            generation: self.generation(),
            issued: Seconds::from_unix(NOON),
            expires: Some(day("2041-11-22")),
            maintenance: Some(day("2040-12-31")),
            revalidate_by: Some(day("2040-12-22")),
            seats: 5,
            edition: 0,
            license_type: LicenseType::Standalone,
            max_loan: None,
            emergency: None,
            entitlements: employees(250),
        }
    }

    /// What the desk reads out.
    pub(super) fn emergency(&self, step: u8) -> String {
        let standing = self.standings.last().unwrap();
        let holder = standing.holder_digest(&self.product.id, self.key);
        let x = chain(&holder, self.generation(), 0, 4 - step, X0);
        let payload = Emergency { step, x }.encode();
        Code::new(Kind::Emergency, payload).to_text().unwrap()
    }
}

/// Both features, and so many employees.
pub(super) fn employees(most: u32) -> Entitlements {
    let entry = |index, value| Entitlement { index, value };
    Entitlements::new(vec![entry(0, None), entry(1, None), entry(2, Some(most))]).unwrap()
}

/// A computer; its facts are those that a test can change.
pub(super) struct Machine {
    dir: TempDir,
    pub(super) facts: Value,
    pub(super) now: i64,
}

pub(super) struct Said {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl Said {
    pub(super) fn of(output: Output) -> Said {
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("{} {}", self.out, self.err))
    }

    /// Stdout of what must have succeeded.
    pub(super) fn ok(self) -> String {
        assert_eq!(self.code, 0, "{} {}", self.out, self.err);
        self.out
    }
}

impl Machine {
    pub(super) fn with(vendor: &Vendor) -> Machine {
        let machine = Machine {
            dir: tempfile::tempdir().unwrap(),
            facts: json!({
                "machine_id": "01d1219c7c4c5404aaa1f6d2a48adfda",
                "root_fs_uuid": "6f1e0bd0-3f4b-4a3e-9a51-0c1c6a0f3a01",
                "product_uuid": "4c4c4544-0042-3510-8052-b3c04f4b4e01",
                "mac": "3c:ec:ef:10:20:01",
                "disk_serial": "s3z2nb0k123401",
                "host_name": "pc1",
                "local_addresses": ["192.168.0.1"],
                "usb_devices": [],
            }),
            now: NOON,
        };
        std::fs::write(machine.path("app.product"), vendor.product_file()).unwrap();
        machine.run("product install app.product").ok();
        machine
    }

    pub(super) fn path(&self, below: &str) -> PathBuf {
        self.dir.path().join(below)
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        std::fs::write(self.path("facts.json"), self.facts.to_string()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command
            .current_dir(self.dir.path())
            .env("COUNTERSIGN_HOME", self.path("home"))
            .env("COUNTERSIGN_TEST_NOW", self.now.to_string())
            .env("COUNTERSIGN_TEST_MACHINE", self.path("facts.json"))
            .env("COUNTERSIGN_TEST_ANCHOR", self.path("anchor"))
            .stdin(std::process::Stdio::null())
            .args(arguments);
        command
    }

    /// Runs a line of words.
    pub(super) fn run(&self, line: &str) -> Said {
        let words: Vec<&str> = line.split_whitespace().collect();
        Said::of(self.command(&words).output().unwrap())
    }

    /// Asks, is answered, and applies.
    pub(super) fn licensed(vendor: &mut Vendor, options: &str) -> Machine {
        let machine = Machine::with(vendor);
        machine.activate(vendor, options);
        machine
    }

    pub(super) fn activate(&self, vendor: &mut Vendor, options: &str) {
        let key = vendor.key.digits();
        let request = self.run(&format!("request activate {key} {options}")).ok();
        let answer = vendor.answer(&request, |_| ());
        self.apply(&answer).ok();
    }

    pub(super) fn apply(&self, code: &str) -> Said {
        Said::of(self.command(&["apply", code]).output().unwrap())
    }

    pub(super) fn copy_home(&self, to: &str) {
        let (from, to) = (self.path("home"), self.path(to));
        let _ = std::fs::remove_dir_all(&to);
        let copied = Command::new("cp").arg("-r").arg(from).arg(to).status();
        assert!(copied.unwrap().success());
    }
}
