//! The worked example of SPEC.md 11: one license from its key to its GRANT, every value on the way.

use std::fmt::Write as _;

use countersign::protocol::digest::{Digest, key_id, request_digest, request_tag};
use countersign::protocol::grant::{Grant, SignedGrant};
use countersign::protocol::requests::Activate;
use countersign::protocol::trust::GrantContext;
use countersign::text::{Code, Kind};
use ed25519_dalek::Signer;

use super::machine::COMPONENTS;
use super::world::{
    NOW, PRODUCT, ROOT, X0, activate, facts, full_grant, key, license, public, secret, standing,
};

/// Bytes of a line; what is longer goes on under itself.
const WIDTH: usize = 32;
/// Where values begin.
const COLUMN: usize = 23;

/// The text of the code block.
pub(crate) fn example() -> String {
    let mut out = Lines(String::new());
    people(&mut out);
    let request = Activate {
        bindings: None,
        ..activate()
    };
    let payload = asked(&mut out, &request);
    let context = tied(&mut out, &payload);
    let grant = Grant {
        request_tag: request_tag(&context.request_digest),
        site: false,
        max_loan: None,
        ..full_grant(ROOT, &context.holder)
    };
    granted(&mut out, &grant, &context);
    out.0
}

struct Lines(String);

impl Lines {
    fn title(&mut self, title: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        writeln!(self.0, "{title}").unwrap();
    }

    fn text(&mut self, name: &str, value: &str) {
        writeln!(self.0, "  {name:<COLUMN$}{value}").unwrap();
    }

    fn bytes(&mut self, name: &str, value: &[u8]) {
        let mut name = name;
        for line in value.chunks(WIDTH) {
            self.text(name, &hex::encode(line));
            name = "";
        }
    }

    /// The parts of a payload, which must add up to the whole.
    fn fields(&mut self, whole: &[u8], fields: &[(&str, usize)]) {
        let mut rest = whole;
        for &(name, length) in fields {
            let (field, after) = rest.split_at(length);
            self.bytes(name, field);
            rest = after;
        }
        assert!(rest.is_empty());
    }

    fn code(&mut self, kind: Kind, payload: &[u8]) {
        let code = Code::new(kind, payload.to_vec()).to_text().unwrap();
        let mut name = "code";
        for line in code.lines() {
            self.text(name, line);
            name = "";
        }
    }
}

fn people(out: &mut Lines) {
    out.title("The vendor");
    out.bytes("root secret key", &key(ROOT).to_bytes());
    out.bytes("root public key", &public(ROOT));
    out.text("product id", PRODUCT);
    out.text("license key", &license().to_string());
    out.bytes("license key (5)", &license().to_bytes());
    out.title("The machine");
    let facts = facts();
    let values = [
        facts.machine_id,
        facts.root_fs_uuid,
        facts.product_uuid,
        facts.mac,
        facts.disk_serial,
    ];
    for (name, value) in COMPONENTS.into_iter().zip(values) {
        out.text(name, value.text().unwrap());
    }
    let secret = secret(0x10);
    out.bytes("r", secret.reveal());
    out.bytes("s", &secret.sync_proof().0);
    out.bytes("C", &secret.commitment(license()).0);
    let activation = secret.commitment(license()).activation_id();
    out.bytes("activation id", &activation.0);
    out.text("  for people", &activation.to_string());
    out.text("clock", &format!("{} = {NOW}", NOW.0));
}

fn asked(out: &mut Lines, request: &Activate) -> Vec<u8> {
    let payload = request.encode();
    out.title("ACTIVATE");
    let fields = [
        ("flags", 1),
        ("product tag", 2),
        ("license key", 5),
        ("commitment C", 12),
        ("clock", 4),
        ("fingerprint", 11),
    ];
    out.fields(&payload, &fields);
    out.code(Kind::Activate, &payload);
    payload
}

fn tied(out: &mut Lines, payload: &[u8]) -> GrantContext {
    let standing = countersign::protocol::digest::MachineBinding {
        bindings: None,
        ..standing()
    };
    let request_digest: Digest = request_digest(Kind::Activate, payload);
    let holder = standing.holder_digest(PRODUCT, license());
    out.title("What the answer is tied to");
    out.bytes("request digest", &request_digest);
    out.bytes("machine digest", &standing.machine_digest());
    out.bytes("holder", &holder);
    GrantContext {
        request_digest,
        holder,
        site_key: None,
    }
}

fn granted(out: &mut Lines, grant: &Grant, context: &GrantContext) {
    let body = grant.encode_body();
    out.title("GRANT, body");
    out.bytes("x0", &X0);
    let list = grant.entitlements.encode().len();
    let fields = [
        ("key id", 1),
        ("request tag", 2),
        ("generation", 2),
        ("issued", 4),
        ("expires", 2),
        ("maintenance", 2),
        ("revalidate by", 2),
        ("seats", 2),
        ("edition", 1),
        ("flags", 1),
        ("emergency: anchor", 10),
        ("  steps", 1),
        ("  days per step", 1),
        ("entitlements", list),
    ];
    out.fields(&body, &fields);
    assert_eq!(grant.key_id, key_id(&public(ROOT)));
    let transcript = context.transcript(&public(ROOT), None, [0; 32], &body);
    out.title("Transcript T");
    let fields = [
        ("countersign v1, 0", 15),
        ("kind letter", 1),
        ("issuer public key", 32),
        ("parent", 32),
        ("request digest", 32),
        ("holder", 32),
        ("subject public key", 32),
        ("length of body", 2),
        ("body", body.len()),
    ];
    out.fields(&transcript, &fields);
    out.title("GRANT");
    let signature = key(ROOT).sign(&transcript).to_bytes();
    let payload = SignedGrant {
        grant: grant.clone(),
        signature,
    }
    .encode();
    out.bytes("signature", &signature);
    out.bytes("payload", &payload);
    out.code(Kind::Grant, &payload);
}
