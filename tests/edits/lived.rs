//! A desk's ledger with a row of every kind, as the program itself makes them.

use std::fs;
use std::num::{NonZeroU8, NonZeroU16};
use std::path::{Path, PathBuf};

use countersign::issuer::desk::{Desk, Root};
use countersign::issuer::history::{self, Finding, Report};
use countersign::issuer::keys::SigningKey;
use countersign::issuer::ledger::{
    EmergencyAllowance, Event, Ledger, LedgerError, ProductId, Terms,
};
use countersign::issuer::life::{self, LifeError, Named, Step};
use countersign::issuer::policy::Options;
use countersign::issuer::products::{self, By};
use countersign::issuer::respond::{Issuer, RespondError, respond};
use countersign::license_key::LicenseKey;
use countersign::machine::Fingerprint;
use countersign::protocol::commitment::RequestSecret;
use countersign::protocol::date::Seconds;
use countersign::protocol::desk_certificate::{DeskCertificate, MAY_GRANT, MAY_GRANT_EMERGENCY};
use countersign::protocol::digest::{ActivationId, product_tag};
use countersign::protocol::entitlements::{Entitlement, Entitlements};
use countersign::protocol::grant::LicenseType;
use countersign::protocol::product::{Entry, Product};
use countersign::protocol::requests::{Activate, Return, Sync};
use countersign::protocol::trust::{PublicKey, Roots, Transcript};
use countersign::text::{Code, Kind};
use rusqlite::Connection;
use tempfile::TempDir;

/// Noon of 2026-11-22, and so many days later.
fn noon(days: u32) -> Seconds {
    Seconds(2517 * 86_400 + 43_200).plus(days * 86_400)
}

/// Randomness that repeats itself from run to run.
pub(crate) fn entropy(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut reader = blake3::Hasher::new()
        .update(&seed.to_be_bytes())
        .finalize_xof();
    move |bytes| reader.fill(bytes)
}

/// The secret of the request with this number.
fn secret(request: u64) -> RequestSecret {
    let mut secret = [0; 12];
    entropy(request + 1_000_000)(&mut secret);
    RequestSecret::new(secret)
}

pub(crate) fn terms(product: i64, customer: &str, seats: u16, license_type: LicenseType) -> Terms {
    let limit = Entitlement::number(1, 500);
    Terms {
        product: ProductId(product),
        customer: customer.to_owned(),
        contact: Some("it@example.com".to_owned()),
        seats: NonZeroU16::new(seats).unwrap(),
        license_type,
        edition: 1,
        expires: None,
        maintenance: None,
        grace_days: 30,
        lend_days: None,
        emergency: Some(EmergencyAllowance {
            steps: NonZeroU8::new(4).unwrap(),
            days: NonZeroU8::new(7).unwrap(),
        }),
        entitlements: Entitlements::new(vec![limit]).unwrap(),
        usb: None,
    }
}

/// A machine that is unlike every other by its number.
fn machine(number: u8) -> Fingerprint {
    let n = number;
    Fingerprint::from_bytes(&[31, n, 1, n, 2, n, 3, n, 4, n, 5]).unwrap()
}

/// An ACTIVATE made with request number `request`.
pub(crate) fn activate(
    product: &str,
    key: LicenseKey,
    machine: Fingerprint,
    request: u64,
    clock: Seconds,
) -> Code {
    let activate = Activate {
        product_tag: product_tag(product),
        key,
        commitment: secret(request).commitment(key),
        clock,
        fingerprint: Some(machine),
        bindings: None,
        seats: NonZeroU16::new(1),
        usb: None,
        site_key: None,
    };
    Code::new(Kind::Activate, activate.encode())
}

fn key(desk: &Desk, root: Root) -> SigningKey {
    SigningKey::from_pem(&desk.key_text(root).unwrap(), None).unwrap()
}

/// A desk at work.
pub(crate) struct Work {
    pub(crate) ledger: Ledger,
    pub(crate) issuer: Issuer,
    pub(crate) options: Options,
    day: u32,
}

