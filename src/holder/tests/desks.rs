//! Grants that a desk signed under a certificate of the root.

use super::super::report::State;
use super::*;
use crate::protocol::desk_certificate::{DeskCertificate, MAY_GRANT};
use crate::protocol::trust::{PublicKey, Roots, Transcript};

fn certificate(vendor: &Vendor, desk: &SigningKey, epoch: u8) -> DeskCertificate {
    let mut certificate = DeskCertificate {
        serial: 1,
        not_after: None,
        epoch,
        kinds: MAY_GRANT,
        max_seats: 5,
        max_grace: 60,
        max_loan: 0,
        max_emergency: 0,
        public_key: desk.verifying_key().to_bytes(),
        signature: [0; 64],
    };
    let transcript = Transcript {
        kind: Kind::DeskCertificate,
        issuer: vendor.root.verifying_key().to_bytes(),
        parent: [0; 32],
        request_digest: [0; 32],
        holder: [0; 32],
        subject: certificate.public_key,
        body: &certificate.encode_body(),
    };
    certificate.signature = vendor.root.sign(&transcript.to_bytes()).to_bytes();
    certificate
}

fn answer(
    vendor: &Vendor,
    desk: &SigningKey,
    by: &DeskCertificate,
    asked: &Asked,
    seats: u16,
) -> Code {
    let request = Activate::decode(asked.code.payload()).unwrap();
    let standing = MachineBinding {
        activation: request.commitment.activation_id(),
        fingerprint: request.fingerprint,
        bindings: None,
        usb: None,
    };
    let digest = request_digest(Kind::Activate, asked.code.payload());
    let issuer = desk.verifying_key().to_bytes();
    let grant = Grant {
        key_id: key_id(&issuer),
        request_tag: request_tag(&digest),
        seats,
        ..vendor.terms()
    };
    let context = GrantContext {
        request_digest: digest,
        holder: standing.holder_digest(&vendor.product.id, key()),
        site_key: None,
    };
    let root = PublicKey::from_bytes(&vendor.root.verifying_key().to_bytes()).unwrap();
    let parent = Roots::new(&vendor.product.id, Vec::new(), vec![root], 0)
        .verify_desk(by.clone())
        .unwrap();
    let transcript = context.transcript(&issuer, Some(&parent), [0; 32], &grant.encode_body());
    let signature = desk.sign(&transcript).to_bytes();
    Code::new(Kind::Grant, SignedGrant { grant, signature }.encode())
}

#[test]
fn a_desk_is_introduced_by_a_code_once() {
    let vendor = Vendor::new(1);
    let desk = SigningKey::from_bytes(&[50; 32]);
    let by = certificate(&vendor, &desk, 1);
    let mut computer = Computer::with(&vendor, 1);
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    let response = answer(&vendor, &desk, &by, &asked, 5);
    assert_eq!(
        computer.apply(&response).unwrap_err().kind(),
        "not_trusted",
        "unknown"
    );

    let code = Code::new(Kind::DeskCertificate, by.encode());
    for _ in 0..2 {
        let known = Outcome::DeskKnown(vec!["timetracker".into()]);
        assert_eq!(computer.apply(&code).unwrap(), known);
    }
    let greedy = answer(&vendor, &desk, &by, &asked, 6);
    assert_eq!(
        computer.apply(&greedy).unwrap_err().kind(),
        "not_trusted",
        "over its limit"
    );
    assert_eq!(computer.apply(&response).unwrap().name(), "applied");
    assert_eq!(computer.check(&vendor).state, State::Licensed);

    let forged = certificate(&Vendor::new(2), &desk, 1);
    let forged = Code::new(Kind::DeskCertificate, forged.encode());
    assert_eq!(computer.apply(&forged).unwrap_err().kind(), "not_trusted");
}

#[test]
fn a_desk_whose_epoch_was_given_up_is_trusted_no_longer() {
    let mut vendor = Vendor::new(1);
    let desk = SigningKey::from_bytes(&[50; 32]);
    let by = certificate(&vendor, &desk, 1);
    vendor.product.desks = vec![by.encode()];
    let mut computer = Computer::with(&vendor, 1);
    let asked = computer.ask(&vendor, |_| ()).unwrap();
    computer
        .apply(&answer(&vendor, &desk, &by, &asked, 5))
        .unwrap();
    assert_eq!(computer.check(&vendor).state, State::Licensed);
    // The file of a later version no longer names the desk: the evidence kept does.
    vendor.product.desks.clear();
    assert_eq!(computer.check(&vendor).state, State::Licensed);
    let successor = certificate(&vendor, &SigningKey::from_bytes(&[51; 32]), 2);
    vendor.product.desks = vec![successor.encode()];
    let report = computer.check(&vendor);
    assert_eq!(report.refusal.unwrap().kind(), "not_trusted");
}
