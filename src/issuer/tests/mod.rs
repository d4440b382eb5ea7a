//! A desk in a temporary directory, with time and randomness handed in.

mod acts;
mod answering;
mod batches;
mod boundaries;
mod changes;
mod counted;
mod desks;
mod evidence;
mod forks;
mod four_eyes;
mod kept;
mod laundered;
mod lending;
mod life;
mod mails;
mod moves;
mod places;
mod readopted;
mod replaced;
mod resting;
mod rivals;
mod seats;
mod selling;
mod signers;
mod sites;
mod weak;

use std::num::NonZeroU16;
use std::sync::LazyLock;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::issuer::audit;
use crate::issuer::history::{
    self, Actor, DESK_INIT, DeskFacts, Hand, Hex, NewEvent, Recorder, to_json,
};
use crate::issuer::keys;
use crate::issuer::ledger::{EventId, Ledger, OrderTerms, ProductId};
use crate::issuer::policy::Options;
use crate::issuer::products;
use crate::issuer::respond::{Answer, Issuer, Reply, RespondError, respond};
use crate::issuer::seeds::{self, Holder, SeedError};
use crate::license_key::LicenseKey;
use crate::machine::Fingerprint;
use crate::protocol::commitment::RequestSecret;
use crate::protocol::date::Seconds;
use crate::protocol::desk_certificate::DeskCertificate;
use crate::protocol::digest::product_tag;
use crate::protocol::entitlements::{Entitlement, Entitlements};
use crate::protocol::grant::LicenseType;
use crate::protocol::product::{Entry, Product};
use crate::protocol::requests::Activate;
use crate::signing::keys::SigningKey;
use crate::signing::signer::{Signer, TriedSigner};
use crate::text::{Code, Kind};

/// Noon of 2026-11-22.
pub(super) const NOW: Seconds = Seconds(2517 * 86_400 + 43_200);
pub(super) const BY: Actor<'static> = Actor {
    name: "anna",
    now: NOW,
};

