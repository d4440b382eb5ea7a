//! A desk at work, by the library's own doors.

use std::num::{NonZeroU8, NonZeroU16};
use std::path::Path;

use countersign::issuer::desk::{Desk, Root, read_key_file};
use countersign::issuer::history::Actor;
use countersign::issuer::keys::{self, KeyRequest, Limits};
use countersign::issuer::ledger::{EmergencyAllowance, Ledger, OrderTerms, ProductId};
use countersign::issuer::policy::Options;
use countersign::issuer::products;
use countersign::issuer::respond::{Issuer, RespondError, respond};
use countersign::license_key::LicenseKey;
use countersign::machine::Fingerprint;
use countersign::protocol::commitment::RequestSecret;
use countersign::protocol::date::Seconds;
use countersign::protocol::desk_certificate::{MAY_GRANT, MAY_GRANT_EMERGENCY};
use countersign::protocol::digest::{ActivationId, product_tag};
use countersign::protocol::entitlements::{Entitlement, Entitlements};
use countersign::protocol::grant::LicenseType;
use countersign::protocol::product::{Entry, Product};
use countersign::protocol::requests::{Activate, Return, Sync};
use countersign::signing::keys::SigningKey;
use countersign::signing::signer::TriedSigner;
use countersign::text::{Code, Kind};

/// Noon of 2026-11-22, and so many days later.
pub(super) fn noon(days: u32) -> Seconds {
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
pub(super) fn secret(request: u64) -> RequestSecret {
    let mut secret = [0; 12];
    entropy(request + 1_000_000)(&mut secret);
    RequestSecret::new(secret)
}

pub(crate) fn terms(
    product: i64,
    customer: &str,
    seats: u16,
    license_type: LicenseType,
) -> OrderTerms {
    let limit = Entitlement::number(1, 500);
    OrderTerms {
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
        order: None,
        note: None,
    }
}

/// A machine that is unlike every other by its number.
pub(super) fn machine(number: u8) -> Fingerprint {
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

pub(super) fn signer(desk: &Desk, root: Root) -> TriedSigner {
    let text = read_key_file(&desk.key_path(root)).unwrap();
    TriedSigner::new(SigningKey::from_pem(&text, None).unwrap()).unwrap()
}

/// A desk at work.
pub(crate) struct Work {
    pub(crate) ledger: Ledger,
    pub(crate) issuer: Issuer,
    pub(crate) options: Options,
    pub(super) day: u32,
}

impl Work {
    /// Sets a desk up that has the products `survey` and `plotter`, and signs with its root.
    pub(crate) fn begin(home: &Path) -> (Desk, Work) {
        let by = Actor {
            name: "vera",
            now: noon(0),
        };
        let mail = Some("desk@example.com");
        let desk = Desk::init(
            home,
            "Example",
            mail,
            ([None, None], None),
            by,
            &mut entropy(1),
        )
        .unwrap();
        let mut ledger = desk.ledger().unwrap();
        let issuer = Issuer::root(signer(&desk, Root::Live));
        for id in ["survey", "plotter"] {
            products::add(&mut ledger, product(id, &desk), issuer.hand(by)).unwrap();
        }
        let work = Work {
            ledger,
            issuer,
            options: Options::default(),
            day: 0,
        };
        (desk, work)
    }

    pub(crate) fn by(&self) -> Actor<'static> {
        Actor {
            name: "anna",
            now: noon(self.day),
        }
    }

    pub(crate) fn sell(&mut self, terms: &OrderTerms, count: u32) -> Vec<LicenseKey> {
        let by = self.by();
        let seed = u64::from(self.day) + 7;
        let hand = self.issuer.hand(by);
        products::sell(&mut self.ledger, terms, count, hand, &mut entropy(seed))
            .unwrap()
            .keys
    }

    pub(super) fn respond(&mut self, code: &Code) -> Result<(), RespondError> {
        let by = self.by();
        let reply = respond(&mut self.ledger, &self.issuer, code, &self.options, by);
        reply.map(|_| ())
    }

    /// An ACTIVATE of a machine, made with request number `request`.
    pub(super) fn activate(
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
    pub(super) fn sync(
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

    pub(super) fn give_back(
        &mut self,
        activation: ActivationId,
        request: u64,
    ) -> Result<(), RespondError> {
        let secret = secret(request);
        let given_up = Return { activation, secret };
        self.respond(&Code::new(Kind::Return, given_up.encode()))
    }
}

/// A clerk who signs with a key of his own, which the root certified.
pub(super) fn clerk(work: &mut Work, root: &Issuer) -> Issuer {
    let key = TriedSigner::new(SigningKey::from_seed(&[42; 32])).unwrap();
    let request = KeyRequest::to_file("ann", &key).unwrap();
    let request = KeyRequest::read(&request).unwrap();
    let by = work.by();
    let limits = Limits {
        until: by.now.day().plus(999),
        kinds: MAY_GRANT | MAY_GRANT_EMERGENCY,
        max_seats: 0,
        max_grace: 0,
        max_loan: 0,
        max_emergency: 0,
        product: None,
    };
    let hand = root.hand(by);
    keys::certify(&mut work.ledger, hand, &request, &limits, &mut entropy(9)).unwrap();
    keys::issuer(&mut work.ledger, key, by.now.day()).unwrap()
}

pub(super) fn product(id: &str, desk: &Desk) -> Product {
    let roots = [Root::Live, Root::Spare].map(|root| signer(desk, root).public());
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
