//! Payloads that grant or certify. Their signatures are none: only the bytes matter here.

use std::num::NonZeroU8;

use countersign::protocol::date::Day;
use countersign::protocol::desk_certificate::DeskCertificate;
use countersign::protocol::digest::{Digest, request_digest, request_tag};
use countersign::protocol::emergency::Emergency;
use countersign::protocol::grant::{Grant, LicenseType, SignedGrant};
use countersign::protocol::loan::{Loan, SignedLoan, SiteCertificate};
use countersign::text::Kind;

use super::super::File;
use super::super::world::{
    NOW, ROOT, SITE, X0, certify, entitlements, full_grant, grant, license, public, standing,
};
use super::{ok, put, refused};

pub(super) fn files() -> Vec<File> {
    [grants(), entitlement_lists(), loans(), desks(), steps()].concat()
}

fn signed(grant: Grant) -> SignedGrant {
    SignedGrant {
        grant: Grant {
            request_tag: [0x1a, 0x2b],
            ..grant
        },
        signature: std::array::from_fn(|at| at as u8),
    }
}

fn holder() -> Digest {
    standing().holder_digest("survey", license())
}

fn grants() -> Vec<File> {
    const G: Kind = Kind::Grant;
    let plain = signed(grant(ROOT)).encode();
    let named = Grant {
        license_type: LicenseType::Named,
        ..full_grant(ROOT, &holder())
    };
    let full = signed(named.clone()).encode();
    let endless = Grant {
        expires: None,
        maintenance: None,
        revalidate_by: None,
        edition: 0,
        license_type: LicenseType::Standalone,
        ..grant(ROOT)
    };
    let lending = Grant {
        max_loan: NonZeroU8::new(14),
        ..grant(ROOT)
    };
    let emergency = Grant {
        max_loan: None,
        ..named
    };
    let [endless, lending, emergency] =
        [endless, lending, emergency].map(|grant| signed(grant).encode());
    let wrong = vec![
        ("generation 0", put(&plain, 3, &[0, 0])),
        ("type 3", put(&plain, 18, &[3])),
        ("flags: bit 4", put(&plain, 18, &[0x11])),
        ("longest loan: 0", put(&full, 19, &[0])),
        ("emergency steps: 0", put(&full, 30, &[0])),
        ("emergency steps: 32", put(&full, 30, &[32])),
        ("days per emergency step: 0", put(&full, 31, &[0])),
    ];
    vec![
        ok(G, "grant", "floating, no option", &plain),
        ok(G, "grant-full", "every option, named users", &full),
        ok(
            G,
            "grant-endless",
            "no last day, no edition, standalone",
            &endless,
        ),
        ok(G, "grant-longest-loan", "longest loan alone", &lending),
        ok(G, "grant-emergency", "emergency alone", &emergency),
        refused(G, "grant-refused", &full, wrong),
    ]
}

/// Lists of entitlements in a GRANT.
fn entitlement_lists() -> Vec<File> {
    const G: Kind = Kind::Grant;
    let none = Grant {
        entitlements: entitlements(&[]),
        ..grant(ROOT)
    };
    let none = signed(none).encode();
    let with = |list: &[u8]| {
        let (body, signature) = none.split_at(19);
        [body, &[list.len() as u8], list, &signature[1..]].concat()
    };
    let largest = with(&[255, 255, 255, 255, 15, 255, 255, 255, 255, 15]);
    let two_bytes = with(&[0x80, 1, 0x83, 1, 0]);
    let wrong = vec![
        ("index 1 before index 0", with(&[2, 0])),
        ("index 1 as feature and as limit", with(&[2, 3, 5])),
        ("index 0 in two bytes", with(&[0x80, 0])),
        ("value 5 in two bytes", with(&[1, 0x85, 0])),
        ("a value of 33 bits", with(&[1, 255, 255, 255, 255, 0x1f])),
        (
            "a varint of six bytes",
            with(&[1, 255, 255, 255, 255, 0x8f, 0]),
        ),
        ("a limit without its value", with(&[0, 3])),
    ];
    vec![
        ok(G, "entitlements-none", "an empty list", &none),
        ok(
            G,
            "entitlements-largest",
            "the largest index with the largest value",
            &largest,
        ),
        ok(
            G,
            "entitlements-two-bytes",
            "feature 64, and limit 65 of 0",
            &two_bytes,
        ),
        refused(G, "entitlements-refused", &none, wrong),
    ]
}

fn loans() -> Vec<File> {
    const C: Kind = Kind::SiteCard;
    const K: Kind = Kind::LoanWithCertificate;
    let request_digest = request_digest(Kind::Activate, b"the site's request is not shown");
    let loan = SignedLoan {
        loan: Loan {
            request_tag: [0x3c, 0x4d],
            serial: 41,
            seat: 4,
            issued: NOW,
            until: NOW.day().plus(14),
            entitlements: entitlements(&[(0, None), (1, Some(10))]),
        },
        signature: [0x5a; 64],
    };
    let granted = Grant {
        request_tag: request_tag(&request_digest),
        ..full_grant(ROOT, &holder())
    };
    let site = SiteCertificate {
        desk: None,
        public_key: public(SITE),
        request_digest,
        machine: standing().machine_digest(),
        grant: signed(granted),
    };
    let under_desk = SiteCertificate {
        desk: Some(certify(ROOT, |_| {}).certificate),
        ..site.clone()
    };
    let both = under_desk.encode_with_loan(&loan);
    let (site, loan) = (site.encode(), loan.encode());
    vec![
        ok(Kind::Loan, "loan", "a LOAN", &loan),
        refused(
            Kind::Loan,
            "loan-refused",
            &loan,
            vec![("until day 0", put(&loan, 11, &[0, 0]))],
        ),
        ok(C, "site-card", "granted by a root", &site),
        ok(
            C,
            "site-card-desk",
            "granted by a desk",
            &under_desk.encode(),
        ),
        refused(
            C,
            "site-card-refused",
            &site,
            vec![("flags: bit 1", put(&site, 0, &[2]))],
        ),
        ok(
            K,
            "loan-with-certificate",
            "a LOAN with its site's certificate",
            &both,
        ),
        refused(
            K,
            "loan-with-certificate-refused",
            &both,
            vec![("no LOAN", under_desk.encode())],
        ),
    ]
}

fn desks() -> Vec<File> {
    const D: Kind = Kind::DeskCertificate;
    let distinct = |c: &mut DeskCertificate| {
        (c.serial, c.not_after, c.epoch) = (0x0102_0304, Day::new(0x1a1b), 0x2a);
        (c.max_seats, c.max_grace, c.max_loan) = (0x3a3b, 0x4a4b, 0x5a);
        c.max_emergency = 0x6a;
    };
    let distinct = certify(ROOT, distinct).certificate.encode();
    let endless = certify(ROOT, |c| c.not_after = None).certificate.encode();
    let wrong = vec![("kinds: bit 3", put(&endless, 7, &[0x0f]))];
    vec![
        ok(D, "desk", "every field differs", &distinct),
        ok(D, "desk-endless", "no last day", &endless),
        refused(D, "desk-refused", &distinct, wrong),
    ]
}

fn steps() -> Vec<File> {
    const E: Kind = Kind::Emergency;
    let payload = Emergency { step: 31, x: X0 }.encode();
    let wrong = vec![
        ("step 0", put(&payload, 0, &[0])),
        ("step 32", put(&payload, 0, &[32])),
    ];
    vec![
        ok(E, "emergency", "the highest step", &payload),
        refused(E, "emergency-refused", &payload, wrong),
    ]
}
