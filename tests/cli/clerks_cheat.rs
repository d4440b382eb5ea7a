//! A clerk with a patched program, or whoever stole his key and the ledger: every machine holds what he signs against his certificate.

use std::fs;
use std::num::NonZeroU8;

use countersign::protocol::date::Day;
use countersign::protocol::desk_certificate::DeskCertificate;
use countersign::protocol::digest::{MachineBinding, key_id, request_digest};
use countersign::protocol::grant::{EmergencyTerms, Grant, SignedGrant};
use countersign::protocol::product::ProductFile;
use countersign::protocol::requests::Activate;
use countersign::protocol::trust::{GrantContext, Verified};
use countersign::signing::keys::SigningKey;
use countersign::signing::signer::Signer;
use countersign::text::{Code, Kind};
use rusqlite::Connection;

use super::clerks::codes;
use crate::world::{World, decoded};

fn day(text: &str) -> Option<Day> {
    Some(text.parse().unwrap())
}

/// What is signed otherwise.
type Change = Box<dyn Fn(&mut Grant)>;

/// What a thief has: the key of a clerk, what he answered, and the request.
struct Thief {
    key: SigningKey,
    request: String,
    grant: Grant,
    desk: Verified<DeskCertificate>,
}

impl Thief {
    /// Signs what the clerk answered, otherwise; under a certificate that may be otherwise, too.
    fn signs(&self, by: &Verified<DeskCertificate>, change: impl FnOnce(&mut Grant)) -> String {
        let request = decoded(&self.request);
        let asked = Activate::decode(request.payload()).unwrap();
        let machine = MachineBinding {
            activation: asked.commitment.activation_id(),
            fingerprint: asked.fingerprint,
            bindings: asked.bindings,
            usb: asked.usb,
        };
        let context = GrantContext {
            request_digest: request_digest(Kind::Activate, request.payload()),
            holder: machine.holder_digest("survey", asked.key),
            site_key: asked.site_key,
        };
        let mut grant = self.grant.clone();
        grant.key_id = key_id(&self.key.public());
        change(&mut grant);
        let subject = context.subject(&grant).unwrap();
        let body = grant.encode_body();
        let transcript = context.transcript(&self.key.public(), Some(by), subject, &body);
        let signature = self.key.sign(&transcript).unwrap();
        let signed = SignedGrant { grant, signature };
        let response = Code::new(Kind::Grant, signed.encode()).to_text().unwrap();
        let certificate = Code::new(Kind::DeskCertificate, by.encode());
        format!("{response}\n\n{}", certificate.to_text().unwrap())
    }
}

#[test]
fn a_stolen_key_is_worth_its_limits_and_no_more() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let options = ["--type", "floating", "--seats", "3", "--emergency", "2x7"];
    let key = desk.sell("survey", &options);
    let ship = world.machine("ship");
    ship.install(&file);
    let limits = "--max-seats 5 --max-grace 30 --max-emergency 14 --kinds grant,emergency --until 2040-12-31";
    desk.certify("ann", &limits.split(' ').collect::<Vec<_>>());
    let request = ship.request(&key);
    let sent = desk.answer_by("ann", &request);
    let [response, certificate] = codes(&sent)[..] else {
        panic!("{sent}");
    };
    let pem = fs::read_to_string(desk.kept("desk/keys/ann.pem")).unwrap();
    let product = ProductFile::read(&fs::read_to_string(&file).unwrap()).unwrap();
    let roots = product.roots(0);
    let own = DeskCertificate::decode(decoded(certificate).payload()).unwrap();
    let thief = Thief {
        key: SigningKey::from_pem(&pem, None).unwrap(),
        request,
        grant: SignedGrant::decode(decoded(response).payload())
            .unwrap()
            .grant,
        desk: roots.verify_desk(own.clone()).unwrap(),
    };
    let issued = thief.grant.issued;
    let beyond: [(&str, Change); 5] = [
        ("seats", Box::new(|it| it.seats = 6)),
        ("grace", Box::new(|it| it.revalidate_by = day("2040-04-01"))),
        (
            "for ever",
            Box::new(|it| (it.revalidate_by, it.emergency) = (None, None)),
        ),
        (
            "emergency",
            Box::new(|it| {
                let days = NonZeroU8::new(8).unwrap();
                it.emergency = it.emergency.map(|all| EmergencyTerms { days, ..all });
            }),
        ),
        // After the last day of the certificate.
        (
            "issued",
            Box::new(move |it| {
                it.issued = issued.plus(400 * 86_400);
                it.revalidate_by = Some(it.issued.day());
            }),
        ),
    ];
    for (what, change) in &beyond {
        let forged = thief.signs(&thief.desk, change);
        let said = ship.run(["apply"]).piped(&forged).refused(5, "not_trusted");
        assert!(!said.stderr.contains("panic"), "{what}");
    }
    // A certificate that he made larger, or later, is of no root.
    for change in [
        (|it: &mut DeskCertificate| it.max_seats = 0) as fn(&mut DeskCertificate),
        |it| it.not_after = None,
        |it| it.kinds = 0x17,
        |it| it.epoch = 9,
    ] {
        let mut larger = own.clone();
        change(&mut larger);
        assert!(roots.verify_desk(larger.clone()).is_err());
        let code = Code::new(Kind::DeskCertificate, larger.encode());
        let code = code.to_text().unwrap();
        ship.run(["apply"]).piped(&code).refused(5, "not_trusted");
    }
    // Another key of the desk may sign no emergency codes, and cannot borrow the certificate of this one.
    desk.run(["desk", "request", "bo", "--no-passphrase"])
        .done();
    let certify = [
        "--json", "desk", "certify", "bo", "--key", "root", "--kinds", "grant",
    ];
    let made = desk.run(certify).done().json();
    let code = decoded(made["certificate"].as_str().unwrap());
    let bos = DeskCertificate::decode(code.payload()).unwrap();
    let bos = roots.verify_desk(bos).unwrap();
    let pem = fs::read_to_string(desk.kept("desk/keys/bo.pem")).unwrap();
    let bo = Thief {
        key: SigningKey::from_pem(&pem, None).unwrap(),
        request: thief.request.clone(),
        grant: thief.grant.clone(),
        desk: bos,
    };
    for forged in [
        bo.signs(&bo.desk, |_| ()),
        bo.signs(&thief.desk, |_| ()),
        thief.signs(&bo.desk, |_| ()),
    ] {
        ship.run(["apply"]).piped(&forged).refused(5, "not_trusted");
    }
    // Up to his limits he signs whatever he likes, sold or not: that is what a thief has.
    let most = thief.signs(&thief.desk, |it| {
        it.seats = 5;
        it.revalidate_by = day("2040-03-31");
    });
    ship.apply(&most);
    ship.check().done();
}