impl Work {
    /// Sets a desk up that has the products `survey` and `plotter`, and signs with its root.
    pub(crate) fn begin(home: &Path) -> (Desk, Work) {
        let by = By {
            actor: "vera",
            now: noon(0),
        };
        let mail = Some("desk@example.com");
        let desk = Desk::init(home, "Example", mail, (None, None), by, &mut entropy(1)).unwrap();
        let mut ledger = desk.ledger().unwrap();
        for id in ["survey", "plotter"] {
            products::add(&mut ledger, product(id, &desk), by).unwrap();
        }
        let work = Work {
            ledger,
            issuer: Issuer::root(key(&desk, Root::Live)),
            options: Options::default(),
            day: 0,
        };
        (desk, work)
    }

    pub(crate) fn by(&self) -> By<'static> {
        By {
            actor: "anna",
            now: noon(self.day),
        }
    }

    pub(crate) fn sell(&mut self, terms: &Terms, count: u32) -> Vec<LicenseKey> {
        let by = self.by();
        let seed = u64::from(self.day) + 7;
        products::sell(&mut self.ledger, terms, count, by, &mut entropy(seed)).unwrap()
    }

    fn respond(&mut self, code: &Code) -> Result<(), RespondError> {
        let by = self.by();
        let seed = u64::from(by.now.0);
        let reply = respond(
            &mut self.ledger,
            &self.issuer,
            code,
            &self.options,
            by,
            &mut entropy(seed),
        );
        reply.map(|_| ())
    }

    /// An ACTIVATE of a machine, made with request number `request`.
    fn activate(
        &mut self,
        product: &str,
        key: LicenseKey,
        on: u8,
        request: u64,
    ) -> Result<ActivationId, RespondError> {
        let code = activate(product, key, machine(on), request, self.by().now);
        self.respond(&code)?;
        Ok(secret(request).commitment(key).activation_id())
    }

    /// A SYNC made with request number `to`, from the generation that request number `from` got.
    fn sync(
        &mut self,
        key: LicenseKey,
        activation: ActivationId,
        (from, generation): (u64, u16),
        to: u64,
        changed: Option<Fingerprint>,
    ) -> Result<(), RespondError> {
        let sync = Sync {
            activation,
            generation,
            proof: secret(from).sync_proof(),
            commitment: secret(to).commitment(key),
            clock: noon(self.day),
            fingerprint: changed,
            bindings: None,
            usb: None,
            site_key: None,
            site: None,
        };
        self.respond(&Code::new(Kind::Sync, sync.encode()))
    }

    fn give_back(&mut self, activation: ActivationId, request: u64) -> Result<(), RespondError> {
        let secret = secret(request);
        let given_up = Return { activation, secret };
        self.respond(&Code::new(Kind::Return, given_up.encode()))
    }
}

/// A clerk who signs with a key of his own, under a certificate of the root.
fn clerk(root: &SigningKey) -> Issuer {
    let key = SigningKey::from_seed(&[42; 32]).unwrap();
    let mut certificate = DeskCertificate {
        serial: 1,
        not_after: None,
        epoch: 0,
        kinds: MAY_GRANT | MAY_GRANT_EMERGENCY,
        max_seats: 0,
        max_grace: 0,
        max_loan: 0,
        max_emergency: 0,
        public_key: key.public(),
        signature: [0; 64],
    };
    let transcript = Transcript {
        kind: Kind::DeskCertificate,
        issuer: root.public(),
        parent: [0; 32],
        request_digest: [0; 32],
        holder: [0; 32],
        subject: key.public(),
        body: &certificate.encode_body(),
    };
    certificate.signature = root.sign(&transcript.to_bytes());
    let roots = Roots::new(
        "survey",
        Vec::new(),
        vec![PublicKey::from_bytes(&root.public()).unwrap()],
        0,
    );
    Issuer::desk(key, roots.verify_desk(certificate).unwrap()).unwrap()
}

