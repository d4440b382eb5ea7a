//! Payloads that grant or certify. Their signatures are none: only the bytes matter here.

use std::num::NonZeroU8;

use countersign::protocol::date::Day;
use countersign::protocol::desk_certificate::{DeskCertificate, MANAGER, ONE_PRODUCT};
use countersign::protocol::digest::{Digest, request_digest, request_tag};
use countersign::protocol::emergency::Emergency;
use countersign::protocol::grant::{Grant, LicenseType, SignedGrant};
use countersign::protocol::loan::{Lent, Loan, SignedLoan, SiteCertificate};
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
    let site = Grant {
        site: true,
        ..grant(ROOT)
    };
    let lending = Grant {
        max_loan: NonZeroU8::new(14),
        ..site.clone()
    };
    let emergency = Grant {
        site: false,
        max_loan: None,
        ..named
    };
    let [endless, site, lending, emergency] =
        [endless, site, lending, emergency].map(|grant| signed(grant).encode());
    let wrong = vec![
        ("generation 0", put(&plain, 3, &[0, 0])),
        ("type 3", put(&plain, 18, &[3])),
        ("flags: bit 5", put(&plain, 18, &[0x21])),
        ("longest loan without a site", put(&lending, 18, &[0x05])),
        ("a site of a standalone license", put(&site, 18, &[0x10])),
        (
            "a standalone license that lends",
            put(&lending, 18, &[0x14]),
        ),
        (
            "longest loan of a standalone license without a site",
            put(&lending, 18, &[0x04]),
        ),
        ("seats: 0", put(&plain, 15, &[0, 0])),
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
        ok(G, "grant-site", "a site that does not lend", &site),
        ok(
            G,
            "grant-longest-loan",
            "a site that lends, no other option",
            &lending,
        ),
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
    let largest = with(&[249, 255, 255, 255, 15, 255, 255, 255, 255, 15]);
    let two_bytes = with(&[0x80, 1, 0x89, 1, 0]);
    let each = with(&[
        0x00, 0x09, 10, 0x12, 0x0a, 0x40, 0x1b, 0xac, 2, 0x0a, 0x41, 0x24, 7, 0xc3, 0x98, 0x72,
        0x73, 0x74, 0x65, 0x64, 0x29, 255, 255, 255, 255, 15,
    ]);
    let text = |bytes: &[u8]| with(&[&[4, bytes.len() as u8], bytes].concat());
    let says = |said: &str| text(said.as_bytes());
    let longest = says(&"é".repeat(32));
    let decomposed = says("A\u{30a}lesund");
    let wrong = vec![
        ("index 1 before index 0", with(&[8, 0])),
        ("index 1 as feature and as limit", with(&[8, 9, 5])),
        ("index 0 in two bytes", with(&[0x80, 0])),
        ("value 5 in two bytes", with(&[1, 0x85, 0])),
        ("a value of 33 bits", with(&[1, 255, 255, 255, 255, 0x1f])),
        (
            "a varint of six bytes",
            with(&[1, 255, 255, 255, 255, 0x8f, 0]),
        ),
        ("index 2^29", with(&[0x80, 0x80, 0x80, 0x80, 0x10])),
        ("a limit without its value", with(&[0, 9])),
        ("h of 5", with(&[5])),
        ("h of 6", with(&[6])),
        ("h of 7", with(&[7])),
        ("a feature that ends on day 0", with(&[2, 0, 0])),
        ("a limit that ends on day 0", with(&[3, 10, 0, 0])),
        ("a feature that ends without its day", with(&[2])),
        ("a feature that ends with half its day", with(&[2, 10])),
        ("a limit that ends without its day", with(&[3, 10])),
    ];
    let mut texts = vec![
        ("an empty text", text(&[])),
        ("a text without its length", with(&[4])),
        ("a text of 65 bytes", says(&"a".repeat(65))),
        (
            "a text that goes on after the list",
            with(&[4, 3, 0x61, 0x62]),
        ),
        ("bytes that are no UTF-8", text(&[0x61, 0xff])),
        ("UTF-8 that is cut", text(&[0x61, 0xc3])),
        ("U+0000 in two bytes", text(&[0xc0, 0x80])),
        ("half of a pair of surrogates", text(&[0xed, 0xa0, 0x80])),
        ("beyond U+10FFFF", text(&[0xf4, 0x90, 0x80, 0x80])),
    ];
    let unseen = [
        ("U+0000", "\0"),
        ("U+001F", "\u{1f}"),
        ("U+007F", "\u{7f}"),
        ("U+009F", "\u{9f}"),
        ("U+061C", "\u{61c}"),
        ("U+200B", "\u{200b}"),
        ("U+200F", "\u{200f}"),
        ("U+2028", "\u{2028}"),
        ("U+202E", "\u{202e}"),
        ("U+2060", "\u{2060}"),
        ("U+206F", "\u{206f}"),
        ("U+FEFF", "\u{feff}"),
        ("U+FFF9", "\u{fff9}"),
        ("U+FFFB", "\u{fffb}"),
        ("U+E0000", "\u{e0000}"),
        ("U+E007F", "\u{e007f}"),
    ];
    texts.extend(unseen.map(|(name, c)| (name, says(&format!("a{c}b")))));
    let beside = says(
        " ~\u{a0}\u{61b}\u{61d}\u{200a}\u{2010}\u{2027}\u{202f}\u{205f}\u{2070}\u{fefe}\u{fff8}\u{fffc}",
    );
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
            "feature 16, and limit 17 of 0",
            &two_bytes,
        ),
        ok(
            G,
            "entitlements-each",
            "a feature, a limit, a feature and a limit that end, a text, and a limit that is none",
            &each,
        ),
        ok(
            G,
            "entitlements-text-longest",
            "a text of 64 bytes",
            &longest,
        ),
        ok(
            G,
            "entitlements-text-decomposed",
            "a text that is not in NFC: decoders do not look",
            &decomposed,
        ),
        ok(
            G,
            "entitlements-text-beside",
            "the neighbours of the characters that are refused",
            &beside,
        ),
        refused(G, "entitlements-refused", &none, wrong),
        refused(G, "entitlements-text-refused", &longest, texts),
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
            lent: Lent::These(entitlements(&[(0, None), (1, Some(10))])),
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
    let mut everything = loan.clone();
    everything.loan.lent = Lent::Everything;
    let both = under_desk.encode_with_loan(&loan);
    let both_short = under_desk.encode_with_loan(&everything);
    let (site, loan, everything) = (site.encode(), loan.encode(), everything.encode());
    vec![
        ok(Kind::Loan, "loan", "a LOAN", &loan),
        refused(
            Kind::Loan,
            "loan-refused",
            &loan,
            vec![
                ("until day 0", put(&loan, 12, &[0, 0])),
                ("flags: bit 1", put(&loan, 0, &[2])),
                ("bit 0 with a list", put(&loan, 0, &[1])),
                ("a list that is not there", put(&everything, 0, &[0])),
            ],
        ),
        ok(
            Kind::Loan,
            "loan-everything",
            "all entries of the site's grant",
            &everything,
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
        ok(
            K,
            "loan-everything-with-certificate",
            "all entries of the site's grant, with its certificate",
            &both_short,
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
    let manager = certify(ROOT, |c| c.kinds |= MANAGER).certificate.encode();
    let one = certify(ROOT, |c| c.kinds |= ONE_PRODUCT)
        .certificate
        .encode();
    let wrong = vec![
        ("kinds: bit 5", put(&endless, 7, &[0x27])),
        ("kinds: bit 6", put(&endless, 7, &[0x47])),
        ("kinds: bit 7", put(&endless, 7, &[0x87])),
        ("a manager of one product", put(&endless, 7, &[0x1f])),
    ];
    vec![
        ok(D, "desk", "every field differs", &distinct),
        ok(D, "desk-endless", "no last day", &endless),
        ok(D, "desk-manager", "a manager's", &manager),
        ok(D, "desk-one-product", "for one product only", &one),
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
