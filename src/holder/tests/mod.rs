//! Two machines and a signer, all of it handed in: no issuer, no clock, no real computer.

mod asking;
mod between;
mod carrying;
mod clock;
mod cycle;
mod desks;
mod disk;
mod keeping;
mod launch;
mod machines;
mod marks;
mod modules;
mod returning;
mod session;
mod tamper;
mod together;

use std::convert::Infallible;
use std::path::Path;

use ed25519_dalek::{Signer, SigningKey};
use tempfile::TempDir;

use super::anchor::Anchor;
use super::apply::apply;
use super::audience::Audience;
use super::check::CheckInput;
use super::error::HolderError;
use super::home::Home;
use super::launch::check_product;
use super::outcome::Outcome;
use super::products;
use super::report::CheckReport;
use super::request::{Asked, Here, Wanted, activate};
use super::warning::Warning;
use crate::license_key::LicenseKey;
use crate::machine::{Bindings, Facts, Fingerprint};
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::{MachineBinding, key_id, request_digest, request_tag};
use crate::protocol::entitlements::{Entitlement, Entitlements};
use crate::protocol::grant::{Grant, LicenseType, SignedGrant};
use crate::protocol::product::{Entry, Product, ProductFile};
use crate::protocol::requests::Activate;
use crate::protocol::trust::GrantContext;
use crate::text::{Code, Kind};

const HOUR: u32 = 3600;
const DAY: u32 = 24 * HOUR;

fn key() -> LicenseKey {
    LicenseKey::from_number(12_345_678_901).unwrap()
}

/// 2026-11-22T12:00:00Z.
fn noon() -> Seconds {
    Seconds("2026-11-22".parse::<Day>().unwrap().start().0 + 12 * HOUR)
}