/// The hand of the root that signs in these tests.
pub(super) fn hand(by: Actor<'_>) -> Hand<'_> {
    static ROOT: LazyLock<Issuer> = LazyLock::new(|| Issuer::root(signer(7)));
    ROOT.hand(by)
}

/// Randomness that repeats itself from test to test, and nowhere else.
pub(super) fn entropy(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut reader = blake3::Hasher::new()
        .update(&seed.to_be_bytes())
        .finalize_xof();
    move |bytes| reader.fill(bytes)
}

/// A signer that works.
pub(super) fn signer(seed: u8) -> TriedSigner {
    TriedSigner::new(SigningKey::from_seed(&[seed; 32])).unwrap()
}

pub(super) fn product(root: &SigningKey) -> Product {
    Product {
        id: "infinitime".into(),
        name: "InfiniTime".into(),
        vendor: "Example".into(),
        roots: vec![root.public()],
        editions: vec!["basic".into(), "pro".into()],
        catalogue: vec![
            (Entry::Feature, "accruals".into()),
            (Entry::Limit, "employees".into()),
        ],
        fingerprint: true,
        ..Product::default()
    }
}

pub(super) fn terms(seats: u16, license_type: LicenseType) -> OrderTerms {
    OrderTerms {
        product: ProductId(1),
        customer: "Müller & Söhne".into(),
        contact: None,
        seats: NonZeroU16::new(seats).unwrap(),
        license_type,
        edition: 2,
        expires: None,
        maintenance: None,
        grace_days: 30,
        lend_days: None,
        emergency: None,
        entitlements: Entitlements::new(vec![Entitlement::number(1, 500)]).unwrap(),
        usb: None,
        order: None,
        note: None,
    }
}

/// A machine that is unlike every other by its number.
pub(super) fn machine(number: u16) -> Fingerprint {
    let [a, b] = number.to_be_bytes();
    Fingerprint::from_bytes(&[31, a, b, a, b, a, b, a, b, a, b]).unwrap()
}

/// An ACTIVATE of the same machine with another disk, one for each number of a request.
pub(super) fn repaired(key: LicenseKey, machine: u16, request: u64) -> Activate {
    let mut bytes = self::machine(machine).to_bytes();
    [bytes[9], bytes[10]] = u16::try_from(request + 50_000).unwrap().to_be_bytes();
    Activate {
        fingerprint: Some(Fingerprint::from_bytes(&bytes).unwrap()),
        ..activate(key, machine, request)
    }
}

/// An ACTIVATE of a machine; another `request` is another request.
pub(super) fn activate(key: LicenseKey, machine: u16, request: u64) -> Activate {
    let mut secret = [0; 12];
    entropy(request + 1_000_000)(&mut secret);
    Activate {
        product_tag: product_tag("infinitime"),
        key,
        commitment: RequestSecret::new(secret).commitment(key),
        clock: NOW,
        fingerprint: Some(self::machine(machine)),
        bindings: None,
        seats: None,
        usb: None,
        site_key: None,
    }
}

pub(super) fn code(request: &Activate) -> Code {
    Code::new(Kind::Activate, request.encode())
}

pub(super) struct Desk {
    pub(super) home: TempDir,
    pub(super) ledger: Ledger,
    pub(super) issuer: Issuer,
    pub(super) options: Options,
    /// The latest that it was there: no desk goes back.
    pub(super) now: Seconds,
}

impl Desk {
    pub(super) fn new() -> Desk {
        let home = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::create(&home.path().join("ledger.db")).unwrap();
        let root = SigningKey::from_seed(&[7; 32]);
        products::add(&mut ledger, product(&root), hand(BY)).unwrap();
        Desk {
            home,
            ledger,
            issuer: Issuer::root(signer(7)),
            options: Options::default(),
            now: NOW,
        }
    }

    pub(super) fn sell(&mut self, terms: &OrderTerms) -> LicenseKey {
        if terms.emergency.is_some() {
            self.seal_a_seed_key();
        }
        let seed = terms.seats.get().into();
        products::sell(&mut self.ledger, terms, 1, hand(BY), &mut entropy(seed))
            .unwrap()
            .keys[0]
    }

    /// Has it begin as desks do, for whoever has emergency codes.
    fn seal_a_seed_key(&mut self) {
        let to = Holder::of(&self.issuer.signer).unwrap();
        let sealed = self.ledger.write(|tx| -> Result<(), SeedError> {
            if !tx.sealed_keys()?.is_empty() {
                return Ok(());
            }
            let mut recorder = Recorder::by_hand(tx, hand(BY))?;
            let sealed = seeds::begin(tx, &[to], recorder.next(), &mut entropy(2))?;
            let root = Hex(self.issuer.signer.public());
            let names = [
                ("vendor", "Example"),
                ("root", &root.to_string()),
                ("spare", &root.to_string()),
            ];
            for (name, value) in names {
                tx.set_meta(name, value)?;
            }
            let facts = DeskFacts {
                vendor: "Example".to_owned(),
                mail: None,
                root,
                spare: root,
                sealed: seeds::told(&sealed),
            };
            let event = NewEvent {
                kind: DESK_INIT,
                license: None,
                activation: None,
                previous: None,
                data: to_json(&facts)?,
            };
            recorder.record(tx, event)?;
            Ok(())
        });
        sealed.unwrap();
    }

    pub(super) fn respond(&mut self, request: &Activate) -> Result<Answer, RespondError> {
        self.respond_at(request, self.now)
    }

    pub(super) fn respond_at(
        &mut self,
        request: &Activate,
        now: Seconds,
    ) -> Result<Answer, RespondError> {
        let reply = self.reply_at(&code(request), now)?;
        Ok(reply.answer().unwrap())
    }

    /// What comes of any code.
    pub(super) fn reply_at(&mut self, code: &Code, now: Seconds) -> Result<Reply, RespondError> {
        self.now = self.now.max(now);
        let by = Actor { now, ..BY };
        respond(&mut self.ledger, &self.issuer, code, &self.options, by)
    }

    /// Why a request is refused, by name.
    pub(super) fn refusal(&mut self, request: &Activate) -> &'static str {
        self.respond(request).unwrap_err().kind().name()
    }

    /// Keeps a certificate as this desk's.
    pub(super) fn enroll(&mut self, name: &str, certificate: &DeskCertificate) {
        self.enroll_for(name, certificate, "");
    }

    /// The same of one that is for a product alone.
    pub(super) fn enroll_for(&mut self, name: &str, certificate: &DeskCertificate, only: &str) {
        self.ledger
            .write(|tx| keys::enroll(tx, (name, only), certificate, &[], hand(BY)))
            .unwrap();
    }

    /// Makes the chain anew over what was edited, as whoever may write the file can; the signatures stay as they are.
    pub(super) fn rechain(&mut self) {
        let events = self.ledger.audit(|tx| tx.events(EventId(0), 1_000));
        let mut head = [0; 32];
        for event in events.unwrap() {
            head = history::chain(&head, &event);
            let digits: String = head.iter().map(|byte| format!("{byte:02x}")).collect();
            let id = event.id.0;
            self.edit(&format!(
                "UPDATE history SET hash = x'{digits}' WHERE id = {id}"
            ));
        }
    }

    /// What verification finds wrong.
    pub(super) fn findings(&mut self) -> Vec<String> {
        let report = audit::verify(&mut self.ledger, |_, _| ()).unwrap();
        report.findings.iter().map(ToString::to_string).collect()
    }

    pub(super) fn taken(&mut self, key: LicenseKey) -> u32 {
        let view = products::license(&mut self.ledger, key).unwrap().unwrap();
        view.license.taken.unwrap_or(0)
    }

    /// Somebody with a database tool.
    pub(super) fn edit(&self, sql: &str) {
        let file = Connection::open(self.home.path().join("ledger.db")).unwrap();
        file.execute_batch(sql).unwrap();
    }
}