/// The ledger's file gives him no more: what stands in it is held against the certificate before anything is signed.
#[test]
fn a_ledger_that_he_edited_signs_nothing_beyond() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &["--type", "floating", "--seats", "3"]);
    desk.certify("ann", &["--max-seats", "5"]);
    let ledger = desk.kept("desk/ledger.db");
    let edit = |sql: &str| {
        let file = rusqlite::Connection::open(&ledger).unwrap();
        file.execute_batch(sql).unwrap();
    };
    edit("UPDATE terms SET seats = 900");
    let request = ship.request(&key);
    desk.by("ann", &["respond"])
        .piped(&request)
        .owes(5, "ledger_edited")
        .tells("ledger verify");
    // Nor what he waits for: a change that says it anew, and a code that is read out.
    for args in [
        &["license", "change", &key, "--contact", "a@b.example"][..],
        &["license", "revoke", &key, "--reason", "unpaid"],
    ] {
        desk.run(args).owes(5, "ledger_edited");
    }
    desk.run(["ledger", "verify"]).exits(5);
    edit("UPDATE terms SET seats = 3");
    desk.run(["ledger", "verify"]).done();
    ship.apply(&desk.answer_by("ann", &request));
}

/// Where keys are certified, whoever sells, changes or reads out has the key that he says he has.
#[test]
fn nobody_acts_by_the_name_of_a_key_alone() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &["--emergency", "2x7"]);
    ship.apply(&desk.answer(&ship.request(&key)));
    desk.certify("ann", &["--max-seats", "5", "--kinds", "grant"]);
    desk.certify("mia", &["--manager"]);
    // The root lies in the safe, and mia keeps her key on a stick.
    fs::rename(desk.kept("desk/root.pem"), world.path().join("root.pem")).unwrap();
    fs::rename(desk.kept("desk/keys/mia.pem"), world.path().join("mia.pem")).unwrap();
    let sell = [
        "license",
        "new",
        "--product",
        "survey",
        "--customer",
        "C",
        "--seats",
        "9",
    ];
    for named in ["root", "mia"] {
        for args in [
            &sell[..],
            &["license", "change", &key, "--seats", "9"],
            &["license", "revoke", &key, "--reason", "because"],
            &["license", "void", &key, "--reason", "because"],
            &["release", &key, "--lost", "--reason", "because"],
            &["emergency", &key],
        ] {
            desk.by(named, args).exits(1);
        }
    }
    desk.by("ann", &sell).refused(6, "desk_limit");
    // Under the name of another he is who he is.
    fs::copy(
        desk.kept("desk/keys/ann.pem"),
        desk.kept("desk/keys/mia.pem"),
    )
    .unwrap();
    desk.by("mia", &sell).refused(6, "desk_limit");
    let root = world.path().join("root.pem");
    desk.by(root.to_str().unwrap(), &sell).done();
}

