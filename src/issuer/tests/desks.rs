//! A desk that signs under a certificate of the root: for its own key, its own product, and within its limits.

use super::*;
use crate::protocol::date::Day;
use crate::protocol::desk_certificate::{DeskCertificate, MAY_GRANT, ONE_PRODUCT};
use crate::protocol::trust::{PublicKey, Roots, Transcript, Verified};
use crate::text::Kind;

/// The certificate of the desk's key by the root, for a product; its limits after `change`.
pub(super) fn certify(
    product: &str,
    change: impl FnOnce(&mut DeskCertificate),
) -> Verified<DeskCertificate> {
    let root = SigningKey::from_seed(&[7; 32]);
    let mut certificate = DeskCertificate {
        serial: 1,
        not_after: Some(NOW.day()),
        epoch: 0,
        kinds: MAY_GRANT,
        max_seats: 5,
        max_grace: 30,
        max_loan: 0,
        max_emergency: 0,
        public_key: desk_key().public(),
        signature: [0; 64],
    };
    change(&mut certificate);
    let transcript = Transcript {
        kind: Kind::DeskCertificate,
        issuer: root.public(),
        parent: [0; 32],
        request_digest: [0; 32],
        holder: certificate.scope(product),
        subject: certificate.public_key,
        body: &certificate.encode_body(),
    };
    certificate.signature = root.sign(&transcript.to_bytes()).unwrap();
    let key = PublicKey::from_bytes(&root.public()).unwrap();
    let roots = Roots::new(product, Vec::new(), vec![key], 0);
    roots.verify_desk(certificate).unwrap()
}

fn desk_key() -> SigningKey {
    SigningKey::from_seed(&[8; 32])
}

/// What comes of a request for all five seats.
fn answered(by: Verified<DeskCertificate>) -> Result<u16, &'static str> {
    let mut desk = Desk::new();
    desk.enroll("ann", &by);
    desk.issuer = Issuer::desk(signer(8), by).unwrap();
    let key = desk.sell(&terms(5, LicenseType::Floating));
    let before = desk.taken(key);
    let answer = desk.respond(&activate(key, 1, 1));
    if answer.is_err() {
        assert_eq!(desk.taken(key), before, "nothing was granted");
    }
    answer
        .map(|answer| answer.grant.seats)
        .map_err(|error| error.kind().name())
}

#[test]
fn a_desk_signs_to_the_end_of_its_certificate_and_no_further() {
    let any = "infinitime";
    assert_eq!(answered(certify(any, |_| ())), Ok(5));
    let yesterday = Day::new(NOW.day().number() - 1);
    for (by, why) in [
        (certify(any, |c| c.max_seats = 4), "seats"),
        (certify(any, |c| c.max_grace = 29), "grace"),
        (certify(any, |c| c.kinds = 0), "kinds"),
        (certify(any, |c| c.not_after = yesterday), "last day"),
    ] {
        assert_eq!(answered(by), Err("desk_limit"), "{why}");
    }
}

#[test]
fn a_desk_of_one_product_signs_for_no_other() {
    let one = |product| certify(product, |c| c.kinds |= ONE_PRODUCT);
    assert_eq!(answered(one("infinitime")), Ok(5));
    assert_eq!(answered(one("survey")), Err("desk_limit"));
    assert!(one("survey").is_for("survey") && !one("survey").is_for("infinitime"));
    assert!(certify("survey", |_| ()).is_for("infinitime"));
}

#[test]
fn a_desk_takes_no_other_keys_certificate() {
    let stranger = signer(9);
    assert!(Issuer::desk(stranger, certify("infinitime", |_| ())).is_none());
}

/// Whoever has the ledger's file and a key that was removed, or an earlier certificate, makes it stand for a moment.
#[test]
fn what_a_removed_key_signs_is_found() {
    let second = || certify("infinitime", |it| (it.serial, it.max_seats) = (2, 1));
    type Over = fn(&mut Desk, &DeskCertificate);
    let cases: [(Over, &str, &str); 2] = [
        (
            |desk, _| {
                let removed = desk
                    .ledger
                    .write(|tx| keys::retire(tx, ("ann", "left"), hand(BY), &mut entropy(4)));
                removed.unwrap();
            },
            "UPDATE desk_key SET removed = 0",
            "UPDATE desk_key SET removed = 217512000",
        ),
        (
            |desk, second| desk.enroll("ann", second),
            "UPDATE desk_key SET name = 'bo' WHERE id = 2",
            "UPDATE desk_key SET name = 'ann' WHERE id = 2",
        ),
    ];
    for (over, stands, back) in cases {
        let mut desk = Desk::new();
        let first = certify("infinitime", |_| ());
        desk.enroll("ann", &first);
        desk.issuer = Issuer::desk(signer(8), first).unwrap();
        let key = desk.sell(&terms(9, LicenseType::Standalone));
        desk.respond(&activate(key, 1, 1)).unwrap();
        over(&mut desk, &second());
        assert_eq!(desk.findings(), [""; 0]);
        assert_eq!(desk.refusal(&activate(key, 2, 2)), "key_removed");
        desk.edit(stands);
        desk.respond(&activate(key, 2, 2)).unwrap();
        desk.edit(back);
        let findings = desk.findings();
        let [only] = findings.as_slice() else {
            panic!("{findings:?}");
        };
        assert!(only.contains("no longer one of this desk"), "{only}");
    }
}
