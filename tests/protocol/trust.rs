//! Trust: what one key may sign, and that nothing else is taken (SPEC.md 5).

mod sites;

use std::num::NonZeroU8;

use countersign::license_key::LicenseKey;
use countersign::protocol::date::{Day, Seconds};
use countersign::protocol::desk_certificate::{
    DeskCertificate, Limit, MANAGER, MAY_GRANT, MAY_GRANT_LENDING,
};
use countersign::protocol::digest::{ActivationId, MachineBinding, key_id, request_digest};
use countersign::protocol::entitlements::{Entitlement, Entitlements};
use countersign::protocol::grant::{Grant, LicenseType, SignedGrant};
use countersign::protocol::loan::{Lent, Loan, SignedLoan, SiteCertificate};
use countersign::protocol::product::Entry;
use countersign::protocol::trust::{
    GrantContext, PublicKey, Roots, Transcript, TrustError, Verified,
};
use countersign::text::Kind;
use ed25519_dalek::{Signer, SigningKey};
use proptest::prelude::*;

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(key: &SigningKey) -> [u8; 32] {
    key.verifying_key().to_bytes()
}

const LINES: [Entry; 2] = [Entry::Feature, Entry::Limit];

fn roots() -> Roots {
    roots_of("survey")
}

fn roots_of(product: &str) -> Roots {
    Roots::new(
        product,
        LINES.to_vec(),
        [1, 2]
            .map(|seed| PublicKey::from_bytes(&public(&key(seed))).unwrap())
            .to_vec(),
        3,
    )
}

fn license() -> LicenseKey {
    LicenseKey::from_number(12_345_678_901).unwrap()
}

fn entitlements(users: u32) -> Entitlements {
    Entitlements::new(vec![Entitlement::feature(0), Entitlement::number(1, users)]).unwrap()
}

fn context(lending: Option<[u8; 32]>) -> GrantContext {
    let standing = MachineBinding {
        activation: ActivationId([1, 2, 3, 4]),
        fingerprint: None,
        bindings: Some([5; 8]),
        usb: None,
    };
    GrantContext {
        request_digest: request_digest(Kind::Activate, b"a request"),
        holder: standing.holder_digest("survey", license()),
        site_key: lending,
    }
}

fn grant(signer: &SigningKey, lending: bool) -> Grant {
    Grant {
        key_id: key_id(&public(signer)),
        request_tag: [1, 2],
        generation: 1,
        issued: Seconds(200_000_000),
        expires: Some(Seconds(200_000_000).day().plus(100)),
        maintenance: None,
        revalidate_by: Some(Seconds(200_000_000).day().plus(30)),
        seats: 5,
        edition: 0,
        license_type: LicenseType::Floating,
        site: lending,
        max_loan: lending.then(|| NonZeroU8::new(14).unwrap()),
        emergency: None,
        entitlements: entitlements(10),
    }
}

fn sign_grant(
    signer: &SigningKey,
    desk: Option<&Verified<DeskCertificate>>,
    grant: Grant,
    context: &GrantContext,
) -> SignedGrant {
    let subject = context.subject(&grant).unwrap();
    let transcript = context.transcript(&public(signer), desk, subject, &grant.encode_body());
    SignedGrant {
        grant,
        signature: signer.sign(&transcript).to_bytes(),
    }
}

fn certify(
    root: &SigningKey,
    desk: &SigningKey,
    change: impl FnOnce(&mut DeskCertificate),
) -> DeskCertificate {
    let mut certificate = DeskCertificate {
        serial: 1,
        not_after: Some(Seconds(200_000_000).day()),
        epoch: 3,
        kinds: MAY_GRANT,
        max_seats: 5,
        max_grace: 30,
        max_loan: 14,
        max_emergency: 0,
        public_key: public(desk),
        signature: [0; 64],
    };
    change(&mut certificate);
    let body = certificate.encode_body();
    let transcript = Transcript {
        kind: Kind::DeskCertificate,
        issuer: public(root),
        parent: [0; 32],
        request_digest: [0; 32],
        holder: [0; 32],
        subject: certificate.public_key,
        body: &body,
    };
    certificate.signature = root.sign(&transcript.to_bytes()).to_bytes();
    certificate
}

#[test]
fn either_root_may_sign_and_nobody_else() {
    for seed in [1, 2] {
        let signed = sign_grant(&key(seed), None, grant(&key(seed), false), &context(None));
        let verified = roots().verify_grant(&signed, &context(None), &[]).unwrap();
        assert_eq!(verified.issuer().to_bytes(), public(&key(seed)));
    }
    let stranger = key(9);
    let signed = sign_grant(&stranger, None, grant(&stranger, false), &context(None));
    assert_eq!(
        roots().verify_grant(&signed, &context(None), &[]),
        Err(TrustError::Signature)
    );
}