fn built() -> Seconds {
    "2026-06-01".parse::<Day>().unwrap().start()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A vendor whose key is `seed`, with one product.
struct Vendor {
    root: SigningKey,
    product: Product,
}

impl Vendor {
    fn new(seed: u8) -> Vendor {
        let root = SigningKey::from_bytes(&[seed; 32]);
        let product = Product {
            id: "timetracker".into(),
            version: 1,
            name: "TimeTracker RX".into(),
            vendor: "Example".into(),
            roots: vec![root.verifying_key().to_bytes()],
            editions: vec!["standard".into(), "professional".into()],
            catalogue: vec![
                (Entry::Feature, "reports".into()),
                (Entry::Feature, "desktop".into()),
                (Entry::Limit, "employees".into()),
            ],
            maintained: vec!["desktop".into()],
            fingerprint: true,
            ..Product::default()
        };
        Vendor { root, product }
    }

    fn file(&self) -> ProductFile {
        let root = self.root.verifying_key().to_bytes();
        let text = self
            .product
            .to_file(&root, |text| {
                Ok::<_, Infallible>(self.root.sign(text).to_bytes())
            })
            .unwrap();
        ProductFile::parse(&text).unwrap()
    }

    /// The terms that most tests are content with.
    fn terms(&self) -> Grant {
        Grant {
            key_id: key_id(&self.root.verifying_key().to_bytes()),
            request_tag: [0; 2],
            generation: 1,
            issued: noon(),
            expires: Some(day("2027-11-22")),
            maintenance: Some(day("2027-01-31")),
            revalidate_by: Some(day("2026-12-22")),
            seats: 5,
            edition: 2,
            license_type: LicenseType::Standalone,
            site: false,
            max_loan: None,
            emergency: None,
            entitlements: Entitlements::new(vec![
                Entitlement::feature(0),
                Entitlement::feature(1),
                Entitlement::number(2, 250),
            ])
            .unwrap(),
        }
    }

    /// Answers an ACTIVATE, after `change` of the usual terms.
    fn answer(&self, asked: &Asked, change: impl Fn(&mut Grant)) -> Code {
        let request = Activate::decode(asked.code.payload()).unwrap();
        let standing = MachineBinding {
            activation: request.commitment.activation_id(),
            fingerprint: request.fingerprint,
            bindings: request.bindings,
            usb: request.usb,
        };
        self.sign(asked.code.kind(), asked.code.payload(), &standing, change)
    }

    fn sign(
        &self,
        kind: Kind,
        request: &[u8],
        standing: &MachineBinding,
        change: impl Fn(&mut Grant),
    ) -> Code {
        let digest = request_digest(kind, request);
        let mut grant = Grant {
            request_tag: request_tag(&digest),
            ..self.terms()
        };
        change(&mut grant);
        let context = GrantContext {
            request_digest: digest,
            holder: standing.holder_digest(&self.product.id, key()),
            site_key: None,
        };
        let root = self.root.verifying_key().to_bytes();
        let transcript = context.transcript(&root, None, [0; 32], &grant.encode_body());
        let signature = self.root.sign(&transcript).to_bytes();
        Code::new(Kind::Grant, SignedGrant { grant, signature }.encode())
    }
}

/// A computer with a home and an anchor of its own.
struct Computer {
    facts: Facts,
    dir: TempDir,
    home: Home,
    entropy: u8,
}

impl Computer {
    fn new(number: u8) -> Computer {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(&dir.path().join("home"), Audience::Owner).with_anchors(anchors(&dir));
        Computer {
            facts: facts(number),
            home,
            dir,
            entropy: number,
        }
    }

    fn with(vendor: &Vendor, number: u8) -> Computer {
        let computer = Computer::new(number);
        products::install(&computer.home, &vendor.file()).unwrap();
        computer
    }

    fn here(&self) -> Here<'_> {
        self.at(noon())
    }

    fn at(&self, wall: Seconds) -> Here<'_> {
        Here {
            facts: &self.facts,
            wall,
            aliases: &[],
        }
    }

    fn ask(
        &mut self,
        vendor: &Vendor,
        change: impl Fn(&mut Wanted<'_>),
    ) -> Result<Asked, HolderError> {
        self.entropy = self.entropy.wrapping_add(16);
        let entropy = self.entropy;
        let mut wanted = Wanted {
            key: key(),
            bindings: &[],
            seats: None,
            usb: None,
            site_key: None,
            anew: false,
        };
        change(&mut wanted);
        activate(
            &self.home,
            &vendor.file(),
            &wanted,
            &self.here(),
            |buffer| {
                buffer.fill(entropy);
                Ok::<(), std::io::Error>(())
            },
        )
    }

    fn apply(&self, code: &Code) -> Result<Outcome, HolderError> {
        apply(&self.home, code, &self.here())
    }

    fn check(&self, vendor: &Vendor) -> CheckReport {
        self.check_at(vendor, noon())
    }

    fn check_at(&self, vendor: &Vendor, wall: Seconds) -> CheckReport {
        check_product(
            &vendor.file(),
            &self.home,
            &CheckInput::new(self.at(wall), built()),
        )
        .unwrap()
    }

    fn path(&self, below: &str) -> std::path::PathBuf {
        self.dir.path().join(below)
    }

    fn state_path(&self) -> std::path::PathBuf {
        self.path(&format!("home/machine/licenses/{}.json", key().digits()))
    }
}

/// The computer's anchor and that of its user.
fn anchors(dir: &TempDir) -> [Anchor; 2] {
    [
        Anchor::of_all(&dir.path().join("anchor of all")),
        Anchor::of_one(&dir.path().join("anchor")),
    ]
}

fn facts(number: u8) -> Facts {
    Facts {
        machine_id: format!("{number:02x}d1219c7c4c5404aaa1f6d2a48adfda").into(),
        root_fs_uuid: format!("6f1e0bd0-3f4b-4a3e-9a51-0c1c6a0f3a{number:02x}").into(),
        product_uuid: format!("4c4c4544-0042-3510-8052-b3c04f4b4e{number:02x}").into(),
        mac: format!("3c:ec:ef:10:20:{number:02x}").into(),
        disk_serial: format!("s3z2nb0k1234{number:02x}").into(),
        host_name: format!("pc{number}").into(),
        ..Facts::default()
    }
}

/// A machine that is licensed already.
fn licensed(vendor: &Vendor) -> (Computer, Code) {
    let mut computer = Computer::with(vendor, 1);
    let asked = computer.ask(vendor, |_| ()).unwrap();
    let answer = vendor.answer(&asked, |_| ());
    computer.apply(&answer).unwrap();
    (computer, answer)
}

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_tree(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

fn bound(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// A demo that is over soon says so; nothing else is amiss.
fn only_the_end_of_the_demo(warnings: &[Warning]) -> bool {
    let ends = |it: &Warning| matches!(it, Warning::DemoEnds { .. });
    warnings.iter().all(ends)
}
