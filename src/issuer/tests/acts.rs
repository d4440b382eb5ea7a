//! What somebody does by himself is signed, by a key that may do it; what a verification says of anything else (SPEC.md 9.9).

use super::desks::certify;
use super::*;
use crate::issuer::history::{self as facts, NewEvent, Recorder};
use crate::issuer::keys;
use crate::issuer::life::Named;
use crate::issuer::names;
use crate::protocol::date::Day;
use crate::protocol::desk_certificate::{
    MANAGER, MAY_GRANT, MAY_GRANT_EMERGENCY, MAY_GRANT_LENDING, ONE_PRODUCT,
};

/// Everything that somebody does by himself.
const ACTS: [&str; 23] = [
    facts::POLICY,
    facts::PROPOSE,
    facts::APPROVE,
    facts::DECLINE,
    facts::DESK_REPLACE_ROOT,
    facts::DESK_CHANGE,
    facts::READOPT,
    facts::DESK_INIT,
    facts::DESK_CERTIFY,
    facts::DESK_ROTATE,
    facts::LEDGER_RESTORE,
    facts::DESK_REMOVE,
    facts::PRODUCT_ADD,
    facts::PRODUCT_CHANGE,
    facts::DESK_CLOCK,
    facts::LICENSE_NEW,
    facts::LICENSE_CHANGE,
    facts::LICENSE_REVOKE,
    facts::LICENSE_VOID,
    facts::LICENSE_RESTORE,
    facts::NOTE,
    facts::RELEASE,
    facts::EMERGENCY,
];

fn event(kind: &'static str) -> NewEvent {
    NewEvent {
        kind,
        license: None,
        activation: None,
        previous: None,
        data: "{}".to_owned(),
    }
}

/// What is found of an event of a kind that somebody signs, or nobody does.
fn found(desk: &mut Desk, kind: &'static str, hand: Option<Hand<'_>>) -> Vec<String> {
    desk.ledger
        .write(|tx| {
            let mut recorder = match hand {
                Some(hand) => Recorder::by_hand(tx, hand)?,
                None => Recorder::open(tx, BY)?,
            };
            recorder.record(tx, event(kind))
        })
        .unwrap();
    let signed = |it: &String| it.contains("sign") || it.contains("not one of this desk");
    desk.findings().into_iter().filter(signed).collect()
}

#[test]
fn what_nobody_signed_is_found() {
    for kind in ACTS {
        let mut desk = Desk::new();
        let findings = found(&mut desk, kind, None);
        assert_eq!(findings.len(), 1, "{kind}: {findings:?}");
        assert!(findings[0].contains("is signed by nobody"), "{findings:?}");
        let mut desk = Desk::new();
        let by_root = found(&mut desk, kind, Some(hand(BY)));
        assert_eq!(by_root, [""; 0], "{kind}");
    }
}

/// What a request causes is not signed beside the answer: a signature there is somebody's who put it in.
#[test]
fn what_a_request_caused_is_nobodys_act() {
    for kind in [facts::ACTIVATE, facts::SYNC, facts::RETURN, facts::REFUSED] {
        let mut desk = Desk::new();
        let findings = found(&mut desk, kind, Some(hand(BY)));
        assert!(
            findings.iter().any(|it| it.contains("may not do it")),
            "{kind}: {findings:?}"
        );
    }
}

/// Seats come free with a return, or by the word of somebody who signs it.
#[test]
fn seats_that_nobody_freed_are_found() {
    let mut desk = Desk::new();
    let findings = found(&mut desk, facts::FREED, None);
    assert!(findings[0].contains("no return follows"), "{findings:?}");
    let mut desk = Desk::new();
    assert_eq!(found(&mut desk, facts::FREED, Some(hand(BY))), [""; 0]);
    let mut desk = Desk::new();
    found(&mut desk, facts::FREED, None);
    let findings = found(&mut desk, facts::NOTE, Some(hand(BY)));
    assert!(findings[0].contains("no return follows"), "{findings:?}");
}

