//! The limits of a certificate.

use super::*;

/// A certificate by the desk's root, for whoever has the key of this seed.
fn certificate(seed: u8) -> DeskCertificate {
    let root = SigningKey::from_seed(&[7; 32]);
    let unsigned = DeskCertificate {
        serial: 1,
        not_after: None,
        epoch: 0,
        kinds: MAY_GRANT,
        max_seats: 2,
        max_grace: 0,
        max_loan: 0,
        max_emergency: 0,
        public_key: SigningKey::from_seed(&[seed; 32]).public(),
        signature: [0; 64],
    };
    let transcript = Transcript {
        kind: Kind::DeskCertificate,
        issuer: root.public(),
        parent: [0; 32],
        request_digest: [0; 32],
        holder: [0; 32],
        subject: unsigned.public_key,
        body: &unsigned.encode_body(),
    }
    .to_bytes();
    DeskCertificate {
        signature: root.sign(&transcript).unwrap(),
        ..unsigned
    }
}

#[test]
fn a_desk_signs_within_its_own_certificate() {
    let root = SigningKey::from_seed(&[7; 32]).public();
    let roots = roots(root);
    let own = || signer(9);
    let theirs = roots.verify_desk(certificate(8)).unwrap();
    assert!(
        Issuer::desk(own(), theirs).is_none(),
        "another key's certificate"
    );
    let mut desk = Desk::new();
    let key = desk.sell(&terms(5, LicenseType::Floating));
    let certified = roots.verify_desk(certificate(9)).unwrap();
    desk.enroll("ann", &certified);
    desk.issuer = Issuer::desk(own(), certified).unwrap();
    let ask = |seats, request| Activate {
        seats: NonZeroU16::new(seats),
        ..activate(key, 1, request)
    };
    assert_eq!(desk.refusal(&ask(3, 1)), "desk_limit");
    assert_eq!(desk.taken(key), 0, "nothing is kept of it");
    assert_eq!(desk.respond(&ask(2, 2)).unwrap().grant.seats, 2);
    assert_eq!(desk.findings(), [""; 0]);
}
