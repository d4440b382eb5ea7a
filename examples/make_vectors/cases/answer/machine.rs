//! What is taken, and what was granted to another request, machine, product or license, or altered on the way.

use countersign::license_key::LicenseKey;
use countersign::protocol::desk_certificate::{MANAGER, ONE_PRODUCT};
use countersign::protocol::digest::ActivationId;
use countersign::protocol::entitlements::{EntitledText, Entitlement, Entitlements, UNLIMITED};
use countersign::protocol::grant::Grant;
use countersign::protocol::requests::{Activate, Sync};
use countersign::text::Kind;

use super::super::world::{
    BINDINGS, DESK, NOW, ROOT, SPARE, STRANGER, USB, activate, certify, entitlements, grant,
    other_fingerprint, public, sync,
};
use super::super::{CATALOGUE, File, SIGNATURE, WIRE};
use super::{Answer, full};

pub(super) fn files() -> Vec<File> {
    [taken(), misfits(), elsewhere(), altered()].concat()
}

fn taken() -> Vec<File> {
    let ok = |name, comment, answer: Answer| answer.file(name, comment, Ok(()));
    let synced = Answer::waiting().with(|a| {
        a.request = (Kind::Sync, sync().encode());
        a.standing.fingerprint = Some(other_fingerprint());
    });
    let second = Grant {
        generation: 2,
        issued: NOW.plus(90_000),
        ..grant(ROOT)
    };
    let bare = Answer::waiting().with(|a| {
        (a.standing.fingerprint, a.standing.bindings) = (None, None);
    });
    let endless = Grant {
        expires: None,
        maintenance: None,
        revalidate_by: None,
        edition: 0,
        entitlements: entitlements(&[]),
        ..grant(ROOT)
    };
    let unlimited = certify(SPARE, |c| {
        (c.not_after, c.max_seats, c.max_grace, c.max_loan) = (None, 0, 0, 0);
        c.max_emergency = 0;
    });
    let two = Answer::lending()
        .with(|a| a.desks.push(certify(ROOT, |c| c.max_seats = 1)))
        .by_desk(certify(ROOT, |c| c.serial = 2), full(DESK));
    vec![
        ok(
            "root",
            "signed by a root",
            Answer::waiting().by_root(grant(ROOT)),
        ),
        ok(
            "spare-root",
            "signed by the second root",
            Answer::waiting().signed(SPARE, [0; 32], grant(SPARE)),
        ),
        ok(
            "sync",
            "the answer to a SYNC; the fingerprint is the one it brought, the bindings are those of the ACTIVATE",
            synced.by_root(second),
        ),
        ok(
            "bare",
            "a machine without fingerprint, bindings and USB device; a license without last days",
            bare.by_root(endless),
        ),
        ok(
            "usb",
            "bound to a USB device",
            Answer::waiting()
                .with(|a| a.standing.usb = Some(USB))
                .by_root(grant(ROOT)),
        ),
        ok(
            "lending",
            "longest loan and emergency; the subject is the site key",
            Answer::lending().by_root(full(ROOT)),
        ),
        ok(
            "lending-not-granted",
            "a site key was sent, but none is granted: the subject is zeros",
            Answer::lending().by_root(grant(ROOT)),
        ),
        ok(
            "site",
            "a floating license with a site key, not lending: the subject is the site key",
            Answer::lending().by_root(Grant {
                site: true,
                ..grant(ROOT)
            }),
        ),
        ok(
            "sync-site-key",
            "a SYNC brings another site key, which is the subject",
            Answer::lending()
                .with(|a| {
                    let request = Sync {
                        site_key: Some(public(STRANGER)),
                        ..sync()
                    };
                    a.request = (Kind::Sync, request.encode());
                    a.standing.fingerprint = Some(other_fingerprint());
                    a.site_key = request.site_key;
                })
                .by_root(Grant {
                    site: true,
                    generation: 2,
                    ..grant(ROOT)
                }),
        ),
        ok(
            "catalogue",
            "entries of each kind, the last one beyond the product file",
            Answer::waiting()
                .with(|a| a.catalogue = Some("feature limit feature pool text limit"))
                .by_root(each_kind()),
        ),
        ok(
            "desk",
            "signed by a desk that uses every limit of its certificate up",
            Answer::lending().by_desk(certify(ROOT, |_| {}), full(DESK)),
        ),
        ok(
            "desk-of-one-product",
            "a certificate for this product only",
            Answer::lending().by_desk(certify(ROOT, |c| c.kinds |= ONE_PRODUCT), full(DESK)),
        ),
        ok(
            "desk-manager",
            "a manager who may grant, too",
            Answer::lending().by_desk(certify(ROOT, |c| c.kinds |= MANAGER), full(DESK)),
        ),
        ok(
            "desk-unlimited",
            "a certificate by the second root in which 0 means no limit",
            Answer::lending().by_desk(
                unlimited,
                Grant {
                    seats: 65_535,
                    revalidate_by: None,
                    ..full(DESK)
                },
            ),
        ),
        ok(
            "desk-second",
            "two certificates of one desk: the grant is under the second, and the narrower first does not count",
            two,
        ),
    ]
}

