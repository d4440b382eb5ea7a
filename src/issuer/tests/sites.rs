//! Whose key a site signs with: the one that stood with the generation held, or the one that a request brings.

use std::num::NonZeroU8;

use super::changes::edit;
use super::life::{DAY, sync, sync_code};
use super::*;
use crate::issuer::policy::Warning;
use crate::protocol::digest::{MachineBinding, request_digest};
use crate::protocol::grant::SignedGrant;
use crate::protocol::requests::Sync;
use crate::protocol::trust::{GrantContext, PublicKey, Roots};

fn site(seed: u8) -> Option<[u8; 32]> {
    Some(SigningKey::from_seed(&[seed; 32]).public())
}

/// Whether an answer holds for a machine of which this site key stands.
fn holds(answer: &Answer, request: &Code, key: LicenseKey, site_key: Option<[u8; 32]>) -> bool {
    let standing = MachineBinding {
        activation: answer.activation,
        fingerprint: Some(machine(1)),
        bindings: None,
        usb: None,
    };
    let context = GrantContext {
        request_digest: request_digest(request.kind(), request.payload()),
        holder: standing.holder_digest("infinitime", key),
        site_key,
    };
    let root = SigningKey::from_seed(&[7; 32]).public();
    let root = PublicKey::from_bytes(&root).unwrap();
    let signed = SignedGrant::decode(answer.code.payload()).unwrap();
    let roots = Roots::new("infinitime", Vec::new(), vec![root], 0);
    roots.verify_grant(&signed, &context, &[]).is_ok()
}

fn synced(desk: &mut Desk, request: &Sync, now: Seconds) -> Answer {
    desk.reply_at(&sync_code(request), now)
        .unwrap()
        .answer()
        .unwrap()
}

#[test]
fn the_site_key_is_the_one_that_stood_or_the_one_that_is_brought() {
    let mut desk = Desk::new();
    let key = desk.sell(&OrderTerms {
        lend_days: NonZeroU8::new(14),
        ..terms(5, LicenseType::Floating)
    });
    let first = Activate {
        site_key: site(3),
        ..activate(key, 1, 1)
    };
    let answer = desk.respond(&first).unwrap();
    assert!(answer.grant.site && answer.grant.max_loan == NonZeroU8::new(14));
    assert!(holds(&answer, &code(&first), key, site(3)));
    assert!(!holds(&answer, &code(&first), key, site(4)));
    let id = answer.activation;

    // It stays where a SYNC does not bring another, and is replaced by the one it brings.
    let plain = sync(key, id, (1, 1), 2, NOW.plus(DAY));
    let answer = synced(&mut desk, &plain, NOW.plus(DAY));
    assert!(holds(&answer, &sync_code(&plain), key, site(3)));
    let other = Sync {
        site_key: site(4),
        ..sync(key, id, (2, 2), 3, NOW.plus(2 * DAY))
    };
    desk.options.accept_site_key_reason = Some("the site lost its password".to_owned());
    let answer = synced(&mut desk, &other, NOW.plus(2 * DAY));
    assert!(holds(&answer, &sync_code(&other), key, site(4)));
    desk.options.accept_site_key_reason = None;

    // That answer was lost: the machine asks from the generation it holds, with which the first key stood.
    desk.options.supersede_reason = Some("the mail was lost".to_owned());
    let again = sync(key, id, (2, 2), 4, NOW.plus(3 * DAY));
    let answer = synced(&mut desk, &again, NOW.plus(3 * DAY));
    assert!(holds(&answer, &sync_code(&again), key, site(3)));
    assert!(!holds(&answer, &sync_code(&again), key, site(4)));
    desk.options.supersede_reason = None;

    // An ACTIVATE without one has none.
    let anew = activate(key, 1, 5);
    assert_eq!(desk.refusal(&anew), "needs_site_key");
    edit(&mut desk, key, |terms| terms.lend_days = None).unwrap();
    let answer = desk.respond(&anew).unwrap();
    assert!(!answer.grant.site && answer.grant.max_loan.is_none());
    let later = sync(
        key,
        answer.activation,
        (5, answer.grant.generation),
        6,
        NOW.plus(4 * DAY),
    );
    let answer = synced(&mut desk, &later, NOW.plus(4 * DAY));
    assert!(!answer.grant.site);
    assert_eq!(desk.findings(), [""; 0]);
}

#[test]
fn a_site_key_that_is_not_fit_is_refused_in_a_sync_too() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(5, LicenseType::Floating));
    let answer = desk.respond(&activate(key, 1, 1)).unwrap();
    let unfit = Sync {
        site_key: Some([0; 32]),
        ..sync(key, answer.activation, (1, 1), 2, NOW)
    };
    let refused = desk.reply_at(&sync_code(&unfit), NOW);
    assert_eq!(refused.unwrap_err().kind(), "unfit_site_key");
}

#[test]
fn a_standalone_license_is_no_site() {
    let mut desk = Desk::new();
    let key = desk.sell(&OrderTerms {
        lend_days: NonZeroU8::new(14),
        ..terms(2, LicenseType::Standalone)
    });
    let request = Activate {
        site_key: site(3),
        ..activate(key, 1, 1)
    };
    let answer = desk.respond(&request).unwrap();
    assert_eq!((answer.grant.site, answer.grant.max_loan), (false, None));
    assert_eq!(answer.warnings, [Warning::NoSite]);
    assert!(holds(&answer, &code(&request), key, None));
}