#[test]
fn a_grant_is_for_one_request_one_machine_one_product_one_license() {
    let signed = sign_grant(&key(1), None, grant(&key(1), false), &context(None));
    let standing = MachineBinding {
        activation: ActivationId([1, 2, 3, 4]),
        fingerprint: None,
        bindings: Some([5; 8]),
        usb: None,
    };
    let other_key = LicenseKey::from_number(12_345_678_902).unwrap();
    let others = [
        GrantContext {
            request_digest: request_digest(Kind::Sync, b"a request"),
            ..context(None)
        },
        GrantContext {
            holder: standing.holder_digest("other", license()),
            ..context(None)
        },
        GrantContext {
            holder: standing.holder_digest("survey", other_key),
            ..context(None)
        },
        GrantContext {
            holder: MachineBinding {
                activation: ActivationId([9; 4]),
                ..standing.clone()
            }
            .holder_digest("survey", license()),
            ..context(None)
        },
        GrantContext {
            holder: MachineBinding {
                bindings: None,
                ..standing.clone()
            }
            .holder_digest("survey", license()),
            ..context(None)
        },
        GrantContext {
            holder: MachineBinding {
                usb: Some([0; 8]),
                ..standing
            }
            .holder_digest("survey", license()),
            ..context(None)
        },
    ];
    for other in others {
        assert_eq!(
            roots().verify_grant(&signed, &other, &[]),
            Err(TrustError::Signature),
            "{other:?}"
        );
    }
}

proptest! {
    #[test]
    fn no_altered_bit_of_a_grant_is_taken(at in 0usize..(30 + 64) * 8) {
        let signed = sign_grant(&key(1), None, grant(&key(1), true), &context(Some(public(&key(7)))));
        let mut bytes = signed.encode();
        prop_assume!(at / 8 < bytes.len());
        bytes[at / 8] ^= 1 << (at % 8);
        if let Ok(altered) = SignedGrant::decode(&bytes) {
            prop_assert!(roots().verify_grant(&altered, &context(Some(public(&key(7)))), &[]).is_err());
        }
    }
}

#[test]
fn a_desk_signs_within_its_certificate() {
    let desk_key = key(5);
    let verify = |change: fn(&mut DeskCertificate), edit: fn(&mut Grant)| {
        let desk = roots()
            .verify_desk(certify(&key(1), &desk_key, change))
            .unwrap();
        let mut content = grant(&desk_key, false);
        edit(&mut content);
        let context = context(Some(public(&key(7))));
        let signed = sign_grant(&desk_key, Some(&desk), content, &context);
        roots().verify_grant(&signed, &context, &[desk]).map(|_| ())
    };
    let limit = |limit| Err(TrustError::DeskLimit(limit));
    let lending: fn(&mut Grant) = |g| g.max_loan = NonZeroU8::new(15);
    assert_eq!(verify(|_| {}, |_| {}), Ok(()));
    assert_eq!(verify(|_| {}, |g| g.seats = 6), limit(Limit::Seats(5)));
    assert_eq!(
        verify(
            |_| {},
            |g| g.revalidate_by = g.revalidate_by.map(|day| day.plus(1))
        ),
        limit(Limit::Grace(30))
    );
    assert_eq!(
        verify(|_| {}, |g| g.revalidate_by = None),
        limit(Limit::Grace(30))
    );
    assert_eq!(verify(|_| {}, lending), limit(Limit::Kind));
    assert_eq!(
        verify(|c| c.kinds |= MAY_GRANT_LENDING, lending),
        limit(Limit::Loan(14))
    );
    assert_eq!(
        verify(
            |c| c.not_after = Day::new(c.not_after.unwrap().number() - 1),
            |_| {}
        ),
        limit(Limit::NotAfter)
    );
    assert_eq!(verify(|c| c.kinds = 0, |_| {}), limit(Limit::Kind));
    assert_eq!(verify(|c| c.kinds = MANAGER, |_| {}), limit(Limit::Kind));
    assert_eq!(verify(|c| c.kinds |= MANAGER, |_| {}), Ok(()));
    assert_eq!(verify(|c| c.not_after = None, |g| g.seats = 1), Ok(()));
}

#[test]
fn a_grant_under_one_certificate_does_not_pass_under_another() {
    let desk_key = key(5);
    let small = roots()
        .verify_desk(certify(&key(1), &desk_key, |_| {}))
        .unwrap();
    let large = roots()
        .verify_desk(certify(&key(1), &desk_key, |c| {
            (c.serial, c.max_seats) = (2, 0)
        }))
        .unwrap();
    let signed = sign_grant(
        &desk_key,
        Some(&small),
        grant(&desk_key, false),
        &context(None),
    );
    assert!(
        roots()
            .verify_grant(&signed, &context(None), &[small])
            .is_ok()
    );
    assert_eq!(
        roots().verify_grant(&signed, &context(None), &[large]),
        Err(TrustError::Signature)
    );
}

#[test]
fn certificates_of_strangers_old_epochs_and_weak_keys_are_refused() {
    assert_eq!(
        roots().verify_desk(certify(&key(9), &key(5), |_| {})),
        Err(TrustError::Signature)
    );
    assert_eq!(
        roots().verify_desk(certify(&key(1), &key(5), |c| c.epoch = 2)),
        Err(TrustError::OldEpoch)
    );
    let mut identity = [0; 32];
    identity[0] = 1;
    assert_eq!(
        roots().verify_desk(certify(&key(1), &key(5), |c| c.public_key = identity)),
        Err(TrustError::UnfitKey)
    );
    assert_eq!(
        PublicKey::from_bytes(&[0xff; 32]),
        Err(TrustError::UnfitKey)
    );
}
