//! Who signed: strangers, desks beyond their certificates, keys and signatures that are not fit.

use countersign::protocol::date::Day;
use countersign::protocol::desk_certificate::{DeskCertificate, MANAGER, MAY_GRANT, ONE_PRODUCT};
use countersign::protocol::digest::key_id;
use countersign::protocol::grant::{Grant, SignedGrant};

use super::super::world::{
    DESK, Desk, NOW, ROOT, STRANGER, certify, certify_for, grant, key, public,
};
use super::super::{DESK_LIMIT, File, OLD_EPOCH, SIGNATURE, UNFIT_KEY, forge};
use super::{Answer, full};

pub(super) fn files() -> Vec<File> {
    [signers(), limits(), keys()].concat()
}

/// Who may sign, and who may not.
fn signers() -> Vec<File> {
    let no = |name, comment, answer: Answer| answer.file(name, comment, SIGNATURE);
    let posing = Grant {
        key_id: key_id(&public(ROOT)),
        ..grant(STRANGER)
    };
    let forged = certify(STRANGER, |_| {});
    let certificate = certify(ROOT, |_| {});
    let other = certify(ROOT, |c| c.serial = 2);
    let unknown = Answer::waiting().signed(DESK, certificate.digest, grant(DESK));
    let old = certify(ROOT, |c| c.epoch = 2);
    let other_id = Grant {
        key_id: key_id(&public(ROOT)).wrapping_add(1),
        ..grant(ROOT)
    };
    vec![
        no(
            "stranger",
            "signed by a stranger under his own key id",
            Answer::waiting().signed(STRANGER, [0; 32], grant(STRANGER)),
        ),
        no(
            "stranger-posing",
            "signed by a stranger under the root's key id",
            Answer::waiting().signed(STRANGER, [0; 32], posing),
        ),
        no(
            "other-key-id",
            "signed by a root under a key id that is not its own",
            Answer::waiting().by_root(other_id),
        ),
        no(
            "desk-unknown",
            "signed by a desk whose certificate the machine does not have",
            unknown.clone(),
        ),
        no(
            "desk-other-certificate",
            "signed under one certificate of a desk; the machine has another of the same desk",
            unknown.with(|a| a.desks.push(other)),
        ),
        no(
            "desk-forged-certificate",
            "the desk's certificate is signed by a stranger",
            Answer::waiting().by_desk(forged, grant(DESK)),
        ),
        no(
            "desk-as-root",
            "a desk signed as if it were a root: the parent is zeros",
            Answer::waiting()
                .with(|a| a.desks.push(certificate.clone()))
                .signed(DESK, [0; 32], grant(DESK)),
        ),
        no(
            "root-as-desk",
            "a root signed as if under a desk's certificate",
            Answer::waiting()
                .with(|a| a.desks.push(certificate.clone()))
                .signed(ROOT, certificate.digest, grant(ROOT)),
        ),
        no(
            "lending-other-subject",
            "lending is granted to another site key",
            Answer::lending()
                .by_root(full(ROOT))
                .with(|a| a.site_key = Some(public(STRANGER))),
        ),
        no(
            "lending-without-key",
            "lending is granted to a machine that sent no site key; the subject is zeros",
            Answer::waiting().by_root(full(ROOT)),
        ),
        no(
            "desk-other-product",
            "the desk is certified for another product only",
            Answer::waiting().by_desk(
                certify_for("survey-2", ROOT, |c| c.kinds |= ONE_PRODUCT),
                grant(DESK),
            ),
        ),
        no(
            "desk-product-not-named",
            "a certificate for one product whose signature names none",
            Answer::waiting().by_desk(nameless(), grant(DESK)),
        ),
        Answer::waiting().by_desk(old, grant(DESK)).file(
            "desk-old-epoch",
            "the desk's certificate is of an epoch before the least one",
            OLD_EPOCH,
        ),
    ]
}

/// A certificate that the root signed for any product, and that says it is for one.
fn nameless() -> Desk {
    let mut desk = certify(ROOT, |_| {});
    desk.certificate.kinds |= ONE_PRODUCT;
    desk
}