fn product(id: &str, desk: &Desk) -> Product {
    let roots = [Root::Live, Root::Spare].map(|root| key(desk, root).public());
    Product {
        id: id.into(),
        name: id.to_uppercase(),
        vendor: "Example".into(),
        roots: roots.into(),
        editions: vec!["basic".into()],
        catalogue: vec![
            (Entry::Feature, "export".into()),
            (Entry::Limit, "users".into()),
        ],
        fingerprint: true,
        ..Product::default()
    }
}

/// A ledger as bytes of its file, and as it was at some moments before.
pub(crate) struct Lived {
    directory: TempDir,
    now: Vec<u8>,
    pub(crate) before: Vec<PathBuf>,
}

impl Lived {
    /// Lives a life of some weeks: sold, activated, synced, replaced, given back, released, refused, revoked, changed, helped out.
    pub(crate) fn new() -> Lived {
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path().join("home");
        let (desk, mut work) = Work::begin(&home);
        let mut before = Vec::new();
        let mut keep = |work: &mut Work| {
            let copy = directory.path().join(format!("before-{}", work.day));
            save(&desk.ledger_path(), &copy);
            before.push(copy);
            work.day += 1;
        };

        let dear = work.sell(&terms(1, "Aurora", 3, LicenseType::Floating), 3);
        keep(&mut work);
        let cheap = work.sell(&terms(2, "Borealis", 1, LicenseType::Standalone), 2);
        let first = work.activate("survey", dear[0], 1, 1).unwrap();
        let other = work.activate("survey", dear[0], 2, 2).unwrap();
        let only = work.activate("plotter", cheap[0], 3, 3).unwrap();
        keep(&mut work);
        // Another signer; a SYNC that changes nothing, and one that changes the machine.
        work.issuer = clerk(&key(&desk, Root::Live));
        work.sync(dear[0], first, (1, 1), 4, None).unwrap();
        let moved = Fingerprint::from_bytes(&[31, 3, 1, 3, 2, 3, 3, 3, 4, 9, 9]).unwrap();
        work.sync(cheap[0], only, (3, 1), 5, Some(moved)).unwrap();
        keep(&mut work);
        // A copy of the first machine speaks up: refused once, and once superseded.
        let refused = work.sync(dear[0], first, (1, 1), 6, None).unwrap_err();
        assert_eq!(refused.kind(), "needs_supersede");
        work.options.supersede_reason = Some("restored from a backup".into());
        work.sync(dear[0], first, (1, 1), 7, None).unwrap();
        work.options.supersede_reason = None;
        keep(&mut work);
        // Its own activation anew; one given back, one lost, one given back before it asked.
        let again = work.activate("plotter", cheap[0], 3, 8).unwrap();
        work.give_back(other, 2).unwrap();
        let lost = work.activate("survey", dear[1], 4, 9).unwrap();
        let by_now = work.by();
        life::release(
            &mut work.ledger,
            Named::Activation(lost, None),
            "stolen",
            false,
            by_now,
        )
        .unwrap();
        let early = secret(10).commitment(dear[1]).activation_id();
        work.give_back(early, 10).unwrap();
        work.give_back(secret(11).commitment(dear[2]).activation_id(), 11)
            .unwrap();
        let given_up = work.activate("survey", dear[1], 5, 10).unwrap_err();
        assert_eq!(given_up.kind(), "given_up");
        keep(&mut work);
        // Help by telephone, a revocation taken back and one that stands, a change that shrinks what is in use.
        let by_now = work.by();
        life::emergency(
            &mut work.ledger,
            Named::Activation(again, None),
            Step::default(),
            by_now,
        )
        .unwrap();
        work.activate("survey", dear[0], 6, 12).unwrap();
        life::revoke(&mut work.ledger, cheap[1], "unpaid", by_now).unwrap();
        life::restore(&mut work.ledger, dear[2], "paid", by_now).unwrap_err();
        life::revoke(&mut work.ledger, dear[2], "unpaid", by_now).unwrap();
        life::restore(&mut work.ledger, dear[2], "paid", by_now).unwrap();
        let fewer = |old: &Terms, _: &Product| -> Result<Terms, LifeError> {
            Ok(Terms {
                seats: NonZeroU16::MIN,
                ..old.clone()
            })
        };
        life::change(&mut work.ledger, dear[0], fewer, by_now).unwrap();
        // Given back so often that the seats rest; once a clerk frees them.
        let often = work.sell(&terms(2, "Cassiopeia", 1, LicenseType::Standalone), 2);
        for (license, key) in (0_u8..).zip(&often) {
            for turn in 0..7 {
                let (on, request) = (
                    20 + 10 * license + turn,
                    100 + u64::from(10 * license + turn),
                );
                let id = work.activate("plotter", *key, on, request).unwrap();
                work.give_back(id, request).unwrap();
                if (license, turn) == (0, 6) {
                    let id = Named::Activation(id, None);
                    life::free(&mut work.ledger, id, "by post", by_now).unwrap();
                }
            }
        }
        let named = Product {
            name: "Survey Two".into(),
            ..product("survey", &desk)
        };
        products::change(&mut work.ledger, named, by_now).unwrap();
        keep(&mut work);

        drop(work);
        let now = fs::read(desk.ledger_path()).unwrap();
        Lived {
            directory,
            now,
            before,
        }
    }