#[test]
fn a_key_for_one_product_does_nothing_with_another() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &["--emergency", "4x7"]);
    ship.apply(&desk.answer(&ship.request(&key)));
    desk.product("tool", &[]);
    desk.certify("em", &["--product", "tool"]);
    desk.certify("bo", &["--product", "survey", "--max-emergency", "10"]);
    let acts = [
        &["license", "change", &key, "--contact", "a@b.example"][..],
        &["license", "revoke", &key, "--reason", "because"],
        &["license", "void", &key, "--reason", "because"],
        &["release", &key, "--lost", "--reason", "because"],
        &["emergency", &key],
    ];
    for args in acts {
        desk.by("em", args)
            .refused(6, "desk_limit")
            .tells("product");
    }
    // And no more days than it may give.
    desk.by("bo", &["emergency", &key, "--until", "2040-04-20"])
        .owes(6, "desk_limit")
        .tells("emergency");
    desk.by("bo", &["emergency", &key]).done();
    desk.by("bo", acts[0]).done();
    desk.run(["ledger", "verify"]).done();
}

/// Whoever may write the ledger's file and has no key waits until a root or a manager signs what he put there.
#[test]
fn a_root_signs_nothing_of_an_edited_ledger() {
    let world = World::new();
    let (desk, _, _) = world.sold(&[], &[]);
    desk.certify("ann", &["--max-seats", "5"]);
    desk.certify("mia", &["--manager"]);
    desk.run(["desk", "request", "bo", "--no-passphrase"])
        .done();
    let ledger = desk.kept("desk/ledger.db");
    let honest = fs::read(&ledger).unwrap();
    let spare = desk.kept("desk/spare.pem");
    fs::rename(&spare, world.path().join("tmp/spare.pem")).unwrap();
    let why = ["--reason", "asked"];
    for edit in [
        // Another public key in a certificate; one that was removed; a root in a product; the spare root; what a seed key is sealed to.
        "UPDATE desk_key SET certificate = CAST(substr(certificate, 1, 20) || zeroblob(4) || substr(certificate, 25) AS BLOB) WHERE id = 1",
        "UPDATE desk_key SET removed = 1 WHERE id = 1",
        "UPDATE product SET definition = replace(definition, substr(definition, instr(definition, 'root: ') + 6, 4), '0000')",
        "UPDATE meta SET value = replace(value, substr(value, 1, 4), '0000') WHERE name = 'spare'",
        "UPDATE sealed_key SET sealing = zeroblob(32)",
    ] {
        let file = Connection::open(&ledger).unwrap();
        file.execute_batch(edit).unwrap();
        file.close().unwrap();
        for (by, args) in [
            ("root", &["desk", "certify", "bo"][..]),
            ("root", &["desk", "rotate"]),
            (
                "root",
                &[
                    "desk",
                    "replace-root",
                    "--stolen",
                    "spare",
                    "--no-passphrase",
                ],
            ),
            ("root", &["product", "export", "survey"]),
            ("root", &["ledger", "checkpoint"]),
            ("mia", &["desk", "remove", "bo"]),
            (
                "mia",
                &["product", "change", "survey", "--feature", "sonar"],
            ),
            ("mia", &["desk", "change", "--vendor", "Eve"]),
        ] {
            let wants_a_reason = matches!(args[1], "rotate" | "replace-root" | "remove");
            let reason: &[&str] = if wants_a_reason { &why } else { &[] };
            let args: Vec<&str> = args.iter().chain(reason).copied().collect();
            let said = desk.by(by, &args).said();
            // Half of all edited roots are no keys at all: then the certificate that a clerk acts by cannot be read, before anything is verified.
            let unread = said.exit == 1 && said.stderr.contains("the certificate of key");
            assert!(said.exit == 5 || unread, "{edit}: {said}");
        }
        let events = Connection::open(&ledger).unwrap();
        let last: i64 = events
            .query_row("SELECT max(id) FROM history", [], |row| row.get(0))
            .unwrap();
        assert_eq!(last, 5, "{edit}: nothing was recorded");
        events.close().unwrap();
        fs::write(&ledger, &honest).unwrap();
    }
    desk.run(["ledger", "verify"]).done();
    let key = desk.kept("desk/root.pem");
    let safe = world.path().join("tmp/root.pem");
    fs::rename(&key, &safe).unwrap();
    for args in [
        &["product", "export", "survey"][..],
        &["ledger", "checkpoint"],
    ] {
        desk.by("ann", args).refused(6, "needs_root");
        desk.run(args).arg("--key").arg(&safe).done();
    }
}