/// A desk beyond each of its limits.
fn limits() -> Vec<File> {
    let beyond = |name: &str, comment, change: fn(&mut DeskCertificate), edit: fn(&mut Grant)| {
        let mut content = full(DESK);
        edit(&mut content);
        Answer::lending()
            .by_desk(certify(ROOT, change), content)
            .file(&format!("desk-limit-{name}"), comment, DESK_LIMIT)
    };
    assert_eq!(NOW.day().number(), 2517);
    vec![
        beyond(
            "not-after",
            "issued on the day after the certificate's last",
            |c| c.not_after = Day::new(2516),
            |_| {},
        ),
        beyond(
            "kinds",
            "the certificate lets the desk grant nothing",
            |c| c.kinds = 0,
            |g| (g.max_loan, g.emergency) = (None, None),
        ),
        beyond(
            "kind-manager",
            "a manager's certificate that lets him grant nothing",
            |c| c.kinds = MANAGER,
            |g| (g.max_loan, g.emergency) = (None, None),
        ),
        beyond(
            "kind-lending",
            "the certificate does not let the desk grant lending",
            |c| c.kinds &= !2,
            |g| g.emergency = None,
        ),
        beyond(
            "kind-emergency",
            "the certificate does not let the desk grant emergency steps",
            |c| c.kinds = MAY_GRANT | 2,
            |_| {},
        ),
        beyond("seats", "one seat too many", |_| {}, |g| g.seats = 6),
        beyond(
            "grace",
            "one day too many until the next contact",
            |_| {},
            |g| g.revalidate_by = Day::new(2548),
        ),
        beyond(
            "grace-never",
            "a grace is limited, and no other contact is ever needed",
            |_| {},
            |g| g.revalidate_by = None,
        ),
        beyond(
            "loan",
            "longest loan one day too long",
            |c| c.max_loan = 13,
            |_| {},
        ),
        beyond(
            "emergency",
            "one emergency day too many",
            |c| c.max_emergency = 27,
            |_| {},
        ),
    ]
}

/// Keys and signatures that only a lax verifier takes.
fn keys() -> Vec<File> {
    let granted = Answer::waiting().by_root(grant(ROOT));
    let plain = SignedGrant::decode(&granted.grant).unwrap();
    let resigned = |signature| {
        let grant = plain.grant.clone();
        granted
            .clone()
            .with(|a| a.grant = SignedGrant { grant, signature }.encode())
    };
    let transcript = granted.transcript(public(ROOT), [0; 32], &plain.grant);
    let small_desk = certify(ROOT, |c| c.public_key = forge::SMALL_ORDER);
    let lending_to = |key| {
        Answer::lending()
            .with(|a| a.site_key = Some(key))
            .by_root(full(ROOT))
    };
    let non_canonical = forge::non_canonical();
    vec![
        resigned(forge::s_plus_l(&plain.signature)).file(
            "s-plus-l",
            "the honest signature with s + L for s",
            SIGNATURE,
        ),
        resigned(forge::small_order_r(&key(ROOT), &transcript)).file(
            "small-order-r",
            "R is the neutral element, and the equation holds",
            SIGNATURE,
        ),
        granted
            .clone()
            .with(|a| a.roots[1] = forge::SMALL_ORDER)
            .file(
                "small-order-root",
                "the second root is of small order",
                UNFIT_KEY,
            ),
        granted.clone().with(|a| a.roots[1] = non_canonical).file(
            "non-canonical-root",
            "the second root is in an encoding that is not canonical",
            UNFIT_KEY,
        ),
        granted.with(|a| a.desks.push(small_desk)).file(
            "small-order-desk",
            "a desk's certified key is of small order",
            UNFIT_KEY,
        ),
        lending_to(forge::SMALL_ORDER).file(
            "small-order-site-key",
            "lending is granted to a site key of small order",
            UNFIT_KEY,
        ),
    ]
}