/// A grant with entries of each kind.
fn each_kind() -> Grant {
    let ends = Some(NOW.day().plus(100));
    let text = EntitledText::new("Aurora Shipping").unwrap();
    let entries = vec![
        Entitlement::feature(0),
        Entitlement::number(1, 10),
        Entitlement::feature(2).until(ends),
        Entitlement::number(3, 3),
        Entitlement::text(4, text),
        Entitlement::number(5, UNLIMITED).until(ends),
        Entitlement::feature(6),
    ];
    Grant {
        entitlements: Entitlements::new(entries).unwrap(),
        ..grant(ROOT)
    }
}

/// Well-signed grants with an entry that is not what its line in the product file says.
fn misfits() -> Vec<File> {
    let no = |name: &str, comment, catalogue| {
        Answer::waiting()
            .with(|a| a.catalogue = Some(catalogue))
            .by_root(each_kind())
            .file(&format!("catalogue-{name}"), comment, CATALOGUE)
    };
    let empty_pool = Grant {
        entitlements: entitlements(&[(0, Some(0))]),
        ..grant(ROOT)
    };
    vec![
        no(
            "feature-as-limit",
            "a feature where a limit stands",
            "limit",
        ),
        no(
            "limit-as-feature",
            "a limit where a feature stands",
            "feature feature",
        ),
        no(
            "limit-as-text",
            "a limit where a text stands",
            "feature text",
        ),
        no("feature-as-text", "a feature where a text stands", "text"),
        no(
            "text-as-limit",
            "a text where a limit stands",
            "feature limit feature limit limit",
        ),
        no(
            "text-as-feature",
            "a text where a feature stands",
            "feature limit feature limit feature",
        ),
        no(
            "feature-as-pool",
            "a feature that ends where a pool stands",
            "feature limit pool",
        ),
        Answer::waiting()
            .with(|a| a.catalogue = Some("pool"))
            .by_root(empty_pool)
            .file("catalogue-pool-of-0", "a pool of 0", CATALOGUE),
    ]
}

/// Honest grants that are held against something else than they were made for.
fn elsewhere() -> Vec<File> {
    let granted = Answer::waiting().by_root(grant(ROOT));
    let elsewhere = |name, comment, change: &dyn Fn(&mut Answer)| {
        granted.clone().with(change).file(name, comment, SIGNATURE)
    };
    let zeros = Answer::waiting()
        .with(|a| a.standing.bindings = None)
        .by_root(grant(ROOT))
        .with(|a| a.standing.bindings = Some([0; 8]));
    vec![
        elsewhere("other-request", "answers another request of the same machine", &|a| {
            a.request.1 = Activate { clock: NOW.plus(1), ..activate() }.encode();
        }),
        elsewhere("other-kind", "the request's digest with another kind letter", &|a| a.request.0 = Kind::Sync),
        elsewhere("other-product", "granted for another product", &|a| a.product = "survey-2"),
        elsewhere("other-license", "granted for another license", &|a| a.key = LicenseKey::from_number(12_345_678_902).unwrap()),
        elsewhere("other-activation", "granted to another activation", &|a| a.standing.activation = ActivationId([1, 2, 3, 4])),
        elsewhere("other-machine", "granted to another machine", &|a| a.standing.fingerprint = Some(other_fingerprint())),
        elsewhere("other-bindings", "granted to other bindings", &|a| a.standing.bindings = Some(BINDINGS.map(|byte| byte ^ 1))),
        elsewhere("other-usb", "granted without a USB device", &|a| a.standing.usb = Some(USB)),
        zeros.file("zeros-are-not-absent", "granted without bindings, held against bindings of zeros: only the presence byte differs", SIGNATURE),
    ]
}

/// A bit altered in each field, and both of the type.
fn altered() -> Vec<File> {
    let honest = Answer::lending().by_root(full(ROOT));
    let length = honest.grant.len();
    let fields = [
        ("key id", 0, 0x01),
        ("request tag", 2, 0x01),
        ("generation", 4, 0x02),
        ("issued", 8, 0x01),
        ("expires", 10, 0x80),
        ("maintenance", 12, 0x01),
        ("revalidate by", 14, 0x40),
        ("seats", 15, 0x80),
        ("edition", 17, 0x01),
        ("type", 18, 0x03),
        ("longest loan", 19, 0x10),
        ("anchor", 20, 0x01),
        ("emergency steps", 30, 0x08),
        ("emergency days", 31, 0x08),
        ("entitlement", 35, 0x40),
        ("signature r", length - 64, 0x01),
        ("signature s", length - 32, 0x01),
    ];
    let honest_with = |change: &dyn Fn(&mut Vec<u8>)| honest.clone().with(|a| change(&mut a.grant));
    let mut file = honest_with(&Vec::clear).file(
        "altered",
        "a bit altered in each field of an honest grant, and both of its type",
        SIGNATURE,
    );
    for (field, at, bit) in fields {
        let altered = honest_with(&|grant| grant[at] ^= bit);
        file = file
            .line("comment", field)
            .line("grant", hex::encode(altered.grant));
    }
    vec![
        file,
        honest_with(&|grant| grant[32] ^= 1).file(
            "altered-length",
            "one bit altered in the length of the entitlements",
            WIRE,
        ),
        honest_with(&|grant| grant.truncate(length - 1)).file(
            "cut",
            "the last byte is missing",
            WIRE,
        ),
    ]
}