    /// A fresh copy of the ledger.
    pub(crate) fn copy(&self) -> PathBuf {
        let path = self.directory.path().join("ledger.db");
        for companion in ["ledger.db-wal", "ledger.db-shm"] {
            let _ = fs::remove_file(self.directory.path().join(companion));
        }
        fs::write(&path, &self.now).unwrap();
        path
    }

    /// A fresh copy, edited.
    pub(crate) fn edited(&self, sql: &str) -> PathBuf {
        let path = self.copy();
        let ledger = Connection::open(&path).unwrap();
        ledger
            .execute_batch(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        ledger.close().unwrap();
        path
    }
}

/// The whole content of a ledger in another file.
fn save(ledger: &Path, copy: &Path) {
    let ledger = Connection::open(ledger).unwrap();
    let into = format!("VACUUM INTO '{}'", copy.display());
    ledger.execute_batch(&into).unwrap();
}

/// What verification reports.
pub(crate) fn verify(path: &Path) -> Result<Report, LedgerError> {
    history::verify(&mut Ledger::open(path)?, |_, _| ())
}

/// What verification finds.
pub(crate) fn findings(path: &Path) -> Vec<Finding> {
    verify(path).unwrap().findings
}

/// Findings in one line each.
pub(crate) fn listed(findings: &[Finding]) -> Vec<String> {
    let line = |it: &Finding| format!("{} {}: {it}", it.place.name(), it.wrong.name());
    findings.iter().map(line).collect()
}

/// Makes the chain anew, as whoever may write the database can.
pub(crate) fn rechain(path: &Path) {
    let ledger = Connection::open(path).unwrap();
    let mut events = ledger
        .prepare("SELECT id, at, actor, kind, license, activation, previous, data FROM history ORDER BY id")
        .unwrap();
    let events: Vec<Event> = events
        .query_map([], |row| {
            Ok(Event {
                id: countersign::issuer::ledger::EventId(row.get(0)?),
                at: Seconds(row.get(1)?),
                actor: row.get(2)?,
                kind: row.get(3)?,
                license: row
                    .get::<_, Option<i64>>(4)?
                    .map(countersign::issuer::ledger::LicenseId),
                activation: row
                    .get::<_, Option<i64>>(5)?
                    .map(countersign::issuer::ledger::ActivationRow),
                previous: row
                    .get::<_, Option<i64>>(6)?
                    .map(countersign::issuer::ledger::EventId),
                data: row.get(7)?,
                hash: [0; 32],
            })
        })
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut head = [0; 32];
    for event in events {
        head = history::chain(&head, &event);
        let sql = "UPDATE history SET hash = ?2 WHERE id = ?1";
        ledger.execute(sql, (event.id.0, head)).unwrap();
    }
}