/// What a clerk's key may do by its certificate's "kinds".
#[test]
fn a_clerk_does_what_his_key_may() {
    let roots = [
        facts::POLICY,
        facts::DESK_REPLACE_ROOT,
        facts::DESK_INIT,
        facts::DESK_CERTIFY,
        facts::DESK_ROTATE,
        facts::LEDGER_RESTORE,
    ];
    let managers = [
        facts::DESK_CHANGE,
        facts::DESK_CLOCK,
        facts::READOPT,
        facts::DESK_REMOVE,
        facts::PRODUCT_ADD,
        facts::PRODUCT_CHANGE,
    ];
    let plain = MAY_GRANT | MAY_GRANT_LENDING;
    for (kinds, may_read, manages) in [
        (plain, false, false),
        (plain | MAY_GRANT_EMERGENCY, true, false),
        (plain | MAY_GRANT_EMERGENCY | MANAGER, true, true),
    ] {
        for kind in ACTS {
            let mut desk = Desk::new();
            let certificate = certify("infinitime", |it| it.kinds = kinds);
            desk.enroll("ann", &certificate);
            let clerk = Issuer::desk(signer(8), certificate).unwrap();
            let findings = found(&mut desk, kind, Some(clerk.hand(BY)));
            let refused = roots.contains(&kind)
                || managers.contains(&kind) && !manages
                || kind == facts::EMERGENCY && !may_read;
            assert_eq!(findings.len(), usize::from(refused), "{kind}: {findings:?}");
            assert!(findings.iter().all(|it| it.contains("may not do it")));
        }
    }
}

#[test]
fn a_key_acts_while_it_stands() {
    let yesterday = Day::new(NOW.day().number() - 1);
    for (not_after, removed) in [(yesterday, false), (None, true)] {
        let mut desk = Desk::new();
        let certificate = certify("infinitime", |it| it.not_after = not_after);
        desk.enroll("ann", &certificate);
        if removed {
            let retired = desk
                .ledger
                .write(|tx| keys::retire(tx, ("ann", "left"), hand(BY), &mut entropy(4)));
            retired.unwrap();
        }
        let clerk = Issuer::desk(signer(8), certificate).unwrap();
        let findings = found(&mut desk, facts::NOTE, Some(clerk.hand(BY)));
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].contains("not one of this desk"), "{findings:?}");
    }
    // Of whom no root knows anything.
    let mut desk = Desk::new();
    let stranger = Issuer::root(signer(9));
    let findings = found(&mut desk, facts::NOTE, Some(stranger.hand(BY)));
    assert!(
        findings.iter().any(|it| it.contains("who is not there")),
        "{findings:?}"
    );
}

#[test]
fn a_key_for_one_product_acts_for_no_other() {
    for (only, refused) in [("infinitime", false), ("survey", true)] {
        let mut desk = Desk::new();
        let survey = Product {
            id: "survey".into(),
            ..product(&SigningKey::from_seed(&[7; 32]))
        };
        products::add(&mut desk.ledger, survey, hand(BY)).unwrap();
        let certificate = certify(only, |it| it.kinds |= ONE_PRODUCT);
        desk.enroll_for("ann", &certificate, only);
        let clerk = Issuer::desk(signer(8), certificate).unwrap();
        let key = desk.sell(&terms(9, LicenseType::Standalone));
        let name = Named::License(key);
        names::add_note(&mut desk.ledger, name, "paid late", clerk.hand(BY)).unwrap();
        let findings = desk.findings();
        assert_eq!(findings.len(), usize::from(refused), "{findings:?}");
        assert!(findings.iter().all(|it| it.contains("another product")));
    }
}

/// Whoever may write the ledger, and has no key, makes the chain anew over what he changed: the next act speaks for all before it.
#[test]
fn a_chain_made_anew_is_found_at_the_next_act() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(9, LicenseType::Standalone));
    desk.respond(&activate(key, 1, 1)).unwrap();
    desk.respond(&activate(key, 2, 2)).unwrap();
    let last = desk.ledger.read(|tx| tx.last_event()).unwrap().unwrap().id;
    let name = Named::License(key);
    names::add_note(&mut desk.ledger, name, "paid late", hand(BY)).unwrap();
    assert_eq!(desk.findings(), [""; 0]);
    desk.edit(&format!(
        "UPDATE history SET actor = 'eve' WHERE id = {}",
        last.0
    ));
    desk.rechain();
    let findings = desk.findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    let row = format!("history row {}", last.0 + 1);
    assert!(findings[0].starts_with(&row), "{findings:?}");
    assert!(findings[0].contains("did not do this"), "{findings:?}");
}
